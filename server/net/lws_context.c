/* libwebsockets as Cabin uses it: one context per loop, on the loop's own libev
 * loop, without listening sockets. */
#include <openssl/ssl.h>
#include <string.h>

#include "base/log.h"
#include "net/http.h"
#include "net/loop.h"
#include "net/ws_listener.h"

enum { SERVE_BUFFER_BYTES = 8192, HEADERS_MAX_BYTES = 8192, HEADERS_AT_ONCE = 1024, WRITE_MAX_BYTES = 1 << 20 };

static const struct lws_protocols protocols[] = {
    {.name = "http",
     .callback = cabin_http_callback,
     .per_session_data_size = sizeof(struct cabin_http_session),
     .tx_packet_size = WRITE_MAX_BYTES},
    {.name = CABIN_WS_SUBPROTOCOL,
     .callback = cabin_ws_callback,
     .per_session_data_size = sizeof(struct cabin_ws_listener),
     .rx_buffer_size = 128,
     .tx_packet_size = WRITE_MAX_BYTES},
    {0},
};

/* The idle limit of docs/protocol.md does this work, and lws does not see what a
 * listener sends. */
static const lws_retry_bo_t no_validity_pings = {.secs_since_valid_ping = 0, .secs_since_valid_hangup = 0};

/* On the few answers that libwebsockets writes by itself. */
static const struct lws_protocol_vhost_options csp = {.name = "content-security-policy:",
						      .value = "default-src 'none'; frame-ancestors 'none'"};
static const struct lws_protocol_vhost_options nosniff = {
    .next = &csp, .name = "x-content-type-options:", .value = "nosniff"};

/* A client's garbage makes libwebsockets talk, so each thread says it a few times only. */
static void log_line(int level, const char *line)
{
	static _Thread_local struct cabin_ratelimit limit;
	const struct cabin_clock clock = cabin_clock_monotonic();
	char text[256], quoted[300];
	uint64_t swallowed;
	size_t size = strcspn(line, "\n");
	if (!limit.interval_ns)
		cabin_ratelimit_init(&limit, CABIN_NS_PER_S, 10);
	if (!cabin_ratelimit_take(&limit, cabin_clock_now_ns(&clock), &swallowed))
		return;
	snprintf(text, sizeof(text), "%.*s", (int)size, line);
	cabin_log(level & LLL_ERR ? CABIN_LOG_WARN : CABIN_LOG_DEBUG, "net", "libwebsockets", "text=%s swallowed=%llu",
		  cabin_log_quote(quoted, sizeof(quoted), text), (unsigned long long)swallowed);
}

static struct lws_vhost *create_vhost(struct cabin_loop *loop, enum cabin_scheme scheme)
{
	const struct cabin_server_config *config = &loop->net->config;
	struct lws_context_creation_info info = {
	    .port = CONTEXT_PORT_NO_LISTEN_SERVER,
	    .vhost_name = scheme == CABIN_SCHEME_HTTPS ? "https" : "http",
	    .protocols = protocols,
	    .headers = &nosniff,
	    .retry_and_idle_policy = &no_validity_pings,
	    .keepalive_timeout = 15,
	    .user = loop,
	};
	if (scheme == CABIN_SCHEME_HTTPS) {
		info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.ssl_cert_filepath = config->tls_cert;
		info.ssl_private_key_filepath = config->tls_key;
		info.ssl_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
		/* Inside HTTP/2 a WebSocket has no socket of its own. */
		info.alpn = "http/1.1";
	}
	return lws_create_vhost(loop->context, &info);
}

int cabin_lws_context_create(struct cabin_loop *loop)
{
	bool tls = loop->listen_fd[CABIN_SCHEME_HTTPS] >= 0;
	void *foreign_loops[] = {loop->ev};
	struct lws_context_creation_info info = {
	    .port = CONTEXT_PORT_NO_LISTEN_SERVER,
	    .options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
		       LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME | (tls ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0),
	    .foreign_loops = foreign_loops,
	    .count_threads = 1,
	    .gid = (gid_t)-1,
	    .uid = (uid_t)-1,
	    .pt_serv_buf_size = SERVE_BUFFER_BYTES,
	    .max_http_header_data = HEADERS_MAX_BYTES,
	    .max_http_header_pool = HEADERS_AT_ONCE,
	    .timeout_secs = 10,
	    .server_string = "cabind",
	    .user = loop,
	};
	lws_set_log_level(LLL_ERR | (cabin_log_get_level() == CABIN_LOG_DEBUG ? LLL_WARN : 0), log_line);
	loop->context = lws_create_context(&info);
	if (!loop->context) {
		cabin_log(CABIN_LOG_ERROR, "net", "libwebsockets-failed",
			  "loop=%u hint=\"is libwebsockets-evlib-ev installed?\"", loop->index);
		return CABIN_EIO;
	}
	for (int scheme = 0; scheme < CABIN_SCHEME_COUNT; scheme++) {
		if (loop->listen_fd[scheme] < 0)
			continue;
		loop->vhost[scheme] = create_vhost(loop, (enum cabin_scheme)scheme);
		if (!loop->vhost[scheme]) {
			cabin_log(CABIN_LOG_ERROR, "net", "vhost-failed", "scheme=%s loop=%u",
				  scheme == CABIN_SCHEME_HTTPS ? "https" : "http", loop->index);
			return scheme == CABIN_SCHEME_HTTPS ? CABIN_EFORMAT : CABIN_EIO;
		}
	}
	return 0;
}

struct cabin_loop *cabin_loop_of(struct lws *wsi)
{
	return lws_context_user(lws_get_context(wsi));
}
