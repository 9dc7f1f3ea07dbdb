#include "config/config_value.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config_time.h"
#include "config/nearest.h"

void cabin_value_append(char *all, size_t all_size, const char *word)
{
	size_t used = strlen(all);
	snprintf(all + used, all_size - used, "%s%s", used == 0 ? "" : ", ", word);
}

const char *cabin_value_kind_name(const struct cabin_yaml *node)
{
	static const char *const names[] = {"a value", "a list", "a map"};
	return cabin_yaml_is_null(node) ? "nothing" : names[node->kind];
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
		cabin_value_append(all, sizeof(all), key->choices[i]);
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

bool cabin_config_pin_valid(const char *text)
{
	size_t size = strlen(text);
	return size >= CABIN_CONFIG_PIN_MIN_DIGITS && size <= CABIN_CONFIG_PIN_MAX_DIGITS &&
	       strspn(text, "0123456789") == size;
}

/* Counted from the configuration's folder. NULL: no memory. */
static const char *absolute_path(struct cabin_reader *reader, const struct cabin_yaml *node)
{
	const char *folder = node->text[0] == '/' || !reader->folder ? "" : reader->folder;
	const char *path = cabin_arena_format(reader->arena, "%s%s%s", folder, folder[0] ? "/" : "", node->text);
	reader->no_memory |= !path;
	return path;
}

const char *cabin_reader_file(struct cabin_reader *reader, const struct cabin_yaml *node)
{
	const char *path = absolute_path(reader, node);
	if (path && reader->folder && access(path, R_OK) != 0)
		cabin_issues_add(
		    reader->issues, node->place,
		    "cannot read the file '%s'; correct its name (it counts from this file's folder) or its "
		    "permissions",
		    node->text);
	return path;
}

const char *cabin_value_text(struct cabin_reader *reader, const struct cabin_schema_key *key,
			     const struct cabin_yaml *node)
{
	bool is_path = key->type == CABIN_KEY_FILE || key->type == CABIN_KEY_PATH || key->type == CABIN_KEY_FOLDER ||
		       key->type == CABIN_KEY_URL;
	size_t limit = is_path ? CABIN_PATH_TEXT_MAX_BYTES : CABIN_TEXT_MAX_BYTES;
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
	if (key->type == CABIN_KEY_URL && strncmp(node->text, "https://", 8) != 0 &&
	    strncmp(node->text, "http://", 7) != 0) {
		cabin_issues_add(reader->issues, node->place,
				 "'%s' is not a link; write it like https://example.org/glossary", node->text);
		return NULL;
	}
	if (key->type == CABIN_KEY_PIN && !cabin_config_pin_valid(node->text)) {
		cabin_issues_add(reader->issues, node->place, "'%s' is not a PIN; write 4 to 8 digits", node->text);
		return NULL;
	}
	if (key->type == CABIN_KEY_FILE)
		return cabin_reader_file(reader, node);
	if (key->type == CABIN_KEY_PATH || key->type == CABIN_KEY_FOLDER)
		return absolute_path(reader, node);
	const char *copy = cabin_arena_copy(reader->arena, node->text, strlen(node->text));
	reader->no_memory |= !copy;
	return copy;
}

void cabin_value_read(struct cabin_reader *reader, const struct cabin_schema_key *key, const struct cabin_yaml *node,
		      unsigned char *field)
{
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
		const char *text = cabin_value_text(reader, key, node);
		if (text)
			memcpy(field, &text, sizeof(text));
	}
	}
}
