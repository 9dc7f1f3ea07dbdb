#include "base/clock.h"
#include "relay/booth_internal.h"

const char *cabin_booth_answer_code(enum cabin_booth_answer answer)
{
	static const char *const codes[CABIN_BOOTH_ANSWER_COUNT] = {
	    NULL,	  "mic-held",	    "channel-held",    "seat-taken",	"booth-full",
	    "not-on-air", "output-unknown", "handover-nobody", "handover-none",
	};

	return codes[answer];
}

const char *cabin_booth_answer_text(enum cabin_booth_answer answer)
{
	static const char *const texts[CABIN_BOOTH_ANSWER_COUNT] = {
	    NULL,
	    "a partner is on air; take it on purpose, or ask for a hand-over",
	    "another booth is on air on this channel; take it on purpose, or wait",
	    "somebody else has this seat",
	    "every seat of the booth is taken",
	    "only the seat on air may do this",
	    "the booth has no such output",
	    "there is nobody for a hand-over",
	    "no hand-over is offered, asked for or agreed that this seat may answer",
	};

	return texts[answer];
}

/* The partner that is meant, or 0. */
static uint8_t partner_of(struct cabin_booth *booth, uint8_t seat, uint8_t wanted)
{
	uint8_t found = 0;

	for (uint8_t i = 1; i <= booth->seat_count; i++) {
		if (i == seat || !cabin_booth_seat(booth, i)->connection || (wanted && wanted != i))
			continue;
		if (found)
			return 0; /* more than one, and none named */
		found = i;
	}
	return found;
}

static enum cabin_booth_answer agree(struct cabin_booth *booth, uint64_t now_ns)
{
	cabin_handover_agree(&booth->handover, now_ns);
	return CABIN_BOOTH_GRANTED;
}

static enum cabin_booth_answer offer(struct cabin_booth *booth, uint8_t seat, uint8_t wanted, uint64_t now_ns)
{
	const struct cabin_handover *handover = &booth->handover;
	uint8_t partner = partner_of(booth, seat, wanted);

	if (booth->on_air != seat || booth->held)
		return CABIN_BOOTH_NOT_ON_AIR;
	if (!partner)
		return CABIN_BOOTH_HANDOVER_NOBODY;
	if (handover->state == CABIN_HANDOVER_AGREED)
		return CABIN_BOOTH_HANDOVER_NONE;
	if (handover->state == CABIN_HANDOVER_ASKED && handover->to == partner)
		return agree(booth, now_ns);
	cabin_handover_propose(&booth->handover, CABIN_HANDOVER_OFFERED, seat, partner, now_ns);
	return CABIN_BOOTH_GRANTED;
}

static enum cabin_booth_answer ask(struct cabin_booth *booth, uint8_t seat, uint64_t now_ns)
{
	const struct cabin_handover *handover = &booth->handover;

	if (booth->on_air == 0 || booth->on_air == seat || booth->held)
		return CABIN_BOOTH_HANDOVER_NOBODY;
	if (handover->state == CABIN_HANDOVER_AGREED)
		return CABIN_BOOTH_HANDOVER_NONE;
	if (handover->state == CABIN_HANDOVER_OFFERED && handover->to == seat)
		return agree(booth, now_ns);
	cabin_handover_propose(&booth->handover, CABIN_HANDOVER_ASKED, booth->on_air, seat, now_ns);
	return CABIN_BOOTH_GRANTED;
}

/* Accept, decline: by the one who was asked; cancel: by the one who began, once it is
 * agreed by both. */
static enum cabin_booth_answer answer_handover(struct cabin_booth *booth, uint8_t seat,
					       enum cabin_handover_action action, uint64_t now_ns)
{
	const struct cabin_handover *handover = &booth->handover;
	bool concerns = handover->from == seat || handover->to == seat;
	bool agreed = handover->state == CABIN_HANDOVER_AGREED;
	bool open = handover->state != CABIN_HANDOVER_NONE && !agreed;

	if (action == CABIN_HANDOVER_CANCEL ? concerns && (agreed || (open && handover->by == seat))
					    : concerns && open && handover->by != seat) {
		if (action == CABIN_HANDOVER_ACCEPT)
			return agree(booth, now_ns);
		/* The microphone that was opened for it is not on air: it is closed. */
		if (agreed)
			cabin_booth_seat(booth, handover->to)->mic = false;
		booth_void_handover(booth);
		return CABIN_BOOTH_GRANTED;
	}
	return CABIN_BOOTH_HANDOVER_NONE;
}

enum cabin_booth_answer cabin_booth_handover(struct cabin_booth *booth, uint8_t seat, enum cabin_handover_action action,
					     uint8_t partner, uint64_t now_ns)
{
	if (action == CABIN_HANDOVER_OFFER)
		return offer(booth, seat, partner, now_ns);
	if (action == CABIN_HANDOVER_ASK)
		return ask(booth, seat, now_ns);
	return answer_handover(booth, seat, action, now_ns);
}
