/* The event's database: what the technician changed, what happened, figures per minute.
 *
 *   any thread ── log, minute ──▶ inbox ─▶ rings ── one transaction each 250 ms ──▶ SQLite (WAL)
 *              ── commit ───────▶   │   ──────────── one transaction each, at once ─▶   │
 *              ── query ────────▶   │   ◀──────────── rows ────────────────────────────┘
 *              ◀── done ── on the store's thread
 *
 * Owner: the app, which opens it, reads the changes, starts it and closes it. No caller
 * ever waits for the disk: all of them but open, changes and close hand a copy to the
 * store's thread, in order, and come back; what is full refuses the newest and counts.
 * What was committed survives the end of the process by whatever signal, and a power cut;
 * log entries and minutes of the last half second may be lost by either.
 *
 * A disk that is full, a file that another program holds: what is to be written waits and
 * is tried again each second. `writable` of the figures tells it, and the log does once. */
#ifndef CABIN_STORE_STORE_H
#define CABIN_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"

enum {
	CABIN_STORE_ENTRIES_MAX = 4096,	     /* log entries that wait to be written */
	CABIN_STORE_MINUTES_MAX = 4096,	     /* minutes that do */
	CABIN_STORE_COMMITS_MAX = 256,	     /* commits that do */
	CABIN_STORE_QUERIES_MAX = 64,	     /* queries that wait for their answer */
	CABIN_STORE_CHANGES_MAX = 64,	     /* changes of one commit */
	CABIN_STORE_VALUE_MAX_BYTES = 16384, /* a change's JSON, without its NUL */
	CABIN_STORE_PAGE_MAX = 1000,	     /* entries, or minutes, of one answer */
	CABIN_STORE_FEEDS = 6
};

struct cabin_store;

struct cabin_store_config {
	const char *path; /* of the database; its folder must be there, and writable */
	struct cabin_clock clock;
};

/* Opens the database, makes its tables or brings older ones up to date. A file that is
 * damaged is moved aside (PATH.broken-TIME, with its -wal), which is logged, and a new one
 * is begun. The path is copied.
 * CABIN_EIO: cannot be read or written, or another server has it: a log line says which,
 * and what to do. CABIN_EUNSUPPORTED: made by a newer Cabin, or by another program; left
 * as it is, and logged. CABIN_EINVAL: no path, or too long. CABIN_ENOMEM. Main thread. */
CABIN_MUST_CHECK int cabin_store_open(struct cabin_store **out, const struct cabin_store_config *config);

/* One row of what differs from the configuration file: `key` of `subject` is `value_json`. */
struct cabin_store_change {
	char scope[16]; /* "channel", "room", "setup" … */
	char subject[64];
	char key[32];
	char *value_json; /* any JSON value; NULL: the row is removed. Borrowed for the call */
	char author[64];
	int64_t at_unix_ms;
};

/* Gives each row to `each`, by scope, subject and key, until it returns false; what it is
 * given is its own for the call only. Before start. CABIN_EIO, logged. */
CABIN_MUST_CHECK int cabin_store_changes(struct cabin_store *store,
					 bool (*each)(void *context, const struct cabin_store_change *change),
					 void *context);

/* From now on the store's thread works. What was handed over before is not lost. CABIN_EIO. */
CABIN_MUST_CHECK int cabin_store_start(struct cabin_store *store);

struct cabin_store_entry {
	int64_t at_unix_ms;
	char kind[16];
	char subject[64];
	char author[64];       /* empty: the server */
	char detail_json[768]; /* an object; empty: {}. What is not JSON is kept as a string */
};

/* Puts one entry into the log. False: CABIN_STORE_ENTRIES_MAX wait; this one is dropped
 * and counted. Any thread, never blocks. */
bool cabin_store_log(struct cabin_store *store, const struct cabin_store_entry *entry);

struct cabin_store_done {
	bool stored;	   /* it is in the database; of a query: it was answered */
	bool waiting;	   /* of a commit that is not stored: it is kept, and will be as soon as it can be */
	const char *error; /* static: "disk full" …; NULL when stored */
	char *json;	   /* of a query: its answer, ended by NUL; handed over (free), NULL when there is none */
	size_t size;	   /* of it, without the NUL */
};

/* Called once for each commit and query that was taken, on the store's thread (of a store
 * that was never started: by close). Must not block, and must not close the store. */
typedef void (*cabin_store_done_call)(void *context, const struct cabin_store_done *done);

/* Stores the changes and the entry (NULL: none) in one transaction: all of it or nothing.
 * What cannot be written now is told to `done` (NULL: nobody) as not stored and `waiting`,
 * and written later, in order: no newer commit overtakes it. Wrong JSON is told as not
 * stored, and not kept. All is copied.
 * False: not taken, and `done` is never called: too many wait (counted as dropped), more
 * changes than CABIN_STORE_CHANGES_MAX, a value over CABIN_STORE_VALUE_MAX_BYTES, or no
 * memory. Any thread, never blocks. */
bool cabin_store_commit(struct cabin_store *store, const struct cabin_store_change *changes, unsigned count,
			const struct cabin_store_entry *entry, cabin_store_done_call done, void *context);

struct cabin_store_query {
	int64_t from_unix_ms; /* that one included; 0: from the first */
	int64_t to_unix_ms;   /* that one not; 0: to the newest */
	char kind[16];	      /* empty: all */
	char subject[64];     /* empty: all */
	int64_t before_id;    /* older than this entry: `next` of the page before; 0: the newest */
	unsigned limit;	      /* 0: 100; over CABIN_STORE_PAGE_MAX: that */
};

/* Newest first, with all that was logged and committed before the question:
 * {"entries":[{"id":7,"at":"2027-03-01T08:00:00.000Z","kind":…,"subject":…,"author":…,"detail":{…}}],"next":ID|null}
 * False: not taken, CABIN_STORE_QUERIES_MAX wait, or no memory. Any thread, never blocks. */
bool cabin_store_query_log(struct cabin_store *store, const struct cabin_store_query *query, cabin_store_done_call done,
			   void *context);

/* A channel's figures of one minute. Decibels that are not finite (silence) become null. */
struct cabin_store_minute {
	int64_t minute_unix_s; /* when it began */
	char channel[64];
	double loudness_lufs, peak_dbfs;
	uint32_t listeners_max, packets, gaps, concealed_ms;
	uint32_t mouth_to_ear_p50_ms, mouth_to_ear_p95_ms;
	uint32_t seconds_by_feed[CABIN_STORE_FEEDS]; /* floor, booth, pass-through, silence, channel, desk */
};

/* Stores it. A minute that is there already (the server was started anew within it) is
 * added to: sums are added, of maxima and percentiles the larger stays, of loudness the
 * newer. False: CABIN_STORE_MINUTES_MAX wait; dropped and counted. Any thread, never blocks. */
bool cabin_store_minute(struct cabin_store *store, const struct cabin_store_minute *minute);

struct cabin_store_minutes_query {
	int64_t from_unix_s; /* minutes that begin then or later; 0: from the first */
	int64_t to_unix_s;   /* and before this; 0: to the newest */
	char channel[64];    /* empty: all */
	int64_t after_id;    /* `next` of the page before; 0: the first page */
	unsigned limit;	     /* 0 or over CABIN_STORE_PAGE_MAX: that */
};

/* Oldest first:
 * {"minutes":[{"id":3,"minute":"2027-03-01T08:00:00Z","channel":…,"loudness_lufs":-23.1|null,"peak_dbfs":-6.0|null,
 *   "listeners_max":412,"packets":3000,"gaps":0,"concealed_ms":0,"mouth_to_ear_p50_ms":240,"mouth_to_ear_p95_ms":310,
 *   "seconds_by_feed":{"floor":0,"booth":55,"pass-through":5,"silence":0,"channel":0,"desk":0}}],"next":ID|null}
 * False as cabin_store_query_log. Any thread, never blocks. */
bool cabin_store_query_minutes(struct cabin_store *store, const struct cabin_store_minutes_query *query,
			       cabin_store_done_call done, void *context);

struct cabin_store_stats {
	uint64_t entries;	  /* log entries written since the store was opened, those of commits too */
	uint64_t minutes;	  /* minutes written since then */
	uint64_t dropped;	  /* entries, minutes and commits that were refused because too many waited */
	uint64_t failed_commits;  /* commits that were not stored at once */
	uint32_t waiting;	  /* entries and minutes that are still to be written */
	uint32_t waiting_commits; /* commits that are */
	bool writable;		  /* the newest write succeeded */
	const char *error;	  /* static: why it is not writable; NULL */
	uint64_t disk_size_bytes; /* of the database's disk; 0: not known yet */
	uint64_t disk_free_bytes; /* for this process, on the database's disk; measured each second, as the next one */
	uint64_t file_bytes;	  /* database and WAL */
	double commit_ms_max;	  /* longest commit, from the first row to the disk */
};

/* Each figure is right, all of them together are not a snapshot. Any thread. */
void cabin_store_stats(const struct cabin_store *store, struct cabin_store_stats *out);

/* Writes what waits, answers what was asked, joins the thread, moves the WAL into the file
 * and frees the store. What the disk still refuses is lost, and logged with its count. No
 * other thread may use the store any more; NULL is fine. Main thread. */
void cabin_store_close(struct cabin_store *store);

#endif
