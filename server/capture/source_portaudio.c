#include "capture/source_portaudio.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/spsc.h"
#include "capture/gap.h"
#include "capture/helper_process.h"
#include "capture/helper_shared.h"

enum {
	OPEN_LIMIT_MS = 10000, /* ALSA may probe many devices; JACK answers at once */
	FIRST_FRAMES_MS = 1000,
	LOST_AFTER_MS = 150,  /* of no frames … */
	LOST_MARGIN_MS = 100, /* … or this much after the next block was due, for long blocks */
	OVERSLEPT_MS = 30,    /* when this thread itself was not woken in time … */
	GRACE_MS = 50,	      /* … the device gets another chance */
	STALE_AFTER_MS = 300, /* older sound in the ring is dropped: live means live */
	BLOCK_FRAMES = 8192,  /* JACK's longest period */
	MESSAGE_AGAIN_MS = 60000
};

struct source_portaudio {
	struct cabin_source_portaudio_config config;
	char client[64];
	struct cabin_helper_process process;
	int shared_fd, event_fd;
	struct cabin_helper_shared *shared;
	size_t shared_bytes;
	struct cabin_spsc ring;
	uint32_t rate_hz, channel_count;
	float *samples;
	struct cabin_gap gap;
	uint64_t skipped_frames; /* that the device did not count, since open */
	uint64_t quiet_after_ns; /* no newer frames by then: lost */
	bool in_grace;
	bool stopping;
	char told[CABIN_HELPER_MESSAGE_BYTES]; /* the last failure logged … */
	uint64_t told_ns;		       /* … and when, so that a missing device is not a log line each 2 s */
};

static uint64_t now(const struct source_portaudio *source)
{
	return cabin_clock_now_ns(&source->config.clock);
}

static int fd_above_helper_numbers(int fd)
{
	if (fd < 0)
		return -1;
	int high = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	close(fd);
	return high;
}

static int map_shared(struct source_portaudio *source)
{
	source->shared_bytes = cabin_helper_size_bytes(source->config.channel_count);
	source->shared_fd = fd_above_helper_numbers(memfd_create("cabin-capture", MFD_CLOEXEC));
	source->event_fd = fd_above_helper_numbers(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (source->shared_fd < 0 || source->event_fd < 0 ||
	    ftruncate(source->shared_fd, (off_t)source->shared_bytes) != 0)
		return CABIN_EIO;
	source->shared = mmap(NULL, source->shared_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, source->shared_fd, 0);
	if (source->shared == MAP_FAILED) {
		source->shared = NULL;
		return CABIN_EIO;
	}
	return 0;
}

static int start_helper(struct source_portaudio *source)
{
	const struct cabin_config_device *device = source->config.device;
	char channels[16], rate[16], buffer[16];
	const char *arguments[CABIN_HELPER_ARGUMENTS_MAX] = {
	    "open",   "--device", device->name, "--client", source->client, "--channels",
	    channels, "--rate",	  rate,		"--buffer", buffer,
	};
	int count = 11;
	snprintf(channels, sizeof(channels), "%u", source->config.channel_count);
	snprintf(rate, sizeof(rate), "%u", device->rate_hz);
	snprintf(buffer, sizeof(buffer), "%u", device->buffer_frames);
	if (device->api || device->jack_server) {
		arguments[count++] = "--api";
		arguments[count++] = device->api ? device->api : "JACK";
	}
	const struct cabin_helper_start start = {
	    .arguments = arguments,
	    .jack_server = device->jack_server,
	    .shared_fd = source->shared_fd,
	    .event_fd = source->event_fd,
	};
	return cabin_helper_process_start(&source->process, &start);
}

/* Sleeps until the helper wrote its eventfd or its log, it ended, or the time is
 * over. CABIN_ELOST when it ended or we are to stop. */
static int wait_for_helper(struct source_portaudio *source, uint64_t until_ns)
{
	uint64_t now_ns = now(source);
	if (now_ns >= until_ns)
		return CABIN_EAGAIN;
	struct pollfd fds[3] = {{.fd = source->event_fd, .events = POLLIN},
				{.fd = source->process.error_fd, .events = POLLIN},
				{.fd = source->config.stop_fd, .events = POLLIN}};
	struct timespec left = {
	    .tv_sec = (time_t)((until_ns - now_ns) / CABIN_NS_PER_S),
	    .tv_nsec = (long)((until_ns - now_ns) % CABIN_NS_PER_S),
	};
	int ready = ppoll(fds, 3, &left, NULL);
	if (ready <= 0)
		return ready == 0 || errno == EINTR ? CABIN_EAGAIN : CABIN_EIO;
	if (fds[2].revents) {
		source->stopping = true;
		return CABIN_ELOST;
	}
	if (fds[0].revents) {
		uint64_t events;
		ssize_t size = read(source->event_fd, &events, sizeof(events));
		(void)size;
	}
	if (fds[1].revents && !cabin_helper_process_log(&source->process, source->config.device->id))
		return CABIN_ELOST;
	return 0;
}

/* One line for each new reason, and again each minute while it lasts. */
static void log_failure(struct source_portaudio *source, const char *message)
{
	char quoted[2 * CABIN_HELPER_MESSAGE_BYTES];
	uint64_t now_ns = now(source);
	if (source->told_ns && strcmp(source->told, message) == 0 &&
	    now_ns - source->told_ns < MESSAGE_AGAIN_MS * CABIN_NS_PER_MS)
		return;
	snprintf(source->told, sizeof(source->told), "%s", message);
	source->told_ns = now_ns;
	cabin_log(CABIN_LOG_ERROR, "capture", "device-missing", "device=%s reason=%s", source->config.device->id,
		  cabin_log_quote(quoted, sizeof(quoted), message));
}

static int wait_until_running(struct source_portaudio *source)
{
	uint64_t limit_ns = now(source) + OPEN_LIMIT_MS * CABIN_NS_PER_MS;
	for (;;) {
		/* Acquire, partner: the release in helper.c. */
		uint32_t state = atomic_load_explicit(&source->shared->state, memory_order_acquire);
		if (state == CABIN_HELPER_RUNNING)
			return 0;
		if (state == CABIN_HELPER_FAILED) {
			source->shared->message[CABIN_HELPER_MESSAGE_BYTES - 1] = '\0';
			log_failure(source, source->shared->message);
			return source->shared->error < 0 ? source->shared->error : CABIN_EIO;
		}
		int error = wait_for_helper(source, limit_ns);
		bool told = atomic_load_explicit(&source->shared->state, memory_order_acquire) != CABIN_HELPER_STARTING;
		if (source->stopping)
			return CABIN_ELOST;
		if (error == CABIN_ELOST && !told) {
			log_failure(source, "the helper process ended before it could say why");
			return error;
		}
		if (error == CABIN_EAGAIN && now(source) >= limit_ns) {
			log_failure(source, "the audio system does not answer; is a sound server or a driver stuck?");
			return CABIN_EIO;
		}
	}
}

static void portaudio_close(void *input)
{
	struct source_portaudio *source = input;
	cabin_helper_process_kill(&source->process, source->config.device->id);
	if (source->shared)
		munmap(source->shared, source->shared_bytes);
	source->shared = NULL;
	if (source->shared_fd >= 0)
		close(source->shared_fd);
	if (source->event_fd >= 0)
		close(source->event_fd);
	source->shared_fd = source->event_fd = -1;
	free(source->samples);
	source->samples = NULL;
}

static int open_ring(struct source_portaudio *source)
{
	source->rate_hz = source->shared->rate_hz;
	source->channel_count = source->shared->channel_count;
	if (source->channel_count < 1 || source->channel_count > source->config.channel_count ||
	    cabin_spsc_open(&source->ring, cabin_helper_ring(source->shared), CABIN_HELPER_RING_FRAMES,
			    source->channel_count, source->rate_hz))
		return CABIN_EFORMAT;
	source->samples = calloc((size_t)BLOCK_FRAMES * source->channel_count, sizeof(float));
	if (!source->samples)
		return CABIN_ENOMEM;
	cabin_gap_init(&source->gap, source->rate_hz);
	source->skipped_frames = 0;
	source->quiet_after_ns = now(source) + FIRST_FRAMES_MS * CABIN_NS_PER_MS;
	return 0;
}

static int portaudio_open(void *input, uint32_t *rate_hz, uint32_t *channel_count)
{
	struct source_portaudio *source = input;
	char quoted[256];
	int error = map_shared(source);
	if (error)
		log_failure(source, "no shared memory: is /dev/shm or the limit of open files full?");
	if (!error)
		error = start_helper(source);
	if (!error)
		error = wait_until_running(source);
	if (!error)
		error = open_ring(source);
	if (error) {
		portaudio_close(source);
		return error;
	}
	source->told_ns = 0;
	source->shared->device[sizeof(source->shared->device) - 1] = '\0';
	*rate_hz = source->rate_hz;
	*channel_count = source->channel_count;
	cabin_log(CABIN_LOG_INFO, "capture", "device-open", "device=%s name=%s rate_hz=%u channels=%u pid=%d",
		  source->config.device->id, cabin_log_quote(quoted, sizeof(quoted), source->shared->device),
		  source->rate_hz, source->channel_count, (int)source->process.pid);
	return 0;
}

static uint64_t frames_to_ns(uint64_t frames, uint32_t rate_hz)
{
	return frames * CABIN_NS_PER_S / rate_hz;
}

/* Frames came, in blocks of `length_ns`: sets when the next ones are overdue. */
static void expect_more(struct source_portaudio *source, uint64_t length_ns)
{
	uint64_t patience_ns = LOST_AFTER_MS * CABIN_NS_PER_MS;
	if (patience_ns < length_ns + LOST_MARGIN_MS * CABIN_NS_PER_MS)
		patience_ns = length_ns + LOST_MARGIN_MS * CABIN_NS_PER_MS;
	source->quiet_after_ns = cabin_spsc_newest_stamp_ns(&source->ring) + length_ns + patience_ns;
	source->in_grace = false;
}

/* True when frames have stopped, and not only this thread. */
static bool is_lost(struct source_portaudio *source)
{
	uint64_t now_ns = now(source);
	if (now_ns < source->quiet_after_ns)
		return false;
	if (source->in_grace || now_ns - source->quiet_after_ns < OVERSLEPT_MS * CABIN_NS_PER_MS)
		return true;
	source->in_grace = true;
	source->quiet_after_ns = now_ns + GRACE_MS * CABIN_NS_PER_MS;
	return false;
}

/* The next block that is not stale, or 0 when the ring is empty. */
static int take_block(struct source_portaudio *source, struct cabin_input_block *out)
{
	for (;;) {
		uint64_t frame_index, stamp_ns;
		int count = cabin_spsc_read(&source->ring, source->samples, BLOCK_FRAMES, &frame_index, &stamp_ns);
		if (count <= 0)
			return count;
		uint64_t length_ns = frames_to_ns((uint64_t)count, source->rate_hz), end_ns = stamp_ns + length_ns;
		expect_more(source, length_ns);
		source->skipped_frames += cabin_gap_update(&source->gap, frame_index, stamp_ns);
		if (end_ns + STALE_AFTER_MS * CABIN_NS_PER_MS < now(source))
			continue;
		*out = (struct cabin_input_block){
		    .samples = source->samples,
		    .frame_count = (uint32_t)count,
		    .frame_index = frame_index + source->skipped_frames,
		    .stamp_ns = stamp_ns,
		};
		return count;
	}
}

static int portaudio_read(void *input, struct cabin_input_block *out, uint32_t timeout_ms)
{
	struct source_portaudio *source = input;
	uint64_t until_ns = now(source) + timeout_ms * CABIN_NS_PER_MS;
	for (;;) {
		int count = take_block(source, out);
		if (count > 0)
			return 0;
		if (count < 0)
			return CABIN_ELOST;
		if (is_lost(source))
			return CABIN_ELOST;
		int error =
		    wait_for_helper(source, until_ns < source->quiet_after_ns ? until_ns : source->quiet_after_ns);
		if (error == CABIN_EAGAIN && now(source) >= until_ns && now(source) < source->quiet_after_ns)
			return CABIN_EAGAIN;
		if (error && error != CABIN_EAGAIN)
			return CABIN_ELOST;
	}
}

static void portaudio_destroy(void *input)
{
	portaudio_close(input);
	free(input);
}

int cabin_source_portaudio_create(struct cabin_input *out, const struct cabin_source_portaudio_config *config)
{
	static const struct cabin_input_ops ops = {
	    .open = portaudio_open,
	    .read = portaudio_read,
	    .close = portaudio_close,
	    .destroy = portaudio_destroy,
	};
	*out = (struct cabin_input){0};
	if (!config->device->name || config->channel_count < 1 || config->channel_count > CABIN_DEVICE_CHANNELS_MAX)
		return CABIN_EINVAL;
	struct source_portaudio *source = calloc(1, sizeof(*source));
	if (!source)
		return CABIN_ENOMEM;
	source->config = *config;
	cabin_helper_process_init(&source->process);
	source->shared_fd = source->event_fd = -1;
	snprintf(source->client, sizeof(source->client), "cabin-%.50s", config->device->id);
	*out = (struct cabin_input){.ops = &ops, .self = source, .id = config->device->id};
	return 0;
}
