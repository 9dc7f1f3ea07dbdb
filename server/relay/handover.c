#include "relay/handover.h"

#include "base/clock.h"

/* Stamps jitter; what overlaps by less is forwarded, as at any change of source. */
static const uint64_t overlap_max_ns = CABIN_NS_PER_MS;

void cabin_handover_propose(struct cabin_handover *handover, enum cabin_handover_state state, uint8_t from, uint8_t to,
			    uint64_t now_ns)
{
	*handover = (struct cabin_handover){
	    .state = state,
	    .from = from,
	    .to = to,
	    .by = state == CABIN_HANDOVER_OFFERED ? from : to,
	    .lapse_ns = now_ns + CABIN_HANDOVER_OFFER_LAPSE_MS * CABIN_NS_PER_MS,
	};
}

void cabin_handover_agree(struct cabin_handover *handover, uint64_t now_ns)
{
	handover->state = CABIN_HANDOVER_AGREED;
	handover->at_ns = now_ns + CABIN_HANDOVER_NOTICE_MS * CABIN_NS_PER_MS;
}

void cabin_handover_void(struct cabin_handover *handover)
{
	*handover = (struct cabin_handover){.state = CABIN_HANDOVER_NONE};
}

static enum cabin_handover_verdict packet_of_from(struct cabin_handover *handover, uint64_t stamp_ns, uint64_t end_ns)
{
	handover->from_done |= end_ns >= handover->at_ns;
	/* Where nothing of `to` has been heard yet it may never be: no hole is made for it. */
	if (stamp_ns >= handover->at_ns && handover->to_heard)
		return CABIN_HANDOVER_DROP;
	handover->from_end_ns = end_ns;
	return CABIN_HANDOVER_FORWARD;
}

static enum cabin_handover_verdict packet_of_to(struct cabin_handover *handover, uint64_t stamp_ns,
						uint64_t duration_ns)
{
	bool from_overran = handover->from_end_ns > handover->at_ns + duration_ns;

	handover->to_heard = true;
	if (stamp_ns + duration_ns / 2 < handover->at_ns)
		return CABIN_HANDOVER_DROP;
	if (from_overran && stamp_ns + overlap_max_ns < handover->from_end_ns)
		return CABIN_HANDOVER_DROP;
	handover->to_kept = true;
	return CABIN_HANDOVER_KEEP;
}

enum cabin_handover_verdict cabin_handover_packet(struct cabin_handover *handover, uint8_t seat, uint64_t stamp_ns,
						  uint64_t duration_ns)
{
	if (seat == handover->from)
		return packet_of_from(handover, stamp_ns, stamp_ns + duration_ns);
	return seat == handover->to ? packet_of_to(handover, stamp_ns, duration_ns) : CABIN_HANDOVER_DROP;
}

enum cabin_handover_outcome cabin_handover_check(const struct cabin_handover *handover, uint64_t now_ns)
{
	switch (handover->state) {
	case CABIN_HANDOVER_OFFERED:
	case CABIN_HANDOVER_ASKED:
		return now_ns >= handover->lapse_ns ? CABIN_HANDOVER_OVER : CABIN_HANDOVER_WAITS;
	case CABIN_HANDOVER_AGREED:
		if (handover->to_kept &&
		    (handover->from_done || now_ns >= handover->at_ns + CABIN_HANDOVER_WAIT_MS * CABIN_NS_PER_MS))
			return CABIN_HANDOVER_DONE;
		if (!handover->to_kept && now_ns >= handover->at_ns + CABIN_HANDOVER_GIVE_UP_MS * CABIN_NS_PER_MS)
			return CABIN_HANDOVER_OVER;
		return CABIN_HANDOVER_WAITS;
	default:
		return CABIN_HANDOVER_WAITS;
	}
}

uint64_t cabin_handover_due_ns(const struct cabin_handover *handover)
{
	switch (handover->state) {
	case CABIN_HANDOVER_OFFERED:
	case CABIN_HANDOVER_ASKED:
		return handover->lapse_ns;
	case CABIN_HANDOVER_AGREED:
		return handover->at_ns +
		       (handover->to_kept ? CABIN_HANDOVER_WAIT_MS : CABIN_HANDOVER_GIVE_UP_MS) * CABIN_NS_PER_MS;
	default:
		return UINT64_MAX;
	}
}
