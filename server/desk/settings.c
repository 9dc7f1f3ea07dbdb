/* Actions that last: channels, rooms, and taking a change back. Each becomes changes,
 * which are put into what holds, and then stored with the log entry that tells who did it. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "desk/api.h"
#include "wire/pin.h"

/* At most: a room that is taken away, with what was changed in its four channels. */
enum { CHANGES_OF_ONE_ACTION = 20, PIN_DIGITS = 4 };

/* Changes of one action, being gathered. */
struct action {
	struct cabin_store_change changes[CHANGES_OF_ONE_ACTION];
	unsigned count;
	const struct cabin_api_request *request;
	uint16_t insert_index; /* of the channel, once the changes hold */
};

/* `value` is stolen; NULL: the change is taken back. */
static void add(struct action *action, const char *scope, const char *subject, const char *key, json_t *value)
{
	CABIN_ASSERT(action->count < CHANGES_OF_ONE_ACTION);
	struct cabin_store_change *change = &action->changes[action->count++];
	*change = (struct cabin_store_change){.at_unix_ms = desk_unix_ms()};
	snprintf(change->scope, sizeof(change->scope), "%s", scope);
	snprintf(change->subject, sizeof(change->subject), "%s", subject);
	snprintf(change->key, sizeof(change->key), "%s", key);
	snprintf(change->author, sizeof(change->author), "%s", desk_author(action->request));
	change->value_json = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
	json_decref(value);
}

static void drop(struct action *action)
{
	for (unsigned i = 0; i < action->count; i++)
		free(action->changes[i].value_json);
	action->count = 0;
}

/* False: it cannot be, and that was answered. */
static bool put(struct cabin_desk *desk, struct action *action)
{
	struct cabin_config_refusal why;
	int result = desk_changes_put(desk, action->changes, action->count, &why);
	if (result == 0)
		return true;
	desk_refuse(desk, action->request, result == CABIN_EFULL ? 409 : 400,
		    result == CABIN_EFULL ? "full" : "refused", "%s",
		    why.text[0] ? why.text : cabin_error_name(result));
	drop(action);
	return false;
}

/* --- channels ---------------------------------------------------------------------------------- */

/* "tone", "identification": sounds that last until the next source, and no longer than the server. */
static bool insert_of(struct cabin_desk *desk, const char *source, uint16_t channel_index, uint16_t *out)
{
	bool tone = strcmp(source, "tone") == 0;
	if (!tone && strcmp(source, "identification") != 0)
		return false;
	*out = desk_insert_for(desk, tone ? CABIN_INSERT_TONE : CABIN_INSERT_IDENTIFICATION, NULL, channel_index);
	return true;
}

static bool source_change(struct cabin_desk *desk, struct action *action, const json_t *value, uint16_t index)
{
	const struct desk_channel *channel = &desk->channels[index];
	struct desk_feed feed;
	uint16_t insert;
	const char *source = json_string_value(value);
	if (source && insert_of(desk, source, index, &insert)) {
		if (insert == CABIN_INDEX_NONE) {
			desk_refuse(desk, action->request, 409, "no-sound",
				    "this server has no such sound; see deploy/sounds and its log");
			return false;
		}
		action->insert_index = insert;
		return true;
	}
	if (!source || strlen(source) >= sizeof(channel->source) || !desk_parse_source(desk, index, source, &feed)) {
		desk_refuse(
		    desk, action->request, 400, "bad-source",
		    "source must be auto, silence, floor, tone, identification, channel:ID of another channel, or "
		    "input:ID; GET /api/v1/desk names them");
		return false;
	}
	action->insert_index = CABIN_INDEX_NONE;
	add(action, "channel", channel->id, "source", strcmp(source, "auto") == 0 ? NULL : json_string(source));
	return true;
}

static bool gain_change(struct cabin_desk *desk, struct action *action, const json_t *value, const char *id)
{
	double gain = json_number_value(value);
	if (!json_is_number(value) || gain < CABIN_TRIM_MIN_DB || gain > CABIN_TRIM_MAX_DB) {
		desk_refuse(desk, action->request, 400, "bad-gain", "gain_db must be a number from -40 to 40");
		return false;
	}
	struct cabin_store_change place = {.scope = "channel", .key = "gain_db"};
	snprintf(place.subject, sizeof(place.subject), "%s", id);
	json_t *configured = desk_configured(desk, &place);
	bool as_configured = configured && json_number_value(configured) == gain;
	json_decref(configured);
	add(action, "channel", id, "gain_db", as_configured ? NULL : json_real(gain));
	return true;
}

static bool channel_changes(struct cabin_desk *desk, struct action *action, const json_t *body, uint16_t index)
{
	const char *id = desk->channels[index].id;
	const json_t *source = json_object_get(body, "source"), *gain = json_object_get(body, "gain_db");
	const json_t *muted = json_object_get(body, "muted"), *hide = json_object_get(body, "hide");
	if (muted && !json_is_boolean(muted)) {
		desk_refuse(desk, action->request, 400, "bad-muted", "muted must be true or false");
		return false;
	}
	if (gain && !gain_change(desk, action, gain, id))
		return false;
	if (hide)
		add(action, "channel", id, "hide", json_deep_copy(hide));
	if (muted)
		add(action, "channel", id, "muted", json_is_true(muted) ? json_true() : NULL);
	return !source || source_change(desk, action, source, index);
}

void desk_patch_channel(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	static const char *const keys[] = {"source", "gain_db", "muted", "hide", NULL};
	struct action action = {.request = request};
	uint16_t index = desk_find_channel(desk, parts[0]);
	if (index == CABIN_INDEX_NONE) {
		desk_refuse(desk, request, 404, "unknown-channel",
			    "no channel has the id \"%s\"; GET /api/v1/desk names them", parts[0]);
		return;
	}
	json_t *body = desk_body(desk, request, keys);
	if (!body)
		return;
	action.insert_index = desk->channels[index].insert_index;
	if (json_object_size(body) == 0)
		desk_refuse(desk, request, 400, "nothing", "say what to change: source, gain_db, muted or hide");
	else if (channel_changes(desk, &action, body, index) && put(desk, &action)) {
		desk->channels[index].insert_index = action.insert_index;
		desk_reconcile(desk, cabin_clock_now_ns(&desk->config.clock));
		desk_commit(desk, request, action.changes, action.count, parts[0], json_incref(body), 200,
			    desk_channel_json(desk, index));
	}
	drop(&action);
	json_decref(body);
}

/* --- rooms ---------------------------------------------------------------------------------------- */

static json_t *random_pin(void)
{
	uint32_t number = 0;
	/* Up to 256 bytes are given whole once the kernel has its randomness, as getrandom(2) says. */
	ssize_t got = getrandom(&number, sizeof(number), 0);
	CABIN_ASSERT(got == (ssize_t)sizeof(number));
	char text[CABIN_PIN_MAX_DIGITS + 1];
	snprintf(text, sizeof(text), "%0*u", PIN_DIGITS, (unsigned)(number % 10000));
	return json_string(text);
}

static bool locked_by_file(const struct cabin_desk *desk, const char *room_id)
{
	uint16_t index = cabin_config_find_room(desk->config.configured, room_id);
	return index != CABIN_INDEX_NONE && desk->config.configured->rooms[index].locked;
}

static bool lock_change(struct cabin_desk *desk, struct action *action, const json_t *body,
			const struct desk_room *room)
{
	const json_t *locked = json_object_get(body, "locked"), *pin = json_object_get(body, "pin");
	const char *digits = json_string_value(pin);
	if ((locked && !json_is_boolean(locked)) ||
	    (pin && (!digits || cabin_pin_read(digits, strlen(digits)) == CABIN_PIN_IMPOSSIBLE))) {
		desk_refuse(desk, action->request, 400, "bad-pin",
			    "locked is true or false, pin 4 to 8 digits in quotes");
		return false;
	}
	if (pin && !json_is_true(locked)) {
		desk_refuse(desk, action->request, 400, "bad-pin", "a pin goes with \"locked\": true");
		return false;
	}
	if (!locked)
		return true;
	/* Closed again without a new one, a room keeps its PIN. */
	bool keeps = room->locked && !digits;
	if (json_is_true(locked) && !keeps)
		add(action, "room", room->id, "lock", digits ? json_string(digits) : random_pin());
	if (json_is_false(locked))
		add(action, "room", room->id, "lock", locked_by_file(desk, room->id) ? json_null() : NULL);
	return true;
}

static bool input_change(struct cabin_desk *desk, struct action *action, const json_t *input,
			 const struct desk_room *room)
{
	const char *id = json_string_value(input);
	if (!json_is_null(input) && (!id || desk_find_input(desk, id) == CABIN_INDEX_NONE)) {
		desk_refuse(
		    desk, action->request, 400, "unknown-input",
		    "input must be the id of an input, or null for the configured one; GET /api/v1/desk names them");
		return false;
	}
	add(action, "room", room->id, "input", id ? json_string(id) : NULL);
	return true;
}

/* The log keeps no PIN. */
static json_t *without_pin(json_t *body)
{
	if (json_object_get(body, "pin"))
		json_object_set_new(body, "pin", json_string("****"));
	return json_incref(body);
}

void desk_patch_room(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	static const char *const keys[] = {"input", "locked", "pin", NULL};
	struct action action = {.request = request};
	uint16_t index = desk_find_room(desk, parts[0]);
	if (index == CABIN_INDEX_NONE) {
		desk_refuse(desk, request, 404, "unknown-room",
			    "no room has the id \"%s\"; GET /api/v1/desk names them", parts[0]);
		return;
	}
	json_t *body = desk_body(desk, request, keys);
	if (!body)
		return;
	const json_t *input = json_object_get(body, "input");
	if (json_object_size(body) == 0)
		desk_refuse(desk, request, 400, "nothing", "say what to change: input, or locked and pin");
	else if (lock_change(desk, &action, body, &desk->rooms[index]) &&
		 (!input || input_change(desk, &action, input, &desk->rooms[index])) && put(desk, &action)) {
		desk_reconcile(desk, cabin_clock_now_ns(&desk->config.clock));
		desk_commit(desk, request, action.changes, action.count, parts[0], without_pin(body), 200,
			    desk_room_json(desk, index, false));
	}
	drop(&action);
	json_decref(body);
}

static json_t *names_of(const json_t *name)
{
	const char *text = json_string_value(name);
	if (text && *text)
		return json_pack("{s:s, s:s, s:s}", "vi", text, "fr", text, "en", text);
	const char *vi = json_string_value(json_object_get(name, "vi")),
		   *fr = json_string_value(json_object_get(name, "fr")),
		   *en = json_string_value(json_object_get(name, "en"));
	return vi && *vi && fr && *fr && en && *en ? json_pack("{s:s, s:s, s:s}", "vi", vi, "fr", fr, "en", en) : NULL;
}

/* The booths' ids, for their tokens. */
static json_t *booths_of(const struct cabin_desk *desk, uint16_t room_index)
{
	json_t *list = json_array();
	for (uint16_t i = 0; i < desk->config.layout.booth_index; i++)
		if (desk_booth_room(desk, i) == room_index && desk_booth_id(desk, i))
			json_array_append_new(list, json_string(desk_booth_id(desk, i)));
	return list;
}

static bool are_languages(const json_t *list)
{
	size_t i;
	const json_t *item;
	json_array_foreach(list, i, item) if (!json_is_string(item)) return false;
	return json_array_size(list) >= 1 && json_array_size(list) <= CABIN_SPARE_LANGUAGES_MAX;
}

static json_t *new_room(struct cabin_desk *desk, const struct cabin_api_request *request, const json_t *body)
{
	const json_t *input = json_object_get(body, "input"), *languages = json_object_get(body, "languages");
	const char *id = json_string_value(json_object_get(body, "id"));
	json_t *names = names_of(json_object_get(body, "name"));
	if (id && desk_find_room(desk, id) != CABIN_INDEX_NONE)
		desk_refuse(desk, request, 409, "room-exists", "there is a room with the id \"%s\"; take another", id);
	else if (!id || !names || !are_languages(languages) ||
		 (input && !json_is_null(input) && !json_is_string(input)))
		desk_refuse(
		    desk, request, 400, "bad-room",
		    "a room needs an id (a-z, 0-9, -), a name (a text, or vi, fr and en) and 1 to %d languages; input "
		    "is an input's id or null",
		    CABIN_SPARE_LANGUAGES_MAX);
	else
		return json_pack("{s:o, s:O, s:O?}", "name", names, "languages", languages, "input", input);
	json_decref(names);
	return NULL;
}

void desk_add_room(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	static const char *const keys[] = {"id", "name", "input", "languages", NULL};
	struct action action = {.request = request};
	json_t *body = desk_body(desk, request, keys);
	json_t *setup = body ? new_room(desk, request, body) : NULL;
	const char *id = json_string_value(json_object_get(body, "id"));
	if (setup) {
		add(&action, "setup", id, "room", setup);
		if (put(desk, &action)) {
			desk_reconcile(desk, cabin_clock_now_ns(&desk->config.clock));
			uint16_t index = desk_find_room(desk, id);
			json_t *answer = desk_room_json(desk, index, false);
			json_object_set_new(answer, "booths", booths_of(desk, index));
			desk_commit(desk, request, action.changes, action.count, id, json_incref(body), 201, answer);
		}
		drop(&action);
	}
	json_decref(body);
}

/* A room of the file may have got the id of one that was added before. */
static bool is_added(const struct cabin_desk *desk, const char *id)
{
	uint16_t index = desk_find_room(desk, id);
	return index != CABIN_INDEX_NONE && desk->rooms[index].added;
}

void desk_remove_room(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	struct action action = {.request = request};
	if (desk_find_room(desk, parts[0]) == CABIN_INDEX_NONE) {
		desk_refuse(desk, request, 404, "unknown-room", "no room has the id \"%s\"", parts[0]);
		return;
	}
	if (!is_added(desk, parts[0])) {
		desk_refuse(desk, request, 409, "room-configured",
			    "\"%s\" is a room of the configuration file: only rooms that were added can be removed",
			    parts[0]);
		return;
	}
	add(&action, "setup", parts[0], "room", NULL);
	for (uint32_t i = 0; i < desk->change_count && action.count < CHANGES_OF_ONE_ACTION; i++) {
		const struct cabin_store_change *change = &desk->changes[i];
		size_t size = strlen(parts[0]);
		bool of_channel = strncmp(change->subject, parts[0], size) == 0 && change->subject[size] == '.';
		if (strcmp(change->scope, "setup") != 0 && (of_channel || strcmp(change->subject, parts[0]) == 0))
			add(&action, change->scope, change->subject, change->key, NULL);
	}
	if (put(desk, &action))
		desk_commit(desk, request, action.changes, action.count, parts[0], json_pack("{s:b}", "removed", true),
			    200, json_object());
	drop(&action);
}

/* --- taking back ------------------------------------------------------------------------------------ */

void desk_undo(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	struct action action = {.request = request};
	if (!desk_change(desk, parts[0], parts[1], parts[2])) {
		desk_refuse(desk, request, 404, "unknown-change",
			    "there is no such change; GET /api/v1/changes lists them");
		return;
	}
	/* One whose room is not there, because the file does not fit it, is only a change. */
	if (strcmp(parts[0], "setup") == 0 && is_added(desk, parts[1])) {
		desk_remove_room(desk, request, &parts[1]);
		return;
	}
	add(&action, parts[0], parts[1], parts[2], NULL);
	if (put(desk, &action))
		desk_commit(desk, request, action.changes, action.count, parts[1],
			    json_pack("{s:s, s:s}", "undone", parts[2], "scope", parts[0]), 200, json_object());
	drop(&action);
}
