#include "relay/source_state.h"

#include <stdlib.h>

#include "base/clock.h"

enum {
	GAP_MAX_PACKETS = 1000,
	GAP_MAX_SAMPLES = 20 * CABIN_RATE_HZ,
	RETURN_MAX_NS = 20 * 1000 * 1000, /* off its old time line by more: it is a new one */
	REFUSED_MAX = 50		  /* packets in a row: the source began anew and did not tell */
};

void cabin_source_state_init(struct cabin_source_state *source)
{
	*source = (struct cabin_source_state){.lost = true};
}

static bool goes_back(const struct cabin_source_state *source, const struct cabin_packet *packet)
{
	return packet->source_sequence <= source->sequence ||
	       packet->source_timestamp < source->timestamp + source->duration_samples;
}

static bool jumps(const struct cabin_source_state *source, const struct cabin_packet *packet)
{
	return packet->source_sequence - source->sequence > GAP_MAX_PACKETS ||
	       packet->source_timestamp - source->timestamp > GAP_MAX_SAMPLES;
}

static bool is_off(const struct cabin_source_state *source, const struct cabin_packet *packet)
{
	uint64_t expected_ns = cabin_timeline_ns(&source->timeline, packet->source_timestamp);

	return llabs((long long)(packet->stamp_ns - expected_ns)) > RETURN_MAX_NS;
}

int cabin_source_state_packet(struct cabin_source_state *source, const struct cabin_packet *packet, uint64_t now_ns)
{
	bool broken = false;

	if (source->seen) {
		bool back = goes_back(source, packet);

		if (back && !source->was_lost && ++source->refused_in_row < REFUSED_MAX)
			return CABIN_EINVAL;
		broken = back || jumps(source, packet) || (source->was_lost && is_off(source, packet));
	}
	if (broken) {
		source->generation++;
		cabin_timeline_reset(&source->timeline);
	}
	cabin_timeline_update(&source->timeline, packet->source_timestamp, packet->stamp_ns);
	source->seen = true;
	source->lost = false;
	source->was_lost = false;
	source->paused = false;
	source->refused_in_row = 0;
	source->silent = packet->flags & CABIN_PACKET_SILENT;
	source->sequence = packet->source_sequence;
	source->timestamp = packet->source_timestamp;
	source->duration_samples = packet->duration_samples;
	source->packet_ns = now_ns;
	return 0;
}

void cabin_source_state_event(struct cabin_source_state *source, enum cabin_source_event event, uint64_t now_ns)
{
	source->lost = event == CABIN_SOURCE_LOST;
	source->was_lost = true;
	source->paused = false;
	if (event == CABIN_SOURCE_RETURNED) {
		source->silent = false;
		source->packet_ns = now_ns;
	}
}

void cabin_source_state_pause(struct cabin_source_state *source)
{
	source->paused = true;
	source->was_lost = true;
	source->silent = true;
}

void cabin_source_state_extend(const struct cabin_source_state *source, struct cabin_packet *packet)
{
	/* The first ones leave room to go back. */
	uint64_t sequence = source->seen ? source->sequence : UINT64_C(1) << 32;
	uint64_t timestamp = source->seen ? source->timestamp : UINT64_C(1) << 48;

	packet->source_sequence =
	    sequence + (uint64_t)(int64_t)(int16_t)((uint16_t)packet->source_sequence - (uint16_t)sequence);
	packet->source_timestamp =
	    timestamp + (uint64_t)(int64_t)(int32_t)((uint32_t)packet->source_timestamp - (uint32_t)timestamp);
}

uint64_t cabin_source_state_due_ns(const struct cabin_source_state *source)
{
	return source->lost || source->paused ? UINT64_MAX
					      : source->packet_ns + CABIN_SOURCE_QUIET_LIMIT_MS * CABIN_NS_PER_MS;
}

bool cabin_source_state_check(struct cabin_source_state *source, uint64_t now_ns)
{
	if (now_ns < cabin_source_state_due_ns(source))
		return false;
	source->lost = true;
	source->was_lost = true;
	return true;
}

enum cabin_source_condition cabin_source_state_condition(const struct cabin_source_state *source)
{
	if (source->lost)
		return CABIN_CONDITION_LOST;
	return source->silent ? CABIN_CONDITION_SILENT : CABIN_CONDITION_OK;
}
