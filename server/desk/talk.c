/* Actions that last while they are done: announcements, talkback, probes; and answers to
 * booths' calls and to alarms. They are logged, and not kept: a server that comes back
 * announces nothing by itself. */
#include <stdlib.h>
#include <string.h>

#include "desk/api.h"
#include "relay/hub_message.h"

enum { REPEATS_MAX = 100 };

/* --- announcements ------------------------------------------------------------------------------ */

static bool has_announcement(const struct cabin_desk *desk, const char *id)
{
	return cabin_config_find_insert(desk->config.config, CABIN_INSERT_ANNOUNCEMENT, id, NULL) != NULL;
}

/* False: it was answered. */
static bool read_announcement(struct cabin_desk *desk, const struct cabin_api_request *request, const json_t *body,
			      struct desk_announcing *out)
{
	const char *id = json_string_value(json_object_get(body, "announcement"));
	const char *scope = json_string_value(json_object_get(body, "scope"));
	const json_t *repeat = json_object_get(body, "repeat");
	json_int_t repeats = repeat ? json_integer_value(repeat) : 1;
	if (!id || strlen(id) >= sizeof(out->id) || (strcmp(id, "voice") != 0 && !has_announcement(desk, id))) {
		desk_refuse(desk, request, 404, "unknown-announcement",
			    "announcement must be voice, or one of those that GET /api/v1/desk lists");
		return false;
	}
	bool event = scope && strcmp(scope, "event") == 0;
	out->room_index = event || !scope ? (uint16_t)CABIN_INDEX_NONE : desk_find_room(desk, scope);
	if (!event && out->room_index == CABIN_INDEX_NONE) {
		desk_refuse(desk, request, 404, "unknown-room", "scope must be event, or a room's id");
		return false;
	}
	if (repeats < 1 || repeats > REPEATS_MAX) {
		desk_refuse(desk, request, 400, "bad-repeat", "repeat must be a whole number from 1 to %d",
			    REPEATS_MAX);
		return false;
	}
	snprintf(out->id, sizeof(out->id), "%s", id);
	out->voice = strcmp(id, "voice") == 0;
	out->repeats = (uint32_t)repeats;
	return true;
}

void desk_announce(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	static const char *const keys[] = {"announcement", "scope", "repeat", NULL};
	struct desk_announcing wanted = {.on = true, .since_unix_ms = desk_unix_ms()};
	json_t *body = desk_body(desk, request, keys);
	if (!body)
		return;
	if (read_announcement(desk, request, body, &wanted)) {
		wanted.began_ns = cabin_clock_now_ns(&desk->config.clock);
		snprintf(wanted.author, sizeof(wanted.author), "%s", desk_author(request));
		desk->announcing.on = false; /* one that plays already begins anew */
		desk_reconcile(desk, wanted.began_ns);
		desk->announcing = wanted;
		desk_reconcile(desk, wanted.began_ns);
		desk_commit(desk, request, NULL, 0, wanted.id, json_incref(body), 200,
			    json_pack("{s:o}", "announcing", desk_announcing_json(desk)));
	}
	json_decref(body);
}

void desk_end_announcement(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	char id[CABIN_NAME_MAX_BYTES];
	snprintf(id, sizeof(id), "%s", desk->announcing.on ? desk->announcing.id : "");
	desk->announcing.on = false;
	desk_reconcile(desk, cabin_clock_now_ns(&desk->config.clock));
	desk_commit(desk, request, NULL, 0, id, json_pack("{s:n}", "announcing"), 200,
		    json_pack("{s:n}", "announcing"));
}

/* --- talkback ------------------------------------------------------------------------------------- */

static bool read_booths(struct cabin_desk *desk, const struct cabin_api_request *request, const json_t *to,
			uint64_t bits[DESK_BOOTH_WORDS])
{
	const char *word = json_string_value(to);
	size_t i;
	const json_t *item;
	if (word && strcmp(word, "all") == 0) {
		for (uint16_t k = 0; k < desk->config.layout.booth_index; k++)
			bits[k / 64] |= UINT64_C(1) << k % 64;
		return true;
	}
	json_array_foreach(to, i, item)
	{
		const char *id = json_string_value(item);
		uint16_t booth = id ? desk_find_booth(desk, id) : (uint16_t)CABIN_INDEX_NONE;
		if (booth == CABIN_INDEX_NONE) {
			desk_refuse(desk, request, 404, "unknown-booth", "no booth has the id \"%s\"", id ? id : "");
			return false;
		}
		bits[booth / 64] |= UINT64_C(1) << booth % 64;
	}
	if (json_array_size(to) > 0)
		return true;
	desk_refuse(desk, request, 400, "bad-booths", "to must be \"all\", or a list of booths' ids");
	return false;
}

void desk_begin_talkback(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	static const char *const keys[] = {"to", NULL};
	struct desk_talkback wanted = {.on = true, .since_unix_ms = desk_unix_ms()};
	json_t *body = desk_body(desk, request, keys);
	if (!body)
		return;
	if (read_booths(desk, request, json_object_get(body, "to"), wanted.booth_bits)) {
		memcpy(wanted.told_bits, desk->talkback.told_bits, sizeof(wanted.told_bits));
		snprintf(wanted.author, sizeof(wanted.author), "%s", desk_author(request));
		desk->talkback = wanted;
		desk_reconcile(desk, cabin_clock_now_ns(&desk->config.clock));
		desk_commit(desk, request, NULL, 0, "talkback", json_incref(body), 200,
			    json_pack("{s:o}", "talkback", desk_talkback_json(desk)));
	}
	json_decref(body);
}

void desk_end_talkback(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	desk->talkback.on = false;
	desk_reconcile(desk, cabin_clock_now_ns(&desk->config.clock));
	desk_commit(desk, request, NULL, 0, "talkback", json_pack("{s:n}", "talkback"), 200,
		    json_pack("{s:n}", "talkback"));
}

/* --- probes ------------------------------------------------------------------------------------------ */

/* CABIN_INDEX_NONE: it was answered. */
static uint16_t probed_source(struct cabin_desk *desk, const struct cabin_api_request *request, const json_t *body)
{
	const char *input = json_string_value(json_object_get(body, "input"));
	const char *booth_id = json_string_value(json_object_get(body, "booth"));
	json_int_t seat = json_integer_value(json_object_get(body, "seat"));
	if (input && !booth_id) {
		uint16_t source = desk_find_input(desk, input);
		if (source == CABIN_INDEX_NONE)
			desk_refuse(desk, request, 404, "unknown-input", "no input has the id \"%s\"", input);
		return source;
	}
	uint16_t booth = booth_id ? desk_find_booth(desk, booth_id) : (uint16_t)CABIN_INDEX_NONE;
	if (booth == CABIN_INDEX_NONE || seat < 1 || seat > desk_booth_seats(desk, booth)) {
		desk_refuse(desk, request, 404, "unknown-seat", "say an input, or a booth and one of its seats");
		return CABIN_INDEX_NONE;
	}
	return cabin_seat_source_index(desk->config.layout.source_count, booth, (uint8_t)seat);
}

/* The one that listens to the source already, else a free one, else the one not heard for longest. */
static unsigned choose_probe(const struct cabin_desk *desk, uint16_t source_index)
{
	unsigned best = 0;
	for (unsigned i = 0; i < CABIN_PROBES; i++) {
		const struct desk_probe *probe = &desk->probes[i];
		if (probe->on && probe->source_index == source_index)
			return i;
		if (desk->probes[best].on && (!probe->on || probe->heard_ns < desk->probes[best].heard_ns))
			best = i;
	}
	return best;
}

void desk_begin_probe(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	static const char *const keys[] = {"input", "booth", "seat", NULL};
	json_t *body = desk_body(desk, request, keys);
	if (!body)
		return;
	uint16_t source = probed_source(desk, request, body);
	json_decref(body);
	if (source == CABIN_INDEX_NONE)
		return;
	unsigned place = choose_probe(desk, source);
	uint64_t now_ns = cabin_clock_now_ns(&desk->config.clock);
	desk->probes[place] = (struct desk_probe){.on = true, .source_index = source, .heard_ns = now_ns};
	desk_reconcile(desk, now_ns);
	/* Listening changes nothing for anybody: it is no entry of the log. */
	desk_answer(desk, request, 200,
		    json_pack("{s:i}", "channel",
			      desk->config.layout.numbers[desk->config.layout.probe_channel_first + place]));
}

/* --- answers ------------------------------------------------------------------------------------------- */

void desk_answer_call(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	static const char *const keys[] = {"booth", "seat", "state", NULL};
	json_t *body = desk_body(desk, request, keys);
	if (!body)
		return;
	const char *id = json_string_value(json_object_get(body, "booth"));
	const char *state = json_string_value(json_object_get(body, "state"));
	json_int_t seat = json_integer_value(json_object_get(body, "seat"));
	uint16_t booth = id ? desk_find_booth(desk, id) : (uint16_t)CABIN_INDEX_NONE;
	bool seen = state && strcmp(state, "seen") == 0, done = state && strcmp(state, "done") == 0;
	if (booth == CABIN_INDEX_NONE || seat < 1 || seat > desk_booth_seats(desk, booth))
		desk_refuse(desk, request, 404, "unknown-seat", "no booth with that id has such a seat");
	else if (!seen && !done)
		desk_refuse(desk, request, 400, "bad-state", "state must be seen or done");
	else {
		const struct cabin_hub_message message = {
		    .kind = CABIN_HUB_DESK,
		    .desk = {.kind = CABIN_DESK_CALL,
			     .call = {.booth_index = booth,
				      .seat = (uint8_t)seat,
				      .state = seen ? CABIN_CALL_SEEN : CABIN_CALL_DONE}}};
		if (cabin_inbox_push(desk->config.hub_inbox, &message, false) != 0)
			desk_refuse(desk, request, 503, "busy", "the server is busy: send it again");
		else
			desk_commit(desk, request, NULL, 0, id, json_incref(body), 200, json_deep_copy(body));
	}
	json_decref(body);
}

void desk_acknowledge(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	char *end;
	unsigned long long id = strtoull(parts[0], &end, 10);
	json_t *alarm = NULL;
	if (*parts[0] && !*end &&
	    cabin_alarms_acknowledge(desk->alarms, id, desk_author(request), cabin_clock_now_ns(&desk->config.clock)) ==
		0)
		alarm = desk_alarm_json_of(desk, id);
	if (!alarm) {
		desk_refuse(desk, request, 404, "unknown-alarm", "there is no such alarm any more");
		return;
	}
	desk->alarms_changed = true;
	desk_commit(desk, request, NULL, 0, json_string_value(json_object_get(alarm, "subject")),
		    json_pack("{s:s, s:O}", "acknowledged", json_string_value(json_object_get(alarm, "kind")), "id",
			      json_object_get(alarm, "id")),
		    200, alarm);
}
