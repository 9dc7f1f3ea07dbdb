#include "audio/helper_callback.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counter.h"

static uint64_t clock_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * CABIN_NS_PER_S + (uint64_t)now.tv_nsec;
}

/* Fails only when the counter is full, that is when the parent has been asleep for
 * ever: it is awake enough then. */
static void wake_parent(const struct cabin_callback *callback)
{
	static const uint64_t one = 1;
	ssize_t written = write(callback->event_fd, &one, sizeof(one));
	(void)written;
}

/* Seconds between this call and the block's first frame at the card: `told_s` where the
 * host API knows, but never less than the block is long, and over a second is nonsense. */
static double block_distance_s(const struct cabin_callback *callback, unsigned long frame_count,
			       const PaStreamCallbackTimeInfo *time_info, double told_s)
{
	double length_s = (double)frame_count / callback->rate_hz;
	if (!callback->has_block_time || !time_info)
		return length_s;
	return told_s > length_s && told_s < 1 ? told_s : length_s;
}

int cabin_capture_callback(const void *input, void *output, unsigned long frame_count,
			   const PaStreamCallbackTimeInfo *time_info, PaStreamCallbackFlags flags, void *user_data)
{
	struct cabin_callback *callback = user_data;
	uint64_t now_ns = clock_ns();
	double told_s = time_info ? time_info->currentTime - time_info->inputBufferAdcTime : 0;
	uint64_t age_ns = (uint64_t)(block_distance_s(callback, frame_count, time_info, told_s) * 1e9);

	if (!input)
		return paContinue;
	cabin_spsc_write(&callback->ring, input, (uint32_t)frame_count, now_ns - age_ns);
	wake_parent(callback);
	return paContinue;
}

/* Takes what there is; the rest is silence. */
static void fill(struct cabin_callback *callback, float *output, uint32_t frame_count)
{
	uint32_t got = 0, channel_count = callback->ring.channel_count;
	while (got < frame_count) {
		uint64_t frame_index, stamp_ns;
		int count = cabin_spsc_read(&callback->ring, output + (size_t)got * channel_count, frame_count - got,
					    &frame_index, &stamp_ns);
		if (count <= 0)
			break;
		got += (uint32_t)count;
	}
	memset(output + (size_t)got * channel_count, 0, (size_t)(frame_count - got) * channel_count * sizeof(float));
	if (got < frame_count && callback->begun) {
		cabin_counter_add(&callback->playback->underruns, 1);
		cabin_counter_add(&callback->playback->underrun_frames, frame_count - got);
	}
	callback->begun = callback->begun || got > 0;
}

int cabin_playback_callback(const void *input, void *output, unsigned long frame_count,
			    const PaStreamCallbackTimeInfo *time_info, PaStreamCallbackFlags flags, void *user_data)
{
	struct cabin_callback *callback = user_data;
	struct cabin_helper_playback *playback = callback->playback;
	double told_s = time_info ? time_info->outputBufferDacTime - time_info->currentTime : 0;
	double delay_s = block_distance_s(callback, frame_count, time_info, told_s);

	if (!output)
		return paContinue;
	fill(callback, output, (uint32_t)frame_count);
	cabin_counter_add(&playback->asked_frames, frame_count);
	atomic_store_explicit(&playback->period_frames, (uint32_t)frame_count, memory_order_relaxed);
	atomic_store_explicit(&playback->delay_ns, (uint64_t)(delay_s * 1e9), memory_order_relaxed);
	atomic_store_explicit(&playback->called_ns, clock_ns(), memory_order_relaxed);
	wake_parent(callback);
	return paContinue;
}
