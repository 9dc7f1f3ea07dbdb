/* The adaptive jitter buffer of a native listener: packets in, 48 kHz sound out, as little
 * late as the network allows. The rules are those of web/shared/jitter.ts and arrivals.ts.
 *
 *   push() ─▶ packet store ─▶ voice (decoder, queue) ───────┐ cross-fade
 *   begin() ─▶ epochs         voice (the one before) ───────┴▶ pull()
 *
 * What is controlled is the play delay: how much later than the fastest packet's the sound is
 * given out. It is held near the target by cutting or repeating silence and pitch periods.
 * When packets stay away the media's clock is held and sound made up, fading to silence
 * within 60 ms; what is more than 250 ms too late is skipped.
 *
 * One thread at a time: the owner drains its queue into push() and calls pull() from the same
 * callback or mixing thread, or holds a lock of its own. No allocation, lock or system call
 * after create; a pull decodes at most a few packets. */
#ifndef CABIN_MEDIA_JITTER_H
#define CABIN_MEDIA_JITTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct cabin_jitter;

struct cabin_jitter_packet {
	const uint8_t *payload; /* Opus; borrowed for the call */
	uint32_t payload_size;	/* 1 … CABIN_OPUS_PAYLOAD_MAX_BYTES */
	uint16_t sequence;	/* RTP's */
	uint32_t timestamp;
	uint32_t duration_samples;
	bool marker;	     /* an epoch begins here; one that begin() has told is not begun twice */
	uint64_t arrival_ns; /* CLOCK_MONOTONIC, as pull's */
};

/* What the channel's `state` says of an epoch (docs/protocol.md). */
struct cabin_jitter_epoch {
	uint32_t number; /* given back by cabin_jitter_position() */
	bool fresh;	 /* another channel or server: sequence and timestamp have nothing to do with those before */
	float gain_db;
	uint32_t fade_ms;
};

struct cabin_jitter_figures {
	float delay_ms;	 /* above the fastest packet's */
	float buffer_ms; /* stored and decoded, not yet given out */
	float target_ms;
	float late_ms; /* latest packet since the figures were taken last */
	/* totals since create */
	double concealed_ms;
	uint32_t underruns, skips, removals, insertions;
	uint32_t late_packets, duplicate_packets, lost_packets, bad_packets;
	bool started; /* the newest time line is what is heard */
	bool stalled; /* nothing but silence made up for longer than a source may pause */
};

CABIN_MUST_CHECK int cabin_jitter_create(struct cabin_jitter **out); /* CABIN_ENOMEM */
void cabin_jitter_destroy(struct cabin_jitter *jitter);		     /* NULL is fine */

/* The packets from now on are of this epoch. `fresh`, or the first after create and stop: what is
 * stored is dropped, and what is heard goes on until the new time line starts, and then fades.
 * The number of the epoch before, not fresh: only its gain. */
void cabin_jitter_begin(struct cabin_jitter *jitter, const struct cabin_jitter_epoch *epoch);

/* A later `state` of the newest epoch: glides to this gain. */
void cabin_jitter_set_gain(struct cabin_jitter *jitter, float gain_db);

/* Listen to nothing: drops what is stored; what is heard ends within 60 ms. */
void cabin_jitter_stop(struct cabin_jitter *jitter);

/* CABIN_EFORMAT: not a packet that can be played (counted). CABIN_EEMPTY: no epoch was begun, or
 * after stop. Duplicates and what is too late are counted and are no error. */
CABIN_MUST_CHECK int cabin_jitter_push(struct cabin_jitter *jitter, const struct cabin_jitter_packet *packet);

/* Fills `out` with the next `frame_count` samples, silence when there is nothing. `now_ns`: when
 * the callback asked; it may jitter, only the earliest of each second count. */
void cabin_jitter_pull(struct cabin_jitter *jitter, float *out, uint32_t frame_count, uint64_t now_ns);

/* RTP timestamp and epoch's number of the sample that the next pull begins with, for
 * mouth-to-ear. False while sound is made up or there is none. */
bool cabin_jitter_position(const struct cabin_jitter *jitter, uint32_t *timestamp, uint32_t *epoch_number);

/* Takes late_ms. */
struct cabin_jitter_figures cabin_jitter_figures(struct cabin_jitter *jitter);

#endif
