/*
 * The exports of ears.wasm: what common/media does for an interpreter's ears and voice, on
 * static memory. See there (tone.h, protection.h, voice_level.h) for what it does.
 *
 * Sound is written to block() and processed in place. Nothing is allocated. One thread uses a
 * module. There is no way to the ears but through the protection: hear() is tone and
 * protection in one.
 */
#include <stdint.h>

#include "media/protection.h"
#include "media/tone.h"
#include "media/voice_level.h"

#define EXPORT(name) __attribute__((export_name(#name))) name

enum { BLOCK_SAMPLES = 4096 };

static float block_samples[BLOCK_SAMPLES];
static struct cabin_tone tone;
static struct cabin_protection protection;
static struct cabin_voice_level voice;

/* In this order in figures(); web/booth/ears.ts has the same list. */
enum figure {
	CEILING_REDUCTION_DB,
	SUSTAINED_REDUCTION_DB,
	AVERAGE_REDUCTION_DB,
	LEVEL_DB,
	MINUTE_AVERAGE_DB,
	MINUTE_LIMIT_DB,
	CEILING_DBFS,
	SENSITIVITY_DB,
	CALIBRATED,
	WARNING,
	VOICE_PEAK_DBFS,
	VOICE_RMS_DBFS,
	VOICE_SPEECH_DBFS,
	VOICE_VERDICT,
	VOICE_CLIP_COUNT,
	FIGURE_COUNT,
};
static double figure_values[FIGURE_COUNT];

float *EXPORT(block)(void)
{
	return block_samples;
}

int EXPORT(block_size)(void)
{
	return BLOCK_SAMPLES;
}

double *EXPORT(figures)(void)
{
	return figure_values;
}

int EXPORT(figure_count)(void)
{
	return FIGURE_COUNT;
}

/* To be called once, before anything else. */
void EXPORT(ears_init)(void)
{
	cabin_tone_init(&tone);
	cabin_protection_init(&protection);
	cabin_voice_level_init(&voice);
}

void EXPORT(tone_set)(float bass_db, float treble_db)
{
	cabin_tone_set(&tone, bass_db, treble_db);
}

void EXPORT(tone_volume)(float volume)
{
	cabin_tone_set_volume(&tone, volume);
}

void EXPORT(tone_mute)(int muted)
{
	cabin_tone_mute(&tone, muted != 0);
}

/* 0, or CABIN_EINVAL and nothing changed. */
int EXPORT(protection_calibrate)(float sensitivity_db)
{
	return cabin_protection_calibrate(&protection, sensitivity_db);
}

int EXPORT(protection_delay)(void)
{
	return CABIN_PROTECTION_DELAY_SAMPLES;
}

static uint32_t count_within(int sample_count)
{
	return sample_count < 0 ? 0 : sample_count > BLOCK_SAMPLES ? BLOCK_SAMPLES : (uint32_t)sample_count;
}

/* What is at block() becomes what goes to the sound card. */
void EXPORT(hear)(int sample_count)
{
	cabin_tone_process(&tone, block_samples, count_within(sample_count));
	cabin_protection_process(&protection, block_samples, count_within(sample_count));
}

/* Looks at the microphone's sound at block(). */
void EXPORT(voice_update)(int sample_count)
{
	cabin_voice_level_update(&voice, block_samples, count_within(sample_count));
}

void EXPORT(voice_reset)(void)
{
	cabin_voice_level_init(&voice);
}

/* Fills figures(). */
void EXPORT(measure)(void)
{
	struct cabin_protection_meter meter = cabin_protection_meter(&protection);
	figure_values[CEILING_REDUCTION_DB] = (double)meter.ceiling_reduction_db;
	figure_values[SUSTAINED_REDUCTION_DB] = (double)meter.sustained_reduction_db;
	figure_values[AVERAGE_REDUCTION_DB] = (double)meter.average_reduction_db;
	figure_values[LEVEL_DB] = (double)meter.level_db;
	figure_values[MINUTE_AVERAGE_DB] = (double)meter.minute_average_db;
	figure_values[MINUTE_LIMIT_DB] = (double)meter.minute_limit_db;
	figure_values[CEILING_DBFS] = (double)meter.ceiling_dbfs;
	figure_values[SENSITIVITY_DB] = (double)meter.sensitivity_db;
	figure_values[CALIBRATED] = meter.calibrated;
	figure_values[WARNING] = meter.warning;
	figure_values[VOICE_PEAK_DBFS] = (double)voice.peak_dbfs;
	figure_values[VOICE_RMS_DBFS] = (double)voice.rms_dbfs;
	figure_values[VOICE_SPEECH_DBFS] = (double)voice.speech_dbfs;
	figure_values[VOICE_VERDICT] = voice.verdict;
	figure_values[VOICE_CLIP_COUNT] = voice.clip_count;
}
