/* Tokens: any bytes are refused, or are a token that the key did sign. A byte flipped
 * in a good token is never good. What can be read is spelt as signing would spell it. */
#include <string.h>

#include "access/token.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct cabin_secret_key secret;
	static struct cabin_public_key public_key;
	static char good[CABIN_TOKEN_MAX_BYTES + 1];
	static int good_size;
	struct cabin_token token;
	if (!good_size) {
		const struct cabin_token made = {.id = "00112233445566aa", .booth = "plenary-vi", .expires_unix_s = 2};
		CABIN_ASSERT(cabin_access_init() == 0);
		cabin_key_make(&secret, &public_key);
		good_size = cabin_token_sign(good, sizeof(good), &made, &secret);
		CABIN_ASSERT(good_size > 0);
	}
	CABIN_ASSERT(cabin_token_verify(&token, &public_key, (const char *)bytes, size, 1) == CABIN_EFORMAT);
	if (cabin_token_read(&token, (const char *)bytes, size) == 0) {
		char again[CABIN_TOKEN_MAX_BYTES + 1];
		const char *dot = memchr(bytes, '.', size);
		CABIN_ASSERT(token.expires_unix_s > 0 && (token.role == CABIN_TOKEN_BOOTH) == !!token.booth[0]);
		CABIN_ASSERT(cabin_token_sign(again, sizeof(again), &token, &secret) > 0);
		CABIN_ASSERT(memcmp(again, bytes, (size_t)(dot + 1 - (const char *)bytes)) == 0);
	}
	if (size >= 2 && bytes[1]) {
		char changed[CABIN_TOKEN_MAX_BYTES + 1];
		memcpy(changed, good, (size_t)good_size);
		changed[bytes[0] % good_size] ^= (char)bytes[1];
		CABIN_ASSERT(cabin_token_verify(&token, &public_key, changed, (size_t)good_size, 1) == CABIN_EFORMAT);
	}
	return 0;
}
