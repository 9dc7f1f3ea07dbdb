/* Loudness of one mono stream of 48 kHz: EBU R128 by libebur128 (ITU-R BS.1770-4,
 * EBU Tech 3341).
 *
 * The stream is heard in both ears, so it counts as dual mono: a sine of −23 dBFS has
 * −23 LUFS, as it has in both channels of a stereo stream.
 *
 * `speech` is the gated loudness of BS.1770-4, Annex 1, over the newest WINDOW_S of
 * sound in place of a whole programme: of the 400 ms blocks above −50 LUFS the ones
 * above their mean less 10 LU. A programme's gate is −70; here what lies between is the
 * noise of a room, which −70 would take for very quiet speech as soon as it lasts for
 * WINDOW_S: a microphone left open in an empty booth would turn the floor down to it.
 * Blocks below the gate displace nothing, so a figure holds however long nobody speaks,
 * and follows a new speaker within half a minute of speech.
 *
 * Owned by one thread; memory is taken at create. */
#ifndef CABIN_MONITOR_R128_H
#define CABIN_MONITOR_R128_H

#include <stdint.h>

#include "base/error.h"

struct cabin_r128;

struct cabin_r128_figures {
	double momentary_lufs;	/* of the newest 400 ms; −HUGE_VAL for silence */
	double short_term_lufs; /* of the newest 3 s; the same */
	double speech_lufs;	/* NAN until 3 s of sound above −50 LUFS have been heard */
};

CABIN_MUST_CHECK int cabin_r128_create(struct cabin_r128 **out); /* CABIN_ENOMEM */
void cabin_r128_destroy(struct cabin_r128 *loudness);		 /* NULL is fine */

/* Full scale is ±1. CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_r128_add(struct cabin_r128 *loudness, const float *samples, uint32_t sample_count);

void cabin_r128_figures(const struct cabin_r128 *loudness, struct cabin_r128_figures *out);

#endif
