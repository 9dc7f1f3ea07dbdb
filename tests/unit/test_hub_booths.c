/* server/relay/hub_feed, hub_booths, hub_command: booths within the hub. */
#include "booth_bench.h"

static const struct told *joined_as(struct bench *bench, uint64_t connection, uint8_t seat)
{
	const struct told *told = newest_to(bench, connection);

	assert_non_null(told);
	assert_true(told->notice.granted);
	assert_int_equal(told->notice.seat, seat);
	assert_int_equal(told->notice.close_code, 0);
	return told;
}

static void who_joins_is_told_its_seat_and_then_its_booth(void **state)
{
	struct bench *bench = *state;
	const struct told *told;
	json_t *root;

	forget(bench);
	join(bench, VI_FR, 2);
	told = joined_as(bench, 12, 2);
	assert_ptr_equal(told, &bench->told[0]);
	assert_int_equal(told->notice.source_index, cabin_seat_source_index(CAPTURES, VI_FR, 2));
	assert_string_equal(
	    told->text, "{\"type\":\"joined\",\"role\":\"booth\",\"booth\":\"vi-fr\",\"room\":\"plenary\",\"seat\":2,"
			"\"ssrc\":65538,\"resume\":\"0000000000000001\",\"grace_ms\":5000,\"packet_ms\":20,"
			"\"bitrate_bps\":48000,\"complexity\":9,\"outputs\":[{\"output\":\"a\",\"channel\":3,"
			"\"language\":\"fr\"},{\"output\":\"b\",\"channel\":2,\"language\":\"vi\"}]}");
	root = newest(bench, CABIN_NOTICE_BOOTH, VI_FR);
	assert_string_equal(
	    json_string_value(json_object_get(json_array_get(json_object_get(root, "seats"), 1), "name")), "Lan");
	json_decref(root);
	give(bench, command(VI_FR, 2, 77, CABIN_CONSOLE_JOIN));
	expect_error(bench, 77, "seat-taken");
	assert_false(newest_to(bench, 77)->notice.granted);
	give(bench, command(CABIN_INDEX_NONE, 0, 99, CABIN_CONSOLE_JOIN));
	assert_string_equal(joined_as(bench, 99, 0)->text, "{\"type\":\"joined\",\"role\":\"technician\"}");
}

static void a_seat_on_air_feeds_its_output(void **state)
{
	struct bench *bench = *state;
	uint16_t lan = cabin_seat_source_index(CAPTURES, VI_FR, 1);

	hall(bench);
	join(bench, VI_FR, 1);
	expect_feed(bench, FR, "pass-through", NULL, 0, 0);
	mic(bench, VI_FR, 1, true, false);
	forget(bench);
	hall(bench); /* until its first packet listeners keep the floor */
	assert_int_equal(media_of(bench, FR, HALL), 1);
	talk(bench, VI_FR, 1, 3);
	expect_feed(bench, FR, "booth", "vi-fr", 1, 0);
	assert_true(media_of(bench, FR, lan) >= 2);
	/* Its microphone is off: nothing comes for the hold time, then the floor. */
	mic(bench, VI_FR, 1, false, false);
	forget(bench);
	hall(bench);
	assert_int_equal(media_of(bench, FR, HALL), 0);
	for (int i = 0; i < HOLD_MS / 20; i++)
		hall(bench);
	expect_feed(bench, FR, "pass-through", NULL, 0, 0);
	assert_true(media_of(bench, FR, HALL) >= 1);
	/* What it sends without its microphone is heard by nobody. */
	forget(bench);
	talk(bench, VI_FR, 1, 3);
	for (uint16_t i = 0; i < CHANNELS; i++)
		assert_int_equal(media_of(bench, i, lan), 0);
}

static void a_microphone_that_is_off_for_a_moment_says_silent(void **state)
{
	struct bench *bench = *state;
	json_t *root;

	hall(bench);
	join(bench, VI_FR, 1);
	mic(bench, VI_FR, 1, true, false);
	talk(bench, VI_FR, 1, 3);
	mic(bench, VI_FR, 1, false, false);
	root = state_of(bench, FR);
	assert_string_equal(json_string_value(json_object_get(root, "source")), "silent");
	json_decref(root);
	give(bench, command(VI_FR, 1, 11, CABIN_CONSOLE_GONE));
	root = state_of(bench, FR);
	assert_string_equal(json_string_value(json_object_get(root, "source")), "lost");
	json_decref(root);
}

static void a_channel_is_not_taken_by_accident(void **state)
{
	struct bench *bench = *state;
	struct cabin_console_command to_b = command(FR_EN, 1, 21, CABIN_CONSOLE_OUTPUT);
	struct cabin_hub_booth_stats stats;
	json_t *root;

	hall(bench);
	join(bench, VI_FR, 1);
	join(bench, FR_EN, 1);
	mic(bench, VI_FR, 1, true, false);
	talk(bench, VI_FR, 1, 2);
	mic(bench, FR_EN, 1, true, false); /* on EN: nobody minds */
	talk(bench, FR_EN, 1, 2);
	expect_feed(bench, EN, "booth", "fr-en", 1, 0);
	to_b.output.output = 1;
	give(bench, to_b);
	expect_error(bench, 21, "channel-held");
	root = json_loads(newest_to(bench, 21)->text, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(root, "booth")), "vi-fr");
	assert_int_equal(json_integer_value(json_object_get(root, "seat")), 1);
	json_decref(root);
	to_b.output.take = true;
	give(bench, to_b);
	talk(bench, FR_EN, 1, 2);
	expect_feed(bench, FR, "booth", "fr-en", 1, 0);
	expect_feed(bench, EN, "pass-through", NULL, 0, 0);
	cabin_hub_booth_stats(bench->hub, VI_FR, &stats);
	assert_int_equal(stats.on_air, 0);
	/* And the same with the microphone key. */
	mic(bench, VI_FR, 1, true, false);
	expect_error(bench, 11, "channel-held");
	/* One who has stopped speaking is not in the way. */
	mic(bench, FR_EN, 1, false, false);
	mic(bench, VI_FR, 1, true, false);
	cabin_hub_booth_stats(bench->hub, VI_FR, &stats);
	assert_int_equal(stats.on_air, 1);
	cabin_hub_booth_stats(bench->hub, FR_EN, &stats);
	assert_int_equal(stats.on_air, 0);
}

static void a_line_gives_way_to_a_seat_and_comes_back(void **state)
{
	struct bench *bench = *state;

	hall(bench);
	for (int i = 0; i < 3; i++) {
		hall(bench);
		speak_by(bench, LINE, 0);
	}
	expect_feed(bench, EN, "booth", "line-en", 0, 0);
	join(bench, FR_EN, 2);
	mic(bench, FR_EN, 2, true, false);
	talk(bench, FR_EN, 2, 3);
	expect_feed(bench, EN, "booth", "fr-en", 2, 0);
	give(bench, command(FR_EN, 2, 22, CABIN_CONSOLE_LEAVE));
	for (int i = 0; i < 3; i++) {
		hall(bench);
		speak_by(bench, LINE, 0);
	}
	expect_feed(bench, EN, "booth", "line-en", 0, 0);
}

static void what_listeners_get_meanwhile_is_chosen_at_any_time(void **state)
{
	struct bench *bench = *state;

	hall(bench);
	join(bench, VI_FR, 1);
	join(bench, FR_EN, 1);
	idle(bench, VI_FR, 1, FR, CABIN_IDLE_SILENCE, CABIN_INDEX_NONE);
	expect_feed(bench, FR, "silence", NULL, 0, 0);
	idle(bench, VI_FR, 1, FR, CABIN_IDLE_CHANNEL, EN);
	hall(bench);
	hall(bench);
	expect_feed(bench, FR, "pass-through", NULL, 0, 0); /* which is what EN carries now */
	mic(bench, FR_EN, 1, true, false);
	talk(bench, FR_EN, 1, 3);
	expect_feed(bench, EN, "booth", "fr-en", 1, 0);
	expect_feed(bench, FR, "channel", NULL, 0, 4);
	/* Two that wait for each other both carry the floor. */
	idle(bench, FR_EN, 1, EN, CABIN_IDLE_CHANNEL, FR);
	give(bench, command(FR_EN, 1, 21, CABIN_CONSOLE_LEAVE));
	hall(bench);
	hall(bench);
	expect_feed(bench, EN, "pass-through", NULL, 0, 0);
	expect_feed(bench, FR, "pass-through", NULL, 0, 0);
	/* One's own outputs alone. */
	idle(bench, VI_FR, 1, EN, CABIN_IDLE_SILENCE, CABIN_INDEX_NONE);
	expect_error(bench, 11, "output-unknown");
	idle(bench, VI_FR, 1, FR, CABIN_IDLE_CHANNEL, FLOOR);
	expect_error(bench, 11, "unknown-channel");
	idle(bench, VI_FR, 1, FR, CABIN_IDLE_CHANNEL, FR);
	expect_error(bench, 11, "unknown-channel");
}

static void handover(struct bench *bench, uint8_t seat, enum cabin_handover_action action)
{
	struct cabin_console_command given = command(VI_FR, seat, connection_of(VI_FR, seat), CABIN_CONSOLE_HANDOVER);

	given.handover.action = (uint8_t)action;
	give(bench, given);
}

static void kept_packets_follow_the_agreed_moment(void **state)
{
	struct bench *bench = *state;
	uint16_t one = cabin_seat_source_index(CAPTURES, VI_FR, 1), two = cabin_seat_source_index(CAPTURES, VI_FR, 2);
	struct cabin_hub_booth_stats stats;
	const struct cabin_packet *before = NULL, *after = NULL;

	hall(bench);
	join(bench, VI_FR, 1);
	join(bench, VI_FR, 2);
	mic(bench, VI_FR, 1, true, false);
	talk(bench, VI_FR, 1, 3);
	handover(bench, 1, CABIN_HANDOVER_OFFER);
	handover(bench, 2, CABIN_HANDOVER_ACCEPT);
	mic(bench, VI_FR, 2, true, false);
	forget(bench);
	/* Seat 2's link is fast, seat 1's is 60 ms slower. */
	for (int i = 0; i < 30; i++) {
		hall(bench);
		speak(bench, VI_FR, 2);
		if (i >= 3) {
			bench->sources[one].timestamp -= 3 * 960;
			bench->clock.now_ns -= 60 * ms;
			{
				struct cabin_packet *late =
				    fake_packet(bench->pool, &bench->sources[one], bench->clock.now_ns - 20 * ms,
						CABIN_PACKET_ACTIVE, 80, 0xf8);

				bench->clock.now_ns += 60 * ms;
				late->connection = 11;
				cabin_hub_packet(bench->hub, late);
			}
		}
	}
	cabin_hub_booth_stats(bench->hub, VI_FR, &stats);
	assert_int_equal(stats.handovers, 1);
	assert_int_equal(stats.on_air, 2);
	for (uint32_t i = 0; i < bench->sink.count; i++) {
		const struct cabin_packet *packet = bench->sink.items[i];

		if (packet->channel_index != FR || packet->kind != CABIN_PACKET_MEDIA)
			continue;
		if (packet->source_index == one)
			before = packet;
		if (packet->source_index == two && !after)
			after = packet;
	}
	assert_non_null(before);
	assert_non_null(after);
	assert_int_equal(after->sequence, before->sequence + 1);
	assert_in_range(after->stamp_ns - before->stamp_ns, 19 * ms, 39 * ms);
	assert_in_range(after->timestamp - before->timestamp, 960, 2 * 960);
	/* 30 packets, of which those from 400 ms on are seat 2's: none of them was lost on the way. */
	assert_in_range(media_of(bench, FR, two), 9, 11);
}

static void who_comes_back_goes_on_in_its_epoch(void **state)
{
	struct bench *bench = *state;
	struct cabin_console_command again = command(VI_FR, 0, 50, CABIN_CONSOLE_JOIN);
	uint16_t lan = cabin_seat_source_index(CAPTURES, VI_FR, 1);
	json_t *before, *after;

	hall(bench);
	join(bench, VI_FR, 1);
	mic(bench, VI_FR, 1, true, false);
	talk(bench, VI_FR, 1, 4);
	before = state_of(bench, FR);
	give(bench, command(VI_FR, 1, 11, CABIN_CONSOLE_GONE));
	for (int i = 0; i < 10; i++)
		hall(bench);
	again.join.resume = 1;
	again.join.mic = true;
	give(bench, again);
	assert_int_equal(newest_to(bench, 50)->notice.seat, 1);
	hall(bench);
	bench->sources[lan].sequence += 10;
	speak_by(bench, lan, 50);
	speak_by(bench, lan, 11); /* the old connection's: not heard */
	after = state_of(bench, FR);
	assert_int_equal(json_integer_value(json_object_get(before, "epoch")),
			 json_integer_value(json_object_get(after, "epoch")));
	assert_string_equal(json_string_value(json_object_get(after, "source")), "ok");
	json_decref(before);
	json_decref(after);
	assert_int_equal(bench->sink.items[bench->sink.count - 1]->channel_index, FR);
	assert_int_equal(bench->sink.items[bench->sink.count - 1]->connection, 50);
	/* A third one, while the second looks open still. */
	again.connection = 51;
	give(bench, again);
	assert_int_equal(newest_to(bench, 50)->notice.close_code, CABIN_CLOSE_REPLACED);
	assert_int_equal(newest_to(bench, 51)->notice.seat, 1);
	/* What the second still says is nobody's. */
	forget(bench);
	give(bench, command(VI_FR, 1, 50, CABIN_CONSOLE_LEAVE));
	assert_int_equal(bench->told_count, 0);
}

static void pass_through_is_as_loud_as_the_interpretation_was(void **state)
{
	struct bench *bench = *state;
	json_t *root;

	bench->lufs[HALL] = -30;
	bench->lufs[cabin_seat_source_index(CAPTURES, VI_FR, 1)] = -22.5;
	hall(bench);
	root = state_of(bench, FR);
	assert_float_equal(json_number_value(json_object_get(root, "gain_db")), 0, 0); /* not known yet */
	json_decref(root);
	join(bench, VI_FR, 1);
	mic(bench, VI_FR, 1, true, false);
	talk(bench, VI_FR, 1, 3);
	give(bench, command(VI_FR, 1, 11, CABIN_CONSOLE_LEAVE));
	hall(bench);
	hall(bench);
	root = state_of(bench, FR);
	assert_string_equal(json_string_value(json_object_get(root, "feed")), "pass-through");
	assert_float_equal(json_number_value(json_object_get(root, "gain_db")), 7.5, 0.01);
	json_decref(root);
	/* The hall gets louder: told once it is off by more than 1.5 dB, and not at once again. */
	bench->lufs[HALL] = -28.6;
	for (int i = 0; i < 300; i++)
		hall(bench);
	root = state_of(bench, FR);
	assert_float_equal(json_number_value(json_object_get(root, "gain_db")), 7.5, 0.01);
	json_decref(root);
	bench->lufs[HALL] = -60;
	forget(bench);
	for (int i = 0; i < 500; i++) {
		bench->lufs[HALL] = i % 100 < 50 ? -25 : -60;
		hall(bench);
	}
	{
		uint32_t states = 0;
		uint64_t last_ns = 0;

		for (uint32_t i = 0; i < bench->sink.count; i++) {
			const struct cabin_packet *packet = bench->sink.items[i];

			if (packet->channel_index != FR || packet->kind != CABIN_PACKET_STATE)
				continue;
			assert_true(states == 0 || packet->published_ns - last_ns >= 3 * CABIN_NS_PER_S);
			last_ns = packet->published_ns;
			states++;
		}
		assert_in_range(states, 1, 4);
	}
	bench->lufs[HALL] = -90;
	for (int i = 0; i < 300; i++)
		hall(bench);
	root = state_of(bench, FR);
	assert_float_equal(json_number_value(json_object_get(root, "gain_db")), 12, 0); /* the limit */
	json_decref(root);
	/* Two take turns; the second says too little to be known, and is taken to be as loud as the first. */
	bench->lufs[HALL] = -30;
	join(bench, VI_FR, 1);
	join(bench, VI_FR, 2);
	mic(bench, VI_FR, 1, true, false);
	bench->lufs[cabin_seat_source_index(CAPTURES, VI_FR, 1)] = -25;
	talk(bench, VI_FR, 1, 3);
	mic(bench, VI_FR, 2, true, false);
	talk(bench, VI_FR, 2, 3);
	give(bench, command(VI_FR, 1, 11, CABIN_CONSOLE_LEAVE));
	give(bench, command(VI_FR, 2, 12, CABIN_CONSOLE_LEAVE));
	hall(bench);
	hall(bench);
	root = state_of(bench, FR);
	assert_string_equal(json_string_value(json_object_get(root, "feed")), "pass-through");
	assert_float_equal(json_number_value(json_object_get(root, "gain_db")), 5, 0.01);
	json_decref(root);
}

static void a_bad_booth_is_refused(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_booth_config bad = booths[0];
	struct cabin_hub_config config = {.clock = fake_clock(&bench->clock),
					  .pool = bench->pool,
					  .channels = channels,
					  .channel_count = CHANNELS,
					  .source_count = CAPTURES,
					  .rooms = rooms,
					  .room_count = 1,
					  .booths = &bad,
					  .booth_count = 1,
					  .random = bench_key,
					  .random_context = bench};
	struct cabin_hub *hub;

	assert_int_equal(cabin_hub_create(&hub, &config), 0);
	cabin_hub_destroy(hub);
	config.random = NULL;
	assert_int_equal(cabin_hub_create(&hub, &config), CABIN_EINVAL);
	config.random = bench_key;
	bad.seat_count = 4;
	assert_int_equal(cabin_hub_create(&hub, &config), CABIN_EINVAL);
	bad.seat_count = 2;
	bad.output_channel_index[0] = FLOOR;
	assert_int_equal(cabin_hub_create(&hub, &config), CABIN_EINVAL);
	bad.output_channel_index[0] = VI;
	assert_int_equal(cabin_hub_create(&hub, &config), CABIN_EINVAL); /* twice the same */
	bad.output_channel_index[1] = CABIN_INDEX_NONE;
	bad.room_index = 1;
	assert_int_equal(cabin_hub_create(&hub, &config), CABIN_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(who_joins_is_told_its_seat_and_then_its_booth),
	    TEST(a_seat_on_air_feeds_its_output),
	    TEST(a_microphone_that_is_off_for_a_moment_says_silent),
	    TEST(a_channel_is_not_taken_by_accident),
	    TEST(a_line_gives_way_to_a_seat_and_comes_back),
	    TEST(what_listeners_get_meanwhile_is_chosen_at_any_time),
	    TEST(kept_packets_follow_the_agreed_moment),
	    TEST(who_comes_back_goes_on_in_its_epoch),
	    TEST(pass_through_is_as_loud_as_the_interpretation_was),
	    TEST(a_bad_booth_is_refused),
	};

	/* Bad input is tested here on purpose: its lines would only alarm. */
	cabin_log_set_level((enum cabin_log_level)(CABIN_LOG_ERROR + 1));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
