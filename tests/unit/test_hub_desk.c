/* server/relay/hub_desk: what a technician puts on channels. */
#include "desk_bench.h"

/* The hall and, on FR, Lan of the booth VI_FR. */
static void on_air(struct bench *bench)
{
	hall(bench);
	join(bench, VI_FR, 1);
	mic(bench, VI_FR, 1, true, false);
	talk(bench, VI_FR, 1, 3);
	expect_feed(bench, FR, "booth", "vi-fr", 1, 0);
	forget(bench);
}

static void silence_is_at_once_and_of_its_channel_alone(void **state)
{
	struct bench *bench = *state;
	uint32_t epoch;

	on_air(bench);
	epoch = epoch_of(bench, FR);
	put(bench, FR, CABIN_OVERRIDE_SILENCE, CABIN_INDEX_NONE);
	expect_feed(bench, FR, "silence", NULL, 0, 0);
	assert_int_equal(epoch_of(bench, FR), epoch + 1);
	assert_int_equal(stats_of(bench, FR).override, CABIN_OVERRIDE_SILENCE);
	put(bench, FR, CABIN_OVERRIDE_SILENCE, CABIN_INDEX_NONE); /* said again it is no news */
	talk(bench, VI_FR, 1, 5);
	assert_int_equal(states_of(bench, FR), 1);
	expect_untouched_but(bench, 1u << FR);
	for (uint16_t source = 0; source < CAPTURES + SEAT_SOURCES; source++)
		assert_int_equal(media_of(bench, FR, source), 0);
	assert_int_equal(media_of(bench, VI, HALL), 5);
	/* The booth was on air all the time: it is heard again with its next packet. */
	put(bench, FR, CABIN_OVERRIDE_NONE, CABIN_INDEX_NONE);
	talk(bench, VI_FR, 1, 1);
	expect_feed(bench, FR, "booth", "vi-fr", 1, 0);
	assert_int_equal(epoch_of(bench, FR), epoch + 2);
	expect_untouched_but(bench, 1u << FR);
}

static void the_floor_in_place_of_an_interpreter(void **state)
{
	struct bench *bench = *state;

	on_air(bench);
	put(bench, FR, CABIN_OVERRIDE_FLOOR, CABIN_INDEX_NONE);
	put(bench, FLOOR, CABIN_OVERRIDE_FLOOR, CABIN_INDEX_NONE); /* what it is anyway */
	talk(bench, VI_FR, 1, 3);
	expect_feed(bench, FR, "pass-through", NULL, 0, 0);
	assert_true(media_of(bench, FR, HALL) >= 2);
	expect_untouched_but(bench, 1u << FR);
	assert_int_equal(stats_of(bench, FR).quality, 0);
}

static void another_channel_is_followed_whoever_feeds_it(void **state)
{
	struct bench *bench = *state;
	uint16_t lan = cabin_seat_source_index(CAPTURES, VI_FR, 1);

	on_air(bench);
	put(bench, EN, CABIN_OVERRIDE_CHANNEL, FR);
	talk(bench, VI_FR, 1, 3);
	expect_feed(bench, EN, "channel", NULL, 0, 3);
	assert_true(media_of(bench, EN, lan) >= 2);
	assert_int_equal(stats_of(bench, EN).from_number, 3);
	assert_int_equal(stats_of(bench, EN).booth_index, VI_FR);
	assert_int_equal(stats_of(bench, EN).quality, -1); /* nobody knows what Lan hears */
	listens(bench, VI_FR, 1, FLOOR);
	assert_int_equal(stats_of(bench, EN).quality, 1);
	expect_untouched_but(bench, 1u << EN);
	/* Over more than one channel too. */
	put(bench, VI, CABIN_OVERRIDE_CHANNEL, EN);
	talk(bench, VI_FR, 1, 3);
	expect_feed(bench, VI, "channel", NULL, 0, 4);
	assert_true(media_of(bench, VI, lan) >= 2);
	/* A floor that is followed is no interpretation. */
	put(bench, EN, CABIN_OVERRIDE_CHANNEL, FLOOR);
	talk(bench, VI_FR, 1, 3);
	expect_feed(bench, EN, "channel", NULL, 0, 1);
	assert_true(media_of(bench, EN, HALL) >= 2);
	assert_int_equal(stats_of(bench, EN).quality, 0);
	/* What was put on the other one is followed too. */
	put(bench, EN, CABIN_OVERRIDE_CHANNEL, FR);
	put(bench, FR, CABIN_OVERRIDE_SILENCE, CABIN_INDEX_NONE);
	expect_feed(bench, EN, "channel", NULL, 0, 3);
	expect_source(bench, EN, "silent");
}

static void channels_that_follow_each_other_say_nothing(void **state)
{
	struct bench *bench = *state;

	hall(bench);
	put(bench, FR, CABIN_OVERRIDE_CHANNEL, EN);
	put(bench, EN, CABIN_OVERRIDE_CHANNEL, VI);
	put(bench, VI, CABIN_OVERRIDE_CHANNEL, FR);
	forget(bench);
	hall(bench);
	for (uint16_t channel = VI; channel <= EN; channel++) {
		assert_int_equal(stats_of(bench, channel).feed, CABIN_FEED_CHANNEL);
		assert_int_equal(stats_of(bench, channel).condition, CABIN_CONDITION_SILENT);
		assert_int_equal(media_of(bench, channel, HALL), 0);
	}
}

static void an_announcement_plays_and_is_never_replaced_by_the_automatic_choice(void **state)
{
	struct bench *bench = *state;
	uint32_t epoch;

	on_air(bench);
	epoch = epoch_of(bench, FR);
	put(bench, FR, CABIN_OVERRIDE_SOURCE, TONE);
	expect_feed(bench, FR, "desk", NULL, 0, 0); /* it does not play yet */
	expect_source(bench, FR, "lost");
	assert_int_equal(stats_of(bench, FR).source_index, TONE);
	talk(bench, VI_FR, 1, 3);
	assert_int_equal(media_of(bench, FR, cabin_seat_source_index(CAPTURES, VI_FR, 1)), 0);
	play(bench, TONE, 3);
	expect_source(bench, FR, "ok");
	assert_int_equal(epoch_of(bench, FR), epoch + 1);
	assert_int_equal(media_of(bench, FR, TONE), 3);
	cabin_hub_source_event(bench->hub, TONE, CABIN_SOURCE_LOST);
	expect_feed(bench, FR, "desk", NULL, 0, 0);
	expect_source(bench, FR, "lost");
	forget(bench);
	talk(bench, VI_FR, 1, 100);
	assert_int_equal(media_of(bench, FR, HALL), 0);
	assert_int_equal(media_of(bench, FR, cabin_seat_source_index(CAPTURES, VI_FR, 1)), 0);
	expect_untouched_but(bench, 0);
	put(bench, FR, CABIN_OVERRIDE_NONE, 0);
	talk(bench, VI_FR, 1, 1);
	expect_feed(bench, FR, "booth", "vi-fr", 1, 0);
}

static void an_announcement_on_every_channel_of_a_room(void **state)
{
	struct bench *bench = *state;

	hall(bench);
	for (uint16_t channel = FLOOR; channel <= EN; channel++)
		put(bench, channel, CABIN_OVERRIDE_SOURCE, TONE);
	forget(bench);
	play(bench, TONE, 10);
	for (uint16_t channel = FLOOR; channel <= EN; channel++) {
		assert_int_equal(media_of(bench, channel, TONE), 10);
		assert_int_equal(media_of(bench, channel, HALL), 0);
		put(bench, channel, CABIN_OVERRIDE_NONE, 0);
	}
	play(bench, TONE, 2);
	expect_feed(bench, FLOOR, "floor", NULL, 0, 0);
	expect_feed(bench, VI, "pass-through", NULL, 0, 0);
	assert_int_equal(media_of(bench, PROBE, TONE), 0);
}

static void a_probe_hears_a_seat_that_is_not_on_air(void **state)
{
	struct bench *bench = *state;
	uint16_t lan = cabin_seat_source_index(CAPTURES, VI_FR, 1);
	uint16_t minh = cabin_seat_source_index(CAPTURES, VI_FR, 2);
	struct cabin_console_command offer = command(VI_FR, 1, 11, CABIN_CONSOLE_HANDOVER);

	on_air(bench);
	join(bench, VI_FR, 2);
	put(bench, PROBE, CABIN_OVERRIDE_SOURCE, lan);
	talk(bench, VI_FR, 1, 3);
	expect_feed(bench, PROBE, "desk", NULL, 0, 0);
	assert_int_equal(media_of(bench, PROBE, lan), 3);
	assert_int_equal(media_of(bench, FR, lan), 3);
	/* To a seat whose microphone is closed: at once, and nothing of the other is heard. */
	put(bench, PROBE, CABIN_OVERRIDE_SOURCE, minh);
	expect_feed(bench, PROBE, "desk", NULL, 0, 0);
	expect_source(bench, PROBE, "silent");
	forget(bench);
	talk(bench, VI_FR, 1, 3);
	assert_int_equal(media_of(bench, PROBE, lan), 0);
	/* A hand-over is agreed: what comes of its microphone is kept from listeners for now. */
	offer.handover.action = CABIN_HANDOVER_OFFER;
	give(bench, offer);
	offer = command(VI_FR, 2, 12, CABIN_CONSOLE_HANDOVER);
	offer.handover.action = CABIN_HANDOVER_ACCEPT;
	give(bench, offer);
	mic(bench, VI_FR, 2, true, false);
	forget(bench);
	for (int i = 0; i < 10; i++) {
		hall(bench);
		speak(bench, VI_FR, 1);
		speak(bench, VI_FR, 2);
	}
	assert_int_equal(media_of(bench, FR, minh), 0);
	assert_int_equal(media_of(bench, PROBE, minh), 10);
	for (int i = 0; i < 30; i++) {
		hall(bench);
		speak(bench, VI_FR, 1);
		speak(bench, VI_FR, 2);
	}
	/* Each of its packets once, also those that were kept for the hand-over. */
	expect_feed(bench, FR, "booth", "vi-fr", 2, 0);
	assert_int_equal(media_of(bench, PROBE, minh), 40);
	assert_int_equal(stats_of(bench, PROBE).source_gaps, 0);
	/* Who follows the probe hears it as well. */
	forget(bench);
	put(bench, EN, CABIN_OVERRIDE_CHANNEL, PROBE);
	talk(bench, VI_FR, 2, 3);
	assert_int_equal(media_of(bench, EN, minh), 2); /* the first lies within what the floor has filled */
	assert_int_equal(media_of(bench, FR, minh), 3);
}

static void a_voice_that_is_followed(void **state)
{
	struct bench *bench = *state;
	uint16_t technician = cabin_seat_source_index(CAPTURES, DESK_BOOTH, 1);

	on_air(bench);
	put(bench, FR, CABIN_OVERRIDE_CHANNEL, VOICE);
	expect_feed(bench, FR, "channel", NULL, 0, 65);
	expect_source(bench, FR, "silent");
	join(bench, DESK_BOOTH, 1);
	mic(bench, DESK_BOOTH, 1, true, false);
	forget(bench);
	for (int i = 0; i < 3; i++) {
		talk(bench, VI_FR, 1, 1);
		speak(bench, DESK_BOOTH, 1);
	}
	expect_feed(bench, FR, "channel", NULL, 0, 65);
	expect_source(bench, FR, "ok");
	assert_true(media_of(bench, FR, technician) >= 2);
	assert_int_equal(media_of(bench, FR, cabin_seat_source_index(CAPTURES, VI_FR, 1)), 0);
	assert_int_equal(media_of(bench, VOICE, technician), 3);
	expect_untouched_but(bench, 1u << FR | 1u << VOICE);
}

static void a_hold_ends_that_nobody_hears(void **state)
{
	struct bench *bench = *state;

	play(bench, LINE, 3); /* it speaks, then its microphone is off: it is held for 300 ms */
	put(bench, EN, CABIN_OVERRIDE_SILENCE, 0);
	cabin_hub_packet(bench->hub, fake_packet(bench->pool, &bench->sources[LINE], bench->clock.now_ns, 0, 80, 0xf8));
	bench->clock.now_ns += 400 * ms;
	assert_true(cabin_hub_tick(bench->hub) > bench->clock.now_ns); /* nothing is due for ever */
}

static void an_idle_channel_keeps_the_interpreter_that_was_put_aside(void **state)
{
	struct bench *bench = *state;
	uint16_t lan = cabin_seat_source_index(CAPTURES, VI_FR, 1);

	on_air(bench);
	idle(bench, VI_FR, 1, VI, CABIN_IDLE_CHANNEL, FR);
	talk(bench, VI_FR, 1, 2);
	expect_feed(bench, VI, "channel", NULL, 0, 3);
	forget(bench);
	put(bench, FR, CABIN_OVERRIDE_SOURCE, TONE);
	talk(bench, VI_FR, 1, 3);
	expect_untouched_but(bench, 1u << FR);
	assert_int_equal(media_of(bench, VI, lan), 3);
}

static void a_trim_is_a_state_within_the_epoch(void **state)
{
	struct bench *bench = *state;
	uint32_t epoch;

	on_air(bench);
	epoch = epoch_of(bench, FR);
	trim(bench, FR, -3.3f);
	assert_int_equal(states_of(bench, FR), 1);
	assert_true(gain_of(bench, FR) == -3.3);
	assert_true(stats_of(bench, FR).trim_db == -3.3f);
	expect_feed(bench, FR, "booth", "vi-fr", 1, 0);
	assert_int_equal(epoch_of(bench, FR), epoch);
	trim(bench, FR, -3.3f);
	talk(bench, VI_FR, 1, 3);
	assert_int_equal(states_of(bench, FR), 1);
	assert_int_equal(media_of(bench, FR, cabin_seat_source_index(CAPTURES, VI_FR, 1)), 3);
	expect_untouched_but(bench, 1u << FR);
	/* It stays, whatever feeds the channel. */
	put(bench, FR, CABIN_OVERRIDE_SOURCE, TONE);
	assert_true(gain_of(bench, FR) == -3.3);
	trim(bench, FR, 400);
	assert_true(gain_of(bench, FR) == 40);
	trim(bench, FR, NAN);
	assert_true(gain_of(bench, FR) == 40);
	trim(bench, FR, 0);
	assert_true(gain_of(bench, FR) == 0);
	expect_untouched_but(bench, 1u << FR);
}

static void a_trim_comes_on_top_of_the_matching_gain(void **state)
{
	struct bench *bench = *state;

	on_air(bench);
	bench->lufs[cabin_seat_source_index(CAPTURES, VI_FR, 1)] = -20;
	bench->lufs[HALL] = -28;
	give(bench, command(VI_FR, 1, 11, CABIN_CONSOLE_LEAVE));
	talk(bench, FR_EN, 1, 2);
	expect_feed(bench, FR, "pass-through", NULL, 0, 0);
	assert_true(gain_of(bench, FR) == 8);
	trim(bench, FR, 2.5f);
	assert_true(gain_of(bench, FR) == 10.5);
	trim(bench, FR, 40);
	assert_true(gain_of(bench, FR) == 40);
}

static void a_room_moves_to_another_input(void **state)
{
	struct bench *bench = *state;
	uint32_t interpreted;

	on_air(bench);
	play(bench, SECOND, 1);
	interpreted = epoch_of(bench, FR);
	move_floor(bench, FLOOR, SECOND);
	forget(bench);
	for (int i = 0; i < 3; i++) {
		talk(bench, VI_FR, 1, 1);
		speak_by(bench, SECOND, 0);
	}
	expect_feed(bench, FLOOR, "floor", NULL, 0, 0);
	assert_int_equal(stats_of(bench, FLOOR).source_index, SECOND);
	assert_int_equal(stats_of(bench, VI).source_index, SECOND);
	assert_true(media_of(bench, FLOOR, SECOND) >= 2 && media_of(bench, VI, SECOND) >= 2);
	assert_int_equal(epoch_of(bench, FR), interpreted);
	expect_untouched_but(bench, 1u << FLOOR | 1u << VI | 1u << EN);
	move_floor(bench, FLOOR, CABIN_INDEX_NONE);
	expect_source(bench, FLOOR, "lost");
	expect_source(bench, VI, "lost");
	assert_int_equal(epoch_of(bench, FR), interpreted);
}

static void what_cannot_be_meant_changes_nothing(void **state)
{
	struct bench *bench = *state;
	struct cabin_desk_command unknown = {.kind = 99};

	on_air(bench);
	cabin_log_set_level(CABIN_LOG_ERROR);
	put(bench, ALL_CHANNELS, CABIN_OVERRIDE_SILENCE, 0);
	put(bench, FR, CABIN_OVERRIDE_COUNT, 0);
	put(bench, FR, CABIN_OVERRIDE_CHANNEL, FR);
	put(bench, FR, CABIN_OVERRIDE_CHANNEL, ALL_CHANNELS);
	put(bench, FR, CABIN_OVERRIDE_SOURCE, CABIN_INDEX_NONE);
	put(bench, FR, CABIN_OVERRIDE_SOURCE, CAPTURES + 4 * ALL_BOOTHS);
	put(bench, FR, CABIN_OVERRIDE_SOURCE, cabin_seat_source_index(CAPTURES, FR_EN, 3)); /* it has two seats */
	put(bench, SPARE_A, CABIN_OVERRIDE_SOURCE, TONE);
	trim(bench, ALL_CHANNELS, 3);
	trim(bench, SPARE_A, 3);
	move_floor(bench, FR, HALL);
	move_floor(bench, FLOOR, cabin_seat_source_index(CAPTURES, VI_FR, 1));
	move_floor(bench, ALL_CHANNELS, HALL);
	answer(bench, ALL_BOOTHS, 1, CABIN_CALL_SEEN);
	answer(bench, FR_EN, 3, CABIN_CALL_SEEN);
	answer(bench, VI_FR, 1, CABIN_CALL_SEEN); /* it does not call */
	cabin_hub_desk(bench->hub, &unknown);
	cabin_log_set_level(CABIN_LOG_INFO);
	talk(bench, VI_FR, 1, 3);
	play(bench, TONE, 3);
	expect_untouched_but(bench, 0);
	assert_int_equal(stats_of(bench, FR).override, CABIN_OVERRIDE_NONE);
	assert_null(newest(bench, CABIN_NOTICE_BOOTH, VI_FR));
}

static void a_call_is_answered(void **state)
{
	struct bench *bench = *state;
	struct cabin_console_command call = command(VI_FR, 1, 11, CABIN_CONSOLE_CALL);
	static const enum cabin_call answers[] = {CABIN_CALL_SEEN, CABIN_CALL_DONE};

	on_air(bench);
	call.call.on = true;
	give(bench, call);
	for (int i = 0; i < 2; i++) {
		json_t *root;

		answer(bench, VI_FR, 1, answers[i]);
		root = newest(bench, CABIN_NOTICE_BOOTH, VI_FR);
		assert_string_equal(
		    json_string_value(json_object_get(json_array_get(json_object_get(root, "seats"), 0), "call")),
		    cabin_call_words[answers[i]]);
		json_decref(root);
	}
	assert_null(newest_to(bench, 11)); /* nobody is refused anything */
}

static const char *told_feed(json_t *room, size_t channel)
{
	return json_string_value(json_object_get(json_array_get(json_object_get(room, "channels"), channel), "feed"));
}

static void consoles_are_told_that_it_is_a_technicians_sound(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_booth_stats stats;
	json_t *root;

	on_air(bench);
	put(bench, FR, CABIN_OVERRIDE_SOURCE, TONE);
	put(bench, VI, CABIN_OVERRIDE_CHANNEL, VOICE);
	put(bench, EN, CABIN_OVERRIDE_SILENCE, 0);
	root = newest(bench, CABIN_NOTICE_ROOM, PLENARY);
	assert_string_equal(told_feed(root, FR), "desk");
	assert_string_equal(told_feed(root, VI), "desk");
	assert_string_equal(told_feed(root, EN), "silence");
	json_decref(root);
	/* Lan is on air all the same. */
	assert_null(newest(bench, CABIN_NOTICE_BOOTH, VI_FR));
	cabin_hub_booth_stats(bench->hub, VI_FR, &stats);
	assert_int_equal(stats.on_air, 1);
	assert_false(stats.held);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    DESK_TEST(silence_is_at_once_and_of_its_channel_alone),
	    DESK_TEST(the_floor_in_place_of_an_interpreter),
	    DESK_TEST(another_channel_is_followed_whoever_feeds_it),
	    DESK_TEST(channels_that_follow_each_other_say_nothing),
	    DESK_TEST(an_announcement_plays_and_is_never_replaced_by_the_automatic_choice),
	    DESK_TEST(an_announcement_on_every_channel_of_a_room),
	    DESK_TEST(a_probe_hears_a_seat_that_is_not_on_air),
	    DESK_TEST(a_voice_that_is_followed),
	    DESK_TEST(a_hold_ends_that_nobody_hears),
	    DESK_TEST(an_idle_channel_keeps_the_interpreter_that_was_put_aside),
	    DESK_TEST(a_trim_is_a_state_within_the_epoch),
	    DESK_TEST(a_trim_comes_on_top_of_the_matching_gain),
	    DESK_TEST(a_room_moves_to_another_input),
	    DESK_TEST(what_cannot_be_meant_changes_nothing),
	    DESK_TEST(a_call_is_answered),
	    DESK_TEST(consoles_are_told_that_it_is_a_technicians_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
