/* The seam between consoles' connections (net/) and the booths (relay/).
 *
 *   console ─▶ loop thread ─ struct cabin_hub_message ─▶ hub's inbox ─▶ cabin_hub_command, cabin_hub_packet
 *                                                                            │
 *   console ◀─ loop thread ◀─ struct cabin_notice ◀── cabin_notice_sink ◀────┘
 *
 * Commands and packets of one connection pass through the hub's one inbox in the order
 * in which the connection brought them: packets after `mic on` are of an open
 * microphone. A command that the inbox refuses must close its console (which joins anew
 * and resumes); it is never silently lost. A packet that it refuses is dropped and
 * counted, as any source's.
 *
 * Seats are sources of the hub. Seat s (from 1) of booth b has the source index
 *
 *   capture sources + 4 × b + s − 1            (cabin_seat_source_index)
 *
 * and the notice that answers a JOIN tells it. A console's packet carries it, the
 * number of its connection (so that a connection that has been replaced is not heard
 * any more), CABIN_PACKET_ACTIVE, and the stamp that the console's clock mapping gives;
 * the hub extends sequence and timestamp to 64 bits itself, by their low 16 and 32
 * bits, so that a time line goes on across connections.
 *
 * Who keeps what: net/ keeps the newest `keep` notice of each booth and each room, and
 * gives it to whoever begins to get that scope's notices: a console just after its
 * `joined` (its booth's, then its room's), a watcher, a technician (all of them). The
 * hub tells each change once, in order; a notice that a sink refused is told again at
 * the next tick, as the state is then, so a revision may be missing, and one may come
 * twice where a sink has several ends. */
#ifndef CABIN_RELAY_CONSOLE_H
#define CABIN_RELAY_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/packet.h"
#include "wire/console_words.h"

struct cabin_hub;

enum cabin_console_command_kind {
	CABIN_CONSOLE_JOIN,  /* the token is good; answered by a notice of scope CONNECTION */
	CABIN_CONSOLE_GONE,  /* the connection ended: the seat is kept for the grace time */
	CABIN_CONSOLE_LEAVE, /* gives the seat up at once */
	CABIN_CONSOLE_MIC,
	CABIN_CONSOLE_COUGH,
	CABIN_CONSOLE_OUTPUT,
	CABIN_CONSOLE_HANDOVER,
	CABIN_CONSOLE_IDLE,
	CABIN_CONSOLE_LISTENS, /* `listen` or `stop` of a console */
	CABIN_CONSOLE_SIGNAL,
	CABIN_CONSOLE_CALL,
	CABIN_CONSOLE_MESSAGE
};

/* By value through the hub's inbox. Indices are the hub's; net/ turns the wire's
 * channel numbers and booths' ids into them (unknown ones are its own errors). */
struct cabin_console_command {
	uint8_t kind;	      /* enum cabin_console_command_kind */
	uint8_t seat;	      /* the sender's, 1 … 3; JOIN: wanted, 0 any; a technician: 0 */
	uint16_t booth_index; /* the sender's; CABIN_INDEX_NONE: a technician */
	uint64_t connection;  /* its number, never 0 and never used again */
	union {
		struct {
			uint64_t resume; /* 0: none */
			bool mic;
		} join;
		struct {
			bool on, take;
		} mic;
		struct {
			bool on;
		} cough;
		struct {
			uint8_t output; /* 0: a, 1: b */
			bool take;
		} output;
		struct {
			uint8_t action; /* enum cabin_handover_action */
			uint8_t seat;	/* the partner; 0: the only one present */
		} handover;
		struct {
			uint16_t channel_index;
			uint8_t feed;	     /* enum cabin_idle_feed */
			uint16_t from_index; /* feed CABIN_IDLE_CHANNEL; else CABIN_INDEX_NONE */
		} idle;
		struct {
			uint16_t channel_index; /* CABIN_INDEX_NONE: none */
		} listens;
		struct {
			uint8_t kind; /* enum cabin_signal */
			bool on;
		} signal;
		struct {
			bool on;	      /* a console's */
			uint8_t state;	      /* a technician's: CABIN_CALL_SEEN or CABIN_CALL_DONE … */
			uint8_t seat;	      /* … of that seat … */
			uint16_t booth_index; /* … in that booth */
		} call;
		struct {
			uint8_t to;	      /* enum cabin_message_to */
			uint16_t booth_index; /* to: CABIN_MESSAGE_BOOTH */
			int16_t canned;	      /* enum cabin_canned, −1: `text` instead */
		} message;
	};
	/* JOIN: the name; MESSAGE: the text; NULL without. The reference is handed over;
	 * payload bytes (cabin_packet_payload, payload_size), UTF-8, not NUL-ended. */
	struct cabin_packet *text;
};

enum cabin_notice_scope {
	CABIN_NOTICE_CONNECTION, /* this connection alone */
	CABIN_NOTICE_BOOTH,	 /* the seats of booth `index`, and technicians */
	CABIN_NOTICE_ROOM,	 /* consoles of room `index`, its watchers, and technicians */
	CABIN_NOTICE_TECHNICIANS
};

struct cabin_notice {
	enum cabin_notice_scope scope;
	uint64_t connection; /* scope CONNECTION */
	uint16_t index;	     /* booth or room */
	bool keep;	  /* a full state: the newest one is what joiners get first; size 0: there is none any more */
	const char *text; /* one JSON message, borrowed for the call; size 0: none, only a close code */
	size_t size;	  /* at most CABIN_NOTICE_MAX_BYTES */

	/* Scope CONNECTION. */
	bool granted; /* the answer to a JOIN that was granted: from now on this connection is a console or a technician
		       */
	uint8_t seat; /* granted: its seat; 0: a technician */
	uint16_t source_index; /* granted: what its packets carry; CABIN_INDEX_NONE: a technician */
	uint16_t close_code;   /* close it with this code after the text; 0: no */
};

/* Called on the hub's thread; must not block. False: full, nothing (or not all) was
 * taken. A refused state (`keep`) is told again at the next tick as it is then; any
 * other waits in the hub's own queue of CABIN_NOTICES_WAITING, which drops the newest. */
struct cabin_notice_sink {
	bool (*notify)(void *context, const struct cabin_notice *notice); /* NULL: nobody is told */
	void *context;
};

enum { CABIN_NOTICES_WAITING = 64 };

/* Hub thread. Takes over `command->text`. A command of a connection that holds no seat
 * (any more) is ignored, but for JOIN. Errors are told by a notice to the connection. */
void cabin_hub_command(struct cabin_hub *hub, const struct cabin_console_command *command);

/* See above; `capture_source_count` as in cabin_hub_config.source_count. */
static inline uint16_t cabin_seat_source_index(uint16_t capture_source_count, uint16_t booth_index, uint8_t seat)
{
	return (uint16_t)(capture_source_count + 4u * booth_index + seat - 1);
}

/* Of the RTP that a seat's console sends. */
static inline uint32_t cabin_seat_ssrc(uint16_t booth_index, uint8_t seat)
{
	return 65536u + 4u * booth_index + seat;
}

#endif
