/* Which source of a booth is on air.
 *
 *            ACTIVE packet                     inactive packet
 *   idle ───────────────────▶ on air, active ───────────────────▶ on air, held
 *    ▲                          ▲        │                          │   │
 *    │                          └────────┼──── ACTIVE packet ───────┘   │
 *    └──────────── source lost ──────────┴───── source lost, hold over ─┘
 *
 * An ACTIVE packet takes the channel at once; the hold time keeps it through an
 * interpreter's pauses. A booth has one source today; more seats are more source
 * indices in the same calls: an ACTIVE packet takes the channel from a held seat,
 * not from an active one. Embedded in its channel; hub thread. */
#ifndef CABIN_RELAY_BOOTH_H
#define CABIN_RELAY_BOOTH_H

#include <stdbool.h>
#include <stdint.h>

struct cabin_booth {
	uint64_t hold_ns;
	uint16_t source_index; /* on air, or CABIN_INDEX_NONE */
	bool active;
	uint64_t release_ns; /* when not active: end of the hold */
};

void cabin_booth_init(struct cabin_booth *booth, uint32_t hold_ms);

/* A packet of one of the booth's sources. */
void cabin_booth_packet(struct cabin_booth *booth, uint16_t source_index, bool active, uint64_t now_ns);

void cabin_booth_lost(struct cabin_booth *booth, uint16_t source_index);

/* The source on air now, or CABIN_INDEX_NONE. */
uint16_t cabin_booth_on_air(struct cabin_booth *booth, uint64_t now_ns);

/* When that changes by time alone; UINT64_MAX: never. */
uint64_t cabin_booth_due_ns(const struct cabin_booth *booth);

#endif
