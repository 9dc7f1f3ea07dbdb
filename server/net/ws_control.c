/* What a listener asks for, and what it is answered: docs/protocol.md, 3 and 4. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "net/loop_audience.h"
#include "net/ws_console.h"
#include "wire/desk_write.h"
#include "wire/ws_frame.h"

enum { REPORT_INTERVAL_MS = 1000 };

static void send_text(struct cabin_ws_listener *listener, const char *text, int size)
{
	CABIN_ASSERT(size > 0); /* every message made here fits its buffer */
	(void)cabin_ws_send(listener, CABIN_WS_TEXT, text, (size_t)size);
}

void cabin_ws_welcome(struct cabin_ws_listener *listener)
{
	char text[256];
	struct cabin_loop *loop = listener->loop;
	struct cabin_control_welcome welcome = {
	    .server = "cabind " CABIN_VERSION,
	    .listener = listener->number,
	    .clock_us = cabin_loop_now_ns(loop) / CABIN_NS_PER_US,
	    .queue_limit_ms = loop->net->config.queue_limit_ms,
	    .report_interval_ms = REPORT_INTERVAL_MS,
	};
	send_text(listener, text, cabin_control_write_welcome(text, sizeof(text), &welcome));
}

uint16_t cabin_loop_channel_index(const struct cabin_loop *loop, uint32_t number)
{
	const struct cabin_server_config *config = &loop->net->config;
	for (uint16_t i = 0; i < config->channel_count; i++) {
		if (config->channel_numbers[i] == number)
			return i;
	}
	return CABIN_INDEX_NONE;
}

static void say_error(struct cabin_ws_listener *listener, const char *code, const char *words)
{
	char text[256];
	send_text(listener, text, cabin_control_write_error(text, sizeof(text), code, words));
}

/* The room's PIN for a channel; CABIN_PIN_NONE for consoles and technicians. */
static uint32_t pin_of(const struct cabin_ws_listener *listener, uint16_t channel_index, uint16_t *room_index)
{
	const struct cabin_net *net = listener->loop->net;
	if (!net->config.channel_rooms || cabin_ws_console_has_joined(listener))
		return CABIN_PIN_NONE;
	*room_index = net->config.channel_rooms[channel_index];
	return cabin_live_pin(&net->live, *room_index);
}

/* Whoever guesses on one connection after the other is counted by its address. The sixtieth
 * wrong PIN of a minute was the last one that was looked at. */
static enum cabin_gate_verdict ask_gate(struct cabin_ws_listener *listener, uint16_t room_index, uint32_t pin,
					uint32_t said_pin)
{
	struct cabin_loop *loop = listener->loop;
	uint64_t now_ns = cabin_loop_now_ns(loop);
	bool tries = pin != CABIN_PIN_NONE && pin != CABIN_ROOM_HIDDEN && said_pin != CABIN_PIN_NONE;
	if (!tries)
		return cabin_gate_ask(&listener->gate, room_index, pin, said_pin, now_ns);
	struct sockaddr_storage address = {0};
	socklen_t size = sizeof(address);
	if (getpeername(listener->fd, (struct sockaddr *)&address, &size))
		memset(&address, 0, sizeof(address));
	uint32_t place = cabin_guesses_place(&address), minute = (uint32_t)(now_ns / (60 * CABIN_NS_PER_S)) + 1;
	if (!cabin_guesses_may(&loop->guesses, place, minute))
		return CABIN_GATE_PIN_WRONG;
	enum cabin_gate_verdict verdict = cabin_gate_ask(&listener->gate, room_index, pin, said_pin, now_ns);
	if (verdict == CABIN_GATE_PIN_WRONG)
		cabin_guesses_wrong(&loop->guesses, place, minute);
	return verdict;
}

/* False: this listener may not hear the channel, and it has been said. */
static bool let_in(struct cabin_ws_listener *listener, uint16_t channel_index, uint32_t said_pin)
{
	uint16_t room_index = 0;
	uint32_t pin = pin_of(listener, channel_index, &room_index);
	switch (ask_gate(listener, room_index, pin, said_pin)) {
	case CABIN_GATE_OPEN:
		return true;
	case CABIN_GATE_PIN_REQUIRED:
		say_error(listener, "pin-required", "this room is locked: listen with its PIN");
		return false;
	case CABIN_GATE_PIN_WRONG:
		say_error(listener, "pin-wrong", "not this room's PIN; after five wrong ones wait a minute");
		return false;
	case CABIN_GATE_HIDDEN:
		say_error(listener, "unknown-channel", "no channel has this number; see /api/v1/event");
		return false;
	}
	return false;
}

void cabin_ws_check_lock(struct cabin_ws_listener *listener)
{
	uint16_t index = listener->fan ? cabin_listener_channel_index(listener->fan) : (uint16_t)CABIN_INDEX_NONE;
	uint16_t room_index = 0;
	if (index == CABIN_INDEX_NONE)
		return;
	uint32_t pin = pin_of(listener, index, &room_index);
	if (cabin_gate_stays(&listener->gate, room_index, pin))
		return;
	cabin_ws_console_listen(listener, CABIN_INDEX_NONE);
	say_error(listener, "pin-required", "this room is locked: listen with its PIN");
}

void cabin_ws_tell_event(struct cabin_ws_listener *listener)
{
	struct cabin_loop *loop = listener->loop;
	char text[128], revision[CABIN_REVISION_BYTES];
	cabin_live_revision(&loop->net->live, revision);
	int length = cabin_desk_write_event(text, sizeof(text), revision);
	CABIN_ASSERT(length > 0);
	/* One that is behind is told at the next sweep. */
	if (!listener->buffered && cabin_ws_send(listener, CABIN_WS_TEXT, text, (size_t)length))
		listener->event_number = loop->event_number;
}

static void listen_to(struct cabin_ws_listener *listener, uint32_t number, uint32_t pin)
{
	struct cabin_loop *loop = listener->loop;
	uint16_t index = cabin_loop_channel_index(loop, number);
	if (index == CABIN_INDEX_NONE) {
		say_error(listener, "unknown-channel", "no channel has this number; see /api/v1/event");
		return;
	}
	if (!let_in(listener, index, pin))
		return;
	/* Packets of a channel that nobody listened to may have waited for a reason to wake. */
	cabin_loop_drain_inbox(loop);
	cabin_ws_console_listen(listener, index);
	if (!listener->fan)
		return;
	if (listener->buffered)
		lws_callback_on_writable(listener->wsi);
	else
		cabin_fanout_writable(loop->fanout, listener->fan);
}

static void answer_ping(struct cabin_ws_listener *listener, const struct cabin_client_ping *ping, uint64_t arrived_ns)
{
	char text[192];
	uint64_t now_us = cabin_loop_now_ns(listener->loop) / CABIN_NS_PER_US;
	send_text(listener, text,
		  cabin_control_write_pong(text, sizeof(text), ping, arrived_ns / CABIN_NS_PER_US, now_us));
}

void cabin_ws_message(struct cabin_ws_listener *listener, const char *text, size_t size, uint64_t arrived_ns)
{
	struct cabin_loop *loop = listener->loop;
	struct cabin_client_message message;
	enum cabin_close_code code;
	if (cabin_control_parse(&message, text, size, &code)) {
		cabin_ws_close(listener, code,
			       code == CABIN_CLOSE_NOT_JSON ? "not JSON in UTF-8"
			       : code == CABIN_CLOSE_POLICY ? "not a message of cabin.v1"
							    : "message over 512 bytes");
		return;
	}
	switch (message.kind) {
	case CABIN_CLIENT_LISTEN:
		listen_to(listener, message.listen.channel, message.listen.pin);
		break;
	case CABIN_CLIENT_STOP:
		cabin_ws_console_listen(listener, CABIN_INDEX_NONE);
		break;
	case CABIN_CLIENT_PING:
		answer_ping(listener, &message.ping, arrived_ns);
		break;
	case CABIN_CLIENT_CONSOLE:
		cabin_ws_console_request(listener, &message.console);
		break;
	case CABIN_CLIENT_REPORT: {
		/* A channel's number may be gone since the server started anew: no offence. */
		uint16_t index = cabin_loop_channel_index(loop, message.report.channel);
		if (index == CABIN_INDEX_NONE)
			break;
		cabin_report_add(&loop->reports[index], &message.report);
		if (!cabin_ws_console_has_joined(listener))
			cabin_loop_audience_report(listener, index, &message.report);
		break;
	}
	}
}
