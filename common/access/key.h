/* The event's key pair (Ed25519, RFC 8032): whoever has the secret key makes tokens,
 * the server needs the public one alone.
 *
 *   secret: FILE      `cabin-secret-key-v1 BASE64URL`, mode 0600
 *   public: FILE.pub  `cabin-public-key-v1 BASE64URL`
 *
 * Any thread; cabin_access_init first, once. */
#ifndef CABIN_ACCESS_KEY_H
#define CABIN_ACCESS_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { CABIN_PUBLIC_KEY_BYTES = 32, CABIN_SECRET_KEY_BYTES = 64, CABIN_KEY_WHY_BYTES = 256 };

struct cabin_public_key {
	uint8_t bytes[CABIN_PUBLIC_KEY_BYTES];
};

struct cabin_secret_key {
	uint8_t bytes[CABIN_SECRET_KEY_BYTES];
};

/* libsodium's start. CABIN_EIO: it found no source of randomness. */
CABIN_MUST_CHECK int cabin_access_init(void);

/* A new pair, in memory. */
void cabin_key_make(struct cabin_secret_key *secret, struct cabin_public_key *public_key);

/* Writes `path` and `path`.pub; neither may exist already. On failure neither is left,
 * and `why` (CABIN_KEY_WHY_BYTES) says what to do: CABIN_EIO. */
CABIN_MUST_CHECK int cabin_key_write(const char *path, const struct cabin_secret_key *secret,
				     const struct cabin_public_key *public_key, char *why);

/* CABIN_ENOTFOUND (cannot be opened), CABIN_EFORMAT (not such a key), CABIN_EINVAL (a
 * secret key that others may read); `why` says what to do. */
CABIN_MUST_CHECK int cabin_key_read_public(struct cabin_public_key *out, const char *path, char *why);
CABIN_MUST_CHECK int cabin_key_read_secret(struct cabin_secret_key *out, const char *path, char *why);

/* Overwrites it. */
void cabin_key_forget(struct cabin_secret_key *secret);

#endif
