/* common/media/packet_store: order, gaps, and its bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/packet_store.h"

static struct cabin_packet_store store;

static void packets_come_out_in_order(void **state)
{
	cabin_packet_store_clear(&store);
	assert_null(cabin_packet_store_first(&store));
	assert_null(cabin_packet_store_last(&store));
	assert_non_null(cabin_packet_store_put(&store, 65537));
	assert_non_null(cabin_packet_store_put(&store, 65535));
	assert_non_null(cabin_packet_store_put(&store, 65540));
	assert_null(cabin_packet_store_put(&store, 65537)); /* again */
	assert_int_equal(cabin_packet_store_first(&store)->sequence, 65535);
	assert_int_equal(cabin_packet_store_last(&store)->sequence, 65540);
	assert_null(cabin_packet_store_get(&store, 65536));
	cabin_packet_store_take(&store, 65535);
	assert_null(cabin_packet_store_put(&store, 65535)); /* too late */
	assert_non_null(cabin_packet_store_put(&store, 65536));
	assert_int_equal(cabin_packet_store_first(&store)->sequence, 65536);
	cabin_packet_store_take(&store, 70000);
	assert_null(cabin_packet_store_first(&store));
	assert_null(cabin_packet_store_last(&store));
	assert_non_null(cabin_packet_store_put(&store, 70001));
	cabin_packet_store_clear(&store);
	assert_non_null(cabin_packet_store_put(&store, 3));
}

static void when_it_is_full_the_oldest_go(void **state)
{
	cabin_packet_store_clear(&store);
	for (int64_t sequence = 0; sequence < 1000; sequence++)
		assert_non_null(cabin_packet_store_put(&store, sequence));
	assert_int_equal(cabin_packet_store_first(&store)->sequence, 1000 - CABIN_PACKET_STORE_SLOTS);
	assert_null(cabin_packet_store_get(&store, 1000 - CABIN_PACKET_STORE_SLOTS - 1));
	assert_non_null(cabin_packet_store_put(&store, 5000));
	assert_int_equal(cabin_packet_store_first(&store)->sequence, 5000);
	assert_null(cabin_packet_store_put(&store, 4000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(packets_come_out_in_order),
	    cmocka_unit_test(when_it_is_full_the_oldest_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
