#include "media/resampler.h"

#include <speex/speex_resampler.h>
#include <stdlib.h>
#include <string.h>

/* speexdsp's quality 5: 80 taps, 100 dB of stop band, 0.9 ms of delay from 44,100 Hz.
 * 4 saves 0.2 ms at 80 dB; 8 doubles the delay for 1.5 kHz more of pass band. */
enum { QUALITY = 5 };

struct cabin_resampler {
	SpeexResamplerState *speex; /* NULL: the rates are the same */
	uint32_t input_rate_hz, output_rate_hz;
	uint32_t delay_samples;
};

static int rate_is_valid(uint32_t rate_hz)
{
	return rate_hz >= CABIN_RESAMPLER_RATE_MIN_HZ && rate_hz <= CABIN_RESAMPLER_RATE_MAX_HZ;
}

int cabin_resampler_create(struct cabin_resampler **out, uint32_t input_rate_hz, uint32_t output_rate_hz)
{
	*out = NULL;
	if (!rate_is_valid(input_rate_hz) || !rate_is_valid(output_rate_hz))
		return CABIN_EINVAL;
	struct cabin_resampler *resampler = calloc(1, sizeof(*resampler));
	if (!resampler)
		return CABIN_ENOMEM;
	resampler->input_rate_hz = input_rate_hz;
	resampler->output_rate_hz = output_rate_hz;
	if (input_rate_hz != output_rate_hz) {
		int error = RESAMPLER_ERR_SUCCESS;
		resampler->speex = speex_resampler_init(1, input_rate_hz, output_rate_hz, QUALITY, &error);
		if (!resampler->speex) {
			free(resampler);
			return CABIN_ENOMEM;
		}
		resampler->delay_samples = (uint32_t)speex_resampler_get_input_latency(resampler->speex);
		cabin_resampler_reset(resampler);
	}
	*out = resampler;
	return 0;
}

void cabin_resampler_destroy(struct cabin_resampler *resampler)
{
	if (!resampler)
		return;
	if (resampler->speex)
		speex_resampler_destroy(resampler->speex);
	free(resampler);
}

uint32_t cabin_resampler_delay_samples(const struct cabin_resampler *resampler)
{
	return resampler->delay_samples;
}

uint32_t cabin_resampler_output_max(const struct cabin_resampler *resampler, uint32_t input_count)
{
	uint64_t exact = (uint64_t)input_count * resampler->output_rate_hz / resampler->input_rate_hz;
	return (uint32_t)exact + 1;
}

void cabin_resampler_process(struct cabin_resampler *resampler, const float *input, uint32_t input_count, float *output,
			     uint32_t output_room, uint32_t *output_count)
{
	CABIN_ASSERT(output_room >= cabin_resampler_output_max(resampler, input_count));
	if (!resampler->speex) {
		memcpy(output, input, input_count * sizeof(*output));
		*output_count = input_count;
		return;
	}
	spx_uint32_t taken = input_count, given = output_room;
	CABIN_ASSERT(speex_resampler_process_float(resampler->speex, 0, input, &taken, output, &given) ==
		     RESAMPLER_ERR_SUCCESS);
	CABIN_ASSERT(taken == input_count);
	*output_count = given;
}

void cabin_resampler_reset(struct cabin_resampler *resampler)
{
	if (!resampler->speex)
		return;
	speex_resampler_reset_mem(resampler->speex);
	speex_resampler_skip_zeros(resampler->speex);
}
