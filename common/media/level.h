/* Levels of sound: measuring a block, the gate that says a microphone is on, the
 * detector of silence, and a meter. Pure arithmetic on embedded structs; each is
 * owned by one thread. */
#ifndef CABIN_MEDIA_LEVEL_H
#define CABIN_MEDIA_LEVEL_H

#include <stdbool.h>
#include <stdint.h>

#define CABIN_LEVEL_MIN_DBFS (-120.0f) /* stands for everything quieter, digital silence too */

/* Sums over a block, so that blocks can be joined. */
struct cabin_level {
	double sum, sum_of_squares;
	float peak; /* largest absolute value */
	uint32_t sample_count;
};

struct cabin_level cabin_level_measure(const float *samples, uint32_t sample_count);
struct cabin_level cabin_level_join(struct cabin_level a, struct cabin_level b);

/* Root mean square around the mean, so that a cheap sound card's constant offset
 * does not count as sound. CABIN_LEVEL_MIN_DBFS for an empty block. A full-scale
 * sine is −3.01. */
float cabin_level_rms_dbfs(struct cabin_level level);
float cabin_level_peak_dbfs(struct cabin_level level);

/* The gate: open while a source is active.
 *
 *   closed ──── RMS over 20 ms ≥ gate_db ────▶ open
 *          ◀─── RMS < gate_db − 6 dB ────────
 *
 * It knows no hold time: how long a pause may last is decided in the hub. */
struct cabin_gate {
	float gate_db;
	bool open;
	struct cabin_level previous; /* the half of the 20 ms that came before, for 10 ms packets */
};

/* `gate_db` of CABIN_LEVEL_MIN_DBFS or less: always open. */
void cabin_gate_init(struct cabin_gate *gate, float gate_db);

/* Takes the level of the next 10 or 20 ms; true: open. */
bool cabin_gate_update(struct cabin_gate *gate, struct cabin_level level);

/* Silence: no block over `silent_db` for `silent_after_samples`. Over at the first
 * block that is louder. */
struct cabin_silence {
	float silent_db;
	uint64_t silent_after_samples;
	uint64_t quiet_samples;
};

void cabin_silence_init(struct cabin_silence *silence, float silent_db, uint64_t silent_after_samples);
bool cabin_silence_update(struct cabin_silence *silence, struct cabin_level level); /* true: silent */

/* RMS and peak of the newest whole window. */
struct cabin_level_meter {
	uint32_t window_samples;
	struct cabin_level gathering;
	float rms_dbfs, peak_dbfs; /* CABIN_LEVEL_MIN_DBFS before the first window */
};

void cabin_level_meter_init(struct cabin_level_meter *meter, uint32_t window_samples);
void cabin_level_meter_update(struct cabin_level_meter *meter, struct cabin_level level);

#endif
