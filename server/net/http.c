#include "net/http.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "net/http_api.h"
#include "net/ws_listener.h"

enum { HEADER_MAX_BYTES = 3072, CHUNK_BYTES = 64 << 10 };

const char *cabin_http_header(struct lws *wsi, enum lws_token_indexes token, char *out, size_t out_size)
{
	if (lws_hdr_copy(wsi, out, (int)out_size, token) < 0)
		out[0] = 0;
	return out;
}

/* Returns false when the connection is broken. With `body` header and body go out in
 * one write, else the header alone. */
static bool write_header(struct lws *wsi, const struct cabin_http_reply *reply, bool close, bool body)
{
	char buffer[LWS_PRE + HEADER_MAX_BYTES + 512], host[300];
	char *start = buffer + LWS_PRE;
	cabin_http_header(wsi, WSI_TOKEN_HOST, host, sizeof(host));
	size_t size = cabin_http_header_write(start, HEADER_MAX_BYTES, reply, host, lws_is_ssl(wsi), time(NULL), close);
	if (body) {
		CABIN_ASSERT(reply->size <= 512);
		memcpy(start + size, reply->body, reply->size);
		size += reply->size;
	}
	return lws_write(wsi, (unsigned char *)start, size, LWS_WRITE_HTTP_HEADERS) >= 0;
}

void cabin_http_answer_and_close(struct lws *wsi, const struct cabin_http_reply *reply)
{
	/* A failure has nobody to be told to: the connection ends in either case. */
	(void)write_header(wsi, reply, true, true);
}

static void forget(struct cabin_http_session *session)
{
	cabin_http_api_forget(session);
	if (session->is_file)
		close(session->fd);
	free(session->owned);
	memset(session, 0, sizeof(*session));
}

static int completed(struct lws *wsi, struct cabin_http_session *session)
{
	bool closes = session->closes;
	forget(session);
	return closes || lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* The header at once, the body as the socket takes it. */
static int begin_answer(struct lws *wsi, struct cabin_http_session *session, const struct cabin_http_reply *reply)
{
	bool written = write_header(wsi, reply, reply->closes, false);
	session->owned = reply->owned;
	session->is_file = reply->is_file;
	session->fd = reply->fd;
	session->closes = reply->closes;
	if (!written) {
		forget(session);
		return -1;
	}
	if (session->head || !reply->size)
		return completed(wsi, session);
	session->rest = reply->body;
	session->rest_size = reply->size;
	lws_callback_on_writable(wsi);
	return 0;
}

static int answer(struct lws *wsi, struct cabin_http_session *session, const char *path)
{
	struct cabin_loop *loop = cabin_loop_of(wsi);
	struct cabin_http_reply reply;
	cabin_counter_add(&loop->counters.http_requests, 1);
	forget(session);
	session->head = lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) > 0;
	enum cabin_api_step step = cabin_http_api_begin(loop, wsi, session, path, &reply);
	if (step == CABIN_API_BEGUN)
		return 0;
	if (step == CABIN_API_NOT_MINE && (session->head || lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) > 0)) {
		reply = cabin_http_route(loop, wsi, path);
	} else if (step == CABIN_API_NOT_MINE) {
		reply = cabin_http_text(405, "GET and HEAD only\n");
		reply.allow = "GET, HEAD";
	}
	return begin_answer(wsi, session, &reply);
}

/* What is sent next; 0: a file that has become shorter than was promised. A file is read
 * as it goes out, a little in each turn, so that sound never waits for a document. */
static size_t next_bytes(struct cabin_loop *loop, struct cabin_http_session *session, const uint8_t **bytes)
{
	size_t limit = session->is_file ? sizeof(loop->read_buffer) : CHUNK_BYTES;
	size_t size = session->rest_size < limit ? session->rest_size : limit;
	if (session->is_file) {
		ssize_t got = read(session->fd, loop->read_buffer, size);
		*bytes = loop->read_buffer;
		return got > 0 ? (size_t)got : 0;
	}
	*bytes = session->rest;
	session->rest += size;
	return size;
}

static int send_more(struct lws *wsi, struct cabin_http_session *session)
{
	struct cabin_http_reply reply;
	if (session && cabin_http_api_take_reply(session, &reply))
		return begin_answer(wsi, session, &reply);
	if (!session || !session->rest_size)
		return 0;
	const uint8_t *bytes;
	size_t size = next_bytes(cabin_loop_of(wsi), session, &bytes);
	bool last = size == session->rest_size;
	/* Not changed: HTTP/1.1 bodies go out as they are. */
	if (!size ||
	    lws_write(wsi, (unsigned char *)(uintptr_t)bytes, size, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0) {
		forget(session);
		return -1;
	}
	session->rest_size -= size;
	if (last)
		return completed(wsi, session);
	lws_callback_on_writable(wsi);
	return 0;
}

/* 0: libwebsockets may upgrade. 1: it was answered, and the connection ends. */
static int confirm_upgrade(struct lws *wsi, const char *what)
{
	if (strcasecmp(what, "websocket")) {
		struct cabin_http_reply reply = cabin_http_text(400, "no such upgrade here\n");
		cabin_http_answer_and_close(wsi, &reply);
		return 1;
	}
	return cabin_ws_upgrade_allowed(wsi) ? 0 : 1;
}

int cabin_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		return answer(wsi, user, in);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return send_more(wsi, user);
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return confirm_upgrade(wsi, in);
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
	case LWS_CALLBACK_CLOSED_HTTP:
		if (user)
			forget(user);
		return 0;
	case LWS_CALLBACK_HTTP_BODY:
		cabin_http_api_body(user, in, size);
		return 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		cabin_http_api_body_end(user);
		return 0;
	case LWS_CALLBACK_WSI_DESTROY: {
		struct cabin_loop *loop = cabin_loop_of(wsi);
		if (loop && lws_get_opaque_user_data(wsi) == loop)
			cabin_admission_connection_leave(&loop->net->admission);
		return 0;
	}
	default:
		return 0;
	}
}
