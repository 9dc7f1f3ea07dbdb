/* Who may join: the event's public key and the list of revoked tokens, shared by all
 * loops. Any thread; a lock is held for as long as a look-up or a reading of the list
 * takes, never on the media path. */
#ifndef CABIN_NET_AUTH_H
#define CABIN_NET_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#include "access/token.h"
#include "base/error.h"
#include "relay/api.h"

struct cabin_auth;

enum cabin_auth_verdict {
	CABIN_AUTH_GOOD,
	CABIN_AUTH_NO_KEY, /* the server has no key: nobody can join */
	CABIN_AUTH_INVALID,
	CABIN_AUTH_EXPIRED,
	CABIN_AUTH_REVOKED,
	CABIN_AUTH_COUNT
};

/* Paths of files, NULL for none. Errors are logged with what to do: CABIN_ENOTFOUND,
 * CABIN_EFORMAT, CABIN_EIO, CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_auth_create(struct cabin_auth **out, const char *key_path, const char *revoked_path);
void cabin_auth_destroy(struct cabin_auth *auth);

/* Of a token's text, by the wall clock. `*out` is filled in when it is GOOD. */
enum cabin_auth_verdict cabin_auth_check(struct cabin_auth *auth, const char *text, size_t size,
					 struct cabin_token *out);

/* Of a token that was good when its connection began: GOOD or REVOKED. One that expires
 * meanwhile does not cut a speech off. */
enum cabin_auth_verdict cabin_auth_recheck(struct cabin_auth *auth, const struct cabin_token *token);

/* Whether a good token's bearer is told of the whole event: a technician, an observer. */
bool cabin_auth_sees_all(const struct cabin_token *token);

/* Whose a good token is, as the log and the desk name its bearer. */
void cabin_auth_author(struct cabin_api_author *out, const struct cabin_token *token);

/* Reads the list again where its file has changed. True: it did. */
bool cabin_auth_refresh(struct cabin_auth *auth);

/* "token-invalid" … for `error`, and what it means in English. Static; not for GOOD. */
const char *cabin_auth_code(enum cabin_auth_verdict verdict);
const char *cabin_auth_text(enum cabin_auth_verdict verdict);

#endif
