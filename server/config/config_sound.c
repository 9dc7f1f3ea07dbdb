#include <string.h>

#include "config/config_sections.h"
#include "config/nearest.h"

/* Entries of the map `key`, or NULL where there is nothing to read. */
static const struct cabin_yaml *entries(struct cabin_reader *reader, const struct cabin_yaml *top, const char *key,
					uint32_t min, uint32_t max)
{
	const struct cabin_yaml *map = cabin_yaml_get(top, key);
	if (!map || (min == 0 && cabin_yaml_is_null(map)))
		return NULL;
	if (!cabin_reader_is_map(reader, map, key))
		return NULL;
	if (map->child_count < min || map->child_count > max) {
		cabin_issues_add(reader->issues, map->place, "%s has %u entries; write %u to %u", key, map->child_count,
				 min, max);
		return NULL;
	}
	return map;
}

static const char *entry_id(struct cabin_reader *reader, const struct cabin_yaml *entry)
{
	(void)cabin_reader_check_id(reader, entry->key);
	const char *id = cabin_arena_copy(reader->arena, entry->key->text, strlen(entry->key->text));
	reader->no_memory |= !id;
	return id ? id : "";
}

void cabin_config_read_devices(struct cabin_reader *reader, const struct cabin_yaml *top, struct cabin_config *config)
{
	const struct cabin_yaml *map = entries(reader, top, "devices", 0, CABIN_DEVICES_MAX);
	if (!map || map->child_count == 0)
		return;
	config->devices = cabin_reader_take(reader, map->child_count * sizeof(config->devices[0]));
	for (const struct cabin_yaml *entry = map->children; entry && config->devices; entry = entry->next) {
		struct cabin_config_device *device = &config->devices[config->device_count++];
		cabin_schema_set_defaults(&cabin_schema_device, device);
		device->id = entry_id(reader, entry);
		cabin_reader_section(reader, &cabin_schema_device, entry, device);
	}
}

void cabin_config_read_opus(struct cabin_reader *reader, const struct cabin_yaml *node, struct cabin_config_opus *opus)
{
	cabin_reader_section(reader, &cabin_schema_opus, node, opus);
	if (opus->packet_ms == 10 || opus->packet_ms == 20)
		return;
	cabin_issues_add(reader->issues, cabin_yaml_get(node, "packet_ms")->place,
			 "packet_ms %u is not a packet's length here; write 10 or 20", opus->packet_ms);
	opus->packet_ms = 20;
}

void cabin_config_read_defaults(struct cabin_reader *reader, const struct cabin_yaml *top,
				struct cabin_draft_defaults *defaults)
{
	const struct cabin_yaml *node = cabin_yaml_get(top, "defaults");
	memset(defaults, 0, sizeof(*defaults));
	cabin_schema_set_defaults(&cabin_schema_defaults, defaults);
	cabin_schema_set_defaults(&cabin_schema_opus, &defaults->source.opus);
	cabin_reader_section(reader, &cabin_schema_defaults, node, defaults);
	cabin_config_read_opus(reader, cabin_yaml_get(node, "opus"), &defaults->source.opus);
}

static void read_inputs(struct cabin_reader *reader, const struct cabin_yaml *list, struct cabin_config_source *source)
{
	if (!cabin_reader_is_list(reader, list, "inputs"))
		return;
	if (list->child_count < 1 || list->child_count > CABIN_DEVICE_CHANNELS_MAX) {
		cabin_issues_add(reader->issues, list->place, "inputs has %u items; write 1 to %d", list->child_count,
				 CABIN_DEVICE_CHANNELS_MAX);
		return;
	}
	static const struct cabin_schema_key row = {.name = "an input",
						    .type = CABIN_KEY_INTEGER,
						    .min = 1,
						    .max = CABIN_DEVICE_CHANNELS_MAX,
						    .fallback = "none"};
	source->inputs = cabin_reader_take(reader, list->child_count * sizeof(source->inputs[0]));
	for (const struct cabin_yaml *item = list->children; item && source->inputs; item = item->next) {
		uint32_t input;
		if (!cabin_reader_integer(reader, &row, item, &input))
			continue;
		for (uint32_t i = 0; i < source->input_count; i++)
			if (source->inputs[i] == input)
				cabin_issues_add(reader->issues, item->place,
						 "input %u is in the list already; remove one", input);
		source->inputs[source->input_count++] = input;
	}
}

static void read_play_item(struct cabin_reader *reader, const struct cabin_yaml *item, struct cabin_config_play *play)
{
	if (item->kind == CABIN_YAML_SCALAR && !cabin_yaml_is_null(item)) {
		play->file = cabin_reader_file(reader, item);
		return;
	}
	struct cabin_draft_play draft = {NULL, 0, 0};
	cabin_reader_section(reader, &cabin_schema_play, item, &draft);
	if (item->kind != CABIN_YAML_MAP)
		return;
	bool file = cabin_yaml_get(item, "file"), silence = cabin_yaml_get(item, "silence_ms");
	if (file == silence)
		cabin_issues_add(reader->issues, item->place, "%s; write one of file and silence_ms",
				 file ? "both file and silence_ms" : "neither file nor silence_ms");
	if (silence && cabin_yaml_get(item, "length_ms"))
		cabin_issues_add(reader->issues, cabin_yaml_get(item, "length_ms")->key->place,
				 "length_ms goes with file; silence_ms is a length itself, remove length_ms");
	play->file = draft.file;
	play->length_ms = silence ? draft.silence_ms : draft.length_ms;
}

static void read_play(struct cabin_reader *reader, const struct cabin_yaml *list, struct cabin_config_source *source)
{
	if (!cabin_reader_is_list(reader, list, "play"))
		return;
	if (list->child_count < 1 || list->child_count > CABIN_PLAY_MAX) {
		cabin_issues_add(reader->issues, list->place, "play has %u items; write 1 to %d", list->child_count,
				 CABIN_PLAY_MAX);
		return;
	}
	source->play = cabin_reader_take(reader, list->child_count * sizeof(source->play[0]));
	for (const struct cabin_yaml *item = list->children; item && source->play; item = item->next)
		read_play_item(reader, item, &source->play[source->play_count++]);
}

static void check_device(struct cabin_reader *reader, const struct cabin_config *config, const struct cabin_yaml *entry,
			 const char *id)
{
	const struct cabin_yaml *node = cabin_yaml_get(entry, "device");
	if (!cabin_yaml_get(entry, "inputs"))
		cabin_issues_add(reader->issues, node->key->place,
				 "device stands without inputs; add the channels to take, such as inputs: [1]");
	if (!id)
		return;
	struct cabin_nearest nearest = cabin_nearest_to(id);
	for (uint16_t i = 0; i < config->device_count; i++) {
		if (strcmp(config->devices[i].id, id) == 0)
			return;
		cabin_nearest_offer(&nearest, config->devices[i].id);
	}
	if (nearest.best)
		cabin_issues_add(reader->issues, node->place, "no device '%s'; did you mean '%s'?", id, nearest.best);
	else
		cabin_issues_add(reader->issues, node->place, "no device '%s'; add it under devices", id);
}

/* Which of the four kinds, and that nothing of another kind stands beside it. */
static void check_kind(struct cabin_reader *reader, const struct cabin_yaml *entry, struct cabin_config_source *source)
{
	static const struct {
		const char *key;
		enum cabin_source_kind kind;
	} kinds[] = {{"device", CABIN_SOURCE_DEVICE},
		     {"file", CABIN_SOURCE_FILE},
		     {"play", CABIN_SOURCE_FILE},
		     {"tone_hz", CABIN_SOURCE_TONE}};
	const struct cabin_yaml *first = NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct cabin_yaml *node = cabin_yaml_get(entry, kinds[i].key);
		if (!node)
			continue;
		if (first)
			cabin_issues_add(reader->issues, node->key->place,
					 "both %s and %s in one source; keep one of them", first->key->text,
					 kinds[i].key);
		else
			source->kind = kinds[i].kind;
		first = first ? first : node;
	}
	if (!first) {
		cabin_issues_add(reader->issues, entry->place,
				 "source '%s' has no sound; add one of device, file, play and tone_hz",
				 entry->key->text);
		return;
	}
	const struct cabin_yaml *inputs = cabin_yaml_get(entry, "inputs"), *loop = cabin_yaml_get(entry, "loop");
	if (inputs && source->kind != CABIN_SOURCE_DEVICE)
		cabin_issues_add(reader->issues, inputs->key->place,
				 "inputs goes with device; remove it or add device");
	if (loop && source->kind != CABIN_SOURCE_FILE)
		cabin_issues_add(reader->issues, loop->key->place, "loop goes with file or play; remove it");
}

static void read_source(struct cabin_reader *reader, const struct cabin_yaml *entry,
			const struct cabin_draft_defaults *defaults, const struct cabin_config *config,
			struct cabin_config_source *out)
{
	struct cabin_draft_source draft = {.source = defaults->source};
	draft.source.id = entry_id(reader, entry);
	cabin_reader_section(reader, &cabin_schema_source, entry, &draft);
	*out = draft.source;
	if (entry->kind != CABIN_YAML_MAP)
		return;
	cabin_config_read_opus(reader, cabin_yaml_get(entry, "opus"), &out->opus);
	read_inputs(reader, cabin_yaml_get(entry, "inputs"), out);
	check_kind(reader, entry, out);
	if (cabin_yaml_get(entry, "device"))
		check_device(reader, config, entry, out->device);
	read_play(reader, cabin_yaml_get(entry, "play"), out);
	if (draft.file && !out->play) {
		out->play = cabin_reader_take(reader, sizeof(out->play[0]));
		if (!out->play)
			return;
		out->play[0].file = draft.file;
		out->play_count = 1;
	}
}

void cabin_config_read_sources(struct cabin_reader *reader, const struct cabin_yaml *top,
			       const struct cabin_draft_defaults *defaults, struct cabin_config *config)
{
	const struct cabin_yaml *map = entries(reader, top, "sources", 1, CABIN_CONFIG_SOURCES_MAX);
	if (!map)
		return;
	config->sources = cabin_reader_take(reader, map->child_count * sizeof(config->sources[0]));
	for (const struct cabin_yaml *entry = map->children; entry && config->sources; entry = entry->next)
		read_source(reader, entry, defaults, config, &config->sources[config->source_count++]);
}
