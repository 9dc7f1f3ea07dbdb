/* Whether a listener may hear a room that was locked with a PIN: one for each connection,
 * of the loop's thread. Pure. */
#ifndef CABIN_NET_GATE_H
#define CABIN_NET_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/pin.h"

enum {
	CABIN_GATE_WRONG_MAX = 5, /* wrong PINs in CABIN_GATE_WRONG_MS; more are not looked at */
	CABIN_GATE_WRONG_MS = 60000
};

enum cabin_gate_verdict { CABIN_GATE_OPEN, CABIN_GATE_PIN_REQUIRED, CABIN_GATE_PIN_WRONG, CABIN_GATE_HIDDEN };

struct cabin_gate {
	uint32_t pin; /* the last one that was right, of … */
	uint16_t room_index;
	uint8_t wrong_count;
	uint64_t wrong_since_ns;
};

/* A wish to listen to a channel of the room. `room_pin`: CABIN_PIN_NONE: it is open;
 * CABIN_ROOM_HIDDEN: no listener's. `said_pin`: CABIN_PIN_NONE: none was said; then one
 * that was right before counts. */
enum cabin_gate_verdict cabin_gate_ask(struct cabin_gate *gate, uint16_t room_index, uint32_t room_pin,
				       uint32_t said_pin, uint64_t now_ns);

/* Whether who is inside may stay. */
bool cabin_gate_stays(const struct cabin_gate *gate, uint16_t room_index, uint32_t room_pin);

#endif
