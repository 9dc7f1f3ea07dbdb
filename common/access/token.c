#include "access/token.h"

#include <jansson.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

enum { PAYLOAD_MAX_BYTES = 224, BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

static const char prefix[] = "cabin-token-v1.";

struct signed_bytes {
	uint8_t bytes[sizeof(prefix) - 1 + PAYLOAD_MAX_BYTES];
	size_t size;
};

static uint8_t *payload_of(struct signed_bytes *message)
{
	memcpy(message->bytes, prefix, sizeof(prefix) - 1);
	return message->bytes + sizeof(prefix) - 1;
}

void cabin_token_new_id(char id[CABIN_TOKEN_ID_BYTES + 1])
{
	uint8_t random[CABIN_TOKEN_ID_BYTES / 2];
	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(id, CABIN_TOKEN_ID_BYTES + 1, random, sizeof(random));
}

/* Ids are lower-case letters, digits and hyphens: nothing in them needs escaping. */
static bool is_plain(const char *text)
{
	return text[0] && text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

/* UTF-8 without control characters (those of ASCII, and U+0080 to U+009F). */
static bool is_name(const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++)
		if (*at < 0x20 || *at == 0x7f || (*at == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f))
			return false;
	return cabin_utf8_valid(text, strlen(text), NULL);
}

static bool is_token(const struct cabin_token *token)
{
	return is_plain(token->id) && token->expires_unix_s > 0 && is_name(token->name) &&
	       (token->role == CABIN_TOKEN_BOOTH ? is_plain(token->booth) : !token->booth[0]);
}

const char *cabin_token_role_name(enum cabin_token_role role)
{
	static const char *const names[CABIN_TOKEN_ROLE_COUNT] = {[CABIN_TOKEN_BOOTH] = "booth",
								  [CABIN_TOKEN_TECHNICIAN] = "technician",
								  [CABIN_TOKEN_OBSERVER] = "observer"};
	return names[role];
}

/* The payload's one spelling, and its size. */
static size_t write_payload(char out[PAYLOAD_MAX_BYTES], const struct cabin_token *token)
{
	char booth[sizeof(",\"booth\":\"\"") + CABIN_NAME_MAX_BYTES] = "";
	char name[sizeof(",\"name\":\"\"") + 2 * CABIN_TOKEN_NAME_BYTES] = "";
	if (token->role == CABIN_TOKEN_BOOTH)
		snprintf(booth, sizeof(booth), ",\"booth\":\"%s\"", token->booth);
	if (token->name[0]) {
		char escaped[2 * CABIN_TOKEN_NAME_BYTES + 1], *end = escaped;
		for (const char *at = token->name; *at; at++) {
			if (*at == '"' || *at == '\\')
				*end++ = '\\';
			*end++ = *at;
		}
		*end = '\0';
		snprintf(name, sizeof(name), ",\"name\":\"%s\"", escaped);
	}
	int size = snprintf(out, PAYLOAD_MAX_BYTES, "{\"id\":\"%s\",\"role\":\"%s\"%s%s,\"exp\":%lld}", token->id,
			    cabin_token_role_name(token->role), booth, name, (long long)token->expires_unix_s);
	CABIN_ASSERT(size > 0 && size < PAYLOAD_MAX_BYTES); /* every part is bounded */
	return (size_t)size;
}

int cabin_token_sign(char *out, size_t out_size, const struct cabin_token *token, const struct cabin_secret_key *key)
{
	if (out_size <= CABIN_TOKEN_MAX_BYTES)
		return CABIN_ETOOBIG;
	if (!is_token(token))
		return CABIN_EINVAL;
	struct signed_bytes message;
	uint8_t *payload = payload_of(&message);
	size_t size = write_payload((char *)payload, token);
	uint8_t signature[crypto_sign_BYTES];
	crypto_sign_detached(signature, NULL, message.bytes, sizeof(prefix) - 1 + size, key->bytes);
	sodium_bin2base64(out, out_size, payload, size, BASE64);
	size_t length = strlen(out);
	out[length++] = '.';
	sodium_bin2base64(out + length, out_size - length, signature, sizeof(signature), BASE64);
	return (int)strlen(out);
}

static bool copy_text(const json_t *object, const char *name, char *out, size_t out_size)
{
	const char *text = json_string_value(json_object_get(object, name));
	if (!text || strlen(text) >= out_size)
		return false;
	memcpy(out, text, strlen(text) + 1);
	return true;
}

static bool read_role(const json_t *object, enum cabin_token_role *out)
{
	const char *role = json_string_value(json_object_get(object, "role"));
	for (int i = 0; role && i < CABIN_TOKEN_ROLE_COUNT; i++) {
		*out = (enum cabin_token_role)i;
		if (strcmp(role, cabin_token_role_name(*out)) == 0)
			return true;
	}
	return false;
}

static int read_payload(struct cabin_token *out, const uint8_t *payload, size_t size)
{
	json_t *object = json_loadb((const char *)payload, size, JSON_REJECT_DUPLICATES, NULL);
	char spelt[PAYLOAD_MAX_BYTES];
	*out = (struct cabin_token){.expires_unix_s = json_integer_value(json_object_get(object, "exp"))};
	bool good = copy_text(object, "id", out->id, sizeof(out->id)) && read_role(object, &out->role) &&
		    (out->role != CABIN_TOKEN_BOOTH || copy_text(object, "booth", out->booth, sizeof(out->booth))) &&
		    (!json_object_get(object, "name") || copy_text(object, "name", out->name, sizeof(out->name))) &&
		    is_token(out);
	json_decref(object);
	/* Written again it must be the same bytes: a token has one spelling. */
	good = good && write_payload(spelt, out) == size && memcmp(spelt, payload, size) == 0;
	return good ? 0 : CABIN_EFORMAT;
}

/* libsodium's decoder takes some bytes beyond ASCII for letters: a token has one spelling. */
static bool is_spelt(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		char c = text[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
		if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.')
			return false;
	}
	return true;
}

/* Splits and decodes. */
static int decode(struct signed_bytes *message, uint8_t signature[crypto_sign_BYTES], const char *text, size_t size)
{
	const char *dot = memchr(text, '.', size);
	size_t signature_size = 0;
	if (!dot || size > CABIN_TOKEN_MAX_BYTES || !is_spelt(text, size))
		return CABIN_EFORMAT;
	if (sodium_base642bin(payload_of(message), PAYLOAD_MAX_BYTES, text, (size_t)(dot - text), NULL, &message->size,
			      NULL, BASE64) != 0 ||
	    sodium_base642bin(signature, crypto_sign_BYTES, dot + 1, size - (size_t)(dot + 1 - text), NULL,
			      &signature_size, NULL, BASE64) != 0 ||
	    signature_size != crypto_sign_BYTES)
		return CABIN_EFORMAT;
	message->size += sizeof(prefix) - 1;
	return 0;
}

int cabin_token_read(struct cabin_token *out, const char *text, size_t size)
{
	struct signed_bytes message;
	uint8_t signature[crypto_sign_BYTES];
	if (decode(&message, signature, text, size) != 0)
		return CABIN_EFORMAT;
	return read_payload(out, payload_of(&message), message.size - (sizeof(prefix) - 1));
}

int cabin_token_verify(struct cabin_token *out, const struct cabin_public_key *key, const char *text, size_t size,
		       int64_t now_unix_s)
{
	struct signed_bytes message;
	uint8_t signature[crypto_sign_BYTES];
	if (decode(&message, signature, text, size) != 0 ||
	    crypto_sign_verify_detached(signature, message.bytes, message.size, key->bytes) != 0 ||
	    read_payload(out, payload_of(&message), message.size - (sizeof(prefix) - 1)) != 0)
		return CABIN_EFORMAT;
	return now_unix_s >= out->expires_unix_s ? CABIN_ELOST : 0;
}
