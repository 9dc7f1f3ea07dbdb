#include "monitor/r128.h"

#include <ebur128.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/limits.h"

enum {
	PIECE_MS = 10, /* how finely the windows of 400 ms and 3 s move on */
	PIECE_SAMPLES = PIECE_MS * CABIN_RATE_HZ / 1000,
	MOMENTARY_PIECES = 40,
	SHORT_TERM_PIECES = 300,
	STEP_PIECES = 10, /* blocks of 400 ms overlap by three quarters */
	STEPS_PER_S = 10,
	WINDOW_S = 30,
	BLOCKS = WINDOW_S * STEPS_PER_S,
	BLOCKS_TO_KNOW = 3 * STEPS_PER_S
};

static const double SPEECH_GATE_LUFS = -50, RELATIVE_GATE_LU = -10;

struct cabin_r128 {
	ebur128_state *state;
	uint32_t in_piece;    /* samples of the running piece */
	uint64_t piece_count; /* since create */
	/* Weighted energies as a ring: libebur128 would go through 3 s of samples for each figure. */
	double pieces[SHORT_TERM_PIECES];
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
	loudness->state = ebur128_init(1, CABIN_RATE_HZ, EBUR128_MODE_M);
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

/* Of the newest `count` pieces; what came before the first was silence. */
static double loudness_of(const struct cabin_r128 *loudness, uint32_t count)
{
	double sum = 0;
	for (uint32_t i = 0; i < count && i < loudness->piece_count; i++)
		sum += loudness->pieces[(loudness->piece_count - 1 - i) % SHORT_TERM_PIECES];
	return sum > 0 ? 10 * log10(sum / count) : -HUGE_VAL;
}

/* A piece is full; a block of 400 ms ends with each tenth. */
static void end_piece(struct cabin_r128 *loudness)
{
	struct cabin_r128_figures *figures = &loudness->figures;
	double lufs = -HUGE_VAL;
	/* It fails only for a window that is longer than what the state keeps. */
	(void)ebur128_loudness_window(loudness->state, PIECE_MS, &lufs);
	loudness->pieces[loudness->piece_count++ % SHORT_TERM_PIECES] = energy_of(lufs);
	figures->momentary_lufs = loudness_of(loudness, MOMENTARY_PIECES);
	figures->short_term_lufs = loudness_of(loudness, SHORT_TERM_PIECES);
	if (loudness->piece_count % STEP_PIECES != 0 || loudness->piece_count < MOMENTARY_PIECES ||
	    figures->momentary_lufs <= SPEECH_GATE_LUFS)
		return;
	loudness->newest = (loudness->newest + 1) % BLOCKS;
	loudness->blocks[loudness->newest] = energy_of(figures->momentary_lufs);
	figures->speech_lufs = speech(loudness);
}

int cabin_r128_add(struct cabin_r128 *loudness, const float *samples, uint32_t sample_count)
{
	while (sample_count > 0) {
		uint32_t take = PIECE_SAMPLES - loudness->in_piece;
		take = take < sample_count ? take : sample_count;
		if (ebur128_add_frames_float(loudness->state, samples, take) != EBUR128_SUCCESS)
			return CABIN_ENOMEM;
		samples += take;
		sample_count -= take;
		loudness->in_piece += take;
		if (loudness->in_piece == PIECE_SAMPLES) {
			loudness->in_piece = 0;
			end_piece(loudness);
		}
	}
	return 0;
}

void cabin_r128_figures(const struct cabin_r128 *loudness, struct cabin_r128_figures *out)
{
	*out = loudness->figures;
}
