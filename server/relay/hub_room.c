/* What is known of a room and of a booth, as their notices tell it. */
#include <math.h>
#include <string.h>

#include "relay/hub_internal.h"

static uint64_t us(uint64_t ns)
{
	return ns / CABIN_NS_PER_US;
}

/* What whoever hears the channel hears, −1: unknown. */
static int8_t quality_heard(struct cabin_hub *hub, uint16_t channel_index)
{
	int depth = channel_index == CABIN_INDEX_NONE ? -1 : hub_depth(hub, channel_index);

	if (depth < 0 && channel_index != CABIN_INDEX_NONE)
		depth = 1;
	return (int8_t)(depth > CABIN_QUALITY_RELAY_OF_RELAY ? CABIN_QUALITY_RELAY_OF_RELAY : depth);
}

/* What the interpretation on the channel is made from; −1: none, or unknown. */
static int8_t quality_of_interpretation(struct cabin_hub *hub, uint16_t channel_index)
{
	return (int8_t)(hub_depth(hub, channel_index) > 0 ? hub_depth(hub, channel_index) - 1 : -1);
}

static void view_seat(struct cabin_hub *hub, const struct hub_booth *booth, uint8_t number,
		      struct cabin_console_seat_view *view)
{
	const struct cabin_booth *machine = &booth->machine;
	const struct cabin_booth_seat *seat = &machine->seats[number - 1];

	view->present = seat->connection != 0;
	view->mic = seat->mic;
	view->cough = seat->cough;
	view->late = machine->late && machine->on_air == number;
	view->channel = seat->listens == CABIN_INDEX_NONE ? 0 : hub->channels[seat->listens].config.number;
	view->quality = quality_heard(hub, seat->listens);
	view->call = seat->call;
	memcpy(view->name, seat->name, sizeof(view->name));
}

void hub_booth_view(struct cabin_hub *hub, struct hub_booth *booth, struct cabin_console_booth_view *view)
{
	const struct cabin_booth *machine = &booth->machine;
	const struct cabin_handover *handover = &machine->handover;

	*view = (struct cabin_console_booth_view){0};
	view->booth = booth->config.id;
	view->mode = (uint8_t)machine->mode;
	view->output = machine->output;
	view->on_air = machine->on_air;
	view->held = machine->held;
	view->since_us = us(machine->since_ns);
	view->seat_count = machine->seat_count;
	for (uint8_t i = 1; i <= machine->seat_count; i++)
		view_seat(hub, booth, i, &view->seats[i - 1]);
	if (handover->state == CABIN_HANDOVER_NONE)
		return;
	view->handover.state = (uint8_t)handover->state;
	view->handover.from = handover->from;
	view->handover.to = handover->to;
	view->handover.by = handover->by;
	view->handover.at_us = handover->state == CABIN_HANDOVER_AGREED ? us(handover->at_ns) : 0;
}

/* --- the floor's language ----------------------------------------------------------- */

/* A booth that interprets from the floor into one of its languages hears the other one;
 * of several that say so the one that began last is right, the others are about to
 * follow. */
static const char *language_by_booths(struct cabin_hub *hub, uint16_t room_index)
{
	const char *language = NULL;
	uint64_t newest_ns = 0;

	for (uint16_t i = 0; i < hub->booth_count; i++) {
		const struct hub_booth *booth = &hub->booths[i];
		const struct cabin_booth *machine = &booth->machine;
		uint64_t began_ns = machine->since_ns > machine->switched_ns ? machine->since_ns : machine->switched_ns;
		const char *other;

		if (booth->config.room_index != room_index || !machine->on_air || machine->output_count < 2 ||
		    quality_heard(hub, machine->seats[machine->on_air - 1].listens) != CABIN_QUALITY_DIRECT)
			continue;
		other = hub->channels[hub_output_channel(booth, !machine->output)].config.language;
		if (other && (!language || began_ns > newest_ns)) {
			language = other;
			newest_ns = began_ns;
		}
	}
	return language;
}

static bool has_line(const struct cabin_hub *hub, uint16_t channel_index)
{
	uint16_t line = hub->channels[channel_index].config.source_index;

	return line != CABIN_INDEX_NONE && !hub->sources[line].lost;
}

/* Anybody who could interpret into the channel. */
static bool is_staffed(const struct cabin_hub *hub, uint16_t channel_index)
{
	if (has_line(hub, channel_index))
		return true;
	for (uint16_t i = 0; i < hub->booth_count; i++) {
		const struct hub_booth *booth = &hub->booths[i];

		for (uint8_t output = 0; output < booth->machine.output_count; output++)
			if (hub_output_channel(booth, output) == channel_index &&
			    cabin_booth_present_count(&booth->machine))
				return true;
	}
	return false;
}

/* Nobody interprets into the language that is spoken: if that is one, it is known. */
static const char *language_by_rest(const struct cabin_hub *hub, uint16_t room_index)
{
	const char *language = NULL;

	for (uint16_t i = 0; i < hub->channel_count; i++) {
		const struct cabin_channel *channel = &hub->channels[i];

		if (channel->config.room_index != room_index || channel->config.kind != CABIN_CHANNEL_LANGUAGE ||
		    !channel->config.language || channel->announced.feed == CABIN_FEED_BOOTH ||
		    hub->figures[i].owner != CABIN_INDEX_NONE || !is_staffed(hub, i))
			continue;
		/* Under what a technician put there, its line may interpret or not. */
		if (hub->figures[i].override != CABIN_OVERRIDE_NONE && has_line(hub, i))
			return NULL;
		if (language && strcmp(language, channel->config.language) != 0)
			return NULL;
		language = channel->config.language;
	}
	return language;
}

/* --- the room ------------------------------------------------------------------------ */

static void view_channel(struct cabin_hub *hub, uint16_t index, struct cabin_console_channel_view *view)
{
	const struct cabin_channel *channel = &hub->channels[index];
	const struct hub_channel_figures *figures = &hub->figures[index];

	view->channel = channel->config.number;
	view->feed = (uint8_t)channel->announced.feed;
	/* `idle_from` says which channel an idle one follows; this one follows what a technician chose. */
	if (figures->override == CABIN_OVERRIDE_CHANNEL && channel->announced.feed == CABIN_FEED_CHANNEL)
		view->feed = CABIN_FEED_DESK;
	view->booth = channel->announced.booth_id;
	view->seat = channel->announced.seat;
	view->quality = quality_of_interpretation(hub, index);
	view->listeners = figures->listeners;
	view->lufs_known = figures->lufs_known;
	view->lufs_tenths = figures->lufs_tenths;
	view->is_floor = channel->config.kind == CABIN_CHANNEL_FLOOR;
	if (view->is_floor)
		return;
	view->idle = (uint8_t)channel->config.idle_feed;
	if (channel->config.idle_feed == CABIN_IDLE_CHANNEL)
		view->idle_from = hub->channels[channel->config.idle_from_index].config.number;
}

void hub_room_view(struct cabin_hub *hub, uint16_t room_index, struct cabin_console_room_view *view)
{
	*view = (struct cabin_console_room_view){0};
	view->room = hub->rooms[room_index].config.id;
	view->floor_language = language_by_booths(hub, room_index);
	if (!view->floor_language)
		view->floor_language = language_by_rest(hub, room_index);
	for (uint16_t i = 0; i < hub->channel_count; i++)
		if (hub->channels[i].config.room_index == room_index && !hub->figures[i].closed)
			view_channel(hub, i, &view->channels[view->channel_count++]);
	for (uint16_t i = 0; i < hub->booth_count; i++) {
		const struct hub_booth *booth = &hub->booths[i];

		if (booth->config.room_index != room_index)
			continue;
		for (uint8_t seat = 0; seat < booth->config.seat_count; seat++) {
			for (int kind = 0; kind < CABIN_SIGNAL_COUNT; kind++) {
				uint64_t until_us = us(booth->machine.seats[seat].signal_until_ns[kind]);

				if (until_us > view->signal_until_us[kind])
					view->signal_until_us[kind] = until_us;
			}
		}
	}
}

void hub_figures(struct cabin_hub *hub, uint64_t now_ns)
{
	if (!hub->room_count || now_ns < hub->figures_due_ns)
		return;
	hub->figures_due_ns = now_ns + CABIN_NS_PER_S;
	hub->changed = true;
	for (uint16_t i = 0; i < hub->channel_count; i++) {
		struct hub_channel_figures *figures = &hub->figures[i];
		uint16_t source_index = hub->channels[i].announced.source_index;
		double lufs = NAN;

		if (hub->audience)
			figures->listeners = hub->audience(hub->audience_context, i);
		if (source_index != CABIN_INDEX_NONE && hub->output.loudness_lufs)
			lufs = hub->output.loudness_lufs(hub->output.loudness_context, source_index);
		figures->lufs_known = isfinite(lufs) && fabs(lufs) < 200;
		/* By half a unit, so that a steady voice tells nothing anew. */
		figures->lufs_tenths = figures->lufs_known ? (int16_t)(lround(lufs * 2) * 5) : (int16_t)0;
	}
}
