#include "media/tone.h"

#include <math.h>

#include "base/limits.h"

enum {
	STEP_SAMPLES = 16,		     /* the filters' coefficients move this often */
	VOLUME_SAMPLES = CABIN_RATE_HZ / 50, /* 20 ms */
};
/* 24 dB take 50 ms. */
#define STEP_DB 0.16f

/* Cookbook, lowShelf and highShelf with S = 1, so that alpha = sin(w0) / √2. The two differ
 * only in the sign of every cosine and of the terms with (A − 1). */
static void design(struct cabin_tone_shelf *shelf)
{
	double a = pow(10, (double)shelf->db / 40);
	double w0 = 2 * M_PI * (shelf->treble ? CABIN_TONE_TREBLE_HZ : CABIN_TONE_BASS_HZ) / CABIN_RATE_HZ;
	double sign = shelf->treble ? -1 : 1;
	double cosine = sign * cos(w0);
	double root = sqrt(2 * a) * sin(w0); /* 2 √A alpha */
	double a0 = a + 1 + (a - 1) * cosine + root;
	shelf->b0 = a * (a + 1 - (a - 1) * cosine + root) / a0;
	shelf->b1 = sign * 2 * a * (a - 1 - (a + 1) * cosine) / a0;
	shelf->b2 = a * (a + 1 - (a - 1) * cosine - root) / a0;
	shelf->a1 = sign * -2 * (a - 1 + (a + 1) * cosine) / a0;
	shelf->a2 = (a + 1 + (a - 1) * cosine - root) / a0;
}

static void step_shelf(struct cabin_tone_shelf *shelf)
{
	/* Silence must not end in denormal numbers. */
	if (fabs(shelf->y1) < 1e-30)
		shelf->y1 = shelf->y2 = 0;
	if (shelf->db == shelf->target_db)
		return;
	float rest_db = shelf->target_db - shelf->db;
	shelf->db = fabsf(rest_db) <= STEP_DB ? shelf->target_db : shelf->db + copysignf(STEP_DB, rest_db);
	design(shelf);
}

static double filter(struct cabin_tone_shelf *shelf, double x)
{
	double y = shelf->b0 * x + shelf->b1 * shelf->x1 + shelf->b2 * shelf->x2 - shelf->a1 * shelf->y1 -
		   shelf->a2 * shelf->y2;
	shelf->x2 = shelf->x1;
	shelf->x1 = x;
	shelf->y2 = shelf->y1;
	shelf->y1 = y;
	return y;
}

void cabin_tone_init(struct cabin_tone *tone)
{
	*tone = (struct cabin_tone){.volume = 1, .gain = 1, .gain_target = 1};
	tone->treble.treble = true;
	design(&tone->bass);
	design(&tone->treble);
}

static float brought_into(float value, float least, float most, float otherwise)
{
	return isnan(value) ? otherwise : fminf(fmaxf(value, least), most);
}

void cabin_tone_set(struct cabin_tone *tone, float bass_db, float treble_db)
{
	struct cabin_tone_shelf *bass = &tone->bass, *treble = &tone->treble;
	bass->target_db = brought_into(bass_db, CABIN_TONE_MIN_DB, CABIN_TONE_MAX_DB, bass->target_db);
	treble->target_db = brought_into(treble_db, CABIN_TONE_MIN_DB, CABIN_TONE_MAX_DB, treble->target_db);
}

static void move_gain(struct cabin_tone *tone)
{
	tone->gain_target = tone->muted ? 0 : tone->volume;
	tone->gain_slope = (tone->gain_target - tone->gain) / VOLUME_SAMPLES;
}

void cabin_tone_set_volume(struct cabin_tone *tone, float volume)
{
	tone->volume = brought_into(volume, 0, 1, tone->volume);
	move_gain(tone);
}

void cabin_tone_mute(struct cabin_tone *tone, bool muted)
{
	tone->muted = muted;
	move_gain(tone);
}

static float next_gain(struct cabin_tone *tone)
{
	if (fabsf(tone->gain_target - tone->gain) <= fabsf(tone->gain_slope))
		tone->gain = tone->gain_target;
	else
		tone->gain += tone->gain_slope;
	return tone->gain;
}

void cabin_tone_process(struct cabin_tone *tone, float *samples, uint32_t sample_count)
{
	for (uint32_t i = 0; i < sample_count; i++) {
		if (tone->step_at == 0) {
			step_shelf(&tone->bass);
			step_shelf(&tone->treble);
		}
		tone->step_at = (tone->step_at + 1) % STEP_SAMPLES;
		/* A broken sample must not stay in the filters. */
		double sample = isfinite(samples[i]) ? samples[i] : 0;
		samples[i] = (float)filter(&tone->treble, filter(&tone->bass, sample)) * next_gain(tone);
	}
}
