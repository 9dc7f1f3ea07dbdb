/* server/capture/source_file, playlist and pcm_file: lists in time, rates, channels,
 * loops that stay aligned, broken files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/playlist.h"
#include "capture/source_file.h"
#include "capture_fakes.h"

static char folder[] = "/tmp/cabin-test-XXXXXX";
static char wav48[128], wav44[128], stereo[128], flac96[128], cut[128], empty[128], text[128];
static char opus[256];

/* A ramp in steps that survive 16 bits: sample n is (n % 1000) / 1000. */
static float ramp(uint64_t n)
{
	return (float)(n % 1000) / 1000;
}

static void write_sine(char *path, const char *name, int format, int rate_hz)
{
	float *frames = calloc((size_t)rate_hz, sizeof(float));
	for (int i = 0; i < rate_hz; i++)
		frames[i] = 0.5f * (float)sin(2 * M_PI * 500 * i / rate_hz);
	write_sound(path, folder, name, format, rate_hz, 1, frames, rate_hz);
	free(frames);
}

static int make_files(void **state)
{
	float frames[9600], pair[2 * 4800];
	assert_non_null(mkdtemp(folder));
	for (uint64_t i = 0; i < 9600; i++)
		frames[i] = ramp(i);
	write_sound(wav48, folder, "48.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48000, 1, frames, 9600);
	for (int i = 0; i < 4800; i++) {
		pair[2 * i] = 0.5f;
		pair[2 * i + 1] = -0.1f;
	}
	write_sound(stereo, folder, "stereo.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48000, 2, pair, 4800);
	write_sine(wav44, "44.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 44100);
	write_sine(flac96, "96.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 96000);
	write_sine(cut, "cut.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 48000);
	assert_int_equal(truncate(cut, 20000), 0);
	write_sound(empty, folder, "empty.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 48000, 1, frames, 0);
	snprintf(text, sizeof(text), "%s/notes.wav", folder);
	FILE *file = fopen(text, "w");
	fputs("this is not sound at all, whatever its name says\n", file);
	fclose(file);
	snprintf(opus, sizeof(opus), "%s/deploy/demo/speech/floor-vi.opus", CABIN_SOURCE_DIR);
	return 0;
}

static int remove_files(void **state)
{
	char *const paths[] = {wav48, wav44, stereo, flac96, cut, empty, text};
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		unlink(paths[i]);
	return rmdir(folder);
}

static void entries_are_padded_cut_and_looped_to_the_sample(void **state)
{
	const struct cabin_config_play play[] = {
	    {.file = wav48, .length_ms = 50},  /* cut to 2,400 */
	    {.length_ms = 30},		       /* 1,440 of silence */
	    {.file = wav48, .length_ms = 250}, /* 9,600 and 2,400 of silence */
	    {.file = wav48},		       /* its own 9,600 */
	};
	struct cabin_playlist *list = NULL;
	float samples[960];
	assert_int_equal(cabin_playlist_create(&list, play, 4, true, "list"), 0);
	uint64_t length = cabin_playlist_length_frames(list);
	assert_int_equal(length, 2400 + 1440 + 12000 + 9600);
	for (uint64_t at = 0; at < 3 * length; at += 960) {
		assert_int_equal(cabin_playlist_read(list, at, samples, 960), 0);
		for (uint64_t i = 0; i < 960; i++) {
			uint64_t n = (at + i) % length;
			float expected = n < 2400    ? ramp(n)
					 : n < 3840  ? 0
					 : n < 13440 ? ramp(n - 3840)
					 : n < 15840 ? 0
						     : ramp(n - 15840);
			assert_float_equal(samples[i], expected, 1e-6);
		}
	}
	/* From anywhere, backwards too. */
	assert_int_equal(cabin_playlist_read(list, 3840 + 5000, samples, 960), 0);
	assert_float_equal(samples[0], ramp(5000), 1e-6);
	assert_int_equal(cabin_playlist_read(list, 100, samples, 960), 0);
	assert_float_equal(samples[0], ramp(100), 1e-6);
	cabin_playlist_destroy(list);
}

static void other_rates_come_out_in_place_also_after_a_jump(void **state)
{
	char *const paths[] = {wav44, flac96};
	for (size_t p = 0; p < 2; p++) {
		const struct cabin_config_play play = {.file = paths[p]};
		struct cabin_playlist *list = NULL;
		float samples[480];
		assert_int_equal(cabin_playlist_create(&list, &play, 1, true, "rates"), 0);
		assert_int_equal(cabin_playlist_length_frames(list), 48000);
		for (uint64_t at = 0; at < 3 * 48000; at += at == 48000 ? 12345 : 480) {
			assert_int_equal(cabin_playlist_read(list, at, samples, 480), 0);
			for (uint64_t i = 0; i < 480; i++) {
				uint64_t n = (at + i) % 48000;
				if (n > 100 && n < 47900)
					assert_float_equal(samples[i], 0.5 * sin(2 * M_PI * 500 * (double)n / 48000),
							   0.002);
			}
		}
		cabin_playlist_destroy(list);
	}
}

static void channels_are_averaged(void **state)
{
	const struct cabin_config_play play = {.file = stereo};
	struct cabin_playlist *list = NULL;
	float samples[480];
	assert_int_equal(cabin_playlist_create(&list, &play, 1, true, "stereo"), 0);
	assert_int_equal(cabin_playlist_read(list, 0, samples, 480), 0);
	assert_float_equal(samples[7], 0.2f, 1e-6);
	cabin_playlist_destroy(list);
}

static void ogg_opus_plays_the_same_from_anywhere(void **state)
{
	const struct cabin_config_play play = {.file = opus};
	struct cabin_playlist *list = NULL;
	float *whole = calloc(480000, sizeof(float)), piece[4800];
	assert_int_equal(cabin_playlist_create(&list, &play, 1, false, "opus"), 0);
	assert_int_equal(cabin_playlist_length_frames(list), 1465572);
	assert_int_equal(cabin_playlist_read(list, 0, whole, 480000), 0);
	double energy = 0, difference = 0;
	for (uint64_t at = 400000; at > 100000; at -= 77777) {
		assert_int_equal(cabin_playlist_read(list, at, piece, 4800), 0);
		for (uint64_t i = 0; i < 4800; i++) {
			energy += whole[at + i] * whole[at + i];
			difference += (whole[at + i] - piece[i]) * (whole[at + i] - piece[i]);
		}
	}
	assert_true(energy > 1);
	assert_true(difference < energy / 1000);
	free(whole);
	cabin_playlist_destroy(list);
}

static void two_looped_sources_stay_in_step_and_one_that_is_not_looped_ends(void **state)
{
	struct cabin_config_play play_a[] = {{.file = wav48, .length_ms = 100}, {.length_ms = 100}};
	struct cabin_config_play play_b[] = {{.length_ms = 100}, {.file = wav48, .length_ms = 100}};
	struct cabin_config_source sources[] = {
	    {.id = "a", .kind = CABIN_SOURCE_FILE, .play = play_a, .play_count = 2, .loop = true},
	    {.id = "b", .kind = CABIN_SOURCE_FILE, .play = play_b, .play_count = 2, .loop = false},
	};
	struct fake_clock fake = {.now_ns = 1000};
	struct cabin_input inputs[2];
	for (int i = 0; i < 2; i++) {
		const struct cabin_source_file_config config = {
		    .source = &sources[i], .clock = fake_clock_of(&fake), .start_ns = 1000, .stop_fd = -1};
		assert_int_equal(cabin_source_file_create(&inputs[i], &config), 0);
	}
	struct cabin_input_block a, b;
	assert_int_equal(inputs[0].ops->read(inputs[0].self, &a, 0), CABIN_EAGAIN);
	for (uint64_t block = 0; block < 60; block++) {
		fake.now_ns = 1000 + (block + 1) * 10 * CABIN_NS_PER_MS;
		assert_int_equal(inputs[0].ops->read(inputs[0].self, &a, 0), 0);
		assert_int_equal(a.stamp_ns, 1000 + block * 10 * CABIN_NS_PER_MS);
		float expected = block % 20 < 10 ? ramp(block % 20 * 480 + 1) : 0;
		assert_float_equal(a.samples[1], expected, 1e-6);
		assert_int_equal(inputs[1].ops->read(inputs[1].self, &b, 0), block < 20 ? 0 : CABIN_EEMPTY);
		if (block < 20)
			assert_float_equal(b.samples[1], block < 10 ? 0 : ramp((block - 10) * 480 + 1), 1e-6);
	}
	for (int i = 0; i < 2; i++)
		inputs[i].ops->destroy(inputs[i].self);
}

static void unusable_files_are_refused_at_create(void **state)
{
	struct cabin_playlist *list = NULL;
	const struct {
		const char *path;
		int error;
	} cases[] = {{"/nonexistent/a.wav", CABIN_ENOTFOUND},
		     {text, CABIN_EFORMAT},
		     {empty, CABIN_EFORMAT},
		     {cut, CABIN_EFORMAT},
		     {folder, CABIN_EFORMAT}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct cabin_config_play play = {.file = cases[i].path};
		assert_int_equal(cabin_playlist_create(&list, &play, 1, true, "bad"), cases[i].error);
		assert_null(list);
	}
	const struct cabin_config_play nothing = {0};
	assert_int_equal(cabin_playlist_create(&list, &nothing, 1, true, "bad"), CABIN_EINVAL);
	assert_int_equal(cabin_playlist_create(&list, &nothing, 0, true, "bad"), CABIN_EINVAL);
	cabin_playlist_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(entries_are_padded_cut_and_looped_to_the_sample),
	    cmocka_unit_test(other_rates_come_out_in_place_also_after_a_jump),
	    cmocka_unit_test(channels_are_averaged),
	    cmocka_unit_test(ogg_opus_plays_the_same_from_anywhere),
	    cmocka_unit_test(two_looped_sources_stay_in_step_and_one_that_is_not_looped_ends),
	    cmocka_unit_test(unusable_files_are_refused_at_create),
	};
	return cmocka_run_group_tests(tests, make_files, remove_files);
}
