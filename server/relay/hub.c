#include "relay/hub.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/ratelimit.h"
#include "relay/channel.h"

enum { FADE_MAX_MS = 1000 };

struct cabin_hub {
	struct cabin_clock clock;
	struct cabin_channel_output output;
	struct cabin_sink *sinks;
	struct cabin_channel *channels;
	struct cabin_source_state *sources;
	uint16_t channel_count, source_count;
	struct cabin_ratelimit invalid_log;
};

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
	return 0;
}

static int check(const struct cabin_hub_config *config)
{
	if (config->channel_count < 1 || config->channel_count > CABIN_CHANNELS_MAX || config->source_count < 1 ||
	    config->source_count > CABIN_SOURCES_MAX || config->booth_count > 0 || !config->pool) {
		cabin_log(CABIN_LOG_ERROR, "relay", "bad-hub", "channels=%u sources=%u", config->channel_count,
			  config->source_count);
		return CABIN_EINVAL;
	}
	for (uint16_t i = 0; i < config->channel_count; i++) {
		int result = check_channel(config, i);

		if (result)
			return result;
	}
	return 0;
}

static struct cabin_source_state *source_of(struct cabin_hub *hub, uint16_t source_index)
{
	return source_index == CABIN_INDEX_NONE ? NULL : &hub->sources[source_index];
}

/* Who should feed the channel now. */
static struct cabin_channel_choice choose(struct cabin_hub *hub, struct cabin_channel *channel, uint64_t now_ns)
{
	uint16_t on_air;

	if (channel->config.kind == CABIN_CHANNEL_FLOOR)
		return (struct cabin_channel_choice){CABIN_FEED_FLOOR, channel->config.source_index};
	on_air = cabin_booth_on_air(&channel->booth, now_ns);
	if (on_air != CABIN_INDEX_NONE)
		return (struct cabin_channel_choice){CABIN_FEED_BOOTH, on_air};
	if (channel->config.idle_feed == CABIN_IDLE_SILENCE)
		return (struct cabin_channel_choice){CABIN_FEED_SILENCE, CABIN_INDEX_NONE};
	return (struct cabin_channel_choice){CABIN_FEED_PASS_THROUGH,
					     hub->channels[channel->config.floor_channel_index].config.source_index};
}

static void decide(struct cabin_hub *hub, struct cabin_channel *channel, uint64_t now_ns)
{
	struct cabin_channel_choice choice = choose(hub, channel, now_ns);

	cabin_channel_decide(channel, choice, source_of(hub, choice.source_index), now_ns);
}

static void decide_all(struct cabin_hub *hub, uint64_t now_ns)
{
	for (uint16_t i = 0; i < hub->channel_count; i++)
		decide(hub, &hub->channels[i], now_ns);
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
	hub->clock = config->clock;
	hub->channel_count = config->channel_count;
	hub->source_count = config->source_count;
	hub->channels = calloc(config->channel_count, sizeof(*hub->channels));
	hub->sources = calloc(config->source_count, sizeof(*hub->sources));
	hub->sinks = calloc(config->sink_count + 1, sizeof(*hub->sinks));
	if (!hub->channels || !hub->sources || !hub->sinks) {
		cabin_hub_destroy(hub);
		return CABIN_ENOMEM;
	}
	if (config->sink_count)
		memcpy(hub->sinks, config->sinks, config->sink_count * sizeof(*hub->sinks));
	hub->output =
	    (struct cabin_channel_output){.pool = config->pool, .sinks = hub->sinks, .sink_count = config->sink_count};
	cabin_ratelimit_init(&hub->invalid_log, CABIN_NS_PER_S, 5);
	for (uint16_t i = 0; i < config->source_count; i++)
		cabin_source_state_init(&hub->sources[i]);
	for (uint16_t i = 0; i < config->channel_count; i++)
		cabin_channel_init(&hub->channels[i], i, &config->channels[i], &hub->output, config->first_sequence,
				   config->first_timestamp);
	decide_all(hub, cabin_clock_now_ns(&hub->clock));
	*out = hub;
	return 0;
}

void cabin_hub_destroy(struct cabin_hub *hub)
{
	if (!hub)
		return;
	free(hub->channels);
	free(hub->sources);
	free(hub->sinks);
	free(hub);
}

static bool feeds(const struct cabin_hub *hub, const struct cabin_channel *channel, uint16_t source_index)
{
	return channel->config.source_index == source_index ||
	       (channel->config.kind == CABIN_CHANNEL_LANGUAGE &&
		hub->channels[channel->config.floor_channel_index].config.source_index == source_index);
}

static void drop_invalid(struct cabin_hub *hub, struct cabin_packet *packet, const char *reason, uint64_t now_ns)
{
	uint64_t swallowed;

	for (uint16_t i = 0; i < hub->channel_count; i++) {
		if (feeds(hub, &hub->channels[i], packet->source_index))
			cabin_counter_add(&hub->channels[i].dropped_invalid, 1);
	}
	if (cabin_ratelimit_take(&hub->invalid_log, now_ns, &swallowed))
		cabin_log(CABIN_LOG_WARN, "relay", "packet-invalid",
			  "source_index=%u sequence=%llu reason=\"%s\" swallowed=%llu", packet->source_index,
			  (unsigned long long)packet->source_sequence, reason, (unsigned long long)swallowed);
	cabin_packet_release(packet);
}

static bool is_valid(const struct cabin_hub *hub, const struct cabin_packet *packet)
{
	return packet->source_index < hub->source_count &&
	       (packet->duration_samples == CABIN_PACKET_MIN_SAMPLES ||
		packet->duration_samples == CABIN_PACKET_MAX_SAMPLES) &&
	       packet->payload_size >= 1 && packet->payload_size <= CABIN_OPUS_PAYLOAD_MAX_BYTES;
}

/* Gives the packet to each channel that takes it; the last of them gets the
 * original, the others a copy with their own header. */
static void route(struct cabin_hub *hub, struct cabin_packet *packet, uint64_t now_ns)
{
	const struct cabin_source_state *source = &hub->sources[packet->source_index];
	struct cabin_channel *takers[CABIN_CHANNELS_MAX];
	struct cabin_channel_choice choices[CABIN_CHANNELS_MAX];
	uint16_t taker_count = 0;

	for (uint16_t i = 0; i < hub->channel_count; i++) {
		struct cabin_channel *channel = &hub->channels[i];

		choices[taker_count] = choose(hub, channel, now_ns);
		if (cabin_channel_takes(channel, choices[taker_count], packet->source_index, source))
			takers[taker_count++] = channel;
	}
	for (uint16_t i = 0; i < taker_count; i++)
		cabin_channel_forward(takers[i], choices[i], source, packet, i + 1 == taker_count, now_ns);
}

void cabin_hub_packet(struct cabin_hub *hub, struct cabin_packet *packet)
{
	uint64_t now_ns = cabin_clock_now_ns(&hub->clock);
	uint16_t source_index = packet->source_index;

	if (!is_valid(hub, packet)) {
		drop_invalid(hub, packet, "unknown source, duration or size", now_ns);
		return;
	}
	if (cabin_source_state_packet(&hub->sources[source_index], packet, now_ns)) {
		drop_invalid(hub, packet, "its time goes back", now_ns);
		return;
	}
	for (uint16_t i = 0; i < hub->channel_count; i++) {
		struct cabin_channel *channel = &hub->channels[i];

		if (channel->config.kind == CABIN_CHANNEL_LANGUAGE && channel->config.source_index == source_index)
			cabin_booth_packet(&channel->booth, source_index, packet->flags & CABIN_PACKET_ACTIVE, now_ns);
		if (feeds(hub, channel, source_index))
			decide(hub, channel, now_ns);
	}
	route(hub, packet, now_ns);
	cabin_packet_release(packet);
}

/* A source is gone: its booths give their channels up at once. */
static void lose(struct cabin_hub *hub, uint16_t source_index)
{
	for (uint16_t i = 0; i < hub->channel_count; i++) {
		if (hub->channels[i].config.kind == CABIN_CHANNEL_LANGUAGE)
			cabin_booth_lost(&hub->channels[i].booth, source_index);
	}
}

void cabin_hub_source_event(struct cabin_hub *hub, uint16_t source_index, enum cabin_source_event event)
{
	uint64_t now_ns = cabin_clock_now_ns(&hub->clock);

	if (source_index >= hub->source_count) {
		cabin_log(CABIN_LOG_WARN, "relay", "event-invalid", "source_index=%u", source_index);
		return;
	}
	cabin_source_state_event(&hub->sources[source_index], event, now_ns);
	if (event == CABIN_SOURCE_LOST)
		lose(hub, source_index);
	decide_all(hub, now_ns);
}

uint64_t cabin_hub_tick(struct cabin_hub *hub)
{
	uint64_t now_ns = cabin_clock_now_ns(&hub->clock);
	uint64_t next_ns = UINT64_MAX, due_ns;

	for (uint16_t i = 0; i < hub->source_count; i++) {
		if (cabin_source_state_check(&hub->sources[i], now_ns)) {
			cabin_log(CABIN_LOG_WARN, "relay", "source-quiet", "source_index=%u limit_ms=%d", i,
				  CABIN_SOURCE_QUIET_LIMIT_MS);
			lose(hub, i);
		}
		due_ns = cabin_source_state_due_ns(&hub->sources[i]);
		next_ns = due_ns < next_ns ? due_ns : next_ns;
	}
	for (uint16_t i = 0; i < hub->channel_count; i++) {
		struct cabin_channel *channel = &hub->channels[i];

		decide(hub, channel, now_ns);
		cabin_channel_clock(channel, source_of(hub, channel->announced.source_index), now_ns);
		due_ns = cabin_channel_clock_due_ns(channel);
		next_ns = due_ns < next_ns ? due_ns : next_ns;
		due_ns = cabin_booth_due_ns(&channel->booth);
		next_ns = due_ns < next_ns ? due_ns : next_ns;
	}
	/* A state that found the pool empty is tried again. */
	return next_ns < now_ns + CABIN_NS_PER_S ? next_ns : now_ns + CABIN_NS_PER_S;
}

void cabin_hub_command(struct cabin_hub *hub, const struct cabin_console_command *command)
{
	(void)hub;
	cabin_packet_release(command->text);
}

void cabin_hub_channel_stats(const struct cabin_hub *hub, uint16_t channel_index, struct cabin_hub_channel_stats *out)
{
	const struct cabin_channel *channel;

	CABIN_ASSERT(channel_index < hub->channel_count);
	channel = &hub->channels[channel_index];
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
	};
}
