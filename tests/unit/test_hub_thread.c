/* The hub's thread with the real hub: what is pushed comes out at the sink, it wakes
 * from sleep, and nothing is lost or left when it ends. */
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "cabind/hub_thread.h"
#include "relay/hub_message.h"

enum { POOL_SLOTS = 4096, PACKETS = 500, PRODUCERS = 3 };

struct bench {
	struct cabin_packet_pool *pool;
	struct cabin_hub_thread *thread;
	struct cabin_hub *hub;
	atomic_uint media;
	sem_t came; /* once for each media packet */
};

static void publish(void *context, struct cabin_packet *packet)
{
	struct bench *bench = context;
	if (packet->kind != CABIN_PACKET_MEDIA)
		return;
	atomic_fetch_add(&bench->media, 1);
	sem_post(&bench->came);
}

static void set_up(struct bench *bench, uint16_t source_count)
{
	memset(bench, 0, sizeof(*bench));
	assert_int_equal(sem_init(&bench->came, 0, 0), 0);
	assert_int_equal(cabin_packet_pool_create(&bench->pool, POOL_SLOTS), 0);
	assert_int_equal(cabin_hub_thread_create(&bench->thread, cabin_clock_monotonic(), 2048), 0);
	struct cabin_hub_channel_config channels[PRODUCERS];
	for (uint16_t i = 0; i < source_count; i++)
		channels[i] = (struct cabin_hub_channel_config){.number = (uint16_t)(i + 1),
								.kind = CABIN_CHANNEL_FLOOR,
								.source_index = i,
								.floor_channel_index = i};
	const struct cabin_sink sink = {.publish = publish, .context = bench};
	const struct cabin_hub_config config = {
	    .clock = cabin_clock_monotonic(),
	    .pool = bench->pool,
	    .channels = channels,
	    .channel_count = source_count,
	    .source_count = source_count,
	    .sinks = &sink,
	    .sink_count = 1,
	};
	assert_int_equal(cabin_hub_create(&bench->hub, &config), 0);
}

static void tear_down(struct bench *bench)
{
	cabin_hub_thread_stop(bench->thread);
	cabin_hub_destroy(bench->hub);
	cabin_hub_thread_destroy(bench->thread);
	assert_int_equal(cabin_packet_pool_free_count(bench->pool), POOL_SLOTS);
	cabin_packet_pool_destroy(bench->pool);
	sem_destroy(&bench->came);
}

static void push_packet(struct bench *bench, uint16_t source, uint64_t sequence)
{
	struct cabin_packet *packet = cabin_packet_take(bench->pool);
	assert_non_null(packet);
	packet->source_index = source;
	packet->flags = CABIN_PACKET_ACTIVE;
	packet->source_sequence = sequence;
	packet->source_timestamp = sequence * 960;
	packet->duration_samples = 960;
	packet->stamp_ns = 1000000000 + sequence * 20000000;
	packet->payload_size = 3;				 /* two bytes and fewer are a pause (DTX) */
	memcpy(cabin_packet_payload(packet), "\xF8\xFF\xFE", 3); /* CELT, full band, 20 ms, mono: silence */
	const struct cabin_hub_message message = {.kind = CABIN_HUB_PACKET, .source_index = source, .packet = packet};
	assert_int_equal(cabin_inbox_push(cabin_hub_thread_inbox(bench->thread), &message, false), 0);
}

/* A bound for a machine that stands still, not for speed. */
static void wait_for_one(struct bench *bench)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 20;
	assert_int_equal(sem_timedwait(&bench->came, &until), 0);
}

static void wakes_for_each_packet(void **state)
{
	struct bench bench;
	set_up(&bench, 1);
	assert_int_equal(cabin_hub_thread_start(bench.thread, bench.hub), 0);
	for (uint64_t i = 0; i < 100; i++) {
		push_packet(&bench, 0, i);
		wait_for_one(&bench); /* so that the thread sleeps again */
	}
	tear_down(&bench);
}

struct producer {
	struct bench *bench;
	uint16_t source;
};

static void *produce(void *context)
{
	const struct producer *producer = context;
	for (uint64_t i = 0; i < PACKETS; i++)
		push_packet(producer->bench, producer->source, i);
	return NULL;
}

static void takes_from_many_threads(void **state)
{
	struct bench bench;
	struct producer producers[PRODUCERS];
	pthread_t threads[PRODUCERS];
	set_up(&bench, PRODUCERS);
	assert_int_equal(cabin_hub_thread_start(bench.thread, bench.hub), 0);
	for (uint16_t i = 0; i < PRODUCERS; i++) {
		producers[i] = (struct producer){&bench, i};
		assert_int_equal(pthread_create(&threads[i], NULL, produce, &producers[i]), 0);
	}
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < PRODUCERS * PACKETS; i++)
		wait_for_one(&bench);
	assert_int_equal(atomic_load(&bench.media), PRODUCERS * PACKETS);
	tear_down(&bench);
}

static void tells_events_to_the_hub(void **state)
{
	struct bench bench;
	struct cabin_hub_channel_stats stats;
	set_up(&bench, 1);
	assert_int_equal(cabin_hub_thread_start(bench.thread, bench.hub), 0);
	const struct cabin_hub_message lost = {.kind = CABIN_HUB_SOURCE_EVENT, .event = CABIN_SOURCE_LOST};
	assert_int_equal(cabin_inbox_push(cabin_hub_thread_inbox(bench.thread), &lost, false), 0);
	push_packet(&bench, 0, 0); /* a packet says that the source is there again */
	wait_for_one(&bench);
	assert_int_equal(cabin_inbox_push(cabin_hub_thread_inbox(bench.thread), &lost, false), 0);
	time_t began = time(NULL);
	do {
		cabin_hub_channel_stats(bench.hub, 0, &stats);
	} while (stats.condition != CABIN_CONDITION_LOST && time(NULL) < began + 20);
	assert_int_equal(stats.condition, CABIN_CONDITION_LOST);
	tear_down(&bench);
}

static uint64_t beat_ns(const struct bench *bench)
{
	return atomic_load(&cabin_hub_thread_pulse(bench->thread)->beat_ns);
}

static void its_pulse_beats_while_it_runs(void **state)
{
	struct bench bench;
	set_up(&bench, 1);
	assert_int_equal(beat_ns(&bench), 0);
	assert_int_equal(cabin_hub_thread_start(bench.thread, bench.hub), 0);
	/* Without a source nothing wakes it but its own limit. */
	for (int i = 0; i < 3; i++) {
		time_t began = time(NULL);
		uint64_t before_ns = beat_ns(&bench);
		while (beat_ns(&bench) == before_ns && time(NULL) < began + 20)
			nanosleep(&(const struct timespec){.tv_nsec = 1000000}, NULL);
		assert_true(beat_ns(&bench) > before_ns);
	}
	cabin_hub_thread_stop(bench.thread);
	const struct cabin_pulse *pulse = cabin_hub_thread_pulse(bench.thread);
	assert_false(cabin_pulse_stands_still(pulse, beat_ns(&bench)));
	assert_true(cabin_pulse_stands_still(pulse, beat_ns(&bench) + CABIN_PULSE_LIMIT_MS * CABIN_NS_PER_MS));
	tear_down(&bench);
}

static void gives_back_what_came_too_late(void **state)
{
	struct bench bench;
	set_up(&bench, 1);
	push_packet(&bench, 0, 0); /* never started */
	tear_down(&bench);

	set_up(&bench, 1);
	assert_int_equal(cabin_hub_thread_start(bench.thread, bench.hub), 0);
	push_packet(&bench, 0, 0);
	wait_for_one(&bench);
	cabin_hub_thread_stop(bench.thread);
	push_packet(&bench, 0, 1);
	tear_down(&bench);
	cabin_hub_thread_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wakes_for_each_packet),	     cmocka_unit_test(takes_from_many_threads),
	    cmocka_unit_test(tells_events_to_the_hub),	     cmocka_unit_test(its_pulse_beats_while_it_runs),
	    cmocka_unit_test(gives_back_what_came_too_late),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
