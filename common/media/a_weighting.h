/* Frequency weighting A for sound levels, at 48 kHz.
 *
 * IEC 61672-1:2013, annex E: four zeros at 0 and poles at 20.60 Hz (twice), 107.7 Hz, 737.9 Hz
 * and 12,194 Hz (twice), 0 dB at 1 kHz. Each pole is one first-order section by the bilinear
 * transform without prewarping, K = 2π f / (2 · 48,000):
 *
 *   s / (s + ω)  ─▶ (1 − z⁻¹) / ((1 + K) − (1 − K) z⁻¹)
 *   ω / (s + ω)  ─▶ K (1 + z⁻¹) / ((1 + K) − (1 − K) z⁻¹)
 *
 * It stays within the standard's class 1 up to 20 kHz: the warping makes it 0.6 dB low at
 * 8 kHz, 1.2 dB at 10 kHz and 6.5 dB at 16 kHz (2.5, 3 and 16 are allowed).
 *
 * Embedded; one thread; no allocation. */
#ifndef CABIN_MEDIA_A_WEIGHTING_H
#define CABIN_MEDIA_A_WEIGHTING_H

enum { CABIN_A_WEIGHTING_SECTIONS = 6 };

struct cabin_a_weighting {
	double gain;
	struct cabin_a_weighting_section {
		double feedback, sign; /* of the sample before: −1 high-pass, 1 low-pass */
		double input, output;  /* the ones before */
	} sections[CABIN_A_WEIGHTING_SECTIONS];
};

void cabin_a_weighting_init(struct cabin_a_weighting *weighting);
double cabin_a_weighting_next(struct cabin_a_weighting *weighting, double sample);

/* To be called now and then: a filter that has heard silence for long would else compute
 * with denormal numbers, which are slow. */
void cabin_a_weighting_settle(struct cabin_a_weighting *weighting);

#endif
