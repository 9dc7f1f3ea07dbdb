/* Gives a file or a tone the pace of a sound card: blocks of 10 ms that are there
 * when their last frame has been "at the microphone", by the clock.
 *
 *   start_ns ├──block 0──┼──block 1──┼──block 2──┤ …
 *                        ▲ block 0 is due
 *
 * All pacers with one start instant stay in step for ever. One owner. */
#ifndef CABIN_CAPTURE_PACER_H
#define CABIN_CAPTURE_PACER_H

#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"

enum { CABIN_PACER_BLOCK_FRAMES = CABIN_RATE_HZ / 100 };

struct cabin_pacer {
	struct cabin_clock clock;
	uint64_t start_ns;
	uint64_t next_frame; /* of the next block, at 48 kHz from start_ns */
	int stop_fd;	     /* readable: stop waiting; −1: none */
};

/* Waits until the next block is due, at most `timeout_ms` (0: only asks the clock).
 * 0: `*frame_index` and `*stamp_ns` are the block's; when the caller came so late
 * that sound would be stale, blocks are left out and the index jumps. CABIN_EAGAIN:
 * not due yet. CABIN_ELOST: stopped. */
CABIN_MUST_CHECK int cabin_pacer_wait(struct cabin_pacer *pacer, uint32_t timeout_ms, uint64_t *frame_index,
				      uint64_t *stamp_ns);

#endif
