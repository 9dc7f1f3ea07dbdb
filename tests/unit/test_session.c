/* client/session: the server's own writers against the client's reading, and whatever else
 * may come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "client/session.h"
#include "wire/console_write.h"

static struct cabin_session session;
static char text[CABIN_NOTICE_MAX_BYTES + 1];

static enum cabin_server_message take(int size)
{
	struct cabin_server_event event;
	assert_true(size > 0);
	assert_int_equal(cabin_session_take(&session, &event, text, (size_t)size), 0);
	return event.kind;
}

static void join(void)
{
	const struct cabin_console_joined joined = {
	    .booth = "plenary-vi",
	    .room = "plenary",
	    .seat = 2,
	    .ssrc = 65542,
	    .resume = 0x0123456789abcdef,
	    .grace_ms = 10000,
	    .packet_ms = 20,
	    .bitrate_bps = 48000,
	    .complexity = 9,
	    .outputs = {{2, "vi"}, {3, NULL}},
	    .output_count = 2,
	};
	memset(&session, 0, sizeof(session));
	assert_int_equal(take(cabin_console_write_joined(text, sizeof(text), &joined)), CABIN_SERVER_JOINED);
}

static void what_the_server_writes_is_understood(void **state)
{
	join();
	assert_true(session.joined && session.seat == 2 && session.ssrc == 65542 && session.output_count == 2);
	assert_string_equal(session.resume, "0123456789abcdef");
	assert_string_equal(session.outputs[0].language, "vi");
	assert_string_equal(session.outputs[1].language, "");

	const struct cabin_console_booth_view booth = {
	    .booth = "plenary-vi",
	    .mode = CABIN_BOOTH_INTERLOCK,
	    .output = 1,
	    .on_air = 1,
	    .held = true,
	    .since_us = 123456789,
	    .seat_count = 2,
	    .seats = {{.present = true,
		       .mic = true,
		       .late = true,
		       .channel = 7,
		       .quality = CABIN_QUALITY_RELAY,
		       .call = CABIN_CALL_SEEN,
		       .name = "Lê \"L\" Lan"},
		      {.quality = -1}},
	    .handover = {.state = CABIN_HANDOVER_AGREED, .from = 1, .to = 2, .by = 2, .at_us = 99},
	};
	assert_int_equal(take(cabin_console_write_booth(text, sizeof(text), &booth, 57)), CABIN_SERVER_BOOTH);
	assert_int_equal(session.booth_revision, 57);
	assert_true(session.mode == CABIN_BOOTH_INTERLOCK && session.output == 1 && session.on_air == 1 &&
		    session.held);
	assert_true(session.seats[0].present && session.seats[0].late && session.seats[0].channel == 7);
	assert_int_equal(session.seats[0].call, CABIN_CALL_SEEN);
	assert_int_equal(session.seats[0].quality, CABIN_QUALITY_RELAY);
	assert_int_equal(session.seats[1].call, CABIN_CALL_NONE);
	assert_string_equal(session.seats[0].name, "Lê \"L\" Lan");
	assert_true(session.handover.state == CABIN_HANDOVER_AGREED && session.handover.at_us == 99);
	assert_ptr_equal(cabin_session_own_seat(&session), &session.seats[1]);

	const struct cabin_console_room_view room = {
	    .room = "plenary",
	    .floor_language = "fr",
	    .signal_until_us = {[CABIN_SIGNAL_LOUDER] = 5},
	    .channel_count = 2,
	    .channels = {{.channel = 1, .feed = CABIN_FEED_FLOOR, .is_floor = true, .listeners = 3},
			 {.channel = 2,
			  .feed = CABIN_FEED_BOOTH,
			  .booth = "plenary-vi",
			  .seat = 1,
			  .listeners = 412,
			  .idle = CABIN_IDLE_CHANNEL,
			  .idle_from = 3,
			  .lufs_known = true,
			  .lufs_tenths = -215}},
	};
	assert_int_equal(take(cabin_console_write_room(text, sizeof(text), &room, 9)), CABIN_SERVER_ROOM);
	assert_string_equal(session.floor_language, "fr");
	assert_true(session.signal_until_us[CABIN_SIGNAL_LOUDER] == 5 &&
		    !session.signal_until_us[CABIN_SIGNAL_SLOW_DOWN]);
	const struct cabin_session_room_channel *fed = cabin_session_room_channel(&session, 2);
	assert_non_null(fed);
	assert_true(fed->listeners == 412 && fed->idle == CABIN_IDLE_CHANNEL && fed->idle_from == 3);
	assert_int_equal(cabin_session_room_channel(&session, 1)->idle, -1);

	const struct cabin_console_message message = {
	    .from_booth = "plenary-vi", .from_seat = 1, .to = "partner", .canned = "thanks", .at_us = 4};
	for (int i = 0; i < 20; i++)
		assert_int_equal(take(cabin_console_write_message(text, sizeof(text), &message)), CABIN_SERVER_MESSAGE);
	assert_int_equal(session.messages_ever, 20);
	assert_int_equal(session.message_count, CABIN_SESSION_MESSAGES);
	assert_int_equal(session.messages[CABIN_SESSION_MESSAGES - 1].canned, CABIN_CANNED_THANKS);
}

static void the_technician_talks_back(void **state)
{
	static const char on[] = "{\"type\":\"talkback\",\"on\":true,\"channel\":71,\"name\":\"Lan\"}";
	struct cabin_server_event event;
	static const char off[] = "{\"type\":\"talkback\",\"on\":false,\"channel\":71,\"name\":null}";
	join();
	assert_int_equal(cabin_session_take(&session, &event, on, strlen(on)), 0);
	assert_int_equal(event.kind, CABIN_SERVER_TALKBACK);
	assert_int_equal(event.talkback.channel, 71);
	assert_int_equal(session.talkback_channel, 71);
	assert_string_equal(session.talkback_name, "Lan");
	cabin_session_lost(&session);
	assert_int_equal(session.talkback_channel, 0);
	assert_int_equal(cabin_session_take(&session, &event, on, strlen(on)), 0);
	assert_int_equal(cabin_session_take(&session, &event, off, strlen(off)), 0);
	assert_int_equal(event.talkback.channel, 0);
	assert_int_equal(session.talkback_channel, 0);
}

static void of_another_booth_or_room_is_none_of_ours(void **state)
{
	join();
	const struct cabin_console_booth_view booth = {.booth = "other", .seat_count = 1, .on_air = 1};
	const struct cabin_console_room_view room = {.room = "other"};
	(void)take(cabin_console_write_booth(text, sizeof(text), &booth, 1));
	(void)take(cabin_console_write_room(text, sizeof(text), &room, 1));
	assert_false(session.has_booth || session.has_room);
	cabin_session_lost(&session);
	assert_false(session.joined);
	assert_string_equal(session.resume, "0123456789abcdef"); /* to come back with */
}

static void nonsense_is_refused_or_cut(void **state)
{
	static const char *const bad[] = {"", "[]", "{}", "{\"type\":7}", "{\"type\":\"booth\"", "\xff"};
	static const char *const odd[] = {
	    "{\"type\":\"new-thing\"}",
	    "{\"type\":\"booth\",\"booth\":\"plenary-vi\",\"seats\":{\"a\":1},\"on_air\":-4}",
	    "{\"type\":\"booth\",\"booth\":\"plenary-vi\",\"seats\":[{\"seat\":99},{\"seat\":1e300},7,null]}",
	    "{\"type\":\"room\",\"room\":\"plenary\",\"channels\":[null,1,{\"channel\":1e99,\"listeners\":-1}]}",
	    "{\"type\":\"message\",\"from\":[],\"text\":7}",
	    "{\"type\":\"state\",\"channel\":\"x\",\"clock\":3}"};
	struct cabin_server_event event;
	join();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(cabin_session_take(&session, &event, bad[i], strlen(bad[i])), CABIN_EFORMAT);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		assert_int_equal(cabin_session_take(&session, &event, odd[i], strlen(odd[i])), 0);
	assert_true(session.seat_count <= CABIN_SEATS_MAX);
	assert_int_equal(cabin_session_take_event(&session, "{\"rooms\":7}", 11), CABIN_EFORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_the_server_writes_is_understood),
	    cmocka_unit_test(the_technician_talks_back),
	    cmocka_unit_test(of_another_booth_or_room_is_none_of_ours),
	    cmocka_unit_test(nonsense_is_refused_or_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
