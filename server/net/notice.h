/* The hub's notices on their way to the connections that they concern.
 *
 *   hub thread: cabin_notices_publish ─▶ each loop's inbox ─▶ cabin_notices_drain: to each console
 *   of this loop that it concerns; the newest full state of each booth and room is kept
 *   for those who come later
 *
 * A notice is copied once, on the hub's thread, and shared by the loops: some a second,
 * beside the media path. */
#ifndef CABIN_NET_NOTICE_H
#define CABIN_NET_NOTICE_H

#include <stdatomic.h>

#include "base/error.h"
#include "relay/console.h"

struct cabin_loop;
struct cabin_net;
struct cabin_ws_listener;

struct cabin_net_notice {
	atomic_uint references;
	struct cabin_notice notice; /* its text stands behind */
	char text[];
};

enum { CABIN_NOTICE_SLOTS = 1024 }; /* of a loop's inbox */

/* CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_notices_create(struct cabin_loop *loop, void (*wake)(void *context));
void cabin_notices_destroy(struct cabin_loop *loop);

/* cabin_notice_sink.notify; the hub's thread. False: some loop's inbox is full. */
bool cabin_notices_publish(struct cabin_loop *const *loops, uint32_t loop_count, const struct cabin_notice *notice);

/* The loop's thread from here on. */
void cabin_notices_drain(struct cabin_loop *loop);

/* All the states that a connection of this scope gets first. */
void cabin_notices_catch_up(struct cabin_ws_listener *listener);

/* {"rooms":[…],"booths":[…]}: every state that this loop knows, malloc'd; NULL: no memory. */
char *cabin_notices_json(const struct cabin_loop *loop, size_t *size);

#endif
