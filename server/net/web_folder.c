#include "net/web_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { FILES_MAX = 4000, DEPTH_MAX = 8, TOTAL_MAX_BYTES = 64 << 20 };

struct cabin_web_folder {
	struct cabin_web_file *files; /* sorted by path */
	size_t count, total_bytes;
};

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct cabin_web_file *)a)->path, ((const struct cabin_web_file *)b)->path);
}

size_t cabin_web_folder_count(const struct cabin_web_folder *folder)
{
	return folder->count;
}

const struct cabin_web_file *cabin_web_folder_at(const struct cabin_web_folder *folder, size_t index)
{
	return &folder->files[index];
}

const struct cabin_web_file *cabin_web_folder_find(const struct cabin_web_folder *folder, const char *path)
{
	struct cabin_web_file key = {.path = (char *)(uintptr_t)path};
	return bsearch(&key, folder->files, folder->count, sizeof(key), by_path);
}

static int cannot_read(const char *path)
{
	char quoted[512];
	int error = errno;
	cabin_log(CABIN_LOG_ERROR, "net", "web-file-unreadable", "file=%s error=\"%s\"",
		  cabin_log_quote(quoted, sizeof(quoted), path), strerror(error));
	return CABIN_EIO;
}

static int read_whole(int fd, struct cabin_web_file *file, const char *path)
{
	for (size_t have = 0; have < file->size;) {
		ssize_t n = read(fd, file->bytes + have, file->size - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (!n)
				errno = EIO; /* it shrank while it was read */
			return cannot_read(path);
		}
		have += (size_t)n;
	}
	return 0;
}

static int add_file(struct cabin_web_folder *folder, const char *path, size_t root_size, size_t size)
{
	if (folder->count >= FILES_MAX || size > TOTAL_MAX_BYTES - folder->total_bytes) {
		cabin_log(CABIN_LOG_ERROR, "net", "web-folder-too-big",
			  "files_max=%d bytes_max=%d hint=\"is this the folder of the built pages?\"", FILES_MAX,
			  TOTAL_MAX_BYTES);
		return CABIN_ETOOBIG;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cannot_read(path);
	struct cabin_web_file file = {.path = strdup(path + root_size), .bytes = malloc(size + 1), .size = size};
	int result = file.path && file.bytes ? read_whole(fd, &file, path) : CABIN_ENOMEM;
	close(fd);
	if (result) {
		free(file.path);
		free(file.bytes);
		return result;
	}
	folder->files[folder->count++] = file;
	folder->total_bytes += size;
	return 0;
}

/* Folders still to be read, as a stack of paths: depth is bounded, so no recursion is needed. */
struct pending {
	char *path;
	int depth;
};

static int read_one_folder(struct cabin_web_folder *folder, struct pending from, size_t root_size,
			   struct pending *stack, size_t *stack_size)
{
	DIR *dir = opendir(from.path);
	if (!dir)
		return cannot_read(from.path);
	int result = 0;
	for (struct dirent *entry; !result && (entry = readdir(dir));) {
		char path[1024];
		struct stat status;
		if (entry->d_name[0] == '.')
			continue;
		int size = snprintf(path, sizeof(path), "%s/%s", from.path, entry->d_name);
		if (size < 0 || (size_t)size >= sizeof(path)) {
			errno = ENAMETOOLONG;
			result = cannot_read(from.path);
		} else if (stat(path, &status)) {
			result = cannot_read(path);
		} else if (S_ISREG(status.st_mode)) {
			result = add_file(folder, path, root_size, (size_t)status.st_size);
		} else if (S_ISDIR(status.st_mode) && from.depth < DEPTH_MAX && *stack_size < FILES_MAX) {
			char *copy = strdup(path);
			if (copy)
				stack[(*stack_size)++] = (struct pending){copy, from.depth + 1};
			else
				result = CABIN_ENOMEM;
		}
	}
	closedir(dir);
	return result;
}

static int read_all(struct cabin_web_folder *folder, const char *root)
{
	struct pending *stack = calloc(FILES_MAX, sizeof(*stack));
	size_t stack_size = 0;
	char *first = strdup(root);
	int result = stack && first ? 0 : CABIN_ENOMEM;
	if (!result) {
		for (size_t n = strlen(first); n > 1 && first[n - 1] == '/'; n--)
			first[n - 1] = 0;
		size_t root_size = strlen(first);
		stack[stack_size++] = (struct pending){first, 0};
		first = NULL;
		while (stack_size) {
			struct pending next = stack[--stack_size];
			if (!result)
				result = read_one_folder(folder, next, root_size, stack, &stack_size);
			free(next.path);
		}
	}
	free(first);
	free(stack);
	return result;
}

int cabin_web_folder_read(struct cabin_web_folder **out, const char *root)
{
	char quoted[512];
	struct stat status;
	*out = NULL;
	if (stat(root, &status) || !S_ISDIR(status.st_mode))
		return CABIN_ENOTFOUND;
	struct cabin_web_folder *folder = calloc(1, sizeof(*folder));
	if (!folder)
		return CABIN_ENOMEM;
	folder->files = calloc(FILES_MAX, sizeof(*folder->files));
	int result = folder->files ? read_all(folder, root) : CABIN_ENOMEM;
	if (!result && !folder->count)
		result = CABIN_ENOTFOUND;
	if (result) {
		cabin_web_folder_destroy(folder);
		return result;
	}
	qsort(folder->files, folder->count, sizeof(*folder->files), by_path);
	cabin_log(CABIN_LOG_INFO, "net", "web-folder-read", "folder=%s files=%zu bytes=%zu",
		  cabin_log_quote(quoted, sizeof(quoted), root), folder->count, folder->total_bytes);
	*out = folder;
	return 0;
}

void cabin_web_folder_destroy(struct cabin_web_folder *folder)
{
	if (!folder)
		return;
	for (size_t i = 0; i < folder->count; i++) {
		free(folder->files[i].path);
		free(folder->files[i].bytes);
	}
	free(folder->files);
	free(folder);
}
