#include "config/config_change.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "config/config_change_internal.h"
#include "config/config_time.h"
#include "config/nearest.h"

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

int cabin_config_refuse(struct cabin_config_refusal *refusal, int code, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(refusal->text, sizeof(refusal->text), format, arguments);
	va_end(arguments);
	return code;
}

bool cabin_config_id_valid(const char *id)
{
	size_t size = strlen(id);
	return size > 0 && size < CABIN_NAME_MAX_BYTES && id[0] != '-' &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == size;
}

#define FIND(list, count)                                                                                              \
	for (uint16_t i = 0; i < (count); i++)                                                                         \
		if (strcmp((list)[i].id, id) == 0)                                                                     \
			return i;                                                                                      \
	return CABIN_INDEX_NONE

uint16_t cabin_config_find_channel(const struct cabin_config *config, const char *id)
{
	FIND(config->channels, config->channel_count);
}

uint16_t cabin_config_find_room(const struct cabin_config *config, const char *id)
{
	FIND(config->rooms, config->room_count);
}

uint16_t cabin_config_find_source(const struct cabin_config *config, const char *id)
{
	FIND(config->sources, config->source_count);
}

uint16_t cabin_config_find_booth(const struct cabin_config *config, const char *id)
{
	FIND(config->booths, config->booth_count);
}

int cabin_config_find_input(const struct cabin_config *config, const char *id, uint16_t *out,
			    struct cabin_config_refusal *refusal)
{
	*out = CABIN_INDEX_NONE;
	if (!id)
		return 0;
	struct cabin_nearest nearest = cabin_nearest_to(id);
	for (uint16_t i = 0; i < config->source_count; i++) {
		if (config->sources[i].insert)
			continue;
		if (strcmp(config->sources[i].id, id) == 0) {
			*out = i;
			return 0;
		}
		cabin_nearest_offer(&nearest, config->sources[i].id);
	}
	if (nearest.best)
		return cabin_config_refuse(refusal, CABIN_EINVAL, "no input '%.63s'; did you mean '%s'?", id,
					   nearest.best);
	return cabin_config_refuse(refusal, CABIN_EINVAL,
				   "no input '%.63s'; use one of the sources of the configuration", id);
}

int cabin_config_check_name(const struct cabin_text *name, struct cabin_config_refusal *refusal)
{
	const char *const texts[] = {name->vi, name->fr, name->en};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t size = strlen(texts[i]);
		bool plain = cabin_utf8_valid(texts[i], size, NULL);
		for (size_t k = 0; k < size; k++)
			plain &= (unsigned char)texts[i][k] >= 0x20 && texts[i][k] != 0x7f;
		if (size < 1 || size > CABIN_TEXT_MAX_BYTES || !plain)
			return cabin_config_refuse(refusal, CABIN_EINVAL,
						   "the name is not a line of 1 to %d bytes of UTF-8; correct it",
						   CABIN_TEXT_MAX_BYTES);
	}
	return 0;
}

int cabin_config_set_channel_gain(struct cabin_config *config, uint16_t channel_index, float gain_db,
				  struct cabin_config_refusal *refusal)
{
	CABIN_ASSERT(channel_index < config->channel_count);
	refusal->text[0] = '\0';
	if (!(gain_db >= -40 && gain_db <= 40))
		return cabin_config_refuse(refusal, CABIN_EINVAL, "gain_db is out of range; write -40 to 40");
	config->channels[channel_index].gain_db = gain_db;
	return 0;
}

int cabin_config_set_channel_hide(struct cabin_config *config, uint16_t channel_index, enum cabin_hide hide,
				  struct cabin_config_refusal *refusal)
{
	CABIN_ASSERT(channel_index < config->channel_count);
	refusal->text[0] = '\0';
	if (config->channels[channel_index].kind == CABIN_CHANNEL_FLOOR && hide != CABIN_HIDE_NEVER)
		return cabin_config_refuse(refusal, CABIN_EINVAL,
					   "a floor cannot be hidden: interpreters need it; lock the room instead");
	config->channels[channel_index].hide = hide;
	return 0;
}

int cabin_config_set_room_input(struct cabin_config *config, uint16_t room_index, const char *source_id,
				struct cabin_config_refusal *refusal)
{
	CABIN_ASSERT(room_index < config->room_count);
	uint16_t source_index;
	refusal->text[0] = '\0';
	int result = cabin_config_find_input(config, source_id, &source_index, refusal);
	if (result == 0)
		config->channels[config->rooms[room_index].first_channel_index].source_index = source_index;
	return result;
}

int cabin_config_set_room_lock(struct cabin_config *config, uint16_t room_index, bool locked, const char *pin,
			       struct cabin_config_refusal *refusal)
{
	CABIN_ASSERT(room_index < config->room_count);
	struct cabin_config_room *room = &config->rooms[room_index];
	refusal->text[0] = '\0';
	if (pin && !cabin_config_pin_valid(pin))
		return cabin_config_refuse(refusal, CABIN_EINVAL, "not a PIN; write 4 to 8 digits");
	if (locked && !pin && !room->pin)
		return cabin_config_refuse(refusal, CABIN_EINVAL, "no PIN; give one of 4 to 8 digits");
	if (pin && !(pin = cabin_arena_copy(cabin_config_arena(config), pin, strlen(pin))))
		return CABIN_ENOMEM;
	room->locked = locked;
	room->pin = pin ? pin : room->pin;
	return 0;
}

int cabin_config_copy(struct cabin_config **out, const struct cabin_config *config)
{
	char *text = NULL;
	size_t size;
	*out = NULL;
	FILE *to = open_memstream(&text, &size);
	if (!to)
		return CABIN_ENOMEM;
	cabin_config_print(config, to);
	bool complete = !ferror(to);
	if (fclose(to) != 0 || !complete) {
		free(text);
		return CABIN_ENOMEM;
	}
	int result = cabin_config_parse(out, text, size, "the configuration as it runs", NULL, stderr);
	free(text);
	if (result == 0 && !config->server.data)
		(*out)->server.data = NULL;
	for (uint16_t i = 0; result == 0 && i < config->room_count; i++)
		(*out)->rooms[i].added = config->rooms[i].added;
	return result;
}
