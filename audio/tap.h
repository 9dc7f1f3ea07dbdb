/* A tap: what one source takes from an input's blocks and makes of them.
 *
 *   block ─▶ mix of its inputs ─▶ gain ─▶ resample to 48 kHz ─▶ gather a packet's samples
 *         ─▶ prepare (a console's cough and microphone key) ─▶ level: gate, silence, meter
 *         ─▶ Opus ─▶ packet, stamped ─▶ emit
 *
 * Packets lie on a grid: timestamps are multiples of the packet's length. Sound that
 * was lost leaves a gap in sequence and timestamp, and what came after it stays at its
 * place in time:
 *
 *   packet   ├──────┼──────┼──────┼──────┼──────┤      0: filled up with silence
 *   sound    ▒▒▒▒▒▒▒▒▒▒ lost          ▒▒▒▒▒▒▒▒▒▒▒      –: not sent
 *   packets  ├──────┼▒▒▒000┼ – – –┼000▒▒▒┼──────┤
 *
 * No threads, no clock but for the cost of encoding: a test drives it. One owner. */
#ifndef CABIN_AUDIO_TAP_H
#define CABIN_AUDIO_TAP_H

#include <stdbool.h>
#include <stdint.h>

#include "audio/input.h"
#include "base/clock.h"
#include "base/packet.h"
#include "media/encoder.h"

struct cabin_tap;

struct cabin_tap_sound {
	const uint32_t *inputs; /* the device's channels, from 1, mixed to mono; borrowed for life */
	uint32_t input_count;	/* 0: all of them */
	float gain_db;
	struct cabin_encoder_config encoder;
	float gate_db;		  /* see media/level.h; CABIN_LEVEL_MIN_DBFS: always active */
	float silent_db;	  /* below this … */
	uint32_t silent_after_ms; /* … for this long: silent */
};

struct cabin_tap_config {
	struct cabin_tap_sound sound;
	uint16_t source_index;
	struct cabin_packet_pool *pool;
	struct cabin_clock clock;
	/* Sees each packet's samples (at 48 kHz, full scale ±1) before they are measured, and
	 * may change them. False: no packet of these; the next one that is made can be decoded
	 * without what was before. NULL: all as they are. */
	bool (*prepare)(void *context, float *samples, uint32_t sample_count);
	/* Takes over the packet's reference. */
	void (*emit)(void *context, struct cabin_packet *packet);
	void *context;
};

/* CABIN_EINVAL, CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_tap_create(struct cabin_tap **out, const struct cabin_tap_config *config);
void cabin_tap_destroy(struct cabin_tap *tap); /* NULL is fine */

/* The input was opened, with these figures. The next block begins a new stretch of
 * the source's one time line, placed by its stamp: the time that passed since the
 * stretch before is not lost. CABIN_ENOTFOUND: the source asks for an input that the
 * device does not have (told in `*wanted_channels`); then nothing comes until the
 * next begin. CABIN_EINVAL, CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_tap_begin(struct cabin_tap *tap, uint32_t rate_hz, uint32_t channel_count,
				     uint32_t *wanted_channels);

/* The input was closed: what had been gathered of a packet is forgotten. */
void cabin_tap_end(struct cabin_tap *tap);

void cabin_tap_block(struct cabin_tap *tap, const struct cabin_input_block *block);

struct cabin_tap_figures {
	uint64_t packets;
	uint64_t overruns;    /* jumps of the input's frame index */
	uint64_t lost_frames; /* of the input's */
	float rms_dbfs, peak_dbfs;
	uint32_t clips;	    /* times that three samples or more in a row were at full scale */
	uint64_t encode_ns; /* of all packets, in sum */
};
const struct cabin_tap_figures *cabin_tap_figures(const struct cabin_tap *tap);

#endif
