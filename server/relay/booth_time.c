#include "base/clock.h"
#include "relay/booth_internal.h"

static void tick_air(struct cabin_booth *booth, uint64_t now_ns)
{
	const struct cabin_booth_seat *seat;

	if (booth->on_air == 0)
		return;
	seat = cabin_booth_seat(booth, booth->on_air);
	if (booth->held) {
		if (now_ns >= booth->release_ns)
			booth_nobody_on_air(booth);
		return;
	}
	booth->late |= now_ns >= seat->heard_ns + CABIN_LATE_MS * CABIN_NS_PER_MS;
	/* The microphone stays open, so that a link that comes back brings the air back, if nobody took it. */
	if (now_ns >= seat->heard_ns + booth->hold_ns && booth->late)
		booth_nobody_on_air(booth);
}

static void tick_handover(struct cabin_booth *booth, uint64_t now_ns)
{
	uint8_t to = booth->handover.to;

	switch (cabin_handover_check(&booth->handover, now_ns)) {
	case CABIN_HANDOVER_DONE:
		booth_complete_handover(booth, now_ns);
		break;
	case CABIN_HANDOVER_OVER:
		if (booth->handover.state == CABIN_HANDOVER_AGREED)
			cabin_booth_seat(booth, to)->mic = false;
		booth_void_handover(booth);
		break;
	case CABIN_HANDOVER_WAITS:
		break;
	}
}

void cabin_booth_tick(struct cabin_booth *booth, uint64_t now_ns)
{
	tick_handover(booth, now_ns);
	tick_air(booth, now_ns);
	for (uint8_t i = 1; i <= booth->seat_count; i++) {
		struct cabin_booth_seat *seat = cabin_booth_seat(booth, i);

		if (seat->resume && !seat->connection && now_ns >= seat->grace_ns)
			booth_free_the_seat(booth, i);
		for (int kind = 0; kind < CABIN_SIGNAL_COUNT; kind++)
			if (now_ns >= seat->signal_until_ns[kind])
				seat->signal_until_ns[kind] = 0;
	}
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t cabin_booth_due_ns(const struct cabin_booth *booth)
{
	uint64_t due_ns = cabin_handover_due_ns(&booth->handover);

	if (booth->on_air && booth->held) {
		due_ns = earlier(due_ns, booth->release_ns);
	} else if (booth->on_air) {
		uint64_t heard_ns = booth->seats[booth->on_air - 1].heard_ns, late_ns = CABIN_LATE_MS * CABIN_NS_PER_MS;

		due_ns =
		    earlier(due_ns, heard_ns + (booth->late && booth->hold_ns > late_ns ? booth->hold_ns : late_ns));
	}
	for (uint8_t i = 0; i < booth->seat_count; i++) {
		const struct cabin_booth_seat *seat = &booth->seats[i];

		if (seat->resume && !seat->connection)
			due_ns = earlier(due_ns, seat->grace_ns);
		for (int kind = 0; kind < CABIN_SIGNAL_COUNT; kind++)
			if (seat->signal_until_ns[kind])
				due_ns = earlier(due_ns, seat->signal_until_ns[kind]);
	}
	return due_ns;
}
