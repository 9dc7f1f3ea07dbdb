/* server/capture/source_tone and pacer: pace, clicks at whole seconds, lateness. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/pacer.h"
#include "capture/source_tone.h"
#include "capture_fakes.h"

static const uint64_t start_ns = UINT64_C(7123456789);

static struct cabin_input make(struct fake_clock *fake, float tone_hz)
{
	const struct cabin_source_tone_config config = {
	    .id = "tone", .tone_hz = tone_hz, .clock = fake_clock_of(fake), .start_ns = start_ns, .stop_fd = -1};
	struct cabin_input input;
	assert_int_equal(cabin_source_tone_create(&input, &config), 0);
	return input;
}

static void a_block_is_there_when_its_last_frame_was_and_not_before(void **state)
{
	struct fake_clock fake = {.now_ns = start_ns};
	struct cabin_input input = make(&fake, 1000);
	struct cabin_input_block block;
	uint32_t rate_hz, channel_count;
	assert_int_equal(input.ops->open(input.self, &rate_hz, &channel_count), 0);
	assert_int_equal(rate_hz, 48000);
	assert_int_equal(channel_count, 1);
	for (uint64_t i = 0; i < 300; i++) {
		fake.now_ns = start_ns + (i + 1) * 10 * CABIN_NS_PER_MS - 1;
		assert_int_equal(input.ops->read(input.self, &block, 0), CABIN_EAGAIN);
		fake.now_ns++;
		assert_int_equal(input.ops->read(input.self, &block, 0), 0);
		assert_int_equal(block.frame_index, i * 480);
		assert_int_equal(block.frame_count, 480);
		assert_int_equal(block.stamp_ns, start_ns + i * 10 * CABIN_NS_PER_MS);
	}
	input.ops->destroy(input.self);
}

static void clicks_begin_exactly_at_whole_seconds(void **state)
{
	struct fake_clock fake = {.now_ns = start_ns};
	struct cabin_input input = make(&fake, 0);
	struct cabin_input_block block;
	uint32_t clicks = 0;
	for (uint64_t i = 0; i < 500; i++) {
		fake.now_ns = start_ns + (i + 1) * 10 * CABIN_NS_PER_MS;
		assert_int_equal(input.ops->read(input.self, &block, 0), 0);
		for (uint32_t k = 0; k < block.frame_count; k++) {
			uint64_t in_second = (block.frame_index + k) % 48000;
			if (in_second == 0 || in_second >= 240)
				assert_float_equal(block.samples[k], 0, 1e-6);
			clicks += in_second == 126 && fabsf(block.samples[k]) > 0.6f; /* a crest near its middle */
		}
	}
	assert_int_equal(clicks, 5);
	input.ops->destroy(input.self);
}

static void the_tone_has_its_pitch_and_level(void **state)
{
	struct fake_clock fake = {.now_ns = start_ns + 10 * CABIN_NS_PER_S};
	struct cabin_input input = make(&fake, 440);
	struct cabin_input_block block;
	double re = 0, im = 0;
	uint32_t count = 0;
	assert_int_equal(input.ops->read(input.self, &block, 0), 0); /* skips to live: second 9.99 … */
	for (uint64_t i = 0; i < 60; i++) {
		fake.now_ns += 10 * CABIN_NS_PER_MS;
		assert_int_equal(input.ops->read(input.self, &block, 0), 0);
		for (uint32_t k = 0; i >= 10 && k < block.frame_count; k++, count++) {
			double phase = 2 * M_PI * 440 * (double)(block.frame_index + k) / 48000;
			re += block.samples[k] * cos(phase);
			im += block.samples[k] * sin(phase);
		}
	}
	assert_float_equal(2 * im / count, CABIN_TONE_AMPLITUDE, 1e-4);
	assert_float_equal(2 * re / count, 0, 1e-4);
	input.ops->destroy(input.self);
}

static void who_comes_late_gets_live_sound_and_a_jump_of_the_index(void **state)
{
	struct fake_clock fake = {.now_ns = start_ns + 20 * CABIN_NS_PER_MS};
	struct cabin_input input = make(&fake, 440);
	struct cabin_input_block block;
	assert_int_equal(input.ops->read(input.self, &block, 0), 0);
	assert_int_equal(input.ops->read(input.self, &block, 0), 0);
	fake.now_ns += 200 * CABIN_NS_PER_MS; /* within bounds: nothing is left out */
	assert_int_equal(input.ops->read(input.self, &block, 0), 0);
	assert_int_equal(block.frame_index, 960);
	fake.now_ns = start_ns + 7205 * CABIN_NS_PER_MS;
	assert_int_equal(input.ops->read(input.self, &block, 0), 0);
	assert_int_equal(block.frame_index, 719 * 480);
	assert_int_equal(block.stamp_ns, start_ns + 7190 * CABIN_NS_PER_MS);
	assert_int_equal(input.ops->read(input.self, &block, 0), CABIN_EAGAIN);
	input.ops->destroy(input.self);
}

static void a_tone_nobody_can_hear_is_refused(void **state)
{
	struct cabin_source_tone_config config = {.id = "tone", .tone_hz = 19, .stop_fd = -1};
	struct cabin_input input;
	assert_int_equal(cabin_source_tone_create(&input, &config), CABIN_EINVAL);
	config.tone_hz = NAN;
	assert_int_equal(cabin_source_tone_create(&input, &config), CABIN_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_block_is_there_when_its_last_frame_was_and_not_before),
	    cmocka_unit_test(clicks_begin_exactly_at_whole_seconds),
	    cmocka_unit_test(the_tone_has_its_pitch_and_level),
	    cmocka_unit_test(who_comes_late_gets_live_sound_and_a_jump_of_the_index),
	    cmocka_unit_test(a_tone_nobody_can_hear_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
