#include "monitor/meter.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "base/inbox.h"
#include "base/limits.h"
#include "base/log.h"
#include "media/decoder.h"
#include "monitor/r128.h"

enum {
	CONCEAL_MAX_SAMPLES = CABIN_RATE_HZ / 10, /* a hole that is longer is a pause */
	DECODED_MAX_SAMPLES = 5760
};

static const struct timespec ROUND = {.tv_nsec = 20 * 1000 * 1000};

struct metered {
	uint64_t taken_sequence; /* hub thread: newest that went into the inbox */
	bool taken_any;
	/* Meter thread. */
	struct cabin_decoder *decoder; /* NULL: made with the first packet */
	struct cabin_r128 *loudness;
	uint64_t next_timestamp;
	bool failed;
	/* Written by the meter thread, read by any: relaxed. */
	_Atomic double speech_lufs, short_term_lufs;
};

struct cabin_meter {
	struct metered *sources;
	uint32_t source_count;
	struct cabin_inbox *inbox;
	pthread_t thread;
	bool started;
	atomic_bool stopping;
};

static void no_wake(void *context)
{
	/* The thread looks by itself each ROUND: what it tells is seconds long. */
}

/* False: there is no memory for this source, told once. */
static bool prepare(struct metered *source, uint16_t source_index)
{
	if (source->decoder)
		return true;
	if (!source->failed &&
	    (cabin_decoder_create(&source->decoder) != 0 || cabin_r128_create(&source->loudness) != 0)) {
		cabin_decoder_destroy(source->decoder);
		source->decoder = NULL;
		source->failed = true;
		cabin_log(CABIN_LOG_WARN, "monitor", "meter-failed", "source_index=%u error=ENOMEM", source_index);
	}
	return source->decoder;
}

int cabin_meter_create(struct cabin_meter **out, uint32_t source_count, uint32_t ready_count)
{
	*out = NULL;
	struct cabin_meter *meter = calloc(1, sizeof(*meter));
	if (!meter)
		return CABIN_ENOMEM;
	const struct cabin_inbox_config inbox = {
	    .slot_count = CABIN_METER_SLOTS, .message_size = sizeof(struct cabin_packet *), .wake = no_wake};
	meter->source_count = source_count;
	meter->sources = calloc(source_count, sizeof(meter->sources[0]));
	int result = meter->sources ? cabin_inbox_create(&meter->inbox, &inbox) : CABIN_ENOMEM;
	for (uint32_t i = 0; result == 0 && i < ready_count; i++)
		result = prepare(&meter->sources[i], (uint16_t)i) ? 0 : CABIN_ENOMEM;
	if (result != 0) {
		cabin_meter_destroy(meter);
		return result;
	}
	for (uint32_t i = 0; i < source_count; i++) {
		atomic_init(&meter->sources[i].speech_lufs, NAN);
		atomic_init(&meter->sources[i].short_term_lufs, -HUGE_VAL);
	}
	*out = meter;
	return 0;
}

static void publish(void *context, struct cabin_packet *packet)
{
	struct cabin_meter *meter = context;
	if (packet->kind != CABIN_PACKET_MEDIA || packet->source_index >= meter->source_count)
		return;
	struct metered *source = &meter->sources[packet->source_index];
	if (source->taken_any && source->taken_sequence == packet->source_sequence)
		return; /* another channel carries it too */
	source->taken_any = true;
	source->taken_sequence = packet->source_sequence;
	cabin_packet_retain(packet);
	if (cabin_inbox_push(meter->inbox, &packet, true))
		cabin_packet_release(packet); /* counted by the inbox */
}

struct cabin_sink cabin_meter_sink(struct cabin_meter *meter)
{
	return (struct cabin_sink){.publish = publish, .context = meter};
}

static void add(struct metered *source, const float *samples, uint32_t count)
{
	if (cabin_r128_add(source->loudness, samples, count) != 0)
		return;
	struct cabin_r128_figures figures;
	cabin_r128_figures(source->loudness, &figures);
	atomic_store_explicit(&source->speech_lufs, figures.speech_lufs, memory_order_relaxed);
	atomic_store_explicit(&source->short_term_lufs, figures.short_term_lufs, memory_order_relaxed);
}

/* A short hole is filled as a listener's decoder does; after a pause it begins anew. */
static void bridge(struct metered *source, const struct cabin_packet *packet, float *samples)
{
	uint64_t missing = packet->source_timestamp - source->next_timestamp;
	if (source->next_timestamp == 0 || missing == 0)
		return;
	if (missing > CONCEAL_MAX_SAMPLES || missing % CABIN_PACKET_MIN_SAMPLES != 0)
		cabin_decoder_reset(source->decoder);
	else if (cabin_decoder_conceal(source->decoder, samples, (uint32_t)missing) == 0)
		add(source, samples, (uint32_t)missing);
}

static void measure(struct cabin_meter *meter, struct cabin_packet *packet)
{
	struct metered *source = &meter->sources[packet->source_index];
	float samples[DECODED_MAX_SAMPLES];
	uint32_t count = 0;
	if (!prepare(source, packet->source_index))
		return;
	bridge(source, packet, samples);
	source->next_timestamp = packet->source_timestamp + packet->duration_samples;
	if (cabin_decoder_decode(source->decoder, cabin_packet_payload(packet), packet->payload_size, samples,
				 DECODED_MAX_SAMPLES, &count) == 0)
		add(source, samples, count);
}

static void *run(void *context)
{
	struct cabin_meter *meter = context;
	struct cabin_packet *packet;
	pthread_setname_np(pthread_self(), "cabin-meter");
	/* Acquire, partner: the release in cabin_meter_stop. */
	while (!atomic_load_explicit(&meter->stopping, memory_order_acquire)) {
		while (cabin_inbox_pop(meter->inbox, &packet) == 0) {
			measure(meter, packet);
			cabin_packet_release(packet);
		}
		nanosleep(&ROUND, NULL);
	}
	return NULL;
}

int cabin_meter_start(struct cabin_meter *meter)
{
	if (pthread_create(&meter->thread, NULL, run, meter) != 0)
		return CABIN_EIO;
	meter->started = true;
	return 0;
}

void cabin_meter_stop(struct cabin_meter *meter)
{
	if (!meter || !meter->started)
		return;
	atomic_store_explicit(&meter->stopping, true, memory_order_release);
	pthread_join(meter->thread, NULL);
	meter->started = false;
}

void cabin_meter_destroy(struct cabin_meter *meter)
{
	struct cabin_packet *packet;
	if (!meter)
		return;
	cabin_meter_stop(meter);
	while (meter->inbox && cabin_inbox_pop(meter->inbox, &packet) == 0)
		cabin_packet_release(packet);
	cabin_inbox_destroy(meter->inbox);
	for (uint32_t i = 0; meter->sources && i < meter->source_count; i++) {
		cabin_decoder_destroy(meter->sources[i].decoder);
		cabin_r128_destroy(meter->sources[i].loudness);
	}
	free(meter->sources);
	free(meter);
}

double cabin_meter_speech_lufs(void *meter, uint16_t source_index)
{
	const struct cabin_meter *self = meter;
	CABIN_ASSERT(source_index < self->source_count);
	return atomic_load_explicit(&self->sources[source_index].speech_lufs, memory_order_relaxed);
}

double cabin_meter_short_term_lufs(const struct cabin_meter *meter, uint16_t source_index)
{
	CABIN_ASSERT(source_index < meter->source_count);
	return atomic_load_explicit(&meter->sources[source_index].short_term_lufs, memory_order_relaxed);
}

uint64_t cabin_meter_dropped_count(const struct cabin_meter *meter)
{
	return cabin_inbox_refused_count(meter->inbox);
}
