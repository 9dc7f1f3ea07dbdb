/* common/media/resampler: alignment, delay, response, nothing lost in small blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "media/resampler.h"

static const uint32_t rates_hz[] = {16000, 32000, 44100, 48000, 88200, 96000, 192000};

/* One second of a sine of `hz` in uneven small blocks; returns what came out. */
static float *resample_sine(struct cabin_resampler *resampler, uint32_t rate_hz, double hz, uint32_t *given)
{
	float *out = calloc(50000, sizeof(*out));
	float block[300];
	*given = 0;
	for (uint32_t at = 0; at < rate_hz;) {
		uint32_t count = 1 + at % 299;
		if (count > rate_hz - at)
			count = rate_hz - at;
		for (uint32_t i = 0; i < count; i++)
			block[i] = (float)sin(2 * M_PI * hz * (at + i) / rate_hz);
		uint32_t room = cabin_resampler_output_max(resampler, count), more = 0;
		cabin_resampler_process(resampler, block, count, out + *given, room, &more);
		assert_true(more <= room);
		*given += more;
		at += count;
	}
	return out;
}

static void output_is_aligned_with_input_and_flat(void **state)
{
	for (size_t r = 0; r < sizeof(rates_hz) / sizeof(rates_hz[0]); r++) {
		for (double hz = 100; hz < 6500; hz *= 4) {
			struct cabin_resampler *resampler = NULL;
			assert_int_equal(cabin_resampler_create(&resampler, rates_hz[r], 48000), 0);
			uint32_t given = 0;
			float *out = resample_sine(resampler, rates_hz[r], hz, &given);
			double worst = 0;
			for (uint32_t n = 4800; n < given; n++)
				worst = fmax(worst, fabs(out[n] - sin(2 * M_PI * hz * n / 48000)));
			/* A shift of one hundredth of a sample at 6.4 kHz would be 0.008. */
			assert_true(worst < 0.004);
			free(out);
			cabin_resampler_destroy(resampler);
		}
	}
}

static void delay_is_what_is_held_back(void **state)
{
	for (size_t r = 0; r < sizeof(rates_hz) / sizeof(rates_hz[0]); r++) {
		struct cabin_resampler *resampler = NULL;
		assert_int_equal(cabin_resampler_create(&resampler, rates_hz[r], 48000), 0);
		for (int round = 0; round < 2; round++) { /* the second after a reset */
			uint32_t given = 0;
			free(resample_sine(resampler, rates_hz[r], 1000, &given));
			double held_input = (48000.0 - given) * rates_hz[r] / 48000;
			double told = cabin_resampler_delay_samples(resampler);
			assert_true(fabs(held_input - told) <= (double)rates_hz[r] / 48000 + 1);
			cabin_resampler_reset(resampler);
		}
		cabin_resampler_destroy(resampler);
	}
}

static void delay_from_44100_is_below_a_millisecond(void **state)
{
	struct cabin_resampler *resampler = NULL;
	assert_int_equal(cabin_resampler_create(&resampler, 44100, 48000), 0);
	assert_true(cabin_resampler_delay_samples(resampler) <= 44);
	cabin_resampler_destroy(resampler);
	assert_int_equal(cabin_resampler_create(&resampler, 48000, 48000), 0);
	assert_int_equal(cabin_resampler_delay_samples(resampler), 0);
	cabin_resampler_destroy(resampler);
}

static void impossible_rates_are_refused(void **state)
{
	struct cabin_resampler *resampler = NULL;
	assert_int_equal(cabin_resampler_create(&resampler, 7999, 48000), CABIN_EINVAL);
	assert_int_equal(cabin_resampler_create(&resampler, 48000, 192001), CABIN_EINVAL);
	cabin_resampler_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(output_is_aligned_with_input_and_flat),
	    cmocka_unit_test(delay_is_what_is_held_back),
	    cmocka_unit_test(delay_from_44100_is_below_a_millisecond),
	    cmocka_unit_test(impossible_rates_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
