/* server/monitor/r128 against EBU Tech 3341 (minimum requirements, cases 1 to 5 and 9 to 14,
 * as they apply to momentary, short-term and gated loudness of one stream). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/limits.h"
#include "monitor/r128.h"

static struct cabin_r128 *loudness;
static uint64_t position;

static int begin(void **state)
{
	position = 0;
	return cabin_r128_create(&loudness);
}

static int end(void **state)
{
	cabin_r128_destroy(loudness);
	return 0;
}

/* A sine of 1,000 Hz, its peak at `dbfs`; in packets of 20 ms as the meter gives them. */
static void sine(double dbfs, double seconds)
{
	float samples[960];
	uint32_t packets = (uint32_t)lround(seconds * 50);
	for (uint32_t p = 0; p < packets; p++) {
		for (int i = 0; i < 960; i++, position++)
			samples[i] =
			    (float)(pow(10, dbfs / 20) * sin(2 * M_PI * 1000 * (double)position / CABIN_RATE_HZ));
		assert_int_equal(cabin_r128_add(loudness, samples, 960), 0);
	}
}

static struct cabin_r128_figures figures(void)
{
	struct cabin_r128_figures out;
	cabin_r128_figures(loudness, &out);
	return out;
}

static void check(double measured, double expected)
{
	if (!(fabs(measured - expected) <= 0.1))
		fail_msg("%.3f LUFS, not %.1f", measured, expected);
}

static void cases_1_and_2(void **state)
{
	const double levels[] = {-23, -33, -40};
	for (int i = 0; i < 3; i++) {
		cabin_r128_destroy(loudness);
		assert_int_equal(cabin_r128_create(&loudness), 0);
		sine(levels[i], 20);
		check(figures().momentary_lufs, levels[i]);
		check(figures().short_term_lufs, levels[i]);
		check(figures().speech_lufs, levels[i]);
	}
}

/* −36, −23, −36 dBFS: the relative gate leaves the quiet parts out. */
static void case_3(void **state)
{
	sine(-36, 5);
	sine(-23, 18);
	sine(-36, 5);
	check(figures().speech_lufs, -23);
}

/* With −72 dBFS around: the absolute gate leaves those out. */
static void case_4(void **state)
{
	sine(-72, 3);
	sine(-36, 3);
	sine(-23, 15);
	sine(-36, 3);
	sine(-72, 3);
	check(figures().speech_lufs, -23);
}

/* −26, −20, −26 dBFS: all of it counts. */
static void case_5(void **state)
{
	sine(-26, 10);
	sine(-20, 10);
	sine(-26, 10);
	check(figures().speech_lufs, -23);
}

/* The largest figure while a sine sounds, in the steps that it is told in. */
static double largest(double dbfs, double seconds, bool momentary)
{
	double most = -HUGE_VAL;
	for (int i = 0; i < (int)lround(seconds * 50); i++) {
		sine(dbfs, 0.02);
		most = fmax(most, momentary ? figures().momentary_lufs : figures().short_term_lufs);
	}
	return most;
}

/* Short term: constant however the loud and the quiet part lie in the 3 s. */
static void case_9(void **state)
{
	for (int i = 0; i < 5; i++) {
		for (int part = 0; part < 150; part++) {
			sine(part < 67 ? -20 : -30, 0.02);
			if (i > 0)
				check(figures().short_term_lufs, -23);
		}
	}
}

/* Short term: 3 s are found wherever they begin. */
static void cases_10_and_11(void **state)
{
	for (int i = 0; i < 20; i++) {
		cabin_r128_destroy(loudness);
		assert_int_equal(cabin_r128_create(&loudness), 0);
		sine(-HUGE_VAL, i * 0.16);
		double most = largest(-23, 3, false);
		check(fmax(most, largest(-HUGE_VAL, 1, false)), -23);
	}
	sine(-HUGE_VAL, 3);
	for (int i = 0; i < 20; i++) {
		sine(-HUGE_VAL, i * 0.16);
		double most = largest(-38 + i, 3, false);
		check(fmax(most, largest(-HUGE_VAL, 3 - i * 0.16 > 0 ? 3 - i * 0.16 : 0, false)), -38 + i);
		sine(-HUGE_VAL, 3);
	}
}

/* Momentary: the same within 400 ms. */
static void case_12(void **state)
{
	for (int i = 0; i < 25; i++) {
		for (int part = 0; part < 20; part++) {
			sine(part < 9 ? -20 : -30, 0.02);
			if (i > 2)
				check(figures().momentary_lufs, -23);
		}
	}
}

static void cases_13_and_14(void **state)
{
	for (int i = 0; i < 20; i++) {
		cabin_r128_destroy(loudness);
		assert_int_equal(cabin_r128_create(&loudness), 0);
		sine(-HUGE_VAL, i * 0.02);
		double most = largest(-23, 0.4, true);
		check(fmax(most, largest(-HUGE_VAL, 1, true)), -23);
	}
	for (int i = 0; i < 20; i++) {
		sine(-HUGE_VAL, i * 0.02);
		double most = largest(-38 + i, 0.4, true);
		check(fmax(most, largest(-HUGE_VAL, 0.4 - i * 0.02, true)), -38 + i);
	}
}

static void unknown_at_first_and_in_silence(void **state)
{
	assert_true(isnan(figures().speech_lufs));
	sine(-HUGE_VAL, 10);
	assert_true(isnan(figures().speech_lufs));
	assert_true(isinf(figures().momentary_lufs));
	sine(-23, 2);
	assert_true(isnan(figures().speech_lufs)); /* not yet 3 s of it */
	sine(-23, 10);
	assert_float_equal(figures().speech_lufs, -23, 0.2); /* blocks that it began in count too */
}

static void a_pause_does_not_count_and_a_new_speaker_does(void **state)
{
	sine(-20, 20);
	sine(-HUGE_VAL, 20);
	check(figures().speech_lufs, -20);
	sine(-30, 35);
	check(figures().speech_lufs, -30);
}

/* A room that nobody speaks in. */
static void noise(double rms_dbfs, double seconds)
{
	float samples[960];
	uint32_t packets = (uint32_t)lround(seconds * 50), seed = 1;
	for (uint32_t p = 0; p < packets; p++) {
		for (int i = 0; i < 960; i++) {
			seed = seed * 1664525u + 1013904223u;
			samples[i] = (float)(pow(10, rms_dbfs / 20) * sqrt(3) * ((double)seed / 0x80000000u - 1));
		}
		assert_int_equal(cabin_r128_add(loudness, samples, 960), 0);
	}
}

/* However long a microphone stays open in an empty booth, the interpreter was as loud as
 * before: else the floor would be turned down to the noise. */
static void a_room_without_speech_is_not_quiet_speech(void **state)
{
	noise(-60, 40);
	assert_true(isnan(figures().speech_lufs));
	sine(-22, 30);
	noise(-60, 90);
	assert_true(figures().momentary_lufs > -60); /* above R128's own gate */
	check(figures().speech_lufs, -22);
	sine(-HUGE_VAL, 90);
	check(figures().speech_lufs, -22);
	sine(-35, 31); /* a quiet speaker is followed all the same */
	check(figures().speech_lufs, -35);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(cases_1_and_2, begin, end),
	    cmocka_unit_test_setup_teardown(case_3, begin, end),
	    cmocka_unit_test_setup_teardown(case_4, begin, end),
	    cmocka_unit_test_setup_teardown(case_5, begin, end),
	    cmocka_unit_test_setup_teardown(case_9, begin, end),
	    cmocka_unit_test_setup_teardown(cases_10_and_11, begin, end),
	    cmocka_unit_test_setup_teardown(case_12, begin, end),
	    cmocka_unit_test_setup_teardown(cases_13_and_14, begin, end),
	    cmocka_unit_test_setup_teardown(unknown_at_first_and_in_silence, begin, end),
	    cmocka_unit_test_setup_teardown(a_room_without_speech_is_not_quiet_speech, begin, end),
	    cmocka_unit_test_setup_teardown(a_pause_does_not_count_and_a_new_speaker_does, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
