#include "net/ws_console_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "net/auth.h"
#include "net/desk_feed.h"
#include "net/notice.h"
#include "relay/hub_message.h"
#include "wire/console_write.h"
#include "wire/desk_write.h"
#include "wire/ws_frame.h"

enum { ERROR_MAX_BYTES = 512 };

/* --- saying ------------------------------------------------------------------- */

void cabin_ws_console_say(struct cabin_ws_listener *listener, const char *text, size_t size)
{
	if (!cabin_ws_send(listener, CABIN_WS_TEXT, text, size))
		cabin_ws_close(listener, CABIN_CLOSE_SLOW, "too slow");
}

void cabin_ws_console_say_error(struct cabin_ws_listener *listener, const char *code, const char *words)
{
	char text[ERROR_MAX_BYTES];
	int size = cabin_control_write_error(text, sizeof(text), code, words);
	CABIN_ASSERT(size > 0); /* both are ours */
	cabin_ws_console_say(listener, text, (size_t)size);
}

/* --- telling the hub ---------------------------------------------------------- */

/* Takes over `command->text`. False: the inbox is full. */
static bool push(struct cabin_loop *loop, const struct cabin_console_command *command)
{
	const struct cabin_hub_message message = {.kind = CABIN_HUB_COMMAND, .command = *command};
	if (cabin_inbox_push(loop->net->config.hub_inbox, &message, false) == 0)
		return true;
	cabin_counter_add(&loop->counters.commands_refused, 1);
	return false;
}

/* A command is never lost in silence: a console that the hub cannot hear now comes back. */
static void tell(struct cabin_ws_listener *listener, const struct cabin_console_command *command)
{
	if (push(listener->loop, command))
		return;
	cabin_packet_release(command->text);
	cabin_ws_close(listener, CABIN_CLOSE_TRY_AGAIN_LATER, "the server is overloaded");
}

/* --- life --------------------------------------------------------------------- */

/* Signs need no token, so they leave room for those who have one. */
static uint32_t sign_count(const struct cabin_loop *loop)
{
	uint32_t count = 0;
	for (const struct cabin_ws_console *console = loop->consoles; console; console = console->next)
		count += console->role == CABIN_CONSOLE_NONE;
	return count;
}

/* NULL: too many, or no memory. */
static struct cabin_ws_console *make_console(struct cabin_ws_listener *listener, bool sign)
{
	struct cabin_loop *loop = listener->loop;
	if (listener->console)
		return listener->console;
	if (loop->console_count == CABIN_CONSOLES_MAX || (sign && sign_count(loop) >= CABIN_SIGNS_MAX))
		return NULL;
	struct cabin_ws_console *console = calloc(1, sizeof(*console));
	if (!console)
		return NULL;
	console->listener = listener;
	console->number = listener->number;
	console->booth_index = console->room_index = console->watch_index = console->monitor_index = CABIN_INDEX_NONE;
	console->next = loop->consoles;
	if (console->next)
		console->next->previous = console;
	loop->consoles = console;
	loop->console_count++;
	listener->console = console;
	return console;
}

static void unlink_console(struct cabin_loop *loop, struct cabin_ws_console *console)
{
	if (console->previous)
		console->previous->next = console->next;
	else
		loop->consoles = console->next;
	if (console->next)
		console->next->previous = console->previous;
	loop->console_count--;
	free(console);
}

static bool has_joined(const struct cabin_ws_console *console)
{
	return console->role == CABIN_CONSOLE_BOOTH || console->role == CABIN_CONSOLE_TECHNICIAN;
}

/* Consoles listen too, but are no audience: `by` is 1 or −1. `fan` may be NULL. */
static void count_one(struct cabin_loop *loop, const struct cabin_listener *fan, int by)
{
	uint16_t index = fan ? cabin_listener_channel_index(fan) : (uint16_t)CABIN_INDEX_NONE;
	if (index != CABIN_INDEX_NONE)
		atomic_fetch_add_explicit(&loop->console_listeners[index], (unsigned)by, memory_order_relaxed);
}

/* It joined, or is no console any more. */
static void count_console(struct cabin_ws_listener *listener, int by)
{
	struct cabin_loop *loop = listener->loop;
	atomic_fetch_add_explicit(&loop->counters.consoles, (unsigned)by, memory_order_relaxed);
	count_one(loop, listener->fan, by);
	count_one(loop, listener->console->monitor, by);
	count_one(loop, listener->console->talkback, by);
}

/* The hub is told that the connection is over, or the seat given up. True: it knows. */
static bool tell_end(struct cabin_loop *loop, const struct cabin_ws_console *console)
{
	const struct cabin_console_command gone =
	    ws_console_command_of(console, console->gives_up ? CABIN_CONSOLE_LEAVE : CABIN_CONSOLE_GONE);
	return console->role == CABIN_CONSOLE_NONE || push(loop, &gone);
}

void cabin_ws_console_end(struct cabin_ws_listener *listener)
{
	struct cabin_ws_console *console = listener->console;
	struct cabin_loop *loop = listener->loop;
	if (!console)
		return;
	if (has_joined(console))
		count_console(listener, -1);
	cabin_desk_feed_switch(listener, false);
	if (console->monitor)
		cabin_fanout_detach(loop->fanout, console->monitor);
	if (console->talkback)
		cabin_fanout_detach(loop->fanout, console->talkback);
	console->monitor = console->talkback = NULL;
	listener->console = NULL;
	console->listener = NULL;
	if (tell_end(loop, console))
		unlink_console(loop, console);
}

bool cabin_ws_console_has_joined(const struct cabin_ws_listener *listener)
{
	return listener->console && has_joined(listener->console);
}

void cabin_ws_console_sweep(struct cabin_loop *loop)
{
	(void)cabin_auth_refresh(loop->net->auth);
	for (struct cabin_ws_console *console = loop->consoles, *next; console; console = next) {
		next = console->next;
		if (!console->listener) {
			if (tell_end(loop, console))
				unlink_console(loop, console);
		} else if (console->role != CABIN_CONSOLE_NONE &&
			   cabin_auth_recheck(loop->net->auth, &console->token) != CABIN_AUTH_GOOD) {
			console->gives_up = true;
			cabin_counter_add(&loop->counters.joins_refused[CABIN_AUTH_REVOKED], 1);
			cabin_ws_console_say_error(console->listener, cabin_auth_code(CABIN_AUTH_REVOKED),
						   cabin_auth_text(CABIN_AUTH_REVOKED));
			cabin_ws_close(console->listener, CABIN_CLOSE_NO_ACCESS, "token revoked");
		}
	}
}

void cabin_ws_console_forget(struct cabin_loop *loop)
{
	for (struct cabin_ws_console *console = loop->consoles, *next; console; console = next) {
		next = console->next;
		free(console);
	}
	loop->consoles = NULL;
	loop->console_count = 0;
}

/* --- joining ------------------------------------------------------------------ */

static void refuse_access(struct cabin_ws_listener *listener, enum cabin_auth_verdict verdict)
{
	cabin_counter_add(&listener->loop->counters.joins_refused[verdict], 1);
	cabin_ws_console_say_error(listener, cabin_auth_code(verdict), cabin_auth_text(verdict));
	cabin_ws_close(listener, CABIN_CLOSE_NO_ACCESS, cabin_auth_code(verdict));
}

/* The booth whose seat is asked for: a booth token's own; of a technician's the desk's or
 * none. False: none that this token may have, and it has been said. */
static bool choose_booth(struct cabin_ws_listener *listener, const struct cabin_token *token, const char *wanted,
			 uint16_t *out)
{
	bool is_booth = token->role == CABIN_TOKEN_BOOTH;
	const char *id = is_booth ? token->booth : wanted;
	bool is_desk = strcmp(id, CABIN_DESK_BOOTH_ID) == 0;
	*out = CABIN_INDEX_NONE;
	if (!*id)
		return true;
	if (!is_booth && (token->role != CABIN_TOKEN_TECHNICIAN || !is_desk)) {
		cabin_ws_console_say_error(listener, "not-yours", "this token takes no seat in that booth");
		return false;
	}
	if (is_booth != is_desk)
		*out = ws_console_booth_index(listener->loop, id);
	if (*out == CABIN_INDEX_NONE)
		cabin_ws_console_say_error(listener, "booth-unknown", "this event has no booth of that name");
	return *out != CABIN_INDEX_NONE;
}

static void join(struct cabin_ws_listener *listener, const struct cabin_console_request *request)
{
	struct cabin_loop *loop = listener->loop;
	struct cabin_token token;
	if (listener->console && listener->console->role != CABIN_CONSOLE_NONE) {
		cabin_ws_console_say_error(listener, "joined-already", "leave first");
		return;
	}
	enum cabin_auth_verdict verdict =
	    cabin_auth_check(loop->net->auth, request->join.token, strlen(request->join.token), &token);
	if (verdict != CABIN_AUTH_GOOD) {
		refuse_access(listener, verdict);
		return;
	}
	uint16_t booth_index;
	if (!choose_booth(listener, &token, request->join.booth, &booth_index))
		return;
	struct cabin_packet *name = request->join.name[0] ? ws_console_text(loop, request->join.name) : NULL;
	struct cabin_ws_console *console = make_console(listener, false);
	if (!console || (request->join.name[0] && !name)) {
		cabin_packet_release(name);
		cabin_ws_close(listener, CABIN_CLOSE_TRY_AGAIN_LATER, "the server is full");
		return;
	}
	console->token = token;
	console->booth_index = booth_index;
	console->room_index = booth_index == CABIN_INDEX_NONE ? (uint16_t)CABIN_INDEX_NONE
							      : loop->net->config.booths[booth_index].room_index;
	console->seat = request->join.seat;
	struct cabin_console_command command = ws_console_command_of(console, CABIN_CONSOLE_JOIN);
	command.join.resume = request->join.resume;
	command.join.mic = request->join.mic;
	command.text = name;
	console->mic = request->join.mic;
	if (push(loop, &command)) {
		console->role = CABIN_CONSOLE_JOINING;
		listener->must_join = false; /* its token is good */
		return;
	}
	cabin_packet_release(name);
	cabin_ws_close(listener, CABIN_CLOSE_TRY_AGAIN_LATER, "the server is overloaded");
}

static void grant(struct cabin_ws_listener *listener, const struct cabin_notice *notice)
{
	struct cabin_ws_console *console = listener->console;
	struct cabin_loop *loop = listener->loop;
	console->role = console->booth_index == CABIN_INDEX_NONE ? CABIN_CONSOLE_TECHNICIAN : CABIN_CONSOLE_BOOTH;
	console->seat = notice->seat;
	console->source_index = notice->source_index;
	count_console(listener, 1);
	cabin_ratelimit_init(&listener->messages, CABIN_NS_PER_S / CABIN_CONSOLE_MESSAGES_PER_S,
			     CABIN_CONSOLE_MESSAGES_BURST);
	cabin_ws_reader_take_binary(&listener->reader, console->frame, sizeof(console->frame));
	cabin_socket_options_console(listener->fd, &loop->net->socket_options);
	char booth[CABIN_NAME_MAX_BYTES];
	cabin_live_booth_id(&loop->net->live, console->booth_index, booth);
	cabin_log(CABIN_LOG_INFO, "net", "console-joined", "listener=%llu booth=%s seat=%u token=%s",
		  (unsigned long long)listener->number, booth, console->seat, console->token.id);
}

/* --- notices ------------------------------------------------------------------ */

bool cabin_ws_console_concerned(const struct cabin_ws_listener *listener, const struct cabin_notice *notice)
{
	const struct cabin_ws_console *console = listener->console;
	if (!console)
		return false;
	switch (notice->scope) {
	case CABIN_NOTICE_CONNECTION:
		return console->number == notice->connection;
	case CABIN_NOTICE_BOOTH:
		return console->role == CABIN_CONSOLE_TECHNICIAN ||
		       (console->role == CABIN_CONSOLE_BOOTH && console->booth_index == notice->index);
	case CABIN_NOTICE_ROOM:
		return console->role == CABIN_CONSOLE_TECHNICIAN || console->watch_index == notice->index ||
		       (console->role == CABIN_CONSOLE_BOOTH && console->room_index == notice->index);
	case CABIN_NOTICE_TECHNICIANS:
		return console->role == CABIN_CONSOLE_TECHNICIAN;
	}
	return false;
}

/* What the technician says goes out beside the rest, while this booth is addressed. The
 * connection may be over after it. */
static void set_talkback(struct cabin_ws_listener *listener)
{
	struct cabin_ws_console *console = listener->console;
	struct cabin_loop *loop = listener->loop;
	uint16_t wanted = console->role == CABIN_CONSOLE_BOOTH
			      ? cabin_live_talkback(&loop->net->live, console->booth_index)
			      : (uint16_t)CABIN_INDEX_NONE;
	uint16_t now = console->talkback ? cabin_listener_channel_index(console->talkback) : (uint16_t)CABIN_INDEX_NONE;
	char text[128];
	if (now == wanted)
		return;
	if (!console->talkback && cabin_fanout_attach(loop->fanout, &console->talkback, listener)) {
		cabin_ws_close(listener, CABIN_CLOSE_TRY_AGAIN_LATER, "no memory");
		return;
	}
	bool on = wanted != CABIN_INDEX_NONE;
	int size =
	    cabin_desk_write_talkback(text, sizeof(text), on, loop->net->config.channel_numbers[on ? wanted : now]);
	CABIN_ASSERT(size > 0);
	count_one(loop, console->talkback, -1);
	cabin_loop_drain_inbox(loop);
	cabin_fanout_listen(loop->fanout, console->talkback, CABIN_INDEX_NONE);
	cabin_ws_console_say(listener, text, (size_t)size);
	if (!listener->console)
		return;
	cabin_fanout_listen(loop->fanout, console->talkback, wanted);
	count_one(loop, console->talkback, 1);
	if (listener->buffered)
		lws_callback_on_writable(listener->wsi);
	else
		cabin_fanout_writable(loop->fanout, console->talkback);
}

void cabin_ws_console_talkback(struct cabin_loop *loop)
{
	uint32_t number = atomic_load_explicit(&loop->net->live.talkback_number, memory_order_acquire);
	if (loop->talkback_number == number)
		return;
	loop->talkback_number = number;
	for (struct cabin_ws_console *console = loop->consoles, *next; console; console = next) {
		next = console->next;
		if (console->listener)
			set_talkback(console->listener);
	}
}

static void tell_listens(struct cabin_ws_listener *listener)
{
	struct cabin_console_command command = ws_console_command_of(listener->console, CABIN_CONSOLE_LISTENS);
	if (listener->console->role != CABIN_CONSOLE_BOOTH || !listener->fan)
		return;
	command.listens.channel_index = cabin_listener_channel_index(listener->fan);
	tell(listener, &command);
}

/* To the hub an observer is a technician; here it is told what it may not. */
static void say_observer(struct cabin_ws_listener *listener)
{
	char text[128];
	int size = cabin_desk_write_joined_observer(text, sizeof(text));
	CABIN_ASSERT(size > 0);
	cabin_ws_console_say(listener, text, (size_t)size);
}

static void take_own_notice(struct cabin_ws_listener *listener, const struct cabin_notice *notice)
{
	struct cabin_ws_console *console = listener->console;
	bool answers_join = console->role == CABIN_CONSOLE_JOINING;
	if (answers_join && notice->granted)
		grant(listener, notice);
	else if (answers_join)
		console->role = CABIN_CONSOLE_NONE;
	if (answers_join && notice->granted && console->token.role == CABIN_TOKEN_OBSERVER)
		say_observer(listener);
	else if (notice->size)
		cabin_ws_console_say(listener, notice->text, notice->size);
	if (answers_join && notice->granted) {
		cabin_notices_catch_up(listener);
		/* It may be too slow for all that, and over. */
		if (listener->console)
			tell_listens(listener);
		if (listener->console)
			set_talkback(listener);
	}
	if (notice->close_code) {
		/* Its seat is another connection's already, or it is over: nothing is kept. */
		cabin_ws_close(listener, (enum cabin_close_code)notice->close_code, "replaced");
	}
}

void cabin_ws_console_notice(struct cabin_loop *loop, const struct cabin_notice *notice)
{
	for (struct cabin_ws_console *console = loop->consoles, *next; console; console = next) {
		next = console->next;
		struct cabin_ws_listener *listener = console->listener;
		if (!listener || !cabin_ws_console_concerned(listener, notice))
			continue;
		if (notice->scope == CABIN_NOTICE_CONNECTION)
			take_own_notice(listener, notice);
		else
			cabin_ws_console_say(listener, notice->text, notice->size);
	}
}

/* --- listening ---------------------------------------------------------------- */

/* The monitor rests while its channel is the main one: each packet comes once. */
static void set_monitor(struct cabin_ws_listener *listener)
{
	struct cabin_ws_console *console = listener->console;
	struct cabin_loop *loop = listener->loop;
	uint16_t wanted = console->monitor_index;
	if (listener->fan && wanted == cabin_listener_channel_index(listener->fan))
		wanted = CABIN_INDEX_NONE;
	if (!console->monitor && wanted == CABIN_INDEX_NONE)
		return;
	if (!console->monitor && cabin_fanout_attach(loop->fanout, &console->monitor, listener)) {
		cabin_ws_close(listener, CABIN_CLOSE_TRY_AGAIN_LATER, "no memory");
		return;
	}
	if (cabin_listener_channel_index(console->monitor) == wanted)
		return;
	count_one(loop, console->monitor, -1);
	cabin_loop_drain_inbox(loop);
	cabin_fanout_listen(loop->fanout, console->monitor, wanted);
	count_one(loop, console->monitor, 1);
	if (listener->buffered)
		lws_callback_on_writable(listener->wsi);
	else
		cabin_fanout_writable(loop->fanout, console->monitor);
}

void cabin_ws_console_listen(struct cabin_ws_listener *listener, uint16_t channel_index)
{
	struct cabin_loop *loop = listener->loop;
	bool counts = listener->console && has_joined(listener->console);
	if (counts)
		count_one(loop, listener->fan, -1);
	cabin_fanout_listen(loop->fanout, listener->fan, channel_index);
	if (!counts)
		return;
	count_one(loop, listener->fan, 1);
	set_monitor(listener);
	if (listener->console)
		tell_listens(listener);
}

void cabin_ws_console_writable(struct cabin_ws_listener *listener)
{
	if (listener->console && listener->console->monitor)
		cabin_fanout_writable(listener->loop->fanout, listener->console->monitor);
	if (listener->console && listener->console->talkback)
		cabin_fanout_writable(listener->loop->fanout, listener->console->talkback);
}

static void monitor(struct cabin_ws_listener *listener, const struct cabin_console_request *request)
{
	uint16_t index = request->monitor.unknown || request->monitor.channel
			     ? cabin_loop_channel_index(listener->loop, request->monitor.channel)
			     : (uint16_t)CABIN_INDEX_NONE;
	if (index == CABIN_INDEX_NONE && (request->monitor.unknown || request->monitor.channel)) {
		cabin_ws_console_say_error(listener, "unknown-channel",
					   "no channel has this number; see /api/v1/event");
		return;
	}
	listener->console->monitor_index = index;
	set_monitor(listener);
}

static void watch(struct cabin_ws_listener *listener, const struct cabin_console_request *request)
{
	const struct cabin_server_config *config = &listener->loop->net->config;
	uint16_t index = CABIN_INDEX_NONE;
	for (uint16_t i = 0; i < config->room_count; i++)
		if (config->room_ids[i] && strcmp(config->room_ids[i], request->watch.room) == 0)
			index = i;
	if (index == CABIN_INDEX_NONE && request->watch.room[0]) {
		cabin_ws_console_say_error(listener, "unknown-room", "no room has this id; see /api/v1/event");
		return;
	}
	if (!make_console(listener, true)) {
		cabin_ws_close(listener, CABIN_CLOSE_TRY_AGAIN_LATER, "too many signs and consoles");
		return;
	}
	listener->console->watch_index = index;
	if (index != CABIN_INDEX_NONE)
		cabin_notices_catch_up(listener);
}

/* --- requests ----------------------------------------------------------------- */

static void set_clock(struct cabin_ws_console *console, const struct cabin_console_request *request)
{
	console->clock = (struct cabin_uplink_clock){.known = true,
						     .timestamp = request->clock.timestamp,
						     .server_ns = (uint64_t)(request->clock.server_us * 1e3),
						     .rate_hz = request->clock.rate_hz};
}

static void leave(struct cabin_ws_listener *listener)
{
	struct cabin_ws_console *console = listener->console;
	const struct cabin_console_command command = ws_console_command_of(console, CABIN_CONSOLE_LEAVE);
	if (!push(listener->loop, &command)) {
		console->gives_up = true;
		cabin_ws_close(listener, CABIN_CLOSE_TRY_AGAIN_LATER, "the server is overloaded");
		return;
	}
	count_console(listener, -1);
	cabin_desk_feed_switch(listener, false);
	console->role = CABIN_CONSOLE_NONE;
	console->monitor_index = CABIN_INDEX_NONE;
	if (console->monitor)
		cabin_fanout_listen(listener->loop->fanout, console->monitor, CABIN_INDEX_NONE);
	if (console->talkback)
		cabin_fanout_listen(listener->loop->fanout, console->talkback, CABIN_INDEX_NONE);
	console->mic = console->echo = console->clock.known = console->sequence_known = false;
	console->booth_index = console->room_index = CABIN_INDEX_NONE;
	cabin_ws_check_lock(listener);
}

/* Whether a role may ask for this: technicians answer calls and send messages. */
static bool is_allowed(const struct cabin_ws_console *console, enum cabin_console_request_kind kind)
{
	if (console->role == CABIN_CONSOLE_TECHNICIAN)
		return kind == CABIN_REQUEST_CALL || kind == CABIN_REQUEST_MESSAGE || kind == CABIN_REQUEST_LEAVE ||
		       kind == CABIN_REQUEST_DESK;
	return console->role == CABIN_CONSOLE_BOOTH && kind != CABIN_REQUEST_DESK;
}

void cabin_ws_console_request(struct cabin_ws_listener *listener, const struct cabin_console_request *request)
{
	struct cabin_ws_console *console = listener->console;
	struct cabin_console_command command;
	if (request->kind == CABIN_REQUEST_JOIN) {
		join(listener, request);
	} else if (request->kind == CABIN_REQUEST_WATCH) {
		watch(listener, request);
	} else if (!console || !is_allowed(console, request->kind)) {
		cabin_ws_console_say_error(listener, "not-joined", "join a booth first");
	} else if (request->kind == CABIN_REQUEST_LEAVE) {
		leave(listener);
	} else if (request->kind == CABIN_REQUEST_DESK) {
		cabin_desk_feed_switch(listener, request->desk.on);
	} else if (console->token.role == CABIN_TOKEN_OBSERVER) {
		cabin_ws_console_say_error(listener, "not-yours", "an observer may look, and change nothing");
	} else if (request->kind == CABIN_REQUEST_MONITOR) {
		monitor(listener, request);
	} else if (request->kind == CABIN_REQUEST_CLOCK) {
		set_clock(console, request);
	} else if (request->kind == CABIN_REQUEST_ECHO) {
		console->echo = request->echo.on && !console->mic;
	} else if (ws_console_fill(listener, request, &command)) {
		tell(listener, &command);
	}
}
