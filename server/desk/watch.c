/* Alarms: the figures go to the watch, and what it raises to desks and log. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config/config_time.h"
#include "desk/desk_internal.h"

enum { CERTIFICATE_INTERVAL_S = 60, WALL_JUMP_MS = 500, OPENING_S = 5 };

struct desk_watched {
	struct cabin_watch_source sources[CABIN_SOURCES_MAX + 4 * CABIN_BOOTHS_MAX];
	struct cabin_watch_channel channels[CABIN_CHANNELS_MAX];
	struct cabin_watch_booth booths[CABIN_BOOTHS_MAX];
	struct cabin_watch_room rooms[CABIN_ROOMS_MAX];
	uint32_t lost_now, lost_told; /* hashes of what is lost: inputs, then channels */
};

unsigned desk_source_count(const struct cabin_desk *desk)
{
	return desk->config.layout.source_count + 4u * desk->config.layout.booth_count;
}

static const char *alarm_subject(const struct cabin_desk *desk, enum cabin_alarm_kind kind, uint16_t index)
{
	const char *id = NULL;
	switch (cabin_alarm_row(kind)->subject) {
	case CABIN_ALARM_SUBJECT_SOURCE:
		if (index < desk->config.layout.source_count)
			id = desk->config.config->sources[index].id;
		else
			id = desk_booth_id(desk, (uint16_t)((index - desk->config.layout.source_count) / 4));
		break;
	case CABIN_ALARM_SUBJECT_CHANNEL:
		id = desk->channels[index].id;
		break;
	case CABIN_ALARM_SUBJECT_BOOTH:
		id = desk_booth_id(desk, index);
		break;
	case CABIN_ALARM_SUBJECT_ROOM:
		id = desk->rooms[index].id;
		break;
	default:
		return "server";
	}
	return id ? id : "";
}

/* --- telling -------------------------------------------------------------------------------------- */

static json_t *figure(double value)
{
	return isfinite(value) ? json_real(round(value * 10) / 10) : json_null();
}

static json_t *alarm_json(const struct cabin_desk *desk, const struct cabin_alarm *alarm)
{
	const struct cabin_alarm_row *row = cabin_alarm_row(alarm->kind);
	char since[DESK_TIME_MAX_BYTES];
	uint64_t now_ns = cabin_clock_now_ns(&desk->config.clock);
	desk_time_text(since, desk_unix_ms() - (int64_t)((now_ns - alarm->since_ns) / CABIN_NS_PER_MS));
	return json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:o}", "id", (json_int_t)alarm->id, "kind", row->id,
			 "subject", alarm_subject(desk, alarm->kind, alarm->subject_index), "severity",
			 cabin_alarm_severity_name(alarm->severity), "value", figure(alarm->value), "threshold",
			 figure(alarm->threshold), "unit", row->unit, "since", since, "acknowledged_by",
			 alarm->acknowledged_by[0] ? json_string(alarm->acknowledged_by) : json_null());
}

struct listing {
	const struct cabin_desk *desk;
	json_t *list;
	uint64_t wanted; /* an id; 0: all */
};

static bool list_one(void *context, const struct cabin_alarm *alarm)
{
	struct listing *listing = context;
	if (listing->wanted == 0 || listing->wanted == alarm->id)
		json_array_append_new(listing->list, alarm_json(listing->desk, alarm));
	return true;
}

json_t *desk_alarms_json(const struct cabin_desk *desk)
{
	struct listing listing = {.desk = desk, .list = json_array()};
	cabin_alarms_each(desk->alarms, list_one, &listing);
	return json_pack("{s:o}", "alarms", listing.list);
}

json_t *desk_alarm_json_of(const struct cabin_desk *desk, uint64_t id)
{
	struct listing listing = {.desk = desk, .list = json_array(), .wanted = id};
	cabin_alarms_each(desk->alarms, list_one, &listing);
	json_t *found = json_incref(json_array_get(listing.list, 0));
	json_decref(listing.list);
	return found;
}

static void transition(void *context, const struct cabin_alarm *alarm, enum cabin_alarm_transition what)
{
	static const char *const words[] = {"raised", "worsened", "acknowledged", "cleared"};
	struct cabin_desk *desk = context;
	desk->alarms_changed = true;
	desk_log(desk, "alarm", alarm_subject(desk, alarm->kind, alarm->subject_index),
		 what == CABIN_ALARM_ACKNOWLEDGED ? alarm->acknowledged_by : "",
		 json_pack("{s:s, s:s, s:s, s:o, s:o, s:I}", "state", words[what], "alarm",
			   cabin_alarm_row(alarm->kind)->id, "severity", cabin_alarm_severity_name(alarm->severity),
			   "value", figure(alarm->value), "worst", figure(alarm->worst), "id", (json_int_t)alarm->id));
}

/* --- figures ---------------------------------------------------------------------------------------- */

static struct cabin_watch_level level_of(const struct cabin_desk *desk, uint16_t source_index)
{
	struct cabin_level_figures figures;
	cabin_meter_figures(desk->config.meter, CABIN_POINT_SOURCE, source_index, &figures);
	return (struct cabin_watch_level){.rms_dbfs = figures.rms_dbfs,
					  .short_term_lufs = figures.short_term_lufs,
					  .clips = figures.clips,
					  .updated_ns = figures.updated_ns};
}

static void note_lost(struct desk_watched *watched, bool lost)
{
	watched->lost_now = watched->lost_now * 31 + lost;
}

/* Other figures of the map have time; that a source is lost has not. */
static void tell_lost(struct cabin_desk *desk)
{
	struct desk_watched *watched = desk->watched;
	if (watched->lost_now != watched->lost_told)
		desk->map_changed = true;
	watched->lost_told = watched->lost_now;
	watched->lost_now = 0;
}

static void watch_source(struct cabin_desk *desk, uint16_t index, uint64_t now_ns)
{
	struct cabin_watch_source *out = &desk->watched->sources[index];
	*out = (struct cabin_watch_source){.used = true, .level = level_of(desk, index)};
	if (index < desk->config.layout.source_count) {
		struct cabin_capture_source_stats stats;
		cabin_capture_source_stats(desk->config.capture, index, &stats);
		out->used = !desk->config.config->sources[index].insert;
		/* A device takes a moment to open when the server starts. */
		out->lost = stats.lost && (stats.packets > 0 || now_ns > desk->began_ns + OPENING_S * CABIN_NS_PER_S);
		out->overruns = stats.overruns;
		note_lost(desk->watched, stats.lost);
		return;
	}
	uint16_t place = (uint16_t)(index - desk->config.layout.source_count);
	out->used = desk_booth_id(desk, place / 4) && place % 4 < desk_booth_seats(desk, place / 4);
}

static void watch_channel(struct cabin_desk *desk, uint16_t index)
{
	struct cabin_watch_channel *out = &desk->watched->channels[index];
	const struct desk_channel *channel = &desk->channels[index];
	const struct cabin_audience_channel *audience = &desk->audience->channels[index];
	struct cabin_hub_channel_stats stats;
	*out = (struct cabin_watch_channel){.used = channel->used};
	if (!channel->used)
		return;
	cabin_hub_channel_stats(desk->config.hub, index, &stats);
	note_lost(desk->watched, stats.condition == CABIN_CONDITION_LOST);
	out->is_floor = channel->floor;
	out->from_booth = stats.feed == CABIN_FEED_BOOTH;
	out->steered = desk_wanted_feed(desk, index).override != CABIN_OVERRIDE_NONE;
	out->room_index = channel->room_index;
	out->source_index = channel->floor ? desk->rooms[channel->room_index].input_index : stats.source_index;
	out->packets = stats.packets;
	out->source_gaps = stats.source_gaps;
	out->listeners = audience->listeners;
	out->in_trouble = audience->in_trouble;
	out->mouth_to_ear_p95_ms = desk_percentile(audience->mouth_to_ear, 0.95);
}

static void watch_booth(struct cabin_desk *desk, uint16_t index)
{
	struct cabin_watch_booth *out = &desk->watched->booths[index];
	struct cabin_hub_booth_stats stats;
	*out =
	    (struct cabin_watch_booth){.used = desk_booth_id(desk, index) && index != desk->config.layout.booth_index,
				       .on_air_source = CABIN_WATCH_NONE};
	if (!out->used)
		return;
	cabin_hub_booth_stats(desk->config.hub, index, &stats);
	out->room_index = desk_booth_room(desk, index);
	if (!stats.on_air || stats.held)
		return;
	out->on_air_source = cabin_seat_source_index(desk->config.layout.source_count, index, stats.on_air);
	out->coughs = stats.coughs;
	desk->config.network.uplink(desk->config.network.context, index, stats.on_air, &out->uplink_packets,
				    &out->uplink_late, &out->uplink_lost, &out->uplink_age_ms);
}

static void watch_room(struct cabin_desk *desk, uint16_t index)
{
	const struct cabin_config_session *on = NULL, *next;
	struct cabin_watch_room *out = &desk->watched->rooms[index];
	*out = (struct cabin_watch_room){.used = desk->rooms[index].used};
	if (out->used)
		desk_sessions(desk, index, &on, &next);
	int64_t end_s, now_s = desk_unix_ms() / 1000;
	out->session = on ? (uint32_t)(on - desk->current->sessions) + 1 : 0;
	if (on && cabin_time_parse(on->end, &end_s) && end_s > now_s)
		out->session_left_s = (uint32_t)(end_s - now_s);
}

/* The wall clock against the monotonic one: whoever sets it moves the agenda and the log. */
static void watch_clock(struct cabin_desk *desk, uint64_t now_ns)
{
	int64_t wall_less_clock_ms = desk_unix_ms() - (int64_t)(now_ns / CABIN_NS_PER_MS);
	int64_t moved_ms = wall_less_clock_ms - desk->wall_less_clock_ms;
	if (desk->wall_less_clock_ms != 0 && llabs(moved_ms) > WALL_JUMP_MS)
		desk->clock_jumps++;
	desk->wall_less_clock_ms = wall_less_clock_ms;
}

static void watch_certificate(struct cabin_desk *desk, uint64_t now_ns)
{
	if (now_ns < desk->certificate_ns)
		return;
	desk->certificate_ns = now_ns + CERTIFICATE_INTERVAL_S * CABIN_NS_PER_S;
	desk->certificate_days =
	    desk->config.certificate_days ? desk->config.certificate_days(desk->config.certificate_context) : INT_MAX;
}

static struct cabin_watch_server server_of(struct cabin_desk *desk)
{
	struct cabin_store_stats stats = {.writable = false}; /* without one nothing is kept either */
	if (desk->config.store)
		cabin_store_stats(desk->config.store, &stats);
	return (struct cabin_watch_server){
	    .dropped = desk->config.network.dropped(desk->config.network.context),
	    .clock_jumps = desk->clock_jumps,
	    .certificate_days = desk->certificate_days == INT_MAX ? NAN : desk->certificate_days,
	    .disk_free_bytes = stats.disk_free_bytes,
	    .disk_size_bytes = stats.disk_size_bytes,
	    .store_failed = !stats.writable,
	    .queue_limit_ms = desk->config.config->server.queue_limit_ms,
	};
}

void desk_watch_step(struct cabin_desk *desk, uint64_t now_ns)
{
	struct desk_watched *watched = desk->watched;
	for (unsigned i = 0; i < desk_source_count(desk); i++)
		watch_source(desk, (uint16_t)i, now_ns);
	for (uint16_t i = 0; i < desk->config.layout.channel_count; i++)
		watch_channel(desk, i);
	tell_lost(desk);
	for (uint16_t i = 0; i < desk->config.layout.booth_count; i++)
		watch_booth(desk, i);
	for (uint16_t i = 0; i < desk->config.layout.room_count; i++)
		watch_room(desk, i);
	watch_clock(desk, now_ns);
	watch_certificate(desk, now_ns);
	const struct cabin_watch_input input = {.sources = watched->sources,
						.channels = watched->channels,
						.booths = watched->booths,
						.rooms = watched->rooms,
						.server = server_of(desk)};
	cabin_watch_step(desk->watch, &input, now_ns);
}

static unsigned read_settings(const struct cabin_config *config, struct cabin_alarm_setting *out)
{
	unsigned count = 0;
	for (uint16_t i = 0; i < config->alarm_count; i++) {
		int kind = cabin_alarm_kind_of(config->alarms[i].kind);
		if (kind >= 0 && count < CABIN_ALARM_KINDS)
			out[count++] = (struct cabin_alarm_setting){.kind = (enum cabin_alarm_kind)kind,
								    .threshold = (double)config->alarms[i].threshold,
								    .hold_ms = config->alarms[i].hold_ms,
								    .off = config->alarms[i].off};
	}
	return count;
}

int desk_watch_begin(struct cabin_desk *desk)
{
	const struct cabin_desk_layout *layout = &desk->config.layout;
	struct cabin_alarm_setting settings[CABIN_ALARM_KINDS];
	const struct cabin_alarms_config alarms = {
	    .counts = {[CABIN_ALARM_SUBJECT_SOURCE] = (uint16_t)desk_source_count(desk),
		       [CABIN_ALARM_SUBJECT_CHANNEL] = layout->channel_count,
		       [CABIN_ALARM_SUBJECT_BOOTH] = layout->booth_count,
		       [CABIN_ALARM_SUBJECT_ROOM] = layout->room_count},
	    .settings = settings,
	    .setting_count = read_settings(desk->config.config, settings),
	    .first_id = (uint64_t)desk_unix_ms(),
	    .transition = transition,
	    .context = desk,
	};
	desk->certificate_days = INT_MAX;
	desk->watched = calloc(1, sizeof(*desk->watched));
	int result = desk->watched ? cabin_alarms_create(&desk->alarms, &alarms) : CABIN_ENOMEM;
	const struct cabin_watch_config watch = {.source_count = (uint16_t)desk_source_count(desk),
						 .channel_count = layout->channel_count,
						 .booth_count = layout->booth_count,
						 .room_count = layout->room_count,
						 .alarms = desk->alarms};
	return result == 0 ? cabin_watch_create(&desk->watch, &watch) : result;
}
