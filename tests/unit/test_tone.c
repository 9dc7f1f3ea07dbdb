/* common/media/tone: the shelves' responses, changes without clicks, volume and mute. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sounds.h"

#include "media/tone.h"

static double response_db(float bass_db, float treble_db, double hz)
{
	static float sound[SECOND];
	struct cabin_tone tone;
	cabin_tone_init(&tone);
	cabin_tone_set(&tone, bass_db, treble_db);
	fill_sine(sound, SECOND, hz, 0.1, 0);
	cabin_tone_process(&tone, sound, SECOND);
	return sine_db_of(sound + SECOND / 2, SECOND / 2) + 20;
}

static void shelves_do_what_they_say(void **state)
{
	static const double hz[] = {20, 50, 100, 200, 400, 1000, 2000, 4000, 8000, 16000, 20000};
	for (int db = -12; db <= 12; db += 6) {
		printf("bass %+3d dB:", db);
		for (int i = 0; i < 11; i++)
			printf(" %6.2f", response_db((float)db, 0, hz[i]));
		printf("\ntreble %+3d:", db);
		for (int i = 0; i < 11; i++)
			printf(" %6.2f", response_db(0, (float)db, hz[i]));
		printf("\n");
		/* At the corner half of it in dB, at the end all, at the other end nothing. */
		assert_float_equal(response_db((float)db, 0, 20), db, 0.2);
		assert_float_equal(response_db((float)db, 0, 200), db / 2.0, 0.1);
		assert_float_equal(response_db((float)db, 0, 4000), 0, 0.1);
		assert_float_equal(response_db(0, (float)db, 20000), db, 0.2);
		assert_float_equal(response_db(0, (float)db, 4000), db / 2.0, 0.1);
		assert_float_equal(response_db(0, (float)db, 200), 0, 0.1);
	}
	assert_float_equal(response_db(-40, 40, 20), -12, 0.2); /* as far as it goes */
	assert_float_equal(response_db(-40, 40, 20000), 12, 0.2);
}

static void flat_and_at_full_volume_nothing_changes(void **state)
{
	struct cabin_tone tone;
	cabin_tone_init(&tone);
	uint32_t seed = 1;
	for (int i = 0; i < SECOND; i++) {
		float sample = noise_next(&seed), out = sample;
		cabin_tone_process(&tone, &out, 1);
		assert_float_equal(out, sample, 1e-6);
	}
}

/* A click is a bend where the sine has none.
 * Second differences of a sine of 200 Hz are 0.0007 of it; those of a step of 1 % are 0.01. */
static double roughest(const float *sound, int from, int to)
{
	double most = 0;
	for (int i = from; i < to; i++)
		most = fmax(most, fabs(sound[i + 1] - 2.0 * sound[i] + sound[i - 1]));
	return most;
}

enum change { BASS, TREBLE, VOLUME, MUTE, EVERYTHING };

static void turn(struct cabin_tone *tone, enum change change, int round)
{
	float db = round % 2 ? 12 : -12;
	if (change == BASS || change == EVERYTHING)
		cabin_tone_set(tone, db, 0);
	if (change == TREBLE || change == EVERYTHING)
		cabin_tone_set(tone, tone->bass.target_db, -db);
	if (change == VOLUME || change == EVERYTHING)
		cabin_tone_set_volume(tone, round % 2 ? 0.05f : 1);
	if (change == MUTE || change == EVERYTHING)
		cabin_tone_mute(tone, round % 2);
}

static void no_change_clicks(void **state)
{
	static float sound[SECOND];
	for (int change = BASS; change <= EVERYTHING; change++) {
		struct cabin_tone tone;
		cabin_tone_init(&tone);
		fill_sine(sound, SECOND, 200, 0.5, 0);
		/* Turned as fast as a hand can, and faster: each 33 ms, in the middle of glides too. */
		for (int at = 0, round = 0; at < SECOND; at += 1600, round++) {
			turn(&tone, (enum change)change, round);
			cabin_tone_process(&tone, sound + at, 1600);
		}
		double rough = roughest(sound, 1, SECOND - 1);
		printf("change %d: roughest %.6f\n", change, rough);
		/* The loudest sine that can come out, +12 dB of 0.5, has 0.00137; a click has ten times that. */
		assert_true(rough < 0.0014);
	}
	/* What the test would find: a volume set without a ramp. */
	fill_sine(sound, SECOND, 200, 0.5, 0);
	for (int i = 1230; i < SECOND; i++)
		sound[i] *= 0.9f;
	assert_true(roughest(sound, 1, SECOND - 1) > 0.02);
}

static void volume_and_mute_arrive_in_20_ms(void **state)
{
	struct cabin_tone tone;
	cabin_tone_init(&tone);
	float sound[960];
	for (int i = 0; i < 960; i++)
		sound[i] = 1;
	cabin_tone_set_volume(&tone, 0.25f);
	cabin_tone_process(&tone, sound, 960);
	for (int i = 1; i < 960; i++)
		assert_true(sound[i] <= sound[i - 1] + 1e-6f);
	assert_float_equal(sound[480], 0.625, 0.005);
	float one = 1;
	cabin_tone_process(&tone, &one, 1);
	assert_float_equal(one, 0.25, 1e-6);

	cabin_tone_mute(&tone, true);
	cabin_tone_set_volume(&tone, 0.5f); /* muted stays muted */
	for (int i = 0; i < 960; i++)
		sound[i] = 1;
	cabin_tone_process(&tone, sound, 960);
	one = 1;
	cabin_tone_process(&tone, &one, 1);
	assert_true(one == 0);
	cabin_tone_mute(&tone, false);
	cabin_tone_process(&tone, sound, 960);
	one = 1;
	cabin_tone_process(&tone, &one, 1);
	assert_float_equal(one, 0.5, 1e-4);
}

static void nonsense_is_brought_into_range_and_leaves_no_trace(void **state)
{
	struct cabin_tone tone;
	cabin_tone_init(&tone);
	cabin_tone_set_volume(&tone, 7);
	assert_float_equal(tone.gain_target, 1, 0);
	cabin_tone_set_volume(&tone, -1);
	assert_float_equal(tone.gain_target, 0, 0);
	cabin_tone_set_volume(&tone, 0.5f);
	cabin_tone_set_volume(&tone, NAN);
	cabin_tone_set(&tone, NAN, INFINITY);
	assert_float_equal(tone.gain_target, 0.5, 0);
	assert_float_equal(tone.bass.target_db, 0, 0);
	assert_float_equal(tone.treble.target_db, 12, 0);
	float sound[SECOND / 10] = {NAN, INFINITY, -INFINITY};
	cabin_tone_process(&tone, sound, SECOND / 10);
	for (int i = 0; i < SECOND / 10; i++)
		assert_true(isfinite(sound[i]));
}

static void blocks_of_any_size_give_the_same(void **state)
{
	static float expected[SECOND], sound[SECOND];
	static const uint32_t sizes[] = {1, 128, 441, 1024};
	for (int s = 0; s < 4; s++) {
		struct cabin_tone tone;
		cabin_tone_init(&tone);
		cabin_tone_set(&tone, 6, -9);
		cabin_tone_set_volume(&tone, 0.3f);
		uint32_t seed = 5;
		for (int i = 0; i < SECOND; i++)
			sound[i] = noise_next(&seed);
		for (uint32_t at = 0; at < SECOND; at += sizes[s])
			cabin_tone_process(&tone, sound + at, SECOND - at < sizes[s] ? SECOND - at : sizes[s]);
		if (s == 0)
			memcpy(expected, sound, sizeof(sound));
		assert_memory_equal(expected, sound, sizeof(sound));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(shelves_do_what_they_say),
	    cmocka_unit_test(flat_and_at_full_volume_nothing_changes),
	    cmocka_unit_test(no_change_clicks),
	    cmocka_unit_test(volume_and_mute_arrive_in_20_ms),
	    cmocka_unit_test(nonsense_is_brought_into_range_and_leaves_no_trace),
	    cmocka_unit_test(blocks_of_any_size_give_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
