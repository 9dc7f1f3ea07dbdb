/* server/relay/hub: who feeds a channel, told in order with the packets. */
#include "hub_bench.h"

static void every_channel_says_at_once_that_nothing_comes(void **state)
{
	struct bench *bench = *state;

	assert_int_equal(expect_state(bench, FLOOR, "floor", "lost", false), 1);
	no_more(bench, FLOOR);
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "lost", false), 1);
	no_more(bench, FRENCH);
	assert_int_equal(expect_state(bench, MUTE, "silence", "ok", false), 1);
}

static void the_floor_goes_to_its_channel_and_passes_through(void **state)
{
	struct bench *bench = *state;

	forget(bench);
	for (int i = 0; i < 3; i++) {
		bench->clock.now_ns += 20 * ms;
		feed(bench, HALL, CABIN_PACKET_ACTIVE);
	}
	for (uint16_t channel = FLOOR; channel <= FRENCH; channel++) {
		assert_int_equal(expect_state(bench, channel, channel == FLOOR ? "floor" : "pass-through", "ok", true),
				 1);
		for (uint64_t i = 0; i < 3; i++)
			expect_media(bench, channel, first_sequence + i, first_timestamp + i * 960, i == 0);
		no_more(bench, channel);
	}
	no_more(bench, MUTE);
}

static void a_booth_takes_at_once_and_gives_back_after_its_hold(void **state)
{
	struct bench *bench = *state;
	uint64_t sequence, timestamp;
	uint32_t epoch;

	for (int i = 0; i < 10; i++)
		both(bench, 0);
	forget(bench);
	bench->clock.now_ns += 7 * ms; /* in the middle of the floor's packets */
	feed(bench, BOOTH, CABIN_PACKET_ACTIVE);
	epoch = expect_state(bench, FRENCH, "booth", "ok", true);
	assert_int_equal(epoch, 2);
	/* One more, and the time that passed: 7 ms are less than the packet before. */
	sequence = first_sequence + 10;
	timestamp = first_timestamp + 10 * 960;
	expect_media(bench, FRENCH, sequence, timestamp, true);
	no_more(bench, FRENCH);
	forget(bench);

	bench->clock.now_ns += 13 * ms;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	no_more(bench, FRENCH);
	forget(bench);
	/* Inactive from here: the hold runs, and the booth's packets go on. */
	for (int i = 1; i <= HOLD_MS / 20; i++) {
		both(bench, 0);
		expect_media(bench, FRENCH, sequence + (uint64_t)i, timestamp + (uint64_t)i * 960, false);
		no_more(bench, FRENCH);
		forget(bench);
	}
	sequence += HOLD_MS / 20;
	both(bench, 0);
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "ok", true), epoch + 1);
	assert_int_equal(next(bench, FRENCH, CABIN_PACKET_MEDIA)->sequence, sequence + 1);
	no_more(bench, FRENCH);
}

static void a_lost_booth_gives_up_at_once_and_a_lost_floor_says_so(void **state)
{
	struct bench *bench = *state;

	booth_on_air(bench);
	forget(bench);
	cabin_hub_source_event(bench->hub, BOOTH, CABIN_SOURCE_LOST);
	no_more(bench, FRENCH); /* the floor is there: its packet brings the state */
	assert_int_equal(expect_state(bench, MUTE, "silence", "ok", false), 3);
	forget(bench);
	bench->clock.now_ns += 20 * ms;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "ok", true), 3);
	next(bench, FRENCH, CABIN_PACKET_MEDIA);
	forget(bench);

	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_LOST);
	assert_int_equal(expect_state(bench, FLOOR, "floor", "lost", true), 1);
	no_more(bench, FLOOR);
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "lost", true), 3);
	no_more(bench, FRENCH);
	forget(bench);
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_RETURNED);
	assert_int_equal(expect_state(bench, FLOOR, "floor", "ok", true), 1);
	no_more(bench, FLOOR);
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "ok", true), 3);
}

static void both_lost_is_a_new_epoch_without_packets(void **state)
{
	struct bench *bench = *state;

	booth_on_air(bench);
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_LOST);
	forget(bench);
	cabin_hub_source_event(bench->hub, BOOTH, CABIN_SOURCE_LOST);
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "lost", false), 3);
	forget(bench);
	bench->clock.now_ns += 100 * ms;
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_RETURNED);
	no_more(bench, FRENCH); /* it begins with its packet */
	forget(bench);
	bench->sources[HALL].timestamp += 4800 - 960;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "ok", true), 3);
	expect_media(bench, FRENCH, first_sequence + 2, first_timestamp + 960 + 4800, true);
}

static void a_source_that_goes_on_keeps_its_epoch(void **state)
{
	struct bench *bench = *state;

	both(bench, 0);
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_LOST);
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_RETURNED);
	forget(bench);
	bench->clock.now_ns += 320 * ms;
	bench->sources[HALL].timestamp += 15 * 960;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	expect_media(bench, FLOOR, first_sequence + 1, first_timestamp + 16 * 960, false);
}

static void a_source_that_begins_anew_begins_an_epoch(void **state)
{
	struct bench *bench = *state;

	both(bench, 0);
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_LOST);
	forget(bench);
	bench->clock.now_ns += 1000 * ms;
	bench->sources[HALL].sequence = 0;
	bench->sources[HALL].timestamp = 0;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	assert_int_equal(expect_state(bench, FLOOR, "floor", "ok", true), 2);
	expect_media(bench, FLOOR, first_sequence + 1, first_timestamp + 48000, true);
}

static void silence_carries_nothing_until_the_booth_speaks(void **state)
{
	struct bench *bench = *state;

	forget(bench);
	both(bench, 0);
	no_more(bench, MUTE);
	forget(bench);
	both(bench, CABIN_PACKET_ACTIVE);
	assert_int_equal(expect_state(bench, MUTE, "booth", "ok", true), 2);
	expect_media(bench, MUTE, first_sequence, first_timestamp, true);
	forget(bench);
	both(bench, 0);
	expect_media(bench, MUTE, first_sequence + 1, first_timestamp + 960, false);
	forget(bench);
	bench->clock.now_ns += HOLD_MS * ms;
	cabin_hub_tick(bench->hub);
	assert_int_equal(expect_state(bench, MUTE, "silence", "ok", false), 3);
	no_more(bench, MUTE);
}

static void a_quiet_source_is_lost(void **state)
{
	struct bench *bench = *state;
	uint64_t due_ns;

	booth_on_air(bench);
	forget(bench);
	due_ns = cabin_hub_tick(bench->hub);
	bench->clock.now_ns += 979 * ms; /* no clock message is due either */
	assert_true(due_ns <= bench->clock.now_ns + ms);
	cabin_hub_tick(bench->hub);
	no_more(bench, FLOOR);
	bench->clock.now_ns += 21 * ms;
	cabin_hub_tick(bench->hub);
	assert_int_equal(expect_state(bench, FLOOR, "floor", "lost", true), 1);
	bench->read = 0;
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "lost", false), 3);
}

static void what_is_not_a_packet_is_dropped_and_counted(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_channel_stats stats;

	both(bench, 0);
	forget(bench);
	bench->sources[HALL].duration_samples = 961;
	feed(bench, HALL, 0);
	bench->sources[HALL].duration_samples = 960;
	feed_size(bench, HALL, 0, 0);
	bench->sources[HALL].sequence = 100; /* goes back */
	feed(bench, HALL, 0);
	bench->sources[HALL].sequence = 6000;
	bench->sources[HALL].timestamp = 7777;
	feed(bench, HALL, 0);
	bench->sources[HALL].index = SOURCES;
	feed(bench, HALL, 0);
	cabin_hub_source_event(bench->hub, SOURCES, CABIN_SOURCE_LOST);
	assert_int_equal(bench->sink.count, 0);
	cabin_hub_channel_stats(bench->hub, FLOOR, &stats);
	assert_int_equal(stats.dropped_invalid, 4);
	cabin_hub_channel_stats(bench->hub, FRENCH, &stats);
	assert_int_equal(stats.dropped_invalid, 4);
}

static void a_source_that_silently_began_anew_is_taken_up(void **state)
{
	struct bench *bench = *state;
	uint32_t packets = 0;

	both(bench, 0);
	forget(bench);
	bench->sources[HALL].sequence = 0;
	bench->sources[HALL].timestamp = 0;
	while (bench->sink.count == 0) {
		bench->clock.now_ns += 20 * ms;
		feed(bench, HALL, CABIN_PACKET_ACTIVE);
		assert_in_range(++packets, 1, 50);
	}
	assert_int_equal(expect_state(bench, FLOOR, "floor", "ok", true), 2);
	expect_media(bench, FLOOR, first_sequence + 1, first_timestamp + 50 * 960, true);
}

static void impossible_configurations_are_refused(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_channel_config bad[CHANNELS];
	struct cabin_hub_config config = {.clock = fake_clock(&bench->clock),
					  .pool = bench->pool,
					  .channels = bad,
					  .channel_count = CHANNELS,
					  .source_count = SOURCES};
	struct cabin_hub *hub;

	for (int wrong = 0; wrong < 6; wrong++) {
		memcpy(bad, channels, sizeof(bad));
		if (wrong == 0)
			bad[1].number = bad[0].number;
		if (wrong == 1)
			bad[1].number = 0;
		if (wrong == 2)
			bad[1].source_index = SOURCES;
		if (wrong == 3)
			bad[1].floor_channel_index = 2;
		if (wrong == 4)
			bad[2].floor_channel_index = 1;
		if (wrong == 5)
			bad[1].fade_ms = 1001;
		assert_int_equal(cabin_hub_create(&hub, &config), CABIN_EINVAL);
		assert_null(hub);
	}
	config.channel_count = 0;
	assert_int_equal(cabin_hub_create(&hub, &config), CABIN_EINVAL);
	cabin_hub_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(every_channel_says_at_once_that_nothing_comes),
	    TEST(the_floor_goes_to_its_channel_and_passes_through),
	    TEST(a_booth_takes_at_once_and_gives_back_after_its_hold),
	    TEST(a_lost_booth_gives_up_at_once_and_a_lost_floor_says_so),
	    TEST(both_lost_is_a_new_epoch_without_packets),
	    TEST(a_source_that_goes_on_keeps_its_epoch),
	    TEST(a_source_that_begins_anew_begins_an_epoch),
	    TEST(silence_carries_nothing_until_the_booth_speaks),
	    TEST(a_quiet_source_is_lost),
	    TEST(what_is_not_a_packet_is_dropped_and_counted),
	    TEST(a_source_that_silently_began_anew_is_taken_up),
	    TEST(impossible_configurations_are_refused),
	};
	/* Bad input is tested here on purpose: its lines would only alarm. */
	cabin_log_set_level((enum cabin_log_level)(CABIN_LOG_ERROR + 1));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
