#include "client/clock_sync.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"

void cabin_clock_sync_reset(struct cabin_clock_sync *sync)
{
	memset(sync->samples, 0, sizeof(sync->samples));
	sync->next = 0;
	atomic_store_explicit(&sync->offset_ns, INT64_MIN, memory_order_relaxed);
	atomic_store_explicit(&sync->round_trip_us, -1, memory_order_relaxed);
}

void cabin_clock_sync_take(struct cabin_clock_sync *sync, double t1_us, double t2_us, double t3_us, double t4_us)
{
	double round_trip_us = (t4_us - t1_us) - (t3_us - t2_us), offset_us = ((t2_us - t1_us) + (t3_us - t4_us)) / 2;
	uint64_t now_ns = (uint64_t)(t4_us * 1000);
	if (!(round_trip_us >= 0) || !isfinite(offset_us))
		return;
	uint32_t index = sync->next++ % CABIN_CLOCK_SYNC_SAMPLES, best = index;
	sync->samples[index].offset_us = offset_us;
	sync->samples[index].round_trip_us = round_trip_us;
	sync->samples[index].at_ns = now_ns;
	for (uint32_t i = 0; i < CABIN_CLOCK_SYNC_SAMPLES; i++) {
		bool fresh = sync->samples[i].at_ns > 0 &&
			     now_ns - sync->samples[i].at_ns <= CABIN_CLOCK_SYNC_WINDOW_S * CABIN_NS_PER_S;
		if (fresh && sync->samples[i].round_trip_us < sync->samples[best].round_trip_us)
			best = i;
	}
	atomic_store_explicit(&sync->offset_ns, llround(sync->samples[best].offset_us * 1000), memory_order_relaxed);
	atomic_store_explicit(&sync->round_trip_us, llround(round_trip_us), memory_order_relaxed);
}

bool cabin_clock_sync_server_us(const struct cabin_clock_sync *sync, uint64_t client_ns, uint64_t *server_us)
{
	int64_t offset_ns = atomic_load_explicit(&sync->offset_ns, memory_order_relaxed);
	if (offset_ns == INT64_MIN)
		return false;
	*server_us = (uint64_t)((int64_t)client_ns + offset_ns) / CABIN_NS_PER_US;
	return true;
}

double cabin_clock_sync_round_trip_ms(const struct cabin_clock_sync *sync)
{
	int64_t round_trip_us = atomic_load_explicit(&sync->round_trip_us, memory_order_relaxed);
	return round_trip_us < 0 ? -1 : (double)round_trip_us / 1000;
}
