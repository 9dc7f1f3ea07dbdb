/* common/media/arrivals: what lateness makes of the target. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/arrivals.h"

enum { MS = 48 };

/* Packets of 20 ms from number `from` on, all `late_ms` late. */
static void come(struct cabin_arrivals *arrivals, int64_t from, int64_t count, int64_t late_ms)
{
	for (int64_t i = from; i < from + count; i++)
		cabin_arrivals_add(arrivals, 1000000 + (i * 20 + late_ms) * MS, i * 20 * MS);
}

static void careful_at_first_and_low_once_it_knows(void **state)
{
	struct cabin_arrivals arrivals;
	cabin_arrivals_init(&arrivals);
	assert_true(cabin_arrivals_base(&arrivals) == CABIN_ARRIVALS_NO_BASE);
	come(&arrivals, 0, 10, 0);
	assert_true(cabin_arrivals_base(&arrivals) == 1000000);
	assert_true(arrivals.target == 36 * MS);
	come(&arrivals, 10, 1000, 0);
	assert_true(arrivals.target == 20 * MS);
	come(&arrivals, 1010, 15000, 0);
	assert_true(arrivals.target == 12 * MS);
}

static void one_stall_is_met_and_forgotten(void **state)
{
	struct cabin_arrivals arrivals;
	cabin_arrivals_init(&arrivals);
	come(&arrivals, 0, 1000, 0);
	come(&arrivals, 1000, 1, 100);
	assert_true(arrivals.late_max == 100 * MS);
	assert_true(arrivals.target == 100 * MS);
	come(&arrivals, 1001, 100, 0);
	assert_true(arrivals.target == 20 * MS);
}

static void stalls_that_come_again_are_held_for(void **state)
{
	struct cabin_arrivals arrivals;
	cabin_arrivals_init(&arrivals);
	for (int i = 0; i < 10; i++) {
		come(&arrivals, i * 200, 199, 0);
		come(&arrivals, i * 200 + 199, 1, 150);
	}
	come(&arrivals, 2000, 100, 0);
	assert_true(arrivals.target > 100 * MS && arrivals.target <= 158 * MS);
	come(&arrivals, 2100, 1000, 0); /* they stopped */
	assert_true(arrivals.target <= 26 * MS);
}

static void an_outage_is_not_buffered_for_but_a_longer_path_is_learnt(void **state)
{
	struct cabin_arrivals arrivals;
	cabin_arrivals_init(&arrivals);
	come(&arrivals, 0, 1000, 0);
	come(&arrivals, 1000, 10, 5000);
	assert_true(arrivals.outage);
	assert_true(arrivals.target == 20 * MS);
	come(&arrivals, 1260, 1, 0);
	assert_false(arrivals.outage);
	come(&arrivals, 1261, 200, 600);
	assert_false(arrivals.outage);
	assert_true(cabin_arrivals_base(&arrivals) == 1000000 + 600 * MS);
}

static void much_earlier_is_another_zero(void **state)
{
	struct cabin_arrivals arrivals;
	cabin_arrivals_init(&arrivals);
	come(&arrivals, 0, 100, 500);
	come(&arrivals, 100, 100, 0);
	assert_true(cabin_arrivals_base(&arrivals) == 1000000);
	assert_false(arrivals.outage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(careful_at_first_and_low_once_it_knows),
	    cmocka_unit_test(one_stall_is_met_and_forgotten),
	    cmocka_unit_test(stalls_that_come_again_are_held_for),
	    cmocka_unit_test(an_outage_is_not_buffered_for_but_a_longer_path_is_learnt),
	    cmocka_unit_test(much_earlier_is_another_zero),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
