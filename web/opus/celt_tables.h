/*
 * Included before celt/modes.c by build.sh: CELT's tables of cosines and bit reversals,
 * 13 KB that no compressor makes much smaller, are computed at the start instead of fetched
 * by every phone (a sixth of the decoder with gzip). They take the place of the tables in
 * celt/static_modes_float.h by the guards around those; libopus itself stays as it is.
 */
#ifndef CABIN_CELT_TABLES_H
#define CABIN_CELT_TABLES_H

#include "arch.h"
#include "kiss_fft.h"

#define FFT_TWIDDLES48000_960
#define MDCT_TWIDDLES960

enum {
	FFT_SIZE = 480,
	FFT_COUNT = 4,
	/* The MDCT's cosines for blocks of 1920, 960, 480 and 240 stand in a row. */
	LARGEST_MDCT = 1920,
	SMALLEST_MDCT = 240,
};

static kiss_twiddle_cpx fft_twiddles[FFT_SIZE];
static opus_int16 fft_bitrev[FFT_COUNT][FFT_SIZE];
static opus_val16 mdct_twiddles960[1800];

/* Radix and what remains, for each stage of each size. */
static const kiss_fft_state fft_state48000_960_0 = {480,	   1.f / 480,	 -1,  {5, 96, 3, 32, 4, 8, 2, 4, 4, 1},
						    fft_bitrev[0], fft_twiddles, NULL};
static const kiss_fft_state fft_state48000_960_1 = {240,	   1.f / 240,	 1,   {5, 48, 3, 16, 4, 4, 4, 1},
						    fft_bitrev[1], fft_twiddles, NULL};
static const kiss_fft_state fft_state48000_960_2 = {120,	   1.f / 120,	 2,   {5, 24, 3, 8, 2, 4, 4, 1},
						    fft_bitrev[2], fft_twiddles, NULL};
static const kiss_fft_state fft_state48000_960_3 = {60,		  1.f / 60, 3, {5, 12, 3, 4, 4, 1}, fft_bitrev[3],
						    fft_twiddles, NULL};

/* cos(2π × turns), 0 ≤ turns ≤ 1, to the last digits of a double: a series over a quarter. */
static double cosine(double turns)
{
	if (turns > 0.5)
		turns = 1 - turns;
	const double sign = turns > 0.25 ? -1 : 1;
	if (turns > 0.25)
		turns = 0.5 - turns;
	const double angle = turns * 6.283185307179586476925;
	double term = sign, sum = sign;
	for (int n = 2; n <= 24; n += 2) {
		term *= -angle * angle / (n * (n - 1));
		sum += term;
	}
	return sum;
}

/* Where each input of the transform goes: its digits in the mixed radix, read backwards. */
static void compute_bitrev(const kiss_fft_state *fft, opus_int16 *places)
{
	for (int input = 0; input < fft->nfft; input++) {
		int rest = input, place = 0;
		for (const opus_int16 *factor = fft->factors;; factor += 2) {
			place += rest % factor[0] * factor[1];
			rest /= factor[0];
			if (factor[1] == 1)
				break;
		}
		places[input] = (opus_int16)place;
	}
}

/* To be called before the first decoder is made. */
void cabin_celt_tables(void)
{
	const kiss_fft_state *const transforms[FFT_COUNT] = {&fft_state48000_960_0, &fft_state48000_960_1,
							     &fft_state48000_960_2, &fft_state48000_960_3};
	for (int i = 0; i < FFT_COUNT; i++)
		compute_bitrev(transforms[i], fft_bitrev[i]);
	for (int i = 0; i < FFT_SIZE; i++) {
		const double turns = (double)i / FFT_SIZE;
		fft_twiddles[i].r = (float)cosine(turns);
		fft_twiddles[i].i = (float)cosine(turns < 0.75 ? turns + 0.25 : turns - 0.75); /* −sin */
	}
	opus_val16 *twiddle = mdct_twiddles960;
	for (int size = LARGEST_MDCT; size >= SMALLEST_MDCT; size /= 2) {
		for (int i = 0; i < size / 2; i++)
			*twiddle++ = (float)cosine((i + 0.125) / size);
	}
}

#endif
