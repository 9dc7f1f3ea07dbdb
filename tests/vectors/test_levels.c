/* levels.json: the server's writer of levels frames makes exactly these bytes. */
#include "vectors.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "monitor/levels_frame.h"

static double level_of(const json_t *point, const char *key)
{
	const json_t *value = json_object_get(point, key);
	assert_non_null(value);
	return json_is_null(value) ? -HUGE_VAL : json_number_value(value);
}

static void check_frame(const char *name, const char *hex, const json_t *expect)
{
	uint8_t bytes[512];
	char text[1025] = "";
	struct cabin_levels_frame frame;
	size_t index;
	json_t *point;

	uint16_t count = (uint16_t)whole_of(expect, "point_count");
	assert_true(cabin_levels_frame_size(count) <= sizeof(bytes));
	assert_int_equal(whole_of(expect, "revision"), CABIN_LEVELS_REVISION);
	/* The clock's low 32 bits are told. */
	cabin_levels_frame_begin(&frame, bytes, count,
				 (whole_of(expect, "clock_ms") + (UINT64_C(1) << 32)) * CABIN_NS_PER_MS);
	json_array_foreach(json_object_get(expect, "points"), index, point)
	{
		const struct cabin_level_figures figures = {
		    .peak_dbfs = level_of(point, "peak_dbfs"),
		    .true_peak_dbtp = level_of(point, "true_peak_dbtp"),
		    .rms_dbfs = level_of(point, "rms_dbfs"),
		    .momentary_lufs = level_of(point, "momentary_lufs"),
		    .short_term_lufs = level_of(point, "short_term_lufs"),
		    .clips = (uint32_t)whole_of(point, "clips") + 256, /* its low 8 bits */
		};
		cabin_levels_frame_add(&frame, (uint16_t)whole_of(point, "index"), &figures);
	}
	for (size_t i = 0; i < frame.size; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	if (strcmp(text, hex) != 0)
		fail_msg("%s: %s", name, text);
}

static void writes_the_vectors(void **state)
{
	json_t *vectors = load("levels.json"), *vector;
	size_t index, written = 0;

	json_array_foreach(vectors, index, vector)
	{
		if (json_is_null(json_object_get(vector, "expect")))
			continue;
		check_frame(text_of(vector, "name"), text_of(vector, "hex"), json_object_get(vector, "expect"));
		written++;
	}
	assert_true(written >= 5);
	json_decref(vectors);
}

/* Beyond what a byte can say. */
static void what_does_not_fit_is_clamped(void **state)
{
	const struct cabin_level_figures loud = {
	    .peak_dbfs = 20, .true_peak_dbtp = NAN, .rms_dbfs = -300, .momentary_lufs = 5000, .short_term_lufs = NAN};
	struct cabin_levels_frame frame;
	uint8_t bytes[64];

	cabin_levels_frame_begin(&frame, bytes, 1, 0);
	cabin_levels_frame_add(&frame, 0, &loud);
	const uint8_t *record = bytes + CABIN_LEVELS_HEADER_BYTES + 1;
	assert_int_equal(record[0], 255);
	assert_int_equal(record[1], 0);
	assert_int_equal(record[2], 0);
	assert_int_equal(record[3] << 8 | record[4], INT16_MAX);
	assert_int_equal(record[5] << 8 | record[6], 0x8000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writes_the_vectors),
	    cmocka_unit_test(what_does_not_fit_is_clamped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
