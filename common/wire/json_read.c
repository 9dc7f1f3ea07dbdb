#include "wire/json_read.h"

#include <string.h>

static bool is_text(const json_t *value, const char *text)
{
	return json_is_string(value) && json_string_length(value) == strlen(text) &&
	       memcmp(json_string_value(value), text, strlen(text)) == 0;
}

int cabin_json_word(const json_t *value, const char *const *words, int count)
{
	for (int i = 0; i < count; i++) {
		if (words[i] && is_text(value, words[i]))
			return i;
	}
	return CABIN_EFORMAT;
}

int cabin_json_whole(uint32_t *out, const json_t *value, uint32_t max)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > max)
		return CABIN_EFORMAT;
	*out = (uint32_t)json_integer_value(value);
	return 0;
}

int cabin_json_number(double *out, const json_t *value, double max)
{
	double number = json_number_value(value);

	/* Turned round, the comparison would let a NaN through. */
	if (!json_is_number(value) || !(number >= 0 && number <= max))
		return CABIN_EFORMAT;
	*out = number + 0.0; /* −0 becomes 0 */
	return 0;
}

int cabin_json_switch(bool *out, const json_t *value)
{
	if (!json_is_boolean(value))
		return CABIN_EFORMAT;
	*out = json_is_true(value);
	return 0;
}

int cabin_json_channel(uint32_t *out, const json_t *value)
{
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value))
		return CABIN_EFORMAT;
	*out = number >= 1 && number <= UINT16_MAX ? (uint32_t)number : 0;
	return 0;
}

int cabin_json_text(char *out, size_t max, const json_t *value)
{
	const char *text = json_string_value(value);
	size_t size = json_string_length(value);

	if (!text || size > max)
		return CABIN_EFORMAT;
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return CABIN_EFORMAT;
	}
	memcpy(out, text, size);
	out[size] = '\0';
	return 0;
}
