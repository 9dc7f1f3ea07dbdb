/* server/monitor/meter: a sink that measures each source once, and never waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "media/encoder.h"
#include "monitor/meter.h"

enum { SECONDS = 6, PACKETS = SECONDS * 50 };

static struct cabin_packet_pool *pool;
static struct cabin_meter *meter;
static struct cabin_sink sink;
static struct cabin_encoder *encoder;

static int begin(void **state)
{
	const struct cabin_encoder_config config = {
	    .mode = CABIN_ENCODER_LOW_DELAY, .bitrate_bps = 48000, .packet_ms = 20, .complexity = 5};
	if (cabin_packet_pool_create(&pool, CABIN_METER_SLOTS + 16) || cabin_meter_create(&meter, 3, 1) ||
	    cabin_encoder_create(&encoder, &config))
		return -1;
	sink = cabin_meter_sink(meter);
	return 0;
}

static int end(void **state)
{
	cabin_meter_destroy(meter);
	cabin_encoder_destroy(encoder);
	assert_int_equal(cabin_packet_pool_free_count(pool), CABIN_METER_SLOTS + 16); /* none is kept */
	cabin_packet_pool_destroy(pool);
	return 0;
}

/* A packet of a sine of 1,000 Hz at −20 dBFS. */
static void publish(uint16_t source_index, uint32_t number, int times)
{
	float samples[960];
	struct cabin_packet *packet = cabin_packet_take(pool);
	assert_non_null(packet);
	for (uint32_t i = 0; i < 960; i++)
		samples[i] = (float)(0.1 * sin(2 * M_PI * 1000 * (double)(number * 960 + i) / CABIN_RATE_HZ));
	uint32_t size;
	assert_int_equal(
	    cabin_encoder_encode(encoder, samples, cabin_packet_payload(packet), CABIN_OPUS_PAYLOAD_MAX_BYTES, &size),
	    0);
	packet->payload_size = (uint16_t)size;
	packet->kind = CABIN_PACKET_MEDIA;
	packet->source_index = source_index;
	packet->source_sequence = number;
	packet->source_timestamp = 1000 + (uint64_t)number * 960;
	packet->duration_samples = 960;
	for (int i = 0; i < times; i++)
		sink.publish(sink.context, packet);
	cabin_packet_release(packet);
}

static void wait_until_known(uint16_t source_index)
{
	const struct timespec moment = {.tv_nsec = 10 * 1000 * 1000};
	for (int i = 0; i < 1000 && isnan(cabin_meter_speech_lufs(meter, source_index)); i++)
		nanosleep(&moment, NULL);
}

static void measures_each_source_once(void **state)
{
	for (uint32_t i = 0; i < PACKETS; i++)
		publish(1, i, 3); /* a floor and two channels that it passes through */
	assert_int_equal(cabin_packet_pool_free_count(pool), CABIN_METER_SLOTS + 16 - PACKETS);
	assert_int_equal(cabin_meter_start(meter), 0);
	wait_until_known(1);
	assert_float_equal(cabin_meter_speech_lufs(meter, 1), -20, 0.3);
	assert_true(isnan(cabin_meter_speech_lufs(meter, 0)));
	assert_int_equal(cabin_meter_dropped_count(meter), 0);
}

static void a_full_inbox_drops_and_counts(void **state)
{
	for (uint32_t i = 0; i < CABIN_METER_SLOTS + 10; i++)
		publish(0, i, 1);
	assert_int_equal(cabin_meter_dropped_count(meter), 10);
}

static void others_than_sound_are_left_out(void **state)
{
	struct cabin_packet *packet = cabin_packet_take(pool);
	packet->kind = CABIN_PACKET_STATE;
	sink.publish(sink.context, packet);
	packet->kind = CABIN_PACKET_MEDIA;
	packet->source_index = 3; /* there are three */
	sink.publish(sink.context, packet);
	cabin_packet_release(packet);
	assert_int_equal(cabin_packet_pool_free_count(pool), CABIN_METER_SLOTS + 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(measures_each_source_once, begin, end),
	    cmocka_unit_test_setup_teardown(a_full_inbox_drops_and_counts, begin, end),
	    cmocka_unit_test_setup_teardown(others_than_sound_are_left_out, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
