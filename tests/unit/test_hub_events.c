/* server/relay/hub_events: what the hub tells as it happens, its tap, its figures. */
#include "desk_bench.h"

/* How many events of the kind there were since `forget`; `*out` is the newest. */
static uint32_t events_of(const struct bench *bench, enum cabin_hub_event_kind kind, struct cabin_hub_event *out)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < bench->event_count; i++) {
		if (bench->events[i].kind != kind)
			continue;
		*out = bench->events[i];
		count++;
	}
	return count;
}

static void a_feed_that_changes_is_told_once(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_event event = {0};

	hall(bench);
	forget(bench);
	put(bench, FR, CABIN_OVERRIDE_SOURCE, TONE);
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_FEED, &event), 1);
	assert_int_equal(event.channel_index, FR);
	assert_int_equal(event.room_index, PLENARY);
	assert_int_equal(event.booth_index, CABIN_INDEX_NONE);
	assert_int_equal(event.source_index, TONE);
	assert_int_equal(event.what, CABIN_FEED_DESK);
	assert_int_equal(event.at_ns, bench->clock.now_ns);
	assert_false(event.on);
	play(bench, TONE, 3);
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_FEED, &event), 2);
	assert_true(event.on);
	trim(bench, FR, 3);
	play(bench, TONE, 100);
	assert_int_equal(bench->event_count, 2);
}

static void who_comes_speaks_and_goes_is_told(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_event event = {0};

	hall(bench);
	forget(bench);
	join(bench, VI_FR, 2);
	assert_int_equal(bench->event_count, 1);
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_SEAT, &event), 1);
	assert_int_equal(event.booth_index, VI_FR);
	assert_int_equal(event.seat, 2);
	assert_int_equal(event.source_index, cabin_seat_source_index(CAPTURES, VI_FR, 2));
	assert_int_equal(event.channel_index, CABIN_INDEX_NONE);
	assert_int_equal(event.what, 1);
	assert_string_equal(event.name, "Lan");
	mic(bench, VI_FR, 2, true, false);
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_ON_AIR, &event), 1);
	assert_int_equal(event.seat, 2);
	assert_int_equal(event.channel_index, FR);
	assert_true(event.on);
	talk(bench, VI_FR, 2, 2);
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_FEED, &event), 1);
	assert_int_equal(event.what, CABIN_FEED_BOOTH);
	assert_int_equal(event.booth_index, VI_FR);
	assert_int_equal(event.seat, 2);
	forget(bench);
	mic(bench, VI_FR, 2, false, false);
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_ON_AIR, &event), 1);
	assert_false(event.on);
	assert_int_equal(event.seat, 2);
	give(bench, command(VI_FR, 2, 12, CABIN_CONSOLE_LEAVE));
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_SEAT, &event), 1);
	assert_int_equal(event.what, 0);
	assert_string_equal(event.name, "Lan");
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_ON_AIR, &event), 1);
}

static void an_output_that_is_switched_is_on_air_elsewhere(void **state)
{
	struct bench *bench = *state;
	struct cabin_console_command to_b = command(VI_FR, 1, 11, CABIN_CONSOLE_OUTPUT);

	hall(bench);
	join(bench, VI_FR, 1);
	mic(bench, VI_FR, 1, true, false);
	talk(bench, VI_FR, 1, 2);
	forget(bench);
	to_b.output.output = 1;
	give(bench, to_b);
	assert_int_equal(bench->events[0].kind, CABIN_HUB_EVENT_ON_AIR);
	assert_int_equal(bench->events[0].channel_index, FR);
	assert_false(bench->events[0].on);
	assert_int_equal(bench->events[1].kind, CABIN_HUB_EVENT_ON_AIR);
	assert_int_equal(bench->events[1].channel_index, VI);
	assert_true(bench->events[1].on);
}

static void a_hand_over_is_told_when_it_is_done(void **state)
{
	struct bench *bench = *state;
	struct cabin_console_command offer = command(VI_FR, 1, 11, CABIN_CONSOLE_HANDOVER);
	struct cabin_console_command accept = command(VI_FR, 2, 12, CABIN_CONSOLE_HANDOVER);
	struct cabin_hub_event event = {0};

	hall(bench);
	join(bench, VI_FR, 1);
	join(bench, VI_FR, 2);
	mic(bench, VI_FR, 1, true, false);
	talk(bench, VI_FR, 1, 2);
	offer.handover.action = CABIN_HANDOVER_OFFER;
	accept.handover.action = CABIN_HANDOVER_ACCEPT;
	give(bench, offer);
	give(bench, accept);
	mic(bench, VI_FR, 2, true, false);
	forget(bench);
	for (int i = 0; i < 10; i++) {
		talk(bench, VI_FR, 1, 1);
		speak(bench, VI_FR, 2);
	}
	assert_int_equal(bench->event_count, 0);
	for (int i = 0; i < 30; i++) {
		talk(bench, VI_FR, 1, 1);
		speak(bench, VI_FR, 2);
	}
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_HANDOVER, &event), 1);
	assert_int_equal(event.seat, 1);
	assert_int_equal(event.other_seat, 2);
	assert_int_equal(event.channel_index, FR);
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_ON_AIR, &event), 2);
	assert_int_equal(event.seat, 2);
	assert_true(event.on);
}

static void signals_and_calls_are_told_and_end(void **state)
{
	struct bench *bench = *state;
	struct cabin_console_command signal = command(VI_FR, 1, 11, CABIN_CONSOLE_SIGNAL);
	struct cabin_console_command call = command(VI_FR, 1, 11, CABIN_CONSOLE_CALL);
	struct cabin_hub_event event = {0};

	join(bench, VI_FR, 1);
	forget(bench);
	signal.signal.kind = CABIN_SIGNAL_LOUDER;
	signal.signal.on = true;
	give(bench, signal);
	assert_int_equal(bench->event_count, 1);
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_SIGNAL, &event), 1);
	assert_int_equal(event.what, CABIN_SIGNAL_LOUDER);
	assert_true(event.on);
	bench->clock.now_ns += 20 * CABIN_NS_PER_S;
	cabin_hub_tick(bench->hub);
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_SIGNAL, &event), 2);
	assert_false(event.on);
	call.call.on = true;
	give(bench, call);
	answer(bench, VI_FR, 1, CABIN_CALL_SEEN);
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_CALL, &event), 2);
	assert_int_equal(event.what, CABIN_CALL_SEEN);
	assert_true(event.on);
	call.call.on = false;
	give(bench, call);
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_CALL, &event), 3);
	assert_int_equal(event.what, CABIN_CALL_NONE);
	assert_false(event.on);
}

static void a_time_line_that_breaks_is_told_but_not_one_that_was_away(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_event event = {0};

	play(bench, TONE, 3);
	forget(bench);
	bench->sources[TONE].sequence += 5000;
	speak_by(bench, TONE, 0);
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_CLOCK_JUMP, &event), 1);
	assert_int_equal(event.source_index, TONE);
	assert_int_equal(event.booth_index, CABIN_INDEX_NONE);
	cabin_hub_source_event(bench->hub, TONE, CABIN_SOURCE_LOST);
	bench->sources[TONE].sequence += 5000;
	speak_by(bench, TONE, 0);
	assert_int_equal(events_of(bench, CABIN_HUB_EVENT_CLOCK_JUMP, &event), 1);
}

static void the_tap_gets_what_is_accepted_published_or_not(void **state)
{
	struct bench *bench = *state;

	hall(bench);
	join(bench, VI_FR, 1);
	forget(bench);
	play(bench, TONE, 3); /* on no channel */
	assert_int_equal(bench->tapped[TONE], 3);
	assert_int_equal(bench->tapped[HALL], 3);
	cabin_log_set_level(CABIN_LOG_ERROR);
	bench->sources[TONE].sequence -= 2;
	speak_by(bench, TONE, 0); /* its time goes back */
	cabin_log_set_level(CABIN_LOG_INFO);
	speak(bench, VI_FR, 1); /* its microphone is off */
	assert_int_equal(bench->tapped[TONE], 3);
	assert_int_equal(bench->tapped[cabin_seat_source_index(CAPTURES, VI_FR, 1)], 0);
	mic(bench, VI_FR, 1, true, false);
	talk(bench, VI_FR, 1, 2);
	assert_int_equal(bench->tapped[cabin_seat_source_index(CAPTURES, VI_FR, 1)], 2);
}

static void rooms_tell_what_their_floor_speaks(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_room_stats stats;

	cabin_hub_room_stats(bench->hub, PLENARY, &stats);
	assert_true(stats.open);
	assert_string_equal(stats.floor_language, "");
	join(bench, VI_FR, 1);
	listens(bench, VI_FR, 1, FLOOR);
	mic(bench, VI_FR, 1, true, false);
	talk(bench, VI_FR, 1, 2);
	cabin_hub_room_stats(bench->hub, PLENARY, &stats);
	assert_string_equal(stats.floor_language, "vi");
	/* Also while a technician's sound is on the channel. */
	put(bench, FR, CABIN_OVERRIDE_SOURCE, TONE);
	talk(bench, VI_FR, 1, 2);
	cabin_hub_room_stats(bench->hub, PLENARY, &stats);
	assert_string_equal(stats.floor_language, "vi");
}

static void to_b(struct bench *bench, uint16_t booth)
{
	struct cabin_console_command output = command(booth, 1, connection_of(booth, 1), CABIN_CONSOLE_OUTPUT);

	join(bench, booth, 1);
	output.output.output = 1;
	give(bench, output);
	mic(bench, booth, 1, true, false);
	talk(bench, booth, 1, 2);
}

static void a_line_under_an_override_leaves_the_language_open(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_room_stats stats;

	to_b(bench, VI_FR);   /* into Vietnamese, hearing nobody knows what */
	to_b(bench, FR_EN);   /* into French */
	play(bench, LINE, 2); /* into English: so the floor speaks none of them */
	assert_int_equal(stats_of(bench, EN).feed, CABIN_FEED_BOOTH);
	cabin_hub_room_stats(bench->hub, PLENARY, &stats);
	assert_string_equal(stats.floor_language, "");
	put(bench, EN, CABIN_OVERRIDE_SILENCE, 0); /* nor does it begin to speak English */
	cabin_hub_room_stats(bench->hub, PLENARY, &stats);
	assert_string_equal(stats.floor_language, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    DESK_TEST(a_feed_that_changes_is_told_once),
	    DESK_TEST(who_comes_speaks_and_goes_is_told),
	    DESK_TEST(an_output_that_is_switched_is_on_air_elsewhere),
	    DESK_TEST(a_hand_over_is_told_when_it_is_done),
	    DESK_TEST(signals_and_calls_are_told_and_end),
	    DESK_TEST(a_time_line_that_breaks_is_told_but_not_one_that_was_away),
	    DESK_TEST(the_tap_gets_what_is_accepted_published_or_not),
	    DESK_TEST(rooms_tell_what_their_floor_speaks),
	    DESK_TEST(a_line_under_an_override_leaves_the_language_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
