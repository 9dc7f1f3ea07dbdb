#include <string.h>

#include "config/config_sections.h"

/* What deploy/sounds has: GROUP.LANGUAGE.opus. */
static const char *const built_in_languages[] = {"vi", "fr", "en"};
static const char identification[] = "identification";
static const struct {
	const char *id;
	struct cabin_text title;
} built_in[] = {
    {identification, {"Xưng tên kênh", "Identification du canal", "Channel identification"}},
    {"evacuation", {"Sơ tán", "Évacuation", "Evacuation"}},
    {"resume-soon", {"Sắp tiếp tục", "Reprise imminente", "Resuming soon"}},
    {"technical-break", {"Sự cố kỹ thuật", "Incident technique", "Technical break"}},
};
enum {
	BUILT_IN_COUNT = sizeof(built_in) / sizeof(built_in[0]),
	LANGUAGE_COUNT = sizeof(built_in_languages) / sizeof(built_in_languages[0]),
	TONE_HZ = 1000
};

static bool is_replaced(const struct cabin_config *config, const char *id)
{
	for (uint16_t i = 0; i < config->announcement_count; i++)
		if (config->announcements[i].id && strcmp(config->announcements[i].id, id) == 0)
			return true;
	return false;
}

uint32_t cabin_config_count_inserts(const struct cabin_config *config)
{
	uint32_t count = 1; /* the tone */
	for (uint32_t i = 0; i < BUILT_IN_COUNT; i++)
		count += is_replaced(config, built_in[i].id) ? 0 : LANGUAGE_COUNT + 1;
	for (uint16_t i = 0; i < config->announcement_count; i++)
		count += config->announcements[i].file_count + 1u;
	return count;
}

/* The files of a built-in group. False: no memory. */
static bool fill_built_in(struct cabin_arena *arena, const char *sounds_folder, const char *id,
			  struct cabin_config_announcement *out)
{
	out->files = cabin_arena_take(arena, LANGUAGE_COUNT * sizeof(out->files[0]));
	for (uint16_t i = 0; out->files && i < LANGUAGE_COUNT; i++) {
		struct cabin_config_announcement_file *file = &out->files[i];
		file->language = built_in_languages[i];
		file->file = cabin_arena_format(arena, "%s/%s.%s.opus", sounds_folder, id, file->language);
		if (!file->file)
			return false;
		out->file_count++;
	}
	return out->files != NULL;
}

/* The next source and its insert; `language` NULL: without. False: no memory. */
static bool add(struct cabin_config *config, struct cabin_arena *arena, const struct cabin_config_insert *insert,
		const struct cabin_config_source *sound)
{
	const char *group = insert->group ? insert->group : insert->id;
	const char *id = insert->language ? cabin_arena_format(arena, "%s.%s", group, insert->language) : group;
	struct cabin_config_source *source = &config->sources[config->source_count];
	struct cabin_draft_source draft = {.file = NULL};
	cabin_schema_set_defaults(&cabin_schema_source, &draft);
	*source = draft.source;
	cabin_schema_set_defaults(&cabin_schema_opus, &source->opus);
	source->id = id ? cabin_arena_format(arena, "insert.%s", id) : NULL;
	if (!source->id)
		return false;
	source->kind = sound->kind;
	source->play = sound->play;
	source->play_count = sound->play_count;
	source->tone_hz = sound->tone_hz;
	source->gate_db = -120; /* whatever it plays is meant to be heard */
	source->insert = true;
	config->inserts[config->insert_count] = *insert;
	config->inserts[config->insert_count].id = id;
	config->inserts[config->insert_count++].source_index = config->source_count++;
	return true;
}

/* One insert for each language, and one for all of them. False: no memory. */
static bool add_group(struct cabin_config *config, struct cabin_arena *arena,
		      const struct cabin_config_announcement *group)
{
	bool identifies = strcmp(group->id, identification) == 0;
	struct cabin_config_insert insert = {
	    .id = group->id,
	    .kind = identifies ? CABIN_INSERT_IDENTIFICATION : CABIN_INSERT_ANNOUNCEMENT,
	    .group = identifies ? NULL : group->id,
	    .title = group->title,
	};
	struct cabin_config_play *play = cabin_arena_take(arena, group->file_count * sizeof(play[0]));
	if (!play)
		return false;
	struct cabin_config_source sound = {.kind = CABIN_SOURCE_FILE, .play = play, .play_count = group->file_count};
	for (uint16_t i = 0; i < group->file_count; i++)
		play[i].file = group->files[i].file;
	if (!add(config, arena, &insert, &sound))
		return false;
	sound.play_count = 1;
	for (uint16_t i = 0; i < group->file_count; i++) {
		insert.language = group->files[i].language;
		sound.play = &play[i];
		if (!add(config, arena, &insert, &sound))
			return false;
	}
	return true;
}

/* Makes room for the inserts. False: no memory. */
static bool grow(struct cabin_config *config, struct cabin_arena *arena, uint32_t insert_count)
{
	struct cabin_config_source *sources =
	    cabin_arena_take(arena, (config->source_count + insert_count) * sizeof(sources[0]));
	config->inserts = cabin_arena_take(arena, insert_count * sizeof(config->inserts[0]));
	if (!sources || !config->inserts)
		return false;
	memcpy(sources, config->sources, config->source_count * sizeof(sources[0]));
	config->sources = sources;
	return true;
}

int cabin_config_add_inserts(struct cabin_config *config, const char *sounds_folder)
{
	CABIN_ASSERT(config->insert_count == 0);
	struct cabin_arena *arena = cabin_config_arena(config);
	uint32_t insert_count = cabin_config_count_inserts(config);
	if (config->source_count + insert_count > CABIN_SOURCES_MAX)
		return CABIN_EFULL;
	if (!grow(config, arena, insert_count))
		return CABIN_ENOMEM;
	uint16_t first_source_index = config->source_count;
	const struct cabin_config_insert tone = {
	    .id = "tone", .kind = CABIN_INSERT_TONE, .title = {"Tín hiệu thử", "Tonalité de test", "Test tone"}};
	const struct cabin_config_source sine = {.kind = CABIN_SOURCE_TONE, .tone_hz = TONE_HZ};
	bool complete = add(config, arena, &tone, &sine);
	for (uint32_t i = 0; complete && i < BUILT_IN_COUNT; i++) {
		struct cabin_config_announcement group = {.id = built_in[i].id, .title = built_in[i].title};
		if (!is_replaced(config, group.id))
			complete =
			    fill_built_in(arena, sounds_folder, group.id, &group) && add_group(config, arena, &group);
	}
	for (uint16_t i = 0; complete && i < config->announcement_count; i++)
		complete = add_group(config, arena, &config->announcements[i]);
	if (complete)
		return 0;
	config->source_count = first_source_index;
	config->insert_count = 0;
	return CABIN_ENOMEM;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

const struct cabin_config_insert *cabin_config_find_insert(const struct cabin_config *config,
							   enum cabin_insert_kind kind, const char *group,
							   const char *language)
{
	const struct cabin_config_insert *for_all = NULL;
	for (uint16_t i = 0; i < config->insert_count; i++) {
		const struct cabin_config_insert *insert = &config->inserts[i];
		if (insert->kind != kind || !same(insert->group, group))
			continue;
		if (same(insert->language, language))
			return insert;
		if (!insert->language)
			for_all = insert;
	}
	return for_all;
}
