/* common/wire/opus_toc: judged by libopus itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <opus.h>
#include <stdbool.h>

#include "base/limits.h"
#include "wire/opus_toc.h"

/* What libopus says of the same bytes. */
static bool opus_accepts(const uint8_t *packet, int size, int *samples)
{
	const unsigned char *frames[48];
	opus_int16 sizes[48];

	if (opus_packet_parse(packet, size, NULL, frames, sizes, NULL) < 0)
		return false;
	*samples = opus_packet_get_nb_samples(packet, size, CABIN_RATE_HZ);
	return opus_packet_get_nb_channels(packet) == 1 && (*samples == 480 || *samples == 960);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void agrees_with_libopus_on_any_bytes(void **state)
{
	uint32_t seed = 20260101, accepted = 0;
	uint8_t packet[CABIN_OPUS_PAYLOAD_MAX_BYTES];

	for (int round = 0; round < 300000; round++) {
		int size = 1 + (int)(next_random(&seed) % (round % 10 ? 40 : sizeof(packet)));
		int expected = 0, samples;

		for (int i = 0; i < size; i++)
			packet[i] = (uint8_t)next_random(&seed);
		if (round % 3 == 0 && size > 1) /* few frames, or none would fit */
			packet[1] &= 0xc7;
		samples = cabin_opus_toc_samples(packet, (size_t)size);
		if (opus_accepts(packet, size, &expected)) {
			assert_int_equal(samples, expected);
			accepted++;
		} else {
			assert_int_equal(samples, CABIN_EFORMAT);
		}
	}
	assert_true(accepted > 10000); /* the bytes tried both sides */
}

static void agrees_with_libopus_on_every_toc(void **state)
{
	for (int toc = 0; toc < 256; toc++) {
		for (int count = 0; count < 256; count++) {
			uint8_t packet[9] = {(uint8_t)toc, (uint8_t)count, 1, 1};

			for (int size = 1; size <= 9; size++) {
				int expected = 0;

				if (!opus_accepts(packet, size, &expected))
					expected = CABIN_EFORMAT;
				assert_int_equal(cabin_opus_toc_samples(packet, (size_t)size), expected);
			}
		}
	}
}

static void sizes_are_bounded(void **state)
{
	uint8_t packet[CABIN_OPUS_PAYLOAD_MAX_BYTES + 1] = {0xf8};

	assert_int_equal(cabin_opus_toc_samples(packet, 0), CABIN_EFORMAT);
	assert_int_equal(cabin_opus_toc_samples(packet, sizeof(packet) - 1), 960);
	assert_int_equal(cabin_opus_toc_samples(packet, sizeof(packet)), CABIN_ETOOBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agrees_with_libopus_on_any_bytes),
	    cmocka_unit_test(agrees_with_libopus_on_every_toc),
	    cmocka_unit_test(sizes_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
