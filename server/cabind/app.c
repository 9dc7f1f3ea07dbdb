#include "cabind/app.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "audio/device.h"
#include "base/log.h"
#include "cabind/app_desk.h"
#include "cabind/app_metrics.h"
#include "cabind/app_rooms.h"
#include "cabind/hub_thread.h"
#include "cabind/notify.h"
#include "cabind/port_file.h"
#include "cabind/settings.h"
#include "capture/capture.h"
#include "config/config_change.h"
#include "monitor/meter.h"
#include "net/server.h"

enum { HUB_INBOX_SLOTS = 4096 }; /* 128 sources of 100 packets a second fill it in a third of a second */

/* In the order in which it is built; stopped in the reverse order. */
struct app {
	struct cabin_clock clock;
	uint64_t began_ns;
	struct cabin_config *configured; /* as the file says */
	struct cabin_config *config;	 /* as it runs: with the changes that were kept, and the inserts */
	struct cabin_app_data data;
	char openapi[PATH_MAX];
	char *event_json;
	struct cabin_app_rooms *rooms;
	struct cabin_hub_thread *hub_thread;
	struct cabin_app_metrics metrics;
	struct cabin_server *server;
	struct cabin_packet_pool *pool;
	struct cabin_meter *meter;
	struct cabin_sink sinks[CABIN_LOOPS_MAX + 1]; /* each loop's, and the meter's */
	struct cabin_hub *hub;
	struct cabin_capture *capture;
	struct cabin_desk *desk;
};

/* The rule of relay/fanout.h: what may be away from the pool at once. */
static uint32_t pool_slots(const struct app *app)
{
	const struct cabin_desk_layout *layout = cabin_app_rooms_layout(app->rooms);
	uint32_t windows = cabin_fanout_packets_held(layout->channel_count, app->config->server.queue_limit_ms);
	return cabin_server_loop_count(app->server) * (windows + CABIN_SERVER_INBOX_SLOTS) + HUB_INBOX_SLOTS +
	       2u * layout->source_count + cabin_hub_packets_held(layout->booth_count) + CABIN_METER_SLOTS;
}

static void set_log_level(const char *name)
{
	static const char *const names[] = {[CABIN_LOG_DEBUG] = "debug",
					    [CABIN_LOG_INFO] = "info",
					    [CABIN_LOG_WARN] = "warn",
					    [CABIN_LOG_ERROR] = "error"};
	for (int level = CABIN_LOG_DEBUG; level <= CABIN_LOG_ERROR; level++)
		if (strcmp(names[level], name) == 0)
			cabin_log_set_level((enum cabin_log_level)level);
}

/* RFC 3550: both begin at a random number. Extended numbers leave room to grow. */
static int first_number(const char *chosen, uint64_t mask, uint64_t *out)
{
	if (chosen) {
		*out = strtoull(chosen, NULL, 10);
		return 0;
	}
	if (getrandom(out, sizeof(*out), 0) != (ssize_t)sizeof(*out)) {
		cabin_log(CABIN_LOG_ERROR, "app", "random-failed", "error=\"%s\"", strerror(errno));
		return CABIN_EIO;
	}
	*out &= mask;
	return 0;
}

/* The pages beside the binary where no folder was given. Without those the server still
 * serves every listener that is not a browser, but a folder that was given must exist. */
static int find_web_folder(const struct cabin_options *options, char *path, size_t path_size)
{
	struct stat status;
	char quoted[256];
	if (!options->web)
		return cabin_share_path(path, path_size, "web");
	if (strlen(options->web) >= path_size || stat(options->web, &status) != 0 || !S_ISDIR(status.st_mode)) {
		cabin_log(CABIN_LOG_ERROR, "app", "web-folder-missing",
			  "folder=%s hint=\"give the folder of the built web pages, or leave --web out\"",
			  cabin_log_quote(quoted, sizeof(quoted), options->web));
		return CABIN_ENOTFOUND;
	}
	memcpy(path, options->web, strlen(options->web) + 1);
	return 0;
}

/* The desk is made after the network, and before it runs. */
static bool take_request(void *context, struct cabin_api_request *request)
{
	const struct app *app = context;
	return cabin_desk_request(app->desk, request);
}

static void take_event(void *context, const struct cabin_hub_event *event)
{
	const struct app *app = context;
	if (app->desk) /* the first ones come while the hub is made */
		cabin_desk_event(app->desk, event);
}

static int create_server(struct app *app, const struct cabin_options *options)
{
	char web_folder[PATH_MAX];
	int result = find_web_folder(options, web_folder, sizeof(web_folder));
	if (result != 0)
		return result;
	const struct cabin_config_server *from = &app->config->server;
	app->event_json = cabin_config_event_json(app->config);
	if (!app->event_json)
		return CABIN_ENOMEM;
	struct cabin_server_config config = {
	    .clock = app->clock,
	    .listen = from->listen,
	    .listen_tls = from->listen_tls,
	    .tls_cert = from->tls_cert,
	    .tls_key = from->tls_key,
	    .loops = from->loops,
	    .max_listeners = from->max_listeners,
	    .max_listeners_per_address = from->max_listeners_per_address,
	    .queue_limit_ms = from->queue_limit_ms,
	    .close_after_ms = from->close_after_ms,
	    .dscp_listeners = from->dscp_listeners,
	    .dscp_consoles = from->dscp_consoles,
	    .rto_min_us = from->rto_min_us,
	    .web_folder = web_folder,
	    .event_json = app->event_json,
	    .write_metrics = cabin_app_metrics_write,
	    .context = &app->metrics,
	    .hub_pulse = cabin_hub_thread_pulse(app->hub_thread),
	    .hub_inbox = cabin_hub_thread_inbox(app->hub_thread),
	    .api = take_request,
	    .api_context = app,
	};
	cabin_app_rooms_for_server(app->rooms, &config);
	return cabin_server_create(&app->server, &config);
}

static uint32_t audience(void *context, uint16_t channel_index)
{
	return cabin_server_listener_count(context, channel_index);
}

static bool levels_wanted(void *server)
{
	return cabin_server_desk_count(server) > 0;
}

static bool give_levels(void *server, const uint8_t *bytes, size_t size)
{
	return cabin_server_tell_desks(server, true, bytes, size);
}

/* Of every source that the hub can have: seats come after capture's. */
static int create_meter(struct app *app)
{
	const struct cabin_desk_layout *layout = cabin_app_rooms_layout(app->rooms);
	const struct cabin_meter_config config = {
	    .clock = app->clock,
	    .source_count = cabin_seat_source_index(layout->source_count, layout->booth_count, 1),
	    .channel_count = layout->channel_count,
	    .levels_wanted = levels_wanted,
	    .levels = give_levels,
	    .levels_context = app->server,
	};
	return cabin_meter_create(&app->meter, &config);
}

static int create_hub(struct app *app, const struct cabin_options *options)
{
	uint32_t loop_count = cabin_server_loop_count(app->server);
	CABIN_ASSERT(loop_count <= CABIN_LOOPS_MAX);
	for (uint32_t i = 0; i < loop_count; i++)
		app->sinks[i] = cabin_server_sink(app->server, i);
	app->sinks[loop_count] = cabin_meter_sink(app->meter);
	struct cabin_hub_config config = {
	    .clock = app->clock,
	    .pool = app->pool,
	    .sinks = app->sinks,
	    .sink_count = loop_count + 1,
	    .notices = cabin_server_notice_sink(app->server),
	    .loudness_lufs = cabin_meter_speech_lufs,
	    .loudness_context = app->meter,
	    .audience = audience,
	    .audience_context = app->server,
	    .event = take_event,
	    .event_context = app,
	    .tap = cabin_meter_tap,
	    .tap_context = app->meter,
	};
	cabin_app_rooms_for_hub(app->rooms, &config);
	int result = first_number(options->first_sequence, UINT16_MAX, &config.first_sequence);
	if (result == 0)
		result = first_number(options->first_timestamp, UINT32_MAX, &config.first_timestamp);
	return result != 0 ? result : cabin_hub_create(&app->hub, &config);
}

/* The configuration as it runs: the file's, the changes that the database keeps, the inserts. */
static int prepare(struct app *app)
{
	char sounds[PATH_MAX];
	int result = cabin_app_data_open(&app->data, app->configured->server.data, app->clock);
	if (result == 0)
		result = cabin_config_copy(&app->config, app->configured);
	if (result == 0)
		result = cabin_desk_apply_stored(app->config, app->data.store);
	if (result == 0)
		result = cabin_share_path(sounds, sizeof(sounds), "sounds");
	return result != 0 ? result : cabin_config_add_inserts(app->config, sounds);
}

/* Everything that decides and sends, in the order of what needs what. */
static int build_relay(struct app *app, const struct cabin_options *options)
{
	int result = cabin_hub_thread_create(&app->hub_thread, app->clock, HUB_INBOX_SLOTS);
	if (result == 0)
		result = cabin_app_rooms_create(&app->rooms, app->config);
	if (result == 0)
		result = create_server(app, options);
	if (result == 0)
		result = cabin_packet_pool_create(&app->pool, pool_slots(app));
	if (result == 0)
		result = create_meter(app);
	return result == 0 ? create_hub(app, options) : result;
}

static int create_capture(struct app *app)
{
	const struct cabin_capture_config capture = {
	    .config = app->config,
	    .clock = app->clock,
	    .pool = app->pool,
	    .hub_inbox = cabin_hub_thread_inbox(app->hub_thread),
	};
	return cabin_capture_create(&app->capture, &capture);
}

static int certificate_days(void *context)
{
	const struct app *app = context;
	return cabin_server_certificate_days(app->server);
}

static int create_desk(struct app *app)
{
	bool described = cabin_share_path(app->openapi, sizeof(app->openapi), "openapi.json") == 0;
	const struct cabin_desk_config config = {
	    .clock = app->clock,
	    .config = app->config,
	    .configured = app->configured,
	    .layout = *cabin_app_rooms_layout(app->rooms),
	    .hub = app->hub,
	    .hub_inbox = cabin_hub_thread_inbox(app->hub_thread),
	    .capture = app->capture,
	    .meter = app->meter,
	    .store = app->data.store,
	    .network = cabin_app_desk_network(app->server),
	    .loop_count = cabin_server_loop_count(app->server),
	    .certificate_days = certificate_days,
	    .certificate_context = app,
	    .openapi_path = described ? app->openapi : NULL,
	};
	return cabin_desk_create(&app->desk, &config);
}

static int build(struct app *app, const struct cabin_options *options)
{
	int result = prepare(app);
	if (result == 0)
		result = build_relay(app, options);
	if (result == 0)
		result = create_capture(app);
	if (result == 0)
		result = create_desk(app);
	if (result != 0)
		return result;
	app->metrics = (struct cabin_app_metrics){
	    .config = app->config,
	    .pool = app->pool,
	    .hub_inbox = cabin_hub_thread_inbox(app->hub_thread),
	    .hub = app->hub,
	    .capture = app->capture,
	    .meter = app->meter,
	    .server = app->server,
	    .desk = app->desk,
	};
	result = app->data.store ? cabin_store_start(app->data.store) : 0;
	if (result == 0)
		result = cabin_meter_start(app->meter);
	if (result == 0)
		result = cabin_hub_thread_start(app->hub_thread, app->hub);
	if (result == 0)
		result = cabin_desk_start(app->desk);
	return result != 0 ? result : cabin_server_start(app->server, app->pool);
}

/* Sinks and metrics belong to the server, so the hub's thread ends before it, and what
 * metrics read ends after it. The desk and the store's thread answer requests, so they end
 * before it too. */
static void tear_down(struct app *app)
{
	cabin_hub_thread_stop(app->hub_thread);
	cabin_desk_stop(app->desk);
	cabin_app_data_close(&app->data);
	cabin_meter_stop(app->meter);
	cabin_server_destroy(app->server);
	cabin_capture_destroy(app->capture);
	cabin_hub_destroy(app->hub);
	cabin_desk_destroy(app->desk); /* its rooms' texts were the hub's too */
	cabin_meter_destroy(app->meter);
	cabin_hub_thread_destroy(app->hub_thread);
	cabin_packet_pool_destroy(app->pool);
	cabin_app_rooms_destroy(app->rooms);
	free(app->event_json);
	cabin_config_destroy(app->config);
	cabin_config_destroy(app->configured);
}

static int announce(const struct app *app, const struct cabin_options *options)
{
	uint16_t port = cabin_server_port(app->server), port_tls = cabin_server_port_tls(app->server);
	int result = cabin_port_file_write(options->port_file, port);
	if (result == 0)
		result = cabin_port_file_write(options->tls_port_file, port_tls);
	if (result != 0)
		return result;
	uint64_t start_ms = (cabin_clock_now_ns(&app->clock) - app->began_ns) / CABIN_NS_PER_MS;
	const struct cabin_config_server *server = &app->config->server;
	cabin_log(CABIN_LOG_INFO, "app", "ready",
		  "version=%s listen=%.*s port=%u listen_tls=%s port_tls=%u event=%s rooms=%u channels=%u sources=%u "
		  "start_ms=%llu",
		  CABIN_VERSION, (int)(strrchr(server->listen, ':') - server->listen), server->listen, port,
		  server->listen_tls ? server->listen_tls : "none", port_tls, app->config->event_id,
		  app->configured->room_count, app->configured->channel_count, app->configured->source_count,
		  (unsigned long long)start_ms);
	cabin_notify("READY=1");
	return 0;
}

/* Returns what stands still, or NULL; `before` is what it was, so that it is logged once. */
static const char *tell_watchdog(const struct app *app, const char *before)
{
	const char *standing = cabin_server_standing(app->server);
	if (!standing)
		cabin_notify("WATCHDOG=1");
	else if (!before)
		cabin_log(
		    CABIN_LOG_ERROR, "app", "stands-still",
		    "part=%s for_ms=%d hint=\"the watchdog is told nothing, so that systemd starts the server anew\"",
		    standing, CABIN_PULSE_LIMIT_MS);
	return standing;
}

/* Until SIGTERM or SIGINT, which are blocked in every thread. The watchdog is told that
 * all is well only while the hub and every loop go round. */
static void wait_for_the_end(const struct app *app, const sigset_t *signals)
{
	uint32_t watchdog_ms = cabin_notify_watchdog_ms();
	const struct timespec interval = {.tv_sec = watchdog_ms / 1000, .tv_nsec = (watchdog_ms % 1000) * 1000000L};
	const char *standing = NULL;
	int signal_number;
	do {
		signal_number = sigtimedwait(signals, NULL, watchdog_ms > 0 ? &interval : NULL);
		if (signal_number < 0 && errno == EAGAIN)
			standing = tell_watchdog(app, standing);
	} while (signal_number < 0);
	cabin_log(CABIN_LOG_INFO, "app", "stopping", "signal=%s", signal_number == SIGTERM ? "SIGTERM" : "SIGINT");
	cabin_notify("STOPPING=1");
}

static int run(const struct cabin_options *options)
{
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	/* Before the first thread, so that each inherits it. */
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	cabin_log_never_wait();

	struct app app = {.clock = cabin_clock_monotonic()};
	app.began_ns = cabin_clock_now_ns(&app.clock);
	int result = cabin_settings_load(&app.configured, options, stderr);
	if (result != 0)
		return result;
	set_log_level(app.configured->server.log_level);
	result = build(&app, options);
	if (result == 0)
		result = announce(&app, options);
	if (result == 0)
		wait_for_the_end(&app, &signals);
	else
		cabin_log(CABIN_LOG_ERROR, "app", "cannot-start", "error=%s", cabin_error_name(result));
	tear_down(&app);
	if (result == 0)
		cabin_log(CABIN_LOG_INFO, "app", "stopped", "status=0");
	return result;
}

static int check_config(const char *path)
{
	struct cabin_config *config;
	int result = cabin_config_load(&config, path, stderr);
	if (result != 0)
		return result;
	printf("%s: good: %u rooms, %u channels, %u sources, %u devices, %u sessions\n", path, config->room_count,
	       config->channel_count, config->source_count, config->device_count, config->session_count);
	cabin_config_destroy(config);
	return 0;
}

static int print_config(const struct cabin_options *options)
{
	struct cabin_config *config;
	int result = cabin_settings_load(&config, options, stderr);
	if (result != 0)
		return result;
	cabin_config_print(config, stdout);
	cabin_config_destroy(config);
	return 0;
}

int cabin_app_main(const struct cabin_options *options)
{
	switch (options->command) {
	case CABIN_COMMAND_RUN:
		return run(options);
	case CABIN_COMMAND_CHECK_CONFIG:
		return check_config(options->config);
	case CABIN_COMMAND_PRINT_CONFIG:
		return print_config(options);
	case CABIN_COMMAND_LIST_DEVICES:
		return cabin_audio_list_devices(options->jack_server, false, stdout);
	case CABIN_COMMAND_HELP:
		cabin_options_write_help(stdout);
		return 0;
	case CABIN_COMMAND_HELP_CONFIG:
		cabin_config_write_reference(stdout);
		return 0;
	case CABIN_COMMAND_VERSION:
		puts("cabind " CABIN_VERSION);
		return 0;
	}
	return CABIN_EINVAL;
}
