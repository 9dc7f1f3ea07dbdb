/* The one clock: monotonic nanoseconds, injectable.
 *
 * Every module that reads time takes a `struct cabin_clock`, so that a test can
 * drive it. Wall time is only for logs, file names and the event's log. */
#ifndef CABIN_BASE_CLOCK_H
#define CABIN_BASE_CLOCK_H

#include <stdint.h>

#define CABIN_NS_PER_US UINT64_C(1000)
#define CABIN_NS_PER_MS UINT64_C(1000000)
#define CABIN_NS_PER_S	UINT64_C(1000000000)

struct cabin_clock {
	uint64_t (*now_ns)(void *context); /* never goes back */
	void *context;
};

/* CLOCK_MONOTONIC: the same for all processes of a machine. Any thread. */
struct cabin_clock cabin_clock_monotonic(void);

static inline uint64_t cabin_clock_now_ns(const struct cabin_clock *clock)
{
	return clock->now_ns(clock->context);
}

#endif
