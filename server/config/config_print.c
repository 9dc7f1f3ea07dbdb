#include <math.h>
#include <string.h>

#include "config/config_sections.h"

/* In double quotes, which hold every text that a configuration may have. */
static void print_text(const char *text, FILE *to)
{
	fputc('"', to);
	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			fputc('\\', to);
		fputc(*c, to);
	}
	fputc('"', to);
}

static void print_names(const struct cabin_text *names, FILE *to)
{
	fputs("{vi: ", to);
	print_text(names->vi, to);
	fputs(", fr: ", to);
	print_text(names->fr, to);
	fputs(", en: ", to);
	print_text(names->en, to);
	fputc('}', to);
}

static void print_value(const struct cabin_schema_key *key, const unsigned char *field, FILE *to)
{
	uint32_t integer;
	float number;
	unsigned choice;
	bool on;
	const char *text;
	switch (key->type) {
	case CABIN_KEY_NAMES:
		print_names((const struct cabin_text *)(const void *)field, to);
		break;
	case CABIN_KEY_INTEGER:
		memcpy(&integer, field, sizeof(integer));
		fprintf(to, "%u", integer);
		break;
	case CABIN_KEY_NUMBER:
		memcpy(&number, field, sizeof(number));
		fprintf(to, "%.9g", (double)number);
		break;
	case CABIN_KEY_SWITCH:
		memcpy(&on, field, sizeof(on));
		fputs(on ? "true" : "false", to);
		break;
	case CABIN_KEY_CHOICE:
		memcpy(&choice, field, sizeof(choice));
		fputs(key->choices[choice], to);
		break;
	default:
		memcpy(&text, field, sizeof(text));
		print_text(text, to);
	}
}

/* False for what cannot be written: no text, or a number that stands for "not given". */
static bool has_value(const struct cabin_schema_key *key, const unsigned char *field)
{
	uint32_t integer;
	float number;
	const char *text;
	switch (key->type) {
	case CABIN_KEY_NESTED:
		return false;
	case CABIN_KEY_INTEGER:
		memcpy(&integer, field, sizeof(integer));
		return !key->fallback || integer != (uint32_t)key->initial;
	case CABIN_KEY_NUMBER:
		memcpy(&number, field, sizeof(number));
		return !key->fallback || (isnan(key->initial) ? !isnan(number) : fpclassify(number) != FP_ZERO);
	case CABIN_KEY_NAMES:
	case CABIN_KEY_SWITCH:
	case CABIN_KEY_CHOICE:
		return true;
	default:
		memcpy(&text, field, sizeof(text));
		return text != NULL;
	}
}

/* Every key of the section, a line each, after `lead`; in list items the first line
 * begins with `first_lead`. */
static void print_section(const struct cabin_schema_section *section, const void *from, const char *first_lead,
			  const char *lead, FILE *to)
{
	for (size_t i = 0; i < section->key_count; i++) {
		const struct cabin_schema_key *key = &section->keys[i];
		const unsigned char *field = (const unsigned char *)from + key->offset;
		if (!has_value(key, field))
			continue;
		fprintf(to, "%s%s: ", first_lead, key->name);
		print_value(key, field, to);
		fputc('\n', to);
		first_lead = lead;
	}
}

static void print_play(const struct cabin_config_source *source, FILE *to)
{
	fputs("    play:\n", to);
	for (uint32_t i = 0; i < source->play_count; i++) {
		const struct cabin_config_play *play = &source->play[i];
		struct cabin_draft_play draft = {play->file, play->file ? play->length_ms : 0,
						 play->file ? 0 : play->length_ms};
		print_section(&cabin_schema_play, &draft, "      - ", "        ", to);
	}
}

static void print_source(const struct cabin_config_source *source, FILE *to)
{
	struct cabin_draft_source draft = {.source = *source};
	fprintf(to, "  %s:\n", source->id);
	if (source->kind == CABIN_SOURCE_FILE)
		print_play(source, to);
	for (uint32_t i = 0; i < source->input_count; i++)
		fprintf(to, "%s%u%s", i == 0 ? "    inputs: [" : ", ", source->inputs[i],
			i + 1 == source->input_count ? "]\n" : "");
	for (size_t i = 0; i < cabin_schema_source.key_count; i++) {
		const struct cabin_schema_key *key = &cabin_schema_source.keys[i];
		const unsigned char *field = (const unsigned char *)&draft + key->offset;
		bool loop = strcmp(key->name, "loop") == 0;
		if (!has_value(key, field) || (loop && source->kind != CABIN_SOURCE_FILE))
			continue;
		fprintf(to, "    %s: ", key->name);
		print_value(key, field, to);
		fputc('\n', to);
	}
	fputs("    opus:\n", to);
	print_section(&cabin_schema_opus, &source->opus, "      ", "      ", to);
}

static void print_channel(const struct cabin_config *config, const struct cabin_config_channel *channel, FILE *to)
{
	bool floor = channel->kind == CABIN_CHANNEL_FLOOR;
	struct cabin_draft_channel draft = {
	    .language = floor ? NULL : config->languages[channel->language_index].id,
	    .source = channel->source_index == CABIN_INDEX_NONE ? NULL : config->sources[channel->source_index].id,
	    .number = channel->number,
	    .hold_ms = channel->hold_ms,
	    .fade_ms = channel->fade_ms,
	    .idle_feed = channel->idle_feed,
	    .gain_db = channel->gain_db,
	    .hide = channel->hide,
	    .idle_from = floor || channel->idle_feed != CABIN_IDLE_CHANNEL
			     ? NULL
			     : config->languages[config->channels[channel->idle_from_index].language_index].id,
	};
	if (floor)
		print_section(&cabin_schema_floor, &draft, "      ", "      ", to);
	else
		print_section(&cabin_schema_channel, &draft, "      - ", "        ", to);
}

static void print_booth(const struct cabin_config *config, const struct cabin_config_booth *booth, FILE *to)
{
	print_section(&cabin_schema_booth, booth, "      - ", "        ", to);
	for (unsigned i = 0; i < CABIN_OUTPUTS_MAX && booth->output_channel_index[i] != CABIN_INDEX_NONE; i++)
		fprintf(to, "%s%s", i == 0 ? "        outputs: [" : ", ",
			config->languages[config->channels[booth->output_channel_index[i]].language_index].id);
	fputs("]\n        opus:\n", to);
	print_section(&cabin_schema_opus, &booth->opus, "          ", "          ", to);
	if (booth->document_count > 0)
		fputs("        documents:\n", to);
	for (uint16_t i = 0; i < booth->document_count; i++)
		print_section(&cabin_schema_document, &booth->documents[i], "          - ", "            ", to);
}

static void print_room(const struct cabin_config *config, const struct cabin_config_room *room, FILE *to)
{
	struct cabin_draft_room draft = {room->id, room->name, room->locked, room->pin};
	print_section(&cabin_schema_room, &draft, "  - ", "    ", to);
	fputs("    floor:\n", to);
	print_channel(config, &config->channels[room->first_channel_index], to);
	if (room->channel_count > 1)
		fputs("    channels:\n", to);
	for (uint16_t i = 1; i < room->channel_count; i++)
		print_channel(config, &config->channels[room->first_channel_index + i], to);
	bool first = true;
	for (uint16_t i = 0; i < config->booth_count; i++) {
		if (&config->rooms[config->booths[i].room_index] != room)
			continue;
		if (first)
			fputs("    booths:\n", to);
		first = false;
		print_booth(config, &config->booths[i], to);
	}
}

static void print_announcements(const struct cabin_config *config, FILE *to)
{
	if (config->announcement_count > 0)
		fputs("announcements:\n", to);
	for (uint16_t i = 0; i < config->announcement_count; i++) {
		const struct cabin_config_announcement *announcement = &config->announcements[i];
		print_section(&cabin_schema_announcement, announcement, "  - ", "    ", to);
		fputs("    files:\n", to);
		for (uint16_t k = 0; k < announcement->file_count; k++) {
			fprintf(to, "      %s: ", announcement->files[k].language);
			print_text(announcement->files[k].file, to);
			fputc('\n', to);
		}
	}
}

static void print_alarms(const struct cabin_config *config, FILE *to)
{
	if (config->alarm_count > 0)
		fputs("alarms:\n", to);
	for (uint16_t i = 0; i < config->alarm_count; i++) {
		fprintf(to, "  %s:\n", config->alarms[i].kind);
		print_section(&cabin_schema_alarm, &config->alarms[i], "    ", "    ", to);
	}
}

void cabin_config_print(const struct cabin_config *config, FILE *to)
{
	struct cabin_draft_event event = {config->event_id, config->event_name};
	fputs("event:\n", to);
	print_section(&cabin_schema_event, &event, "  ", "  ", to);
	fputs("server:\n", to);
	print_section(&cabin_schema_server, &config->server, "  ", "  ", to);
	if (config->access.key || config->access.revoked)
		fputs("access:\n", to);
	print_section(&cabin_schema_access, &config->access, "  ", "  ", to);
	fputs("languages:\n", to);
	for (uint16_t i = 0; i < config->language_count; i++) {
		struct cabin_draft_language language = {config->languages[i].id, config->languages[i].name};
		print_section(&cabin_schema_language, &language, "  - ", "    ", to);
	}
	if (config->device_count > 0)
		fputs("devices:\n", to);
	for (uint16_t i = 0; i < config->device_count; i++) {
		fprintf(to, "  %s:\n", config->devices[i].id);
		print_section(&cabin_schema_device, &config->devices[i], "    ", "    ", to);
	}
	fputs("sources:\n", to);
	for (uint16_t i = 0; i < config->source_count; i++)
		if (!config->sources[i].insert)
			print_source(&config->sources[i], to);
	fputs("rooms:\n", to);
	for (uint16_t i = 0; i < config->room_count; i++)
		print_room(config, &config->rooms[i], to);
	if (config->session_count > 0)
		fputs("agenda:\n", to);
	for (uint16_t i = 0; i < config->session_count; i++) {
		const struct cabin_config_session *session = &config->sessions[i];
		struct cabin_draft_session draft = {session->id, config->rooms[session->room_index].id, session->start,
						    session->end, session->title};
		print_section(&cabin_schema_session, &draft, "  - ", "    ", to);
	}
	print_announcements(config, to);
	print_alarms(config, to);
}
