/* The fan-out of one loop: a window of recent packets per channel, and the
 * listeners that read it. Pure C: it knows neither sockets nor audio.
 *
 *   inbox ─▶ cabin_fanout_packet ─▶ window[channel]  … s c p p p p p p│head
 *                                                          ▲     ▲
 *   cabin_fanout_flush: for each listener of a channel     │     └ cursor of a listener that keeps up
 *   that has news, one write of all that is pending        └ cursor of one that is behind
 *
 * A listener is a cursor, a state and counters: no bytes of its own, no reference
 * count, no lock. One fan-out per loop; all calls from its loop's thread.
 *
 * How many packets the pool needs. A window keeps what is younger than the queue
 * limit, at most cabin_fanout_window_items() of it, and the newest state and clock
 * message. Loops that run share the same packets; one that stalls keeps old ones in
 * its windows and its inbox while the others go on. So, for the worst moment:
 *
 *   slots = loops × (cabin_fanout_packets_held() + slots of the loop's inbox)
 *         + slots of the hub's inbox + sources × 2 (being filled or copied; seats are sources)
 *         + cabin_hub_packets_held() (hand-overs) */
#ifndef CABIN_RELAY_FANOUT_H
#define CABIN_RELAY_FANOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/packet.h"
#include "relay/transport.h"

struct cabin_fanout;
struct cabin_listener;

struct cabin_fanout_config {
	struct cabin_clock clock;
	struct cabin_transport transport;
	uint16_t channel_count;
	uint32_t queue_limit_ms; /* further behind than this jumps to live; 40 … CABIN_QUEUE_LIMIT_MAX_MS */
	uint32_t close_after_ms; /* behind or blocked for this long without a break is closed as too slow */
};

/* Packets that one channel's window holds at most; and all windows of one loop, each
 * with its state and clock message, and a state that may wait for the loop's inbox. */
uint32_t cabin_fanout_window_items(uint32_t queue_limit_ms);
uint32_t cabin_fanout_packets_held(uint16_t channel_count, uint32_t queue_limit_ms);

/* CABIN_EINVAL, CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_fanout_create(struct cabin_fanout **out, const struct cabin_fanout_config *config);
void cabin_fanout_destroy(struct cabin_fanout *fanout); /* all listeners must be gone (asserted) */

/* Puts a published packet into its channel's window (retains it). Sends nothing. */
void cabin_fanout_packet(struct cabin_fanout *fanout, struct cabin_packet *packet);

/* Writes what is pending to every listener that can take it: call when the inbox
 * is drained. Skips and closings happen here too. */
void cabin_fanout_flush(struct cabin_fanout *fanout);

/* True when a packet came since the last flush. */
bool cabin_fanout_dirty(const struct cabin_fanout *fanout);

/* A listener of `connection` (the transport's), without a channel yet. CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_fanout_attach(struct cabin_fanout *fanout, struct cabin_listener **out, void *connection);

/* Never calls the transport; the listener is freed. Safe from inside any of the
 * transport's callbacks, flush included. */
void cabin_fanout_detach(struct cabin_fanout *fanout, struct cabin_listener *listener);

/* Listens to `channel_index` in place of any other: state and up to
 * CABIN_JOIN_PACKETS newest packets of its epoch, none older than the queue limit, go
 * out with the next flush or cabin_fanout_writable. CABIN_INDEX_NONE: to none. Without
 * memory for one more place in the channel the connection is closed. */
void cabin_fanout_listen(struct cabin_fanout *fanout, struct cabin_listener *listener, uint16_t channel_index);

/* The transport can take more for this listener: writes its whole backlog in one write. */
void cabin_fanout_writable(struct cabin_fanout *fanout, struct cabin_listener *listener);

uint16_t cabin_listener_channel_index(const struct cabin_listener *listener);

/* How old the oldest is of what waits for this listener here; 0: it keeps up. */
uint64_t cabin_listener_queue_ns(const struct cabin_fanout *fanout, const struct cabin_listener *listener,
				 uint64_t now_ns);

/* Its jumps to live since it was attached. */
uint64_t cabin_listener_skip_count(const struct cabin_listener *listener);

/* Listeners of a channel in this loop. Any thread (so that a sink need not wake a
 * loop that has none). */
uint32_t cabin_fanout_listener_count(const struct cabin_fanout *fanout, uint16_t channel_index);

/* Sums over this loop since it began. Any thread. */
struct cabin_fanout_stats {
	uint64_t packets; /* delivered to the transport, summed over listeners */
	uint64_t bytes;
	uint64_t writes;
	uint64_t skips;		  /* jumps to live */
	uint64_t skipped_packets; /* that those jumps left out */
	uint64_t closed_slow;
};
void cabin_fanout_stats(const struct cabin_fanout *fanout, struct cabin_fanout_stats *out);

#endif
