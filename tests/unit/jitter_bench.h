/* A listener on a synthetic network, for the jitter buffer's tests: packets of real speech arrive
 * when the trace says so, a sound card asks for blocks when its own clock says so. */
#ifndef CABIN_TESTS_UNIT_JITTER_BENCH_H
#define CABIN_TESTS_UNIT_JITTER_BENCH_H

#include <stdio.h>
#include <string.h>

#include "sounds.h"

#include "media/decoder.h"
#include "media/encoder.h"
#include "media/jitter.h"

enum { BENCH_PACKETS = 1200 };

struct bench_speech {
	uint32_t count, packet_samples, look_ahead;
	uint32_t size[BENCH_PACKETS];
	uint8_t bytes[BENCH_PACKETS][400];
	float *sound; /* what was encoded */
};

/* As the server encodes a floor: low delay, 48 kbit/s. */
static inline void bench_encode(struct bench_speech *speech, uint32_t packet_ms)
{
	struct cabin_encoder_config config = {
	    .mode = CABIN_ENCODER_LOW_DELAY, .bitrate_bps = 48000, .packet_ms = packet_ms, .complexity = 5};
	struct cabin_encoder *encoder;
	uint32_t sample_count;
	speech->sound = read_speech("floor-vi", &sample_count);
	assert_int_equal(cabin_encoder_create(&encoder, &config), 0);
	speech->packet_samples = cabin_encoder_packet_samples(encoder);
	speech->look_ahead = cabin_encoder_look_ahead_samples(encoder);
	speech->count = 0;
	while (speech->count < BENCH_PACKETS && (speech->count + 1) * speech->packet_samples <= sample_count) {
		uint32_t i = speech->count++;
		assert_int_equal(cabin_encoder_encode(encoder, speech->sound + i * speech->packet_samples,
						      speech->bytes[i], 400, &speech->size[i]),
				 0);
	}
	cabin_encoder_destroy(encoder);
}

/* Lateness in ms of packet number `index`, and whether it comes at all: < 0 is lost. */
typedef double (*bench_trace)(void *context, uint32_t index);

struct bench {
	const struct bench_speech *speech;
	bench_trace trace;
	void *context;
	uint32_t seconds, skip_seconds, block, prime_blocks;
	double source_ppm, device_ppm;
	double callback_late_ms; /* at most, at random */
	void (*on_packet)(struct cabin_jitter *jitter, struct cabin_jitter_packet *packet, uint32_t index);
	void (*on_block)(void *context, const float *out, uint64_t frame, double now_ms);
	void *block_context;

	/* results: of the time after skip_seconds */
	struct cabin_jitter_figures figures; /* at the end */
	double delay_ms, delay_max_ms, concealed_per_minute_ms;
	double second_ms[4000]; /* mean delay of each second */
	uint32_t underruns, operations;
};

static const double bench_start_ms = 5000;

static inline struct cabin_jitter_packet bench_packet(const struct bench_speech *speech, uint32_t index, double at_ms)
{
	uint32_t payload = index % speech->count;
	return (struct cabin_jitter_packet){
	    .payload = speech->bytes[payload],
	    .payload_size = speech->size[payload],
	    .sequence = (uint16_t)(65500 + index), /* shortly before both wraps */
	    .timestamp = 4294900000u + index * speech->packet_samples,
	    .duration_samples = speech->packet_samples,
	    .arrival_ns = (uint64_t)((bench_start_ms + at_ms) * 1e6),
	};
}

static inline void bench_run(struct bench *bench)
{
	struct cabin_jitter *jitter;
	assert_int_equal(cabin_jitter_create(&jitter), 0);
	cabin_jitter_begin(jitter, &(struct cabin_jitter_epoch){.number = 1, .fade_ms = 40, .fresh = true});
	float out[2048];
	uint32_t index = 0, seed = 77, samples = 0, second_samples = 0, second = 0;
	uint32_t packet_ms = bench->speech->packet_samples / 48;
	double arrival_ms = 0, sum = 0, second_sum = 0, concealed_before = 0, measured_ms = 0;
	uint32_t underruns_before = 0, operations_before = 0;
	bool pending = false, started = false;
	uint64_t frames = (uint64_t)bench->seconds * SECOND;
	for (uint64_t frame = 0; frame < frames; frame += bench->block) {
		/* A card that fills its buffers first asks for the first blocks all at once. */
		uint64_t asked = frame > (uint64_t)bench->prime_blocks * bench->block
				     ? frame - (uint64_t)bench->prime_blocks * bench->block
				     : 0;
		double now_ms = (double)asked / 48 / (1 + bench->device_ppm / 1e6);
		double late_ms = bench->callback_late_ms * fabs((double)noise_next(&seed));
		for (;;) {
			double late = 0;
			if (!pending) {
				late = bench->trace(bench->context, index);
				double sent_ms = index * (double)packet_ms / (1 + bench->source_ppm / 1e6);
				if (late >= 0)
					arrival_ms = fmax(arrival_ms, sent_ms + late);
				pending = late >= 0;
			}
			if (!pending) {
				index++;
				continue;
			}
			if (arrival_ms > now_ms + late_ms)
				break;
			struct cabin_jitter_packet packet = bench_packet(bench->speech, index, arrival_ms);
			if (bench->on_packet)
				bench->on_packet(jitter, &packet, index);
			assert_int_equal(cabin_jitter_push(jitter, &packet), 0);
			index++;
			pending = false;
		}
		cabin_jitter_pull(jitter, out, bench->block, (uint64_t)((bench_start_ms + now_ms + late_ms) * 1e6));
		if (bench->on_block)
			bench->on_block(bench->block_context, out, frame, now_ms);
		if (frame / 4800 == (frame + bench->block) / 4800)
			continue;
		struct cabin_jitter_figures figures = cabin_jitter_figures(jitter);
		second_sum += (double)figures.delay_ms;
		second_samples++;
		if (frame / SECOND != (frame + bench->block) / SECOND && second < 4000) {
			bench->second_ms[second++] = second_sum / second_samples;
			second_sum = second_samples = 0;
		}
		bench->figures = figures;
		if (frame < (uint64_t)bench->skip_seconds * SECOND)
			continue;
		if (!started) {
			concealed_before = figures.concealed_ms;
			underruns_before = figures.underruns;
			operations_before = figures.removals + figures.insertions;
			started = true;
		}
		sum += (double)figures.delay_ms;
		samples++;
		bench->delay_max_ms = fmax(bench->delay_max_ms, (double)figures.delay_ms);
		measured_ms = (double)(frame - (uint64_t)bench->skip_seconds * SECOND) / 48;
	}
	bench->delay_ms = sum / samples;
	bench->concealed_per_minute_ms = (bench->figures.concealed_ms - concealed_before) / (measured_ms / 60000);
	bench->underruns = bench->figures.underruns - underruns_before;
	bench->operations = bench->figures.removals + bench->figures.insertions - operations_before;
	cabin_jitter_destroy(jitter);
}

/* --- traces ------------------------------------------------------------------------- */

struct bench_network {
	uint32_t seed;
	double stall_ms, every_ms; /* 0: none */
	double stall_end_ms, next_stall_ms;
	double loss; /* part of the packets */
	uint32_t packet_ms;
	uint32_t quiet_from; /* index from which there are no stalls */
};

static inline double bench_random(struct bench_network *network)
{
	return (double)noise_next(&network->seed) / 2 + 0.5;
}

/* A wired or quiet wireless network: 0 to 2 ms, now and then up to 6; about each `every_ms`
 * (±15 %) everything that is on its way waits for up to `stall_ms`. */
static inline double bench_lan(void *context, uint32_t index)
{
	struct bench_network *network = context;
	double sent_ms = (double)index * network->packet_ms;
	double late = (bench_random(network) < 0.01 ? 6 : 2) * bench_random(network);
	bool lost = network->loss > 0 && bench_random(network) < network->loss;
	if (network->every_ms > 0 && (network->quiet_from == 0 || index < network->quiet_from)) {
		while (sent_ms >= network->next_stall_ms) {
			network->stall_end_ms = network->next_stall_ms + network->stall_ms;
			network->next_stall_ms += network->every_ms * (0.85 + 0.3 * bench_random(network));
		}
		if (sent_ms < network->stall_end_ms)
			late = fmax(late, network->stall_end_ms - sent_ms);
	}
	return lost ? -1 : late;
}

#endif
