/* What a client may not send, and the close code that docs/protocol.md, section 2,
 * promises for it: for the server's test and for cabin-badclient. */
#ifndef CABIN_LOAD_HOSTILE_H
#define CABIN_LOAD_HOSTILE_H

#include <stddef.h>
#include <stdint.h>

enum { CABIN_HOSTILE_MAX_BYTES = 4096 };

struct cabin_hostile_case {
	const char *name;
	uint16_t code;
	size_t (*write)(uint8_t *out); /* at most CABIN_HOSTILE_MAX_BYTES; returns the size */
};

extern const struct cabin_hostile_case cabin_hostile_cases[];
extern const size_t cabin_hostile_case_count;

#endif
