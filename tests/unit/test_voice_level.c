/* common/media/voice_level: ballistics, what is called good, and that it does not flicker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "sounds.h"

#include "media/voice_level.h"

static void speak(struct cabin_voice_level *level, double rms_dbfs, double seconds)
{
	float block[480];
	for (int i = 0; i < lround(seconds * 100); i++) {
		fill_sine(block, 480, 500, amplitude_of(rms_dbfs) * sqrt(2), (uint64_t)i * 480);
		cabin_voice_level_update(level, block, 480);
	}
}

static void peak_rises_at_once_and_falls_20_db_in_1700_ms(void **state)
{
	struct cabin_voice_level level;
	cabin_voice_level_init(&level);
	assert_float_equal(level.peak_dbfs, CABIN_LEVEL_MIN_DBFS, 0);
	float block[480] = {[7] = -0.5f};
	cabin_voice_level_update(&level, block, 480);
	assert_float_equal(level.peak_dbfs, -6.02, 0.01);
	speak(&level, -100, 1.7);
	assert_float_equal(level.peak_dbfs, -26.02, 0.1);
	speak(&level, -100, 10);
	assert_float_equal(level.peak_dbfs, -97, 0.1);
}

static void rms_has_99_percent_after_300_ms(void **state)
{
	struct cabin_voice_level level;
	cabin_voice_level_init(&level);
	speak(&level, -20, 0.3);
	assert_float_equal(level.rms_dbfs, -20 + 10 * log10(0.99), 0.01);
	speak(&level, -20, 1);
	assert_float_equal(level.rms_dbfs, -20, 0.01);
}

static void verdicts_have_hysteresis(void **state)
{
	static const struct {
		double dbfs;
		enum cabin_voice_verdict verdict;
	} steps[] = {
	    {-45, CABIN_VOICE_TOO_QUIET}, {-29, CABIN_VOICE_TOO_QUIET},	  {-27.5, CABIN_VOICE_GOOD},
	    {-31.5, CABIN_VOICE_GOOD},	  {-32.5, CABIN_VOICE_TOO_QUIET}, {-20, CABIN_VOICE_GOOD},
	    {-10.5, CABIN_VOICE_GOOD},	  {-9.5, CABIN_VOICE_TOO_LOUD},	  {-13.5, CABIN_VOICE_TOO_LOUD},
	    {-14.5, CABIN_VOICE_GOOD},	  {-5, CABIN_VOICE_TOO_LOUD},
	};
	struct cabin_voice_level level;
	cabin_voice_level_init(&level);
	assert_int_equal(level.verdict, CABIN_VOICE_NONE);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		speak(&level, steps[i].dbfs, 6);
		assert_int_equal(level.verdict, steps[i].verdict);
		assert_float_equal(level.speech_dbfs, steps[i].dbfs, 0.2);
	}
}

static void a_pause_changes_nothing_and_a_long_one_is_none(void **state)
{
	struct cabin_voice_level level;
	cabin_voice_level_init(&level);
	speak(&level, -60, 5); /* the room's noise is nobody speaking */
	assert_int_equal(level.verdict, CABIN_VOICE_NONE);
	speak(&level, -22, 1);
	assert_int_equal(level.verdict, CABIN_VOICE_GOOD);
	speak(&level, -45, 2.9); /* noise well below the voice */
	assert_int_equal(level.verdict, CABIN_VOICE_GOOD);
	assert_float_equal(level.speech_dbfs, -22, 0.1);
	speak(&level, -45, 0.2);
	assert_int_equal(level.verdict, CABIN_VOICE_NONE);
	/* A click into the microphone is not speech yet. */
	speak(&level, -22, 0.05);
	assert_int_equal(level.verdict, CABIN_VOICE_NONE);
}

static void clipping_is_counted_and_too_loud_for_a_second(void **state)
{
	struct cabin_voice_level level;
	cabin_voice_level_init(&level);
	speak(&level, -20, 1);
	float block[480] = {[100] = 32767.0f / 32768, [101] = -1};
	cabin_voice_level_update(&level, block, 480);
	assert_int_equal(level.clip_count, 1);
	assert_int_equal(level.verdict, CABIN_VOICE_TOO_LOUD);
	speak(&level, -20, 0.9);
	assert_int_equal(level.verdict, CABIN_VOICE_TOO_LOUD);
	speak(&level, -20, 0.2);
	assert_int_equal(level.verdict, CABIN_VOICE_GOOD);
	assert_int_equal(level.clip_count, 1);
}

/* The demonstration's speech as it is and 6 dB around is good, all the time. */
static void real_speech_is_good_and_does_not_flicker(void **state)
{
	static const char *const names[] = {"floor-vi", "floor-fr", "interp-vi", "interp-fr", "video-en"};
	for (int n = 0; n < 5; n++) {
		uint32_t count;
		float *speech = read_speech(names[n], &count);
		for (int gain_db = -30; gain_db <= 18; gain_db += 6) {
			struct cabin_voice_level level;
			cabin_voice_level_init(&level);
			float low = 0, high = -100, gain = (float)amplitude_of(gain_db);
			unsigned seen[4] = {0}, changes = 0;
			enum cabin_voice_verdict before = CABIN_VOICE_NONE;
			for (uint32_t at = 0; at + 128 <= count; at += 128) {
				float block[128];
				for (int i = 0; i < 128; i++)
					block[i] = fminf(fmaxf(gain * speech[at + (uint32_t)i], -1), 1);
				cabin_voice_level_update(&level, block, 128);
				changes += level.verdict != before;
				before = level.verdict;
				seen[level.verdict]++;
				if (at < 2 * SECOND)
					continue;
				low = fminf(low, level.speech_dbfs);
				high = fmaxf(high, level.speech_dbfs);
			}
			printf("%s %+3d dB: %.1f … %.1f dBFS, quiet %u good %u loud %u, %u changes, %u clipped\n",
			       names[n], gain_db, low, high, seen[1], seen[2], seen[3], changes, level.clip_count);
			if (gain_db == 0)
				assert_true(seen[CABIN_VOICE_TOO_QUIET] == 0 && seen[CABIN_VOICE_TOO_LOUD] == 0 &&
					    changes == 1);
			if (gain_db <= -18)
				assert_true(seen[CABIN_VOICE_GOOD] == 0 && seen[CABIN_VOICE_TOO_QUIET] > 0);
			if (gain_db >= 12)
				assert_true(seen[CABIN_VOICE_TOO_LOUD] > seen[CABIN_VOICE_GOOD]);
		}
		free(speech);
	}
}

static void blocks_of_any_size_give_the_same(void **state)
{
	struct cabin_voice_level one, other;
	cabin_voice_level_init(&one);
	cabin_voice_level_init(&other);
	static float sound[SECOND];
	uint32_t seed = 2;
	for (int i = 0; i < SECOND; i++)
		sound[i] = 0.2f * noise_next(&seed);
	cabin_voice_level_update(&one, sound, SECOND);
	for (uint32_t at = 0; at < SECOND; at += 97)
		cabin_voice_level_update(&other, sound + at, SECOND - at < 97 ? SECOND - at : 97);
	assert_float_equal(one.rms_dbfs, other.rms_dbfs, 1e-4);
	assert_float_equal(one.speech_dbfs, other.speech_dbfs, 1e-4);
	assert_float_equal(one.peak_dbfs, other.peak_dbfs, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(peak_rises_at_once_and_falls_20_db_in_1700_ms),
	    cmocka_unit_test(rms_has_99_percent_after_300_ms),
	    cmocka_unit_test(verdicts_have_hysteresis),
	    cmocka_unit_test(a_pause_changes_nothing_and_a_long_one_is_none),
	    cmocka_unit_test(clipping_is_counted_and_too_loud_for_a_second),
	    cmocka_unit_test(real_speech_is_good_and_does_not_flicker),
	    cmocka_unit_test(blocks_of_any_size_give_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
