/* Which sound card is meant, and the list of them all. */
#ifndef CABIN_AUDIO_DEVICE_H
#define CABIN_AUDIO_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

enum cabin_audio_direction { CABIN_AUDIO_CAPTURE, CABIN_AUDIO_PLAYBACK };

struct cabin_audio_device {
	const char *id;		 /* for logs, and the name among JACK's clients */
	const char *api;	 /* PortAudio host API's name, or NULL for any */
	const char *name;	 /* device's name, exact or an unambiguous part of it; NULL: the default one */
	const char *jack_server; /* JACK server's name (JACK_DEFAULT_SERVER), or NULL */
	uint32_t rate_hz;	 /* 0: the device's own */
	uint32_t buffer_frames;	 /* 0: the smallest that the device calls safe */
};

/* Asks a helper for a table of API, name, channels, rates and latencies, written to
 * `to`; inputs, and with `outputs` outputs too. `jack_server` NULL: the default one.
 * CABIN_EIO, logged. Waits for up to 15 s. */
CABIN_MUST_CHECK int cabin_audio_list_devices(const char *jack_server, bool outputs, FILE *to);

#endif
