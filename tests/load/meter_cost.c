/* What the meter costs: SOURCES inputs of real speech at 48 kbit/s, each on a channel of its
 * own, on a clock that the program moves; told in CPU time of the one thread.
 *
 *   cabin-meter-cost SPEECH
 *
 * once while every channel takes its source's sound, once with a new epoch on each channel
 * every two seconds (each decodes for itself until the two agree). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "capture/pcm_file.h"
#include "media/encoder.h"
#include "monitor/meter.h"

enum { SOURCES = 20, PACKETS = 1000, PACKET_SAMPLES = 960, ROUNDS = 4, EPOCH_PACKETS = 100, READ_FRAMES = 4096 };

struct coded {
	uint8_t payload[CABIN_OPUS_PAYLOAD_MAX_BYTES];
	uint32_t size;
};

static struct coded packets[PACKETS];
static uint64_t now_ns = CABIN_NS_PER_S, frame_bytes;

static uint64_t tell_time(void *context)
{
	return now_ns;
}

static bool wanted(void *context)
{
	return true;
}

static bool take_frame(void *context, const uint8_t *bytes, size_t size)
{
	frame_bytes += size;
	return true;
}

static double cpu_s(void)
{
	struct timespec time;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* The speech again and again, as an input's packets. */
static int encode(const char *path)
{
	const struct cabin_encoder_config config = {
	    .mode = CABIN_ENCODER_LOW_DELAY, .bitrate_bps = 48000, .packet_ms = 20, .complexity = 5};
	struct cabin_pcm_file *file;
	struct cabin_encoder *encoder;
	int result = cabin_pcm_file_open(&file, path, "meter-cost");
	if (result != 0)
		return result;
	uint32_t count = (uint32_t)cabin_pcm_file_frame_count(file), read = 0, given = 1;
	float *speech = calloc(count + READ_FRAMES, sizeof(*speech));
	if (!speech || cabin_pcm_file_rate_hz(file) != CABIN_RATE_HZ || count < 2 * PACKET_SAMPLES)
		return CABIN_EFORMAT;
	for (; read < count && given > 0; read += given)
		if (cabin_pcm_file_read(file, speech + read, READ_FRAMES, &given) != 0)
			return CABIN_EFORMAT;
	result = cabin_encoder_create(&encoder, &config);
	for (uint32_t i = 0; result == 0 && i < PACKETS; i++)
		result = cabin_encoder_encode(encoder, speech + (size_t)(i % (read / PACKET_SAMPLES)) * PACKET_SAMPLES,
					      packets[i].payload, sizeof(packets[i].payload), &packets[i].size);
	cabin_encoder_destroy(encoder);
	cabin_pcm_file_close(file);
	free(speech);
	return result;
}

/* Packet `i` of every source, accepted and published. */
static void feed(struct cabin_meter *meter, struct cabin_packet_pool *pool, uint32_t i, uint32_t epoch)
{
	struct cabin_sink sink = cabin_meter_sink(meter);
	for (uint16_t s = 0; s < SOURCES; s++) {
		struct cabin_packet *packet = cabin_packet_take(pool);
		CABIN_ASSERT(packet);
		memcpy(cabin_packet_payload(packet), packets[i].payload, packets[i].size);
		packet->payload_size = (uint16_t)packets[i].size;
		packet->source_index = packet->channel_index = s;
		packet->source_sequence = packet->sequence = i;
		packet->source_timestamp = packet->timestamp = (uint64_t)i * PACKET_SAMPLES;
		packet->duration_samples = PACKET_SAMPLES;
		packet->kind = CABIN_PACKET_MEDIA;
		packet->epoch = epoch;
		cabin_meter_tap(meter, packet);
		sink.publish(sink.context, packet);
		cabin_packet_release(packet);
	}
}

static int measure(const char *what, uint32_t epoch_packets)
{
	const struct cabin_meter_config config = {.clock = {.now_ns = tell_time},
						  .source_count = SOURCES,
						  .channel_count = SOURCES,
						  .levels_wanted = wanted,
						  .levels = take_frame};
	struct cabin_packet_pool *pool;
	struct cabin_meter *meter;
	int result = cabin_packet_pool_create(&pool, 4 * SOURCES);
	if (result != 0)
		return result;
	result = cabin_meter_create(&meter, &config);
	if (result != 0)
		return result;
	frame_bytes = 0;
	double began_s = cpu_s(), sound_s = (double)PACKETS * PACKET_SAMPLES / CABIN_RATE_HZ;
	for (uint32_t i = 0; i < PACKETS; i++) {
		feed(meter, pool, i, 1 + i / epoch_packets);
		for (int round = 0; round < ROUNDS; round++) {
			now_ns += 20 / ROUNDS * CABIN_NS_PER_MS;
			cabin_meter_round(meter);
		}
	}
	printf("%u sources, %u channels, %s: %.1f %% of a core, frames %.0f kbit/s\n", SOURCES, SOURCES, what,
	       100 * (cpu_s() - began_s) / sound_s, 8e-3 * (double)frame_bytes / sound_s);
	cabin_meter_destroy(meter);
	cabin_packet_pool_destroy(pool);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: cabin-meter-cost SPEECH (48 kHz)\n");
		return 2;
	}
	int result = encode(argv[1]);
	if (result == 0)
		result = measure("one epoch", PACKETS);
	if (result == 0)
		result = measure("an epoch each 2 s", EPOCH_PACKETS);
	if (result != 0)
		fprintf(stderr, "cabin-meter-cost: %s\n", cabin_error_name(result));
	return result != 0;
}
