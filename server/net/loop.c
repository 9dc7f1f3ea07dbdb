#include "net/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "net/desk_feed.h"
#include "net/http_api.h"
#include "net/loop_audience.h"
#include "net/notice.h"
#include "net/ws_console.h"

enum { ACCEPTS_A_TURN = 64 };

static const double SWEEP_S = 0.25, STOP_SWEEP_S = 0.02, ACCEPT_PAUSE_S = 0.1;
static const uint64_t FLUSH_DEADLINE_NS = 2 * CABIN_NS_PER_MS, STOP_LIMIT_NS = 1200 * CABIN_NS_PER_MS;

uint64_t cabin_loop_now_ns(const struct cabin_loop *loop)
{
	return cabin_clock_now_ns(&loop->net->config.clock);
}

/* --- packets ----------------------------------------------------------------- */

/* Hands a reference over; false: the inbox refused it, and counted it. */
static bool push(struct cabin_loop *loop, struct cabin_packet *packet)
{
	bool quiet = !cabin_fanout_listener_count(loop->fanout, packet->channel_index);
	cabin_packet_retain(packet);
	if (!cabin_inbox_push(loop->inbox, &packet, quiet))
		return true;
	cabin_packet_release(packet);
	return false;
}

/* A loop that stalls loses packets, but not who feeds a channel: a state that its inbox
 * refused waits here, and goes before anything else of its channel. */
static void push_owed_states(struct cabin_loop *loop)
{
	for (uint16_t i = 0; i < CABIN_CHANNELS_MAX && loop->owed_count; i++) {
		if (!loop->owed_states[i] || !push(loop, loop->owed_states[i]))
			continue;
		cabin_packet_release(loop->owed_states[i]);
		loop->owed_states[i] = NULL;
		loop->owed_count--;
	}
}

void cabin_loop_publish(void *context, struct cabin_packet *packet)
{
	struct cabin_loop *loop = context;
	struct cabin_packet **owed = &loop->owed_states[packet->channel_index];
	if (loop->owed_count)
		push_owed_states(loop);
	bool pushed = !*owed && push(loop, packet);
	if (pushed || packet->kind != CABIN_PACKET_STATE)
		return;
	if (*owed)
		cabin_packet_release(*owed);
	else
		loop->owed_count++;
	*owed = cabin_packet_retain(packet);
}

static void wake(void *context)
{
	struct cabin_loop *loop = context;
	ev_async_send(loop->ev, &loop->wake);
}

void cabin_loop_wake(struct cabin_loop *loop)
{
	ev_async_send(loop->ev, &loop->wake);
}

void cabin_loop_drain_inbox(struct cabin_loop *loop)
{
	struct cabin_packet *packet;
	while (!cabin_inbox_pop(loop->inbox, &packet)) {
		cabin_fanout_packet(loop->fanout, packet);
		cabin_packet_release(packet);
	}
	if (!loop->dirty_since_ns && cabin_fanout_dirty(loop->fanout)) {
		loop->dirty_since_ns = cabin_loop_now_ns(loop);
		ev_idle_start(loop->ev, &loop->idle);
	}
}

static void flush(struct cabin_loop *loop)
{
	loop->dirty_since_ns = 0;
	ev_idle_stop(loop->ev, &loop->idle);
	cabin_fanout_flush(loop->fanout);
}

static void on_wake(struct ev_loop *ev, ev_async *watcher, int events)
{
	cabin_loop_drain_inbox(watcher->data);
	cabin_notices_drain(watcher->data);
	cabin_desk_feed_drain(watcher->data);
	cabin_ws_console_talkback(watcher->data);
	cabin_http_api_drain(watcher->data);
}

static void on_idle(struct ev_loop *ev, ev_idle *watcher, int events)
{
	flush(watcher->data);
}

/* The end of each turn of the loop: nothing of libwebsockets is on the stack. */
static void on_prepare(struct ev_loop *ev, ev_prepare *watcher, int events)
{
	struct cabin_loop *loop = watcher->data;
	if (loop->dirty_since_ns && cabin_loop_now_ns(loop) - loop->dirty_since_ns >= FLUSH_DEADLINE_NS)
		flush(loop);
	cabin_ws_settle(loop);
	if (loop->stop_deadline_ns && (!loop->listeners || cabin_loop_now_ns(loop) >= loop->stop_deadline_ns))
		ev_break(ev, EVBREAK_ALL);
}

static void beat(struct cabin_loop *loop)
{
	cabin_pulse_beat(&loop->net->pulses[loop->index], cabin_loop_now_ns(loop));
}

static void on_sweep(struct ev_loop *ev, ev_timer *watcher, int events)
{
	/* A listener that joined in the very moment of a quiet push waits no longer than this. */
	cabin_loop_drain_inbox(watcher->data);
	cabin_ws_sweep(watcher->data);
	cabin_http_api_sweep(watcher->data);
	cabin_loop_audience_sweep(watcher->data);
	beat(watcher->data);
}

/* --- connections ------------------------------------------------------------- */

static void refuse_connection(struct cabin_loop *loop, int fd, enum cabin_scheme scheme)
{
	static const char answer[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n"
				     "Connection: close\r\n\r\n";
	if (scheme == CABIN_SCHEME_HTTP && send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		cabin_log(CABIN_LOG_DEBUG, "net", "refusal-not-sent", "error=\"%s\"", strerror(errno));
	close(fd);
	cabin_counter_add(&loop->counters.refused_full, 1);
}

static void adopt(struct cabin_loop *loop, int fd, enum cabin_scheme scheme)
{
	if (!cabin_admission_connection_enter(&loop->net->admission)) {
		refuse_connection(loop, fd, scheme);
		return;
	}
	cabin_socket_options_accepted(fd, &loop->net->socket_options);
	struct lws *wsi = lws_adopt_socket_vhost(loop->vhost[scheme], fd);
	if (wsi)
		lws_set_opaque_user_data(wsi, loop); /* marks it as counted, see LWS_CALLBACK_WSI_DESTROY */
	else
		cabin_admission_connection_leave(&loop->net->admission);
}

static void on_accept(struct ev_loop *ev, ev_io *watcher, int events)
{
	struct cabin_loop *loop = watcher->data;
	enum cabin_scheme scheme =
	    watcher == &loop->accept[CABIN_SCHEME_HTTPS] ? CABIN_SCHEME_HTTPS : CABIN_SCHEME_HTTP;
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		int fd = accept4(watcher->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			adopt(loop, fd, scheme);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			uint64_t swallowed;
			if (cabin_ratelimit_take(&loop->log_limit, cabin_loop_now_ns(loop), &swallowed))
				cabin_log(CABIN_LOG_WARN, "net", "accept-failed",
					  "error=\"%s\" swallowed=%llu hint=\"raise the limit of open files\"",
					  strerror(errno), (unsigned long long)swallowed);
			/* The connection stays in the backlog, so the watcher would spin. */
			ev_io_stop(ev, watcher);
			ev_timer_start(ev, &loop->accept_pause); /* once for both schemes */
		}
		if (errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

static void start_accepting(struct cabin_loop *loop)
{
	for (int scheme = 0; scheme < CABIN_SCHEME_COUNT; scheme++) {
		if (loop->listen_fd[scheme] >= 0)
			ev_io_start(loop->ev, &loop->accept[scheme]);
	}
}

static void on_accept_pause_over(struct ev_loop *ev, ev_timer *watcher, int events)
{
	struct cabin_loop *loop = watcher->data;
	if (!loop->stop_deadline_ns)
		start_accepting(loop);
}

const char *cabin_net_standing(const struct cabin_net *net)
{
	uint64_t now_ns = cabin_clock_now_ns(&net->config.clock);
	if (net->config.hub_pulse && cabin_pulse_stands_still(net->config.hub_pulse, now_ns))
		return "hub";
	for (uint32_t i = 0; i < CABIN_LOOPS_MAX; i++) {
		if (cabin_pulse_stands_still(&net->pulses[i], now_ns))
			return "loop";
	}
	return NULL;
}

struct cabin_address_place cabin_net_place_of(const struct cabin_net *net, struct lws *wsi)
{
	struct sockaddr_storage address = {0};
	socklen_t size = sizeof(address);
	/* A peer that is gone already has no address: it is counted as one that all such share. */
	if (getpeername(lws_get_socket_fd(wsi), (struct sockaddr *)&address, &size))
		memset(&address, 0, sizeof(address));
	return cabin_address_place_of(net->addresses, &address);
}

/* --- life -------------------------------------------------------------------- */

static void on_stop(struct ev_loop *ev, ev_async *watcher, int events)
{
	struct cabin_loop *loop = watcher->data;
	if (loop->stop_deadline_ns)
		return;
	loop->stop_deadline_ns = cabin_loop_now_ns(loop) + STOP_LIMIT_NS;
	for (int scheme = 0; scheme < CABIN_SCHEME_COUNT; scheme++)
		ev_io_stop(ev, &loop->accept[scheme]);
	ev_timer_stop(ev, &loop->sweep);
	ev_timer_set(&loop->sweep, 0., STOP_SWEEP_S);
	ev_timer_start(ev, &loop->sweep);
	cabin_ws_say_bye(loop);
}

static void *run(void *context)
{
	struct cabin_loop *loop = context;
	beat(loop);
	start_accepting(loop);
	ev_timer_start(loop->ev, &loop->sweep);
	ev_run(loop->ev, 0);
	/* libwebsockets' sockets belong to this thread: they are closed here. */
	lws_context_destroy(loop->context);
	loop->context = NULL;
	return NULL;
}

static void init_watchers(struct cabin_loop *loop)
{
	ev_async_init(&loop->wake, on_wake);
	ev_async_init(&loop->stop, on_stop);
	ev_idle_init(&loop->idle, on_idle);
	ev_prepare_init(&loop->prepare, on_prepare);
	ev_timer_init(&loop->sweep, on_sweep, SWEEP_S, SWEEP_S);
	ev_timer_init(&loop->accept_pause, on_accept_pause_over, ACCEPT_PAUSE_S, 0.);
	for (int scheme = 0; scheme < CABIN_SCHEME_COUNT; scheme++) {
		ev_io_init(&loop->accept[scheme], on_accept, loop->listen_fd[scheme], EV_READ);
		loop->accept[scheme].data = loop;
	}
	loop->wake.data = loop->stop.data = loop->idle.data = loop->prepare.data = loop;
	loop->sweep.data = loop->accept_pause.data = loop;
	ev_async_start(loop->ev, &loop->wake);
	ev_async_start(loop->ev, &loop->stop);
	ev_prepare_start(loop->ev, &loop->prepare);
}

int cabin_loop_create(struct cabin_loop **out, struct cabin_net *net, uint32_t index,
		      const int listen_fd[CABIN_SCHEME_COUNT])
{
	const struct cabin_server_config *config = &net->config;
	struct cabin_loop *loop = calloc(1, sizeof(*loop));
	int result = CABIN_ENOMEM;
	*out = NULL;
	if (!loop) {
		for (int scheme = 0; scheme < CABIN_SCHEME_COUNT; scheme++) {
			if (listen_fd[scheme] >= 0)
				close(listen_fd[scheme]);
		}
		return result;
	}
	loop->net = net;
	loop->index = index;
	memcpy(loop->listen_fd, listen_fd, sizeof(loop->listen_fd));
	cabin_ratelimit_init(&loop->log_limit, CABIN_NS_PER_S, 10);
	loop->reports = calloc(config->channel_count, sizeof(*loop->reports));
	loop->ev = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
	if (!loop->reports || !loop->ev)
		goto out;
	init_watchers(loop);
	struct cabin_fanout_config fanout = {.clock = config->clock,
					     .transport = cabin_ws_transport(),
					     .channel_count = config->channel_count,
					     .queue_limit_ms = config->queue_limit_ms,
					     .close_after_ms = config->close_after_ms};
	struct cabin_inbox_config inbox = {.slot_count = CABIN_SERVER_INBOX_SLOTS,
					   .message_size = sizeof(struct cabin_packet *),
					   .wake = wake,
					   .context = loop};
	result = cabin_fanout_create(&loop->fanout, &fanout);
	if (!result)
		result = cabin_inbox_create(&loop->inbox, &inbox);
	if (!result)
		result = cabin_notices_create(loop, wake);
	if (!result)
		result = cabin_loop_audience_create(loop);
	if (!result)
		result = cabin_desk_feed_create(loop, wake);
	if (!result)
		result = cabin_http_api_create(loop, wake);
	if (!result)
		result = cabin_lws_context_create(loop);
out:
	if (result) {
		cabin_loop_destroy(loop);
		return result;
	}
	*out = loop;
	return 0;
}

int cabin_loop_start(struct cabin_loop *loop)
{
	int error = pthread_create(&loop->thread, NULL, run, loop);
	if (error) {
		cabin_log(CABIN_LOG_ERROR, "net", "thread-failed", "error=\"%s\"", strerror(error));
		return CABIN_EIO;
	}
	char name[16];
	snprintf(name, sizeof(name), "loop-%u", loop->index);
	pthread_setname_np(loop->thread, name);
	loop->running = true;
	return 0;
}

void cabin_loop_stop(struct cabin_loop *loop)
{
	if (loop->running)
		ev_async_send(loop->ev, &loop->stop);
}

void cabin_loop_join(struct cabin_loop *loop)
{
	if (loop->running)
		pthread_join(loop->thread, NULL);
	loop->running = false;
}

void cabin_loop_destroy(struct cabin_loop *loop)
{
	if (!loop)
		return;
	cabin_loop_join(loop);
	if (loop->context) /* it never ran */
		lws_context_destroy(loop->context);
	if (loop->inbox) {
		struct cabin_packet *packet;
		while (!cabin_inbox_pop(loop->inbox, &packet))
			cabin_packet_release(packet);
	}
	for (uint32_t i = 0; i < CABIN_CHANNELS_MAX; i++)
		cabin_packet_release(loop->owed_states[i]);
	cabin_inbox_destroy(loop->inbox);
	cabin_notices_destroy(loop);
	cabin_loop_audience_destroy(loop);
	cabin_desk_feed_destroy(loop);
	cabin_http_api_destroy(loop);
	cabin_ws_console_forget(loop);
	cabin_fanout_destroy(loop->fanout);
	for (int scheme = 0; scheme < CABIN_SCHEME_COUNT; scheme++) {
		if (loop->listen_fd[scheme] >= 0)
			close(loop->listen_fd[scheme]);
	}
	if (loop->ev)
		ev_loop_destroy(loop->ev);
	free(loop->reports);
	free(loop);
}
