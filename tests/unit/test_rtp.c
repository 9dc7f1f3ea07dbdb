/* common/wire/rtp: what the vectors do not say: every number, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/limits.h"
#include "wire/rtp.h"

static void a_header_reads_back(void **state)
{
	uint8_t bytes[CABIN_RTP_HEADER_BYTES + 3];
	struct cabin_rtp rtp;

	for (uint32_t i = 0; i < 1000; i++) {
		uint16_t sequence = (uint16_t)(i * 66);
		uint32_t timestamp = i * 4294967u, ssrc = i * 65;

		cabin_rtp_write_header(bytes, i % 2, sequence, timestamp, ssrc);
		memcpy(bytes + CABIN_RTP_HEADER_BYTES, (uint8_t[]){0xf8, 1, 2}, 3); /* CELT, 20 ms, one frame */
		assert_int_equal(cabin_rtp_parse(&rtp, bytes, sizeof(bytes)), 0);
		assert_int_equal(rtp.marker, i % 2);
		assert_int_equal(rtp.sequence, sequence);
		assert_int_equal(rtp.timestamp, timestamp);
		assert_int_equal(rtp.ssrc, ssrc);
		assert_int_equal(rtp.payload_size, 3);
		assert_ptr_equal(rtp.payload, bytes + CABIN_RTP_HEADER_BYTES);
		assert_int_equal(rtp.duration_samples, 960);
	}
}

static void every_bit_that_must_be_fixed_is_checked(void **state)
{
	uint8_t bytes[CABIN_RTP_HEADER_BYTES + 1];
	struct cabin_rtp rtp;

	for (unsigned bit = 0; bit < 16; bit++) {
		cabin_rtp_write_header(bytes, false, 1, 2, 3);
		bytes[CABIN_RTP_HEADER_BYTES] = 0xf8;
		bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		assert_int_equal(cabin_rtp_parse(&rtp, bytes, sizeof(bytes)), bit == 8 ? 0 : CABIN_EFORMAT);
	}
	for (size_t size = 0; size <= CABIN_RTP_HEADER_BYTES; size++)
		assert_int_equal(cabin_rtp_parse(&rtp, bytes, size), CABIN_EFORMAT);
}

static void payloads_over_the_limit_are_too_big(void **state)
{
	uint8_t bytes[CABIN_RTP_HEADER_BYTES + CABIN_OPUS_PAYLOAD_MAX_BYTES + 1] = {0};
	struct cabin_rtp rtp;

	cabin_rtp_write_header(bytes, false, 1, 2, 3);
	bytes[CABIN_RTP_HEADER_BYTES] = 0xf8;
	assert_int_equal(cabin_rtp_parse(&rtp, bytes, sizeof(bytes) - 1), 0);
	assert_int_equal(cabin_rtp_parse(&rtp, bytes, sizeof(bytes)), CABIN_ETOOBIG);
}

static void extension_finds_the_nearest(void **state)
{
	for (uint64_t near = 65536 * 3 - 500; near < 65536 * 3 + 500; near++) {
		for (int64_t distance = -32768; distance < 32768; distance += 4095)
			assert_int_equal(cabin_rtp_extend16(near, (uint16_t)(near + (uint64_t)distance)),
					 near + (uint64_t)distance);
		for (int64_t distance = -2147483648; distance < 2147483648; distance += 268435455)
			assert_int_equal(
			    cabin_rtp_extend32(near + (UINT64_C(1) << 40), (uint32_t)(near + (uint64_t)distance)),
			    near + (UINT64_C(1) << 40) + (uint64_t)distance);
	}
	/* Below zero there is nothing. */
	assert_int_equal(cabin_rtp_extend16(10, 65530), 65530);
	assert_int_equal(cabin_rtp_extend32(10, 4294967290u), 4294967290u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_header_reads_back),
	    cmocka_unit_test(every_bit_that_must_be_fixed_is_checked),
	    cmocka_unit_test(payloads_over_the_limit_are_too_big),
	    cmocka_unit_test(extension_finds_the_nearest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
