/* Collects one JSON text in the caller's buffer: allocates nothing and does not depend
 * on the locale. What does not fit is remembered and told at the end. `before` is
 * whatever stands before the value: punctuation and a key. Any thread. */
#ifndef CABIN_WIRE_JSON_WRITER_H
#define CABIN_WIRE_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct cabin_json_writer {
	char *out;
	size_t size, used;
	bool overflow;
};

void cabin_json_put(struct cabin_json_writer *to, const char *text);
void cabin_json_put_whole(struct cabin_json_writer *to, const char *before, uint64_t value);

/* With `decimals` digits at most; null when it is not finite or over 2^53. */
void cabin_json_put_decimal(struct cabin_json_writer *to, const char *before, double value, unsigned decimals);

void cabin_json_put_bool(struct cabin_json_writer *to, const char *before, bool value);

/* NULL: null. */
void cabin_json_put_string(struct cabin_json_writer *to, const char *before, const char *text);
void cabin_json_put_bytes(struct cabin_json_writer *to, const char *before, const char *text, size_t size);

/* Ends the text with NUL and returns its length without it, or CABIN_ETOOBIG. */
CABIN_MUST_CHECK int cabin_json_end(struct cabin_json_writer *to);

#endif
