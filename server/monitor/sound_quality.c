#include "monitor/sound_quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "media/level.h"
#include "media/spectrum.h"

enum {
	HOP_SAMPLES = CABIN_RATE_HZ / 20, /* between two spectra for the bandwidth */
	WIDE_SAMPLES = 1024,
	WIDE_LINES = WIDE_SAMPLES / 2,
	BANDS = 4,
	HOPS_PER_S = CABIN_RATE_HZ / HOP_SAMPLES,
	SOUND_HOPS = 10 * HOPS_PER_S, /* the newest sound that the bandwidth is told of */
	SOUND_HOPS_TO_KNOW = 2 * HOPS_PER_S,
	PARTS = 12, /* seconds over which the least is kept, one by one */

	DECIMATION = 32, /* to 1.5 kHz */
	TAPS = 256,	 /* of the low-pass */
	LOW_SAMPLES = 512,
	LOW_HOP_SAMPLES = 150, /* 100 ms */
	LOW_LINES = 140,       /* up to 410 Hz */
	HARMONICS = 6
};

#define LOW_RATE_HZ	 ((double)CABIN_RATE_HZ / DECIMATION)
#define LOW_LINE_HZ	 (LOW_RATE_HZ / LOW_SAMPLES)
#define WIDE_LINE_HZ	 ((double)CABIN_RATE_HZ / WIDE_SAMPLES)
#define SOUND_LEAST_DBFS -60.0 /* quieter is no speech to judge by */
#define SOUND_ABOVE_DB	 10.0  /* the noise */
#define IN_USE_ABOVE_DB	 6.0   /* a band's own noise, in the loudest tenth of the sound */
#define IN_USE_LEAST	 1e-11 /* energy of a band: −110 dBFS */
#define HUM_ABOVE_DB	 12.0  /* two lines of one mains, or … */
#define HUM_ALONE_DB	 20.0  /* … one of the first two */
#define HUM_LEAST	 3e-8  /* energy of its line: −75 dBFS */

/* What lies between the limits, well clear of them. */
static const double BAND_HZ[BANDS][2] = {{300, 3400}, {4600, 11000}, {13000, 14600}, {16000, 19000}};
/* … and at most so far under the band below it: what Opus smears across a limit is less. Speech
 * with the limit and without it, coded at 48 kbit/s: −77 and −31, −27 and −10, −51 and 0 dB. */
static const double IN_USE_UNDER_DB[BANDS] = {0, 45, 19, 25};
static const double LIMIT_HZ[BANDS] = {4000, 12500, 15000, 20000};

/* The least of something within the newest PARTS seconds, kept second by second. */
struct least {
	float parts[PARTS];
};

struct cabin_sound_quality {
	struct cabin_spectrum *wide, *low;

	float newest[WIDE_SAMPLES]; /* ring */
	uint32_t newest_at, hop_samples, hops;
	struct least noise[BANDS], noise_all;
	uint32_t part, parts_known;
	float sound[SOUND_HOPS][BANDS]; /* ring: energies of the bands while there was sound */
	uint32_t sound_count;

	float taps[TAPS], before[TAPS]; /* ring of the newest samples */
	uint32_t before_at, phase;
	float low_newest[LOW_SAMPLES]; /* ring */
	uint32_t low_at, low_count, low_hop;
	struct least lines[LOW_LINES];
	struct cabin_sound_quality_figures figures;
};

static void forget(struct least *least, uint32_t part)
{
	least->parts[part] = HUGE_VALF;
}

static void take_least(struct least *least, uint32_t part, float value)
{
	if (value < least->parts[part])
		least->parts[part] = value;
}

static float least_of(const struct least *least)
{
	float value = HUGE_VALF;
	for (int i = 0; i < PARTS; i++)
		value = fminf(value, least->parts[i]);
	return value;
}

/* A windowed sinc of 500 Hz. */
static void design_low_pass(float *taps)
{
	double sum = 0, value[TAPS];
	for (int i = 0; i < TAPS; i++) {
		double at = i - (TAPS - 1) / 2.0, turn = 2 * 500.0 / CABIN_RATE_HZ;
		value[i] = sin(M_PI * turn * at) / (M_PI * at) * (1 - cos(2 * M_PI * (i + .5) / TAPS)) / 2;
		sum += value[i];
	}
	for (int i = 0; i < TAPS; i++)
		taps[i] = (float)(value[i] / sum);
}

int cabin_sound_quality_create(struct cabin_sound_quality **out)
{
	*out = NULL;
	struct cabin_sound_quality *quality = calloc(1, sizeof(*quality));
	if (!quality)
		return CABIN_ENOMEM;
	if (cabin_spectrum_create(&quality->wide, WIDE_SAMPLES) != 0 ||
	    cabin_spectrum_create(&quality->low, LOW_SAMPLES) != 0) {
		cabin_sound_quality_destroy(quality);
		return CABIN_ENOMEM;
	}
	design_low_pass(quality->taps);
	for (uint32_t part = 0; part < PARTS; part++) {
		for (int i = 0; i < BANDS; i++)
			forget(&quality->noise[i], part);
		for (int i = 0; i < LOW_LINES; i++)
			forget(&quality->lines[i], part);
		forget(&quality->noise_all, part);
	}
	quality->figures.noise_dbfs = -HUGE_VAL;
	*out = quality;
	return 0;
}

void cabin_sound_quality_destroy(struct cabin_sound_quality *quality)
{
	if (!quality)
		return;
	cabin_spectrum_destroy(quality->wide);
	cabin_spectrum_destroy(quality->low);
	free(quality);
}

static double db_of(double energy)
{
	return energy > 0 ? 10 * log10(energy) : -HUGE_VAL;
}

static int rising(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

/* What the loudest tenth of the sound has at least in a band. */
static float loudest_tenth(const struct cabin_sound_quality *quality, uint32_t count, int band)
{
	float energies[SOUND_HOPS] = {0};
	for (uint32_t i = 0; i < count; i++)
		energies[i] = quality->sound[i][band];
	qsort(energies, count, sizeof(energies[0]), rising);
	return energies[count - 1 - count / 10];
}

/* Mean energy of a line of the band. */
static double density(double energy, int band)
{
	return energy / (BAND_HZ[band][1] - BAND_HZ[band][0]);
}

static double bandwidth(const struct cabin_sound_quality *quality)
{
	uint32_t count = quality->sound_count < SOUND_HOPS ? quality->sound_count : SOUND_HOPS;
	if (count < SOUND_HOPS_TO_KNOW)
		return 0;
	int highest = 0;
	for (int band = 1; band < BANDS; band++) {
		double energy = loudest_tenth(quality, count, band), below = loudest_tenth(quality, count, band - 1);
		double noise = least_of(&quality->noise[band]);
		if (energy > IN_USE_LEAST && db_of(energy) > db_of(noise) + IN_USE_ABOVE_DB &&
		    db_of(density(energy, band)) > db_of(density(below, band - 1)) - IN_USE_UNDER_DB[band])
			highest = band;
	}
	return LIMIT_HZ[highest];
}

/* A second is over. */
static void end_part(struct cabin_sound_quality *quality)
{
	quality->figures.bandwidth_hz = bandwidth(quality);
	quality->parts_known += quality->parts_known < PARTS;
	quality->figures.noise_dbfs = db_of(least_of(&quality->noise_all));
	quality->part = (quality->part + 1) % PARTS;
	for (int i = 0; i < BANDS; i++)
		forget(&quality->noise[i], quality->part);
	for (int i = 0; i < LOW_LINES; i++)
		forget(&quality->lines[i], quality->part);
	forget(&quality->noise_all, quality->part);
}

static void look_wide(struct cabin_sound_quality *quality)
{
	float samples[WIDE_SAMPLES], power[WIDE_LINES], energy[BANDS];
	uint32_t at = quality->newest_at;
	memcpy(samples, quality->newest + at, (WIDE_SAMPLES - at) * sizeof(*samples));
	memcpy(samples + WIDE_SAMPLES - at, quality->newest, at * sizeof(*samples));
	double rms_db = (double)cabin_level_rms_dbfs(cabin_level_measure(samples, WIDE_SAMPLES));
	double all = rms_db > (double)CABIN_LEVEL_MIN_DBFS ? pow(10, rms_db / 10) : 0;
	cabin_spectrum_power(quality->wide, samples, power);
	take_least(&quality->noise_all, quality->part, (float)all);
	for (int band = 0; band < BANDS; band++) {
		energy[band] = 0;
		for (int i = (int)(BAND_HZ[band][0] / WIDE_LINE_HZ); i < (int)(BAND_HZ[band][1] / WIDE_LINE_HZ); i++)
			energy[band] += power[i];
		take_least(&quality->noise[band], quality->part, energy[band]);
	}
	if (db_of(all) > SOUND_LEAST_DBFS && db_of(all) > db_of(least_of(&quality->noise_all)) + SOUND_ABOVE_DB)
		memcpy(quality->sound[quality->sound_count++ % SOUND_HOPS], energy, sizeof(energy));
	if (++quality->hops % HOPS_PER_S == 0)
		end_part(quality);
}

/* The least energy at a line or beside it. */
static float least_at(const struct cabin_sound_quality *quality, int line)
{
	return fmaxf(least_of(&quality->lines[line]),
		     fmaxf(least_of(&quality->lines[line - 1]), least_of(&quality->lines[line + 1])));
}

/* Around it, clear of the window's own width: the middle one of six. */
static float least_around(const struct cabin_sound_quality *quality, int line)
{
	static const int AWAY[] = {-9, -7, -5, 5, 7, 9};
	float least[6];
	for (int i = 0; i < 6; i++)
		least[i] = least_at(quality, line + AWAY[i]);
	qsort(least, 6, sizeof(least[0]), rising);
	return least[3];
}

/* True when a mains of this frequency is heard; `*most_db` grows to its strongest line. */
static bool hums_at(const struct cabin_sound_quality *quality, int mains_hz, double *most_db)
{
	int lines = 0;
	bool alone = false;
	for (int k = 1; k <= HARMONICS; k++) {
		int line = (int)lround(k * mains_hz / LOW_LINE_HZ);
		double energy = (double)least_at(quality, line), rest = (double)least_around(quality, line);
		double above_db = db_of(energy) - db_of(fmax(rest, 1e-14));
		if (energy < HUM_LEAST || above_db < HUM_ABOVE_DB)
			continue;
		lines++;
		alone = alone || (k <= 2 && above_db >= HUM_ALONE_DB);
		*most_db = fmax(*most_db, above_db);
	}
	return alone || lines >= 2;
}

static void look_for_hum(struct cabin_sound_quality *quality)
{
	double most_db = 0;
	if (quality->parts_known < PARTS)
		return;
	bool at_50 = hums_at(quality, 50, &most_db), at_60 = hums_at(quality, 60, &most_db);
	quality->figures.hum = at_50 || at_60;
	quality->figures.hum_db = most_db;
}

static void look_low(struct cabin_sound_quality *quality)
{
	float samples[LOW_SAMPLES], power[LOW_SAMPLES / 2];
	uint32_t at = quality->low_at;
	memcpy(samples, quality->low_newest + at, (LOW_SAMPLES - at) * sizeof(*samples));
	memcpy(samples + LOW_SAMPLES - at, quality->low_newest, at * sizeof(*samples));
	cabin_spectrum_power(quality->low, samples, power);
	for (int i = 0; i < LOW_LINES; i++)
		take_least(&quality->lines[i], quality->part, power[i]);
	look_for_hum(quality);
}

/* One sample of 1.5 kHz out of the newest TAPS. */
static void decimate(struct cabin_sound_quality *quality)
{
	float sum = 0;
	uint32_t at = quality->before_at, tail = TAPS - at;
	for (uint32_t i = 0; i < tail; i++)
		sum += quality->before[at + i] * quality->taps[i];
	for (uint32_t i = 0; i < at; i++)
		sum += quality->before[i] * quality->taps[tail + i];
	quality->low_newest[quality->low_at] = sum;
	quality->low_at = (quality->low_at + 1) % LOW_SAMPLES;
	quality->low_count += quality->low_count < LOW_SAMPLES;
	if (++quality->low_hop < LOW_HOP_SAMPLES)
		return;
	quality->low_hop = 0;
	if (quality->low_count == LOW_SAMPLES)
		look_low(quality);
}

void cabin_sound_quality_add(struct cabin_sound_quality *quality, const float *samples, uint32_t sample_count)
{
	for (uint32_t i = 0; i < sample_count; i++) {
		quality->before[quality->before_at] = samples[i];
		quality->before_at = (quality->before_at + 1) % TAPS;
		if (++quality->phase == DECIMATION) {
			quality->phase = 0;
			decimate(quality);
		}
		quality->newest[quality->newest_at] = samples[i];
		quality->newest_at = (quality->newest_at + 1) % WIDE_SAMPLES;
		if (++quality->hop_samples == HOP_SAMPLES) {
			quality->hop_samples = 0;
			look_wide(quality);
		}
	}
}

void cabin_sound_quality_figures(const struct cabin_sound_quality *quality, struct cabin_sound_quality_figures *out)
{
	*out = quality->figures;
}
