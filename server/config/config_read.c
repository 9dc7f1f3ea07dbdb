#include "config/config_read.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config_time.h"
#include "config/nearest.h"

void *cabin_reader_take(struct cabin_reader *reader, size_t size)
{
	void *piece = cabin_arena_take(reader->arena, size);
	reader->no_memory |= !piece;
	return piece;
}

static const char *kind_name(const struct cabin_yaml *node)
{
	static const char *const names[] = {"a value", "a list", "a map"};
	return cabin_yaml_is_null(node) ? "nothing" : names[node->kind];
}

/* Adds `word` to the words in `all`, as far as they fit. */
static void append(char *all, size_t all_size, const char *word)
{
	size_t used = strlen(all);
	snprintf(all + used, all_size - used, "%s%s", used == 0 ? "" : ", ", word);
}

bool cabin_reader_is_map(struct cabin_reader *reader, const struct cabin_yaml *node, const char *what)
{
	if (!node)
		return false;
	if (node->kind == CABIN_YAML_MAP)
		return true;
	cabin_issues_add(reader->issues, node->place, "%s is %s; write a map of keys and values", what,
			 kind_name(node));
	return false;
}

bool cabin_reader_is_list(struct cabin_reader *reader, const struct cabin_yaml *node, const char *what)
{
	if (!node)
		return false;
	if (node->kind == CABIN_YAML_LIST)
		return true;
	cabin_issues_add(reader->issues, node->place, "%s is %s; write a list, each item after a hyphen", what,
			 kind_name(node));
	return false;
}

bool cabin_reader_check_id(struct cabin_reader *reader, const struct cabin_yaml *node)
{
	const char *text = node->text;
	size_t size = strlen(text);
	size_t good = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
	if (size == 0 || good != size || text[0] == '-')
		cabin_issues_add(reader->issues, node->place,
				 "'%s' is not an id; use lower-case letters a to z, digits and hyphens", text);
	else if (size >= CABIN_NAME_MAX_BYTES)
		cabin_issues_add(reader->issues, node->place, "the id is %zu characters long; use at most %d", size,
				 CABIN_NAME_MAX_BYTES - 1);
	else
		return true;
	return false;
}

bool cabin_reader_integer(struct cabin_reader *reader, const struct cabin_schema_key *key,
			  const struct cabin_yaml *node, uint32_t *out)
{
	char range[64];
	if (key->range)
		snprintf(range, sizeof(range), "%s", key->range);
	else
		snprintf(range, sizeof(range), "%.10g to %.10g", key->min, key->max);

	const char *text = node->text;
	size_t size = node->kind == CABIN_YAML_SCALAR ? strlen(text) : 0;
	size_t sign = size > 1 && (text[0] == '-' || text[0] == '+');
	if (size == 0 || !node->plain || strspn(text + sign, "0123456789") != size - sign) {
		cabin_issues_add(reader->issues, node->place, "%s is not a whole number; write %s in digits", key->name,
				 range);
		return false;
	}
	double value = strtod(text, NULL);
	/* 0 stands for "leave it to the machine" where it is the default, below the range too. */
	bool unset = value == 0 && key->initial == 0 && !key->fallback;
	if ((value < key->min && !unset) || value > key->max) {
		cabin_issues_add(reader->issues, node->place, "%s is out of range; write %s", key->name, range);
		return false;
	}
	*out = (uint32_t)value;
	return true;
}

static bool read_number(struct cabin_reader *reader, const struct cabin_schema_key *key, const struct cabin_yaml *node,
			float *out)
{
	size_t size = node->kind == CABIN_YAML_SCALAR ? strlen(node->text) : 0;
	char *end = NULL;
	double value = size > 0 ? strtod(node->text, &end) : NAN;
	/* Only digits, signs, points and exponents: strtod would take "inf" and "0x10" too. */
	if (size == 0 || !node->plain || *end != '\0' || strspn(node->text, "+-.0123456789eE") != size) {
		cabin_issues_add(reader->issues, node->place, "%s is not a number; write %.10g to %.10g", key->name,
				 key->min, key->max);
		return false;
	}
	if (value < key->min || value > key->max) {
		cabin_issues_add(reader->issues, node->place, "%s is out of range; write %.10g to %.10g", key->name,
				 key->min, key->max);
		return false;
	}
	*out = (float)value;
	return true;
}

static bool read_switch(struct cabin_reader *reader, const struct cabin_schema_key *key, const struct cabin_yaml *node,
			bool *out)
{
	bool on = node->plain && strcmp(node->text, "true") == 0;
	if (!on && !(node->plain && strcmp(node->text, "false") == 0)) {
		cabin_issues_add(reader->issues, node->place,
				 "%s is neither true nor false; write one of them without quotes", key->name);
		return false;
	}
	*out = on;
	return true;
}

static bool read_choice(struct cabin_reader *reader, const struct cabin_schema_key *key, const struct cabin_yaml *node,
			unsigned *out)
{
	struct cabin_nearest nearest = cabin_nearest_to(node->text);
	char all[200] = "";
	for (unsigned i = 0; key->choices[i]; i++) {
		if (strcmp(node->text, key->choices[i]) == 0) {
			*out = i;
			return true;
		}
		cabin_nearest_offer(&nearest, key->choices[i]);
		append(all, sizeof(all), key->choices[i]);
	}
	if (nearest.best)
		cabin_issues_add(reader->issues, node->place, "unknown %s '%s'; did you mean '%s'?", key->name,
				 node->text, nearest.best);
	else
		cabin_issues_add(reader->issues, node->place, "unknown %s '%s'; write one of %s", key->name, node->text,
				 all);
	return false;
}

bool cabin_config_address_valid(const char *text)
{
	char host[64];
	const char *colon = strrchr(text, ':');
	if (!colon || colon == text || (size_t)(colon - text) >= sizeof(host))
		return false;
	size_t port_size = strlen(colon + 1);
	if (port_size < 1 || port_size > 5 || strspn(colon + 1, "0123456789") != port_size ||
	    strtoul(colon + 1, NULL, 10) > 65535)
		return false;
	bool brackets = text[0] == '[' && colon[-1] == ']' && colon - text > 2;
	size_t size = (size_t)(colon - text) - (brackets ? 2 : 0);
	memcpy(host, text + brackets, size);
	host[size] = '\0';
	unsigned char address[16];
	if (strcmp(host, "localhost") == 0 && !brackets)
		return true;
	return inet_pton(brackets ? AF_INET6 : AF_INET, host, address) == 1;
}

const char *cabin_reader_file(struct cabin_reader *reader, const struct cabin_yaml *node)
{
	const char *folder = node->text[0] == '/' ? "" : reader->folder;
	const char *path = cabin_arena_format(reader->arena, "%s%s%s", folder, folder[0] ? "/" : "", node->text);
	if (!path) {
		reader->no_memory = true;
		return NULL;
	}
	if (access(path, R_OK) != 0)
		cabin_issues_add(
		    reader->issues, node->place,
		    "cannot read the file '%s'; correct its name (it counts from this file's folder) or its "
		    "permissions",
		    node->text);
	return path;
}

/* Text of any of the text types. NULL: did not fit. */
static const char *read_text(struct cabin_reader *reader, const struct cabin_schema_key *key,
			     const struct cabin_yaml *node)
{
	size_t limit = key->type == CABIN_KEY_FILE ? CABIN_PATH_TEXT_MAX_BYTES : CABIN_TEXT_MAX_BYTES;
	if (node->text[0] == '\0' || strlen(node->text) > limit) {
		cabin_issues_add(reader->issues, node->place, "%s is %s; write 1 to %zu bytes", key->name,
				 node->text[0] == '\0' ? "empty" : "too long", limit);
		return NULL;
	}
	if (key->type == CABIN_KEY_ID && !cabin_reader_check_id(reader, node))
		return NULL;
	if (key->type == CABIN_KEY_ADDRESS && !cabin_config_address_valid(node->text)) {
		cabin_issues_add(reader->issues, node->place,
				 "'%s' is not an address with a port; write it like 0.0.0.0:8080 or [::]:8080",
				 node->text);
		return NULL;
	}
	if (key->type == CABIN_KEY_TIME && !cabin_time_parse(node->text, NULL)) {
		cabin_issues_add(reader->issues, node->place,
				 "'%s' is not a time with its offset from UTC; write it like 2027-03-02T08:30:00+07:00",
				 node->text);
		return NULL;
	}
	if (key->type == CABIN_KEY_FILE)
		return cabin_reader_file(reader, node);
	const char *copy = cabin_arena_copy(reader->arena, node->text, strlen(node->text));
	reader->no_memory |= !copy;
	return copy;
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
		names.vi = names.fr = names.en = read_text(reader, &part, node);
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
						 key->name, child->key->text, kind_name(child));
			else
				*slot = read_text(reader, &part, child);
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
				 kind_name(node));
		return;
	}
	uint32_t integer;
	float number;
	bool on;
	unsigned choice;
	switch (key->type) {
	case CABIN_KEY_INTEGER:
		if (cabin_reader_integer(reader, key, node, &integer))
			memcpy(field, &integer, sizeof(integer));
		break;
	case CABIN_KEY_NUMBER:
		if (read_number(reader, key, node, &number))
			memcpy(field, &number, sizeof(number));
		break;
	case CABIN_KEY_SWITCH:
		if (read_switch(reader, key, node, &on))
			memcpy(field, &on, sizeof(on));
		break;
	case CABIN_KEY_CHOICE:
		if (read_choice(reader, key, node, &choice))
			memcpy(field, &choice, sizeof(choice));
		break;
	case CABIN_KEY_CHOICE_TEXT:
		if (read_choice(reader, key, node, &choice))
			memcpy(field, &key->choices[choice], sizeof(key->choices[choice]));
		break;
	default: {
		const char *text = read_text(reader, key, node);
		if (text)
			memcpy(field, &text, sizeof(text));
	}
	}
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
		append(all, sizeof(all), section->keys[i].name);
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
