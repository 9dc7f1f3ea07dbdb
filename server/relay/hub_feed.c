#include "relay/hub_internal.h"

enum { DEPTH_MAX = 3 };

struct hub_booth *hub_booth_of(struct cabin_hub *hub, uint16_t source_index, uint8_t *seat)
{
	uint16_t place;

	if (source_index == CABIN_INDEX_NONE || source_index < hub->capture_count)
		return NULL;
	place = (uint16_t)(source_index - hub->capture_count);
	if (place / 4 >= hub->booth_count || place % 4 >= hub->booths[place / 4].config.seat_count)
		return NULL;
	*seat = (uint8_t)(place % 4 + 1);
	return &hub->booths[place / 4];
}

/* The seat on air on the channel, or its line: what is an interpretation. */
static bool interpreted(struct cabin_hub *hub, struct cabin_channel *channel, struct cabin_channel_choice *choice,
			uint64_t now_ns)
{
	uint16_t owner = hub->figures[channel->index].owner;
	uint16_t line_index = cabin_line_on_air(&channel->line, now_ns);

	if (owner != CABIN_INDEX_NONE) {
		const struct hub_booth *booth = &hub->booths[owner];
		uint16_t source_index = cabin_seat_source_index(hub->capture_count, owner, booth->machine.on_air);
		/* One whose first packet never comes leaves listeners what they have. */
		if (booth->machine.started || !hub->sources[source_index].lost) {
			*choice = (struct cabin_channel_choice){.feed = CABIN_FEED_BOOTH,
								.interpretation = true,
								.source_index = source_index,
								.booth_id = booth->config.id,
								.seat = booth->machine.on_air};
			return true;
		}
	}
	if (line_index == CABIN_INDEX_NONE)
		return false;
	*choice = (struct cabin_channel_choice){.feed = CABIN_FEED_BOOTH,
						.interpretation = true,
						.source_index = line_index,
						.booth_id = channel->config.booth_id};
	return true;
}

static struct cabin_channel_choice pass_through(const struct cabin_hub *hub, const struct cabin_channel *channel)
{
	return (struct cabin_channel_choice){
	    .feed = CABIN_FEED_PASS_THROUGH,
	    .source_index = hub->channels[channel->config.floor_channel_index].config.source_index};
}

static const struct cabin_channel_choice silence = {.feed = CABIN_FEED_SILENCE, .source_index = CABIN_INDEX_NONE};

/* Follows idle feeds from channel to channel, until one is interpreted or says what it
 * gives; channels that wait for each other all carry the floor. What a technician put on
 * one of them is that channel's alone. */
static struct cabin_channel_choice idle_choice(struct cabin_hub *hub, const struct cabin_channel *channel,
					       uint64_t now_ns)
{
	const struct cabin_channel *from = channel;

	for (uint16_t hops = 0; hops < hub->channel_count; hops++) {
		struct cabin_channel_choice choice;
		struct cabin_channel *next;

		if (from->config.idle_feed == CABIN_IDLE_SILENCE)
			return silence;
		if (from->config.idle_feed == CABIN_IDLE_PASS_THROUGH)
			break;
		next = &hub->channels[from->config.idle_from_index];
		if (interpreted(hub, next, &choice, now_ns))
			return (struct cabin_channel_choice){.feed = CABIN_FEED_CHANNEL,
							     .interpretation = true,
							     .source_index = choice.source_index,
							     .from_number = next->config.number};
		from = next;
	}
	return pass_through(hub, channel);
}

static struct cabin_channel_choice automatic(struct cabin_hub *hub, struct cabin_channel *channel, uint64_t now_ns)
{
	struct cabin_channel_choice choice;

	if (channel->config.kind == CABIN_CHANNEL_FLOOR)
		return (struct cabin_channel_choice){.feed = CABIN_FEED_FLOOR,
						     .source_index = channel->config.source_index};
	return interpreted(hub, channel, &choice, now_ns) ? choice : idle_choice(hub, channel, now_ns);
}

/* What feeds the channel, unless it follows another one by a technician's wish. */
static struct cabin_channel_choice own_choice(struct cabin_hub *hub, struct cabin_channel *channel, uint64_t now_ns)
{
	const struct hub_channel_figures *figures = &hub->figures[channel->index];

	if (figures->closed || figures->override == CABIN_OVERRIDE_SILENCE)
		return silence;
	if (figures->override == CABIN_OVERRIDE_SOURCE)
		return (struct cabin_channel_choice){.feed = CABIN_FEED_DESK,
						     .source_index = figures->override_from,
						     .off_air = figures->override_from >= hub->capture_count};
	if (figures->override == CABIN_OVERRIDE_FLOOR && channel->config.kind == CABIN_CHANNEL_LANGUAGE)
		return pass_through(hub, channel);
	return automatic(hub, channel, now_ns);
}

static bool follows(const struct cabin_hub *hub, uint16_t channel_index)
{
	return hub->figures[channel_index].override == CABIN_OVERRIDE_CHANNEL;
}

struct cabin_channel_choice hub_choose(struct cabin_hub *hub, struct cabin_channel *channel, uint64_t now_ns)
{
	struct cabin_channel_choice choice = silence;
	uint16_t from = channel->index;

	if (!follows(hub, channel->index))
		return own_choice(hub, channel, now_ns);
	/* Channels that follow each other round say nothing. */
	for (uint16_t hops = 0; hops < hub->channel_count && follows(hub, from); hops++)
		from = hub->figures[from].override_from;
	if (!follows(hub, from))
		choice = own_choice(hub, &hub->channels[from], now_ns);
	choice.feed = CABIN_FEED_CHANNEL;
	choice.booth_id = NULL;
	choice.seat = 0;
	choice.from_number = hub->channels[hub->figures[channel->index].override_from].config.number;
	return choice;
}

int hub_depth(struct cabin_hub *hub, uint16_t channel_index)
{
	int depth = 0;

	/* Booths that listen to each other would go round for ever. */
	while (depth < DEPTH_MAX) {
		const struct cabin_channel_choice *announced = &hub->channels[channel_index].announced;
		struct hub_booth *booth;
		uint8_t seat;

		if (!announced->interpretation)
			break;
		depth++;
		booth = hub_booth_of(hub, announced->source_index, &seat);
		if (!booth)
			break; /* a line hears the hall */
		channel_index = cabin_booth_seat(&booth->machine, seat)->listens;
		if (channel_index == CABIN_INDEX_NONE)
			return depth == 1 ? -1 : depth;
	}
	return depth;
}
