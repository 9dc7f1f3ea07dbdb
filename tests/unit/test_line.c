/* server/relay/line: who is on air, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "relay/hub.h"
#include "relay/line.h"

static const uint64_t ms = CABIN_NS_PER_MS;

static void an_active_packet_takes_and_the_hold_keeps(void **state)
{
	struct cabin_line line;

	cabin_line_init(&line, 100);
	assert_int_equal(cabin_line_on_air(&line, 0), CABIN_INDEX_NONE);
	cabin_line_packet(&line, 3, false, 10 * ms);
	assert_int_equal(cabin_line_on_air(&line, 10 * ms), CABIN_INDEX_NONE);
	cabin_line_packet(&line, 3, true, 20 * ms);
	assert_int_equal(cabin_line_on_air(&line, 20 * ms), 3);
	assert_int_equal(cabin_line_on_air(&line, 20000 * ms), 3); /* active for as long as it says so */
	assert_true(cabin_line_due_ns(&line) == UINT64_MAX);
	cabin_line_packet(&line, 3, false, 30 * ms);
	cabin_line_packet(&line, 3, false, 50 * ms); /* does not start the hold anew */
	assert_int_equal(cabin_line_due_ns(&line), 130 * ms);
	assert_int_equal(cabin_line_on_air(&line, 129 * ms), 3);
	cabin_line_packet(&line, 3, true, 129 * ms);
	assert_int_equal(cabin_line_on_air(&line, 140 * ms), 3);
	cabin_line_packet(&line, 3, false, 140 * ms);
	assert_int_equal(cabin_line_on_air(&line, 240 * ms), CABIN_INDEX_NONE);
	assert_true(cabin_line_due_ns(&line) == UINT64_MAX);
}

static void a_lost_source_gives_up_at_once(void **state)
{
	struct cabin_line line;

	cabin_line_init(&line, 100);
	cabin_line_packet(&line, 3, true, 0);
	cabin_line_lost(&line, 4);
	assert_int_equal(cabin_line_on_air(&line, 1), 3);
	cabin_line_lost(&line, 3);
	assert_int_equal(cabin_line_on_air(&line, 1), CABIN_INDEX_NONE);
	cabin_line_packet(&line, 3, false, 2 * ms);
	assert_int_equal(cabin_line_on_air(&line, 2 * ms), CABIN_INDEX_NONE);
}

static void a_hold_of_nothing_does_not_flap(void **state)
{
	struct cabin_line line;

	cabin_line_init(&line, 0);
	for (uint64_t i = 0; i < 10; i++) {
		cabin_line_packet(&line, 3, true, i * 20 * ms);
		assert_int_equal(cabin_line_on_air(&line, i * 20 * ms + 19 * ms), 3);
	}
	cabin_line_packet(&line, 3, false, 200 * ms);
	assert_int_equal(cabin_line_on_air(&line, 200 * ms), CABIN_INDEX_NONE);
}

static void a_second_seat_takes_from_a_held_one_only(void **state)
{
	struct cabin_line line;

	cabin_line_init(&line, 100);
	cabin_line_packet(&line, 3, true, 0);
	cabin_line_packet(&line, 4, true, 10 * ms);
	assert_int_equal(cabin_line_on_air(&line, 10 * ms), 3);
	cabin_line_packet(&line, 3, false, 20 * ms);
	cabin_line_packet(&line, 4, true, 30 * ms);
	assert_int_equal(cabin_line_on_air(&line, 30 * ms), 4);
	cabin_line_packet(&line, 3, false, 40 * ms);
	assert_int_equal(cabin_line_on_air(&line, 40000 * ms), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_active_packet_takes_and_the_hold_keeps),
	    cmocka_unit_test(a_lost_source_gives_up_at_once),
	    cmocka_unit_test(a_hold_of_nothing_does_not_flap),
	    cmocka_unit_test(a_second_seat_takes_from_a_held_one_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
