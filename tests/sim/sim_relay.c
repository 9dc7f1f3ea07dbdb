/* A seeded simulation of the relay: hundreds of listeners who stall, leave and change
 * channels, sources that lose packets, pause, drift and vanish, loops that are late.
 *
 * What must hold, always: sequence and timestamp never go back; a packet's state comes
 * before it; nothing older than the queue limit is sent; every packet that a listener
 * missed is in the statistics; told clocks are true within 1 ms; the pool that the
 * rule in relay/fanout.h sizes never runs empty and is full again at the end; and the
 * healthy listeners get the very same bytes at the same moments without the slow ones.
 *
 * `sim_relay [SEED [STEPS]]`: a step is 10 ms. The seed is printed. */
#include <string.h>

#include "base/log.h"
#include "sim.h"

static const uint64_t start_ns = 1000 * CABIN_NS_PER_S;
static const uint64_t first_sequence = 65536 - 100, first_timestamp = (UINT64_C(1) << 32) - 5 * 48000;

static uint64_t now_ns(void *context)
{
	return ((struct sim *)context)->now_ns;
}

static void wake(void *context)
{
	((struct sim_loop *)context)->woken = true;
}

void sim_loop_drain(struct sim_loop *loop)
{
	struct cabin_packet *packet;

	loop->woken = false;
	while (cabin_inbox_pop(loop->inbox, &packet) == 0) {
		sim_channel_in_loop(loop->sim, loop->index, packet);
		cabin_fanout_packet(loop->fanout, packet);
		cabin_packet_release(packet);
	}
}

static void make_loop(struct sim *sim, struct sim_loop *loop, uint32_t index)
{
	loop->sim = sim;
	loop->index = index;
	SIM_CHECK(sim, cabin_inbox_create(&loop->inbox,
					  &(struct cabin_inbox_config){SIM_INBOX_SLOTS, sizeof(struct cabin_packet *),
								       wake, loop}) == 0);
	SIM_CHECK(sim, cabin_fanout_create(&loop->fanout,
					   &(struct cabin_fanout_config){.clock = {now_ns, sim},
									 .transport = sim_transport,
									 .channel_count = SIM_CHANNELS,
									 .queue_limit_ms = SIM_QUEUE_LIMIT_MS,
									 .close_after_ms = SIM_CLOSE_AFTER_MS}) == 0);
}

static struct sim *make(uint64_t seed, bool with_slow)
{
	struct sim *sim = calloc(1, sizeof(*sim));
	struct cabin_hub_channel_config channels[SIM_CHANNELS];
	struct cabin_sink sink = {sim_channel_publish, sim};
	uint32_t slots = SIM_LOOPS * (cabin_fanout_packets_held(SIM_CHANNELS, SIM_QUEUE_LIMIT_MS) + SIM_INBOX_SLOTS) +
			 SIM_SOURCES * 2;

	if (!sim)
		abort();
	sim->seed = seed;
	sim->with_slow = with_slow;
	sim->now_ns = start_ns;
	sim->random.state = seed;
	SIM_CHECK(sim, cabin_packet_pool_create(&sim->pool, slots) == 0);
	sim_channels_init(sim);
	for (uint16_t i = 0; i < SIM_CHANNELS; i++)
		channels[i] = sim->channels[i].config;
	for (uint16_t i = 0; i < SIM_SOURCES; i++)
		sim_source_init(sim, &sim->sources[i], i);
	for (uint32_t i = 0; i < SIM_LOOPS; i++)
		make_loop(sim, &sim->loops[i], i);
	for (uint32_t i = 0; i < SIM_LISTENERS; i++)
		sim_listener_init(sim, &sim->listeners[i], i);
	SIM_CHECK(sim,
		  cabin_hub_create(&sim->hub, &(struct cabin_hub_config){.clock = {now_ns, sim},
									 .pool = sim->pool,
									 .channels = channels,
									 .channel_count = SIM_CHANNELS,
									 .source_count = SIM_SOURCES,
									 .sinks = &sink,
									 .sink_count = 1,
									 .first_sequence = first_sequence,
									 .first_timestamp = first_timestamp}) == 0);
	return sim;
}

static bool is_stalled(const struct sim *sim, const struct sim_loop *loop)
{
	return sim->now_ns < loop->stalled_until_ns;
}

static void step_loop(struct sim *sim, struct sim_loop *loop)
{
	/* Mostly a hiccup; rarely longer than the queue limit. */
	if (sim_one_in(&sim->random, 400))
		loop->stalled_until_ns =
		    sim->now_ns + sim_below(&sim->random, sim_one_in(&sim->random, 10) ? 600 : 120) * CABIN_NS_PER_MS;
	if (is_stalled(sim, loop))
		return;
	if (loop->woken)
		sim_loop_drain(loop);
	if (cabin_fanout_dirty(loop->fanout))
		cabin_fanout_flush(loop->fanout);
}

/* A healthy listener of a loop that runs has all that there is. */
static void check_healthy(struct sim *sim)
{
	for (uint32_t i = 0; i < SIM_LISTENERS; i++) {
		const struct sim_listener *listener = &sim->listeners[i];

		if (!listener->healthy || !listener->joined || is_stalled(sim, &sim->loops[listener->loop_index]))
			continue;
		SIM_CHECK(sim,
			  listener->ordinal == sim->channels[listener->channel_index].loop_count[listener->loop_index]);
	}
}

static void step(struct sim *sim)
{
	sim->now_ns += SIM_STEP_MS * CABIN_NS_PER_MS;
	for (uint32_t i = 0; i < SIM_SOURCES; i++)
		sim_source_step(sim, &sim->sources[i]);
	SIM_CHECK(sim, cabin_hub_tick(sim->hub) > sim->now_ns);
	for (uint32_t i = 0; i < SIM_LISTENERS; i++) {
		struct sim_listener *listener = &sim->listeners[i];

		if ((listener->healthy || sim->with_slow) && !is_stalled(sim, &sim->loops[listener->loop_index]))
			sim_listener_step(listener);
	}
	for (uint32_t i = 0; i < SIM_LOOPS; i++)
		step_loop(sim, &sim->loops[i]);
	check_healthy(sim);
}

/* Statistics and listeners agree. */
static void check_sums(struct sim *sim)
{
	struct cabin_fanout_stats sum = {0}, one;

	for (uint32_t i = 0; i < SIM_LOOPS; i++) {
		cabin_fanout_stats(sim->loops[i].fanout, &one);
		sum.packets += one.packets;
		sum.bytes += one.bytes;
		sum.writes += one.writes;
		sum.skips += one.skips;
		sum.skipped_packets += one.skipped_packets;
		sum.closed_slow += one.closed_slow;
		SIM_CHECK(sim, cabin_inbox_refused_count(sim->loops[i].inbox) == 0);
	}
	printf(
	    "  %s the slow: delivered=%llu writes=%llu skips=%llu skipped=%llu closed=%llu epochs=%llu states=%llu\n",
	    sim->with_slow ? "with" : "without", (unsigned long long)sum.packets, (unsigned long long)sum.writes,
	    (unsigned long long)sum.skips, (unsigned long long)sum.skipped_packets, (unsigned long long)sum.closed_slow,
	    (unsigned long long)sim->epochs, (unsigned long long)sim->states);
	SIM_CHECK(sim, sum.packets == sim->delivered);
	SIM_CHECK(sim, sum.skipped_packets == sim->missed);
	SIM_CHECK(sim, sum.bytes == sim->bytes);
	SIM_CHECK(sim, sum.writes == sim->writes);
	SIM_CHECK(sim, sum.closed_slow == sim->closed);
	SIM_CHECK(sim, cabin_packet_pool_empty_count(sim->pool) == 0);
	for (uint16_t i = 0; i < SIM_CHANNELS; i++) {
		struct cabin_hub_channel_stats stats;

		cabin_hub_channel_stats(sim->hub, i, &stats);
		SIM_CHECK(sim, stats.packets == sim->channels[i].published);
		SIM_CHECK(sim, stats.epoch == sim->channels[i].epoch);
		SIM_CHECK(sim, stats.dropped_pool == 0);
		SIM_CHECK(sim, stats.dropped_invalid == 0);
	}
}

static void unmake(struct sim *sim)
{
	for (uint32_t i = 0; i < SIM_LISTENERS; i++)
		sim_listener_leave(&sim->listeners[i]);
	for (uint32_t i = 0; i < SIM_LOOPS; i++) {
		sim_loop_drain(&sim->loops[i]);
		cabin_fanout_destroy(sim->loops[i].fanout);
		cabin_inbox_destroy(sim->loops[i].inbox);
	}
	cabin_hub_destroy(sim->hub);
	cabin_packet_pool_destroy(sim->pool); /* asserts that it is full again */
	free(sim);
}

/* What the healthy got, all of it and when. */
static uint64_t run(uint64_t seed, uint64_t step_count, bool with_slow)
{
	struct sim *sim = make(seed, with_slow);
	uint64_t hash = 0;

	for (sim->step = 0; sim->step < step_count; sim->step++)
		step(sim);
	check_sums(sim);
	for (uint32_t i = 0; i < SIM_LISTENERS; i++) {
		if (sim->listeners[i].healthy)
			hash = hash * 31 + sim->listeners[i].hash;
	}
	unmake(sim);
	return hash;
}

int main(int argc, char **argv)
{
	struct sim_options options = sim_begin("sim_relay", argc, argv, 6000);
	uint64_t with_slow, without_slow;

	cabin_log_set_level(CABIN_LOG_ERROR);
	with_slow = run(options.seed, options.step_count, true);
	without_slow = run(options.seed, options.step_count, false);
	if (with_slow != without_slow) {
		fprintf(stderr, "slow listeners changed what the healthy got; again with: sim_relay %llu %llu\n",
			(unsigned long long)options.seed, (unsigned long long)options.step_count);
		return 1;
	}
	printf("  ok, the healthy got the same: %016llx\n", (unsigned long long)with_slow);
	return 0;
}
