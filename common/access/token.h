/* Tokens: who may join what, until when; signed, so that the server need not know
 * them beforehand.
 *
 *   BASE64URL(payload) "." BASE64URL(signature)
 *   payload:   {"id":"3f9a0c…","role":"booth","booth":"plenary-vi","name":"Lan","exp":1796000000}
 *   signature: Ed25519 (RFC 8032) over "cabin-token-v1." and the payload's bytes
 *
 * `booth` is there for the role `booth` alone, `name` for whoever has one. The payload has
 * one spelling: these fields in this order, no space, and of its characters only " and \
 * are escaped.
 *
 * Any thread, after cabin_access_init (access/key.h). */
#ifndef CABIN_ACCESS_TOKEN_H
#define CABIN_ACCESS_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#include "access/key.h"
#include "base/limits.h"

enum {
	CABIN_TOKEN_MAX_BYTES = 384,
	CABIN_TOKEN_ID_BYTES = 16, /* hex digits of 64 random bits */
	CABIN_TOKEN_NAME_BYTES = 32
};

/* An observer sees all that a technician sees, and changes nothing. */
enum cabin_token_role { CABIN_TOKEN_BOOTH, CABIN_TOKEN_TECHNICIAN, CABIN_TOKEN_OBSERVER, CABIN_TOKEN_ROLE_COUNT };

struct cabin_token {
	char id[CABIN_TOKEN_ID_BYTES + 1]; /* for revoking */
	enum cabin_token_role role;
	char booth[CABIN_NAME_MAX_BYTES];      /* the booth's id; empty for the other roles */
	char name[CABIN_TOKEN_NAME_BYTES + 1]; /* of whom it is for, UTF-8 without control characters; or empty */
	int64_t expires_unix_s;		       /* from this second on it is no good */
};

/* 16 random hex digits for `id`. */
void cabin_token_new_id(char id[CABIN_TOKEN_ID_BYTES + 1]);

/* "booth", "technician", "observer". Static. */
const char *cabin_token_role_name(enum cabin_token_role role);

/* Writes the token's text with its NUL and returns its length without it.
 * CABIN_ETOOBIG: `out_size` below CABIN_TOKEN_MAX_BYTES + 1; CABIN_EINVAL: no such token. */
CABIN_MUST_CHECK int cabin_token_sign(char *out, size_t out_size, const struct cabin_token *token,
				      const struct cabin_secret_key *key);

/* Reads a token that need not end with NUL. CABIN_EFORMAT: malformed, or not signed with
 * this key; CABIN_ELOST: it was good, and has expired (`*out` is filled in). Whether it
 * has been revoked is another question: access/revoked.h. */
CABIN_MUST_CHECK int cabin_token_verify(struct cabin_token *out, const struct cabin_public_key *key, const char *text,
					size_t size, int64_t now_unix_s);

/* Reads without the key, for showing what a token says: proves nothing. CABIN_EFORMAT. */
CABIN_MUST_CHECK int cabin_token_read(struct cabin_token *out, const char *text, size_t size);

#endif
