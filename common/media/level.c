#include "media/level.h"

#include <math.h>

#include "base/limits.h"

#define HYSTERESIS_DB 6.0f

enum { GATE_WINDOW_SAMPLES = CABIN_RATE_HZ / 50 };

static float dbfs_of(double amplitude)
{
	if (!(amplitude > 1e-6))
		return CABIN_LEVEL_MIN_DBFS;
	return (float)(20.0 * log10(amplitude));
}

struct cabin_level cabin_level_measure(const float *samples, uint32_t sample_count)
{
	struct cabin_level level = {.sample_count = sample_count};
	for (uint32_t i = 0; i < sample_count; i++) {
		double sample = samples[i];
		float size = fabsf(samples[i]);
		level.sum += sample;
		level.sum_of_squares += sample * sample;
		if (size > level.peak)
			level.peak = size;
	}
	return level;
}

struct cabin_level cabin_level_join(struct cabin_level a, struct cabin_level b)
{
	return (struct cabin_level){
	    .sum = a.sum + b.sum,
	    .sum_of_squares = a.sum_of_squares + b.sum_of_squares,
	    .peak = a.peak > b.peak ? a.peak : b.peak,
	    .sample_count = a.sample_count + b.sample_count,
	};
}

float cabin_level_rms_dbfs(struct cabin_level level)
{
	if (level.sample_count == 0)
		return CABIN_LEVEL_MIN_DBFS;
	double mean = level.sum / level.sample_count;
	double variance = level.sum_of_squares / level.sample_count - mean * mean;
	return variance > 0 ? dbfs_of(sqrt(variance)) : CABIN_LEVEL_MIN_DBFS;
}

float cabin_level_peak_dbfs(struct cabin_level level)
{
	return dbfs_of(level.peak);
}

void cabin_gate_init(struct cabin_gate *gate, float gate_db)
{
	*gate = (struct cabin_gate){.gate_db = gate_db, .open = gate_db <= CABIN_LEVEL_MIN_DBFS};
}

bool cabin_gate_update(struct cabin_gate *gate, struct cabin_level level)
{
	if (gate->gate_db <= CABIN_LEVEL_MIN_DBFS)
		return true;
	struct cabin_level window = level;
	if (level.sample_count < GATE_WINDOW_SAMPLES)
		window = cabin_level_join(gate->previous, level);
	gate->previous = level;
	float rms_dbfs = cabin_level_rms_dbfs(window);
	gate->open = gate->open ? rms_dbfs >= gate->gate_db - HYSTERESIS_DB : rms_dbfs >= gate->gate_db;
	return gate->open;
}

void cabin_silence_init(struct cabin_silence *silence, float silent_db, uint64_t silent_after_samples)
{
	*silence = (struct cabin_silence){.silent_db = silent_db, .silent_after_samples = silent_after_samples};
}

bool cabin_silence_update(struct cabin_silence *silence, struct cabin_level level)
{
	if (cabin_level_rms_dbfs(level) > silence->silent_db)
		silence->quiet_samples = 0;
	else
		silence->quiet_samples += level.sample_count;
	return silence->quiet_samples > 0 && silence->quiet_samples >= silence->silent_after_samples;
}

void cabin_level_meter_init(struct cabin_level_meter *meter, uint32_t window_samples)
{
	*meter = (struct cabin_level_meter){
	    .window_samples = window_samples,
	    .rms_dbfs = CABIN_LEVEL_MIN_DBFS,
	    .peak_dbfs = CABIN_LEVEL_MIN_DBFS,
	};
}

void cabin_level_meter_update(struct cabin_level_meter *meter, struct cabin_level level)
{
	meter->gathering = cabin_level_join(meter->gathering, level);
	if (meter->gathering.sample_count < meter->window_samples)
		return;
	meter->rms_dbfs = cabin_level_rms_dbfs(meter->gathering);
	meter->peak_dbfs = cabin_level_peak_dbfs(meter->gathering);
	meter->gathering = (struct cabin_level){0};
}
