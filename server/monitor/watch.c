#include "monitor/watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/watch_rules.h"

enum { UPLINK_WINDOW_MS = 5000 };

static const double DISK_SHARE = 0.05;

struct source_memory {
	struct cabin_watch_window clips, overruns;
	bool in_use; /* in this round */
};

struct channel_memory {
	struct cabin_watch_window packets, gaps;
};

struct booth_memory {
	uint16_t source_index; /* of which the windows tell */
	struct cabin_watch_window packets, missed;
};

struct cabin_watch {
	struct cabin_watch_config config;
	struct source_memory *sources;
	struct channel_memory *channels;
	struct booth_memory *booths;
	struct cabin_watch_room_memory *rooms;
	struct cabin_watch_room_now *rooms_now;
	struct cabin_watch_window dropped, clock_jumps;
};

int cabin_watch_create(struct cabin_watch **out, const struct cabin_watch_config *config)
{
	*out = NULL;
	struct cabin_watch *watch = calloc(1, sizeof(*watch));
	if (!watch)
		return CABIN_ENOMEM;
	watch->config = *config;
	/* One more each: none of something is no want of memory. */
	watch->sources = calloc(config->source_count + 1u, sizeof(watch->sources[0]));
	watch->channels = calloc(config->channel_count + 1u, sizeof(watch->channels[0]));
	watch->booths = calloc(config->booth_count + 1u, sizeof(watch->booths[0]));
	watch->rooms = calloc(config->room_count + 1u, sizeof(watch->rooms[0]));
	watch->rooms_now = calloc(config->room_count + 1u, sizeof(watch->rooms_now[0]));
	if (!watch->sources || !watch->channels || !watch->booths || !watch->rooms || !watch->rooms_now) {
		cabin_watch_destroy(watch);
		return CABIN_ENOMEM;
	}
	for (uint16_t b = 0; b < config->booth_count; b++)
		watch->booths[b].source_index = CABIN_WATCH_NONE;
	*out = watch;
	return 0;
}

void cabin_watch_destroy(struct cabin_watch *watch)
{
	if (!watch)
		return;
	free(watch->sources);
	free(watch->channels);
	free(watch->booths);
	free(watch->rooms);
	free(watch->rooms_now);
	free(watch);
}

/* One round's place and time, for what follows. */
struct round {
	struct cabin_watch *watch;
	const struct cabin_watch_input *input;
	uint64_t now_ns;
};

static void observe(const struct round *round, enum cabin_alarm_kind kind, uint16_t subject_index,
		    struct cabin_watch_figure figure)
{
	struct cabin_alarms *alarms = round->watch->config.alarms;
	if (figure.applies)
		cabin_alarms_observe(alarms, kind, subject_index, figure.value, round->now_ns);
	else
		cabin_alarms_rest(alarms, kind, subject_index, round->now_ns);
}

/* Of the last while that the kind counts over. */
static uint64_t grown(const struct round *round, enum cabin_alarm_kind kind, struct cabin_watch_window *window,
		      uint64_t counter)
{
	uint32_t window_ms = cabin_alarms_hold_ms(round->watch->config.alarms, kind);
	return cabin_watch_grown(window, counter, window_ms, round->now_ns);
}

static struct cabin_watch_figure figure_of(double value)
{
	return (struct cabin_watch_figure){true, value};
}

static const struct cabin_watch_source *source_at(const struct round *round, uint16_t source_index)
{
	static const struct cabin_watch_source nothing;
	return source_index < round->watch->config.source_count ? &round->input->sources[source_index] : &nothing;
}

static struct cabin_watch_room_now *room_now_at(const struct round *round, uint16_t room_index)
{
	return room_index < round->watch->config.room_count ? &round->watch->rooms_now[room_index] : NULL;
}

static void gather_channel(const struct round *round, const struct cabin_watch_channel *channel)
{
	struct cabin_watch_room_now *room = room_now_at(round, channel->room_index);
	if (!channel->used || !room)
		return;
	const struct cabin_watch_level *level = &source_at(round, channel->source_index)->level;
	room->listeners += channel->listeners;
	room->in_trouble += channel->in_trouble;
	if (channel->is_floor)
		room->floor_speaks = room->floor_speaks || cabin_watch_floor_speaks(level, round->now_ns);
	if (channel->from_booth) {
		room->on_air = true;
		room->booth_speaks = room->booth_speaks || cabin_watch_booth_speaks(level, round->now_ns);
	}
}

/* What each room does, and remembers. */
static void gather_rooms(const struct round *round)
{
	struct cabin_watch *watch = round->watch;
	memset(watch->rooms_now, 0, watch->config.room_count * sizeof(watch->rooms_now[0]));
	for (uint16_t r = 0; r < watch->config.room_count; r++) {
		const struct cabin_watch_room *room = &round->input->rooms[r];
		watch->rooms_now[r].session = room->used ? room->session : 0;
		watch->rooms_now[r].session_left_s = room->session_left_s;
	}
	for (uint16_t c = 0; c < watch->config.channel_count; c++)
		gather_channel(round, &round->input->channels[c]);
	for (uint16_t b = 0; b < watch->config.booth_count; b++) {
		/* Also a booth whose channel carries something else at the moment. */
		const struct cabin_watch_booth *booth = &round->input->booths[b];
		struct cabin_watch_room_now *room = room_now_at(round, booth->room_index);
		if (room && booth->used && booth->on_air_source < watch->config.source_count)
			room->on_air = true;
	}
	for (uint16_t r = 0; r < watch->config.room_count; r++)
		cabin_watch_room_remember(&watch->rooms[r], &watch->rooms_now[r], round->now_ns);
}

static void watch_channel(const struct round *round, uint16_t c)
{
	struct cabin_watch *watch = round->watch;
	const struct cabin_watch_channel *channel = &round->input->channels[c];
	const struct cabin_watch_source *source = source_at(round, channel->source_index);
	struct channel_memory *memory = &watch->channels[c];
	const struct cabin_watch_room_now *room = room_now_at(round, channel->room_index);
	bool expected = false;
	if (!channel->used)
		return; /* the alarms clear what is no longer observed */
	if (channel->is_floor && room && !channel->steered)
		expected = cabin_watch_floor_expected(&watch->rooms[channel->room_index], room);
	if (channel->is_floor)
		observe(round, CABIN_ALARM_FLOOR_SILENT, c,
			cabin_watch_floor_silent(expected, room && room->on_air, source->lost, &source->level,
						 round->now_ns));
	if (channel->source_index < watch->config.source_count && !channel->steered &&
	    (expected || channel->from_booth))
		watch->sources[channel->source_index].in_use = true;
	observe(round, CABIN_ALARM_PACKET_GAPS, c,
		cabin_watch_packet_gaps(grown(round, CABIN_ALARM_PACKET_GAPS, &memory->packets, channel->packets),
					grown(round, CABIN_ALARM_PACKET_GAPS, &memory->gaps, channel->source_gaps)));
	observe(round, CABIN_ALARM_DELAY, c, cabin_watch_delay(channel->listeners, channel->mouth_to_ear_p95_ms));
}

static void watch_booth(const struct round *round, uint16_t b)
{
	struct cabin_watch *watch = round->watch;
	const struct cabin_watch_booth *booth = &round->input->booths[b];
	struct booth_memory *memory = &watch->booths[b];
	bool on_air = booth->used && booth->on_air_source < watch->config.source_count;
	uint64_t floor_spoke_ns = 0;
	if (booth->room_index < watch->config.room_count)
		floor_spoke_ns = watch->rooms[booth->room_index].floor_spoke_ns;
	const struct cabin_watch_source *source = source_at(round, on_air ? booth->on_air_source : CABIN_WATCH_NONE);
	observe(round, CABIN_ALARM_BOOTH_SILENT_ON_AIR, b,
		cabin_watch_booth_silent(on_air, booth->coughs, floor_spoke_ns, &source->level, round->now_ns));
	if (!on_air || memory->source_index != booth->on_air_source)
		*memory = (struct booth_memory){.source_index = on_air ? booth->on_air_source : CABIN_WATCH_NONE};
	if (!on_air) {
		observe(round, CABIN_ALARM_UPLINK_LATE, b, (struct cabin_watch_figure){.applies = false});
		return;
	}
	watch->sources[booth->on_air_source].in_use = true;
	uint64_t packets = cabin_watch_grown(&memory->packets, booth->uplink_packets, UPLINK_WINDOW_MS, round->now_ns);
	uint64_t missed = cabin_watch_grown(&memory->missed, booth->uplink_late + booth->uplink_lost, UPLINK_WINDOW_MS,
					    round->now_ns);
	observe(round, CABIN_ALARM_UPLINK_LATE, b,
		cabin_watch_uplink_late(booth->uplink_age_ms, packets, missed, round->input->server.queue_limit_ms));
}

/* Ten clips in 10 s: a loud speaker touches full scale now and then, which nobody hears;
 * an overdriven input does so several times a second. Three overruns in a minute: one
 * comes when a device starts, or a machine is busy once. */
static void watch_source(const struct round *round, uint16_t s)
{
	const struct cabin_watch_source *source = &round->input->sources[s];
	struct source_memory *memory = &round->watch->sources[s];
	if (!source->used)
		return;
	observe(round, CABIN_ALARM_DEVICE_LOST, s, figure_of(source->lost ? 1 : 0));
	observe(round, CABIN_ALARM_CLIPPING, s,
		figure_of((double)grown(round, CABIN_ALARM_CLIPPING, &memory->clips, source->level.clips)));
	observe(round, CABIN_ALARM_CAPTURE_OVERRUNS, s,
		figure_of((double)grown(round, CABIN_ALARM_CAPTURE_OVERRUNS, &memory->overruns, source->overruns)));
	observe(round, CABIN_ALARM_TOO_LOW, s,
		cabin_watch_too_low(memory->in_use && !source->lost, &source->level, round->now_ns));
}

/* A certificate is renewed two weeks before; where that failed there is time to do it by
 * hand. A disk with less than 5 % fills within a day of whatever fills it, one with
 * less than 500 MB within the event; 100 MB are what the log of a day may need. */
static void watch_server(const struct round *round)
{
	struct cabin_watch *watch = round->watch;
	const struct cabin_watch_server *server = &round->input->server;
	uint32_t listeners = 0;
	for (uint16_t r = 0; r < watch->config.room_count; r++)
		listeners += watch->rooms_now[r].listeners;
	uint64_t dropped = grown(round, CABIN_ALARM_LISTENERS_DROPPING, &watch->dropped, server->dropped);
	uint64_t jumps = grown(round, CABIN_ALARM_CLOCK_JUMP, &watch->clock_jumps, server->clock_jumps);
	observe(round, CABIN_ALARM_LISTENERS_DROPPING, 0, cabin_watch_dropping(listeners, dropped));
	observe(round, CABIN_ALARM_CLOCK_JUMP, 0, figure_of((double)jumps));
	observe(round, CABIN_ALARM_STORE_FAILED, 0, figure_of(server->store_failed ? 1 : 0));
	if (!isnan(server->certificate_days))
		observe(round, CABIN_ALARM_CERTIFICATE, 0, figure_of(server->certificate_days));
	if (server->disk_size_bytes > 0)
		cabin_alarms_observe_limit(watch->config.alarms, CABIN_ALARM_DISK_LOW, 0,
					   (double)server->disk_free_bytes / 1e6,
					   (double)server->disk_size_bytes * DISK_SHARE / 1e6, round->now_ns);
}

void cabin_watch_step(struct cabin_watch *watch, const struct cabin_watch_input *input, uint64_t now_ns)
{
	const struct round round = {watch, input, now_ns};
	gather_rooms(&round);
	for (uint16_t s = 0; s < watch->config.source_count; s++)
		watch->sources[s].in_use = false;
	for (uint16_t c = 0; c < watch->config.channel_count; c++)
		watch_channel(&round, c);
	for (uint16_t b = 0; b < watch->config.booth_count; b++)
		watch_booth(&round, b);
	for (uint16_t s = 0; s < watch->config.source_count; s++)
		watch_source(&round, s);
	for (uint16_t r = 0; r < watch->config.room_count; r++) {
		if (input->rooms[r].used)
			observe(&round, CABIN_ALARM_LISTENERS_IN_TROUBLE, r,
				cabin_watch_in_trouble(watch->rooms_now[r].listeners, watch->rooms_now[r].in_trouble));
	}
	watch_server(&round);
	cabin_alarms_tick(watch->config.alarms, now_ns);
}
