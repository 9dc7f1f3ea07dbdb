/* A token bucket: so many at once, then one each interval. It counts what it
 * refuses, so that the next log line can say how many were swallowed.
 *
 * Embedded in its owner, one thread; the caller brings the clock's reading. */
#ifndef CABIN_BASE_RATELIMIT_H
#define CABIN_BASE_RATELIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct cabin_ratelimit {
	uint64_t interval_ns; /* one token each */
	uint64_t burst_ns;    /* interval × (bucket's size − 1) */
	uint64_t due_ns;      /* when the bucket would be full again */
	uint64_t swallowed;
};

/* A full bucket of `burst` tokens (at least 1), refilled by one each `interval_ns`. */
void cabin_ratelimit_init(struct cabin_ratelimit *limit, uint64_t interval_ns, uint32_t burst);

/* True: a token was taken, and `*swallowed` (may be NULL) tells how many were
 * refused since the last success. False: refused, and counted. */
bool cabin_ratelimit_take(struct cabin_ratelimit *limit, uint64_t now_ns, uint64_t *swallowed);

#endif
