/* HTTP requests: which answer, and its way out. Loop threads. */
#ifndef CABIN_NET_HTTP_H
#define CABIN_NET_HTTP_H

#include <libwebsockets.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/loop.h"

enum { CABIN_HTTP_PATH_MAX_BYTES = 500 };

struct cabin_http_reply {
	int status;
	const char *type; /* NULL: no body's type to tell */
	const uint8_t *body;
	size_t size;
	void *owned;  /* malloc'd memory that holds the body, or NULL */
	bool is_file; /* the body is `size` bytes of `fd`, which is handed over, instead */
	int fd;
	const char *etag, *encoding, *cache_control, *location, *allow;
	bool varies;	      /* with Accept-Encoding */
	bool uses_microphone; /* the page may ask for it */
	bool closes;	      /* the connection ends with it */
};

struct cabin_http_api;

/* What is left to send of an answer: in the memory that lws keeps for a session. */
struct cabin_http_session {
	struct cabin_http_api *api; /* a request that is not answered yet, or NULL */
	bool head, closes;
	const uint8_t *rest; /* of a body in memory */
	size_t rest_size;
	void *owned;
	bool is_file;
	int fd;
};

/* libwebsockets' callback for everything that is not a WebSocket. */
int cabin_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size);

/* Copies a header's value, or "" when it is missing or too long. */
const char *cabin_http_header(struct lws *wsi, enum lws_token_indexes token, char *out, size_t out_size);

/* A short text as the whole answer. `text` is static. */
struct cabin_http_reply cabin_http_text(int status, const char *text);

/* The answer to GET or HEAD of `path`. http_routes.c. */
struct cabin_http_reply cabin_http_route(struct cabin_loop *loop, struct lws *wsi, const char *path);

/* Writes the header into `out`; returns its size. http_header.c, pure. `host` may be
 * anything that a client sent. */
size_t cabin_http_header_write(char *out, size_t out_size, const struct cabin_http_reply *reply, const char *host,
			       bool secure, int64_t wall_s, bool close);

/* Writes header and body at once, for an answer after which the connection ends. */
void cabin_http_answer_and_close(struct lws *wsi, const struct cabin_http_reply *reply);

#endif
