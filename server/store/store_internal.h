/* What store.c (callers' side) and store_thread.c (the store's thread) share. Private to
 * store/. */
#ifndef CABIN_STORE_INTERNAL_H
#define CABIN_STORE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/inbox.h"
#include "store/store_database.h"

enum cabin_store_job_kind {
	CABIN_STORE_JOB_ENTRY,
	CABIN_STORE_JOB_MINUTE,
	CABIN_STORE_JOB_COMMIT,
	CABIN_STORE_JOB_QUERY, /* of the log, or of minutes */
	CABIN_STORE_JOB_KINDS
};

struct cabin_store_commit_job {
	struct cabin_store_change *changes; /* with values of their own */
	unsigned count;
	bool has_entry;
	struct cabin_store_entry entry;
};

/* One owner at a time: who asks, the inbox, the store's thread. */
struct cabin_store_job {
	enum cabin_store_job_kind kind;
	struct cabin_store_job *next; /* in the line of what waits */
	cabin_store_done_call done;   /* NULL: nobody, or called already */
	void *context;
	bool of_minutes; /* a query */
	union {
		struct cabin_store_entry entry;
		struct cabin_store_minute minute;
		struct cabin_store_commit_job commit;
		struct cabin_store_query query;
		struct cabin_store_minutes_query minutes_query;
	};
};

struct cabin_store {
	char *path;
	struct cabin_clock clock;
	struct cabin_store_database database;
	struct cabin_inbox *inbox; /* of struct cabin_store_job * */
	int wake_fd;
	pthread_t thread;
	bool started;
	atomic_bool stopping;

	/* Jobs of each kind that were taken and are not done: callers add, the thread takes
	 * away. Relaxed: they order nothing. */
	_Atomic uint32_t held[CABIN_STORE_JOB_KINDS];
	_Atomic uint64_t dropped;

	/* The store's thread: what is to be written, in the order in which it came. */
	struct cabin_store_job *first, *last;
	uint64_t retry_ns;	/* after a failure: not before this, but for a new commit */
	uint64_t checkpoint_ns; /* the same, of a checkpoint */
	uint64_t figures_ns;	/* when the disk is measured next */

	/* Written by the store's thread, read by any: relaxed. */
	_Atomic uint64_t entries, minutes, failed_commits, disk_free_bytes, disk_size_bytes, file_bytes;
	_Atomic(const char *) error; /* NULL: the newest write succeeded */
	_Atomic double commit_ms_max;
};

/* Takes what the inbox has, writes all that waits if it can, and measures. The store's
 * thread, or whoever closes a store without one. */
void cabin_store_work(struct cabin_store *store);
void cabin_store_measure(struct cabin_store *store);
void *cabin_store_run(void *store);

/* Gives up its place among those held. */
void cabin_store_job_free(struct cabin_store *store, struct cabin_store_job *job);

#endif
