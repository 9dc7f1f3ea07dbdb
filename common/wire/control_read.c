#include <string.h>

#include <jansson.h>

#include "base/limits.h"
#include "wire/console_read_internal.h"
#include "wire/control.h"
#include "wire/json_read.h"

static const double whole_max = 9007199254740992.0; /* 2^53 */

const char *const cabin_report_state_words[CABIN_REPORT_STATE_COUNT] = {"starting", "live", "stalled", "interrupted"};
const char *const cabin_fallback_words[CABIN_FALLBACK_COUNT] = {"none", "script-processor", "ogg-http", "native"};

enum { REPORT_MAX_MS = 600000, REPORT_MAX_UNDERRUNS = 10000, PIN_TEXT_BYTES = 16 };

static int read_number_or_null(double *out, const json_t *value)
{
	if (json_is_null(value)) {
		*out = -1;
		return 0;
	}
	return cabin_json_number(out, value, REPORT_MAX_MS);
}

static int read_report(struct cabin_client_report *out, const json_t *root)
{
	const json_t *hidden = json_object_get(root, "hidden");
	int state = cabin_json_word(json_object_get(root, "state"), cabin_report_state_words, CABIN_REPORT_STATE_COUNT);
	int fallback = cabin_json_word(json_object_get(root, "fallback"), cabin_fallback_words, CABIN_FALLBACK_COUNT);

	if (state < 0 || fallback < 0 || !json_is_boolean(hidden) ||
	    cabin_json_channel(&out->channel, json_object_get(root, "channel")) ||
	    cabin_json_number(&out->buffer_ms, json_object_get(root, "buffer_ms"), REPORT_MAX_MS) ||
	    cabin_json_number(&out->target_ms, json_object_get(root, "target_ms"), REPORT_MAX_MS) ||
	    cabin_json_number(&out->late_ms, json_object_get(root, "late_ms"), REPORT_MAX_MS) ||
	    cabin_json_number(&out->concealed_ms, json_object_get(root, "concealed_ms"), REPORT_MAX_MS) ||
	    cabin_json_whole(&out->underruns, json_object_get(root, "underruns"), REPORT_MAX_UNDERRUNS) ||
	    read_number_or_null(&out->mouth_to_ear_ms, json_object_get(root, "mouth_to_ear_ms")) ||
	    read_number_or_null(&out->round_trip_ms, json_object_get(root, "round_trip_ms")))
		return CABIN_EFORMAT;
	out->state = (enum cabin_report_state)state;
	out->fallback = (enum cabin_report_fallback)fallback;
	out->hidden = json_is_true(hidden);
	return 0;
}

static int read_listen(struct cabin_client_message *out, const json_t *root)
{
	const json_t *pin = json_object_get(root, "pin");
	char text[PIN_TEXT_BYTES + 1];

	out->listen.pin = CABIN_PIN_NONE;
	if (pin && !json_is_null(pin)) {
		if (cabin_json_text(text, PIN_TEXT_BYTES, pin))
			return CABIN_EFORMAT;
		out->listen.pin = cabin_pin_read(text, strlen(text));
	}
	return cabin_json_channel(&out->listen.channel, json_object_get(root, "channel"));
}

static int read_message(struct cabin_client_message *out, const json_t *root)
{
	static const char *const types[] = {"listen", "stop", "ping", "report"};
	int kind;

	if (!json_is_object(root))
		return CABIN_EFORMAT;
	kind = cabin_json_word(json_object_get(root, "type"), types, 4);
	if (kind < 0) {
		out->kind = CABIN_CLIENT_CONSOLE;
		return cabin_console_read(&out->console, root);
	}
	out->kind = (enum cabin_client_message_kind)kind;
	switch (out->kind) {
	case CABIN_CLIENT_LISTEN:
		return read_listen(out, root);
	case CABIN_CLIENT_PING:
		if (cabin_json_whole(&out->ping.id, json_object_get(root, "id"), INT32_MAX))
			return CABIN_EFORMAT;
		return cabin_json_number(&out->ping.t1, json_object_get(root, "t1"), whole_max);
	case CABIN_CLIENT_REPORT:
		return read_report(&out->report, root);
	case CABIN_CLIENT_STOP:
	case CABIN_CLIENT_CONSOLE:
		break;
	}
	return 0;
}

/* Numbers too large for the library, and NUL in a key, are JSON nevertheless. */
static bool is_json_nevertheless(const json_error_t *error)
{
	enum json_error_code code = json_error_code(error);

	return code == json_error_numeric_overflow || code == json_error_null_byte_in_key;
}

int cabin_control_parse(struct cabin_client_message *out, const char *text, size_t size,
			enum cabin_close_code *close_code)
{
	json_error_t error;
	json_t *root;
	int result;

	if (size > CABIN_CONTROL_MAX_BYTES) {
		*close_code = CABIN_CLOSE_TOO_BIG;
		return CABIN_ETOOBIG;
	}
	root = json_loadb(text, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	if (!root) {
		*close_code = is_json_nevertheless(&error) ? CABIN_CLOSE_POLICY : CABIN_CLOSE_NOT_JSON;
		return CABIN_EFORMAT;
	}
	result = read_message(out, root);
	json_decref(root);
	if (result)
		*close_code = CABIN_CLOSE_POLICY;
	return result;
}
