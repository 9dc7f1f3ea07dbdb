/* common/base/utf8: what RFC 3629 allows, and where the rest stops. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/utf8.h"

static void texts_of_all_lengths_are_valid(void **state)
{
	static const char *const texts[] = {"", "a", "Tiếng Việt", "Français", "\x7f",
					    /* the first and last of two, three and four bytes, beside the surrogates */
					    "\xc2\x80\xdf\xbf", "\xe0\xa0\x80\xef\xbf\xbf", "\xed\x9f\xbf\xee\x80\x80",
					    "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_true(cabin_utf8_valid(texts[i], strlen(texts[i]), NULL));
	assert_true(cabin_utf8_valid("a\0b", 3, NULL));
}

static void everything_else_is_told_where(void **state)
{
	static const char *const tails[] = {
	    "\x80",	    "\xbf",	    "\xc0\x80",		"\xc1\xbf",	"\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf",
	    "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80", "\xfe",		"\xff",
	    "\xc3",	    "\xe1\xbb",	    "\xf0\x9f\x98",	"\xc3(",	"\xe1\xbb(",	"\xf0\x9f\x98(",
	};
	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		char text[16] = "\xc3\xa9";
		size_t bad = 0;
		strcat(text, tails[i]);
		assert_false(cabin_utf8_valid(text, strlen(text), &bad));
		assert_int_equal(bad, 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts_of_all_lengths_are_valid),
	    cmocka_unit_test(everything_else_is_told_where),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
