/* Values out of a parsed JSON object, strict in type and range. Private to wire/. */
#ifndef CABIN_WIRE_JSON_READ_H
#define CABIN_WIRE_JSON_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Index of the string in `words` (NULL entries match nothing), negative when it is none of them. */
int cabin_json_word(const json_t *value, const char *const *words, int count);

/* All of these: CABIN_EFORMAT, with `*out` as it was. */
CABIN_MUST_CHECK int cabin_json_whole(uint32_t *out, const json_t *value, uint32_t max);
CABIN_MUST_CHECK int cabin_json_number(double *out, const json_t *value, double max);
CABIN_MUST_CHECK int cabin_json_switch(bool *out, const json_t *value);

/* Any whole number is well-formed; one that no channel can have is read as 0. */
CABIN_MUST_CHECK int cabin_json_channel(uint32_t *out, const json_t *value);

/* Text of at most `max` bytes, with a NUL after it; a NUL or a control character inside is refused. */
CABIN_MUST_CHECK int cabin_json_text(char *out, size_t max, const json_t *value);

#endif
