/* rtp.json, extension.json, control_client.json and control_server.json against
 * common/wire. The format is in README.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "vectors.h"
#include "wire/control.h"
#include "wire/rtp.h"

enum { BYTES_MAX = 4096 };

static size_t from_hex(uint8_t *out, const char *hex)
{
	size_t size = strlen(hex) / 2;

	assert_true(size <= BYTES_MAX);
	for (size_t i = 0; i < size; i++) {
		char byte[3] = {hex[2 * i], hex[2 * i + 1], 0};

		out[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	return size;
}

static void rtp_packets(void **state)
{
	json_t *root = load("rtp.json"), *entry;
	size_t index;

	json_array_foreach(root, index, entry)
	{
		const json_t *expect = json_object_get(entry, "expect");
		uint8_t bytes[BYTES_MAX];
		size_t size = from_hex(bytes, text_of(entry, "hex"));
		struct cabin_rtp rtp;
		int result = cabin_rtp_parse(&rtp, bytes, size);

		print_message("%s\n", text_of(entry, "name"));
		if (json_is_null(expect)) {
			assert_true(result == CABIN_EFORMAT || result == CABIN_ETOOBIG);
			continue;
		}
		assert_int_equal(result, 0);
		assert_int_equal(rtp.marker, json_is_true(json_object_get(expect, "marker")));
		assert_int_equal(rtp.sequence, whole_of(expect, "sequence"));
		assert_int_equal(rtp.timestamp, whole_of(expect, "timestamp"));
		assert_int_equal(rtp.ssrc, whole_of(expect, "ssrc"));
		assert_int_equal(rtp.payload - bytes, whole_of(expect, "payload_offset"));
		assert_int_equal(rtp.payload_size, whole_of(expect, "payload_size"));
		assert_int_equal(rtp.duration_samples, whole_of(expect, "duration_samples"));
	}
	json_decref(root);
}

static void extension(void **state)
{
	json_t *root = load("extension.json"), *entry;
	size_t index;

	json_array_foreach(root, index, entry)
	{
		const json_t *values = json_object_get(entry, "values"), *extended = json_object_get(entry, "extended");
		uint64_t newest = whole_of(entry, "start");

		print_message("%s\n", text_of(entry, "name"));
		assert_true(json_array_size(values) > 0 && json_array_size(values) == json_array_size(extended));
		for (size_t i = 0; i < json_array_size(values); i++) {
			uint64_t low = (uint64_t)json_integer_value(json_array_get(values, i));

			newest = whole_of(entry, "bits") == 16 ? cabin_rtp_extend16(newest, (uint16_t)low)
							       : cabin_rtp_extend32(newest, (uint32_t)low);
			assert_int_equal(newest, json_integer_value(json_array_get(extended, i)));
		}
	}
	json_decref(root);
}

static void check_number(const json_t *expect, const char *key, double value)
{
	const json_t *number = json_object_get(expect, key);

	if (json_is_null(number))
		assert_true(value < 0);
	else
		assert_true(json_is_number(number) && json_number_value(number) == value);
}

static void check_report(const struct cabin_client_report *report, const json_t *expect)
{
	static const char *const states[] = {"starting", "live", "stalled", "interrupted"};
	static const char *const fallbacks[] = {"none", "script-processor", "ogg-http", "native"};

	assert_int_equal(report->channel, whole_of(expect, "channel"));
	assert_string_equal(states[report->state], text_of(expect, "state"));
	assert_string_equal(fallbacks[report->fallback], text_of(expect, "fallback"));
	assert_int_equal(report->underruns, whole_of(expect, "underruns"));
	assert_int_equal(report->hidden, json_is_true(json_object_get(expect, "hidden")));
	check_number(expect, "buffer_ms", report->buffer_ms);
	check_number(expect, "target_ms", report->target_ms);
	check_number(expect, "late_ms", report->late_ms);
	check_number(expect, "concealed_ms", report->concealed_ms);
	check_number(expect, "mouth_to_ear_ms", report->mouth_to_ear_ms);
	check_number(expect, "round_trip_ms", report->round_trip_ms);
}

static void check_client(const struct cabin_client_message *message, const json_t *expect)
{
	static const char *const types[] = {"listen", "stop", "ping", "report"};

	assert_string_equal(types[message->kind], text_of(expect, "type"));
	if (message->kind == CABIN_CLIENT_LISTEN)
		assert_int_equal(message->listen.channel, whole_of(expect, "channel"));
	if (message->kind == CABIN_CLIENT_PING) {
		assert_int_equal(message->ping.id, whole_of(expect, "id"));
		check_number(expect, "t1", message->ping.t1);
	}
	if (message->kind == CABIN_CLIENT_REPORT)
		check_report(&message->report, expect);
}

static void messages_from_clients(void **state)
{
	json_t *root = load("control_client.json"), *entry;
	size_t index;

	json_array_foreach(root, index, entry)
	{
		const json_t *expect = json_object_get(entry, "expect"), *close = json_object_get(entry, "close");
		const char *hex = text_of(entry, "hex");
		struct cabin_client_message message;
		enum cabin_close_code code = 0;
		uint8_t bytes[BYTES_MAX];
		size_t size;
		int result;

		print_message("%s\n", text_of(entry, "name"));
		if (hex) {
			size = from_hex(bytes, hex);
		} else {
			size = json_string_length(json_object_get(entry, "text"));
			assert_true(size <= sizeof(bytes));
			memcpy(bytes, text_of(entry, "text"), size);
		}
		result = cabin_control_parse(&message, (const char *)bytes, size, &code);
		assert_true((expect == NULL) != (close == NULL));
		if (expect) {
			assert_int_equal(result, 0);
			check_client(&message, expect);
		} else {
			assert_true(result < 0);
			assert_int_equal(code, json_integer_value(close));
		}
	}
	json_decref(root);
}

static struct cabin_control_mapping mapping_of(const json_t *object)
{
	return (struct cabin_control_mapping){
	    .timestamp = (uint32_t)whole_of(object, "timestamp"),
	    .server_us = whole_of(object, "server_us"),
	    .rate_hz = json_number_value(json_object_get(object, "rate_hz")),
	};
}

static int write_state(char *out, size_t out_size, const json_t *message)
{
	const json_t *clock = json_object_get(message, "clock"), *seat = json_object_get(message, "seat");
	struct cabin_control_state state = {
	    .channel = (uint16_t)whole_of(message, "channel"),
	    .epoch = (uint32_t)whole_of(message, "epoch"),
	    .feed = text_of(message, "feed"),
	    .source = text_of(message, "source"),
	    .booth = text_of(message, "booth"),
	    .seat = json_is_null(seat) ? -1 : (int32_t)json_integer_value(seat),
	    .from = json_object_get(message, "from") ? (uint16_t)whole_of(message, "from") : 0,
	    .gain_db = json_number_value(json_object_get(message, "gain_db")),
	    .fade_ms = (uint32_t)whole_of(message, "fade_ms"),
	    .has_first = json_is_integer(json_object_get(message, "sequence")),
	    .has_clock = json_is_object(clock),
	};

	if (state.has_first) {
		state.sequence = (uint16_t)whole_of(message, "sequence");
		state.timestamp = (uint32_t)whole_of(message, "timestamp");
	}
	if (state.has_clock)
		state.clock = mapping_of(clock);
	return cabin_control_write_state(out, out_size, &state);
}

static int write_server(char *out, size_t out_size, const json_t *message)
{
	const char *type = text_of(message, "type");

	if (!strcmp(type, "welcome")) {
		assert_int_equal(whole_of(message, "protocol"), 1);
		return cabin_control_write_welcome(
		    out, out_size,
		    &(struct cabin_control_welcome){text_of(message, "server"), whole_of(message, "listener"),
						    whole_of(message, "clock_us"),
						    (uint32_t)whole_of(message, "queue_limit_ms"),
						    (uint32_t)whole_of(message, "report_interval_ms")});
	}
	if (!strcmp(type, "state"))
		return write_state(out, out_size, message);
	if (!strcmp(type, "clock")) {
		struct cabin_control_mapping clock = mapping_of(message);

		return cabin_control_write_clock(out, out_size, (uint16_t)whole_of(message, "channel"),
						 (uint32_t)whole_of(message, "epoch"), &clock);
	}
	if (!strcmp(type, "pong"))
		return cabin_control_write_pong(
		    out, out_size,
		    &(struct cabin_client_ping){(uint32_t)whole_of(message, "id"),
						json_number_value(json_object_get(message, "t1"))},
		    whole_of(message, "t2"), whole_of(message, "t3"));
	if (!strcmp(type, "error"))
		return cabin_control_write_error(out, out_size, text_of(message, "code"), text_of(message, "text"));
	assert_string_equal(type, "bye");
	return cabin_control_write_bye(out, out_size, text_of(message, "reason"),
				       (uint32_t)whole_of(message, "retry_ms"));
}

static void messages_from_the_server(void **state)
{
	json_t *root = load("control_server.json"), *entry;
	size_t index;

	json_array_foreach(root, index, entry)
	{
		char text[CABIN_STATE_MAX_BYTES + 1];

		print_message("%s\n", text_of(entry, "name"));
		assert_true(write_server(text, sizeof(text), json_object_get(entry, "message")) > 0);
		assert_string_equal(text, text_of(entry, "text"));
	}
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rtp_packets),
	    cmocka_unit_test(extension),
	    cmocka_unit_test(messages_from_clients),
	    cmocka_unit_test(messages_from_the_server),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
