/* Three hours of simulated time through the hub, sources ±200 ppm off, stamps that
 * jitter by ±1 ms: the mapping that listeners are told stays within 1 ms of the truth,
 * at the moment and for the second until it is told again. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "relay/hub.h"

enum { SOURCES = 3, HOURS = 3, PACKET = 960 };

static const double ppm[SOURCES] = {200, -200, 0};
static const uint64_t first_sequence = 65500, first_timestamp = (UINT64_C(1) << 32) - 48000;

struct drift {
	uint64_t now_ns, seed;
	double rate_hz[SOURCES];
	uint64_t start_ns[SOURCES];
	uint64_t newest[SOURCES]; /* extended channel timestamp of the newest packet */
	uint32_t clocks[SOURCES];
	double worst_ms[SOURCES];
};

static uint64_t now_ns(void *context)
{
	return ((struct drift *)context)->now_ns;
}

static double truth_ns(const struct drift *drift, uint16_t source, uint64_t timestamp)
{
	return (double)drift->start_ns[source] + (double)timestamp / drift->rate_hz[source] * 1e9;
}

static double jitter_ns(struct drift *drift)
{
	drift->seed = drift->seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return ((double)(drift->seed >> 11) / 9007199254740992.0 * 2 - 1) * 1e6;
}

static double number_after(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	if (!at) {
		fprintf(stderr, "no %s in %s\n", key, text);
		abort();
	}
	return strtod(at + strlen(key), NULL);
}

static void hear(void *context, struct cabin_packet *packet)
{
	struct drift *drift = context;
	uint16_t index = packet->channel_index;
	char text[CABIN_PACKET_BYTES + 1];
	uint64_t timestamp;
	double server_ns, rate_hz;

	if (packet->kind == CABIN_PACKET_MEDIA)
		drift->newest[index] = packet->timestamp;
	if (packet->kind != CABIN_PACKET_CLOCK)
		return;
	memcpy(text, cabin_packet_wire(packet), packet->wire_size);
	text[packet->wire_size] = '\0';
	timestamp = (uint64_t)number_after(strchr(text, '{'), "\"timestamp\":");
	timestamp = drift->newest[index] +
		    (uint64_t)(int64_t)(int32_t)((uint32_t)timestamp - (uint32_t)drift->newest[index]) -
		    first_timestamp;
	server_ns = number_after(strchr(text, '{'), "\"server_us\":") * 1000;
	rate_hz = number_after(strchr(text, '{'), "\"rate_hz\":");
	drift->clocks[index]++;
	for (uint64_t ahead = 0; ahead <= 48000; ahead += 48000) {
		double error_ms =
		    fabs(server_ns + (double)ahead / rate_hz * 1e9 - truth_ns(drift, index, timestamp + ahead)) * 1e-6;

		drift->worst_ms[index] = fmax(drift->worst_ms[index], error_ms);
	}
}

static void give(struct drift *drift, struct cabin_hub *hub, struct cabin_packet_pool *pool, uint16_t source,
		 uint64_t number)
{
	struct cabin_packet *packet = cabin_packet_take(pool);

	if (!packet)
		abort();
	packet->source_index = source;
	packet->flags = CABIN_PACKET_ACTIVE;
	packet->source_sequence = number;
	packet->source_timestamp = number * PACKET;
	packet->duration_samples = PACKET;
	packet->stamp_ns = (uint64_t)llround(truth_ns(drift, source, number * PACKET) + jitter_ns(drift));
	packet->payload_size = 3;
	memcpy(cabin_packet_payload(packet), "\xf8\x01\x02", 3);
	cabin_hub_packet(hub, packet);
}

int main(void)
{
	static struct drift drift = {.now_ns = 500 * CABIN_NS_PER_S, .seed = 42};
	struct cabin_hub_channel_config channels[SOURCES];
	struct cabin_packet_pool *pool;
	struct cabin_hub *hub;
	uint64_t next[SOURCES] = {0}, end_ns;
	int failed = 0;

	for (uint16_t i = 0; i < SOURCES; i++) {
		channels[i] = (struct cabin_hub_channel_config){
		    .number = (uint16_t)(i + 1), .kind = CABIN_CHANNEL_FLOOR, .source_index = i};
		drift.rate_hz[i] = 48000 * (1 + ppm[i] * 1e-6);
		drift.start_ns[i] = drift.now_ns;
	}
	if (cabin_packet_pool_create(&pool, 64) ||
	    cabin_hub_create(&hub, &(struct cabin_hub_config){.clock = {now_ns, &drift},
							      .pool = pool,
							      .channels = channels,
							      .channel_count = SOURCES,
							      .source_count = SOURCES,
							      .sinks = &(struct cabin_sink){hear, &drift},
							      .sink_count = 1,
							      .first_sequence = first_sequence,
							      .first_timestamp = first_timestamp}))
		return 1;
	end_ns = drift.now_ns + HOURS * 3600 * CABIN_NS_PER_S;
	for (; drift.now_ns < end_ns; drift.now_ns += 5 * CABIN_NS_PER_MS) {
		for (uint16_t i = 0; i < SOURCES; i++) {
			while (truth_ns(&drift, i, (next[i] + 1) * PACKET) <= (double)drift.now_ns)
				give(&drift, hub, pool, i, next[i]++);
		}
		cabin_hub_tick(hub);
	}
	cabin_hub_destroy(hub);
	cabin_packet_pool_destroy(pool);
	for (uint16_t i = 0; i < SOURCES; i++) {
		printf("%+.0f ppm: %u clock messages in %d h, all within %.3f ms\n", ppm[i], drift.clocks[i], HOURS,
		       drift.worst_ms[i]);
		failed |= drift.worst_ms[i] > 1.0 || drift.clocks[i] < HOURS * 3600 - 60;
	}
	return failed;
}
