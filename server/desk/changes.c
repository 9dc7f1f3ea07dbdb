/* What differs from the configuration file: a list of (scope, subject, key, value), and
 * the configuration that it makes of the file's.
 *
 *   scope    subject     key     value
 *   channel  plenary.fr  source  "silence", "floor", "channel:ID", "input:ID"
 *                        gain_db −40 … +40;  muted true;  hide "idle", "always"
 *   room     plenary     input   "ID";  lock "004821" (its PIN; null: open)
 *   setup    side-1      room    {"name":{…},"input":"ID","languages":["vi","fr"]}
 *
 * A change has the same shape in the store, in the API and here. */
#include "desk/desk_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "config/config_change.h"

const char *const desk_hide_words[DESK_HIDES] = {"never", "idle", "always"};

struct gathering {
	struct cabin_store_change *changes;
	uint32_t count;
	int result;
};

static bool gather(void *context, const struct cabin_store_change *change)
{
	struct gathering *to = context;
	if (to->count == DESK_CHANGES_MAX) {
		to->result = CABIN_EFULL;
		return false;
	}
	to->changes[to->count] = *change;
	to->changes[to->count].value_json = change->value_json ? strdup(change->value_json) : NULL;
	if (!to->changes[to->count].value_json)
		return true; /* one that was taken back */
	to->count++;
	return true;
}

int desk_changes_load(struct cabin_store_change **out, uint32_t *count, struct cabin_store *store)
{
	struct gathering gathering = {.changes = calloc(DESK_CHANGES_MAX, sizeof(gathering.changes[0]))};
	*out = NULL;
	*count = 0;
	if (!gathering.changes)
		return CABIN_ENOMEM;
	int result = store ? cabin_store_changes(store, gather, &gathering) : 0;
	if (result == 0)
		result = gathering.result;
	if (result != 0) {
		desk_changes_free(gathering.changes, gathering.count);
		return result;
	}
	*out = gathering.changes;
	*count = gathering.count;
	return 0;
}

void desk_changes_free(struct cabin_store_change *changes, uint32_t count)
{
	for (uint32_t i = 0; changes && i < count; i++)
		free(changes[i].value_json);
	free(changes);
}

static bool same_place(const struct cabin_store_change *a, const char *scope, const char *subject, const char *key)
{
	return strcmp(a->scope, scope) == 0 && strcmp(a->subject, subject) == 0 && strcmp(a->key, key) == 0;
}

const struct cabin_store_change *desk_change(const struct cabin_desk *desk, const char *scope, const char *subject,
					     const char *key)
{
	for (uint32_t i = 0; i < desk->change_count; i++)
		if (same_place(&desk->changes[i], scope, subject, key))
			return &desk->changes[i];
	return NULL;
}

static json_t *value_of(const struct cabin_store_change *change)
{
	return change ? json_loads(change->value_json, JSON_DECODE_ANY, NULL) : NULL;
}

json_t *desk_change_value(const struct cabin_desk *desk, const char *scope, const char *subject, const char *key)
{
	return value_of(desk_change(desk, scope, subject, key));
}

/* --- into a configuration -------------------------------------------------------------- */

static int channel_change(struct cabin_config *config, const struct cabin_store_change *change, const json_t *value,
			  struct cabin_config_refusal *why)
{
	uint16_t index = cabin_config_find_channel(config, change->subject);
	if (index == CABIN_INDEX_NONE)
		return CABIN_ENOTFOUND;
	if (strcmp(change->key, "gain_db") == 0)
		return cabin_config_set_channel_gain(config, index, (float)json_number_value(value), why);
	if (strcmp(change->key, "hide") != 0)
		return 0; /* source, muted: what the hub does now, of which a file says nothing */
	for (unsigned i = 0; i < DESK_HIDES; i++)
		if (json_is_string(value) && strcmp(desk_hide_words[i], json_string_value(value)) == 0)
			return cabin_config_set_channel_hide(config, index, (enum cabin_hide)i, why);
	return CABIN_EINVAL;
}

static int room_change(struct cabin_config *config, const struct cabin_store_change *change, const json_t *value,
		       struct cabin_config_refusal *why)
{
	uint16_t index = cabin_config_find_room(config, change->subject);
	if (index == CABIN_INDEX_NONE)
		return CABIN_ENOTFOUND;
	if (strcmp(change->key, "input") == 0)
		return cabin_config_set_room_input(config, index, json_string_value(value), why);
	if (strcmp(change->key, "lock") != 0)
		return CABIN_EINVAL;
	return cabin_config_set_room_lock(config, index, json_is_string(value), json_string_value(value), why);
}

static int setup_change(struct cabin_config *config, const struct cabin_store_change *change, const json_t *value,
			struct cabin_config_refusal *why)
{
	const char *languages[CABIN_SPARE_LANGUAGES_MAX];
	const json_t *list = json_object_get(value, "languages"), *name = json_object_get(value, "name");
	struct cabin_config_new_room room = {
	    .id = change->subject,
	    .name = {.vi = json_string_value(json_object_get(name, "vi")),
		     .fr = json_string_value(json_object_get(name, "fr")),
		     .en = json_string_value(json_object_get(name, "en"))},
	    .input = json_string_value(json_object_get(value, "input")),
	    .languages = languages,
	};
	size_t i;
	const json_t *item;
	json_array_foreach(list, i, item) if (room.language_count < CABIN_SPARE_LANGUAGES_MAX && json_is_string(item))
	    languages[room.language_count++] = json_string_value(item);
	if (!room.name.vi || !room.name.fr || !room.name.en)
		return CABIN_EFORMAT;
	return cabin_config_add_room(config, &room, why);
}

/* Setups first: other changes may be of their rooms. */
static int apply(struct cabin_config *config, const struct cabin_store_change *change, struct cabin_config_refusal *why)
{
	json_t *value = value_of(change);
	int result = CABIN_EINVAL;
	if (!value)
		return CABIN_EFORMAT;
	if (strcmp(change->scope, "setup") == 0)
		result = setup_change(config, change, value, why);
	else if (strcmp(change->scope, "channel") == 0)
		result = channel_change(config, change, value, why);
	else if (strcmp(change->scope, "room") == 0)
		result = room_change(config, change, value, why);
	json_decref(value);
	return result;
}

static void tell_left_out(const struct cabin_store_change *change, int result, const char *why)
{
	char quoted[300];
	cabin_log(CABIN_LOG_WARN, "desk", "change-left-out",
		  "scope=%s subject=%s key=%s error=%s reason=%s "
		  "hint=\"it does not fit the configuration any more: take it back with cabinctl changes undo\"",
		  change->scope, change->subject, change->key, cabin_error_name(result),
		  cabin_log_quote(quoted, sizeof(quoted), why));
}

static bool is_among(const struct cabin_store_change *change, const struct cabin_store_change *list, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (same_place(change, list[i].scope, list[i].subject, list[i].key))
			return true;
	return false;
}

/* Of `strict` the first that does not fit is an error; any other is logged and left out:
 * what the file does not fit any more keeps nobody from changing the rest. */
static int apply_all(struct cabin_config *config, const struct cabin_store_change *changes, uint32_t count,
		     const struct cabin_store_change *strict, unsigned strict_count, struct cabin_config_refusal *why)
{
	for (int setups = 1; setups >= 0; setups--) {
		for (uint32_t i = 0; i < count; i++) {
			if ((strcmp(changes[i].scope, "setup") == 0) != setups)
				continue;
			why->text[0] = '\0';
			int result = apply(config, &changes[i], why);
			if (result != 0 && is_among(&changes[i], strict, strict_count))
				return result;
			if (result != 0)
				tell_left_out(&changes[i], result, why->text);
		}
	}
	return 0;
}

int cabin_desk_apply_stored(struct cabin_config *config, struct cabin_store *store)
{
	struct cabin_store_change *changes;
	uint32_t count, kept = 0;
	struct cabin_config_refusal why;
	int result = desk_changes_load(&changes, &count, store);
	if (result != 0)
		return result;
	/* Rooms that were set up stand in the hub's spare ones, not in the file's part. */
	for (uint32_t i = 0; i < count; i++) {
		bool setup = strcmp(changes[i].scope, "setup") == 0;
		const char *subject = changes[i].subject;
		bool ours = cabin_config_find_channel(config, subject) != CABIN_INDEX_NONE ||
			    cabin_config_find_room(config, subject) != CABIN_INDEX_NONE;
		if (!setup && ours) {
			struct cabin_store_change swap = changes[kept];
			changes[kept++] = changes[i];
			changes[i] = swap;
		}
	}
	result = apply_all(config, changes, kept, NULL, 0, &why);
	desk_changes_free(changes, count);
	return result;
}

/* --- the list --------------------------------------------------------------------------- */

/* A copy of the list with `changes` in it. */
static int merged(const struct cabin_desk *desk, const struct cabin_store_change *changes, unsigned count,
		  struct cabin_store_change **out, uint32_t *out_count)
{
	struct cabin_store_change *list = calloc(DESK_CHANGES_MAX, sizeof(list[0]));
	uint32_t used = 0;
	if (!list)
		return CABIN_ENOMEM;
	for (uint32_t i = 0; i < desk->change_count + count; i++) {
		const struct cabin_store_change *from =
		    i < desk->change_count ? &desk->changes[i] : &changes[i - desk->change_count];
		uint32_t place = 0;
		while (place < used && !same_place(&list[place], from->scope, from->subject, from->key))
			place++;
		if (place == DESK_CHANGES_MAX) {
			desk_changes_free(list, used);
			return CABIN_EFULL;
		}
		if (place < used)
			free(list[place].value_json);
		if (!from->value_json) {
			if (place < used)
				list[place] = list[--used];
			continue;
		}
		list[place] = *from;
		list[place].value_json = strdup(from->value_json);
		used += place == used;
		if (!list[place].value_json) {
			desk_changes_free(list, used);
			return CABIN_ENOMEM;
		}
	}
	*out = list;
	*out_count = used;
	return 0;
}

int desk_changes_put(struct cabin_desk *desk, const struct cabin_store_change *changes, unsigned count,
		     struct cabin_config_refusal *why)
{
	struct cabin_store_change *list;
	struct cabin_config *config = NULL;
	uint32_t list_count;
	why->text[0] = '\0';
	int result = merged(desk, changes, count, &list, &list_count);
	if (result != 0)
		return result;
	result = cabin_config_copy(&config, desk->config.configured);
	if (result == 0)
		result = apply_all(config, list, list_count, changes, count, why);
	if (result != 0) {
		cabin_config_destroy(config);
		desk_changes_free(list, list_count);
		return result;
	}
	desk_changes_free(desk->changes, desk->change_count);
	cabin_config_destroy(desk->current);
	desk->changes = list;
	desk->change_count = list_count;
	desk->current = config;
	desk_model_update(desk);
	return 0;
}

static json_t *configured_channel(const struct cabin_config *config, const struct cabin_store_change *change)
{
	uint16_t index = cabin_config_find_channel(config, change->subject);
	if (index == CABIN_INDEX_NONE)
		return NULL;
	if (strcmp(change->key, "gain_db") == 0)
		return json_real((double)config->channels[index].gain_db);
	if (strcmp(change->key, "hide") == 0)
		return json_string(desk_hide_words[config->channels[index].hide]);
	if (strcmp(change->key, "source") == 0)
		return json_string("auto");
	return strcmp(change->key, "muted") == 0 ? json_false() : NULL;
}

static json_t *configured_room(const struct cabin_config *config, const struct cabin_store_change *change)
{
	uint16_t index = cabin_config_find_room(config, change->subject);
	if (index == CABIN_INDEX_NONE)
		return NULL;
	const struct cabin_config_room *room = &config->rooms[index];
	if (strcmp(change->key, "lock") == 0)
		return room->locked ? json_string(room->pin) : NULL;
	uint16_t input = config->channels[room->first_channel_index].source_index;
	return input == CABIN_INDEX_NONE ? NULL : json_string(config->sources[input].id);
}

json_t *desk_configured(const struct cabin_desk *desk, const struct cabin_store_change *change)
{
	if (strcmp(change->scope, "channel") == 0)
		return configured_channel(desk->config.configured, change);
	return strcmp(change->scope, "room") == 0 ? configured_room(desk->config.configured, change) : NULL;
}
