#include "client/session_fields.h"

#include <string.h>

#include "base/error.h"
#include "wire/console_words.h"

void cabin_field_text(char *out, size_t out_size, const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	if (!text)
		text = "";
	size_t size = strlen(text);
	CABIN_ASSERT(out_size > 0);
	if (size >= out_size) {
		size = out_size - 1;
		while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
			size--;
	}
	memcpy(out, text, size);
	out[size] = '\0';
}

uint64_t cabin_field_number(const json_t *object, const char *key, uint64_t max)
{
	const json_t *value = json_object_get(object, key);
	double number = json_number_value(value);
	if (!json_is_number(value) || !(number > 0))
		return 0;
	if (number >= (double)max)
		return max;
	return json_is_integer(value) ? (uint64_t)json_integer_value(value) : (uint64_t)number;
}

double cabin_field_real(const json_t *object, const char *key, double otherwise)
{
	const json_t *value = json_object_get(object, key);
	return json_is_number(value) ? json_number_value(value) : otherwise;
}

bool cabin_field_flag(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

int cabin_field_word(const json_t *object, const char *key, const char *const *words, int word_count)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? cabin_word_find(words, word_count, text, strlen(text)) : -1;
}
