#include "config/config_read.h"

#include <string.h>

#include "config/config_value.h"
#include "config/nearest.h"

void *cabin_reader_take(struct cabin_reader *reader, size_t size)
{
	void *piece = cabin_arena_take(reader->arena, size);
	reader->no_memory |= !piece;
	return piece;
}

bool cabin_reader_is_map(struct cabin_reader *reader, const struct cabin_yaml *node, const char *what)
{
	if (!node)
		return false;
	if (node->kind == CABIN_YAML_MAP)
		return true;
	cabin_issues_add(reader->issues, node->place, "%s is %s; write a map of keys and values", what,
			 cabin_value_kind_name(node));
	return false;
}

bool cabin_reader_is_list(struct cabin_reader *reader, const struct cabin_yaml *node, const char *what)
{
	if (!node)
		return false;
	if (node->kind == CABIN_YAML_LIST)
		return true;
	cabin_issues_add(reader->issues, node->place, "%s is %s; write a list, each item after a hyphen", what,
			 cabin_value_kind_name(node));
	return false;
}

static void fill_missing_names(struct cabin_text *names)
{
	const char *any = names->en ? names->en : names->fr ? names->fr : names->vi;
	if (!names->vi)
		names->vi = any;
	if (!names->fr)
		names->fr = any;
	if (!names->en)
		names->en = any;
}

static void read_names(struct cabin_reader *reader, const struct cabin_schema_key *key, const struct cabin_yaml *node,
		       struct cabin_text *out)
{
	const struct cabin_schema_key part = {.name = key->name, .type = CABIN_KEY_TEXT};
	struct cabin_text names = {NULL, NULL, NULL};
	if (node->kind == CABIN_YAML_SCALAR) {
		names.vi = names.fr = names.en = cabin_value_text(reader, &part, node);
	} else if (node->kind == CABIN_YAML_LIST || node->child_count == 0) {
		cabin_issues_add(reader->issues, node->place,
				 "%s has no text; write {vi: …, fr: …, en: …} or one text for all", key->name);
	} else {
		for (const struct cabin_yaml *child = node->children; child; child = child->next) {
			const char **slot = NULL;
			if (strcmp(child->key->text, "vi") == 0)
				slot = &names.vi;
			else if (strcmp(child->key->text, "fr") == 0)
				slot = &names.fr;
			else if (strcmp(child->key->text, "en") == 0)
				slot = &names.en;
			if (!slot)
				cabin_issues_add(reader->issues, child->key->place,
						 "unknown language '%s' of a name; write vi, fr or en",
						 child->key->text);
			else if (child->kind != CABIN_YAML_SCALAR || cabin_yaml_is_null(child))
				cabin_issues_add(reader->issues, child->place, "%s in '%s' is %s; write text",
						 key->name, child->key->text, cabin_value_kind_name(child));
			else
				*slot = cabin_value_text(reader, &part, child);
		}
	}
	fill_missing_names(&names);
	if (names.en)
		*out = names;
}

static void read_value(struct cabin_reader *reader, const struct cabin_schema_key *key, const struct cabin_yaml *node,
		       unsigned char *field)
{
	if (key->type == CABIN_KEY_NESTED)
		return;
	if (cabin_yaml_is_null(node)) {
		cabin_issues_add(reader->issues, node->key->place, "key '%s' has no value; write one or remove the key",
				 key->name);
		return;
	}
	if (key->type == CABIN_KEY_NAMES) {
		read_names(reader, key, node, (struct cabin_text *)(void *)field);
		return;
	}
	if (node->kind != CABIN_YAML_SCALAR) {
		cabin_issues_add(reader->issues, node->place, "%s is %s; write a single value", key->name,
				 cabin_value_kind_name(node));
		return;
	}
	cabin_value_read(reader, key, node, field);
}

static void tell_unknown_key(struct cabin_reader *reader, const struct cabin_schema_section *section,
			     const struct cabin_yaml *key)
{
	struct cabin_nearest nearest = cabin_nearest_to(key->text);
	for (size_t i = 0; i < section->key_count; i++)
		cabin_nearest_offer(&nearest, section->keys[i].name);
	if (nearest.best) {
		cabin_issues_add(reader->issues, key->place, "unknown key '%s'; did you mean '%s'?", key->text,
				 nearest.best);
		return;
	}
	for (size_t i = 0; cabin_schema_sections[i]; i++) {
		if (!cabin_schema_find(cabin_schema_sections[i], key->text))
			continue;
		cabin_issues_add(reader->issues, key->place, "key '%s' does not belong here; it belongs to %s",
				 key->text, cabin_schema_sections[i]->name);
		return;
	}
	char all[300] = "";
	for (size_t i = 0; i < section->key_count; i++)
		cabin_value_append(all, sizeof(all), section->keys[i].name);
	cabin_issues_add(reader->issues, key->place, "unknown key '%s'; known here: %s", key->text, all);
}

void cabin_reader_section(struct cabin_reader *reader, const struct cabin_schema_section *section,
			  const struct cabin_yaml *node, void *out)
{
	if (!cabin_reader_is_map(reader, node, section->name))
		return;
	for (const struct cabin_yaml *child = node->children; child; child = child->next) {
		const struct cabin_schema_key *key = cabin_schema_find(section, child->key->text);
		if (key)
			read_value(reader, key, child, (unsigned char *)out + key->offset);
		else
			tell_unknown_key(reader, section, child->key);
	}
	for (size_t i = 0; i < section->key_count; i++)
		if (section->keys[i].required && !cabin_yaml_get(node, section->keys[i].name))
			cabin_issues_add(reader->issues, node->place, "key '%s' is missing in %s; add it",
					 section->keys[i].name, section->name);
}
