#include "audio/device_input.h"

#include <stdlib.h>

#include "audio/device_link.h"
#include "audio/gap.h"
#include "base/limits.h"

enum {
	STALE_AFTER_MS = 300, /* older sound in the ring is dropped: live means live */
	BLOCK_FRAMES = 8192   /* JACK's longest period */
};

struct device_input {
	struct cabin_device_link link;
	struct cabin_device_watch watch;
	float *samples;
	struct cabin_gap gap;
	uint64_t skipped_frames; /* that the device did not count, since open */
};

static uint64_t now(const struct device_input *input)
{
	return cabin_device_link_now_ns(&input->link);
}

static void device_close(void *context)
{
	struct device_input *input = context;
	cabin_device_link_close(&input->link);
	free(input->samples);
	input->samples = NULL;
}

static int device_open(void *context, uint32_t *rate_hz, uint32_t *channel_count)
{
	struct device_input *input = context;
	int error = cabin_device_link_open(&input->link);
	if (error)
		return error;
	input->samples = calloc((size_t)BLOCK_FRAMES * input->link.channel_count, sizeof(float));
	if (!input->samples) {
		device_close(input);
		return CABIN_ENOMEM;
	}
	cabin_gap_init(&input->gap, input->link.rate_hz);
	input->skipped_frames = 0;
	cabin_device_watch_begin(&input->watch, now(input));
	*rate_hz = input->link.rate_hz;
	*channel_count = input->link.channel_count;
	return 0;
}

/* The next block that is not stale, or 0 when the ring is empty. */
static int take_block(struct device_input *input, struct cabin_input_block *out)
{
	struct cabin_spsc *ring = &input->link.ring;
	for (;;) {
		uint64_t frame_index, stamp_ns;
		int count = cabin_spsc_read(ring, input->samples, BLOCK_FRAMES, &frame_index, &stamp_ns);
		if (count <= 0)
			return count;
		uint64_t length_ns = (uint64_t)count * CABIN_NS_PER_S / input->link.rate_hz,
			 end_ns = stamp_ns + length_ns;
		cabin_device_watch_news(&input->watch, cabin_spsc_newest_stamp_ns(ring), length_ns);
		input->skipped_frames += cabin_gap_update(&input->gap, frame_index, stamp_ns);
		if (end_ns + STALE_AFTER_MS * CABIN_NS_PER_MS < now(input))
			continue;
		*out = (struct cabin_input_block){
		    .samples = input->samples,
		    .frame_count = (uint32_t)count,
		    .frame_index = frame_index + input->skipped_frames,
		    .stamp_ns = stamp_ns,
		};
		return count;
	}
}

static int device_read(void *context, struct cabin_input_block *out, uint32_t timeout_ms)
{
	struct device_input *input = context;
	uint64_t until_ns = now(input) + timeout_ms * CABIN_NS_PER_MS;
	for (;;) {
		int count = take_block(input, out);
		if (count > 0)
			return 0;
		if (count < 0 || cabin_device_watch_is_lost(&input->watch, now(input)))
			return CABIN_ELOST;
		uint64_t quiet_ns = input->watch.quiet_after_ns;
		int error = cabin_device_link_wait(&input->link, until_ns < quiet_ns ? until_ns : quiet_ns);
		if (error == CABIN_EAGAIN && now(input) >= until_ns && now(input) < quiet_ns)
			return CABIN_EAGAIN;
		if (error && error != CABIN_EAGAIN)
			return CABIN_ELOST;
	}
}

static void device_destroy(void *context)
{
	device_close(context);
	free(context);
}

int cabin_device_input_create(struct cabin_input *out, const struct cabin_device_input_config *config)
{
	static const struct cabin_input_ops ops = {
	    .open = device_open,
	    .read = device_read,
	    .close = device_close,
	    .destroy = device_destroy,
	};
	const struct cabin_device_link_config link = {
	    .device = config->device,
	    .direction = CABIN_AUDIO_CAPTURE,
	    .channel_count = config->channel_count,
	    .clock = config->clock,
	    .stop_fd = config->stop_fd,
	};
	*out = (struct cabin_input){0};
	struct device_input *input = calloc(1, sizeof(*input));
	if (!input)
		return CABIN_ENOMEM;
	int error = cabin_device_link_init(&input->link, &link);
	if (error) {
		free(input);
		return error;
	}
	*out = (struct cabin_input){.ops = &ops, .self = input, .id = config->device->id};
	return 0;
}
