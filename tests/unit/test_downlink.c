/* client/downlink: what is heard of which channel, tone, own voice, and the ceiling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "client/downlink.h"
#include "media/encoder.h"
#include "wire/rtp.h"

enum { PACKET = 480, SOURCE = 2, MONITOR = 3, OWN = 65537 };

struct bench {
	uint64_t now_ns;
	struct cabin_downlink *downlink;
	struct cabin_encoder *encoders[3];
	uint32_t packets;
	float peak;
	double power;
	uint64_t samples;
	double turn[3];
};

static struct bench bench;

static uint64_t now_ns(void *context)
{
	return bench.now_ns;
}

static int begin(void **state)
{
	const struct cabin_encoder_config config = {.bitrate_bps = 64000, .packet_ms = 10, .complexity = 3};
	bench = (struct bench){.now_ns = CABIN_NS_PER_S};
	for (int i = 0; i < 3; i++)
		assert_int_equal(cabin_encoder_create(&bench.encoders[i], &config), 0);
	return cabin_downlink_create(&bench.downlink, (struct cabin_clock){.now_ns = now_ns});
}

static int end(void **state)
{
	for (int i = 0; i < 3; i++)
		cabin_encoder_destroy(bench.encoders[i]);
	cabin_downlink_destroy(bench.downlink);
	return 0;
}

static void set(float volume_db, float monitor_db, bool tone)
{
	const struct cabin_downlink_sound sound = {
	    .volume_db = volume_db, .monitor_db = monitor_db, .bass_db = 6, .test_tone = tone};
	cabin_downlink_set(bench.downlink, &sound);
}

static void tell_state(uint16_t channel)
{
	struct cabin_server_event event = {.kind = CABIN_SERVER_STATE,
					   .state = {.channel = channel, .epoch = 1, .fade_ms = 20}};
	cabin_downlink_state(bench.downlink, &event);
}

static void packet(int which, uint32_t ssrc, float amplitude)
{
	float samples[PACKET];
	uint8_t bytes[CABIN_RTP_HEADER_BYTES + CABIN_OPUS_PAYLOAD_MAX_BYTES];
	uint32_t size;
	for (int i = 0; i < PACKET; i++) {
		samples[i] = amplitude * (float)sin(bench.turn[which]);
		bench.turn[which] += 2 * M_PI * (1000 + 500 * which) / 48000;
	}
	assert_int_equal(cabin_encoder_encode(bench.encoders[which], samples, bytes + CABIN_RTP_HEADER_BYTES,
					      CABIN_OPUS_PAYLOAD_MAX_BYTES, &size),
			 0);
	cabin_rtp_write_header(bytes, false, (uint16_t)bench.packets, bench.packets * PACKET, ssrc);
	cabin_downlink_packet(bench.downlink, bytes, CABIN_RTP_HEADER_BYTES + size);
}

/* Plays while packets come; what was heard in the last half is measured. dB of full scale. */
static double play(uint32_t ms, float source, float monitor, float own)
{
	float out[PACKET];
	bench.peak = 0;
	bench.power = 0;
	bench.samples = 0;
	for (uint32_t at = 0; at < ms; at += 10) {
		if (source > 0)
			packet(0, SOURCE, source);
		if (monitor > 0)
			packet(1, MONITOR, monitor);
		if (own > 0)
			packet(2, OWN, own);
		bench.packets++;
		cabin_downlink_render(bench.downlink, out, PACKET, 10, NULL);
		bench.now_ns += 10 * CABIN_NS_PER_MS;
		for (int i = 0; i < PACKET; i++) {
			bench.peak = fmaxf(bench.peak, fabsf(out[i]));
			bench.power += at >= ms / 2 ? (double)out[i] * (double)out[i] : 0;
		}
		bench.samples += at >= ms / 2 ? PACKET : 0;
	}
	return 10 * log10(bench.power / (double)bench.samples + 1e-15);
}

static void only_what_was_chosen_is_heard(void **state)
{
	set(0, -12, false);
	assert_true(play(500, 0.1f, 0.1f, 0.1f) < -100);
	cabin_downlink_select(bench.downlink, CABIN_DOWNLINK_SOURCE, SOURCE, true);
	assert_true(play(500, 0.1f, 0.1f, 0.1f) < -100); /* not before its state */
	tell_state(SOURCE);
	assert_float_equal(play(2000, 0.1f, 0.1f, 0.1f), -23, 1.5);
	struct cabin_downlink_figures figures;
	cabin_downlink_figures(bench.downlink, &figures);
	assert_true(figures.started);
	assert_float_equal(figures.source_dbfs, -23, 1.5);
	set(-20, -12, false);
	assert_float_equal(play(2000, 0.1f, 0.1f, 0.1f), -43, 1.5);
	cabin_downlink_select(bench.downlink, CABIN_DOWNLINK_SOURCE, 0, false);
	assert_true(play(2000, 0.1f, 0.1f, 0.1f) < -100);
}

static void the_monitor_is_quiet_and_the_own_voice_alone(void **state)
{
	set(0, -20, false);
	cabin_downlink_select(bench.downlink, CABIN_DOWNLINK_MONITOR, MONITOR, true);
	tell_state(MONITOR);
	assert_float_equal(play(2000, 0.1f, 0.1f, 0), -43, 1.5);
	cabin_downlink_select(bench.downlink, CABIN_DOWNLINK_ECHO, OWN, true);
	assert_float_equal(play(2000, 0.1f, 0.1f, 0.05f), -29, 1.5);
}

static void the_technician_speaks_over_a_lowered_floor(void **state)
{
	set(0, -20, false);
	cabin_downlink_select(bench.downlink, CABIN_DOWNLINK_SOURCE, SOURCE, true);
	tell_state(SOURCE);
	assert_float_equal(play(2000, 0.1f, 0, 0), -23, 1.5);
	/* Announced: the floor goes down, and the voice comes once its state is there. */
	cabin_downlink_select(bench.downlink, CABIN_DOWNLINK_TALKBACK, MONITOR, true);
	assert_float_equal(play(2000, 0.1f, 0.1f, 0), -35, 1.5);
	tell_state(MONITOR);
	assert_float_equal(play(2000, 0.1f, 0.1f, 0), -22.7, 1.5);
	assert_float_equal(play(2000, 0, 0.1f, 0), -23, 1.5);
	cabin_downlink_select(bench.downlink, CABIN_DOWNLINK_TALKBACK, 0, true);
	assert_float_equal(play(2000, 0.1f, 0.1f, 0), -23, 1.5);
	/* Through the protection, as all. */
	cabin_downlink_select(bench.downlink, CABIN_DOWNLINK_TALKBACK, MONITOR, true);
	tell_state(MONITOR);
	(void)play(2000, 0.99f, 0.99f, 0);
	assert_true(bench.peak > 0.1f && bench.peak <= powf(10, -3.0f / 20) * 1.0001f);
}

static void nothing_passes_the_ceiling(void **state)
{
	set(0, 0, false);
	cabin_downlink_select(bench.downlink, CABIN_DOWNLINK_SOURCE, SOURCE, true);
	cabin_downlink_select(bench.downlink, CABIN_DOWNLINK_MONITOR, MONITOR, true);
	tell_state(SOURCE);
	tell_state(MONITOR);
	(void)play(3000, 0.99f, 0.99f, 0);
	assert_true(bench.peak > 0.1f && bench.peak <= powf(10, -3.0f / 20) * 1.0001f);
}

static void the_test_tone_is_soft_whatever_the_volume(void **state)
{
	set(-60, -12, true);
	assert_float_equal(play(2000, 0, 0, 0), -33, 1);
	set(0, -12, true);
	assert_float_equal(play(2000, 0, 0, 0), -33, 1);
	set(0, -12, false);
	assert_true(play(2000, 0, 0, 0) < -100);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
	    TEST(only_what_was_chosen_is_heard),
	    TEST(the_monitor_is_quiet_and_the_own_voice_alone),
	    TEST(the_technician_speaks_over_a_lowered_floor),
	    TEST(nothing_passes_the_ceiling),
	    TEST(the_test_tone_is_soft_whatever_the_volume),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
