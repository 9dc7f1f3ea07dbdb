#include <math.h>
#include <string.h>

#include "config/config_sections.h"
#include "config/nearest.h"

const char *const cabin_config_alarm_kinds[] = {
    "floor-silent",	  "booth-silent-on-air",
    "clipping",		  "too-low",
    "device-lost",	  "capture-overruns",
    "packet-gaps",	  "delay",
    "listeners-dropping", "listeners-in-trouble",
    "uplink-late",	  "clock-jump",
    "certificate",	  "disk-low",
    "store-failed",	  NULL,
};

/* An id of `languages`, or one of the three in which the pages are. */
static bool language_known(const struct cabin_config *config, const char *id)
{
	if (strcmp(id, "vi") == 0 || strcmp(id, "fr") == 0 || strcmp(id, "en") == 0)
		return true;
	for (uint16_t i = 0; i < config->language_count; i++)
		if (config->languages[i].id && strcmp(config->languages[i].id, id) == 0)
			return true;
	return false;
}

static void read_files(struct cabin_reader *reader, const struct cabin_yaml *map, const struct cabin_config *config,
		       struct cabin_config_announcement *announcement)
{
	if (!cabin_reader_is_map(reader, map, "files"))
		return;
	if (map->child_count < 1 || map->child_count > CABIN_LANGUAGES_MAX) {
		cabin_issues_add(reader->issues, map->place, "files has %u entries; write 1 to %d, as in {vi: FILE}",
				 map->child_count, CABIN_LANGUAGES_MAX);
		return;
	}
	announcement->files = cabin_reader_take(reader, map->child_count * sizeof(announcement->files[0]));
	for (const struct cabin_yaml *entry = map->children; entry && announcement->files; entry = entry->next) {
		if (!language_known(config, entry->key->text)) {
			cabin_issues_add(reader->issues, entry->key->place, "no language '%s'; add it under languages",
					 entry->key->text);
			continue;
		}
		if (entry->kind != CABIN_YAML_SCALAR || cabin_yaml_is_null(entry)) {
			cabin_issues_add(reader->issues, entry->place, "the file of '%s' is missing; write its name",
					 entry->key->text);
			continue;
		}
		struct cabin_config_announcement_file *file = &announcement->files[announcement->file_count++];
		file->language = cabin_arena_copy(reader->arena, entry->key->text, strlen(entry->key->text));
		file->file = cabin_reader_file(reader, entry);
		reader->no_memory |= !file->language;
	}
}

static void check_announcement_id(struct cabin_reader *reader, const struct cabin_config *config,
				  const struct cabin_yaml *item, const struct cabin_config_announcement *announcement)
{
	const struct cabin_yaml *id = cabin_yaml_get(item, "id");
	if (!announcement->id)
		return;
	if (strlen(announcement->id) >= CABIN_ANNOUNCEMENT_ID_MAX_BYTES)
		cabin_issues_add(reader->issues, id->place, "the id is %zu characters long; use at most %d",
				 strlen(announcement->id), CABIN_ANNOUNCEMENT_ID_MAX_BYTES - 1);
	if (strcmp(announcement->id, "tone") == 0 || strcmp(announcement->id, "voice") == 0)
		cabin_issues_add(reader->issues, id->place,
				 "'%s' is a word of the desk itself; give the announcement another id",
				 announcement->id);
	for (const struct cabin_config_announcement *other = config->announcements; other < announcement; other++)
		if (other->id && strcmp(other->id, announcement->id) == 0)
			cabin_issues_add(reader->issues, id->place,
					 "announcement id '%s' is taken already; give one of them another id",
					 announcement->id);
}

void cabin_config_read_announcements(struct cabin_reader *reader, const struct cabin_yaml *top,
				     struct cabin_config *config)
{
	const struct cabin_yaml *list = cabin_yaml_get(top, "announcements");
	if (!list || cabin_yaml_is_null(list) || !cabin_reader_is_list(reader, list, "announcements"))
		return;
	if (list->child_count > CABIN_ANNOUNCEMENTS_MAX) {
		cabin_issues_add(reader->issues, list->place, "announcements has %u items; write at most %d",
				 list->child_count, CABIN_ANNOUNCEMENTS_MAX);
		return;
	}
	if (list->child_count == 0)
		return;
	config->announcements = cabin_reader_take(reader, list->child_count * sizeof(config->announcements[0]));
	for (const struct cabin_yaml *item = list->children; item && config->announcements; item = item->next) {
		struct cabin_config_announcement *announcement = &config->announcements[config->announcement_count++];
		cabin_reader_section(reader, &cabin_schema_announcement, item, announcement);
		if (item->kind != CABIN_YAML_MAP)
			continue;
		check_announcement_id(reader, config, item, announcement);
		read_files(reader, cabin_yaml_get(item, "files"), config, announcement);
	}
	if (reader->issues->count == 0 && cabin_config_count_inserts(config) > CABIN_CONFIG_INSERTS_MAX)
		cabin_issues_add(reader->issues, list->place,
				 "announcements make %u sounds with the built-in ones; %d at most, remove some",
				 cabin_config_count_inserts(config), CABIN_CONFIG_INSERTS_MAX);
}

/* The table's own text, or NULL with an issue. */
static const char *find_kind(struct cabin_reader *reader, const struct cabin_yaml *key)
{
	struct cabin_nearest nearest = cabin_nearest_to(key->text);
	for (size_t i = 0; cabin_config_alarm_kinds[i]; i++) {
		if (strcmp(cabin_config_alarm_kinds[i], key->text) == 0)
			return cabin_config_alarm_kinds[i];
		cabin_nearest_offer(&nearest, cabin_config_alarm_kinds[i]);
	}
	if (nearest.best)
		cabin_issues_add(reader->issues, key->place, "no alarm '%s'; did you mean '%s'?", key->text,
				 nearest.best);
	else
		cabin_issues_add(reader->issues, key->place, "no alarm '%s'; docs/alarms.md tells them all", key->text);
	return NULL;
}

void cabin_config_read_alarms(struct cabin_reader *reader, const struct cabin_yaml *top, struct cabin_config *config)
{
	const struct cabin_yaml *map = cabin_yaml_get(top, "alarms");
	if (!map || cabin_yaml_is_null(map) || !cabin_reader_is_map(reader, map, "alarms"))
		return;
	if (map->child_count == 0)
		return;
	config->alarms = cabin_reader_take(reader, CABIN_ALARMS_MAX * sizeof(config->alarms[0]));
	for (const struct cabin_yaml *entry = map->children; entry && config->alarms; entry = entry->next) {
		const char *kind = find_kind(reader, entry->key);
		if (!kind || config->alarm_count == CABIN_ALARMS_MAX)
			continue;
		struct cabin_config_alarm *alarm = &config->alarms[config->alarm_count++];
		cabin_schema_set_defaults(&cabin_schema_alarm, alarm);
		alarm->kind = kind;
		cabin_reader_section(reader, &cabin_schema_alarm, entry, alarm);
	}
}
