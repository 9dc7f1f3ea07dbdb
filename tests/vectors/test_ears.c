/* ears.json against common/media's tone, protection and voice level: from the same sounds they
 * must make the same. The web's tests run the same code as wasm on the same file.
 * `--write FILE` writes the file anew. The format is in README.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "media/protection.h"
#include "media/tone.h"
#include "media/voice_level.h"

enum { MS_SAMPLES = 48, WINDOW_SAMPLES = 4800, BLOCK_SAMPLES = 128, SEGMENTS_MAX = 6 };

struct segment {
	const char *kind; /* sine, noise */
	double hz, amplitude;
	int ms;
};
struct scene {
	const char *name;
	double sensitivity_db, bass_db, treble_db, volume;
	struct segment segments[SEGMENTS_MAX];
};

static const struct scene scenes[] = {
    {"not calibrated, from quiet to 20 dB over full scale",
     0,
     0,
     0,
     1,
     {{"sine", 1000, 0.05, 400}, {"sine", 1000, 0.5, 400}, {"sine", 440, 10, 500}, {"sine", 1000, 0.05, 1200}}},
    {"calibrated, noise in bursts, with tone and volume",
     112,
     6,
     -9,
     0.5,
     {{"noise", 0, 0.02, 300},
      {"noise", 0, 1, 50},
      {"noise", 0, 0.02, 300},
      {"noise", 0, 2, 800},
      {"noise", 0, 0.01, 900}}},
    {"a loud minute", 110, 0, 0, 1, {{"sine", 1000, 0.1, 20000}, {"sine", 1000, 0.01, 5000}}},
    {"a voice too quiet, good, clipped, gone",
     0,
     0,
     0,
     1,
     {{"noise", 0, 0.02, 3000}, {"noise", 0, 0.2, 5000}, {"sine", 300, 1, 200}, {"noise", 0, 0.0001, 3500}}},
};
enum { SCENES = sizeof(scenes) / sizeof(*scenes) };

static json_t *scene_json(const struct scene *scene)
{
	json_t *segments = json_array();
	for (int i = 0; i < SEGMENTS_MAX && scene->segments[i].kind; i++) {
		const struct segment *segment = &scene->segments[i];
		json_array_append_new(segments, json_pack("{s:s,s:f,s:f,s:i}", "kind", segment->kind, "hz", segment->hz,
							  "amplitude", segment->amplitude, "ms", segment->ms));
	}
	return json_pack("{s:s,s:f,s:f,s:f,s:f,s:o}", "name", scene->name, "sensitivity_db", scene->sensitivity_db,
			 "bass_db", scene->bass_db, "treble_db", scene->treble_db, "volume", scene->volume, "segments",
			 segments);
}

/* Everything of the media modules that a scene runs through. */
struct ears {
	struct cabin_tone tone;
	struct cabin_protection protection;
	struct cabin_voice_level voice;
	float block[BLOCK_SAMPLES];
	uint32_t at, seed;
	double window_sum;
	uint32_t window_at;
	json_t *levels_db, *verdicts;
};

static double number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static void finish_block(struct ears *ears)
{
	cabin_voice_level_update(&ears->voice, ears->block, BLOCK_SAMPLES);
	cabin_tone_process(&ears->tone, ears->block, BLOCK_SAMPLES);
	cabin_protection_process(&ears->protection, ears->block, BLOCK_SAMPLES);
	ears->at = 0;
	for (int i = 0; i < BLOCK_SAMPLES; i++) {
		ears->window_sum += (double)ears->block[i] * ears->block[i];
		if (++ears->window_at < WINDOW_SAMPLES)
			continue;
		double level_db = 10 * log10(ears->window_sum / WINDOW_SAMPLES + 1e-12);
		json_array_append_new(ears->levels_db, json_real(round(level_db * 1e4) / 1e4));
		json_array_append_new(ears->verdicts, json_integer(ears->voice.verdict));
		ears->window_at = 0;
		ears->window_sum = 0;
	}
}

static void play(struct ears *ears, const json_t *segment)
{
	bool sine = strcmp(json_string_value(json_object_get(segment, "kind")), "sine") == 0;
	double hz = number(segment, "hz"), amplitude = number(segment, "amplitude");
	int count = (int)number(segment, "ms") * MS_SAMPLES;
	for (int i = 0; i < count; i++) {
		ears->seed = ears->seed * 1664525u + 1013904223u;
		double noise = (int32_t)ears->seed / 2147483648.0;
		ears->block[ears->at++] = (float)(amplitude * (sine ? sin(2 * M_PI * hz * i / 48000) : noise));
		if (ears->at == BLOCK_SAMPLES)
			finish_block(ears);
	}
}

static json_t *figures(const struct ears *ears)
{
	struct cabin_protection_meter meter = cabin_protection_meter(&ears->protection);
	return json_pack("{s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:b,s:b,s:f,s:f,s:f,s:i}", "ceilingReductionDb",
			 (double)meter.ceiling_reduction_db, "sustainedReductionDb",
			 (double)meter.sustained_reduction_db, "averageReductionDb", (double)meter.average_reduction_db,
			 "levelDb", (double)meter.level_db, "minuteAverageDb", (double)meter.minute_average_db,
			 "minuteLimitDb", (double)meter.minute_limit_db, "ceilingDbfs", (double)meter.ceiling_dbfs,
			 "isCalibrated", meter.calibrated, "isWarning", meter.warning, "peakDbfs",
			 (double)ears->voice.peak_dbfs, "rmsDbfs", (double)ears->voice.rms_dbfs, "speechDbfs",
			 (double)ears->voice.speech_dbfs, "clipCount", (int)ears->voice.clip_count);
}

static json_t *run(const json_t *scene)
{
	struct ears ears = {.seed = 1, .levels_db = json_array(), .verdicts = json_array()};
	cabin_tone_init(&ears.tone);
	cabin_tone_set(&ears.tone, (float)number(scene, "bass_db"), (float)number(scene, "treble_db"));
	cabin_tone_set_volume(&ears.tone, (float)number(scene, "volume"));
	cabin_protection_init(&ears.protection);
	assert_int_equal(cabin_protection_calibrate(&ears.protection, (float)number(scene, "sensitivity_db")), 0);
	cabin_voice_level_init(&ears.voice);
	size_t i;
	json_t *segment;
	json_array_foreach(json_object_get(scene, "segments"), i, segment) play(&ears, segment);
	return json_pack("{s:o,s:o,s:o}", "levels_db", ears.levels_db, "verdicts", ears.verdicts, "figures",
			 figures(&ears));
}

static void check_numbers(const json_t *got, const json_t *expected, const char *what)
{
	if (json_is_number(expected)) {
		double difference = fabs(json_number_value(got) - json_number_value(expected));
		if (!(difference <= 0.002))
			fail_msg("%s: %f, in the file %f", what, json_number_value(got), json_number_value(expected));
	} else {
		assert_true(json_equal(got, expected));
	}
}

static void ears_do_what_the_vectors_say(void **state)
{
	json_error_t error;
	json_t *vectors = json_load_file(CABIN_VECTORS_DIR "/ears.json", 0, &error);
	assert_non_null(vectors);
	assert_int_equal(json_array_size(vectors), SCENES);
	size_t i, j;
	json_t *vector, *value;
	const char *key;
	json_array_foreach(vectors, i, vector)
	{
		json_t *got = run(vector), *levels_db = json_object_get(got, "levels_db");
		json_t *expected = json_object_get(vector, "levels_db");
		assert_int_equal(json_array_size(levels_db), json_array_size(expected));
		assert_true(json_array_size(expected) > 0);
		json_array_foreach(expected, j, value) check_numbers(json_array_get(levels_db, j), value, "level");
		assert_true(json_equal(json_object_get(got, "verdicts"), json_object_get(vector, "verdicts")));
		json_object_foreach(json_object_get(vector, "figures"), key, value)
		    check_numbers(json_object_get(json_object_get(got, "figures"), key), value, key);
		json_decref(got);
	}
	json_decref(vectors);
}

static int write_file(const char *path)
{
	json_t *vectors = json_array();
	for (int i = 0; i < SCENES; i++) {
		json_t *scene = scene_json(&scenes[i]), *result = run(scene);
		json_object_update(scene, result);
		json_decref(result);
		json_array_append_new(vectors, scene);
	}
	FILE *file = fopen(path, "w");
	if (!file)
		return 1;
	fputs("[\n", file);
	for (int i = 0; i < SCENES; i++) {
		char *text = json_dumps(json_array_get(vectors, (size_t)i), JSON_REAL_PRECISION(8) | JSON_ENCODE_ANY);
		fprintf(file, "\t%s%s\n", text, i + 1 < SCENES ? "," : "");
		free(text);
	}
	fputs("]\n", file);
	json_decref(vectors);
	return fclose(file) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--write") == 0)
		return write_file(argv[2]);
	const struct CMUnitTest tests[] = {cmocka_unit_test(ears_do_what_the_vectors_say)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
