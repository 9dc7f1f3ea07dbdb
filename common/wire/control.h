/* Control messages: JSON text, docs/protocol.md, sections 3, 4 and 7.
 *
 * Reading (what a client sends) is strict in what the page names and blind to what
 * it does not: unknown fields are ignored, unknown types are not. Writing (what the
 * server sends) goes into the caller's buffer, allocates nothing and does not depend
 * on the locale. Pure functions; any thread. */
#ifndef CABIN_WIRE_CONTROL_H
#define CABIN_WIRE_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "wire/console_read.h"
#include "wire/pin.h"

/* Section 2. */
enum cabin_close_code {
	CABIN_CLOSE_GOING_AWAY = 1001,
	CABIN_CLOSE_PROTOCOL = 1002,
	CABIN_CLOSE_BINARY = 1003,
	CABIN_CLOSE_NOT_JSON = 1007,
	CABIN_CLOSE_POLICY = 1008,
	CABIN_CLOSE_TOO_BIG = 1009,
	CABIN_CLOSE_TRY_AGAIN_LATER = 1013,
	CABIN_CLOSE_SLOW = 4000,
	CABIN_CLOSE_IDLE = 4001,
	CABIN_CLOSE_REPLACED = 4002,
	CABIN_CLOSE_NO_ACCESS = 4003
};

enum cabin_client_message_kind {
	CABIN_CLIENT_LISTEN,
	CABIN_CLIENT_STOP,
	CABIN_CLIENT_PING,
	CABIN_CLIENT_REPORT,
	CABIN_CLIENT_CONSOLE
};

enum cabin_report_state {
	CABIN_REPORT_STARTING,
	CABIN_REPORT_LIVE,
	CABIN_REPORT_STALLED,
	CABIN_REPORT_INTERRUPTED,
	CABIN_REPORT_STATE_COUNT
};

enum cabin_report_fallback {
	CABIN_FALLBACK_NONE,
	CABIN_FALLBACK_SCRIPT_PROCESSOR,
	CABIN_FALLBACK_OGG_HTTP,
	CABIN_FALLBACK_NATIVE,
	CABIN_FALLBACK_COUNT
};

/* As the wire has them. */
extern const char *const cabin_report_state_words[CABIN_REPORT_STATE_COUNT];
extern const char *const cabin_fallback_words[CABIN_FALLBACK_COUNT];

struct cabin_client_ping {
	uint32_t id; /* 0 … 2^31 − 1 */
	double t1;   /* the client's clock, 0 … 2^53, any unit; not only whole numbers */
};

struct cabin_client_report {
	uint32_t channel; /* as in `listen` */
	enum cabin_report_state state;
	double buffer_ms, target_ms, late_ms, concealed_ms;
	uint32_t underruns;
	double mouth_to_ear_ms, round_trip_ms; /* negative: null, not known */
	bool hidden;
	enum cabin_report_fallback fallback;
};

struct cabin_client_message {
	enum cabin_client_message_kind kind;
	union {
		struct {
			uint32_t channel; /* 1 … 65,535, or 0 for a whole number that no channel can have */
			uint32_t pin;	  /* wire/pin.h; CABIN_PIN_NONE: none was said */
		} listen;
		struct cabin_client_ping ping;
		struct cabin_client_report report;
		struct cabin_console_request console;
	};
};

/* Reads one text message. On failure `*close_code` is what the connection must be
 * closed with: CABIN_ETOOBIG: 1009, over 512 bytes; CABIN_EFORMAT: 1007, not UTF-8 or
 * not JSON, or 1008, JSON that is not a message of this protocol. */
CABIN_MUST_CHECK int cabin_control_parse(struct cabin_client_message *out, const char *text, size_t size,
					 enum cabin_close_code *close_code);

struct cabin_control_welcome {
	const char *server; /* "cabind 0.1.0" */
	uint64_t listener;
	uint64_t clock_us;
	uint32_t queue_limit_ms;
	uint32_t report_interval_ms;
};

struct cabin_control_mapping {
	uint32_t timestamp; /* RTP */
	uint64_t server_us;
	double rate_hz;
};

struct cabin_control_state {
	uint16_t channel;
	uint32_t epoch;
	const char *feed;   /* "floor", "booth", "pass-through", "silence", "channel", "desk" */
	const char *source; /* "ok", "silent", "lost" */
	const char *booth;  /* NULL: null */
	int32_t seat;	    /* negative: null */
	uint16_t from;	    /* feed "channel": that channel's number; 0: the field is left out */
	double gain_db;
	uint32_t fade_ms;
	bool has_first; /* false: sequence and timestamp are null */
	uint16_t sequence;
	uint32_t timestamp;
	bool has_clock;
	struct cabin_control_mapping clock;
};

/* Each writes one message to `out`, ends it with NUL and returns its length without
 * it; CABIN_ETOOBIG when `out_size` is too small. CABIN_STATE_MAX_BYTES + 1 is enough
 * for every message whose texts are names of the configuration. */
CABIN_MUST_CHECK int cabin_control_write_welcome(char *out, size_t out_size,
						 const struct cabin_control_welcome *welcome);
CABIN_MUST_CHECK int cabin_control_write_state(char *out, size_t out_size, const struct cabin_control_state *state);
CABIN_MUST_CHECK int cabin_control_write_clock(char *out, size_t out_size, uint16_t channel, uint32_t epoch,
					       const struct cabin_control_mapping *clock);
CABIN_MUST_CHECK int cabin_control_write_pong(char *out, size_t out_size, const struct cabin_client_ping *ping,
					      uint64_t t2_us, uint64_t t3_us);
/* `code`: "unknown-channel" …; `text`: English, for developers. */
CABIN_MUST_CHECK int cabin_control_write_error(char *out, size_t out_size, const char *code, const char *text);
CABIN_MUST_CHECK int cabin_control_write_bye(char *out, size_t out_size, const char *reason, uint32_t retry_ms);

#endif
