#include <stdlib.h>
#include <string.h>

#include "config/config_change.h"
#include "config/config_change_internal.h"

/* Everything of a new room, made ready before the configuration changes. */
struct plan {
	struct cabin_config *config;
	const struct cabin_config_new_room *room;
	struct cabin_config_refusal *refusal;
	struct cabin_config_language *languages; /* the old ones and those that are added */
	struct cabin_config_room *rooms;
	struct cabin_config_channel *channels;
	struct cabin_config_booth *booths;
	uint16_t language_count;
	uint16_t language_index[CABIN_SPARE_LANGUAGES_MAX];
	uint16_t input_index;
};

/* Room for `more` entries behind a copy of the old ones. NULL: no memory. */
static void *extend(struct cabin_config *config, const void *from, size_t count, size_t more, size_t size)
{
	unsigned char *to = cabin_arena_take(cabin_config_arena(config), (count + more) * size);
	if (to && count > 0)
		memcpy(to, from, count * size);
	return to;
}

static int check_counts(const struct plan *plan)
{
	const struct cabin_config *config = plan->config;
	uint32_t added = 0, language_count = plan->room->language_count;
	for (uint16_t i = 0; i < config->room_count; i++)
		added += config->rooms[i].added;
	if (language_count < 1 || language_count > CABIN_SPARE_LANGUAGES_MAX)
		return cabin_config_refuse(plan->refusal, CABIN_EINVAL, "%u languages; give 1 to %d", language_count,
					   CABIN_SPARE_LANGUAGES_MAX);
	if (added >= config->server.spare_rooms)
		return cabin_config_refuse(
		    plan->refusal, CABIN_EFULL,
		    "all %u spare rooms are in use; remove one that was added, or raise server.spare_rooms",
		    config->server.spare_rooms);
	if (config->room_count == CABIN_CONFIG_ROOMS_MAX ||
	    config->channel_count + 1u + language_count > CABIN_CONFIG_CHANNELS_MAX ||
	    config->booth_count + language_count > CABIN_CONFIG_BOOTHS_MAX)
		return cabin_config_refuse(plan->refusal, CABIN_EFULL,
					   "over %d rooms, %d channels or %d booths in all; remove a room",
					   CABIN_CONFIG_ROOMS_MAX, CABIN_CONFIG_CHANNELS_MAX, CABIN_CONFIG_BOOTHS_MAX);
	return 0;
}

static int check_ids(const struct plan *plan)
{
	const struct cabin_config_new_room *room = plan->room;
	char id[2 * CABIN_NAME_MAX_BYTES];
	if (!cabin_config_id_valid(room->id))
		return cabin_config_refuse(plan->refusal, CABIN_EINVAL,
					   "'%.63s' is not an id; use lower-case letters a to z, digits and hyphens",
					   room->id);
	if (cabin_config_find_room(plan->config, room->id) != CABIN_INDEX_NONE)
		return cabin_config_refuse(plan->refusal, CABIN_EINVAL,
					   "room id '%s' is taken already; give it another id", room->id);
	for (uint16_t i = 0; i < room->language_count; i++) {
		snprintf(id, sizeof(id), "%s-%s", room->id, room->languages[i]);
		if (strlen(room->id) + sizeof(".floor") > CABIN_NAME_MAX_BYTES || strlen(id) >= CABIN_NAME_MAX_BYTES)
			return cabin_config_refuse(plan->refusal, CABIN_EINVAL,
						   "the id '%s' is too long; use at most %d characters", room->id,
						   CABIN_NAME_MAX_BYTES - 1 - (int)strlen(".floor"));
		if (cabin_config_find_booth(plan->config, id) != CABIN_INDEX_NONE)
			return cabin_config_refuse(plan->refusal, CABIN_EINVAL,
						   "booth id '%s' is taken already; give the room another id", id);
		for (uint16_t k = 0; k < i; k++)
			if (strcmp(room->languages[k], room->languages[i]) == 0)
				return cabin_config_refuse(plan->refusal, CABIN_EINVAL,
							   "language '%s' is there twice; remove one",
							   room->languages[i]);
	}
	return 0;
}

static int check_numbers(const struct plan *plan)
{
	const uint16_t *numbers = plan->room->numbers;
	for (uint16_t i = 0; numbers && i <= plan->room->language_count; i++) {
		bool taken = numbers[i] == 0;
		for (uint16_t k = 0; k < i; k++)
			taken |= numbers[k] == numbers[i];
		for (uint16_t k = 0; k < plan->config->channel_count; k++)
			taken |= plan->config->channels[k].number == numbers[i];
		if (taken)
			return cabin_config_refuse(plan->refusal, CABIN_EINVAL,
						   "channel number %u is taken already; give another", numbers[i]);
	}
	return 0;
}

static int find_languages(struct plan *plan)
{
	struct cabin_config *config = plan->config;
	plan->languages = extend(config, config->languages, config->language_count, plan->room->language_count,
				 sizeof(plan->languages[0]));
	plan->language_count = config->language_count;
	if (!plan->languages)
		return CABIN_ENOMEM;
	for (uint16_t i = 0; i < plan->room->language_count; i++) {
		const char *id = plan->room->languages[i];
		uint16_t index = 0;
		while (index < plan->language_count && strcmp(plan->languages[index].id, id) != 0)
			index++;
		plan->language_index[i] = index;
		if (index < plan->language_count)
			continue;
		struct cabin_config_language *language = &plan->languages[index];
		if (!cabin_config_language_name(id, &language->name))
			return cabin_config_refuse(plan->refusal, CABIN_EINVAL,
						   "no language '%.16s'; add it under languages in the configuration",
						   id);
		if (index == CABIN_LANGUAGES_MAX)
			return cabin_config_refuse(plan->refusal, CABIN_EFULL,
						   "more than %d languages; use one that is there",
						   CABIN_LANGUAGES_MAX);
		language->id = cabin_arena_copy(cabin_config_arena(config), id, strlen(id));
		if (!language->id)
			return CABIN_ENOMEM;
		plan->language_count++;
	}
	return 0;
}

/* As the reader would make it of a room that says nothing more. */
static void fill_channel(const struct plan *plan, uint16_t place, struct cabin_config_channel *channel)
{
	const struct cabin_config *config = plan->config;
	struct cabin_draft_defaults defaults;
	uint16_t highest = 0;
	memset(&defaults, 0, sizeof(defaults));
	cabin_schema_set_defaults(&cabin_schema_defaults, &defaults);
	for (uint16_t i = 0; i < config->channel_count; i++)
		highest = config->channels[i].number > highest ? config->channels[i].number : highest;
	*channel = (struct cabin_config_channel){
	    .number = plan->room->numbers ? plan->room->numbers[place] : (uint16_t)(highest + 1 + place),
	    .kind = place == 0 ? CABIN_CHANNEL_FLOOR : CABIN_CHANNEL_LANGUAGE,
	    .language_index = place == 0 ? CABIN_INDEX_NONE : plan->language_index[place - 1],
	    .source_index = place == 0 ? plan->input_index : CABIN_INDEX_NONE,
	    .floor_channel_index = config->channel_count,
	    .room_index = config->room_count,
	    .idle_feed = (enum cabin_idle_feed)defaults.idle_feed,
	    .idle_from_index = CABIN_INDEX_NONE,
	    .hold_ms = defaults.hold_ms,
	    .fade_ms = defaults.fade_ms,
	    .name = place == 0 ? cabin_config_floor_name : plan->languages[plan->language_index[place - 1]].name,
	};
}

static void fill_booth(const struct plan *plan, const struct cabin_config_channel *channel, uint16_t channel_index,
		       struct cabin_config_booth *booth)
{
	cabin_schema_set_defaults(&cabin_schema_booth, booth);
	cabin_schema_set_defaults(&cabin_schema_opus, &booth->opus);
	booth->id = channel->booth_id;
	booth->name = channel->name;
	booth->room_index = plan->config->room_count;
	booth->output_channel_index[0] = channel_index;
	booth->output_channel_index[1] = CABIN_INDEX_NONE;
	booth->hold_ms = channel->hold_ms;
}

/* The arrays as they will be. CABIN_ENOMEM. */
static int fill(struct plan *plan)
{
	struct cabin_config *config = plan->config;
	struct cabin_arena *arena = cabin_config_arena(config);
	const struct cabin_config_new_room *new = plan->room;
	struct cabin_config_room *room = &plan->rooms[config->room_count];
	const char *const *from[] = {&new->id, &new->name.vi, &new->name.fr, &new->name.en};
	const char **const to[] = {&room->id, &room->name.vi, &room->name.fr, &room->name.en};
	for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++)
		if (!(*to[i] = cabin_arena_copy(arena, *from[i], strlen(*from[i]))))
			return CABIN_ENOMEM;
	room->first_channel_index = config->channel_count;
	room->channel_count = (uint16_t)(new->language_count + 1);
	room->added = true;
	for (uint16_t i = 0; i <= new->language_count; i++) {
		uint16_t index = (uint16_t)(config->channel_count + i);
		struct cabin_config_channel *channel = &plan->channels[index];
		fill_channel(plan, i, channel);
		const char *language = i == 0 ? "floor" : new->languages[i - 1];
		channel->id = cabin_arena_format(arena, "%s.%s", new->id, language);
		if (i > 0)
			channel->booth_id = cabin_arena_format(arena, "%s-%s", new->id, language);
		if (!channel->id || (i > 0 && !channel->booth_id))
			return CABIN_ENOMEM;
		if (i > 0)
			fill_booth(plan, channel, index, &plan->booths[config->booth_count + i - 1]);
	}
	return 0;
}

static int check_new_room(struct plan *plan)
{
	const struct cabin_config_new_room *room = plan->room;
	int result = check_counts(plan);
	if (result == 0)
		result = check_ids(plan);
	if (result == 0)
		result = check_numbers(plan);
	if (result == 0)
		result = cabin_config_find_input(plan->config, room->input, &plan->input_index, plan->refusal);
	if (result == 0)
		result = cabin_config_check_name(&room->name, plan->refusal);
	return result == 0 ? find_languages(plan) : result;
}

int cabin_config_add_room(struct cabin_config *config, const struct cabin_config_new_room *room,
			  struct cabin_config_refusal *refusal)
{
	struct plan plan = {.config = config, .room = room, .refusal = refusal};
	refusal->text[0] = '\0';
	int result = check_new_room(&plan);
	if (result != 0)
		return result;
	uint16_t count = room->language_count;
	plan.rooms = extend(config, config->rooms, config->room_count, 1, sizeof(plan.rooms[0]));
	plan.channels = extend(config, config->channels, config->channel_count, count + 1u, sizeof(plan.channels[0]));
	plan.booths = extend(config, config->booths, config->booth_count, count, sizeof(plan.booths[0]));
	if (!plan.rooms || !plan.channels || !plan.booths || fill(&plan) != 0)
		return CABIN_ENOMEM;
	config->languages = plan.languages;
	config->language_count = plan.language_count;
	config->rooms = plan.rooms;
	config->room_count++;
	config->channels = plan.channels;
	config->channel_count = (uint16_t)(config->channel_count + count + 1);
	config->booths = plan.booths;
	config->booth_count = (uint16_t)(config->booth_count + count);
	return 0;
}

/* `index` as it is once `count` entries from `first` on are gone. */
static uint16_t moved(uint16_t index, uint16_t first, uint16_t count)
{
	return index != CABIN_INDEX_NONE && index >= first + count ? (uint16_t)(index - count) : index;
}

static void remove_channels(struct cabin_config *config, uint16_t room_index)
{
	const struct cabin_config_room *room = &config->rooms[room_index];
	uint16_t first = room->first_channel_index, count = room->channel_count;
	config->channel_count = (uint16_t)(config->channel_count - count);
	memmove(&config->channels[first], &config->channels[first + count],
		(config->channel_count - first) * sizeof(config->channels[0]));
	for (uint16_t i = 0; i < config->channel_count; i++) {
		struct cabin_config_channel *channel = &config->channels[i];
		channel->floor_channel_index = moved(channel->floor_channel_index, first, count);
		channel->idle_from_index = moved(channel->idle_from_index, first, count);
		channel->room_index = moved(channel->room_index, room_index, 1);
	}
	for (uint16_t i = 0; i < config->booth_count; i++)
		for (unsigned output = 0; output < CABIN_OUTPUTS_MAX; output++) {
			uint16_t *index = &config->booths[i].output_channel_index[output];
			*index = moved(*index, first, count);
		}
	for (uint16_t i = 0; i < config->room_count; i++)
		config->rooms[i].first_channel_index = moved(config->rooms[i].first_channel_index, first, count);
}

int cabin_config_remove_room(struct cabin_config *config, uint16_t room_index, struct cabin_config_refusal *refusal)
{
	CABIN_ASSERT(room_index < config->room_count);
	refusal->text[0] = '\0';
	if (!config->rooms[room_index].added)
		return cabin_config_refuse(
		    refusal, CABIN_EINVAL,
		    "room '%s' is of the configuration; only rooms that were added can be removed",
		    config->rooms[room_index].id);
	uint16_t kept = 0;
	for (uint16_t i = 0; i < config->booth_count; i++)
		if (config->booths[i].room_index != room_index)
			config->booths[kept++] = config->booths[i];
	config->booth_count = kept;
	remove_channels(config, room_index);
	for (uint16_t i = 0; i < config->booth_count; i++)
		config->booths[i].room_index = moved(config->booths[i].room_index, room_index, 1);
	for (uint16_t i = 0; i < config->session_count; i++)
		config->sessions[i].room_index = moved(config->sessions[i].room_index, room_index, 1);
	config->room_count--;
	memmove(&config->rooms[room_index], &config->rooms[room_index + 1],
		(size_t)(config->room_count - room_index) * sizeof(config->rooms[0]));
	return 0;
}
