/* common/media/encoder: look-ahead to the sample, frequency response, packet form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "media/decoder.h"
#include "media/encoder.h"

static const struct cabin_encoder_config defaults = {
    .mode = CABIN_ENCODER_LOW_DELAY,
    .bitrate_bps = 48000,
    .packet_ms = 20,
    .complexity = 9,
};

/* Encodes and decodes `count` samples (whole packets); returns the decoder's output. */
static float *through(const struct cabin_encoder_config *config, const float *samples, uint32_t count)
{
	struct cabin_encoder *encoder = NULL;
	struct cabin_decoder *decoder = NULL;
	assert_int_equal(cabin_encoder_create(&encoder, config), 0);
	assert_int_equal(cabin_decoder_create(&decoder), 0);
	uint32_t packet_samples = cabin_encoder_packet_samples(encoder);
	float *decoded = calloc(count, sizeof(*decoded));
	assert_non_null(decoded);
	for (uint32_t at = 0; at + packet_samples <= count; at += packet_samples) {
		uint8_t payload[CABIN_OPUS_PAYLOAD_MAX_BYTES];
		uint32_t size = 0, given = 0;
		assert_int_equal(cabin_encoder_encode(encoder, samples + at, payload, sizeof(payload), &size), 0);
		assert_int_equal(cabin_decoder_decode(decoder, payload, size, decoded + at, packet_samples, &given), 0);
		assert_int_equal(given, packet_samples);
	}
	cabin_encoder_destroy(encoder);
	cabin_decoder_destroy(decoder);
	return decoded;
}

static double correlation_at(const float *a, const float *b, uint32_t count, uint32_t lag)
{
	double sum = 0;
	for (uint32_t i = lag; i < count; i++)
		sum += (double)a[i - lag] * b[i];
	return sum;
}

static void look_ahead_is_what_correlation_finds(void **state)
{
	enum { COUNT = 48000 };
	static const struct {
		enum cabin_encoder_mode mode;
		uint32_t look_ahead_samples;
	} cases[] = {{CABIN_ENCODER_LOW_DELAY, 120}, {CABIN_ENCODER_AUDIO, 312}, {CABIN_ENCODER_VOIP, 312}};
	float *samples = calloc(COUNT, sizeof(*samples));
	uint32_t seed = 1;
	float held = 0;
	for (uint32_t i = 0; i < COUNT; i++) { /* low-passed noise, which every mode keeps */
		seed = seed * 1664525 + 1013904223;
		held += 0.2f * (((float)(seed >> 8) / (1 << 24) - 0.5f) - held);
		samples[i] = held;
	}
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		for (uint32_t packet_ms = 10; packet_ms <= 20; packet_ms += 10) {
			struct cabin_encoder_config config = defaults;
			config.mode = cases[c].mode;
			config.packet_ms = packet_ms;
			config.bitrate_bps = 96000;
			struct cabin_encoder *encoder = NULL;
			assert_int_equal(cabin_encoder_create(&encoder, &config), 0);
			uint32_t told = cabin_encoder_look_ahead_samples(encoder);
			cabin_encoder_destroy(encoder);
			assert_int_equal(told, cases[c].look_ahead_samples);
			float *decoded = through(&config, samples, COUNT);
			uint32_t best = 0;
			double best_sum = 0;
			for (uint32_t lag = 0; lag < 700; lag++) {
				double sum = correlation_at(samples, decoded, COUNT, lag);
				if (sum > best_sum) {
					best_sum = sum;
					best = lag;
				}
			}
			/* SILK's own filters may lean by a few samples; CELT may not. */
			int lean = (int)best - (int)told;
			assert_true(abs(lean) <= (cases[c].mode == CABIN_ENCODER_LOW_DELAY ? 0 : 24));
			free(decoded);
		}
	}
	free(samples);
}

/* Level of a sine after coding, relative to before, in dB. */
static double response_db(const struct cabin_encoder_config *config, double hz)
{
	enum { COUNT = 48000, SKIP = 9600 };
	float *samples = calloc(COUNT, sizeof(*samples));
	for (uint32_t i = 0; i < COUNT; i++)
		samples[i] = (float)(0.25 * sin(2 * M_PI * hz * i / CABIN_RATE_HZ));
	float *decoded = through(config, samples, COUNT);
	double re = 0, im = 0;
	for (uint32_t i = SKIP; i < COUNT; i++) {
		re += decoded[i] * cos(2 * M_PI * hz * i / CABIN_RATE_HZ);
		im += decoded[i] * sin(2 * M_PI * hz * i / CABIN_RATE_HZ);
	}
	free(decoded);
	free(samples);
	return 20 * log10(2 * sqrt(re * re + im * im) / (COUNT - SKIP) / 0.25);
}

static void default_settings_are_full_band(void **state)
{
	static const double hz[] = {20, 50, 200, 1000, 4000, 10000, 15000, 18000};
	for (uint32_t packet_ms = 10; packet_ms <= 20; packet_ms += 10) {
		struct cabin_encoder_config config = defaults;
		config.packet_ms = packet_ms;
		for (size_t i = 0; i < sizeof(hz) / sizeof(hz[0]); i++)
			assert_true(fabs(response_db(&config, hz[i])) < 2);
	}
	struct cabin_encoder_config voip = defaults;
	voip.mode = CABIN_ENCODER_VOIP;
	assert_true(response_db(&voip, 20) < -10); /* so the measurement can tell */
}

static void dtx_makes_tiny_packets_of_silence_only_where_asked(void **state)
{
	for (int dtx = 0; dtx <= 1; dtx++) {
		struct cabin_encoder_config config = defaults;
		config.dtx = dtx;
		struct cabin_encoder *encoder = NULL;
		assert_int_equal(cabin_encoder_create(&encoder, &config), 0);
		static const float silence[960];
		uint32_t tiny = 0;
		for (int i = 0; i < 100; i++) {
			uint8_t payload[CABIN_OPUS_PAYLOAD_MAX_BYTES];
			uint32_t size = 0;
			assert_int_equal(cabin_encoder_encode(encoder, silence, payload, sizeof(payload), &size), 0);
			tiny += size <= 2;
		}
		assert_true(dtx ? tiny > 70 : tiny == 0);
		cabin_encoder_destroy(encoder);
	}
}

static void reset_makes_a_packet_that_stands_alone(void **state)
{
	struct cabin_encoder *encoder = NULL;
	assert_int_equal(cabin_encoder_create(&encoder, &defaults), 0);
	float samples[960];
	for (uint32_t i = 0; i < 960; i++)
		samples[i] = (float)(0.3 * sin(2 * M_PI * 500 * i / CABIN_RATE_HZ));
	uint8_t first[CABIN_OPUS_PAYLOAD_MAX_BYTES], again[CABIN_OPUS_PAYLOAD_MAX_BYTES];
	uint32_t first_size = 0, again_size = 0;
	assert_int_equal(cabin_encoder_encode(encoder, samples, first, sizeof(first), &first_size), 0);
	assert_int_equal(cabin_encoder_encode(encoder, samples, again, sizeof(again), &again_size), 0);
	assert_false(first_size == again_size && memcmp(first, again, first_size) == 0);
	cabin_encoder_reset(encoder);
	assert_int_equal(cabin_encoder_encode(encoder, samples, again, sizeof(again), &again_size), 0);
	assert_int_equal(again_size, first_size);
	assert_memory_equal(again, first, first_size);
	cabin_encoder_destroy(encoder);
}

static void bad_values_are_refused(void **state)
{
	struct cabin_encoder *encoder = NULL;
	struct cabin_encoder_config bad[] = {defaults, defaults, defaults, defaults, defaults};
	bad[0].packet_ms = 40;
	bad[1].bitrate_bps = 5999;
	bad[2].bitrate_bps = 256001;
	bad[3].complexity = 11;
	bad[4].mode = (enum cabin_encoder_mode)9;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(cabin_encoder_create(&encoder, &bad[i]), CABIN_EINVAL);
		assert_null(encoder);
	}
	cabin_encoder_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(look_ahead_is_what_correlation_finds),
	    cmocka_unit_test(default_settings_are_full_band),
	    cmocka_unit_test(dtx_makes_tiny_packets_of_silence_only_where_asked),
	    cmocka_unit_test(reset_makes_a_packet_that_stands_alone),
	    cmocka_unit_test(bad_values_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
