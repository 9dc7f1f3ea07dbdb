/* Control messages from a client: any bytes are read or refused with a close code of
 * the protocol; a ping that was read is answered by valid JSON. */
#include <jansson.h>

#include "base/limits.h"
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
		CABIN_ASSERT(message.listen_channel <= UINT16_MAX);
	if (message.kind == CABIN_CLIENT_PING)
		check_ping(&message.ping);
	if (message.kind == CABIN_CLIENT_REPORT)
		check_report(&message.report);
	return 0;
}
