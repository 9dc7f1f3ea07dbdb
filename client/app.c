#include "client/app.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/device_input.h"
#include "base/log.h"
#include "client/app_internal.h"
#include "client/control.h"
#include "client/settings.h"
#include "client/texts.h"

enum {
	TICK_MS = 50,
	EVENT_SLOTS = 1024,
	START_LIMIT_MS = 12000, /* to be connected, joined, with both sound cards open */
	FIGURES_MS = 1000,
	LEAVE_MS = 150,
	OUT_QUEUE_MS = 200
};

uint64_t cabin_console_now_ns(const struct cabin_booth_app *app)
{
	return cabin_clock_now_ns(&app->clock);
}

static void wake(void *context)
{
	static const uint64_t one = 1;
	const struct cabin_booth_app *app = context;
	ssize_t written = write(app->wake_fd, &one, sizeof(one));
	(void)written;
}

static void on_packet(void *context, const uint8_t *bytes, size_t size)
{
	struct cabin_booth_app *app = context;
	cabin_downlink_packet(app->downlink, bytes, size);
}

static void on_state(void *context, const struct cabin_server_event *event)
{
	struct cabin_booth_app *app = context;
	/* Here, so that it is chosen before its state and its packets come; a new connection has none. */
	if (event->kind == CABIN_SERVER_TALKBACK || event->kind == CABIN_SERVER_WELCOME)
		cabin_downlink_select(app->downlink, CABIN_DOWNLINK_TALKBACK, event->talkback.channel, true);
	else
		cabin_downlink_state(app->downlink, event);
}

/* --- build and tear down ------------------------------------------------------------- */

static enum cabin_language language_of(const struct cabin_booth_options *options)
{
	static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	const char *wanted = options->language;
	for (int i = 0; !wanted && i < 3; i++) {
		const char *value = getenv(variables[i]);
		wanted = value && value[0] ? value : NULL;
	}
	for (int i = 0; wanted && i < CABIN_LANGUAGE_COUNT; i++) {
		if (strncmp(wanted, cabin_language_ids[i], 2) == 0)
			return (enum cabin_language)i;
	}
	return CABIN_LANGUAGE_EN;
}

static void init_model(struct cabin_booth_app *app)
{
	const struct cabin_booth_options *options = app->options;
	struct cabin_settings settings;
	cabin_booth_settings_default(&settings);
	if (options->settings)
		snprintf(app->settings_path, sizeof(app->settings_path), "%s", options->settings);
	else if (cabin_booth_settings_path(app->settings_path, sizeof(app->settings_path)))
		app->settings_path[0] = '\0';
	if (app->settings_path[0] && cabin_booth_settings_load(&settings, app->settings_path))
		cabin_log(CABIN_LOG_WARN, "booth", "settings-unreadable", "file=\"%s\" todo=\"correct or remove it\"",
			  app->settings_path);
	if (options->name)
		snprintf(settings.name, sizeof(settings.name), "%s", options->name);
	if (options->shift_minutes)
		settings.shift_minutes = options->shift_minutes;
	const struct cabin_console_model_config config = {
	    .session = &app->session,
	    .settings = &settings,
	    .language = language_of(options),
	    .push_to_talk = options->push_to_talk,
	    .preflight = !options->no_preflight && !options->no_terminal,
	};
	cabin_model_init(&app->model, &config);
}

static int create_sound(struct cabin_booth_app *app)
{
	const struct cabin_booth_options *options = app->options;
	const char *api = options->jack_server && !options->api ? "JACK" : options->api;
	app->input = (struct cabin_audio_device){
	    .id = "booth-microphone", .api = api, .name = options->input, .jack_server = options->jack_server};
	app->output = (struct cabin_audio_device){
	    .id = "booth-headset", .api = api, .name = options->output, .jack_server = options->jack_server};
	const struct cabin_device_input_config input = {
	    .device = &app->input, .channel_count = 1, .clock = app->clock, .stop_fd = app->stop_fd};
	struct cabin_uplink_config uplink = {
	    .clock = app->clock, .connection = app->connection, .packet_ms = 20, .bitrate_bps = 48000, .complexity = 9};
	const struct cabin_player_config player = {.device = &app->output,
						   .clock = app->clock,
						   .downlink = app->downlink,
						   .stop_fd = app->stop_fd,
						   .sync = cabin_connection_clock(app->connection)};
	int error = cabin_device_input_create(&uplink.input, &input);
	if (!error)
		error = cabin_uplink_create(&app->uplink, &uplink);
	if (!error)
		error = cabin_player_create(&app->player, &player);
	return error;
}

static int build(struct cabin_booth_app *app)
{
	const struct cabin_booth_options *options = app->options;
	const struct cabin_inbox_config events = {.slot_count = EVENT_SLOTS,
						  .message_size = sizeof(struct cabin_connection_event),
						  .wake = wake,
						  .context = app};
	struct cabin_connection_config connection = {
	    .ca_file = options->ca,
	    .trust_any = options->trust_any,
	    .clock = app->clock,
	    .on_packet = on_packet,
	    .on_state = on_state,
	    .context = app,
	    .queue_ms = OUT_QUEUE_MS,
	};
	app->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	app->stop_fd = eventfd(0, EFD_CLOEXEC);
	int error = app->wake_fd < 0 || app->stop_fd < 0 ? CABIN_EIO : cabin_inbox_create(&app->events, &events);
	if (!error)
		error = cabin_downlink_create(&app->downlink, app->clock);
	if (!error)
		error = cabin_connection_address_parse(&connection.address, options->server);
	connection.events = app->events;
	if (!error)
		error = cabin_connection_create(&app->connection, &connection);
	if (!error)
		error = create_sound(app);
	if (!error)
		cabin_console_set_sound(app);
	return error;
}

static void tear_down(struct cabin_booth_app *app)
{
	static const uint64_t one = 1;
	struct cabin_connection_event event;
	cabin_terminal_destroy(app->terminal);
	if (app->stop_fd >= 0 && write(app->stop_fd, &one, sizeof(one)) < 0)
		cabin_log(CABIN_LOG_WARN, "booth", "stop-not-told", "errno=%d", errno);
	cabin_uplink_destroy(app->uplink);
	cabin_player_destroy(app->player);
	cabin_connection_destroy(app->connection);
	cabin_downlink_destroy(app->downlink);
	while (app->events && cabin_inbox_pop(app->events, &event) == 0)
		free(event.text);
	cabin_inbox_destroy(app->events);
	if (app->wake_fd >= 0)
		close(app->wake_fd);
	if (app->stop_fd >= 0)
		close(app->stop_fd);
	if (app->signal_fd >= 0)
		close(app->signal_fd);
}

/* --- one round of the loop ------------------------------------------------------------ */

static void take_key(struct cabin_booth_app *app, const struct cabin_key_event *event)
{
	uint64_t now_ns = cabin_console_now_ns(app);
	if (event->is_text && cabin_model_character(&app->model, event->text, now_ns))
		return;
	if (event->key != CABIN_KEY_NONE)
		cabin_model_key(&app->model, event->key, event->action, now_ns);
}

static void take_line(struct cabin_booth_app *app)
{
	app->line[app->line_size] = '\0';
	app->line_size = 0;
	if (cabin_control_line(&app->model, app->line, cabin_console_now_ns(app)) == 0)
		return;
	printf("error line=\"not a command\"\n");
	fflush(stdout);
}

static void take_bytes(struct cabin_booth_app *app, const char *bytes, size_t size)
{
	struct cabin_key_event event;
	for (size_t i = 0; i < size; i++) {
		if (app->terminal) {
			if (cabin_key_reader_take(&app->keys, bytes[i], cabin_console_now_ns(app), &event))
				take_key(app, &event);
		} else if (bytes[i] == '\n') {
			take_line(app);
		} else if (app->line_size + 1 < sizeof(app->line)) {
			app->line[app->line_size++] = bytes[i];
		}
		cabin_console_commands(app);
	}
}

/* The pipe's end, or a terminal that is gone: leave. */
static void read_input(struct cabin_booth_app *app)
{
	char bytes[512];
	ssize_t size = read(STDIN_FILENO, bytes, sizeof(bytes));
	if (size > 0)
		take_bytes(app, bytes, (size_t)size);
	else if (size == 0 && !app->terminal)
		app->quits = true;
	else if (size < 0 && errno != EAGAIN && errno != EINTR)
		app->quits = true;
}

static void wait_and_take(struct cabin_booth_app *app, bool with_input)
{
	struct pollfd fds[3] = {{.fd = app->wake_fd, .events = POLLIN},
				{.fd = app->signal_fd, .events = POLLIN},
				{.fd = with_input ? STDIN_FILENO : -1, .events = POLLIN}};
	struct signalfd_siginfo signal;
	uint64_t count;
	int ready = poll(fds, 3, TICK_MS);
	if (ready > 0 && fds[0].revents && read(app->wake_fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		app->quits = true;
	cabin_console_events(app);
	if (ready > 0 && fds[1].revents && read(app->signal_fd, &signal, sizeof(signal)) == (ssize_t)sizeof(signal) &&
	    signal.ssi_signo != SIGWINCH)
		app->quits = true;
	if (ready > 0 && fds[2].revents & POLLHUP && app->terminal)
		app->quits = true;
	else if (ready > 0 && fds[2].revents)
		read_input(app);
}

static void show_terminal(struct cabin_booth_app *app)
{
	struct cabin_key_event event;
	uint32_t rows, columns;
	if (cabin_key_reader_flush(&app->keys, cabin_console_now_ns(app), &event)) {
		take_key(app, &event);
		cabin_console_commands(app);
	}
	cabin_terminal_size(app->terminal, &rows, &columns);
	cabin_screen_draw(&app->screen, &app->model, rows, columns);
	cabin_terminal_show(app->terminal, &app->screen);
}

static void show_lines(struct cabin_booth_app *app)
{
	char line[sizeof(app->state)];
	uint64_t now_ns = cabin_console_now_ns(app);
	cabin_control_state(&app->model, line, sizeof(line));
	if (strcmp(line, app->state) != 0) {
		memcpy(app->state, line, sizeof(line));
		printf("%s\n", line);
	}
	if (now_ns >= app->figures_ns) {
		app->figures_ns = now_ns + FIGURES_MS * CABIN_NS_PER_MS;
		cabin_control_figures(&app->model, line, sizeof(line));
		printf("%s\n", line);
	}
	fflush(stdout);
}

/* --- begin ---------------------------------------------------------------------------- */

static void explain(struct cabin_booth_app *app, const char *what, const char *detail)
{
	fprintf(stderr, "cabin-booth: %s%s%s%s\n", what, detail && detail[0] ? " (" : "", detail ? detail : "",
		detail && detail[0] ? ")" : "");
	app->failed = true;
}

/* Why it cannot begin, told; false: it still may. */
static bool has_failed(struct cabin_booth_app *app, bool time_is_over)
{
	const struct cabin_console_model *model = &app->model;
	const struct cabin_facts *facts = &model->facts;
	const char *code = app->refusal.error.code;
	if (code[0] && !app->session.joined)
		explain(app,
			strncmp(code, "token", 5) == 0
			    ? cabin_text(model->language, CABIN_TEXT_PROBLEM + CABIN_PROBLEM_NO_ACCESS)
			    : app->refusal.error.text,
			code);
	else if (model->problem != CABIN_PROBLEM_NONE && !app->session.joined)
		explain(app, cabin_text(model->language, CABIN_TEXT_PROBLEM + (int)model->problem),
			model->problem_text);
	else if (time_is_over && !app->session.joined)
		explain(app, cabin_text(model->language, CABIN_TEXT_PROBLEM + CABIN_PROBLEM_UNREACHABLE), NULL);
	else if (time_is_over && !facts->microphone_open)
		explain(app, cabin_text(model->language, CABIN_TEXT_NO_MICROPHONE), "--list-devices, --input");
	else if (time_is_over && !facts->headset_open)
		explain(app, cabin_text(model->language, CABIN_TEXT_NO_HEADSET), "--list-devices, --output");
	return app->failed;
}

/* Until all is there: 0, or told why not. */
static int begin(struct cabin_booth_app *app)
{
	uint64_t limit_ns = cabin_console_now_ns(app) + START_LIMIT_MS * CABIN_NS_PER_MS;
	for (;;) {
		wait_and_take(app, false);
		cabin_console_tick(app);
		const struct cabin_facts *facts = &app->model.facts;
		if (app->session.joined && facts->microphone_open && facts->headset_open)
			return 0;
		if (app->quits || has_failed(app, cabin_console_now_ns(app) > limit_ns))
			return CABIN_ELOST;
	}
}

static void print_check(const struct cabin_booth_app *app)
{
	const struct cabin_session *session = &app->session;
	printf("server      %s, round trip %.1f ms\n", session->server, app->model.facts.round_trip_ms);
	printf("booth       %s, seat %u\n", session->booth_id, session->seat);
	for (uint8_t i = 0; i < session->output_count; i++)
		printf("output %c    channel %u, language %s\n", 'a' + i, session->outputs[i].channel,
		       session->outputs[i].language);
	printf("microphone  open, %.0f dBFS\nheadset     open\n", (double)app->model.facts.own_dbfs);
}

/* --- the log of a terminal's console -------------------------------------------------- */

/* It must not write into the screen: a file, by default beside other state. */
static void redirect_log(const struct cabin_booth_options *options)
{
	char path[CABIN_BOOTH_PATH_BYTES];
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	if (options->log)
		snprintf(path, sizeof(path), "%s", options->log);
	else if (state && state[0] == '/')
		snprintf(path, sizeof(path), "%s/cabin-booth.log", state);
	else
		snprintf(path, sizeof(path), "%s/.cabin-booth.log", home ? home : "/tmp");
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (fd >= 0)
		dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static void run(struct cabin_booth_app *app)
{
	app->keys.wants_repeats = app->options->push_to_talk;
	if (app->options->no_terminal)
		fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
	while (!app->quits) {
		wait_and_take(app, true);
		cabin_console_tick(app);
		if (app->terminal)
			show_terminal(app);
		else
			show_lines(app);
	}
}

/* Gives the seat up at once, and the connection a moment to say so. */
static void leave(struct cabin_booth_app *app)
{
	const struct timespec moment = {.tv_nsec = LEAVE_MS * 1000000L};
	if (!app->session.joined)
		return;
	cabin_uplink_send(app->uplink, false, 0, 0);
	if (cabin_connection_send(app->connection, app->generation, "{\"type\":\"leave\"}", CABIN_SEND_GATE_CLOSE))
		nanosleep(&moment, NULL);
}

static int open_signals(void)
{
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGWINCH);
	/* Before the first thread, so that each inherits it. */
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int cabin_console_main(const struct cabin_booth_options *options)
{
	static struct cabin_booth_app app; /* large, and one of its kind */
	bool check = options->command == CABIN_BOOTH_CHECK;
	app = (struct cabin_booth_app){.options = options,
				       .clock = cabin_clock_monotonic(),
				       .wake_fd = -1,
				       .stop_fd = -1,
				       .signal_fd = open_signals()};
	if (!check && !options->no_terminal && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
		explain(&app, "this is no terminal; use one, or --no-terminal", NULL);
		return CABIN_EUNSUPPORTED;
	}
	init_model(&app);
	int error = build(&app);
	if (error)
		explain(&app, "cannot begin", cabin_error_name(error));
	if (!error)
		error = begin(&app);
	if (!error && check)
		print_check(&app);
	if (!error && !check && !options->no_terminal) {
		redirect_log(options);
		error = cabin_terminal_create(&app.terminal, !getenv("NO_COLOR"));
	} else if (options->log) {
		redirect_log(options);
	}
	if (!error && !check)
		run(&app);
	leave(&app);
	tear_down(&app);
	return app.quits ? 0 : error;
}
