/* A seeded random walk of booths: interpreters who open and close microphones, cough,
 * hand over, switch outputs, take channels from each other, lose their links and come
 * back, over links with delay and jitter of their own, beside wired lines.
 *
 * What must hold, always: one seat on air in a booth; one booth on a channel; no cough
 * or lost link lets the floor through; sequence and timestamp never go back; no packet of
 * a source that is not on air, or of a connection that was replaced, reaches a channel; a
 * hand-over between good links leaves at most a packet of gap and no overlap; the newest
 * notices alone say all that is true, after each command and each packet, and each
 * revision comes once and in order; the pool never runs empty and is full again at the end.
 *
 * `sim_booths [SEED [STEPS]]`: a step is 5 ms. The seed is printed. */
#include <math.h>
#include <string.h>

#include "relay/hub_internal.h"
#include "sim_booths.h"

enum { HALL_A, HALL_B, LINE };
enum { FLOOR_A, VI_A, FR_A, EN_A, FLOOR_B, VI_B, FR_B, CHANNELS };

static const uint64_t start_ns = 1000 * CABIN_NS_PER_S;
static const uint64_t ms = CABIN_NS_PER_MS;

const struct cabin_hub_channel_config sim_booth_channels[CHANNELS] = {
    [FLOOR_A] = {.number = 1, .kind = CABIN_CHANNEL_FLOOR, .source_index = HALL_A, .fade_ms = 40},
    [VI_A] = {.number = 2,
	      .kind = CABIN_CHANNEL_LANGUAGE,
	      .source_index = CABIN_INDEX_NONE,
	      .floor_channel_index = FLOOR_A,
	      .language = "vi",
	      .booth_id = "a-vi"},
    [FR_A] = {.number = 3,
	      .kind = CABIN_CHANNEL_LANGUAGE,
	      .source_index = CABIN_INDEX_NONE,
	      .floor_channel_index = FLOOR_A,
	      .idle_feed = CABIN_IDLE_CHANNEL,
	      .idle_from_index = EN_A,
	      .language = "fr",
	      .booth_id = "a-fr"},
    [EN_A] = {.number = 4,
	      .kind = CABIN_CHANNEL_LANGUAGE,
	      .source_index = LINE,
	      .floor_channel_index = FLOOR_A,
	      .idle_feed = CABIN_IDLE_CHANNEL,
	      .idle_from_index = FR_A,
	      .hold_ms = 700,
	      .language = "en",
	      .booth_id = "a-line"},
    [FLOOR_B] = {.number = 10, .kind = CABIN_CHANNEL_FLOOR, .source_index = HALL_B, .room_index = 1, .fade_ms = 40},
    [VI_B] = {.number = 11,
	      .kind = CABIN_CHANNEL_LANGUAGE,
	      .source_index = CABIN_INDEX_NONE,
	      .floor_channel_index = FLOOR_B,
	      .room_index = 1,
	      .language = "vi",
	      .booth_id = "b-vi"},
    [FR_B] = {.number = 12,
	      .kind = CABIN_CHANNEL_LANGUAGE,
	      .source_index = CABIN_INDEX_NONE,
	      .floor_channel_index = FLOOR_B,
	      .room_index = 1,
	      .idle_feed = CABIN_IDLE_SILENCE,
	      .language = "fr",
	      .booth_id = "b-fr"},
};
const uint16_t sim_booth_channel_count = CHANNELS;

const struct cabin_hub_booth_config sim_booth_booths[BOOTHS] = {
    {.id = "a-vi-fr", .seat_count = 3, .output_channel_index = {FR_A, VI_A}, .hold_ms = 2500, .grace_ms = 6000},
    {.id = "a-fr-en",
     .seat_count = 2,
     .mode = CABIN_BOOTH_INTERLOCK,
     .output_channel_index = {EN_A, FR_A},
     .hold_ms = 1000,
     .grace_ms = 10000},
    {.id = "a-en", .seat_count = 2, .output_channel_index = {EN_A, CABIN_INDEX_NONE}, .hold_ms = 0, .grace_ms = 500},
    {.id = "b",
     .room_index = 1,
     .seat_count = 2,
     .mode = CABIN_BOOTH_INTERLOCK,
     .output_channel_index = {VI_B, FR_B},
     .hold_ms = 2500,
     .grace_ms = 10000},
};

static const struct cabin_hub_room_config rooms[ROOMS] = {{"a"}, {"b"}};

static uint64_t now_ns(void *context)
{
	return ((struct world *)context)->sim.now_ns;
}

static uint64_t random_key(void *context)
{
	return sim_draw(&((struct world *)context)->random);
}

static double loudness(void *context, uint16_t source_index)
{
	struct world *world = context;

	if (source_index == HALL_B)
		return NAN;
	return -20 - source_index + 3 * sin((double)(world->sim.now_ns - start_ns) / 30e9);
}

static uint32_t audience(void *context, uint16_t channel_index)
{
	return (uint32_t)(((struct world *)context)->sim.step / 2000 + channel_index);
}

static struct world *make(uint64_t seed)
{
	struct world *world = calloc(1, sizeof(*world));
	struct cabin_sink sink = {told_publish, world};

	if (!world)
		abort();
	world->sim.seed = seed;
	world->sim.now_ns = start_ns;
	world->random.state = seed ^ 0x5eed;
	world->heard = calloc(CHANNELS, sizeof(*world->heard));
	SIM_CHECK(&world->sim, cabin_packet_pool_create(
				   &world->pool, CONSOLES * QUEUE + cabin_hub_packets_held(BOOTHS) + POOL_EXTRA) == 0);
	SIM_CHECK(&world->sim, cabin_hub_create(&world->hub, &(struct cabin_hub_config){
								 .clock = {now_ns, world},
								 .pool = world->pool,
								 .channels = sim_booth_channels,
								 .channel_count = CHANNELS,
								 .source_count = CAPTURES,
								 .sinks = &sink,
								 .sink_count = 1,
								 .first_sequence = 65500,
								 .first_timestamp = (UINT64_C(1) << 32) - 48000,
								 .rooms = rooms,
								 .room_count = ROOMS,
								 .booths = sim_booth_booths,
								 .booth_count = BOOTHS,
								 .notices = {told_notify, world},
								 .random = random_key,
								 .random_context = world,
								 .loudness_lufs = loudness,
								 .loudness_context = world,
								 .audience = audience,
								 .audience_context = world,
							     }) == 0);
	for (uint32_t i = 0; i < CONSOLES; i++)
		console_init(world, &world->consoles[i], i);
	for (uint16_t i = 0; i < CAPTURES; i++)
		world->captures[i].sequence = 1;
	return world;
}

/* A hall or the line, 20 ms a packet; the line speaks now and then, and its cable is loose. */
static void step_capture(struct world *world, uint16_t index)
{
	struct cabin_packet *packet;
	uint64_t truth_ns = world->sim.now_ns - 20 * ms;

	if (world->sim.now_ns < world->captures[index].lost_until_ns)
		return;
	if (world->captures[index].lost_until_ns) {
		world->captures[index].lost_until_ns = 0;
		cabin_hub_source_event(world->hub, index, CABIN_SOURCE_RETURNED);
	}
	if (index == LINE && sim_one_in(&world->random, 400)) {
		world->captures[index].lost_until_ns = world->sim.now_ns + sim_below(&world->random, 5000) * ms;
		cabin_hub_source_event(world->hub, index, CABIN_SOURCE_LOST);
		return;
	}
	world->captures[index].active ^= sim_one_in(&world->random, 300);
	packet = cabin_packet_take(world->pool);
	SIM_CHECK(&world->sim, packet);
	packet->source_index = index;
	packet->flags = index != LINE || world->captures[index].active ? CABIN_PACKET_ACTIVE : 0;
	packet->source_sequence = ++world->captures[index].sequence;
	packet->source_timestamp = (truth_ns - start_ns + CABIN_NS_PER_S) / 1000 * 48 / 1000;
	packet->duration_samples = 960;
	packet->stamp_ns = truth_ns;
	packet->payload_size = 40;
	memset(cabin_packet_payload(packet), 0xf8, packet->payload_size);
	memcpy(cabin_packet_payload(packet) + 8, &truth_ns, sizeof(truth_ns));
	cabin_hub_packet(world->hub, packet);
	told_check(world);
}

static void step(struct world *world)
{
	world->sim.now_ns += STEP_MS * ms;
	if (sim_one_in(&world->random, world->sink_full ? 20 : 1000))
		world->sink_full = !world->sink_full;
	for (uint32_t i = 0; i < CONSOLES; i++)
		console_step(world, &world->consoles[i]);
	for (uint32_t i = 0; i < CONSOLES; i++)
		console_arrivals(world, &world->consoles[i]);
	for (uint16_t i = 0; i < CAPTURES; i++)
		if (world->sim.step % 4 == i)
			step_capture(world, i);
	SIM_CHECK(&world->sim, cabin_hub_tick(world->hub) > world->sim.now_ns);
	told_check(world);
}

static void end(struct world *world)
{
	for (uint32_t i = 0; i < CONSOLES; i++)
		console_end(&world->consoles[i]);
	SIM_CHECK(&world->sim, cabin_packet_pool_empty_count(world->pool) == 0);
	for (uint16_t i = 0; i < BOOTHS; i++) {
		struct cabin_hub_booth_stats stats;

		cabin_hub_booth_stats(world->hub, i, &stats);
		SIM_CHECK(&world->sim, stats.on_air == world->hub->booths[i].machine.on_air);
	}
	printf("  media=%llu epochs=%llu notices=%llu refused=%llu errors=%llu joins=%llu replaced=%llu messages=%llu "
	       "coughed=%llu\n  hand-overs=%llu smooth=%llu gap_max_ms=%.2f overlap_max_ms=%.2f\n",
	       (unsigned long long)world->media, (unsigned long long)world->epochs, (unsigned long long)world->notices,
	       (unsigned long long)world->refusals, (unsigned long long)world->errors, (unsigned long long)world->joins,
	       (unsigned long long)world->replaced, (unsigned long long)world->messages,
	       (unsigned long long)world->coughed, (unsigned long long)world->handovers,
	       (unsigned long long)world->smooth, (double)world->gap_max_ns / 1e6, (double)world->overlap_max_ns / 1e6);
	cabin_hub_destroy(world->hub);
	cabin_packet_pool_destroy(world->pool); /* asserts that it is full again */
	free(world->heard);
	free(world);
}

int main(int argc, char **argv)
{
	struct sim_options options = sim_begin("sim_booths", argc, argv, 60000);
	struct world *world = make(options.seed);

	for (world->sim.step = 0; world->sim.step < options.step_count; world->sim.step++)
		step(world);
	end(world);
	return 0;
}
