/* common/media/level: levels, gate with hysteresis, silence, meter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "media/level.h"

/* A sine of 1 kHz whose RMS is `dbfs`, with an offset. */
static struct cabin_level sine(float dbfs, float offset, uint32_t sample_count)
{
	float samples[960];
	assert_true(sample_count <= 960);
	double amplitude = sqrt(2) * pow(10, dbfs / 20);
	for (uint32_t i = 0; i < sample_count; i++)
		samples[i] = (float)(amplitude * sin(2 * M_PI * 1000 * i / 48000)) + offset;
	return cabin_level_measure(samples, sample_count);
}

static void levels_are_in_dbfs_without_offset(void **state)
{
	assert_float_equal(cabin_level_rms_dbfs(sine(-20, 0, 960)), -20, 0.05);
	assert_float_equal(cabin_level_peak_dbfs(sine(-20, 0, 960)), -16.99, 0.05);
	assert_float_equal(cabin_level_rms_dbfs(sine(-60, 0.1f, 960)), -60, 0.3);
	assert_float_equal(cabin_level_rms_dbfs((struct cabin_level){0}), CABIN_LEVEL_MIN_DBFS, 0);
	assert_float_equal(cabin_level_rms_dbfs(sine(-150, 0, 960)), CABIN_LEVEL_MIN_DBFS, 0);
}

static void gate_opens_at_once_and_closes_six_decibels_lower(void **state)
{
	struct cabin_gate gate;
	cabin_gate_init(&gate, -50);
	assert_false(cabin_gate_update(&gate, sine(-50.5f, 0, 960)));
	assert_true(cabin_gate_update(&gate, sine(-49.5f, 0, 960)));
	assert_true(cabin_gate_update(&gate, sine(-55.5f, 0, 960)));
	assert_false(cabin_gate_update(&gate, sine(-56.5f, 0, 960)));
	assert_false(cabin_gate_update(&gate, sine(-50.5f, 0, 960)));
	assert_false(cabin_gate_update(&gate, sine(-90, 0.2f, 960))); /* an offset is no sound */
}

static void gate_looks_at_20_ms_in_10_ms_packets(void **state)
{
	struct cabin_gate gate;
	cabin_gate_init(&gate, -50);
	assert_true(cabin_gate_update(&gate, sine(-48, 0, 480)));
	assert_true(cabin_gate_update(&gate, sine(-100, 0, 480))); /* −51 over both */
	assert_false(cabin_gate_update(&gate, sine(-100, 0, 480)));
	assert_false(cabin_gate_update(&gate, sine(-49, 0, 480))); /* −52 over both */
	assert_true(cabin_gate_update(&gate, sine(-49, 0, 480)));
}

static void gate_of_minus_120_is_always_open(void **state)
{
	struct cabin_gate gate;
	cabin_gate_init(&gate, -120);
	assert_true(gate.open);
	assert_true(cabin_gate_update(&gate, (struct cabin_level){.sample_count = 960}));
}

static void silence_begins_after_its_time_and_ends_at_once(void **state)
{
	struct cabin_silence silence;
	cabin_silence_init(&silence, -70, UINT64_C(5) * 48000);
	for (int i = 0; i < 249; i++)
		assert_false(cabin_silence_update(&silence, sine(-80, 0, 960)));
	assert_true(cabin_silence_update(&silence, sine(-80, 0, 960)));
	assert_false(cabin_silence_update(&silence, sine(-65, 0, 960)));
	for (int i = 0; i < 249; i++)
		assert_false(cabin_silence_update(&silence, sine(-80, 0, 960)));
	assert_true(cabin_silence_update(&silence, sine(-80, 0, 960)));
}

static void meter_shows_whole_windows(void **state)
{
	struct cabin_level_meter meter;
	cabin_level_meter_init(&meter, 4800);
	for (int i = 0; i < 4; i++)
		cabin_level_meter_update(&meter, sine(-20, 0, 960));
	assert_float_equal(meter.rms_dbfs, CABIN_LEVEL_MIN_DBFS, 0);
	cabin_level_meter_update(&meter, sine(-20, 0, 960));
	assert_float_equal(meter.rms_dbfs, -20, 0.05);
	assert_float_equal(meter.peak_dbfs, -16.99, 0.05);
	for (int i = 0; i < 5; i++)
		cabin_level_meter_update(&meter, sine(-40, 0, 960));
	assert_float_equal(meter.rms_dbfs, -40, 0.05);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(levels_are_in_dbfs_without_offset),
	    cmocka_unit_test(gate_opens_at_once_and_closes_six_decibels_lower),
	    cmocka_unit_test(gate_looks_at_20_ms_in_10_ms_packets),
	    cmocka_unit_test(gate_of_minus_120_is_always_open),
	    cmocka_unit_test(silence_begins_after_its_time_and_ends_at_once),
	    cmocka_unit_test(meter_shows_whole_windows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
