/* The packet: the only reference-counted object, and the pool that it comes from.
 *
 *   encode thread / booth          hub thread                    loop threads, recorder …
 *   take ─ fill payload ─▶ inbox ─▶ route, write header ─publish─▶ read only ─▶ release
 *          one owner, may change                          shared, never changes
 *
 * A packet holds the very bytes that go to every listener, WebSocket header
 * included, so that a loop passes them on unchanged:
 *
 *   bytes: [ headroom | WebSocket header 2 or 4 | RTP header 12 | Opus payload ]
 *                      ^ wire_offset … wire_size bytes ^
 *
 * A control message (state, clock) is a packet too, so it keeps its place in the
 * channel's order. take: producers' threads; retain and release: any thread; all
 * lock-free and without allocation. */
#ifndef CABIN_BASE_PACKET_H
#define CABIN_BASE_PACKET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/limits.h"

enum {
	CABIN_PACKET_HEADROOM_BYTES = 16, /* WebSocket header (4) and RTP header (12): the payload starts here */
	CABIN_PACKET_BYTES = CABIN_PACKET_HEADROOM_BYTES + CABIN_OPUS_PAYLOAD_MAX_BYTES + 5
};

enum cabin_packet_kind { CABIN_PACKET_MEDIA, CABIN_PACKET_STATE, CABIN_PACKET_CLOCK };

/* What the source says of this packet's sound, for routing. */
enum cabin_packet_flag {
	CABIN_PACKET_ACTIVE = 1, /* the booth's microphone is on (its gate is open); always set for a floor */
	CABIN_PACKET_SILENT = 2	 /* no sound for longer than the source's silence limit */
};

struct cabin_packet_pool;

struct cabin_packet {
	/* Set by whoever takes it. */
	uint16_t source_index;	  /* into the hub's sources */
	uint8_t flags;		  /* enum cabin_packet_flag */
	uint64_t source_sequence; /* grows by one a packet that the source made, a pause's empty ones included or not */
	uint64_t source_timestamp; /* samples of the source's own 48 kHz time line, extended */
	uint32_t duration_samples; /* 480 or 960 */
	uint64_t connection;	   /* of a console: its number; 0: of capture */
	uint64_t stamp_ns;	   /* server clock at the microphone of the first sample that a decoder gives out */
	uint16_t payload_size;	   /* bytes at bytes + CABIN_PACKET_HEADROOM_BYTES */

	/* Set by the hub when it publishes. */
	enum cabin_packet_kind kind;
	uint16_t channel_index; /* into the hub's channels */
	uint32_t epoch;
	uint64_t sequence;  /* extended */
	uint64_t timestamp; /* extended */
	uint64_t published_ns;
	uint16_t wire_offset;
	uint16_t wire_size;

	/* The pool's own. */
	struct cabin_packet_pool *pool;
	uint32_t slot_index;
	atomic_uint references;

	uint8_t bytes[CABIN_PACKET_BYTES];
};

/* A pool of `slot_count` packets (1 … 1,000,000), all memory taken now.
 * CABIN_ENOMEM, CABIN_EINVAL. */
CABIN_MUST_CHECK int cabin_packet_pool_create(struct cabin_packet_pool **out, uint32_t slot_count);

/* All packets must be back (asserted). NULL is fine. */
void cabin_packet_pool_destroy(struct cabin_packet_pool *pool);

/* A packet with one reference and everything else zero but `bytes`, or NULL when
 * the pool is empty (counted). */
CABIN_MUST_CHECK struct cabin_packet *cabin_packet_take(struct cabin_packet_pool *pool);

struct cabin_packet *cabin_packet_retain(struct cabin_packet *packet);

/* The last release gives the packet back to its pool. NULL is fine. */
void cabin_packet_release(struct cabin_packet *packet);

static inline uint8_t *cabin_packet_payload(struct cabin_packet *packet)
{
	return packet->bytes + CABIN_PACKET_HEADROOM_BYTES;
}

static inline const uint8_t *cabin_packet_wire(const struct cabin_packet *packet)
{
	return packet->bytes + packet->wire_offset;
}

uint32_t cabin_packet_pool_free_count(const struct cabin_packet_pool *pool);
uint64_t cabin_packet_pool_empty_count(const struct cabin_packet_pool *pool); /* takes that found it empty */

#endif
