/* What tests of the relay share: a clock that the test moves, packets that a source
 * would make, and a sink that keeps what the hub publishes. */
#ifndef CABIN_TESTS_RELAY_FAKES_H
#define CABIN_TESTS_RELAY_FAKES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/packet.h"
#include "relay/hub.h"

struct fake_clock {
	uint64_t now_ns;
};

static inline uint64_t fake_now_ns(void *context)
{
	return ((struct fake_clock *)context)->now_ns;
}

static inline struct cabin_clock fake_clock(struct fake_clock *clock)
{
	return (struct cabin_clock){fake_now_ns, clock};
}

/* A source with its own time line. */
struct fake_source {
	uint16_t index;
	uint64_t sequence, timestamp;
	uint32_t duration_samples;
};

/* The source's next packet, or NULL when the pool is empty; `payload_size` bytes, all `fill`. */
static inline struct cabin_packet *fake_packet(struct cabin_packet_pool *pool, struct fake_source *source,
					       uint64_t now_ns, uint8_t flags, uint16_t payload_size, uint8_t fill)
{
	struct cabin_packet *packet = cabin_packet_take(pool);

	if (packet) {
		packet->source_index = source->index;
		packet->flags = flags;
		packet->source_sequence = source->sequence;
		packet->source_timestamp = source->timestamp;
		packet->duration_samples = source->duration_samples;
		packet->stamp_ns = now_ns;
		packet->payload_size = payload_size;
		memset(cabin_packet_payload(packet), fill, payload_size);
	}
	source->sequence++;
	source->timestamp += source->duration_samples;
	return packet;
}

enum { FAKE_SINK_ITEMS = 4096 };

struct fake_sink {
	struct cabin_packet *items[FAKE_SINK_ITEMS];
	uint32_t count;
};

static inline void fake_sink_publish(void *context, struct cabin_packet *packet)
{
	struct fake_sink *sink = context;

	CABIN_ASSERT(sink->count < FAKE_SINK_ITEMS);
	sink->items[sink->count++] = cabin_packet_retain(packet);
}

static inline void fake_sink_clear(struct fake_sink *sink)
{
	while (sink->count)
		cabin_packet_release(sink->items[--sink->count]);
}

/* The message of a published packet, without its WebSocket header. */
static inline const uint8_t *fake_message(const struct cabin_packet *packet, size_t *size)
{
	const uint8_t *wire = cabin_packet_wire(packet);
	size_t header_size = wire[1] == 126 ? 4 : 2;

	*size = packet->wire_size - header_size;
	return wire + header_size;
}

#endif
