/* audio/helper_device: which name of a list a configured name means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audio/helper_device.h"

static const char *const names[] = {"USB Audio: - (hw:1,0)", "USB Audio: #1 (hw:1,1)", "system", "System Default",
				    "JACK Audio Connection Kit"};
enum { COUNT = sizeof(names) / sizeof(names[0]) };

static void exact_wins_then_case_then_the_only_part(void **state)
{
	assert_int_equal(cabin_device_match(names, COUNT, "system"), 2);
	assert_int_equal(cabin_device_match(names, COUNT, "SYSTEM"), 2);
	assert_int_equal(cabin_device_match(names, COUNT, "hw:1,1"), 1);
	assert_int_equal(cabin_device_match(names, COUNT, "jack"), 4);
	assert_int_equal(cabin_device_match(names, COUNT, "default"), 3);
}

static void none_and_several_are_told_apart(void **state)
{
	assert_int_equal(cabin_device_match(names, COUNT, "hw:2"), -1);
	assert_int_equal(cabin_device_match(names, COUNT, "usb"), -2);
	assert_int_equal(cabin_device_match(names, COUNT, "syst"), -2);
	assert_int_equal(cabin_device_match(names, 0, "system"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(exact_wins_then_case_then_the_only_part),
	    cmocka_unit_test(none_and_several_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
