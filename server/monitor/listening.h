/* Decoding a stream as a phone does (media/jitter_voice.h), and doing it once where
 * several listen to the same.
 *
 * A track is a decoder and what it has just given out:
 *
 *   lost       one packet's length is recovered out of the next packet (media/decoder.h);
 *              more is made up, fading out over 60 ms, then silence; faded in afterwards
 *   pause      (DTX) the same: made up, fading out
 *   new epoch  the decoder is reset
 *
 * A channel's listeners have a decoder of their own, whose state goes back to the epoch's
 * first packet, while the source's goes back further. Opus forgets: two decoders that
 * get the same packets come to the same sound within half a second. So a channel decodes
 * for itself after each beginning of an epoch, and after each packet that its source had
 * and it did not, until it has had AGREEING packets in a row whose sound is the source's
 * (−90 dB and less apart); from then on it takes the source's sound, and nothing is decoded
 * twice. A channel whose epoch begins with its source's very first packet is the same
 * from there.
 *
 * Embedded; meter thread. */
#ifndef CABIN_MONITOR_LISTENING_H
#define CABIN_MONITOR_LISTENING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/packet.h"
#include "media/decoder.h"

enum {
	CABIN_TRACK_FADE_SAMPLES = 2880, /* as media/jitter_voice.c */
	CABIN_TRACK_SILENCE_MAX = 3 * CABIN_RATE_HZ
};

/* Sound that is to be measured, in order; `samples` NULL: silence. */
typedef void cabin_listening_give(void *context, const float *samples, uint32_t sample_count);

struct cabin_track {
	struct cabin_decoder *decoder;
	bool any;		/* since reset */
	uint64_t sequence;	/* of the newest packet, by the caller's counting */
	uint64_t timestamp_end; /* where the next packet begins when nothing is missing */
	uint64_t decoded;	/* packets since create */
	uint64_t reset_decoded; /* `decoded` at the newest reset */

	/* Between the packet before and the newest, in this order; then the newest packet's. */
	float made_up[CABIN_TRACK_FADE_SAMPLES];
	uint32_t made_up_count, silence_count, fading_count;
	bool gap_over; /* a packet came after it */
	float sound[CABIN_PACKET_MAX_SAMPLES];
	uint32_t sound_count;
};

CABIN_MUST_CHECK int cabin_track_init(struct cabin_track *track); /* CABIN_ENOMEM */
void cabin_track_free(struct cabin_track *track);

/* Forgets all, as before the first packet. */
void cabin_track_reset(struct cabin_track *track);

/* A packet at `sequence`, `timestamp` of the stream (the source's or the channel's). Tells
 * how many were missing before it. */
uint64_t cabin_track_packet(struct cabin_track *track, uint64_t sequence, uint64_t timestamp,
			    struct cabin_packet *packet);

/* An empty packet of a pause: nothing is decoded. */
void cabin_track_pause(struct cabin_track *track, uint64_t sequence, uint64_t timestamp, uint32_t duration_samples);

/* Gives what was made up beyond `*made_up_taken` and `*silence_taken`, and moves those on. */
void cabin_track_give_gap(const struct cabin_track *track, uint32_t *made_up_taken, uint32_t *silence_taken,
			  cabin_listening_give *give, void *context);

/* DTX: RFC 7587, 3.1.3; as the hub has it. */
bool cabin_track_is_pause(const struct cabin_packet *packet);

/* A channel's listeners. */
struct cabin_listening {
	struct cabin_track own;
	bool any, shares;
	uint32_t epoch;
	uint64_t sequence, timestamp_end;
	uint64_t source_decoded;	       /* of the source, at the newest packet that was its newest too */
	uint32_t agreed;		       /* packets in a row */
	uint32_t made_up_taken, silence_taken; /* of the source's gap, while it shares */
};

CABIN_MUST_CHECK int cabin_listening_init(struct cabin_listening *listening); /* CABIN_ENOMEM */
void cabin_listening_free(struct cabin_listening *listening);

/* A published packet; `source` is the track of its source, which has seen every packet
 * that its hub accepted, this one included. Returns how many packets were missing. */
uint64_t cabin_listening_packet(struct cabin_listening *listening, const struct cabin_track *source,
				struct cabin_packet *packet, cabin_listening_give *give, void *context);

#endif
