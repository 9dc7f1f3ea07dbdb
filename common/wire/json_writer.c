#include "wire/json_writer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double exact_max = 9007199254740992.0; /* 2^53 */

static void put(struct cabin_json_writer *to, const char *text, size_t size)
{
	if (to->overflow || size >= to->size - to->used) {
		to->overflow = true;
		return;
	}
	memcpy(to->out + to->used, text, size);
	to->used += size;
}

void cabin_json_put(struct cabin_json_writer *to, const char *text)
{
	put(to, text, strlen(text));
}

void cabin_json_put_whole(struct cabin_json_writer *to, const char *before, uint64_t value)
{
	char digits[24];

	cabin_json_put(to, before);
	int size = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);

	put(to, digits, (size_t)size);
}

/* Whole numbers are printed and the point put between, so that it is a point in every locale. */
void cabin_json_put_decimal(struct cabin_json_writer *to, const char *before, double value, unsigned decimals)
{
	unsigned long long scale = 1, scaled, fraction;
	char digits[64];
	int size;

	cabin_json_put(to, before);
	if (!isfinite(value) || fabs(value) > exact_max) {
		cabin_json_put(to, "null");
		return;
	}
	/* No more digits than a double holds. */
	while (decimals && fabs(value) > exact_max / pow(10, decimals))
		decimals--;
	for (unsigned i = 0; i < decimals; i++)
		scale *= 10;
	scaled = (unsigned long long)llround(fabs(value) * (double)scale);
	fraction = scaled % scale;
	while (decimals && fraction % 10 == 0) {
		fraction /= 10;
		decimals--;
	}
	size = snprintf(digits, sizeof(digits), value < 0 && scaled ? "-%llu" : "%llu", scaled / scale);
	put(to, digits, (size_t)size);
	if (decimals) {
		size = snprintf(digits, sizeof(digits), ".%0*llu", (int)decimals, fraction);
		put(to, digits, (size_t)size);
	}
}

void cabin_json_put_bool(struct cabin_json_writer *to, const char *before, bool value)
{
	cabin_json_put(to, before);
	cabin_json_put(to, value ? "true" : "false");
}

void cabin_json_put_string(struct cabin_json_writer *to, const char *before, const char *text)
{
	cabin_json_put_bytes(to, before, text, text ? strlen(text) : 0);
}

void cabin_json_put_bytes(struct cabin_json_writer *to, const char *before, const char *text, size_t size)
{
	cabin_json_put(to, before);
	if (!text) {
		cabin_json_put(to, "null");
		return;
	}
	cabin_json_put(to, "\"");
	for (const char *c = text; c < text + size; c++) {
		char escaped[8];

		if (*c == '"' || *c == '\\') {
			escaped[0] = '\\';
			escaped[1] = *c;
			put(to, escaped, 2);
		} else if ((unsigned char)*c < ' ') {
			int escaped_size = snprintf(escaped, sizeof(escaped), "\\u%04x", (unsigned char)*c);

			put(to, escaped, (size_t)escaped_size);
		} else {
			put(to, c, 1);
		}
	}
	cabin_json_put(to, "\"");
}

int cabin_json_end(struct cabin_json_writer *to)
{
	if (to->overflow)
		return CABIN_ETOOBIG;
	to->out[to->used] = '\0';
	return (int)to->used;
}
