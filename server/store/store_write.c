#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/store_database.h"

enum {
	CHECKPOINT_FRAMES = 1000,  /* of 4 KiB: 4 MB */
	FAR_TOO_LONG_FRAMES = 8000 /* 32 MB: only somebody who reads for minutes keeps it so */
};

static const char *const SQL[] = {
    [CABIN_STORE_PUT_CHANGE] = "INSERT INTO change (scope, subject, key, value, author, at_unix_ms)"
			       " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
			       " ON CONFLICT (scope, subject, key) DO UPDATE SET"
			       " value = excluded.value, author = excluded.author, at_unix_ms = excluded.at_unix_ms",
    [CABIN_STORE_DROP_CHANGE] = "DELETE FROM change WHERE scope = ?1 AND subject = ?2 AND key = ?3",
    [CABIN_STORE_PUT_ENTRY] = "INSERT INTO log (at_unix_ms, kind, subject, author, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
    [CABIN_STORE_PUT_MINUTE] =
	"INSERT INTO minute (minute_unix_s, channel, loudness_lufs, peak_dbfs, listeners_max, packets, gaps,"
	" concealed_ms, mouth_to_ear_p50_ms, mouth_to_ear_p95_ms,"
	" floor_s, booth_s, pass_through_s, silence_s, channel_s, desk_s)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
	" ON CONFLICT (channel, minute_unix_s) DO UPDATE SET"
	" loudness_lufs = coalesce(excluded.loudness_lufs, loudness_lufs),"
	" peak_dbfs = coalesce(max(excluded.peak_dbfs, peak_dbfs), excluded.peak_dbfs, peak_dbfs),"
	" listeners_max = max(excluded.listeners_max, listeners_max),"
	" packets = packets + excluded.packets, gaps = gaps + excluded.gaps,"
	" concealed_ms = concealed_ms + excluded.concealed_ms,"
	" mouth_to_ear_p50_ms = max(excluded.mouth_to_ear_p50_ms, mouth_to_ear_p50_ms),"
	" mouth_to_ear_p95_ms = max(excluded.mouth_to_ear_p95_ms, mouth_to_ear_p95_ms),"
	" floor_s = floor_s + excluded.floor_s, booth_s = booth_s + excluded.booth_s,"
	" pass_through_s = pass_through_s + excluded.pass_through_s, silence_s = silence_s + excluded.silence_s,"
	" channel_s = channel_s + excluded.channel_s, desk_s = desk_s + excluded.desk_s"};

int cabin_store_write_prepare(struct cabin_store_database *database)
{
	int code = SQLITE_OK;
	for (int i = 0; code == SQLITE_OK && i < (int)(sizeof(SQL) / sizeof(SQL[0])); i++)
		code = sqlite3_prepare_v3(database->handle, SQL[i], -1, SQLITE_PREPARE_PERSISTENT,
					  &database->statements[i], NULL);
	return code;
}

int cabin_store_write_begin(struct cabin_store_database *database, bool lasting)
{
	int code = sqlite3_exec(database->handle, lasting ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
				NULL, NULL, NULL);
	return code == SQLITE_OK ? sqlite3_exec(database->handle, "BEGIN IMMEDIATE", NULL, NULL, NULL) : code;
}

int cabin_store_write_end(struct cabin_store_database *database)
{
	return sqlite3_exec(database->handle, "COMMIT", NULL, NULL, NULL);
}

void cabin_store_write_undo(struct cabin_store_database *database)
{
	/* SQLite has undone it by itself where the disk was full. */
	if (!sqlite3_get_autocommit(database->handle))
		(void)sqlite3_exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
}

static void bind_text(sqlite3_stmt *statement, int index, const char *text)
{
	/* It fails only without memory; the column is NULL then, which NOT NULL refuses. */
	(void)sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

static int finish(sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	return code == SQLITE_DONE ? SQLITE_OK : code;
}

int cabin_store_write_change(struct cabin_store_database *database, const struct cabin_store_change *change)
{
	sqlite3_stmt *statement =
	    database->statements[change->value_json ? CABIN_STORE_PUT_CHANGE : CABIN_STORE_DROP_CHANGE];
	bind_text(statement, 1, change->scope);
	bind_text(statement, 2, change->subject);
	bind_text(statement, 3, change->key);
	if (change->value_json) {
		bind_text(statement, 4, change->value_json);
		bind_text(statement, 5, change->author);
		(void)sqlite3_bind_int64(statement, 6, change->at_unix_ms);
	}
	return finish(statement);
}

/* The column is JSON whatever the caller gave: people read it with json_extract(). NULL:
 * no memory. */
static char *detail_json(const char *detail)
{
	if (!detail[0])
		return strdup("{}");
	json_t *value = json_loads(detail, JSON_DECODE_ANY, NULL);
	if (value) {
		json_decref(value);
		return strdup(detail);
	}
	value = json_string(detail);
	char *text = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
	json_decref(value);
	return text;
}

int cabin_store_write_entry(struct cabin_store_database *database, const struct cabin_store_entry *entry)
{
	sqlite3_stmt *statement = database->statements[CABIN_STORE_PUT_ENTRY];
	char *detail = detail_json(entry->detail_json);
	if (!detail)
		return SQLITE_NOMEM;
	(void)sqlite3_bind_int64(statement, 1, entry->at_unix_ms);
	bind_text(statement, 2, entry->kind);
	bind_text(statement, 3, entry->subject);
	bind_text(statement, 4, entry->author);
	bind_text(statement, 5, detail);
	int code = finish(statement);
	free(detail);
	return code;
}

/* Silence, which has no decibels, is NULL. */
static void bind_db(sqlite3_stmt *statement, int index, double db)
{
	if (isfinite(db))
		(void)sqlite3_bind_double(statement, index, round(db * 100) / 100);
	else
		(void)sqlite3_bind_null(statement, index);
}

int cabin_store_write_minute(struct cabin_store_database *database, const struct cabin_store_minute *minute)
{
	sqlite3_stmt *statement = database->statements[CABIN_STORE_PUT_MINUTE];
	const uint32_t figures[] = {minute->listeners_max,
				    minute->packets,
				    minute->gaps,
				    minute->concealed_ms,
				    minute->mouth_to_ear_p50_ms,
				    minute->mouth_to_ear_p95_ms};
	int index = 0;
	(void)sqlite3_bind_int64(statement, ++index, minute->minute_unix_s);
	bind_text(statement, ++index, minute->channel);
	bind_db(statement, ++index, minute->loudness_lufs);
	bind_db(statement, ++index, minute->peak_dbfs);
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		(void)sqlite3_bind_int64(statement, ++index, figures[i]);
	for (int i = 0; i < CABIN_STORE_FEEDS; i++)
		(void)sqlite3_bind_int64(statement, ++index, minute->seconds_by_feed[i]);
	return finish(statement);
}

bool cabin_store_write_checkpoint(struct cabin_store_database *database)
{
	int frames = 0;
	int moved = 0;
	if (database->wal_frames < CHECKPOINT_FRAMES)
		return true;
	bool far_too_long = database->wal_frames >= FAR_TOO_LONG_FRAMES;
	int code = sqlite3_wal_checkpoint_v2(database->handle, NULL,
					     far_too_long ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
					     &frames, &moved);
	bool whole = code == SQLITE_OK && frames == moved;
	if (whole) {
		database->wal_frames = 0;
		database->told_long_read = false;
	} else if (far_too_long && !database->told_long_read) {
		database->told_long_read = true;
		cabin_log(CABIN_LOG_WARN, "store", "wal-grows",
			  "frames=%d error=\"%s\" do=\"end the program that reads the database for so long\"", frames,
			  cabin_store_error_text(database, code));
	}
	return whole;
}
