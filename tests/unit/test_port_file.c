/* The port's file: whole or not at all. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cabind/port_file.h"

static void writes_the_number_alone(void **state)
{
	char folder[] = "/tmp/cabin-port-XXXXXX", path[64], text[16] = "";
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/port", folder);
	assert_int_equal(cabin_port_file_write(path, 1), 0);
	assert_int_equal(cabin_port_file_write(path, 65535), 0); /* in place of the old one */
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fread(text, 1, sizeof(text) - 1, file), 6);
	assert_string_equal(text, "65535\n");
	fclose(file);

	/* Nothing but it is left behind. */
	DIR *listing = opendir(folder);
	int count = 0;
	for (struct dirent *entry = readdir(listing); entry; entry = readdir(listing))
		count += entry->d_name[0] != '.';
	closedir(listing);
	assert_int_equal(count, 1);
	unlink(path);
	assert_int_equal(rmdir(folder), 0);
}

static void tells_where_it_cannot(void **state)
{
	assert_int_equal(cabin_port_file_write(NULL, 1), 0);
	assert_int_equal(cabin_port_file_write("/nowhere/port", 1), CABIN_EIO);
	char path[5000];
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(cabin_port_file_write(path, 1), CABIN_ETOOBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writes_the_number_alone),
	    cmocka_unit_test(tells_where_it_cannot),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
