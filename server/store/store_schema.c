#include <stdio.h>

#include "store/store_database.h"

/* Never changed once it was released: a new version is a new step. Units end a column's
 * name; the views are for people (docs/database.md). */
static const char VERSION_1[] =
    "PRAGMA application_id = 0x4361626E;" /* "Cabn" */
    "CREATE TABLE change ("
    " scope TEXT NOT NULL, subject TEXT NOT NULL, key TEXT NOT NULL,"
    " value TEXT NOT NULL, author TEXT NOT NULL, at_unix_ms INTEGER NOT NULL,"
    " PRIMARY KEY (scope, subject, key)) WITHOUT ROWID;"
    /* AUTOINCREMENT: an id is never used again, also after rows were deleted. */
    "CREATE TABLE log ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, at_unix_ms INTEGER NOT NULL,"
    " kind TEXT NOT NULL, subject TEXT NOT NULL, author TEXT NOT NULL, detail TEXT NOT NULL);"
    "CREATE INDEX log_kind ON log (kind);"
    "CREATE INDEX log_subject ON log (subject);"
    "CREATE TABLE minute ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, minute_unix_s INTEGER NOT NULL, channel TEXT NOT NULL,"
    " loudness_lufs REAL, peak_dbfs REAL, listeners_max INTEGER NOT NULL, packets INTEGER NOT NULL,"
    " gaps INTEGER NOT NULL, concealed_ms INTEGER NOT NULL,"
    " mouth_to_ear_p50_ms INTEGER NOT NULL, mouth_to_ear_p95_ms INTEGER NOT NULL,"
    " floor_s INTEGER NOT NULL, booth_s INTEGER NOT NULL, pass_through_s INTEGER NOT NULL,"
    " silence_s INTEGER NOT NULL, channel_s INTEGER NOT NULL, desk_s INTEGER NOT NULL,"
    " UNIQUE (channel, minute_unix_s));"
    "CREATE VIEW change_text AS SELECT scope, subject, key, value, author,"
    " strftime('%Y-%m-%d %H:%M:%S', at_unix_ms / 1000, 'unixepoch', 'localtime') AS at FROM change;"
    "CREATE VIEW log_text AS SELECT id,"
    " strftime('%Y-%m-%d %H:%M:%S', at_unix_ms / 1000, 'unixepoch', 'localtime') AS at,"
    " kind, subject, author, detail FROM log;"
    "CREATE VIEW minute_text AS SELECT strftime('%Y-%m-%d %H:%M', minute_unix_s, 'unixepoch', 'localtime') AS at,"
    " channel, loudness_lufs, peak_dbfs, listeners_max, packets, gaps, concealed_ms, mouth_to_ear_p50_ms,"
    " mouth_to_ear_p95_ms, floor_s, booth_s, pass_through_s, silence_s, channel_s, desk_s FROM minute;";

const char *const cabin_store_schema_steps[] = {VERSION_1};
const int cabin_store_schema_version = sizeof(cabin_store_schema_steps) / sizeof(cabin_store_schema_steps[0]);

static int version(sqlite3 *handle, int *out)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(handle, "PRAGMA user_version", -1, &statement, NULL);
	if (code != SQLITE_OK)
		return code;
	code = sqlite3_step(statement);
	*out = code == SQLITE_ROW ? sqlite3_column_int(statement, 0) : 0;
	sqlite3_finalize(statement);
	return code == SQLITE_ROW ? SQLITE_OK : code;
}

static int take_step(sqlite3 *handle, const char *step, int to)
{
	char set_version[48];
	snprintf(set_version, sizeof(set_version), "PRAGMA user_version = %d", to);
	int code = sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (code != SQLITE_OK)
		return code;
	code = sqlite3_exec(handle, step, NULL, NULL, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_exec(handle, set_version, NULL, NULL, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_exec(handle, "COMMIT", NULL, NULL, NULL);
	if (code != SQLITE_OK && !sqlite3_get_autocommit(handle))
		(void)sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
	return code;
}

int cabin_store_schema_bring(sqlite3 *handle, const char *const *steps, int count)
{
	int from = 0;
	int code = version(handle, &from);
	if (code == SQLITE_OK && from > count)
		return SQLITE_MISMATCH;
	for (int i = from; code == SQLITE_OK && i < count; i++)
		code = take_step(handle, steps[i], i + 1);
	return code;
}
