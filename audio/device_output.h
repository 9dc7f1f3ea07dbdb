/* A sound card as an output: what is written here a playing helper's callback takes.
 *
 *   player thread ── write ──▶ ring in shared memory ──▶ callback ──▶ headset
 *         ▲                                                  │
 *         └──────────────── eventfd: a block was taken ──────┘
 *
 * The writer keeps as little in the ring as is safe: one period, and some
 * milliseconds for its own lateness (`wanted_frames`), more after an underrun and less
 * again after a while without. All calls from one thread. */
#ifndef CABIN_AUDIO_DEVICE_OUTPUT_H
#define CABIN_AUDIO_DEVICE_OUTPUT_H

#include "audio/device.h"
#include "base/clock.h"

struct cabin_device_output;

struct cabin_device_output_config {
	const struct cabin_audio_device *device; /* borrowed for life */
	uint32_t channel_count;			 /* 2: both ears; a device may have fewer */
	struct cabin_clock clock;
	int stop_fd; /* readable: stop waiting for a device; borrowed; −1: none */
};

/* Starts nothing yet. CABIN_ENOMEM, CABIN_EINVAL. */
CABIN_MUST_CHECK int cabin_device_output_create(struct cabin_device_output **out,
						const struct cabin_device_output_config *config);
void cabin_device_output_destroy(struct cabin_device_output *output); /* NULL is fine */

/* Blocks until it runs; errors as of an input, logged. */
CABIN_MUST_CHECK int cabin_device_output_open(struct cabin_device_output *output, uint32_t *rate_hz,
					      uint32_t *channel_count);
void cabin_device_output_close(struct cabin_device_output *output); /* at most 200 ms; fine when not open */

/* How many frames to write now, at the device's rate: 0 when there is enough in the
 * ring. */
uint32_t cabin_device_output_wanted_frames(struct cabin_device_output *output);

/* Writes interleaved frames. CABIN_EFULL: more than there is room for, which a writer
 * that asks first does not see; then none were taken. */
CABIN_MUST_CHECK int cabin_device_output_write(struct cabin_device_output *output, const float *samples,
					       uint32_t frame_count);

/* Sleeps until a block was taken, at most `timeout_ms`. CABIN_EAGAIN: none was;
 * CABIN_ELOST: the device is gone (none taken for 150 ms, or the helper ended) or we are
 * to stop. */
CABIN_MUST_CHECK int cabin_device_output_wait(struct cabin_device_output *output, uint32_t timeout_ms);

struct cabin_device_output_figures {
	uint64_t underruns, underrun_frames; /* since it was opened */
	double ahead_ms;		     /* from a frame that is written now to the ear, as far as is known */
	double period_ms;
};
void cabin_device_output_figures(const struct cabin_device_output *output, struct cabin_device_output_figures *out);

/* True while the device is open; what was found is `name` ("JACK …: system"). */
bool cabin_device_output_is_open(const struct cabin_device_output *output);

#endif
