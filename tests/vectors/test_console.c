/* console_client.json and console_server.json against common/wire. The format is in
 * README.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "client_messages.h"
#include "wire/console_write.h"

/* --- what a console says -------------------------------------------------------- */

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static json_t *seat_or_null(uint8_t seat)
{
	return seat ? json_integer(seat) : json_null();
}

/* 2 is 2, and 2.5 is 2.5, as the files have them. */
static json_t *number(double value)
{
	return value == (double)(json_int_t)value ? json_integer((json_int_t)value) : json_real(value);
}

static json_t *join_read(const struct cabin_console_request *request)
{
	char key[20] = "";

	if (request->join.resume)
		snprintf(key, sizeof(key), "%016llx", (unsigned long long)request->join.resume);
	return json_pack("{s:s, s:s, s:o, s:s?, s:s?, s:b}", "type", "join", "token", request->join.token, "seat",
			 seat_or_null(request->join.seat), "resume", or_null(key), "name", or_null(request->join.name),
			 "mic", (int)request->join.mic);
}

static json_t *idle_read(const struct cabin_console_request *request)
{
	bool has_from = request->idle.feed == CABIN_IDLE_CHANNEL;

	return json_pack("{s:s, s:i, s:s, s:o}", "type", "idle", "channel", (int)request->idle.channel, "feed",
			 cabin_idle_words[request->idle.feed], "from",
			 has_from ? json_integer(request->idle.from) : json_null());
}

static json_t *monitor_read(const struct cabin_console_request *request)
{
	bool none = !request->monitor.channel && !request->monitor.unknown;

	return json_pack("{s:s, s:o}", "type", "monitor", "channel",
			 none ? json_null() : json_integer(request->monitor.channel));
}

static json_t *call_read(const struct cabin_console_request *request)
{
	if (request->call.state == CABIN_CALL_NONE)
		return json_pack("{s:s, s:b}", "type", "call", "on", (int)request->call.on);
	return json_pack("{s:s, s:s, s:i, s:s}", "type", "call", "booth", request->call.booth, "seat",
			 (int)request->call.seat, "state", cabin_call_words[request->call.state]);
}

static json_t *message_read(const struct cabin_console_request *request)
{
	bool to_booth = request->message.to == CABIN_MESSAGE_BOOTH;
	int canned = request->message.canned;

	return json_pack("{s:s, s:s, s:s?, s:s?}", "type", "message", "to",
			 to_booth ? request->message.booth : cabin_message_words[request->message.to], "text",
			 or_null(request->message.text), "canned", canned < 0 ? NULL : cabin_canned_words[canned]);
}

static json_t *take_read(const char *type, const char *key, json_t *value, bool take)
{
	return json_pack("{s:s, s:o, s:b}", "type", type, key, value, "take", (int)take);
}

static json_t *switch_read(const char *type, bool on)
{
	return json_pack("{s:s, s:b}", "type", type, "on", (int)on);
}

/* What was read, in the form that the file has it in. */
static json_t *as_json(const struct cabin_console_request *request)
{
	switch (request->kind) {
	case CABIN_REQUEST_JOIN:
		return join_read(request);
	case CABIN_REQUEST_LEAVE:
		return json_pack("{s:s}", "type", "leave");
	case CABIN_REQUEST_MIC:
		return take_read("mic", "on", json_boolean(request->mic.on), request->mic.take);
	case CABIN_REQUEST_COUGH:
		return switch_read("cough", request->cough.on);
	case CABIN_REQUEST_OUTPUT:
		return take_read("output", "output", json_string(request->output.output ? "b" : "a"),
				 request->output.take);
	case CABIN_REQUEST_HANDOVER:
		return json_pack("{s:s, s:s, s:o}", "type", "handover", "action",
				 cabin_handover_action_words[request->handover.action], "seat",
				 seat_or_null(request->handover.seat));
	case CABIN_REQUEST_IDLE:
		return idle_read(request);
	case CABIN_REQUEST_MONITOR:
		return monitor_read(request);
	case CABIN_REQUEST_CLOCK:
		return json_pack("{s:s, s:I, s:o, s:o}", "type", "clock", "timestamp",
				 (json_int_t)request->clock.timestamp, "server_us", number(request->clock.server_us),
				 "rate_hz", number(request->clock.rate_hz));
	case CABIN_REQUEST_SIGNAL:
		return json_pack("{s:s, s:s, s:b}", "type", "signal", "kind", cabin_signal_words[request->signal.kind],
				 "on", (int)request->signal.on);
	case CABIN_REQUEST_CALL:
		return call_read(request);
	case CABIN_REQUEST_MESSAGE:
		return message_read(request);
	case CABIN_REQUEST_ECHO:
		return switch_read("echo", request->echo.on);
	case CABIN_REQUEST_WATCH:
		return json_pack("{s:s, s:s?}", "type", "watch", "room", or_null(request->watch.room));
	case CABIN_REQUEST_DESK: /* desk_client.json */
	case CABIN_REQUEST_COUNT:
		break;
	}
	return NULL;
}

static void check_read(const struct cabin_client_message *message, const json_t *expect)
{
	json_t *read;

	assert_int_equal(message->kind, CABIN_CLIENT_CONSOLE);
	read = as_json(&message->console);
	assert_non_null(read);
	if (!json_equal(read, expect)) {
		char *text = json_dumps(read, JSON_COMPACT);

		fail_msg("read as %s", text);
	}
	json_decref(read);
}

static void messages_from_consoles(void **state)
{
	check_client_messages("console_client.json", check_read);
}

/* --- what the server says --------------------------------------------------------- */

static int word_of(const json_t *object, const char *key, const char *const *words, int count)
{
	const char *text = text_of(object, key);
	int word = text ? cabin_word_find(words, count, text, strlen(text)) : -1;

	if (text && word < 0)
		fail_msg("%s: no such word: %s", key, text);
	return word;
}

/* Null: 0. */
static uint64_t whole_or_0(const json_t *object, const char *key)
{
	return json_is_null(json_object_get(object, key)) ? 0 : whole_of(object, key);
}

static bool flag_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	assert_true(json_is_boolean(value));
	return json_is_true(value);
}

static int write_joined(char *out, size_t out_size, const json_t *message)
{
	const json_t *outputs = json_object_get(message, "outputs");
	struct cabin_console_joined joined = {
	    .booth = text_of(message, "booth"),
	    .room = text_of(message, "room"),
	};

	if (strcmp(text_of(message, "role"), "technician") == 0)
		return cabin_console_write_joined_technician(out, out_size);
	joined.seat = (uint8_t)whole_of(message, "seat");
	joined.ssrc = (uint32_t)whole_of(message, "ssrc");
	joined.resume = strtoull(text_of(message, "resume"), NULL, 16);
	joined.grace_ms = (uint32_t)whole_of(message, "grace_ms");
	joined.packet_ms = (uint32_t)whole_of(message, "packet_ms");
	joined.bitrate_bps = (uint32_t)whole_of(message, "bitrate_bps");
	joined.complexity = (uint32_t)whole_of(message, "complexity");
	joined.output_count = (uint8_t)json_array_size(outputs);
	assert_in_range(joined.output_count, 1, CABIN_OUTPUTS_MAX);
	for (uint8_t i = 0; i < joined.output_count; i++) {
		const json_t *output = json_array_get(outputs, i);

		joined.outputs[i] =
		    (struct cabin_console_output){(uint16_t)whole_of(output, "channel"), text_of(output, "language")};
	}
	return cabin_console_write_joined(out, out_size, &joined);
}

static void view_seat(struct cabin_console_seat_view *view, const json_t *seat)
{
	const char *name = text_of(seat, "name");
	int call = word_of(seat, "call", cabin_call_words, CABIN_CALL_COUNT);

	*view = (struct cabin_console_seat_view){
	    .present = flag_of(seat, "present"),
	    .mic = flag_of(seat, "mic"),
	    .cough = flag_of(seat, "cough"),
	    .late = flag_of(seat, "late"),
	    .channel = (uint16_t)whole_or_0(seat, "channel"),
	    .quality = (int8_t)word_of(seat, "quality", cabin_quality_words, CABIN_QUALITY_COUNT),
	    .call = call < 0 ? CABIN_CALL_NONE : (uint8_t)call,
	};
	if (name)
		snprintf(view->name, sizeof(view->name), "%s", name);
}

static int write_booth(char *out, size_t out_size, const json_t *message)
{
	const json_t *handover = json_object_get(message, "handover"), *seats = json_object_get(message, "seats");
	struct cabin_console_booth_view view = {
	    .booth = text_of(message, "booth"),
	    .mode = (uint8_t)word_of(message, "mode", cabin_booth_mode_words, CABIN_BOOTH_MODE_COUNT),
	    .output = strcmp(text_of(message, "output"), "b") == 0,
	    .on_air = (uint8_t)whole_or_0(message, "on_air"),
	    .held = flag_of(message, "held"),
	    .since_us = whole_or_0(message, "since_us"),
	    .seat_count = (uint8_t)json_array_size(seats),
	};

	assert_in_range(view.seat_count, 1, CABIN_SEATS_MAX);
	for (uint8_t i = 0; i < view.seat_count; i++)
		view_seat(&view.seats[i], json_array_get(seats, i));
	if (!json_is_null(handover))
		view.handover = (struct cabin_console_handover_view){
		    .state =
			(uint8_t)word_of(handover, "state", cabin_handover_state_words, CABIN_HANDOVER_STATE_COUNT),
		    .from = (uint8_t)whole_of(handover, "from"),
		    .to = (uint8_t)whole_of(handover, "to"),
		    .by = (uint8_t)whole_of(handover, "by"),
		    .at_us = whole_or_0(handover, "at_us"),
		};
	return cabin_console_write_booth(out, out_size, &view, whole_of(message, "revision"));
}

static void view_channel(struct cabin_console_channel_view *view, const json_t *channel)
{
	const json_t *lufs = json_object_get(channel, "lufs");
	int idle = word_of(channel, "idle", cabin_idle_words, CABIN_IDLE_COUNT);
	double tenths = json_number_value(lufs) * 10;

	*view = (struct cabin_console_channel_view){
	    .channel = (uint16_t)whole_of(channel, "channel"),
	    .feed = (uint8_t)word_of(channel, "feed", cabin_feed_words, CABIN_FEED_COUNT),
	    .booth = text_of(channel, "booth"),
	    .seat = (uint8_t)whole_or_0(channel, "seat"),
	    .quality = (int8_t)word_of(channel, "quality", cabin_quality_words, CABIN_QUALITY_COUNT),
	    .idle = idle < 0 ? (uint8_t)CABIN_IDLE_PASS_THROUGH : (uint8_t)idle,
	    .is_floor = idle < 0,
	    .lufs_known = json_is_number(lufs),
	    .idle_from = (uint16_t)whole_or_0(channel, "idle_from"),
	    .listeners = (uint32_t)whole_of(channel, "listeners"),
	    .lufs_tenths = (int16_t)(tenths < 0 ? tenths - 0.5 : tenths + 0.5),
	};
}

static int write_room(char *out, size_t out_size, const json_t *message)
{
	const json_t *channels = json_object_get(message, "channels"), *signal;
	struct cabin_console_room_view view = {
	    .room = text_of(message, "room"),
	    .floor_language = text_of(message, "floor_language"),
	    .channel_count = (uint16_t)json_array_size(channels),
	};
	size_t index;

	assert_in_range(view.channel_count, 1, CABIN_ROOM_CHANNELS_MAX);
	for (uint16_t i = 0; i < view.channel_count; i++)
		view_channel(&view.channels[i], json_array_get(channels, i));
	json_array_foreach(json_object_get(message, "signals"), index, signal)
	{
		int kind = word_of(signal, "kind", cabin_signal_words, CABIN_SIGNAL_COUNT);

		assert_true(kind >= 0);
		view.signal_until_us[kind] = whole_of(signal, "until_us");
	}
	return cabin_console_write_room(out, out_size, &view, whole_of(message, "revision"));
}

static int write_message(char *out, size_t out_size, const json_t *message)
{
	const json_t *from = json_object_get(message, "from");
	const char *text = text_of(message, "text");

	return cabin_console_write_message(out, out_size,
					   &(struct cabin_console_message){
					       .from_booth = text_of(from, "booth"),
					       .from_seat = (uint8_t)whole_or_0(from, "seat"),
					       .to = text_of(message, "to"),
					       .text = text,
					       .text_size = text ? strlen(text) : 0,
					       .canned = text_of(message, "canned"),
					       .at_us = whole_of(message, "at_us"),
					   });
}

static int write_server(char *out, size_t out_size, const json_t *message)
{
	const char *type = text_of(message, "type");

	if (!strcmp(type, "joined"))
		return write_joined(out, out_size, message);
	if (!strcmp(type, "booth"))
		return write_booth(out, out_size, message);
	if (!strcmp(type, "room"))
		return write_room(out, out_size, message);
	if (!strcmp(type, "message"))
		return write_message(out, out_size, message);
	assert_string_equal(type, "error");
	return cabin_console_write_error(
	    out, out_size, text_of(message, "code"), text_of(message, "text"), text_of(message, "booth"),
	    json_object_get(message, "seat") ? (uint8_t)whole_or_0(message, "seat") : (uint8_t)0);
}

static void messages_to_consoles(void **state)
{
	json_t *root = load("console_server.json"), *entry;
	size_t index;

	json_array_foreach(root, index, entry)
	{
		char text[CABIN_NOTICE_MAX_BYTES + 1];

		print_message("%s\n", text_of(entry, "name"));
		assert_true(write_server(text, sizeof(text), json_object_get(entry, "message")) > 0);
		assert_string_equal(text, text_of(entry, "text"));
	}
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_from_consoles),
	    cmocka_unit_test(messages_to_consoles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
