/* The encode thread: one per input. It opens the input, gives its blocks to the taps,
 * hands their packets to the hub's inbox, and says when the input is lost or back.
 *
 *           ┌────────── back-off 100 ms … 2 s ──────────┐
 *           ▼                                           │
 *   start ─▶ open ─ok─▶ running ─lost─▶ (LOST told) ─▶ close
 *             └─not there─▶ (LOST told once) ───────────┘
 *
 * An insert that is over goes back to open without a word of loss in the log.
 *
 * Created and destroyed by main; in between everything is its own but the figures,
 * which any thread may read. It runs with SCHED_FIFO where that is permitted. */
#ifndef CABIN_CAPTURE_ENCODE_THREAD_H
#define CABIN_CAPTURE_ENCODE_THREAD_H

#include "audio/input.h"
#include "audio/tap.h"
#include "base/clock.h"
#include "base/inbox.h"
#include "capture/capture.h"

struct cabin_encode_thread;

struct cabin_encode_thread_config {
	struct cabin_input input; /* taken over, on failure too */
	struct cabin_clock clock;
	struct cabin_packet_pool *pool;
	struct cabin_inbox *hub_inbox;
	int stop_fd; /* readable: stop; borrowed */
	bool rests;  /* an insert: when it is over it is opened again at once, which sleeps until it is to play */
};

/* Starts nothing yet. CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_encode_thread_create(struct cabin_encode_thread **out,
						const struct cabin_encode_thread_config *config);

/* Adds a source that listens to this input; before start. CABIN_EFULL, CABIN_EINVAL, CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_encode_thread_add(struct cabin_encode_thread *thread,
					     const struct cabin_config_source *source, uint16_t source_index,
					     bool always_active);

CABIN_MUST_CHECK int cabin_encode_thread_start(struct cabin_encode_thread *thread); /* CABIN_EIO */

/* Joins it (`stop_fd` must be readable by now) and frees everything. NULL is fine. */
void cabin_encode_thread_destroy(struct cabin_encode_thread *thread);

/* Any thread. `tap_index` in the order of cabin_encode_thread_add. */
void cabin_encode_thread_stats(const struct cabin_encode_thread *thread, uint32_t tap_index,
			       struct cabin_capture_source_stats *out);

#endif
