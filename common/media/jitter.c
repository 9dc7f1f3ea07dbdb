#include "media/jitter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "media/jitter_private.h"
#include "wire/rtp.h"

enum {
	MS = CABIN_JITTER_MS,
	SOURCES = CABIN_JITTER_SOURCES,
	MARKER_FADE_MS = 40,
	JUMP_SEQUENCE = 3000, /* further is no loss but another time line */
	CLOCK_BUCKET = CABIN_RATE_HZ,
	CLOCK_STEP = 100 * MS, /* the device stood still for longer than callbacks are late */
};

static int64_t samples_of(uint64_t ns)
{
	return (int64_t)(ns * 6 / 125000);
}

int cabin_jitter_create(struct cabin_jitter **out)
{
	*out = NULL;
	struct cabin_jitter *jitter = calloc(1, sizeof(*jitter));
	if (!jitter)
		return CABIN_ENOMEM;
	int error = cabin_jitter_voice_init(&jitter->voices[0], &jitter->loudness);
	if (!error)
		error = cabin_jitter_voice_init(&jitter->voices[1], &jitter->loudness);
	if (error) {
		cabin_jitter_destroy(jitter);
		return error;
	}
	cabin_arrivals_init(&jitter->arrivals);
	cabin_packet_store_clear(&jitter->store);
	cabin_loudness_init(&jitter->loudness);
	jitter->voice = &jitter->voices[0];
	jitter->other = &jitter->voices[1];
	jitter->gain = 1;
	jitter->timeline_empty = true;
	jitter->clock_now = jitter->clock_before = INT64_MAX;
	jitter->resolved_gap = jitter->underrun_after = -1;
	*out = jitter;
	return 0;
}

void cabin_jitter_destroy(struct cabin_jitter *jitter)
{
	if (!jitter)
		return;
	cabin_jitter_voice_free(&jitter->voices[0]);
	cabin_jitter_voice_free(&jitter->voices[1]);
	free(jitter);
}

/* --- epochs ------------------------------------------------------------------------- */

static bool is_used(struct cabin_jitter *jitter, const struct cabin_jitter_source *source)
{
	if (source == jitter->source || source == jitter->voice->source || source == jitter->other->source)
		return true;
	for (int64_t sequence = jitter->store.next; sequence < jitter->store.end; sequence++) {
		const struct cabin_stored_packet *packet = cabin_packet_store_get(&jitter->store, sequence);
		if (packet && packet->source == source)
			return true;
	}
	return false;
}

/* More epochs than there is room for are in the store: it is dropped, and three are in use at most. */
static struct cabin_jitter_source *free_source(struct cabin_jitter *jitter)
{
	for (;;) {
		for (int i = 0; i < SOURCES; i++) {
			if (!is_used(jitter, &jitter->sources[i]))
				return &jitter->sources[i];
		}
		cabin_packet_store_clear(&jitter->store);
	}
}

static void begin(struct cabin_jitter *jitter, struct cabin_jitter_source source, bool fresh)
{
	if (fresh) {
		jitter->timeline++;
		jitter->timeline_empty = true;
		cabin_packet_store_clear(&jitter->store);
	}
	struct cabin_jitter_source *to = free_source(jitter);
	source.timeline = jitter->timeline;
	source.base = CABIN_ARRIVALS_NO_BASE;
	source.first_sequence = -1;
	*to = source;
	jitter->source = to;
	cabin_arrivals_new_timeline(&jitter->arrivals);
}

static float linear(float gain_db)
{
	return isfinite(gain_db) ? powf(10, gain_db / 20) : 1;
}

void cabin_jitter_begin(struct cabin_jitter *jitter, const struct cabin_jitter_epoch *epoch)
{
	bool fresh = epoch->fresh || !jitter->source;
	if (!fresh && epoch->number == jitter->source->number) {
		cabin_jitter_set_gain(jitter, epoch->gain_db);
		return;
	}
	struct cabin_jitter_source source = {
	    .number = epoch->number, .gain = linear(epoch->gain_db), .fade_samples = epoch->fade_ms * MS};
	begin(jitter, source, fresh);
	jitter->source_told = true;
}

void cabin_jitter_set_gain(struct cabin_jitter *jitter, float gain_db)
{
	if (jitter->source)
		jitter->source->gain = linear(gain_db);
}

void cabin_jitter_stop(struct cabin_jitter *jitter)
{
	jitter->source = NULL;
	cabin_packet_store_clear(&jitter->store);
}

/* --- packets in --------------------------------------------------------------------- */

static void keep(struct cabin_jitter *jitter, const struct cabin_jitter_packet *packet, int64_t sequence,
		 int64_t timestamp)
{
	struct cabin_stored_packet *slot = cabin_packet_store_put(&jitter->store, sequence);
	if (!slot) {
		if (cabin_packet_store_get(&jitter->store, sequence))
			jitter->duplicate_packets++;
		else
			jitter->late_packets++;
		return;
	}
	slot->timestamp = timestamp;
	slot->duration_samples = packet->duration_samples;
	slot->source = jitter->source;
	slot->size_bytes = packet->payload_size;
	memcpy(slot->bytes, packet->payload, packet->payload_size);
	if (jitter->timeline_empty || sequence > (int64_t)jitter->newest_sequence) {
		jitter->newest_sequence = (uint64_t)sequence;
		jitter->newest_timestamp = (uint64_t)timestamp;
		jitter->newest_end = timestamp + packet->duration_samples;
	}
	jitter->timeline_empty = false;
	jitter->source_told = false;
	if (jitter->source->first_sequence < 0)
		jitter->source->first_sequence = sequence;
	cabin_arrivals_add(&jitter->arrivals, samples_of(packet->arrival_ns), timestamp);
	jitter->source->base = cabin_arrivals_base(&jitter->arrivals);
}

/* A marker that no begin() told: the epoch is as the one before. */
static void begin_by_marker(struct cabin_jitter *jitter, int64_t sequence)
{
	struct cabin_jitter_source source = *jitter->source;
	if (jitter->source_told || sequence == source.first_sequence || jitter->timeline_empty)
		return;
	if (sequence <= (int64_t)jitter->newest_sequence)
		return;
	source.number++;
	source.fade_samples = MARKER_FADE_MS * MS;
	begin(jitter, source, false);
}

int cabin_jitter_push(struct cabin_jitter *jitter, const struct cabin_jitter_packet *packet)
{
	if (packet->payload_size == 0 || packet->payload_size > CABIN_OPUS_PAYLOAD_MAX_BYTES ||
	    packet->duration_samples == 0 || packet->duration_samples > CABIN_PACKET_MAX_SAMPLES) {
		jitter->bad_packets++;
		return CABIN_EFORMAT;
	}
	if (!jitter->source)
		return CABIN_EEMPTY;
	if (!jitter->timeline_empty) {
		uint64_t newest = jitter->newest_sequence;
		int64_t distance = (int64_t)(cabin_rtp_extend16(newest, packet->sequence) - newest);
		if (distance > JUMP_SEQUENCE || distance < -JUMP_SEQUENCE)
			begin(jitter, *jitter->source, true);
	}
	if (jitter->timeline_empty) {
		/* One turn up, so that nothing of before the first packet is below zero. */
		jitter->newest_sequence = packet->sequence + (UINT64_C(1) << 16);
		jitter->newest_timestamp = packet->timestamp + (UINT64_C(1) << 32);
	}
	int64_t sequence = (int64_t)cabin_rtp_extend16(jitter->newest_sequence, packet->sequence);
	int64_t timestamp = (int64_t)cabin_rtp_extend32(jitter->newest_timestamp, packet->timestamp);
	if (packet->marker)
		begin_by_marker(jitter, sequence);
	keep(jitter, packet, sequence, timestamp);
	return 0;
}

/* --- the device's clock ------------------------------------------------------------- */

/* When the next frame is asked for, on the clock of the arrivals. A callback can be late, never
 * early: the earliest of the last one to two seconds tells. */
static int64_t device_now(struct cabin_jitter *jitter, uint64_t now_ns, uint32_t frame_count)
{
	int64_t distance = samples_of(now_ns) - jitter->frames;
	int64_t least = cabin_jitter_smaller(jitter->clock_now, jitter->clock_before);
	if (least == INT64_MAX || distance > least + CLOCK_STEP) {
		jitter->clock_now = jitter->clock_before = distance;
		jitter->clock_bucket_end = jitter->frames + CLOCK_BUCKET;
	} else if (jitter->frames >= jitter->clock_bucket_end) {
		jitter->clock_before = jitter->clock_now;
		jitter->clock_now = distance;
		jitter->block_before = jitter->block_now;
		jitter->block_now = frame_count;
		jitter->clock_bucket_end = jitter->frames + CLOCK_BUCKET;
	}
	jitter->clock_now = cabin_jitter_smaller(jitter->clock_now, distance);
	jitter->block_now = cabin_jitter_larger(jitter->block_now, frame_count);
	return jitter->frames + cabin_jitter_smaller(jitter->clock_now, jitter->clock_before);
}

static int64_t last_device_now(const struct cabin_jitter *jitter)
{
	int64_t least = cabin_jitter_smaller(jitter->clock_now, jitter->clock_before);
	return least == INT64_MAX ? 0 : jitter->frames + least;
}

void cabin_jitter_pull(struct cabin_jitter *jitter, float *out, uint32_t frame_count, uint64_t now_ns)
{
	int64_t now = device_now(jitter, now_ns, frame_count);
	memset(out, 0, frame_count * sizeof(*out));
	cabin_jitter_play(jitter, out, frame_count, now);
	jitter->frames += frame_count;
}

/* --- figures ------------------------------------------------------------------------ */

static bool is_started(const struct cabin_jitter *jitter)
{
	return jitter->voice_on && jitter->source && jitter->voice->source->timeline == jitter->timeline;
}

bool cabin_jitter_position(const struct cabin_jitter *jitter, uint32_t *timestamp, uint32_t *epoch_number)
{
	if (!jitter->voice_on || jitter->voice->concealed_run > 0)
		return false;
	*timestamp = (uint32_t)cabin_jitter_voice_position(jitter->voice);
	*epoch_number = jitter->voice->source->number;
	return true;
}

static float ms_of(int64_t samples)
{
	return (float)samples / MS;
}

struct cabin_jitter_figures cabin_jitter_figures(struct cabin_jitter *jitter)
{
	bool started = is_started(jitter);
	int64_t buffer = jitter->newest_end - cabin_jitter_voice_position(jitter->voice);
	struct cabin_jitter_figures figures = {
	    .delay_ms = started ? ms_of(cabin_jitter_play_delay(jitter, last_device_now(jitter))) : 0,
	    .buffer_ms = started ? ms_of(cabin_jitter_larger(0, buffer)) : 0,
	    .target_ms = ms_of(cabin_jitter_target(jitter)),
	    .late_ms = ms_of(jitter->arrivals.late_max),
	    .concealed_ms = (double)jitter->concealed_samples / MS,
	    .underruns = jitter->underruns,
	    .skips = jitter->skips,
	    .removals = jitter->removals,
	    .insertions = jitter->insertions,
	    .late_packets = jitter->late_packets,
	    .duplicate_packets = jitter->duplicate_packets,
	    .lost_packets = jitter->lost_packets,
	    .bad_packets = jitter->bad_packets,
	    .started = started,
	    .stalled = jitter->voice_on && jitter->voice->concealed_run > CABIN_JITTER_PAUSE_LONGEST,
	};
	jitter->arrivals.late_max = 0;
	return figures;
}
