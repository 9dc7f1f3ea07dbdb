/* console_client.json and console_server.json against common/wire. The format is in
 * README.md. `test_console --write` prints what console_server.json is to hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "wire/console_write.h"
#include "wire/control.h"

static const char *const request_words[CABIN_REQUEST_COUNT] = {
    [CABIN_REQUEST_JOIN] = "join",     [CABIN_REQUEST_LEAVE] = "leave",	    [CABIN_REQUEST_MIC] = "mic",
    [CABIN_REQUEST_COUGH] = "cough",   [CABIN_REQUEST_OUTPUT] = "output",   [CABIN_REQUEST_HANDOVER] = "handover",
    [CABIN_REQUEST_IDLE] = "idle",     [CABIN_REQUEST_MONITOR] = "monitor", [CABIN_REQUEST_CLOCK] = "clock",
    [CABIN_REQUEST_SIGNAL] = "signal", [CABIN_REQUEST_CALL] = "call",	    [CABIN_REQUEST_MESSAGE] = "message",
    [CABIN_REQUEST_ECHO] = "echo",     [CABIN_REQUEST_WATCH] = "watch",
};

static json_t *load(const char *name)
{
	char path[1024];
	json_error_t error;
	json_t *root;

	snprintf(path, sizeof(path), "%s/%s", CABIN_VECTORS_DIR, name);
	root = json_load_file(path, 0, &error);
	if (!root)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	assert_true(json_array_size(root) > 0);
	return root;
}

static void what_consoles_say(void **state)
{
	json_t *root = load("console_client.json"), *entry;
	bool seen[CABIN_REQUEST_COUNT] = {false};
	size_t index;

	(void)state;
	json_array_foreach(root, index, entry)
	{
		const char *text = json_string_value(json_object_get(entry, "text"));
		const char *request = json_string_value(json_object_get(entry, "request"));
		struct cabin_client_message message;
		enum cabin_close_code code = 0;
		int result = cabin_control_parse(&message, text, strlen(text), &code);

		print_message("%s\n", json_string_value(json_object_get(entry, "name")));
		if (!request) {
			assert_true(result < 0);
			assert_int_equal(code, json_integer_value(json_object_get(entry, "close")));
			continue;
		}
		assert_int_equal(result, 0);
		assert_int_equal(message.kind, CABIN_CLIENT_CONSOLE);
		assert_string_equal(request_words[message.console.kind], request);
		seen[message.console.kind] = true;
	}
	for (int kind = 0; kind < CABIN_REQUEST_COUNT; kind++)
		assert_true(seen[kind]);
	json_decref(root);
}

static int write_joined(char *out, size_t size)
{
	struct cabin_console_joined joined = {
	    .booth = "plenary-vi-fr",
	    .room = "plenary",
	    .seat = 1,
	    .ssrc = 65541,
	    .resume = 0x00112233445566aaU,
	    .grace_ms = 10000,
	    .packet_ms = 20,
	    .bitrate_bps = 48000,
	    .complexity = 9,
	    .outputs = {{.channel = 2, .language = "vi"}, {.channel = 3, .language = NULL}},
	    .output_count = 2,
	};
	return cabin_console_write_joined(out, size, &joined);
}

static int write_booth(char *out, size_t size)
{
	struct cabin_console_booth_view view = {
	    .booth = "plenary-vi-fr",
	    .mode = CABIN_BOOTH_INTERLOCK,
	    .output = 1,
	    .on_air = 1,
	    .since_us = 81234567890,
	    .seat_count = 2,
	    .seats = {{.present = true, .mic = true, .late = true, .channel = 1, .name = "Lan \"Anh\""},
		      {.quality = -1, .call = CABIN_CALL_SEEN}},
	    .handover = {.state = CABIN_HANDOVER_AGREED, .from = 1, .to = 2, .by = 2, .at_us = 81234967890},
	};
	return cabin_console_write_booth(out, size, &view, 57);
}

static int write_booth_empty(char *out, size_t size)
{
	struct cabin_console_booth_view view = {
	    .booth = "b", .seat_count = 2, .seats = {{.quality = -1}, {.quality = CABIN_QUALITY_RELAY, .channel = 4}}};
	return cabin_console_write_booth(out, size, &view, 1);
}

static int write_room(char *out, size_t size)
{
	struct cabin_console_room_view view = {
	    .room = "plenary",
	    .floor_language = "vi",
	    .signal_until_us = {[CABIN_SIGNAL_SLOW_DOWN] = 81234567890},
	    .channel_count = 3,
	    .channels =
		{{.channel = 1, .feed = CABIN_FEED_FLOOR, .quality = -1, .is_floor = true},
		 {.channel = 2,
		  .feed = CABIN_FEED_BOOTH,
		  .booth = "plenary-vi-fr",
		  .seat = 1,
		  .quality = CABIN_QUALITY_RELAY_OF_RELAY,
		  .listeners = 412,
		  .lufs_known = true,
		  .lufs_tenths = -215},
		 {.channel = 3, .feed = CABIN_FEED_CHANNEL, .quality = -1, .idle = CABIN_IDLE_CHANNEL, .idle_from = 2}},
	};
	return cabin_console_write_room(out, size, &view, 9);
}

static int write_message_text(char *out, size_t size)
{
	static const char text[] = "Trang 3, dòng 2";
	struct cabin_console_message message = {.from_booth = "plenary-vi-fr",
						.from_seat = 2,
						.to = "partner",
						.text = text,
						.text_size = sizeof(text) - 1,
						.at_us = 5};
	return cabin_console_write_message(out, size, &message);
}

static int write_message_technician(char *out, size_t size)
{
	struct cabin_console_message message = {.to = "plenary-vi-fr", .canned = "sound-bad", .at_us = 5};
	return cabin_console_write_message(out, size, &message);
}

static int write_held(char *out, size_t size)
{
	return cabin_console_write_error(out, size, "channel-held", "another booth is on air there", "third", 2);
}

static const struct {
	const char *name;
	int (*write)(char *out, size_t size);
} messages[] = {
    {"joined", write_joined},
    {"booth, a hand-over agreed", write_booth},
    {"booth, nobody there", write_booth_empty},
    {"room", write_room},
    {"message, a text", write_message_text},
    {"message, a technician's, canned", write_message_technician},
    {"error, a channel that is held", write_held},
};
enum { MESSAGE_COUNT = sizeof(messages) / sizeof(messages[0]) };

static void what_the_server_says(void **state)
{
	json_t *root = load("console_server.json");
	char text[CABIN_NOTICE_MAX_BYTES + 1];

	(void)state;
	assert_int_equal(json_array_size(root), MESSAGE_COUNT);
	for (size_t i = 0; i < MESSAGE_COUNT; i++) {
		const json_t *entry = json_array_get(root, i);

		assert_string_equal(json_string_value(json_object_get(entry, "name")), messages[i].name);
		assert_true(messages[i].write(text, sizeof(text)) > 0);
		assert_string_equal(json_string_value(json_object_get(entry, "text")), text);
	}
	json_decref(root);
}

static int print_anew(void)
{
	json_t *root = json_array();
	char text[CABIN_NOTICE_MAX_BYTES + 1];

	for (size_t i = 0; i < MESSAGE_COUNT; i++)
		if (messages[i].write(text, sizeof(text)) > 0)
			json_array_append_new(root, json_pack("{s:s, s:s}", "name", messages[i].name, "text", text));
	json_dumpf(root, stdout, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	json_decref(root);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_consoles_say),
	    cmocka_unit_test(what_the_server_says),
	};

	if (argc > 1 && strcmp(argv[1], "--write") == 0)
		return print_anew();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
