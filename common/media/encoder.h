/* Opus encoder for one mono stream of 48 kHz.
 *
 * A thin owner of libopus with Cabin's settings: every packet holds exactly one
 * frame of `packet_ms`, so that its length in time is known without parsing it.
 * Owned by one encode thread; no locks, and no allocation after create. */
#ifndef CABIN_MEDIA_ENCODER_H
#define CABIN_MEDIA_ENCODER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct cabin_encoder;

enum cabin_encoder_mode {
	CABIN_ENCODER_LOW_DELAY, /* CELT alone, look-ahead 2.5 ms, flat to 18 kHz and over */
	CABIN_ENCODER_AUDIO,	 /* look-ahead 6.5 ms */
	CABIN_ENCODER_VOIP	 /* look-ahead 6.5 ms; cuts bass */
};

struct cabin_encoder_config {
	enum cabin_encoder_mode mode;
	uint32_t bitrate_bps; /* 6,000 … 256,000 */
	uint32_t packet_ms;   /* 10 or 20 */
	uint32_t complexity;  /* 0 … 10 */
	bool dtx;	      /* silence becomes payloads of at most 2 bytes; outside voip only from complexity 7 on */
};

/* CABIN_EINVAL for a value out of range, CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_encoder_create(struct cabin_encoder **out, const struct cabin_encoder_config *config);
void cabin_encoder_destroy(struct cabin_encoder *encoder); /* NULL is fine */

uint32_t cabin_encoder_packet_samples(const struct cabin_encoder *encoder); /* 480 or 960 */

/* The first sample that a decoder gives out for a packet was put into the encoder
 * this many samples before the packet's own first one. */
uint32_t cabin_encoder_look_ahead_samples(const struct cabin_encoder *encoder);

/* Encodes cabin_encoder_packet_samples() samples (full scale ±1) into the caller's
 * `payload`. CABIN_EFORMAT: libopus refused (then nothing was written). */
CABIN_MUST_CHECK int cabin_encoder_encode(struct cabin_encoder *encoder, const float *samples, uint8_t *payload,
					  uint32_t payload_max_bytes, uint32_t *payload_size);

/* Forgets the sound so far: the next packet can be decoded without those before it. */
void cabin_encoder_reset(struct cabin_encoder *encoder);

#endif
