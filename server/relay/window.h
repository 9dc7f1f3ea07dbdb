/* A channel's recent packets in one loop: a ring of references, in the order in
 * which the hub published them, and the newest state and clock message, which every
 * joiner and skipper gets first.
 *
 *   tail            live start (≤ 3 media of the epoch)   head
 *    │                  │                                  │
 *    p p p s p c p p p  p p p                              ·    state ─▶ s   clock ─▶ c
 *
 * Positions only grow. What is older than the age limit is given back as newer
 * packets come: nobody will be sent it. Embedded in the fan-out; the loop's thread. */
#ifndef CABIN_RELAY_WINDOW_H
#define CABIN_RELAY_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/packet.h"

struct cabin_window {
	struct cabin_packet *items[CABIN_WINDOW_ITEMS];
	uint64_t tail, head;  /* positions of the oldest item, and after the newest */
	uint64_t media_count; /* media packets that ever came */
	uint32_t item_limit;  /* at most CABIN_WINDOW_ITEMS */
	uint64_t age_limit_ns;
	struct cabin_packet *state; /* newest, or NULL */
	struct cabin_packet *clock; /* newest that is newer than `state`, or NULL */
};

void cabin_window_init(struct cabin_window *window, uint32_t item_limit, uint64_t age_limit_ns);
void cabin_window_clear(struct cabin_window *window); /* gives all packets back */

/* Retains the packet; gives back what is too old or too many. */
void cabin_window_push(struct cabin_window *window, struct cabin_packet *packet, uint64_t now_ns);

static inline struct cabin_packet *cabin_window_at(const struct cabin_window *window, uint64_t position)
{
	return window->items[position % CABIN_WINDOW_ITEMS];
}

/* True when the item at `cursor`, the oldest that a reader has not got, is too old. */
bool cabin_window_is_late(const struct cabin_window *window, uint64_t cursor, uint64_t now_ns);

/* Where a joiner starts: the position of the oldest of the newest media packets of
 * the state's epoch, at most CABIN_JOIN_PACKETS of them and none too old; `*count` of
 * them. Only media from there on concern a joiner: the state that it gets is newer. */
uint64_t cabin_window_live_start(const struct cabin_window *window, uint64_t now_ns, uint32_t *count);

#endif
