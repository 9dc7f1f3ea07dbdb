/* What happened since it was last looked at, told as events; and the figures that other
 * threads read of it. */
#include <string.h>

#include "relay/hub_internal.h"

static struct cabin_hub_event event_of(enum cabin_hub_event_kind kind, uint64_t now_ns)
{
	return (struct cabin_hub_event){.kind = kind,
					.at_ns = now_ns,
					.room_index = CABIN_INDEX_NONE,
					.booth_index = CABIN_INDEX_NONE,
					.channel_index = CABIN_INDEX_NONE,
					.source_index = CABIN_INDEX_NONE};
}

static void raise(const struct cabin_hub *hub, const struct cabin_hub_event *event)
{
	if (hub->event)
		hub->event(hub->event_context, event);
}

/* --- channels ---------------------------------------------------------------------- */

static void report_channel(struct cabin_hub *hub, uint16_t index, uint64_t now_ns)
{
	const struct cabin_channel *channel = &hub->channels[index];
	const struct cabin_channel_choice *announced = &channel->announced;
	struct hub_channel_figures *figures = &hub->figures[index];
	struct cabin_hub_event event;
	uint8_t seat = 0;
	const struct hub_booth *booth = hub_booth_of(hub, announced->source_index, &seat);

	if (figures->seen.feed == announced->feed && figures->seen.source_index == announced->source_index &&
	    figures->seen.from_number == announced->from_number && figures->condition_seen == channel->condition)
		return;
	figures->seen = *announced;
	figures->condition_seen = channel->condition;
	event = event_of(CABIN_HUB_EVENT_FEED, now_ns);
	if (hub->room_count)
		event.room_index = channel->config.room_index;
	event.channel_index = index;
	event.source_index = announced->source_index;
	event.booth_index = booth ? hub_booth_index(hub, booth) : CABIN_INDEX_NONE;
	event.seat = seat;
	event.what = (uint8_t)announced->feed;
	event.on = channel->condition != CABIN_CONDITION_LOST;
	raise(hub, &event);
}

static void publish_channel(struct cabin_hub *hub, uint16_t index)
{
	struct hub_channel_figures *figures = &hub->figures[index];
	const struct cabin_channel *channel = &hub->channels[index];
	uint8_t seat = 0;
	const struct hub_booth *booth = hub_booth_of(hub, channel->announced.source_index, &seat);

	atomic_store_explicit(&figures->source_now, channel->announced.source_index, memory_order_relaxed);
	atomic_store_explicit(&figures->booth_now, booth ? hub_booth_index(hub, booth) : CABIN_INDEX_NONE,
			      memory_order_relaxed);
	atomic_store_explicit(&figures->seat_now, seat, memory_order_relaxed);
	atomic_store_explicit(&figures->from_number_now, channel->announced.from_number, memory_order_relaxed);
	atomic_store_explicit(&figures->override_now, figures->override, memory_order_relaxed);
	atomic_store_explicit(&figures->quality_now, (int8_t)hub_depth(hub, index), memory_order_relaxed);
	atomic_store_explicit(&figures->trim_now, (float)channel->trim_db, memory_order_relaxed);
}

/* --- booths ------------------------------------------------------------------------ */

static struct cabin_hub_event event_of_booth(const struct cabin_hub *hub, const struct hub_booth *booth,
					     enum cabin_hub_event_kind kind, uint8_t seat, uint64_t now_ns)
{
	struct cabin_hub_event event = event_of(kind, now_ns);

	event.room_index = booth->config.room_index;
	event.booth_index = hub_booth_index(hub, booth);
	event.seat = seat;
	event.source_index = cabin_seat_source_index(hub->capture_count, event.booth_index, seat);
	return event;
}

static void report_air(const struct cabin_hub *hub, const struct hub_booth *booth, uint8_t seat, uint16_t channel_index,
		       bool on, uint64_t now_ns)
{
	struct cabin_hub_event event = event_of_booth(hub, booth, CABIN_HUB_EVENT_ON_AIR, seat, now_ns);

	if (!seat)
		return;
	event.channel_index = channel_index;
	event.on = on;
	raise(hub, &event);
}

/* The one who was on air and the one who is; a hand-over between them comes first. */
static void report_booth(struct cabin_hub *hub, struct hub_booth *booth, uint64_t now_ns)
{
	const struct cabin_booth *machine = &booth->machine;
	uint8_t seat = machine->held ? 0 : machine->on_air;
	uint16_t channel_index = hub_output_channel(booth, machine->output);

	if (machine->handovers != booth->handovers_seen && booth->air_seen) {
		struct cabin_hub_event event =
		    event_of_booth(hub, booth, CABIN_HUB_EVENT_HANDOVER, booth->air_seen, now_ns);

		event.channel_index = channel_index;
		event.other_seat = machine->on_air;
		event.on = true;
		raise(hub, &event);
	}
	booth->handovers_seen = machine->handovers;
	if (seat == booth->air_seen && channel_index == booth->air_channel_seen)
		return;
	report_air(hub, booth, booth->air_seen, booth->air_channel_seen, false, now_ns);
	report_air(hub, booth, seat, channel_index, true, now_ns);
	booth->air_seen = seat;
	booth->air_channel_seen = channel_index;
}

static void report_seat(struct cabin_hub *hub, struct hub_booth *booth, uint8_t number, uint64_t now_ns)
{
	const struct cabin_booth_seat *seat = &booth->machine.seats[number - 1];
	struct hub_seat_seen *seen = &booth->seats_seen[number - 1];
	struct cabin_hub_event event = event_of_booth(hub, booth, CABIN_HUB_EVENT_SEAT, number, now_ns);

	if (seat->connection)
		memcpy(seen->name, seat->name, sizeof(seen->name)); /* who left is known by it */
	if (seen->present != (seat->connection != 0)) {
		seen->present = event.on = seat->connection != 0;
		event.what = event.on;
		memcpy(event.name, seen->name, sizeof(event.name));
		raise(hub, &event);
	}
	for (int kind = 0; kind < CABIN_SIGNAL_COUNT; kind++) {
		if (seen->signals[kind] == (seat->signal_until_ns[kind] != 0))
			continue;
		event = event_of_booth(hub, booth, CABIN_HUB_EVENT_SIGNAL, number, now_ns);
		seen->signals[kind] = event.on = seat->signal_until_ns[kind] != 0;
		event.what = (uint8_t)kind;
		raise(hub, &event);
	}
	if (seen->call == seat->call)
		return;
	event = event_of_booth(hub, booth, CABIN_HUB_EVENT_CALL, number, now_ns);
	seen->call = event.what = seat->call;
	event.on = seat->call != CABIN_CALL_NONE;
	raise(hub, &event);
}

/* --- all of it --------------------------------------------------------------------- */

void hub_see(struct cabin_hub *hub)
{
	for (uint16_t i = 0; i < hub->channel_count; i++) {
		hub->figures[i].seen = hub->channels[i].announced;
		hub->figures[i].condition_seen = hub->channels[i].condition;
	}
	for (uint16_t i = 0; i < hub->booth_count; i++)
		hub->booths[i].air_channel_seen = hub_output_channel(&hub->booths[i], 0);
}

void hub_report(struct cabin_hub *hub)
{
	uint64_t now_ns = cabin_clock_now_ns(&hub->clock);

	for (uint16_t i = 0; i < hub->booth_count; i++) {
		struct hub_booth *booth = &hub->booths[i];

		for (uint8_t seat = 1; seat <= booth->config.seat_count; seat++)
			report_seat(hub, booth, seat, now_ns);
		report_booth(hub, booth, now_ns);
	}
	for (uint16_t i = 0; i < hub->channel_count; i++) {
		report_channel(hub, i, now_ns);
		publish_channel(hub, i);
	}
}

void hub_report_clock_jump(struct cabin_hub *hub, uint16_t source_index, uint64_t now_ns)
{
	struct cabin_hub_event event = event_of(CABIN_HUB_EVENT_CLOCK_JUMP, now_ns);
	uint8_t seat;
	const struct hub_booth *booth = hub_booth_of(hub, source_index, &seat);

	if (booth)
		event = event_of_booth(hub, booth, CABIN_HUB_EVENT_CLOCK_JUMP, seat, now_ns);
	event.source_index = source_index;
	event.on = true;
	raise(hub, &event);
}

void cabin_hub_channel_stats(const struct cabin_hub *hub, uint16_t channel_index, struct cabin_hub_channel_stats *out)
{
	const struct cabin_channel *channel;
	const struct hub_channel_figures *figures;

	CABIN_ASSERT(channel_index < hub->channel_count);
	channel = &hub->channels[channel_index];
	figures = &hub->figures[channel_index];
	*out = (struct cabin_hub_channel_stats){
	    .feed = (enum cabin_feed)atomic_load_explicit(&channel->feed_now, memory_order_relaxed),
	    .condition =
		(enum cabin_source_condition)atomic_load_explicit(&channel->condition_now, memory_order_relaxed),
	    .epoch = atomic_load_explicit(&channel->epoch_now, memory_order_relaxed),
	    .packets = cabin_counter_get(&channel->packets),
	    .payload_bytes = cabin_counter_get(&channel->payload_bytes),
	    .source_gaps = cabin_counter_get(&channel->source_gaps),
	    .dropped_pool = cabin_counter_get(&channel->dropped_pool),
	    .dropped_invalid = cabin_counter_get(&channel->dropped_invalid),
	    .rate_hz = atomic_load_explicit(&channel->rate_hz, memory_order_relaxed),
	    .source_index = atomic_load_explicit(&figures->source_now, memory_order_relaxed),
	    .booth_index = atomic_load_explicit(&figures->booth_now, memory_order_relaxed),
	    .seat = atomic_load_explicit(&figures->seat_now, memory_order_relaxed),
	    .override = atomic_load_explicit(&figures->override_now, memory_order_relaxed),
	    .quality = atomic_load_explicit(&figures->quality_now, memory_order_relaxed),
	    .from_number = atomic_load_explicit(&figures->from_number_now, memory_order_relaxed),
	    .trim_db = atomic_load_explicit(&figures->trim_now, memory_order_relaxed),
	};
}

void cabin_hub_room_stats(const struct cabin_hub *hub, uint16_t room_index, struct cabin_hub_room_stats *out)
{
	const struct hub_room *room;
	const char *language;

	CABIN_ASSERT(room_index < hub->room_count);
	room = &hub->rooms[room_index];
	*out = (struct cabin_hub_room_stats){.open = atomic_load_explicit(&room->open_now, memory_order_relaxed)};
	/* Acquire, partner: the release in hub_notices.c. */
	language = atomic_load_explicit(&room->floor_language_now, memory_order_acquire);
	if (language)
		memcpy(out->floor_language, language, strlen(language) + 1); /* ids are bounded */
}
