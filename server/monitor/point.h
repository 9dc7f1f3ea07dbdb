/* A point: what is measured of one stream of decoded sound, and its figures.
 *
 * Sound is gathered as it comes; each 50 ms the figures are made of what came since. Any
 * thread reads them. Embedded in the meter; meter thread, but for the figures. */
#ifndef CABIN_MONITOR_POINT_H
#define CABIN_MONITOR_POINT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "media/clips.h"
#include "media/level.h"
#include "media/true_peak.h"
#include "monitor/meter.h"
#include "monitor/r128.h"
#include "monitor/sound_quality.h"

enum { CABIN_POINT_STALE_MS = 500 }; /* without a packet for so long a point is silent */

struct cabin_point {
	struct cabin_r128 *loudness;
	struct cabin_sound_quality *quality; /* NULL: not of this point */
	struct cabin_true_peak oversampled;
	struct cabin_clips clips;
	struct cabin_level gathered; /* since the newest figures */
	float true_peak;	     /* the same */
	uint32_t empty_rounds;	     /* figures in a row for which nothing came */
	uint64_t packets_now, concealed_now, updated_now_ns;
	struct cabin_level_figures figures; /* the meter thread's own copy */

	/* Written by the meter thread, read by any: relaxed. */
	_Atomic double peak_dbfs, true_peak_dbtp, rms_dbfs, momentary_lufs, short_term_lufs, speech_lufs;
	_Atomic double bandwidth_hz, hum_db, noise_dbfs;
	_Atomic uint64_t packets, concealed, updated_ns;
	_Atomic uint32_t clip_count;
	atomic_bool hum;
};

/* CABIN_ENOMEM; to be freed then too. `with_quality`: monitor/sound_quality.h as well. */
CABIN_MUST_CHECK int cabin_point_init(struct cabin_point *point, bool with_quality);
void cabin_point_free(struct cabin_point *point);

/* A packet came, `concealed` were missing before it. */
void cabin_point_packet(struct cabin_point *point, uint64_t concealed, uint64_t now_ns);

/* Its sound; `samples` NULL: silence. `context` is a struct cabin_point: this fits
 * cabin_listening_give. */
void cabin_point_give(void *context, const float *samples, uint32_t sample_count);

/* Makes the figures. */
void cabin_point_update(struct cabin_point *point, uint64_t now_ns);

void cabin_point_figures(const struct cabin_point *point, struct cabin_level_figures *out); /* any thread */

#endif
