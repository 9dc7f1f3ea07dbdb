#include "net/auth.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "access/revoked.h"
#include "base/log.h"

struct cabin_auth {
	bool has_key;
	struct cabin_public_key key;
	pthread_mutex_t lock; /* of `revoked` */
	struct cabin_revoked *revoked;
};

int cabin_auth_create(struct cabin_auth **out, const char *key_path, const char *revoked_path)
{
	char why[CABIN_KEY_WHY_BYTES];
	*out = NULL;
	struct cabin_auth *auth = calloc(1, sizeof(*auth));
	if (!auth)
		return CABIN_ENOMEM;
	pthread_mutex_init(&auth->lock, NULL);
	int result = cabin_access_init();
	if (result == 0 && key_path) {
		result = cabin_key_read_public(&auth->key, key_path, why);
		if (result != 0)
			cabin_log(CABIN_LOG_ERROR, "net", "access-key-wrong", "hint=\"%s\"", why);
		auth->has_key = result == 0;
	}
	if (result == 0 && revoked_path)
		result = cabin_revoked_create(&auth->revoked, revoked_path);
	if (result != 0) {
		cabin_auth_destroy(auth);
		return result;
	}
	*out = auth;
	return 0;
}

void cabin_auth_destroy(struct cabin_auth *auth)
{
	if (!auth)
		return;
	cabin_revoked_destroy(auth->revoked);
	pthread_mutex_destroy(&auth->lock);
	free(auth);
}

enum cabin_auth_verdict cabin_auth_recheck(struct cabin_auth *auth, const struct cabin_token *token)
{
	if (!auth->revoked)
		return CABIN_AUTH_GOOD;
	pthread_mutex_lock(&auth->lock);
	bool is_revoked = cabin_revoked_has(auth->revoked, token->id);
	pthread_mutex_unlock(&auth->lock);
	return is_revoked ? CABIN_AUTH_REVOKED : CABIN_AUTH_GOOD;
}

enum cabin_auth_verdict cabin_auth_check(struct cabin_auth *auth, const char *text, size_t size,
					 struct cabin_token *out)
{
	if (!auth->has_key)
		return CABIN_AUTH_NO_KEY;
	int result = cabin_token_verify(out, &auth->key, text, size, (int64_t)time(NULL));
	if (result != 0)
		return result == CABIN_ELOST ? CABIN_AUTH_EXPIRED : CABIN_AUTH_INVALID;
	return cabin_auth_recheck(auth, out);
}

bool cabin_auth_sees_all(const struct cabin_token *token)
{
	return token->role == CABIN_TOKEN_TECHNICIAN || token->role == CABIN_TOKEN_OBSERVER;
}

void cabin_auth_author(struct cabin_api_author *out, const struct cabin_token *token)
{
	*out = (struct cabin_api_author){0};
	memcpy(out->token_id, token->id, sizeof(out->token_id));
	memcpy(out->name, token->name, sizeof(out->name));
	out->observer = token->role == CABIN_TOKEN_OBSERVER;
}

bool cabin_auth_refresh(struct cabin_auth *auth)
{
	if (!auth->revoked)
		return false;
	pthread_mutex_lock(&auth->lock);
	bool changed = cabin_revoked_refresh(auth->revoked);
	pthread_mutex_unlock(&auth->lock);
	return changed;
}

const char *cabin_auth_code(enum cabin_auth_verdict verdict)
{
	static const char *const codes[CABIN_AUTH_COUNT] = {[CABIN_AUTH_NO_KEY] = "no-access",
							    [CABIN_AUTH_INVALID] = "token-invalid",
							    [CABIN_AUTH_EXPIRED] = "token-expired",
							    [CABIN_AUTH_REVOKED] = "token-revoked"};
	return codes[verdict];
}

const char *cabin_auth_text(enum cabin_auth_verdict verdict)
{
	static const char *const texts[CABIN_AUTH_COUNT] = {
	    [CABIN_AUTH_NO_KEY] = "this server has no access key: nobody can join a booth",
	    [CABIN_AUTH_INVALID] = "not a token that this event's key has signed",
	    [CABIN_AUTH_EXPIRED] = "the token has expired: ask the technician for a new one",
	    [CABIN_AUTH_REVOKED] = "the token was revoked: ask the technician for a new one"};
	return texts[verdict];
}
