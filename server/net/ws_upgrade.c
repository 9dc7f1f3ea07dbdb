/* Which requests for a WebSocket are granted: docs/protocol.md, section 2. */
#include <string.h>
#include <strings.h>

#include "net/http.h"
#include "net/ws_listener.h"

static bool same_exactly(const char *a, const char *b, size_t size)
{
	return !strncmp(a, b, size);
}

static bool same_but_case(const char *a, const char *b, size_t size)
{
	return !strncasecmp(a, b, size);
}

/* A comma-separated list of tokens (RFC 9110, 5.6.1). */
static bool list_has(const char *list, const char *token, bool (*same)(const char *, const char *, size_t))
{
	size_t size = strlen(token);
	for (const char *at = list; *at;) {
		at += strspn(at, " \t,");
		size_t length = strcspn(at, ",");
		size_t trimmed = length;
		while (trimmed && (at[trimmed - 1] == ' ' || at[trimmed - 1] == '\t'))
			trimmed--;
		if (trimmed == size && same(at, token, size))
			return true;
		at += length;
	}
	return false;
}

bool cabin_ws_says_console(struct lws *wsi)
{
	char query[16];
	return !strcmp(cabin_http_header(wsi, WSI_TOKEN_HTTP_URI_ARGS, query, sizeof(query)), "console");
}

static struct cabin_http_reply judge(struct cabin_loop *loop, struct lws *wsi)
{
	char value[256];
	if (strcmp(cabin_http_header(wsi, WSI_TOKEN_GET_URI, value, sizeof(value)), CABIN_WS_PATH))
		return cabin_http_text(404, "WebSockets are at " CABIN_WS_PATH "\n");
	if (!list_has(cabin_http_header(wsi, WSI_TOKEN_CONNECTION, value, sizeof(value)), "upgrade", same_but_case))
		return cabin_http_text(400, "no Connection: Upgrade\n");
	if (strcmp(cabin_http_header(wsi, WSI_TOKEN_VERSION, value, sizeof(value)), "13"))
		return cabin_http_text(426, "Sec-WebSocket-Version must be 13\n");
	if (strlen(cabin_http_header(wsi, WSI_TOKEN_KEY, value, sizeof(value))) != 24)
		return cabin_http_text(400, "no valid Sec-WebSocket-Key\n");
	if (!*cabin_http_header(wsi, WSI_TOKEN_HOST, value, sizeof(value)))
		return cabin_http_text(400, "no Host\n");
	/* libwebsockets ends in silence a connection whose sub-protocol it does not know to the letter. */
	if (!list_has(cabin_http_header(wsi, WSI_TOKEN_PROTOCOL, value, 128), CABIN_WS_SUBPROTOCOL, same_exactly)) {
		cabin_counter_add(&loop->counters.refused_subprotocol, 1);
		return cabin_http_text(400, "Sec-WebSocket-Protocol must be " CABIN_WS_SUBPROTOCOL "\n");
	}
	if (cabin_admission_listeners_full(&loop->net->admission, cabin_ws_says_console(wsi))) {
		cabin_counter_add(&loop->counters.refused_full, 1);
		return cabin_http_text(503, "the server is full\n");
	}
	const struct cabin_net *net = loop->net;
	if (net->addresses && cabin_address_count(net->addresses, cabin_net_place_of(net, wsi)) >=
				  net->config.max_listeners_per_address) {
		cabin_counter_add(&loop->counters.refused_address, 1);
		return cabin_http_text(503, "too many listeners from this address\n");
	}
	return (struct cabin_http_reply){.status = 101};
}

bool cabin_ws_upgrade_allowed(struct lws *wsi)
{
	struct cabin_loop *loop = cabin_loop_of(wsi);
	struct cabin_http_reply reply;
	if (loop->stop_deadline_ns)
		reply = cabin_http_text(503, "the server stops\n");
	else
		reply = judge(loop, wsi);
	if (reply.status == 101)
		return true;
	cabin_http_answer_and_close(wsi, &reply);
	return false;
}
