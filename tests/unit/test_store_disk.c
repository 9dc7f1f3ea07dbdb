/* server/store: a disk that is full, a file that another program holds, a WAL that somebody
 * keeps from being emptied. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store_bench.h"

enum { DISK_BYTES = 2 << 20, ENTRIES = 300, TRIES = 200 };

static void unlimit_files(void);

static int tear_down_all(void **state)
{
	unlimit_files();
	return tear_down(state);
}

/* --- a small disk of the test's own --- */

static char ballast[128];

static void fill_disk(void)
{
	static const char block[512];
	snprintf(ballast, sizeof(ballast), "%s/ballast", bench.folder);
	int fd = open(ballast, O_WRONLY | O_CREAT | O_APPEND, 0600);
	assert_true(fd >= 0);
	while (write(fd, block, sizeof(block)) > 0)
		;
	assert_int_equal(errno, ENOSPC);
	close(fd);
}

static void make_room(void)
{
	assert_int_equal(unlink(ballast), 0);
}

/* Seen by this process alone. False: not allowed here. */
static bool mount_disk(void)
{
	char size[32];
	snprintf(size, sizeof(size), "size=%d", DISK_BYTES);
	return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("cabin-test", bench.folder, "tmpfs", 0, size) == 0;
}

static void unmount_disk(void)
{
	bench_close(&bench);
	assert_int_equal(umount2(bench.folder, MNT_DETACH), 0);
}

/* --- the same without a right to mount: no file grows beyond what the WAL is now --- */

static void limit_files(void)
{
	char wal[128];
	struct stat found;
	struct rlimit limit;
	snprintf(wal, sizeof(wal), "%s-wal", bench.path);
	assert_int_equal(stat(wal, &found), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = (rlim_t)found.st_size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void unlimit_files(void)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* --- full --- */

static int64_t wal_bytes(void)
{
	char wal[128];
	struct stat found;
	snprintf(wal, sizeof(wal), "%s-wal", bench.path);
	return stat(wal, &found) == 0 ? (int64_t)found.st_size : 0;
}

static bool writes(const struct cabin_store_stats *stats)
{
	return stats->writable && stats->waiting == 0 && stats->waiting_commits == 0;
}

static bool fails(const struct cabin_store_stats *stats)
{
	return !stats->writable;
}

/* Commits numbers from 1 until one is not stored, whose number it gives. */
static int commit_until_full(void)
{
	for (int number = 1; number < TRIES; number++) {
		char value[16];
		snprintf(value, sizeof(value), "%d", number);
		struct cabin_store_done done = bench_set(&bench, "a", value);
		if (done.stored)
			continue;
		assert_true(done.waiting);
		assert_string_equal(done.error, "disk full");
		return number;
	}
	fail_msg("%d commits went onto a full disk", TRIES);
	return 0;
}

static void log_entries(void)
{
	for (int i = 0; i < ENTRIES; i++) {
		char detail[32];
		snprintf(detail, sizeof(detail), "{\"number\":%d}", i);
		const struct cabin_store_entry entry = bench_entry("log", "a", detail);
		assert_true(cabin_store_log(bench.store, &entry));
	}
}

/* What is logged and changed while the disk is full is there when it no longer is. */
static void fill_and_recover(void (*fill)(void), void (*clear)(void))
{
	struct cabin_store_stats stats;
	bench_open(&bench);
	assert_true(bench_set(&bench, "a", "0").stored);
	fill();
	int failed = commit_until_full();
	log_entries();
	assert_false(bench_set(&bench, "b", "\"last\"").stored);
	cabin_store_stats(bench.store, &stats);
	assert_false(stats.writable);
	assert_string_equal(stats.error, "disk full");
	assert_int_equal(stats.waiting_commits, 2);
	assert_int_equal(stats.waiting, ENTRIES);
	assert_int_equal(stats.failed_commits, 2);
	/* What there is can be read all the same. */
	json_t *answer = bench_log(&bench, &(struct cabin_store_query){.limit = 1});
	assert_int_equal(json_array_size(json_object_get(answer, "entries")), 1);
	json_decref(answer);

	clear();
	assert_true(bench_until(&bench, writes));
	cabin_store_stats(bench.store, &stats);
	assert_null(stats.error);
	assert_int_equal(stats.dropped, 0);
	assert_true(bench_set(&bench, "c", "1").stored);
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM log WHERE kind = 'log'"), ENTRIES);
	assert_int_equal(bench_number(&bench, "SELECT value FROM change WHERE subject = 'a'"), failed);
	assert_int_equal(bench_number(&bench, "SELECT value = '\"last\"' FROM change WHERE subject = 'b'"), 1);
	/* In the order in which they came. */
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM log JOIN log AS earlier ON log.id > earlier.id"
					      " WHERE log.kind = 'log' AND earlier.kind = 'log' AND"
					      " json_extract(log.detail, '$.number') <="
					      " json_extract(earlier.detail, '$.number')"),
			 0);
	assert_true(bench_is_sound(&bench));
}

static void full_disk(void **state)
{
	if (!mount_disk())
		skip();
	fill_and_recover(fill_disk, make_room);
	unmount_disk();
}

static void files_that_may_not_grow(void **state)
{
	fill_and_recover(limit_files, unlimit_files);
}

static bool take_value(void *context, const struct cabin_store_change *change)
{
	snprintf(context, 8, "%s", change->value_json);
	return true;
}

/* The next server knows what was changed, and writes again when there is room. */
static void start_full(void)
{
	char value[8] = "";
	fill_disk();
	assert_int_equal(bench_try_open(&bench), 0);
	assert_int_equal(cabin_store_changes(bench.store, take_value, value), 0);
	assert_string_equal(value, "-7");
	assert_int_equal(cabin_store_start(bench.store), 0);
	int failed = commit_until_full();
	make_room();
	assert_true(bench_until(&bench, writes));
	bench_close(&bench);
	assert_int_equal(bench_number(&bench, "SELECT value FROM change WHERE subject = 'a'"), failed);
	assert_true(bench_is_sound(&bench));
}

static void started_on_a_full_disk(void **state)
{
	if (!mount_disk())
		skip();
	bench_open(&bench);
	assert_true(bench_set(&bench, "a", "-7").stored);
	bench_close(&bench);
	start_full();
	unmount_disk();
}

/* The same after a kill: what was changed is in the WAL alone. */
static void killed_and_started_on_a_full_disk(void **state)
{
	int status;
	if (!mount_disk())
		skip();
	pid_t child = fork();
	if (child == 0) {
		bench_open(&bench);
		_exit(bench_set(&bench, "a", "-7").stored ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(wal_bytes() > 0);
	start_full();
	unmount_disk();
}

/* Nothing to begin with: it is told, and what is there is not taken for a database. */
static void begun_on_a_full_disk(void **state)
{
	if (!mount_disk())
		skip();
	fill_disk();
	assert_int_equal(bench_try_open(&bench), CABIN_EIO);
	make_room();
	assert_int_equal(bench_try_open(&bench), 0);
	assert_int_equal(bench_files(&bench, "broken"), 0);
	unmount_disk();
}

/* What the disk still refuses at the end is told, and all that was stored is sound. */
static void closed_on_a_full_disk(void **state)
{
	bench_open(&bench);
	assert_true(bench_set(&bench, "a", "0").stored);
	limit_files();
	int failed = commit_until_full();
	log_entries();
	bench_close(&bench);
	unlimit_files();
	assert_true(bench_is_sound(&bench));
	assert_int_equal(bench_number(&bench, "SELECT value FROM change WHERE subject = 'a'"), failed - 1);
}

/* --- held by another program --- */

static sqlite3 *begin(const char *sql)
{
	sqlite3 *other;
	assert_int_equal(sqlite3_open(bench.path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, sql, NULL, NULL, NULL), SQLITE_OK);
	return other;
}

static void end(sqlite3 *other)
{
	assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(other), SQLITE_OK);
}

static void held_by_a_writer(void **state)
{
	bench_open(&bench);
	sqlite3 *other = begin("BEGIN IMMEDIATE");
	struct cabin_store_done done = bench_set(&bench, "a", "1");
	assert_false(done.stored);
	assert_true(done.waiting);
	assert_string_equal(done.error, "another program holds the database");
	assert_true(bench_until(&bench, fails));
	end(other);
	assert_true(bench_until(&bench, writes));
	assert_int_equal(bench_number(&bench, "SELECT value FROM change WHERE subject = 'a'"), 1);
}

/* Somebody tidies up. What is written into a file without a name is lost: it is told. */
static void moved_away_and_back(void **state)
{
	char away[128];
	bench_open(&bench);
	snprintf(away, sizeof(away), "%s.away", bench.path);
	assert_int_equal(rename(bench.path, away), 0);
	struct cabin_store_done done = bench_set(&bench, "a", "1");
	assert_false(done.stored);
	assert_string_equal(done.error, "the database's file was removed or replaced");
	assert_true(bench_until(&bench, fails));
	assert_int_equal(rename(away, bench.path), 0);
	assert_true(bench_until(&bench, writes));
	assert_int_equal(bench_number(&bench, "SELECT value FROM change WHERE subject = 'a'"), 1);
}

/* 16 KB each, of one row: the file stays small, the WAL would not. */
static void commit_megabytes(int megabytes)
{
	static char value[CABIN_STORE_VALUE_MAX_BYTES];
	memset(value, '1', sizeof(value) - 1);
	value[0] = '"';
	value[sizeof(value) - 2] = '"';
	for (int i = 0; i < megabytes * 64; i++)
		assert_true(bench_set(&bench, "a", value).stored);
}

static void the_wal_stays_short(void **state)
{
	bench_open(&bench);
	commit_megabytes(24);
	assert_true(wal_bytes() < 8 << 20);
}

/* A reader that stays keeps it from being emptied, and nothing else from being done. */
static void a_long_read_ends(void **state)
{
	bench_open(&bench);
	assert_true(bench_set(&bench, "a", "1").stored);
	sqlite3 *other = begin("BEGIN; SELECT count(*) FROM change");
	commit_megabytes(12);
	assert_true(wal_bytes() > 8 << 20);
	end(other);
	commit_megabytes(8);
	bench_close(&bench);
	assert_int_equal(wal_bytes(), 0);
	assert_true(bench_is_sound(&bench));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(full_disk, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(files_that_may_not_grow, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(started_on_a_full_disk, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(killed_and_started_on_a_full_disk, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(begun_on_a_full_disk, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(closed_on_a_full_disk, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(held_by_a_writer, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(moved_away_and_back, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(the_wal_stays_short, set_up, tear_down_all),
	    cmocka_unit_test_setup_teardown(a_long_read_ends, set_up, tear_down_all),
	};
	signal(SIGXFSZ, SIG_IGN); /* the write fails instead */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
