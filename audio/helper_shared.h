/* What an audio helper and its parent share: one memfd, mapped by both.
 *
 *   [ struct cabin_helper_shared, a page ][ the ring of base/spsc.h ]
 *
 * The parent makes it (zeroed), the helper fills the first part before it sets
 * `state`. A capturing helper's audio callback writes frames into the ring; a playing
 * one's takes them out. The file descriptors that the helper is born with have fixed
 * numbers. */
#ifndef CABIN_AUDIO_HELPER_SHARED_H
#define CABIN_AUDIO_HELPER_SHARED_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/spsc.h"

enum {
	CABIN_HELPER_LIFE_FD = 0,   /* a pipe that ends when the parent does */
	CABIN_HELPER_OUTPUT_FD = 1, /* the device list */
	CABIN_HELPER_ERROR_FD = 2,  /* a pipe into the parent's log */
	CABIN_HELPER_SHARED_FD = 3,
	CABIN_HELPER_EVENT_FD = 4
};

/* Begins the helper's own lines on its standard error; the libraries' noise has none. */
#define CABIN_HELPER_LINE "cabin-audio: "

enum cabin_helper_state { CABIN_HELPER_STARTING, CABIN_HELPER_RUNNING, CABIN_HELPER_FAILED };

enum {
	CABIN_HELPER_RING_OFFSET_BYTES = 4096,
	CABIN_HELPER_RING_FRAMES = 32768, /* 683 ms at 48 kHz: a reader that stalls longer loses frames */
	CABIN_HELPER_MESSAGE_BYTES = 512
};

/* What the callback of a playing helper tells. One writer; relaxed, each stands alone. */
struct cabin_helper_playback {
	_Atomic uint64_t called_ns;	  /* the newest call */
	_Atomic uint64_t delay_ns;	  /* from a call to its block's first frame at the ear, as far as is known */
	_Atomic uint64_t asked_frames;	  /* of all calls */
	_Atomic uint64_t underruns;	  /* calls that found less than they asked for … */
	_Atomic uint64_t underrun_frames; /* … and how much was silence for it; none before the first frame came */
	_Atomic uint32_t period_frames;	  /* of the newest call */
};

struct cabin_helper_shared {
	_Atomic uint32_t state; /* enum cabin_helper_state; release by the helper, acquire by the parent */
	int32_t error;		/* enum cabin_error, when failed */
	uint32_t rate_hz;
	uint32_t channel_count;
	char device[128];			  /* what was found, for the log */
	char message[CABIN_HELPER_MESSAGE_BYTES]; /* why it failed, and what to do */
	struct cabin_helper_playback playback;
};

_Static_assert(sizeof(struct cabin_helper_shared) <= CABIN_HELPER_RING_OFFSET_BYTES, "the head has its own page");

static inline void *cabin_helper_ring(struct cabin_helper_shared *shared)
{
	return (char *)shared + CABIN_HELPER_RING_OFFSET_BYTES;
}

static inline size_t cabin_helper_size_bytes(uint32_t channel_count)
{
	return CABIN_HELPER_RING_OFFSET_BYTES + cabin_spsc_size_bytes(CABIN_HELPER_RING_FRAMES, channel_count);
}

#endif
