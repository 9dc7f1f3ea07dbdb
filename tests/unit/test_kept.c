/* server/relay/kept: a bounded queue that holds references. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "relay/hub.h"
#include "relay/kept.h"

static void keeps_in_order_up_to_its_limit(void **state)
{
	struct cabin_kept kept = {0};
	struct cabin_packet_pool *pool;
	struct cabin_packet *packet;

	(void)state;
	assert_int_equal(cabin_packet_pool_create(&pool, CABIN_KEPT_PACKETS + 1), 0);
	assert_null(cabin_kept_pop(&kept));
	for (uint64_t round = 0; round < 3; round++) {
		for (uint64_t i = 0; i <= CABIN_KEPT_PACKETS; i++) {
			packet = cabin_packet_take(pool);
			assert_non_null(packet);
			packet->source_sequence = i;
			assert_int_equal(cabin_kept_push(&kept, packet), i < CABIN_KEPT_PACKETS);
		}
		assert_int_equal(cabin_packet_pool_free_count(pool), 1); /* the newest was refused, and given back */
		for (uint64_t i = 0; i < 10 + round; i++) {
			packet = cabin_kept_pop(&kept);
			assert_int_equal(packet->source_sequence, i);
			cabin_packet_release(packet);
		}
		cabin_kept_clear(&kept);
		assert_int_equal(cabin_packet_pool_free_count(pool), CABIN_KEPT_PACKETS + 1);
	}
	cabin_packet_pool_destroy(pool);
}

/* 250 ms of 10 ms packets after the moment, and those that begin half a packet before it. */
static void holds_what_a_hand_over_can_need(void **state)
{
	(void)state;
	assert_true(CABIN_KEPT_PACKETS >= 25 + 2);
	assert_int_equal(cabin_hub_packets_held(3), 3 * CABIN_KEPT_PACKETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keeps_in_order_up_to_its_limit),
	    cmocka_unit_test(holds_what_a_hand_over_can_need),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
