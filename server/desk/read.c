/* What is only read: the map, levels, changes, the configuration. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config/config_time.h"
#include "desk/api.h"

enum { OPENAPI_MAX_BYTES = 1 << 20 };

static json_t *names(const struct cabin_text *text)
{
	return json_pack("{s:s, s:s, s:s}", "vi", text->vi, "fr", text->fr, "en", text->en);
}

static json_t *text_or_null(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

/* Null for silence as well: what lies below 16 bits' noise is none that anybody hears. */
static json_t *figure(double value)
{
	return isfinite(value) && value > -120 ? json_real(round(value * 10) / 10) : json_null();
}

/* --- rooms ---------------------------------------------------------------------------------- */

static json_t *session_json(const struct cabin_config_session *session)
{
	return session ? json_pack("{s:s, s:o, s:s, s:s}", "id", session->id, "title", names(&session->title), "start",
				   session->start, "end", session->end)
		       : json_null();
}

void desk_sessions(const struct cabin_desk *desk, uint16_t room_index, const struct cabin_config_session **on,
		   const struct cabin_config_session **next)
{
	int64_t now_s = desk_unix_ms() / 1000, start_s, end_s, next_s = INT64_MAX;
	*on = *next = NULL;
	for (uint16_t i = 0; i < desk->current->session_count; i++) {
		const struct cabin_config_session *session = &desk->current->sessions[i];
		if (session->room_index != desk->rooms[room_index].config_index ||
		    !cabin_time_parse(session->start, &start_s) || !cabin_time_parse(session->end, &end_s))
			continue;
		if (start_s <= now_s && now_s < end_s)
			*on = session;
		if (start_s > now_s && start_s < next_s) {
			next_s = start_s;
			*next = session;
		}
	}
}

static const char *source_id(const struct cabin_config *config, uint16_t source_index)
{
	return source_index == CABIN_INDEX_NONE ? NULL : config->sources[source_index].id;
}

static const char *configured_input(const struct cabin_desk *desk, const char *room_id)
{
	const struct cabin_config *config = desk->config.configured;
	uint16_t room = cabin_config_find_room(config, room_id);
	return room == CABIN_INDEX_NONE
		   ? NULL
		   : source_id(config, config->channels[config->rooms[room].first_channel_index].source_index);
}

json_t *desk_room_json(const struct cabin_desk *desk, uint16_t room_index, bool observer)
{
	const struct desk_room *room = &desk->rooms[room_index];
	const struct cabin_config_room *from = &desk->current->rooms[room->config_index];
	const struct cabin_config_session *on, *next;
	desk_sessions(desk, room_index, &on, &next);
	return json_pack("{s:s, s:o, s:o, s:o, s:b, s:o, s:b, s:o, s:o}", "room", room->id, "name", names(&from->name),
			 "input", text_or_null(source_id(desk->config.config, room->input_index)), "input_configured",
			 text_or_null(configured_input(desk, room->id)), "locked", room->locked, "pin",
			 room->locked && !observer ? text_or_null(from->pin) : json_null(), "added", room->added,
			 "session", session_json(on), "next", session_json(next));
}

/* --- channels ---------------------------------------------------------------------------------- */

static json_t *override_json(const struct cabin_desk *desk, uint16_t channel_index)
{
	static const char *const words[CABIN_OVERRIDE_COUNT] = {NULL, "silence", "floor", "channel", "input"};
	const struct cabin_config *config = desk->config.config;
	struct desk_feed feed = desk_wanted_feed(desk, channel_index);
	const char *word = words[feed.override], *from = NULL;
	if (!word)
		return json_null();
	if (feed.override == CABIN_OVERRIDE_CHANNEL && feed.from_index == desk->config.layout.voice_channel_index) {
		word = "announcement";
		from = "voice";
	} else if (feed.override == CABIN_OVERRIDE_CHANNEL) {
		from = desk->channels[feed.from_index].id;
	} else if (feed.override == CABIN_OVERRIDE_SOURCE && feed.from_index < config->source_count) {
		from = config->sources[feed.from_index].id;
		for (uint16_t i = 0; i < config->insert_count; i++) {
			static const char *const kinds[] = {"tone", "identification", "announcement"};
			if (config->inserts[i].source_index != feed.from_index)
				continue;
			word = kinds[config->inserts[i].kind];
			from = config->inserts[i].group;
		}
	}
	return json_pack("{s:s, s:o}", "feed", word, "from", text_or_null(from));
}

/* What the interpretation on the channel is made from. */
static json_t *quality_json(const struct cabin_hub_channel_stats *stats)
{
	int quality = stats->quality - 1;
	if (stats->quality <= 0)
		return json_null();
	return json_string(cabin_quality_words[quality < CABIN_QUALITY_COUNT ? quality : CABIN_QUALITY_COUNT - 1]);
}

json_t *desk_channel_json(const struct cabin_desk *desk, uint16_t index)
{
	static const char *const conditions[] = {"ok", "silent", "lost"};
	const struct desk_channel *channel = &desk->channels[index];
	const struct cabin_config_channel *from = desk_config_channel(desk, index);
	struct cabin_hub_channel_stats stats;
	cabin_hub_channel_stats(desk->config.hub, index, &stats);
	const char *booth = stats.booth_index == CABIN_INDEX_NONE ? NULL : desk_booth_id(desk, stats.booth_index);
	bool by_line = stats.feed == CABIN_FEED_BOOTH && !booth;
	json_t *hour = json_array();
	for (unsigned i = 0; i < DESK_HOUR_PARTS; i++)
		json_array_append_new(hour, json_integer(channel->parts[i]));
	return json_pack(
	    "{s:i, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:s, s:b, s:i, s:o, s:i}",
	    "channel", (int)desk->config.layout.numbers[index], "id", channel->id, "room",
	    desk->rooms[channel->room_index].id, "kind", channel->floor ? "floor" : "language", "language",
	    channel->floor ? json_null() : json_string(desk->current->languages[from->language_index].id), "name",
	    names(&from->name), "feed", cabin_feed_words[stats.feed], "source", conditions[stats.condition], "booth",
	    text_or_null(by_line ? from->booth_id : booth), "seat", booth ? json_integer(stats.seat) : json_null(),
	    "from", stats.from_number ? json_integer(stats.from_number) : json_null(), "quality", quality_json(&stats),
	    "override", override_json(desk, index), "gain_db", figure(channel->gain_db), "muted", channel->muted,
	    "hide", desk_hide_words[channel->hide], "hidden", channel->hidden, "listeners", (int)channel->listeners,
	    "listeners_hour", hour, "epoch", (int)stats.epoch);
}

/* --- inputs and points ---------------------------------------------------------------------------- */

static json_t *feeds_of(const struct cabin_desk *desk, uint16_t source_index)
{
	json_t *list = json_array();
	for (uint16_t i = 0; i < desk->config.layout.channel_count; i++) {
		struct cabin_hub_channel_stats stats;
		if (!desk->channels[i].used)
			continue;
		cabin_hub_channel_stats(desk->config.hub, i, &stats);
		if (stats.source_index == source_index)
			json_array_append_new(list, json_string(desk->channels[i].id));
	}
	return list;
}

static json_t *input_json(const struct cabin_desk *desk, uint16_t index)
{
	static const char *const kinds[] = {"device", "file", "tone"};
	const struct cabin_config_source *source = &desk->config.config->sources[index];
	struct cabin_capture_source_stats stats;
	struct cabin_level_figures level;
	cabin_capture_source_stats(desk->config.capture, index, &stats);
	cabin_meter_figures(desk->config.meter, CABIN_POINT_SOURCE, index, &level);
	return json_pack("{s:s, s:s, s:b, s:I, s:i, s:b, s:I, s:o}", "input", source->id, "kind", kinds[source->kind],
			 "lost", stats.lost, "overruns", (json_int_t)stats.overruns, "bandwidth_hz",
			 (int)level.bandwidth_hz, "hum", level.hum, "clips", (json_int_t)level.clips, "feeds",
			 feeds_of(desk, index));
}

/* NULL: a place that nothing has. */
static json_t *source_point(const struct cabin_desk *desk, uint16_t index)
{
	const struct cabin_config *config = desk->config.config;
	if (index < desk->config.layout.source_count)
		return json_pack("{s:s, s:s}", "kind", config->sources[index].insert ? "insert" : "input", "id",
				 config->sources[index].id);
	uint16_t place = (uint16_t)(index - desk->config.layout.source_count), booth = place / 4;
	uint8_t seat = (uint8_t)(place % 4 + 1);
	const char *id = desk_booth_id(desk, booth);
	return id && seat <= desk_booth_seats(desk, booth)
		   ? json_pack("{s:s, s:s, s:i}", "kind", "seat", "booth", id, "seat", seat)
		   : NULL;
}

static json_t *channel_point(const struct cabin_desk *desk, uint16_t index)
{
	return desk->channels[index].used
		   ? json_pack("{s:s, s:i}", "kind", "channel", "channel", (int)desk->config.layout.numbers[index])
		   : NULL;
}

/* In the order of the levels' frames: sources, then channels. */
static json_t *point(const struct cabin_desk *desk, unsigned place)
{
	unsigned sources = desk_source_count(desk);
	return place < sources ? source_point(desk, (uint16_t)place) : channel_point(desk, (uint16_t)(place - sources));
}

static json_t *points_json(const struct cabin_desk *desk)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < desk_source_count(desk) + desk->config.layout.channel_count; i++) {
		json_t *one = point(desk, i);
		json_array_append_new(list, one ? one : json_null());
	}
	return list;
}

static json_t *levels_json(const struct cabin_desk *desk)
{
	json_t *list = json_array();
	unsigned sources = desk_source_count(desk);
	for (unsigned i = 0; i < sources + desk->config.layout.channel_count; i++) {
		json_t *one = point(desk, i);
		struct cabin_level_figures level;
		if (!one)
			continue;
		cabin_meter_figures(desk->config.meter, i < sources ? CABIN_POINT_SOURCE : CABIN_POINT_CHANNEL,
				    (uint16_t)(i < sources ? i : i - sources), &level);
		json_object_update_new(one, json_pack("{s:o, s:o, s:o, s:o, s:o, s:I}", "peak_dbfs",
						      figure(level.peak_dbfs), "true_peak_dbtp",
						      figure(level.true_peak_dbtp), "rms_dbfs", figure(level.rms_dbfs),
						      "momentary_lufs", figure(level.momentary_lufs), "short_term_lufs",
						      figure(level.short_term_lufs), "clips", (json_int_t)level.clips));
		json_array_append_new(list, one);
	}
	return json_pack("{s:o}", "points", list);
}

/* --- the map ---------------------------------------------------------------------------------------- */

static json_t *announcements_json(const struct cabin_desk *desk)
{
	const struct cabin_config *config = desk->config.config;
	json_t *list = json_array();
	for (uint16_t i = 0; i < config->insert_count; i++) {
		const struct cabin_config_insert *insert = &config->inserts[i];
		if (insert->kind != CABIN_INSERT_ANNOUNCEMENT || insert->language)
			continue;
		json_t *languages = json_array();
		for (uint16_t k = 0; k < config->insert_count; k++)
			if (config->inserts[k].kind == CABIN_INSERT_ANNOUNCEMENT && config->inserts[k].language &&
			    strcmp(config->inserts[k].group, insert->group) == 0)
				json_array_append_new(languages, json_string(config->inserts[k].language));
		json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "id", insert->group, "title",
						      names(&insert->title), "languages", languages));
	}
	return list;
}

json_t *desk_announcing_json(const struct cabin_desk *desk)
{
	const struct desk_announcing *on = &desk->announcing;
	char since[DESK_TIME_MAX_BYTES];
	if (!on->on)
		return json_null();
	desk_time_text(since, on->since_unix_ms);
	return json_pack("{s:s, s:s, s:s, s:s}", "announcement", on->id, "scope",
			 on->room_index == CABIN_INDEX_NONE ? "event" : desk->rooms[on->room_index].id, "since", since,
			 "author", on->author);
}

json_t *desk_talkback_json(const struct cabin_desk *desk)
{
	char since[DESK_TIME_MAX_BYTES];
	if (!desk->talkback.on)
		return json_null();
	json_t *to = json_array();
	for (uint16_t i = 0; i < desk->config.layout.booth_index; i++)
		if (desk->talkback.booth_bits[i / 64] >> i % 64 & 1 && desk_booth_id(desk, i))
			json_array_append_new(to, json_string(desk_booth_id(desk, i)));
	desk_time_text(since, desk->talkback.since_unix_ms);
	return json_pack("{s:o, s:s, s:s}", "to", to, "since", since, "author", desk->talkback.author);
}

static json_t *server_json(const struct cabin_desk *desk)
{
	struct cabin_store_stats stats = {.writable = false};
	if (desk->config.store)
		cabin_store_stats(desk->config.store, &stats);
	/* Whole tens of megabytes: it says how much is left, and does not make news each second. */
	json_int_t free_bytes = (json_int_t)(stats.disk_free_bytes - stats.disk_free_bytes % 10000000);
	return json_pack("{s:s, s:i, s:I, s:b, s:o}", "version", CABIN_VERSION, "loops", (int)desk->config.loop_count,
			 "disk_free_bytes", free_bytes, "stored", stats.writable, "certificate_days",
			 desk->certificate_days == INT_MAX ? json_null() : json_integer(desk->certificate_days));
}

json_t *desk_map_json(struct cabin_desk *desk, bool observer)
{
	json_t *rooms = json_array(), *channels = json_array(), *inputs = json_array();
	for (uint16_t i = 0; i < desk->config.layout.room_count; i++)
		if (desk->rooms[i].used)
			json_array_append_new(rooms, desk_room_json(desk, i, observer));
	for (uint16_t i = 0; i < desk->config.layout.channel_count; i++)
		if (desk->channels[i].used)
			json_array_append_new(channels, desk_channel_json(desk, i));
	for (uint16_t i = 0; i < desk->config.layout.source_count; i++)
		if (!desk->config.config->sources[i].insert)
			json_array_append_new(inputs, input_json(desk, i));
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i}", "server", server_json(desk), "points",
			 points_json(desk), "rooms", rooms, "channels", channels, "inputs", inputs, "announcements",
			 announcements_json(desk), "announcing", desk_announcing_json(desk), "talkback",
			 desk_talkback_json(desk), "changes", (int)desk->change_count);
}

void desk_add_moment(const struct cabin_desk *desk, json_t *map)
{
	char now[DESK_TIME_MAX_BYTES];
	uint64_t now_ns = cabin_clock_now_ns(&desk->config.clock);
	json_t *server = json_object_get(map, "server");
	desk_time_text(now, desk_unix_ms());
	json_object_set_new(map, "revision", json_integer((json_int_t)desk->revision));
	json_object_set_new(map, "time", json_string(now));
	json_object_set_new(map, "clock_us", json_integer((json_int_t)(now_ns / CABIN_NS_PER_US)));
	json_object_set_new(server, "uptime_s", json_integer((json_int_t)((now_ns - desk->began_ns) / CABIN_NS_PER_S)));
	json_object_set_new(server, "connections",
			    json_integer(desk->config.network.connections(desk->config.network.context)));
}

/* --- handlers ------------------------------------------------------------------------------------------ */

void desk_get_desk(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	json_t *map = desk_map_json(desk, request->author.observer);
	if (map)
		desk_add_moment(desk, map);
	desk_answer(desk, request, 200, map);
}

void desk_get_audience(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	desk_answer(desk, request, 200, desk_audience_json(desk));
}

void desk_get_levels(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	desk_answer(desk, request, 200, levels_json(desk));
}

void desk_get_alarms(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	desk_answer(desk, request, 200, desk_alarms_json(desk));
}

/* The one of the change and the one of the file: neither is an observer's. */
static void hide_pin(json_t **value)
{
	if (!json_is_string(*value))
		return;
	json_decref(*value);
	*value = json_string("****");
}

void desk_get_changes(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < desk->change_count; i++) {
		const struct cabin_store_change *change = &desk->changes[i];
		char at[DESK_TIME_MAX_BYTES];
		json_t *configured = desk_configured(desk, change);
		json_t *value = json_loads(change->value_json, JSON_DECODE_ANY, NULL);
		if (request->author.observer && strcmp(change->key, "lock") == 0) {
			hide_pin(&configured);
			hide_pin(&value);
		}
		desk_time_text(at, change->at_unix_ms);
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o, s:o, s:s, s:s}", "scope", change->scope,
						      "subject", change->subject, "key", change->key, "value",
						      value ? value : json_null(), "configured",
						      configured ? configured : json_null(), "author", change->author,
						      "at", at));
	}
	desk_answer(desk, request, 200, json_pack("{s:o}", "changes", list));
}

static void answer_text(struct cabin_desk *desk, const struct cabin_api_request *request, const char *type, char *text,
			size_t size)
{
	const struct cabin_api_reply reply = {
	    .ticket = request->ticket, .status = 200, .type = type, .body = text, .body_size = size};
	desk->config.network.reply(desk->config.network.context, &reply);
}

void desk_get_config(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = request->author.observer ? NULL : open_memstream(&text, &size);
	if (request->author.observer) {
		desk_refuse(desk, request, 403, "not-yours", "the configuration holds PINs: it is for technicians");
		return;
	}
	if (!to) {
		desk_refuse(desk, request, 503, "no-memory", "the server has no memory for it");
		return;
	}
	cabin_config_print(desk->current, to);
	for (uint32_t i = 0; i < desk->change_count; i++)
		if (strcmp(desk->changes[i].key, "source") == 0 || strcmp(desk->changes[i].key, "muted") == 0)
			fprintf(to, "# Not of a configuration: %s of %s is %s now.\n", desk->changes[i].key,
				desk->changes[i].subject, desk->changes[i].value_json);
	fclose(to);
	answer_text(desk, request, "text/yaml; charset=utf-8", text, size);
}

void desk_get_openapi(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	FILE *file = desk->config.openapi_path ? fopen(desk->config.openapi_path, "re") : NULL;
	char *text = file ? malloc(OPENAPI_MAX_BYTES) : NULL;
	size_t size = text ? fread(text, 1, OPENAPI_MAX_BYTES, file) : 0;
	if (file)
		fclose(file);
	if (size == 0) {
		free(text);
		desk_refuse(desk, request, 404, "not-found",
			    "the description is not installed: it is docs/openapi.json");
		return;
	}
	answer_text(desk, request, NULL, text, size);
}
