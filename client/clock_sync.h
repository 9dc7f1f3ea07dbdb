/* The server's clock as the client knows it, from pings with NTP's four times
 * (RFC 5905, section 8): the offset of the ping with the smallest round trip of the
 * last 30 s holds.
 *
 * One thread takes pongs; any thread reads. */
#ifndef CABIN_CLIENT_CLOCK_SYNC_H
#define CABIN_CLIENT_CLOCK_SYNC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { CABIN_CLOCK_SYNC_SAMPLES = 32, CABIN_CLOCK_SYNC_WINDOW_S = 30 };

struct cabin_clock_sync {
	struct {
		double offset_us, round_trip_us;
		uint64_t at_ns; /* 0: none */
	} samples[CABIN_CLOCK_SYNC_SAMPLES];
	uint32_t next;
	/* For other threads; relaxed, each stands alone. INT64_MIN: not known. */
	_Atomic int64_t offset_ns;
	_Atomic int64_t round_trip_us; /* of the newest ping; −1: not known */
};

/* Another connection: nothing is known. */
void cabin_clock_sync_reset(struct cabin_clock_sync *sync);

/* `t1_us`, `t4_us`: the client's clock; `t2_us`, `t3_us`: the server's. What cannot be
 * (a negative round trip) is left out. */
void cabin_clock_sync_take(struct cabin_clock_sync *sync, double t1_us, double t2_us, double t3_us, double t4_us);

/* Server clock of an instant of the client's clock; false: not known. Any thread. */
bool cabin_clock_sync_server_us(const struct cabin_clock_sync *sync, uint64_t client_ns, uint64_t *server_us);

/* Negative: not known. Any thread. */
double cabin_clock_sync_round_trip_ms(const struct cabin_clock_sync *sync);

#endif
