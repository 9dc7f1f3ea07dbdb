#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_database.h"

enum { PAGE_DEFAULT = 100 };

#define LOG_COLUMNS                                                                                                    \
	"SELECT id, at_unix_ms, kind, subject, author, detail FROM log"                                                \
	" WHERE id < ?1 AND at_unix_ms >= ?2 AND at_unix_ms < ?3"
#define LOG_ORDER " ORDER BY id DESC LIMIT ?4"
#define MINUTE_COLUMNS                                                                                                 \
	"SELECT id, minute_unix_s, channel, loudness_lufs, peak_dbfs, listeners_max, packets, gaps, concealed_ms,"     \
	" mouth_to_ear_p50_ms, mouth_to_ear_p95_ms, floor_s, booth_s, pass_through_s, silence_s, channel_s, desk_s"    \
	" FROM minute WHERE id > ?1 AND minute_unix_s >= ?2 AND minute_unix_s < ?3"
#define MINUTE_ORDER " ORDER BY id LIMIT ?4"

/* A statement for each set of filters, so that each uses its index. */
static const char *const SQL[CABIN_STORE_STATEMENTS] = {
    [CABIN_STORE_GET_CHANGES] = "SELECT scope, subject, key, value, author, at_unix_ms FROM change"
				" ORDER BY scope, subject, key",
    [CABIN_STORE_GET_LOG] = LOG_COLUMNS LOG_ORDER,
    [CABIN_STORE_GET_LOG_KIND] = LOG_COLUMNS " AND kind = ?5" LOG_ORDER,
    [CABIN_STORE_GET_LOG_SUBJECT] = LOG_COLUMNS " AND subject = ?6" LOG_ORDER,
    [CABIN_STORE_GET_LOG_BOTH] = LOG_COLUMNS " AND kind = ?5 AND subject = ?6" LOG_ORDER,
    [CABIN_STORE_GET_MINUTES] = MINUTE_COLUMNS MINUTE_ORDER,
    [CABIN_STORE_GET_MINUTES_CHANNEL] = MINUTE_COLUMNS " AND channel = ?5" MINUTE_ORDER,
};

static const char *const FIGURES[] = {"listeners_max",	    "packets", "gaps", "concealed_ms", "mouth_to_ear_p50_ms",
				      "mouth_to_ear_p95_ms"};
enum { FIGURES_COUNT = sizeof(FIGURES) / sizeof(FIGURES[0]) };
static const char *const FEEDS[CABIN_STORE_FEEDS] = {"floor", "booth", "pass-through", "silence", "channel", "desk"};

int cabin_store_query_prepare(struct cabin_store_database *database)
{
	int code = SQLITE_OK;
	for (int i = CABIN_STORE_GET_CHANGES; code == SQLITE_OK && i < CABIN_STORE_STATEMENTS; i++)
		code = sqlite3_prepare_v3(database->handle, SQL[i], -1, SQLITE_PREPARE_PERSISTENT,
					  &database->statements[i], NULL);
	return code;
}

/* A column's text, which is never NULL here: somebody may have changed the file by hand. */
static const char *text_of(sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);
	return text ? text : "";
}

static void copy_text(char *out, size_t size, sqlite3_stmt *statement, int column)
{
	strncpy(out, text_of(statement, column), size - 1);
	cabin_store_text_clean(out, size);
}

static int end(sqlite3_stmt *statement, int code)
{
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

int cabin_store_read_changes(struct cabin_store_database *database,
			     bool (*each)(void *context, const struct cabin_store_change *change), void *context)
{
	sqlite3_stmt *statement = database->statements[CABIN_STORE_GET_CHANGES];
	bool more = true;
	int code = SQLITE_ROW;
	while (more && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		struct cabin_store_change change = {.at_unix_ms = sqlite3_column_int64(statement, 5)};
		copy_text(change.scope, sizeof(change.scope), statement, 0);
		copy_text(change.subject, sizeof(change.subject), statement, 1);
		copy_text(change.key, sizeof(change.key), statement, 2);
		copy_text(change.author, sizeof(change.author), statement, 4);
		change.value_json = strdup(text_of(statement, 3));
		if (!change.value_json)
			return end(statement, SQLITE_NOMEM);
		more = each(context, &change);
		free(change.value_json);
	}
	return end(statement, code);
}

/* Text of any bytes. NULL: no memory; a setter passes that on. */
static json_t *json_of(const char *text)
{
	char *copy = strdup(text);
	if (!copy)
		return NULL;
	cabin_store_text_clean(copy, strlen(copy) + 1);
	json_t *value = json_string(copy);
	free(copy);
	return value;
}

static json_t *detail_of(const char *text)
{
	json_t *detail = json_loads(text, JSON_DECODE_ANY, NULL);
	return detail ? detail : json_of(text);
}

static json_t *db_of(sqlite3_stmt *statement, int column)
{
	return sqlite3_column_type(statement, column) == SQLITE_NULL
		   ? json_null()
		   : json_real(sqlite3_column_double(statement, column));
}

static json_t *entry_of(sqlite3_stmt *statement)
{
	char at[CABIN_STORE_TIME_MAX_BYTES];
	cabin_store_time_text(at, sqlite3_column_int64(statement, 1), true);
	json_t *entry = json_object();
	bool failed = json_object_set_new(entry, "id", json_integer(sqlite3_column_int64(statement, 0))) ||
		      json_object_set_new(entry, "at", json_string(at)) ||
		      json_object_set_new(entry, "kind", json_of(text_of(statement, 2))) ||
		      json_object_set_new(entry, "subject", json_of(text_of(statement, 3))) ||
		      json_object_set_new(entry, "author", json_of(text_of(statement, 4))) ||
		      json_object_set_new(entry, "detail", detail_of(text_of(statement, 5)));
	if (failed) {
		json_decref(entry);
		return NULL;
	}
	return entry;
}

static json_t *minute_of(sqlite3_stmt *statement)
{
	char at[CABIN_STORE_TIME_MAX_BYTES];
	int column = 5;
	cabin_store_time_text(at, sqlite3_column_int64(statement, 1) * 1000, false);
	json_t *minute = json_object();
	json_t *feeds = json_object();
	bool failed = json_object_set_new(minute, "id", json_integer(sqlite3_column_int64(statement, 0))) ||
		      json_object_set_new(minute, "minute", json_string(at)) ||
		      json_object_set_new(minute, "channel", json_of(text_of(statement, 2))) ||
		      json_object_set_new(minute, "loudness_lufs", db_of(statement, 3)) ||
		      json_object_set_new(minute, "peak_dbfs", db_of(statement, 4));
	for (int i = 0; i < FIGURES_COUNT; i++)
		failed |= json_object_set_new(minute, FIGURES[i],
					      json_integer(sqlite3_column_int64(statement, column++))) != 0;
	for (int i = 0; i < CABIN_STORE_FEEDS; i++)
		failed |=
		    json_object_set_new(feeds, FEEDS[i], json_integer(sqlite3_column_int64(statement, column++))) != 0;
	failed |= json_object_set_new(minute, "seconds_by_feed", feeds) != 0;
	if (failed) {
		json_decref(minute);
		return NULL;
	}
	return minute;
}

/* {NAME:[each row by `make`, at most `limit`],"next":…}; the statement is bound to give
 * one row more than the page has. */
static int page(sqlite3_stmt *statement, const char *name, unsigned limit, json_t *(*make)(sqlite3_stmt *statement),
		char **json)
{
	json_t *rows = json_array();
	json_int_t last_id = 0;
	int code;
	bool more = false;
	while (!more && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		more = json_array_size(rows) == limit;
		if (more)
			break;
		last_id = sqlite3_column_int64(statement, 0);
		if (json_array_append_new(rows, make(statement))) {
			code = SQLITE_NOMEM;
			break;
		}
	}
	code = end(statement, code);
	if (code != SQLITE_OK) {
		json_decref(rows);
		return code;
	}
	json_t *answer = json_object();
	bool failed = json_object_set_new(answer, name, rows) ||
		      json_object_set_new(answer, "next", more ? json_integer(last_id) : json_null());
	/* 15 digits: -23.1 stays -23.1. */
	*json = failed ? NULL : json_dumps(answer, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(answer);
	return *json ? SQLITE_OK : SQLITE_NOMEM;
}

static void bind_range(sqlite3_stmt *statement, int64_t id, int64_t from, int64_t to, unsigned limit)
{
	(void)sqlite3_bind_int64(statement, 1, id);
	(void)sqlite3_bind_int64(statement, 2, from ? from : INT64_MIN);
	(void)sqlite3_bind_int64(statement, 3, to ? to : INT64_MAX);
	(void)sqlite3_bind_int64(statement, 4, (int64_t)limit + 1);
}

int cabin_store_read_log(struct cabin_store_database *database, const struct cabin_store_query *query, char **json)
{
	unsigned limit = query->limit ? query->limit : PAGE_DEFAULT;
	enum cabin_store_statement which = CABIN_STORE_GET_LOG;
	if (limit > CABIN_STORE_PAGE_MAX)
		limit = CABIN_STORE_PAGE_MAX;
	if (query->kind[0] && query->subject[0])
		which = CABIN_STORE_GET_LOG_BOTH;
	else if (query->kind[0])
		which = CABIN_STORE_GET_LOG_KIND;
	else if (query->subject[0])
		which = CABIN_STORE_GET_LOG_SUBJECT;
	sqlite3_stmt *statement = database->statements[which];
	bind_range(statement, query->before_id > 0 ? query->before_id : INT64_MAX, query->from_unix_ms,
		   query->to_unix_ms, limit);
	/* An index that the statement does not have is refused, which changes nothing. */
	if (query->kind[0])
		(void)sqlite3_bind_text(statement, 5, query->kind, -1, SQLITE_STATIC);
	if (query->subject[0])
		(void)sqlite3_bind_text(statement, 6, query->subject, -1, SQLITE_STATIC);
	return page(statement, "entries", limit, entry_of, json);
}

int cabin_store_read_minutes(struct cabin_store_database *database, const struct cabin_store_minutes_query *query,
			     char **json)
{
	unsigned limit = query->limit && query->limit < CABIN_STORE_PAGE_MAX ? query->limit : CABIN_STORE_PAGE_MAX;
	sqlite3_stmt *statement =
	    database->statements[query->channel[0] ? CABIN_STORE_GET_MINUTES_CHANNEL : CABIN_STORE_GET_MINUTES];
	bind_range(statement, query->after_id, query->from_unix_s, query->to_unix_s, limit);
	if (query->channel[0])
		(void)sqlite3_bind_text(statement, 5, query->channel, -1, SQLITE_STATIC);
	return page(statement, "minutes", limit, minute_of, json);
}
