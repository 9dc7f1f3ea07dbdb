/* What is served to whoever has a token: booths' documents, and the state of all booths. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "net/http_auth.h"
#include "net/http_booth.h"
#include "net/notice.h"

static const char documents_path[] = "/api/v1/booth/documents", booths_path[] = "/api/v1/booths";

enum { DOCUMENT_MAX_BYTES = 64 << 20 };

/* The token of the request, checked; false: `*refusal` is the answer. */
static bool authorise(struct cabin_loop *loop, struct lws *wsi, struct cabin_token *token,
		      struct cabin_http_reply *refusal)
{
	enum cabin_auth_verdict verdict = cabin_http_authorise(loop, wsi, token);
	if (verdict == CABIN_AUTH_GOOD)
		return true;
	*refusal = cabin_http_text(401, cabin_auth_text(verdict));
	return false;
}

/* A regular file of bearable size; negative: none. */
static int open_file(const char *path, size_t *size)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* that it is no pipe is known later */
	if (fd < 0)
		return CABIN_ENOTFOUND;
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > DOCUMENT_MAX_BYTES) {
		close(fd);
		errno = EINVAL;
		return CABIN_EIO;
	}
	/* Read from the disk by the kernel, beside this thread. */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED);
	*size = (size_t)status.st_size;
	return fd;
}

static struct cabin_http_reply document(const struct cabin_server_booth *booth, const char *number)
{
	char *end;
	unsigned long index = strtoul(number, &end, 10);
	size_t size;
	if (*number < '1' || *number > '9' || *end || index > booth->document_count ||
	    !booth->document_files[index - 1])
		return cabin_http_text(404, "no such document\n");
	const char *path = booth->document_files[index - 1];
	int fd = open_file(path, &size);
	if (fd < 0) {
		cabin_log(CABIN_LOG_WARN, "net", "document-unreadable", "file=\"%s\" error=\"%s\"", path,
			  strerror(errno));
		return cabin_http_text(503, "the file cannot be read now\n");
	}
	return (struct cabin_http_reply){.status = 200,
					 .type = cabin_content_type(path),
					 .size = size,
					 .is_file = true,
					 .fd = fd,
					 .cache_control = "private, no-store"};
}

/* CABIN_INDEX_NONE: the token is of no booth that is there. */
static uint16_t booth_of(struct cabin_loop *loop, const struct cabin_token *token)
{
	if (token->role != CABIN_TOKEN_BOOTH)
		return CABIN_INDEX_NONE;
	return cabin_live_booth_index(&loop->net->live, token->booth);
}

static struct cabin_http_reply documents(struct cabin_loop *loop, struct lws *wsi, const char *rest)
{
	struct cabin_token token;
	struct cabin_http_reply reply;
	if (!authorise(loop, wsi, &token, &reply))
		return reply;
	uint16_t booth_index = booth_of(loop, &token);
	if (booth_index == CABIN_INDEX_NONE)
		return cabin_http_text(403, "this token is of no booth\n");
	if (*rest == '/')
		return document(&loop->net->config.booths[booth_index], rest + 1);
	if (*rest)
		return cabin_http_text(404, "not found\n");
	const char *json = cabin_live_documents(&loop->net->live, booth_index);
	return (struct cabin_http_reply){
	    .status = 200, .type = "application/json", .body = (const uint8_t *)json, .size = strlen(json)};
}

static struct cabin_http_reply all_booths(struct cabin_loop *loop, struct lws *wsi)
{
	struct cabin_token token;
	struct cabin_http_reply reply;
	size_t size;
	if (!authorise(loop, wsi, &token, &reply))
		return reply;
	if (!cabin_auth_sees_all(&token))
		return cabin_http_text(403, "this is for technicians\n");
	char *text = cabin_notices_json(loop, &size);
	if (!text)
		return cabin_http_text(503, "out of memory\n");
	return (struct cabin_http_reply){
	    .status = 200, .type = "application/json", .body = (uint8_t *)text, .size = size, .owned = text};
}

bool cabin_http_booth(struct cabin_loop *loop, struct lws *wsi, const char *path, struct cabin_http_reply *reply)
{
	if (strcmp(path, booths_path) == 0)
		*reply = all_booths(loop, wsi);
	else if (strncmp(path, documents_path, sizeof(documents_path) - 1) == 0)
		*reply = documents(loop, wsi, path + sizeof(documents_path) - 1);
	else
		return false;
	return true;
}
