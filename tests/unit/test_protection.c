/* common/media/protection: what it never lets through, what it leaves alone, and how soon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sounds.h"

#include "media/protection.h"

enum { DELAY = CABIN_PROTECTION_DELAY_SAMPLES };

static struct cabin_protection calibrated_to(float sensitivity_db)
{
	struct cabin_protection protection;
	cabin_protection_init(&protection);
	assert_int_equal(cabin_protection_calibrate(&protection, sensitivity_db), 0);
	return protection;
}

static float ceiling_of(const struct cabin_protection *protection)
{
	return powf(10, cabin_protection_meter(protection).ceiling_dbfs / 20);
}

/* A sine of this level (dB SPL) for so long; what comes out of its last `tail` samples. */
static double hear_sine(struct cabin_protection *protection, double spl_db, uint32_t count, uint32_t tail)
{
	static uint64_t phase;
	float block[480];
	double sum = 0;
	double amplitude = amplitude_of(spl_db - protection->sensitivity_db);
	for (uint32_t done = 0; done < count; done += 480) {
		fill_sine(block, 480, 1000, amplitude, phase);
		phase += 480;
		cabin_protection_process(protection, block, 480);
		for (uint32_t i = 0; i < 480; i++)
			sum += done + i >= count - tail ? (double)block[i] * block[i] : 0;
	}
	return protection->sensitivity_db + 10 * log10(2 * sum / tail + 1e-20);
}

static void hear_silence(struct cabin_protection *protection, uint32_t count)
{
	for (uint32_t done = 0; done < count; done += 480) {
		float block[480] = {0};
		cabin_protection_process(protection, block, 480);
	}
}

/* --- the ceiling ------------------------------------------------------------------- */

static float nasty(int kind, uint32_t i, uint32_t *seed)
{
	float noise = noise_next(seed);
	switch (kind) {
	case 0: /* a burst of full scale */
		return i > 5000 && i < 9000 ? 1 : 0;
	case 1: /* noise 20 dB over full scale */
		return 10 * noise;
	case 2: /* a square, 20 dB over, from silence */
		return i < 3000 ? 0 : i / 24 % 2 ? 10.0f : -10.0f;
	case 3: /* single samples */
		return i % 997 == 0 ? 10 : 0.01f * noise;
	case 4: /* garbage of a broken decoder */
		return i % 7 == 0 ? NAN : i % 11 == 0 ? INFINITY : i % 13 == 0 ? -INFINITY : noise;
	case 5:
		return i % 3 == 0 ? 3.4e38f : -3.4e38f;
	case 6: /* every level from nothing to 20 dB over */
		return sinf((float)i * 0.3f) * powf(10, (float)(i % 20000) / 20000 * 5 - 4);
	default: /* bursts of random levels and lengths */
		return sinf((float)i * 0.05f) * (1 + 9 * fabsf(sinf((float)(i / 700) * 12.9f))) * (float)(i / 900 % 2);
	}
}

static void no_sample_is_ever_above_the_ceiling(void **state)
{
	static const float sensitivities[] = {CABIN_PROTECTION_NOT_CALIBRATED, 80, 99, 103, 112, 125, 140};
	for (size_t s = 0; s < sizeof(sensitivities) / sizeof(*sensitivities); s++) {
		for (int kind = 0; kind < 8; kind++) {
			struct cabin_protection protection = calibrated_to(sensitivities[s]);
			float ceiling = protection.ceiling;
			uint32_t seed = 1;
			for (uint32_t i = 0; i < 2 * SECOND; i++) {
				float sample = nasty(kind, i, &seed);
				cabin_protection_process(&protection, &sample, 1);
				assert_true(isfinite(sample));
				assert_true(fabsf(sample) <= ceiling);
			}
		}
	}
	struct cabin_protection protection = calibrated_to(112);
	assert_float_equal(cabin_protection_meter(&protection).ceiling_dbfs, -12, 0.001);
	cabin_protection_init(&protection);
	assert_float_equal(cabin_protection_meter(&protection).ceiling_dbfs, -3, 0.001);
}

static void a_new_calibration_holds_for_what_is_in_the_look_ahead(void **state)
{
	struct cabin_protection protection = calibrated_to(100);
	for (int round = 0; round < 100; round++) {
		float block[100];
		fill_sine(block, 100, 3000, 1, (uint64_t)round * 100);
		assert_int_equal(cabin_protection_calibrate(&protection, (float)(100 + round % 20)), 0);
		float ceiling = ceiling_of(&protection);
		cabin_protection_process(&protection, block, 100);
		assert_true(largest(block, 100) <= ceiling * 1.000001f);
	}
}

/* What a sine of +20 dB leaves after the gain has settled is a sine, not what a clipper makes of it. */
static void it_limits_and_does_not_clip(void **state)
{
	static const double tones_hz[] = {100, 1000, 5000};
	for (int t = 0; t < 3; t++) {
		struct cabin_protection protection = calibrated_to(112);
		static float sound[SECOND];
		fill_sine(sound, SECOND, tones_hz[t], amplitude_of(8), 0);
		cabin_protection_process(&protection, sound, SECOND);
		const float *end = sound + SECOND / 2;
		double re = 0, im = 0, power = 0;
		for (int i = 0; i < SECOND / 2; i++) {
			double phase = 2 * M_PI * tones_hz[t] * i / SECOND;
			re += end[i] * cos(phase);
			im += end[i] * sin(phase);
			power += (double)end[i] * end[i];
		}
		double tone = 2 * (re * re + im * im) / (SECOND / 2);
		double distortion_db = 10 * log10(fmax(power - tone, 1e-14 * tone) / tone);
		printf("%5.0f Hz at +20 dB over the ceiling: distortion %.1f dB\n", tones_hz[t], distortion_db);
		assert_true(distortion_db < (t == 0 ? -30 : -45));
	}
}

static void the_look_ahead_meets_an_onset_before_it_comes(void **state)
{
	struct cabin_protection protection = calibrated_to(110);
	float ceiling = protection.ceiling, sound[4 * 48];
	/* Quiet, then a sudden rectangle: the quiet sound is turned down smoothly before it. */
	for (int i = 0; i < 4 * 48; i++)
		sound[i] = i < 96 ? 0.1f : 1;
	cabin_protection_process(&protection, sound, 4 * 48);
	for (int i = 48; i < 96 + DELAY; i++) {
		assert_true(sound[i] <= sound[i - 1] || sound[i] == 0.1f);
		assert_true(sound[i - 1] - sound[i] < 0.1f / 40);
	}
	for (int i = 96 + DELAY; i < 4 * 48; i++)
		assert_float_equal(sound[i], ceiling, 0.01f * ceiling);
}

/* --- what it must leave alone ------------------------------------------------------ */

static void speech_below_the_limits_is_untouched(void **state)
{
	static const char *const names[] = {"floor-vi", "floor-fr", "interp-vi", "interp-fr", "video-en"};
	for (int n = 0; n < 5; n++) {
		uint32_t count;
		float *speech = read_speech(names[n], &count);
		float *heard = malloc(count * sizeof(*heard));
		/* Not calibrated at nominal loudness; then at 74 dB SPL, a loud but healthy level. */
		for (int calibrated = 0; calibrated < 2; calibrated++) {
			struct cabin_protection protection = calibrated_to(calibrated ? 110 : 0);
			double wanted_db = calibrated ? 74.0 - 110 : -23 + 3.01;
			float gain = (float)amplitude_of(wanted_db - sine_db_of(speech, count));
			for (uint32_t i = 0; i < count; i++)
				heard[i] = gain * speech[i];
			cabin_protection_process(&protection, heard, count);
			float worst = 0;
			for (uint32_t i = DELAY; i < count; i++)
				worst = fmaxf(worst, fabsf(heard[i] - gain * speech[i - DELAY]));
			double peak_db = 20 * log10((double)gain * (double)largest(speech, count));
			double change_db = sine_db_of(heard + DELAY, count - DELAY) -
					   sine_db_of(speech, count - DELAY) - 20 * log10((double)gain);
			printf("%s: peak %.1f dBFS, changed by %.4f dB, worst sample %.2g\n", names[n], peak_db,
			       change_db, (double)worst);
			assert_true(fabs(change_db) < 0.1);
			if (peak_db < cabin_protection_meter(&protection).ceiling_dbfs)
				assert_true(worst == 0);
			assert_false(cabin_protection_meter(&protection).warning);
		}
		free(heard);
		free(speech);
	}
}

static void nothing_is_ever_amplified(void **state)
{
	struct cabin_protection protection = calibrated_to(115);
	uint32_t seed = 3;
	float before[DELAY + 1] = {0};
	for (uint32_t i = 0; i < 100 * SECOND; i++) {
		float level = powf(10, sinf((float)i * 1e-5f) * 2 - 1);
		float sample = level * noise_next(&seed), out = sample;
		cabin_protection_process(&protection, &out, 1);
		before[i % (DELAY + 1)] = sample;
		float older = before[(i + 1) % (DELAY + 1)];
		assert_true(fabsf(out) <= fabsf(older));
		assert_true(out * older >= 0);
	}
}

static void blocks_of_any_size_give_the_same(void **state)
{
	static const uint32_t sizes[] = {1, 64, 128, 441, 1024};
	static float expected[5 * SECOND], sound[5 * SECOND];
	for (int s = 0; s < 5; s++) {
		struct cabin_protection protection = calibrated_to(118);
		uint32_t seed = 9;
		for (uint32_t i = 0; i < 5 * SECOND; i++)
			sound[i] = 2 * noise_next(&seed) * fabsf(sinf((float)i * 1e-4f));
		for (uint32_t at = 0; at < 5 * SECOND; at += sizes[s]) {
			uint32_t rest = 5 * SECOND - at;
			cabin_protection_process(&protection, sound + at, rest < sizes[s] ? rest : sizes[s]);
		}
		if (s == 0)
			memcpy(expected, sound, sizeof(sound));
		assert_memory_equal(expected, sound, sizeof(sound));
	}
}

/* --- levels and times -------------------------------------------------------------- */

static void static_curve(void **state)
{
	printf("  in    after 30 ms  after 0.5 s  after 3 min   (dB SPL, 1 kHz)\n");
	double before = 0;
	for (int in_db = 40; in_db <= 132; in_db += 4) {
		struct cabin_protection protection = calibrated_to(112);
		double at_once = hear_sine(&protection, in_db, 1440, 480);
		double soon = hear_sine(&protection, in_db, SECOND / 2, 4800);
		double late = hear_sine(&protection, in_db, 180 * SECOND, SECOND);
		printf("%5d  %10.2f  %10.2f  %10.2f\n", in_db, at_once, soon, late);
		assert_true(at_once <= 100.01 && soon <= 94.05 && late <= 80.1);
		assert_float_equal(soon, fmin(in_db, 94), 0.1);
		assert_float_equal(late, fmin(in_db, 80), 0.2);
		if (in_db <= 92)
			assert_float_equal(at_once, in_db, 0.02);
		assert_true(late >= before - 0.15);
		before = late;
	}
}

static void timing(void **state)
{
	printf("  in   longest above 94.5 dB  level after 50, 100, 150 ms\n");
	for (int in_db = 93; in_db <= 131; in_db += 2) {
		struct cabin_protection protection = calibrated_to(112);
		double above_ms = 0, level_db[3] = {0};
		for (int ms = 0; ms < 400; ms++) {
			double db = hear_sine(&protection, in_db, 480, 480);
			above_ms += db > 94.5 ? 10 : 0;
			if (ms == 4 || ms == 9 || ms == 14)
				level_db[ms / 5] = db;
			/* Whatever came in: no longer than about 100 ms above 94. */
			assert_true(ms < 11 || db < 94.1);
		}
		printf("%5d  %6.0f ms  %14.2f %6.2f %6.2f\n", in_db, above_ms, level_db[0], level_db[1], level_db[2]);
		assert_true(above_ms <= 110);
	}
}

static void short_sounds_pass_and_long_ones_do_not(void **state)
{
	/* 98 dB: 20 ms pass whole, 300 ms do not. */
	struct cabin_protection protection = calibrated_to(112);
	assert_float_equal(hear_sine(&protection, 98, 960, 480), 98, 0.05);
	assert_true(cabin_protection_meter(&protection).sustained_reduction_db == 0);
	hear_sine(&protection, 98, 14400, 480);
	struct cabin_protection_meter meter = cabin_protection_meter(&protection);
	assert_float_equal(meter.sustained_reduction_db, 4, 0.05);
	assert_float_equal(meter.level_db, 94, 0.1);
	assert_true(meter.ceiling_reduction_db == 0);
	/* Back in less than half a second, all the way. */
	hear_silence(&protection, SECOND / 2);
	assert_true(cabin_protection_meter(&protection).sustained_reduction_db == 0);
	assert_float_equal(hear_sine(&protection, 90, 4800, 480), 90, 0.01);
}

static void a_loud_minute_is_turned_down_and_comes_back(void **state)
{
	struct cabin_protection protection = calibrated_to(110);
	float worst_db = 0, reduction_db = 0;
	for (int second = 0; second < 180; second++) {
		hear_sine(&protection, 90, SECOND, SECOND);
		struct cabin_protection_meter meter = cabin_protection_meter(&protection);
		worst_db = fmaxf(worst_db, meter.minute_average_db);
		assert_true(meter.average_reduction_db - reduction_db < 2.01);
		reduction_db = meter.average_reduction_db;
		if (second != 5)
			assert_int_equal(meter.warning, second > 5);
		if (second % 20 == 5)
			printf("%3d s: minute %.2f dB, reduced by %.2f dB\n", second, meter.minute_average_db,
			       meter.average_reduction_db);
	}
	printf("90 dB for 3 minutes: the minute was %.2f dB at most\n", worst_db);
	assert_true(worst_db < 84);
	assert_float_equal(cabin_protection_meter(&protection).minute_average_db, 80, 0.1);
	assert_float_equal(reduction_db, 10, 0.1);

	int seconds_back = 0;
	for (int second = 0; second < 120; second++) {
		hear_sine(&protection, 70, SECOND, SECOND);
		float now_db = cabin_protection_meter(&protection).average_reduction_db;
		assert_true(now_db <= reduction_db);	   /* never down and up */
		assert_true(reduction_db - now_db < 0.51); /* and gently */
		reduction_db = now_db;
		seconds_back += now_db > 0;
	}
	printf("70 dB then: whole again after %d s\n", seconds_back);
	assert_in_range(seconds_back, 20, 75);
	assert_false(cabin_protection_meter(&protection).warning);
	assert_float_equal(hear_sine(&protection, 70, SECOND, SECOND), 70, 0.01);
}

/* A speaker with pauses, 6 dB too loud: the gain finds its place and does not follow syllables. */
static void the_slow_gain_does_not_pump(void **state)
{
	uint32_t count;
	float *speech = read_speech("interp-fr", &count);
	struct cabin_protection protection = calibrated_to(110);
	float gain = (float)amplitude_of(88.0 - 110 - sine_db_of(speech, count));
	float low_db = 100, high_db = 0;
	uint32_t total = 240 * SECOND;
	for (uint32_t at = 0; at < total; at += 480) {
		float block[480];
		for (uint32_t i = 0; i < 480; i++)
			block[i] = gain * speech[(at + i) % count];
		cabin_protection_process(&protection, block, 480);
		if (at < total / 2)
			continue;
		float now_db = cabin_protection_meter(&protection).average_reduction_db;
		low_db = fminf(low_db, now_db);
		high_db = fmaxf(high_db, now_db);
	}
	struct cabin_protection_meter meter = cabin_protection_meter(&protection);
	printf("speech at 88 dB: reduced by %.2f to %.2f dB, minute %.2f dB\n", low_db, high_db,
	       meter.minute_average_db);
	assert_true(high_db - low_db < 1.5);
	assert_true(low_db > 3 && meter.minute_average_db < 80.5 && meter.warning);
	free(speech);
}

static void bass_counts_less_for_the_minute(void **state)
{
	struct cabin_protection protection = calibrated_to(110);
	for (uint32_t at = 0; at < 90 * SECOND; at += 480) {
		float block[480];
		fill_sine(block, 480, 100, amplitude_of(90.0 - 110), at);
		cabin_protection_process(&protection, block, 480);
	}
	struct cabin_protection_meter meter = cabin_protection_meter(&protection);
	assert_float_equal(meter.level_db, 90, 0.1);
	assert_float_equal(meter.minute_average_db, 90 - 19.1, 0.3);
	assert_true(meter.average_reduction_db == 0 && !meter.warning);
}

/* --- calibration -------------------------------------------------------------------- */

static void the_meter_says_which_unit(void **state)
{
	struct cabin_protection protection;
	cabin_protection_init(&protection);
	struct cabin_protection_meter meter = cabin_protection_meter(&protection);
	assert_false(meter.calibrated);
	assert_float_equal(meter.minute_limit_db, -26.01, 0.01);
	assert_float_equal(meter.level_db, -123.01, 0.01);
	float sound[9600];
	fill_sine(sound, 9600, 1000, 0.1, 0);
	cabin_protection_process(&protection, sound, 9600);
	assert_float_equal(cabin_protection_meter(&protection).level_db, -23.01, 0.01);
	assert_int_equal(cabin_protection_calibrate(&protection, 108), 0);
	meter = cabin_protection_meter(&protection);
	assert_true(meter.calibrated);
	assert_float_equal(meter.sensitivity_db, 108, 0);
	assert_float_equal(meter.level_db, 88, 0.01);
	assert_float_equal(meter.minute_limit_db, 80, 0.001);
	assert_float_equal(meter.ceiling_dbfs, -8, 0.001);
}

static void impossible_sensitivities_are_refused(void **state)
{
	struct cabin_protection protection = calibrated_to(112);
	static const float wrong[] = {-1, 79.9f, 140.1f, 1e9f, NAN, INFINITY, -INFINITY};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_int_equal(cabin_protection_calibrate(&protection, wrong[i]), CABIN_EINVAL);
		assert_float_equal(cabin_protection_meter(&protection).sensitivity_db, 112, 0);
	}
	/* A weak headset: full scale is the ceiling, and the card's. */
	assert_int_equal(cabin_protection_calibrate(&protection, 85), 0);
	assert_float_equal(cabin_protection_meter(&protection).ceiling_dbfs, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_sample_is_ever_above_the_ceiling),
	    cmocka_unit_test(a_new_calibration_holds_for_what_is_in_the_look_ahead),
	    cmocka_unit_test(it_limits_and_does_not_clip),
	    cmocka_unit_test(the_look_ahead_meets_an_onset_before_it_comes),
	    cmocka_unit_test(speech_below_the_limits_is_untouched),
	    cmocka_unit_test(nothing_is_ever_amplified),
	    cmocka_unit_test(blocks_of_any_size_give_the_same),
	    cmocka_unit_test(static_curve),
	    cmocka_unit_test(timing),
	    cmocka_unit_test(short_sounds_pass_and_long_ones_do_not),
	    cmocka_unit_test(a_loud_minute_is_turned_down_and_comes_back),
	    cmocka_unit_test(the_slow_gain_does_not_pump),
	    cmocka_unit_test(bass_counts_less_for_the_minute),
	    cmocka_unit_test(the_meter_says_which_unit),
	    cmocka_unit_test(impossible_sensitivities_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
