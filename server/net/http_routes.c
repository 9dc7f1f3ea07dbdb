/* What is served where. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "net/http.h"
#include "net/http_booth.h"
#include "net/ws_listener.h"

static const char not_built[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Cabin</title>"
    "<h1>The pages are not built</h1>"
    "<p>This server runs, but the folder with its web pages is missing. Build them with <code>./cabin build</code> "
    "in the project's folder, then start the server again.</p></html>";

struct cabin_http_reply cabin_http_text(int status, const char *text)
{
	return (struct cabin_http_reply){
	    .status = status, .type = "text/plain; charset=utf-8", .body = (const uint8_t *)text, .size = strlen(text)};
}

/* Turns an answer into 304 where the client has it already. */
static struct cabin_http_reply unless_known(struct lws *wsi, struct cabin_http_reply reply)
{
	char known[512];
	cabin_http_header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, known, sizeof(known));
	if (reply.etag && cabin_etag_matches(known, reply.etag)) {
		reply.status = 304;
		reply.type = reply.encoding = NULL;
		reply.body = NULL;
		reply.size = 0;
	}
	return reply;
}

static struct cabin_http_reply static_file(struct lws *wsi, const struct cabin_static_file *file)
{
	char accepted[256];
	cabin_http_header(wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, accepted, sizeof(accepted));
	enum cabin_encoding encoding = cabin_static_choose(file, accepted);
	const struct cabin_static_body *body = &file->bodies[encoding];
	struct cabin_http_reply reply = {
	    .status = 200,
	    .type = file->type,
	    .body = body->bytes,
	    .size = body->size,
	    .etag = body->etag,
	    .encoding = cabin_encoding_names[encoding],
	    .varies = file->bodies[CABIN_ENCODING_GZIP].bytes || file->bodies[CABIN_ENCODING_BROTLI].bytes,
	    .cache_control = file->immutable ? "public, max-age=31536000, immutable" : "no-cache",
	};
	return unless_known(wsi, reply);
}

static struct cabin_http_reply event(struct cabin_loop *loop, struct lws *wsi)
{
	size_t size;
	char *json = cabin_live_event(&loop->net->live, &size, loop->event_etag);
	if (!json)
		return cabin_http_text(503, "out of memory\n");
	struct cabin_http_reply reply = {.status = 200,
					 .type = "application/json",
					 .body = (const uint8_t *)json,
					 .size = size,
					 .owned = json,
					 .etag = loop->event_etag,
					 .cache_control = "no-cache"};
	return unless_known(wsi, reply);
}

static struct cabin_http_reply metrics(struct cabin_loop *loop)
{
	size_t size;
	char *text = cabin_text_cache_get(loop->net->figures, &size);
	if (!text)
		return cabin_http_text(503, "out of memory\n");
	return (struct cabin_http_reply){.status = 200,
					 .type = "text/plain; version=0.0.4; charset=utf-8",
					 .body = (uint8_t *)text,
					 .size = size,
					 .owned = text};
}

/* A loop that stands still cannot answer: the others tell of it. */
static struct cabin_http_reply health(const struct cabin_net *net)
{
	const char *part = cabin_net_standing(net);
	if (!part)
		return cabin_http_text(200, "ok\n");
	return cabin_http_text(503, strcmp(part, "hub") == 0 ? "the hub stands still\n" : "a loop stands still\n");
}

/* "/desk" to "/desk/": relative links of the folder's page count from there. */
static struct cabin_http_reply to_folder(const char *path)
{
	size_t size = strlen(path);
	char *location = malloc(size + 2);
	if (!location)
		return cabin_http_text(503, "out of memory\n");
	memcpy(location, path, size);
	memcpy(location + size, "/", 2);
	return (struct cabin_http_reply){
	    .status = 308, .location = location, .owned = location, .cache_control = "no-cache"};
}

/* One page is the sign of every room: "/stage/plenary". */
static const char *page_of(const char *path)
{
	static const char stage[] = "/stage/";
	const char *room = path + sizeof(stage) - 1;
	bool is_sign = strncmp(path, stage, sizeof(stage) - 1) == 0 && *room &&
		       room[strspn(room, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
	return is_sign ? "/stage/index.html" : path;
}

struct cabin_http_reply cabin_http_route(struct cabin_loop *loop, struct lws *wsi, const char *path)
{
	const struct cabin_static *files = loop->net->files;
	if (strlen(path) > CABIN_HTTP_PATH_MAX_BYTES)
		return cabin_http_text(414, "path too long\n");
	if (!strcmp(path, "/healthz"))
		return health(loop->net);
	if (!strcmp(path, "/api/v1/event"))
		return event(loop, wsi);
	if (!strcmp(path, "/metrics") && loop->net->figures)
		return metrics(loop);
	if (!strcmp(path, CABIN_WS_PATH))
		return cabin_http_text(426, "open a WebSocket here, with the sub-protocol " CABIN_WS_SUBPROTOCOL "\n");
	struct cabin_http_reply reply;
	if (cabin_http_booth(loop, wsi, path, &reply))
		return reply;
	const struct cabin_static_file *file = cabin_static_find(files, page_of(path));
	if (file) {
		reply = static_file(wsi, file);
		reply.uses_microphone = strncmp(path, "/booth/", 7) == 0 || strncmp(path, "/desk/", 6) == 0;
		return reply;
	}
	if (cabin_static_is_folder(files, path))
		return to_folder(path);
	if (!files && !strcmp(path, "/"))
		return (struct cabin_http_reply){.status = 503,
						 .type = "text/html; charset=utf-8",
						 .body = (const uint8_t *)not_built,
						 .size = sizeof(not_built) - 1};
	return cabin_http_text(404, "not found\n");
}
