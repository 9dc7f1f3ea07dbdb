/*
 * The exports of opus-decoder.wasm: libopus's decoder for mono at 48 kHz, on static memory.
 *
 * There are two decoders ("instances" 0 and 1), so that a listener can let one fade out while
 * the other one starts. A packet is written to input(), its samples are read from output();
 * both places stay where they are for the life of the module. Nothing is allocated, so the
 * module's memory never grows and views on it stay valid.
 *
 * One thread uses a module. Functions that decode return a number of samples, or one of
 * libopus's negative error codes (OPUS_BAD_ARG −1 … OPUS_ALLOC_FAIL −7).
 */
#include <stdint.h>

#include "opus.h"

/* celt_tables.h, compiled with celt/modes.c */
void cabin_celt_tables(void);

#define EXPORT(name) __attribute__((export_name(#name))) name

enum {
	INSTANCE_COUNT = 2,
	RATE_HZ = 48000,
	/* RFC 6716: an Opus packet of one frame is at most this long. */
	INPUT_BYTES = 1275,
	/* 120 ms, the longest packet there is. */
	OUTPUT_SAMPLES = 5760,
	/* opus_decoder_get_size(1) of 1.3.1 tells about 18 KB. */
	DECODER_BYTES = 20480,
};

static uint8_t input_bytes[INPUT_BYTES];
static float output_samples[OUTPUT_SAMPLES];
static _Alignas(16) uint8_t decoders[INSTANCE_COUNT][DECODER_BYTES];

static OpusDecoder *instance_decoder(int instance)
{
	return (OpusDecoder *)decoders[instance];
}

static int is_instance(int instance)
{
	return instance >= 0 && instance < INSTANCE_COUNT;
}

uint8_t *EXPORT(input)(void)
{
	return input_bytes;
}

int EXPORT(input_size)(void)
{
	return INPUT_BYTES;
}

float *EXPORT(output)(void)
{
	return output_samples;
}

int EXPORT(output_size)(void)
{
	return OUTPUT_SAMPLES;
}

/* Makes one decoder new. To be called for an instance before anything else. 0, or an error. */
int EXPORT(init)(int instance)
{
	if (!is_instance(instance))
		return OPUS_BAD_ARG;
	if (opus_decoder_get_size(1) > DECODER_BYTES)
		return OPUS_ALLOC_FAIL;
	cabin_celt_tables();
	return opus_decoder_init(instance_decoder(instance), RATE_HZ, 1);
}

/* Forgets what came before, as at the start of an epoch. 0, or an error. */
int EXPORT(reset)(int instance)
{
	if (!is_instance(instance))
		return OPUS_BAD_ARG;
	return opus_decoder_ctl(instance_decoder(instance), OPUS_RESET_STATE);
}

/* Decodes the packet of `size` bytes at input(). */
int EXPORT(decode)(int instance, int size)
{
	if (!is_instance(instance) || size < 1 || size > INPUT_BYTES)
		return OPUS_BAD_ARG;
	return opus_decode_float(instance_decoder(instance), input_bytes, size, output_samples, OUTPUT_SAMPLES, 0);
}

/* Makes up `samples` samples (a multiple of 120, 2.5 ms) in place of a packet that did not come. */
int EXPORT(conceal)(int instance, int samples)
{
	if (!is_instance(instance) || samples < 120 || samples > OUTPUT_SAMPLES || samples % 120)
		return OPUS_BAD_ARG;
	return opus_decode_float(instance_decoder(instance), 0, 0, output_samples, samples, 0);
}

/*
 * The packet before the one at input() was lost: its `samples` samples, out of the redundancy
 * (FEC) in the one at input() where that has some, else made up. The packet itself is to be
 * decoded after this.
 */
int EXPORT(recover)(int instance, int size, int samples)
{
	if (!is_instance(instance) || size < 1 || size > INPUT_BYTES)
		return OPUS_BAD_ARG;
	if (samples < 120 || samples > OUTPUT_SAMPLES || samples % 120)
		return OPUS_BAD_ARG;
	return opus_decode_float(instance_decoder(instance), input_bytes, size, output_samples, samples, 1);
}

/* How many samples the packet of `size` bytes at input() holds. */
int EXPORT(packet_samples)(int size)
{
	if (size < 1 || size > INPUT_BYTES)
		return OPUS_BAD_ARG;
	return opus_packet_get_nb_samples(input_bytes, size, RATE_HZ);
}
