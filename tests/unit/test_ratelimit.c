/* common/base/ratelimit and clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/ratelimit.h"

static void a_burst_then_one_each_interval(void **state)
{
	struct cabin_ratelimit limit;
	uint64_t swallowed = 99;

	cabin_ratelimit_init(&limit, 50, 3);
	for (int i = 0; i < 3; i++)
		assert_true(cabin_ratelimit_take(&limit, 1000, NULL));
	assert_false(cabin_ratelimit_take(&limit, 1000, NULL));
	assert_false(cabin_ratelimit_take(&limit, 1049, NULL));
	assert_true(cabin_ratelimit_take(&limit, 1050, &swallowed));
	assert_int_equal(swallowed, 2);
	assert_false(cabin_ratelimit_take(&limit, 1050, NULL));
	assert_true(cabin_ratelimit_take(&limit, 1100, &swallowed));
	assert_int_equal(swallowed, 1);
	/* After a rest the whole burst is there again, and no more. */
	for (int i = 0; i < 3; i++)
		assert_true(cabin_ratelimit_take(&limit, 100000, NULL));
	assert_false(cabin_ratelimit_take(&limit, 100000, NULL));
}

static void the_average_holds(void **state)
{
	struct cabin_ratelimit limit;
	uint32_t taken = 0;

	cabin_ratelimit_init(&limit, CABIN_NS_PER_S / 20, 40);
	for (uint64_t ms = 0; ms < 60000; ms++)
		taken += cabin_ratelimit_take(&limit, ms * CABIN_NS_PER_MS, NULL);
	assert_in_range(taken, 60 * 20 + 39, 60 * 20 + 40);
}

static void the_monotonic_clock_does_not_go_back(void **state)
{
	struct cabin_clock clock = cabin_clock_monotonic();
	uint64_t before_ns = cabin_clock_now_ns(&clock);

	assert_true(before_ns > 0);
	for (int i = 0; i < 1000; i++) {
		uint64_t now_ns = cabin_clock_now_ns(&clock);

		assert_true(now_ns >= before_ns);
		before_ns = now_ns;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_burst_then_one_each_interval),
	    cmocka_unit_test(the_average_holds),
	    cmocka_unit_test(the_monotonic_clock_does_not_go_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
