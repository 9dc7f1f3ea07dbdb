/* common/base/packet: the pool and its references. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>

#include "base/packet.h"

static void a_pool_gives_all_its_packets_and_takes_them_back(void **state)
{
	struct cabin_packet *packets[5];
	struct cabin_packet_pool *pool;

	assert_int_equal(cabin_packet_pool_create(&pool, 5), 0);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 5; i++) {
			packets[i] = cabin_packet_take(pool);
			assert_non_null(packets[i]);
			for (int j = 0; j < i; j++)
				assert_ptr_not_equal(packets[i], packets[j]);
			assert_int_equal(packets[i]->sequence, 0);
			packets[i]->sequence = 1;
		}
		assert_null(cabin_packet_take(pool));
		assert_int_equal(cabin_packet_pool_empty_count(pool), round + 1);
		for (int i = 0; i < 5; i++)
			cabin_packet_release(packets[i]);
		assert_int_equal(cabin_packet_pool_free_count(pool), 5);
	}
	cabin_packet_pool_destroy(pool);
}

static void the_last_release_gives_back(void **state)
{
	struct cabin_packet_pool *pool;
	struct cabin_packet *packet;

	assert_int_equal(cabin_packet_pool_create(&pool, 1), 0);
	packet = cabin_packet_take(pool);
	assert_ptr_equal(cabin_packet_retain(packet), packet);
	cabin_packet_release(packet);
	assert_int_equal(cabin_packet_pool_free_count(pool), 0);
	cabin_packet_release(packet);
	assert_int_equal(cabin_packet_pool_free_count(pool), 1);
	cabin_packet_release(NULL);
	cabin_packet_pool_destroy(pool);
	cabin_packet_pool_destroy(NULL);
}

static void sizes_out_of_range_are_refused(void **state)
{
	struct cabin_packet_pool *pool;

	assert_int_equal(cabin_packet_pool_create(&pool, 0), CABIN_EINVAL);
	assert_int_equal(cabin_packet_pool_create(&pool, 1000001), CABIN_EINVAL);
	assert_null(pool);
}

enum { THREADS = 4, ROUNDS = 50000, HELD = 3 };

/* Takes, marks, checks that the mark is still there, gives back. */
static void *churn(void *argument)
{
	struct cabin_packet_pool *pool = argument;
	uintptr_t wrong = 0;

	for (uint64_t round = 0; round < ROUNDS; round++) {
		struct cabin_packet *held[HELD];
		uint64_t mark = (uint64_t)(uintptr_t)held ^ round;

		for (int i = 0; i < HELD; i++) {
			held[i] = cabin_packet_take(pool);
			if (held[i])
				held[i]->stamp_ns = mark + (uint64_t)i;
		}
		for (int i = 0; i < HELD; i++) {
			if (held[i] && held[i]->stamp_ns != mark + (uint64_t)i)
				wrong++;
			cabin_packet_release(held[i]);
		}
	}
	return (void *)wrong;
}

static void threads_never_share_a_packet(void **state)
{
	struct cabin_packet_pool *pool;
	pthread_t threads[THREADS];

	/* Fewer than all want at once, so that the list also runs empty. */
	assert_int_equal(cabin_packet_pool_create(&pool, THREADS * HELD - 4), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, churn, pool), 0);
	for (int i = 0; i < THREADS; i++) {
		void *wrong;

		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
	assert_int_equal(cabin_packet_pool_free_count(pool), THREADS * HELD - 4);
	cabin_packet_pool_destroy(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_pool_gives_all_its_packets_and_takes_them_back),
	    cmocka_unit_test(the_last_release_gives_back),
	    cmocka_unit_test(sizes_out_of_range_are_refused),
	    cmocka_unit_test(threads_never_share_a_packet),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
