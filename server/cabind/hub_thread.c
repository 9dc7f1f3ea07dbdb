#include "cabind/hub_thread.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "relay/hub_message.h"

/* Without a source nothing is due: it goes round all the same, so that others see it. */
static const uint64_t ROUND_LIMIT_NS = CABIN_NS_PER_S;

struct cabin_hub_thread {
	struct cabin_clock clock;
	struct cabin_inbox *inbox;
	struct cabin_hub *hub;
	int wake_fd;
	pthread_t thread;
	bool started;
	atomic_bool stopping;
	struct cabin_pulse pulse;
};

static void wake(void *context)
{
	const struct cabin_hub_thread *thread = context;
	const uint64_t one = 1;
	/* It fails only where the counter is full, and then the thread is awake anyway. */
	ssize_t written = write(thread->wake_fd, &one, sizeof(one));
	(void)written;
}

int cabin_hub_thread_create(struct cabin_hub_thread **out, struct cabin_clock clock, uint32_t slot_count)
{
	*out = NULL;
	struct cabin_hub_thread *thread = calloc(1, sizeof(*thread));
	if (!thread)
		return CABIN_ENOMEM;
	thread->clock = clock;
	thread->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int result = CABIN_EIO;
	if (thread->wake_fd < 0) {
		cabin_log(CABIN_LOG_ERROR, "app", "eventfd-failed", "error=\"%s\"", strerror(errno));
		goto out;
	}
	const struct cabin_inbox_config inbox = {
	    .slot_count = slot_count,
	    .message_size = sizeof(struct cabin_hub_message),
	    .wake = wake,
	    .context = thread,
	};
	result = cabin_inbox_create(&thread->inbox, &inbox);
	if (result == 0) {
		*out = thread;
		return 0;
	}
out:
	cabin_hub_thread_destroy(thread);
	return result;
}

struct cabin_inbox *cabin_hub_thread_inbox(struct cabin_hub_thread *thread)
{
	return thread->inbox;
}

static void drain(struct cabin_hub_thread *thread)
{
	struct cabin_hub_message message;
	while (cabin_inbox_pop(thread->inbox, &message) == 0)
		cabin_hub_message_give(thread->hub, &message);
}

static void sleep_until(const struct cabin_hub_thread *thread, uint64_t due_ns)
{
	uint64_t now_ns = cabin_clock_now_ns(&thread->clock);
	uint64_t left_ns = due_ns > now_ns ? due_ns - now_ns : 0;
	if (left_ns > ROUND_LIMIT_NS)
		left_ns = ROUND_LIMIT_NS;
	const struct timespec timeout = {.tv_sec = (time_t)(left_ns / CABIN_NS_PER_S),
					 .tv_nsec = (long)(left_ns % CABIN_NS_PER_S)};
	struct pollfd wait = {.fd = thread->wake_fd, .events = POLLIN};
	if (ppoll(&wait, 1, &timeout, NULL) <= 0)
		return;
	uint64_t wakes;
	ssize_t got = read(thread->wake_fd, &wakes, sizeof(wakes));
	(void)got;
}

static void *run(void *context)
{
	struct cabin_hub_thread *thread = context;
	pthread_setname_np(pthread_self(), "cabin-hub");
	/* Acquire, partner: the release in cabin_hub_thread_stop. */
	while (!atomic_load_explicit(&thread->stopping, memory_order_acquire)) {
		drain(thread);
		uint64_t due_ns = cabin_hub_tick(thread->hub);
		cabin_pulse_beat(&thread->pulse, cabin_clock_now_ns(&thread->clock));
		sleep_until(thread, due_ns);
	}
	return NULL;
}

int cabin_hub_thread_start(struct cabin_hub_thread *thread, struct cabin_hub *hub)
{
	thread->hub = hub;
	int error = pthread_create(&thread->thread, NULL, run, thread);
	if (error != 0) {
		cabin_log(CABIN_LOG_ERROR, "app", "thread-failed", "thread=hub error=\"%s\"", strerror(error));
		return CABIN_EIO;
	}
	thread->started = true;
	return 0;
}

const struct cabin_pulse *cabin_hub_thread_pulse(const struct cabin_hub_thread *thread)
{
	return &thread->pulse;
}

void cabin_hub_thread_stop(struct cabin_hub_thread *thread)
{
	if (!thread || !thread->started)
		return;
	atomic_store_explicit(&thread->stopping, true, memory_order_release);
	wake(thread);
	pthread_join(thread->thread, NULL);
	thread->started = false;
}

void cabin_hub_thread_destroy(struct cabin_hub_thread *thread)
{
	if (!thread)
		return;
	cabin_hub_thread_stop(thread);
	struct cabin_hub_message message;
	while (thread->inbox && cabin_inbox_pop(thread->inbox, &message) == 0)
		cabin_hub_message_release(&message);
	cabin_inbox_destroy(thread->inbox);
	if (thread->wake_fd >= 0)
		close(thread->wake_fd);
	free(thread);
}
