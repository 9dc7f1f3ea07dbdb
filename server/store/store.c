#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "store/store_internal.h"

/* A power of two above the sum of HELD_MAX: the inbox never refuses what has a place. */
enum { INBOX_SLOTS = 16384 };

static const uint32_t HELD_MAX[CABIN_STORE_JOB_KINDS] = {
    [CABIN_STORE_JOB_ENTRY] = CABIN_STORE_ENTRIES_MAX,
    [CABIN_STORE_JOB_MINUTE] = CABIN_STORE_MINUTES_MAX,
    [CABIN_STORE_JOB_COMMIT] = CABIN_STORE_COMMITS_MAX,
    [CABIN_STORE_JOB_QUERY] = CABIN_STORE_QUERIES_MAX,
};

static void wake(void *context)
{
	const struct cabin_store *store = context;
	const uint64_t one = 1;
	/* It fails only where the counter is full, and then the thread is awake anyway. */
	ssize_t written = write(store->wake_fd, &one, sizeof(one));
	(void)written;
}

int cabin_store_open(struct cabin_store **out, const struct cabin_store_config *config)
{
	*out = NULL;
	if (!config->path)
		return CABIN_EINVAL;
	struct cabin_store *store = calloc(1, sizeof(*store));
	if (!store)
		return CABIN_ENOMEM;
	store->clock = config->clock;
	store->database.file = -1;
	store->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	store->path = strdup(config->path);
	const struct cabin_inbox_config inbox = {.slot_count = INBOX_SLOTS,
						 .message_size = sizeof(struct cabin_store_job *),
						 .wake = wake,
						 .context = store};
	int result = store->path ? cabin_inbox_create(&store->inbox, &inbox) : CABIN_ENOMEM;
	if (result == 0 && store->wake_fd < 0) {
		cabin_log(CABIN_LOG_ERROR, "store", "eventfd-failed", "error=\"%s\"", strerror(errno));
		result = CABIN_EIO;
	}
	if (result == 0)
		result = cabin_store_database_open(&store->database, store->path);
	if (result != 0) {
		cabin_store_close(store);
		return result;
	}
	cabin_store_measure(store);
	*out = store;
	return 0;
}

int cabin_store_changes(struct cabin_store *store, bool (*each)(void *context, const struct cabin_store_change *change),
			void *context)
{
	CABIN_ASSERT(!store->started);
	int code = cabin_store_read_changes(&store->database, each, context);
	if (code == SQLITE_OK)
		return 0;
	cabin_log(CABIN_LOG_ERROR, "store", "read-failed", "error=\"%s\"",
		  cabin_store_error_text(&store->database, code));
	return CABIN_EIO;
}

int cabin_store_start(struct cabin_store *store)
{
	int error = pthread_create(&store->thread, NULL, cabin_store_run, store);
	if (error != 0) {
		cabin_log(CABIN_LOG_ERROR, "store", "thread-failed", "error=\"%s\"", strerror(error));
		return CABIN_EIO;
	}
	store->started = true;
	return 0;
}

/* A job with a place among those held, or NULL. */
static struct cabin_store_job *take_place(struct cabin_store *store, enum cabin_store_job_kind kind)
{
	if (atomic_fetch_add_explicit(&store->held[kind], 1, memory_order_relaxed) < HELD_MAX[kind]) {
		struct cabin_store_job *job = calloc(1, sizeof(*job));
		if (job) {
			job->kind = kind;
			return job;
		}
	}
	atomic_fetch_sub_explicit(&store->held[kind], 1, memory_order_relaxed);
	if (kind != CABIN_STORE_JOB_QUERY)
		atomic_fetch_add_explicit(&store->dropped, 1, memory_order_relaxed);
	return NULL;
}

void cabin_store_job_free(struct cabin_store *store, struct cabin_store_job *job)
{
	if (job->kind == CABIN_STORE_JOB_COMMIT) {
		for (unsigned i = 0; job->commit.changes && i < job->commit.count; i++)
			free(job->commit.changes[i].value_json);
		free(job->commit.changes);
	}
	atomic_fetch_sub_explicit(&store->held[job->kind], 1, memory_order_relaxed);
	free(job);
}

/* `quiet`: it may wait for the thread's next round. */
static bool push(struct cabin_store *store, struct cabin_store_job *job, bool quiet)
{
	if (cabin_inbox_push(store->inbox, &job, quiet) == 0)
		return true;
	/* There is room for all that have a place, but a place is given up before its slot. */
	if (job->kind != CABIN_STORE_JOB_QUERY)
		atomic_fetch_add_explicit(&store->dropped, 1, memory_order_relaxed);
	cabin_store_job_free(store, job);
	return false;
}

static void clean_entry(struct cabin_store_entry *entry)
{
	cabin_store_text_clean(entry->kind, sizeof(entry->kind));
	cabin_store_text_clean(entry->subject, sizeof(entry->subject));
	cabin_store_text_clean(entry->author, sizeof(entry->author));
	cabin_store_text_clean(entry->detail_json, sizeof(entry->detail_json));
}

bool cabin_store_log(struct cabin_store *store, const struct cabin_store_entry *entry)
{
	struct cabin_store_job *job = take_place(store, CABIN_STORE_JOB_ENTRY);
	if (!job)
		return false;
	job->entry = *entry;
	clean_entry(&job->entry);
	return push(store, job, true);
}

bool cabin_store_minute(struct cabin_store *store, const struct cabin_store_minute *minute)
{
	struct cabin_store_job *job = take_place(store, CABIN_STORE_JOB_MINUTE);
	if (!job)
		return false;
	job->minute = *minute;
	cabin_store_text_clean(job->minute.channel, sizeof(job->minute.channel));
	return push(store, job, true);
}

static bool copy_change(struct cabin_store_change *out, const struct cabin_store_change *change)
{
	*out = *change;
	cabin_store_text_clean(out->scope, sizeof(out->scope));
	cabin_store_text_clean(out->subject, sizeof(out->subject));
	cabin_store_text_clean(out->key, sizeof(out->key));
	cabin_store_text_clean(out->author, sizeof(out->author));
	if (!change->value_json)
		return true;
	size_t size = strnlen(change->value_json, CABIN_STORE_VALUE_MAX_BYTES + 1);
	out->value_json = size <= CABIN_STORE_VALUE_MAX_BYTES ? strndup(change->value_json, size) : NULL;
	return out->value_json != NULL;
}

bool cabin_store_commit(struct cabin_store *store, const struct cabin_store_change *changes, unsigned count,
			const struct cabin_store_entry *entry, cabin_store_done_call done, void *context)
{
	if (count > CABIN_STORE_CHANGES_MAX)
		return false;
	struct cabin_store_job *job = take_place(store, CABIN_STORE_JOB_COMMIT);
	if (!job)
		return false;
	job->done = done;
	job->context = context;
	job->commit.changes = calloc(count + 1, sizeof(job->commit.changes[0]));
	bool copied = job->commit.changes != NULL;
	while (copied && job->commit.count < count) {
		copied = copy_change(&job->commit.changes[job->commit.count], &changes[job->commit.count]);
		job->commit.count++;
	}
	if (!copied) {
		cabin_store_job_free(store, job);
		return false;
	}
	job->commit.has_entry = entry != NULL;
	if (entry) {
		job->commit.entry = *entry;
		clean_entry(&job->commit.entry);
	}
	return push(store, job, false);
}

bool cabin_store_query_log(struct cabin_store *store, const struct cabin_store_query *query, cabin_store_done_call done,
			   void *context)
{
	struct cabin_store_job *job = take_place(store, CABIN_STORE_JOB_QUERY);
	if (!job)
		return false;
	job->done = done;
	job->context = context;
	job->query = *query;
	cabin_store_text_clean(job->query.kind, sizeof(job->query.kind));
	cabin_store_text_clean(job->query.subject, sizeof(job->query.subject));
	return push(store, job, false);
}

bool cabin_store_query_minutes(struct cabin_store *store, const struct cabin_store_minutes_query *query,
			       cabin_store_done_call done, void *context)
{
	struct cabin_store_job *job = take_place(store, CABIN_STORE_JOB_QUERY);
	if (!job)
		return false;
	job->done = done;
	job->context = context;
	job->of_minutes = true;
	job->minutes_query = *query;
	cabin_store_text_clean(job->minutes_query.channel, sizeof(job->minutes_query.channel));
	return push(store, job, false);
}

void cabin_store_stats(const struct cabin_store *store, struct cabin_store_stats *out)
{
	const char *error = atomic_load_explicit(&store->error, memory_order_relaxed);
	*out = (struct cabin_store_stats){
	    .entries = atomic_load_explicit(&store->entries, memory_order_relaxed),
	    .minutes = atomic_load_explicit(&store->minutes, memory_order_relaxed),
	    .dropped = atomic_load_explicit(&store->dropped, memory_order_relaxed),
	    .failed_commits = atomic_load_explicit(&store->failed_commits, memory_order_relaxed),
	    .waiting = atomic_load_explicit(&store->held[CABIN_STORE_JOB_ENTRY], memory_order_relaxed) +
		       atomic_load_explicit(&store->held[CABIN_STORE_JOB_MINUTE], memory_order_relaxed),
	    .waiting_commits = atomic_load_explicit(&store->held[CABIN_STORE_JOB_COMMIT], memory_order_relaxed),
	    .writable = !error,
	    .error = error,
	    .disk_size_bytes = atomic_load_explicit(&store->disk_size_bytes, memory_order_relaxed),
	    .disk_free_bytes = atomic_load_explicit(&store->disk_free_bytes, memory_order_relaxed),
	    .file_bytes = atomic_load_explicit(&store->file_bytes, memory_order_relaxed),
	    .commit_ms_max = atomic_load_explicit(&store->commit_ms_max, memory_order_relaxed),
	};
}

/* What could not be written until the very end. */
static void forget_waiting(struct cabin_store *store)
{
	unsigned lost = 0;
	for (struct cabin_store_job *job = store->first, *next; job; job = next, lost++) {
		next = job->next;
		cabin_store_job_free(store, job);
	}
	if (lost)
		cabin_log(CABIN_LOG_ERROR, "store", "lost", "entries=%u error=\"%s\"", lost,
			  atomic_load_explicit(&store->error, memory_order_relaxed));
}

void cabin_store_close(struct cabin_store *store)
{
	if (!store)
		return;
	if (store->started) {
		/* Release, partner: the acquire in cabin_store_run. */
		atomic_store_explicit(&store->stopping, true, memory_order_release);
		wake(store);
		pthread_join(store->thread, NULL);
	} else if (store->database.handle) {
		store->retry_ns = 0;
		cabin_store_work(store);
	}
	forget_waiting(store);
	cabin_store_database_close(&store->database);
	cabin_inbox_destroy(store->inbox);
	if (store->wake_fd >= 0)
		close(store->wake_fd);
	free(store->path);
	free(store);
}
