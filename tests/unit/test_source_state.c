/* server/relay/source_state: there or lost, and whether its time line holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/limits.h"
#include "relay/source_state.h"

static const uint64_t ms = CABIN_NS_PER_MS;

static int give(struct cabin_source_state *source, uint64_t sequence, uint64_t timestamp, uint64_t now_ns)
{
	static struct cabin_packet packet;

	packet.source_sequence = sequence;
	packet.source_timestamp = timestamp;
	packet.duration_samples = 960;
	packet.stamp_ns = now_ns;
	return cabin_source_state_packet(source, &packet, now_ns);
}

static void it_begins_lost_and_a_packet_brings_it(void **state)
{
	struct cabin_source_state source;

	cabin_source_state_init(&source);
	assert_int_equal(cabin_source_state_condition(&source), CABIN_CONDITION_LOST);
	assert_true(cabin_source_state_due_ns(&source) == UINT64_MAX);
	assert_int_equal(give(&source, 5, 100, 10 * ms), 0);
	assert_int_equal(cabin_source_state_condition(&source), CABIN_CONDITION_OK);
	assert_int_equal(source.generation, 0);
}

static void quiet_for_too_long_is_lost(void **state)
{
	struct cabin_source_state source;
	uint64_t due_ns;

	cabin_source_state_init(&source);
	assert_int_equal(give(&source, 5, 100, 10 * ms), 0);
	due_ns = cabin_source_state_due_ns(&source);
	assert_int_equal(due_ns, (10 + CABIN_SOURCE_QUIET_LIMIT_MS) * ms);
	assert_false(cabin_source_state_check(&source, due_ns - 1));
	assert_true(cabin_source_state_check(&source, due_ns));
	assert_false(cabin_source_state_check(&source, due_ns + ms)); /* told once */
	assert_int_equal(cabin_source_state_condition(&source), CABIN_CONDITION_LOST);
}

static void time_does_not_go_back(void **state)
{
	struct cabin_source_state source;

	cabin_source_state_init(&source);
	assert_int_equal(give(&source, 5, 9600, 10 * ms), 0);
	assert_int_equal(give(&source, 5, 10560, 30 * ms), CABIN_EINVAL);
	assert_int_equal(give(&source, 6, 9600, 30 * ms), CABIN_EINVAL);
	assert_int_equal(give(&source, 6, 10559, 30 * ms), CABIN_EINVAL); /* overlaps */
	assert_int_equal(give(&source, 6, 10560, 30 * ms), 0);
	assert_int_equal(source.generation, 0);
}

static void a_great_jump_breaks_the_time_line(void **state)
{
	struct cabin_source_state source;

	cabin_source_state_init(&source);
	assert_int_equal(give(&source, 5, 0, 0), 0);
	assert_int_equal(give(&source, 6, 20 * 48000, 20000 * ms), 0);
	assert_int_equal(source.generation, 0);
	assert_int_equal(give(&source, 7, 41 * 48000, 41000 * ms), 0);
	assert_int_equal(source.generation, 1);
	assert_int_equal(give(&source, 2000, 41 * 48000 + 960, 41020 * ms), 0);
	assert_int_equal(source.generation, 2);
}

static void coming_back_it_goes_on_or_begins_anew(void **state)
{
	struct cabin_source_state source;

	cabin_source_state_init(&source);
	assert_int_equal(give(&source, 5, 0, 1000 * ms), 0);
	cabin_source_state_event(&source, CABIN_SOURCE_LOST, 1010 * ms);
	assert_int_equal(cabin_source_state_condition(&source), CABIN_CONDITION_LOST);
	cabin_source_state_event(&source, CABIN_SOURCE_RETURNED, 2900 * ms);
	assert_int_equal(cabin_source_state_condition(&source), CABIN_CONDITION_OK);
	assert_int_equal(give(&source, 6, 2 * 48000, 3010 * ms), 0); /* 10 ms off: the same */
	assert_int_equal(source.generation, 0);
	cabin_source_state_event(&source, CABIN_SOURCE_LOST, 3020 * ms);
	assert_int_equal(give(&source, 7, 3 * 48000, 4100 * ms), 0); /* 100 ms off */
	assert_int_equal(source.generation, 1);
	cabin_source_state_event(&source, CABIN_SOURCE_LOST, 4110 * ms);
	assert_int_equal(give(&source, 0, 0, 5000 * ms), 0); /* from zero */
	assert_int_equal(source.generation, 2);
}

static void back_for_good_is_a_new_beginning(void **state)
{
	struct cabin_source_state source;
	uint64_t refused = 0;

	cabin_source_state_init(&source);
	assert_int_equal(give(&source, 100000, 100000000, 1000 * ms), 0);
	while (give(&source, refused, refused * 960, (1020 + refused * 20) * ms))
		refused++;
	assert_in_range(refused, 10, 50);
	assert_int_equal(source.generation, 1);
	assert_int_equal(give(&source, refused + 1, (refused + 1) * 960, (1040 + refused * 20) * ms), 0);
}

/* A microphone that is off: nothing comes, and that is no loss. */
static void paused_is_silent_and_not_lost(void **state)
{
	struct cabin_source_state source;

	cabin_source_state_init(&source);
	assert_int_equal(give(&source, 5, 0, 1000 * ms), 0);
	cabin_source_state_pause(&source);
	assert_int_equal(cabin_source_state_condition(&source), CABIN_CONDITION_SILENT);
	assert_true(cabin_source_state_due_ns(&source) == UINT64_MAX);
	assert_false(cabin_source_state_check(&source, 60000 * ms));
	/* On again, the time line holds: it goes on. */
	cabin_source_state_event(&source, CABIN_SOURCE_RETURNED, 2980 * ms);
	assert_int_equal(cabin_source_state_condition(&source), CABIN_CONDITION_OK);
	assert_int_equal(give(&source, 6, 48000 * 2, 3000 * ms), 0);
	assert_int_equal(source.generation, 0);
	/* It does not hold where another console came with numbers of its own. */
	cabin_source_state_pause(&source);
	assert_int_equal(give(&source, 1, 100, 4000 * ms), 0);
	assert_int_equal(source.generation, 1);
}

static void numbers_are_extended_across_wraps(void **state)
{
	struct cabin_source_state source;
	struct cabin_packet packet = {.duration_samples = 960, .stamp_ns = 1000 * ms};
	uint64_t sequence, timestamp;

	cabin_source_state_init(&source);
	packet.source_sequence = 65535;
	packet.source_timestamp = 4294967000u;
	cabin_source_state_extend(&source, &packet);
	sequence = packet.source_sequence;
	timestamp = packet.source_timestamp;
	assert_int_equal((uint16_t)sequence, 65535);
	assert_int_equal((uint32_t)timestamp, 4294967000u);
	assert_int_equal(cabin_source_state_packet(&source, &packet, 1000 * ms), 0);
	packet.source_sequence = 0;
	packet.source_timestamp = (uint32_t)(4294967000u + 960);
	packet.stamp_ns += 20 * ms;
	cabin_source_state_extend(&source, &packet);
	assert_true(packet.source_sequence == sequence + 1);
	assert_true(packet.source_timestamp == timestamp + 960);
	assert_int_equal(cabin_source_state_packet(&source, &packet, 1020 * ms), 0);
	/* One that is late by one lies before, on the far side of the wrap. */
	packet.source_sequence = 65535;
	cabin_source_state_extend(&source, &packet);
	assert_true(packet.source_sequence == sequence);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_begins_lost_and_a_packet_brings_it),
	    cmocka_unit_test(quiet_for_too_long_is_lost),
	    cmocka_unit_test(time_does_not_go_back),
	    cmocka_unit_test(a_great_jump_breaks_the_time_line),
	    cmocka_unit_test(coming_back_it_goes_on_or_begins_anew),
	    cmocka_unit_test(back_for_good_is_a_new_beginning),
	    cmocka_unit_test(paused_is_silent_and_not_lost),
	    cmocka_unit_test(numbers_are_extended_across_wraps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
