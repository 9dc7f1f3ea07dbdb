#include "monitor/r128.h"

#include <ebur128.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/limits.h"

enum {
	STEP_SAMPLES = CABIN_RATE_HZ / 10, /* blocks of 400 ms overlap by three quarters */
	BLOCK_SAMPLES = 4 * STEP_SAMPLES,
	WINDOW_S = 30,
	BLOCKS = WINDOW_S * CABIN_RATE_HZ / STEP_SAMPLES,
	BLOCKS_TO_KNOW = 3 * CABIN_RATE_HZ / STEP_SAMPLES
};

static const double SPEECH_GATE_LUFS = -50, RELATIVE_GATE_LU = -10;

struct cabin_r128 {
	ebur128_state *state;
	uint32_t in_step;      /* samples of the running step */
	uint64_t sample_count; /* since create */
	double blocks[BLOCKS]; /* energies of those above the gate, as a ring; 0: none yet */
	uint32_t newest;
	struct cabin_r128_figures figures;
};

int cabin_r128_create(struct cabin_r128 **out)
{
	*out = NULL;
	struct cabin_r128 *loudness = calloc(1, sizeof(*loudness));
	if (!loudness)
		return CABIN_ENOMEM;
	loudness->state = ebur128_init(1, CABIN_RATE_HZ, EBUR128_MODE_M | EBUR128_MODE_S);
	if (!loudness->state || ebur128_set_channel(loudness->state, 0, EBUR128_DUAL_MONO) != EBUR128_SUCCESS) {
		cabin_r128_destroy(loudness);
		return CABIN_ENOMEM;
	}
	loudness->figures = (struct cabin_r128_figures){-HUGE_VAL, -HUGE_VAL, NAN};
	*out = loudness;
	return 0;
}

void cabin_r128_destroy(struct cabin_r128 *loudness)
{
	if (!loudness)
		return;
	if (loudness->state)
		ebur128_destroy(&loudness->state);
	free(loudness);
}

static double energy_of(double lufs)
{
	return pow(10, lufs / 10);
}

/* Mean of the blocks above a gate; `*count` of them. */
static double mean_above(const struct cabin_r128 *loudness, double gate, uint32_t *count)
{
	double sum = 0;
	*count = 0;
	for (uint32_t i = 0; i < BLOCKS; i++) {
		if (loudness->blocks[i] <= gate)
			continue;
		sum += loudness->blocks[i];
		++*count;
	}
	return *count ? sum / *count : 0;
}

static double speech(const struct cabin_r128 *loudness)
{
	uint32_t count;
	double mean = mean_above(loudness, 0, &count);
	if (count < BLOCKS_TO_KNOW)
		return NAN;
	mean = mean_above(loudness, mean * energy_of(RELATIVE_GATE_LU), &count);
	return 10 * log10(mean);
}

/* A step is full: a block of 400 ms ends here. */
static void end_step(struct cabin_r128 *loudness)
{
	struct cabin_r128_figures *figures = &loudness->figures;
	/* They fail only in a mode that was not asked for. */
	(void)ebur128_loudness_momentary(loudness->state, &figures->momentary_lufs);
	(void)ebur128_loudness_shortterm(loudness->state, &figures->short_term_lufs);
	if (loudness->sample_count < BLOCK_SAMPLES || figures->momentary_lufs <= SPEECH_GATE_LUFS)
		return;
	loudness->newest = (loudness->newest + 1) % BLOCKS;
	loudness->blocks[loudness->newest] = energy_of(figures->momentary_lufs);
	figures->speech_lufs = speech(loudness);
}

int cabin_r128_add(struct cabin_r128 *loudness, const float *samples, uint32_t sample_count)
{
	while (sample_count > 0) {
		uint32_t take = STEP_SAMPLES - loudness->in_step;
		take = take < sample_count ? take : sample_count;
		if (ebur128_add_frames_float(loudness->state, samples, take) != EBUR128_SUCCESS)
			return CABIN_ENOMEM;
		samples += take;
		sample_count -= take;
		loudness->in_step += take;
		loudness->sample_count += take;
		if (loudness->in_step == STEP_SAMPLES) {
			loudness->in_step = 0;
			end_step(loudness);
		}
	}
	return 0;
}

void cabin_r128_figures(const struct cabin_r128 *loudness, struct cabin_r128_figures *out)
{
	*out = loudness->figures;
}
