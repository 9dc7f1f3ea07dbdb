#include "relay/hub.h"

#include "base/log.h"
#include "base/ratelimit.h"
#include "relay/hub_internal.h"

enum { UNTOLD_RETRY_MS = 10 };

static struct cabin_source_state *source_of(struct cabin_hub *hub, uint16_t source_index)
{
	return source_index == CABIN_INDEX_NONE ? NULL : &hub->sources[source_index];
}

static void decide(struct cabin_hub *hub, struct cabin_channel *channel, uint64_t now_ns)
{
	struct cabin_channel_choice choice = hub_choose(hub, channel, now_ns);

	cabin_channel_decide(channel, choice, source_of(hub, choice.source_index), now_ns);
	cabin_channel_tell_trim(channel, source_of(hub, channel->announced.source_index), now_ns);
}

void hub_decide_all(struct cabin_hub *hub, uint64_t now_ns)
{
	for (uint16_t i = 0; i < hub->channel_count; i++)
		decide(hub, &hub->channels[i], now_ns);
}

static bool feeds(const struct cabin_hub *hub, const struct cabin_channel *channel, uint16_t source_index)
{
	return channel->config.source_index == source_index || channel->announced.source_index == source_index ||
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

static bool is_meant(enum hub_takers takers, struct cabin_channel_choice choice)
{
	return takers == HUB_TAKERS_ALL || choice.off_air == (takers == HUB_TAKERS_OFF_AIR);
}

/* Gives the packet to each channel that takes it; the last of them gets the original,
 * the others a copy with their own header. The reference stays the caller's. */
void hub_route(struct cabin_hub *hub, struct cabin_packet *packet, enum hub_takers who, uint64_t now_ns)
{
	const struct cabin_source_state *source = &hub->sources[packet->source_index];
	struct cabin_channel *takers[CABIN_CHANNELS_MAX];
	struct cabin_channel_choice choices[CABIN_CHANNELS_MAX];
	uint16_t taker_count = 0;

	for (uint16_t i = 0; i < hub->channel_count; i++) {
		struct cabin_channel *channel = &hub->channels[i];
		struct cabin_channel_choice choice = hub_choose(hub, channel, now_ns);

		if (choice.source_index == packet->source_index ||
		    channel->announced.source_index == packet->source_index)
			cabin_channel_decide(channel, choice, source_of(hub, choice.source_index), now_ns);
		/* A seat that leaves a channel leaves it at once, and not when another source is there. */
		if (packet->source_index >= hub->capture_count &&
		    (choice.source_index != packet->source_index || !is_meant(who, choice)))
			continue;
		choices[taker_count] = choice;
		if (cabin_channel_takes(channel, choice, packet->source_index, source))
			takers[taker_count++] = channel;
	}
	for (uint16_t i = 0; i < taker_count; i++)
		cabin_channel_forward(takers[i], choices[i], source, packet,
				      i + 1 == taker_count && who != HUB_TAKERS_OFF_AIR, now_ns);
}

/* A capture's packet: of a floor, or of lines. */
static void capture_packet(struct cabin_hub *hub, struct cabin_packet *packet, uint64_t now_ns)
{
	for (uint16_t i = 0; i < hub->channel_count; i++) {
		struct cabin_channel *channel = &hub->channels[i];

		if (channel->config.kind == CABIN_CHANNEL_LANGUAGE &&
		    channel->config.source_index == packet->source_index)
			cabin_line_packet(&channel->line, packet->source_index, packet->flags & CABIN_PACKET_ACTIVE,
					  now_ns);
	}
	hub_route(hub, packet, HUB_TAKERS_ALL, now_ns);
	cabin_packet_release(packet);
}

/* Of the connection that holds the seat; else it is dropped and counted. */
static bool is_of_its_seat(struct cabin_hub *hub, struct cabin_packet *packet)
{
	uint8_t seat;
	struct hub_booth *booth = hub_booth_of(hub, packet->source_index, &seat);

	if (!booth)
		return true; /* capture's */
	if (packet->connection && packet->connection == cabin_booth_seat(&booth->machine, seat)->connection &&
	    cabin_booth_seat(&booth->machine, seat)->mic)
		return true;
	cabin_counter_add(&booth->dropped_packets, 1);
	return false;
}

void cabin_hub_packet(struct cabin_hub *hub, struct cabin_packet *packet)
{
	uint64_t now_ns = cabin_clock_now_ns(&hub->clock);
	uint16_t source_index = packet->source_index;
	struct cabin_source_state *source;
	bool was_lost, was_away;
	uint32_t generation;

	if (!is_valid(hub, packet)) {
		drop_invalid(hub, packet, "unknown source, duration or size", now_ns);
		return;
	}
	if (!is_of_its_seat(hub, packet)) {
		cabin_packet_release(packet);
		return;
	}
	source = &hub->sources[source_index];
	if (source_index >= hub->capture_count)
		cabin_source_state_extend(source, packet);
	was_lost = source->lost;
	was_away = source->was_lost;
	generation = source->generation;
	if (cabin_source_state_packet(source, packet, now_ns)) {
		drop_invalid(hub, packet, "its time goes back", now_ns);
		return;
	}
	if (source->generation != generation && !was_away)
		hub_report_clock_jump(hub, source_index, now_ns);
	if (hub->tap)
		hub->tap(hub->tap_context, packet);
	if (source_index < hub->capture_count)
		capture_packet(hub, packet, now_ns);
	else
		hub_seat_packet(hub, packet, now_ns);
	if (was_lost)
		hub->changed = true; /* a line that is there again may say something of the floor's language */
	hub_tell(hub);
}

/* A source is gone: lines give their channels up at once; seats have their hold time. */
static void lose(struct cabin_hub *hub, uint16_t source_index)
{
	for (uint16_t i = 0; i < hub->channel_count; i++) {
		if (hub->channels[i].config.kind == CABIN_CHANNEL_LANGUAGE)
			cabin_line_lost(&hub->channels[i].line, source_index);
	}
	hub->changed = true;
}

void cabin_hub_source_event(struct cabin_hub *hub, uint16_t source_index, enum cabin_source_event event)
{
	uint64_t now_ns = cabin_clock_now_ns(&hub->clock);

	if (source_index >= hub->capture_count) {
		cabin_log(CABIN_LOG_WARN, "relay", "event-invalid", "source_index=%u", source_index);
		return;
	}
	cabin_source_state_event(&hub->sources[source_index], event, now_ns);
	if (event == CABIN_SOURCE_LOST)
		lose(hub, source_index);
	hub_decide_all(hub, now_ns);
	hub->changed = true;
	hub_tell(hub);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t check_sources(struct cabin_hub *hub, uint64_t now_ns)
{
	uint64_t next_ns = UINT64_MAX;

	for (uint16_t i = 0; i < hub->source_count; i++) {
		if (cabin_source_state_check(&hub->sources[i], now_ns)) {
			cabin_log(CABIN_LOG_WARN, "relay", "source-quiet", "source_index=%u limit_ms=%d", i,
				  CABIN_SOURCE_QUIET_LIMIT_MS);
			lose(hub, i);
		}
		next_ns = earlier(next_ns, cabin_source_state_due_ns(&hub->sources[i]));
	}
	return next_ns;
}

uint64_t cabin_hub_tick(struct cabin_hub *hub)
{
	uint64_t now_ns = cabin_clock_now_ns(&hub->clock);
	uint64_t next_ns = check_sources(hub, now_ns);

	hub_booths_tick(hub, now_ns);
	for (uint16_t i = 0; i < hub->channel_count; i++) {
		struct cabin_channel *channel = &hub->channels[i];

		cabin_line_on_air(&channel->line, now_ns); /* ends a hold that nobody asks about under an override */
		decide(hub, channel, now_ns);
		cabin_channel_clock(channel, source_of(hub, channel->announced.source_index), now_ns);
		next_ns = earlier(next_ns, cabin_channel_clock_due_ns(channel));
		next_ns = earlier(next_ns, cabin_line_due_ns(&channel->line));
	}
	hub_figures(hub, now_ns);
	hub_tell(hub);
	next_ns = earlier(next_ns, hub_booths_due_ns(hub));
	if (hub_has_untold(hub))
		next_ns = earlier(next_ns, now_ns + UNTOLD_RETRY_MS * CABIN_NS_PER_MS);
	/* A state that found the pool empty is tried again. */
	return earlier(next_ns, now_ns + CABIN_NS_PER_S);
}
