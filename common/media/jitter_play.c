/* The half of the jitter buffer that makes sound: what is given out next, and how its delay is
 * brought to the target. */
#include <math.h>

#include "media/jitter_private.h"

enum {
	MS = CABIN_JITTER_MS,
	QUANTUM = CABIN_JITTER_QUANTUM,
	/* Off the target by this much: cut or repeat what there is. */
	OFF_MUCH = 8 * MS,
	/* Off by this much: in pauses of the speaker only, where it costs nothing. Nearer is there. */
	OFF_LITTLE = 3 * MS,
	SKIP_ABOVE = 250 * MS,
	/* Operations are this far apart, so that speech stays speech; closer when there is much to do. */
	OPERATION_DISTANCE = 100 * MS,
	OPERATION_DISTANCE_URGENT = 40 * MS,
	URGENT_ABOVE = 60 * MS,
	RETRY_DISTANCE = 10 * MS, /* with nothing found to cut */
	PAUSE_LONGEST = CABIN_JITTER_PAUSE_LONGEST,
	SKIP_FADE = 20 * MS,
	FADE_LEAST = 5 * MS / 2,
	FRESH_FADE = 40 * MS,
	PRIME_COUNT = 2, /* packets decoded unheard before a decoder's first sound, so that it is in step */
};
#define GAIN_STEP_MS 0.0075f /* what a gain moves in a millisecond at most, however the sound is cut into pieces */
#define HALF_TURN    1.57079632679489662f

int64_t cabin_jitter_target(const struct cabin_jitter *jitter)
{
	int64_t block = cabin_jitter_larger(jitter->block_now, jitter->block_before);
	return jitter->arrivals.target + cabin_jitter_larger(0, block - QUANTUM);
}

int64_t cabin_jitter_play_delay(const struct cabin_jitter *jitter, int64_t now)
{
	const struct cabin_jitter_source *source = jitter->voice->source;
	if (!source || source->base == CABIN_ARRIVALS_NO_BASE)
		return 0;
	return now - cabin_jitter_voice_position(jitter->voice) - source->base;
}

static void take(struct cabin_jitter *jitter, const struct cabin_stored_packet *packet)
{
	if (!cabin_jitter_voice_decode(jitter->voice, packet)) {
		jitter->concealed_samples += packet->duration_samples;
		jitter->bad_packets++;
	}
	cabin_packet_store_take(&jitter->store, packet->sequence);
}

static void change(struct cabin_jitter *jitter, struct cabin_jitter_source *source, int64_t timestamp,
		   int64_t fade_samples)
{
	struct cabin_jitter_voice *leaving = jitter->voice;
	jitter->voice = jitter->other;
	jitter->other = leaving;
	jitter->other_gain = jitter->voice_on ? jitter->gain : 0;
	cabin_jitter_voice_start(jitter->voice, source, timestamp);
	jitter->gain = source->gain;
	jitter->fade_samples = jitter->voice_on ? cabin_jitter_larger(fade_samples, FADE_LEAST) : FADE_LEAST;
	jitter->fade_done = 0;
	jitter->voice_on = true;
	jitter->resolved_gap = -1;
}

/* Decodes what is stored, unheard, until the voice is at `position` or nothing is left. */
static void play_from(struct cabin_jitter *jitter, int64_t position)
{
	struct cabin_jitter_voice *voice = jitter->voice;
	struct cabin_stored_packet *next = cabin_packet_store_first(&jitter->store);
	for (; next; next = cabin_packet_store_first(&jitter->store)) {
		if (next->source != voice->source || voice->end > position)
			break;
		take(jitter, next);
		if (voice->end <= position)
			cabin_pcm_queue_drop(&voice->queue, UINT32_MAX);
	}
	int64_t rest = cabin_jitter_larger(0, position - cabin_jitter_voice_position(voice));
	cabin_pcm_queue_drop(&voice->queue, (uint32_t)cabin_jitter_smaller(rest, UINT32_MAX));
	jitter->correcting = false;
}

/* Another time line starts as soon as its first sound is as late as the target says. */
static bool start_fresh(struct cabin_jitter *jitter, int64_t now)
{
	struct cabin_stored_packet *first = cabin_packet_store_first(&jitter->store);
	if (!first)
		return false;
	struct cabin_jitter_source *source = first->source;
	if (jitter->voice_on && source->timeline == jitter->voice->source->timeline)
		return false;
	int64_t position = now - source->base - cabin_jitter_target(jitter);
	if (position < first->timestamp)
		return false;
	change(jitter, source, first->timestamp, jitter->voice_on ? FRESH_FADE : FADE_LEAST);
	play_from(jitter, position);
	return true;
}

/* What was made up while the clock was held was an underrun, no pause of the source. */
static void settle_hold(struct cabin_jitter *jitter)
{
	struct cabin_jitter_voice *voice = jitter->voice;
	if (voice->held_run == 0)
		return;
	if (jitter->underrun_after != voice->last_sequence)
		jitter->underruns++;
	jitter->underrun_after = voice->last_sequence;
	jitter->concealed_samples += (uint64_t)voice->held_run;
	voice->held_run = 0;
}

/* Nothing has come: hold the media's clock. */
static void hold(struct cabin_jitter *jitter)
{
	struct cabin_jitter_voice *voice = jitter->voice;
	cabin_jitter_voice_conceal(voice, CABIN_PCM_PERIOD_MAX, false);
	if (jitter->source && voice->source == jitter->source && voice->held_run > PAUSE_LONGEST)
		settle_hold(jitter);
}

/* Between the voice's end and the next packet is a pause of the source, a loss, or an epoch's
 * boundary. What is too late of it is left out, the rest is made up. True when the queue has
 * something again. */
static bool fill_gap(struct cabin_jitter *jitter, const struct cabin_stored_packet *next, int64_t gap, int64_t now)
{
	struct cabin_jitter_voice *voice = jitter->voice;
	bool loss = next->sequence != voice->last_sequence + 1;
	if (jitter->resolved_gap != next->sequence) {
		int64_t excess = cabin_jitter_play_delay(jitter, now) - cabin_jitter_target(jitter);
		/* A little is left to the control: whole packets can be recovered from the next one. */
		int64_t skipped = excess > OFF_MUCH ? cabin_jitter_smaller(gap, excess) : 0;
		voice->end += skipped;
		if (loss) {
			jitter->lost_packets += (uint32_t)(next->sequence - voice->last_sequence - 1);
			settle_hold(jitter);
		}
		voice->held_run = 0;
		jitter->resolved_gap = next->sequence;
		if (skipped == gap)
			return false;
		gap -= skipped;
	}
	if (loss && next->source == voice->source && cabin_jitter_voice_recover(voice, next, gap)) {
		jitter->concealed_samples += (uint64_t)gap;
		return true;
	}
	uint32_t count = cabin_jitter_voice_conceal(voice, gap, true);
	if (loss)
		jitter->concealed_samples += count;
	return true;
}

/* The voice's queue is empty: decode the next packet, or make something up. */
static void refill(struct cabin_jitter *jitter, int64_t now)
{
	struct cabin_stored_packet *next = cabin_packet_store_first(&jitter->store);
	if (!next || next->source->timeline != jitter->voice->source->timeline) {
		hold(jitter);
		return;
	}
	int64_t gap = next->timestamp - jitter->voice->end;
	if (gap > 0 && fill_gap(jitter, next, gap, now))
		return;
	if (gap <= 0)
		settle_hold(jitter);
	if (next->source != jitter->voice->source) {
		change(jitter, next->source, next->timestamp, next->source->fade_samples);
		jitter->correcting = false;
	}
	take(jitter, next);
}

/* Sees that the voice has something to give out. Tells how many samples, at most `most`. */
static uint32_t prepare(struct cabin_jitter *jitter, uint32_t most, int64_t now)
{
	for (;;) {
		if (start_fresh(jitter, now))
			continue;
		if (!jitter->voice_on)
			return most;
		uint32_t available = cabin_pcm_queue_available(&jitter->voice->queue);
		if (available > 0)
			return available < most ? available : most;
		refill(jitter, now);
	}
}

/* The part of 1 that a sound rising (or falling) in a cross-fade of equal power has. */
static float rising(float part)
{
	return sinf(HALF_TURN * part);
}

static void mix(struct cabin_jitter *jitter, float *out, uint32_t count)
{
	struct cabin_jitter_voice *voice = jitter->voice, *other = jitter->other;
	float most = GAIN_STEP_MS * (float)count / MS;
	float step = fmaxf(-most, fminf(most, voice->source->gain - jitter->gain));
	float gain = jitter->gain, gain_to = gain + step;
	jitter->gain = gain_to;
	if (jitter->fade_done >= jitter->fade_samples) {
		cabin_pcm_queue_mix(&voice->queue, out, count, gain, gain_to);
		return;
	}
	float from = (float)jitter->fade_done / (float)jitter->fade_samples;
	float to = fminf(1, (float)(jitter->fade_done + count) / (float)jitter->fade_samples);
	cabin_pcm_queue_mix(&voice->queue, out, count, gain * rising(from), gain_to * rising(to));
	while (cabin_pcm_queue_available(&other->queue) < count)
		cabin_jitter_voice_conceal(other, count - cabin_pcm_queue_available(&other->queue), false);
	cabin_pcm_queue_mix(&other->queue, out, count, jitter->other_gain * rising(1 - from),
			    jitter->other_gain * rising(1 - to));
	jitter->fade_done += count;
}

/* --- control ------------------------------------------------------------------------ */

/* Decodes packets that follow without a gap until the queue holds `count` samples. */
static void decode_ahead(struct cabin_jitter *jitter, int64_t count)
{
	struct cabin_jitter_voice *voice = jitter->voice;
	while (cabin_pcm_queue_available(&voice->queue) < count) {
		const struct cabin_stored_packet *next = cabin_packet_store_first(&jitter->store);
		if (!next || next->source != voice->source || next->timestamp != voice->end)
			return;
		take(jitter, next);
	}
}

static bool shrink(struct cabin_jitter *jitter, int64_t excess)
{
	struct cabin_pcm_queue *queue = &jitter->voice->queue;
	decode_ahead(jitter, 2 * cabin_jitter_smaller(CABIN_PCM_PERIOD_MAX, excess));
	uint32_t period = cabin_time_stretch_removable(&jitter->loudness, queue, excess, !jitter->correcting);
	if (period == 0)
		return false;
	cabin_pcm_queue_remove(queue, period);
	jitter->removals++;
	return true;
}

static bool lengthen(struct cabin_jitter *jitter, int64_t lack)
{
	struct cabin_pcm_queue *queue = &jitter->voice->queue;
	decode_ahead(jitter, cabin_jitter_smaller(CABIN_PCM_PERIOD_MAX, lack));
	uint32_t period = cabin_time_stretch_insertable(&jitter->loudness, queue, lack, !jitter->correcting);
	if (period == 0)
		return false;
	cabin_pcm_queue_insert(queue, period);
	jitter->insertions++;
	return true;
}

/* Jumps to where the target says, if that is here already. */
static bool skip_to_live(struct cabin_jitter *jitter, int64_t now)
{
	struct cabin_jitter_source *source = jitter->voice->source;
	int64_t position = now - source->base - cabin_jitter_target(jitter);
	const struct cabin_stored_packet *first = cabin_packet_store_last(&jitter->store);
	if (!first || first->source != source || first->timestamp + first->duration_samples <= position)
		return false;
	for (;;) {
		const struct cabin_stored_packet *packet = cabin_packet_store_get(&jitter->store, first->sequence - 1);
		if (!packet || packet->source != source ||
		    packet->timestamp + PRIME_COUNT * packet->duration_samples <= position)
			break;
		first = packet;
	}
	cabin_packet_store_take(&jitter->store, first->sequence - 1);
	change(jitter, source, first->timestamp, SKIP_FADE);
	play_from(jitter, position);
	jitter->skips++;
	return true;
}

/* Brings the play delay nearer to the target. */
static void control(struct cabin_jitter *jitter, int64_t now)
{
	if (!jitter->voice_on || jitter->voice->source != jitter->source || jitter->voice->concealed_run > 0)
		return;
	int64_t excess = cabin_jitter_play_delay(jitter, now) - cabin_jitter_target(jitter);
	if (excess > SKIP_ABOVE && skip_to_live(jitter, now))
		return;
	int64_t off = excess < 0 ? -excess : excess;
	if (off < OFF_LITTLE)
		jitter->correcting = false;
	if (now < jitter->next_operation || off < OFF_LITTLE || jitter->arrivals.outage)
		return;
	jitter->correcting = jitter->correcting || off > OFF_MUCH;
	bool done = excess > 0 ? shrink(jitter, excess) : lengthen(jitter, -excess);
	int64_t distance = off > URGENT_ABOVE ? OPERATION_DISTANCE_URGENT : OPERATION_DISTANCE;
	jitter->next_operation = now + (done ? distance : RETRY_DISTANCE);
}

void cabin_jitter_play(struct cabin_jitter *jitter, float *out, uint32_t frame_count, int64_t now)
{
	for (uint32_t done = 0; done < frame_count;) {
		uint32_t quantum_end = done + (uint32_t)cabin_jitter_smaller(QUANTUM, frame_count - done);
		control(jitter, now + done);
		while (done < quantum_end) {
			uint32_t count = prepare(jitter, quantum_end - done, now + done);
			if (jitter->voice_on)
				mix(jitter, out + done, count);
			done += count;
		}
	}
}
