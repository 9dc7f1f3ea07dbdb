/* A seeded random walk of a technician: overrides, trims, rooms that move, a spare room
 * that comes and goes, answers to calls, and commands that cannot be meant, among
 * interpreters who come and go, halls, a line and announcements.
 *
 * What must hold, always: a channel that the technician left alone gets the very same
 * bytes at the same moments as from a hub without a technician; sequence, timestamp and
 * epochs never go back; a channel says and carries what was asked for, at once or with
 * the source's first packet, and nothing while that is silence or its room is given up; a
 * source's packets come once each to whoever was given it, on air or not; every state has
 * the trim; events tell feeds, seats and who is on air as they are; nonsense publishes
 * nothing; the pool never runs empty and is full again at the end.
 *
 * `sim_desk [SEED [STEPS]]`: a step is 5 ms. The seed is printed. */
#include <string.h>

#include "sim_desk.h"

static const uint64_t start_ns = 1000 * CABIN_NS_PER_S, ms = CABIN_NS_PER_MS;

#define LANGUAGE(number_, room, floor, word)                                                                           \
	{                                                                                                              \
		.number = (number_), .kind = CABIN_CHANNEL_LANGUAGE, .source_index = CABIN_INDEX_NONE,                 \
		.floor_channel_index = (floor), .room_index = (room), .hold_ms = 700, .language = (word)               \
	}
#define FLOOR(number_, room, source)                                                                                   \
	{                                                                                                              \
		.number = (number_), .kind = CABIN_CHANNEL_FLOOR, .source_index = (source), .room_index = (room)       \
	}
#define BOOTH(name, room, a, b)                                                                                        \
	{                                                                                                              \
		.id = (name), .room_index = (room), .seat_count = 3, .output_channel_index = {(a), (b)},               \
		.hold_ms = 1000, .grace_ms = 3000                                                                      \
	}

const struct cabin_hub_channel_config sim_desk_channels[CHANNELS] = {
    FLOOR(1, ROOM_A, HALL_A),
    LANGUAGE(2, ROOM_A, FLOOR_A, "vi"),
    LANGUAGE(3, ROOM_A, FLOOR_A, "fr"),
    LANGUAGE(4, ROOM_A, FLOOR_A, "en"),
    FLOOR(10, ROOM_B, HALL_B),
    LANGUAGE(11, ROOM_B, FLOOR_B, "vi"),
    LANGUAGE(12, ROOM_B, FLOOR_B, "fr"),
    LANGUAGE(65, DESK_ROOM, FLOOR_A, NULL),
    LANGUAGE(66, DESK_ROOM, FLOOR_A, NULL),
    FLOOR(70, SPARE_ROOM, CABIN_INDEX_NONE),
    LANGUAGE(71, SPARE_ROOM, SPARE_FLOOR, NULL),
    LANGUAGE(72, SPARE_ROOM, SPARE_FLOOR, NULL),
};
static const struct cabin_hub_booth_config booths[BOOTHS] = {
    BOOTH("a", ROOM_A, FR_A, VI_A),
    BOOTH("a-too", ROOM_A, EN_A, FR_A),
    BOOTH("b", ROOM_B, VI_B, FR_B),
    BOOTH("desk", DESK_ROOM, VOICE, CABIN_INDEX_NONE),
    BOOTH(NULL, SPARE_ROOM, SPARE_1, CABIN_INDEX_NONE),
    BOOTH(NULL, SPARE_ROOM, SPARE_2, CABIN_INDEX_NONE),
};
static const struct cabin_hub_room_config rooms[ROOMS] = {{"a"}, {"b"}, {"desk"}, {NULL}};

static uint64_t now_ns(void *context)
{
	return ((struct desk *)context)->sim.now_ns;
}

/* Both hubs give the same keys. */
static uint64_t next_key(void *context)
{
	return ++*(uint64_t *)context;
}

static void count_tapped(void *context, struct cabin_packet *packet)
{
	((struct desk *)context)->tapped[packet->source_index]++;
}

static void make_hub(struct desk *desk, uint32_t index, const struct cabin_hub_channel_config *channels)
{
	struct cabin_sink sink = {index ? heard_publish_twin : heard_publish, desk};
	struct cabin_hub_config config = {.clock = {now_ns, desk},
					  .channels = channels,
					  .channel_count = CHANNELS,
					  .source_count = CAPTURES,
					  .sinks = &sink,
					  .sink_count = 1,
					  .first_sequence = 65500,
					  .first_timestamp = (UINT64_C(1) << 32) - 48000,
					  .rooms = rooms,
					  .room_count = ROOMS,
					  .booths = booths,
					  .booth_count = BOOTHS,
					  .random = next_key,
					  .random_context = &desk->keys[index]};

	SIM_CHECK(&desk->sim,
		  cabin_packet_pool_create(&desk->pools[index], cabin_hub_packets_held(BOOTHS) + POOL_EXTRA) == 0);
	config.pool = desk->pools[index];
	if (index == 0) {
		config.event = heard_event;
		config.tap = count_tapped;
		config.event_context = config.tap_context = desk;
	}
	SIM_CHECK(&desk->sim, cabin_hub_create(&desk->hubs[index], &config) == 0);
}

static struct desk *make(uint64_t seed)
{
	struct desk *desk = calloc(1, sizeof(*desk));
	struct cabin_hub_channel_config channels[CHANNELS];

	if (!desk)
		abort();
	desk->sim.seed = seed;
	desk->sim.now_ns = start_ns;
	desk->random.state = seed ^ 0xde5c;
	desk->floor_of_b = HALL_B;
	memcpy(channels, sim_desk_channels, sizeof(channels));
	channels[EN_A].source_index = LINE;
	channels[EN_A].booth_id = "line";
	channels[FR_A].idle_feed = CABIN_IDLE_CHANNEL; /* so that one is a follower of the other */
	channels[FR_A].idle_from_index = EN_A;
	channels[VOICE].idle_feed = channels[PROBE].idle_feed = CABIN_IDLE_SILENCE;
	for (uint16_t i = 0; i < CHANNELS; i++) {
		desk->wishes[i].closed = i >= SPARE_FLOOR;
		/* In room A some channels are left alone; all of room B may move. */
		desk->wishes[i].may_touch = i >= FLOOR_B || sim_one_in(&desk->random, 2);
	}
	for (uint32_t i = 0; i < SEATS; i++)
		desk->seats[i] = (struct desk_seat){.booth_index = (uint16_t)(i / CABIN_SEATS_MAX),
						    .seat = (uint8_t)(i % CABIN_SEATS_MAX + 1),
						    .sequence = sim_below(&desk->random, 65536)};
	for (uint32_t i = 0; i < HUBS; i++)
		make_hub(desk, i, channels);
	for (uint16_t i = 0; i < CHANNELS; i++) {
		struct cabin_hub_channel_stats stats;

		cabin_hub_channel_stats(desk->hubs[0], i, &stats);
		desk->feed_told[i] = (uint8_t)stats.feed;
	}
	return desk;
}

/* --- sound -------------------------------------------------------------------------- */

/* To whom the source was given, and who had its packet before this one. */
static bool is_steady(const struct desk *desk, uint16_t channel, uint16_t source_index)
{
	const struct heard *heard = &desk->heard[0][channel];

	return desk->wishes[channel].override == CABIN_OVERRIDE_SOURCE &&
	       desk->wishes[channel].from_index == source_index && heard->any && heard->source_index == source_index &&
	       heard->media_epoch == heard->epoch && !strcmp(heard->feed, "desk");
}

static void give(struct desk *desk, uint16_t source_index, uint64_t connection, uint64_t sequence, uint8_t flags)
{
	uint64_t truth_ns = desk->sim.now_ns - 20 * ms, tapped = desk->tapped[source_index];
	uint64_t media[CHANNELS];
	bool steady[CHANNELS];

	for (uint16_t i = 0; i < CHANNELS; i++) {
		media[i] = desk->heard[0][i].media;
		steady[i] = is_steady(desk, i, source_index);
	}
	for (uint32_t i = 0; i < HUBS; i++) {
		struct cabin_packet *packet = cabin_packet_take(desk->pools[i]);

		SIM_CHECK(&desk->sim, packet);
		packet->source_index = source_index;
		packet->connection = connection;
		packet->flags = flags;
		packet->source_sequence = sequence;
		packet->source_timestamp = (truth_ns - start_ns + CABIN_NS_PER_S) / 1000 * 48 / 1000;
		packet->duration_samples = 960;
		packet->stamp_ns = truth_ns;
		packet->payload_size = 40;
		memset(cabin_packet_payload(packet), 0xf8, packet->payload_size);
		memcpy(cabin_packet_payload(packet) + 8, &source_index, sizeof(source_index));
		cabin_hub_packet(desk->hubs[i], packet);
	}
	for (uint16_t i = 0; i < CHANNELS; i++)
		if (steady[i])
			SIM_CHECK(&desk->sim,
				  desk->heard[0][i].media - media[i] == desk->tapped[source_index] - tapped);
}

static void capture_event(struct desk *desk, uint16_t index, enum cabin_source_event event)
{
	for (uint32_t i = 0; i < HUBS; i++)
		cabin_hub_source_event(desk->hubs[i], index, event);
}

static void step_capture(struct desk *desk, uint16_t index)
{
	if (desk->sim.now_ns < desk->capture_lost_until_ns[index])
		return;
	if (desk->capture_lost_until_ns[index]) {
		desk->capture_lost_until_ns[index] = 0;
		capture_event(desk, index, CABIN_SOURCE_RETURNED);
	}
	/* An announcement comes and goes; a cable is loose, and now and then nobody tells. */
	if (sim_one_in(&desk->random, index == TONE ? 200 : 1500)) {
		desk->capture_lost_until_ns[index] = desk->sim.now_ns + sim_below(&desk->random, 4000) * ms;
		if (!sim_one_in(&desk->random, 4))
			capture_event(desk, index, CABIN_SOURCE_LOST);
		return;
	}
	desk->line_active ^= index == LINE && sim_one_in(&desk->random, 200);
	give(desk, index, 0, ++desk->capture_sequences[index],
	     index != LINE || desk->line_active ? CABIN_PACKET_ACTIVE : 0);
}

/* --- consoles ------------------------------------------------------------------------ */

static void say(struct desk *desk, const struct desk_seat *seat, struct cabin_console_command command)
{
	command.booth_index = seat->booth_index;
	command.seat = seat->seat;
	command.connection = seat->connection;
	for (uint32_t i = 0; i < HUBS; i++)
		cabin_hub_command(desk->hubs[i], &command);
}

static void act(struct desk *desk, struct desk_seat *seat)
{
	struct cabin_console_command command = {.kind = CABIN_CONSOLE_MIC};

	switch (sim_below(&desk->random, 10)) {
	case 0:
		command.kind = sim_one_in(&desk->random, 2) ? CABIN_CONSOLE_GONE : CABIN_CONSOLE_LEAVE;
		seat->mic = false;
		break;
	case 1:
		command.kind = CABIN_CONSOLE_OUTPUT;
		command.output.output = (uint8_t)sim_below(&desk->random, 2);
		command.output.take = sim_one_in(&desk->random, 2);
		break;
	case 2:
	case 3:
		command.kind = CABIN_CONSOLE_HANDOVER;
		command.handover.action = (uint8_t)sim_below(&desk->random, 3); /* offer, ask, accept */
		break;
	case 4:
		command.kind = CABIN_CONSOLE_CALL;
		command.call.on = sim_one_in(&desk->random, 2);
		break;
	case 5:
		command.kind = CABIN_CONSOLE_LISTENS;
		command.listens.channel_index = (uint16_t)sim_below(&desk->random, CHANNELS);
		break;
	default:
		command.mic.on = seat->mic = !sim_one_in(&desk->random, 3);
		command.mic.take = sim_one_in(&desk->random, 3);
		break;
	}
	say(desk, seat, command);
	if (command.kind == CABIN_CONSOLE_GONE || command.kind == CABIN_CONSOLE_LEAVE)
		seat->connection = 0;
}

static void step_seat(struct desk *desk, struct desk_seat *seat)
{
	if (!seat->connection) {
		if (!sim_one_in(&desk->random, 400))
			return;
		seat->connection = ++desk->next_connection;
		say(desk, seat, (struct cabin_console_command){.kind = CABIN_CONSOLE_JOIN});
		return;
	}
	if (sim_one_in(&desk->random, 150))
		act(desk, seat);
	if (!seat->connection || !seat->mic || desk->sim.now_ns < seat->next_ns)
		return;
	seat->next_ns = desk->sim.now_ns + 20 * ms;
	give(desk, cabin_seat_source_index(CAPTURES, seat->booth_index, seat->seat), seat->connection,
	     (uint16_t)++seat->sequence, CABIN_PACKET_ACTIVE);
}

static void step(struct desk *desk)
{
	desk->sim.now_ns += 5 * ms;
	for (uint32_t i = 0; i < HUBS; i++)
		SIM_CHECK(&desk->sim, cabin_hub_tick(desk->hubs[i]) > desk->sim.now_ns);
	for (uint32_t i = 0; i < SEATS; i++)
		step_seat(desk, &desk->seats[i]);
	for (uint16_t i = 0; i < CAPTURES; i++)
		if (desk->sim.step % 4 == i % 4)
			step_capture(desk, i);
	for (uint32_t i = 0; i < HUBS; i++)
		cabin_hub_tick(desk->hubs[i]);
	technician_step(desk);
	heard_check(desk);
}

static void end(struct desk *desk)
{
	uint64_t media = 0, epochs = 0;

	for (uint16_t i = 0; i < CHANNELS; i++) {
		media += desk->heard[0][i].media;
		epochs += desk->heard[0][i].epoch;
	}
	printf("  commands=%llu media=%llu epochs=%llu events=%llu handovers=%llu jumps=%llu\n",
	       (unsigned long long)desk->commands, (unsigned long long)media, (unsigned long long)epochs,
	       (unsigned long long)desk->events, (unsigned long long)desk->handovers, (unsigned long long)desk->jumps);
	for (uint32_t i = 0; i < HUBS; i++) {
		SIM_CHECK(&desk->sim, cabin_packet_pool_empty_count(desk->pools[i]) == 0);
		cabin_hub_destroy(desk->hubs[i]);
		cabin_packet_pool_destroy(desk->pools[i]); /* asserts that it is full again */
	}
	free(desk);
}

int main(int argc, char **argv)
{
	struct sim_options options = sim_begin("sim_desk", argc, argv, 60000);
	struct desk *desk = make(options.seed);

	for (desk->sim.step = 0; desk->sim.step < options.step_count; desk->sim.step++)
		step(desk);
	end(desk);
	return 0;
}
