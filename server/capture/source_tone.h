/* A test tone as an input: a steady sine and a click each second, for line-up and
 * for measuring delay by ear or by correlation.
 *
 * A click is 5 ms of 2 kHz under a raised-cosine envelope; it begins exactly at each
 * whole second of the source's time line. All calls from the input's encode thread. */
#ifndef CABIN_CAPTURE_SOURCE_TONE_H
#define CABIN_CAPTURE_SOURCE_TONE_H

#include "audio/input.h"
#include "base/clock.h"

#define CABIN_TONE_AMPLITUDE  0.1f /* −23 dBFS RMS */
#define CABIN_CLICK_AMPLITUDE 0.7f

struct cabin_source_tone_config {
	const char *id; /* borrowed */
	float tone_hz;	/* 20 … 20,000; 0: clicks alone */
	struct cabin_clock clock;
	uint64_t start_ns; /* second 0 of the time line */
	int stop_fd;	   /* readable: stop waiting; −1: none; borrowed */
};

/* CABIN_ENOMEM, CABIN_EINVAL. */
CABIN_MUST_CHECK int cabin_source_tone_create(struct cabin_input *out, const struct cabin_source_tone_config *config);

#endif
