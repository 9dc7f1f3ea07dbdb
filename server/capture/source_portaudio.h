/* A sound card as an input: the parent's side of a capture helper.
 *
 *   open: memfd + eventfd ─▶ start helper ─▶ wait until it runs or says why not
 *   read: ring in shared memory, woken by the eventfd; no frames for 150 ms, or the
 *         helper's end, is CABIN_ELOST
 *   close: kill −9
 *
 * All calls from the input's encode thread. */
#ifndef CABIN_CAPTURE_SOURCE_PORTAUDIO_H
#define CABIN_CAPTURE_SOURCE_PORTAUDIO_H

#include "base/clock.h"
#include "capture/source.h"
#include "config/config.h"

struct cabin_source_portaudio_config {
	const struct cabin_config_device *device; /* borrowed for life */
	uint32_t channel_count;			  /* as many as its sources need; open may tell fewer */
	struct cabin_clock clock;
	int stop_fd; /* readable: stop waiting for a device; borrowed */
};

/* Starts nothing yet. CABIN_ENOMEM, CABIN_EINVAL. */
CABIN_MUST_CHECK int cabin_source_portaudio_create(struct cabin_input *out,
						   const struct cabin_source_portaudio_config *config);

#endif
