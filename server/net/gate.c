#include "net/gate.h"

#include "base/clock.h"
#include "net/server.h"

bool cabin_gate_stays(const struct cabin_gate *gate, uint16_t room_index, uint32_t room_pin)
{
	if (room_pin == CABIN_PIN_NONE)
		return true;
	return room_pin != CABIN_ROOM_HIDDEN && gate->room_index == room_index && gate->pin == room_pin;
}

enum cabin_gate_verdict cabin_gate_ask(struct cabin_gate *gate, uint16_t room_index, uint32_t room_pin,
				       uint32_t said_pin, uint64_t now_ns)
{
	if (room_pin == CABIN_PIN_NONE)
		return CABIN_GATE_OPEN;
	if (room_pin == CABIN_ROOM_HIDDEN)
		return CABIN_GATE_HIDDEN;
	if (said_pin == CABIN_PIN_NONE)
		return cabin_gate_stays(gate, room_index, room_pin) ? CABIN_GATE_OPEN : CABIN_GATE_PIN_REQUIRED;
	if (now_ns - gate->wrong_since_ns >= CABIN_GATE_WRONG_MS * CABIN_NS_PER_MS)
		gate->wrong_count = 0;
	if (gate->wrong_count >= CABIN_GATE_WRONG_MAX)
		return CABIN_GATE_PIN_WRONG;
	if (said_pin == room_pin) {
		gate->pin = said_pin;
		gate->room_index = room_index;
		return CABIN_GATE_OPEN;
	}
	if (gate->wrong_count++ == 0)
		gate->wrong_since_ns = now_ns;
	return CABIN_GATE_PIN_WRONG;
}
