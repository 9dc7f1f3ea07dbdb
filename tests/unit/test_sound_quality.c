/* server/monitor/sound_quality: bandwidth and hum of real speech, before and after Opus as
 * an input's packets carry it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/limits.h"
#include "media/decoder.h"
#include "media/encoder.h"
#include "monitor/sound_quality.h"
#include "sounds.h"

enum { PACKET = 960, SECONDS = 20, COUNT = SECONDS * SECOND, TAPS = 511 };

static struct cabin_sound_quality *quality;
static float sound[COUNT + TAPS], filtered[COUNT];

static int begin(void **state)
{
	return cabin_sound_quality_create(&quality);
}

static int end(void **state)
{
	cabin_sound_quality_destroy(quality);
	return 0;
}

static struct cabin_sound_quality_figures figures(void)
{
	struct cabin_sound_quality_figures out;
	cabin_sound_quality_figures(quality, &out);
	return out;
}

/* What a good microphone gives of a speech: the demo's ends at 12 kHz, so what a voice has
 * above is put on it: noise that is as loud as the consonants below. */
static void full_band_speech(const char *name)
{
	uint32_t count, seed = 1;
	float *speech = read_speech(name, &count);
	double envelope = 0, before = 0;
	for (uint32_t i = 0; i < COUNT; i++) {
		float sample = speech[i % count];
		double high = sample - before; /* its consonants, mostly */
		before = sample;
		envelope += (fabs(high) - envelope) / 200;
		sound[i] = sample + (float)(0.5 * envelope * noise_next(&seed)) + 3e-5f * noise_next(&seed);
	}
	memset(sound + COUNT, 0, TAPS * sizeof(*sound));
	free(speech);
}

/* A steep low-pass, as a converter or a line has it. */
static void low_pass(double hz)
{
	static float taps[TAPS];
	double sum = 0;
	for (int i = 0; i < TAPS; i++) {
		double at = i - TAPS / 2, turn = 2 * hz / SECOND;
		double value = at == 0 ? turn : sin(M_PI * turn * at) / (M_PI * at);
		taps[i] = (float)(value * (0.42 - 0.5 * cos(2 * M_PI * (i + .5) / TAPS) +
					   0.08 * cos(4 * M_PI * (i + .5) / TAPS)));
		sum += (double)taps[i];
	}
	assert_float_equal(sum, 1, 0.01);
	for (int i = 0; i < COUNT; i++) {
		float value = 0;
		for (int k = 0; k < TAPS; k++)
			value += sound[i + k] * taps[k];
		filtered[i] = value;
	}
}

static void hear(const float *samples)
{
	for (int at = 0; at < COUNT; at += PACKET)
		cabin_sound_quality_add(quality, samples + at, PACKET);
}

/* As the tap's packets have it. */
static void hear_coded(const float *samples)
{
	const struct cabin_encoder_config config = {
	    .mode = CABIN_ENCODER_LOW_DELAY, .bitrate_bps = 48000, .packet_ms = 20, .complexity = 5};
	struct cabin_encoder *encoder;
	struct cabin_decoder *decoder;
	uint8_t payload[CABIN_OPUS_PAYLOAD_MAX_BYTES];
	float decoded[PACKET];
	uint32_t size, count;
	assert_int_equal(cabin_encoder_create(&encoder, &config), 0);
	assert_int_equal(cabin_decoder_create(&decoder), 0);
	for (int at = 0; at < COUNT; at += PACKET) {
		assert_int_equal(cabin_encoder_encode(encoder, samples + at, payload, sizeof(payload), &size), 0);
		assert_int_equal(cabin_decoder_decode(decoder, payload, size, decoded, PACKET, &count), 0);
		cabin_sound_quality_add(quality, decoded, count);
	}
	cabin_encoder_destroy(encoder);
	cabin_decoder_destroy(decoder);
}

static void tells_the_bandwidth_of_speech_before_and_after_opus(void **state)
{
	static const char *const names[] = {"floor-vi", "interp-fr", "video-en"};
	static const double limits_hz[] = {3700, 12500, 15000, 20000}, told_hz[] = {4000, 12500, 15000, 20000};
	for (int n = 0; n < 3; n++) {
		full_band_speech(names[n]);
		for (int i = 0; i < 4; i++) {
			low_pass(limits_hz[i]);
			for (int coded = 0; coded < 2; coded++) {
				cabin_sound_quality_destroy(quality);
				assert_int_equal(cabin_sound_quality_create(&quality), 0);
				if (coded)
					hear_coded(filtered);
				else
					hear(filtered);
				if (figures().bandwidth_hz != told_hz[i])
					fail_msg("%s to %.0f Hz%s: %.0f Hz", names[n], limits_hz[i],
						 coded ? ", coded" : "", figures().bandwidth_hz);
			}
		}
	}
}

/* 50 or 60 Hz with two harmonics, −50 dBFS in all. */
static void add_hum(double mains_hz)
{
	double amplitude = pow(10, -50.0 / 20);
	for (int i = 0; i < COUNT; i++)
		sound[i] += (float)(amplitude * (0.8 * sin(2 * M_PI * mains_hz * i / SECOND) +
						 0.5 * sin(2 * M_PI * 2 * mains_hz * i / SECOND) +
						 0.3 * sin(2 * M_PI * 3 * mains_hz * i / SECOND)));
}

static void hears_hum_under_speech(void **state)
{
	static const double mains_hz[] = {50, 60};
	for (int i = 0; i < 4; i++) {
		cabin_sound_quality_destroy(quality);
		assert_int_equal(cabin_sound_quality_create(&quality), 0);
		full_band_speech("floor-vi");
		add_hum(mains_hz[i % 2]);
		if (i < 2)
			hear(sound);
		else
			hear_coded(sound);
		print_message("hum of %.0f Hz: %.1f dB, noise %.1f dBFS\n", mains_hz[i % 2], figures().hum_db,
			      figures().noise_dbfs);
		assert_true(figures().hum);
		assert_true(figures().hum_db > 12);
		assert_float_equal(figures().noise_dbfs, -53, 4);
	}
}

/* A voice whose pitch is raised or lowered: played at another rate. */
static void play_at(const char *name, double rate)
{
	uint32_t count;
	float *speech = read_speech(name, &count);
	for (int i = 0; i < COUNT; i++) {
		double at = fmod(i * rate, count - 2);
		float part = (float)(at - floor(at));
		sound[i] = speech[(int)at] * (1 - part) + speech[(int)at + 1] * part;
	}
	free(speech);
}

static void takes_no_voice_for_hum(void **state)
{
	static const char *const names[] = {"floor-vi", "floor-fr", "interp-fr", "interp-vi", "video-en"};
	static const double rates[] = {1, 0.85, 0.7, 0.6};
	for (int n = 0; n < 5; n++) {
		for (int i = 0; i < 4; i++) {
			cabin_sound_quality_destroy(quality);
			assert_int_equal(cabin_sound_quality_create(&quality), 0);
			play_at(names[n], rates[i]);
			for (int at = 0; at < COUNT; at += PACKET) {
				cabin_sound_quality_add(quality, sound + at, PACKET);
				if (figures().hum)
					fail_msg("%s at %.1f: hum at %d s, %.1f dB", names[n], rates[i], at / SECOND,
						 figures().hum_db);
			}
		}
	}
}

static void silence_and_noise_tell_nothing_wrong(void **state)
{
	uint32_t seed = 3;
	memset(sound, 0, sizeof(sound));
	hear(sound);
	assert_true(figures().bandwidth_hz == 0 && !figures().hum && isinf(figures().noise_dbfs));
	cabin_sound_quality_destroy(quality);
	assert_int_equal(cabin_sound_quality_create(&quality), 0);
	for (int i = 0; i < COUNT; i++)
		sound[i] = 0.003f * noise_next(&seed);
	hear(sound);
	assert_true(figures().bandwidth_hz == 0 && !figures().hum);
	assert_float_equal(figures().noise_dbfs, 20 * log10(0.003 / sqrt(3)), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(tells_the_bandwidth_of_speech_before_and_after_opus, begin, end),
	    cmocka_unit_test_setup_teardown(hears_hum_under_speech, begin, end),
	    cmocka_unit_test_setup_teardown(takes_no_voice_for_hum, begin, end),
	    cmocka_unit_test_setup_teardown(silence_and_noise_tell_nothing_wrong, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
