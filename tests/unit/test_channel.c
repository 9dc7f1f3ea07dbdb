/* server/relay/channel: epochs, gaps, pauses and clocks on the wire. */
#include "hub_bench.h"

static void an_epoch_moves_on_by_the_time_that_passed(void **state)
{
	struct bench *bench = *state;
	const struct cabin_packet *packet;

	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_LOST);
	forget(bench);
	bench->clock.now_ns += 10000 * ms;
	feed(bench, BOOTH, CABIN_PACKET_ACTIVE);
	assert_int_equal(expect_state(bench, FRENCH, "booth", "ok", true), 2);
	packet = expect_media(bench, FRENCH, first_sequence + 1, first_timestamp + 480000, true);
	assert_int_equal(packet->published_ns, bench->clock.now_ns);
}

/* However often the source changes, and wherever its packets lie against the old
 * one's, RTP time keeps to the time that passed: whatever it gained would be delay. */
static void changes_of_source_gain_no_time(struct bench *bench, uint64_t shift_ns)
{
	enum { ON = 20, OFF = HOLD_MS / 20 + 30, ROUNDS = 15 };
	uint64_t first_stamp_ns = 0;
	uint32_t epoch = 0;

	for (uint32_t step = 0; step < ROUNDS * (ON + OFF); step++) {
		bench->clock.now_ns += 20 * ms - shift_ns;
		feed(bench, HALL, CABIN_PACKET_ACTIVE);
		bench->clock.now_ns += shift_ns;
		feed(bench, BOOTH, step % (ON + OFF) < ON ? CABIN_PACKET_ACTIVE : 0);
		cabin_hub_tick(bench->hub);
		for (uint32_t i = 0; i < bench->sink.count; i++) {
			const struct cabin_packet *packet = bench->sink.items[i];
			int64_t passed, told;

			if (packet->channel_index != FRENCH || packet->kind != CABIN_PACKET_MEDIA)
				continue;
			epoch = packet->epoch;
			first_stamp_ns = first_stamp_ns ? first_stamp_ns : packet->stamp_ns;
			passed = (int64_t)((packet->stamp_ns - first_stamp_ns) * 48 / 1000000);
			told = (int64_t)(packet->timestamp - first_timestamp);
			assert_true(llabs(told - passed) <= 96); /* 2 ms */
		}
		forget(bench);
	}
	assert_true(epoch >= 2 * ROUNDS);
}

static void changes_between_sources_in_step_gain_no_time(void **state)
{
	changes_of_source_gain_no_time(*state, 0);
}

static void changes_between_sources_out_of_step_gain_no_time(void **state)
{
	changes_of_source_gain_no_time(*state, 13 * ms);
}

static void a_source_s_gap_stays_a_gap(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_channel_stats stats;

	both(bench, 0);
	forget(bench);
	bench->sources[HALL].sequence += 3;
	bench->sources[HALL].timestamp += 3 * 960;
	bench->clock.now_ns += 80 * ms;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	expect_media(bench, FLOOR, first_sequence + 4, first_timestamp + 4 * 960, false);
	cabin_hub_channel_stats(bench->hub, FLOOR, &stats);
	assert_int_equal(stats.source_gaps, 3);
	assert_int_equal(stats.packets, 2);
	assert_int_equal(stats.payload_bytes, 160);
	assert_int_equal(stats.feed, CABIN_FEED_FLOOR);
	assert_int_equal(stats.condition, CABIN_CONDITION_OK);
	assert_int_equal(stats.epoch, 1);
	assert_true(stats.rate_hz == 48000);
}

static void a_pause_shows_in_the_timestamp_alone(void **state)
{
	struct bench *bench = *state;

	both(bench, 0);
	forget(bench);
	for (int i = 0; i < 45; i++) {
		bench->clock.now_ns += 20 * ms;
		feed_size(bench, HALL, CABIN_PACKET_ACTIVE, i % 2 ? 1 : 2);
	}
	bench->clock.now_ns += 20 * ms;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	for (uint16_t channel = FLOOR; channel <= FRENCH; channel++) {
		expect_media(bench, channel, first_sequence + 1, first_timestamp + 20 * 960, false);
		expect_media(bench, channel, first_sequence + 2, first_timestamp + 40 * 960, false);
		expect_media(bench, channel, first_sequence + 3, first_timestamp + 46 * 960, false);
		no_more(bench, channel);
	}
}

static void the_silent_flag_is_told_just_before_its_packet(void **state)
{
	struct bench *bench = *state;

	both(bench, 0);
	forget(bench);
	for (int i = 0; i < 4; i++) {
		bench->clock.now_ns += 20 * ms;
		feed(bench, HALL, CABIN_PACKET_ACTIVE | (i == 1 || i == 2 ? CABIN_PACKET_SILENT : 0));
	}
	for (uint16_t channel = FLOOR; channel <= FRENCH; channel++) {
		const char *feed_text = channel == FLOOR ? "floor" : "pass-through";

		expect_media(bench, channel, first_sequence + 1, first_timestamp + 960, false);
		assert_int_equal(expect_state(bench, channel, feed_text, "silent", true), 1);
		expect_media(bench, channel, first_sequence + 2, first_timestamp + 2 * 960, false);
		expect_media(bench, channel, first_sequence + 3, first_timestamp + 3 * 960, false);
		assert_int_equal(expect_state(bench, channel, feed_text, "ok", true), 1);
		expect_media(bench, channel, first_sequence + 4, first_timestamp + 4 * 960, false);
		no_more(bench, channel);
	}
}

/* The mapping in the newest message of this kind says when a timestamp was at the microphone. */
static double mapped_ms(struct bench *bench, enum cabin_packet_kind kind, uint64_t timestamp)
{
	for (uint32_t i = bench->sink.count; i-- > 0;) {
		const struct cabin_packet *packet = bench->sink.items[i];
		json_t *root, *clock;
		double result;

		if (packet->channel_index != FLOOR || packet->kind != kind)
			continue;
		root = read_json(packet);
		clock = kind == CABIN_PACKET_CLOCK ? root : json_object_get(root, "clock");
		result = (double)json_integer_value(json_object_get(clock, "server_us")) / 1000 +
			 (double)(int32_t)((uint32_t)timestamp -
					   (uint32_t)json_integer_value(json_object_get(clock, "timestamp"))) /
			     json_number_value(json_object_get(clock, "rate_hz")) * 1000;
		json_decref(root);
		return result;
	}
	fail_msg("no clock was told");
	return 0;
}

static void the_clock_is_told_each_second(void **state)
{
	struct bench *bench = *state;
	uint64_t start_ns = bench->clock.now_ns, next_ns;
	uint32_t clocks = 0;

	for (int i = 0; i < 500; i++) {
		bench->clock.now_ns += 20 * ms;
		feed(bench, HALL, CABIN_PACKET_ACTIVE);
		next_ns = cabin_hub_tick(bench->hub);
		assert_true(next_ns > bench->clock.now_ns && next_ns <= bench->clock.now_ns + CABIN_NS_PER_S);
	}
	for (uint32_t i = 0; i < bench->sink.count; i++)
		clocks +=
		    bench->sink.items[i]->channel_index == FLOOR && bench->sink.items[i]->kind == CABIN_PACKET_CLOCK;
	assert_int_equal(clocks, 9);
	for (uint64_t i = 0; i < 500; i += 100) {
		double truth_ms = (double)start_ns / 1e6 + 20 * (double)(i + 1);

		assert_float_equal(mapped_ms(bench, CABIN_PACKET_CLOCK, first_timestamp + i * 960), truth_ms, 0.01);
		assert_float_equal(mapped_ms(bench, CABIN_PACKET_STATE, first_timestamp + i * 960), truth_ms, 0.01);
	}
}

static void nothing_is_told_of_a_clock_that_stands(void **state)
{
	struct bench *bench = *state;

	both(bench, 0);
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_LOST);
	forget(bench);
	for (int i = 0; i < 10; i++) {
		bench->clock.now_ns += CABIN_NS_PER_S;
		cabin_hub_tick(bench->hub);
	}
	no_more(bench, FLOOR);
}

static void an_empty_pool_loses_packets_but_no_state(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_channel_stats stats;
	struct cabin_packet *packet;

	/* Eight slots: three first states, the hall's packet, and four more. */
	packet = fake_packet(bench->pool, &bench->sources[HALL], bench->clock.now_ns, CABIN_PACKET_ACTIVE, 80, 0xf8);
	assert_non_null(packet);
	while (cabin_packet_pool_free_count(bench->pool))
		fake_sink_publish(&bench->sink, cabin_packet_take(bench->pool));
	for (uint32_t i = 3; i < bench->sink.count; i++)
		cabin_packet_release(bench->sink.items[i]); /* the sink's is the only one left */
	cabin_hub_packet(bench->hub, packet);
	cabin_hub_channel_stats(bench->hub, FLOOR, &stats);
	assert_int_equal(stats.dropped_pool, 1);
	assert_int_equal(stats.packets, 0);
	forget(bench);

	bench->clock.now_ns += 20 * ms;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	assert_int_equal(expect_state(bench, FLOOR, "floor", "ok", true), 1);
	expect_media(bench, FLOOR, first_sequence, first_timestamp, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(an_epoch_moves_on_by_the_time_that_passed),
	    TEST(changes_between_sources_in_step_gain_no_time),
	    TEST(changes_between_sources_out_of_step_gain_no_time),
	    TEST(a_source_s_gap_stays_a_gap),
	    TEST(a_pause_shows_in_the_timestamp_alone),
	    TEST(the_silent_flag_is_told_just_before_its_packet),
	    TEST(the_clock_is_told_each_second),
	    TEST(nothing_is_told_of_a_clock_that_stands),
	    cmocka_unit_test_setup_teardown(an_empty_pool_loses_packets_but_no_state, setup_small_pool, teardown),
	};
	/* Bad input is tested here on purpose: its lines would only alarm. */
	cabin_log_set_level((enum cabin_log_level)(CABIN_LOG_ERROR + 1));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
