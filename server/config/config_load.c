#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "config/config_sections.h"

static void read_all(struct cabin_reader *reader, const struct cabin_yaml *top, struct cabin_config *config)
{
	struct cabin_draft_defaults defaults;
	char nothing; /* every key of the top is nested: nothing is written */
	cabin_reader_section(reader, &cabin_schema_top, top, &nothing);
	if (top->kind != CABIN_YAML_MAP)
		return;
	cabin_config_read_event(reader, top, config);
	cabin_config_read_server(reader, top, config);
	cabin_config_read_languages(reader, top, config);
	cabin_config_read_devices(reader, top, config);
	cabin_config_read_defaults(reader, top, &defaults);
	cabin_config_read_sources(reader, top, &defaults, config);
	cabin_config_read_rooms(reader, top, &defaults, config);
	cabin_config_read_booths(reader, top, &defaults, config);
	cabin_config_read_access(reader, top, config);
	cabin_config_read_agenda(reader, top, config);
	cabin_config_read_announcements(reader, top, config);
	cabin_config_read_alarms(reader, top, config);
}

int cabin_config_parse(struct cabin_config **out, const char *text, size_t size, const char *name, const char *folder,
		       FILE *errors)
{
	*out = NULL;
	int result = CABIN_ENOMEM;
	struct cabin_arena yaml_arena = {NULL};
	struct cabin_issues *issues = calloc(1, sizeof(*issues));
	struct cabin_config_whole *whole = calloc(1, sizeof(*whole));
	if (!issues || !whole)
		goto out;

	struct cabin_yaml *top;
	result = cabin_yaml_read(&top, &yaml_arena, text, size, issues);
	if (result != 0)
		goto out;
	struct cabin_reader reader = {.arena = &whole->arena, .issues = issues, .folder = folder};
	if (top && !cabin_yaml_is_null(top))
		read_all(&reader, top, &whole->config);
	else if (issues->count == 0)
		cabin_issues_add(issues, (struct cabin_place){1, 1},
				 "the file holds no configuration; write event, languages, sources and rooms, as in "
				 "deploy/examples/conference.yaml");
	if (reader.no_memory) {
		result = CABIN_ENOMEM;
	} else if (issues->count > 0) {
		cabin_issues_write(issues, name, errors);
		result = CABIN_EFORMAT;
	} else {
		*out = &whole->config;
		whole = NULL;
	}
out:
	if (result == CABIN_ENOMEM)
		fprintf(errors, "%s: no memory to read it; free some and start again\n", name);
	cabin_arena_clear(&yaml_arena);
	if (whole)
		cabin_config_destroy(&whole->config);
	free(issues);
	return result;
}

/* The whole file, one byte more than allowed at most, so that too much shows. */
static char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return NULL;
	char *text = malloc(CABIN_YAML_MAX_BYTES + 1);
	if (text)
		*size = fread(text, 1, CABIN_YAML_MAX_BYTES + 1, file);
	if (text && ferror(file)) {
		free(text);
		text = NULL;
	}
	int failure = errno;
	fclose(file);
	errno = failure;
	return text;
}

int cabin_config_load(struct cabin_config **out, const char *path, FILE *errors)
{
	*out = NULL;
	char resolved[PATH_MAX];
	size_t size = 0;
	char *text = realpath(path, resolved) ? read_file(resolved, &size) : NULL;
	if (!text) {
		fprintf(errors, "%s: cannot read it: %s; give the path of a readable configuration file\n", path,
			strerror(errno));
		return CABIN_EIO;
	}
	int result = cabin_config_parse(out, text, size, path, dirname(resolved), errors);
	free(text);
	return result;
}

void cabin_config_destroy(struct cabin_config *config)
{
	if (!config)
		return;
	cabin_arena_clear(cabin_config_arena(config));
	free(config);
}
