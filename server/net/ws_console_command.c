/* What a console asks, as the command that the hub takes: names and numbers of the wire
 * become indices here. */
#include <string.h>

#include "net/ws_console_internal.h"

struct cabin_console_command ws_console_command_of(const struct cabin_ws_console *console,
						   enum cabin_console_command_kind kind)
{
	return (struct cabin_console_command){.kind = (uint8_t)kind,
					      .seat = console->seat,
					      .booth_index = console->booth_index,
					      .connection = console->number};
}

struct cabin_packet *ws_console_text(struct cabin_loop *loop, const char *text)
{
	struct cabin_packet *packet = cabin_packet_take(loop->net->pool);
	size_t size = strlen(text);
	if (!packet)
		return NULL;
	CABIN_ASSERT(size <= CABIN_OPUS_PAYLOAD_MAX_BYTES);
	memcpy(cabin_packet_payload(packet), text, size);
	packet->payload_size = (uint16_t)size;
	return packet;
}

uint16_t ws_console_booth_index(const struct cabin_loop *loop, const char *id)
{
	return cabin_live_booth_index(&loop->net->live, id);
}

/* False: a channel that cannot be, and it has been said. */
static bool fill_idle(struct cabin_ws_listener *listener, const struct cabin_console_request *request,
		      struct cabin_console_command *command)
{
	bool has_from = request->idle.feed == CABIN_IDLE_CHANNEL;
	command->idle.channel_index = cabin_loop_channel_index(listener->loop, request->idle.channel);
	command->idle.feed = (uint8_t)request->idle.feed;
	command->idle.from_index =
	    has_from ? cabin_loop_channel_index(listener->loop, request->idle.from) : (uint16_t)CABIN_INDEX_NONE;
	if (command->idle.channel_index != CABIN_INDEX_NONE &&
	    (!has_from || command->idle.from_index != CABIN_INDEX_NONE))
		return true;
	cabin_ws_console_say_error(listener, "unknown-channel", "no channel has this number; see /api/v1/event");
	return false;
}

static bool fill_booth(struct cabin_ws_listener *listener, const char *id, uint16_t *out)
{
	*out = ws_console_booth_index(listener->loop, id);
	if (*out == CABIN_INDEX_NONE)
		cabin_ws_console_say_error(listener, "booth-unknown",
					   "this event has no booth of that name; see /api/v1/event");
	return *out != CABIN_INDEX_NONE;
}

static bool fill_message(struct cabin_ws_listener *listener, const struct cabin_console_request *request,
			 struct cabin_console_command *command)
{
	command->message.to = (uint8_t)request->message.to;
	command->message.canned = (int16_t)request->message.canned;
	command->message.booth_index = CABIN_INDEX_NONE;
	if (request->message.to == CABIN_MESSAGE_BOOTH &&
	    !fill_booth(listener, request->message.booth, &command->message.booth_index))
		return false;
	if (request->message.canned >= 0)
		return true;
	command->text = ws_console_text(listener->loop, request->message.text);
	if (!command->text)
		cabin_ws_console_say_error(listener, "busy", "the server is busy: send it again");
	return command->text;
}

static bool fill_call(struct cabin_ws_listener *listener, const struct cabin_console_request *request,
		      struct cabin_console_command *command)
{
	bool is_answer = request->call.state != CABIN_CALL_NONE;
	if (is_answer != (listener->console->role == CABIN_CONSOLE_TECHNICIAN)) {
		cabin_ws_console_say_error(listener, "not-yours", "consoles call, technicians answer");
		return false;
	}
	command->call.on = request->call.on;
	command->call.state = (uint8_t)request->call.state;
	command->call.seat = request->call.seat;
	command->call.booth_index = CABIN_INDEX_NONE;
	return !is_answer || fill_booth(listener, request->call.booth, &command->call.booth_index);
}

bool ws_console_fill(struct cabin_ws_listener *listener, const struct cabin_console_request *request,
		     struct cabin_console_command *command)
{
	struct cabin_ws_console *console = listener->console;
	switch (request->kind) {
	case CABIN_REQUEST_MIC:
		*command = ws_console_command_of(console, CABIN_CONSOLE_MIC);
		command->mic.on = console->mic = request->mic.on;
		command->mic.take = request->mic.take;
		console->sequence_known = false; /* what was not sent while it was closed is not lost */
		console->echo = console->echo && !console->mic;
		return true;
	case CABIN_REQUEST_COUGH:
		*command = ws_console_command_of(console, CABIN_CONSOLE_COUGH);
		command->cough.on = request->cough.on;
		return true;
	case CABIN_REQUEST_OUTPUT:
		*command = ws_console_command_of(console, CABIN_CONSOLE_OUTPUT);
		command->output.output = request->output.output;
		command->output.take = request->output.take;
		return true;
	case CABIN_REQUEST_HANDOVER:
		*command = ws_console_command_of(console, CABIN_CONSOLE_HANDOVER);
		command->handover.action = (uint8_t)request->handover.action;
		command->handover.seat = request->handover.seat;
		return true;
	case CABIN_REQUEST_IDLE:
		*command = ws_console_command_of(console, CABIN_CONSOLE_IDLE);
		return fill_idle(listener, request, command);
	case CABIN_REQUEST_SIGNAL:
		*command = ws_console_command_of(console, CABIN_CONSOLE_SIGNAL);
		command->signal.kind = (uint8_t)request->signal.kind;
		command->signal.on = request->signal.on;
		return true;
	case CABIN_REQUEST_CALL:
		*command = ws_console_command_of(console, CABIN_CONSOLE_CALL);
		return fill_call(listener, request, command);
	case CABIN_REQUEST_MESSAGE:
		*command = ws_console_command_of(console, CABIN_CONSOLE_MESSAGE);
		return fill_message(listener, request, command);
	default:
		return false;
	}
}
