/* A line: a booth's source that is wired to the server (a sound card's input, a file),
 * and whether it has its channel.
 *
 *            ACTIVE packet                     inactive packet
 *   idle ───────────────────▶ on air, active ───────────────────▶ on air, held
 *    ▲                          ▲        │                          │   │
 *    │                          └────────┼──── ACTIVE packet ───────┘   │
 *    └──────────── source lost ──────────┴───── source lost, hold over ─┘
 *
 * An ACTIVE packet (its gate is open) takes the channel at once, where no seat of a booth
 * is on air on it; the hold time keeps it through an interpreter's pauses. Embedded in
 * its channel; hub thread. */
#ifndef CABIN_RELAY_LINE_H
#define CABIN_RELAY_LINE_H

#include <stdbool.h>
#include <stdint.h>

struct cabin_line {
	uint64_t hold_ns;
	uint16_t source_index; /* on air, or CABIN_INDEX_NONE */
	bool active;
	uint64_t release_ns; /* when not active: end of the hold */
};

void cabin_line_init(struct cabin_line *line, uint32_t hold_ms);

/* A packet of one of the line's sources. */
void cabin_line_packet(struct cabin_line *line, uint16_t source_index, bool active, uint64_t now_ns);

void cabin_line_lost(struct cabin_line *line, uint16_t source_index);

/* The source on air now, or CABIN_INDEX_NONE. */
uint16_t cabin_line_on_air(struct cabin_line *line, uint64_t now_ns);

/* When that changes by time alone; UINT64_MAX: never. */
uint64_t cabin_line_due_ns(const struct cabin_line *line);

#endif
