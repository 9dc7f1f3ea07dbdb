/* common/media/decoder: concealment, garbage, room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/limits.h"
#include "media/decoder.h"
#include "media/encoder.h"

static uint32_t encode_sine(uint8_t *payload, int packet_count)
{
	const struct cabin_encoder_config config = {
	    .mode = CABIN_ENCODER_LOW_DELAY, .bitrate_bps = 48000, .packet_ms = 20, .complexity = 5};
	struct cabin_encoder *encoder = NULL;
	assert_int_equal(cabin_encoder_create(&encoder, &config), 0);
	uint32_t size = 0;
	for (int packet = 0; packet < packet_count; packet++) {
		float samples[960];
		for (int i = 0; i < 960; i++)
			samples[i] = (float)(0.3 * sin(2 * M_PI * 440 * (packet * 960 + i) / CABIN_RATE_HZ));
		assert_int_equal(cabin_encoder_encode(encoder, samples, payload, CABIN_OPUS_PAYLOAD_MAX_BYTES, &size),
				 0);
	}
	cabin_encoder_destroy(encoder);
	return size;
}

static double energy(const float *samples, uint32_t count)
{
	double sum = 0;
	for (uint32_t i = 0; i < count; i++)
		sum += (double)samples[i] * samples[i];
	return sum / count;
}

static void concealment_goes_on_and_fades(void **state)
{
	struct cabin_decoder *decoder = NULL;
	assert_int_equal(cabin_decoder_create(&decoder), 0);
	uint8_t payload[CABIN_OPUS_PAYLOAD_MAX_BYTES];
	uint32_t size = encode_sine(payload, 10);
	float samples[960];
	uint32_t count = 0;
	for (int i = 0; i < 5; i++)
		assert_int_equal(cabin_decoder_decode(decoder, payload, size, samples, 960, &count), 0);
	double before = energy(samples, 960);
	assert_int_equal(cabin_decoder_conceal(decoder, samples, 960), 0);
	assert_true(energy(samples, 960) > before / 10);
	for (int i = 0; i < 30; i++)
		assert_int_equal(cabin_decoder_conceal(decoder, samples, 960), 0);
	assert_true(energy(samples, 960) < before / 100);
	cabin_decoder_destroy(decoder);
}

static void a_lost_packet_is_made_up_out_of_the_next_one(void **state)
{
	struct cabin_decoder *decoder = NULL;
	assert_int_equal(cabin_decoder_create(&decoder), 0);
	uint8_t payload[CABIN_OPUS_PAYLOAD_MAX_BYTES];
	uint32_t size = encode_sine(payload, 10), count = 0;
	float samples[960];
	for (int i = 0; i < 5; i++)
		assert_int_equal(cabin_decoder_decode(decoder, payload, size, samples, 960, &count), 0);
	double before = energy(samples, 960);
	assert_int_equal(cabin_decoder_recover(decoder, payload, size, samples, 960), 0);
	assert_true(energy(samples, 960) > before / 10);
	assert_int_equal(cabin_decoder_recover(decoder, payload, 0, samples, 960), CABIN_EINVAL);
	assert_int_equal(cabin_decoder_recover(decoder, payload, size, samples, 100), CABIN_EINVAL);
	assert_int_equal(cabin_decoder_decode(decoder, payload, size, samples, 960, &count), 0);
	cabin_decoder_destroy(decoder);
}

static void garbage_and_small_buffers_leave_it_usable(void **state)
{
	struct cabin_decoder *decoder = NULL;
	assert_int_equal(cabin_decoder_create(&decoder), 0);
	uint8_t payload[CABIN_OPUS_PAYLOAD_MAX_BYTES];
	uint32_t size = encode_sine(payload, 1);
	float samples[960];
	uint32_t count = 0;
	static const uint8_t garbage[] = {0xff, 0xff, 0xff, 0xff};
	assert_int_equal(cabin_decoder_decode(decoder, garbage, sizeof(garbage), samples, 960, &count), CABIN_EFORMAT);
	assert_int_equal(cabin_decoder_decode(decoder, payload, 0, samples, 960, &count), CABIN_EFORMAT);
	assert_int_equal(cabin_decoder_decode(decoder, payload, size, samples, 480, &count), CABIN_ETOOBIG);
	assert_int_equal(cabin_decoder_decode(decoder, payload, size, samples, 960, &count), 0);
	assert_int_equal(count, 960);
	assert_int_equal(cabin_decoder_conceal(decoder, samples, 0), CABIN_EINVAL);
	assert_int_equal(cabin_decoder_conceal(decoder, samples, 100), CABIN_EINVAL);
	cabin_decoder_reset(decoder);
	cabin_decoder_destroy(decoder);
	cabin_decoder_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(concealment_goes_on_and_fades),
	    cmocka_unit_test(a_lost_packet_is_made_up_out_of_the_next_one),
	    cmocka_unit_test(garbage_and_small_buffers_leave_it_usable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
