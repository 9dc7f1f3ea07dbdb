/* The seam between where sound comes from and the encode thread.
 *
 *   input (a device, a file, a tone)                     encode thread, one per input
 *   ─ blocks of interleaved float PCM, stamped ─▶ taps: mix, gain, resample, gate, Opus ─▶ hub inbox
 *
 * An input is opened, read and closed by its encode thread alone. A real device
 * runs in a helper process; a file or a tone is paced by the clock as a device
 * would be. */
#ifndef CABIN_AUDIO_INPUT_H
#define CABIN_AUDIO_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct cabin_input_block {
	const float *samples; /* frame_count × channel_count, interleaved, full scale ±1; valid until the next read */
	uint32_t frame_count;
	uint64_t frame_index; /* of the first frame, since the input began; a jump is sound that was lost */
	uint64_t stamp_ns;    /* server clock when the first frame was at the microphone */
};

struct cabin_input_ops {
	/* Blocks until open. On success tells the stream's rate (8,000 … 192,000 Hz) and
	 * channels. CABIN_ENOTFOUND, CABIN_EFORMAT, CABIN_EIO … with a log line that
	 * says what to do. */
	int (*open)(void *input, uint32_t *rate_hz, uint32_t *channel_count);
	/* Waits at most `timeout_ms` for a block. CABIN_EAGAIN: none yet. CABIN_EEMPTY: a
	 * file that is not looped is over. CABIN_ELOST: close, and open again later. */
	int (*read)(void *input, struct cabin_input_block *out, uint32_t timeout_ms);
	/* Never blocks for longer than 200 ms. Fine when not open. */
	void (*close)(void *input);
	void (*destroy)(void *input);
};

struct cabin_input {
	const struct cabin_input_ops *ops;
	void *self;
	const char *id; /* of the configuration, for logs; borrowed */
};

#endif
