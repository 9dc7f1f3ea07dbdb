#include "media/encoder.h"

#include <opus.h>
#include <stdlib.h>

#include "base/limits.h"

struct cabin_encoder {
	OpusEncoder *opus;
	uint32_t packet_samples;
	uint32_t look_ahead_samples;
};

static int application_of(enum cabin_encoder_mode mode)
{
	switch (mode) {
	case CABIN_ENCODER_LOW_DELAY:
		return OPUS_APPLICATION_RESTRICTED_LOWDELAY;
	case CABIN_ENCODER_AUDIO:
		return OPUS_APPLICATION_AUDIO;
	case CABIN_ENCODER_VOIP:
		return OPUS_APPLICATION_VOIP;
	}
	return -1;
}

static bool in_range(const struct cabin_encoder_config *config)
{
	return application_of(config->mode) >= 0 && config->bitrate_bps >= 6000 && config->bitrate_bps <= 256000 &&
	       (config->packet_ms == 10 || config->packet_ms == 20) && config->complexity <= 10;
}

int cabin_encoder_create(struct cabin_encoder **out, const struct cabin_encoder_config *config)
{
	*out = NULL;
	if (!in_range(config))
		return CABIN_EINVAL;
	struct cabin_encoder *encoder = calloc(1, sizeof(*encoder));
	if (!encoder)
		return CABIN_ENOMEM;
	int error = OPUS_OK;
	encoder->opus = opus_encoder_create(CABIN_RATE_HZ, 1, application_of(config->mode), &error);
	if (!encoder->opus) {
		free(encoder);
		return CABIN_ENOMEM;
	}
	opus_int32 look_ahead_samples = 0;
	int failed = opus_encoder_ctl(encoder->opus, OPUS_SET_BITRATE((opus_int32)config->bitrate_bps)) != OPUS_OK ||
		     opus_encoder_ctl(encoder->opus, OPUS_SET_COMPLEXITY((opus_int32)config->complexity)) != OPUS_OK ||
		     opus_encoder_ctl(encoder->opus, OPUS_SET_DTX(config->dtx)) != OPUS_OK ||
		     opus_encoder_ctl(encoder->opus, OPUS_GET_LOOKAHEAD(&look_ahead_samples)) != OPUS_OK;
	if (failed) {
		cabin_encoder_destroy(encoder);
		return CABIN_EINVAL;
	}
	encoder->packet_samples = config->packet_ms * (CABIN_RATE_HZ / 1000);
	encoder->look_ahead_samples = (uint32_t)look_ahead_samples;
	*out = encoder;
	return 0;
}

void cabin_encoder_destroy(struct cabin_encoder *encoder)
{
	if (!encoder)
		return;
	opus_encoder_destroy(encoder->opus);
	free(encoder);
}

uint32_t cabin_encoder_packet_samples(const struct cabin_encoder *encoder)
{
	return encoder->packet_samples;
}

uint32_t cabin_encoder_look_ahead_samples(const struct cabin_encoder *encoder)
{
	return encoder->look_ahead_samples;
}

int cabin_encoder_encode(struct cabin_encoder *encoder, const float *samples, uint8_t *payload,
			 uint32_t payload_max_bytes, uint32_t *payload_size)
{
	int size = opus_encode_float(encoder->opus, samples, (int)encoder->packet_samples, payload,
				     (opus_int32)payload_max_bytes);
	if (size <= 0)
		return CABIN_EFORMAT;
	*payload_size = (uint32_t)size;
	return 0;
}

void cabin_encoder_reset(struct cabin_encoder *encoder)
{
	CABIN_ASSERT(opus_encoder_ctl(encoder->opus, OPUS_RESET_STATE) == OPUS_OK);
}
