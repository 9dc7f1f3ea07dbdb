/* UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. Any
 * thread. */
#ifndef CABIN_BASE_UTF8_H
#define CABIN_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Whether `size` bytes are UTF-8; else `*bad_offset` (may be NULL) is where they stop to be. */
bool cabin_utf8_valid(const char *text, size_t size, size_t *bad_offset);

#endif
