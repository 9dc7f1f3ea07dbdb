#include "media/time_stretch.h"

#include <math.h>

enum {
	PERIOD_MIN = 120, /* 2.5 ms */
	STEP = 4,	  /* the coarse search looks at every fourth sample of a smoothed signal, 12 kHz */
	COARSE_COUNT = 2 * CABIN_PCM_PERIOD_MAX / STEP,
	LOUDNESS_SAMPLES = 480,
};
/* Two stretches of a voice that are this alike can become one. */
#define CORRELATION_MIN 0.75
/* Four samples smoothed into one blur it a little. */
#define COARSE_CORRELATION_MIN 0.6
/* −60 dBFS: nobody hears a cut there. */
#define QUIET_RMS 0.001
/* Below the voice by this much, and near the room's own noise: a pause of the speaker. */
#define PAUSE_BELOW_VOICE 0.06
#define PAUSE_ABOVE_FLOOR 2.0

static double rms(const float *samples, uint32_t count)
{
	double sum = 0;
	for (uint32_t i = 0; i < count; i++)
		sum += (double)samples[i] * samples[i];
	return count > 0 ? sqrt(sum / count) : 0;
}

void cabin_loudness_init(struct cabin_loudness *loudness)
{
	*loudness = (struct cabin_loudness){.voice = 0, .floor = 1};
}

void cabin_loudness_add(struct cabin_loudness *loudness, const float *samples, uint32_t count)
{
	for (; count >= LOUDNESS_SAMPLES; count -= LOUDNESS_SAMPLES, samples += LOUDNESS_SAMPLES) {
		double now = rms(samples, LOUDNESS_SAMPLES), voice = loudness->voice;
		loudness->voice = now > voice ? voice + (now - voice) * 0.2 : voice * 0.9995;
		loudness->floor = now < loudness->floor ? now : fmin(1, loudness->floor * 1.002 + 1e-7);
	}
}

static bool is_pause(const struct cabin_loudness *loudness, double now)
{
	return now < QUIET_RMS ||
	       (now < loudness->voice * PAUSE_BELOW_VOICE && now < loudness->floor * PAUSE_ABOVE_FLOOR);
}

/* Normalised correlation of the `lag` samples with the `lag` after them, −1 … 1. */
static double similarity(const float *samples, uint32_t lag)
{
	double product = 0, here = 1e-9, there = 1e-9;
	for (uint32_t i = 0; i < lag; i++) {
		double a = samples[i], b = samples[i + lag];
		product += a * b;
		here += a * a;
		there += b * b;
	}
	return product / sqrt(here * there);
}

/* The best lag at 12 kHz, in samples at 48 kHz. */
static uint32_t coarse_lag(const float *samples, uint32_t longest, bool around)
{
	float coarse[COARSE_COUNT];
	uint32_t last = longest / STEP, best = 0;
	double best_correlation = COARSE_CORRELATION_MIN;
	for (uint32_t i = 0; i < 2 * last; i++, samples += STEP)
		coarse[i] = samples[0] + samples[1] + samples[2] + samples[3];
	for (uint32_t lag = PERIOD_MIN / STEP; lag <= last; lag++) {
		double correlation = similarity(coarse + (around ? last - lag : 0), lag);
		if (correlation > best_correlation) {
			best = lag;
			best_correlation = correlation;
		}
	}
	return best * STEP;
}

static uint32_t fine_lag(const float *head, uint32_t near_lag, uint32_t longest, bool around)
{
	uint32_t best = 0;
	uint32_t first = near_lag < PERIOD_MIN + STEP ? PERIOD_MIN : near_lag - STEP;
	uint32_t last = near_lag + STEP < longest ? near_lag + STEP : longest;
	double best_correlation = CORRELATION_MIN;
	for (uint32_t lag = first; lag <= last; lag++) {
		double correlation = similarity(around ? head - lag : head, lag);
		if (correlation > best_correlation) {
			best = lag;
			best_correlation = correlation;
		}
	}
	return best;
}

/* A period for which the samples on both sides of the seam are alike. A removal joins the first
 * and the second period after the head, an insertion the one before and the one after it. */
static uint32_t find(const struct cabin_loudness *loudness, const struct cabin_pcm_queue *queue, int64_t most,
		     bool around, bool pause_only)
{
	int64_t limit = most < CABIN_PCM_PERIOD_MAX ? most : CABIN_PCM_PERIOD_MAX;
	if (limit < PERIOD_MIN)
		return 0;
	uint32_t longest = (uint32_t)limit / STEP * STEP;
	const float *head = queue->samples + queue->head;
	const float *start = around ? head - longest : head;
	if (is_pause(loudness, rms(start, 2 * longest)))
		return longest;
	if (pause_only)
		return 0;
	uint32_t lag = coarse_lag(start, longest, around);
	return lag == 0 ? 0 : fine_lag(head, lag, longest, around);
}

uint32_t cabin_time_stretch_removable(const struct cabin_loudness *loudness, const struct cabin_pcm_queue *queue,
				      int64_t most, bool pause_only)
{
	uint32_t half = cabin_pcm_queue_available(queue) / 2;
	return find(loudness, queue, most < half ? most : half, false, pause_only);
}

uint32_t cabin_time_stretch_insertable(const struct cabin_loudness *loudness, const struct cabin_pcm_queue *queue,
				       int64_t most, bool pause_only)
{
	uint32_t available = cabin_pcm_queue_available(queue);
	return find(loudness, queue, most < available ? most : available, true, pause_only);
}
