#include "capture/helper_callback.h"

#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* Seconds between the block's first frame at the microphone and this call. */
static double block_age_s(const struct cabin_callback *callback, unsigned long frame_count,
			  const PaStreamCallbackTimeInfo *time_info)
{
	double length_s = (double)frame_count / callback->rate_hz;
	if (!callback->has_adc_time || !time_info)
		return length_s;
	double told_s = time_info->currentTime - time_info->inputBufferAdcTime;
	/* A first frame cannot be younger than the block is long; over a second is nonsense. */
	return told_s > length_s && told_s < 1 ? told_s : length_s;
}

int cabin_capture_callback(const void *input, void *output, unsigned long frame_count,
			   const PaStreamCallbackTimeInfo *time_info, PaStreamCallbackFlags flags, void *user_data)
{
	struct cabin_callback *callback = user_data;
	static const uint64_t one = 1;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	uint64_t now_ns = (uint64_t)now.tv_sec * CABIN_NS_PER_S + (uint64_t)now.tv_nsec;
	uint64_t age_ns = (uint64_t)(block_age_s(callback, frame_count, time_info) * 1e9);

	if (!input)
		return paContinue;
	cabin_spsc_write(&callback->ring, input, (uint32_t)frame_count, now_ns - age_ns);
	/* Fails only when the counter is full, that is when the reader has been asleep
	 * for ever: it is awake enough then. */
	ssize_t written = write(callback->event_fd, &one, sizeof(one));
	(void)written;
	return paContinue;
}
