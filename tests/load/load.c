/* cabin-load: many listeners on one core, each packet's delay measured. */
#include <errno.h>
#include <math.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "listener.h"
#include "options.h"
#include "result.h"
#include "wav_sink.h"

enum { EVENTS_A_TURN = 512, TICK_MS = 5 };

static const uint64_t RECONNECT_NS = 250 * CABIN_NS_PER_MS;

struct run {
	struct cabin_load_options options;
	struct cabin_load load;
	struct cabin_load_listener *listeners;
	struct cabin_load_result result;
	int epoll;
	uint64_t start_ns, measure_ns, end_ns;
	uint64_t stall_from_ns, stall_to_ns;
	bool stalled;
};

static volatile sig_atomic_t over;

static void on_signal(int number)
{
	over = 1;
}

static uint64_t now(void)
{
	const struct cabin_clock clock = cabin_clock_monotonic();
	return cabin_clock_now_ns(&clock);
}

static void watch(struct run *run, struct cabin_load_listener *listener, int operation)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = listener};
	if (cabin_client_wants_write(&listener->client))
		event.events |= EPOLLOUT;
	(void)epoll_ctl(run->epoll, operation, listener->client.fd, &event);
}

static void begin(struct run *run, struct cabin_load_listener *listener, uint64_t now_ns)
{
	struct cabin_client_target target = run->load.target;
	if (listener->stalls)
		target.receive_buffer_bytes = 4096;
	listener->connect_at_ns = 0;
	if (cabin_client_connect(&listener->client, &target)) {
		listener->connect_at_ns = now_ns + RECONNECT_NS;
		return;
	}
	watch(run, listener, EPOLL_CTL_ADD);
}

/* After the upgrade: listen, and spread what is sent regularly over its interval. */
static void opened(struct run *run, struct cabin_load_listener *listener, uint64_t now_ns)
{
	char text[64];
	double share = (double)listener->index / run->options.listeners;
	snprintf(text, sizeof(text), "{\"type\":\"listen\",\"channel\":%u}", listener->channel);
	if (run->load.target.bare || cabin_client_send_text(&listener->client, text))
		return;
	if (listener->connected_once)
		listener->reconnects++;
	listener->connected_once = true;
	/* Pings keep the connection, reports or not. */
	listener->next_ping_ns = now_ns + (uint64_t)(share * 2e9);
	listener->next_report_ns = run->options.reports ? now_ns + (uint64_t)(share * 1e9) : 0;
}

static void serve(struct run *run, struct cabin_load_listener *listener)
{
	struct cabin_load_turn turn = {&run->load, listener};
	enum cabin_client_state before = listener->client.state;
	if (before == CABIN_CLIENT_CLOSED)
		return;
	int result = cabin_client_ready(&listener->client, &run->load.target, cabin_load_listener_message, &turn);
	uint64_t now_ns = now();
	if (result) {
		cabin_load_listener_lost(listener);
		listener->connect_at_ns = now_ns + RECONNECT_NS;
		return;
	}
	if (before != CABIN_CLIENT_OPEN) {
		watch(run, listener, EPOLL_CTL_MOD);
		if (listener->client.state == CABIN_CLIENT_OPEN)
			opened(run, listener, now_ns);
	}
}

static void change_stall(struct run *run, bool stalled)
{
	run->stalled = stalled;
	for (uint32_t i = 0; i < run->options.stall_count; i++) {
		struct cabin_load_listener *listener = &run->listeners[i];
		struct epoll_event event = {.events = stalled ? 0 : EPOLLIN, .data.ptr = listener};
		if (listener->client.state != CABIN_CLIENT_CLOSED)
			(void)epoll_ctl(run->epoll, EPOLL_CTL_MOD, listener->client.fd, &event);
	}
}

static int64_t wall_minus_monotonic_ns(void)
{
	struct timespec wall;
	uint64_t before_ns = now();
	clock_gettime(CLOCK_REALTIME, &wall);
	int64_t monotonic_ns = (int64_t)(before_ns + (now() - before_ns) / 2);
	return (int64_t)wall.tv_sec * 1000000000 + wall.tv_nsec - monotonic_ns;
}

static void tick(struct run *run, uint64_t now_ns)
{
	run->load.wall_minus_monotonic_ns = wall_minus_monotonic_ns();
	if (run->options.stall_count && !run->stalled && now_ns >= run->stall_from_ns && now_ns < run->stall_to_ns)
		change_stall(run, true);
	if (run->stalled && now_ns >= run->stall_to_ns)
		change_stall(run, false);
	for (uint32_t i = 0; i < run->options.listeners; i++) {
		struct cabin_load_listener *listener = &run->listeners[i];
		if (listener->connect_at_ns && now_ns >= listener->connect_at_ns)
			begin(run, listener, now_ns);
		else
			cabin_load_listener_tick(listener, now_ns);
	}
}

static void loop(struct run *run)
{
	struct epoll_event events[EVENTS_A_TURN];
	uint64_t due_ns = run->start_ns;
	bool measuring = false;
	while (!over) {
		uint64_t now_ns = now();
		if (now_ns >= run->end_ns)
			break;
		if (!measuring && now_ns >= run->measure_ns) {
			measuring = true;
			cabin_load_usage_begin(&run->result, run->options.server_pid);
		}
		if (now_ns >= due_ns) {
			/* What a tick is late by, every packet that waits is late by, too. */
			if (measuring)
				cabin_histogram_add(&run->result.lateness, (double)(now_ns - due_ns) / 1e6);
			tick(run, now_ns);
			due_ns = now_ns + TICK_MS * CABIN_NS_PER_MS;
		}
		int64_t wait_ns = (int64_t)(due_ns - now());
		struct timespec wait = {.tv_nsec = wait_ns > 0 ? (long)wait_ns : 0};
		int count = epoll_pwait2(run->epoll, events, EVENTS_A_TURN, &wait, NULL);
		for (int i = 0; i < count; i++)
			serve(run, events[i].data.ptr);
	}
	cabin_load_usage_end(&run->result, run->options.server_pid);
	run->result.seconds = (double)(now() - run->measure_ns) / 1e9;
}

static int prepare(struct run *run)
{
	const struct cabin_load_options *options = &run->options;
	if (cabin_client_target_parse(&run->load.target, options->connect)) {
		fprintf(stderr, "cabin-load: --connect %s: not HOST:PORT with a numeric host\n", options->connect);
		return 2;
	}
	run->load.target.bare = options->bare;
	run->load.target.kernel_time = true;
	run->load.warn_over_ms = 100;
	if (options->tls) {
		run->load.target.tls = SSL_CTX_new(TLS_client_method());
		if (!run->load.target.tls)
			return 2;
		SSL_CTX_set_mode(run->load.target.tls, SSL_MODE_RELEASE_BUFFERS);
	}
	struct rlimit files;
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	run->epoll = epoll_create1(EPOLL_CLOEXEC);
	run->listeners = calloc(options->listeners, sizeof(*run->listeners));
	if (run->epoll < 0 || !run->listeners)
		return 2;
	run->start_ns = now();
	run->measure_ns = run->start_ns + (uint64_t)((options->connect_seconds + options->settle_seconds) * 1e9);
	run->end_ns = run->measure_ns + (uint64_t)(options->seconds * 1e9);
	run->stall_from_ns = run->measure_ns + CABIN_NS_PER_S;
	run->stall_to_ns = run->stall_from_ns + (uint64_t)(options->stall_seconds * 1e9);
	run->load.measure_from_ns = run->measure_ns;
	for (uint32_t i = 0; i < options->listeners; i++) {
		struct cabin_load_listener *listener = &run->listeners[i];
		listener->index = i;
		listener->channel = options->channels[i % options->channel_count];
		listener->stalls = i < options->stall_count;
		listener->delays = calloc(1, sizeof(*listener->delays));
		listener->connect_at_ns =
		    run->start_ns + 1 + (uint64_t)(options->connect_seconds * 1e9 * i / options->listeners);
		if (!listener->delays)
			return 2;
	}
	return 0;
}

static int prepare_sound(struct run *run, struct cabin_wav_sink **sink)
{
	const struct cabin_load_options *options = &run->options;
	if (!options->wav)
		return 0;
	if (cabin_wav_sink_create(sink))
		return 2;
	run->load.sink = (struct cabin_load_sink){cabin_wav_sink_packet, *sink};
	while (options->wav_channel && run->listeners[run->load.sink_listener].channel != options->wav_channel) {
		if (++run->load.sink_listener == options->listeners) {
			fprintf(stderr, "cabin-load: --wav-channel %u: no listener has this channel\n",
				options->wav_channel);
			return 2;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct run run;
	struct cabin_wav_sink *sink = NULL;
	if (!cabin_load_options_read(&run.options, argc, argv))
		return 2;
	int status = prepare(&run);
	if (!status)
		status = prepare_sound(&run, &sink);
	if (status)
		return status;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	loop(&run);
	status = cabin_load_result_write(&run.result, &run.options, &run.load, run.listeners) ? 1 : 0;
	if (sink && cabin_wav_sink_finish(sink, run.options.wav))
		status = 1;
	for (uint32_t i = 0; i < run.options.listeners; i++) {
		if (run.listeners[i].client.state != CABIN_CLIENT_CLOSED)
			cabin_client_close(&run.listeners[i].client);
		free(run.listeners[i].delays);
	}
	free(run.listeners);
	SSL_CTX_free(run.load.target.tls);
	return status;
}
