/* What jitter.c (packets in, epochs, clock, figures) and jitter_play.c (sound out, control) share.
 * Private to them. */
#ifndef CABIN_MEDIA_JITTER_PRIVATE_H
#define CABIN_MEDIA_JITTER_PRIVATE_H

#include "base/limits.h"
#include "media/arrivals.h"
#include "media/jitter.h"
#include "media/jitter_voice.h"

enum {
	CABIN_JITTER_MS = CABIN_RATE_HZ / 1000,
	CABIN_JITTER_QUANTUM = 128, /* the control looks this often, whatever the callback asks for */
	CABIN_JITTER_SOURCES = 8,
	/* A source that pauses sends a keep-alive each 400 ms: silence for longer is a fault. */
	CABIN_JITTER_PAUSE_LONGEST = 600 * CABIN_JITTER_MS,
};

struct cabin_jitter {
	struct cabin_arrivals arrivals;
	struct cabin_packet_store store;
	struct cabin_loudness loudness;
	struct cabin_jitter_voice voices[2];
	struct cabin_jitter_voice *voice, *other; /* the one heard; the one that fades out, or waits */
	bool voice_on;
	int64_t fade_samples, fade_done;
	float gain, other_gain;

	struct cabin_jitter_source sources[CABIN_JITTER_SOURCES];
	struct cabin_jitter_source *source; /* the newest epoch; NULL: none */
	bool source_told;		    /* begun, and no packet of it yet */
	uint32_t timeline;
	bool timeline_empty;
	uint64_t newest_sequence, newest_timestamp; /* extended */
	int64_t newest_end;

	/* The device's frames on the packets' clock: the smallest distance of the last seconds. */
	int64_t frames, clock_now, clock_before, clock_bucket_end;
	int64_t block_now, block_before; /* largest pulls of the same time */

	/* Sequence before which a gap has been looked at, and after which an underrun was counted. */
	int64_t resolved_gap, underrun_after;
	bool correcting;
	int64_t next_operation;

	uint64_t concealed_samples;
	uint32_t underruns, skips, removals, insertions;
	uint32_t late_packets, duplicate_packets, lost_packets, bad_packets;
};

/* Adds `frame_count` samples to `out`; the first is given out at `now` (samples, the clock of the
 * arrivals). */
void cabin_jitter_play(struct cabin_jitter *jitter, float *out, uint32_t frame_count, int64_t now);

/* How much later than the fastest packet's the voice's next sample is given out at `now`. */
int64_t cabin_jitter_play_delay(const struct cabin_jitter *jitter, int64_t now);

/* The delay that is aimed at. What a pull gives out last must be there when it begins: long ones
 * have to hold more. */
int64_t cabin_jitter_target(const struct cabin_jitter *jitter);

static inline int64_t cabin_jitter_larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static inline int64_t cabin_jitter_smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

#endif
