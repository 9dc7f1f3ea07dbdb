#include "media/protection.h"

#include <math.h>

#include "base/limits.h"

enum {
	STEP_SAMPLES = CABIN_PROTECTION_STEP_SAMPLES,
	SUSTAINED_STEPS = CABIN_PROTECTION_SUSTAINED_STEPS,
	BUCKETS = CABIN_PROTECTION_BUCKETS,
	BUCKET_STEPS = 60 * CABIN_RATE_HZ / (BUCKETS * STEP_SAMPLES),
	RECENT_BUCKETS = 30, /* 15 s */
};
_Static_assert(STEP_SAMPLES * 1000 == CABIN_RATE_HZ, "a step is a millisecond");
_Static_assert(CABIN_PROTECTION_DELAY_SAMPLES == STEP_SAMPLES - 1, "the rings are as long as the look-ahead");

/* More than a decoder gives out, and squares of it stay far from infinity. */
#define INPUT_LIMIT 16.0f

/* The ceiling's gain comes back with this time constant: longer than a period of bass, whose
 * shape it would else follow, and short enough that the next syllable is whole. */
#define CEILING_RELEASE_SAMPLES 4800.0f
/* Nearer to 1 than this (0.002 dB) is 1. */
#define CEILING_RELEASED	   2e-4f
#define SUSTAINED_RELEASE_DB_PER_S 12.0f
#define AVERAGE_DOWN_DB_PER_S	   2.0f
#define AVERAGE_UP_DB_PER_S	   0.5f
#define AVERAGE_REDUCTION_MAX_DB   60.0f
/* While the minute heard is within this of the limit, the last 15 s count as well as the whole
 * minute: what is loud now is not allowed to go on until the minute tells. */
#define AVERAGE_NEAR_DB 0.5f
#define WARNING_ON_DB	0.5f
#define WARNING_OFF_DB	0.1f
#define SILENCE_DBFS	(-120.0f)

static double power_of(float db, float full_scale_db)
{
	return 0.5 * pow(10, (db - full_scale_db) / 10);
}

static double mean(const double *sums, uint32_t count, uint32_t samples_each)
{
	double sum = 0;
	for (uint32_t i = 0; i < count; i++)
		sum += sums[i];
	return sum / ((double)count * samples_each);
}

static float over_db(double power, double limit)
{
	return power > limit ? (float)(10 * log10(power / limit)) : 0;
}

static float gain_of(float reduction_db)
{
	return reduction_db > 0 ? powf(10, -reduction_db / 20) : 1;
}

static void glide_to(struct cabin_protection_glide *glide, float to)
{
	glide->from = glide->to;
	glide->to = to;
	glide->slope = (to - glide->from) / STEP_SAMPLES;
}

/* Never above 1, rounding included. */
static float glide_at(const struct cabin_protection_glide *glide, uint32_t at)
{
	return fminf(glide->from + glide->slope * (float)(at + 1), 1);
}

static void set_limits(struct cabin_protection *protection, float sensitivity_db)
{
	bool calibrated = sensitivity_db != CABIN_PROTECTION_NOT_CALIBRATED;
	float sine_db = calibrated ? sensitivity_db : CABIN_PROTECTION_ASSUMED_SENSITIVITY_DB;
	protection->sensitivity_db = sensitivity_db;
	protection->full_scale_db = calibrated ? sensitivity_db : 10 * log10f(0.5f);
	protection->ceiling = fminf(1, powf(10, (CABIN_PROTECTION_CEILING_DB - sine_db) / 20));
	protection->sustained_power = power_of(CABIN_PROTECTION_SUSTAINED_DB, sine_db);
	protection->average_power = power_of(CABIN_PROTECTION_AVERAGE_DB, sine_db);
}

static float wanted_gain(const struct cabin_protection *protection, float sample)
{
	float size = fabsf(sample);
	return size > protection->ceiling ? protection->ceiling / size : 1;
}

static float smallest(const float *values)
{
	float least = values[0];
	for (int i = 1; i < STEP_SAMPLES; i++)
		least = fminf(least, values[i]);
	return least;
}

void cabin_protection_init(struct cabin_protection *protection)
{
	*protection = (struct cabin_protection){
	    .lowest = 1,
	    .released = 1,
	    .held_sum = STEP_SAMPLES,
	    .sustained = {.from = 1, .to = 1},
	    .average = {.from = 1, .to = 1},
	};
	for (int i = 0; i < STEP_SAMPLES; i++)
		protection->wanted[i] = protection->held[i] = 1;
	cabin_a_weighting_init(&protection->weighting);
	set_limits(protection, CABIN_PROTECTION_NOT_CALIBRATED);
}

int cabin_protection_calibrate(struct cabin_protection *protection, float sensitivity_db)
{
	bool in_range = sensitivity_db >= CABIN_PROTECTION_SENSITIVITY_MIN_DB &&
			sensitivity_db <= CABIN_PROTECTION_SENSITIVITY_MAX_DB;
	if (!in_range && sensitivity_db != CABIN_PROTECTION_NOT_CALIBRATED)
		return CABIN_EINVAL;
	set_limits(protection, sensitivity_db);
	for (int i = 0; i < STEP_SAMPLES; i++)
		protection->wanted[i] = wanted_gain(protection, protection->delayed[i]);
	protection->lowest = smallest(protection->wanted);
	return 0;
}

/* Takes a sample, gives the one that is a look-ahead older, its peak already low enough.
 *
 * The mean over the look-ahead of minima over the look-ahead: every value in the mean saw the
 * sample that it is applied to, so it is not above what that one asks for. */
static float limit_peak(struct cabin_protection *protection, float sample)
{
	uint32_t at = protection->at;
	float leaving = protection->wanted[at];
	float wanted = wanted_gain(protection, sample);
	protection->delayed[at] = sample;
	protection->wanted[at] = wanted;
	if (wanted <= protection->lowest)
		protection->lowest = wanted;
	else if (leaving <= protection->lowest)
		protection->lowest = smallest(protection->wanted);

	float rest = protection->lowest - protection->released;
	protection->released += rest > CEILING_RELEASED ? rest / CEILING_RELEASE_SAMPLES : rest;
	protection->held_sum += (double)protection->released - protection->held[at];
	protection->held[at] = protection->released;
	return protection->delayed[(at + 1) % STEP_SAMPLES] * (float)(protection->held_sum / STEP_SAMPLES);
}

static void decide_sustained(struct cabin_protection *protection)
{
	double power = mean(protection->powers, SUSTAINED_STEPS, STEP_SAMPLES);
	float needed_db = over_db(power, protection->sustained_power);
	float released_db = protection->sustained_reduction_db - SUSTAINED_RELEASE_DB_PER_S / 1000;
	protection->sustained_reduction_db = fmaxf(fmaxf(needed_db, released_db), 0);
	glide_to(&protection->sustained, gain_of(protection->sustained_reduction_db));
}

static double recent_power(const struct cabin_protection *protection)
{
	double sum = 0;
	for (uint32_t i = 0; i < RECENT_BUCKETS; i++)
		sum += protection->unreduced[(protection->bucket_at + BUCKETS - 1 - i) % BUCKETS];
	return sum / ((double)RECENT_BUCKETS * BUCKET_STEPS * STEP_SAMPLES);
}

/* Each half second. */
static void judge_minute(struct cabin_protection *protection)
{
	double limit = protection->average_power;
	protection->minute_power = mean(protection->heard, BUCKETS, BUCKET_STEPS * STEP_SAMPLES);
	double unreduced_power = mean(protection->unreduced, BUCKETS, BUCKET_STEPS * STEP_SAMPLES);
	float target_db = over_db(unreduced_power, limit);
	float near_db = over_db(protection->minute_power, power_of(-AVERAGE_NEAR_DB, 0) * 2 * limit);
	float weight = fminf(near_db / (2 * AVERAGE_NEAR_DB), 1);
	target_db = fmaxf(target_db, weight * over_db(recent_power(protection), limit));
	protection->average_target_db = fminf(target_db, AVERAGE_REDUCTION_MAX_DB);

	bool loud = protection->minute_power > limit;
	if (loud || protection->average_reduction_db > WARNING_ON_DB)
		protection->warning = true;
	else if (protection->average_reduction_db < WARNING_OFF_DB)
		protection->warning = false;
}

static void decide_average(struct cabin_protection *protection)
{
	double gain = protection->average.to;
	protection->bucket_heard += protection->step_weighted;
	protection->bucket_unreduced += protection->step_weighted / (gain * gain);
	if (++protection->bucket_steps == BUCKET_STEPS) {
		protection->heard[protection->bucket_at] = protection->bucket_heard;
		protection->unreduced[protection->bucket_at] = protection->bucket_unreduced;
		protection->bucket_at = (protection->bucket_at + 1) % BUCKETS;
		protection->bucket_heard = protection->bucket_unreduced = 0;
		protection->bucket_steps = 0;
		judge_minute(protection);
	}
	float now_db = protection->average_reduction_db;
	float rest_db = protection->average_target_db - now_db;
	rest_db = fmaxf(fminf(rest_db, AVERAGE_DOWN_DB_PER_S / 1000), -AVERAGE_UP_DB_PER_S / 1000);
	protection->average_reduction_db = fmaxf(now_db + rest_db, 0);
	glide_to(&protection->average, gain_of(protection->average_reduction_db));
}

/* Each millisecond. */
static void decide(struct cabin_protection *protection)
{
	protection->powers[protection->power_at] = protection->step_power;
	protection->heard_powers[protection->power_at] = protection->step_heard_power;
	protection->power_at = (protection->power_at + 1) % SUSTAINED_STEPS;
	decide_sustained(protection);
	decide_average(protection);
	protection->step_power = protection->step_heard_power = protection->step_weighted = 0;
	cabin_a_weighting_settle(&protection->weighting);
	/* Sums that were added to and taken from would gather rounding errors for days. */
	protection->held_sum = 0;
	for (int i = 0; i < STEP_SAMPLES; i++)
		protection->held_sum += protection->held[i];
}

static float next_sample(struct cabin_protection *protection, float sample)
{
	float input = isfinite(sample) ? fmaxf(fminf(sample, INPUT_LIMIT), -INPUT_LIMIT) : 0;
	float limited = limit_peak(protection, input * glide_at(&protection->average, protection->at));
	protection->step_power += (double)limited * limited;
	float heard = limited * glide_at(&protection->sustained, protection->at);
	heard = fmaxf(fminf(heard, protection->ceiling), -protection->ceiling);
	protection->step_heard_power += (double)heard * heard;
	double weighted = cabin_a_weighting_next(&protection->weighting, heard);
	protection->step_weighted += weighted * weighted;
	return heard;
}

void cabin_protection_process(struct cabin_protection *protection, float *samples, uint32_t sample_count)
{
	for (uint32_t i = 0; i < sample_count; i++) {
		samples[i] = next_sample(protection, samples[i]);
		if (++protection->at == STEP_SAMPLES) {
			protection->at = 0;
			decide(protection);
		}
	}
}

static float level_db(const struct cabin_protection *protection, double power)
{
	double db = power > 0 ? 10 * log10(2 * power) : SILENCE_DBFS;
	return protection->full_scale_db + fmaxf((float)db, SILENCE_DBFS);
}

struct cabin_protection_meter cabin_protection_meter(const struct cabin_protection *protection)
{
	float ceiling_gain = (float)(protection->held_sum / STEP_SAMPLES);
	return (struct cabin_protection_meter){
	    .ceiling_reduction_db = fmaxf(-20 * log10f(ceiling_gain), 0),
	    .sustained_reduction_db = protection->sustained_reduction_db,
	    .average_reduction_db = protection->average_reduction_db,
	    .level_db = level_db(protection, mean(protection->heard_powers, SUSTAINED_STEPS, STEP_SAMPLES)),
	    .minute_average_db = level_db(protection, protection->minute_power),
	    .minute_limit_db = level_db(protection, protection->average_power),
	    .ceiling_dbfs = 20 * log10f(protection->ceiling),
	    .sensitivity_db = protection->sensitivity_db,
	    .calibrated = protection->sensitivity_db != CABIN_PROTECTION_NOT_CALIBRATED,
	    .warning = protection->warning,
	};
}
