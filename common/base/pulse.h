/* Whether a thread goes round: it beats each time, others look how long ago that was.
 *
 * One beating thread, any reader. Relaxed: the time stands for nothing but itself. */
#ifndef CABIN_BASE_PULSE_H
#define CABIN_BASE_PULSE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

enum { CABIN_PULSE_LIMIT_MS = 5000 }; /* twenty times what a healthy thread takes for its longest round */

struct cabin_pulse {
	_Atomic uint64_t beat_ns; /* 0: its thread has not begun */
};

static inline void cabin_pulse_beat(struct cabin_pulse *pulse, uint64_t now_ns)
{
	atomic_store_explicit(&pulse->beat_ns, now_ns, memory_order_relaxed);
}

/* False before the first beat. A beat may be newer than the reader's `now_ns`. */
static inline bool cabin_pulse_stands_still(const struct cabin_pulse *pulse, uint64_t now_ns)
{
	uint64_t beat_ns = atomic_load_explicit(&pulse->beat_ns, memory_order_relaxed);
	return beat_ns && now_ns > beat_ns && now_ns - beat_ns >= CABIN_PULSE_LIMIT_MS * CABIN_NS_PER_MS;
}

#endif
