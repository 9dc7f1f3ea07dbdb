#include "access/token.h"

#include <jansson.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { PAYLOAD_MAX_BYTES = 192, BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

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

static bool is_token(const struct cabin_token *token)
{
	return is_plain(token->id) && token->expires_unix_s > 0 &&
	       (token->role == CABIN_TOKEN_BOOTH ? is_plain(token->booth) : !token->booth[0]);
}

int cabin_token_sign(char *out, size_t out_size, const struct cabin_token *token, const struct cabin_secret_key *key)
{
	if (out_size <= CABIN_TOKEN_MAX_BYTES)
		return CABIN_ETOOBIG;
	if (!is_token(token))
		return CABIN_EINVAL;
	struct signed_bytes message;
	char *payload = (char *)payload_of(&message);
	int size = token->role == CABIN_TOKEN_BOOTH
		       ? snprintf(payload, PAYLOAD_MAX_BYTES,
				  "{\"id\":\"%s\",\"role\":\"booth\",\"booth\":\"%s\",\"exp\":%lld}", token->id,
				  token->booth, (long long)token->expires_unix_s)
		       : snprintf(payload, PAYLOAD_MAX_BYTES, "{\"id\":\"%s\",\"role\":\"technician\",\"exp\":%lld}",
				  token->id, (long long)token->expires_unix_s);
	CABIN_ASSERT(size > 0 && size < PAYLOAD_MAX_BYTES); /* ids are bounded */
	uint8_t signature[crypto_sign_BYTES];
	crypto_sign_detached(signature, NULL, message.bytes, sizeof(prefix) - 1 + (size_t)size, key->bytes);
	sodium_bin2base64(out, out_size, (const uint8_t *)payload, (size_t)size, BASE64);
	size_t length = strlen(out);
	out[length++] = '.';
	sodium_bin2base64(out + length, out_size - length, signature, sizeof(signature), BASE64);
	return (int)strlen(out);
}

static bool copy_text(const json_t *object, const char *name, char *out, size_t out_size)
{
	const char *text = json_string_value(json_object_get(object, name));
	if (!text || strlen(text) >= out_size || !is_plain(text))
		return false;
	memcpy(out, text, strlen(text) + 1);
	return true;
}

static int read_payload(struct cabin_token *out, const uint8_t *payload, size_t size)
{
	json_t *object = json_loadb((const char *)payload, size, JSON_REJECT_DUPLICATES, NULL);
	const char *role = json_string_value(json_object_get(object, "role"));
	const json_t *expires = json_object_get(object, "exp");
	*out = (struct cabin_token){.expires_unix_s = json_integer_value(expires)};
	bool good =
	    copy_text(object, "id", out->id, sizeof(out->id)) && json_is_integer(expires) && out->expires_unix_s > 0;
	if (good && role && strcmp(role, "booth") == 0)
		good = copy_text(object, "booth", out->booth, sizeof(out->booth));
	else if (good && role && strcmp(role, "technician") == 0)
		out->role = CABIN_TOKEN_TECHNICIAN;
	else
		good = false;
	json_decref(object);
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
