/* common/access/token: what is good, and everything that is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "access/token.h"

enum { NOW = 1796000000 };

static struct cabin_secret_key secret;
static struct cabin_public_key public_key;
static const struct cabin_token lan = {
    .id = "00112233445566aa", .role = CABIN_TOKEN_BOOTH, .booth = "plenary-vi", .expires_unix_s = NOW + 3600};

static int set_up(void **state)
{
	if (cabin_access_init() != 0)
		return -1;
	cabin_key_make(&secret, &public_key);
	return 0;
}

static size_t make(char out[CABIN_TOKEN_MAX_BYTES + 1], const struct cabin_token *token)
{
	int size = cabin_token_sign(out, CABIN_TOKEN_MAX_BYTES + 1, token, &secret);
	assert_in_range(size, 1, CABIN_TOKEN_MAX_BYTES);
	assert_int_equal(strlen(out), size);
	return (size_t)size;
}

static int verify(const char *text, size_t size)
{
	struct cabin_token token;
	return cabin_token_verify(&token, &public_key, text, size, NOW);
}

static void reads_back(void **state)
{
	char text[CABIN_TOKEN_MAX_BYTES + 1];
	struct cabin_token token;
	size_t size = make(text, &lan);
	assert_int_equal(cabin_token_verify(&token, &public_key, text, size, NOW), 0);
	assert_string_equal(token.id, lan.id);
	assert_string_equal(token.booth, "plenary-vi");
	assert_int_equal(token.role, CABIN_TOKEN_BOOTH);
	assert_int_equal(token.expires_unix_s, NOW + 3600);
	const struct cabin_token desk = {
	    .id = "00112233445566ab", .role = CABIN_TOKEN_TECHNICIAN, .expires_unix_s = NOW + 1};
	size = make(text, &desk);
	assert_int_equal(cabin_token_verify(&token, &public_key, text, size, NOW), 0);
	assert_int_equal(token.role, CABIN_TOKEN_TECHNICIAN);
	assert_string_equal(token.booth, "");
}

static void observers_and_names(void **state)
{
	static const char *const names[] = {"Minh",
					    "Nguyễn Thị Lan",
					    "a\"b\\c",
					    "\"",
					    "\xf0\x9f\x8e\xa7 \xc2\xa0/",
					    "12345678901234567890123456789012"};
	char text[CABIN_TOKEN_MAX_BYTES + 1];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct cabin_token token = {
		    .id = "00112233445566ac", .role = CABIN_TOKEN_OBSERVER, .expires_unix_s = NOW + 1};
		struct cabin_token read;
		strcpy(token.name, names[i]);
		size_t size = make(text, &token);
		assert_int_equal(cabin_token_verify(&read, &public_key, text, size, NOW), 0);
		assert_int_equal(read.role, CABIN_TOKEN_OBSERVER);
		assert_string_equal(read.name, names[i]);
		assert_string_equal(read.booth, "");
	}
	assert_string_equal(cabin_token_role_name(CABIN_TOKEN_OBSERVER), "observer");
}

static void names_without_control_characters(void **state)
{
	static const char *const bad[] = {"a\nb",     "\x1b[2J", "\x7f",  "\xc2\x85",
					  "\xc2\x9f", "\xff",	 "a\xc3", "\xed\xa0\x80"};
	char text[CABIN_TOKEN_MAX_BYTES + 1];
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct cabin_token token = lan;
		strcpy(token.name, bad[i]);
		assert_int_equal(cabin_token_sign(text, sizeof(text), &token, &secret), CABIN_EINVAL);
	}
}

/* Signed with the event's key, and yet no token unless it is spelt as one: what else it
 * could be told to mean is nobody's guess. */
static void one_spelling(void **state)
{
	static const struct {
		const char *payload;
		bool good;
	} rows[] = {
	    {"{'id':'aa','role':'observer','name':'Lan','exp':1796000001}", true},
	    {"{'id':'aa','role':'observer','exp':1796000001}", true},
	    {"{'id':'aa','role':'observer', 'exp':1796000001}", false},
	    {"{'role':'observer','id':'aa','exp':1796000001}", false},
	    {"{'id':'aa','role':'observer','exp':1796000001,'name':'Lan'}", false},
	    {"{'id':'aa','role':'observer','name':'','exp':1796000001}", false},
	    {"{'id':'aa','role':'observer','name':null,'exp':1796000001}", false},
	    {"{'id':'aa','role':'observer','name':'\\u004can','exp':1796000001}", false},
	    {"{'id':'aa','role':'observer','name':'a\\/b','exp':1796000001}", false},
	    {"{'id':'aa','role':'observer','name':'123456789012345678901234567890123','exp':1796000001}", false},
	    {"{'id':'aa','role':'observer','booth':'b','exp':1796000001}", false},
	    {"{'id':'aa','role':'observer','exp':1796000001,'more':1}", false},
	    {"{'id':'aa','role':'observers','exp':1796000001}", false},
	    {"{'id':'aa','role':'technician','exp':1796000001.0}", false},
	    {"{'id':'aa','role':'technician','exp':-1}", false},
	    {"{'id':'aa','role':'technician','exp':1796000001}\n", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char message[256], text[CABIN_TOKEN_MAX_BYTES + 1];
		uint8_t signature[crypto_sign_BYTES];
		int size = snprintf(message, sizeof(message), "cabin-token-v1.%s", rows[i].payload);
		for (char *at = message; *at; at++)
			*at = *at == '\'' ? '"' : *at;
		crypto_sign_detached(signature, NULL, (const uint8_t *)message, (size_t)size, secret.bytes);
		sodium_bin2base64(text, sizeof(text), (const uint8_t *)message + 15, (size_t)size - 15,
				  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
		strcat(text, ".");
		sodium_bin2base64(text + strlen(text), sizeof(text) - strlen(text), signature, sizeof(signature),
				  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
		if ((verify(text, strlen(text)) == 0) != rows[i].good)
			fail_msg("%s", rows[i].payload);
	}
}

static void longest_ids_fit(void **state)
{
	char text[CABIN_TOKEN_MAX_BYTES + 1];
	struct cabin_token token = lan, read;
	memset(token.booth, 'b', sizeof(token.booth) - 1);
	memset(token.name, '"', sizeof(token.name) - 1);
	token.expires_unix_s = INT64_MAX;
	size_t size = make(text, &token);
	assert_int_equal(cabin_token_verify(&read, &public_key, text, size, NOW), 0);
	assert_string_equal(read.booth, token.booth);
	assert_string_equal(read.name, token.name);
}

static void expires_at_the_second(void **state)
{
	char text[CABIN_TOKEN_MAX_BYTES + 1];
	struct cabin_token token;
	size_t size = make(text, &lan);
	assert_int_equal(cabin_token_verify(&token, &public_key, text, size, NOW + 3599), 0);
	assert_int_equal(cabin_token_verify(&token, &public_key, text, size, NOW + 3600), CABIN_ELOST);
	assert_string_equal(token.id, lan.id);
}

/* Another booth's name under the same signature, another key, and each changed character. */
static void forged(void **state)
{
	char text[CABIN_TOKEN_MAX_BYTES + 1], other[CABIN_TOKEN_MAX_BYTES + 1], mixed[2 * CABIN_TOKEN_MAX_BYTES];
	struct cabin_token thief = lan;
	size_t size = make(text, &lan);
	strcpy(thief.booth, "plenary-fr");
	make(other, &thief);
	size_t payload_size = (size_t)(strchr(other, '.') - other);
	memcpy(mixed, other, payload_size);
	strcpy(mixed + payload_size, strchr(text, '.'));
	assert_int_equal(verify(mixed, strlen(mixed)), CABIN_EFORMAT);

	struct cabin_secret_key foreign;
	struct cabin_public_key foreign_public;
	cabin_key_make(&foreign, &foreign_public);
	int foreign_size = cabin_token_sign(other, sizeof(other), &lan, &foreign);
	assert_int_equal(verify(other, (size_t)foreign_size), CABIN_EFORMAT);

	for (size_t i = 0; i < size; i++) {
		for (int change = 1; change < 256; change++) {
			memcpy(mixed, text, size);
			mixed[i] = (char)(mixed[i] ^ change);
			assert_int_equal(verify(mixed, size), CABIN_EFORMAT);
		}
	}
}

static void malformed(void **state)
{
	char text[CABIN_TOKEN_MAX_BYTES + 2];
	size_t size = make(text, &lan);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(verify(text, i), CABIN_EFORMAT);
	strcpy(text + size, "A");
	assert_int_equal(verify(text, size + 1), CABIN_EFORMAT);
	assert_int_equal(verify("", 0), CABIN_EFORMAT);
	assert_int_equal(verify(".", 1), CABIN_EFORMAT);
	assert_int_equal(verify("no token at all", 15), CABIN_EFORMAT);
	static char huge[5000];
	memset(huge, 'A', sizeof(huge));
	huge[2500] = '.';
	assert_int_equal(verify(huge, sizeof(huge)), CABIN_EFORMAT);
}

static void unsigned_ones_are_not_made(void **state)
{
	char text[CABIN_TOKEN_MAX_BYTES + 1];
	struct cabin_token token = lan;
	strcpy(token.booth, "a\",\"b");
	assert_int_equal(cabin_token_sign(text, sizeof(text), &token, &secret), CABIN_EINVAL);
	token = lan;
	token.booth[0] = '\0';
	assert_int_equal(cabin_token_sign(text, sizeof(text), &token, &secret), CABIN_EINVAL);
	token = lan;
	token.role = CABIN_TOKEN_TECHNICIAN; /* a technician has no booth */
	assert_int_equal(cabin_token_sign(text, sizeof(text), &token, &secret), CABIN_EINVAL);
	assert_int_equal(cabin_token_sign(text, CABIN_TOKEN_MAX_BYTES, &lan, &secret), CABIN_ETOOBIG);
}

static void shown_without_a_key(void **state)
{
	char text[CABIN_TOKEN_MAX_BYTES + 1];
	struct cabin_token token;
	size_t size = make(text, &lan);
	assert_int_equal(cabin_token_read(&token, text, size), 0);
	assert_string_equal(token.booth, "plenary-vi");
	assert_int_equal(cabin_token_read(&token, text, size - 1), CABIN_EFORMAT);
}

static void ids_differ(void **state)
{
	char a[CABIN_TOKEN_ID_BYTES + 1], b[CABIN_TOKEN_ID_BYTES + 1];
	cabin_token_new_id(a);
	cabin_token_new_id(b);
	assert_int_equal(strlen(a), CABIN_TOKEN_ID_BYTES);
	assert_string_not_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_back),
	    cmocka_unit_test(observers_and_names),
	    cmocka_unit_test(names_without_control_characters),
	    cmocka_unit_test(one_spelling),
	    cmocka_unit_test(longest_ids_fit),
	    cmocka_unit_test(expires_at_the_second),
	    cmocka_unit_test(forged),
	    cmocka_unit_test(malformed),
	    cmocka_unit_test(unsigned_ones_are_not_made),
	    cmocka_unit_test(shown_without_a_key),
	    cmocka_unit_test(ids_differ),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
