#include "store/store_database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

enum {
	APPLICATION_ID = 0x4361626E, /* "Cabn", in the file's header; as in step 1 of the schema */
	BUSY_LIMIT_MS = 1000,	     /* for a program that writes into the same file */
	PATH_MAX_BYTES = 512,
	LOG_PATH_BYTES = 400
};

/* temp_store: a sort needs no room on a disk that may be full. */
static const char SETTINGS[] = "PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 16777216;";

static void tell_failed(const char *path, const char *event, const char *error, const char *help)
{
	char quoted[LOG_PATH_BYTES];
	cabin_log(CABIN_LOG_ERROR, "store", event, "path=%s error=\"%s\" do=\"%s\"",
		  cabin_log_quote(quoted, sizeof(quoted), path), error, help);
}

static bool is_no_room(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

/* The newest error of the operating system on one of the database's two files. */
static int errno_of(sqlite3 *handle, int file_pointer)
{
	sqlite3_file *file = NULL;
	int error = 0;
	if (sqlite3_file_control(handle, "main", file_pointer, &file) == SQLITE_OK && file && file->pMethods)
		(void)file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error);
	return error;
}

/* SQLite says SQLITE_FULL for ENOSPC alone: a quota is the same to whoever has to act.
 * sqlite3_system_errno() does not know of a COMMIT that failed. */
static bool lacks_room(const struct cabin_store_database *database, int code)
{
	switch (code & 0xFF) {
	case SQLITE_FULL:
		return true;
	case SQLITE_CANTOPEN:
		return is_no_room(sqlite3_system_errno(database->handle));
	case SQLITE_IOERR:
		return code == SQLITE_IOERR_SHMSIZE || is_no_room(sqlite3_system_errno(database->handle)) ||
		       is_no_room(errno_of(database->handle, SQLITE_FCNTL_FILE_POINTER)) ||
		       is_no_room(errno_of(database->handle, SQLITE_FCNTL_JOURNAL_POINTER));
	default:
		return false;
	}
}

const char *cabin_store_error_text(const struct cabin_store_database *database, int code)
{
	if (lacks_room(database, code))
		return "disk full";
	if (code == SQLITE_READONLY_DBMOVED)
		return "the database's file was removed or replaced";
	switch (code & 0xFF) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return "another program holds the database";
	case SQLITE_READONLY:
		return "the database cannot be written";
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return "the database is damaged";
	case SQLITE_NOMEM:
		return "no memory";
	case SQLITE_NOLFS: /* a network's folder: set_up found no WAL */
		return "this disk cannot hold a database that others read meanwhile";
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return "the disk cannot be written";
	default:
		return "the database refused it";
	}
}

bool cabin_store_error_passes(int code)
{
	switch (code & 0xFF) {
	case SQLITE_FULL:
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_READONLY:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_NOMEM:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_PROTOCOL:
		return true;
	default:
		return false;
	}
}

static const char *open_help(int error)
{
	switch (error) {
	case ENOENT:
		return "make the folder that the database is to be in";
	case EACCES:
	case EPERM:
	case EROFS:
		return "let the server's user write into the database's folder, or name another one";
	case EISDIR:
		return "name a file, not a folder";
	default:
		return is_no_room(error) ? "make room on the disk" : "look at the disk and the folder";
	}
}

/* Makes the file where there is none, and keeps it from a second server. flock() and
 * SQLite's own locks do not meet; but closing the descriptor would give up SQLite's, so it
 * is closed after the handle. */
static int claim_file(struct cabin_store_database *database)
{
	database->file = open(database->path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (database->file < 0) {
		tell_failed(database->path, "open-failed", strerror(errno), open_help(errno));
		return CABIN_EIO;
	}
	if (flock(database->file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		tell_failed(database->path, "open-failed", "another server has this database open",
			    "end it, or give each server a database of its own");
		return CABIN_EIO;
	}
	return 0;
}

/* The one number that a statement gives. */
static int number(struct cabin_store_database *database, const char *sql, int64_t *out)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL);
	if (code != SQLITE_OK)
		return code;
	code = sqlite3_step(statement);
	*out = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	sqlite3_finalize(statement);
	return code == SQLITE_ROW ? SQLITE_OK : code;
}

/* `otherwise` when the one word that a statement gives is another than `word`. */
static int expect(struct cabin_store_database *database, const char *sql, const char *word, int otherwise)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL);
	if (code != SQLITE_OK)
		return code;
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(statement, 0);
		code = text && strcmp(text, word) == 0 ? SQLITE_OK : otherwise;
	}
	sqlite3_finalize(statement);
	return code;
}

static int check_owner(struct cabin_store_database *database)
{
	int64_t application = 0;
	int64_t tables = 0;
	int code = number(database, "PRAGMA application_id", &application);
	if (code == SQLITE_OK)
		code = number(database, "SELECT count(*) FROM sqlite_master", &tables);
	return code == SQLITE_OK && application != APPLICATION_ID && tables > 0 ? SQLITE_AUTH : code;
}

static int count_frames(void *context, sqlite3 *handle, const char *name, int frames)
{
	struct cabin_store_database *database = context;
	database->wal_frames = frames;
	return SQLITE_OK;
}

/* `alone`: without the -shm file, for which a full disk has no room; other programs are
 * then kept from reading. */
static int set_up(struct cabin_store_database *database, bool alone)
{
	int code =
	    sqlite3_open_v2(database->path, &database->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (code != SQLITE_OK)
		return code;
	(void)sqlite3_extended_result_codes(database->handle, 1);
	(void)sqlite3_busy_timeout(database->handle, BUSY_LIMIT_MS);
	if (alone)
		code = expect(database, "PRAGMA locking_mode = EXCLUSIVE", "exclusive", SQLITE_ERROR);
	if (code == SQLITE_OK)
		code = expect(database, "PRAGMA quick_check(1)", "ok", SQLITE_CORRUPT);
	if (code == SQLITE_OK)
		code = check_owner(database);
	if (code == SQLITE_OK)
		code = expect(database, "PRAGMA journal_mode = WAL", "wal", SQLITE_NOLFS);
	if (code == SQLITE_OK)
		code = sqlite3_exec(database->handle, SETTINGS, NULL, NULL, NULL);
	(void)sqlite3_wal_hook(database->handle, count_frames, database);
	if (code == SQLITE_OK)
		code = cabin_store_schema_bring(database->handle, cabin_store_schema_steps, cabin_store_schema_version);
	if (code == SQLITE_OK)
		code = cabin_store_write_prepare(database);
	if (code == SQLITE_OK)
		code = cabin_store_query_prepare(database);
	if (code == SQLITE_OK)
		code = cabin_store_write_begin(database, false);
	if (code == SQLITE_OK)
		cabin_store_write_undo(database);
	return code;
}

/* With its WAL, so that `sqlite3 PATH.broken-TIME .dump` finds all that there is. */
static bool move_aside(const char *path)
{
	char stamp[24];
	char from[PATH_MAX_BYTES + 8];
	char to[PATH_MAX_BYTES + 64];
	char quoted[LOG_PATH_BYTES];
	time_t now = time(NULL);
	struct tm parts;
	if (!gmtime_r(&now, &parts))
		return false;
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &parts);
	snprintf(to, sizeof(to), "%s.broken-%s", path, stamp);
	for (int i = 2; access(to, F_OK) == 0 && i < 100; i++)
		snprintf(to, sizeof(to), "%s.broken-%s-%d", path, stamp, i);
	if (rename(path, to) != 0) {
		tell_failed(path, "move-failed", strerror(errno), open_help(errno));
		return false;
	}
	cabin_log(CABIN_LOG_ERROR, "store", "damaged",
		  "moved_to=%s do=\"changes and log begin anew; docs/database.md says how to get the old ones back\"",
		  cabin_log_quote(quoted, sizeof(quoted), to));
	/* Of no use to a new file: SQLite throws the WAL of an empty file away by itself. */
	snprintf(from, sizeof(from), "%s-wal", path);
	strncat(to, "-wal", sizeof(to) - strlen(to) - 1);
	if (rename(from, to) != 0 && errno != ENOENT)
		tell_failed(from, "move-failed", strerror(errno), "copy it away by hand");
	snprintf(from, sizeof(from), "%s-shm", path);
	(void)unlink(from);
	return true;
}

static int tell_code(struct cabin_store_database *database, int code)
{
	if (code == SQLITE_AUTH) {
		tell_failed(database->path, "open-failed", "this is another program's database",
			    "name another file: this one is left as it is");
		return CABIN_EUNSUPPORTED;
	}
	if (code == SQLITE_MISMATCH) {
		tell_failed(database->path, "open-failed", "a newer Cabin made this database",
			    "start that one, or name another file: this one is left as it is");
		return CABIN_EUNSUPPORTED;
	}
	int error = sqlite3_system_errno(database->handle);
	if (lacks_room(database, code))
		error = ENOSPC;
	else if ((code & 0xFF) == SQLITE_READONLY)
		error = EACCES;
	tell_failed(database->path, "open-failed", cabin_store_error_text(database, code),
		    code == SQLITE_NOLFS ? "name a path on a local disk" : open_help(error));
	return (code & 0xFF) == SQLITE_NOMEM ? CABIN_ENOMEM : CABIN_EIO;
}

/* One try, closed again where it fails. `*code`: SQLite's; SQLITE_OK where that is not why. */
static int try_open(struct cabin_store_database *database, bool alone, int *code)
{
	*code = SQLITE_OK;
	database->damaged = false;
	database->lacks_room = false;
	int result = claim_file(database);
	if (result == 0)
		*code = set_up(database, alone);
	if (result == 0 && *code == SQLITE_OK)
		return 0;
	database->damaged = (*code & 0xFF) == SQLITE_CORRUPT || (*code & 0xFF) == SQLITE_NOTADB;
	database->lacks_room = lacks_room(database, *code);
	/* The last word is the caller's where another way is left. */
	if (result == 0 && !database->damaged && (alone || !database->lacks_room))
		result = tell_code(database, *code);
	cabin_store_database_close(database);
	return result == 0 ? CABIN_EIO : result;
}

int cabin_store_database_open(struct cabin_store_database *database, const char *path)
{
	int code;
	*database = (struct cabin_store_database){.path = path, .file = -1};
	if (strlen(path) >= PATH_MAX_BYTES || !path[0])
		return CABIN_EINVAL;
	int result = try_open(database, false, &code);
	if (result != 0 && database->damaged)
		result = move_aside(path) ? try_open(database, false, &code) : CABIN_EIO;
	if (result != 0 && database->lacks_room) {
		result = try_open(database, true, &code);
		if (result == 0)
			cabin_log(CABIN_LOG_ERROR, "store", "disk-full",
				  "do=\"make room; other programs can read the database after the next start\"");
	}
	return result;
}

bool cabin_store_database_is_there(const struct cabin_store_database *database)
{
	struct stat ours;
	struct stat named;
	return fstat(database->file, &ours) == 0 && stat(database->path, &named) == 0 && ours.st_ino == named.st_ino &&
	       ours.st_dev == named.st_dev;
}

void cabin_store_database_close(struct cabin_store_database *database)
{
	for (int i = 0; i < CABIN_STORE_STATEMENTS; i++)
		sqlite3_finalize(database->statements[i]);
	memset(database->statements, 0, sizeof(database->statements));
	/* A damaged file is left as it was found, its WAL too. */
	if (database->handle && database->damaged)
		(void)sqlite3_db_config(database->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	else if (database->handle)
		(void)sqlite3_wal_checkpoint_v2(database->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	(void)sqlite3_close(database->handle);
	database->handle = NULL;
	if (database->file >= 0)
		close(database->file);
	database->file = -1;
}
