/* The audio callbacks: the only code of Cabin that runs on a real-time thread.
 *
 * Each copies, reads the clock once, publishes with atomics and writes one
 * non-blocking eventfd; a test with an interposer aborts on anything else. */
#ifndef CABIN_AUDIO_HELPER_CALLBACK_H
#define CABIN_AUDIO_HELPER_CALLBACK_H

#include <portaudio.h>
#include <stdbool.h>

#include "audio/helper_shared.h"
#include "base/spsc.h"

struct cabin_callback {
	struct cabin_spsc ring;
	int event_fd; /* non-blocking */
	double rate_hz;
	bool has_block_time;			/* the host API tells truly when a block was or will be at the card */
	struct cabin_helper_playback *playback; /* playing: where it tells its figures */
	bool begun;				/* playing: frames have come */
};

/* PaStreamCallbacks; `user_data` is a struct cabin_callback. */
int cabin_capture_callback(const void *input, void *output, unsigned long frame_count,
			   const PaStreamCallbackTimeInfo *time_info, PaStreamCallbackFlags flags, void *user_data);
int cabin_playback_callback(const void *input, void *output, unsigned long frame_count,
			    const PaStreamCallbackTimeInfo *time_info, PaStreamCallbackFlags flags, void *user_data);

#endif
