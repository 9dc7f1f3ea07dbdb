/* Opus decoder for one mono stream of 48 kHz, with concealment.
 *
 * For meters, recordings and test listeners: the server decodes nothing on a
 * packet's way. Owned by one thread; no allocation after create. */
#ifndef CABIN_MEDIA_DECODER_H
#define CABIN_MEDIA_DECODER_H

#include <stdint.h>

#include "base/error.h"

struct cabin_decoder;

CABIN_MUST_CHECK int cabin_decoder_create(struct cabin_decoder **out); /* CABIN_ENOMEM */
void cabin_decoder_destroy(struct cabin_decoder *decoder);	       /* NULL is fine */

/* Decodes one packet into `samples` (full scale ±1), at most `max_samples` of them,
 * and tells how many came. CABIN_EFORMAT: not an Opus packet; CABIN_ETOOBIG: it holds
 * more. The decoder stays usable. */
CABIN_MUST_CHECK int cabin_decoder_decode(struct cabin_decoder *decoder, const uint8_t *payload, uint32_t payload_size,
					  float *samples, uint32_t max_samples, uint32_t *sample_count);

/* Makes up `sample_count` samples (a multiple of 120, at most 5,760) for lost packets.
 * CABIN_EINVAL. */
CABIN_MUST_CHECK int cabin_decoder_conceal(struct cabin_decoder *decoder, float *samples, uint32_t sample_count);

/* The `sample_count` samples (as above) before a packet, of which the one ahead of it was lost:
 * out of the redundancy (FEC) in `payload` where it has some, else made up. The packet itself is
 * to be decoded after this. CABIN_EINVAL, CABIN_EFORMAT. */
CABIN_MUST_CHECK int cabin_decoder_recover(struct cabin_decoder *decoder, const uint8_t *payload, uint32_t payload_size,
					   float *samples, uint32_t sample_count);

void cabin_decoder_reset(struct cabin_decoder *decoder);

#endif
