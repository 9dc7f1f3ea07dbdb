#include "relay/booth_internal.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"

void cabin_booth_init(struct cabin_booth *booth, const struct cabin_hub_booth_config *config)
{
	memset(booth, 0, sizeof(*booth));
	booth->mode = config->mode;
	booth->seat_count = config->seat_count;
	booth->output_count = config->output_channel_index[1] == CABIN_INDEX_NONE ? 1 : 2;
	booth->hold_ns = config->hold_ms * CABIN_NS_PER_MS;
	booth->grace_ns = config->grace_ms * CABIN_NS_PER_MS;
	for (int i = 0; i < CABIN_SEATS_MAX; i++)
		booth->seats[i].listens = CABIN_INDEX_NONE;
}

void booth_void_handover(struct cabin_booth *booth)
{
	if (booth->handover.state == CABIN_HANDOVER_AGREED)
		booth->handovers_cancelled++;
	cabin_handover_void(&booth->handover);
}

void booth_nobody_on_air(struct cabin_booth *booth)
{
	booth_void_handover(booth);
	booth->on_air = 0;
	booth->held = booth->late = booth->started = false;
	booth->since_ns = booth->release_ns = 0;
}

static void go_on_air(struct cabin_booth *booth, uint8_t seat, uint64_t now_ns)
{
	booth_nobody_on_air(booth);
	for (uint8_t i = 1; i <= booth->seat_count; i++) {
		if (i == seat)
			continue;
		cabin_booth_seat(booth, i)->mic = false;
		cabin_booth_seat(booth, i)->cough = false;
	}
	booth->on_air = seat;
	booth->since_ns = now_ns;
	cabin_booth_seat(booth, seat)->mic = true;
	cabin_booth_seat(booth, seat)->heard_ns = now_ns;
}

void booth_complete_handover(struct cabin_booth *booth, uint64_t now_ns)
{
	uint8_t to = booth->handover.to;
	uint64_t heard_ns = cabin_booth_seat(booth, to)->heard_ns;
	bool started = booth->started || booth->handover.to_kept;

	cabin_handover_void(&booth->handover);
	go_on_air(booth, to, now_ns);
	cabin_booth_seat(booth, to)->heard_ns = heard_ns;
	booth->started = started;
	booth->handovers++;
}

/* The seat on air stops sending: the partner who has agreed to take over does so now;
 * else the hold time runs from `from_ns` on. */
static void stop_sending(struct cabin_booth *booth, uint64_t from_ns, uint64_t now_ns)
{
	struct cabin_handover *handover = &booth->handover;

	if (handover->state == CABIN_HANDOVER_AGREED && cabin_booth_seat(booth, handover->to)->mic) {
		booth_complete_handover(booth, now_ns);
		return;
	}
	booth_void_handover(booth);
	booth->held = true;
	booth->late = false;
	booth->release_ns = from_ns + booth->hold_ns;
	if (now_ns >= booth->release_ns)
		booth_nobody_on_air(booth);
}

/* Seat `seat` is no partner for a hand-over any more. */
static void withdraw(struct cabin_booth *booth, uint8_t seat)
{
	if (booth->handover.state != CABIN_HANDOVER_NONE &&
	    (booth->handover.from == seat || booth->handover.to == seat))
		booth_void_handover(booth);
}

static void close_mic(struct cabin_booth *booth, uint8_t number, uint64_t from_ns, uint64_t now_ns)
{
	struct cabin_booth_seat *seat = cabin_booth_seat(booth, number);

	seat->mic = seat->cough = false;
	if (booth->on_air == number && !booth->held)
		stop_sending(booth, from_ns, now_ns);
	else if (booth->handover.state == CABIN_HANDOVER_AGREED && booth->handover.to == number)
		booth_void_handover(booth);
}

static uint8_t resumed_seat(struct cabin_booth *booth, uint64_t resume)
{
	for (uint8_t i = 1; resume && i <= booth->seat_count; i++)
		if (cabin_booth_seat(booth, i)->resume == resume)
			return i;
	return 0;
}

static uint8_t free_seat(struct cabin_booth *booth, uint8_t wanted)
{
	for (uint8_t i = 1; i <= booth->seat_count; i++)
		if ((wanted == 0 || wanted == i) && cabin_booth_seat(booth, i)->resume == 0)
			return i;
	return 0;
}

enum cabin_booth_answer cabin_booth_join(struct cabin_booth *booth, const struct cabin_booth_join *join,
					 uint64_t now_ns, uint8_t *out, uint64_t *replaced)
{
	uint8_t number = resumed_seat(booth, join->resume);
	struct cabin_booth_seat *seat;

	*out = 0;
	*replaced = 0;
	if (number) {
		seat = cabin_booth_seat(booth, number);
		*replaced = seat->connection;
		close_mic(booth, number, seat->heard_ns, now_ns);
	} else {
		number = free_seat(booth, join->wanted);
		if (!number)
			return join->wanted ? CABIN_BOOTH_SEAT_TAKEN : CABIN_BOOTH_FULL;
		seat = cabin_booth_seat(booth, number);
		*seat = (struct cabin_booth_seat){.resume = join->key, .listens = CABIN_INDEX_NONE};
	}
	seat->connection = join->connection;
	seat->grace_ns = 0;
	if (join->name) {
		size_t size = join->name_size < CABIN_SEAT_NAME_BYTES ? join->name_size : CABIN_SEAT_NAME_BYTES;

		memset(seat->name, 0, sizeof(seat->name));
		memcpy(seat->name, join->name, size);
	}
	*out = number;
	return CABIN_BOOTH_GRANTED;
}

void cabin_booth_resume_mic(struct cabin_booth *booth, uint8_t number, bool channel_free, uint64_t now_ns)
{
	struct cabin_booth_seat *seat = cabin_booth_seat(booth, number);

	if (booth->on_air == number) {
		booth->held = false;
		seat->mic = true;
		seat->heard_ns = now_ns;
	} else if (booth->on_air == 0 && channel_free) {
		go_on_air(booth, number, now_ns);
	} else {
		seat->mic = seat->cough = false;
	}
}

void booth_free_the_seat(struct cabin_booth *booth, uint8_t number)
{
	withdraw(booth, number);
	if (booth->on_air == number)
		booth_nobody_on_air(booth);
	*cabin_booth_seat(booth, number) = (struct cabin_booth_seat){.listens = CABIN_INDEX_NONE};
}

void cabin_booth_gone(struct cabin_booth *booth, uint8_t number, uint64_t now_ns)
{
	struct cabin_booth_seat *seat = cabin_booth_seat(booth, number);

	seat->connection = 0;
	seat->grace_ns = now_ns + booth->grace_ns;
	close_mic(booth, number, seat->heard_ns, now_ns);
	withdraw(booth, number);
	seat->listens = CABIN_INDEX_NONE;
}

void cabin_booth_leave(struct cabin_booth *booth, uint8_t number, uint64_t now_ns)
{
	close_mic(booth, number, now_ns, now_ns);
	booth_free_the_seat(booth, number);
}

/* Whether a partner's microphone key may take the air as it is now. */
static bool may_take(const struct cabin_booth *booth)
{
	return booth->on_air == 0 || booth->held || booth->late || booth->mode == CABIN_BOOTH_OVERRIDE;
}

enum cabin_booth_answer cabin_booth_mic(struct cabin_booth *booth, uint8_t number, bool on, bool take, uint64_t now_ns)
{
	struct cabin_booth_seat *seat = cabin_booth_seat(booth, number);

	if (!on) {
		close_mic(booth, number, now_ns, now_ns);
		return CABIN_BOOTH_GRANTED;
	}
	if (booth->on_air == number) {
		if (booth->held) {
			booth->held = false;
			seat->mic = true;
			seat->heard_ns = now_ns;
		}
		return CABIN_BOOTH_GRANTED;
	}
	if (booth->handover.state == CABIN_HANDOVER_AGREED && booth->handover.to == number) {
		seat->mic = true;
		seat->heard_ns = now_ns;
		return CABIN_BOOTH_GRANTED;
	}
	if (!may_take(booth) && !take)
		return CABIN_BOOTH_MIC_HELD;
	go_on_air(booth, number, now_ns);
	return CABIN_BOOTH_GRANTED;
}

void cabin_booth_cough(struct cabin_booth *booth, uint8_t number, bool on)
{
	struct cabin_booth_seat *seat = cabin_booth_seat(booth, number);

	seat->cough = on && seat->mic;
}

enum cabin_booth_answer cabin_booth_output_allowed(const struct cabin_booth *booth, uint8_t seat, uint8_t output)
{
	if (output >= booth->output_count)
		return CABIN_BOOTH_OUTPUT_UNKNOWN;
	return booth->on_air == 0 || booth->on_air == seat ? CABIN_BOOTH_GRANTED : CABIN_BOOTH_NOT_ON_AIR;
}

void cabin_booth_switch_output(struct cabin_booth *booth, uint8_t output, uint64_t now_ns)
{
	if (output == booth->output)
		return;
	booth->output = output;
	booth->switched_ns = now_ns;
	booth->started = false; /* on this channel */
	if (booth->held)
		booth_nobody_on_air(booth); /* a hold is of the channel that was left */
}

void cabin_booth_lose_air(struct cabin_booth *booth)
{
	for (uint8_t i = 1; i <= booth->seat_count; i++) {
		cabin_booth_seat(booth, i)->mic = false;
		cabin_booth_seat(booth, i)->cough = false;
	}
	booth_nobody_on_air(booth);
}

enum cabin_booth_packet cabin_booth_packet(struct cabin_booth *booth, uint8_t number, uint64_t stamp_ns,
					   uint64_t duration_ns, uint64_t now_ns)
{
	struct cabin_booth_seat *seat = cabin_booth_seat(booth, number);

	if (!seat->mic)
		return CABIN_BOOTH_PACKET_DROP;
	seat->heard_ns = now_ns;
	if (booth->on_air == number)
		booth->late = false;
	if (booth->handover.state == CABIN_HANDOVER_AGREED) {
		switch (cabin_handover_packet(&booth->handover, number, stamp_ns, duration_ns)) {
		case CABIN_HANDOVER_FORWARD:
			booth->started = true;
			return CABIN_BOOTH_PACKET_FORWARD;
		case CABIN_HANDOVER_KEEP:
			return CABIN_BOOTH_PACKET_KEEP;
		case CABIN_HANDOVER_DROP:
			return CABIN_BOOTH_PACKET_DROP;
		}
	}
	if (booth->on_air == number) {
		booth->started = true;
		return CABIN_BOOTH_PACKET_FORWARD;
	}
	return booth->on_air == 0 ? CABIN_BOOTH_PACKET_RETURN : CABIN_BOOTH_PACKET_DROP;
}

uint8_t cabin_booth_present_count(const struct cabin_booth *booth)
{
	uint8_t count = 0;

	for (uint8_t i = 0; i < booth->seat_count; i++)
		count += booth->seats[i].connection != 0;
	return count;
}
