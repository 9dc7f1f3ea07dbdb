/* server/net/report: sums and histograms of the listeners' reports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "net/report.h"

static void sums_over_loops(void **state)
{
	static struct cabin_report_counters loops[2];
	struct cabin_report_sums sums;
	struct cabin_client_report report = {.state = CABIN_REPORT_LIVE,
					     .buffer_ms = 40,
					     .late_ms = 0,
					     .concealed_ms = 2.5,
					     .underruns = 1,
					     .mouth_to_ear_ms = 70,
					     .round_trip_ms = -1,
					     .fallback = CABIN_FALLBACK_NATIVE};
	cabin_report_add(&loops[0], &report);
	report.hidden = true;
	report.state = CABIN_REPORT_STALLED;
	report.mouth_to_ear_ms = 5000;
	cabin_report_add(&loops[1], &report);
	memset(&sums, 0, sizeof(sums));
	cabin_report_sum(&sums, &loops[0]);
	cabin_report_sum(&sums, &loops[1]);
	assert_int_equal(sums.reports, 2);
	assert_int_equal(sums.reports_hidden, 1);
	assert_int_equal(sums.reports_by_state[CABIN_REPORT_LIVE], 1);
	assert_int_equal(sums.reports_by_state[CABIN_REPORT_STALLED], 1);
	assert_int_equal(sums.reports_by_fallback[CABIN_FALLBACK_NATIVE], 2);
	assert_int_equal(sums.underruns, 2);
	assert_float_equal(sums.concealed_ms, 5, 1e-9);
	assert_float_equal(sums.mouth_to_ear.sum_ms, 5070, 1e-9);
	/* Not known is not counted. */
	assert_int_equal(sums.round_trip.count[CABIN_AUDIENCE_BUCKETS - 1], 0);
}

static void buckets_are_cumulative_and_their_bounds_inclusive(void **state)
{
	static struct cabin_report_counters counters;
	struct cabin_report_sums sums;
	struct cabin_client_report report = {.mouth_to_ear_ms = -1, .round_trip_ms = -1};
	for (int b = 0; b < CABIN_AUDIENCE_BUCKETS - 1; b++) {
		report.buffer_ms = cabin_audience_bounds_ms[b];
		cabin_report_add(&counters, &report);
	}
	report.buffer_ms = 600000;
	cabin_report_add(&counters, &report);
	memset(&sums, 0, sizeof(sums));
	cabin_report_sum(&sums, &counters);
	for (int b = 0; b < CABIN_AUDIENCE_BUCKETS; b++)
		assert_int_equal(sums.buffer.count[b], b + 1);
	for (int b = 1; b < CABIN_AUDIENCE_BUCKETS - 1; b++)
		assert_true(cabin_audience_bounds_ms[b] > cabin_audience_bounds_ms[b - 1]);
	assert_int_equal(sums.late.count[0], CABIN_AUDIENCE_BUCKETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sums_over_loops),
					   cmocka_unit_test(buckets_are_cumulative_and_their_bounds_inclusive)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
