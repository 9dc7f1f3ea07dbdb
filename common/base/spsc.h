/* A ring of float frames from one producer to one consumer, usable in memory that
 * two processes share. Header only.
 *
 *   audio callback ── cabin_spsc_write ──▶ blocks:  [ index, stamp, position, count ] …
 *   (helper process)                       samples: [ frames, a power of two ]        ──▶ cabin_spsc_read ── encode
 * thread
 *
 * Each write is one block: some frames and when the first of them was at the
 * microphone, so that the reader knows the capture time of every frame. Frame
 * indices are absolute, 64 bits, and count every frame that was offered: a ring
 * that is full drops the NEWEST block whole and counts it, and the reader sees a
 * jump in the frame index.
 *
 * Progress: both sides are wait-free: copies and atomics, no system call, so that
 * `write` may be called in a real-time callback. Positions are never read back from
 * the shared memory by the side that writes them, and what the other side wrote is
 * checked against the bounds, so a process that dies or misbehaves cannot make the
 * other one touch foreign memory. */
#ifndef CABIN_BASE_SPSC_H
#define CABIN_BASE_SPSC_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "64-bit atomics must be lock-free to be shared between processes");

enum { CABIN_SPSC_BLOCKS = 1024, CABIN_SPSC_FRAMES_MAX = 1 << 20, CABIN_SPSC_CHANNELS_MAX = 1024 };

struct cabin_spsc_block {
	uint64_t frame_index; /* of the first frame, since the stream began */
	uint64_t stamp_ns;    /* when the first frame was at the microphone */
	uint64_t position;    /* of the first frame in the ring, frames ever stored */
	uint64_t frame_count;
};

/* What lies in the shared memory; the samples follow it. All zero is an empty ring. */
struct cabin_spsc_shared {
	alignas(64) _Atomic uint64_t
	    written_blocks;		  /* writer: release; reader: acquire. Publishes a block and its frames */
	_Atomic uint64_t offered_frames;  /* writer, relaxed: frames offered, dropped ones included */
	_Atomic uint64_t dropped_frames;  /* writer, relaxed */
	_Atomic uint64_t dropped_blocks;  /* writer, relaxed */
	_Atomic uint64_t newest_stamp_ns; /* writer, relaxed: of the newest block offered, stored or not */
	alignas(64) _Atomic uint64_t read_blocks; /* reader: release; writer: acquire. Gives block places back */
	_Atomic uint64_t read_position;		  /* reader: release; writer: acquire. Gives frame places back */
	alignas(64) struct cabin_spsc_block blocks[CABIN_SPSC_BLOCKS];
	alignas(64) float samples[];
};

/* One side's handle: private to its thread, so the other side cannot change it. */
struct cabin_spsc {
	struct cabin_spsc_shared *shared;
	uint32_t frame_capacity;
	uint32_t channel_count;
	uint32_t rate_hz;
	uint64_t block_index;  /* the side's own next block */
	uint64_t position;     /* the side's own next frame place */
	uint64_t frame_index;  /* writer: of the next frame offered */
	uint64_t block_offset; /* reader: frames of the block that it has taken already */
};

/* Bytes of shared memory that a ring takes. 0 when an argument is out of range
 * (`frame_capacity` a power of two). */
static inline size_t cabin_spsc_size_bytes(uint32_t frame_capacity, uint32_t channel_count)
{
	if (frame_capacity < 2 || frame_capacity > CABIN_SPSC_FRAMES_MAX || (frame_capacity & (frame_capacity - 1)) ||
	    channel_count < 1 || channel_count > CABIN_SPSC_CHANNELS_MAX)
		return 0;
	return sizeof(struct cabin_spsc_shared) + (size_t)frame_capacity * channel_count * sizeof(float);
}

/* Makes a handle for `memory`: at least cabin_spsc_size_bytes, aligned to 64,
 * zeroed before the first side opens it (a fresh memfd is). Both sides call it
 * with the same numbers, the reader before any frame is lost to it. CABIN_EINVAL. */
CABIN_MUST_CHECK static inline int cabin_spsc_open(struct cabin_spsc *out, void *memory, uint32_t frame_capacity,
						   uint32_t channel_count, uint32_t rate_hz)
{
	if (!memory || (uintptr_t)memory % 64 || !cabin_spsc_size_bytes(frame_capacity, channel_count) || rate_hz == 0)
		return CABIN_EINVAL;
	*out = (struct cabin_spsc){
	    .shared = memory,
	    .frame_capacity = frame_capacity,
	    .channel_count = channel_count,
	    .rate_hz = rate_hz,
	};
	return 0;
}

/* Frames from ring place `position` to the ring's end, at most `frame_count`: the
 * first of the two pieces that a copy has. */
static inline size_t cabin_spsc_first_piece(const struct cabin_spsc *ring, uint64_t position, uint64_t frame_count)
{
	uint64_t to_end = ring->frame_capacity - (position & (ring->frame_capacity - 1));

	return to_end < frame_count ? to_end : frame_count;
}

static inline void cabin_spsc_copy_in(const struct cabin_spsc *ring, uint64_t position, const float *in,
				      uint64_t frame_count)
{
	size_t floats = ring->channel_count, first = cabin_spsc_first_piece(ring, position, frame_count) * floats;

	memcpy(ring->shared->samples + (position & (ring->frame_capacity - 1)) * floats, in, first * sizeof(float));
	memcpy(ring->shared->samples, in + first, (frame_count * floats - first) * sizeof(float));
}

static inline void cabin_spsc_copy_out(const struct cabin_spsc *ring, uint64_t position, float *out,
				       uint64_t frame_count)
{
	size_t floats = ring->channel_count, first = cabin_spsc_first_piece(ring, position, frame_count) * floats;

	memcpy(out, ring->shared->samples + (position & (ring->frame_capacity - 1)) * floats, first * sizeof(float));
	memcpy(out + first, ring->shared->samples, (frame_count * floats - first) * sizeof(float));
}

/* Offers one block of interleaved frames. False when it did not fit: the block is
 * dropped whole and counted. Producer only; real-time safe. */
static inline bool cabin_spsc_write(struct cabin_spsc *ring, const float *samples, uint32_t frame_count,
				    uint64_t stamp_ns)
{
	struct cabin_spsc_shared *shared = ring->shared;
	/* Acquire, partner: the releases in cabin_spsc_read: what we overwrite has been copied out. */
	uint64_t read_blocks = atomic_load_explicit(&shared->read_blocks, memory_order_acquire);
	uint64_t read_position = atomic_load_explicit(&shared->read_position, memory_order_acquire);
	uint64_t frame_index = ring->frame_index;

	ring->frame_index += frame_count;
	atomic_store_explicit(&shared->offered_frames, ring->frame_index, memory_order_relaxed);
	atomic_store_explicit(&shared->newest_stamp_ns, stamp_ns, memory_order_relaxed);
	if (frame_count == 0)
		return true;
	if (ring->block_index - read_blocks >= CABIN_SPSC_BLOCKS ||
	    ring->position - read_position + frame_count > ring->frame_capacity) {
		atomic_fetch_add_explicit(&shared->dropped_frames, frame_count, memory_order_relaxed);
		atomic_fetch_add_explicit(&shared->dropped_blocks, 1, memory_order_relaxed);
		return false;
	}
	cabin_spsc_copy_in(ring, ring->position, samples, frame_count);
	shared->blocks[ring->block_index % CABIN_SPSC_BLOCKS] = (struct cabin_spsc_block){
	    .frame_index = frame_index,
	    .stamp_ns = stamp_ns,
	    .position = ring->position,
	    .frame_count = frame_count,
	};
	ring->position += frame_count;
	ring->block_index++;
	/* Release, partner: the acquire in cabin_spsc_read: it sees the block and its frames. */
	atomic_store_explicit(&shared->written_blocks, ring->block_index, memory_order_release);
	return true;
}

/* Copies out at most `frame_max` frames of the oldest block (never of two, so that
 * one stamp and one index tell all). Returns the count, 0 when the ring is empty;
 * CABIN_EFORMAT when the writer's side is damaged: give the ring up. `*stamp_ns` is
 * the first frame's, interpolated at the nominal rate within a block. Consumer only. */
static inline int cabin_spsc_read(struct cabin_spsc *ring, float *out, uint32_t frame_max, uint64_t *frame_index,
				  uint64_t *stamp_ns)
{
	struct cabin_spsc_shared *shared = ring->shared;
	/* Acquire, partner: the release at the end of cabin_spsc_write. */
	uint64_t written_blocks = atomic_load_explicit(&shared->written_blocks, memory_order_acquire);
	struct cabin_spsc_block block;
	uint64_t frame_count;

	if (written_blocks == ring->block_index || frame_max == 0)
		return 0;
	block = shared->blocks[ring->block_index % CABIN_SPSC_BLOCKS];
	if (written_blocks - ring->block_index > CABIN_SPSC_BLOCKS || block.frame_count > ring->frame_capacity ||
	    block.frame_count <= ring->block_offset || block.position + ring->block_offset != ring->position)
		return CABIN_EFORMAT;
	frame_count = block.frame_count - ring->block_offset;
	if (frame_count > frame_max)
		frame_count = frame_max;
	cabin_spsc_copy_out(ring, ring->position, out, frame_count);
	*frame_index = block.frame_index + ring->block_offset;
	*stamp_ns = block.stamp_ns + ring->block_offset * UINT64_C(1000000000) / ring->rate_hz;
	ring->position += frame_count;
	ring->block_offset += frame_count;
	/* Release, partner: the acquires in cabin_spsc_write: these places are free again. */
	atomic_store_explicit(&shared->read_position, ring->position, memory_order_release);
	if (ring->block_offset == block.frame_count) {
		ring->block_offset = 0;
		ring->block_index++;
		atomic_store_explicit(&shared->read_blocks, ring->block_index, memory_order_release);
	}
	return (int)frame_count;
}

/* Frames that the writer dropped since the ring began. Any thread. */
static inline uint64_t cabin_spsc_dropped_frames(const struct cabin_spsc *ring)
{
	return atomic_load_explicit(&ring->shared->dropped_frames, memory_order_relaxed);
}

/* Frames offered since the ring began, and the newest block's stamp: for a watchdog
 * that asks whether frames still come. Any thread. */
static inline uint64_t cabin_spsc_offered_frames(const struct cabin_spsc *ring)
{
	return atomic_load_explicit(&ring->shared->offered_frames, memory_order_relaxed);
}

static inline uint64_t cabin_spsc_newest_stamp_ns(const struct cabin_spsc *ring)
{
	return atomic_load_explicit(&ring->shared->newest_stamp_ns, memory_order_relaxed);
}

#endif
