/* server/relay/hub_room, hub_talk, hub_notices: what is known of a room, and telling it. */
#include "booth_bench.h"

static const char *floor_language(struct bench *bench)
{
	static char text[16];
	json_t *root = newest(bench, CABIN_NOTICE_ROOM, 0);
	const char *language;

	assert_non_null(root);
	language = json_string_value(json_object_get(root, "floor_language"));
	snprintf(text, sizeof(text), "%s", language ? language : "null");
	json_decref(root);
	return text;
}

static void expect_quality(struct bench *bench, uint16_t channel, const char *quality)
{
	json_t *root = newest(bench, CABIN_NOTICE_ROOM, 0);
	const char *told =
	    json_string_value(json_object_get(json_array_get(json_object_get(root, "channels"), channel), "quality"));

	if (quality)
		assert_string_equal(told ? told : "null", quality);
	else
		assert_null(told);
	json_decref(root);
}

static void expect_seat_quality(struct bench *bench, uint16_t booth, uint8_t seat, const char *quality)
{
	json_t *root = newest(bench, CABIN_NOTICE_BOOTH, booth);
	const char *told =
	    json_string_value(json_object_get(json_array_get(json_object_get(root, "seats"), seat - 1u), "quality"));

	if (quality)
		assert_string_equal(told ? told : "null", quality);
	else
		assert_null(told);
	json_decref(root);
}

static void output(struct bench *bench, uint16_t booth, uint8_t seat, uint8_t to)
{
	struct cabin_console_command given = command(booth, seat, connection_of(booth, seat), CABIN_CONSOLE_OUTPUT);

	given.output.output = to;
	give(bench, given);
}

static void the_floor_s_language_is_known_from_booths(void **state)
{
	struct bench *bench = *state;

	hall(bench);
	assert_string_equal(floor_language(bench), "null");
	join(bench, VI_FR, 1);
	assert_string_equal(floor_language(bench), "null"); /* vi or fr: both are staffed */
	listens(bench, VI_FR, 1, FLOOR);
	mic(bench, VI_FR, 1, true, false);
	talk(bench, VI_FR, 1, 3);
	assert_string_equal(floor_language(bench), "vi"); /* it interprets into fr */
	output(bench, VI_FR, 1, 1);
	talk(bench, VI_FR, 1, 3);
	assert_string_equal(floor_language(bench), "fr");
	/* From a relay it says nothing of the floor; but of vi, fr and en that are not all staffed,
	 * fr alone is and has nobody on air. */
	listens(bench, VI_FR, 1, EN);
	join(bench, FR_EN, 1);
	mic(bench, FR_EN, 1, true, false);
	talk(bench, FR_EN, 1, 3);
	speak(bench, VI_FR, 1);
	assert_string_equal(floor_language(bench), "fr");
	/* With a line in en as well, and nobody on air there, two are left. */
	give(bench, command(FR_EN, 1, 21, CABIN_CONSOLE_LEAVE));
	for (int i = 0; i < 3; i++) {
		hall(bench);
		speak_by(bench, LINE, 0);
		speak(bench, VI_FR, 1);
	}
	listens(bench, VI_FR, 1, FR);
	assert_string_equal(floor_language(bench), "fr"); /* the line is on air on en */
	for (int i = 0; i < 60; i++)
		hall(bench);
	assert_string_equal(floor_language(bench), "null");
}

static void the_booth_that_switched_last_is_right(void **state)
{
	struct bench *bench = *state;

	hall(bench);
	join(bench, VI_FR, 1);
	join(bench, FR_EN, 1);
	listens(bench, VI_FR, 1, FLOOR);
	listens(bench, FR_EN, 1, FLOOR);
	mic(bench, VI_FR, 1, true, false);
	talk(bench, VI_FR, 1, 3);
	assert_string_equal(floor_language(bench), "vi");
	mic(bench, FR_EN, 1, true, false); /* from fr into en */
	talk(bench, FR_EN, 1, 2);
	assert_string_equal(floor_language(bench), "fr");
}

static void relay_is_marked(void **state)
{
	struct bench *bench = *state;

	hall(bench);
	join(bench, VI_FR, 1);
	join(bench, FR_EN, 1);
	expect_seat_quality(bench, VI_FR, 1, NULL);
	listens(bench, VI_FR, 1, FLOOR);
	expect_seat_quality(bench, VI_FR, 1, "direct");
	listens(bench, FR_EN, 1, FR); /* which carries the floor now */
	expect_seat_quality(bench, FR_EN, 1, "direct");
	mic(bench, VI_FR, 1, true, false);
	talk(bench, VI_FR, 1, 3);
	expect_seat_quality(bench, FR_EN, 1, "relay");
	expect_quality(bench, FR, "direct");
	expect_quality(bench, FLOOR, NULL);
	mic(bench, FR_EN, 1, true, false);
	talk(bench, FR_EN, 1, 3);
	speak(bench, VI_FR, 1);
	expect_quality(bench, EN, "relay");
	join(bench, VI_FR, 2);
	listens(bench, VI_FR, 2, EN);
	expect_seat_quality(bench, VI_FR, 2, "relay-of-relay");
	/* Two booths that listen to each other. */
	listens(bench, VI_FR, 1, EN);
	expect_quality(bench, EN, "relay-of-relay");
	expect_quality(bench, FR, "relay-of-relay");
}

static void signal_by(struct bench *bench, uint8_t seat, enum cabin_signal kind, bool on)
{
	struct cabin_console_command given = command(VI_FR, seat, connection_of(VI_FR, seat), CABIN_CONSOLE_SIGNAL);

	given.signal.kind = (uint8_t)kind;
	given.signal.on = on;
	give(bench, given);
}

static size_t signals(struct bench *bench)
{
	json_t *root = newest(bench, CABIN_NOTICE_ROOM, 0);
	size_t count = json_array_size(json_object_get(root, "signals"));

	json_decref(root);
	return count;
}

static void signals_lapse(void **state)
{
	struct bench *bench = *state;

	join(bench, VI_FR, 1);
	join(bench, VI_FR, 2);
	signal_by(bench, 1, CABIN_SIGNAL_SLOW_DOWN, true);
	assert_int_equal(signals(bench), 1);
	bench->clock.now_ns += 10 * CABIN_NS_PER_S;
	signal_by(bench, 2, CABIN_SIGNAL_SLOW_DOWN, true);
	signal_by(bench, 2, CABIN_SIGNAL_LOUDER, true);
	signal_by(bench, 1, CABIN_SIGNAL_SLOW_DOWN, false);
	assert_int_equal(signals(bench), 2); /* seat 2 still asks for both */
	signal_by(bench, 2, CABIN_SIGNAL_LOUDER, false);
	assert_int_equal(signals(bench), 1);
	bench->clock.now_ns += 20 * CABIN_NS_PER_S - 1;
	cabin_hub_tick(bench->hub);
	assert_int_equal(signals(bench), 1);
	bench->clock.now_ns += 1;
	cabin_hub_tick(bench->hub);
	assert_int_equal(signals(bench), 0);
}

static void calls_are_answered_by_technicians(void **state)
{
	struct bench *bench = *state;
	struct cabin_console_command call = command(VI_FR, 1, 11, CABIN_CONSOLE_CALL);
	struct cabin_console_command answer = command(CABIN_INDEX_NONE, 0, 99, CABIN_CONSOLE_CALL);
	static const char *const words[] = {"open", "seen", "done"};

	join(bench, VI_FR, 1);
	answer.call.booth_index = VI_FR;
	answer.call.seat = 1;
	answer.call.state = CABIN_CALL_SEEN;
	give(bench, answer);
	expect_error(bench, 99, "call-unknown");
	for (int i = 0; i < 3; i++) {
		json_t *root;

		call.call.on = true;
		answer.call.state = i == 1 ? CABIN_CALL_SEEN : CABIN_CALL_DONE;
		give(bench, i ? answer : call);
		root = newest(bench, CABIN_NOTICE_BOOTH, VI_FR);
		assert_string_equal(
		    json_string_value(json_object_get(json_array_get(json_object_get(root, "seats"), 0), "call")),
		    words[i]);
		json_decref(root);
	}
	call.call.on = false;
	give(bench, call);
	give(bench, answer);
	expect_error(bench, 99, "call-unknown");
	answer.call.seat = 9;
	give(bench, answer);
	answer.call.booth_index = 77;
	give(bench, answer);
	expect_error(bench, 99, "call-unknown");
}

static void say(struct bench *bench, uint16_t booth, uint8_t seat, enum cabin_message_to to, const char *text)
{
	struct cabin_console_command given = command(booth, seat, connection_of(booth, seat), CABIN_CONSOLE_MESSAGE);

	given.message.to = (uint8_t)to;
	given.message.booth_index = FR_EN;
	given.message.canned = text ? -1 : CABIN_CANNED_NUMBER_PLEASE;
	given.text = text ? text_packet(bench, text) : NULL;
	give(bench, given);
}

/* How many got a message; each once. */
static uint32_t receivers(struct bench *bench, bool technicians)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < bench->told_count; i++) {
		const struct told *told = &bench->told[i];

		if (!strstr(told->text, "\"type\":\"message\""))
			continue;
		assert_int_not_equal(told->notice.scope, CABIN_NOTICE_ROOM); /* watchers have no token */
		count += technicians == (told->notice.scope == CABIN_NOTICE_TECHNICIANS);
	}
	return count;
}

static void messages_reach_whom_they_are_for(void **state)
{
	struct bench *bench = *state;

	join(bench, VI_FR, 1);
	forget(bench);
	say(bench, VI_FR, 1, CABIN_MESSAGE_PARTNER, "hello");
	expect_error(bench, 11, "message-nobody");
	join(bench, VI_FR, 2);
	join(bench, FR_EN, 1);
	forget(bench);
	say(bench, VI_FR, 1, CABIN_MESSAGE_PARTNER, "Số \"12\"?");
	assert_int_equal(receivers(bench, false), 2);
	assert_int_equal(receivers(bench, true), 0);
	assert_string_equal(newest_to(bench, 12)->text,
			    "{\"type\":\"message\",\"from\":{\"booth\":\"vi-fr\",\"seat\":1},\"to\":\"partner\","
			    "\"text\":\"Số \\\"12\\\"?\",\"canned\":null,\"at_us\":1000000000}");
	forget(bench);
	say(bench, VI_FR, 1, CABIN_MESSAGE_ROOM, NULL);
	assert_int_equal(receivers(bench, false), 3);
	assert_int_equal(receivers(bench, true), 1);
	assert_non_null(strstr(newest_to(bench, 21)->text, "\"text\":null,\"canned\":\"number-please\""));
	forget(bench);
	say(bench, VI_FR, 1, CABIN_MESSAGE_BOOTH, "you");
	assert_int_equal(receivers(bench, false), 2);
	assert_non_null(strstr(newest_to(bench, 21)->text, "\"to\":\"fr-en\""));
	forget(bench);
	say(bench, VI_FR, 1, CABIN_MESSAGE_TECHNICIAN, "help");
	assert_int_equal(receivers(bench, false), 1); /* the sender sees that it left */
	assert_int_equal(receivers(bench, true), 1);
	/* Ten at once, then one each two seconds. */
	for (int i = 0; i < 5; i++)
		say(bench, VI_FR, 1, CABIN_MESSAGE_PARTNER, "again");
	forget(bench);
	say(bench, VI_FR, 1, CABIN_MESSAGE_PARTNER, "again");
	expect_error(bench, 11, "too-many-messages");
	say(bench, VI_FR, 2, CABIN_MESSAGE_PARTNER, "me too");
	assert_int_equal(receivers(bench, false), 2);
	bench->clock.now_ns += 2 * CABIN_NS_PER_S;
	forget(bench);
	say(bench, VI_FR, 1, CABIN_MESSAGE_PARTNER, "");
	expect_error(bench, 11, "message-bad");
}

static void a_full_sink_is_told_later_what_is_true_then(void **state)
{
	struct bench *bench = *state;
	uint64_t first, revision;
	json_t *root;

	join(bench, VI_FR, 1);
	root = newest(bench, CABIN_NOTICE_BOOTH, VI_FR);
	first = (uint64_t)json_integer_value(json_object_get(root, "revision"));
	json_decref(root);
	forget(bench);
	bench->full = true;
	mic(bench, VI_FR, 1, true, false);
	mic(bench, VI_FR, 1, false, false);
	join(bench, VI_FR, 2);
	assert_int_equal(bench->told_count, 0);
	assert_true(cabin_hub_tick(bench->hub) <= bench->clock.now_ns + 10 * ms);
	bench->full = false;
	bench->clock.now_ns += 10 * ms;
	cabin_hub_tick(bench->hub);
	/* The answer first, and the states as they are now, once each. */
	assert_int_equal(bench->told[0].notice.connection, 12);
	assert_int_equal(bench->told[0].notice.seat, 2);
	root = newest(bench, CABIN_NOTICE_BOOTH, VI_FR);
	revision = (uint64_t)json_integer_value(json_object_get(root, "revision"));
	assert_int_equal(revision, first + 3);
	assert_true(json_is_true(json_object_get(root, "held")));
	json_decref(root);
	first = bench->told_count;
	bench->clock.now_ns += 10 * ms;
	cabin_hub_tick(bench->hub);
	assert_int_equal(bench->told_count, first);
	/* What waits has a limit, and is counted beyond it. */
	bench->full = true;
	for (int i = 0; i < CABIN_NOTICES_WAITING + 5; i++)
		give(bench, command(CABIN_INDEX_NONE, 0, 1000 + (uint64_t)i, CABIN_CONSOLE_JOIN));
	forget(bench);
	bench->full = false;
	cabin_hub_tick(bench->hub);
	assert_int_equal(bench->told_count, CABIN_NOTICES_WAITING);
	{
		struct cabin_hub_booth_stats stats;

		cabin_hub_booth_stats(bench->hub, VI_FR, &stats);
		assert_int_equal(stats.notices_dropped, 5);
	}
}

static void figures_are_told_once_a_second(void **state)
{
	struct bench *bench = *state;
	json_t *root, *floor;
	uint32_t count = 0;

	hall(bench);
	forget(bench);
	bench->lufs[HALL] = -23.2;
	for (int i = 0; i < 100; i++) {
		bench->listeners++;
		hall(bench);
	}
	for (uint32_t i = 0; i < bench->told_count; i++)
		count += bench->told[i].notice.scope == CABIN_NOTICE_ROOM;
	assert_int_equal(count, 2);
	root = newest(bench, CABIN_NOTICE_ROOM, 0);
	floor = json_array_get(json_object_get(root, "channels"), 0);
	assert_float_equal(json_number_value(json_object_get(floor, "lufs")), -23, 0.001);
	assert_in_range(json_integer_value(json_object_get(floor, "listeners")), 50, 100);
	assert_true(json_is_null(json_object_get(json_array_get(json_object_get(root, "channels"), 0), "idle")));
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_floor_s_language_is_known_from_booths),
	    TEST(the_booth_that_switched_last_is_right),
	    TEST(relay_is_marked),
	    TEST(signals_lapse),
	    TEST(calls_are_answered_by_technicians),
	    TEST(messages_reach_whom_they_are_for),
	    TEST(a_full_sink_is_told_later_what_is_true_then),
	    TEST(figures_are_told_once_a_second),
	};

	cabin_log_set_level((enum cabin_log_level)(CABIN_LOG_ERROR + 1));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
