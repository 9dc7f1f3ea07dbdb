/* server/net/gate: who may hear a locked room, and how often one may guess. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "net/gate.h"
#include "net/server.h"

enum { PIN = 14821, OTHER = 11111, ROOM = 3 };

static const uint64_t second = CABIN_NS_PER_S;

static void an_open_room_asks_nothing(void **state)
{
	struct cabin_gate gate = {0};
	assert_int_equal(cabin_gate_ask(&gate, ROOM, CABIN_PIN_NONE, CABIN_PIN_NONE, 1), CABIN_GATE_OPEN);
	assert_int_equal(cabin_gate_ask(&gate, ROOM, CABIN_PIN_NONE, OTHER, 1), CABIN_GATE_OPEN);
	assert_true(cabin_gate_stays(&gate, ROOM, CABIN_PIN_NONE));
}

static void the_right_pin_is_remembered_for_its_room(void **state)
{
	struct cabin_gate gate = {0};
	assert_int_equal(cabin_gate_ask(&gate, ROOM, PIN, CABIN_PIN_NONE, 1), CABIN_GATE_PIN_REQUIRED);
	assert_false(cabin_gate_stays(&gate, ROOM, PIN));
	assert_int_equal(cabin_gate_ask(&gate, ROOM, PIN, PIN, 1), CABIN_GATE_OPEN);
	assert_true(cabin_gate_stays(&gate, ROOM, PIN));
	assert_int_equal(cabin_gate_ask(&gate, ROOM, PIN, CABIN_PIN_NONE, 1), CABIN_GATE_OPEN);
	/* Another room that has the same, and the same room with another. */
	assert_int_equal(cabin_gate_ask(&gate, ROOM + 1, PIN, CABIN_PIN_NONE, 1), CABIN_GATE_PIN_REQUIRED);
	assert_false(cabin_gate_stays(&gate, ROOM + 1, PIN));
	assert_false(cabin_gate_stays(&gate, ROOM, OTHER));
	assert_int_equal(cabin_gate_ask(&gate, ROOM, OTHER, CABIN_PIN_NONE, 1), CABIN_GATE_PIN_REQUIRED);
}

static void five_guesses_a_minute(void **state)
{
	struct cabin_gate gate = {0};
	uint64_t now_ns = 1000 * second;
	for (int i = 0; i < CABIN_GATE_WRONG_MAX; i++) {
		assert_int_equal(cabin_gate_ask(&gate, ROOM, PIN, OTHER, now_ns), CABIN_GATE_PIN_WRONG);
		now_ns += second;
	}
	/* The right one is not looked at any more, until a minute after the first wrong one. */
	assert_int_equal(cabin_gate_ask(&gate, ROOM, PIN, PIN, now_ns), CABIN_GATE_PIN_WRONG);
	assert_int_equal(cabin_gate_ask(&gate, ROOM, PIN, PIN, 1060 * second - 1), CABIN_GATE_PIN_WRONG);
	assert_int_equal(cabin_gate_ask(&gate, ROOM, PIN, PIN, 1060 * second), CABIN_GATE_OPEN);
}

static void a_text_that_is_no_pin_is_wrong(void **state)
{
	struct cabin_gate gate = {0};
	assert_int_equal(cabin_gate_ask(&gate, ROOM, PIN, CABIN_PIN_IMPOSSIBLE, 1), CABIN_GATE_PIN_WRONG);
}

static void a_hidden_room_is_nobody_s(void **state)
{
	struct cabin_gate gate = {.pin = PIN, .room_index = ROOM};
	assert_int_equal(cabin_gate_ask(&gate, ROOM, CABIN_ROOM_HIDDEN, CABIN_PIN_NONE, 1), CABIN_GATE_HIDDEN);
	assert_int_equal(cabin_gate_ask(&gate, ROOM, CABIN_ROOM_HIDDEN, CABIN_ROOM_HIDDEN, 1), CABIN_GATE_HIDDEN);
	assert_false(cabin_gate_stays(&gate, ROOM, CABIN_ROOM_HIDDEN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_open_room_asks_nothing), cmocka_unit_test(the_right_pin_is_remembered_for_its_room),
	    cmocka_unit_test(five_guesses_a_minute),	 cmocka_unit_test(a_text_that_is_no_pin_is_wrong),
	    cmocka_unit_test(a_hidden_room_is_nobody_s),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
