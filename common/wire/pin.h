/* A room's PIN as one number: 4 to 8 digits with a 1 before them, so that zeros in front
 * count: "004821" is 1004821. Pure; any thread. */
#ifndef CABIN_WIRE_PIN_H
#define CABIN_WIRE_PIN_H

#include <stddef.h>
#include <stdint.h>

enum {
	CABIN_PIN_NONE = 0,
	CABIN_PIN_IMPOSSIBLE = 1, /* a text that is no PIN: never a room's */
	CABIN_PIN_MIN_DIGITS = 4,
	CABIN_PIN_MAX_DIGITS = 8
};

/* CABIN_PIN_IMPOSSIBLE when `text` (not NUL-ended) is not 4 to 8 digits. */
uint32_t cabin_pin_read(const char *text, size_t size);

#endif
