/* server/capture/insert: the test tone by sample, with a clock that the test moves; playing,
 * repeating, resting and beginning again, with the real threads of cabin_capture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdatomic.h>
#include <sys/eventfd.h>
#include <time.h>

#include "base/inbox.h"
#include "base/packet.h"
#include "capture/capture.h"
#include "capture/insert.h"
#include "capture_fakes.h"
#include "relay/hub_message.h"

enum { BLOCK_FRAMES = 480, SOUND_FRAMES = 4800, SOUND_PACKETS = SOUND_FRAMES / 960 };

/* An insert as an input, on a fake clock. */
struct bench {
	struct fake_clock fake;
	struct cabin_input input;
	struct cabin_insert *insert;
	int stop_fd;
};

static void set_up(struct bench *bench, const struct cabin_config_source *source)
{
	*bench = (struct bench){.fake.now_ns = 5 * CABIN_NS_PER_S, .stop_fd = eventfd(0, 0)};
	const struct cabin_insert_config config = {
	    .source = source, .clock = fake_clock_of(&bench->fake), .stop_fd = bench->stop_fd};
	assert_int_equal(cabin_insert_create(&bench->input, &bench->insert, &config), 0);
}

static void tear_down(struct bench *bench)
{
	bench->input.ops->close(bench->input.self);
	bench->input.ops->destroy(bench->input.self);
	close(bench->stop_fd);
}

/* The next block, when its time has come. */
static int next_block(struct bench *bench, struct cabin_input_block *block)
{
	bench->fake.now_ns += 10 * CABIN_NS_PER_MS;
	return bench->input.ops->read(bench->input.self, block, 0);
}

static const char *write_ramp(char *path)
{
	float frames[SOUND_FRAMES];
	for (int i = 0; i < SOUND_FRAMES; i++)
		frames[i] = (float)i / SOUND_FRAMES;
	return write_sound(path, "/tmp", "cabin-test-insert.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48000, 1, frames,
			   SOUND_FRAMES);
}

static void the_tone_is_at_alignment_level_with_breaks(void **state)
{
	const struct cabin_config_source source = {
	    .id = "insert.tone", .kind = CABIN_SOURCE_TONE, .tone_hz = 1000, .insert = true};
	struct bench bench;
	uint32_t rate_hz, channel_count;
	set_up(&bench, &source);
	cabin_insert_play(bench.insert, 1); /* a tone has no end of its own */
	assert_int_equal(bench.input.ops->open(bench.input.self, &rate_hz, &channel_count), 0);
	assert_int_equal(rate_hz, 48000);
	assert_int_equal(channel_count, 1);
	double peak = 0, sum = 0, break_sum = 0;
	float before = 0, step_max = 0;
	for (int i = 0; i < 600; i++) { /* 6 s: two periods */
		struct cabin_input_block block;
		assert_int_equal(next_block(&bench, &block), 0);
		assert_int_equal(block.frame_index, (uint64_t)i * BLOCK_FRAMES);
		for (uint32_t k = 0; k < block.frame_count; k++) {
			double sample = (double)block.samples[k];
			peak = fmax(peak, fabs(sample));
			step_max = fmaxf(step_max, fabsf(block.samples[k] - before));
			before = block.samples[k];
			if (i % 300 >= 275)
				break_sum += fabs(sample);
			else if (i % 300 >= 1 && i % 300 < 274)
				sum += sample * sample;
		}
	}
	assert_float_equal(20 * log10(peak + 1e-12), -18, 0.01);
	assert_float_equal(10 * log10(2 * sum / (2 * 273 * BLOCK_FRAMES) + 1e-12), -18, 0.01);
	assert_float_equal(break_sum, 0, 0);
	/* No click: no step is larger than the sine's own. */
	assert_true((double)step_max <= 0.1259 * 2 * M_PI * 1000 / 48000);
	assert_true(cabin_insert_playing(bench.insert));
	tear_down(&bench);
}

static void begins_when_it_is_told_and_ends_after_its_repeats(void **state)
{
	char path[256];
	struct cabin_config_play play = {.file = write_ramp(path)};
	const struct cabin_config_source source = {
	    .id = "insert.ramp", .kind = CABIN_SOURCE_FILE, .play = &play, .play_count = 1, .insert = true};
	struct bench bench;
	uint32_t rate_hz, channel_count;
	struct cabin_input_block block;
	set_up(&bench, &source);
	assert_false(cabin_insert_playing(bench.insert));
	for (int turn = 0; turn < 2; turn++) {
		cabin_insert_play(bench.insert, 2);
		assert_true(cabin_insert_playing(bench.insert));
		bench.fake.now_ns += 7 * CABIN_NS_PER_S; /* begins when it is opened, not before */
		uint64_t began_ns = bench.fake.now_ns;
		assert_int_equal(bench.input.ops->open(bench.input.self, &rate_hz, &channel_count), 0);
		for (int i = 0; i < 2 * SOUND_FRAMES / BLOCK_FRAMES; i++) {
			assert_int_equal(next_block(&bench, &block), 0);
			assert_int_equal(block.stamp_ns, began_ns + (uint64_t)i * 10 * CABIN_NS_PER_MS);
			int in_sound = i * BLOCK_FRAMES % SOUND_FRAMES + 240;
			assert_float_equal(block.samples[240], (float)in_sound / SOUND_FRAMES, 1e-3);
		}
		assert_true(cabin_insert_playing(bench.insert));
		assert_int_equal(next_block(&bench, &block), CABIN_EEMPTY);
		assert_false(cabin_insert_playing(bench.insert));
		bench.input.ops->close(bench.input.self);
	}
	/* Rest ends it in the middle; what was told before it was opened counts as nothing. */
	cabin_insert_play(bench.insert, 0);
	assert_int_equal(bench.input.ops->open(bench.input.self, &rate_hz, &channel_count), 0);
	assert_int_equal(next_block(&bench, &block), 0);
	cabin_insert_rest(bench.insert);
	assert_false(cabin_insert_playing(bench.insert));
	assert_int_equal(next_block(&bench, &block), CABIN_EEMPTY);
	cabin_insert_play(bench.insert, 1);
	cabin_insert_rest(bench.insert);
	eventfd_write(bench.stop_fd, 1);
	assert_int_equal(bench.input.ops->open(bench.input.self, &rate_hz, &channel_count), CABIN_ELOST);
	tear_down(&bench);
	unlink(path);
}

/* The hub's end. */
struct hub_end {
	struct cabin_packet_pool *pool;
	struct cabin_inbox *inbox;
	int wake_fd;
};

static void wake(void *context)
{
	eventfd_write(((struct hub_end *)context)->wake_fd, 1);
}

static void make_hub_end(struct hub_end *hub)
{
	const struct cabin_inbox_config config = {
	    .slot_count = 256, .message_size = sizeof(struct cabin_hub_message), .wake = wake, .context = hub};
	hub->wake_fd = eventfd(0, 0);
	assert_int_equal(cabin_packet_pool_create(&hub->pool, 300), 0);
	assert_int_equal(cabin_inbox_create(&hub->inbox, &config), 0);
}

/* 'R', 'L' or '.'; sleeps until there is a message. Of a packet what is needed is copied. */
static char next_message(struct hub_end *hub, struct cabin_packet *packet)
{
	struct cabin_hub_message message;
	eventfd_t events;
	while (cabin_inbox_pop(hub->inbox, &message))
		assert_int_equal(eventfd_read(hub->wake_fd, &events), 0);
	assert_int_equal(message.source_index, 1);
	if (message.kind == CABIN_HUB_SOURCE_EVENT)
		return message.event == CABIN_SOURCE_LOST ? 'L' : 'R';
	packet->source_sequence = message.packet->source_sequence;
	packet->source_timestamp = message.packet->source_timestamp;
	packet->stamp_ns = message.packet->stamp_ns;
	packet->flags = message.packet->flags;
	cabin_packet_release(message.packet);
	return '.';
}

/* Everything of one playing: R, packets, L; how many packets. */
static int take_playing(struct hub_end *hub, uint64_t *sequence, struct cabin_packet *first)
{
	struct cabin_packet packet = {0};
	int count = 0;
	assert_int_equal(next_message(hub, &packet), 'R');
	while (next_message(hub, &packet) == '.') {
		if (count++ == 0)
			*first = packet;
		assert_int_equal(packet.source_sequence, (*sequence)++); /* a pause is no loss */
		assert_true(packet.flags & CABIN_PACKET_ACTIVE);
	}
	return count;
}

/* A clock that each look moves on by 2 ms, so that a busy machine makes nobody late. */
static uint64_t stepping_now_ns(void *context)
{
	return 2 * CABIN_NS_PER_MS * (atomic_fetch_add((atomic_ullong *)context, 1) + 1000);
}

static bool plays(const struct cabin_capture *capture)
{
	struct cabin_capture_source_stats stats;
	cabin_capture_source_stats(capture, 1, &stats);
	assert_false(stats.lost);
	return stats.playing;
}

static void one_time_line_over_all_playings(void **state)
{
	char path[256];
	struct cabin_config_play play = {.file = write_ramp(path)};
	struct cabin_config_source sources[] = {
	    {.id = "insert.tone", .kind = CABIN_SOURCE_TONE, .tone_hz = 1000, .insert = true, .opus = plain_opus(20)},
	    {.id = "insert.ramp",
	     .kind = CABIN_SOURCE_FILE,
	     .play = &play,
	     .play_count = 1,
	     .insert = true,
	     .gate_db = -120,
	     .silent_after_ms = 5000,
	     .opus = plain_opus(20)},
	};
	const struct cabin_config config = {.sources = sources, .source_count = 2};
	struct hub_end hub;
	make_hub_end(&hub);
	atomic_ullong looks = 0;
	const struct cabin_clock clock = {.now_ns = stepping_now_ns, .context = &looks};
	const struct cabin_capture_config capture_config = {
	    .config = &config, .clock = clock, .pool = hub.pool, .hub_inbox = hub.inbox};
	struct cabin_capture *capture;
	assert_int_equal(cabin_capture_create(&capture, &capture_config), 0);
	assert_false(plays(capture));
	assert_int_equal(cabin_capture_play(capture, 2, 1), CABIN_EINVAL);

	uint64_t sequence = 0, before_ns = cabin_clock_now_ns(&capture_config.clock);
	struct cabin_packet first = {0}, second = {0}, packet = {0};
	assert_int_equal(cabin_capture_play(capture, 1, 1), 0);
	assert_true(plays(capture));
	assert_int_equal(take_playing(&hub, &sequence, &first), SOUND_PACKETS);
	assert_true(first.stamp_ns + 3 * CABIN_NS_PER_MS >= before_ns); /* less the encoder's look-ahead */
	assert_false(plays(capture));

	assert_int_equal(cabin_capture_play(capture, 1, 2), 0);
	/* The second repeat follows without a break; the time between lies on the time line. */
	assert_in_range(take_playing(&hub, &sequence, &second), 2 * SOUND_PACKETS, 2 * SOUND_PACKETS + 1);
	int64_t by_clock = (int64_t)(second.stamp_ns - first.stamp_ns);
	int64_t by_line = (int64_t)(second.source_timestamp - first.source_timestamp) * 1000000 / 48;
	assert_true(llabs(by_clock - by_line) <= (int64_t)CABIN_NS_PER_MS);

	/* For ever; told again it begins again; until it is told to rest. */
	assert_int_equal(cabin_capture_play(capture, 1, 0), 0);
	assert_int_equal(next_message(&hub, &packet), 'R');
	for (int i = 0; i < 2 * SOUND_PACKETS; i++)
		assert_int_equal(next_message(&hub, &packet), '.');
	assert_int_equal(cabin_capture_play(capture, 1, 0), 0);
	while (next_message(&hub, &packet) == '.')
		;
	assert_int_equal(next_message(&hub, &packet), 'R');
	assert_true(plays(capture));
	assert_int_equal(cabin_capture_rest(capture, 1), 0);
	assert_false(plays(capture));
	while (next_message(&hub, &packet) == '.')
		;
	cabin_capture_destroy(capture);
	struct cabin_hub_message message;
	assert_int_not_equal(cabin_inbox_pop(hub.inbox, &message), 0);
	cabin_inbox_destroy(hub.inbox);
	cabin_packet_pool_destroy(hub.pool);
	close(hub.wake_fd);
	unlink(path);
}

static void rests_without_using_the_processor(void **state)
{
	enum { COUNT = 17 };
	struct cabin_config_source sources[COUNT];
	for (int i = 0; i < COUNT; i++)
		sources[i] = (struct cabin_config_source){.id = "insert.tone",
							  .kind = CABIN_SOURCE_TONE,
							  .tone_hz = 1000,
							  .insert = true,
							  .silent_after_ms = 5000,
							  .opus = plain_opus(20)};
	const struct cabin_config config = {.sources = sources, .source_count = COUNT};
	struct hub_end hub;
	make_hub_end(&hub);
	const struct cabin_capture_config capture_config = {
	    .config = &config, .clock = cabin_clock_monotonic(), .pool = hub.pool, .hub_inbox = hub.inbox};
	struct cabin_capture *capture;
	struct timespec before, after;
	assert_int_equal(cabin_capture_create(&capture, &capture_config), 0);
	usleep(100000); /* until each sleeps */
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	usleep(300000);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	double used_s = (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
	assert_true(used_s < 0.15); /* half of the time that passed; one thread that goes round uses all of it */
	cabin_capture_destroy(capture);
	cabin_inbox_destroy(hub.inbox);
	cabin_packet_pool_destroy(hub.pool);
	close(hub.wake_fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_tone_is_at_alignment_level_with_breaks),
	    cmocka_unit_test(begins_when_it_is_told_and_ends_after_its_repeats),
	    cmocka_unit_test(one_time_line_over_all_playings),
	    cmocka_unit_test(rests_without_using_the_processor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
