/* audio/gap: a step of the clock against the frame count is a loss; jitter,
 * drift and one late block are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audio/gap.h"

enum { PERIOD = 256, RATE_HZ = 48000 };

static uint64_t at_ns(uint64_t frames, double rate_hz)
{
	return 5000000000u + (uint64_t)((double)frames * 1e9 / rate_hz);
}

static void lost_periods_are_counted_once_and_nearly_exactly(void **state)
{
	struct cabin_gap gap;
	uint64_t total = 0, counted_by = 0;
	cabin_gap_init(&gap, RATE_HZ);
	for (uint64_t block = 0; block < 2000; block++) {
		uint64_t real = block * PERIOD + (block >= 700 ? 4 * PERIOD : 0); /* four periods never came */
		uint64_t jitter_ns = block * 7919 % 300000;
		uint64_t lost = cabin_gap_update(&gap, block * PERIOD, at_ns(real, RATE_HZ) + jitter_ns);
		if (lost)
			counted_by = block;
		total += lost;
	}
	assert_in_range(total, 4 * PERIOD - 16, 4 * PERIOD + 16); /* 16 frames are 0.3 ms of jitter */
	assert_in_range(counted_by, 700, 705);
}

static void one_late_block_is_no_loss(void **state)
{
	struct cabin_gap gap;
	cabin_gap_init(&gap, RATE_HZ);
	for (uint64_t block = 0; block < 2000; block++) {
		uint64_t late_ns = block % 100 == 99 ? 15000000 : 0;
		assert_int_equal(cabin_gap_update(&gap, block * PERIOD, at_ns(block * PERIOD, RATE_HZ) + late_ns), 0);
	}
}

static void a_slow_or_fast_crystal_is_no_loss(void **state)
{
	for (int ppm = -300; ppm <= 300; ppm += 600) {
		struct cabin_gap gap;
		cabin_gap_init(&gap, RATE_HZ);
		for (uint64_t block = 0; block < 60 * 60 * 187; block++) { /* an hour */
			uint64_t stamp_ns = at_ns(block * PERIOD, RATE_HZ * (1 + ppm * 1e-6));
			assert_int_equal(cabin_gap_update(&gap, block * PERIOD, stamp_ns), 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lost_periods_are_counted_once_and_nearly_exactly),
	    cmocka_unit_test(one_late_block_is_no_loss),
	    cmocka_unit_test(a_slow_or_fast_crystal_is_no_loss),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
