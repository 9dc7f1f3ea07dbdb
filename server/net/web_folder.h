/* A folder's files in memory. Read once, on the main thread; then any thread. */
#ifndef CABIN_NET_WEB_FOLDER_H
#define CABIN_NET_WEB_FOLDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct cabin_web_file {
	char *path; /* from the folder, with a leading slash: "/assets/x.js" */
	uint8_t *bytes;
	size_t size;
};

struct cabin_web_folder;

/* Errors as cabin_static_load tells them, each logged with what to do. */
CABIN_MUST_CHECK int cabin_web_folder_read(struct cabin_web_folder **out, const char *folder);
void cabin_web_folder_destroy(struct cabin_web_folder *folder);

size_t cabin_web_folder_count(const struct cabin_web_folder *folder);
const struct cabin_web_file *cabin_web_folder_at(const struct cabin_web_folder *folder, size_t index);
const struct cabin_web_file *cabin_web_folder_find(const struct cabin_web_folder *folder, const char *path);

#endif
