/* The hand-over of the air from one seat of a booth to another, at an agreed moment.
 *
 *            offer (by `from`), ask (by `to`)                accept
 *   none ───────────────────────────────▶ offered, asked ─────────────▶ agreed: at = now + 400 ms
 *    ▲                                          │                           │
 *    ├─ decline, cancel, 30 s, air changed ─────┘                           │
 *    ├─ done: `to` is on air: `from`'s sound up to `at` has come, or at + 150 ms, and `to`'s is there
 *    └─ cancelled: cancel, `to` gone or silent at at + 250 ms: `from` stays on air
 *
 * Whose sound goes where while it is agreed, by the stamp of a packet's first sample:
 *
 *   from   ▓▓▓▓▓▓▓▓▓▓▓▓▓▓│ forwarded while it begins before `at` (longer where `to` has not been heard)
 *   to             ░░░░░▒▒▒▒▒▒▒▒ dropped, then kept from `at` − half a packet on; they follow when it is done
 *                        at
 *
 * Pure; embedded in its booth; hub thread. */
#ifndef CABIN_RELAY_HANDOVER_H
#define CABIN_RELAY_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/console_words.h"

enum {
	CABIN_HANDOVER_NOTICE_MS = 400,	      /* from the acceptance to the moment */
	CABIN_HANDOVER_WAIT_MS = 150,	      /* after the moment, for the rest of `from` */
	CABIN_HANDOVER_GIVE_UP_MS = 250,      /* after the moment, without a packet of `to` */
	CABIN_HANDOVER_OFFER_LAPSE_MS = 30000 /* of an offer or a question */
};

struct cabin_handover {
	enum cabin_handover_state state;
	uint8_t from, to, by; /* seats */
	uint64_t lapse_ns;    /* offered, asked */
	uint64_t at_ns;	      /* agreed: server clock at the microphone */
	bool to_heard;	      /* a packet of `to` came since */
	bool to_kept;	      /* one of those that are kept */
	bool from_done;	      /* its sound up to `at` has come */
	uint64_t from_end_ns; /* end of its newest packet that was forwarded */
};

enum cabin_handover_verdict {
	CABIN_HANDOVER_FORWARD, /* to the channel, now */
	CABIN_HANDOVER_KEEP,	/* until it is done */
	CABIN_HANDOVER_DROP
};

void cabin_handover_propose(struct cabin_handover *handover, enum cabin_handover_state state, uint8_t from, uint8_t to,
			    uint64_t now_ns);
void cabin_handover_agree(struct cabin_handover *handover, uint64_t now_ns);
void cabin_handover_void(struct cabin_handover *handover);

/* What to do with a packet of `from` or `to` while it is agreed. */
enum cabin_handover_verdict cabin_handover_packet(struct cabin_handover *handover, uint8_t seat, uint64_t stamp_ns,
						  uint64_t duration_ns);

enum cabin_handover_outcome { CABIN_HANDOVER_WAITS, CABIN_HANDOVER_DONE, CABIN_HANDOVER_OVER };

/* Whether it is done (`to` takes the air) or over without that. */
enum cabin_handover_outcome cabin_handover_check(const struct cabin_handover *handover, uint64_t now_ns);

/* When to check by time alone; UINT64_MAX: never. */
uint64_t cabin_handover_due_ns(const struct cabin_handover *handover);

#endif
