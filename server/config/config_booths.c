#include <string.h>

#include "config/config_sections.h"
#include "config/nearest.h"

struct booths {
	struct cabin_reader *reader;
	struct cabin_config *config;
	const struct cabin_draft_defaults *defaults;
};

/* A new one with the defaults; NULL: one too many, told. */
static struct cabin_config_booth *add_booth(struct booths *booths, uint16_t room_index, struct cabin_place place)
{
	struct cabin_config *config = booths->config;
	if (config->booth_count == CABIN_CONFIG_BOOTHS_MAX) {
		cabin_issues_add(booths->reader->issues, place, "more than %d booths in all; remove some",
				 CABIN_CONFIG_BOOTHS_MAX);
		return NULL;
	}
	struct cabin_config_booth *booth = &config->booths[config->booth_count++];
	cabin_schema_set_defaults(&cabin_schema_booth, booth);
	booth->room_index = room_index;
	booth->hold_ms = booths->defaults->hold_ms;
	booth->output_channel_index[0] = booth->output_channel_index[1] = CABIN_INDEX_NONE;
	booth->opus = booths->defaults->source.opus;
	booth->opus.mode = CABIN_OPUS_LOW_DELAY;
	booth->opus.dtx = false;
	return booth;
}

static struct cabin_config_booth *find_booth(const struct cabin_config *config, const char *id)
{
	for (uint16_t i = 0; id && i < config->booth_count; i++)
		if (config->booths[i].id && strcmp(config->booths[i].id, id) == 0)
			return &config->booths[i];
	return NULL;
}

static const char *both(struct cabin_reader *reader, const char *a, const char *b)
{
	const char *text = cabin_arena_format(reader->arena, "%s – %s", a, b);
	reader->no_memory |= !text;
	return text ? text : "";
}

/* Called after its languages where it has no name itself. */
static void complete_name(struct booths *booths, struct cabin_config_booth *booth)
{
	const struct cabin_config_channel *channels = booths->config->channels;
	if (booth->name.en || booth->output_channel_index[0] == CABIN_INDEX_NONE)
		return;
	booth->name = channels[booth->output_channel_index[0]].name;
	if (booth->output_channel_index[1] == CABIN_INDEX_NONE)
		return;
	const struct cabin_text *second = &channels[booth->output_channel_index[1]].name;
	booth->name = (struct cabin_text){.vi = both(booths->reader, booth->name.vi, second->vi),
					  .fr = both(booths->reader, booth->name.fr, second->fr),
					  .en = both(booths->reader, booth->name.en, second->en)};
}

/* Without a list of booths, each language channel's booth is made; channels that name
 * the same one are its outputs. */
static void derive_booths(struct booths *booths, uint16_t room_index, const struct cabin_yaml *channels)
{
	struct cabin_config *config = booths->config;
	const struct cabin_config_room *room = &config->rooms[room_index];
	const struct cabin_yaml *node = channels && channels->kind == CABIN_YAML_LIST ? channels->children : NULL;
	for (uint16_t i = 1; i < room->channel_count && node; i++, node = node->next) {
		uint16_t index = (uint16_t)(room->first_channel_index + i);
		const struct cabin_yaml *key = cabin_yaml_get(node, "booth");
		struct cabin_place place = key ? key->place : node->place;
		struct cabin_config_booth *booth = find_booth(config, config->channels[index].booth_id);
		if (booth && booth->room_index != room_index) {
			cabin_issues_add(booths->reader->issues, place,
					 "booth '%s' is in another room already; give one of them another id",
					 booth->id);
		} else if (booth && booth->output_channel_index[1] != CABIN_INDEX_NONE) {
			cabin_issues_add(booths->reader->issues, place,
					 "booth '%s' has two outputs already; name another booth", booth->id);
		} else if (booth) {
			booth->output_channel_index[1] = index;
		} else if ((booth = add_booth(booths, room_index, place))) {
			booth->id = config->channels[index].booth_id;
			booth->hold_ms = config->channels[index].hold_ms;
			booth->output_channel_index[0] = index;
		}
	}
}

static uint16_t find_output(struct booths *booths, const struct cabin_config_booth *booth,
			    const struct cabin_yaml *item)
{
	const struct cabin_config *config = booths->config;
	const struct cabin_config_room *room = &config->rooms[booth->room_index];
	if (item->kind != CABIN_YAML_SCALAR || cabin_yaml_is_null(item)) {
		cabin_issues_add(booths->reader->issues, item->place,
				 "an output is not a language; write it like outputs: [vi, fr]");
		return CABIN_INDEX_NONE;
	}
	struct cabin_nearest nearest = cabin_nearest_to(item->text);
	for (uint16_t i = 1; i < room->channel_count; i++) {
		uint16_t index = (uint16_t)(room->first_channel_index + i);
		uint16_t language_index = config->channels[index].language_index;
		if (language_index == CABIN_INDEX_NONE)
			continue;
		if (strcmp(config->languages[language_index].id, item->text) == 0)
			return index;
		cabin_nearest_offer(&nearest, config->languages[language_index].id);
	}
	if (nearest.best)
		cabin_issues_add(booths->reader->issues, item->place,
				 "no channel of this room has language '%s'; did you mean '%s'?", item->text,
				 nearest.best);
	else
		cabin_issues_add(booths->reader->issues, item->place,
				 "no channel of this room has language '%s'; add one under channels", item->text);
	return CABIN_INDEX_NONE;
}

static void read_outputs(struct booths *booths, const struct cabin_yaml *list, struct cabin_config_booth *booth)
{
	struct cabin_issues *issues = booths->reader->issues;
	if (!list || !cabin_reader_is_list(booths->reader, list, "outputs"))
		return;
	if (list->child_count < 1 || list->child_count > CABIN_OUTPUTS_MAX) {
		cabin_issues_add(issues, list->place, "outputs has %u items; write 1 or 2 languages",
				 list->child_count);
		return;
	}
	uint16_t *out = booth->output_channel_index;
	for (const struct cabin_yaml *item = list->children; item; item = item->next)
		*out++ = find_output(booths, booth, item);
	if (list->child_count == 2 && booth->output_channel_index[0] != CABIN_INDEX_NONE &&
	    booth->output_channel_index[0] == booth->output_channel_index[1])
		cabin_issues_add(issues, list->place,
				 "outputs a and b are the same; write two languages, or remove one");
}

static void read_documents(struct booths *booths, const struct cabin_yaml *list, struct cabin_config_booth *booth)
{
	struct cabin_reader *reader = booths->reader;
	if (!list || !cabin_reader_is_list(reader, list, "documents"))
		return;
	if (list->child_count > CABIN_DOCUMENTS_MAX) {
		cabin_issues_add(reader->issues, list->place, "documents has %u items; write at most %d",
				 list->child_count, CABIN_DOCUMENTS_MAX);
		return;
	}
	if (list->child_count == 0)
		return;
	booth->documents = cabin_reader_take(reader, list->child_count * sizeof(booth->documents[0]));
	for (const struct cabin_yaml *item = list->children; item && booth->documents; item = item->next) {
		cabin_reader_section(reader, &cabin_schema_document, item, &booth->documents[booth->document_count++]);
		if (item->kind != CABIN_YAML_MAP)
			continue;
		bool file = cabin_yaml_get(item, "file"), url = cabin_yaml_get(item, "url");
		if (file == url)
			cabin_issues_add(reader->issues, item->place, "%s; write one of file and url",
					 file ? "both file and url" : "neither file nor url");
	}
}

static void read_opus(struct booths *booths, const struct cabin_yaml *node, struct cabin_config_booth *booth)
{
	struct cabin_reader *reader = booths->reader;
	cabin_config_read_opus(reader, node, &booth->opus);
	if (booth->opus.mode != CABIN_OPUS_LOW_DELAY || booth->opus.dtx)
		cabin_issues_add(reader->issues, node->place,
				 "a booth's consoles send low-delay without dtx; remove mode and dtx");
}

static void read_booth(struct booths *booths, uint16_t room_index, const struct cabin_yaml *item)
{
	struct cabin_reader *reader = booths->reader;
	struct cabin_config_booth *booth = add_booth(booths, room_index, item->place);
	if (!booth)
		return;
	cabin_reader_section(reader, &cabin_schema_booth, item, booth);
	if (item->kind != CABIN_YAML_MAP)
		return;
	const struct cabin_config_booth *other = find_booth(booths->config, booth->id);
	if (other && other != booth)
		cabin_issues_add(reader->issues, cabin_yaml_get(item, "id")->place,
				 "booth id '%s' is taken already; give one of them another id", booth->id);
	read_outputs(booths, cabin_yaml_get(item, "outputs"), booth);
	if (cabin_yaml_get(item, "opus"))
		read_opus(booths, cabin_yaml_get(item, "opus"), booth);
	read_documents(booths, cabin_yaml_get(item, "documents"), booth);
}

/* The line of a channel belongs to the first booth that has it as output a, else as b. */
static void give_lines(struct booths *booths, const struct cabin_config_room *room, uint16_t first_booth_index)
{
	struct cabin_config *config = booths->config;
	for (uint16_t i = 1; i < room->channel_count; i++) {
		uint16_t index = (uint16_t)(room->first_channel_index + i);
		bool given = false;
		for (unsigned output = 0; output < CABIN_OUTPUTS_MAX && !given; output++)
			for (uint16_t k = first_booth_index; k < config->booth_count && !given; k++) {
				const struct cabin_config_booth *booth = &config->booths[k];
				given = booth->id && booth->output_channel_index[output] == index;
				if (given)
					config->channels[index].booth_id = booth->id;
			}
	}
}

static void read_room(struct booths *booths, uint16_t room_index, const struct cabin_yaml *item)
{
	struct cabin_reader *reader = booths->reader;
	const struct cabin_yaml *list = cabin_yaml_get(item, "booths"), *channels = cabin_yaml_get(item, "channels");
	uint16_t first_booth_index = booths->config->booth_count;
	if (!list) {
		derive_booths(booths, room_index, channels);
		return;
	}
	if (!cabin_reader_is_list(reader, list, "booths"))
		return;
	for (const struct cabin_yaml *node = list->children; node; node = node->next)
		read_booth(booths, room_index, node);
	give_lines(booths, &booths->config->rooms[room_index], first_booth_index);
	for (const struct cabin_yaml *node = channels ? channels->children : NULL; node; node = node->next) {
		const struct cabin_yaml *booth = cabin_yaml_get(node, "booth");
		if (booth)
			cabin_issues_add(reader->issues, booth->key->place,
					 "the room has a list of booths, whose outputs say this; remove the key");
	}
}

void cabin_config_read_booths(struct cabin_reader *reader, const struct cabin_yaml *top,
			      const struct cabin_draft_defaults *defaults, struct cabin_config *config)
{
	const struct cabin_yaml *list = cabin_yaml_get(top, "rooms");
	struct booths booths = {.reader = reader, .config = config, .defaults = defaults};
	if (config->room_count == 0 || !list)
		return;
	config->booths = cabin_reader_take(reader, CABIN_CONFIG_BOOTHS_MAX * sizeof(config->booths[0]));
	if (!config->booths)
		return;
	uint16_t room_index = 0;
	for (const struct cabin_yaml *item = list->children; item && room_index < config->room_count; item = item->next)
		read_room(&booths, room_index++, item);
	for (uint16_t i = 0; i < config->booth_count; i++)
		complete_name(&booths, &config->booths[i]);
}

void cabin_config_read_access(struct cabin_reader *reader, const struct cabin_yaml *top, struct cabin_config *config)
{
	const struct cabin_yaml *node = cabin_yaml_get(top, "access");
	cabin_schema_set_defaults(&cabin_schema_access, &config->access);
	cabin_reader_section(reader, &cabin_schema_access, node, &config->access);
}
