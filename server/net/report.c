#include "net/report.h"

#include "base/counter.h"

_Static_assert(CABIN_REPORT_STATE_COUNT == 4 && CABIN_FALLBACK_COUNT == 4, "the sums have room for these");

/* As cabin_counter_add: one writer. */
static void add_ms(_Atomic double *sum, double more)
{
	atomic_store_explicit(sum, atomic_load_explicit(sum, memory_order_relaxed) + more, memory_order_relaxed);
}

static void observe(struct cabin_report_counter_histogram *histogram, double value_ms)
{
	if (value_ms < 0) /* null: the client does not know */
		return;
	int bucket = 0;
	while (bucket < CABIN_AUDIENCE_BUCKETS - 1 && value_ms > cabin_audience_bounds_ms[bucket])
		bucket++;
	cabin_counter_add(&histogram->count[bucket], 1);
	add_ms(&histogram->sum_ms, value_ms);
}

void cabin_report_add(struct cabin_report_counters *counters, const struct cabin_client_report *report)
{
	cabin_counter_add(&counters->reports, 1);
	if (report->hidden)
		cabin_counter_add(&counters->reports_hidden, 1);
	cabin_counter_add(&counters->by_state[report->state], 1);
	cabin_counter_add(&counters->by_fallback[report->fallback], 1);
	cabin_counter_add(&counters->underruns, report->underruns);
	add_ms(&counters->concealed_ms, report->concealed_ms);
	observe(&counters->mouth_to_ear, report->mouth_to_ear_ms);
	observe(&counters->buffer, report->buffer_ms);
	observe(&counters->late, report->late_ms);
	observe(&counters->round_trip, report->round_trip_ms);
}

/* Buckets are counted apart and told cumulatively, as server.h says. */
static void sum_histogram(struct cabin_report_histogram *out, const struct cabin_report_counter_histogram *from)
{
	uint64_t below = 0;
	for (int b = 0; b < CABIN_AUDIENCE_BUCKETS; b++) {
		below += cabin_counter_get(&from->count[b]);
		out->count[b] += below;
	}
	out->sum_ms += atomic_load_explicit(&from->sum_ms, memory_order_relaxed);
}

void cabin_report_sum(struct cabin_report_sums *out, const struct cabin_report_counters *counters)
{
	out->reports += cabin_counter_get(&counters->reports);
	out->reports_hidden += cabin_counter_get(&counters->reports_hidden);
	for (int i = 0; i < 4; i++) {
		out->reports_by_state[i] += cabin_counter_get(&counters->by_state[i]);
		out->reports_by_fallback[i] += cabin_counter_get(&counters->by_fallback[i]);
	}
	out->underruns += cabin_counter_get(&counters->underruns);
	out->concealed_ms += atomic_load_explicit(&counters->concealed_ms, memory_order_relaxed);
	sum_histogram(&out->mouth_to_ear, &counters->mouth_to_ear);
	sum_histogram(&out->buffer, &counters->buffer);
	sum_histogram(&out->late, &counters->late);
	sum_histogram(&out->round_trip, &counters->round_trip);
}
