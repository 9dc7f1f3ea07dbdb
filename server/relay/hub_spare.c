/* Spare rooms: set up while the event runs, and given up again. */
#include <string.h>

#include "relay/hub_internal.h"

static bool is_id(const char *id)
{
	return id && *id && strlen(id) < CABIN_NAME_MAX_BYTES;
}

static bool is_language_of(const struct cabin_hub *hub, uint16_t channel_index, uint16_t room_index)
{
	const struct cabin_hub_channel_config *channel = &hub->channels[channel_index].config;

	return channel->room_index == room_index && channel->kind == CABIN_CHANNEL_LANGUAGE;
}

static uint16_t count_languages(const struct cabin_hub *hub, uint16_t room_index)
{
	uint16_t count = 0;

	for (uint16_t i = 0; i < hub->channel_count; i++)
		count = (uint16_t)(count + is_language_of(hub, i, room_index));
	return count;
}

static bool is_valid(const struct cabin_hub *hub, const struct cabin_room_setup *setup)
{
	if (!setup || setup->room_index >= hub->room_count || !hub->rooms[setup->room_index].spare)
		return false;
	if (!setup->id)
		return true;
	if (!is_id(setup->id) || setup->language_count < 1 || setup->language_count > CABIN_SPARE_LANGUAGES_MAX ||
	    setup->language_count > count_languages(hub, setup->room_index) ||
	    (setup->floor_source_index != CABIN_INDEX_NONE && setup->floor_source_index >= hub->capture_count))
		return false;
	for (uint16_t i = 0; i < setup->language_count; i++)
		if (!is_id(setup->languages[i]) || (setup->booth_ids[i] && !is_id(setup->booth_ids[i])))
			return false;
	return true;
}

/* Its consoles are told to go: their booth is not there any more. */
static void close_booth(struct cabin_hub *hub, struct hub_booth *booth, uint64_t now_ns)
{
	for (uint8_t i = 1; i <= booth->machine.seat_count; i++) {
		uint64_t connection = cabin_booth_seat(&booth->machine, i)->connection;

		if (connection)
			hub_notify(hub, &(struct cabin_notice){.scope = CABIN_NOTICE_CONNECTION,
							       .connection = connection,
							       .text = "",
							       .close_code = CABIN_CLOSE_NO_ACCESS,
							       .source_index = CABIN_INDEX_NONE});
		cabin_booth_leave(&booth->machine, i, now_ns);
	}
	cabin_booth_switch_output(&booth->machine, 0, now_ns);
	booth->config.id = NULL;
	booth->told.size = 0;
	booth->told.untold = true; /* an empty state: whoever keeps the last one forgets it */
}

static void close_channel(struct cabin_hub *hub, uint16_t channel_index)
{
	struct cabin_channel *channel = &hub->channels[channel_index];
	struct hub_channel_figures *figures = &hub->figures[channel_index];

	figures->closed = true;
	figures->override = CABIN_OVERRIDE_NONE;
	channel->trim_db = 0;
	channel->config.language = channel->config.booth_id = NULL;
	channel->config.idle_feed = figures->idle_feed;
	channel->config.idle_from_index = figures->idle_from_index;
	if (channel->config.kind == CABIN_CHANNEL_FLOOR)
		channel->config.source_index = CABIN_INDEX_NONE;
	cabin_channel_forget_loudness(channel);
}

static void give_up(struct cabin_hub *hub, uint16_t room_index)
{
	struct hub_room *room = &hub->rooms[room_index];
	uint64_t now_ns = cabin_clock_now_ns(&hub->clock);

	for (uint16_t i = 0; i < hub->booth_count; i++)
		if (hub->booths[i].config.room_index == room_index && hub->booths[i].config.id)
			close_booth(hub, &hub->booths[i], now_ns);
	for (uint16_t i = 0; i < hub->channel_count; i++)
		if (hub->channels[i].config.room_index == room_index)
			close_channel(hub, i);
	room->config.id = NULL;
	room->told.size = 0;
	room->told.untold = true;
	atomic_store_explicit(&room->open_now, false, memory_order_relaxed);
	atomic_store_explicit(&room->floor_language_now, NULL, memory_order_release);
}

static void open_room(struct cabin_hub *hub, const struct cabin_room_setup *setup)
{
	struct hub_room *room = &hub->rooms[setup->room_index];
	uint16_t language = 0, booth = 0;

	room->config.id = setup->id;
	for (uint16_t i = 0; i < hub->channel_count; i++) {
		struct cabin_hub_channel_config *channel = &hub->channels[i].config;

		if (channel->room_index != setup->room_index)
			continue;
		if (channel->kind == CABIN_CHANNEL_FLOOR) {
			channel->source_index = setup->floor_source_index;
		} else if (language == setup->language_count) {
			continue;
		} else {
			channel->language = setup->languages[language++];
		}
		hub->figures[i].closed = false;
	}
	for (uint16_t i = 0; i < hub->booth_count && booth < setup->language_count; i++)
		if (hub->booths[i].config.room_index == setup->room_index)
			hub->booths[i].config.id = setup->booth_ids[booth++];
	atomic_store_explicit(&room->open_now, true, memory_order_relaxed);
}

bool hub_set_up_room(struct cabin_hub *hub, const struct cabin_room_setup *setup)
{
	if (!is_valid(hub, setup))
		return false;
	if (hub->rooms[setup->room_index].config.id)
		give_up(hub, setup->room_index);
	if (setup->id)
		open_room(hub, setup);
	return true;
}
