#include "relay/booth.h"

#include "base/clock.h"
#include "relay/hub.h"

void cabin_booth_init(struct cabin_booth *booth, uint32_t hold_ms)
{
	*booth = (struct cabin_booth){
	    .hold_ns = hold_ms * CABIN_NS_PER_MS,
	    .source_index = CABIN_INDEX_NONE,
	};
}

void cabin_booth_packet(struct cabin_booth *booth, uint16_t source_index, bool active, uint64_t now_ns)
{
	if (active && (booth->source_index == source_index || !booth->active)) {
		booth->source_index = source_index;
		booth->active = true;
	} else if (!active && booth->source_index == source_index && booth->active) {
		booth->active = false;
		booth->release_ns = now_ns + booth->hold_ns;
	}
}

void cabin_booth_lost(struct cabin_booth *booth, uint16_t source_index)
{
	if (booth->source_index != source_index)
		return;
	booth->source_index = CABIN_INDEX_NONE;
	booth->active = false;
}

uint16_t cabin_booth_on_air(struct cabin_booth *booth, uint64_t now_ns)
{
	if (now_ns >= cabin_booth_due_ns(booth))
		booth->source_index = CABIN_INDEX_NONE;
	return booth->source_index;
}

uint64_t cabin_booth_due_ns(const struct cabin_booth *booth)
{
	return booth->source_index == CABIN_INDEX_NONE || booth->active ? UINT64_MAX : booth->release_ns;
}
