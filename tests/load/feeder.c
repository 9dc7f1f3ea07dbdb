#include "feeder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Opus TOC: CELT full band, mono, one frame of 10 or 20 ms. */
enum { POOL_SLOTS = 60000, TOC_10_MS = 30 << 3, TOC_20_MS = 31 << 3 };

struct cabin_feeder {
	struct cabin_feeder_config config;
	struct cabin_packet_pool *pool;
	struct cabin_server *server;
	struct cabin_hub *hub;
	uint16_t numbers[CABIN_FEEDER_CHANNELS_MAX];
	struct cabin_hub_channel_config channels[CABIN_FEEDER_CHANNELS_MAX];
	struct cabin_sink sinks[CABIN_LOOPS_MAX];
	uint64_t count;
};

static const char event_json[] = "{\"protocol\":1,\"revision\":\"0123456789abcdef\",\"event\":{\"id\":\"feeder\"},"
				 "\"languages\":[],\"rooms\":[],\"agenda\":[]}";

static void write_metrics(void *context, FILE *to)
{
	struct cabin_feeder *feeder = context;
	struct cabin_server_stats stats;
	cabin_server_stats(feeder->server, &stats);
	fprintf(to, "cabin_connections %u\n", stats.listeners);
}

static int create_server(struct cabin_feeder *feeder)
{
	struct cabin_server_config *config = &feeder->config.server;
	for (uint16_t i = 0; i < feeder->config.channel_count; i++) {
		feeder->numbers[i] = (uint16_t)(i + 1);
		feeder->channels[i] = (struct cabin_hub_channel_config){.number = (uint16_t)(i + 1),
									.kind = CABIN_CHANNEL_FLOOR,
									.source_index = i,
									.floor_channel_index = i};
	}
	config->clock = cabin_clock_monotonic();
	config->event_json = event_json;
	config->channel_numbers = feeder->numbers;
	config->channel_count = feeder->config.channel_count;
	config->write_metrics = write_metrics;
	config->context = feeder;
	return cabin_server_create(&feeder->server, config);
}

static int create_hub(struct cabin_feeder *feeder)
{
	uint32_t loops = cabin_server_loop_count(feeder->server);
	for (uint32_t i = 0; i < loops; i++)
		feeder->sinks[i] = cabin_server_sink(feeder->server, i);
	const struct cabin_hub_config hub = {.clock = feeder->config.server.clock,
					     .pool = feeder->pool,
					     .channels = feeder->channels,
					     .channel_count = feeder->config.channel_count,
					     .source_count = feeder->config.channel_count,
					     .sinks = feeder->sinks,
					     .sink_count = loops,
					     .first_sequence = 65500,
					     .first_timestamp = UINT32_MAX - 48000};
	return cabin_hub_create(&feeder->hub, &hub);
}

int cabin_feeder_create(struct cabin_feeder **out, const struct cabin_feeder_config *config)
{
	struct cabin_feeder *feeder = calloc(1, sizeof(*feeder));
	*out = NULL;
	if (!feeder)
		return CABIN_ENOMEM;
	feeder->config = *config;
	int result = cabin_packet_pool_create(&feeder->pool, POOL_SLOTS);
	if (!result)
		result = create_server(feeder);
	if (!result)
		result = create_hub(feeder);
	if (!result)
		result = cabin_server_start(feeder->server, feeder->pool);
	if (result) {
		cabin_feeder_destroy(feeder);
		return result;
	}
	*out = feeder;
	return 0;
}

void cabin_feeder_destroy(struct cabin_feeder *feeder)
{
	if (!feeder)
		return;
	cabin_server_destroy(feeder->server);
	cabin_hub_destroy(feeder->hub);
	cabin_packet_pool_destroy(feeder->pool);
	free(feeder);
}

struct cabin_server *cabin_feeder_server(struct cabin_feeder *feeder)
{
	return feeder->server;
}

void cabin_feeder_publish(struct cabin_feeder *feeder, uint64_t stamp_ns)
{
	uint32_t duration = feeder->config.packet_ms * CABIN_RATE_HZ / 1000;
	for (uint16_t i = 0; i < feeder->config.channel_count; i++) {
		struct cabin_packet *packet = cabin_packet_take(feeder->pool);
		if (!packet)
			continue; /* the pool counts it */
		packet->source_index = i;
		packet->flags = CABIN_PACKET_ACTIVE;
		packet->source_sequence = feeder->count;
		packet->source_timestamp = feeder->count * duration;
		packet->duration_samples = duration;
		packet->stamp_ns = stamp_ns;
		packet->payload_size = (uint16_t)feeder->config.payload_bytes;
		memset(cabin_packet_payload(packet), 0, feeder->config.payload_bytes);
		cabin_packet_payload(packet)[0] = feeder->config.packet_ms == 10 ? TOC_10_MS : TOC_20_MS;
		cabin_hub_packet(feeder->hub, packet);
	}
	feeder->count++;
	(void)cabin_hub_tick(feeder->hub);
}
