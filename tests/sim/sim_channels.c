#include <math.h>
#include <string.h>

#include "sim.h"

void sim_channels_init(struct sim *sim)
{
	for (uint16_t i = 0; i < SIM_CHANNELS; i++) {
		uint16_t floor = (uint16_t)(i / 4 * 4);

		sim->channels[i].config = (struct cabin_hub_channel_config){
		    .number = (uint16_t)(1000 + i),
		    .kind = i == floor ? CABIN_CHANNEL_FLOOR : CABIN_CHANNEL_LANGUAGE,
		    .source_index = i,
		    .floor_channel_index = floor,
		    .idle_feed = i % 4 == 3 ? CABIN_IDLE_SILENCE : CABIN_IDLE_PASS_THROUGH,
		    .hold_ms = i % 4 == 2 ? 0 : 1500,
		    .fade_ms = 40,
		    .booth_id = i == floor ? NULL : "booth",
		};
	}
}

/* The value of a text field of a message that the server writes: no spaces, no escapes. */
static void field(char *out, size_t out_size, const char *text, const char *key)
{
	const char *at = strstr(text, key);
	size_t length = 0;

	out[0] = '\0';
	if (!at)
		return;
	for (at += strlen(key); *at && *at != '"' && length + 1 < out_size; at++)
		out[length++] = *at;
	out[length] = '\0';
}

/* A mapping that is told must be the truth within a millisecond, by the jitter of
 * the stamps that it is made from. */
static void check_mapping(struct sim *sim, struct sim_channel *channel, const char *text)
{
	const char *clock = strstr(text, "\"server_us\":");
	const char *timestamp_text = clock;
	uint64_t timestamp, server_ns, truth_ns;
	uint32_t low;

	if (!clock || !channel->any || channel->state_is_newest)
		return;
	while (strncmp(timestamp_text, "\"timestamp\":", 12))
		timestamp_text--;
	low = (uint32_t)strtoul(timestamp_text + 12, NULL, 10);
	server_ns = strtoull(clock + 12, NULL, 10) * 1000;
	timestamp = channel->timestamp + (uint64_t)(int64_t)(int32_t)(low - (uint32_t)channel->timestamp);
	truth_ns = sim_source_truth_ns(&channel->source, timestamp - channel->timestamp_offset);
	SIM_CHECK(sim, llabs((long long)(server_ns - truth_ns)) <= 1000000);
}

static void publish_state(struct sim *sim, struct sim_channel *channel, const struct cabin_packet *packet)
{
	const char *text = sim_text_of(packet);
	char condition[sizeof(channel->condition)], feed[sizeof(channel->feed)];

	field(feed, sizeof(feed), text, "\"feed\":\"");
	field(condition, sizeof(condition), text, "\"source\":\"");
	/* An epoch grows by one, and a state says something new. */
	SIM_CHECK(sim, packet->epoch == channel->epoch || packet->epoch == channel->epoch + 1);
	if (packet->epoch != channel->epoch) {
		sim->epochs++;
	} else {
		check_mapping(sim, channel, text);
		SIM_CHECK(sim, !strcmp(feed, channel->feed));
	}
	channel->state_is_newest |= packet->epoch != channel->epoch;
	channel->epoch = packet->epoch;
	strcpy(channel->feed, feed);
	strcpy(channel->condition, condition);
	sim->states++;
}

static bool may_feed(const struct sim_channel *channel, uint16_t index, uint16_t source_index)
{
	uint16_t hall = (uint16_t)(index / 4 * 4);

	if (!strcmp(channel->feed, "floor") || !strcmp(channel->feed, "pass-through"))
		return source_index == hall;
	return !strcmp(channel->feed, "booth") && source_index == index;
}

static void publish_media(struct sim *sim, struct sim_channel *channel, const struct cabin_packet *packet)
{
	const uint8_t *wire = cabin_packet_wire(packet);
	const uint8_t *payload = packet->bytes + CABIN_PACKET_HEADROOM_BYTES;
	bool marker = wire[(wire[1] == 126 ? 4 : 2) + 1] & 0x80;
	uint64_t offset = packet->timestamp - packet->source_timestamp;

	SIM_CHECK(sim, packet->epoch == channel->epoch);
	SIM_CHECK(sim, strcmp(channel->condition, "lost"));
	SIM_CHECK(sim, may_feed(channel, packet->channel_index, packet->source_index));
	SIM_CHECK(sim, payload[1] == packet->source_index);
	if (channel->any) {
		SIM_CHECK(sim, packet->sequence > channel->sequence);
		SIM_CHECK(sim, packet->timestamp >= channel->timestamp + channel->duration_samples);
		SIM_CHECK(sim, marker == (packet->epoch != channel->truth[channel->sequence % SIM_TRUTH].epoch));
		if (!marker)
			SIM_CHECK(sim, offset == channel->timestamp_offset);
		else
			SIM_CHECK(sim, packet->sequence == channel->sequence + 1);
	} else {
		SIM_CHECK(sim, marker);
	}
	channel->any = true;
	channel->state_is_newest = false;
	channel->timestamp_offset = offset;
	channel->source = sim->sources[packet->source_index];
	channel->sequence = packet->sequence;
	channel->timestamp = packet->timestamp;
	channel->duration_samples = packet->duration_samples;
	channel->published++;
	channel->truth[packet->sequence % SIM_TRUTH] = (struct sim_published){
	    .sequence = packet->sequence,
	    .timestamp = packet->timestamp,
	    .published_ns = packet->published_ns,
	    .epoch = packet->epoch,
	    .duration_samples = packet->duration_samples,
	};
}

void sim_channel_publish(void *context, struct cabin_packet *packet)
{
	struct sim *sim = context;
	struct sim_channel *channel = &sim->channels[packet->channel_index];

	SIM_CHECK(sim, packet->published_ns == sim->now_ns);
	if (packet->kind == CABIN_PACKET_MEDIA)
		publish_media(sim, channel, packet);
	else if (packet->kind == CABIN_PACKET_STATE)
		publish_state(sim, channel, packet);
	else
		check_mapping(sim, channel, sim_text_of(packet));
	for (uint32_t i = 0; i < SIM_LOOPS; i++) {
		struct sim_loop *loop = &sim->loops[i];
		bool quiet = cabin_fanout_listener_count(loop->fanout, packet->channel_index) == 0;

		cabin_packet_retain(packet);
		if (cabin_inbox_push(loop->inbox, &packet, quiet))
			cabin_packet_release(packet);
	}
}

void sim_channel_in_loop(struct sim *sim, uint32_t loop_index, const struct cabin_packet *packet)
{
	struct sim_channel *channel = &sim->channels[packet->channel_index];
	struct sim_published *truth = &channel->truth[packet->sequence % SIM_TRUTH];

	if (packet->kind != CABIN_PACKET_MEDIA)
		return;
	SIM_CHECK(sim, truth->sequence == packet->sequence);
	truth->ordinal[loop_index] = ++channel->loop_count[loop_index];
}
