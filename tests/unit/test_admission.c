/* server/net/admission: nobody is let in beyond the limits, and every place comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/admission.h"

static void listeners(void **state)
{
	struct cabin_admission admission;
	cabin_admission_init(&admission, 3);
	for (int i = 0; i < 3; i++) {
		assert_false(cabin_admission_listeners_full(&admission, false));
		cabin_admission_listener_enter(&admission);
	}
	assert_true(cabin_admission_listeners_full(&admission, false));
	/* Interpreters find a place all the same, and no more of them than are kept. */
	for (int i = 0; i < CABIN_CONSOLE_PLACES; i++) {
		assert_false(cabin_admission_listeners_full(&admission, true));
		cabin_admission_listener_enter(&admission);
	}
	assert_true(cabin_admission_listeners_full(&admission, true));
	for (int i = 0; i < CABIN_CONSOLE_PLACES; i++)
		cabin_admission_listener_leave(&admission);
	cabin_admission_listener_leave(&admission);
	assert_false(cabin_admission_listeners_full(&admission, false));
}

static void connections(void **state)
{
	struct cabin_admission admission;
	uint32_t count = 0;
	cabin_admission_init(&admission, 800);
	while (cabin_admission_connection_enter(&admission))
		count++;
	assert_int_equal(count, cabin_admission_connections(800));
	assert_true(count > 800); /* pages still load when every listener is there */
	cabin_admission_connection_leave(&admission);
	assert_true(cabin_admission_connection_enter(&admission));
	assert_false(cabin_admission_connection_enter(&admission));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(listeners), cmocka_unit_test(connections)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
