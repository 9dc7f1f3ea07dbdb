/* common/wire/console_read: that every limit is one, in bytes. What each message may
 * hold, word by word, is in tests/vectors/console_client.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "wire/control.h"

static int parse(struct cabin_client_message *out, const char *text)
{
	enum cabin_close_code code;
	return cabin_control_parse(out, text, strlen(text), &code);
}

/* `format` with so many letters in it. */
static int parse_long(const char *format, size_t size)
{
	char letters[CABIN_CONTROL_MAX_BYTES], text[2 * CABIN_CONTROL_MAX_BYTES];
	struct cabin_client_message message;
	assert_true(size < sizeof(letters));
	memset(letters, 'x', size);
	letters[size] = '\0';
	snprintf(text, sizeof(text), format, letters);
	return parse(&message, text);
}

static void texts_have_their_limits(void **state)
{
	static const struct {
		const char *format;
		size_t max;
	} cases[] = {
	    {"{\"type\":\"join\",\"token\":\"%s\"}", CABIN_JOIN_TOKEN_BYTES},
	    {"{\"type\":\"join\",\"token\":\"t\",\"name\":\"%s\"}", CABIN_SEAT_NAME_BYTES},
	    {"{\"type\":\"message\",\"to\":\"room\",\"text\":\"%s\"}", CABIN_MESSAGE_TEXT_BYTES},
	    {"{\"type\":\"message\",\"to\":\"%s\",\"text\":\"x\"}", CABIN_NAME_MAX_BYTES - 1},
	    {"{\"type\":\"call\",\"booth\":\"%s\",\"seat\":1,\"state\":\"seen\"}", CABIN_NAME_MAX_BYTES - 1},
	    {"{\"type\":\"watch\",\"room\":\"%s\"}", CABIN_NAME_MAX_BYTES - 1},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(parse_long(cases[i].format, cases[i].max), 0);
		assert_int_equal(parse_long(cases[i].format, cases[i].max + 1), CABIN_EFORMAT);
	}
}

/* A name of whole characters is never cut in the middle of one: it is taken or refused. */
static void a_name_in_another_script_is_whole(void **state)
{
	struct cabin_client_message message;
	assert_int_equal(parse(&message, "{\"type\":\"join\",\"token\":\"t\",\"name\":\"ộộộộộộộộộộab\"}"), 0);
	assert_string_equal(message.console.join.name, "ộộộộộộộộộộab");
	assert_int_equal(parse(&message, "{\"type\":\"join\",\"token\":\"t\",\"name\":\"ộộộộộộộộộộộ\"}"),
			 CABIN_EFORMAT);
}

/* A message that is cut anywhere is no message. */
static void half_a_message_is_none(void **state)
{
	static const char *const whole[] = {
	    "{\"type\":\"join\",\"token\":\"t\",\"seat\":2,\"name\":\"Lan\",\"mic\":true}",
	    "{\"type\":\"clock\",\"timestamp\":4294966336,\"server_us\":81234567890,\"rate_hz\":48000.01}",
	    "{\"type\":\"idle\",\"channel\":2,\"feed\":\"channel\",\"from\":3}",
	};
	struct cabin_client_message message;
	enum cabin_close_code code;
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		assert_int_equal(parse(&message, whole[i]), 0);
		for (size_t size = 0; size < strlen(whole[i]); size++) {
			assert_true(cabin_control_parse(&message, whole[i], size, &code) < 0);
			assert_int_equal(code, CABIN_CLOSE_NOT_JSON);
		}
	}
}

static void every_seat_key_and_channel_comes_through(void **state)
{
	struct cabin_client_message message;
	char text[200];
	for (unsigned seat = 1; seat <= CABIN_SEATS_MAX; seat++) {
		for (int shift = 0; shift < 64; shift++) {
			uint64_t key = UINT64_C(1) << shift;
			snprintf(text, sizeof(text),
				 "{\"type\":\"join\",\"token\":\"t\",\"seat\":%u,\"resume\":\"%016llx\"}", seat,
				 (unsigned long long)key);
			assert_int_equal(parse(&message, text), 0);
			assert_int_equal(message.console.join.seat, seat);
			assert_true(message.console.join.resume == key);
		}
	}
	for (unsigned number = 1; number <= UINT16_MAX; number += 257) {
		snprintf(text, sizeof(text), "{\"type\":\"monitor\",\"channel\":%u}", number);
		assert_int_equal(parse(&message, text), 0);
		assert_int_equal(message.console.monitor.channel, number);
		assert_false(message.console.monitor.unknown);
	}
}

/* Whoever takes a request on reads all of its kind's fields, those that were not there too. */
static void what_was_not_there_is_zero(void **state)
{
	struct cabin_client_message message;
	memset(&message, 0xff, sizeof(message));
	assert_int_equal(parse(&message, "{\"type\":\"call\",\"booth\":\"vi\",\"seat\":1,\"state\":\"seen\"}"), 0);
	static const bool no = false;
	assert_memory_equal(&message.console.call.on, &no, sizeof(no));
	memset(&message, 0xff, sizeof(message));
	assert_int_equal(parse(&message, "{\"type\":\"call\",\"on\":true}"), 0);
	assert_int_equal(message.console.call.seat, 0);
	assert_string_equal(message.console.call.booth, "");
	memset(&message, 0xff, sizeof(message));
	assert_int_equal(parse(&message, "{\"type\":\"message\",\"to\":\"room\",\"canned\":\"yes\"}"), 0);
	assert_string_equal(message.console.message.booth, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts_have_their_limits),	  cmocka_unit_test(a_name_in_another_script_is_whole),
	    cmocka_unit_test(half_a_message_is_none),	  cmocka_unit_test(every_seat_key_and_channel_comes_through),
	    cmocka_unit_test(what_was_not_there_is_zero),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
