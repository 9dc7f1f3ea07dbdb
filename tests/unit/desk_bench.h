/* The bench of booths with what the server adds for a technician: a hidden room with the
 * technician's voice and a probe, and a spare room. For cmocka tests. */
#ifndef CABIN_TESTS_DESK_BENCH_H
#define CABIN_TESTS_DESK_BENCH_H

#include "booth_bench.h"

enum { VOICE = CHANNELS, PROBE, SPARE_FLOOR, SPARE_A, SPARE_B, ALL_CHANNELS };
enum { DESK_BOOTH = BOOTHS, SPARE_1, SPARE_2, ALL_BOOTHS };
enum { PLENARY, DESK_ROOM, SPARE_ROOM, ALL_ROOMS };

static inline struct cabin_hub_channel_config added_channel(uint16_t number, uint16_t room, uint16_t floor)
{
	return (struct cabin_hub_channel_config){.number = number,
						 .kind = CABIN_CHANNEL_LANGUAGE,
						 .source_index = CABIN_INDEX_NONE,
						 .floor_channel_index = floor,
						 .room_index = room,
						 .fade_ms = 40};
}

static inline int desk_setup(void **state)
{
	struct cabin_hub_channel_config all[ALL_CHANNELS];
	struct cabin_hub_booth_config with_added[ALL_BOOTHS];
	const struct cabin_hub_room_config all_rooms[ALL_ROOMS] = {{"plenary"}, {"desk"}, {NULL}};

	memcpy(all, channels, sizeof(channels));
	memcpy(with_added, booths, sizeof(booths));
	all[VOICE] = added_channel(65, DESK_ROOM, FLOOR);
	all[PROBE] = added_channel(66, DESK_ROOM, FLOOR);
	all[VOICE].idle_feed = all[PROBE].idle_feed = CABIN_IDLE_SILENCE;
	all[SPARE_FLOOR] = added_channel(70, SPARE_ROOM, 0);
	all[SPARE_FLOOR].kind = CABIN_CHANNEL_FLOOR;
	all[SPARE_A] = added_channel(71, SPARE_ROOM, SPARE_FLOOR);
	all[SPARE_B] = added_channel(72, SPARE_ROOM, SPARE_FLOOR);
	for (uint16_t i = DESK_BOOTH; i < ALL_BOOTHS; i++)
		with_added[i] = (struct cabin_hub_booth_config){
		    .room_index = SPARE_ROOM,
		    .seat_count = 3,
		    .output_channel_index = {(uint16_t)(SPARE_A + i - SPARE_1), CABIN_INDEX_NONE},
		    .hold_ms = HOLD_MS,
		    .grace_ms = GRACE_MS};
	with_added[DESK_BOOTH].id = "desk";
	with_added[DESK_BOOTH].room_index = DESK_ROOM;
	with_added[DESK_BOOTH].output_channel_index[0] = VOICE;
	return setup_hub(state, (struct cabin_hub_config){.channels = all,
							  .channel_count = ALL_CHANNELS,
							  .rooms = all_rooms,
							  .room_count = ALL_ROOMS,
							  .booths = with_added,
							  .booth_count = ALL_BOOTHS});
}

/* --- commands of the desk --------------------------------------------------------------- */

static inline void put(struct bench *bench, uint16_t channel, enum cabin_override override, uint16_t from)
{
	cabin_hub_desk(bench->hub, &(struct cabin_desk_command){.kind = CABIN_DESK_FEED,
								.feed = {channel, (uint8_t) override, from}});
}

static inline void trim(struct bench *bench, uint16_t channel, float gain_db)
{
	cabin_hub_desk(bench->hub, &(struct cabin_desk_command){.kind = CABIN_DESK_GAIN, .gain = {channel, gain_db}});
}

static inline void move_floor(struct bench *bench, uint16_t channel, uint16_t source)
{
	cabin_hub_desk(bench->hub, &(struct cabin_desk_command){.kind = CABIN_DESK_FLOOR_SOURCE,
								.floor_source = {channel, source}});
}

static inline void set_up(struct bench *bench, const struct cabin_room_setup *room)
{
	cabin_hub_desk(bench->hub, &(struct cabin_desk_command){.kind = CABIN_DESK_ROOM, .room = {room}});
}

static inline void answer(struct bench *bench, uint16_t booth, uint8_t seat, enum cabin_call call)
{
	cabin_hub_desk(bench->hub,
		       &(struct cabin_desk_command){.kind = CABIN_DESK_CALL, .call = {booth, seat, (uint8_t)call}});
}

/* --- what came of it -------------------------------------------------------------------- */

static inline struct cabin_hub_channel_stats stats_of(const struct bench *bench, uint16_t channel)
{
	struct cabin_hub_channel_stats stats;

	cabin_hub_channel_stats(bench->hub, channel, &stats);
	return stats;
}

static inline uint32_t epoch_of(const struct bench *bench, uint16_t channel)
{
	return stats_of(bench, channel).epoch;
}

static inline void expect_source(const struct bench *bench, uint16_t channel, const char *source)
{
	json_t *root = state_of(bench, channel);

	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "source")), source);
	json_decref(root);
}

static inline double gain_of(const struct bench *bench, uint16_t channel)
{
	json_t *root = state_of(bench, channel);
	double gain_db = json_number_value(json_object_get(root, "gain_db"));

	assert_non_null(root);
	json_decref(root);
	return gain_db;
}

/* Since `forget` no channel but those of the bits was told a state. */
static inline void expect_untouched_but(const struct bench *bench, uint32_t touched)
{
	for (uint16_t i = 0; i < ALL_CHANNELS; i++)
		if (!(touched & 1u << i))
			assert_int_equal(states_of(bench, i), 0);
}

/* So many times 20 ms, in which the hall and another source of capture give packets. */
static inline void play(struct bench *bench, uint16_t source, int packets)
{
	for (int i = 0; i < packets; i++) {
		hall(bench);
		speak_by(bench, source, 0);
	}
}

#define DESK_TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, teardown)

#endif
