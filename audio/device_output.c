#include "audio/device_output.h"

#include <stdlib.h>

#include "audio/device_link.h"
#include "base/counter.h"

enum {
	PERIOD_UNKNOWN_MS = 20, /* until the callback has run */
	MARGIN_MIN_MS = 4,	/* for this thread's being woken late */
	MARGIN_MAX_MS = 60,
	MARGIN_STEP_MS = 4,	/* more after each underrun … */
	CALM_BEFORE_LESS_S = 30 /* … and one less after so long without */
};

struct cabin_device_output {
	struct cabin_device_link link;
	struct cabin_device_watch watch;
	uint64_t written_frames;
	uint64_t seen_called_ns;
	uint32_t margin_ms;
	uint64_t seen_underruns, calm_since_ns;
};

#define RELAXED(place) atomic_load_explicit(&(place), memory_order_relaxed)

static uint64_t now(const struct cabin_device_output *output)
{
	return cabin_device_link_now_ns(&output->link);
}

int cabin_device_output_create(struct cabin_device_output **out, const struct cabin_device_output_config *config)
{
	const struct cabin_device_link_config link = {
	    .device = config->device,
	    .direction = CABIN_AUDIO_PLAYBACK,
	    .channel_count = config->channel_count,
	    .clock = config->clock,
	    .stop_fd = config->stop_fd,
	};
	*out = NULL;
	struct cabin_device_output *output = calloc(1, sizeof(*output));
	if (!output)
		return CABIN_ENOMEM;
	int error = cabin_device_link_init(&output->link, &link);
	if (error) {
		free(output);
		return error;
	}
	output->margin_ms = MARGIN_MIN_MS;
	*out = output;
	return 0;
}

void cabin_device_output_destroy(struct cabin_device_output *output)
{
	if (!output)
		return;
	cabin_device_output_close(output);
	free(output);
}

int cabin_device_output_open(struct cabin_device_output *output, uint32_t *rate_hz, uint32_t *channel_count)
{
	int error = cabin_device_link_open(&output->link);
	if (error)
		return error;
	output->written_frames = 0;
	output->seen_called_ns = 0;
	output->seen_underruns = 0;
	output->calm_since_ns = now(output);
	cabin_device_watch_begin(&output->watch, now(output));
	*rate_hz = output->link.rate_hz;
	*channel_count = output->link.channel_count;
	return 0;
}

void cabin_device_output_close(struct cabin_device_output *output)
{
	cabin_device_link_close(&output->link);
}

bool cabin_device_output_is_open(const struct cabin_device_output *output)
{
	return output->link.shared != NULL;
}

static const struct cabin_helper_playback *playback(const struct cabin_device_output *output)
{
	return &output->link.shared->playback;
}

/* Frames that lie in the ring. Acquire, partner: the release in cabin_spsc_read. */
static uint64_t queued_frames(const struct cabin_device_output *output)
{
	uint64_t taken = atomic_load_explicit(&output->link.ring.shared->read_position, memory_order_acquire);
	return taken < output->written_frames ? output->written_frames - taken : 0;
}

static uint32_t period_frames(const struct cabin_device_output *output)
{
	uint32_t told = RELAXED(playback(output)->period_frames);
	uint32_t most = CABIN_HELPER_RING_FRAMES / 2;
	uint32_t frames = told ? told : output->link.rate_hz * PERIOD_UNKNOWN_MS / 1000;
	return frames < most ? frames : most;
}

/* Follows the underruns. */
static void adapt_margin(struct cabin_device_output *output)
{
	uint64_t underruns = cabin_counter_get(&playback(output)->underruns), now_ns = now(output);
	if (underruns != output->seen_underruns) {
		output->seen_underruns = underruns;
		output->calm_since_ns = now_ns;
		if (output->margin_ms + MARGIN_STEP_MS <= MARGIN_MAX_MS)
			output->margin_ms += MARGIN_STEP_MS;
	} else if (now_ns - output->calm_since_ns > CALM_BEFORE_LESS_S * CABIN_NS_PER_S) {
		output->calm_since_ns = now_ns;
		if (output->margin_ms > MARGIN_MIN_MS)
			output->margin_ms--;
	}
}

uint32_t cabin_device_output_wanted_frames(struct cabin_device_output *output)
{
	adapt_margin(output);
	uint64_t target = period_frames(output) + (uint64_t)output->link.rate_hz * output->margin_ms / 1000;
	uint64_t queued = queued_frames(output);
	return queued < target ? (uint32_t)(target - queued) : 0;
}

int cabin_device_output_write(struct cabin_device_output *output, const float *samples, uint32_t frame_count)
{
	if (!cabin_spsc_write(&output->link.ring, samples, frame_count, now(output)))
		return CABIN_EFULL;
	output->written_frames += frame_count;
	return 0;
}

/* True: the callback ran since the last call of this. */
static bool was_called(struct cabin_device_output *output)
{
	uint64_t called_ns = cabin_counter_get(&playback(output)->called_ns);
	if (called_ns == output->seen_called_ns)
		return false;
	output->seen_called_ns = called_ns;
	cabin_device_watch_news(&output->watch, called_ns,
				(uint64_t)period_frames(output) * CABIN_NS_PER_S / output->link.rate_hz);
	return true;
}

int cabin_device_output_wait(struct cabin_device_output *output, uint32_t timeout_ms)
{
	uint64_t until_ns = now(output) + timeout_ms * CABIN_NS_PER_MS;
	for (;;) {
		if (was_called(output))
			return 0;
		if (cabin_device_watch_is_lost(&output->watch, now(output)))
			return CABIN_ELOST;
		if (now(output) >= until_ns)
			return CABIN_EAGAIN;
		uint64_t quiet_ns = output->watch.quiet_after_ns;
		int error = cabin_device_link_wait(&output->link, until_ns < quiet_ns ? until_ns : quiet_ns);
		if (error && error != CABIN_EAGAIN)
			return CABIN_ELOST;
	}
}

void cabin_device_output_figures(const struct cabin_device_output *output, struct cabin_device_output_figures *out)
{
	*out = (struct cabin_device_output_figures){0};
	if (!output->link.shared)
		return;
	double rate_hz = output->link.rate_hz, delay_ms = (double)cabin_counter_get(&playback(output)->delay_ns) / 1e6;
	out->underruns = cabin_counter_get(&playback(output)->underruns);
	out->underrun_frames = cabin_counter_get(&playback(output)->underrun_frames);
	out->period_ms = 1000.0 * period_frames(output) / rate_hz;
	out->ahead_ms = 1000.0 * (double)queued_frames(output) / rate_hz + delay_ms;
}
