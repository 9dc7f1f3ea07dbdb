/* What the server has told: a mirror of its state, filled from its messages.
 *
 * `docs/protocol.md` names every field. Texts are copied and cut to their room, unknown
 * fields and messages are left out, so a newer server is understood as far as possible.
 * Pure; embedded in its owner, one thread. */
#ifndef CABIN_CLIENT_SESSION_H
#define CABIN_CLIENT_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/limits.h"
#include "wire/console_words.h"

enum {
	CABIN_LANGUAGE_BYTES = 16,
	CABIN_SESSION_LABEL_BYTES = 96,
	CABIN_SESSION_MESSAGES = 8,
	CABIN_RESUME_BYTES = 17, /* 16 hex digits and a NUL */
	CABIN_SESSION_BOOTHS_MAX = CABIN_BOOTHS_MAX
};

/* The languages in which the console itself speaks; names come in each. */
enum cabin_language { CABIN_LANGUAGE_VI, CABIN_LANGUAGE_FR, CABIN_LANGUAGE_EN, CABIN_LANGUAGE_COUNT };
extern const char *const cabin_language_ids[CABIN_LANGUAGE_COUNT];

struct cabin_event_channel {
	uint16_t number;
	bool is_floor;
	char id[CABIN_NAME_MAX_BYTES], room[CABIN_NAME_MAX_BYTES];
	char language[CABIN_LANGUAGE_BYTES]; /* empty: a floor */
	char name[CABIN_LANGUAGE_COUNT][CABIN_SESSION_LABEL_BYTES];
};

struct cabin_event_booth {
	char id[CABIN_NAME_MAX_BYTES];
	char name[CABIN_LANGUAGE_COUNT][CABIN_SESSION_LABEL_BYTES]; /* empty: it has none */
};

struct cabin_session_output {
	uint16_t channel;
	char language[CABIN_LANGUAGE_BYTES];
};

struct cabin_session_seat {
	bool present, mic, cough, late;
	uint16_t channel; /* 0: none */
	int quality;	  /* enum cabin_quality; −1: not known */
	enum cabin_call call;
	char name[CABIN_SEAT_NAME_BYTES + 1];
};

struct cabin_session_handover {
	enum cabin_handover_state state;
	uint8_t from, to, by;
	uint64_t at_us; /* 0: none */
};

struct cabin_session_room_channel {
	uint16_t channel;
	int feed; /* enum cabin_feed */
	char booth[CABIN_NAME_MAX_BYTES];
	uint8_t seat; /* 0: none */
	int quality;  /* −1: not known */
	uint32_t listeners;
	bool lufs_known;
	double lufs;
	int idle; /* enum cabin_idle_feed; −1: none */
	uint16_t idle_from;
};

/* A channel's `state`: who feeds it. */
struct cabin_session_state {
	uint16_t channel;
	uint32_t epoch;
	int feed; /* enum cabin_feed; −1: one that is not known here */
	bool lost, silent;
	char booth[CABIN_NAME_MAX_BYTES];
	uint8_t seat;
	double gain_db;
	uint32_t fade_ms;
	bool has_first;
	uint16_t sequence;
	uint32_t timestamp;
	bool has_clock;
	uint32_t clock_timestamp;
	uint64_t clock_us;
	double clock_rate_hz;
};

struct cabin_session_message {
	uint64_t number; /* 1, 2, 3 … */
	uint64_t at_us;
	char booth[CABIN_NAME_MAX_BYTES]; /* empty: the technician */
	uint8_t seat;
	int canned; /* enum cabin_canned; −1: text */
	char text[CABIN_MESSAGE_TEXT_BYTES + 1];
};

struct cabin_session {
	/* `welcome` */
	uint64_t welcomes;
	uint32_t queue_limit_ms;
	char server[32];

	/* `joined` */
	bool joined;
	uint64_t joins; /* how often */
	char booth_id[CABIN_NAME_MAX_BYTES], room_id[CABIN_NAME_MAX_BYTES];
	uint8_t seat;
	uint32_t ssrc;
	char resume[CABIN_RESUME_BYTES]; /* kept when the connection is lost; empty: none */
	uint32_t grace_ms, packet_ms, bitrate_bps, complexity;
	struct cabin_session_output outputs[CABIN_OUTPUTS_MAX];
	uint8_t output_count;

	/* `booth` */
	bool has_booth;
	uint64_t booth_revision;
	enum cabin_booth_mode mode;
	uint8_t output; /* 0: a */
	uint8_t on_air; /* 0: nobody */
	bool held;
	uint64_t since_us; /* 0: none */
	struct cabin_session_seat seats[CABIN_SEATS_MAX];
	uint8_t seat_count;
	struct cabin_session_handover handover;

	/* `room` */
	bool has_room;
	char floor_language[CABIN_LANGUAGE_BYTES]; /* empty: not known */
	struct cabin_session_room_channel room_channels[CABIN_ROOM_CHANNELS_MAX];
	uint32_t room_channel_count;
	uint64_t signal_until_us[CABIN_SIGNAL_COUNT]; /* 0: not given */

	/* `talkback`: the technician speaks to this booth */
	uint16_t talkback_channel;		       /* 0: nobody speaks */
	char talkback_name[CABIN_SEAT_NAME_BYTES + 1]; /* empty: not told */

	/* /api/v1/event */
	bool has_event;
	struct cabin_event_channel channels[CABIN_CHANNELS_MAX];
	uint32_t channel_count;
	struct cabin_event_booth booths[CABIN_SESSION_BOOTHS_MAX];
	uint32_t booth_count;

	/* `message`: the newest ones, oldest first */
	struct cabin_session_message messages[CABIN_SESSION_MESSAGES];
	uint32_t message_count;
	uint64_t messages_ever;
};

enum cabin_server_message {
	CABIN_SERVER_OTHER, /* of a type that is not known here */
	CABIN_SERVER_WELCOME,
	CABIN_SERVER_JOINED,
	CABIN_SERVER_BOOTH,
	CABIN_SERVER_ROOM,
	CABIN_SERVER_STATE,
	CABIN_SERVER_CLOCK,
	CABIN_SERVER_PONG,
	CABIN_SERVER_MESSAGE,
	CABIN_SERVER_TALKBACK,
	CABIN_SERVER_ERROR,
	CABIN_SERVER_BYE
};

/* What does not stay in the session. */
struct cabin_server_event {
	enum cabin_server_message kind;
	struct cabin_session_state state; /* STATE; CLOCK: channel, epoch and the mapping */
	struct {
		char code[32], text[160], booth[CABIN_NAME_MAX_BYTES];
		uint8_t seat;
	} error;
	struct {
		uint32_t id;
		double t1_us, t2_us, t3_us;
	} pong;
	uint32_t retry_ms; /* BYE */
	struct {
		uint16_t channel; /* 0: it is over */
		char name[CABIN_SEAT_NAME_BYTES + 1];
	} talkback;
};

/* Takes one text message. CABIN_EFORMAT: not a JSON object with a type. */
CABIN_MUST_CHECK int cabin_session_take(struct cabin_session *session, struct cabin_server_event *out, const char *text,
					size_t size);

/* Reads a message without a session: for the thread that needs STATE, CLOCK, PONG, BYE,
 * TALKBACK and WELCOME as they arrive. The same errors. */
CABIN_MUST_CHECK int cabin_server_event_read(struct cabin_server_event *out, const char *text, size_t size);

/* Takes the answer of /api/v1/event. CABIN_EFORMAT. */
CABIN_MUST_CHECK int cabin_session_take_event(struct cabin_session *session, const char *text, size_t size);

/* The connection is gone: nothing is joined, but seat and resume key are kept. */
void cabin_session_lost(struct cabin_session *session);

/* NULL: no such thing. */
const struct cabin_event_channel *cabin_session_channel(const struct cabin_session *session, uint16_t number);
const struct cabin_event_channel *cabin_session_channel_by_id(const struct cabin_session *session, const char *id);
const struct cabin_event_channel *cabin_session_floor(const struct cabin_session *session);
const struct cabin_session_room_channel *cabin_session_room_channel(const struct cabin_session *session,
								    uint16_t number);
const struct cabin_session_seat *cabin_session_own_seat(const struct cabin_session *session);

#endif
