/* common/access/revoked: the list, and that it follows its file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/revoked.h"

#define A "00112233445566aa"
#define B "ffeeddccbbaa9988"

static char folder[] = "/tmp/cabin-revoked-XXXXXX";
static char path[64];
static struct cabin_revoked *revoked;

static int set_up(void **state)
{
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/revoked.txt", folder);
	return 0;
}

static int end(void **state)
{
	cabin_revoked_destroy(revoked);
	revoked = NULL;
	(void)unlink(path);
	return 0;
}

static int tear_down(void **state)
{
	return rmdir(folder);
}

static void write_file(const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void no_file_yet(void **state)
{
	assert_int_equal(cabin_revoked_create(&revoked, path), 0);
	assert_false(cabin_revoked_has(revoked, A));
	assert_false(cabin_revoked_refresh(revoked));
	assert_int_equal(cabin_revoked_append(path, A, "lost laptop"), 0);
	assert_true(cabin_revoked_refresh(revoked));
	assert_true(cabin_revoked_has(revoked, A));
	assert_false(cabin_revoked_has(revoked, B));
	assert_int_equal(cabin_revoked_append(path, B, NULL), 0);
	assert_true(cabin_revoked_refresh(revoked));
	assert_false(cabin_revoked_refresh(revoked));
	assert_true(cabin_revoked_has(revoked, A));
	assert_true(cabin_revoked_has(revoked, B));
}

static void remarks_and_blanks(void **state)
{
	write_file("# of the plenary\n\n  " A "  # Lan's laptop\r\n" B);
	assert_int_equal(cabin_revoked_create(&revoked, path), 0);
	assert_true(cabin_revoked_has(revoked, A));
	assert_true(cabin_revoked_has(revoked, B));
	assert_false(cabin_revoked_has(revoked, ""));
	assert_false(cabin_revoked_has(revoked, "00112233445566a"));
}

static void a_wrong_file_changes_nothing(void **state)
{
	write_file(A "\n");
	assert_int_equal(cabin_revoked_create(&revoked, path), 0);
	write_file(B "\nnonsense\n");
	assert_false(cabin_revoked_refresh(revoked));
	assert_true(cabin_revoked_has(revoked, A));
	assert_false(cabin_revoked_has(revoked, B));
	assert_int_equal(unlink(path), 0); /* nobody comes back because a file got lost */
	assert_false(cabin_revoked_refresh(revoked));
	assert_true(cabin_revoked_has(revoked, A));
	write_file(B "\n# mended\n");
	assert_true(cabin_revoked_refresh(revoked));
	assert_false(cabin_revoked_has(revoked, A));
	assert_true(cabin_revoked_has(revoked, B));
}

static void a_wrong_file_at_the_start(void **state)
{
	write_file("plenary-vi\n");
	assert_int_equal(cabin_revoked_create(&revoked, path), CABIN_EFORMAT);
	assert_null(revoked);
	assert_int_equal(cabin_revoked_append(path, "plenary-vi", NULL), CABIN_EINVAL);
	assert_int_equal(cabin_revoked_append("/nowhere/at/all", A, NULL), CABIN_EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(no_file_yet, end),
	    cmocka_unit_test_teardown(remarks_and_blanks, end),
	    cmocka_unit_test_teardown(a_wrong_file_changes_nothing, end),
	    cmocka_unit_test_teardown(a_wrong_file_at_the_start, end),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
