#include "media/jitter_voice.h"

#include <string.h>

enum {
	FADE_OUT = 2880,
	FADE_IN = 240,
	/* SILK makes nothing shorter than 10 ms up; CELT does, and so holds the clock more finely. */
	CHUNK_SILK = 480,
	CHUNK_CELT = 240,
	FIRST_CELT_TOC = 0x80,
	RECOVER_STEP = 120,
};

int cabin_jitter_voice_init(struct cabin_jitter_voice *voice, struct cabin_loudness *loudness)
{
	memset(voice, 0, sizeof(*voice));
	voice->loudness = loudness;
	voice->chunk = CHUNK_SILK;
	cabin_pcm_queue_clear(&voice->queue);
	return cabin_decoder_create(&voice->decoder);
}

void cabin_jitter_voice_free(struct cabin_jitter_voice *voice)
{
	cabin_decoder_destroy(voice->decoder);
}

void cabin_jitter_voice_start(struct cabin_jitter_voice *voice, struct cabin_jitter_source *source, int64_t timestamp)
{
	cabin_decoder_reset(voice->decoder);
	cabin_pcm_queue_clear(&voice->queue);
	voice->source = source;
	voice->end = timestamp;
	voice->concealed_run = 0;
	voice->held_run = 0;
}

static float conceal_gain(const struct cabin_jitter_voice *voice)
{
	float gain = 1 - (float)voice->concealed_run / FADE_OUT;
	return gain > 0 ? gain : 0;
}

bool cabin_jitter_voice_decode(struct cabin_jitter_voice *voice, const struct cabin_stored_packet *packet)
{
	uint32_t count = 0;
	int error = cabin_decoder_decode(voice->decoder, packet->bytes, packet->size_bytes, voice->decoded,
					 CABIN_PACKET_MAX_SAMPLES, &count);
	voice->last_sequence = packet->sequence;
	voice->end = packet->timestamp;
	if (error || count == 0) {
		for (int64_t rest = packet->duration_samples; rest > 0;)
			rest -= cabin_jitter_voice_conceal(voice, rest, true);
		return false;
	}
	cabin_loudness_add(voice->loudness, voice->decoded, count);
	cabin_pcm_queue_append(&voice->queue, voice->decoded, count, conceal_gain(voice), 1, FADE_IN);
	voice->chunk = packet->bytes[0] >= FIRST_CELT_TOC ? CHUNK_CELT : CHUNK_SILK;
	voice->end += count;
	voice->concealed_run = 0;
	voice->held_run = 0;
	return true;
}

uint32_t cabin_jitter_voice_conceal(struct cabin_jitter_voice *voice, int64_t most, bool advancing)
{
	uint32_t count = most < voice->chunk ? (uint32_t)most : voice->chunk;
	float from = conceal_gain(voice);
	voice->concealed_run += count;
	bool silent = from <= 0 || cabin_decoder_conceal(voice->decoder, voice->decoded, voice->chunk) != 0;
	cabin_pcm_queue_append(&voice->queue, silent ? NULL : voice->decoded, count, from, conceal_gain(voice), count);
	if (advancing)
		voice->end += count;
	else
		voice->held_run += count;
	return count;
}

bool cabin_jitter_voice_recover(struct cabin_jitter_voice *voice, const struct cabin_stored_packet *next,
				int64_t sample_count)
{
	if (voice->concealed_run > 0 || sample_count > CABIN_PACKET_MAX_SAMPLES || sample_count % RECOVER_STEP != 0)
		return false;
	uint32_t count = (uint32_t)sample_count;
	if (cabin_decoder_recover(voice->decoder, next->bytes, next->size_bytes, voice->decoded, count))
		return false;
	cabin_pcm_queue_append(&voice->queue, voice->decoded, count, 1, 1, 0);
	voice->end += count;
	return true;
}
