/* "Did you mean": distances, and when a word is near enough. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/nearest.h"

static void counts_edits(void **state)
{
	assert_int_equal(cabin_edit_distance("", ""), 0);
	assert_int_equal(cabin_edit_distance("", "abc"), 3);
	assert_int_equal(cabin_edit_distance("abc", ""), 3);
	assert_int_equal(cabin_edit_distance("listen", "listen"), 0);
	assert_int_equal(cabin_edit_distance("lsten", "listen"), 1);
	assert_int_equal(cabin_edit_distance("listten", "listen"), 1);
	assert_int_equal(cabin_edit_distance("lisden", "listen"), 1);
	assert_int_equal(cabin_edit_distance("lisetn", "listen"), 1); /* neighbours swapped */
	assert_int_equal(cabin_edit_distance("kitten", "sitting"), 3);
	assert_int_equal(cabin_edit_distance("ca", "abc"), 3); /* no edit between swapped letters */
}

static void refuses_long_words(void **state)
{
	char longest[66] = {0};
	for (int i = 0; i < 65; i++)
		longest[i] = 'x';
	assert_int_equal(cabin_edit_distance(longest, "x"), UINT32_MAX);
	assert_int_equal(cabin_edit_distance("x", longest), UINT32_MAX);
	assert_int_equal(cabin_edit_distance(longest + 1, "x"), 63);
}

static void keeps_the_nearest(void **state)
{
	struct cabin_nearest nearest = cabin_nearest_to("tls_crt");
	cabin_nearest_offer(&nearest, NULL);
	assert_null(nearest.best);
	cabin_nearest_offer(&nearest, "listen");
	assert_null(nearest.best);
	cabin_nearest_offer(&nearest, "tls_key");
	assert_null(nearest.best);
	cabin_nearest_offer(&nearest, "tls_cert");
	assert_string_equal(nearest.best, "tls_cert");
	cabin_nearest_offer(&nearest, "tlx_crt"); /* as near: the first stays */
	assert_string_equal(nearest.best, "tls_cert");
	cabin_nearest_offer(&nearest, "tls_crt");
	assert_string_equal(nearest.best, "tls_crt");
}

static void does_not_guess_for_short_words(void **state)
{
	struct cabin_nearest nearest = cabin_nearest_to("en");
	cabin_nearest_offer(&nearest, "vi");
	assert_null(nearest.best);
	cabin_nearest_offer(&nearest, "on");
	assert_string_equal(nearest.best, "on");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counts_edits),
	    cmocka_unit_test(refuses_long_words),
	    cmocka_unit_test(keeps_the_nearest),
	    cmocka_unit_test(does_not_guess_for_short_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
