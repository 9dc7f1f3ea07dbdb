/* The fan-out's insides, shared by fanout.c (who listens to what) and delivery.c
 * (what goes out). Nobody else includes this. The loop's thread, but for the atomics. */
#ifndef CABIN_RELAY_FANOUT_INTERNAL_H
#define CABIN_RELAY_FANOUT_INTERNAL_H

#include <stdatomic.h>

#include "relay/fanout.h"
#include "relay/window.h"

struct cabin_listener {
	void *connection;
	uint64_t cursor;	  /* position in the window of the next item to send */
	uint64_t media_cursor;	  /* the window's media_count there */
	uint64_t behind_since_ns; /* 0: it keeps up */
	uint64_t skip_count;
	uint32_t place; /* in its channel's listeners */
	uint16_t channel_index;
	bool joining; /* gets state and newest packets next */
	bool waiting; /* for cabin_fanout_writable */
	bool broken;  /* closed, or about to be: nothing more is written */
	bool dead;    /* detached inside a callback, freed when that is over */
	struct cabin_listener *next_dead;
};

struct fanout_channel {
	struct cabin_window window;
	struct cabin_listener **listeners; /* no order: the last one takes a free place */
	uint32_t capacity;
	_Atomic uint32_t count; /* written by the loop, read by any thread: relaxed */
	bool dirty;
};

/* A range of a window as one piece of bytes, kept for other listeners with the same range. */
struct fanout_scratch {
	uint16_t channel_index;
	bool joining;
	uint64_t from, to;
	uint8_t *bytes;
	size_t size;
};

enum { FANOUT_SCRATCHES = 4 }; /* ranges that are common at one time: live, and stragglers of one or two wake-ups */

struct cabin_fanout {
	struct cabin_fanout_config config;
	uint64_t close_after_ns;
	struct fanout_channel *channels;
	uint32_t listener_count;
	bool dirty;
	uint32_t depth; /* of transport callbacks that we are inside of */
	struct cabin_listener *dead;
	struct fanout_scratch scratches[FANOUT_SCRATCHES];
	uint32_t next_scratch;
	size_t scratch_capacity;
	struct cabin_fanout_stats sums; /* the loop's own … */
	struct {
		_Atomic uint64_t packets, bytes, writes, skips, skipped_packets, closed_slow;
	} published; /* … and what other threads read, relaxed */
};

static inline uint32_t fanout_count(const struct fanout_channel *channel)
{
	return atomic_load_explicit(&channel->count, memory_order_relaxed);
}

#endif
