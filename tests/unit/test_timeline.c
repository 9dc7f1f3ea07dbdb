/* common/base/timeline: the filter between a crystal and the server clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/clock.h"
#include "base/timeline.h"

static double next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (double)(*seed >> 11) / 9007199254740992.0;
}

/* A source whose crystal is `ppm` fast, with stamps that jitter evenly by
 * ±`jitter_ms`. Its truth: sample n is at the microphone at start + n / rate. */
struct crystal {
	double rate_hz, jitter_ms;
	uint64_t start_ns, seed;
};

static uint64_t truth_ns(const struct crystal *crystal, uint64_t timestamp)
{
	return crystal->start_ns + (uint64_t)llround((double)timestamp / crystal->rate_hz * 1e9);
}

static uint64_t stamp_ns(struct crystal *crystal, uint64_t timestamp)
{
	double jitter = (2 * next_random(&crystal->seed) - 1) * crystal->jitter_ms * 1e6;

	return truth_ns(crystal, timestamp) + (uint64_t)llround(jitter);
}

static double error_ms(const struct cabin_timeline *line, const struct crystal *crystal, uint64_t timestamp)
{
	return (double)(int64_t)(cabin_timeline_ns(line, timestamp) - truth_ns(crystal, timestamp)) * 1e-6;
}

static void sensible_from_the_first_packet(void **state)
{
	struct cabin_timeline line = {0};

	assert_int_equal(cabin_timeline_ns(&line, 5), 0);
	assert_true(cabin_timeline_rate_hz(&line) == 0);
	assert_false(cabin_timeline_update(&line, 96000, 7 * CABIN_NS_PER_S));
	assert_int_equal(cabin_timeline_ns(&line, 96000), 7 * CABIN_NS_PER_S);
	assert_int_equal(cabin_timeline_ns(&line, 96000 + 48000), 8 * CABIN_NS_PER_S);
	assert_int_equal(cabin_timeline_ns(&line, 48000), 6 * CABIN_NS_PER_S);
	assert_true(cabin_timeline_rate_hz(&line) == 48000);
}

/* Three hours; the largest error after the first packet, after ten seconds and after
 * two minutes, the last one also for a second ahead, as a listener uses it. */
static void follow(double ppm, uint32_t packet_samples)
{
	struct crystal crystal = {48000 * (1 + ppm * 1e-6), 1, 3 * CABIN_NS_PER_S, (uint64_t)(1000 + ppm)};
	struct cabin_timeline line = {0};
	uint64_t end = UINT64_C(3) * 3600 * 48000;
	double worst_ms = 0, worst_10s_ms = 0, worst_120s_ms = 0, worst_rate_ppm = 0;

	for (uint64_t timestamp = 0; timestamp < end; timestamp += packet_samples) {
		double now_ms, ahead_ms;

		assert_false(cabin_timeline_update(&line, timestamp, stamp_ns(&crystal, timestamp)));
		now_ms = fabs(error_ms(&line, &crystal, timestamp));
		ahead_ms = fabs(error_ms(&line, &crystal, timestamp + 48000));
		worst_ms = fmax(worst_ms, now_ms);
		if (timestamp > 10 * 48000)
			worst_10s_ms = fmax(worst_10s_ms, ahead_ms);
		if (timestamp > 120 * 48000) {
			worst_120s_ms = fmax(worst_120s_ms, ahead_ms);
			worst_rate_ppm =
			    fmax(worst_rate_ppm, fabs(cabin_timeline_rate_hz(&line) / crystal.rate_hz - 1) * 1e6);
		}
	}
	print_message(
	    "%+.0f ppm, %u samples: within %.3f ms always, %.3f after 10 s, %.3f after 120 s, rate %.2f ppm\n", ppm,
	    packet_samples, worst_ms, worst_10s_ms, worst_120s_ms, worst_rate_ppm);
	assert_true(worst_ms <= 1.0);
	assert_true(worst_10s_ms <= 0.5);
	assert_true(worst_120s_ms <= 0.1);
	assert_true(worst_rate_ppm <= 5);
}

static void three_hours_of_drift_stay_within_a_millisecond(void **state)
{
	follow(200, 960);
	follow(-200, 960);
	follow(200, 480);
	follow(0, 960);
}

static void a_crystal_that_warms_up_is_followed(void **state)
{
	struct crystal crystal = {48000, 1, 0, 9};
	struct cabin_timeline line = {0};
	double truth = 0, worst_ms = 0;

	/* 0 to 20 ppm within ten minutes, then steady. */
	for (uint64_t timestamp = 0; timestamp < UINT64_C(1800) * 48000; timestamp += 960) {
		double second = (double)timestamp / 48000, ppm = fmin(second / 30, 20);
		double jitter = (2 * next_random(&crystal.seed) - 1) * 1e6;

		cabin_timeline_update(&line, timestamp, (uint64_t)llround(truth + 1e9 + jitter));
		worst_ms =
		    fmax(worst_ms,
			 fabs((double)(int64_t)(cabin_timeline_ns(&line, timestamp) - (uint64_t)llround(truth + 1e9)) *
			      1e-6));
		truth += 960 / (48000 * (1 + ppm * 1e-6)) * 1e9;
	}
	print_message("warming up: within %.3f ms\n", worst_ms);
	assert_true(worst_ms <= 1.0);
}

static void late_stamps_do_not_pull(void **state)
{
	struct crystal crystal = {48000, 0.2, CABIN_NS_PER_S, 4};
	struct cabin_timeline line = {0};
	double worst_ms = 0;

	for (uint64_t i = 0; i < 30000; i++) {
		uint64_t timestamp = i * 960, stamp = stamp_ns(&crystal, timestamp);

		if (i % 97 > 90) /* a machine that was busy for seven packets */
			stamp += 40 * CABIN_NS_PER_MS;
		assert_false(cabin_timeline_update(&line, timestamp, stamp));
		if (i > 500)
			worst_ms = fmax(worst_ms, fabs(error_ms(&line, &crystal, timestamp)));
	}
	assert_true(worst_ms <= 0.2);
}

static void a_lasting_jump_is_taken_over(void **state)
{
	struct crystal crystal = {48000, 0.5, CABIN_NS_PER_S, 5};
	struct cabin_timeline line = {0};
	uint32_t jumps = 0;

	for (uint64_t i = 0; i < 10000; i++) {
		if (i == 5000)
			crystal.start_ns += 30 * CABIN_NS_PER_MS;
		jumps += cabin_timeline_update(&line, i * 960, stamp_ns(&crystal, i * 960));
		if (i > 5100)
			assert_true(fabs(error_ms(&line, &crystal, i * 960)) <= 0.5);
	}
	assert_int_equal(jumps, 1);
}

static void pauses_and_far_numbers_are_fine(void **state)
{
	struct crystal crystal = {48000 * (1 + 150e-6), 0.5, UINT64_C(1) << 50, 6};
	struct cabin_timeline line = {0};
	uint64_t timestamp = 0;

	for (uint64_t i = 0; i < 200000; i++) {
		cabin_timeline_update(&line, timestamp, stamp_ns(&crystal, timestamp));
		if (i > 1000)
			assert_true(fabs(error_ms(&line, &crystal, timestamp)) <= 0.5);
		timestamp += i % 100 == 99 ? 10 * 48000 : 960;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sensible_from_the_first_packet),
	    cmocka_unit_test(three_hours_of_drift_stay_within_a_millisecond),
	    cmocka_unit_test(a_crystal_that_warms_up_is_followed),
	    cmocka_unit_test(late_stamps_do_not_pull),
	    cmocka_unit_test(a_lasting_jump_is_taken_over),
	    cmocka_unit_test(pauses_and_far_numbers_are_fine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
