#include <string.h>

#include "config/config_sections.h"
#include "config/config_time.h"

static bool session_times(const struct cabin_config_session *session, int64_t *start_s, int64_t *end_s)
{
	return cabin_time_parse(session->start, start_s) && cabin_time_parse(session->end, end_s);
}

int cabin_config_move_agenda(struct cabin_config *config, int64_t start_unix_s)
{
	int64_t start_s, end_s, earliest_s = INT64_MAX;
	for (uint16_t i = 0; i < config->session_count; i++) {
		if (!session_times(&config->sessions[i], &start_s, &end_s))
			return CABIN_EINVAL;
		earliest_s = start_s < earliest_s ? start_s : earliest_s;
	}
	if (config->session_count == 0)
		return 0;
	struct cabin_config_session *moved =
	    cabin_arena_take(cabin_config_arena(config), config->session_count * sizeof(moved[0]));
	if (!moved)
		return CABIN_ENOMEM;
	int64_t shift_s = start_unix_s - earliest_s;
	for (uint16_t i = 0; i < config->session_count; i++) {
		char start[CABIN_TIME_MAX_BYTES], end[CABIN_TIME_MAX_BYTES];
		if (!session_times(&config->sessions[i], &start_s, &end_s) ||
		    !cabin_time_format_local(start, sizeof(start), start_s + shift_s) ||
		    !cabin_time_format_local(end, sizeof(end), end_s + shift_s))
			return CABIN_EINVAL;
		moved[i] = config->sessions[i];
		moved[i].start = cabin_arena_copy(cabin_config_arena(config), start, strlen(start));
		moved[i].end = cabin_arena_copy(cabin_config_arena(config), end, strlen(end));
		if (!moved[i].start || !moved[i].end)
			return CABIN_ENOMEM;
	}
	config->sessions = moved;
	return 0;
}

/* Copies `text` in; NULL stays NULL. False: no memory. */
static bool copy_text(struct cabin_arena *arena, const char *text, const char **out)
{
	*out = text ? cabin_arena_copy(arena, text, strlen(text)) : NULL;
	return !text || *out;
}

int cabin_config_use_device(struct cabin_config *config, uint16_t room_index, const struct cabin_config_device *device)
{
	static const char id[] = "floor-device";
	CABIN_ASSERT(room_index < config->room_count);
	if (config->device_count == CABIN_DEVICES_MAX || config->source_count == CABIN_CONFIG_SOURCES_MAX)
		return CABIN_EFULL;
	struct cabin_arena *arena = cabin_config_arena(config);
	struct cabin_config_device *devices = cabin_arena_take(arena, (config->device_count + 1u) * sizeof(devices[0]));
	struct cabin_config_source *sources = cabin_arena_take(arena, (config->source_count + 1u) * sizeof(sources[0]));
	uint32_t *inputs = cabin_arena_take(arena, sizeof(inputs[0]));
	struct cabin_config_device copy = *device;
	if (!devices || !sources || !inputs || !copy_text(arena, device->api, &copy.api) ||
	    !copy_text(arena, device->name, &copy.name) || !copy_text(arena, device->jack_server, &copy.jack_server))
		return CABIN_ENOMEM;

	copy.id = id;
	if (config->device_count > 0)
		memcpy(devices, config->devices, config->device_count * sizeof(devices[0]));
	devices[config->device_count] = copy;
	config->devices = devices;
	config->device_count++;

	const struct cabin_config_room *room = &config->rooms[room_index];
	struct cabin_config_channel *channels = &config->channels[room->first_channel_index];
	memcpy(sources, config->sources, config->source_count * sizeof(sources[0]));
	struct cabin_config_source *source = &sources[config->source_count];
	*source = sources[channels[0].source_index];
	inputs[0] = 1;
	source->id = id;
	source->kind = CABIN_SOURCE_DEVICE;
	source->device = id;
	source->inputs = inputs;
	source->input_count = 1;
	source->play = NULL;
	source->play_count = 0;
	source->loop = false;
	source->gain_db = 0;
	config->sources = sources;
	channels[0].source_index = config->source_count++;
	for (uint16_t i = 1; i < room->channel_count; i++)
		channels[i].source_index = CABIN_INDEX_NONE;
	return 0;
}
