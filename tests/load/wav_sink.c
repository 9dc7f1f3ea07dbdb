#include "wav_sink.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "media/decoder.h"

enum { MAX_SAMPLES = CABIN_RATE_HZ * 3600 };

struct cabin_wav_sink {
	struct cabin_decoder *decoder;
	int16_t *samples;
	size_t count, room;
	uint64_t first_timestamp, last_sequence;
	double first_us;
	uint32_t epoch;
	uint64_t packets, lost, broken;
	json_t *epochs;
};

int cabin_wav_sink_create(struct cabin_wav_sink **out)
{
	struct cabin_wav_sink *sink = calloc(1, sizeof(*sink));
	*out = NULL;
	if (!sink)
		return CABIN_ENOMEM;
	sink->first_us = -1;
	sink->epochs = json_array();
	if (cabin_decoder_create(&sink->decoder)) {
		json_decref(sink->epochs);
		free(sink);
		return CABIN_ENOMEM;
	}
	*out = sink;
	return 0;
}

/* Makes room up to `end`, filled with silence. */
static bool extend(struct cabin_wav_sink *sink, size_t end)
{
	if (end > MAX_SAMPLES)
		return false;
	if (end > sink->room) {
		size_t room = end + 60 * CABIN_RATE_HZ;
		int16_t *samples = realloc(sink->samples, room * sizeof(*samples));
		if (!samples)
			return false;
		memset(samples + sink->room, 0, (room - sink->room) * sizeof(*samples));
		sink->samples = samples;
		sink->room = room;
	}
	if (end > sink->count)
		sink->count = end;
	return true;
}

static void begin_epoch(struct cabin_wav_sink *sink, const struct cabin_load_packet *packet)
{
	cabin_decoder_reset(sink->decoder);
	sink->epoch = packet->epoch;
	json_array_append_new(sink->epochs, json_pack("{s:i, s:I, s:f}", "epoch", (int)packet->epoch, "sample",
						      (json_int_t)(packet->timestamp - sink->first_timestamp),
						      "server_us", packet->server_us));
}

void cabin_wav_sink_packet(void *context, const struct cabin_load_packet *packet)
{
	struct cabin_wav_sink *sink = context;
	float decoded[CABIN_PACKET_MAX_SAMPLES];
	uint32_t count = 0;
	if (!sink->packets) {
		sink->first_timestamp = packet->timestamp;
		sink->first_us = packet->server_us;
	} else if (packet->sequence > sink->last_sequence + 1) {
		sink->lost += packet->sequence - sink->last_sequence - 1;
	}
	if (!sink->packets || packet->epoch != sink->epoch)
		begin_epoch(sink, packet);
	sink->packets++;
	sink->last_sequence = packet->sequence;
	size_t at = packet->timestamp - sink->first_timestamp;
	if (cabin_decoder_decode(sink->decoder, packet->payload, (uint32_t)packet->payload_size, decoded,
				 CABIN_PACKET_MAX_SAMPLES, &count) ||
	    !extend(sink, at + count)) {
		sink->broken++;
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		sink->samples[at + i] = (int16_t)lrintf(fmaxf(-1.f, fminf(1.f, decoded[i])) * 32767.f);
}

static void put(uint8_t *out, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		out[i] = (uint8_t)(value >> (8 * i));
}

static int write_wav(const struct cabin_wav_sink *sink, const char *path)
{
	uint8_t header[44] = "RIFF....WAVEfmt ";
	uint32_t size = (uint32_t)(sink->count * sizeof(int16_t));
	put(header + 4, size + 36, 4);
	put(header + 16, 16, 4);
	put(header + 20, 1, 2);
	put(header + 22, 1, 2);
	put(header + 24, CABIN_RATE_HZ, 4);
	put(header + 28, CABIN_RATE_HZ * 2, 4);
	put(header + 32, 2, 2);
	put(header + 34, 16, 2);
	memcpy(header + 36, "data", 4);
	put(header + 40, size, 4);
	FILE *file = fopen(path, "we");
	if (!file)
		return CABIN_EIO;
	bool whole = fwrite(header, 1, sizeof(header), file) == sizeof(header) &&
		     fwrite(sink->samples, sizeof(int16_t), sink->count, file) == sink->count;
	return fclose(file) || !whole ? CABIN_EIO : 0;
}

static int write_json(const struct cabin_wav_sink *sink, const char *wav_path)
{
	char path[1024];
	snprintf(path, sizeof(path), "%s.json", wav_path);
	json_t *object = json_pack("{s:f, s:i, s:I, s:I, s:I, s:I, s:O}", "first_sample_server_us", sink->first_us,
				   "rate_hz", CABIN_RATE_HZ, "samples", (json_int_t)sink->count, "packets",
				   (json_int_t)sink->packets, "lost_packets", (json_int_t)sink->lost, "broken_packets",
				   (json_int_t)sink->broken, "epochs", sink->epochs);
	int result = object && !json_dump_file(object, path, JSON_INDENT(1)) ? 0 : CABIN_EIO;
	json_decref(object);
	return result;
}

int cabin_wav_sink_finish(struct cabin_wav_sink *sink, const char *path)
{
	int result = sink->packets ? write_wav(sink, path) : CABIN_EEMPTY;
	if (!result)
		result = write_json(sink, path);
	if (result)
		fprintf(stderr, "cabin-load: %s: %s\n", path,
			result == CABIN_EEMPTY ? "no packet came, so there is no sound" : strerror(errno));
	cabin_decoder_destroy(sink->decoder);
	json_decref(sink->epochs);
	free(sink->samples);
	free(sink);
	return result;
}
