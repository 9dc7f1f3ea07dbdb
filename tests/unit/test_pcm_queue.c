/* common/media/pcm_queue and time_stretch: order, gains, room, and seams that are not heard. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sounds.h"

#include "media/time_stretch.h"

static struct cabin_pcm_queue queue;

static double roughest(const float *sound, uint32_t count)
{
	double most = 0;
	for (uint32_t i = 1; i + 1 < count; i++)
		most = fmax(most, fabs((double)sound[i + 1] - 2.0 * (double)sound[i] + (double)sound[i - 1]));
	return most;
}

static void what_goes_in_comes_out_in_order_with_its_gain(void **state)
{
	static float in[480], out[480];
	cabin_pcm_queue_clear(&queue);
	for (uint32_t i = 0; i < 480; i++)
		in[i] = (float)i;
	cabin_pcm_queue_append(&queue, in, 480, 0, 1, 100);
	cabin_pcm_queue_append(&queue, NULL, 20, 1, 1, 0);
	assert_int_equal(cabin_pcm_queue_available(&queue), 500);
	cabin_pcm_queue_drop(&queue, 10);
	cabin_pcm_queue_mix(&queue, out, 480, 1, 1);
	assert_float_equal(out[0], 10 * 0.1, 1e-5);
	assert_float_equal(out[40], 50 * 0.5, 1e-4);
	assert_float_equal(out[200], 210, 0);
	assert_float_equal(out[475], 0, 0);
	cabin_pcm_queue_drop(&queue, 1000);
	assert_int_equal(cabin_pcm_queue_available(&queue), 0);
}

static void more_than_fits_pushes_the_oldest_out(void **state)
{
	static float in[960];
	float first = 0;
	cabin_pcm_queue_clear(&queue);
	for (int packet = 0; packet < 100; packet++) {
		for (int i = 0; i < 960; i++)
			in[i] = (float)(packet * 960 + i);
		cabin_pcm_queue_append(&queue, in, 960, 1, 1, 0);
	}
	uint32_t available = cabin_pcm_queue_available(&queue);
	assert_true(available > SECOND / 2);
	cabin_pcm_queue_mix(&queue, &first, 1, 1, 1);
	assert_float_equal(first, 100 * 960 - (double)available, 0);
}

/* Periods are taken and repeated over and over: the sine goes on as if nothing had been. */
static void stretching_a_tone_is_not_heard(void **state)
{
	struct cabin_loudness loudness;
	cabin_loudness_init(&loudness);
	cabin_pcm_queue_clear(&queue);
	static float in[960], out[200 * 960];
	uint32_t at = 0, changed = 0;
	for (int round = 0; round < 150; round++) {
		fill_sine(in, 960, 180, 0.5, (uint64_t)round * 960);
		cabin_loudness_add(&loudness, in, 960);
		cabin_pcm_queue_append(&queue, in, 960, 1, 1, 0);
		uint32_t period = 0;
		if (round > 3 && round % 3 == 1) {
			period = cabin_time_stretch_removable(&loudness, &queue, 720, false);
			if (period > 0)
				cabin_pcm_queue_remove(&queue, period);
		} else if (round > 3 && round % 3 == 2) {
			period = cabin_time_stretch_insertable(&loudness, &queue, 720, false);
			if (period > 0)
				cabin_pcm_queue_insert(&queue, period);
		}
		/* 266.7 samples are a period: one or two of them. */
		assert_true(period == 0 || period % 267 < 3 || period % 267 > 264);
		changed += period > 0;
		uint32_t count = cabin_pcm_queue_available(&queue);
		count = count > 1000 ? count - 1000 : 0;
		cabin_pcm_queue_mix(&queue, out + at, count, 1, 1);
		at += count;
	}
	assert_true(changed > 60);
	/* The sine itself has 0.00028; a seam in the wrong place would be a step of 0.1 and more. */
	assert_true(roughest(out, at) < 0.003);
	assert_true(largest(out, at) < 0.51f);
}

static void noise_is_left_alone_and_silence_is_not(void **state)
{
	struct cabin_loudness loudness;
	cabin_loudness_init(&loudness);
	cabin_pcm_queue_clear(&queue);
	static float in[4800];
	uint32_t seed = 4;
	for (int i = 0; i < 4800; i++)
		in[i] = 0.3f * noise_next(&seed);
	cabin_loudness_add(&loudness, in, 4800);
	cabin_pcm_queue_append(&queue, in, 4800, 1, 1, 0);
	cabin_pcm_queue_drop(&queue, 2400);
	assert_int_equal(cabin_time_stretch_removable(&loudness, &queue, 720, false), 0);
	assert_int_equal(cabin_time_stretch_insertable(&loudness, &queue, 720, false), 0);
	cabin_pcm_queue_clear(&queue);
	cabin_pcm_queue_append(&queue, NULL, 2400, 1, 1, 0);
	assert_int_equal(cabin_time_stretch_removable(&loudness, &queue, 500, true), 500);
	assert_int_equal(cabin_time_stretch_insertable(&loudness, &queue, 9999, true), 720);
	assert_int_equal(cabin_time_stretch_removable(&loudness, &queue, 119, true), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_goes_in_comes_out_in_order_with_its_gain),
	    cmocka_unit_test(more_than_fits_pushes_the_oldest_out),
	    cmocka_unit_test(stretching_a_tone_is_not_heard),
	    cmocka_unit_test(noise_is_left_alone_and_silence_is_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
