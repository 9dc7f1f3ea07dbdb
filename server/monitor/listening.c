#include "monitor/listening.h"

#include <math.h>
#include <string.h>

enum {
	FADE_IN = 240,
	CHUNK = 240,	    /* what is made up at once */
	RECOVER_STEP = 120, /* Opus's own */
	DTX_MAX_BYTES = 2,
	AGREEING = 25 /* packets: half a second of 20 ms ones */
};

#define APART_MOST 1e-9	 /* energy of the difference over that of the sound */
#define QUIET	   1e-12 /* a sample's energy that is nothing */

int cabin_track_init(struct cabin_track *track)
{
	memset(track, 0, sizeof(*track));
	return cabin_decoder_create(&track->decoder);
}

void cabin_track_free(struct cabin_track *track)
{
	cabin_decoder_destroy(track->decoder);
	track->decoder = NULL;
}

void cabin_track_reset(struct cabin_track *track)
{
	cabin_decoder_reset(track->decoder);
	track->any = false;
	track->reset_decoded = track->decoded;
	track->made_up_count = track->silence_count = track->fading_count = track->sound_count = 0;
	track->gap_over = true;
}

bool cabin_track_is_pause(const struct cabin_packet *packet)
{
	return packet->payload_size <= DTX_MAX_BYTES;
}

static float fading_gain(uint32_t done)
{
	return done < CABIN_TRACK_FADE_SAMPLES ? 1 - (float)done / CABIN_TRACK_FADE_SAMPLES : 0;
}

/* Sound for `count` samples that no packet has. */
static void make_up(struct cabin_track *track, uint64_t count)
{
	float chunk[CHUNK];
	if (track->gap_over) {
		track->made_up_count = track->silence_count = 0;
		track->gap_over = false;
	}
	while (count > 0 && track->fading_count < CABIN_TRACK_FADE_SAMPLES &&
	       track->made_up_count < CABIN_TRACK_FADE_SAMPLES) {
		uint32_t now = count < CHUNK ? (uint32_t)count : CHUNK;
		if (track->made_up_count + now > CABIN_TRACK_FADE_SAMPLES)
			now = CABIN_TRACK_FADE_SAMPLES - track->made_up_count;
		if (cabin_decoder_conceal(track->decoder, chunk, CHUNK) != 0)
			memset(chunk, 0, sizeof(chunk));
		for (uint32_t i = 0; i < now; i++)
			track->made_up[track->made_up_count + i] = chunk[i] * fading_gain(track->fading_count + i);
		track->made_up_count += now;
		track->fading_count += now;
		count -= now;
	}
	uint64_t room = CABIN_TRACK_SILENCE_MAX - track->silence_count;
	track->silence_count += (uint32_t)(count < room ? count : room);
}

/* One packet's length, out of the packet that follows it. */
static bool recover(struct cabin_track *track, struct cabin_packet *packet, uint64_t missing)
{
	if (!track->gap_over || missing > CABIN_PACKET_MAX_SAMPLES || missing % RECOVER_STEP != 0 ||
	    cabin_decoder_recover(track->decoder, cabin_packet_payload(packet), packet->payload_size, track->made_up,
				  (uint32_t)missing) != 0)
		return false;
	track->made_up_count = (uint32_t)missing;
	track->silence_count = 0;
	track->gap_over = false;
	return true;
}

uint64_t cabin_track_packet(struct cabin_track *track, uint64_t sequence, uint64_t timestamp,
			    struct cabin_packet *packet)
{
	uint64_t lost = track->any && sequence > track->sequence ? sequence - track->sequence - 1 : 0;
	uint64_t missing = track->any && timestamp > track->timestamp_end ? timestamp - track->timestamp_end : 0;
	if (missing > 0 && !(lost > 0 && recover(track, packet, missing)))
		make_up(track, missing);
	if (missing == 0 && track->gap_over)
		track->made_up_count = track->silence_count = 0;
	if (cabin_decoder_decode(track->decoder, cabin_packet_payload(packet), packet->payload_size, track->sound,
				 CABIN_PACKET_MAX_SAMPLES, &track->sound_count) != 0) {
		track->sound_count = 0;
		make_up(track, packet->duration_samples);
	}
	float from = fading_gain(track->fading_count);
	for (uint32_t i = 0; from < 1 && i < FADE_IN && i < track->sound_count; i++)
		track->sound[i] *= from + (1 - from) * (float)i / FADE_IN;
	track->fading_count = 0;
	track->gap_over = true;
	track->any = true;
	track->decoded++;
	track->sequence = sequence;
	track->timestamp_end = timestamp + packet->duration_samples;
	return lost;
}

void cabin_track_pause(struct cabin_track *track, uint64_t sequence, uint64_t timestamp, uint32_t duration_samples)
{
	uint64_t end = timestamp + duration_samples;
	if (track->any && end > track->timestamp_end)
		make_up(track, end - track->timestamp_end);
	track->any = true;
	track->sequence = sequence;
	track->timestamp_end = end;
}

int cabin_listening_init(struct cabin_listening *listening)
{
	memset(listening, 0, sizeof(*listening));
	return cabin_track_init(&listening->own);
}

void cabin_listening_free(struct cabin_listening *listening)
{
	cabin_track_free(&listening->own);
}

void cabin_track_give_gap(const struct cabin_track *track, uint32_t *made_up_taken, uint32_t *silence_taken,
			  cabin_listening_give *give, void *context)
{
	if (track->made_up_count > *made_up_taken)
		give(context, track->made_up + *made_up_taken, track->made_up_count - *made_up_taken);
	if (track->silence_count > *silence_taken)
		give(context, NULL, track->silence_count - *silence_taken);
	*made_up_taken = track->made_up_count;
	*silence_taken = track->silence_count;
}

/* The two decoders' sound of one packet is the same. */
static bool agree(const struct cabin_track *a, const struct cabin_track *b)
{
	double apart = 0, energy = 0;
	if (a->sound_count != b->sound_count)
		return false;
	for (uint32_t i = 0; i < a->sound_count; i++) {
		double difference = (double)a->sound[i] - (double)b->sound[i];
		apart += difference * difference;
		energy += (double)b->sound[i] * (double)b->sound[i];
	}
	return apart <= energy * APART_MOST + QUIET * a->sound_count;
}

/* The channel decodes for itself from here on; `begins`: an epoch, before which nothing is
 * missing. */
static void part(struct cabin_listening *listening, bool begins)
{
	cabin_track_reset(&listening->own);
	listening->own.any = !begins;
	listening->own.sequence = listening->sequence;
	listening->own.timestamp_end = listening->timestamp_end;
	listening->shares = false;
	listening->agreed = 0;
	listening->made_up_taken = listening->silence_taken = 0;
}

/* A packet that the channel's own decoder decodes; `follows`: its source's newest, and the
 * source has decoded nothing between the channel's packet before and this one. */
static void decode_own(struct cabin_listening *listening, const struct cabin_track *source, bool follows,
		       struct cabin_packet *packet, cabin_listening_give *give, void *context)
{
	cabin_track_packet(&listening->own, packet->sequence, packet->timestamp, packet);
	cabin_track_give_gap(&listening->own, &listening->made_up_taken, &listening->silence_taken, give, context);
	give(context, listening->own.sound, listening->own.sound_count);
	listening->agreed = follows && agree(&listening->own, source) ? listening->agreed + 1 : 0;
	listening->shares = listening->agreed >= AGREEING;
}

uint64_t cabin_listening_packet(struct cabin_listening *listening, const struct cabin_track *source,
				struct cabin_packet *packet, cabin_listening_give *give, void *context)
{
	bool begins = !listening->any || listening->epoch != packet->epoch, pause = cabin_track_is_pause(packet);
	bool newest = source->decoded > 0 && source->sequence == packet->source_sequence;
	bool follows = newest && source->decoded == listening->source_decoded + !pause;
	uint64_t lost = begins ? 0 : packet->sequence - listening->sequence - 1;
	if (begins || (listening->shares && !follows))
		part(listening, begins);
	if (begins && listening->any && packet->timestamp > listening->timestamp_end)
		give(context, NULL,
		     (uint32_t)fmin((double)(packet->timestamp - listening->timestamp_end), CABIN_TRACK_SILENCE_MAX));
	if (begins && newest && source->decoded == source->reset_decoded + 1 && !pause)
		listening->shares = true; /* both have had this packet alone */
	if (listening->shares) {
		if (!begins)
			cabin_track_give_gap(source, &listening->made_up_taken, &listening->silence_taken, give,
					     context);
		if (!pause)
			give(context, source->sound, source->sound_count);
	} else if (pause) {
		cabin_track_pause(&listening->own, packet->sequence, packet->timestamp, packet->duration_samples);
		cabin_track_give_gap(&listening->own, &listening->made_up_taken, &listening->silence_taken, give,
				     context);
	} else {
		decode_own(listening, source, follows && !begins, packet, give, context);
	}
	if (!pause)
		listening->made_up_taken = listening->silence_taken = 0;
	if (newest)
		listening->source_decoded = source->decoded;
	listening->any = true;
	listening->epoch = packet->epoch;
	listening->sequence = packet->sequence;
	listening->timestamp_end = packet->timestamp + packet->duration_samples;
	return lost;
}
