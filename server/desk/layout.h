/* Where the rooms stand that the hub has beside those of the file: spare ones, to be set
 * up during the event, and the desk's own hidden one. Indices are the hub's.
 *
 *   rooms     the file's … | spare …                         | desk
 *   channels  the file's … | spare: floor, 3 languages each … | desk: floor, voice, probes
 *   booths    the file's … | spare: 3 each …                 | desk
 *   sources   the file's, inserts | (seats, as relay/console.h numbers them) */
#ifndef CABIN_DESK_LAYOUT_H
#define CABIN_DESK_LAYOUT_H

#include <stdint.h>

#include "relay/desk.h"

enum {
	CABIN_SPARE_ROOMS_MAX = 4,
	CABIN_SPARE_CHANNELS = 1 + CABIN_SPARE_LANGUAGES_MAX, /* of a spare room */
	CABIN_PROBES = 4
};

struct cabin_desk_layout {
	uint16_t room_count, channel_count, booth_count; /* the hub's, all of them */
	uint16_t source_count;				 /* capture's, inserts included */
	uint16_t spare_room_first, spare_room_count;
	uint16_t spare_channel_first, spare_booth_first;
	uint16_t voice_channel_index, probe_channel_first;
	uint16_t booth_index;		      /* the desk's */
	uint16_t numbers[CABIN_CHANNELS_MAX]; /* SSRC of each channel */
};

#endif
