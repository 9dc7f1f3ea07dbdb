/* common/wire/control: writing, in any locale and any room; reading is in the vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "wire/control.h"

static struct cabin_control_state full_state(void)
{
	return (struct cabin_control_state){
	    .channel = 65535,
	    .epoch = 4294967295u,
	    .feed = "pass-through",
	    .source = "silent",
	    .booth = "a \"booth\"\\\n",
	    .seat = 2,
	    .gain_db = -3.5,
	    .fade_ms = 1000,
	    .has_first = true,
	    .sequence = 65535,
	    .timestamp = 4294967295u,
	    .has_clock = true,
	    .clock = {4294967295u, 9007199254740991u, 47999.98765},
	};
}

static void a_state_reads_back_in_a_locale_with_commas(void **state)
{
	struct cabin_control_state message = full_state();
	char text[CABIN_STATE_MAX_BYTES + 1];
	json_t *root, *clock;
	int size;

	/* Where the locale is not installed the numbers are checked all the same. */
	setlocale(LC_ALL, "fr_FR.UTF-8");
	size = cabin_control_write_state(text, sizeof(text), &message);
	assert_int_equal(size, strlen(text));
	root = json_loads(text, 0, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "booth")), message.booth);
	assert_int_equal(json_integer_value(json_object_get(root, "seat")), 2);
	assert_true(json_number_value(json_object_get(root, "gain_db")) == -3.5);
	clock = json_object_get(root, "clock");
	assert_int_equal(json_integer_value(json_object_get(clock, "server_us")), 9007199254740991);
	assert_true(fabs(json_number_value(json_object_get(clock, "rate_hz")) - 47999.98765) <= 0.00005);
	json_decref(root);
	setlocale(LC_ALL, "C");
}

static void too_little_room_is_told_and_never_passed(void **state)
{
	struct cabin_control_state message = full_state();
	char whole[CABIN_STATE_MAX_BYTES + 1], text[CABIN_STATE_MAX_BYTES + 1];
	int size = cabin_control_write_state(whole, sizeof(whole), &message);

	assert_true(size > 0);
	for (size_t room = 1; room <= (size_t)size + 1; room++) {
		int result;

		memset(text, '#', sizeof(text));
		result = cabin_control_write_state(text, room, &message);
		assert_int_equal(text[room], '#');
		if (room <= (size_t)size)
			assert_int_equal(result, CABIN_ETOOBIG);
		else
			assert_string_equal(text, whole);
	}
}

static void the_longest_names_fit(void **state)
{
	struct cabin_control_state message = full_state();
	char name[CABIN_NAME_MAX_BYTES], text[CABIN_STATE_MAX_BYTES + 1];

	memset(name, '\x01', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	message.booth = name;
	assert_in_range(cabin_control_write_state(text, sizeof(text), &message), 1, CABIN_STATE_MAX_BYTES);
}

static double pong_t1(double t1)
{
	char text[200];
	struct cabin_client_ping ping = {7, t1};
	json_t *root;
	double read;

	assert_true(cabin_control_write_pong(text, sizeof(text), &ping, 5, 6) > 0);
	root = json_loads(text, 0, NULL);
	assert_non_null(root);
	read = json_number_value(json_object_get(root, "t1"));
	json_decref(root);
	return read;
}

static void a_pong_gives_the_client_s_clock_back(void **state)
{
	const double whole[] = {0, 1, 123456, 4294967296.0, 9007199254740992.0};

	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		assert_true(pong_t1(whole[i]) == whole[i]);
	assert_true(fabs(pong_t1(1234567.890123) - 1234567.890123) < 1e-6);
	assert_true(fabs(pong_t1(81234567890.1234) - 81234567890.1234) < 1e-3);
}

static void what_is_not_a_number_is_null(void **state)
{
	struct cabin_control_state message = full_state();
	char text[CABIN_STATE_MAX_BYTES + 1];

	message.gain_db = NAN;
	assert_true(cabin_control_write_state(text, sizeof(text), &message) > 0);
	assert_non_null(strstr(text, "\"gain_db\":null"));
}

static void every_size_of_message_is_judged(void **state)
{
	char text[CABIN_CONTROL_MAX_BYTES + 1];
	struct cabin_client_message message;
	enum cabin_close_code code = 0;

	memset(text, ' ', sizeof(text));
	memcpy(text, "{\"type\":\"stop\"}", 15);
	assert_int_equal(cabin_control_parse(&message, text, CABIN_CONTROL_MAX_BYTES, &code), 0);
	assert_int_equal(message.kind, CABIN_CLIENT_STOP);
	assert_int_equal(cabin_control_parse(&message, text, sizeof(text), &code), CABIN_ETOOBIG);
	assert_int_equal(code, CABIN_CLOSE_TOO_BIG);
	assert_int_equal(cabin_control_parse(&message, text, 0, &code), CABIN_EFORMAT);
	assert_int_equal(code, CABIN_CLOSE_NOT_JSON);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_state_reads_back_in_a_locale_with_commas),
	    cmocka_unit_test(too_little_room_is_told_and_never_passed),
	    cmocka_unit_test(the_longest_names_fit),
	    cmocka_unit_test(a_pong_gives_the_client_s_clock_back),
	    cmocka_unit_test(what_is_not_a_number_is_null),
	    cmocka_unit_test(every_size_of_message_is_judged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
