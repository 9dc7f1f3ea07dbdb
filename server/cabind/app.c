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
#include "cabind/app_booths.h"
#include "cabind/app_metrics.h"
#include "cabind/hub_thread.h"
#include "cabind/notify.h"
#include "cabind/port_file.h"
#include "cabind/settings.h"
#include "capture/capture.h"
#include "monitor/meter.h"
#include "net/server.h"

enum { HUB_INBOX_SLOTS = 4096 }; /* 128 sources of 100 packets a second fill it in a third of a second */

/* In the order in which it is built; stopped in the reverse order. */
struct app {
	struct cabin_clock clock;
	uint64_t began_ns;
	struct cabin_config *config;
	char *event_json;
	uint16_t *numbers;
	struct cabin_app_booths *booths;
	struct cabin_hub_thread *hub_thread;
	struct cabin_app_metrics metrics;
	struct cabin_server *server;
	struct cabin_packet_pool *pool;
	struct cabin_meter *meter;
	struct cabin_sink sinks[CABIN_LOOPS_MAX + 1]; /* each loop's, and the meter's */
	struct cabin_hub_channel_config *channels;
	struct cabin_hub *hub;
	struct cabin_capture *capture;
};

/* The rule of relay/fanout.h: what may be away from the pool at once. */
static uint32_t pool_slots(const struct cabin_config *config, uint32_t loop_count)
{
	uint32_t windows = cabin_fanout_packets_held(config->channel_count, config->server.queue_limit_ms);
	return loop_count * (windows + CABIN_SERVER_INBOX_SLOTS) + HUB_INBOX_SLOTS + 2u * config->source_count +
	       cabin_hub_packets_held(config->booth_count) + CABIN_METER_SLOTS;
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

static int create_server(struct app *app, const struct cabin_options *options)
{
	char web_folder[PATH_MAX];
	int result = find_web_folder(options, web_folder, sizeof(web_folder));
	if (result != 0)
		return result;
	const struct cabin_config_server *from = &app->config->server;
	app->numbers = calloc(app->config->channel_count, sizeof(app->numbers[0]));
	app->event_json = cabin_config_event_json(app->config);
	if (!app->numbers || !app->event_json)
		return CABIN_ENOMEM;
	for (uint16_t i = 0; i < app->config->channel_count; i++)
		app->numbers[i] = app->config->channels[i].number;
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
	    .channel_numbers = app->numbers,
	    .channel_count = app->config->channel_count,
	    .write_metrics = cabin_app_metrics_write,
	    .context = &app->metrics,
	    .hub_pulse = cabin_hub_thread_pulse(app->hub_thread),
	    .hub_inbox = cabin_hub_thread_inbox(app->hub_thread),
	};
	cabin_app_booths_for_server(app->booths, &config);
	return cabin_server_create(&app->server, &config);
}

static uint32_t audience(void *context, uint16_t channel_index)
{
	return cabin_server_listener_count(context, channel_index);
}

static const char *language_of(const struct cabin_config *config, const struct cabin_config_channel *channel)
{
	return channel->language_index == CABIN_INDEX_NONE ? NULL : config->languages[channel->language_index].id;
}

static int create_hub(struct app *app, const struct cabin_options *options)
{
	uint32_t loop_count = cabin_server_loop_count(app->server);
	CABIN_ASSERT(loop_count <= CABIN_LOOPS_MAX);
	for (uint32_t i = 0; i < loop_count; i++)
		app->sinks[i] = cabin_server_sink(app->server, i);
	app->sinks[loop_count] = cabin_meter_sink(app->meter);
	app->channels = calloc(app->config->channel_count, sizeof(app->channels[0]));
	if (!app->channels)
		return CABIN_ENOMEM;
	for (uint16_t i = 0; i < app->config->channel_count; i++) {
		const struct cabin_config_channel *from = &app->config->channels[i];
		app->channels[i] = (struct cabin_hub_channel_config){
		    .number = from->number,
		    .kind = from->kind,
		    .source_index = from->source_index,
		    .floor_channel_index = from->floor_channel_index,
		    .room_index = from->room_index,
		    .language = language_of(app->config, from),
		    .idle_feed = from->idle_feed,
		    .idle_from_index = from->idle_from_index,
		    .hold_ms = from->hold_ms,
		    .fade_ms = from->fade_ms,
		    .booth_id = from->booth_id,
		};
	}
	struct cabin_hub_config config = {
	    .clock = app->clock,
	    .pool = app->pool,
	    .channels = app->channels,
	    .channel_count = app->config->channel_count,
	    .source_count = app->config->source_count,
	    .sinks = app->sinks,
	    .sink_count = loop_count + 1,
	    .notices = cabin_server_notice_sink(app->server),
	    .loudness_lufs = cabin_meter_speech_lufs,
	    .loudness_context = app->meter,
	    .audience = audience,
	    .audience_context = app->server,
	    .tap = cabin_meter_tap,
	    .tap_context = app->meter,
	};
	cabin_app_booths_for_hub(app->booths, &config);
	int result = first_number(options->first_sequence, UINT16_MAX, &config.first_sequence);
	if (result == 0)
		result = first_number(options->first_timestamp, UINT32_MAX, &config.first_timestamp);
	return result != 0 ? result : cabin_hub_create(&app->hub, &config);
}

static bool desks_are_there(void *context)
{
	return cabin_server_desk_count(context) > 0;
}

static bool tell_levels(void *context, const uint8_t *bytes, size_t size)
{
	return cabin_server_tell_desks(context, true, bytes, size);
}

static int create_meter(struct app *app)
{
	const struct cabin_meter_config config = {
	    .clock = app->clock,
	    .source_count = cabin_seat_source_index(app->config->source_count, app->config->booth_count, 1),
	    .channel_count = app->config->channel_count,
	    .levels_wanted = desks_are_there,
	    .levels = tell_levels,
	    .levels_context = app->server,
	};
	return cabin_meter_create(&app->meter, &config);
}

static int build(struct app *app, const struct cabin_options *options)
{
	int result = cabin_hub_thread_create(&app->hub_thread, app->clock, HUB_INBOX_SLOTS);
	if (result == 0)
		result = cabin_app_booths_create(&app->booths, app->config);
	if (result == 0)
		result = create_server(app, options);
	if (result == 0)
		result =
		    cabin_packet_pool_create(&app->pool, pool_slots(app->config, cabin_server_loop_count(app->server)));
	if (result == 0)
		result = create_meter(app);
	if (result == 0)
		result = create_hub(app, options);
	if (result != 0)
		return result;
	const struct cabin_capture_config capture = {
	    .config = app->config,
	    .clock = app->clock,
	    .pool = app->pool,
	    .hub_inbox = cabin_hub_thread_inbox(app->hub_thread),
	};
	result = cabin_capture_create(&app->capture, &capture);
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
	};
	result = cabin_meter_start(app->meter);
	if (result == 0)
		result = cabin_hub_thread_start(app->hub_thread, app->hub);
	return result != 0 ? result : cabin_server_start(app->server, app->pool);
}

/* Sinks and metrics belong to the server, so the hub's thread ends before it, and what
 * metrics read ends after it. */
static void tear_down(struct app *app)
{
	cabin_hub_thread_stop(app->hub_thread);
	cabin_meter_stop(app->meter);
	cabin_server_destroy(app->server);
	cabin_capture_destroy(app->capture);
	cabin_hub_destroy(app->hub);
	cabin_meter_destroy(app->meter);
	cabin_hub_thread_destroy(app->hub_thread);
	cabin_packet_pool_destroy(app->pool);
	cabin_app_booths_destroy(app->booths);
	free(app->channels);
	free(app->numbers);
	free(app->event_json);
	cabin_config_destroy(app->config);
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
		  app->config->room_count, app->config->channel_count, app->config->source_count,
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
	int result = cabin_settings_load(&app.config, options, stderr);
	if (result != 0)
		return result;
	set_log_level(app.config->server.log_level);
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
