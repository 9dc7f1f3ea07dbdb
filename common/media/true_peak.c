#include "media/true_peak.h"

#include <math.h>
#include <string.h>

enum { TAPS = CABIN_TRUE_PEAK_TAPS, BEFORE = TAPS - 1, PHASES = 4, CHUNK = 480, LANES = 4 };

/* Four outputs in a row are made at once: this is most of what a meter costs. */
typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));

/* The first two phases of BS.1770-4, Annex 2, table 6; the others are their mirror images. */
static const float PHASE[2][TAPS] = {
    {0.0017089843750f, 0.0109863281250f, -0.0196533203125f, 0.0332031250000f, -0.0594482421875f, 0.1373291015625f,
     0.9721679687500f, -0.1022949218750f, 0.0476074218750f, -0.0266113281250f, 0.0148925781250f, -0.0083007812500f},
    {-0.0291748046875f, 0.0292968750000f, -0.0517578125000f, 0.0891113281250f, -0.1665039062500f, 0.4650878906250f,
     0.7797851562500f, -0.2003173828125f, 0.1015625000000f, -0.0582275390625f, 0.0330810546875f, -0.0189208984375f}};

static inline lanes load(const float *from)
{
	lanes value;
	memcpy(&value, from, sizeof(value));
	return value;
}

static inline lanes larger(lanes a, lanes b)
{
	/* A comparison gives all bits of a lane or none. */
	typedef int32_t bits __attribute__((vector_size(LANES * sizeof(int32_t))));
	bits first = a > b;
	return (lanes)(((bits)a & first) | ((bits)b & ~first));
}

/* The lanes of `all` that are of new samples; `count` of them are left. */
static inline lanes of_new(lanes all, uint32_t count)
{
	for (uint32_t lane = count; lane < LANES; lane++)
		all[lane] = 0;
	return all;
}

/* Of `sound`, which has BEFORE samples ahead of the `count` new ones. */
static float interpolated(const float *sound, uint32_t count)
{
	lanes most = {0};
	for (uint32_t i = 0; i < count; i += LANES) {
		for (int pair = 0; pair < PHASES / 2; pair++) {
			lanes forward = {0}, mirrored = {0};
			for (int k = 0; k < TAPS; k++) {
				lanes at = load(sound + i + k);
				forward += at * PHASE[pair][k];
				mirrored += at * PHASE[pair][TAPS - 1 - k];
			}
			lanes here = larger(larger(forward, -forward), larger(mirrored, -mirrored));
			most = larger(most, of_new(here, count - i));
		}
	}
	float peak = 0;
	for (int lane = 0; lane < LANES; lane++)
		peak = most[lane] > peak ? most[lane] : peak;
	return peak;
}

float cabin_true_peak_add(struct cabin_true_peak *peak, const float *samples, uint32_t sample_count)
{
	float sound[BEFORE + CHUNK + LANES] = {0}, most = 0;
	while (sample_count > 0) {
		uint32_t count = sample_count < CHUNK ? sample_count : CHUNK;
		memcpy(sound, peak->before, sizeof(peak->before));
		memcpy(sound + BEFORE, samples, count * sizeof(*samples));
		memcpy(peak->before, sound + count, sizeof(peak->before));
		float here = interpolated(sound, count);
		for (uint32_t i = 0; i < count; i++)
			here = fmaxf(here, fabsf(samples[i]));
		most = fmaxf(most, here);
		samples += count;
		sample_count -= count;
	}
	return most;
}
