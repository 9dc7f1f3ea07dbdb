/* What the capture tests share: a clock that the test moves, WAV files, a tap whose
 * packets are decoded on to one time line. */
#ifndef CABIN_TESTS_CAPTURE_FAKES_H
#define CABIN_TESTS_CAPTURE_FAKES_H

#include <cmocka.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "config/config.h"

struct fake_clock {
	uint64_t now_ns;
};

static inline uint64_t fake_now_ns(void *context)
{
	return ((struct fake_clock *)context)->now_ns;
}

static inline struct cabin_clock fake_clock_of(struct fake_clock *fake)
{
	return (struct cabin_clock){.now_ns = fake_now_ns, .context = fake};
}

/* A sound file of `channel_count` channels in a folder that ends with the test. */
static inline const char *write_sound(char *path, const char *folder, const char *name, int format, int rate_hz,
				      int channel_count, const float *frames, sf_count_t frame_count)
{
	SF_INFO info = {.samplerate = rate_hz, .channels = channel_count, .format = format};
	sprintf(path, "%s/%s", folder, name);
	SNDFILE *file = sf_open(path, SFM_WRITE, &info);
	assert_non_null(file);
	assert_int_equal(sf_writef_float(file, frames, frame_count), frame_count);
	sf_close(file);
	return path;
}

static inline struct cabin_config_opus plain_opus(uint32_t packet_ms)
{
	return (struct cabin_config_opus){
	    .mode = CABIN_OPUS_LOW_DELAY, .bitrate_bps = 128000, .packet_ms = packet_ms, .complexity = 5};
}

#endif
