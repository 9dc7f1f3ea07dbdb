/* A sound card as an input: a capturing helper's frames, read here.
 *
 *   open: see device_link.h
 *   read: ring in shared memory, woken by the eventfd; no frames for 150 ms, or the
 *         helper's end, is CABIN_ELOST
 *   close: kill −9
 *
 * All calls from the input's encode thread. */
#ifndef CABIN_AUDIO_DEVICE_INPUT_H
#define CABIN_AUDIO_DEVICE_INPUT_H

#include "audio/device.h"
#include "audio/input.h"
#include "base/clock.h"

struct cabin_device_input_config {
	const struct cabin_audio_device *device; /* borrowed for life */
	uint32_t channel_count;			 /* as many as its taps need; open may tell fewer */
	struct cabin_clock clock;
	int stop_fd; /* readable: stop waiting for a device; borrowed; −1: none */
};

/* Starts nothing yet. CABIN_ENOMEM, CABIN_EINVAL. */
CABIN_MUST_CHECK int cabin_device_input_create(struct cabin_input *out, const struct cabin_device_input_config *config);

#endif
