/* The open SQLite file: its handle, prepared statements, what is written and read with
 * them. Private to store/.
 *
 * One thread at a time: the one that opens it, then the store's. Functions that give back
 * `int` without another word give SQLite's result code; SQLITE_OK is 0. */
#ifndef CABIN_STORE_DATABASE_H
#define CABIN_STORE_DATABASE_H

#include <sqlite3.h>

#include "store/store.h"

enum cabin_store_statement {
	CABIN_STORE_PUT_CHANGE,
	CABIN_STORE_DROP_CHANGE,
	CABIN_STORE_PUT_ENTRY,
	CABIN_STORE_PUT_MINUTE,
	CABIN_STORE_GET_CHANGES,
	CABIN_STORE_GET_LOG, /* all, of a kind, of a subject, of both */
	CABIN_STORE_GET_LOG_KIND,
	CABIN_STORE_GET_LOG_SUBJECT,
	CABIN_STORE_GET_LOG_BOTH,
	CABIN_STORE_GET_MINUTES, /* all, of a channel */
	CABIN_STORE_GET_MINUTES_CHANNEL,
	CABIN_STORE_STATEMENTS
};

struct cabin_store_database {
	sqlite3 *handle;
	sqlite3_stmt *statements[CABIN_STORE_STATEMENTS];
	const char *path;    /* the owner's */
	int file;	     /* keeps other servers out while it is open; negative: none */
	bool damaged;	     /* of the newest try to open it; it is closed without a further write */
	bool lacks_room;     /* of the newest try to open it: the disk is full */
	int wal_frames;	     /* in the WAL after the newest transaction */
	bool told_long_read; /* that the WAL cannot be emptied */
};

/* Errors as of cabin_store_open, logged; the database is closed then. */
CABIN_MUST_CHECK int cabin_store_database_open(struct cabin_store_database *database, const char *path);
void cabin_store_database_close(struct cabin_store_database *database); /* a closed one is fine */

/* Whether its path still names the file that is open: what is written into one that was
 * removed is lost with the process. */
bool cabin_store_database_is_there(const struct cabin_store_database *database);

/* What SQLite's code means to somebody who has to do something about it. Static. */
const char *cabin_store_error_text(const struct cabin_store_database *database, int code);

/* Whether the same may succeed later: the disk, a lock, memory. */
bool cabin_store_error_passes(int code);

/* --- store_schema.c --- */

/* Brings the file from its PRAGMA user_version to `count`; steps[v] makes version v + 1 of
 * version v. A step is done whole or not at all. SQLITE_MISMATCH: the file is newer. */
CABIN_MUST_CHECK int cabin_store_schema_bring(sqlite3 *handle, const char *const *steps, int count);
extern const char *const cabin_store_schema_steps[];
extern const int cabin_store_schema_version;

/* --- store_write.c --- */

CABIN_MUST_CHECK int cabin_store_write_prepare(struct cabin_store_database *database);

/* Until the end of the transaction; `lasting`: its end is on the disk when it returns, a
 * power cut included. */
CABIN_MUST_CHECK int cabin_store_write_begin(struct cabin_store_database *database, bool lasting);
CABIN_MUST_CHECK int cabin_store_write_end(struct cabin_store_database *database);
void cabin_store_write_undo(struct cabin_store_database *database);

CABIN_MUST_CHECK int cabin_store_write_change(struct cabin_store_database *database,
					      const struct cabin_store_change *change);
CABIN_MUST_CHECK int cabin_store_write_entry(struct cabin_store_database *database,
					     const struct cabin_store_entry *entry);
CABIN_MUST_CHECK int cabin_store_write_minute(struct cabin_store_database *database,
					      const struct cabin_store_minute *minute);

/* Moves the WAL into the file when it is long enough; waits for a reader only where it
 * grew far too long. False: it did not get far; to be tried again some seconds later. */
bool cabin_store_write_checkpoint(struct cabin_store_database *database);

/* --- store_query.c --- */

CABIN_MUST_CHECK int cabin_store_query_prepare(struct cabin_store_database *database);
CABIN_MUST_CHECK int cabin_store_read_changes(struct cabin_store_database *database,
					      bool (*each)(void *context, const struct cabin_store_change *change),
					      void *context);

/* `*json`: malloc'd. */
CABIN_MUST_CHECK int cabin_store_read_log(struct cabin_store_database *database, const struct cabin_store_query *query,
					  char **json);
CABIN_MUST_CHECK int cabin_store_read_minutes(struct cabin_store_database *database,
					      const struct cabin_store_minutes_query *query, char **json);

/* --- store_text.c --- */

/* Ends the text of `size` bytes with NUL and makes it UTF-8: '?' for each byte that is none. */
void cabin_store_text_clean(char *text, size_t size);

/* "2027-03-01T08:00:00Z", with ".000" before the Z where `decimals`. */
enum { CABIN_STORE_TIME_MAX_BYTES = 40 };
void cabin_store_time_text(char out[CABIN_STORE_TIME_MAX_BYTES], int64_t unix_ms, bool decimals);

#endif
