#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/counter.h"
#include "base/log.h"
#include "store/store_internal.h"

enum {
	ROUND_MS = 250,	       /* log entries and minutes of so long go together */
	RETRY_MS = 1000,       /* after a failure */
	CHECKPOINT_MS = 10000, /* the same, of a checkpoint */
	BATCH_MAX = 1024       /* entries and minutes of one transaction */
};

/* --- what is told --- */

static void tell(struct cabin_store_job *job, const struct cabin_store_done *done)
{
	if (job->done)
		job->done(job->context, done);
	job->done = NULL;
}

/* Keeps `code` of the newest write for the figures, and logs where that changes. */
static void set_error(struct cabin_store *store, int code)
{
	const char *before = atomic_load_explicit(&store->error, memory_order_relaxed);
	const char *error = code == SQLITE_OK ? NULL : cabin_store_error_text(&store->database, code);
	/* Texts are static: the same one is the same pointer. */
	if (error == before)
		return;
	atomic_store_explicit(&store->error, error, memory_order_relaxed);
	if (error)
		cabin_log(CABIN_LOG_ERROR, "store", "write-failed",
			  "error=\"%s\" code=%d do=\"what is to be written waits: see docs/database.md\"", error, code);
	else
		cabin_log(CABIN_LOG_INFO, "store", "writes-again", "error_before=\"%s\"", before);
}

/* --- writing --- */

static struct cabin_store_job *unlink_first(struct cabin_store *store)
{
	struct cabin_store_job *job = store->first;
	store->first = job->next;
	if (!store->first)
		store->last = NULL;
	return job;
}

static void append(struct cabin_store *store, struct cabin_store_job *job)
{
	job->next = NULL;
	if (store->last)
		store->last->next = job;
	else
		store->first = job;
	store->last = job;
}

static int write_commit_rows(struct cabin_store *store, const struct cabin_store_commit_job *commit)
{
	int code = SQLITE_OK;
	for (unsigned i = 0; code == SQLITE_OK && i < commit->count; i++)
		code = cabin_store_write_change(&store->database, &commit->changes[i]);
	if (code == SQLITE_OK && commit->has_entry)
		code = cabin_store_write_entry(&store->database, &commit->entry);
	return code;
}

static int write_row(struct cabin_store *store, const struct cabin_store_job *job)
{
	return job->kind == CABIN_STORE_JOB_ENTRY ? cabin_store_write_entry(&store->database, &job->entry)
						  : cabin_store_write_minute(&store->database, &job->minute);
}

/* The first that wait, in one transaction: one commit, or all entries and minutes up to
 * the next one. `*count`: how many they are; where it fails: the place, from 1, of the one
 * that did, 0 when none of them is to blame. */
static int write_some(struct cabin_store *store, unsigned *count)
{
	struct cabin_store_job *job = store->first;
	bool is_commit = job->kind == CABIN_STORE_JOB_COMMIT;
	*count = 0;
	int code = cabin_store_database_is_there(&store->database)
		       ? cabin_store_write_begin(&store->database, is_commit)
		       : SQLITE_READONLY_DBMOVED;
	if (code != SQLITE_OK)
		return code;
	if (is_commit) {
		*count = 1;
		code = write_commit_rows(store, &job->commit);
	}
	for (; !is_commit && code == SQLITE_OK && job && job->kind != CABIN_STORE_JOB_COMMIT && *count < BATCH_MAX;
	     job = job->next) {
		++*count;
		code = write_row(store, job);
	}
	if (code == SQLITE_OK) {
		code = cabin_store_write_end(&store->database);
		if (code != SQLITE_OK)
			*count = 0;
	}
	if (code != SQLITE_OK)
		cabin_store_write_undo(&store->database);
	return code;
}

static void count_written(struct cabin_store *store, const struct cabin_store_job *job)
{
	if (job->kind == CABIN_STORE_JOB_MINUTE)
		cabin_counter_add(&store->minutes, 1);
	else if (job->kind == CABIN_STORE_JOB_ENTRY || job->commit.has_entry)
		cabin_counter_add(&store->entries, 1);
}

static void note_commit_time(struct cabin_store *store, uint64_t began_ns)
{
	double took_ms = (double)(cabin_clock_now_ns(&store->clock) - began_ns) / (double)CABIN_NS_PER_MS;
	if (took_ms > atomic_load_explicit(&store->commit_ms_max, memory_order_relaxed))
		atomic_store_explicit(&store->commit_ms_max, took_ms, memory_order_relaxed);
}

/* The one at `place`, from 1, can never be written, whatever the disk does: only a bug, or
 * a table changed by hand, brings that about. It must not keep back those behind it. */
static void drop_place(struct cabin_store *store, unsigned place, int code)
{
	struct cabin_store_job *before = NULL;
	struct cabin_store_job *job = store->first;
	for (unsigned i = 1; i < place; i++) {
		before = job;
		job = job->next;
	}
	if (before)
		before->next = job->next;
	else
		store->first = job->next;
	if (store->last == job)
		store->last = before;
	cabin_log(CABIN_LOG_ERROR, "store", "refused", "kind=%d code=%d error=\"%s\"", (int)job->kind, code,
		  sqlite3_errstr(code));
	if (job->kind == CABIN_STORE_JOB_COMMIT)
		cabin_counter_add(&store->failed_commits, 1);
	atomic_fetch_add_explicit(&store->dropped, 1, memory_order_relaxed);
	tell(job, &(struct cabin_store_done){.error = cabin_store_error_text(&store->database, code)});
	cabin_store_job_free(store, job);
}

/* Until nothing waits, or it fails: the rest waits for the next time. */
static void flush(struct cabin_store *store)
{
	while (store->first) {
		unsigned count;
		bool is_commit = store->first->kind == CABIN_STORE_JOB_COMMIT;
		uint64_t began_ns = cabin_clock_now_ns(&store->clock);
		int code = write_some(store, &count);
		if (code != SQLITE_OK && count > 0 && !cabin_store_error_passes(code)) {
			drop_place(store, count, code);
			continue;
		}
		set_error(store, code);
		if (code != SQLITE_OK) {
			store->retry_ns = cabin_clock_now_ns(&store->clock) + RETRY_MS * CABIN_NS_PER_MS;
			return;
		}
		if (is_commit)
			note_commit_time(store, began_ns);
		for (; count > 0; count--) {
			struct cabin_store_job *job = unlink_first(store);
			count_written(store, job);
			tell(job, &(struct cabin_store_done){.stored = true});
			cabin_store_job_free(store, job);
		}
	}
	store->retry_ns = 0;
}

/* --- jobs --- */

static bool values_are_json(const struct cabin_store_commit_job *commit)
{
	for (unsigned i = 0; i < commit->count; i++) {
		if (!commit->changes[i].value_json)
			continue;
		json_t *value = json_loads(commit->changes[i].value_json, JSON_DECODE_ANY, NULL);
		if (!value)
			return false;
		json_decref(value);
	}
	return true;
}

static void do_commit(struct cabin_store *store, struct cabin_store_job *job)
{
	if (!values_are_json(&job->commit)) {
		cabin_counter_add(&store->failed_commits, 1);
		tell(job, &(struct cabin_store_done){.error = "a value is not JSON"});
		cabin_store_job_free(store, job);
		return;
	}
	append(store, job);
	flush(store);
	/* It is the last one in the line: as long as there is a line, it is in it. */
	if (!store->first)
		return;
	cabin_counter_add(&store->failed_commits, 1);
	tell(job, &(struct cabin_store_done){.waiting = true,
					     .error = atomic_load_explicit(&store->error, memory_order_relaxed)});
}

static void do_query(struct cabin_store *store, struct cabin_store_job *job)
{
	struct cabin_store_done done = {0};
	if (store->retry_ns == 0)
		flush(store);
	int code = job->of_minutes ? cabin_store_read_minutes(&store->database, &job->minutes_query, &done.json)
				   : cabin_store_read_log(&store->database, &job->query, &done.json);
	done.stored = code == SQLITE_OK;
	done.error = done.stored ? NULL : cabin_store_error_text(&store->database, code);
	done.size = done.json ? strlen(done.json) : 0;
	if (!job->done)
		free(done.json);
	tell(job, &done);
	cabin_store_job_free(store, job);
}

void cabin_store_work(struct cabin_store *store)
{
	struct cabin_store_job *job;
	while (cabin_inbox_pop(store->inbox, &job) == 0) {
		if (job->kind == CABIN_STORE_JOB_COMMIT)
			do_commit(store, job);
		else if (job->kind == CABIN_STORE_JOB_QUERY)
			do_query(store, job);
		else
			append(store, job);
	}
	uint64_t now_ns = cabin_clock_now_ns(&store->clock);
	if (now_ns >= store->retry_ns)
		flush(store);
	if (now_ns >= store->checkpoint_ns && !cabin_store_write_checkpoint(&store->database))
		store->checkpoint_ns = now_ns + CHECKPOINT_MS * CABIN_NS_PER_MS;
	if (now_ns >= store->figures_ns)
		cabin_store_measure(store);
}

/* --- the thread --- */

static uint64_t size_of(const char *path, const char *suffix)
{
	char name[1024];
	struct stat found;
	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return stat(name, &found) == 0 ? (uint64_t)found.st_size : 0;
}

void cabin_store_measure(struct cabin_store *store)
{
	struct statvfs disk;
	store->figures_ns = cabin_clock_now_ns(&store->clock) + CABIN_NS_PER_S;
	if (fstatvfs(store->database.file, &disk) == 0) {
		atomic_store_explicit(&store->disk_free_bytes, (uint64_t)disk.f_bavail * disk.f_frsize,
				      memory_order_relaxed);
		atomic_store_explicit(&store->disk_size_bytes, (uint64_t)disk.f_blocks * disk.f_frsize,
				      memory_order_relaxed);
	}
	atomic_store_explicit(&store->file_bytes, size_of(store->path, "") + size_of(store->path, "-wal"),
			      memory_order_relaxed);
}

void *cabin_store_run(void *context)
{
	struct cabin_store *store = context;
	struct pollfd wait = {.fd = store->wake_fd, .events = POLLIN};
	uint64_t wakes;
	pthread_setname_np(pthread_self(), "cabin-store");
	/* Acquire, partner: the release in cabin_store_close. */
	while (!atomic_load_explicit(&store->stopping, memory_order_acquire)) {
		cabin_store_work(store);
		if (poll(&wait, 1, ROUND_MS) > 0 && read(store->wake_fd, &wakes, sizeof(wakes)) < 0)
			continue; /* somebody else's signal: the next round looks again */
	}
	store->retry_ns = 0; /* the last try */
	cabin_store_work(store);
	return NULL;
}
