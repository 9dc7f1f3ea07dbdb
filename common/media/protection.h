/* Hearing protection: on everything that an interpreter hears, the last thing before the
 * sound card. Nothing here amplifies, and nothing here switches it off.
 *
 *   in ─▶ average ─▶ ceiling, look-ahead 1 ms ─▶ sustained ─▶ clamp ─▶ out
 *          ▲ slow gain                                          │
 *          └────────── A-weighted, one minute ◀─────────────────┘
 *
 * The three levels are those that Televic names for its interpreter desks under ISO 20109:
 *
 *   ceiling    100 dB SPL  no sample of the output is above a sine of that level. Unweighted.
 *   sustained   94 dB SPL  root mean square over 100 ms: louder sound is down to it once it
 *                          has lasted 100 ms (earlier the louder it is). Unweighted.
 *   average     80 dB(A)   over the last minute, A-weighted (IEC 61672-1). Sound that has
 *                          been louder is turned down by at most 2 dB a second, so that
 *                          the level from then on is 80 dB, and comes back by at most
 *                          0.5 dB a second.
 *
 * dB SPL need a calibration: what a full-scale sine gives at the ear at volume 1, with the
 * volume of the computer where it was measured. Without one, levels are dBFS and the three
 * limits are those of a headset of CABIN_PROTECTION_ASSUMED_SENSITIVITY_DB: ceiling −3 dBFS,
 * sustained −12 dBFS and average −26 dBFS(A) RMS. Reason: speech at nominal loudness
 * (−23 LUFS) and volume 1 then stays just below the last of them, so what is louder than
 * nominal is what it acts on.
 *
 * Mono, 48 kHz, full scale ±1. Embedded by its owner (about 5 KB), one thread, which may be
 * an audio callback: no allocation, no lock, no system call, blocks of any size. */
#ifndef CABIN_MEDIA_PROTECTION_H
#define CABIN_MEDIA_PROTECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "media/a_weighting.h"

#define CABIN_PROTECTION_CEILING_DB   100.0f /* SPL */
#define CABIN_PROTECTION_SUSTAINED_DB 94.0f  /* SPL */
#define CABIN_PROTECTION_AVERAGE_DB   80.0f  /* SPL(A) */

#define CABIN_PROTECTION_SENSITIVITY_MIN_DB	80.0f
#define CABIN_PROTECTION_SENSITIVITY_MAX_DB	140.0f
#define CABIN_PROTECTION_ASSUMED_SENSITIVITY_DB 103.0f
#define CABIN_PROTECTION_NOT_CALIBRATED		0.0f

enum {
	CABIN_PROTECTION_DELAY_SAMPLES = 47, /* 0.98 ms, always */
	CABIN_PROTECTION_STEP_SAMPLES = 48,  /* gains are decided once a millisecond */
	CABIN_PROTECTION_SUSTAINED_STEPS = 100,
	CABIN_PROTECTION_BUCKETS = 120, /* of half a second: a minute */
};

/* Levels are dB SPL when calibrated, else dBFS, where a full-scale sine is −3.01 RMS. */
struct cabin_protection_meter {
	float ceiling_reduction_db; /* what each stage takes away now, 0 or more */
	float sustained_reduction_db;
	float average_reduction_db;
	float level_db;		 /* heard, RMS of the last 100 ms, unweighted */
	float minute_average_db; /* heard, A-weighted; what is older than the start counts as silence */
	float minute_limit_db;	 /* what that must not exceed */
	float ceiling_dbfs;	 /* largest sample that can come out, 0 or less */
	float sensitivity_db;	 /* CABIN_PROTECTION_NOT_CALIBRATED */
	bool calibrated;
	bool warning; /* the minute is too loud, or was and is still turned down */
};

/* Private. A gain that moves in a straight line through the millisecond. */
struct cabin_protection_glide {
	float from, slope, to;
};

/* Private. */
struct cabin_protection {
	float sensitivity_db; /* as set */
	float full_scale_db;  /* level of a sine of full scale in the meter's unit */
	float ceiling;	      /* amplitude */
	double sustained_power, average_power;
	uint32_t at; /* place in the millisecond, and in the rings of that length */

	/* ceiling: the newest samples, the gain that each asks for, the smallest of those, that
	 * with its release, and the newest of the latter, whose mean is applied */
	float delayed[CABIN_PROTECTION_STEP_SAMPLES];
	float wanted[CABIN_PROTECTION_STEP_SAMPLES];
	float held[CABIN_PROTECTION_STEP_SAMPLES];
	float lowest, released;
	double held_sum;

	/* sustained: sums of squares of the last milliseconds, before this stage and heard */
	double powers[CABIN_PROTECTION_SUSTAINED_STEPS], heard_powers[CABIN_PROTECTION_SUSTAINED_STEPS];
	double step_power, step_heard_power;
	uint32_t power_at;
	float sustained_reduction_db;
	struct cabin_protection_glide sustained;

	/* average: A-weighted sums of squares of the last half seconds, heard, and as they would
	 * have been heard without this stage */
	struct cabin_a_weighting weighting;
	double heard[CABIN_PROTECTION_BUCKETS], unreduced[CABIN_PROTECTION_BUCKETS];
	double step_weighted, bucket_heard, bucket_unreduced;
	uint32_t bucket_at, bucket_steps;
	double minute_power;
	float average_reduction_db, average_target_db;
	struct cabin_protection_glide average;
	bool warning;
};

/* Not calibrated, and silence behind it. */
void cabin_protection_init(struct cabin_protection *protection);

/* Sensitivity of headset and sound card: dB SPL of a full-scale sine at volume 1, from
 * …MIN_DB to …MAX_DB, or CABIN_PROTECTION_NOT_CALIBRATED. What was heard until now stays
 * known. CABIN_EINVAL: out of range, nothing changed. */
CABIN_MUST_CHECK int cabin_protection_calibrate(struct cabin_protection *protection, float sensitivity_db);

/* In place. What comes out is what went in CABIN_PROTECTION_DELAY_SAMPLES before. NaN and
 * infinity count as 0. */
void cabin_protection_process(struct cabin_protection *protection, float *samples, uint32_t sample_count);

struct cabin_protection_meter cabin_protection_meter(const struct cabin_protection *protection);

#endif
