/* server/relay/booth: who is on air, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "relay/booth.h"
#include "relay/hub.h"

static const uint64_t ms = CABIN_NS_PER_MS;

static void an_active_packet_takes_and_the_hold_keeps(void **state)
{
	struct cabin_booth booth;

	cabin_booth_init(&booth, 100);
	assert_int_equal(cabin_booth_on_air(&booth, 0), CABIN_INDEX_NONE);
	cabin_booth_packet(&booth, 3, false, 10 * ms);
	assert_int_equal(cabin_booth_on_air(&booth, 10 * ms), CABIN_INDEX_NONE);
	cabin_booth_packet(&booth, 3, true, 20 * ms);
	assert_int_equal(cabin_booth_on_air(&booth, 20 * ms), 3);
	assert_int_equal(cabin_booth_on_air(&booth, 20000 * ms), 3); /* active for as long as it says so */
	assert_true(cabin_booth_due_ns(&booth) == UINT64_MAX);
	cabin_booth_packet(&booth, 3, false, 30 * ms);
	cabin_booth_packet(&booth, 3, false, 50 * ms); /* does not start the hold anew */
	assert_int_equal(cabin_booth_due_ns(&booth), 130 * ms);
	assert_int_equal(cabin_booth_on_air(&booth, 129 * ms), 3);
	cabin_booth_packet(&booth, 3, true, 129 * ms);
	assert_int_equal(cabin_booth_on_air(&booth, 140 * ms), 3);
	cabin_booth_packet(&booth, 3, false, 140 * ms);
	assert_int_equal(cabin_booth_on_air(&booth, 240 * ms), CABIN_INDEX_NONE);
	assert_true(cabin_booth_due_ns(&booth) == UINT64_MAX);
}

static void a_lost_source_gives_up_at_once(void **state)
{
	struct cabin_booth booth;

	cabin_booth_init(&booth, 100);
	cabin_booth_packet(&booth, 3, true, 0);
	cabin_booth_lost(&booth, 4);
	assert_int_equal(cabin_booth_on_air(&booth, 1), 3);
	cabin_booth_lost(&booth, 3);
	assert_int_equal(cabin_booth_on_air(&booth, 1), CABIN_INDEX_NONE);
	cabin_booth_packet(&booth, 3, false, 2 * ms);
	assert_int_equal(cabin_booth_on_air(&booth, 2 * ms), CABIN_INDEX_NONE);
}

static void a_hold_of_nothing_does_not_flap(void **state)
{
	struct cabin_booth booth;

	cabin_booth_init(&booth, 0);
	for (uint64_t i = 0; i < 10; i++) {
		cabin_booth_packet(&booth, 3, true, i * 20 * ms);
		assert_int_equal(cabin_booth_on_air(&booth, i * 20 * ms + 19 * ms), 3);
	}
	cabin_booth_packet(&booth, 3, false, 200 * ms);
	assert_int_equal(cabin_booth_on_air(&booth, 200 * ms), CABIN_INDEX_NONE);
}

static void a_second_seat_takes_from_a_held_one_only(void **state)
{
	struct cabin_booth booth;

	cabin_booth_init(&booth, 100);
	cabin_booth_packet(&booth, 3, true, 0);
	cabin_booth_packet(&booth, 4, true, 10 * ms);
	assert_int_equal(cabin_booth_on_air(&booth, 10 * ms), 3);
	cabin_booth_packet(&booth, 3, false, 20 * ms);
	cabin_booth_packet(&booth, 4, true, 30 * ms);
	assert_int_equal(cabin_booth_on_air(&booth, 30 * ms), 4);
	cabin_booth_packet(&booth, 3, false, 40 * ms);
	assert_int_equal(cabin_booth_on_air(&booth, 40000 * ms), 4);
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
