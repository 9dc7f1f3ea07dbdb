/* The packets of a jitter buffer that wait to be decoded, in order of their extended sequence
 * numbers. A fixed ring with room for the bytes (170 KB); when it is full the oldest go: they are
 * too late to be played anyway. Embedded; one thread; no allocation. */
#ifndef CABIN_MEDIA_PACKET_STORE_H
#define CABIN_MEDIA_PACKET_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

/* 640 ms of 10 ms packets are 64, more than the largest target. A power of two. */
enum { CABIN_PACKET_STORE_SLOTS = 128 };

struct cabin_jitter_source;

struct cabin_stored_packet {
	int64_t sequence; /* −1: empty */
	int64_t timestamp;
	uint32_t duration_samples;
	uint32_t size_bytes;
	struct cabin_jitter_source *source;
	uint8_t bytes[CABIN_OPUS_PAYLOAD_MAX_BYTES];
};

struct cabin_packet_store {
	struct cabin_stored_packet slots[CABIN_PACKET_STORE_SLOTS];
	int64_t next, end; /* lowest sequence that may still be taken, and one more than the highest stored */
};

/* Drops everything; also to be called first. */
void cabin_packet_store_clear(struct cabin_packet_store *store);

/* An empty slot for this sequence, its `sequence` set and the rest to be filled; NULL when it is
 * there already or too late. */
struct cabin_stored_packet *cabin_packet_store_put(struct cabin_packet_store *store, int64_t sequence);

/* NULL: not there. */
struct cabin_stored_packet *cabin_packet_store_get(struct cabin_packet_store *store, int64_t sequence);
struct cabin_stored_packet *cabin_packet_store_first(struct cabin_packet_store *store);
struct cabin_stored_packet *cabin_packet_store_last(struct cabin_packet_store *store);

/* Everything up to this sequence is done with. */
void cabin_packet_store_take(struct cabin_packet_store *store, int64_t sequence);

#endif
