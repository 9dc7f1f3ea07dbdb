#include <string.h>

#include "config/config_schema.h"

const struct cabin_schema_key *cabin_schema_find(const struct cabin_schema_section *section, const char *name)
{
	for (size_t i = 0; i < section->key_count; i++)
		if (strcmp(section->keys[i].name, name) == 0)
			return &section->keys[i];
	return NULL;
}

void cabin_schema_set_defaults(const struct cabin_schema_section *section, void *out)
{
	for (size_t i = 0; i < section->key_count; i++) {
		const struct cabin_schema_key *key = &section->keys[i];
		unsigned char *field = (unsigned char *)out + key->offset;
		switch (key->type) {
		case CABIN_KEY_NESTED:
			break;
		case CABIN_KEY_NAMES:
			memset(field, 0, sizeof(struct cabin_text));
			break;
		case CABIN_KEY_INTEGER:
			memcpy(field, &(uint32_t){(uint32_t)key->initial}, sizeof(uint32_t));
			break;
		case CABIN_KEY_NUMBER:
			memcpy(field, &(float){(float)key->initial}, sizeof(float));
			break;
		case CABIN_KEY_SWITCH:
			memcpy(field, &(bool){key->initial != 0}, sizeof(bool));
			break;
		case CABIN_KEY_CHOICE:
			memcpy(field, &(unsigned){(unsigned)key->initial}, sizeof(unsigned));
			break;
		default:
			memcpy(field, &key->initial_text, sizeof(key->initial_text));
		}
	}
}

static void write_type(const struct cabin_schema_key *key, FILE *to)
{
	static const char *const names[] = {
	    [CABIN_KEY_TEXT] = "text",	     [CABIN_KEY_ID] = "id",
	    [CABIN_KEY_REFERENCE] = "id",    [CABIN_KEY_FILE] = "file",
	    [CABIN_KEY_PATH] = "file",	     [CABIN_KEY_URL] = "link",
	    [CABIN_KEY_FOLDER] = "folder",   [CABIN_KEY_PIN] = "4 to 8 digits",
	    [CABIN_KEY_ADDRESS] = "address", [CABIN_KEY_TIME] = "time",
	    [CABIN_KEY_NAMES] = "names",     [CABIN_KEY_INTEGER] = "integer",
	    [CABIN_KEY_NUMBER] = "number",   [CABIN_KEY_SWITCH] = "`true` or `false`",
	};
	if (key->type == CABIN_KEY_NESTED) {
		fputs(key->range, to);
		return;
	}
	if (key->choices) {
		for (size_t i = 0; key->choices[i]; i++)
			fprintf(to, "%s`%s`", i == 0 ? "" : ", ", key->choices[i]);
		return;
	}
	fputs(names[key->type], to);
	if (key->range)
		fprintf(to, ", %s", key->range);
	else if (key->type == CABIN_KEY_INTEGER || key->type == CABIN_KEY_NUMBER)
		fprintf(to, ", %.10g to %.10g", key->min, key->max);
}

static void write_default(const struct cabin_schema_key *key, FILE *to)
{
	if (key->required)
		fputs("**required**", to);
	else if (key->fallback)
		fputs(key->fallback, to);
	else if (key->initial_text)
		fprintf(to, "`%s`", key->initial_text);
	else if (key->type == CABIN_KEY_INTEGER || key->type == CABIN_KEY_NUMBER)
		fprintf(to, "`%.10g`", key->initial);
	else if (key->type == CABIN_KEY_SWITCH)
		fprintf(to, "`%s`", key->initial != 0 ? "true" : "false");
	else if (key->type == CABIN_KEY_CHOICE)
		fprintf(to, "`%s`", key->choices[(size_t)key->initial]);
	else
		fputs("none", to);
}

void cabin_config_write_reference(FILE *to)
{
	for (size_t i = 0; cabin_schema_sections[i]; i++) {
		const struct cabin_schema_section *section = cabin_schema_sections[i];
		fprintf(to, "### `%s`\n\n", section->name);
		if (section->intro[0])
			fprintf(to, "%s\n\n", section->intro);
		fputs("| key | type and range | default | meaning |\n| --- | --- | --- | --- |\n", to);
		for (size_t k = 0; k < section->key_count; k++) {
			const struct cabin_schema_key *key = &section->keys[k];
			fprintf(to, "| `%s` | ", key->name);
			write_type(key, to);
			fputs(" | ", to);
			write_default(key, to);
			fprintf(to, " | %s |\n", key->help);
		}
		fputs("\n", to);
	}
}
