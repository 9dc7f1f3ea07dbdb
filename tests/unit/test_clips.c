/* common/media/clips. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "media/clips.h"

static void a_stretch_counts_once(void **state)
{
	struct cabin_clips clips = {.least_samples = 3};
	const float samples[] = {0, 1, 1, 0, -1, -1, -1, -1, -1, 0.99f, 1, -1, 1, 0};
	cabin_clips_add(&clips, samples, 14);
	assert_int_equal(clips.count, 2);
}

static void a_stretch_may_lie_across_two_pieces(void **state)
{
	struct cabin_clips clips = {.least_samples = 3};
	const float samples[] = {1, 1, 1, 1};
	cabin_clips_add(&clips, samples, 2);
	assert_int_equal(clips.count, 0);
	cabin_clips_add(&clips, samples, 4);
	assert_int_equal(clips.count, 1);
}

static void sixteen_bits_reach_full_scale(void **state)
{
	struct cabin_clips clips = {.least_samples = 1};
	const float samples[] = {32767 / 32768.0f, 0, 32766 / 32768.0f, 0, 1.2f, 0, -1, 0};
	cabin_clips_add(&clips, samples, 8);
	assert_int_equal(clips.count, 3);
}

/* A full-scale sine just fits: no converter clipped it. */
static void a_sine_that_fits_is_no_clip(void **state)
{
	struct cabin_clips clips = {.least_samples = 3};
	float samples[4800];
	for (int i = 0; i < 4800; i++)
		samples[i] = (float)sin(2 * M_PI * 1000 * i / 48000);
	cabin_clips_add(&clips, samples, 4800);
	assert_int_equal(clips.count, 0);
	for (int i = 0; i < 4800; i++)
		samples[i] = fmaxf(-1, fminf(1, 1.1f * samples[i]));
	cabin_clips_add(&clips, samples, 4800);
	assert_in_range(clips.count, 199, 200); /* both halves of each of 100 turns */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_stretch_counts_once),
	    cmocka_unit_test(a_stretch_may_lie_across_two_pieces),
	    cmocka_unit_test(sixteen_bits_reach_full_scale),
	    cmocka_unit_test(a_sine_that_fits_is_no_clip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
