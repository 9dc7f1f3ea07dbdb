/* common/base/pulse: who has not beaten for the limit stands still, nobody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/pulse.h"

static const uint64_t LIMIT_NS = CABIN_PULSE_LIMIT_MS * CABIN_NS_PER_MS;

static void stands_still_after_the_limit(void **state)
{
	struct cabin_pulse pulse = {0};
	assert_false(cabin_pulse_stands_still(&pulse, 100 * LIMIT_NS)); /* it has not begun */
	cabin_pulse_beat(&pulse, 1000);
	assert_false(cabin_pulse_stands_still(&pulse, 1000));
	assert_false(cabin_pulse_stands_still(&pulse, 1000 + LIMIT_NS - 1));
	assert_true(cabin_pulse_stands_still(&pulse, 1000 + LIMIT_NS));
	cabin_pulse_beat(&pulse, 1000 + LIMIT_NS);
	assert_false(cabin_pulse_stands_still(&pulse, 1000 + LIMIT_NS));
	assert_false(cabin_pulse_stands_still(&pulse, 999)); /* read before that beat */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(stands_still_after_the_limit)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
