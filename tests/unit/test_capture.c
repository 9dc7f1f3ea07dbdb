/* server/capture/capture and encode_thread: real threads with an input of the test's
 * own making, with tones and files; loss, return, a full inbox, stopping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>

#include "base/inbox.h"
#include "base/packet.h"
#include "capture/capture.h"
#include "capture/encode_thread.h"
#include "capture_fakes.h"
#include "relay/hub_message.h"

/* The hub's end: an inbox and the eventfd that wakes whoever waits for it. */
struct hub_end {
	struct cabin_packet_pool *pool;
	struct cabin_inbox *inbox;
	int wake_fd;
};

static void wake(void *context)
{
	static const uint64_t one = 1;
	ssize_t size = write(((struct hub_end *)context)->wake_fd, &one, sizeof(one));
	(void)size;
}

static void make_hub_end(struct hub_end *hub, uint32_t slot_count)
{
	const struct cabin_inbox_config config = {
	    .slot_count = slot_count, .message_size = sizeof(struct cabin_hub_message), .wake = wake, .context = hub};
	hub->wake_fd = eventfd(0, 0);
	assert_int_equal(cabin_packet_pool_create(&hub->pool, 200), 0);
	assert_int_equal(cabin_inbox_create(&hub->inbox, &config), 0);
}

/* The next message; sleeps until there is one. */
static struct cabin_hub_message next_message(struct hub_end *hub)
{
	struct cabin_hub_message message;
	uint64_t events;
	while (cabin_inbox_pop(hub->inbox, &message))
		assert_int_equal(read(hub->wake_fd, &events, sizeof(events)), sizeof(events));
	return message;
}

static void end_hub(struct hub_end *hub)
{
	struct cabin_hub_message message;
	while (cabin_inbox_pop(hub->inbox, &message) == 0)
		cabin_packet_release(message.packet);
	cabin_inbox_destroy(hub->inbox);
	cabin_packet_pool_destroy(hub->pool); /* asserts that every packet came back */
	close(hub->wake_fd);
}

/* An input that does what its script says: letters, one for each call.
 * open:  '+' opens with two channels, '1' with one, '-' is not there
 * read:  '.' a block of 20 ms, 'L' lost, 'E' over */
struct scripted {
	const char *script;
	atomic_int closed;
	const struct cabin_encode_thread *thread; /* or NULL … */
	atomic_int closed_untold;		  /* … and how often it was closed before its loss was told */
	uint64_t frame;
	float samples[960 * 2];
};

static int scripted_open(void *self, uint32_t *rate_hz, uint32_t *channel_count)
{
	struct scripted *input = self;
	char step = *input->script ? *input->script++ : '-';
	*rate_hz = 48000;
	*channel_count = step == '1' ? 1 : 2;
	input->frame = 0;
	return step == '-' ? CABIN_ENOTFOUND : 0;
}

static int scripted_read(void *self, struct cabin_input_block *out, uint32_t timeout_ms)
{
	struct scripted *input = self;
	char step = *input->script ? *input->script++ : 'L';
	const struct cabin_clock clock = cabin_clock_monotonic();
	if (step == 'L')
		return CABIN_ELOST;
	if (step == 'E')
		return CABIN_EEMPTY;
	*out = (struct cabin_input_block){.samples = input->samples,
					  .frame_count = 960,
					  .frame_index = input->frame,
					  .stamp_ns = cabin_clock_now_ns(&clock) - 20 * CABIN_NS_PER_MS};
	input->frame += 960;
	return 0;
}

static void scripted_close(void *self)
{
	struct scripted *input = self;
	struct cabin_capture_source_stats stats = {.lost = true};
	if (input->thread)
		cabin_encode_thread_stats(input->thread, 0, &stats);
	atomic_fetch_add(&input->closed_untold, !stats.lost);
	atomic_fetch_add(&input->closed, 1);
}

static void scripted_destroy(void *self)
{
}

static const struct cabin_input_ops scripted_ops = {
    .open = scripted_open, .read = scripted_read, .close = scripted_close, .destroy = scripted_destroy};

static void stop(int stop_fd)
{
	static const uint64_t one = 1;
	assert_int_equal(write(stop_fd, &one, sizeof(one)), sizeof(one));
}

static void loss_and_return_are_told_in_order_with_the_packets(void **state)
{
	uint32_t first[] = {1}, second[] = {2};
	const struct cabin_config_source sources[] = {
	    {.id = "one", .opus = plain_opus(20), .inputs = first, .input_count = 1},
	    {.id = "two", .opus = plain_opus(20), .inputs = second, .input_count = 1},
	};
	/* Not there; two blocks, lost; back with one channel only; back whole; over. */
	struct scripted input = {.script = "-+..L1..L+..E"};
	struct hub_end hub;
	make_hub_end(&hub, 64);
	const struct cabin_encode_thread_config config = {
	    .input = {.ops = &scripted_ops, .self = &input, .id = "scripted"},
	    .clock = cabin_clock_monotonic(),
	    .pool = hub.pool,
	    .hub_inbox = hub.inbox,
	    .stop_fd = eventfd(0, 0),
	};
	struct cabin_encode_thread *thread = NULL;
	assert_int_equal(cabin_encode_thread_create(&thread, &config), 0);
	assert_int_equal(cabin_encode_thread_add(thread, &sources[0], 0, false), 0);
	assert_int_equal(cabin_encode_thread_add(thread, &sources[1], 1, true), 0);
	input.thread = thread;
	assert_int_equal(cabin_encode_thread_start(thread), 0);
	static const char *const expected[] = {"R..L"
					       "R..L"
					       "R..L",
					       "R..L"
					       "R..L"};
	const char *left[] = {expected[0], expected[1]};
	uint64_t sequence[2] = {0};
	while (*left[0] || *left[1]) {
		struct cabin_hub_message message = next_message(&hub);
		assert_in_range(message.source_index, 0, 1);
		char seen = message.kind == CABIN_HUB_PACKET ? '.' : message.event == CABIN_SOURCE_LOST ? 'L' : 'R';
		assert_int_equal(seen, *left[message.source_index]++);
		if (seen == '.')
			assert_int_equal(message.packet->source_sequence, sequence[message.source_index]++);
		if (seen == '.' && message.source_index == 1)
			assert_true(message.packet->flags & CABIN_PACKET_ACTIVE); /* silent, but it feeds a floor */
		cabin_packet_release(message.kind == CABIN_HUB_PACKET ? message.packet : NULL);
	}
	struct cabin_capture_source_stats stats;
	cabin_encode_thread_stats(thread, 0, &stats);
	assert_true(stats.lost);
	assert_int_equal(stats.packets, 6);
	stop(config.stop_fd);
	cabin_encode_thread_destroy(thread);
	assert_true(atomic_load(&input.closed) >= 3);
	assert_int_equal(atomic_load(&input.closed_untold), 0); /* closing may take its time */
	close(config.stop_fd);
	end_hub(&hub);
}

static void a_full_inbox_costs_packets_but_no_event(void **state)
{
	uint32_t first[] = {1};
	const struct cabin_config_source source = {
	    .id = "one", .opus = plain_opus(20), .inputs = first, .input_count = 1};
	struct scripted input = {.script = "+.....L"};
	struct hub_end hub;
	make_hub_end(&hub, 2); /* RETURNED and one packet fit, or two */
	const struct cabin_encode_thread_config config = {
	    .input = {.ops = &scripted_ops, .self = &input, .id = "scripted"},
	    .clock = cabin_clock_monotonic(),
	    .pool = hub.pool,
	    .hub_inbox = hub.inbox,
	    .stop_fd = eventfd(0, 0),
	};
	struct cabin_encode_thread *thread = NULL;
	assert_int_equal(cabin_encode_thread_create(&thread, &config), 0);
	assert_int_equal(cabin_encode_thread_add(thread, &source, 0, false), 0);
	assert_int_equal(cabin_encode_thread_start(thread), 0);
	while (atomic_load(&input.closed) == 0)
		sched_yield();
	struct cabin_capture_source_stats stats;
	do
		cabin_encode_thread_stats(thread, 0, &stats);
	while (!stats.lost);
	assert_int_equal(stats.packets, 5);
	assert_int_equal(stats.inbox_refused, 4);
	assert_int_equal(next_message(&hub).event, CABIN_SOURCE_RETURNED);
	struct cabin_hub_message message = next_message(&hub);
	assert_int_equal(message.kind, CABIN_HUB_PACKET);
	cabin_packet_release(message.packet);
	message = next_message(&hub); /* told with the next try, now that there is room */
	assert_int_equal(message.kind, CABIN_HUB_SOURCE_EVENT);
	assert_int_equal(message.event, CABIN_SOURCE_LOST);
	stop(config.stop_fd);
	cabin_encode_thread_destroy(thread);
	close(config.stop_fd);
	end_hub(&hub);
}

static void tones_and_files_run_in_step(void **state)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/deploy/demo/speech/floor-vi.opus", CABIN_SOURCE_DIR);
	struct cabin_config_play play = {.file = path};
	struct cabin_config_source sources[] = {
	    {.id = "tone", .kind = CABIN_SOURCE_TONE, .tone_hz = 1000, .opus = plain_opus(10)},
	    {.id = "file",
	     .kind = CABIN_SOURCE_FILE,
	     .play = &play,
	     .play_count = 1,
	     .loop = true,
	     .opus = plain_opus(20)},
	};
	const struct cabin_config config = {.sources = sources, .source_count = 2};
	struct hub_end hub;
	make_hub_end(&hub, 256);
	const struct cabin_capture_config capture_config = {
	    .config = &config, .clock = cabin_clock_monotonic(), .pool = hub.pool, .hub_inbox = hub.inbox};
	struct cabin_capture *capture = NULL;
	assert_int_equal(cabin_capture_create(&capture, &capture_config), 0);
	uint64_t origin_ns[2] = {0}, packets[2] = {0};
	while (packets[0] < 20 || packets[1] < 10) {
		struct cabin_hub_message message = next_message(&hub);
		if (message.kind == CABIN_HUB_SOURCE_EVENT)
			continue;
		uint64_t zero_ns = message.packet->stamp_ns - message.packet->source_timestamp * 1000000 / 48;
		if (packets[message.source_index]++ == 0)
			origin_ns[message.source_index] = zero_ns;
		assert_in_range(zero_ns, origin_ns[message.source_index] - 2, origin_ns[message.source_index] + 2);
		assert_int_equal(message.packet->duration_samples, message.source_index ? 960 : 480);
		cabin_packet_release(message.packet);
	}
	assert_in_range(origin_ns[0], origin_ns[1] - 2, origin_ns[1] + 2);
	struct cabin_capture_source_stats stats;
	cabin_capture_source_stats(capture, 0, &stats);
	assert_false(stats.lost);
	cabin_capture_destroy(capture);
	end_hub(&hub);
}

static void what_cannot_be_started_is_refused(void **state)
{
	struct cabin_config_play play = {.file = "/nonexistent/a.wav"};
	struct cabin_config_source sources[] = {
	    {.id = "file", .kind = CABIN_SOURCE_FILE, .play = &play, .play_count = 1, .opus = plain_opus(20)},
	    {.id = "device", .kind = CABIN_SOURCE_DEVICE, .device = "none", .opus = plain_opus(20)},
	};
	struct hub_end hub;
	make_hub_end(&hub, 64);
	for (int i = 0; i < 2; i++) {
		const struct cabin_config config = {.sources = &sources[i], .source_count = 1};
		const struct cabin_capture_config capture_config = {
		    .config = &config, .clock = cabin_clock_monotonic(), .pool = hub.pool, .hub_inbox = hub.inbox};
		struct cabin_capture *capture = NULL;
		assert_int_equal(cabin_capture_create(&capture, &capture_config), i ? CABIN_EINVAL : CABIN_ENOTFOUND);
		assert_null(capture);
	}
	cabin_capture_destroy(NULL);
	end_hub(&hub);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(loss_and_return_are_told_in_order_with_the_packets),
	    cmocka_unit_test(a_full_inbox_costs_packets_but_no_event),
	    cmocka_unit_test(tones_and_files_run_in_step),
	    cmocka_unit_test(what_cannot_be_started_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
