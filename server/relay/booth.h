/* One booth: its seats, and which of them is on air.
 *
 *                  mic on                       mic off, connection lost
 *   nobody ─────────────────▶ on air (seat s) ───────────────────────────▶ held (seat s)
 *     ▲ ▲                      ▲  │   │   ▲                                   │ │ │
 *     │ │                      │  │   │   └── mic on, resumed with mic (s) ───┘ │ │
 *     │ │   mic on of another, │  │   │                                         │ │
 *     │ │   hand-over done     └──┼───┼──────────── mic on of another ──────────┘ │
 *     │ │                         │   │                                           │
 *     │ └── leave, taken by another   └── no packet for 200 ms: late              │
 *     │     booth, no packet for          (a packet: not late)                    │
 *     │     the hold time                                                         │
 *     └───────── hold over, leave, output switched, taken by another booth ───────┘
 *
 * A partner's `mic on` takes the air from a seat that is on air at once in mode override;
 * in mode interlock it is refused (MIC_HELD), unless that seat is late or it is done on
 * purpose (`take`). A seat that is held is taken in both modes. Coughing changes nothing
 * of who is on air: the console sends silence meanwhile.
 *
 * A seat is free, or present (a connection holds it), or away: its connection was lost,
 * and within the grace time it comes back with its key of resumption.
 *
 * Other booths are the hub's business: it asks before a booth takes a channel. Pure:
 * driven by commands, packets and time. Seats are numbered from 1. Hub thread. */
#ifndef CABIN_RELAY_BOOTH_H
#define CABIN_RELAY_BOOTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/handover.h"
#include "relay/hub.h"

enum { CABIN_LATE_MS = 200 }; /* on air, and nothing came for so long */

enum cabin_booth_answer {
	CABIN_BOOTH_GRANTED,
	CABIN_BOOTH_MIC_HELD,
	CABIN_BOOTH_CHANNEL_HELD,
	CABIN_BOOTH_SEAT_TAKEN,
	CABIN_BOOTH_FULL,
	CABIN_BOOTH_NOT_ON_AIR,
	CABIN_BOOTH_OUTPUT_UNKNOWN,
	CABIN_BOOTH_HANDOVER_NOBODY,
	CABIN_BOOTH_HANDOVER_NONE,
	CABIN_BOOTH_ANSWER_COUNT
};

/* The code and the text of the `error` that tells it; NULL for GRANTED. */
const char *cabin_booth_answer_code(enum cabin_booth_answer answer);
const char *cabin_booth_answer_text(enum cabin_booth_answer answer);

struct cabin_booth_seat {
	uint64_t connection; /* 0: away or free */
	uint64_t resume;     /* its key; 0: free */
	uint64_t grace_ns;   /* away: when it becomes free */
	uint64_t heard_ns;   /* newest packet, or when the microphone was opened */
	bool mic, cough;
	uint8_t call;	  /* enum cabin_call */
	uint16_t listens; /* channel index, CABIN_INDEX_NONE: none */
	uint64_t signal_until_ns[CABIN_SIGNAL_COUNT];
	char name[CABIN_SEAT_NAME_BYTES + 1];
};

struct cabin_booth {
	enum cabin_booth_mode mode;
	uint8_t seat_count, output_count;
	uint64_t hold_ns, grace_ns;

	uint8_t output;	      /* 0: a, 1: b */
	uint8_t on_air;	      /* seat; 0: nobody */
	bool held, late;      /* of on_air */
	bool started;	      /* a packet of it came on this channel: listeners have it */
	uint64_t since_ns;    /* when it did */
	uint64_t switched_ns; /* when the output was last switched */
	uint64_t release_ns;  /* held: end of the hold */
	struct cabin_handover handover;
	struct cabin_booth_seat seats[CABIN_SEATS_MAX];
	uint64_t handovers, handovers_cancelled;
};

void cabin_booth_init(struct cabin_booth *booth, const struct cabin_hub_booth_config *config);

struct cabin_booth_join {
	uint8_t wanted;	     /* seat, 0: any */
	uint64_t resume;     /* 0: none */
	uint64_t connection; /* who joins */
	uint64_t key;	     /* of resumption, for a seat that was free; not 0 */
	const char *name;    /* UTF-8; NULL: none, or as it was */
	size_t name_size;
};

/* Gives `*seat` to the connection, and tells the one that it replaces there (0: none). A
 * seat that is resumed on air is held until cabin_booth_resume_mic says otherwise. */
enum cabin_booth_answer cabin_booth_join(struct cabin_booth *booth, const struct cabin_booth_join *join,
					 uint64_t now_ns, uint8_t *seat, uint64_t *replaced);

/* A resumed seat whose microphone is open goes on, unless somebody else has the air.
 * `channel_free`: no other booth is on air on the output. */
void cabin_booth_resume_mic(struct cabin_booth *booth, uint8_t seat, bool channel_free, uint64_t now_ns);

void cabin_booth_gone(struct cabin_booth *booth, uint8_t seat, uint64_t now_ns);  /* its connection ended */
void cabin_booth_leave(struct cabin_booth *booth, uint8_t seat, uint64_t now_ns); /* it is free at once */

/* Where nobody is on air, the hub has looked whether the output is free. MIC_HELD. */
enum cabin_booth_answer cabin_booth_mic(struct cabin_booth *booth, uint8_t seat, bool on, bool take, uint64_t now_ns);
void cabin_booth_cough(struct cabin_booth *booth, uint8_t seat, bool on);

/* The hub has looked whether the new output is free. NOT_ON_AIR, OUTPUT_UNKNOWN. */
enum cabin_booth_answer cabin_booth_output_allowed(const struct cabin_booth *booth, uint8_t seat, uint8_t output);
void cabin_booth_switch_output(struct cabin_booth *booth, uint8_t output, uint64_t now_ns);

/* `partner` 0: the only other one present. NOT_ON_AIR, HANDOVER_NOBODY, HANDOVER_NONE. */
enum cabin_booth_answer cabin_booth_handover(struct cabin_booth *booth, uint8_t seat, enum cabin_handover_action action,
					     uint8_t partner, uint64_t now_ns);

/* Another booth took the channel. */
void cabin_booth_lose_air(struct cabin_booth *booth);

enum cabin_booth_packet {
	CABIN_BOOTH_PACKET_FORWARD, /* of the seat on air */
	CABIN_BOOTH_PACKET_KEEP,    /* until the hand-over is done */
	CABIN_BOOTH_PACKET_DROP,
	CABIN_BOOTH_PACKET_RETURN /* its microphone is open and nobody is on air: the air is its own again, if the
				     output is free: then cabin_booth_resume_mic, and FORWARD */
};

/* A packet of a seat's present connection. */
enum cabin_booth_packet cabin_booth_packet(struct cabin_booth *booth, uint8_t seat, uint64_t stamp_ns,
					   uint64_t duration_ns, uint64_t now_ns);

/* Does what is due by time, and completes a hand-over that is ready: call after packets too. */
void cabin_booth_tick(struct cabin_booth *booth, uint64_t now_ns);

/* When that is; UINT64_MAX: not by time alone. */
uint64_t cabin_booth_due_ns(const struct cabin_booth *booth);

static inline struct cabin_booth_seat *cabin_booth_seat(struct cabin_booth *booth, uint8_t seat)
{
	return &booth->seats[seat - 1];
}

uint8_t cabin_booth_present_count(const struct cabin_booth *booth);

#endif
