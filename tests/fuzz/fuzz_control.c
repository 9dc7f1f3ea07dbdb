/* Control messages from a client: any bytes are read or refused with a close code of
 * the protocol; a ping that was read is answered by valid JSON. */
#include <jansson.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "wire/control.h"

static void check_ping(const struct cabin_client_ping *ping)
{
	char text[CABIN_STATE_MAX_BYTES + 1];
	int size = cabin_control_write_pong(text, sizeof(text), ping, 1, 2);
	json_t *root;

	CABIN_ASSERT(size > 0);
	root = json_loadb(text, (size_t)size, 0, NULL);
	CABIN_ASSERT(root && json_integer_value(json_object_get(root, "id")) == ping->id);
	json_decref(root);
}

static void check_report(const struct cabin_client_report *report)
{
	CABIN_ASSERT(report->channel <= UINT16_MAX && report->underruns <= 10000);
	CABIN_ASSERT(report->buffer_ms >= 0 && report->buffer_ms <= 600000);
	CABIN_ASSERT(report->target_ms >= 0 && report->target_ms <= 600000);
	CABIN_ASSERT(report->late_ms >= 0 && report->late_ms <= 600000);
	CABIN_ASSERT(report->concealed_ms >= 0 && report->concealed_ms <= 600000);
	CABIN_ASSERT(report->mouth_to_ear_ms <= 600000 && report->round_trip_ms <= 600000);
	CABIN_ASSERT(report->state < CABIN_REPORT_STATE_COUNT && report->fallback < CABIN_FALLBACK_COUNT);
}

/* Whatever is read as text ends within its place and is UTF-8; words are of their tables. */
static void check_text(const char *text, size_t size_max)
{
	CABIN_ASSERT(strnlen(text, size_max + 1) <= size_max && cabin_utf8_valid(text, strlen(text), NULL));
}

static void check_message(const struct cabin_console_request *request)
{
	CABIN_ASSERT(request->message.to < CABIN_MESSAGE_TO_COUNT && request->message.canned < CABIN_CANNED_COUNT);
	CABIN_ASSERT((request->message.canned < 0) == (request->message.text[0] != 0));
	check_text(request->message.text, CABIN_MESSAGE_TEXT_BYTES);
	if (request->message.to == CABIN_MESSAGE_BOOTH)
		check_text(request->message.booth, CABIN_NAME_MAX_BYTES - 1);
}

static void check_console(const struct cabin_console_request *request)
{
	CABIN_ASSERT(request->kind < CABIN_REQUEST_COUNT);
	switch (request->kind) {
	case CABIN_REQUEST_JOIN:
		check_text(request->join.token, CABIN_JOIN_TOKEN_BYTES);
		check_text(request->join.name, CABIN_SEAT_NAME_BYTES);
		CABIN_ASSERT(request->join.seat <= CABIN_SEATS_MAX);
		break;
	case CABIN_REQUEST_OUTPUT:
		CABIN_ASSERT(request->output.output < CABIN_OUTPUTS_MAX);
		break;
	case CABIN_REQUEST_HANDOVER:
		CABIN_ASSERT(request->handover.action < CABIN_HANDOVER_ACTION_COUNT);
		CABIN_ASSERT(request->handover.seat <= CABIN_SEATS_MAX);
		break;
	case CABIN_REQUEST_IDLE:
		CABIN_ASSERT(request->idle.feed < CABIN_IDLE_COUNT && request->idle.channel <= UINT16_MAX);
		CABIN_ASSERT(request->idle.from <= UINT16_MAX);
		break;
	case CABIN_REQUEST_CLOCK:
		CABIN_ASSERT(request->clock.rate_hz >= 47000 && request->clock.rate_hz <= 49000);
		CABIN_ASSERT(request->clock.server_us >= 0 && request->clock.server_us <= 9007199254740992.0);
		break;
	case CABIN_REQUEST_CALL:
		CABIN_ASSERT(request->call.state < CABIN_CALL_COUNT && request->call.state != CABIN_CALL_OPEN);
		if (request->call.state != CABIN_CALL_NONE)
			check_text(request->call.booth, CABIN_NAME_MAX_BYTES - 1);
		break;
	case CABIN_REQUEST_MESSAGE:
		check_message(request);
		break;
	case CABIN_REQUEST_WATCH:
		check_text(request->watch.room, CABIN_NAME_MAX_BYTES - 1);
		break;
	default:
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct cabin_client_message message;
	enum cabin_close_code code = 0;
	int result = cabin_control_parse(&message, (const char *)bytes, size, &code);

	if (result) {
		CABIN_ASSERT((result == CABIN_ETOOBIG) == (code == CABIN_CLOSE_TOO_BIG));
		CABIN_ASSERT(code == CABIN_CLOSE_TOO_BIG || code == CABIN_CLOSE_NOT_JSON || code == CABIN_CLOSE_POLICY);
		return 0;
	}
	CABIN_ASSERT(size <= CABIN_CONTROL_MAX_BYTES);
	if (message.kind == CABIN_CLIENT_LISTEN)
		CABIN_ASSERT(message.listen.channel <= UINT16_MAX && message.listen.pin < 200000000);
	if (message.kind == CABIN_CLIENT_PING)
		check_ping(&message.ping);
	if (message.kind == CABIN_CLIENT_REPORT)
		check_report(&message.report);
	if (message.kind == CABIN_CLIENT_CONSOLE)
		check_console(&message.console);
	return 0;
}
