/* A store in a folder of its own, its answers waited for, and its file read beside it. */
#ifndef CABIN_TESTS_STORE_BENCH_H
#define CABIN_TESTS_STORE_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <jansson.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/store.h"

enum { BENCH_ANSWER_LIMIT_S = 60 };

struct store_bench {
	char folder[64];
	char path[96];
	struct cabin_store *store;
};

static inline void bench_make(struct store_bench *bench)
{
	memset(bench, 0, sizeof(*bench));
	strcpy(bench->folder, "/tmp/cabin-store-XXXXXX");
	assert_non_null(mkdtemp(bench->folder));
	snprintf(bench->path, sizeof(bench->path), "%s/cabin.db", bench->folder);
}

/* How many files of the folder have names that hold `part`. */
static inline int bench_files(const struct store_bench *bench, const char *part)
{
	DIR *folder = opendir(bench->folder);
	int count = 0;
	assert_non_null(folder);
	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
		count += strstr(entry->d_name, part) != NULL;
	closedir(folder);
	return count;
}

static inline void bench_empty(const struct store_bench *bench)
{
	char name[400];
	DIR *folder = opendir(bench->folder);
	assert_non_null(folder);
	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
		snprintf(name, sizeof(name), "%s/%s", bench->folder, entry->d_name);
		(void)unlink(name);
	}
	closedir(folder);
}

static inline int bench_try_open(struct store_bench *bench)
{
	return cabin_store_open(&bench->store, &(struct cabin_store_config){bench->path, cabin_clock_monotonic()});
}

static inline void bench_open(struct store_bench *bench)
{
	assert_int_equal(bench_try_open(bench), 0);
	assert_int_equal(cabin_store_start(bench->store), 0);
}

static inline void bench_close(struct store_bench *bench)
{
	cabin_store_close(bench->store);
	bench->store = NULL;
}

static inline void bench_end(struct store_bench *bench)
{
	bench_close(bench);
	bench_empty(bench);
	(void)rmdir(bench->folder);
}

struct bench_answer {
	sem_t there;
	struct cabin_store_done done;
};

static inline void bench_done(void *context, const struct cabin_store_done *done)
{
	struct bench_answer *answer = context;
	answer->done = *done;
	sem_post(&answer->there);
}

static inline struct cabin_store_done bench_wait(struct bench_answer *answer)
{
	struct timespec limit;
	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += BENCH_ANSWER_LIMIT_S;
	assert_int_equal(sem_timedwait(&answer->there, &limit), 0);
	sem_destroy(&answer->there);
	return answer->done;
}

static inline struct cabin_store_change bench_change(const char *subject, const char *key, const char *value)
{
	struct cabin_store_change change = {.scope = "channel", .author = "Minh", .at_unix_ms = 1772323200123};
	snprintf(change.subject, sizeof(change.subject), "%s", subject);
	snprintf(change.key, sizeof(change.key), "%s", key);
	change.value_json = (char *)value;
	return change;
}

static inline struct cabin_store_entry bench_entry(const char *kind, const char *subject, const char *detail)
{
	struct cabin_store_entry entry = {.at_unix_ms = 1772323200123, .author = "Minh"};
	snprintf(entry.kind, sizeof(entry.kind), "%s", kind);
	snprintf(entry.subject, sizeof(entry.subject), "%s", subject);
	snprintf(entry.detail_json, sizeof(entry.detail_json), "%s", detail);
	return entry;
}

static inline struct cabin_store_done bench_commit(struct store_bench *bench, const struct cabin_store_change *changes,
						   unsigned count, const struct cabin_store_entry *entry)
{
	struct bench_answer answer;
	sem_init(&answer.there, 0, 0);
	assert_true(cabin_store_commit(bench->store, changes, count, entry, bench_done, &answer));
	return bench_wait(&answer);
}

/* One change and its entry. */
static inline struct cabin_store_done bench_set(struct store_bench *bench, const char *subject, const char *value)
{
	const struct cabin_store_change change = bench_change(subject, "gain_db", value);
	const struct cabin_store_entry entry = bench_entry("gain", subject, "{}");
	return bench_commit(bench, &change, 1, &entry);
}

static inline json_t *bench_json(struct cabin_store_done done)
{
	assert_true(done.stored);
	assert_null(done.error);
	assert_non_null(done.json);
	assert_int_equal(strlen(done.json), done.size);
	json_t *answer = json_loads(done.json, 0, NULL);
	assert_non_null(answer);
	free(done.json);
	return answer;
}

static inline json_t *bench_log(struct store_bench *bench, const struct cabin_store_query *query)
{
	struct bench_answer answer;
	sem_init(&answer.there, 0, 0);
	assert_true(cabin_store_query_log(bench->store, query, bench_done, &answer));
	return bench_json(bench_wait(&answer));
}

static inline json_t *bench_minutes(struct store_bench *bench, const struct cabin_store_minutes_query *query)
{
	struct bench_answer answer;
	sem_init(&answer.there, 0, 0);
	assert_true(cabin_store_query_minutes(bench->store, query, bench_done, &answer));
	return bench_json(bench_wait(&answer));
}

/* The one number of `sql`, by a connection of the test's own. */
static inline int64_t bench_number(const struct store_bench *bench, const char *sql)
{
	sqlite3 *handle;
	sqlite3_stmt *statement;
	assert_int_equal(sqlite3_open_v2(bench->path, &handle, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	sqlite3_busy_timeout(handle, 10000);
	assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	int64_t number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(handle);
	return number;
}

/* A statement, by a connection of the test's own. */
static inline void bench_run(const struct store_bench *bench, const char *sql)
{
	sqlite3 *handle;
	assert_int_equal(sqlite3_open(bench->path, &handle), SQLITE_OK);
	assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(handle);
}

static inline bool bench_is_sound(const struct store_bench *bench)
{
	return bench_number(bench, "SELECT (SELECT count(*) FROM pragma_integrity_check) = 1"
				   " AND (SELECT integrity_check FROM pragma_integrity_check) = 'ok'") == 1;
}

/* Looks each 10 ms, BENCH_ANSWER_LIMIT_S at most. */
static inline bool bench_until(struct store_bench *bench, bool (*met)(const struct cabin_store_stats *stats))
{
	const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
	struct cabin_store_stats stats;
	for (int i = 0; i < BENCH_ANSWER_LIMIT_S * 100; i++) {
		cabin_store_stats(bench->store, &stats);
		if (met(&stats))
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

/* --- what tests run in ----------------------------------------------------------------- */

static struct store_bench bench;

/* A folder, and nothing open in it. */
static inline int set_up(void **state)
{
	bench_make(&bench);
	return 0;
}

static inline int set_up_open(void **state)
{
	bench_make(&bench);
	bench_open(&bench);
	return 0;
}

static inline int tear_down(void **state)
{
	bench_end(&bench);
	return 0;
}

#endif
