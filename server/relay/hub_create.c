#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "relay/hub_internal.h"

enum { FADE_MAX_MS = 1000, MESSAGES_BURST = 10 };
static const uint64_t message_interval_ns = 2 * CABIN_NS_PER_S;

static int reject(uint16_t channel_index, const char *what)
{
	cabin_log(CABIN_LOG_ERROR, "relay", "bad-channel", "channel_index=%u reason=\"%s\"", channel_index, what);
	return CABIN_EINVAL;
}

static int check_channel(const struct cabin_hub_config *config, uint16_t index)
{
	const struct cabin_hub_channel_config *channel = &config->channels[index];

	if (channel->number == 0)
		return reject(index, "its number must be 1 to 65535");
	for (uint16_t i = 0; i < index; i++) {
		if (config->channels[i].number == channel->number)
			return reject(index, "another channel has its number");
	}
	if (config->room_count && channel->room_index >= config->room_count)
		return reject(index, "its room does not exist");
	if (channel->language && strlen(channel->language) >= CABIN_NAME_MAX_BYTES)
		return reject(index, "its language's id is too long");
	if (channel->source_index != CABIN_INDEX_NONE && channel->source_index >= config->source_count)
		return reject(index, "its source does not exist");
	if (channel->fade_ms > FADE_MAX_MS)
		return reject(index, "its fade is over 1000 ms");
	if (channel->booth_id && strlen(channel->booth_id) >= CABIN_NAME_MAX_BYTES)
		return reject(index, "its booth's id is too long");
	if (channel->kind == CABIN_CHANNEL_LANGUAGE &&
	    (channel->floor_channel_index >= index ||
	     config->channels[channel->floor_channel_index].kind != CABIN_CHANNEL_FLOOR))
		return reject(index, "its floor must be a floor channel before it");
	if (channel->kind == CABIN_CHANNEL_LANGUAGE && channel->idle_feed == CABIN_IDLE_CHANNEL &&
	    (channel->idle_from_index >= config->channel_count || channel->idle_from_index == index ||
	     config->channels[channel->idle_from_index].kind != CABIN_CHANNEL_LANGUAGE))
		return reject(index, "its idle feed must be another language channel");
	return 0;
}

static int reject_booth(uint16_t booth_index, const char *what)
{
	cabin_log(CABIN_LOG_ERROR, "relay", "bad-booth", "booth_index=%u reason=\"%s\"", booth_index, what);
	return CABIN_EINVAL;
}

static bool is_output(const struct cabin_hub_config *config, uint16_t room_index, uint16_t channel_index)
{
	return channel_index < config->channel_count &&
	       config->channels[channel_index].kind == CABIN_CHANNEL_LANGUAGE &&
	       config->channels[channel_index].room_index == room_index;
}

static int check_booth(const struct cabin_hub_config *config, uint16_t index)
{
	const struct cabin_hub_booth_config *booth = &config->booths[index];

	if (booth->room_index >= config->room_count)
		return reject_booth(index, "its room does not exist");
	if (!booth->id != !config->rooms[booth->room_index].id)
		return reject_booth(index, "its id is missing, or its room's is");
	if (booth->id && strlen(booth->id) >= CABIN_NAME_MAX_BYTES)
		return reject_booth(index, "its id is too long");
	if (booth->seat_count < 1 || booth->seat_count > CABIN_SEATS_MAX)
		return reject_booth(index, "it must have 1 to 3 seats");
	if (booth->mode >= CABIN_BOOTH_MODE_COUNT)
		return reject_booth(index, "its mode is unknown");
	if (!is_output(config, booth->room_index, booth->output_channel_index[0]) ||
	    (booth->output_channel_index[1] != CABIN_INDEX_NONE &&
	     (!is_output(config, booth->room_index, booth->output_channel_index[1]) ||
	      booth->output_channel_index[1] == booth->output_channel_index[0])))
		return reject_booth(index, "its outputs must be language channels of its room, no one twice");
	return 0;
}

static int check_room(const struct cabin_hub_config *config, uint16_t index)
{
	uint16_t count = 0;

	for (uint16_t i = 0; i < config->channel_count; i++)
		count = (uint16_t)(count + (config->channels[i].room_index == index));
	if ((!config->rooms[index].id || strlen(config->rooms[index].id) < CABIN_NAME_MAX_BYTES) &&
	    count <= CABIN_ROOM_CHANNELS_MAX)
		return 0;
	cabin_log(CABIN_LOG_ERROR, "relay", "bad-room",
		  "room_index=%u channels=%u channels_max=%d reason=\"too long an id or too many channels\"", index,
		  count, CABIN_ROOM_CHANNELS_MAX);
	return CABIN_EINVAL;
}

static int check(const struct cabin_hub_config *config)
{
	if (config->channel_count < 1 || config->channel_count > CABIN_CHANNELS_MAX || config->source_count < 1 ||
	    config->source_count > CABIN_SOURCES_MAX || config->room_count > CABIN_ROOMS_MAX ||
	    config->booth_count > CABIN_BOOTHS_MAX || (config->booth_count && !config->random) || !config->pool) {
		cabin_log(CABIN_LOG_ERROR, "relay", "bad-hub", "channels=%u sources=%u rooms=%u booths=%u",
			  config->channel_count, config->source_count, config->room_count, config->booth_count);
		return CABIN_EINVAL;
	}
	for (uint16_t i = 0; i < config->channel_count; i++) {
		int result = check_channel(config, i);

		if (result)
			return result;
	}
	for (uint16_t i = 0; i < config->room_count; i++) {
		int result = check_room(config, i);

		if (result)
			return result;
	}
	for (uint16_t i = 0; i < config->booth_count; i++) {
		int result = check_booth(config, i);

		if (result)
			return result;
	}
	return 0;
}

static void create_booth(struct hub_booth *booth, const struct cabin_hub_booth_config *config)
{
	booth->config = *config;
	cabin_booth_init(&booth->machine, config);
	for (int i = 0; i < CABIN_SEATS_MAX; i++)
		cabin_ratelimit_init(&booth->messages[i], message_interval_ns, MESSAGES_BURST);
}

static void create_room(struct hub_room *room, const struct cabin_hub_room_config *config)
{
	room->config = *config;
	room->spare = !config->id;
	atomic_init(&room->floor_language_now, NULL);
	atomic_init(&room->open_now, !room->spare);
}

/* All its memory, but for the hub's own. */
static int allocate(struct cabin_hub *hub, const struct cabin_hub_config *config)
{
	hub->channel_count = config->channel_count;
	hub->capture_count = config->source_count;
	hub->source_count = (uint16_t)(config->source_count + 4 * config->booth_count);
	hub->room_count = config->room_count;
	hub->booth_count = config->booth_count;
	hub->channels = calloc(hub->channel_count, sizeof(*hub->channels));
	hub->figures = calloc(hub->channel_count, sizeof(*hub->figures));
	hub->sources = calloc(hub->source_count, sizeof(*hub->sources));
	hub->sinks = calloc(config->sink_count + 1, sizeof(*hub->sinks));
	hub->rooms = calloc(hub->room_count + 1u, sizeof(*hub->rooms));
	hub->booths = calloc(hub->booth_count + 1u, sizeof(*hub->booths));
	hub->waiting = calloc(CABIN_NOTICES_WAITING, sizeof(*hub->waiting));
	return hub->channels && hub->figures && hub->sources && hub->sinks && hub->rooms && hub->booths && hub->waiting
		   ? 0
		   : CABIN_ENOMEM;
}

static void set_up(struct cabin_hub *hub, const struct cabin_hub_config *config)
{
	hub->clock = config->clock;
	hub->notices = config->notices;
	hub->random = config->random;
	hub->random_context = config->random_context;
	hub->audience = config->audience;
	hub->audience_context = config->audience_context;
	hub->event = config->event;
	hub->event_context = config->event_context;
	hub->tap = config->tap;
	hub->tap_context = config->tap_context;
	if (config->sink_count)
		memcpy(hub->sinks, config->sinks, config->sink_count * sizeof(*hub->sinks));
	hub->output = (struct cabin_channel_output){.pool = config->pool,
						    .sinks = hub->sinks,
						    .sink_count = config->sink_count,
						    .loudness_lufs = config->loudness_lufs,
						    .loudness_context = config->loudness_context};
	cabin_ratelimit_init(&hub->invalid_log, CABIN_NS_PER_S, 5);
	cabin_ratelimit_init(&hub->technician_messages, message_interval_ns, MESSAGES_BURST);
	for (uint16_t i = 0; i < hub->source_count; i++)
		cabin_source_state_init(&hub->sources[i]);
	for (uint16_t i = 0; i < hub->room_count; i++)
		create_room(&hub->rooms[i], &config->rooms[i]);
	for (uint16_t i = 0; i < hub->booth_count; i++)
		create_booth(&hub->booths[i], &config->booths[i]);
	for (uint16_t i = 0; i < hub->channel_count; i++) {
		const struct cabin_hub_channel_config *channel = &config->channels[i];

		hub->figures[i].owner = CABIN_INDEX_NONE;
		hub->figures[i].closed = hub->room_count && hub->rooms[channel->room_index].spare;
		hub->figures[i].idle_feed = channel->idle_feed;
		hub->figures[i].idle_from_index = channel->idle_from_index;
		cabin_channel_init(&hub->channels[i], i, channel, &hub->output, config->first_sequence,
				   config->first_timestamp);
	}
}

int cabin_hub_create(struct cabin_hub **out, const struct cabin_hub_config *config)
{
	struct cabin_hub *hub;
	int result = check(config);

	*out = NULL;
	if (result)
		return result;
	hub = calloc(1, sizeof(*hub));
	if (!hub)
		return CABIN_ENOMEM;
	result = allocate(hub, config);
	if (result) {
		cabin_hub_destroy(hub);
		return result;
	}
	set_up(hub, config);
	hub_booths_changed(hub, cabin_clock_now_ns(&hub->clock));
	hub_see(hub);
	hub_tell(hub);
	*out = hub;
	return 0;
}

void cabin_hub_destroy(struct cabin_hub *hub)
{
	if (!hub)
		return;
	for (uint16_t i = 0; hub->booths && i < hub->booth_count; i++)
		cabin_kept_clear(&hub->booths[i].kept);
	free(hub->channels);
	free(hub->figures);
	free(hub->sources);
	free(hub->sinks);
	free(hub->rooms);
	free(hub->booths);
	free(hub->waiting);
	free(hub);
}
