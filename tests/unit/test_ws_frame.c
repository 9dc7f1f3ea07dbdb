/* common/wire/ws_frame: header and message are contiguous. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "wire/ws_frame.h"

static void short_and_long_headers(void **state)
{
	uint8_t header[CABIN_WS_LONG_HEADER_BYTES];

	assert_int_equal(cabin_ws_frame_header(header, CABIN_WS_TEXT, 0), 2);
	assert_memory_equal(header, ((uint8_t[]){0x81, 0}), 2);
	assert_int_equal(cabin_ws_frame_header(header, CABIN_WS_BINARY, 125), 2);
	assert_memory_equal(header, ((uint8_t[]){0x82, 125}), 2);
	assert_int_equal(cabin_ws_frame_header(header, CABIN_WS_BINARY, 126), 4);
	assert_memory_equal(header, ((uint8_t[]){0x82, 126, 0, 126}), 4);
	assert_int_equal(cabin_ws_frame_header(header, CABIN_WS_BINARY, 65535), 4);
	assert_memory_equal(header, ((uint8_t[]){0x82, 126, 255, 255}), 4);
	assert_int_equal(cabin_ws_frame_header(header, CABIN_WS_TEXT, 65536), 10);
	assert_memory_equal(header, ((uint8_t[]){0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0}), 10);
}

static void a_packet_s_wire_bytes_begin_with_the_header(void **state)
{
	struct cabin_packet_pool *pool;
	struct cabin_packet *packet;

	assert_int_equal(cabin_packet_pool_create(&pool, 1), 0);
	packet = cabin_packet_take(pool);
	for (size_t size = 1; size <= 1000; size += 111) {
		size_t header_size = size <= 125 ? 2 : 4;

		memset(packet->bytes, 0x55, CABIN_PACKET_BYTES);
		cabin_ws_frame_packet(packet, CABIN_WS_BINARY, 4, size);
		assert_int_equal(packet->wire_size, header_size + size);
		assert_int_equal(packet->wire_offset, 4 - header_size);
		assert_int_equal(cabin_packet_wire(packet)[0], 0x82);
		assert_int_equal(cabin_packet_wire(packet)[header_size], 0x55);
	}
	cabin_packet_release(packet);
	cabin_packet_pool_destroy(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(short_and_long_headers),
	    cmocka_unit_test(a_packet_s_wire_bytes_begin_with_the_header),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
