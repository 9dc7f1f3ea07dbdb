#include "base/clock.h"

#include <time.h>

#include "base/error.h"

static uint64_t monotonic_now_ns(void *context)
{
	struct timespec now;

	CABIN_ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (uint64_t)now.tv_sec * CABIN_NS_PER_S + (uint64_t)now.tv_nsec;
}

struct cabin_clock cabin_clock_monotonic(void)
{
	return (struct cabin_clock){.now_ns = monotonic_now_ns};
}
