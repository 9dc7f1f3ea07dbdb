#include "capture/source_tone.h"

#include <math.h>
#include <stdlib.h>

#include "capture/pacer.h"

enum { CLICK_FRAMES = CABIN_RATE_HZ / 200, CLICK_HZ = 2000 };

struct source_tone {
	struct cabin_source_tone_config config;
	struct cabin_pacer pacer;
	float click[CLICK_FRAMES];
	float samples[CABIN_PACER_BLOCK_FRAMES];
};

static int tone_open(void *input, uint32_t *rate_hz, uint32_t *channel_count)
{
	*rate_hz = CABIN_RATE_HZ;
	*channel_count = 1;
	return 0;
}

static float sample_at(const struct source_tone *tone, uint64_t frame)
{
	/* The phase from the whole frame number: no error adds up over days. */
	double turns = fmod((double)frame * tone->config.tone_hz / CABIN_RATE_HZ, 1.0);
	float sample = CABIN_TONE_AMPLITUDE * (float)sin(2 * M_PI * turns);
	uint64_t in_second = frame % CABIN_RATE_HZ;
	return in_second < CLICK_FRAMES ? sample + tone->click[in_second] : sample;
}

static int tone_read(void *input, struct cabin_input_block *out, uint32_t timeout_ms)
{
	struct source_tone *tone = input;
	uint64_t frame_index, stamp_ns;
	int error = cabin_pacer_wait(&tone->pacer, timeout_ms, &frame_index, &stamp_ns);
	if (error)
		return error;
	for (uint32_t i = 0; i < CABIN_PACER_BLOCK_FRAMES; i++)
		tone->samples[i] = sample_at(tone, frame_index + i);
	*out = (struct cabin_input_block){
	    .samples = tone->samples,
	    .frame_count = CABIN_PACER_BLOCK_FRAMES,
	    .frame_index = frame_index,
	    .stamp_ns = stamp_ns,
	};
	return 0;
}

static void tone_close(void *input)
{
}

static void tone_destroy(void *input)
{
	free(input);
}

int cabin_source_tone_create(struct cabin_input *out, const struct cabin_source_tone_config *config)
{
	static const struct cabin_input_ops ops = {
	    .open = tone_open, .read = tone_read, .close = tone_close, .destroy = tone_destroy};
	*out = (struct cabin_input){0};
	if (config->tone_hz != 0 && !(config->tone_hz >= 20 && config->tone_hz <= 20000))
		return CABIN_EINVAL;
	struct source_tone *tone = calloc(1, sizeof(*tone));
	if (!tone)
		return CABIN_ENOMEM;
	tone->config = *config;
	tone->pacer =
	    (struct cabin_pacer){.clock = config->clock, .start_ns = config->start_ns, .stop_fd = config->stop_fd};
	for (uint32_t i = 0; i < CLICK_FRAMES; i++) {
		double envelope = 0.5 - 0.5 * cos(2 * M_PI * i / CLICK_FRAMES);
		tone->click[i] =
		    CABIN_CLICK_AMPLITUDE * (float)(envelope * sin(2 * M_PI * CLICK_HZ * i / CABIN_RATE_HZ));
	}
	*out = (struct cabin_input){.ops = &ops, .self = tone, .id = config->id};
	return 0;
}
