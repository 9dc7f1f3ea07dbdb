/* What libwebsockets calls, on the connection's thread. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/counter.h"
#include "base/log.h"
#include "client/connection_internal.h"

/* Linux 6.15 and later; Debian 12's headers do not name it. */
#ifndef TCP_RTO_MIN_US
#define TCP_RTO_MIN_US 45
#endif

enum {
	NOT_SENT_LOW_WATER_BYTES = 1024, /* two packets of 20 ms and less: the rest waits in the send queue */
	RTO_MIN_US = 20000,
	EXPEDITED_FORWARDING = 46 << 2,
	CONNECT_LIMIT_S = 5,
	WRITES_AT_ONCE = 32
};

static void set_option(int fd, int level, int name, int value)
{
	/* Each of these only makes delay smaller: a kernel that refuses one still carries sound. */
	(void)setsockopt(fd, level, name, &value, sizeof(value));
}

static void set_socket(struct lws *wsi)
{
	int fd = lws_get_socket_fd(wsi);
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set_option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, NOT_SENT_LOW_WATER_BYTES);
	set_option(fd, IPPROTO_TCP, TCP_RTO_MIN_US, RTO_MIN_US);
	set_option(fd, IPPROTO_IP, IP_TOS, EXPEDITED_FORWARDING);
	set_option(fd, IPPROTO_IPV6, IPV6_TCLASS, EXPEDITED_FORWARDING);
}

/* What the library's sentence means. It has no codes for these. */
static enum cabin_connection_problem problem_of(const char *said)
{
	static const struct {
		const char *part;
		enum cabin_connection_problem problem;
	} meanings[] = {
	    {"cert", CABIN_PROBLEM_CERTIFICATE},
	    {"SSL err", CABIN_PROBLEM_CERTIFICATE},
	    {"hostname", CABIN_PROBLEM_CERTIFICATE},
	    {"503", CABIN_PROBLEM_FULL},
	    {"dns", CABIN_PROBLEM_NAME},
	    {"getaddrinfo", CABIN_PROBLEM_NAME},
	    {"HS: ", CABIN_PROBLEM_NOT_CABIN},
	};
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (strcasestr(said, meanings[i].part))
			return meanings[i].problem;
	}
	return CABIN_PROBLEM_UNREACHABLE;
}

static void failed(struct cabin_connection *connection, struct lws *wsi, const void *in, size_t size)
{
	unsigned status = lws_http_client_http_response(wsi);
	snprintf(connection->said, sizeof(connection->said), "%.*s", in ? (int)size : 0, in ? (const char *)in : "");
	if (in)
		connection->said[strnlen(connection->said, sizeof(connection->said) - 1)] = '\0';
	connection->problem = status == 503 ? CABIN_PROBLEM_FULL : problem_of(connection->said);
	cabin_log(CABIN_LOG_DEBUG, "connection", "failed", "status=%u said=\"%s\"", status, connection->said);
	cabin_connection_lost(connection);
}

/* One entry of the queue. False: the connection is to be closed. */
static bool write_one(struct cabin_connection *connection, struct lws *wsi, const struct cabin_send_entry *entry)
{
	const void *bytes = entry->packet ? (const void *)cabin_packet_wire(entry->packet) : entry->text;
	size_t size = entry->packet ? entry->packet->wire_size : entry->text_size;
	if (size > sizeof(connection->send_buffer) - LWS_PRE)
		return true; /* no message of this protocol is so long */
	memcpy(connection->send_buffer + LWS_PRE, bytes, size);
	int written =
	    lws_write(wsi, connection->send_buffer + LWS_PRE, size, entry->packet ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
	if (entry->packet)
		cabin_counter_add(&connection->packets_sent, 1);
	return written >= (int)size;
}

static int write_queue(struct cabin_connection *connection, struct lws *wsi)
{
	struct cabin_send_entry entry;
	for (int i = 0; i < WRITES_AT_ONCE; i++) {
		if (lws_send_pipe_choked(wsi))
			break;
		if (!cabin_send_queue_pop(&connection->queue, cabin_connection_now_ns(connection), &entry))
			return 0;
		bool good = write_one(connection, wsi, &entry);
		cabin_send_entry_free(&entry);
		if (!good)
			return -1;
	}
	if (connection->queue.count > 0)
		lws_callback_on_writable(wsi);
	return 0;
}

static void receive(struct cabin_connection *connection, struct lws *wsi, const void *in, size_t size)
{
	if (lws_is_first_fragment(wsi)) {
		connection->message.size = 0;
		connection->message_is_text = !lws_frame_is_binary(wsi);
	}
	connection->heard_ns = cabin_connection_now_ns(connection);
	bool whole = lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0;
	if (!connection->message_is_text && whole && connection->message.size == 0) {
		connection->config.on_packet(connection->config.context, in, size);
		return;
	}
	if (!cabin_gathered_add(&connection->message, in, size) || !whole)
		return;
	if (connection->message_is_text)
		cabin_connection_text(connection, connection->message.bytes, connection->message.size);
	else
		connection->config.on_packet(connection->config.context, (const uint8_t *)connection->message.bytes,
					     connection->message.size);
	connection->message.size = 0;
}

static int on_websocket(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
	struct cabin_connection *connection = lws_context_user(lws_get_context(wsi));
	switch (reason) {
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		cabin_connection_drain(connection);
		break;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		connection->socket = wsi;
		set_socket(wsi);
		cabin_connection_opened(connection);
		break;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		receive(connection, wsi, in, size);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		return write_queue(connection, wsi);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		if (size >= 2)
			connection->close_code = (uint16_t)(((const uint8_t *)in)[0] << 8 | ((const uint8_t *)in)[1]);
		break;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		cabin_log(CABIN_LOG_DEBUG, "connection", "error", "current=%d none=%d", wsi == connection->socket,
			  !connection->socket);
		if (wsi == connection->socket || !connection->socket)
			failed(connection, wsi, in, size);
		break;
	case LWS_CALLBACK_CLIENT_CLOSED:
		/* One that was given up may end later. */
		if (wsi == connection->socket)
			cabin_connection_lost(connection);
		break;
	default:
		break;
	}
	return 0;
}

/* /api/v1/event, beside each connection. Without it languages have no names: it is
 * asked for again with the next connection. */
static int on_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
	struct cabin_connection *connection = lws_context_user(lws_get_context(wsi));
	char buffer[LWS_PRE + 4096], *place = buffer + LWS_PRE;
	int room = sizeof(buffer) - LWS_PRE;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		connection->answer.size = 0;
		break;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
		return lws_http_client_read(wsi, &place, &room) < 0 ? -1 : 0;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
		return cabin_gathered_add(&connection->answer, in, size) ? 0 : -1;
	case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
		if (lws_http_client_http_response(wsi) == 200 && connection->answer.size > 0)
			cabin_connection_answer(connection, connection->answer.bytes, connection->answer.size);
		break;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
		connection->http = NULL;
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
    {.name = "cabin.v1", .callback = on_websocket, .rx_buffer_size = 4096},
    {.name = "http", .callback = on_http, .rx_buffer_size = 4096},
    {0},
};

static const lws_retry_bo_t no_validity_pings = {.secs_since_valid_ping = 0, .secs_since_valid_hangup = 0};

static void log_line(int level, const char *line)
{
	char text[256], quoted[300];
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(line, "\n"), line);
	cabin_log(CABIN_LOG_DEBUG, "connection", "libwebsockets", "text=%s",
		  cabin_log_quote(quoted, sizeof(quoted), text));
}

int cabin_connection_lws_create(struct cabin_connection *connection)
{
	struct lws_context_creation_info info = {
	    .port = CONTEXT_PORT_NO_LISTEN,
	    .options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
	    .protocols = protocols,
	    .gid = (gid_t)-1,
	    .uid = (uid_t)-1,
	    .client_ssl_ca_filepath = connection->config.ca_file,
	    .connect_timeout_secs = CONNECT_LIMIT_S,
	    .timeout_secs = CONNECT_LIMIT_S,
	    .retry_and_idle_policy = &no_validity_pings,
	    .alpn = "http/1.1", /* inside HTTP/2 a WebSocket has no socket of its own */
	    .user = connection,
	};
	lws_set_log_level(LLL_ERR | LLL_WARN, log_line);
	connection->context = lws_create_context(&info);
	return connection->context ? 0 : CABIN_EIO;
}

void cabin_connection_lws_connect(struct cabin_connection *connection)
{
	const struct cabin_connection_address *address = &connection->config.address;
	int flags = address->tls ? LCCSCF_USE_SSL : 0;
	char host[300];
	if (address->tls && connection->config.trust_any)
		flags |= LCCSCF_ALLOW_SELFSIGNED | LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK | LCCSCF_ALLOW_EXPIRED |
			 LCCSCF_ALLOW_INSECURE;
	snprintf(host, sizeof(host), strchr(address->host, ':') ? "[%s]:%u" : "%s:%u", address->host, address->port);
	struct lws_client_connect_info info = {
	    .context = connection->context,
	    .address = address->host,
	    .port = address->port,
	    .ssl_connection = flags,
	    .path = "/ws?console",
	    .host = host,
	    .origin = NULL,
	    .protocol = "cabin.v1",
	    .local_protocol_name = "cabin.v1",
	    .ietf_version_or_minus_one = 13,
	    .alpn = "http/1.1",
	};
	cabin_log(CABIN_LOG_DEBUG, "connection", "connect", "host=%s tls=%d", host, address->tls);
	connection->problem = CABIN_PROBLEM_NONE;
	connection->close_code = 0;
	connection->said[0] = '\0';
	connection->tried_ns = cabin_connection_now_ns(connection);
	/* Not by pwsi, which the library writes at times of its own. Where it fails at once,
	 * the callback has said so already. */
	connection->socket = NULL;
	connection->socket = lws_client_connect_via_info(&info);
	if (!connection->socket)
		return;
	if (connection->http)
		return;
	info.path = "/api/v1/event";
	info.method = "GET";
	info.protocol = NULL;
	info.local_protocol_name = "http";
	info.pwsi = &connection->http;
	if (!lws_client_connect_via_info(&info))
		connection->http = NULL;
}
