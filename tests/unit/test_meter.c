/* server/monitor/meter: what it measures of packets as they come, when it tells it, and that
 * it never waits. */
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

enum { PACKET = 960, SLOTS = CABIN_METER_SLOTS + 16, SOURCES = 3, CHANNELS = 2 };

static struct cabin_packet_pool *pool;
static struct cabin_meter *meter;
static struct cabin_sink sink;
static struct cabin_encoder *encoder;
static uint64_t now_ns;
static uint8_t frame[256];
static size_t frame_size;
static uint32_t frames;
static bool wanted, taken;

static uint64_t tell_time(void *context)
{
	return now_ns;
}

static bool levels_wanted(void *context)
{
	return wanted;
}

static bool keep_frame(void *context, const uint8_t *bytes, size_t size)
{
	assert_true(size <= sizeof(frame));
	memcpy(frame, bytes, size);
	frame_size = size;
	frames++;
	return taken;
}

static int begin(void **state)
{
	const struct cabin_encoder_config encoding = {
	    .mode = CABIN_ENCODER_LOW_DELAY, .bitrate_bps = 48000, .packet_ms = 20, .complexity = 5};
	const struct cabin_meter_config config = {.clock = {.now_ns = tell_time},
						  .source_count = SOURCES,
						  .channel_count = CHANNELS,
						  .levels_wanted = levels_wanted,
						  .levels = keep_frame};
	now_ns = CABIN_NS_PER_S;
	frames = 0;
	wanted = taken = true;
	if (cabin_packet_pool_create(&pool, SLOTS) || cabin_meter_create(&meter, &config) ||
	    cabin_encoder_create(&encoder, &encoding))
		return -1;
	sink = cabin_meter_sink(meter);
	return 0;
}

static int end(void **state)
{
	cabin_meter_destroy(meter);
	cabin_encoder_destroy(encoder);
	assert_int_equal(cabin_packet_pool_free_count(pool), SLOTS); /* none is kept */
	cabin_packet_pool_destroy(pool);
	return 0;
}

/* A packet of a sine of 1,000 Hz at −20 dBFS, as its source makes it. */
static struct cabin_packet *make(uint16_t source_index, uint32_t number)
{
	float samples[PACKET];
	struct cabin_packet *packet = cabin_packet_take(pool);
	assert_non_null(packet);
	for (uint32_t i = 0; i < PACKET; i++)
		samples[i] = (float)(0.1 * sin(2 * M_PI * 1000 * (double)(number * PACKET + i) / CABIN_RATE_HZ));
	uint32_t size;
	assert_int_equal(
	    cabin_encoder_encode(encoder, samples, cabin_packet_payload(packet), CABIN_OPUS_PAYLOAD_MAX_BYTES, &size),
	    0);
	packet->payload_size = (uint16_t)size;
	packet->source_index = source_index;
	packet->source_sequence = number;
	packet->source_timestamp = 1000 + (uint64_t)number * PACKET;
	packet->duration_samples = PACKET;
	return packet;
}

static void publish(struct cabin_packet *packet, uint16_t channel_index)
{
	packet->kind = CABIN_PACKET_MEDIA;
	packet->channel_index = channel_index;
	packet->epoch = 1;
	packet->sequence = 70000 + packet->source_sequence;
	packet->timestamp = 5000 + packet->source_timestamp;
	sink.publish(sink.context, packet);
}

static void pass(uint32_t ms)
{
	now_ns += ms * CABIN_NS_PER_MS;
	cabin_meter_round(meter);
}

/* `count` packets of source 1 as they come: accepted, and on channel 0 where `published`. */
static void play(uint32_t from, uint32_t count, bool published)
{
	for (uint32_t i = from; i < from + count; i++) {
		struct cabin_packet *packet = make(1, i);
		cabin_meter_tap(meter, packet);
		if (published)
			publish(packet, 0);
		cabin_packet_release(packet);
		for (int k = 0; k < 4; k++)
			pass(5);
	}
}

static void check_sine(enum cabin_point_kind kind, uint16_t index)
{
	struct cabin_level_figures figures;
	cabin_meter_figures(meter, kind, index, &figures);
	assert_float_equal(figures.peak_dbfs, -20, 0.3);
	assert_float_equal(figures.true_peak_dbtp, -20, 0.3);
	assert_float_equal(figures.rms_dbfs, -23, 0.3);
	assert_float_equal(figures.momentary_lufs, -20, 0.2);
	assert_float_equal(figures.short_term_lufs, -20, 0.2);
	assert_int_equal(figures.clips, 0);
	assert_int_equal(figures.concealed, 0);
	assert_true(now_ns - figures.updated_ns <= 100 * CABIN_NS_PER_MS);
}

static void a_source_is_measured_on_the_air_or_not(void **state)
{
	struct cabin_level_figures figures;
	play(0, 200, false);
	check_sine(CABIN_POINT_SOURCE, 1);
	assert_float_equal(cabin_meter_speech_lufs(meter, 1), -20, 0.2);
	assert_true(isnan(cabin_meter_speech_lufs(meter, 0)));
	cabin_meter_figures(meter, CABIN_POINT_SOURCE, 0, &figures);
	assert_true(figures.updated_ns == 0 && figures.packets == 0 && isinf(figures.peak_dbfs));
	cabin_meter_figures(meter, CABIN_POINT_CHANNEL, 0, &figures);
	assert_int_equal(figures.packets, 0);
	cabin_meter_figures(meter, CABIN_POINT_SOURCE, 1, &figures);
	assert_int_equal(figures.packets, 200);
}

static void a_channel_is_measured_as_it_is_sent(void **state)
{
	play(0, 200, true);
	check_sine(CABIN_POINT_CHANNEL, 0);
	check_sine(CABIN_POINT_SOURCE, 1);
}

static void the_figures_end_with_the_sound(void **state)
{
	struct cabin_level_figures figures;
	play(0, 60, true);
	pass(50);
	cabin_meter_figures(meter, CABIN_POINT_CHANNEL, 0, &figures);
	assert_float_equal(figures.peak_dbfs, -20, 0.3); /* a packet may be late */
	for (int i = 0; i < 3; i++)
		pass(50);
	cabin_meter_figures(meter, CABIN_POINT_CHANNEL, 0, &figures);
	assert_true(isinf(figures.peak_dbfs) && isinf(figures.rms_dbfs) && !isinf(figures.momentary_lufs));
	for (int i = 0; i < 10; i++)
		pass(50);
	cabin_meter_figures(meter, CABIN_POINT_CHANNEL, 0, &figures);
	assert_true(isinf(figures.momentary_lufs) && isinf(figures.short_term_lufs));
}

/* Points 0 … 2 are sources, 3 and 4 channels. */
static void frames_come_on_a_grid_while_somebody_wants_them(void **state)
{
	play(0, 50, true);
	assert_int_equal(frames, 20); /* in a second */
	assert_int_equal(frame[0], 'L');
	assert_int_equal(frame[9], SOURCES + CHANNELS);
	assert_int_equal(frame[10], 0x80 >> 1 | 0x80 >> 3);
	assert_int_equal(frame_size, 11 + 2 * 8);
	assert_in_range(frame[11], 199, 201); /* −20 dBFS */
	wanted = false;
	pass(200);
	assert_int_equal(frames, 20);
	wanted = true;
	taken = false;
	pass(370); /* late: one, and the next one is on the grid again */
	assert_int_equal(frames, 21);
	assert_int_equal(cabin_meter_frames_refused_count(meter), 1);
	pass(29);
	assert_int_equal(frames, 21);
	pass(1);
	assert_int_equal(frames, 22);
	assert_int_equal(frame_size, 11);
}

static void a_point_that_ends_is_shown_silent_once(void **state)
{
	play(0, 50, true);
	for (int i = 0; i < 10 && frame_size > 11; i++) {
		pass(50);
		if (frame[11] == 0 && frame[14] == 0x80 && frame[16] == 0x80)
			break;
	}
	assert_int_equal(frame[11] | frame[12] | frame[13], 0);
	for (int i = 0; i < 3; i++)
		pass(50);
	assert_int_equal(frame_size, 11);
}

static void a_packet_that_was_lost_is_counted(void **state)
{
	struct cabin_level_figures figures;
	play(0, 50, true);
	play(52, 50, true);
	cabin_meter_figures(meter, CABIN_POINT_SOURCE, 1, &figures);
	assert_int_equal(figures.concealed, 2);
	cabin_meter_figures(meter, CABIN_POINT_CHANNEL, 0, &figures);
	assert_int_equal(figures.concealed, 2);
	assert_float_equal(figures.momentary_lufs, -20, 0.3);
}

static void a_full_inbox_drops_and_counts(void **state)
{
	for (uint32_t i = 0; i < CABIN_METER_SLOTS + 10; i++) {
		struct cabin_packet *packet = make(0, i);
		cabin_meter_tap(meter, packet);
		cabin_packet_release(packet);
	}
	assert_int_equal(cabin_meter_dropped_count(meter), 10);
}

static void others_than_sound_are_left_out(void **state)
{
	struct cabin_packet *packet = cabin_packet_take(pool);
	packet->kind = CABIN_PACKET_STATE;
	sink.publish(sink.context, packet);
	packet->kind = CABIN_PACKET_MEDIA;
	packet->source_index = SOURCES;
	sink.publish(sink.context, packet);
	cabin_meter_tap(meter, packet);
	packet->source_index = 0;
	packet->channel_index = CHANNELS;
	sink.publish(sink.context, packet);
	cabin_packet_release(packet);
	assert_int_equal(cabin_packet_pool_free_count(pool), SLOTS);
}

static void the_thread_measures_by_itself(void **state)
{
	const struct timespec moment = {.tv_nsec = 5 * 1000 * 1000};
	struct cabin_level_figures figures = {.packets = 0};
	struct cabin_packet *packet = make(0, 0);
	now_ns += CABIN_NS_PER_S; /* due with the first round */
	cabin_meter_tap(meter, packet);
	cabin_packet_release(packet);
	assert_int_equal(cabin_meter_start(meter), 0);
	for (int i = 0; i < 2000 && figures.packets == 0; i++) {
		nanosleep(&moment, NULL);
		cabin_meter_figures(meter, CABIN_POINT_SOURCE, 0, &figures);
	}
	assert_int_equal(figures.packets, 1);
	cabin_meter_stop(meter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_source_is_measured_on_the_air_or_not, begin, end),
	    cmocka_unit_test_setup_teardown(a_channel_is_measured_as_it_is_sent, begin, end),
	    cmocka_unit_test_setup_teardown(the_figures_end_with_the_sound, begin, end),
	    cmocka_unit_test_setup_teardown(frames_come_on_a_grid_while_somebody_wants_them, begin, end),
	    cmocka_unit_test_setup_teardown(a_point_that_ends_is_shown_silent_once, begin, end),
	    cmocka_unit_test_setup_teardown(a_packet_that_was_lost_is_counted, begin, end),
	    cmocka_unit_test_setup_teardown(a_full_inbox_drops_and_counts, begin, end),
	    cmocka_unit_test_setup_teardown(others_than_sound_are_left_out, begin, end),
	    cmocka_unit_test_setup_teardown(the_thread_measures_by_itself, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
