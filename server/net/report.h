/* The listeners' reports, added up: one `struct cabin_report_counters` per loop and
 * channel, written by its loop's thread alone, read by any. */
#ifndef CABIN_NET_REPORT_H
#define CABIN_NET_REPORT_H

#include <stdatomic.h>
#include <stdint.h>

#include "net/server.h"
#include "wire/control.h"

struct cabin_report_counter_histogram {
	_Atomic uint64_t count[CABIN_AUDIENCE_BUCKETS];
	_Atomic double sum_ms;
};

struct cabin_report_counters {
	_Atomic uint64_t reports, reports_hidden, underruns;
	_Atomic uint64_t by_state[4], by_fallback[4];
	_Atomic double concealed_ms;
	struct cabin_report_counter_histogram mouth_to_ear, buffer, late, round_trip;
};

/* The loop's thread. */
void cabin_report_add(struct cabin_report_counters *counters, const struct cabin_client_report *report);

/* Any thread: adds to `out`. */
void cabin_report_sum(struct cabin_report_sums *out, const struct cabin_report_counters *counters);

#endif
