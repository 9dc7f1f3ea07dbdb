/* server/store: files that are damaged, somebody else's, older, newer, not to be written. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/store_database.h"
#include "store_bench.h"

static char messages[8192]; /* what the newest open logged */

static int tear_down_all(void **state)
{
	(void)chmod(bench.folder, 0700);
	return tear_down(state);
}

/* Keeps what it logs in `messages`. */
static int open_and_listen(void)
{
	FILE *log = tmpfile();
	assert_non_null(log);
	int before = dup(STDERR_FILENO);
	assert_true(before >= 0 && dup2(fileno(log), STDERR_FILENO) >= 0);
	int result = bench_try_open(&bench);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	close(before);
	ssize_t size = pread(fileno(log), messages, sizeof(messages) - 1, 0);
	messages[size > 0 ? size : 0] = '\0';
	fclose(log);
	return result;
}

static void assert_told(const char *text)
{
	if (!strstr(messages, text))
		fail_msg("\"%s\" is not in: %s", text, messages);
}

/* A database with a change and `entries` log entries, closed. */
static void make_database(int entries)
{
	struct cabin_store_entry entry = bench_entry("test", "plenary.fr", "{\"text\":\"something that happened\"}");
	bench_open(&bench);
	assert_true(bench_set(&bench, "a", "-7").stored);
	for (int i = 0; i < entries; i++)
		assert_true(cabin_store_log(bench.store, &entry));
	bench_close(&bench);
}

static void write_at(long offset, const void *bytes, size_t size)
{
	int fd = open(bench.path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, size, offset), size);
	close(fd);
}

/* The file as it is was moved aside, and the new one works. */
static void assert_begun_anew(void)
{
	assert_int_equal(open_and_listen(), 0);
	assert_told("error store damaged");
	assert_told(".broken-");
	/* One file, and its WAL where it had one. */
	assert_int_equal(bench_files(&bench, ".broken-") - bench_files(&bench, "Z-wal"), 1);
	assert_int_equal(cabin_store_start(bench.store), 0);
	assert_true(bench_set(&bench, "b", "1").stored);
	bench_close(&bench);
	assert_true(bench_is_sound(&bench));
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM log"), 1);
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM change"), 1);
	/* And is found by the next server. */
	assert_int_equal(open_and_listen(), 0);
	assert_string_equal(messages, "");
}

static void no_database_at_all(void **state)
{
	write_at(0, "This was once a database, they say.", 35);
	assert_begun_anew();
}

static void cut_short(void **state)
{
	struct stat found;
	make_database(500);
	assert_int_equal(stat(bench.path, &found), 0);
	assert_int_equal(truncate(bench.path, found.st_size / 2), 0);
	assert_begun_anew();
}

static void overwritten_in_the_middle(void **state)
{
	static char rubbish[8192];
	memset(rubbish, 0xA5, sizeof(rubbish));
	make_database(500);
	write_at(4096L * 4, rubbish, sizeof(rubbish));
	assert_begun_anew();
}

/* Twice within a second: the first one that was moved aside is kept. */
static void damaged_twice(void **state)
{
	write_at(0, "not a database, the first", 25);
	assert_int_equal(bench_try_open(&bench), 0);
	bench_close(&bench);
	write_at(0, "not a database, the second", 26);
	assert_int_equal(bench_try_open(&bench), 0);
	assert_int_equal(bench_files(&bench, ".broken-"), 2);
}

/* A kill between making the file and its tables. */
static void empty_file(void **state)
{
	write_at(0, "", 0);
	assert_int_equal(open_and_listen(), 0);
	assert_string_equal(messages, "");
	assert_int_equal(bench_files(&bench, "broken"), 0);
}

static void another_programs(void **state)
{
	bench_run(&bench, "CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES ('pho')");
	assert_int_equal(open_and_listen(), CABIN_EUNSUPPORTED);
	assert_null(bench.store);
	assert_told("another program's database");
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM recipes"), 1);
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM sqlite_master"), 1);
}

static void newer(void **state)
{
	make_database(0);
	bench_run(&bench, "PRAGMA user_version = 1000");
	assert_int_equal(open_and_listen(), CABIN_EUNSUPPORTED);
	assert_told("newer Cabin");
	assert_int_equal(bench_number(&bench, "SELECT value FROM change"), -7);
	assert_int_equal(bench_number(&bench, "PRAGMA user_version"), 1000);
}

static void older_is_brought_up(void **state)
{
	static const char *const STEPS[] = {
	    "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)",
	    "ALTER TABLE t ADD COLUMN b INTEGER NOT NULL DEFAULT 5; UPDATE t SET b = a + 10",
	    "INSERT INTO t VALUES (2, 2); SELECT nothing FROM nowhere",
	};
	sqlite3 *handle;
	assert_int_equal(sqlite3_open(bench.path, &handle), SQLITE_OK);
	assert_int_equal(cabin_store_schema_bring(handle, STEPS, 1), SQLITE_OK);
	assert_int_equal(cabin_store_schema_bring(handle, STEPS, 1), SQLITE_OK);
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM t"), 1);
	assert_int_equal(cabin_store_schema_bring(handle, STEPS, 2), SQLITE_OK);
	assert_int_equal(bench_number(&bench, "SELECT b FROM t"), 11);
	assert_int_equal(bench_number(&bench, "PRAGMA user_version"), 2);
	/* A step that fails leaves nothing of itself. */
	assert_int_equal(cabin_store_schema_bring(handle, STEPS, 3), SQLITE_ERROR);
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM t"), 1);
	assert_int_equal(bench_number(&bench, "PRAGMA user_version"), 2);
	assert_int_equal(cabin_store_schema_bring(handle, STEPS, 1), SQLITE_MISMATCH);
	sqlite3_close(handle);
}

static void the_version_is_in_the_file(void **state)
{
	make_database(0);
	assert_int_equal(bench_number(&bench, "PRAGMA user_version"), cabin_store_schema_version);
	assert_int_equal(bench_number(&bench, "PRAGMA application_id"), 0x4361626E);
	/* Others than the server's user and group have no business with it. */
	struct stat found;
	assert_int_equal(stat(bench.path, &found), 0);
	assert_int_equal(found.st_mode & 0007, 0);
}

/* Whatever the test's own user is, the one that opens may not write. */
static int open_as_nobody(void)
{
	bool is_root = geteuid() == 0;
	if (is_root)
		assert_int_equal(seteuid(65534), 0);
	int result = open_and_listen();
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	return result;
}

static void read_only_folder(void **state)
{
	assert_int_equal(chmod(bench.folder, 0555), 0);
	assert_int_equal(open_as_nobody(), CABIN_EIO);
	assert_null(bench.store);
	assert_told("Permission denied");
	assert_told("let the server's user write into the database's folder");
	assert_told(bench.path);
}

/* The file may be written, but not what SQLite puts beside it. */
static void read_only_folder_with_a_file(void **state)
{
	make_database(0);
	assert_int_equal(chmod(bench.path, 0666), 0);
	assert_int_equal(chmod(bench.folder, 0555), 0);
	assert_int_equal(open_as_nobody(), CABIN_EIO);
	assert_told("let the server's user write into the database's folder");
	assert_int_equal(chmod(bench.folder, 0755), 0);
	assert_int_equal(bench_files(&bench, "broken"), 0);
	assert_int_equal(bench_number(&bench, "SELECT value FROM change"), -7);
}

static void no_folder(void **state)
{
	snprintf(bench.path, sizeof(bench.path), "%s/none/cabin.db", bench.folder);
	assert_int_equal(open_and_listen(), CABIN_EIO);
	assert_told("make the folder");
	snprintf(bench.path, sizeof(bench.path), "%s", bench.folder);
	assert_int_equal(open_and_listen(), CABIN_EIO);
	assert_told("name a file, not a folder");
	bench.path[0] = '\0';
	assert_int_equal(bench_try_open(&bench), CABIN_EINVAL);
}

static void a_second_server_is_kept_out(void **state)
{
	int status;
	bench_open(&bench);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		/* What the parent has is not this process's. */
		bench.store = NULL;
		int result = open_and_listen();
		_exit(result == CABIN_EIO && strstr(messages, "another server has this database open") ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_true(bench_set(&bench, "a", "1").stored);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(no_database_at_all, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(cut_short, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(overwritten_in_the_middle, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(damaged_twice, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(empty_file, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(another_programs, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(newer, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(older_is_brought_up, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(the_version_is_in_the_file, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(read_only_folder, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(read_only_folder_with_a_file, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(no_folder, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(a_second_server_is_kept_out, set_up, tear_down_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
