#include "wire/console_read.h"

#include <string.h>

#include "wire/console_read_internal.h"
#include "wire/json_read.h"

static const double whole_max = 9007199254740992.0, rate_min_hz = 47000, rate_max_hz = 49000; /* 2^53 */

enum { RESUME_DIGITS = 16 };

static bool is_absent(const json_t *value)
{
	return !value || json_is_null(value);
}

static int read_seat(uint8_t *out, const json_t *value)
{
	uint32_t seat = 0;

	if (is_absent(value)) {
		*out = 0;
		return 0;
	}
	if (cabin_json_whole(&seat, value, CABIN_SEATS_MAX) || seat < 1)
		return CABIN_EFORMAT;
	*out = (uint8_t)seat;
	return 0;
}

static int read_optional_switch(bool *out, const json_t *value)
{
	*out = false;
	return is_absent(value) ? 0 : cabin_json_switch(out, value);
}

static int read_resume(uint64_t *out, const json_t *value)
{
	char digits[RESUME_DIGITS + 1];

	*out = 0;
	if (is_absent(value))
		return 0;
	if (cabin_json_text(digits, RESUME_DIGITS, value) || strlen(digits) != RESUME_DIGITS)
		return CABIN_EFORMAT;
	for (int i = 0; i < RESUME_DIGITS; i++) {
		static const char hex[] = "0123456789abcdef";
		const char *digit = strchr(hex, digits[i]);

		if (!digit)
			return CABIN_EFORMAT;
		*out = *out << 4 | (uint64_t)(digit - hex);
	}
	return 0;
}

static int read_join(struct cabin_console_request *out, const json_t *root)
{
	const json_t *name = json_object_get(root, "name"), *booth = json_object_get(root, "booth");

	if (cabin_json_text(out->join.token, CABIN_JOIN_TOKEN_BYTES, json_object_get(root, "token")) ||
	    read_seat(&out->join.seat, json_object_get(root, "seat")) ||
	    read_resume(&out->join.resume, json_object_get(root, "resume")) ||
	    read_optional_switch(&out->join.mic, json_object_get(root, "mic")))
		return CABIN_EFORMAT;
	if (!is_absent(booth) && cabin_json_text(out->join.booth, CABIN_NAME_MAX_BYTES - 1, booth))
		return CABIN_EFORMAT;
	return is_absent(name) ? 0 : cabin_json_text(out->join.name, CABIN_SEAT_NAME_BYTES, name);
}

static int read_mic(struct cabin_console_request *out, const json_t *root)
{
	return cabin_json_switch(&out->mic.on, json_object_get(root, "on")) ||
		       read_optional_switch(&out->mic.take, json_object_get(root, "take"))
		   ? CABIN_EFORMAT
		   : 0;
}

static int read_output(struct cabin_console_request *out, const json_t *root)
{
	static const char *const outputs[CABIN_OUTPUTS_MAX] = {"a", "b"};
	int output = cabin_json_word(json_object_get(root, "output"), outputs, CABIN_OUTPUTS_MAX);

	if (output < 0 || read_optional_switch(&out->output.take, json_object_get(root, "take")))
		return CABIN_EFORMAT;
	out->output.output = (uint8_t)output;
	return 0;
}

static int read_handover(struct cabin_console_request *out, const json_t *root)
{
	int action =
	    cabin_json_word(json_object_get(root, "action"), cabin_handover_action_words, CABIN_HANDOVER_ACTION_COUNT);

	if (action < 0)
		return CABIN_EFORMAT;
	out->handover.action = (enum cabin_handover_action)action;
	return read_seat(&out->handover.seat, json_object_get(root, "seat"));
}

static int read_idle(struct cabin_console_request *out, const json_t *root)
{
	const json_t *from = json_object_get(root, "from");
	int feed = cabin_json_word(json_object_get(root, "feed"), cabin_idle_words, CABIN_IDLE_COUNT);

	if (feed < 0 || cabin_json_channel(&out->idle.channel, json_object_get(root, "channel")) ||
	    (feed == CABIN_IDLE_CHANNEL) == is_absent(from) ||
	    (!is_absent(from) && cabin_json_channel(&out->idle.from, from)))
		return CABIN_EFORMAT;
	out->idle.feed = (enum cabin_idle_feed)feed;
	return 0;
}

static int read_monitor(struct cabin_console_request *out, const json_t *root)
{
	const json_t *channel = json_object_get(root, "channel");

	if (!channel)
		return CABIN_EFORMAT;
	if (json_is_null(channel))
		return 0;
	if (cabin_json_channel(&out->monitor.channel, channel))
		return CABIN_EFORMAT;
	out->monitor.unknown = out->monitor.channel == 0;
	return 0;
}

static int read_clock(struct cabin_console_request *out, const json_t *root)
{
	if (cabin_json_whole(&out->clock.timestamp, json_object_get(root, "timestamp"), UINT32_MAX) ||
	    cabin_json_number(&out->clock.server_us, json_object_get(root, "server_us"), whole_max) ||
	    cabin_json_number(&out->clock.rate_hz, json_object_get(root, "rate_hz"), rate_max_hz) ||
	    out->clock.rate_hz < rate_min_hz)
		return CABIN_EFORMAT;
	return 0;
}

static int read_signal(struct cabin_console_request *out, const json_t *root)
{
	int kind = cabin_json_word(json_object_get(root, "kind"), cabin_signal_words, CABIN_SIGNAL_COUNT);

	if (kind < 0)
		return CABIN_EFORMAT;
	out->signal.kind = (enum cabin_signal)kind;
	return cabin_json_switch(&out->signal.on, json_object_get(root, "on"));
}

static int read_call(struct cabin_console_request *out, const json_t *root)
{
	const json_t *state = json_object_get(root, "state");
	int word;

	if (is_absent(state))
		return cabin_json_switch(&out->call.on, json_object_get(root, "on"));
	word = cabin_json_word(state, cabin_call_words, CABIN_CALL_COUNT);
	if (word < CABIN_CALL_SEEN || read_seat(&out->call.seat, json_object_get(root, "seat")) || !out->call.seat)
		return CABIN_EFORMAT;
	out->call.state = (enum cabin_call)word;
	return cabin_json_text(out->call.booth, CABIN_NAME_MAX_BYTES - 1, json_object_get(root, "booth"));
}

static int read_message(struct cabin_console_request *out, const json_t *root)
{
	const json_t *to = json_object_get(root, "to"), *canned = json_object_get(root, "canned");
	const json_t *text = json_object_get(root, "text");
	int word = cabin_json_word(to, cabin_message_words, CABIN_MESSAGE_TO_COUNT);

	out->message.canned = -1;
	out->message.to = word < 0 ? CABIN_MESSAGE_BOOTH : (enum cabin_message_to)word;
	if (word < 0 && cabin_json_text(out->message.booth, CABIN_NAME_MAX_BYTES - 1, to))
		return CABIN_EFORMAT;
	if (!is_absent(canned)) {
		out->message.canned = cabin_json_word(canned, cabin_canned_words, CABIN_CANNED_COUNT);
		return out->message.canned < 0 || !is_absent(text) ? CABIN_EFORMAT : 0;
	}
	return cabin_json_text(out->message.text, CABIN_MESSAGE_TEXT_BYTES, text) || !out->message.text[0]
		   ? CABIN_EFORMAT
		   : 0;
}

static int read_watch(struct cabin_console_request *out, const json_t *root)
{
	const json_t *room = json_object_get(root, "room");

	if (!room)
		return CABIN_EFORMAT;
	return json_is_null(room) ? 0 : cabin_json_text(out->watch.room, CABIN_NAME_MAX_BYTES - 1, room);
}

int cabin_console_read(struct cabin_console_request *out, const json_t *root)
{
	static const char *const types[CABIN_REQUEST_COUNT] = {"join",	   "leave",   "mic",	 "cough", "output",
							       "handover", "idle",    "monitor", "clock", "signal",
							       "call",	   "message", "echo",	 "watch", "desk"};
	int kind = cabin_json_word(json_object_get(root, "type"), types, CABIN_REQUEST_COUNT);

	if (kind < 0)
		return CABIN_EFORMAT;
	memset(out, 0, sizeof(*out)); /* what is not there is zero, whichever kind it is */
	out->kind = (enum cabin_console_request_kind)kind;
	switch (out->kind) {
	case CABIN_REQUEST_JOIN:
		return read_join(out, root);
	case CABIN_REQUEST_MIC:
		return read_mic(out, root);
	case CABIN_REQUEST_COUGH:
		return cabin_json_switch(&out->cough.on, json_object_get(root, "on"));
	case CABIN_REQUEST_OUTPUT:
		return read_output(out, root);
	case CABIN_REQUEST_HANDOVER:
		return read_handover(out, root);
	case CABIN_REQUEST_IDLE:
		return read_idle(out, root);
	case CABIN_REQUEST_MONITOR:
		return read_monitor(out, root);
	case CABIN_REQUEST_CLOCK:
		return read_clock(out, root);
	case CABIN_REQUEST_SIGNAL:
		return read_signal(out, root);
	case CABIN_REQUEST_CALL:
		return read_call(out, root);
	case CABIN_REQUEST_MESSAGE:
		return read_message(out, root);
	case CABIN_REQUEST_ECHO:
		return cabin_json_switch(&out->echo.on, json_object_get(root, "on"));
	case CABIN_REQUEST_WATCH:
		return read_watch(out, root);
	case CABIN_REQUEST_DESK:
		return cabin_json_switch(&out->desk.on, json_object_get(root, "on"));
	case CABIN_REQUEST_LEAVE:
	case CABIN_REQUEST_COUNT:
		break;
	}
	return 0;
}
