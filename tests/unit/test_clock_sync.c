/* client/clock_sync: the offset of the quickest ping, forgotten after 30 s. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "client/clock_sync.h"

static const double offset_us = 5e9;

/* A ping sent at `at_us` that took that long each way. */
static void ping(struct cabin_clock_sync *sync, double at_us, double there_us, double back_us)
{
	double t2_us = at_us + there_us + offset_us, t3_us = t2_us + 30;
	cabin_clock_sync_take(sync, at_us, t2_us, t3_us, at_us + there_us + 30 + back_us);
}

static double error_us(const struct cabin_clock_sync *sync, double at_us)
{
	uint64_t server_us;
	assert_true(cabin_clock_sync_server_us(sync, (uint64_t)(at_us * 1000), &server_us));
	return (double)server_us - at_us - offset_us;
}

static void the_quickest_ping_holds_for_30_s(void **state)
{
	static struct cabin_clock_sync sync;
	uint64_t server_us;
	cabin_clock_sync_reset(&sync);
	assert_false(cabin_clock_sync_server_us(&sync, 1, &server_us));
	assert_true(cabin_clock_sync_round_trip_ms(&sync) < 0);
	ping(&sync, 1e6, 9000, 1000); /* 4 ms wrong */
	assert_float_equal(error_us(&sync, 1e6), 4000, 2);
	ping(&sync, 2e6, 500, 500);
	assert_float_equal(error_us(&sync, 2e6), 0, 2);
	assert_float_equal(cabin_clock_sync_round_trip_ms(&sync), 1, 0.01);
	for (int i = 3; i < 31; i++) {
		ping(&sync, i * 1e6, 3000, 9000);
		assert_float_equal(error_us(&sync, i * 1e6), 0, 2);
	}
	ping(&sync, 40e6, 3000, 9000);
	assert_float_equal(error_us(&sync, 40e6), -3000, 2);
}

static void nonsense_is_left_out(void **state)
{
	static struct cabin_clock_sync sync;
	cabin_clock_sync_reset(&sync);
	ping(&sync, 1e6, 500, 500);
	cabin_clock_sync_take(&sync, 2e6, 7, 9e9, 2e6 + 5);
	cabin_clock_sync_take(&sync, 2e6, 0.0 / 0.0, 1, 2e6 + 5);
	assert_float_equal(error_us(&sync, 3e6), 0, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_quickest_ping_holds_for_30_s),
	    cmocka_unit_test(nonsense_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
