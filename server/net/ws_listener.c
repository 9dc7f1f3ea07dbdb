#include "net/ws_listener.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "net/ws_console.h"
#include "wire/ws_frame.h"

static const uint64_t CLOSE_LIMIT_NS = CABIN_NS_PER_S, JOIN_LIMIT_NS = CABIN_CONSOLE_JOIN_MS * CABIN_NS_PER_MS;

/* Who was too slow needs time to read what lies before the close frame. */
static const uint64_t SLOW_CLOSE_LIMIT_NS = 10 * CABIN_NS_PER_S;

enum {
	CONTROL_QUEUE_MAX_BYTES = 2048,	    /* pongs and errors behind a stalled socket */
	CONSOLE_QUEUE_MAX_BYTES = 64 << 10, /* the same of a console: states of all rooms fit */
	DISCARD_MAX_BYTES = 1 << 20	    /* read from a peer that ignores our close frame */
};

/* --- counting ---------------------------------------------------------------- */

static enum cabin_server_close counted_as(enum cabin_close_code code)
{
	switch (code) {
	case CABIN_CLOSE_GOING_AWAY:
		return CABIN_CLOSED_SHUTDOWN;
	case CABIN_CLOSE_PROTOCOL:
		return CABIN_CLOSED_PROTOCOL;
	case CABIN_CLOSE_BINARY:
		return CABIN_CLOSED_BINARY;
	case CABIN_CLOSE_NOT_JSON:
		return CABIN_CLOSED_NOT_JSON;
	case CABIN_CLOSE_POLICY:
		return CABIN_CLOSED_POLICY;
	case CABIN_CLOSE_TOO_BIG:
		return CABIN_CLOSED_TOO_BIG;
	case CABIN_CLOSE_SLOW:
		return CABIN_CLOSED_SLOW;
	case CABIN_CLOSE_IDLE:
		return CABIN_CLOSED_IDLE;
	case CABIN_CLOSE_TRY_AGAIN_LATER:
		return CABIN_CLOSED_TRY_AGAIN_LATER;
	case CABIN_CLOSE_REPLACED:
		return CABIN_CLOSED_REPLACED;
	case CABIN_CLOSE_NO_ACCESS:
		return CABIN_CLOSED_NO_ACCESS;
	}
	return CABIN_CLOSED_BY_PEER;
}

static void count_closed(struct cabin_ws_listener *listener, enum cabin_server_close how)
{
	cabin_counter_add(&listener->loop->counters.closed_by_code[how], 1);
}

static void log_closed(struct cabin_ws_listener *listener, enum cabin_close_code code, const char *why)
{
	struct cabin_loop *loop = listener->loop;
	uint64_t swallowed;
	if (code != CABIN_CLOSE_GOING_AWAY &&
	    cabin_ratelimit_take(&loop->log_limit, cabin_loop_now_ns(loop), &swallowed))
		cabin_log(CABIN_LOG_INFO, "net", "listener-closed", "listener=%llu code=%d why=\"%s\" swallowed=%llu",
			  (unsigned long long)listener->number, code, why, (unsigned long long)swallowed);
}

/* --- writing ----------------------------------------------------------------- */

static void unsettle(struct cabin_ws_listener *listener)
{
	if (listener->unsettled)
		return;
	listener->unsettled = true;
	listener->next_unsettled = listener->loop->unsettled;
	listener->loop->unsettled = listener;
}

static int write_failed(struct cabin_ws_listener *listener)
{
	listener->broken = true;
	unsettle(listener);
	return CABIN_ELOST;
}

/* While lws holds nothing back, bytes of a plain connection go to the socket by the
 * shortest way; what it does not take, and everything of TLS, goes through lws, which
 * keeps the rest in order. LWS_WRITE_HTTP passes bytes on as they are, unchanged. */
static int write_bytes(struct cabin_ws_listener *listener, const uint8_t *bytes, size_t size)
{
	if (!listener->tls && !listener->buffered) {
		ssize_t n = send(listener->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n == (ssize_t)size)
			return 0;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return write_failed(listener);
		bytes += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
	if (lws_write(listener->wsi, (unsigned char *)(uintptr_t)bytes, size, LWS_WRITE_HTTP) < 0)
		return write_failed(listener);
	listener->buffered = lws_partial_buffered(listener->wsi);
	return 0;
}

bool cabin_ws_send(struct cabin_ws_listener *listener, unsigned opcode, const void *payload, size_t size)
{
	uint8_t frame[CABIN_WS_HEADER_MAX_BYTES + CABIN_NOTICE_MAX_BYTES];
	uint32_t limit = listener->console ? CONSOLE_QUEUE_MAX_BYTES : CONTROL_QUEUE_MAX_BYTES;
	CABIN_ASSERT(size <= CABIN_NOTICE_MAX_BYTES);
	if (listener->state != CABIN_WS_OPEN || listener->broken)
		return true; /* it ends: nothing is missed */
	size_t header = cabin_ws_frame_header(frame, (enum cabin_ws_opcode)opcode, size);
	memcpy(frame + header, payload, size);
	if (!listener->buffered) {
		listener->queued_control_bytes = 0;
	} else if (listener->queued_control_bytes + header + size > limit && opcode != CABIN_WS_OPCODE_CLOSE) {
		cabin_counter_add(&listener->loop->counters.control_dropped, 1);
		return false;
	} else {
		listener->queued_control_bytes += (uint32_t)(header + size);
	}
	(void)write_bytes(listener, frame, header + size);
	return true;
}

bool cabin_ws_send_frame(struct cabin_ws_listener *listener, const uint8_t *frame, size_t size)
{
	if (listener->state != CABIN_WS_OPEN || listener->broken)
		return true; /* it ends: nothing is missed */
	if (!listener->buffered)
		listener->queued_control_bytes = 0;
	else if (listener->queued_control_bytes > CABIN_DESK_QUEUE_MAX_BYTES)
		return false;
	else
		listener->queued_control_bytes += (uint32_t)size;
	(void)write_bytes(listener, frame, size);
	return true;
}

static int transport_write(void *connection, const uint8_t *bytes, size_t size)
{
	struct cabin_ws_listener *listener = connection;
	return listener->broken ? CABIN_ELOST : write_bytes(listener, bytes, size);
}

static bool transport_pending(void *connection)
{
	struct cabin_ws_listener *listener = connection;
	return listener->broken || listener->buffered;
}

static void transport_want_writable(void *connection)
{
	struct cabin_ws_listener *listener = connection;
	if (!listener->broken)
		lws_callback_on_writable(listener->wsi);
}

static void transport_close(void *connection, enum cabin_close_reason reason)
{
	struct cabin_ws_listener *listener = connection;
	listener->too_slow = reason == CABIN_CLOSE_TOO_SLOW;
	unsettle(listener);
}

struct cabin_transport cabin_ws_transport(void)
{
	return (struct cabin_transport){.write = transport_write,
					.pending = transport_pending,
					.want_writable = transport_want_writable,
					.close = transport_close};
}

/* --- ending ------------------------------------------------------------------ */

static void leave_fanout(struct cabin_ws_listener *listener)
{
	cabin_ws_console_end(listener);
	if (listener->fan)
		cabin_fanout_detach(listener->loop->fanout, listener->fan);
	listener->fan = NULL;
}

/* lws closes when its writable callback, which comes after all that is buffered has
 * gone out, returns −1. With `now` nothing more is sent: the socket is shut down, so
 * that the callback comes at once. */
static void end(struct cabin_ws_listener *listener, bool now)
{
	leave_fanout(listener);
	ev_io_stop(listener->loop->ev, &listener->readable);
	if (listener->state != CABIN_WS_ENDED) {
		listener->state = CABIN_WS_ENDED;
		listener->deadline_ns = cabin_loop_now_ns(listener->loop) + CLOSE_LIMIT_NS;
	}
	if (now && shutdown(listener->fd, SHUT_RDWR) && errno != ENOTCONN)
		cabin_log(CABIN_LOG_DEBUG, "net", "shutdown-failed", "error=\"%s\"", strerror(errno));
	lws_callback_on_writable(listener->wsi);
}

static void send_close(struct cabin_ws_listener *listener, unsigned code, const char *why)
{
	uint8_t payload[CABIN_WS_CONTROL_MAX_BYTES] = {(uint8_t)(code >> 8), (uint8_t)code};
	size_t size = strlen(why);
	CABIN_ASSERT(size <= sizeof(payload) - 2);
	memcpy(payload + 2, why, size);
	(void)cabin_ws_send(listener, CABIN_WS_OPCODE_CLOSE, payload, code == CABIN_WS_NO_CODE ? 0 : size + 2);
}

/* The close frame was our last word: the peer sees the end at once, and need not be
 * waited for long; its own end comes next, so that unread bytes of it do not make
 * the kernel throw away what it has not yet received. */
static void half_close(struct cabin_ws_listener *listener)
{
	if (listener->buffered) /* our last word is still to go out */
		return;
	if (listener->tls) {
		ERR_clear_error();
		(void)SSL_shutdown(lws_get_ssl(listener->wsi));
	}
	(void)shutdown(listener->fd, SHUT_WR);
}

void cabin_ws_close(struct cabin_ws_listener *listener, enum cabin_close_code code, const char *why)
{
	if (listener->state != CABIN_WS_OPEN)
		return;
	send_close(listener, code, why);
	count_closed(listener, counted_as(code));
	log_closed(listener, code, why);
	leave_fanout(listener);
	listener->state = CABIN_WS_CLOSING;
	listener->deadline_ns =
	    cabin_loop_now_ns(listener->loop) + (code == CABIN_CLOSE_SLOW ? SLOW_CLOSE_LIMIT_NS : CLOSE_LIMIT_NS);
	half_close(listener);
}

/* The peer went: with a close frame, which is answered, or without. */
static void peer_closed(struct cabin_ws_listener *listener, unsigned code)
{
	if (listener->state == CABIN_WS_OPEN) {
		if (code)
			send_close(listener, code, "");
		else
			cabin_counter_add(&listener->loop->counters.lost, 1);
		count_closed(listener, CABIN_CLOSED_BY_PEER);
	}
	end(listener, !code && listener->state == CABIN_WS_OPEN);
}

/* --- reading ----------------------------------------------------------------- */

static void take_frame(struct cabin_ws_listener *listener, const struct cabin_ws_frame *frame, uint64_t arrived_ns)
{
	if (frame->event == CABIN_WS_GOT_BAD) {
		cabin_ws_close(listener, (enum cabin_close_code)frame->close_code, frame->why);
		return;
	}
	if (frame->event == CABIN_WS_GOT_CLOSE) {
		peer_closed(listener, frame->close_code);
		return;
	}
	if (!cabin_ratelimit_take(&listener->messages, arrived_ns, NULL)) {
		cabin_ws_close(listener, CABIN_CLOSE_POLICY, "too many messages");
		return;
	}
	listener->last_message_ns = arrived_ns;
	if (frame->event == CABIN_WS_GOT_PING)
		(void)cabin_ws_send(listener, CABIN_WS_OPCODE_PONG, frame->payload, frame->size);
	else if (frame->event == CABIN_WS_GOT_TEXT)
		cabin_ws_message(listener, (const char *)frame->payload, frame->size, arrived_ns);
	else if (frame->event == CABIN_WS_GOT_BINARY)
		cabin_ws_uplink(listener, frame->payload, frame->size, arrived_ns);
}

static void take_bytes(struct cabin_ws_listener *listener, const uint8_t *bytes, size_t size, uint64_t arrived_ns)
{
	while (listener->state == CABIN_WS_OPEN && size) {
		struct cabin_ws_frame frame = cabin_ws_reader_next(&listener->reader, &bytes, &size);
		if (frame.event == CABIN_WS_GOT_NOTHING)
			return;
		take_frame(listener, &frame, arrived_ns);
	}
	/* After our close frame all that counts is that the peer ends; a polite one
	 * answers with a close frame, which is not worth another parser. */
	if (listener->state == CABIN_WS_CLOSING) {
		listener->discarded_bytes += (uint32_t)size;
		if (listener->discarded_bytes > DISCARD_MAX_BYTES)
			end(listener, true);
	}
}

enum { READ_AGAIN_LATER = 0, READ_END = -1 };

/* Bytes, READ_AGAIN_LATER or READ_END. */
static int read_some(struct cabin_ws_listener *listener, uint8_t *out, size_t size)
{
	if (listener->tls) {
		ERR_clear_error();
		SSL *ssl = lws_get_ssl(listener->wsi);
		int n = SSL_read(ssl, out, (int)size);
		if (n > 0)
			return n;
		int error = SSL_get_error(ssl, n);
		return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? READ_AGAIN_LATER : READ_END;
	}
	ssize_t n = recv(listener->fd, out, size, 0);
	if (n > 0)
		return (int)n;
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? READ_AGAIN_LATER : READ_END;
}

static void read_all(struct cabin_ws_listener *listener)
{
	struct cabin_loop *loop = listener->loop;
	uint64_t arrived_ns = cabin_loop_now_ns(loop);
	/* TLS may hold what epoll cannot see, so it is read to its end: a flood is
	 * bounded by the message limit, and by DISCARD_MAX_BYTES after it. */
	while (listener->state == CABIN_WS_OPEN || listener->state == CABIN_WS_CLOSING) {
		int n = read_some(listener, loop->read_buffer, sizeof(loop->read_buffer));
		if (n == READ_AGAIN_LATER)
			return;
		if (n == READ_END)
			peer_closed(listener, 0);
		else
			take_bytes(listener, loop->read_buffer, (size_t)n, arrived_ns);
		if (!listener->tls && n < (int)sizeof(loop->read_buffer))
			return;
	}
}

static void on_readable(struct ev_loop *ev, ev_io *watcher, int events)
{
	read_all(watcher->data);
}

/* --- the turn's end, and time ------------------------------------------------ */

static void open_listener(struct cabin_ws_listener *listener)
{
	struct cabin_loop *loop = listener->loop;
	if (lws_rx_flow_control(listener->wsi, 0) || cabin_fanout_attach(loop->fanout, &listener->fan, listener)) {
		end(listener, true);
		return;
	}
	listener->state = CABIN_WS_OPEN;
	listener->last_message_ns = cabin_loop_now_ns(loop);
	listener->event_number = atomic_load_explicit(&loop->net->live.event_number, memory_order_acquire);
	ev_io_start(loop->ev, &listener->readable);
	cabin_ws_welcome(listener);
	if (listener->spoke_too_early)
		cabin_ws_close(listener, CABIN_CLOSE_PROTOCOL, "spoke before the upgrade was answered");
	else if (loop->stop_deadline_ns)
		cabin_ws_close(listener, CABIN_CLOSE_GOING_AWAY, "shutdown");
	else
		read_all(listener);
}

void cabin_ws_settle(struct cabin_loop *loop)
{
	while (loop->unsettled) {
		struct cabin_ws_listener *listener = loop->unsettled;
		loop->unsettled = listener->next_unsettled;
		listener->unsettled = false;
		/* lws calls nobody back for a socket that failed. This frees the listener. */
		if (listener->broken)
			lws_set_timeout(listener->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
		else if (listener->state == CABIN_WS_JOINING)
			open_listener(listener);
		else if (listener->too_slow)
			cabin_ws_close(listener, CABIN_CLOSE_SLOW, "too slow");
	}
}

void cabin_ws_sweep(struct cabin_loop *loop)
{
	uint64_t now_ns = cabin_loop_now_ns(loop);
	const struct cabin_live *live = &loop->net->live;
	uint32_t locks = atomic_load_explicit(&live->locks_number, memory_order_acquire);
	bool locks_changed = loop->locks_number != locks;
	loop->locks_number = locks;
	loop->event_number = atomic_load_explicit(&live->event_number, memory_order_acquire);
	for (struct cabin_ws_listener *listener = loop->listeners; listener; listener = listener->next) {
		if (listener->state == CABIN_WS_OPEN && listener->event_number != loop->event_number)
			cabin_ws_tell_event(listener);
		if (listener->state == CABIN_WS_OPEN && locks_changed)
			cabin_ws_check_lock(listener);
		if (listener->state == CABIN_WS_OPEN) {
			if (now_ns - listener->last_message_ns > CABIN_IDLE_LIMIT_MS * CABIN_NS_PER_MS)
				cabin_ws_close(listener, CABIN_CLOSE_IDLE, "idle");
			else if (listener->must_join && now_ns > listener->deadline_ns)
				cabin_ws_close(listener, CABIN_CLOSE_TRY_AGAIN_LATER, "did not join");
		} else if (now_ns > listener->deadline_ns) {
			end(listener, true);
		}
	}
	cabin_ws_console_sweep(loop);
}

void cabin_ws_say_bye(struct cabin_loop *loop)
{
	char bye[128];
	int size = cabin_control_write_bye(bye, sizeof(bye), "shutdown", 500);
	CABIN_ASSERT(size > 0);
	for (struct cabin_ws_listener *listener = loop->listeners; listener; listener = listener->next) {
		(void)cabin_ws_send(listener, CABIN_WS_TEXT, bye, (size_t)size);
		cabin_ws_close(listener, CABIN_CLOSE_GOING_AWAY, "shutdown");
	}
}

/* --- libwebsockets ----------------------------------------------------------- */

static void change_counts(struct cabin_ws_listener *listener, int by)
{
	struct cabin_loop_counters *counters = &listener->loop->counters;
	atomic_fetch_add_explicit(&counters->listeners, (unsigned)by, memory_order_relaxed);
	if (listener->tls)
		atomic_fetch_add_explicit(&counters->listeners_tls, (unsigned)by, memory_order_relaxed);
}

/* lws' receive side is shut; it is opened for one moment in the first writable
 * callback, after which lws hands out what came together with the upgrade request
 * (nothing, from an honest client: RFC 6455, 4.1) without reading the socket. */
static void established(struct cabin_ws_listener *listener, struct lws *wsi)
{
	struct cabin_loop *loop = cabin_loop_of(wsi);
	listener->wsi = wsi;
	listener->fd = lws_get_socket_fd(wsi);
	listener->loop = loop;
	listener->tls = lws_is_ssl(wsi);
	listener->state = CABIN_WS_JOINING;
	listener->must_join = cabin_ws_says_console(wsi);
	listener->number = atomic_fetch_add_explicit(&loop->net->next_listener, 1, memory_order_relaxed) + 1;
	listener->deadline_ns = cabin_loop_now_ns(loop) + JOIN_LIMIT_NS;
	cabin_ratelimit_init(&listener->messages, CABIN_NS_PER_S / CABIN_CLIENT_MESSAGES_PER_S,
			     CABIN_CLIENT_MESSAGES_BURST);
	cabin_ws_reader_init(&listener->reader);
	ev_io_init(&listener->readable, on_readable, listener->fd, EV_READ);
	listener->readable.data = listener;
	listener->next = loop->listeners;
	if (listener->next)
		listener->next->previous = listener;
	loop->listeners = listener;
	cabin_socket_options_listener(listener->fd);
	cabin_admission_listener_enter(&loop->net->admission);
	if (loop->net->addresses) {
		listener->place = cabin_net_place_of(loop->net, wsi);
		cabin_address_enter(loop->net->addresses, listener->place);
	}
	cabin_counter_add(&loop->counters.accepted, 1);
	change_counts(listener, 1);
	lws_rx_flow_control(wsi, 0);
	lws_callback_on_writable(wsi);
}

static void forget_unsettled(struct cabin_ws_listener *listener)
{
	struct cabin_ws_listener **at = &listener->loop->unsettled;
	while (*at != listener)
		at = &(*at)->next_unsettled;
	*at = listener->next_unsettled;
}

static void closed(struct cabin_ws_listener *listener)
{
	struct cabin_loop *loop = listener->loop;
	if (!loop) /* the upgrade failed before it was established */
		return;
	if (listener->state == CABIN_WS_OPEN || listener->state == CABIN_WS_JOINING) {
		cabin_counter_add(&loop->counters.lost, 1);
		count_closed(listener, CABIN_CLOSED_BY_PEER);
	}
	leave_fanout(listener);
	ev_io_stop(loop->ev, &listener->readable);
	if (listener->unsettled)
		forget_unsettled(listener);
	if (listener->previous)
		listener->previous->next = listener->next;
	else
		loop->listeners = listener->next;
	if (listener->next)
		listener->next->previous = listener->previous;
	cabin_admission_listener_leave(&loop->net->admission);
	if (loop->net->addresses)
		cabin_address_leave(loop->net->addresses, listener->place);
	change_counts(listener, -1);
	listener->loop = NULL;
}

static int writable(struct cabin_ws_listener *listener)
{
	listener->buffered = lws_partial_buffered(listener->wsi);
	switch ((enum cabin_ws_state)listener->state) {
	case CABIN_WS_JOINING:
		lws_rx_flow_control(listener->wsi, 1);
		unsettle(listener);
		return 0;
	case CABIN_WS_OPEN:
		if (!listener->broken)
			cabin_fanout_writable(listener->loop->fanout, listener->fan);
		if (!listener->broken)
			cabin_ws_console_writable(listener);
		return 0;
	case CABIN_WS_CLOSING:
		half_close(listener);
		return 0;
	case CABIN_WS_ENDED:
		break;
	}
	return -1;
}

int cabin_ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
	struct cabin_ws_listener *listener = user;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		established(listener, wsi);
		return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return writable(listener);
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		listener->spoke_too_early = true;
		return 0;
	case LWS_CALLBACK_CLOSED:
		closed(listener);
		return 0;
	default:
		return 0;
	}
}
