/* server/relay/window: what is kept, and where a joiner starts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/clock.h"
#include "relay/window.h"

enum { ITEMS = 10, LIMIT_MS = 300, POOL = 100 };

static const uint64_t ms = CABIN_NS_PER_MS;

struct bench {
	struct cabin_packet_pool *pool;
	struct cabin_window window;
	uint64_t now_ns;
	uint32_t epoch;
};

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	bench->now_ns = 1000 * ms;
	cabin_window_init(&bench->window, ITEMS, LIMIT_MS * ms);
	*state = bench;
	return cabin_packet_pool_create(&bench->pool, POOL);
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	cabin_window_clear(&bench->window);
	cabin_packet_pool_destroy(bench->pool);
	free(bench);
	return 0;
}

static void push(struct bench *bench, enum cabin_packet_kind kind, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		struct cabin_packet *packet = cabin_packet_take(bench->pool);

		assert_non_null(packet);
		packet->kind = kind;
		packet->epoch = bench->epoch;
		packet->published_ns = bench->now_ns;
		cabin_window_push(&bench->window, packet, bench->now_ns);
		cabin_packet_release(packet);
	}
}

static uint64_t live_start(struct bench *bench, uint32_t expected_count)
{
	uint32_t count;
	uint64_t start = cabin_window_live_start(&bench->window, bench->now_ns, &count);

	assert_int_equal(count, expected_count);
	return start;
}

static void the_newest_state_and_clock_are_kept_beyond_the_ring(void **state)
{
	struct bench *bench = *state;
	struct cabin_packet *first;

	push(bench, CABIN_PACKET_STATE, 1);
	first = bench->window.state;
	assert_non_null(first);
	push(bench, CABIN_PACKET_CLOCK, 1);
	assert_non_null(bench->window.clock);
	push(bench, CABIN_PACKET_MEDIA, 3 * ITEMS);
	assert_ptr_equal(bench->window.state, first);
	assert_int_equal(cabin_packet_pool_free_count(bench->pool), POOL - ITEMS - 2);
	assert_int_equal(bench->window.media_count, 3 * ITEMS);
	push(bench, CABIN_PACKET_STATE, 1); /* newer than the clock, which it carries too */
	assert_null(bench->window.clock);
	assert_ptr_not_equal(bench->window.state, first);
}

static void a_joiner_starts_with_three_packets_of_the_epoch(void **state)
{
	struct bench *bench = *state;

	push(bench, CABIN_PACKET_STATE, 1);
	assert_int_equal(live_start(bench, 0), 1);
	push(bench, CABIN_PACKET_MEDIA, 2);
	assert_int_equal(live_start(bench, 2), 1);
	push(bench, CABIN_PACKET_MEDIA, 3);
	assert_int_equal(live_start(bench, 3), 3);
	push(bench, CABIN_PACKET_CLOCK, 1);
	assert_int_equal(live_start(bench, 3), 3);
	bench->epoch++;
	push(bench, CABIN_PACKET_STATE, 1);
	assert_int_equal(live_start(bench, 0), 8);
	push(bench, CABIN_PACKET_MEDIA, 1);
	assert_int_equal(live_start(bench, 1), 8);
}

static void nobody_starts_with_old_packets(void **state)
{
	struct bench *bench = *state;

	push(bench, CABIN_PACKET_STATE, 1);
	push(bench, CABIN_PACKET_MEDIA, 2);
	bench->now_ns += LIMIT_MS * ms;
	push(bench, CABIN_PACKET_MEDIA, 1);
	assert_int_equal(live_start(bench, 3), 1);
	bench->now_ns += ms;
	assert_int_equal(live_start(bench, 1), 3);
}

static void late_is_older_than_the_limit_or_gone(void **state)
{
	struct bench *bench = *state;

	push(bench, CABIN_PACKET_STATE, 1);
	push(bench, CABIN_PACKET_MEDIA, 1);
	bench->now_ns += LIMIT_MS * ms;
	assert_false(cabin_window_is_late(&bench->window, 1, bench->now_ns));
	bench->now_ns += 1;
	assert_true(cabin_window_is_late(&bench->window, 1, bench->now_ns));
	assert_false(cabin_window_is_late(&bench->window, 2, bench->now_ns)); /* it has all */
	push(bench, CABIN_PACKET_MEDIA, 1);
	assert_true(cabin_window_is_late(&bench->window, 1, bench->now_ns)); /* given back */
	assert_false(cabin_window_is_late(&bench->window, 2, bench->now_ns));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(the_newest_state_and_clock_are_kept_beyond_the_ring),
	    TEST(a_joiner_starts_with_three_packets_of_the_epoch),
	    TEST(nobody_starts_with_old_packets),
	    TEST(late_is_older_than_the_limit_or_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
