/* What an interpreter sets for her own ears: bass, treble, volume, mute.
 *
 *   decode ─▶ source mix ─▶ [ bass ─▶ treble ─▶ volume ] ─▶ protection ─▶ output
 *
 * Two shelving filters of Robert Bristow-Johnson's "Cookbook formulae for audio equalizer
 * biquad filter coefficients" (W3C Working Group Note, 2021), slope S = 1, at 200 Hz and
 * 4 kHz, −12 … +12 dB: boost is harmless, as the protection comes after it. All changes are
 * gliding (bass and treble within 50 ms, volume in 20 ms), so that none clicks.
 *
 * Mono, 48 kHz. Embedded; one thread, which may be an audio callback. */
#ifndef CABIN_MEDIA_TONE_H
#define CABIN_MEDIA_TONE_H

#include <stdbool.h>
#include <stdint.h>

#define CABIN_TONE_MIN_DB (-12.0f)
#define CABIN_TONE_MAX_DB 12.0f

enum {
	CABIN_TONE_BASS_HZ = 200,
	CABIN_TONE_TREBLE_HZ = 4000,
};

/* Private. */
struct cabin_tone_shelf {
	float db, target_db;
	double b0, b1, b2, a1, a2; /* a0 = 1 */
	double x1, x2, y1, y2;
	bool treble;
};
struct cabin_tone {
	struct cabin_tone_shelf bass, treble;
	uint32_t step_at;
	float volume; /* as set */
	bool muted;
	float gain, gain_target, gain_slope;
};

/* Flat, volume 1. */
void cabin_tone_init(struct cabin_tone *tone);

/* Values out of range are brought into it; NaN leaves things as they are. */
void cabin_tone_set(struct cabin_tone *tone, float bass_db, float treble_db);
void cabin_tone_set_volume(struct cabin_tone *tone, float volume); /* amplitude, 0 … 1 */
void cabin_tone_mute(struct cabin_tone *tone, bool muted);

/* In place, blocks of any size. */
void cabin_tone_process(struct cabin_tone *tone, float *samples, uint32_t sample_count);

#endif
