/* What the server says to consoles, watchers and technicians: JSON text, the console
 * part of docs/protocol.md.
 *
 * Each function writes one message into the caller's buffer, allocates nothing and
 * does not depend on the locale. Texts are UTF-8 (whoever read them has checked that)
 * and are escaped here. Pure functions; any thread. */
#ifndef CABIN_WIRE_CONSOLE_WRITE_H
#define CABIN_WIRE_CONSOLE_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "wire/console_words.h"
#include "wire/control.h"

struct cabin_console_output {
	uint16_t channel;     /* number */
	const char *language; /* NULL: null */
};

struct cabin_console_joined {
	const char *booth, *room; /* ids */
	uint8_t seat;
	uint32_t ssrc;
	uint64_t resume; /* written as 16 hex digits */
	uint32_t grace_ms;
	uint32_t packet_ms, bitrate_bps, complexity; /* what to encode with */
	struct cabin_console_output outputs[CABIN_OUTPUTS_MAX];
	uint8_t output_count;
};

struct cabin_console_seat_view {
	bool present, mic, cough, late;
	uint16_t channel;		      /* listened to; 0: null */
	int8_t quality;			      /* enum cabin_quality; −1: null */
	uint8_t call;			      /* enum cabin_call */
	char name[CABIN_SEAT_NAME_BYTES + 1]; /* empty: null */
};

struct cabin_console_handover_view {
	uint8_t state; /* enum cabin_handover_state; NONE: null */
	uint8_t from, to, by;
	uint64_t at_us; /* 0: null */
};

struct cabin_console_booth_view {
	const char *booth; /* id */
	uint8_t mode;	   /* enum cabin_booth_mode */
	uint8_t output;	   /* 0: a, 1: b */
	uint8_t on_air;	   /* seat; 0: null */
	bool held;
	uint64_t since_us; /* 0: null */
	uint8_t seat_count;
	struct cabin_console_seat_view seats[CABIN_SEATS_MAX];
	struct cabin_console_handover_view handover;
};

struct cabin_console_channel_view {
	uint16_t channel;  /* number */
	uint8_t feed;	   /* enum cabin_feed */
	const char *booth; /* NULL: null */
	uint8_t seat;	   /* 0: null */
	int8_t quality;	   /* enum cabin_quality; −1: null */
	uint8_t idle;	   /* enum cabin_idle_feed */
	bool is_floor;	   /* idle and idle_from are null */
	bool lufs_known;
	uint16_t idle_from; /* number; 0: null */
	uint32_t listeners;
	int16_t lufs_tenths; /* −215: −21.5 LUFS */
};

struct cabin_console_room_view {
	const char *room;			      /* id */
	const char *floor_language;		      /* NULL: null */
	uint64_t signal_until_us[CABIN_SIGNAL_COUNT]; /* 0: not given */
	uint16_t channel_count;
	struct cabin_console_channel_view channels[CABIN_ROOM_CHANNELS_MAX];
};

struct cabin_console_message {
	const char *from_booth; /* NULL: a technician */
	uint8_t from_seat;	/* 0: null */
	const char *to;		/* "partner", "room", "technician" or a booth's id */
	const char *text;	/* NULL: null; not NUL-ended */
	size_t text_size;
	const char *canned; /* NULL: null */
	uint64_t at_us;
};

/* Each ends its text with NUL and returns the length without it; CABIN_ETOOBIG when
 * `out_size` is too small. CABIN_NOTICE_MAX_BYTES + 1 is enough for each of them, as
 * long as ids and languages stay below CABIN_NAME_MAX_BYTES. */
CABIN_MUST_CHECK int cabin_console_write_joined(char *out, size_t out_size, const struct cabin_console_joined *joined);
CABIN_MUST_CHECK int cabin_console_write_joined_technician(char *out, size_t out_size);
CABIN_MUST_CHECK int cabin_console_write_booth(char *out, size_t out_size, const struct cabin_console_booth_view *view,
					       uint64_t revision);
CABIN_MUST_CHECK int cabin_console_write_room(char *out, size_t out_size, const struct cabin_console_room_view *view,
					      uint64_t revision);
CABIN_MUST_CHECK int cabin_console_write_message(char *out, size_t out_size,
						 const struct cabin_console_message *message);

/* `error` of a console. `code` and `text` as in cabin_control_write_error; `booth` (NULL:
 * left out) and `seat` say who holds a channel. */
CABIN_MUST_CHECK int cabin_console_write_error(char *out, size_t out_size, const char *code, const char *text,
					       const char *booth, uint8_t seat);

#endif
