/* An interpreter's own level: a meter to look at, and what to say about it.
 *
 *   peak   falls 20 dB in 1.7 s (IEC 60268-10, type I); rises at once
 *   RMS    integrates 300 ms, as a VU meter (IEC 60268-17)
 *   speech RMS of speech alone, without its pauses: stretches of 10 ms over −55 dBFS and not
 *          16 dB below the level so far, the margin of ITU-T P.56; follows in a second or two
 *
 * The speech level decides:
 *
 *   too quiet ◀─ below −32 ─ good ─ above −10, or clipped ─▶ too loud
 *             ─ above −28 ─▶      ◀─ below −14 ─
 *
 * −30 … −12 dBFS: nominal are −26 (ITU-T) to −23 (EBU R 128), and speech has its peaks 12 dB
 * and more above its RMS, so what is louder clips. Clipped holds for a second. A pause keeps
 * what was said last, three seconds without speech are none.
 *
 * Mono, 48 kHz. Embedded; one thread, which may be an audio callback. */
#ifndef CABIN_MEDIA_VOICE_LEVEL_H
#define CABIN_MEDIA_VOICE_LEVEL_H

#include <stdbool.h>
#include <stdint.h>

#include "media/level.h"

enum cabin_voice_verdict {
	CABIN_VOICE_NONE, /* nobody speaks */
	CABIN_VOICE_TOO_QUIET,
	CABIN_VOICE_GOOD,
	CABIN_VOICE_TOO_LOUD,
};

struct cabin_voice_level {
	/* to read; CABIN_LEVEL_MIN_DBFS for silence */
	float peak_dbfs, rms_dbfs, speech_dbfs;
	enum cabin_voice_verdict verdict;
	uint32_t clip_count; /* stretches of 10 ms with a sample at full scale, since init */

	/* private */
	struct cabin_level gathering;
	double rms_power, speech_power;
	uint32_t speech_blocks, quiet_blocks, clip_blocks;
};

void cabin_voice_level_init(struct cabin_voice_level *level);

/* Looks at the next samples, blocks of any size. */
void cabin_voice_level_update(struct cabin_voice_level *level, const float *samples, uint32_t sample_count);

#endif
