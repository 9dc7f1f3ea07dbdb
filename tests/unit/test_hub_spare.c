/* server/relay/hub_spare: rooms that are set up while the event runs, and given up. */
#include "desk_bench.h"

static const struct cabin_room_setup side = {.room_index = SPARE_ROOM,
					     .id = "side",
					     .floor_source_index = SECOND,
					     .language_count = 2,
					     .languages = {"vi", "fr"},
					     .booth_ids = {"side-vi", "side-fr"}};
static const struct cabin_room_setup one_language = {.room_index = SPARE_ROOM,
						     .id = "corner",
						     .floor_source_index = CABIN_INDEX_NONE,
						     .language_count = 1,
						     .languages = {"en"},
						     .booth_ids = {"corner-en"}};
static const struct cabin_room_setup nothing = {.room_index = SPARE_ROOM};

static const uint32_t of_side = 1u << SPARE_FLOOR | 1u << SPARE_A | 1u << SPARE_B;

static bool is_open(const struct bench *bench)
{
	struct cabin_hub_room_stats stats;

	cabin_hub_room_stats(bench->hub, SPARE_ROOM, &stats);
	return stats.open;
}

static const struct told *newest_notice(const struct bench *bench, enum cabin_notice_scope scope, uint16_t index)
{
	for (uint32_t i = bench->told_count; i-- > 0;)
		if (bench->told[i].notice.scope == scope && bench->told[i].notice.index == index)
			return &bench->told[i];
	return NULL;
}

static void a_spare_room_is_silent_and_nobody_is_told_of_it(void **state)
{
	struct bench *bench = *state;

	for (uint16_t channel = SPARE_FLOOR; channel <= SPARE_B; channel++) {
		expect_feed(bench, channel, "silence", NULL, 0, 0);
		expect_source(bench, channel, "ok");
	}
	assert_null(newest_notice(bench, CABIN_NOTICE_ROOM, SPARE_ROOM));
	assert_null(newest_notice(bench, CABIN_NOTICE_BOOTH, SPARE_1));
	assert_false(is_open(bench));
	forget(bench);
	join(bench, SPARE_1, 1);
	expect_error(bench, connection_of(SPARE_1, 1), "booth-unknown");
	mic(bench, SPARE_1, 1, true, false);
	play(bench, SECOND, 100);
	expect_untouched_but(bench, (1u << CHANNELS) - 1); /* the hall's first packets */
	assert_null(newest_notice(bench, CABIN_NOTICE_ROOM, SPARE_ROOM));
}

static void set_up_it_works_as_any_room(void **state)
{
	struct bench *bench = *state;
	uint16_t lan = cabin_seat_source_index(CAPTURES, SPARE_2, 1);
	json_t *room;

	hall(bench);
	forget(bench);
	set_up(bench, &side);
	assert_true(is_open(bench));
	play(bench, SECOND, 3);
	expect_feed(bench, SPARE_FLOOR, "floor", NULL, 0, 0);
	expect_feed(bench, SPARE_A, "pass-through", NULL, 0, 0);
	assert_true(media_of(bench, SPARE_FLOOR, SECOND) >= 2 && media_of(bench, SPARE_A, SECOND) >= 2);
	join(bench, SPARE_2, 1);
	assert_true(newest_to(bench, connection_of(SPARE_2, 1))->notice.granted);
	assert_non_null(
	    strstr(newest_to(bench, connection_of(SPARE_2, 1))->text, "\"booth\":\"side-fr\",\"room\":\"side\""));
	assert_non_null(strstr(newest_to(bench, connection_of(SPARE_2, 1))->text, "\"language\":\"fr\""));
	mic(bench, SPARE_2, 1, true, false);
	talk(bench, SPARE_2, 1, 3);
	expect_feed(bench, SPARE_B, "booth", "side-fr", 1, 0);
	assert_true(media_of(bench, SPARE_B, lan) >= 2);
	room = newest(bench, CABIN_NOTICE_ROOM, SPARE_ROOM);
	assert_string_equal(json_string_value(json_object_get(room, "room")), "side");
	assert_int_equal(json_array_size(json_object_get(room, "channels")), 3);
	json_decref(room);
	trim(bench, SPARE_A, 3);
	assert_true(gain_of(bench, SPARE_A) == 3);
	expect_untouched_but(bench, of_side);
}

static void a_room_with_fewer_languages_has_no_more_channels_and_booths(void **state)
{
	struct bench *bench = *state;
	json_t *room;

	set_up(bench, &one_language);
	forget(bench);
	hall(bench);
	join(bench, SPARE_2, 1);
	expect_error(bench, connection_of(SPARE_2, 1), "booth-unknown");
	join(bench, SPARE_1, 1);
	mic(bench, SPARE_1, 1, true, false);
	talk(bench, SPARE_1, 1, 3);
	expect_feed(bench, SPARE_A, "booth", "corner-en", 1, 0);
	assert_int_equal(stats_of(bench, SPARE_FLOOR).condition, CABIN_CONDITION_LOST);
	assert_int_equal(stats_of(bench, SPARE_B).feed, CABIN_FEED_SILENCE);
	room = newest(bench, CABIN_NOTICE_ROOM, SPARE_ROOM);
	assert_int_equal(json_array_size(json_object_get(room, "channels")), 2);
	json_decref(room);
	assert_null(newest_notice(bench, CABIN_NOTICE_BOOTH, SPARE_2));
}

static void given_up_it_is_silent_and_its_consoles_are_closed(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_booth_stats booth;
	uint64_t connection = connection_of(SPARE_2, 1);

	set_up(bench, &side);
	join(bench, SPARE_2, 1);
	bench->lufs[cabin_seat_source_index(CAPTURES, SPARE_2, 1)] = -20;
	bench->lufs[SECOND] = -30;
	mic(bench, SPARE_2, 1, true, false);
	talk(bench, SPARE_2, 1, 3);
	idle(bench, SPARE_2, 1, SPARE_B, CABIN_IDLE_SILENCE, CABIN_INDEX_NONE);
	trim(bench, SPARE_B, 6);
	put(bench, SPARE_A, CABIN_OVERRIDE_SOURCE, TONE);
	forget(bench);
	set_up(bench, &nothing);
	assert_false(is_open(bench));
	for (uint16_t channel = SPARE_FLOOR; channel <= SPARE_B; channel++)
		expect_feed(bench, channel, "silence", NULL, 0, 0);
	assert_int_equal(newest_to(bench, connection)->notice.close_code, CABIN_CLOSE_NO_ACCESS);
	cabin_hub_booth_stats(bench->hub, SPARE_2, &booth);
	assert_int_equal(booth.on_air, 0);
	assert_int_equal(booth.present, 0);
	/* Whoever keeps the newest states forgets them. */
	assert_true(newest_notice(bench, CABIN_NOTICE_ROOM, SPARE_ROOM)->notice.keep);
	assert_int_equal(newest_notice(bench, CABIN_NOTICE_ROOM, SPARE_ROOM)->notice.size, 0);
	assert_int_equal(newest_notice(bench, CABIN_NOTICE_BOOTH, SPARE_1)->notice.size, 0);
	expect_untouched_but(bench, of_side);
	forget(bench);
	talk(bench, SPARE_2, 1, 100);
	expect_untouched_but(bench, 0);
	assert_null(newest_notice(bench, CABIN_NOTICE_ROOM, SPARE_ROOM));
	/* Nothing of it is left in the room that comes after it; the numbers go on. */
	set_up(bench, &side);
	play(bench, SECOND, 3);
	expect_feed(bench, SPARE_A, "pass-through", NULL, 0, 0);
	expect_feed(bench, SPARE_B, "pass-through", NULL, 0, 0);
	assert_true(gain_of(bench, SPARE_B) == 0); /* neither the trim nor how loud its interpreter was */
	assert_int_equal(stats_of(bench, SPARE_A).override, CABIN_OVERRIDE_NONE);
	assert_non_null(newest_notice(bench, CABIN_NOTICE_ROOM, SPARE_ROOM));
	assert_non_null(newest_notice(bench, CABIN_NOTICE_BOOTH, SPARE_1));
}

static void a_refused_farewell_is_told_again(void **state)
{
	struct bench *bench = *state;

	set_up(bench, &side);
	forget(bench);
	bench->full = true;
	set_up(bench, &nothing);
	bench->full = false;
	assert_null(newest_notice(bench, CABIN_NOTICE_ROOM, SPARE_ROOM));
	bench->clock.now_ns += 20 * ms;
	cabin_hub_tick(bench->hub);
	assert_int_equal(newest_notice(bench, CABIN_NOTICE_ROOM, SPARE_ROOM)->notice.size, 0);
}

static void set_up_anew_it_is_another_room(void **state)
{
	struct bench *bench = *state;

	set_up(bench, &side);
	join(bench, SPARE_1, 1);
	set_up(bench, &one_language);
	assert_int_equal(newest_to(bench, connection_of(SPARE_1, 1))->notice.close_code, CABIN_CLOSE_NO_ACCESS);
	join(bench, SPARE_1, 2);
	assert_non_null(strstr(newest_to(bench, connection_of(SPARE_1, 2))->text, "\"booth\":\"corner-en\""));
	forget(bench);
	join(bench, SPARE_2, 1);
	expect_error(bench, connection_of(SPARE_2, 1), "booth-unknown");
}

static void other_channels_that_used_it_lose_its_sound(void **state)
{
	struct bench *bench = *state;

	set_up(bench, &side);
	join(bench, SPARE_2, 1);
	mic(bench, SPARE_2, 1, true, false);
	put(bench, PROBE, CABIN_OVERRIDE_SOURCE, cabin_seat_source_index(CAPTURES, SPARE_2, 1));
	put(bench, EN, CABIN_OVERRIDE_CHANNEL, SPARE_B);
	talk(bench, SPARE_2, 1, 3);
	expect_source(bench, PROBE, "ok");
	expect_feed(bench, EN, "channel", NULL, 0, 72);
	set_up(bench, &nothing);
	expect_feed(bench, PROBE, "desk", NULL, 0, 0);
	expect_source(bench, PROBE, "lost");
	expect_feed(bench, EN, "channel", NULL, 0, 72);
	expect_source(bench, EN, "silent");
}

static void what_is_no_setup_changes_nothing(void **state)
{
	struct bench *bench = *state;
	struct cabin_room_setup bad[] = {side, side, side, side, side, side, side, side};
	char long_id[CABIN_NAME_MAX_BYTES + 1];

	memset(long_id, 'x', sizeof(long_id));
	long_id[CABIN_NAME_MAX_BYTES] = '\0';
	bad[0].room_index = PLENARY; /* no spare one */
	bad[1].room_index = ALL_ROOMS;
	bad[2].language_count = 0;
	bad[3].language_count = 3; /* it has two channels */
	bad[4].languages[1] = NULL;
	bad[5].floor_source_index = cabin_seat_source_index(CAPTURES, VI_FR, 1);
	bad[6].id = long_id;
	bad[7].booth_ids[1] = long_id;
	forget(bench);
	cabin_log_set_level(CABIN_LOG_ERROR);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		set_up(bench, &bad[i]);
		assert_false(is_open(bench));
	}
	set_up(bench, NULL);
	cabin_log_set_level(CABIN_LOG_INFO);
	set_up(bench, &nothing); /* it is */
	play(bench, SECOND, 3);
	expect_untouched_but(bench, (1u << CHANNELS) - 1); /* the hall's first packets */
	for (uint16_t i = 0; i < ALL_BOOTHS; i++)
		assert_null(newest_notice(bench, CABIN_NOTICE_BOOTH, i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    DESK_TEST(a_spare_room_is_silent_and_nobody_is_told_of_it),
	    DESK_TEST(set_up_it_works_as_any_room),
	    DESK_TEST(a_room_with_fewer_languages_has_no_more_channels_and_booths),
	    DESK_TEST(given_up_it_is_silent_and_its_consoles_are_closed),
	    DESK_TEST(a_refused_farewell_is_told_again),
	    DESK_TEST(set_up_anew_it_is_another_room),
	    DESK_TEST(other_channels_that_used_it_lose_its_sound),
	    DESK_TEST(what_is_no_setup_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
