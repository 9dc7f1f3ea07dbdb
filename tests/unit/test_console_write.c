/* common/wire/console_write and console_words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "base/limits.h"
#include "wire/console_write.h"

static char long_id[CABIN_NAME_MAX_BYTES]; /* as long as an id may be */

static void fill_booth(struct cabin_console_booth_view *view)
{
	memset(view, 0, sizeof(*view));
	view->booth = long_id;
	view->mode = CABIN_BOOTH_INTERLOCK;
	view->output = 1;
	view->on_air = 3;
	view->since_us = UINT64_C(9007199254740991);
	view->seat_count = CABIN_SEATS_MAX;
	for (int i = 0; i < CABIN_SEATS_MAX; i++) {
		view->seats[i] = (struct cabin_console_seat_view){.present = true,
								  .channel = 65535,
								  .quality = CABIN_QUALITY_RELAY_OF_RELAY,
								  .call = CABIN_CALL_SEEN};
		memset(view->seats[i].name, '\1', CABIN_SEAT_NAME_BYTES); /* six bytes each when escaped */
	}
	view->handover = (struct cabin_console_handover_view){
	    .state = CABIN_HANDOVER_AGREED, .from = 1, .to = 2, .by = 2, .at_us = UINT64_C(9007199254740991)};
}

static void fill_room(struct cabin_console_room_view *view)
{
	memset(view, 0, sizeof(*view));
	view->room = long_id;
	view->floor_language = long_id;
	view->channel_count = CABIN_ROOM_CHANNELS_MAX;
	for (int i = 0; i < CABIN_ROOM_CHANNELS_MAX; i++)
		view->channels[i] = (struct cabin_console_channel_view){.channel = 65535,
									.feed = CABIN_FEED_PASS_THROUGH,
									.booth = long_id,
									.seat = 3,
									.quality = CABIN_QUALITY_RELAY_OF_RELAY,
									.listeners = UINT32_MAX,
									.lufs_known = true,
									.lufs_tenths = -1235,
									.idle = CABIN_IDLE_PASS_THROUGH,
									.idle_from = 65535};
	for (int i = 0; i < CABIN_SIGNAL_COUNT; i++)
		view->signal_until_us[i] = UINT64_C(9007199254740991);
}

static void the_largest_messages_fit(void **state)
{
	char text[CABIN_NOTICE_MAX_BYTES + 1];
	struct cabin_console_booth_view booth;
	struct cabin_console_room_view room;
	json_t *root;

	(void)state;
	memset(long_id, 'x', sizeof(long_id) - 1);
	fill_booth(&booth);
	assert_true(cabin_console_write_booth(text, sizeof(text), &booth, UINT64_C(9007199254740991)) > 0);
	root = json_loads(text, 0, NULL);
	assert_non_null(root);
	assert_int_equal(json_string_length(json_object_get(json_array_get(json_object_get(root, "seats"), 2), "name")),
			 CABIN_SEAT_NAME_BYTES);
	json_decref(root);
	fill_room(&room);
	assert_true(cabin_console_write_room(text, sizeof(text), &room, UINT64_C(9007199254740991)) > 0);
	root = json_loads(text, 0, NULL);
	assert_non_null(root);
	assert_int_equal(json_array_size(json_object_get(root, "channels")), CABIN_ROOM_CHANNELS_MAX);
	assert_int_equal(json_array_size(json_object_get(root, "signals")), CABIN_SIGNAL_COUNT);
	json_decref(root);
}

/* Whatever the room for it is: it fits whole, or is refused, and nothing beyond is touched. */
static void a_message_that_does_not_fit_is_refused(void **state)
{
	struct cabin_console_booth_view booth;
	char whole[CABIN_NOTICE_MAX_BYTES + 1], text[CABIN_NOTICE_MAX_BYTES + 2];
	int size;

	(void)state;
	fill_booth(&booth);
	size = cabin_console_write_booth(whole, sizeof(whole), &booth, 7);
	assert_true(size > 0);
	for (int room = 1; room <= size + 1; room++) {
		int result;

		memset(text, '#', sizeof(text));
		result = cabin_console_write_booth(text, (size_t)room, &booth, 7);
		assert_int_equal(result, room <= size ? CABIN_ETOOBIG : size);
		assert_int_equal(text[room], '#');
	}
	assert_string_equal(text, whole);
}

static void every_field_is_written(void **state)
{
	struct cabin_console_booth_view booth = {
	    .booth = "vi-fr", .seat_count = 1, .seats = {{.quality = -1, .late = true, .name = "L\"n"}}};
	struct cabin_console_room_view room = {
	    .room = "plenary",
	    .channel_count = 2,
	    .channels = {{.channel = 1, .feed = CABIN_FEED_FLOOR, .quality = -1, .is_floor = true},
			 {.channel = 2,
			  .feed = CABIN_FEED_CHANNEL,
			  .quality = 1,
			  .listeners = 412,
			  .lufs_known = true,
			  .lufs_tenths = -215,
			  .idle = CABIN_IDLE_CHANNEL,
			  .idle_from = 3}},
	    .signal_until_us = {0, 5, 0},
	};
	char text[CABIN_NOTICE_MAX_BYTES + 1];

	(void)state;
	assert_true(cabin_console_write_booth(text, sizeof(text), &booth, 57) > 0);
	assert_string_equal(
	    text, "{\"type\":\"booth\",\"booth\":\"vi-fr\",\"revision\":57,\"mode\":\"override\",\"output\":\"a\","
		  "\"on_air\":null,\"since_us\":null,\"held\":false,\"seats\":[{\"seat\":1,\"present\":false,"
		  "\"name\":\"L\\\"n\",\"mic\":false,\"cough\":false,\"late\":true,\"channel\":null,"
		  "\"quality\":null,\"call\":null}],\"handover\":null}");
	assert_true(cabin_console_write_room(text, sizeof(text), &room, 9) > 0);
	assert_string_equal(
	    text, "{\"type\":\"room\",\"room\":\"plenary\",\"revision\":9,\"floor_language\":null,\"channels\":["
		  "{\"channel\":1,\"feed\":\"floor\",\"booth\":null,\"seat\":null,\"quality\":null,\"listeners\":0,"
		  "\"lufs\":null,\"idle\":null,\"idle_from\":null},"
		  "{\"channel\":2,\"feed\":\"channel\",\"booth\":null,\"seat\":null,\"quality\":\"relay\","
		  "\"listeners\":412,\"lufs\":-21.5,\"idle\":\"channel\",\"idle_from\":3}],"
		  "\"signals\":[{\"kind\":\"louder\",\"until_us\":5}]}");
	assert_true(cabin_console_write_error(text, sizeof(text), "channel-held", "why", "vi-fr", 2) > 0);
	assert_string_equal(
	    text, "{\"type\":\"error\",\"code\":\"channel-held\",\"text\":\"why\",\"booth\":\"vi-fr\",\"seat\":2}");
	assert_true(cabin_console_write_error(text, sizeof(text), "booth-full", "why", NULL, 0) > 0);
	assert_string_equal(text, "{\"type\":\"error\",\"code\":\"booth-full\",\"text\":\"why\"}");
}

static void words_are_found_and_nothing_else_is(void **state)
{
	(void)state;
	for (int i = 0; i < CABIN_CANNED_COUNT; i++)
		assert_int_equal(cabin_word_find(cabin_canned_words, CABIN_CANNED_COUNT, cabin_canned_words[i],
						 strlen(cabin_canned_words[i])),
				 i);
	assert_int_equal(cabin_word_find(cabin_signal_words, CABIN_SIGNAL_COUNT, "loud", 4), -1);
	assert_int_equal(cabin_word_find(cabin_signal_words, CABIN_SIGNAL_COUNT, "louderx", 7), -1);
	assert_int_equal(cabin_word_find(cabin_signal_words, CABIN_SIGNAL_COUNT, "louderx", 6), CABIN_SIGNAL_LOUDER);
	assert_int_equal(cabin_word_find(cabin_call_words, CABIN_CALL_COUNT, "", 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_largest_messages_fit),
	    cmocka_unit_test(a_message_that_does_not_fit_is_refused),
	    cmocka_unit_test(every_field_is_written),
	    cmocka_unit_test(words_are_found_and_nothing_else_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
