#include "net/http_static.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/web_folder.h"

const char *const cabin_encoding_names[CABIN_ENCODING_COUNT] = {"", "gzip", "br"};

static const struct {
	const char *extension, *type;
} types[] = {
    {"html", "text/html; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"wasm", "application/wasm"},
    {"webmanifest", "application/manifest+json"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"ico", "image/vnd.microsoft.icon"},
    {"webp", "image/webp"},
    {"woff2", "font/woff2"},
    {"txt", "text/plain; charset=utf-8"},
    {"pdf", "application/pdf"},
};

const char *cabin_content_type(const char *path)
{
	const char *dot = strrchr(path, '.');
	const char *slash = strrchr(path, '/');
	if (dot && (!slash || dot > slash)) {
		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
			if (!strcasecmp(dot + 1, types[i].extension))
				return types[i].type;
		}
	}
	return "application/octet-stream";
}

bool cabin_name_has_hash(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dot = strchr(name, '.');
	/* A first dot before the hash belongs to the name: "a.worker-Bx3kQz1a.js". */
	for (const char *next = dot; next; next = strchr(next + 1, '.')) {
		if (next - name >= 10 && next[-9] == '-') {
			dot = next;
			break;
		}
	}
	if (!dot || dot - name < 10 || dot[-9] != '-')
		return false;
	bool mixed = false;
	for (const char *c = dot - 8; c < dot; c++) {
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
			return false;
		mixed = mixed || isdigit((unsigned char)*c) || isupper((unsigned char)*c);
	}
	return mixed;
}

void cabin_etag_write(char out[24], const uint8_t *bytes, size_t size, enum cabin_encoding encoding)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	snprintf(out, 24, "\"%016" PRIx64 "%s\"", hash,
		 encoding == CABIN_ENCODING_IDENTITY ? ""
		 : encoding == CABIN_ENCODING_GZIP   ? "g"
						     : "b");
}

bool cabin_etag_matches(const char *if_none_match, const char *etag)
{
	if (!if_none_match)
		return false;
	size_t size = strlen(etag);
	for (const char *at = if_none_match; *at;) {
		at += strspn(at, " \t,");
		if (*at == '*')
			return true;
		if (!strncmp(at, "W/", 2))
			at += 2;
		if (!strncmp(at, etag, size) && strchr(" \t,", at[size]))
			return true;
		at += strcspn(at, ",");
	}
	return false;
}

/* q of `coding` in thousandths: its own entry, else that of `*`, else −1. */
static int quality(const char *header, const char *coding)
{
	int any = -1;
	for (const char *at = header; *at;) {
		at += strspn(at, " \t,");
		size_t name = strcspn(at, " \t,;");
		const char *rest = at + name;
		int q = 1000;
		const char *end = rest + strcspn(rest, ",");
		const char *parameter = memchr(rest, 'q', (size_t)(end - rest));
		if (parameter) {
			parameter += 1 + strspn(parameter + 1, " \t=");
			q = (int)(strtod(parameter, NULL) * 1000 + 0.5);
		}
		if (name == strlen(coding) && !strncasecmp(at, coding, name))
			return q;
		if (name == 1 && *at == '*')
			any = q;
		at = end;
	}
	return any;
}

enum cabin_encoding cabin_static_choose(const struct cabin_static_file *file, const char *accept_encoding)
{
	enum cabin_encoding best = CABIN_ENCODING_IDENTITY;
	if (!accept_encoding)
		return best;
	for (int e = CABIN_ENCODING_GZIP; e < CABIN_ENCODING_COUNT; e++) {
		if (file->bodies[e].bytes && file->bodies[e].size < file->bodies[best].size &&
		    quality(accept_encoding, cabin_encoding_names[e]) > 0)
			best = (enum cabin_encoding)e;
	}
	return best;
}

struct cabin_static {
	struct cabin_static_file *files; /* sorted by path */
	size_t count;
	struct cabin_web_folder *folder; /* owns the bytes */
};

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct cabin_static_file *)a)->path, ((const struct cabin_static_file *)b)->path);
}

const struct cabin_static_file *cabin_static_find(const struct cabin_static *files, const char *path)
{
	if (!files || !files->count)
		return NULL;
	struct cabin_static_file key = {.path = (char *)(uintptr_t)path};
	return bsearch(&key, files->files, files->count, sizeof(key), by_path);
}

bool cabin_static_is_folder(const struct cabin_static *files, const char *path)
{
	char with_slash[512];
	int size = snprintf(with_slash, sizeof(with_slash), "%s/", path);
	return size > 0 && (size_t)size < sizeof(with_slash) && cabin_static_find(files, with_slash);
}

static bool has_suffix(const char *text, const char *suffix)
{
	size_t a = strlen(text), b = strlen(suffix);
	return a > b && !strcmp(text + a - b, suffix);
}

static const struct cabin_web_file *sibling(const struct cabin_web_folder *folder, const char *path, const char *suffix)
{
	char name[512];
	int size = snprintf(name, sizeof(name), "%s%s", path, suffix);
	return size > 0 && (size_t)size < sizeof(name) ? cabin_web_folder_find(folder, name) : NULL;
}

static void fill_body(struct cabin_static_body *body, const struct cabin_web_file *from, enum cabin_encoding encoding)
{
	if (!from)
		return;
	body->bytes = from->bytes;
	body->size = from->size;
	cabin_etag_write(body->etag, from->bytes, from->size, encoding);
}

/* "/x.gz" is an encoding of "/x" where that is there, and a file of its own else. */
static bool is_encoding(const struct cabin_web_folder *folder, const char *path)
{
	char plain[512];
	if (!has_suffix(path, ".gz") && !has_suffix(path, ".br"))
		return false;
	snprintf(plain, sizeof(plain), "%.*s", (int)(strlen(path) - 3), path);
	return cabin_web_folder_find(folder, plain) != NULL;
}

static int add_file(struct cabin_static *files, const struct cabin_web_file *from, size_t path_size)
{
	struct cabin_static_file *file = &files->files[files->count];
	file->path = strndup(from->path, path_size);
	if (!file->path)
		return CABIN_ENOMEM;
	file->type = cabin_content_type(from->path);
	file->immutable = cabin_name_has_hash(from->path);
	fill_body(&file->bodies[CABIN_ENCODING_IDENTITY], from, CABIN_ENCODING_IDENTITY);
	fill_body(&file->bodies[CABIN_ENCODING_GZIP], sibling(files->folder, from->path, ".gz"), CABIN_ENCODING_GZIP);
	fill_body(&file->bodies[CABIN_ENCODING_BROTLI], sibling(files->folder, from->path, ".br"),
		  CABIN_ENCODING_BROTLI);
	files->count++;
	return 0;
}

int cabin_static_load(struct cabin_static **out, const char *folder)
{
	static const char index_name[] = "index.html";
	struct cabin_static *files = calloc(1, sizeof(*files));
	*out = NULL;
	if (!files)
		return CABIN_ENOMEM;
	int result = cabin_web_folder_read(&files->folder, folder);
	if (result)
		goto out;
	size_t read_count = cabin_web_folder_count(files->folder);
	files->files = calloc(2 * read_count + 1, sizeof(*files->files));
	if (!files->files) {
		result = CABIN_ENOMEM;
		goto out;
	}
	for (size_t i = 0; i < read_count && !result; i++) {
		const struct cabin_web_file *from = cabin_web_folder_at(files->folder, i);
		size_t size = strlen(from->path);
		if (is_encoding(files->folder, from->path))
			continue;
		result = add_file(files, from, size);
		if (!result && has_suffix(from->path, "/index.html"))
			result = add_file(files, from, size - (sizeof(index_name) - 1));
		else if (!result && !strcmp(from->path, "/index.html"))
			result = add_file(files, from, 1);
	}
	if (!result)
		qsort(files->files, files->count, sizeof(*files->files), by_path);
out:
	if (result) {
		cabin_static_destroy(files);
		return result;
	}
	*out = files;
	return 0;
}

void cabin_static_destroy(struct cabin_static *files)
{
	if (!files)
		return;
	for (size_t i = 0; files->files && i < files->count; i++)
		free(files->files[i].path);
	free(files->files);
	cabin_web_folder_destroy(files->folder);
	free(files);
}
