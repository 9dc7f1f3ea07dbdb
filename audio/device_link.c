#include "audio/device_link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"

enum {
	OPEN_LIMIT_MS = 10000, /* ALSA may probe many devices; JACK answers at once */
	FIRST_FRAMES_MS = 1000,
	LOST_AFTER_MS = 150,  /* of no frames … */
	LOST_MARGIN_MS = 100, /* … or this much after the next block was due, for long blocks */
	OVERSLEPT_MS = 30,    /* when this thread itself was not woken in time … */
	GRACE_MS = 50,	      /* … the device gets another chance */
	MESSAGE_AGAIN_MS = 60000
};

int cabin_device_link_init(struct cabin_device_link *link, const struct cabin_device_link_config *config)
{
	if (config->channel_count < 1 || config->channel_count > CABIN_DEVICE_CHANNELS_MAX)
		return CABIN_EINVAL;
	*link = (struct cabin_device_link){.config = *config, .shared_fd = -1, .event_fd = -1};
	cabin_helper_process_init(&link->process);
	snprintf(link->client, sizeof(link->client), "cabin-%.50s", config->device->id);
	return 0;
}

static int fd_above_helper_numbers(int fd)
{
	if (fd < 0)
		return -1;
	int high = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	close(fd);
	return high;
}

static int map_shared(struct cabin_device_link *link)
{
	link->shared_bytes = cabin_helper_size_bytes(link->config.channel_count);
	link->shared_fd = fd_above_helper_numbers(memfd_create("cabin-audio", MFD_CLOEXEC));
	link->event_fd = fd_above_helper_numbers(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (link->shared_fd < 0 || link->event_fd < 0 || ftruncate(link->shared_fd, (off_t)link->shared_bytes) != 0)
		return CABIN_EIO;
	link->shared = mmap(NULL, link->shared_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, link->shared_fd, 0);
	if (link->shared == MAP_FAILED) {
		link->shared = NULL;
		return CABIN_EIO;
	}
	return 0;
}

static int start_helper(struct cabin_device_link *link)
{
	const struct cabin_audio_device *device = link->config.device;
	char channels[16], rate[16], buffer[16];
	const char *arguments[CABIN_HELPER_ARGUMENTS_MAX] = {
	    link->config.direction == CABIN_AUDIO_CAPTURE ? "capture" : "play",
	    "--client",
	    link->client,
	    "--channels",
	    channels,
	    "--rate",
	    rate,
	    "--buffer",
	    buffer,
	};
	int count = 9;
	snprintf(channels, sizeof(channels), "%u", link->config.channel_count);
	snprintf(rate, sizeof(rate), "%u", device->rate_hz);
	snprintf(buffer, sizeof(buffer), "%u", device->buffer_frames);
	if (device->name) {
		arguments[count++] = "--device";
		arguments[count++] = device->name;
	}
	if (device->api || device->jack_server) {
		arguments[count++] = "--api";
		arguments[count++] = device->api ? device->api : "JACK";
	}
	const struct cabin_helper_start start = {
	    .arguments = arguments,
	    .jack_server = device->jack_server,
	    .shared_fd = link->shared_fd,
	    .event_fd = link->event_fd,
	};
	return cabin_helper_process_start(&link->process, &start);
}

int cabin_device_link_wait(struct cabin_device_link *link, uint64_t until_ns)
{
	uint64_t now_ns = cabin_device_link_now_ns(link);
	if (now_ns >= until_ns)
		return CABIN_EAGAIN;
	struct pollfd fds[3] = {{.fd = link->event_fd, .events = POLLIN},
				{.fd = link->process.error_fd, .events = POLLIN},
				{.fd = link->config.stop_fd, .events = POLLIN}};
	struct timespec left = {
	    .tv_sec = (time_t)((until_ns - now_ns) / CABIN_NS_PER_S),
	    .tv_nsec = (long)((until_ns - now_ns) % CABIN_NS_PER_S),
	};
	int ready = ppoll(fds, 3, &left, NULL);
	if (ready <= 0)
		return ready == 0 || errno == EINTR ? CABIN_EAGAIN : CABIN_EIO;
	if (fds[2].revents) {
		link->stopping = true;
		return CABIN_ELOST;
	}
	if (fds[0].revents) {
		uint64_t events;
		ssize_t size = read(link->event_fd, &events, sizeof(events));
		(void)size;
	}
	if (fds[1].revents && !cabin_helper_process_log(&link->process, link->config.device->id))
		return CABIN_ELOST;
	return 0;
}

/* One line for each new reason, and again each minute while it lasts. */
static void log_failure(struct cabin_device_link *link, const char *message)
{
	char quoted[2 * CABIN_HELPER_MESSAGE_BYTES];
	uint64_t now_ns = cabin_device_link_now_ns(link);
	if (link->told_ns && strcmp(link->told, message) == 0 &&
	    now_ns - link->told_ns < MESSAGE_AGAIN_MS * CABIN_NS_PER_MS)
		return;
	snprintf(link->told, sizeof(link->told), "%s", message);
	link->told_ns = now_ns;
	cabin_log(CABIN_LOG_ERROR, "audio", "device-missing", "device=%s reason=%s", link->config.device->id,
		  cabin_log_quote(quoted, sizeof(quoted), message));
}

static int wait_until_running(struct cabin_device_link *link)
{
	uint64_t limit_ns = cabin_device_link_now_ns(link) + OPEN_LIMIT_MS * CABIN_NS_PER_MS;
	for (;;) {
		/* Acquire, partner: the release in helper.c. */
		uint32_t state = atomic_load_explicit(&link->shared->state, memory_order_acquire);
		if (state == CABIN_HELPER_RUNNING)
			return 0;
		if (state == CABIN_HELPER_FAILED) {
			link->shared->message[CABIN_HELPER_MESSAGE_BYTES - 1] = '\0';
			log_failure(link, link->shared->message);
			return link->shared->error < 0 ? link->shared->error : CABIN_EIO;
		}
		int error = cabin_device_link_wait(link, limit_ns);
		bool told = atomic_load_explicit(&link->shared->state, memory_order_acquire) != CABIN_HELPER_STARTING;
		if (link->stopping)
			return CABIN_ELOST;
		if (error == CABIN_ELOST && !told) {
			log_failure(link, "the helper process ended before it could say why");
			return error;
		}
		if (error == CABIN_EAGAIN && cabin_device_link_now_ns(link) >= limit_ns) {
			log_failure(link, "the audio system does not answer; is a sound server or a driver stuck?");
			return CABIN_EIO;
		}
	}
}

static int open_ring(struct cabin_device_link *link)
{
	link->rate_hz = link->shared->rate_hz;
	link->channel_count = link->shared->channel_count;
	if (link->channel_count < 1 || link->channel_count > link->config.channel_count ||
	    cabin_spsc_open(&link->ring, cabin_helper_ring(link->shared), CABIN_HELPER_RING_FRAMES, link->channel_count,
			    link->rate_hz))
		return CABIN_EFORMAT;
	return 0;
}

int cabin_device_link_open(struct cabin_device_link *link)
{
	char quoted[256];
	int error = map_shared(link);
	if (error)
		log_failure(link, "no shared memory: is /dev/shm or the limit of open files full?");
	if (!error)
		error = start_helper(link);
	if (!error)
		error = wait_until_running(link);
	if (!error)
		error = open_ring(link);
	if (error) {
		cabin_device_link_close(link);
		return error;
	}
	link->told_ns = 0;
	link->told[0] = '\0';
	link->shared->device[sizeof(link->shared->device) - 1] = '\0';
	cabin_log(CABIN_LOG_INFO, "audio", "device-open", "device=%s name=%s rate_hz=%u channels=%u pid=%d",
		  link->config.device->id, cabin_log_quote(quoted, sizeof(quoted), link->shared->device), link->rate_hz,
		  link->channel_count, (int)link->process.pid);
	return 0;
}

void cabin_device_link_close(struct cabin_device_link *link)
{
	cabin_helper_process_kill(&link->process, link->config.device->id);
	if (link->shared)
		munmap(link->shared, link->shared_bytes);
	link->shared = NULL;
	if (link->shared_fd >= 0)
		close(link->shared_fd);
	if (link->event_fd >= 0)
		close(link->event_fd);
	link->shared_fd = link->event_fd = -1;
}

void cabin_device_watch_begin(struct cabin_device_watch *watch, uint64_t now_ns)
{
	*watch = (struct cabin_device_watch){.quiet_after_ns = now_ns + FIRST_FRAMES_MS * CABIN_NS_PER_MS};
}

void cabin_device_watch_news(struct cabin_device_watch *watch, uint64_t news_ns, uint64_t length_ns)
{
	uint64_t patience_ns = LOST_AFTER_MS * CABIN_NS_PER_MS;
	if (patience_ns < length_ns + LOST_MARGIN_MS * CABIN_NS_PER_MS)
		patience_ns = length_ns + LOST_MARGIN_MS * CABIN_NS_PER_MS;
	watch->quiet_after_ns = news_ns + length_ns + patience_ns;
	watch->in_grace = false;
}

bool cabin_device_watch_is_lost(struct cabin_device_watch *watch, uint64_t now_ns)
{
	if (now_ns < watch->quiet_after_ns)
		return false;
	if (watch->in_grace || now_ns - watch->quiet_after_ns < OVERSLEPT_MS * CABIN_NS_PER_MS)
		return true;
	watch->in_grace = true;
	watch->quiet_after_ns = now_ns + GRACE_MS * CABIN_NS_PER_MS;
	return false;
}
