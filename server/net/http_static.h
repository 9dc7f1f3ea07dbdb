/* The built web pages, read into memory at start, so that no request's path ever
 * reaches the file system.
 *
 *   web/dist/assets/listen-Bx3kQz1a.js ┐
 *            …listen-Bx3kQz1a.js.gz    ├─ one entry "/assets/listen-Bx3kQz1a.js", three encodings
 *            …listen-Bx3kQz1a.js.br    ┘
 *
 * Read-only after load: any thread. */
#ifndef CABIN_NET_HTTP_STATIC_H
#define CABIN_NET_HTTP_STATIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum cabin_encoding { CABIN_ENCODING_IDENTITY, CABIN_ENCODING_GZIP, CABIN_ENCODING_BROTLI, CABIN_ENCODING_COUNT };

/* "" , "gzip", "br": as in Content-Encoding. */
extern const char *const cabin_encoding_names[CABIN_ENCODING_COUNT];

struct cabin_static_body {
	const uint8_t *bytes; /* NULL: not there in this encoding */
	size_t size;
	char etag[24]; /* quoted, strong, differs between encodings */
};

struct cabin_static_file {
	char *path;	  /* as requested: "/assets/x.js"; "/" and "/desk/" for a folder's index.html */
	const char *type; /* Content-Type */
	bool immutable;	  /* its name holds a hash of its content */
	struct cabin_static_body bodies[CABIN_ENCODING_COUNT]; /* identity is always there */
};

struct cabin_static;

/* Reads `folder` with its sub-folders; names that begin with a dot are left out.
 * CABIN_ENOTFOUND: no such folder, or nothing in it. CABIN_ETOOBIG: over 64 MiB,
 * 4,000 files or 8 levels. CABIN_EIO, CABIN_ENOMEM. Each is logged. */
CABIN_MUST_CHECK int cabin_static_load(struct cabin_static **out, const char *folder);
void cabin_static_destroy(struct cabin_static *files);

/* The file of a request's path (without query), or NULL. */
const struct cabin_static_file *cabin_static_find(const struct cabin_static *files, const char *path);

/* True when `path` lacks only the final slash of a folder that has an index.html. */
bool cabin_static_is_folder(const struct cabin_static *files, const char *path);

/* The smallest encoding of `file` that an Accept-Encoding header's value allows;
 * NULL or "" allows identity alone. */
enum cabin_encoding cabin_static_choose(const struct cabin_static_file *file, const char *accept_encoding);

/* Whether an If-None-Match header's value names `etag` (weak comparison, lists, *). */
bool cabin_etag_matches(const char *if_none_match, const char *etag);

/* By extension; "application/octet-stream" for others. */
const char *cabin_content_type(const char *path);

/* "name-hash.ext" with a hash of 8 characters as Vite makes them (base64url, with
 * a digit or a capital among them). */
bool cabin_name_has_hash(const char *path);

/* A strong, quoted entity tag of these bytes. */
void cabin_etag_write(char out[24], const uint8_t *bytes, size_t size, enum cabin_encoding encoding);

#endif
