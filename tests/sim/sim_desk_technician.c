/* What the technician of sim_desk asks for. */
#include <math.h>
#include <string.h>

#include "sim_desk.h"

static const struct cabin_room_setup setups[] = {
    {.room_index = SPARE_ROOM},
    {SPARE_ROOM, "side", SECOND, 2, {"vi", "fr"}, {"side-vi", "side-fr"}},
    {SPARE_ROOM, "corner", HALL_B, 1, {"en"}, {"corner-en"}},
};

static uint16_t any_source(struct desk *desk)
{
	const struct desk_seat *seat = &desk->seats[sim_below(&desk->random, SEATS)];

	if (sim_one_in(&desk->random, 2))
		return (uint16_t)sim_below(&desk->random, CAPTURES);
	return cabin_seat_source_index(CAPTURES, seat->booth_index, seat->seat);
}

static void wish(struct desk *desk, uint16_t channel, uint8_t override, uint16_t from)
{
	struct wish *wish = &desk->wishes[channel];

	wish->override = override;
	wish->from_index = from;
	wish->at_ns = desk->sim.now_ns;
	wish->media = desk->heard[0][channel].media;
}

/* Fills a command that may be meant; false: there is nothing to do. */
static bool think(struct desk *desk, struct cabin_desk_command *command)
{
	uint16_t channel = (uint16_t)sim_below(&desk->random, CHANNELS);
	const struct desk_seat *seat = &desk->seats[sim_below(&desk->random, SEATS)];

	switch (sim_below(&desk->random, 8)) {
	case 0:
		*command = (struct cabin_desk_command){.kind = CABIN_DESK_CALL,
						       .call = {seat->booth_index, seat->seat, CABIN_CALL_SEEN}};
		return true;
	case 1:
		desk->floor_of_b =
		    sim_one_in(&desk->random, 4) ? CABIN_INDEX_NONE : (uint16_t)sim_below(&desk->random, CAPTURES);
		*command = (struct cabin_desk_command){.kind = CABIN_DESK_FLOOR_SOURCE,
						       .floor_source = {FLOOR_B, desk->floor_of_b}};
		return true;
	case 2:
		desk->room = &setups[sim_below(&desk->random, sizeof(setups) / sizeof(setups[0]))];
		*command = (struct cabin_desk_command){.kind = CABIN_DESK_ROOM, .room = {desk->room}};
		for (uint16_t i = SPARE_FLOOR; i < CHANNELS; i++) {
			wish(desk, i, CABIN_OVERRIDE_NONE, 0);
			desk->wishes[i].gain_db = 0;
			desk->wishes[i].closed = !desk->room->id || i - SPARE_FLOOR > desk->room->language_count;
		}
		return true;
	default:
		break;
	}
	if (!desk->wishes[channel].may_touch || desk->wishes[channel].closed)
		return false;
	if (sim_one_in(&desk->random, 4)) {
		desk->wishes[channel].gain_db = (double)((int)sim_below(&desk->random, 161) - 80) / 2;
		*command = (struct cabin_desk_command){.kind = CABIN_DESK_GAIN,
						       .gain = {channel, (float)desk->wishes[channel].gain_db}};
		return true;
	}
	*command = (struct cabin_desk_command){
	    .kind = CABIN_DESK_FEED, .feed = {channel, (uint8_t)sim_below(&desk->random, CABIN_OVERRIDE_COUNT), 0}};
	if (command->feed.override == CABIN_OVERRIDE_SOURCE)
		command->feed.from_index = any_source(desk);
	else if (command->feed.override == CABIN_OVERRIDE_CHANNEL)
		command->feed.from_index =
		    (uint16_t)((channel + 1 + sim_below(&desk->random, CHANNELS - 1)) % CHANNELS);
	wish(desk, channel, command->feed.override, command->feed.from_index);
	return true;
}

/* Indices out of range, rooms that are no spare ones, a gain that is no number. */
static void talk_nonsense(struct desk *desk)
{
	static const struct cabin_room_setup plenary = {.room_index = ROOM_A}, nowhere = {.room_index = ROOMS};
	const struct cabin_desk_command nonsense[] = {
	    {.kind = CABIN_DESK_FEED, .feed = {CHANNELS, CABIN_OVERRIDE_SILENCE, 0}},
	    {.kind = CABIN_DESK_FEED, .feed = {FR_A, CABIN_OVERRIDE_SOURCE, SOURCES}},
	    {.kind = CABIN_DESK_FEED, .feed = {FR_A, CABIN_OVERRIDE_CHANNEL, FR_A}},
	    {.kind = CABIN_DESK_GAIN, .gain = {FR_A, NAN}},
	    {.kind = CABIN_DESK_FLOOR_SOURCE, .floor_source = {FR_A, HALL_A}},
	    {.kind = CABIN_DESK_FLOOR_SOURCE, .floor_source = {FLOOR_A, CAPTURES}},
	    {.kind = CABIN_DESK_ROOM, .room = {&plenary}},
	    {.kind = CABIN_DESK_ROOM, .room = {&nowhere}},
	    {.kind = CABIN_DESK_CALL, .call = {BOOTHS, 1, CABIN_CALL_SEEN}},
	    {.kind = 77},
	};
	struct heard before[CHANNELS];

	memcpy(before, desk->heard[0], sizeof(before));
	cabin_hub_desk(desk->hubs[0], &nonsense[sim_below(&desk->random, sizeof(nonsense) / sizeof(nonsense[0]))]);
	for (uint16_t i = 0; i < CHANNELS; i++)
		SIM_CHECK(&desk->sim, before[i].hash == desk->heard[0][i].hash);
}

void technician_step(struct desk *desk)
{
	struct cabin_desk_command command;

	if (sim_one_in(&desk->random, 200))
		talk_nonsense(desk);
	if (!sim_one_in(&desk->random, 60) || !think(desk, &command))
		return;
	desk->commands++;
	cabin_hub_desk(desk->hubs[0], &command);
}
