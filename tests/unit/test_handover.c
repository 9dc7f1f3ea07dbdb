/* server/relay/handover: whose sound goes where around the agreed moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "relay/handover.h"

static const uint64_t ms = CABIN_NS_PER_MS;
enum { FROM = 2, TO = 1, OTHER = 3, AT = 1400 };

static void agree(struct cabin_handover *handover)
{
	cabin_handover_propose(handover, CABIN_HANDOVER_OFFERED, FROM, TO, 900 * ms);
	assert_int_equal(handover->by, FROM);
	assert_int_equal(cabin_handover_due_ns(handover), (900 + CABIN_HANDOVER_OFFER_LAPSE_MS) * ms);
	cabin_handover_agree(handover, 1000 * ms);
	assert_int_equal(handover->at_ns, AT * ms);
}

static enum cabin_handover_verdict packet(struct cabin_handover *handover, uint8_t seat, uint64_t begin_ms,
					  uint64_t duration_ms)
{
	return cabin_handover_packet(handover, seat, begin_ms * ms, duration_ms * ms);
}

static void sound_is_divided_at_the_moment(void **state)
{
	struct cabin_handover handover;

	(void)state;
	agree(&handover);
	assert_int_equal(packet(&handover, TO, AT - 11, 20), CABIN_HANDOVER_DROP);
	assert_int_equal(packet(&handover, TO, AT - 10, 20), CABIN_HANDOVER_KEEP); /* half a packet before */
	assert_int_equal(packet(&handover, FROM, AT - 30, 20), CABIN_HANDOVER_FORWARD);
	assert_int_equal(cabin_handover_check(&handover, AT * ms), CABIN_HANDOVER_WAITS);
	assert_int_equal(packet(&handover, FROM, AT - 10, 20), CABIN_HANDOVER_FORWARD);
	assert_int_equal(cabin_handover_check(&handover, AT * ms), CABIN_HANDOVER_DONE);
	assert_int_equal(packet(&handover, FROM, AT + 10, 20), CABIN_HANDOVER_DROP);
	assert_int_equal(packet(&handover, OTHER, AT, 20), CABIN_HANDOVER_DROP);
}

static void the_rest_of_from_may_be_lost(void **state)
{
	struct cabin_handover handover;

	(void)state;
	agree(&handover);
	packet(&handover, FROM, AT - 60, 20);
	packet(&handover, TO, AT, 20);
	assert_int_equal(cabin_handover_due_ns(&handover), (AT + CABIN_HANDOVER_WAIT_MS) * ms);
	assert_int_equal(cabin_handover_check(&handover, (AT + CABIN_HANDOVER_WAIT_MS) * ms - 1), CABIN_HANDOVER_WAITS);
	assert_int_equal(cabin_handover_check(&handover, (AT + CABIN_HANDOVER_WAIT_MS) * ms), CABIN_HANDOVER_DONE);
	/* A packet from beyond the moment says as much. */
	assert_int_equal(packet(&handover, FROM, AT + 5, 20), CABIN_HANDOVER_DROP);
	assert_int_equal(cabin_handover_check(&handover, AT * ms), CABIN_HANDOVER_DONE);
}

static void from_goes_on_while_to_is_not_heard(void **state)
{
	struct cabin_handover handover;

	(void)state;
	agree(&handover);
	for (uint64_t begin = AT - 40; begin < AT + 100; begin += 20)
		assert_int_equal(packet(&handover, FROM, begin, 20), CABIN_HANDOVER_FORWARD);
	assert_int_equal(cabin_handover_check(&handover, (AT + 120) * ms), CABIN_HANDOVER_WAITS);
	/* Heard at last: what lies within that which was sent on is not sent twice. */
	assert_int_equal(packet(&handover, TO, AT + 80, 20), CABIN_HANDOVER_DROP);
	assert_int_equal(packet(&handover, FROM, AT + 100, 20), CABIN_HANDOVER_DROP);
	assert_int_equal(packet(&handover, TO, AT + 100, 20), CABIN_HANDOVER_KEEP);
	assert_int_equal(cabin_handover_check(&handover, (AT + 120) * ms), CABIN_HANDOVER_DONE);
}

static void without_to_it_is_given_up(void **state)
{
	struct cabin_handover handover;

	(void)state;
	agree(&handover);
	packet(&handover, FROM, AT, 20);
	assert_int_equal(cabin_handover_due_ns(&handover), (AT + CABIN_HANDOVER_GIVE_UP_MS) * ms);
	assert_int_equal(cabin_handover_check(&handover, (AT + CABIN_HANDOVER_GIVE_UP_MS) * ms - 1),
			 CABIN_HANDOVER_WAITS);
	assert_int_equal(cabin_handover_check(&handover, (AT + CABIN_HANDOVER_GIVE_UP_MS) * ms), CABIN_HANDOVER_OVER);
	cabin_handover_void(&handover);
	assert_true(cabin_handover_due_ns(&handover) == UINT64_MAX);
	assert_int_equal(cabin_handover_check(&handover, UINT64_MAX), CABIN_HANDOVER_WAITS);
	cabin_handover_propose(&handover, CABIN_HANDOVER_ASKED, FROM, TO, 0);
	assert_int_equal(handover.by, TO);
	assert_int_equal(cabin_handover_check(&handover, CABIN_HANDOVER_OFFER_LAPSE_MS * ms), CABIN_HANDOVER_OVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sound_is_divided_at_the_moment),
	    cmocka_unit_test(the_rest_of_from_may_be_lost),
	    cmocka_unit_test(from_goes_on_while_to_is_not_heard),
	    cmocka_unit_test(without_to_it_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
