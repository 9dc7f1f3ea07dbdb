/* common/access/key: key files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/key.h"

static char folder[] = "/tmp/cabin-key-XXXXXX";
static char path[64], public_path[80], why[CABIN_KEY_WHY_BYTES];
static struct cabin_secret_key secret;
static struct cabin_public_key public_key;

static int set_up(void **state)
{
	if (cabin_access_init() != 0 || !mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/event", folder);
	snprintf(public_path, sizeof(public_path), "%s.pub", path);
	return 0;
}

static int begin(void **state)
{
	cabin_key_make(&secret, &public_key);
	return cabin_key_write(path, &secret, &public_key, why);
}

static int end(void **state)
{
	(void)unlink(path);
	(void)unlink(public_path);
	return 0;
}

static int tear_down(void **state)
{
	return rmdir(folder);
}

static void reads_back(void **state)
{
	struct cabin_secret_key secret_read;
	struct cabin_public_key public_read;
	assert_int_equal(cabin_key_read_secret(&secret_read, path, why), 0);
	assert_memory_equal(&secret_read, &secret, sizeof(secret));
	assert_int_equal(cabin_key_read_public(&public_read, public_path, why), 0);
	assert_memory_equal(&public_read, &public_key, sizeof(public_key));
	cabin_key_forget(&secret_read);
	static const struct cabin_secret_key nothing;
	assert_memory_equal(&secret_read, &nothing, sizeof(nothing));
}

static void secret_is_the_owners_alone(void **state)
{
	struct stat status;
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(chmod(path, 0640), 0);
	struct cabin_secret_key read;
	assert_int_equal(cabin_key_read_secret(&read, path, why), CABIN_EINVAL);
	assert_non_null(strstr(why, "chmod 600"));
}

static void never_overwrites(void **state)
{
	assert_int_equal(cabin_key_write(path, &secret, &public_key, why), CABIN_EIO);
	assert_non_null(strstr(why, "is there already"));
	assert_int_equal(unlink(public_path), 0);
	assert_int_equal(cabin_key_write(path, &secret, &public_key, why), CABIN_EIO);
	assert_int_equal(access(public_path, F_OK), -1); /* half a pair is not left behind */
}

static void wrong_files(void **state)
{
	struct cabin_public_key read;
	assert_int_equal(cabin_key_read_public(&read, path, why), CABIN_EFORMAT);
	assert_non_null(strstr(why, "is the secret key"));
	assert_int_equal(cabin_key_read_public(&read, folder, why), CABIN_EFORMAT);
	assert_int_equal(cabin_key_read_public(&read, "/nowhere/at/all", why), CABIN_ENOTFOUND);
	assert_non_null(strstr(why, "cabinctl key create"));
	FILE *file = fopen(public_path, "w");
	assert_non_null(file);
	fputs("cabin-public-key-v1 AAAA\n", file);
	fclose(file);
	assert_int_equal(cabin_key_read_public(&read, public_path, why), CABIN_EFORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(reads_back, begin, end),
	    cmocka_unit_test_setup_teardown(secret_is_the_owners_alone, begin, end),
	    cmocka_unit_test_setup_teardown(never_overwrites, begin, end),
	    cmocka_unit_test_setup_teardown(wrong_files, begin, end),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
