/* The parent's side of one helper: shared memory, eventfd, process, and why it failed.
 *
 *   open: memfd + eventfd ─▶ start helper ─▶ wait until it runs or says why not
 *   wait: until the callback or the helper's log wakes us
 *   close: kill −9
 *
 * Embedded in an input or an output; all calls from its one thread. */
#ifndef CABIN_AUDIO_DEVICE_LINK_H
#define CABIN_AUDIO_DEVICE_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "audio/device.h"
#include "audio/helper_process.h"
#include "audio/helper_shared.h"
#include "base/clock.h"

struct cabin_device_link_config {
	const struct cabin_audio_device *device; /* borrowed for life */
	enum cabin_audio_direction direction;
	uint32_t channel_count; /* wanted; a device may have fewer */
	struct cabin_clock clock;
	int stop_fd; /* readable: stop waiting for a device; borrowed; −1: none */
};

struct cabin_device_link {
	struct cabin_device_link_config config;
	char client[64];
	struct cabin_helper_process process;
	int shared_fd, event_fd;
	struct cabin_helper_shared *shared; /* NULL: not open */
	size_t shared_bytes;
	struct cabin_spsc ring;
	uint32_t rate_hz, channel_count; /* the stream's */
	bool stopping;
	char told[CABIN_HELPER_MESSAGE_BYTES]; /* the last failure logged … */
	uint64_t told_ns;		       /* … and when, so that a missing device is not a log line each 2 s */
};

/* CABIN_EINVAL for a count of channels out of range. */
CABIN_MUST_CHECK int cabin_device_link_init(struct cabin_device_link *link,
					    const struct cabin_device_link_config *config);

/* Blocks until the device runs. What the helper said, or CABIN_EIO, CABIN_ELOST, with a log line
 * that says what to do; nothing is open then. */
CABIN_MUST_CHECK int cabin_device_link_open(struct cabin_device_link *link);

/* Sleeps until the callback ran, the helper wrote a line (which is logged) or ended, or
 * the time is over. CABIN_EAGAIN: over; CABIN_ELOST: it ended, or we are to stop. */
CABIN_MUST_CHECK int cabin_device_link_wait(struct cabin_device_link *link, uint64_t until_ns);

/* At most 200 ms. Fine when not open. */
void cabin_device_link_close(struct cabin_device_link *link);

static inline uint64_t cabin_device_link_now_ns(const struct cabin_device_link *link)
{
	return cabin_clock_now_ns(&link->config.clock);
}

/* When a device counts as lost: no news of it by then. A thread that was itself not
 * woken in time gives the device another chance. */
struct cabin_device_watch {
	uint64_t quiet_after_ns; /* no newer frames by then: lost */
	bool in_grace;
};

/* Just opened. */
void cabin_device_watch_begin(struct cabin_device_watch *watch, uint64_t now_ns);
/* Frames came or went at `news_ns`, in blocks of `length_ns`: the next ones are due. */
void cabin_device_watch_news(struct cabin_device_watch *watch, uint64_t news_ns, uint64_t length_ns);
bool cabin_device_watch_is_lost(struct cabin_device_watch *watch, uint64_t now_ns);

#endif
