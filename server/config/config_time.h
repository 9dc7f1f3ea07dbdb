/* Times of the agenda: RFC 3339 with offset, to the second. Pure. */
#ifndef CABIN_CONFIG_TIME_H
#define CABIN_CONFIG_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CABIN_TIME_MAX_BYTES = 32 };

/* "2027-03-02T08:30:00+07:00", or with Z; years 1970 to 9999, no leap second. Tells
 * seconds since 1970 where `unix_s` is not NULL. */
bool cabin_time_parse(const char *text, int64_t *unix_s);

/* The reverse, in the zone that TZ tells for that moment. False: out of range. */
bool cabin_time_format_local(char *out, size_t out_size, int64_t unix_s);

#endif
