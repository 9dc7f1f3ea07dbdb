/* How late packets arrive, and what a jitter buffer should hold because of it. The native twin
 * of web/shared/arrivals.ts. All times are samples at 48 kHz; `now` is the clock's at arrival.
 *
 * Transit = arrival − timestamp, of unknown zero. The smallest of the last 15 to 30 s is the
 * base; lateness is what a packet has above it. Three things make the target:
 *
 *  - the everyday jitter: the 99th percentile of lateness, forgotten over 20 s, and a margin;
 *  - what a busy machine does now and then: the latest packet of the last minutes, as long as
 *    covering it costs next to nothing;
 *  - stalls (the radio pauses, TCP waits for a lost segment). Holding a buffer for them costs
 *    delay all the time, not holding it costs concealed sound each time: the target is where
 *    the sum is smallest. Stalls that stop coming are soon forgotten.
 *
 * And for a second, it is never less than what just came late. Measured arrivals alone decide,
 * never the round-trip time. Embedded; one thread; no allocation. */
#ifndef CABIN_MEDIA_ARRIVALS_H
#define CABIN_MEDIA_ARRIVALS_H

#include <stdbool.h>
#include <stdint.h>

#define CABIN_ARRIVALS_NO_BASE INT64_MAX

enum {
	CABIN_ARRIVALS_BINS = 201,
	CABIN_ARRIVALS_STALLS = 64,
};

struct cabin_arrivals {
	/* to read: delay above the fastest packet that the buffer should hold; largest lateness, to
	 * be set to 0 by who takes it */
	int64_t target, late_max;

	/* private */
	int64_t base_now, base_before, bucket_end;
	double bins[CABIN_ARRIVALS_BINS], bins_sum, weight;
	uint32_t packet_count;
	int64_t stall_peak[CABIN_ARRIVALS_STALLS], stall_at[CABIN_ARRIVALS_STALLS];
	uint32_t stall_count;
	bool outage;
	int64_t outage_at;
	int64_t recent_now, recent_before, recent_end;
	int64_t rare_now, rare_before, rare_end;
};

void cabin_arrivals_init(struct cabin_arrivals *arrivals);

/* Another time line begins: its transit has another zero; how it jitters stays. */
void cabin_arrivals_new_timeline(struct cabin_arrivals *arrivals);

/* A packet with this timestamp came. */
void cabin_arrivals_add(struct cabin_arrivals *arrivals, int64_t now, int64_t timestamp);

/* Smallest transit: what the fastest packet needed; CABIN_ARRIVALS_NO_BASE before the first. */
int64_t cabin_arrivals_base(const struct cabin_arrivals *arrivals);

#endif
