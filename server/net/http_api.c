#include "net/http_api.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "net/http_auth.h"

enum {
	REPLY_SLOTS = 256,
	DISCARD_MAX_BYTES = 1 << 20, /* of a body that nobody wants: read to its end, so that the refusal arrives */
	ERROR_BYTES = 256
};

static const char methods[] = "GET, HEAD, POST, PATCH, DELETE";

enum api_state { API_READING, API_WAITING, API_READY };

/* One for each request that is under way, of its own memory. */
struct cabin_http_api {
	struct cabin_loop *loop;
	struct lws *wsi;
	struct cabin_http_api *next, *previous;
	enum api_state state;
	uint64_t ticket, deadline_ns;
	size_t body_want;
	struct cabin_api_request *request; /* READING; then it is its answerer's */
	struct cabin_api_reply reply;	   /* READY */
};

/* --- refusals ----------------------------------------------------------------- */

/* Both are ours and need no escapes. */
static struct cabin_http_reply refusal(int status, const char *code, const char *text)
{
	char *body = malloc(ERROR_BYTES);
	if (!body)
		return cabin_http_text(503, "out of memory\n");
	int size = snprintf(body, ERROR_BYTES, "{\"error\":\"%s\",\"text\":\"%s\"}", code, text);
	CABIN_ASSERT(size > 0 && size < ERROR_BYTES);
	return (struct cabin_http_reply){.status = status,
					 .type = "application/json",
					 .body = (const uint8_t *)body,
					 .size = (size_t)size,
					 .owned = body};
}

bool cabin_api_body_size(const char *header, uint64_t *out)
{
	*out = 0;
	if (!*header || strlen(header) > 18)
		return false;
	for (; *header; header++) {
		if (*header < '0' || *header > '9')
			return false;
		*out = *out * 10 + (uint64_t)(*header - '0');
	}
	return true;
}

bool cabin_api_is_json(const char *content_type)
{
	static const char json[] = "application/json";
	content_type += strspn(content_type, " \t");
	if (strncasecmp(content_type, json, sizeof(json) - 1) != 0)
		return false;
	const char *rest = content_type + sizeof(json) - 1;
	rest += strspn(rest, " \t");
	return *rest == '\0' || *rest == ';';
}

/* CABIN_API_METHOD_COUNT: another one. */
static enum cabin_api_method method_of(struct lws *wsi)
{
	static const enum lws_token_indexes tokens[CABIN_API_METHOD_COUNT] = {
	    WSI_TOKEN_GET_URI, WSI_TOKEN_POST_URI, WSI_TOKEN_PATCH_URI, WSI_TOKEN_DELETE_URI};
	if (lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) > 0)
		return CABIN_API_GET;
	for (int method = 0; method < CABIN_API_METHOD_COUNT; method++)
		if (lws_hdr_total_length(wsi, tokens[method]) > 0)
			return (enum cabin_api_method)method;
	return CABIN_API_METHOD_COUNT;
}

/* The body's size, told before it comes; false: `*reply` refuses it. */
static bool body_is_bearable(struct lws *wsi, enum cabin_api_method method, uint64_t *size,
			     struct cabin_http_reply *reply)
{
	char length[32], type[128];
	bool has_length = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0;
	bool brings_json = method == CABIN_API_POST || method == CABIN_API_PATCH;
	*size = 0;
	cabin_http_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, length, sizeof(length));
	if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0 || (brings_json && !has_length)) {
		*reply = refusal(411, "length-required", "send the body with a Content-Length, not in chunks");
		reply->closes = true;
		return false;
	}
	if (has_length && !cabin_api_body_size(length, size)) {
		*reply = refusal(400, "bad-length", "Content-Length is not one whole number");
		reply->closes = true;
		return false;
	}
	if (*size > CABIN_API_BODY_MAX_BYTES) {
		*reply = refusal(413, "too-big", "the body is over 16 KiB");
		reply->closes = *size > DISCARD_MAX_BYTES;
		return false;
	}
	cabin_http_header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, type, sizeof(type));
	if ((brings_json || *size) && !cabin_api_is_json(type)) {
		*reply = refusal(415, "not-json", "the body must be application/json");
		return false;
	}
	return true;
}

/* --- letting in --------------------------------------------------------------- */

/* Whether `path` is of those that net/ serves itself. */
static bool is_own_path(const char *path)
{
	static const char documents[] = "/booth/documents";
	return strcmp(path, "/event") == 0 || strcmp(path, "/booths") == 0 ||
	       strncmp(path, documents, sizeof(documents) - 1) == 0;
}

/* The token lets its bearer do this; false: `*reply` says why not. */
static bool let_in(struct cabin_loop *loop, struct lws *wsi, enum cabin_api_method method,
		   struct cabin_api_author *author, struct cabin_http_reply *reply)
{
	struct cabin_token token;
	enum cabin_auth_verdict verdict = cabin_http_authorise(loop, wsi, &token);
	if (verdict != CABIN_AUTH_GOOD) {
		*reply = refusal(401, cabin_auth_code(verdict), cabin_auth_text(verdict));
		return false;
	}
	if (!cabin_auth_sees_all(&token)) {
		*reply = refusal(403, "not-yours", "this is for technicians and observers");
		return false;
	}
	cabin_auth_author(author, &token);
	if (author->observer && method != CABIN_API_GET) {
		*reply = refusal(403, "not-yours", "an observer may look, and change nothing");
		return false;
	}
	return true;
}

static uint32_t count_pending(const struct cabin_loop *loop)
{
	uint32_t count = 0;
	for (const struct cabin_http_api *api = loop->api_requests; api; api = api->next)
		count++;
	return count;
}

/* NULL: no memory. */
static struct cabin_http_api *make(struct cabin_loop *loop, struct lws *wsi, struct cabin_http_session *session)
{
	struct cabin_http_api *api = calloc(1, sizeof(*api));
	struct cabin_api_request *request = calloc(1, sizeof(*request));
	if (!api || !request) {
		free(api);
		free(request);
		return NULL;
	}
	api->loop = loop;
	api->wsi = wsi;
	api->request = request;
	request->ticket = api->ticket = (uint64_t)loop->index << 56 | ++loop->next_ticket;
	api->next = loop->api_requests;
	if (api->next)
		api->next->previous = api;
	loop->api_requests = api;
	session->api = api;
	return api;
}

/* The answer is there, and goes out when the socket can take it. `*reply`'s body is handed over. */
static void ready(struct cabin_http_api *api, const struct cabin_api_reply *reply)
{
	api->reply = *reply;
	api->state = API_READY;
	lws_rx_flow_control(api->wsi, 1);
	lws_callback_on_writable(api->wsi);
}

static void ready_refused(struct cabin_http_api *api, int status, const char *code, const char *text)
{
	struct cabin_http_reply said = refusal(status, code, text);
	const struct cabin_api_reply reply = {
	    .status = said.status, .body = said.owned, .body_size = said.owned ? said.size : 0};
	ready(api, &reply);
}

/* To whoever answers. */
static void submit(struct cabin_http_api *api)
{
	const struct cabin_server_config *config = &api->loop->net->config;
	struct cabin_api_request *request = api->request;
	api->request = NULL;
	api->state = API_WAITING;
	api->deadline_ns = cabin_loop_now_ns(api->loop) + CABIN_API_REPLY_MS * CABIN_NS_PER_MS;
	lws_set_timeout(api->wsi, NO_PENDING_TIMEOUT, 0);
	/* Whoever writes on meanwhile would wake us without end. */
	lws_rx_flow_control(api->wsi, 0);
	if (config->api(config->api_context, request))
		return;
	cabin_api_request_free(request);
	ready_refused(api, 503, "busy", "too much to do at this moment: ask again");
}

/* libwebsockets keeps the query's parts apart. It is known to fit. */
static void copy_query(char out[CABIN_API_PATH_BYTES], struct lws *wsi)
{
	size_t size = 0;
	out[0] = '\0';
	for (int i = 0; lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, i) > 0; i++) {
		if (size > 0)
			out[size++] = '&';
		int length = lws_hdr_copy_fragment(wsi, out + size, (int)(CABIN_API_PATH_BYTES - size),
						   WSI_TOKEN_HTTP_URI_ARGS, i);
		if (length < 0)
			break;
		size += (size_t)length;
	}
	out[size] = '\0';
}

enum cabin_api_step cabin_http_api_begin(struct cabin_loop *loop, struct lws *wsi, struct cabin_http_session *session,
					 const char *path, struct cabin_http_reply *reply)
{
	struct cabin_api_author author = {0};
	uint64_t body_size;
	static const char prefix[] = CABIN_API_PREFIX "/";
	if (!loop->net->config.api || strncmp(path, prefix, sizeof(prefix) - 1) != 0)
		return CABIN_API_NOT_MINE;
	path += sizeof(prefix) - 2;
	if (is_own_path(path))
		return CABIN_API_NOT_MINE;
	enum cabin_api_method method = method_of(wsi);
	if (method == CABIN_API_METHOD_COUNT) {
		*reply = refusal(405, "no-such-method", methods);
		reply->allow = methods;
		return CABIN_API_REFUSED;
	}
	if (strlen(path) >= CABIN_API_PATH_BYTES ||
	    lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_URI_ARGS) >= CABIN_API_PATH_BYTES) {
		*reply = refusal(414, "too-long", "the address is too long");
		return CABIN_API_REFUSED;
	}
	if (!let_in(loop, wsi, method, &author, reply) || !body_is_bearable(wsi, method, &body_size, reply))
		return CABIN_API_REFUSED;
	struct cabin_http_api *api = count_pending(loop) < CABIN_API_PENDING_MAX ? make(loop, wsi, session) : NULL;
	if (api && body_size)
		api->request->body = malloc(body_size + 1);
	if (!api || (body_size && !api->request->body)) {
		cabin_http_api_forget(session);
		*reply = refusal(503, "busy", "too much to do at this moment: ask again");
		return CABIN_API_REFUSED;
	}
	struct cabin_api_request *request = api->request;
	request->method = method;
	request->author = author;
	memcpy(request->path, path, strlen(path) + 1);
	copy_query(request->query, wsi);
	api->body_want = (size_t)body_size;
	api->deadline_ns = cabin_loop_now_ns(loop) + CABIN_API_BODY_MS * CABIN_NS_PER_MS;
	if (!body_size)
		submit(api);
	return CABIN_API_BEGUN;
}

void cabin_http_api_body(struct cabin_http_session *session, const uint8_t *bytes, size_t size)
{
	struct cabin_http_api *api = session ? session->api : NULL;
	if (!api || api->state != API_READING)
		return;
	struct cabin_api_request *request = api->request;
	if (size > api->body_want - request->body_size)
		size = api->body_want - request->body_size;
	memcpy(request->body + request->body_size, bytes, size);
	request->body_size += size;
	request->body[request->body_size] = '\0';
}

void cabin_http_api_body_end(struct cabin_http_session *session)
{
	struct cabin_http_api *api = session ? session->api : NULL;
	if (api && api->state == API_READING && api->request->body_size == api->body_want)
		submit(api);
}

/* --- answering ---------------------------------------------------------------- */

bool cabin_http_api_take_reply(struct cabin_http_session *session, struct cabin_http_reply *reply)
{
	struct cabin_http_api *api = session->api;
	if (!api || api->state != API_READY)
		return false;
	*reply = (struct cabin_http_reply){.status = api->reply.status,
					   .type = api->reply.type ? api->reply.type : "application/json",
					   .body = (const uint8_t *)api->reply.body,
					   .size = api->reply.body_size,
					   .owned = api->reply.body};
	api->reply.body = NULL;
	cabin_http_api_forget(session);
	return true;
}

void cabin_http_api_forget(struct cabin_http_session *session)
{
	struct cabin_http_api *api = session->api;
	if (!api)
		return;
	if (api->previous)
		api->previous->next = api->next;
	else
		api->loop->api_requests = api->next;
	if (api->next)
		api->next->previous = api->previous;
	session->api = NULL;
	cabin_api_request_free(api->request);
	free(api->reply.body);
	free(api);
}

int cabin_http_api_create(struct cabin_loop *loop, void (*wake)(void *context))
{
	const struct cabin_inbox_config config = {
	    .slot_count = REPLY_SLOTS, .message_size = sizeof(struct cabin_api_reply), .wake = wake, .context = loop};
	return cabin_inbox_create(&loop->api_replies, &config);
}

void cabin_http_api_destroy(struct cabin_loop *loop)
{
	struct cabin_api_reply reply;
	while (loop->api_replies && !cabin_inbox_pop(loop->api_replies, &reply))
		free(reply.body);
	cabin_inbox_destroy(loop->api_replies);
}

void cabin_http_api_push(struct cabin_loop *loop, const struct cabin_api_reply *reply)
{
	if (cabin_inbox_push(loop->api_replies, reply, false))
		free(reply->body); /* more answers than questions: whoever waits gets 504 */
}

void cabin_http_api_drain(struct cabin_loop *loop)
{
	struct cabin_api_reply reply;
	while (!cabin_inbox_pop(loop->api_replies, &reply)) {
		struct cabin_http_api *api = loop->api_requests;
		while (api && api->ticket != reply.ticket)
			api = api->next;
		if (api && api->state == API_WAITING)
			ready(api, &reply);
		else
			free(reply.body);
	}
}

void cabin_http_api_sweep(struct cabin_loop *loop)
{
	uint64_t now_ns = cabin_loop_now_ns(loop);
	for (struct cabin_http_api *api = loop->api_requests, *next; api; api = next) {
		next = api->next;
		if (now_ns < api->deadline_ns || api->state == API_READY)
			continue;
		if (api->state == API_WAITING)
			ready_refused(api, 504, "no-answer",
				      "the server did not answer in time: see what is, then ask again");
		else /* half a body: no answer would be read */
			lws_set_timeout(api->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
	}
}
