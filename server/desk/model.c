/* The tables of rooms and channels, made of the configuration with its changes; what the
 * hub was told stays in them. */
#include "desk/desk_internal.h"

#include <stdlib.h>
#include <string.h>

#include "wire/pin.h"

/* --- finding ----------------------------------------------------------------------------- */

uint16_t desk_find_channel(const struct cabin_desk *desk, const char *id)
{
	for (uint16_t i = 0; i < desk->config.layout.voice_channel_index; i++)
		if (desk->channels[i].used && strcmp(desk->channels[i].id, id) == 0)
			return i;
	return CABIN_INDEX_NONE;
}

uint16_t desk_find_room(const struct cabin_desk *desk, const char *id)
{
	for (uint16_t i = 0; i < desk->config.layout.room_count; i++)
		if (desk->rooms[i].used && strcmp(desk->rooms[i].id, id) == 0)
			return i;
	return CABIN_INDEX_NONE;
}

/* Booths of the file come first; those of a spare room are numbered by its languages. */
const char *desk_booth_id(const struct cabin_desk *desk, uint16_t booth_index)
{
	const struct cabin_desk_layout *layout = &desk->config.layout;
	if (booth_index < layout->spare_booth_first)
		return desk->config.config->booths[booth_index].id;
	if (booth_index == layout->booth_index)
		return "desk";
	uint16_t place = (uint16_t)(booth_index - layout->spare_booth_first);
	const struct desk_room *room = &desk->rooms[layout->spare_room_first + place / CABIN_SPARE_LANGUAGES_MAX];
	uint16_t language = place % CABIN_SPARE_LANGUAGES_MAX;
	return room->used && room->setup && language < room->setup->language_count ? room->setup->booth_ids[language]
										   : NULL;
}

uint16_t desk_booth_room(const struct cabin_desk *desk, uint16_t booth_index)
{
	const struct cabin_desk_layout *layout = &desk->config.layout;
	if (booth_index < layout->spare_booth_first)
		return desk->config.config->booths[booth_index].room_index;
	return (uint16_t)(layout->spare_room_first +
			  (booth_index - layout->spare_booth_first) / CABIN_SPARE_LANGUAGES_MAX);
}

uint8_t desk_booth_seats(const struct cabin_desk *desk, uint16_t booth_index)
{
	if (booth_index < desk->config.layout.spare_booth_first)
		return (uint8_t)desk->config.config->booths[booth_index].seat_count;
	return booth_index == desk->config.layout.booth_index ? CABIN_SEATS_MAX : DESK_SPARE_SEATS;
}

uint16_t desk_find_booth(const struct cabin_desk *desk, const char *id)
{
	for (uint16_t i = 0; i < desk->config.layout.booth_count; i++) {
		const char *name = i == desk->config.layout.booth_index ? NULL : desk_booth_id(desk, i);
		if (name && strcmp(name, id) == 0)
			return i;
	}
	return CABIN_INDEX_NONE;
}

uint16_t desk_find_input(const struct cabin_desk *desk, const char *id)
{
	const struct cabin_config *config = desk->config.config;
	for (uint16_t i = 0; i < config->source_count; i++)
		if (!config->sources[i].insert && strcmp(config->sources[i].id, id) == 0)
			return i;
	return CABIN_INDEX_NONE;
}

const struct cabin_config_channel *desk_config_channel(const struct cabin_desk *desk, uint16_t channel_index)
{
	uint16_t index = desk->channels[channel_index].config_index;
	return index == CABIN_INDEX_NONE ? NULL : &desk->current->channels[index];
}

/* --- sources by hand ----------------------------------------------------------------------- */

static bool other_channel(const struct cabin_desk *desk, uint16_t channel_index, const char *id, struct desk_feed *out)
{
	uint16_t from = desk_find_channel(desk, id);
	if (from == CABIN_INDEX_NONE || from == channel_index)
		return false;
	*out = (struct desk_feed){.override = CABIN_OVERRIDE_CHANNEL, .from_index = from};
	return true;
}

static bool input(const struct cabin_desk *desk, const char *id, struct desk_feed *out)
{
	uint16_t from = desk_find_input(desk, id);
	if (from == CABIN_INDEX_NONE)
		return false;
	*out = (struct desk_feed){.override = CABIN_OVERRIDE_SOURCE, .from_index = from};
	return true;
}

bool desk_parse_source(const struct cabin_desk *desk, uint16_t channel_index, const char *source, struct desk_feed *out)
{
	static const char channel[] = "channel:", from_input[] = "input:";
	*out = (struct desk_feed){.override = CABIN_OVERRIDE_NONE, .from_index = CABIN_INDEX_NONE};
	if (strcmp(source, "auto") == 0)
		return true;
	out->override = CABIN_OVERRIDE_SILENCE;
	if (strcmp(source, "silence") == 0)
		return true;
	out->override = CABIN_OVERRIDE_FLOOR;
	if (strcmp(source, "floor") == 0)
		return !desk->channels[channel_index].floor;
	if (strncmp(source, channel, sizeof(channel) - 1) == 0)
		return other_channel(desk, channel_index, source + sizeof(channel) - 1, out);
	return strncmp(source, from_input, sizeof(from_input) - 1) == 0 &&
	       input(desk, source + sizeof(from_input) - 1, out);
}

/* --- the tables ---------------------------------------------------------------------------- */

static uint16_t input_of(const struct cabin_desk *desk, const struct cabin_config_channel *floor)
{
	/* Sources of `current` stand as those of `config` do, up to the inserts. */
	return floor->source_index == CABIN_INDEX_NONE
		   ? (uint16_t)CABIN_INDEX_NONE
		   : desk_find_input(desk, desk->current->sources[floor->source_index].id);
}

static void take_text(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text);
}

static void update_channel(struct cabin_desk *desk, uint16_t index, uint16_t config_index, uint16_t room_index)
{
	struct desk_channel *channel = &desk->channels[index];
	const struct cabin_config_channel *from = &desk->current->channels[config_index];
	if (!channel->used || strcmp(channel->id, from->id) != 0) {
		*channel = (struct desk_channel){.insert_index = CABIN_INDEX_NONE,
						 .told = channel->told,
						 .told_gain_db = channel->told_gain_db,
						 .minute = {.packets_before = channel->minute.packets_before,
							    .gaps_before = channel->minute.gaps_before,
							    .concealed_before_ms = channel->minute.concealed_before_ms},
						 .told_input = channel->told_input};
		take_text(channel->id, sizeof(channel->id), from->id);
	}
	channel->used = true;
	channel->config_index = config_index;
	channel->room_index = room_index;
	channel->floor = from->kind == CABIN_CHANNEL_FLOOR;
	channel->gain_db = from->gain_db;
	channel->hide = from->hide;
}

/* What is no part of a configuration; after all channels are there. */
static void update_by_hand(struct cabin_desk *desk, uint16_t index)
{
	struct desk_channel *channel = &desk->channels[index];
	json_t *source = desk_change_value(desk, "channel", channel->id, "source");
	json_t *muted = desk_change_value(desk, "channel", channel->id, "muted");
	const char *text = json_is_string(source) ? json_string_value(source) : "auto";
	if (!desk_parse_source(desk, index, text, &channel->by_hand)) {
		text = "auto"; /* what it named is gone */
		(void)desk_parse_source(desk, index, text, &channel->by_hand);
	}
	take_text(channel->source, sizeof(channel->source), text);
	channel->muted = json_is_true(muted);
	json_decref(source);
	json_decref(muted);
}

static void update_room(struct cabin_desk *desk, uint16_t room_index, uint16_t config_index, uint16_t floor_index)
{
	struct desk_room *room = &desk->rooms[room_index];
	const struct cabin_config_room *from = &desk->current->rooms[config_index];
	room->setup_number += !room->used && room_index >= desk->config.layout.spare_room_first;
	room->used = true;
	room->config_index = config_index;
	room->floor_index = floor_index;
	room->channel_count = from->channel_count;
	take_text(room->id, sizeof(room->id), from->id);
	room->input_index = input_of(desk, &desk->current->channels[from->first_channel_index]);
	room->locked = from->locked;
	room->pin = from->locked ? cabin_pin_read(from->pin, strlen(from->pin)) : CABIN_PIN_NONE;
	for (uint16_t i = 0; i < from->channel_count; i++)
		update_channel(desk, (uint16_t)(floor_index + i), (uint16_t)(from->first_channel_index + i),
			       room_index);
}

/* A place among the spare rooms: the one that it has, else a free one. */
static uint16_t spare_place(const struct cabin_desk *desk, const char *id)
{
	const struct cabin_desk_layout *layout = &desk->config.layout;
	uint16_t free_place = CABIN_INDEX_NONE;
	for (uint16_t i = layout->spare_room_first; i < layout->spare_room_first + layout->spare_room_count; i++) {
		if (desk->rooms[i].used && strcmp(desk->rooms[i].id, id) == 0)
			return i;
		if (!desk->rooms[i].used && free_place == CABIN_INDEX_NONE)
			free_place = i;
	}
	return free_place;
}

/* What is being said to a room ends with it: the next one in its place has asked for none of it. */
static void forget_room(struct cabin_desk *desk, uint16_t room_index)
{
	if (desk->announcing.room_index == room_index)
		desk->announcing.on = false;
	for (uint16_t i = desk->config.layout.spare_booth_first; i < desk->config.layout.booth_index; i++)
		if (desk_booth_room(desk, i) == room_index)
			desk->talkback.booth_bits[i / 64] &= ~(UINT64_C(1) << i % 64);
}

static void drop_gone(struct cabin_desk *desk)
{
	const struct cabin_desk_layout *layout = &desk->config.layout;
	for (uint16_t i = layout->spare_room_first; i < layout->spare_room_first + layout->spare_room_count; i++) {
		struct desk_room *room = &desk->rooms[i];
		if (!room->used || desk_change(desk, "setup", room->id, "room"))
			continue;
		for (int k = 0; k < CABIN_SPARE_CHANNELS; k++)
			desk->channels[room->floor_index + k].used = false;
		room->used = false;
		room->setup_number++;
		forget_room(desk, i);
	}
}

void desk_model_update(struct cabin_desk *desk)
{
	const struct cabin_desk_layout *layout = &desk->config.layout;
	drop_gone(desk);
	for (uint16_t i = 0; i < desk->current->room_count; i++) {
		bool added = i >= layout->spare_room_first;
		uint16_t place = added ? spare_place(desk, desk->current->rooms[i].id) : i;
		if (place == CABIN_INDEX_NONE)
			continue; /* more were kept than there are places now: told by the list of changes */
		uint16_t floor_index = added ? (uint16_t)(layout->spare_channel_first +
							  (place - layout->spare_room_first) * CABIN_SPARE_CHANNELS)
					     : desk->current->rooms[i].first_channel_index;
		desk->rooms[place].added = added;
		update_room(desk, place, i, floor_index);
	}
	for (uint16_t i = 0; i < layout->channel_count; i++)
		if (desk->channels[i].used)
			update_by_hand(desk, i);
	desk->map_changed = true;
	desk->event_made = false;
}

int desk_model_begin(struct cabin_desk *desk)
{
	const struct cabin_desk_layout *layout = &desk->config.layout;
	struct cabin_config_refusal why;
	for (int i = 0; i < CABIN_CHANNELS_MAX; i++) {
		struct desk_channel *channel = &desk->channels[i];
		channel->config_index = channel->insert_index = channel->told_input = CABIN_INDEX_NONE;
		channel->told.from_index = CABIN_INDEX_NONE;
	}
	/* What the hub begins with is what it was told. */
	for (uint16_t i = 0; i < layout->spare_room_first; i++) {
		uint16_t floor = desk->config.config->rooms[i].first_channel_index;
		desk->channels[floor].told_input = desk->config.config->channels[floor].source_index;
	}
	int result = desk_changes_load(&desk->changes, &desk->change_count, desk->config.store);
	return result != 0 ? result : desk_changes_put(desk, NULL, 0, &why);
}
