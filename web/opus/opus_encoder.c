/*
 * The exports of opus-encoder.wasm: libopus's encoder for one mono stream at 48 kHz, on static memory.
 *
 * The settings are those of common/media/encoder.c: restricted low delay, one frame a packet,
 * no DTX. Samples are written to encoder_input(), the packet is read from encoder_output();
 * both stay where they are for the life of the module. Nothing is allocated.
 *
 * One thread uses a module. Errors are libopus's negative codes.
 */
#include <stdint.h>

#include "opus.h"

#define EXPORT(name) __attribute__((export_name(#name))) name

enum {
	RATE_HZ = 48000,
	PACKET_SAMPLES_MAX = 960,
	/* RFC 6716: an Opus packet of one frame is at most this long. */
	OUTPUT_BYTES = 1275,
	/* opus_encoder_get_size(1) of 1.3.1 tells about 37 KB. */
	ENCODER_BYTES = 65536,
};

static float input_samples[PACKET_SAMPLES_MAX];
static uint8_t output_bytes[OUTPUT_BYTES];
static _Alignas(16) uint8_t encoder_memory[ENCODER_BYTES];
static int packet_samples;

static OpusEncoder *encoder(void)
{
	return (OpusEncoder *)encoder_memory;
}

float *EXPORT(encoder_input)(void)
{
	return input_samples;
}

uint8_t *EXPORT(encoder_output)(void)
{
	return output_bytes;
}

int EXPORT(encoder_output_size)(void)
{
	return OUTPUT_BYTES;
}

/* Makes the encoder new. Tells how many samples a packet holds, or an error: packets are of 10
 * or 20 ms, 6,000 … 256,000 bit/s, complexity 0 … 10. */
int EXPORT(encoder_init)(int bitrate_bps, int packet_ms, int complexity)
{
	packet_samples = 0;
	if (bitrate_bps < 6000 || bitrate_bps > 256000 || complexity < 0 || complexity > 10)
		return OPUS_BAD_ARG;
	if (packet_ms != 10 && packet_ms != 20)
		return OPUS_BAD_ARG;
	if (opus_encoder_get_size(1) > ENCODER_BYTES)
		return OPUS_ALLOC_FAIL;
	int error = opus_encoder_init(encoder(), RATE_HZ, 1, OPUS_APPLICATION_RESTRICTED_LOWDELAY);
	if (error == OPUS_OK)
		error = opus_encoder_ctl(encoder(), OPUS_SET_BITRATE(bitrate_bps));
	if (error == OPUS_OK)
		error = opus_encoder_ctl(encoder(), OPUS_SET_COMPLEXITY(complexity));
	if (error != OPUS_OK)
		return error;
	packet_samples = packet_ms * (RATE_HZ / 1000);
	return packet_samples;
}

/* The first sample that a decoder gives out for a packet was put in this many samples before
 * the packet's own first one. */
int EXPORT(encoder_look_ahead)(void)
{
	opus_int32 samples = 0;
	int error = packet_samples > 0 ? opus_encoder_ctl(encoder(), OPUS_GET_LOOKAHEAD(&samples)) : OPUS_INVALID_STATE;
	return error == OPUS_OK ? samples : error;
}

/* Encodes the packet's samples at encoder_input(). Tells the size of the packet. */
int EXPORT(encode)(void)
{
	if (packet_samples == 0)
		return OPUS_INVALID_STATE;
	return opus_encode_float(encoder(), input_samples, packet_samples, output_bytes, OUTPUT_BYTES);
}

/* Forgets the sound so far: the next packet can be decoded without those before it. */
int EXPORT(encoder_reset)(void)
{
	return packet_samples > 0 ? opus_encoder_ctl(encoder(), OPUS_RESET_STATE) : OPUS_INVALID_STATE;
}
