/* Plays what the downlink renders, on a thread of its own, into a headset that may
 * vanish and return (back-off 100 ms … 2 s; without a name the default one as it is
 * then). Without a headset packets are taken and forgotten, so that nothing old waits. */
#ifndef CABIN_CLIENT_PLAYER_H
#define CABIN_CLIENT_PLAYER_H

#include "audio/device.h"
#include "client/downlink.h"

struct cabin_player;

struct cabin_player_config {
	const struct cabin_audio_device *device; /* borrowed for life */
	struct cabin_clock clock;
	struct cabin_downlink *downlink;     /* borrowed for life */
	const struct cabin_clock_sync *sync; /* borrowed for life */
	int stop_fd;			     /* readable before destroy: a device is not waited for; borrowed */
};

/* Starts the thread. CABIN_ENOMEM, CABIN_EIO. */
CABIN_MUST_CHECK int cabin_player_create(struct cabin_player **out, const struct cabin_player_config *config);
void cabin_player_destroy(struct cabin_player *player); /* NULL is fine */

struct cabin_player_figures {
	bool open;
	uint64_t underruns, devices;
	double ahead_ms;
};
/* Any thread. */
void cabin_player_figures(const struct cabin_player *player, struct cabin_player_figures *out);

#endif
