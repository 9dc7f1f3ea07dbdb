/* A bounded queue of small fixed-size messages from many threads to one.
 *
 *   producers ── cabin_inbox_push ──▶ [ slots, a power of two ] ── cabin_inbox_pop ──▶ one consumer
 *
 * Progress: push is lock-free and never waits; a full queue refuses the NEWEST
 * message (CABIN_EFULL, counted) and the caller keeps what it meant to hand over.
 * The consumer is woken only when the queue goes from drained to non-empty:
 * `wake` is called by the producer, on its thread, and must not block (an eventfd
 * write, ev_async_send). */
#ifndef CABIN_BASE_INBOX_H
#define CABIN_BASE_INBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct cabin_inbox;

struct cabin_inbox_config {
	uint32_t slot_count;   /* a power of two, 2 … 65,536 */
	uint32_t message_size; /* bytes, 1 … 64 */
	void (*wake)(void *context);
	void *context;
};

/* CABIN_EINVAL, CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_inbox_create(struct cabin_inbox **out, const struct cabin_inbox_config *config);
void cabin_inbox_destroy(struct cabin_inbox *inbox); /* messages still inside are forgotten: drain it first */

/* Copies `message` in. `quiet` leaves the consumer asleep (it will see the message
 * when it is next awake) unless the queue is half full. Any thread. */
CABIN_MUST_CHECK int cabin_inbox_push(struct cabin_inbox *inbox, const void *message, bool quiet);

/* Copies the oldest message out; CABIN_EEMPTY, and from then on the next push
 * wakes. The consumer must pop until CABIN_EEMPTY before it sleeps. */
CABIN_MUST_CHECK int cabin_inbox_pop(struct cabin_inbox *inbox, void *message);

uint64_t cabin_inbox_refused_count(const struct cabin_inbox *inbox); /* any thread */

#endif
