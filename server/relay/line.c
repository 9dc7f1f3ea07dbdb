#include "relay/line.h"

#include "base/clock.h"
#include "relay/hub.h"

void cabin_line_init(struct cabin_line *line, uint32_t hold_ms)
{
	*line = (struct cabin_line){
	    .hold_ns = hold_ms * CABIN_NS_PER_MS,
	    .source_index = CABIN_INDEX_NONE,
	};
}

void cabin_line_packet(struct cabin_line *line, uint16_t source_index, bool active, uint64_t now_ns)
{
	if (active && (line->source_index == source_index || !line->active)) {
		line->source_index = source_index;
		line->active = true;
	} else if (!active && line->source_index == source_index && line->active) {
		line->active = false;
		line->release_ns = now_ns + line->hold_ns;
	}
}

void cabin_line_lost(struct cabin_line *line, uint16_t source_index)
{
	if (line->source_index != source_index)
		return;
	line->source_index = CABIN_INDEX_NONE;
	line->active = false;
}

uint16_t cabin_line_on_air(struct cabin_line *line, uint64_t now_ns)
{
	if (now_ns >= cabin_line_due_ns(line))
		line->source_index = CABIN_INDEX_NONE;
	return line->source_index;
}

uint64_t cabin_line_due_ns(const struct cabin_line *line)
{
	return line->source_index == CABIN_INDEX_NONE || line->active ? UINT64_MAX : line->release_ns;
}
