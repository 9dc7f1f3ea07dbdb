#include "media/decoder.h"

#include <opus.h>
#include <stdlib.h>

#include "base/limits.h"

struct cabin_decoder {
	OpusDecoder *opus;
};

int cabin_decoder_create(struct cabin_decoder **out)
{
	*out = NULL;
	struct cabin_decoder *decoder = calloc(1, sizeof(*decoder));
	if (!decoder)
		return CABIN_ENOMEM;
	int error = OPUS_OK;
	decoder->opus = opus_decoder_create(CABIN_RATE_HZ, 1, &error);
	if (!decoder->opus) {
		free(decoder);
		return CABIN_ENOMEM;
	}
	*out = decoder;
	return 0;
}

void cabin_decoder_destroy(struct cabin_decoder *decoder)
{
	if (!decoder)
		return;
	opus_decoder_destroy(decoder->opus);
	free(decoder);
}

int cabin_decoder_decode(struct cabin_decoder *decoder, const uint8_t *payload, uint32_t payload_size, float *samples,
			 uint32_t max_samples, uint32_t *sample_count)
{
	/* libopus takes a size of 0 as a request to conceal. */
	if (payload_size == 0)
		return CABIN_EFORMAT;
	int count = opus_decode_float(decoder->opus, payload, (opus_int32)payload_size, samples, (int)max_samples, 0);
	if (count == OPUS_BUFFER_TOO_SMALL)
		return CABIN_ETOOBIG;
	if (count < 0)
		return CABIN_EFORMAT;
	*sample_count = (uint32_t)count;
	return 0;
}

int cabin_decoder_conceal(struct cabin_decoder *decoder, float *samples, uint32_t sample_count)
{
	if (sample_count == 0 || sample_count % 120 != 0 || sample_count > 5760)
		return CABIN_EINVAL;
	int count = opus_decode_float(decoder->opus, NULL, 0, samples, (int)sample_count, 0);
	return count == (int)sample_count ? 0 : CABIN_EINVAL;
}

int cabin_decoder_recover(struct cabin_decoder *decoder, const uint8_t *payload, uint32_t payload_size, float *samples,
			  uint32_t sample_count)
{
	if (payload_size == 0 || sample_count == 0 || sample_count % 120 != 0 || sample_count > 5760)
		return CABIN_EINVAL;
	int count = opus_decode_float(decoder->opus, payload, (opus_int32)payload_size, samples, (int)sample_count, 1);
	return count == (int)sample_count ? 0 : CABIN_EFORMAT;
}

void cabin_decoder_reset(struct cabin_decoder *decoder)
{
	CABIN_ASSERT(opus_decoder_ctl(decoder->opus, OPUS_RESET_STATE) == OPUS_OK);
}
