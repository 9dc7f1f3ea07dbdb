/* One decoder of a jitter buffer at work on one epoch: packets in, a queue of samples out, and
 * sound made up where packets are missing. The buffer has two, for the cross-fade between
 * epochs. The native twin of web/shared/voice.ts.
 *
 * Made-up sound fades to silence within 60 ms; what comes after it fades in within 5 ms.
 * Private to jitter.c. */
#ifndef CABIN_MEDIA_JITTER_VOICE_H
#define CABIN_MEDIA_JITTER_VOICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "media/decoder.h"
#include "media/packet_store.h"
#include "media/pcm_queue.h"
#include "media/time_stretch.h"

/* An epoch as the buffer knows it. */
struct cabin_jitter_source {
	uint32_t number;
	uint32_t timeline; /* epochs of one time line continue each other */
	uint32_t fade_samples;
	float gain;
	int64_t base;		/* smallest transit of its packets; CABIN_ARRIVALS_NO_BASE */
	int64_t first_sequence; /* −1 before the first */
};

struct cabin_jitter_voice {
	struct cabin_decoder *decoder;
	struct cabin_loudness *loudness; /* the buffer's, shared by both */
	struct cabin_pcm_queue queue;
	struct cabin_jitter_source *source; /* NULL before the first start */
	int64_t end;			    /* extended timestamp of the sample after the queue's last one */
	int64_t last_sequence;		    /* of the packet decoded last */
	int64_t concealed_run;		    /* samples made up since the last decoded one */
	int64_t held_run;		    /* those of them during which the media's clock was held */
	uint32_t chunk;			    /* that can be made up at once */
	float decoded[CABIN_PACKET_MAX_SAMPLES];
};

/* CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_jitter_voice_init(struct cabin_jitter_voice *voice, struct cabin_loudness *loudness);
void cabin_jitter_voice_free(struct cabin_jitter_voice *voice);

void cabin_jitter_voice_start(struct cabin_jitter_voice *voice, struct cabin_jitter_source *source, int64_t timestamp);

/* Extended timestamp of the sample that is given out next. */
static inline int64_t cabin_jitter_voice_position(const struct cabin_jitter_voice *voice)
{
	return voice->end - cabin_pcm_queue_available(&voice->queue);
}

/* Decodes a packet to the queue's end. False when it was damaged and its sound is made up. */
bool cabin_jitter_voice_decode(struct cabin_jitter_voice *voice, const struct cabin_stored_packet *packet);

/* Makes up to `most` samples up and tells how many. `advancing`: they stand for sound that will
 * not come; else the media's clock is held. */
uint32_t cabin_jitter_voice_conceal(struct cabin_jitter_voice *voice, int64_t most, bool advancing);

/* The sound of one lost packet before `next`, as well as that tells it. False when it cannot. */
bool cabin_jitter_voice_recover(struct cabin_jitter_voice *voice, const struct cabin_stored_packet *next,
				int64_t sample_count);

#endif
