/* server/net/auth: who may join, and until when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "access/revoked.h"
#include "net/auth.h"

struct files {
	char folder[64], key[128], public_key[160], revoked[128];
	struct cabin_secret_key secret;
};

static int set_up(void **state)
{
	static struct files files;
	struct cabin_public_key public_key;
	char why[CABIN_KEY_WHY_BYTES];
	strcpy(files.folder, "/tmp/cabin-auth-XXXXXX");
	if (!mkdtemp(files.folder) || cabin_access_init() != 0)
		return -1;
	snprintf(files.key, sizeof(files.key), "%s/event", files.folder);
	snprintf(files.public_key, sizeof(files.public_key), "%s.pub", files.key);
	snprintf(files.revoked, sizeof(files.revoked), "%s/revoked.txt", files.folder);
	cabin_key_make(&files.secret, &public_key);
	*state = &files;
	return cabin_key_write(files.key, &files.secret, &public_key, why);
}

static int tear_down(void **state)
{
	struct files *files = *state;
	unlink(files->key);
	unlink(files->public_key);
	unlink(files->revoked);
	return rmdir(files->folder);
}

static int make(char *out, const struct files *files, const char *id, int64_t for_s)
{
	struct cabin_token token = {.role = CABIN_TOKEN_BOOTH, .expires_unix_s = (int64_t)time(NULL) + for_s};
	snprintf(token.id, sizeof(token.id), "%s", id);
	snprintf(token.booth, sizeof(token.booth), "vi");
	return cabin_token_sign(out, CABIN_TOKEN_MAX_BYTES + 1, &token, &files->secret);
}

static enum cabin_auth_verdict check(struct cabin_auth *auth, const char *text, struct cabin_token *out)
{
	return cabin_auth_check(auth, text, strlen(text), out);
}

static void good_expired_and_forged(void **state)
{
	const struct files *files = *state;
	char text[CABIN_TOKEN_MAX_BYTES + 1];
	struct cabin_token token;
	struct cabin_auth *auth;
	assert_int_equal(cabin_auth_create(&auth, files->public_key, NULL), 0);
	assert_true(make(text, files, "00112233445566aa", 60) > 0);
	assert_int_equal(check(auth, text, &token), CABIN_AUTH_GOOD);
	assert_string_equal(token.booth, "vi");
	assert_false(cabin_auth_refresh(auth));
	assert_true(make(text, files, "00112233445566aa", -1) > 0);
	assert_int_equal(check(auth, text, &token), CABIN_AUTH_EXPIRED);
	/* One letter of the signature is another. */
	assert_true(make(text, files, "00112233445566aa", 60) > 0);
	char *letter = strchr(text, '.') + 5;
	*letter = *letter == 'A' ? 'B' : 'A';
	assert_int_equal(check(auth, text, &token), CABIN_AUTH_INVALID);
	assert_int_equal(check(auth, "", &token), CABIN_AUTH_INVALID);
	cabin_auth_destroy(auth);
}

static void a_list_that_grows_while_the_server_runs(void **state)
{
	const struct files *files = *state;
	char text[CABIN_TOKEN_MAX_BYTES + 1];
	struct cabin_token token;
	struct cabin_auth *auth;
	assert_int_equal(cabin_auth_create(&auth, files->public_key, files->revoked), 0);
	assert_true(make(text, files, "00112233445566bb", 60) > 0);
	assert_int_equal(check(auth, text, &token), CABIN_AUTH_GOOD);
	assert_int_equal(cabin_auth_recheck(auth, &token), CABIN_AUTH_GOOD);
	assert_int_equal(cabin_revoked_append(files->revoked, "00112233445566bb", "lost phone"), 0);
	assert_true(cabin_auth_refresh(auth));
	assert_int_equal(cabin_auth_recheck(auth, &token), CABIN_AUTH_REVOKED);
	assert_int_equal(check(auth, text, &token), CABIN_AUTH_REVOKED);
	assert_true(make(text, files, "00112233445566cc", 60) > 0);
	assert_int_equal(check(auth, text, &token), CABIN_AUTH_GOOD);
	cabin_auth_destroy(auth);
}

static void without_a_key_nobody_joins(void **state)
{
	const struct files *files = *state;
	char text[CABIN_TOKEN_MAX_BYTES + 1];
	struct cabin_token token;
	struct cabin_auth *auth;
	assert_int_equal(cabin_auth_create(&auth, NULL, NULL), 0);
	assert_true(make(text, files, "00112233445566aa", 60) > 0);
	assert_int_equal(check(auth, text, &token), CABIN_AUTH_NO_KEY);
	cabin_auth_destroy(auth);
	cabin_auth_destroy(NULL);
}

static void a_key_that_cannot_be_read_stops_the_start(void **state)
{
	const struct files *files = *state;
	struct cabin_auth *auth;
	assert_int_equal(cabin_auth_create(&auth, "/nowhere/event.pub", NULL), CABIN_ENOTFOUND);
	assert_null(auth);
	assert_true(cabin_auth_create(&auth, files->key, NULL) < 0); /* the secret one */
	assert_null(auth);
}

static void every_refusal_has_its_words(void **state)
{
	for (enum cabin_auth_verdict verdict = CABIN_AUTH_GOOD + 1; verdict < CABIN_AUTH_COUNT; verdict++) {
		assert_non_null(cabin_auth_code(verdict));
		assert_true(strlen(cabin_auth_text(verdict)) > 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_expired_and_forged),	   cmocka_unit_test(a_list_that_grows_while_the_server_runs),
	    cmocka_unit_test(without_a_key_nobody_joins),  cmocka_unit_test(a_key_that_cannot_be_read_stops_the_start),
	    cmocka_unit_test(every_refusal_has_its_words),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
