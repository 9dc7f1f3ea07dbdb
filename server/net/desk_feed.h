/* What the technician's desk is told: texts of the desk thread, levels of the meter.
 *
 *   any thread: cabin_desk_feed_publish ─▶ each loop's inbox ─▶ cabin_desk_feed_drain: to each
 *   desk of this loop; the newest text of each type that is a whole state is kept for
 *   desks that come later
 *
 * A message is copied once, with its WebSocket header, and shared by the loops. A desk
 * whose socket is behind misses levels, which is counted, but never text: it is closed
 * instead, so that it never shows an old state as the newest. */
#ifndef CABIN_NET_DESK_FEED_H
#define CABIN_NET_DESK_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct cabin_loop;
struct cabin_ws_listener;
struct cabin_desk_feed;

enum {
	CABIN_DESK_FEED_SLOTS = 256, /* of a loop's inbox */
	CABIN_DESK_FEED_STATES = 3   /* types that are kept */
};

/* CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_desk_feed_create(struct cabin_loop *loop, void (*wake)(void *context));
void cabin_desk_feed_destroy(struct cabin_loop *loop);

/* Any thread. False: some loop's inbox is full, or no memory. */
bool cabin_desk_feed_publish(struct cabin_loop *const *loops, uint32_t loop_count, bool binary, const void *bytes,
			     size_t size);

/* The loop's thread from here on. */
void cabin_desk_feed_drain(struct cabin_loop *loop);

/* A connection becomes a desk, and gets the newest states; or is one no more. */
void cabin_desk_feed_switch(struct cabin_ws_listener *listener, bool on);

/* Which of the kept states a text is: those whose `type` is desk, audience or alarms; −1:
 * it is news, not kept. Pure. */
int cabin_desk_feed_state_of(const char *text, size_t size);

#endif
