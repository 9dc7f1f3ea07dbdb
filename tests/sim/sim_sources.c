#include <math.h>
#include <string.h>

#include "sim.h"

enum { LATENCY_MS = 5, JITTER_NS = 500000 };

void sim_source_init(struct sim *sim, struct sim_source *source, uint16_t index)
{
	*source = (struct sim_source){.random = {sim->seed * 1000 + index}, .index = index, .is_hall = index % 4 == 0};
	source->rate_hz = 48000 * (1 + ((double)sim_below(&source->random, 401) - 200) * 1e-6);
	source->duration_samples = sim_one_in(&source->random, 3) ? 480 : 960;
	source->sequence = sim_below(&source->random, 1000000);
	source->timestamp = source->origin_timestamp = sim_draw(&source->random) >> 20;
	source->origin_ns = sim->now_ns + sim_below(&source->random, 100 * CABIN_NS_PER_MS);
}

uint64_t sim_source_truth_ns(const struct sim_source *source, uint64_t timestamp)
{
	return source->origin_ns +
	       (uint64_t)llround((double)(int64_t)(timestamp - source->origin_timestamp) / source->rate_hz * 1e9);
}

/* The next packet is complete, encoded and here. */
static bool is_due(const struct sim *sim, const struct sim_source *source)
{
	return sim_source_truth_ns(source, source->timestamp + source->duration_samples) +
		   LATENCY_MS * CABIN_NS_PER_MS <=
	       sim->now_ns;
}

static void skip_packets(struct sim_source *source, uint64_t count)
{
	source->sequence += count;
	source->timestamp += count * source->duration_samples;
}

static void change_mood(struct sim_source *source)
{
	if (sim_one_in(&source->random, source->active ? 250 : 500))
		source->active = !source->active;
	if (sim_one_in(&source->random, source->pausing ? 60 : 400))
		source->pausing = !source->pausing;
	if (sim_one_in(&source->random, source->silent ? 100 : 600))
		source->silent = !source->silent;
	if (sim_one_in(&source->random, 300))
		skip_packets(source, 1 + sim_below(&source->random, 6));
}

static void give_packet(struct sim *sim, struct sim_source *source)
{
	struct cabin_packet *packet = cabin_packet_take(sim->pool);
	uint8_t *payload;

	SIM_CHECK(sim, packet); /* the pool's size is by the rule of relay/fanout.h */
	packet->source_index = source->index;
	packet->flags = (uint8_t)((source->active || source->is_hall ? CABIN_PACKET_ACTIVE : 0) |
				  (source->silent ? CABIN_PACKET_SILENT : 0));
	packet->source_sequence = source->sequence;
	packet->source_timestamp = source->timestamp;
	packet->duration_samples = source->duration_samples;
	packet->stamp_ns =
	    sim_source_truth_ns(source, source->timestamp) + sim_below(&source->random, 2 * JITTER_NS) - JITTER_NS;
	packet->payload_size = (uint16_t)(source->pausing ? 2 : 40 + sim_below(&source->random, 100));
	payload = cabin_packet_payload(packet);
	memset(payload, (int)source->sequence & 0xff, packet->payload_size);
	payload[0] = source->duration_samples == 480 ? 0xf0 : 0xf8;
	payload[1] = (uint8_t)source->index;
	skip_packets(source, 1);
	cabin_hub_packet(sim->hub, packet);
}

static void lose_device(struct sim *sim, struct sim_source *source)
{
	source->lost_until_ns = sim->now_ns + (50 + sim_below(&source->random, 4000)) * CABIN_NS_PER_MS;
	/* Now and then nobody tells; the hub notices by itself. */
	if (!sim_one_in(&source->random, 4))
		cabin_hub_source_event(sim->hub, source->index, CABIN_SOURCE_LOST);
}

/* Either it goes on where its clock is now, or it begins anew. */
static void return_device(struct sim *sim, struct sim_source *source)
{
	source->lost_until_ns = 0;
	cabin_hub_source_event(sim->hub, source->index, CABIN_SOURCE_RETURNED);
	if (sim_one_in(&source->random, 2)) {
		while (is_due(sim, source))
			source->timestamp += source->duration_samples;
		return;
	}
	source->sequence = sim_below(&source->random, 100);
	source->timestamp = source->origin_timestamp = 0;
	source->origin_ns = sim->now_ns;
}

void sim_source_step(struct sim *sim, struct sim_source *source)
{
	if (source->lost_until_ns) {
		if (sim->now_ns < source->lost_until_ns)
			return;
		return_device(sim, source);
	}
	while (is_due(sim, source)) {
		change_mood(source);
		if (!is_due(sim, source)) /* what was lost is not due yet */
			return;
		give_packet(sim, source);
		if (sim_one_in(&source->random, 3000)) {
			lose_device(sim, source);
			return;
		}
	}
}
