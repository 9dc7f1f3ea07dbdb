/* How good a source's sound is, apart from its level: how far up it reaches, whether mains
 * hum is in it, and how loud the noise in its pauses is.
 *
 *   48 kHz ─┬─▶ 1,024 samples each 100 ms: FFT ─▶ energy of bands ─▶ bandwidth, noise
 *           └─▶ 1.5 kHz ─▶ 512 samples each 100 ms: FFT ─▶ least energy of each line in 12 s ─▶ hum
 *
 * Bandwidth: of the newest 10 s of sound that stands above the noise, the highest of 4, 12.5,
 * 15 and 20 kHz that is needed for it. It survives Opus at 48 kbit/s, which keeps each
 * band's energy. Hum is what never ceases: a line at 50 or 60 Hz or their harmonics whose
 * least energy within 12 s stands out of the lines around it. A voice moves on or pauses.
 *
 * Owned by one thread; memory is taken at create. */
#ifndef CABIN_MONITOR_SOUND_QUALITY_H
#define CABIN_MONITOR_SOUND_QUALITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct cabin_sound_quality;

struct cabin_sound_quality_figures {
	double bandwidth_hz; /* 4000, 12500, 15000, 20000; 0: not enough sound yet */
	double hum_db;	     /* of the line that stands out most, against those around it; 0: unknown */
	bool hum;
	double noise_dbfs; /* RMS in the quietest moments of 12 s; −HUGE_VAL: unknown, or digital silence */
};

CABIN_MUST_CHECK int cabin_sound_quality_create(struct cabin_sound_quality **out); /* CABIN_ENOMEM */
void cabin_sound_quality_destroy(struct cabin_sound_quality *quality);		   /* NULL is fine */

void cabin_sound_quality_add(struct cabin_sound_quality *quality, const float *samples, uint32_t sample_count);

void cabin_sound_quality_figures(const struct cabin_sound_quality *quality, struct cabin_sound_quality_figures *out);

#endif
