/* The audio callback: the only code of Cabin that runs on a real-time thread.
 *
 * It copies, reads the clock once, publishes with atomics and writes one
 * non-blocking eventfd; a test with an interposer aborts on anything else. */
#ifndef CABIN_CAPTURE_HELPER_CALLBACK_H
#define CABIN_CAPTURE_HELPER_CALLBACK_H

#include <portaudio.h>
#include <stdbool.h>

#include "base/spsc.h"

struct cabin_callback {
	struct cabin_spsc ring;
	int event_fd; /* non-blocking */
	double rate_hz;
	bool has_adc_time; /* the host API tells truly how old a block is */
};

/* A PaStreamCallback; `user_data` is a struct cabin_callback. */
int cabin_capture_callback(const void *input, void *output, unsigned long frame_count,
			   const PaStreamCallbackTimeInfo *time_info, PaStreamCallbackFlags flags, void *user_data);

#endif
