#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

/* Each of these gives a new reference, or NULL when there is no memory; json_pack
 * takes the references and fails when one of them is NULL. */

static json_t *names_json(const struct cabin_text *names)
{
	return json_pack("{s:s, s:s, s:s}", "vi", names->vi, "fr", names->fr, "en", names->en);
}

static uint32_t packet_ms(const struct cabin_config *config, const struct cabin_config_channel *channel)
{
	uint16_t source_index = channel->source_index;
	if (source_index == CABIN_INDEX_NONE)
		source_index = config->channels[channel->floor_channel_index].source_index;
	if (source_index == CABIN_INDEX_NONE)
		return CABIN_PACKET_MAX_SAMPLES * 1000 / CABIN_RATE_HZ;
	return config->sources[source_index].opus.packet_ms;
}

static json_t *channel_json(const struct cabin_config *config, const struct cabin_config_channel *channel)
{
	bool floor = channel->kind == CABIN_CHANNEL_FLOOR;
	const char *language = floor ? NULL : config->languages[channel->language_index].id;
	return json_pack("{s:i, s:s, s:s, s:s?, s:i, s:o}", "number", (int)channel->number, "id", channel->id, "kind",
			 floor ? "floor" : "language", "language", language, "packet_ms",
			 (int)packet_ms(config, channel), "name", names_json(&channel->name));
}

/* Appends `item`, which it takes, to `list`; false when either is NULL or memory ends. */
static bool append(json_t *list, json_t *item)
{
	return json_array_append_new(list, item) == 0;
}

static json_t *finish(json_t *list, bool complete)
{
	if (complete)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *languages_json(const struct cabin_config *config)
{
	json_t *list = json_array();
	bool complete = list != NULL;
	for (uint16_t i = 0; complete && i < config->language_count; i++)
		complete = append(list, json_pack("{s:s, s:o}", "id", config->languages[i].id, "name",
						  names_json(&config->languages[i].name)));
	return finish(list, complete);
}

static bool is_hidden(const uint64_t *hidden, uint16_t channel_index)
{
	return hidden[channel_index / 64] >> (channel_index % 64) & 1;
}

static json_t *rooms_json(const struct cabin_config *config, const uint64_t *hidden)
{
	json_t *list = json_array();
	bool complete = list != NULL;
	for (uint16_t i = 0; complete && i < config->room_count; i++) {
		const struct cabin_config_room *room = &config->rooms[i];
		json_t *channels = json_array();
		complete = channels != NULL;
		for (uint16_t k = 0; complete && k < room->channel_count; k++) {
			uint16_t index = (uint16_t)(room->first_channel_index + k);
			if (!is_hidden(hidden, index))
				complete = append(channels, channel_json(config, &config->channels[index]));
		}
		channels = finish(channels, complete);
		json_t *locked = room->locked ? json_true() : NULL;
		complete = append(list, json_pack("{s:s, s:o, s:o*, s:o}", "id", room->id, "name",
						  names_json(&room->name), "locked", locked, "channels", channels));
	}
	return finish(list, complete);
}

static json_t *booth_json(const struct cabin_config *config, const struct cabin_config_booth *booth)
{
	json_t *outputs = json_array();
	bool complete = outputs != NULL;
	for (unsigned i = 0; i < CABIN_OUTPUTS_MAX && booth->output_channel_index[i] != CABIN_INDEX_NONE; i++)
		complete =
		    complete && append(outputs, json_integer(config->channels[booth->output_channel_index[i]].number));
	return json_pack("{s:s, s:o, s:s, s:o, s:i}", "id", booth->id, "name", names_json(&booth->name), "room",
			 config->rooms[booth->room_index].id, "outputs", finish(outputs, complete), "seats",
			 (int)booth->seat_count);
}

static json_t *booths_json(const struct cabin_config *config)
{
	json_t *list = json_array();
	bool complete = list != NULL;
	for (uint16_t i = 0; complete && i < config->booth_count; i++)
		complete = append(list, booth_json(config, &config->booths[i]));
	return finish(list, complete);
}

static json_t *agenda_json(const struct cabin_config *config)
{
	json_t *list = json_array();
	bool complete = list != NULL;
	for (uint16_t i = 0; complete && i < config->session_count; i++) {
		const struct cabin_config_session *session = &config->sessions[i];
		complete = append(list, json_pack("{s:s, s:s, s:s, s:s, s:o}", "id", session->id, "room",
						  config->rooms[session->room_index].id, "start", session->start, "end",
						  session->end, "title", names_json(&session->title)));
	}
	return finish(list, complete);
}

char *cabin_config_documents_json(const struct cabin_config_booth *booth)
{
	json_t *list = json_array();
	bool complete = list != NULL;
	for (uint16_t i = 0; complete && i < booth->document_count; i++) {
		const struct cabin_config_document *document = &booth->documents[i];
		const char *slash = document->file ? strrchr(document->file, '/') : NULL;
		complete = append(list, json_pack("{s:i, s:o, s:s?, s:s?}", "number", (int)i + 1, "title",
						  names_json(&document->title), "url", document->url, "file",
						  slash ? slash + 1 : document->file));
	}
	list = finish(list, complete);
	json_t *answer = json_pack("{s:o}", "documents", list);
	char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
	json_decref(answer);
	return text;
}

/* FNV-1a, 64 bits: names a version of the text, and keeps nothing secret. */
static uint64_t hash(const char *text)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325);
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		value = (value ^ *c) * UINT64_C(0x100000001b3);
	return value;
}

char *cabin_config_event_json(const struct cabin_config *config)
{
	uint64_t hidden[CABIN_CONFIG_HIDDEN_WORDS] = {0};
	for (uint16_t i = 0; i < config->channel_count; i++)
		if (config->channels[i].hide == CABIN_HIDE_ALWAYS)
			hidden[i / 64] |= UINT64_C(1) << (i % 64);
	return cabin_config_event_json_without(config, hidden);
}

char *cabin_config_event_json_without(const struct cabin_config *config,
				      const uint64_t hidden[CABIN_CONFIG_HIDDEN_WORDS])
{
	char *text = NULL;
	char revision[17];
	json_t *event = json_pack("{s:s, s:o}", "id", config->event_id, "name", names_json(&config->event_name));
	json_t *answer = json_pack("{s:i, s:o, s:o, s:o, s:o, s:o}", "protocol", 1, "event", event, "languages",
				   languages_json(config), "rooms", rooms_json(config, hidden), "booths",
				   booths_json(config), "agenda", agenda_json(config));
	char *content = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
	if (!content)
		goto out;
	snprintf(revision, sizeof(revision), "%016" PRIx64, hash(content));
	if (json_object_set_new(answer, "revision", json_string(revision)) == 0)
		text = json_dumps(answer, JSON_COMPACT);
out:
	free(content);
	json_decref(answer);
	return text;
}
