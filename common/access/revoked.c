#include "access/revoked.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/token.h"
#include "base/log.h"

enum { LINE_MAX_BYTES = 512, REVOKED_MAX = 100000 };

struct entry {
	char id[CABIN_TOKEN_ID_BYTES + 1];
};

struct list {
	struct entry *entries;
	size_t count, capacity;
};

struct cabin_revoked {
	char *path;
	struct stat seen; /* of the file as it was last looked at; zero: there was none */
	struct list list;
};

static bool is_id(const char *text)
{
	return strlen(text) == CABIN_TOKEN_ID_BYTES && text[strspn(text, "0123456789abcdef")] == '\0';
}

static int add(struct list *list, const char *id)
{
	if (list->count == REVOKED_MAX)
		return CABIN_ETOOBIG;
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? 2 * list->capacity : 64;
		struct entry *entries = realloc(list->entries, capacity * sizeof(entries[0]));
		if (!entries)
			return CABIN_ENOMEM;
		list->entries = entries;
		list->capacity = capacity;
	}
	memcpy(list->entries[list->count++].id, id, CABIN_TOKEN_ID_BYTES + 1);
	return 0;
}

static int by_id(const void *left, const void *right)
{
	return strcmp(((const struct entry *)left)->id, ((const struct entry *)right)->id);
}

static int read_lines(struct list *out, FILE *file, const char *path)
{
	char line[LINE_MAX_BYTES];
	int result = 0;
	for (unsigned number = 1; result == 0 && fgets(line, sizeof(line), file); number++) {
		line[strcspn(line, "#\r\n")] = '\0';
		const char *id = line + strspn(line, " \t");
		line[(size_t)(id - line) + strcspn(id, " \t")] = '\0';
		if (!*id)
			continue;
		result = is_id(id) ? add(out, id) : CABIN_EFORMAT;
		if (result == CABIN_EFORMAT)
			cabin_log(CABIN_LOG_ERROR, "access", "revoked-wrong",
				  "file=\"%s\" line=%u hint=\"write one token's id, 16 hex digits, a line\"", path,
				  number);
	}
	if (result == 0 && ferror(file))
		result = CABIN_EIO;
	if (out->count)
		qsort(out->entries, out->count, sizeof(out->entries[0]), by_id);
	return result;
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Reads the file where it has changed. `*changed`: the list was replaced. */
static int look(struct cabin_revoked *revoked, bool *changed)
{
	struct stat status = {0};
	struct list list = {NULL, 0, 0};
	*changed = false;
	bool is_there = stat(revoked->path, &status) == 0;
	if (!is_there)
		memset(&status, 0, sizeof(status));
	if (is_same_file(&status, &revoked->seen))
		return 0;
	FILE *file = is_there ? fopen(revoked->path, "re") : NULL;
	int result = is_there && !file ? CABIN_EIO : 0;
	if (!is_there || !file)
		cabin_log(CABIN_LOG_WARN, "access", "revoked-missing",
			  "file=\"%s\" error=\"%s\" hint=\"the list stays as it was until the file is back\"",
			  revoked->path, strerror(errno));
	else
		result = read_lines(&list, file, revoked->path);
	if (file)
		fclose(file);
	revoked->seen = status;
	if (result != 0 || !is_there) {
		free(list.entries);
		return result;
	}
	free(revoked->list.entries);
	revoked->list = list;
	*changed = true;
	return 0;
}

int cabin_revoked_create(struct cabin_revoked **out, const char *path)
{
	bool changed;
	*out = NULL;
	struct cabin_revoked *revoked = calloc(1, sizeof(*revoked));
	if (!revoked)
		return CABIN_ENOMEM;
	revoked->path = strdup(path);
	int result = revoked->path ? look(revoked, &changed) : CABIN_ENOMEM;
	if (result != 0) {
		cabin_revoked_destroy(revoked);
		return result;
	}
	*out = revoked;
	return 0;
}

void cabin_revoked_destroy(struct cabin_revoked *revoked)
{
	if (!revoked)
		return;
	free(revoked->list.entries);
	free(revoked->path);
	free(revoked);
}

bool cabin_revoked_refresh(struct cabin_revoked *revoked)
{
	bool changed;
	int result = look(revoked, &changed);
	if (result != 0)
		cabin_log(CABIN_LOG_ERROR, "access", "revoked-unreadable",
			  "file=\"%s\" error=%s hint=\"the list stays as it was; mend the file\"", revoked->path,
			  cabin_error_name(result));
	return changed;
}

bool cabin_revoked_has(const struct cabin_revoked *revoked, const char *token_id)
{
	struct entry key;
	if (!is_id(token_id) || !revoked->list.count)
		return false;
	memcpy(key.id, token_id, sizeof(key.id));
	return bsearch(&key, revoked->list.entries, revoked->list.count, sizeof(key), by_id) != NULL;
}

int cabin_revoked_append(const char *path, const char *token_id, const char *remark)
{
	char line[LINE_MAX_BYTES];
	if (!is_id(token_id))
		return CABIN_EINVAL;
	int size = snprintf(line, sizeof(line), "%s%s%.200s\n", token_id, remark ? "  # " : "", remark ? remark : "");
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return CABIN_EIO;
	bool written = write(fd, line, (size_t)size) == size && fsync(fd) == 0;
	int failure = errno;
	if (close(fd) != 0)
		written = false;
	errno = failure;
	return written ? 0 : CABIN_EIO;
}
