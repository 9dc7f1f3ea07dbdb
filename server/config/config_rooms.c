#include <string.h>

#include "config/config_sections.h"
#include "config/nearest.h"

struct rooms {
	struct cabin_reader *reader;
	struct cabin_config *config;
	const struct cabin_draft_defaults *defaults;
	bool sources_known, languages_known; /* else every reference would be told wrong */
};

/* Index of the source, or CABIN_INDEX_NONE with an issue. */
static uint16_t find_source(struct rooms *rooms, const struct cabin_yaml *node, const char *id)
{
	if (!id || !rooms->sources_known)
		return CABIN_INDEX_NONE;
	struct cabin_nearest nearest = cabin_nearest_to(id);
	for (uint16_t i = 0; i < rooms->config->source_count; i++) {
		if (strcmp(rooms->config->sources[i].id, id) == 0)
			return i;
		cabin_nearest_offer(&nearest, rooms->config->sources[i].id);
	}
	const struct cabin_yaml *source = cabin_yaml_get(node, "source");
	if (nearest.best)
		cabin_issues_add(rooms->reader->issues, source->place, "no source '%s'; did you mean '%s'?", id,
				 nearest.best);
	else
		cabin_issues_add(rooms->reader->issues, source->place, "no source '%s'; add it under sources", id);
	return CABIN_INDEX_NONE;
}

static uint16_t find_language(struct rooms *rooms, const struct cabin_yaml *node, const char *id)
{
	if (!id || !rooms->languages_known)
		return CABIN_INDEX_NONE;
	struct cabin_nearest nearest = cabin_nearest_to(id);
	for (uint16_t i = 0; i < rooms->config->language_count; i++) {
		if (rooms->config->languages[i].id && strcmp(rooms->config->languages[i].id, id) == 0)
			return i;
		cabin_nearest_offer(&nearest, rooms->config->languages[i].id);
	}
	const struct cabin_yaml *language = cabin_yaml_get(node, "language");
	if (nearest.best)
		cabin_issues_add(rooms->reader->issues, language->place, "no language '%s'; did you mean '%s'?", id,
				 nearest.best);
	else
		cabin_issues_add(rooms->reader->issues, language->place, "no language '%s'; add it under languages",
				 id);
	return CABIN_INDEX_NONE;
}

static void check_number(struct rooms *rooms, const struct cabin_yaml *node, const struct cabin_config_channel *channel)
{
	const struct cabin_yaml *number = cabin_yaml_get(node, "number");
	for (const struct cabin_config_channel *other = rooms->config->channels; other < channel; other++) {
		if (other->number != channel->number)
			continue;
		cabin_issues_add(rooms->reader->issues, number ? number->place : node->place,
				 "channel number %u is that of %s already; give one of them another number",
				 channel->number, other->id ? other->id : "another channel");
		return;
	}
}

static void check_channel_id(struct rooms *rooms, const struct cabin_yaml *node,
			     const struct cabin_config_channel *channel)
{
	if (strlen(channel->id) >= CABIN_NAME_MAX_BYTES)
		cabin_issues_add(
		    rooms->reader->issues, node->place,
		    "the channel's id '%s' is %zu characters long; give the room an id so short that it is at most %d",
		    channel->id, strlen(channel->id), CABIN_NAME_MAX_BYTES - 1);
	const struct cabin_yaml *language = cabin_yaml_get(node, "language");
	for (const struct cabin_config_channel *other = rooms->config->channels; language && other < channel; other++)
		if (other->room_index == channel->room_index && other->id && strcmp(other->id, channel->id) == 0)
			cabin_issues_add(rooms->reader->issues, language->place,
					 "language '%s' has a channel in this room already; remove one",
					 language->text);
}

/* Which channel an idle one carries; set when all channels of the room are known. */
static void find_idle_from(struct rooms *rooms, const struct cabin_yaml *node, const struct cabin_config_room *room,
			   struct cabin_config_channel *channel)
{
	const struct cabin_yaml *from = cabin_yaml_get(node, "idle_from");
	struct cabin_issues *issues = rooms->reader->issues;
	if (channel->idle_feed != CABIN_IDLE_CHANNEL) {
		if (from)
			cabin_issues_add(issues, from->key->place,
					 "idle_from goes with idle: channel; remove it, or write idle: channel");
		return;
	}
	if (!from || from->kind != CABIN_YAML_SCALAR) {
		if (!from)
			cabin_issues_add(
			    issues, node->place,
			    "idle: channel stands without idle_from; add the language of the other channel");
		return;
	}
	for (uint16_t i = 1; i < room->channel_count; i++) {
		uint16_t index = (uint16_t)(room->first_channel_index + i);
		const struct cabin_config_channel *other = &rooms->config->channels[index];
		if (other != channel && other->language_index != CABIN_INDEX_NONE &&
		    strcmp(rooms->config->languages[other->language_index].id, from->text) == 0) {
			channel->idle_from_index = index;
			return;
		}
	}
	cabin_issues_add(issues, from->place,
			 "no other channel of this room has language '%s'; write one that has, or another idle",
			 from->text);
}

/* The floor where `floor` is NULL, else a language channel of that floor. */
static void read_channel(struct rooms *rooms, const struct cabin_yaml *node, const struct cabin_config_room *room,
			 const struct cabin_config_channel *floor)
{
	struct cabin_reader *reader = rooms->reader;
	struct cabin_config *config = rooms->config;
	uint16_t index = config->channel_count;
	if (index == CABIN_CONFIG_CHANNELS_MAX) {
		cabin_issues_add(reader->issues, node->place, "more than %d channels in all; remove some",
				 CABIN_CONFIG_CHANNELS_MAX);
		return;
	}
	struct cabin_draft_channel draft = {.hold_ms = rooms->defaults->hold_ms,
					    .fade_ms = rooms->defaults->fade_ms,
					    .idle_feed = rooms->defaults->idle_feed};
	cabin_reader_section(reader, floor ? &cabin_schema_channel : &cabin_schema_floor, node, &draft);
	struct cabin_config_channel *channel = &config->channels[index];
	*channel = (struct cabin_config_channel){
	    .number = (uint16_t)(draft.number ? draft.number : index + 1u),
	    .kind = floor ? CABIN_CHANNEL_LANGUAGE : CABIN_CHANNEL_FLOOR,
	    .language_index = floor ? find_language(rooms, node, draft.language) : CABIN_INDEX_NONE,
	    .source_index = find_source(rooms, node, draft.source),
	    .gain_db = draft.gain_db,
	    .hide = (enum cabin_hide)draft.hide,
	    .floor_channel_index = room->first_channel_index,
	    .room_index = (uint16_t)(room - config->rooms),
	    .idle_feed = (enum cabin_idle_feed)draft.idle_feed,
	    .idle_from_index = CABIN_INDEX_NONE,
	    .hold_ms = draft.hold_ms,
	    .fade_ms = draft.fade_ms,
	    .name = cabin_config_floor_name,
	};
	const char *room_id = room->id ? room->id : "", *suffix = floor ? draft.language : "floor";
	channel->id = cabin_arena_format(reader->arena, "%s.%s", room_id, suffix ? suffix : "");
	if (floor)
		channel->booth_id = draft.booth
					? draft.booth
					: cabin_arena_format(reader->arena, "%s-%s", room_id, suffix ? suffix : "");
	if (!channel->id || (floor && !channel->booth_id)) {
		reader->no_memory = true;
		return;
	}
	if (channel->language_index != CABIN_INDEX_NONE)
		channel->name = config->languages[channel->language_index].name;
	check_number(rooms, node, channel);
	check_channel_id(rooms, node, channel);
	config->channel_count++;
}

static void read_room(struct rooms *rooms, const struct cabin_yaml *item)
{
	struct cabin_reader *reader = rooms->reader;
	struct cabin_config *config = rooms->config;
	struct cabin_config_room *room = &config->rooms[config->room_count++];
	struct cabin_draft_room draft = {.id = NULL};
	cabin_reader_section(reader, &cabin_schema_room, item, &draft);
	*room = (struct cabin_config_room){.id = draft.id,
					   .name = draft.name,
					   .locked = draft.locked,
					   .pin = draft.pin,
					   .first_channel_index = config->channel_count};
	if (draft.locked && !cabin_yaml_get(item, "pin"))
		cabin_issues_add(reader->issues, cabin_yaml_get(item, "locked")->key->place,
				 "locked stands without pin; add pin with 4 to 8 digits");
	for (const struct cabin_config_room *other = config->rooms; draft.id && other < room; other++)
		if (other->id && strcmp(other->id, draft.id) == 0)
			cabin_issues_add(reader->issues, cabin_yaml_get(item, "id")->place,
					 "room id '%s' is taken already; give one of them another id", draft.id);

	const struct cabin_yaml *floor = cabin_yaml_get(item, "floor"), *channels = cabin_yaml_get(item, "channels");
	uint16_t floor_index = config->channel_count;
	if (floor)
		read_channel(rooms, floor, room, NULL);
	if (channels && cabin_reader_is_list(reader, channels, "channels") && config->channel_count > floor_index)
		for (const struct cabin_yaml *node = channels->children; node; node = node->next)
			read_channel(rooms, node, room, &config->channels[floor_index]);
	room->channel_count = (uint16_t)(config->channel_count - floor_index);
	if (channels && room->channel_count > CABIN_ROOM_CHANNELS_MAX)
		cabin_issues_add(reader->issues, channels->place,
				 "a room has at most %d language channels beside its floor; remove some",
				 CABIN_ROOM_CHANNELS_MAX - 1);
	const struct cabin_yaml *node = channels && channels->kind == CABIN_YAML_LIST ? channels->children : NULL;
	for (uint16_t i = 1; i < room->channel_count && node; i++, node = node->next)
		find_idle_from(rooms, node, room, &config->channels[floor_index + i]);
}

void cabin_config_read_rooms(struct cabin_reader *reader, const struct cabin_yaml *top,
			     const struct cabin_draft_defaults *defaults, struct cabin_config *config)
{
	const struct cabin_yaml *list = cabin_yaml_get(top, "rooms");
	if (!cabin_reader_is_list(reader, list, "rooms"))
		return;
	if (list->child_count < 1 || list->child_count > CABIN_CONFIG_ROOMS_MAX) {
		cabin_issues_add(reader->issues, list->place, "rooms has %u items; write 1 to %d", list->child_count,
				 CABIN_CONFIG_ROOMS_MAX);
		return;
	}
	struct rooms rooms = {
	    .reader = reader,
	    .config = config,
	    .defaults = defaults,
	    .sources_known = config->source_count > 0,
	    .languages_known = config->language_count > 0,
	};
	config->rooms = cabin_reader_take(reader, list->child_count * sizeof(config->rooms[0]));
	config->channels = cabin_reader_take(reader, CABIN_CONFIG_CHANNELS_MAX * sizeof(config->channels[0]));
	if (!config->rooms || !config->channels)
		return;
	for (const struct cabin_yaml *item = list->children; item; item = item->next)
		read_room(&rooms, item);
}
