/* What a technician changes: relay/desk.h. */
#include <math.h>

#include "base/log.h"
#include "relay/hub_internal.h"

static bool is_open_channel(const struct cabin_hub *hub, uint16_t channel_index)
{
	return channel_index < hub->channel_count && !hub->figures[channel_index].closed;
}

static bool is_source(struct cabin_hub *hub, uint16_t source_index)
{
	uint8_t seat;

	return source_index < hub->capture_count || hub_booth_of(hub, source_index, &seat);
}

static bool may_feed(struct cabin_hub *hub, uint16_t channel_index, uint8_t override, uint16_t from_index)
{
	if (!is_open_channel(hub, channel_index) || override >= CABIN_OVERRIDE_COUNT)
		return false;
	if (override == CABIN_OVERRIDE_CHANNEL)
		return from_index < hub->channel_count && from_index != channel_index;
	return override != CABIN_OVERRIDE_SOURCE || is_source(hub, from_index);
}

static void count_seat_overrides(struct cabin_hub *hub)
{
	hub->seat_overrides = 0;
	for (uint16_t i = 0; i < hub->channel_count; i++)
		hub->seat_overrides += hub->figures[i].override == CABIN_OVERRIDE_SOURCE &&
				       hub->figures[i].override_from >= hub->capture_count;
}

static bool feed(struct cabin_hub *hub, const struct cabin_desk_command *command)
{
	struct hub_channel_figures *figures;

	if (!may_feed(hub, command->feed.channel_index, command->feed.override, command->feed.from_index))
		return false;
	figures = &hub->figures[command->feed.channel_index];
	figures->override = command->feed.override;
	figures->override_from = command->feed.from_index;
	return true;
}

static bool gain(struct cabin_hub *hub, const struct cabin_desk_command *command)
{
	double gain_db = (double)command->gain.gain_db;

	if (!is_open_channel(hub, command->gain.channel_index) || !isfinite(gain_db))
		return false;
	/* By tenths: a float's own digits are nobody's wish. */
	gain_db = round(fmin(CABIN_TRIM_MAX_DB, fmax(CABIN_TRIM_MIN_DB, gain_db)) * 10) / 10;
	hub->channels[command->gain.channel_index].trim_db = gain_db;
	return true;
}

static bool floor_source(struct cabin_hub *hub, const struct cabin_desk_command *command)
{
	uint16_t source_index = command->floor_source.source_index;
	struct cabin_hub_channel_config *channel;

	if (!is_open_channel(hub, command->floor_source.channel_index) ||
	    (source_index != CABIN_INDEX_NONE && source_index >= hub->capture_count))
		return false;
	channel = &hub->channels[command->floor_source.channel_index].config;
	if (channel->kind != CABIN_CHANNEL_FLOOR)
		return false;
	channel->source_index = source_index;
	return true;
}

static bool carry_out(struct cabin_hub *hub, const struct cabin_desk_command *command)
{
	switch ((enum cabin_desk_command_kind)command->kind) {
	case CABIN_DESK_FEED:
		return feed(hub, command);
	case CABIN_DESK_GAIN:
		return gain(hub, command);
	case CABIN_DESK_FLOOR_SOURCE:
		return floor_source(hub, command);
	case CABIN_DESK_ROOM:
		return hub_set_up_room(hub, command->room.setup);
	case CABIN_DESK_CALL:
		/* A call that its seat took back meanwhile is no fault. */
		hub_answer_call(hub, command->call.booth_index, command->call.seat, command->call.state);
		return true;
	}
	return false;
}

void cabin_hub_desk(struct cabin_hub *hub, const struct cabin_desk_command *command)
{
	uint64_t now_ns = cabin_clock_now_ns(&hub->clock);

	hub_booths_tick(hub, now_ns);
	if (!carry_out(hub, command))
		cabin_log(CABIN_LOG_WARN, "relay", "desk-invalid", "kind=%u", command->kind);
	count_seat_overrides(hub);
	hub_booths_changed(hub, now_ns);
	hub_tell(hub);
}
