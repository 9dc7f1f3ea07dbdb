/* Sounds for tests of what an interpreter hears: sines, noise, real speech, and levels. */
#ifndef CABIN_TESTS_UNIT_SOUNDS_H
#define CABIN_TESTS_UNIT_SOUNDS_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture/pcm_file.h"

enum { SECOND = 48000 };

static inline double amplitude_of(double dbfs_of_sine)
{
	return pow(10, dbfs_of_sine / 20);
}

static inline void fill_sine(float *samples, uint32_t count, double hz, double amplitude, uint64_t from)
{
	for (uint32_t i = 0; i < count; i++)
		samples[i] = (float)(amplitude * sin(2 * M_PI * hz * (double)(from + i) / SECOND));
}

static inline double rms_of(const float *samples, uint32_t count)
{
	double sum = 0;
	for (uint32_t i = 0; i < count; i++)
		sum += (double)samples[i] * samples[i];
	return sqrt(sum / count);
}

/* Root mean square as the level of the sine that has it, re full scale. */
static inline double sine_db_of(const float *samples, uint32_t count)
{
	return 20 * log10(rms_of(samples, count) * sqrt(2) + 1e-12);
}

static inline float largest(const float *samples, uint32_t count)
{
	float most = 0;
	for (uint32_t i = 0; i < count; i++)
		most = fmaxf(most, fabsf(samples[i]));
	return most;
}

/* −1 … 1, the same each run. */
static inline float noise_next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return (float)(int32_t)*state / 2147483648.0f;
}

/* A speech of deploy/demo, at 48 kHz; the caller frees it. */
static inline float *read_speech(const char *name, uint32_t *count)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/deploy/demo/speech/%s.opus", CABIN_SOURCE_DIR, name);
	struct cabin_pcm_file *file;
	assert_int_equal(cabin_pcm_file_open(&file, path, "test"), 0);
	assert_int_equal(cabin_pcm_file_rate_hz(file), SECOND);
	uint32_t size = (uint32_t)cabin_pcm_file_frame_count(file), got = 1;
	float *samples = calloc(size + 4096, sizeof(*samples));
	assert_non_null(samples);
	*count = 0;
	while (*count < size && got > 0) {
		assert_int_equal(cabin_pcm_file_read(file, samples + *count, 4096, &got), 0);
		*count += got;
	}
	cabin_pcm_file_close(file);
	assert_true(*count > 5 * SECOND);
	return samples;
}

#endif
