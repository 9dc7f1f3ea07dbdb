/* server/relay/booth: who is on air in one booth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/clock.h"
#include "relay/booth.h"

static const uint64_t ms = CABIN_NS_PER_MS;
enum { HOLD_MS = 2500, GRACE_MS = 10000, ANN = 1, BAO = 2, CHI = 3 };

static void start(struct cabin_booth *booth, enum cabin_booth_mode mode)
{
	cabin_booth_init(booth, &(struct cabin_hub_booth_config){.id = "vi-fr",
								 .seat_count = 3,
								 .mode = mode,
								 .output_channel_index = {1, 2},
								 .hold_ms = HOLD_MS,
								 .grace_ms = GRACE_MS});
	for (uint8_t seat = ANN; seat <= CHI; seat++) {
		uint64_t replaced;
		uint8_t got;

		assert_int_equal(cabin_booth_join(booth,
						  &(struct cabin_booth_join){.connection = seat, .key = 100u + seat}, 0,
						  &got, &replaced),
				 CABIN_BOOTH_GRANTED);
		assert_int_equal(got, seat);
	}
}

static enum cabin_booth_answer mic(struct cabin_booth *booth, uint8_t seat, bool on, uint64_t now_ms)
{
	return cabin_booth_mic(booth, seat, on, false, now_ms * ms);
}

/* A packet of 20 ms whose sound begins `age_ms` before now. */
static enum cabin_booth_packet packet(struct cabin_booth *booth, uint8_t seat, uint64_t now_ms, uint64_t age_ms)
{
	enum cabin_booth_packet verdict = cabin_booth_packet(booth, seat, (now_ms - age_ms) * ms, 20 * ms, now_ms * ms);

	cabin_booth_tick(booth, now_ms * ms);
	return verdict;
}

static void the_newest_microphone_overrides(void **state)
{
	struct cabin_booth booth;

	(void)state;
	start(&booth, CABIN_BOOTH_OVERRIDE);
	assert_int_equal(packet(&booth, ANN, 990, 25), CABIN_BOOTH_PACKET_DROP); /* its microphone is off */
	assert_int_equal(mic(&booth, ANN, true, 1000), CABIN_BOOTH_GRANTED);
	assert_int_equal(booth.on_air, ANN);
	assert_int_equal(packet(&booth, ANN, 1030, 25), CABIN_BOOTH_PACKET_FORWARD);
	assert_int_equal(mic(&booth, BAO, true, 1040), CABIN_BOOTH_GRANTED);
	assert_int_equal(booth.on_air, BAO);
	assert_int_equal(booth.since_ns, 1040 * ms);
	assert_false(booth.seats[0].mic);
	assert_int_equal(packet(&booth, ANN, 1050, 25), CABIN_BOOTH_PACKET_DROP);
}

static void the_first_microphone_locks(void **state)
{
	struct cabin_booth booth;

	(void)state;
	start(&booth, CABIN_BOOTH_INTERLOCK);
	assert_int_equal(mic(&booth, ANN, true, 1000), CABIN_BOOTH_GRANTED);
	assert_int_equal(mic(&booth, BAO, true, 1100), CABIN_BOOTH_MIC_HELD);
	assert_int_equal(booth.on_air, ANN);
	assert_false(booth.seats[1].mic);
	assert_int_equal(cabin_booth_mic(&booth, BAO, true, true, 1100 * ms), CABIN_BOOTH_GRANTED);
	assert_int_equal(booth.on_air, BAO);
	/* One who is late is taken over at once. */
	assert_int_equal(packet(&booth, BAO, 1200, 25), CABIN_BOOTH_PACKET_FORWARD);
	assert_int_equal(cabin_booth_due_ns(&booth), 1400 * ms);
	cabin_booth_tick(&booth, 1399 * ms);
	assert_int_equal(mic(&booth, ANN, true, 1399), CABIN_BOOTH_MIC_HELD);
	cabin_booth_tick(&booth, 1400 * ms);
	assert_true(booth.late);
	assert_int_equal(mic(&booth, ANN, true, 1400), CABIN_BOOTH_GRANTED);
	assert_int_equal(booth.on_air, ANN);
}

static void a_microphone_that_is_off_keeps_the_air_for_the_hold_time(void **state)
{
	struct cabin_booth booth;

	(void)state;
	start(&booth, CABIN_BOOTH_INTERLOCK);
	mic(&booth, ANN, true, 1000);
	mic(&booth, ANN, false, 2000);
	assert_int_equal(booth.on_air, ANN);
	assert_true(booth.held);
	assert_int_equal(cabin_booth_due_ns(&booth), (2000 + HOLD_MS) * ms);
	mic(&booth, ANN, false, 3000); /* does not begin the hold anew */
	mic(&booth, ANN, true, 4000);
	assert_false(booth.held);
	assert_int_equal(booth.since_ns, 1000 * ms);
	mic(&booth, ANN, false, 5000);
	cabin_booth_tick(&booth, (5000 + HOLD_MS) * ms - 1);
	assert_int_equal(booth.on_air, ANN);
	cabin_booth_tick(&booth, (5000 + HOLD_MS) * ms);
	assert_int_equal(booth.on_air, 0);
	assert_int_equal(booth.since_ns, 0);
	/* A partner need not wait for it, in interlock either. */
	mic(&booth, ANN, true, 8000);
	mic(&booth, ANN, false, 8100);
	assert_int_equal(mic(&booth, CHI, true, 8110), CABIN_BOOTH_GRANTED);
	assert_int_equal(booth.on_air, CHI);
}

static void a_lost_connection_is_held_from_its_last_packet(void **state)
{
	struct cabin_booth booth;
	uint64_t replaced;
	uint8_t seat;

	(void)state;
	start(&booth, CABIN_BOOTH_OVERRIDE);
	mic(&booth, BAO, true, 1000);
	packet(&booth, BAO, 1500, 25);
	cabin_booth_gone(&booth, BAO, 1900 * ms);
	assert_true(booth.held);
	assert_int_equal(booth.release_ns, (1500 + HOLD_MS) * ms);
	/* With its key, within the hold, it goes on. */
	assert_int_equal(cabin_booth_join(&booth, &(struct cabin_booth_join){.resume = 102, .connection = 9, .key = 7},
					  2500 * ms, &seat, &replaced),
			 CABIN_BOOTH_GRANTED);
	assert_int_equal(seat, BAO);
	assert_int_equal(replaced, 0);
	assert_int_equal(booth.seats[1].resume, 102);
	cabin_booth_resume_mic(&booth, BAO, true, 2500 * ms);
	assert_int_equal(booth.on_air, BAO);
	assert_false(booth.held);
	assert_int_equal(booth.since_ns, 1000 * ms);
	/* Another connection with the same key takes the seat from this one. */
	assert_int_equal(cabin_booth_join(&booth, &(struct cabin_booth_join){.resume = 102, .connection = 10, .key = 7},
					  2600 * ms, &seat, &replaced),
			 CABIN_BOOTH_GRANTED);
	assert_int_equal(replaced, 9);
	assert_true(booth.held);
	/* Away for longer than the grace time: the seat is free, its air with it. */
	cabin_booth_gone(&booth, BAO, 3000 * ms);
	cabin_booth_tick(&booth, (3000 + GRACE_MS) * ms - 1);
	assert_int_equal(booth.seats[1].resume, 102);
	cabin_booth_tick(&booth, (3000 + GRACE_MS) * ms);
	assert_int_equal(booth.seats[1].resume, 0);
	assert_int_equal(
	    cabin_booth_join(&booth,
			     &(struct cabin_booth_join){.resume = 102, .wanted = ANN, .connection = 11, .key = 7},
			     20000 * ms, &seat, &replaced),
	    CABIN_BOOTH_SEAT_TAKEN);
	assert_int_equal(cabin_booth_join(&booth, &(struct cabin_booth_join){.connection = 11, .key = 7}, 20000 * ms,
					  &seat, &replaced),
			 CABIN_BOOTH_GRANTED);
	assert_int_equal(seat, BAO);
	assert_int_equal(cabin_booth_join(&booth, &(struct cabin_booth_join){.connection = 12, .key = 8}, 20000 * ms,
					  &seat, &replaced),
			 CABIN_BOOTH_FULL);
}

static void silence_on_an_open_line_gives_the_air_up_and_sound_takes_it_back(void **state)
{
	struct cabin_booth booth;

	(void)state;
	start(&booth, CABIN_BOOTH_OVERRIDE);
	mic(&booth, ANN, true, 1000);
	packet(&booth, ANN, 1100, 25);
	cabin_booth_tick(&booth, 1300 * ms);
	assert_true(booth.late);
	assert_int_equal(cabin_booth_due_ns(&booth), (1100 + HOLD_MS) * ms);
	cabin_booth_tick(&booth, (1100 + HOLD_MS) * ms);
	assert_int_equal(booth.on_air, 0);
	assert_true(booth.seats[0].mic);
	assert_int_equal(packet(&booth, ANN, 5000, 25), CABIN_BOOTH_PACKET_RETURN);
	cabin_booth_resume_mic(&booth, ANN, true, 5000 * ms);
	assert_int_equal(booth.on_air, ANN);
	/* Not from a partner who took it meanwhile. */
	cabin_booth_tick(&booth, (5000 + HOLD_MS) * ms);
	mic(&booth, BAO, true, 8000);
	assert_int_equal(packet(&booth, ANN, 8010, 25), CABIN_BOOTH_PACKET_DROP);
	/* Nor where another booth speaks: then the microphone is off. */
	cabin_booth_tick(&booth, (8000 + HOLD_MS) * ms);
	assert_int_equal(packet(&booth, BAO, 11000, 25), CABIN_BOOTH_PACKET_RETURN);
	cabin_booth_resume_mic(&booth, BAO, false, 11000 * ms);
	assert_int_equal(booth.on_air, 0);
	assert_false(booth.seats[1].mic);
}

static void a_cough_changes_nothing_of_who_is_on_air(void **state)
{
	struct cabin_booth booth;

	(void)state;
	start(&booth, CABIN_BOOTH_OVERRIDE);
	cabin_booth_cough(&booth, ANN, true);
	assert_false(booth.seats[0].cough); /* with its microphone off there is nothing to silence */
	mic(&booth, ANN, true, 1000);
	cabin_booth_cough(&booth, ANN, true);
	assert_true(booth.seats[0].cough);
	assert_int_equal(packet(&booth, ANN, 1100, 25), CABIN_BOOTH_PACKET_FORWARD);
	assert_int_equal(booth.on_air, ANN);
	mic(&booth, ANN, false, 1200);
	assert_false(booth.seats[0].cough);
}

static void the_output_is_switched_by_whoever_is_on_air(void **state)
{
	struct cabin_booth booth;

	(void)state;
	start(&booth, CABIN_BOOTH_OVERRIDE);
	assert_int_equal(cabin_booth_output_allowed(&booth, CHI, 1), CABIN_BOOTH_GRANTED);
	mic(&booth, ANN, true, 1000);
	assert_int_equal(cabin_booth_output_allowed(&booth, CHI, 1), CABIN_BOOTH_NOT_ON_AIR);
	assert_int_equal(cabin_booth_output_allowed(&booth, ANN, 1), CABIN_BOOTH_GRANTED);
	assert_int_equal(cabin_booth_output_allowed(&booth, ANN, 2), CABIN_BOOTH_OUTPUT_UNKNOWN);
	cabin_booth_switch_output(&booth, 1, 1500 * ms);
	assert_int_equal(booth.on_air, ANN);
	assert_int_equal(booth.since_ns, 1000 * ms);
	/* A hold belongs to the channel that is left. */
	mic(&booth, ANN, false, 2000);
	cabin_booth_switch_output(&booth, 0, 2100 * ms);
	assert_int_equal(booth.on_air, 0);
}

/* Ann is on air and gives it to Bao; 400 ms later it is his. */
static void a_hand_over_is_done_at_the_agreed_moment(void **state)
{
	struct cabin_booth booth;
	uint64_t now;

	(void)state;
	start(&booth, CABIN_BOOTH_INTERLOCK);
	mic(&booth, ANN, true, 1000);
	assert_int_equal(cabin_booth_handover(&booth, ANN, CABIN_HANDOVER_OFFER, 0, 1100 * ms),
			 CABIN_BOOTH_HANDOVER_NOBODY); /* two are there: which? */
	assert_int_equal(cabin_booth_handover(&booth, ANN, CABIN_HANDOVER_OFFER, BAO, 1100 * ms), CABIN_BOOTH_GRANTED);
	assert_int_equal(cabin_booth_handover(&booth, CHI, CABIN_HANDOVER_ACCEPT, 0, 1150 * ms),
			 CABIN_BOOTH_HANDOVER_NONE);
	assert_int_equal(cabin_booth_handover(&booth, ANN, CABIN_HANDOVER_ACCEPT, 0, 1150 * ms),
			 CABIN_BOOTH_HANDOVER_NONE);
	assert_int_equal(cabin_booth_handover(&booth, BAO, CABIN_HANDOVER_ACCEPT, 0, 1200 * ms), CABIN_BOOTH_GRANTED);
	assert_int_equal(booth.handover.at_ns, 1600 * ms);
	assert_int_equal(mic(&booth, BAO, true, 1250), CABIN_BOOTH_GRANTED);
	assert_int_equal(booth.on_air, ANN);
	for (now = 1300; now < 1600; now += 20) {
		assert_int_equal(packet(&booth, ANN, now, 25), CABIN_BOOTH_PACKET_FORWARD);
		assert_int_equal(packet(&booth, BAO, now, 25), CABIN_BOOTH_PACKET_DROP);
	}
	/* Stamps of 1575 and 1595: Ann's last; of Bao's, 1595 is within half a packet. */
	assert_int_equal(packet(&booth, BAO, 1600, 25), CABIN_BOOTH_PACKET_DROP);
	assert_int_equal(packet(&booth, ANN, 1600, 25), CABIN_BOOTH_PACKET_FORWARD);
	assert_int_equal(packet(&booth, BAO, 1620, 25), CABIN_BOOTH_PACKET_KEEP);
	assert_int_equal(booth.on_air, ANN);
	assert_int_equal(packet(&booth, ANN, 1620, 25), CABIN_BOOTH_PACKET_FORWARD);
	assert_int_equal(booth.on_air, BAO);
	assert_false(booth.seats[0].mic);
	assert_true(booth.seats[1].mic);
	assert_int_equal(booth.handover.state, CABIN_HANDOVER_NONE);
	assert_int_equal(packet(&booth, ANN, 1640, 25), CABIN_BOOTH_PACKET_DROP);
	assert_int_equal(packet(&booth, BAO, 1640, 25), CABIN_BOOTH_PACKET_FORWARD);
	assert_int_equal(booth.handovers, 1);
}

static void agreed(struct cabin_booth *booth)
{
	start(booth, CABIN_BOOTH_OVERRIDE);
	mic(booth, ANN, true, 1000);
	/* Who is offered what it asked for has its answer. */
	assert_int_equal(cabin_booth_handover(booth, BAO, CABIN_HANDOVER_ASK, 0, 1100 * ms), CABIN_BOOTH_GRANTED);
	assert_int_equal(booth->handover.state, CABIN_HANDOVER_ASKED);
	assert_int_equal(cabin_booth_handover(booth, ANN, CABIN_HANDOVER_OFFER, BAO, 1200 * ms), CABIN_BOOTH_GRANTED);
	assert_int_equal(booth->handover.state, CABIN_HANDOVER_AGREED);
}

static void a_hand_over_to_one_who_sends_nothing_is_cancelled(void **state)
{
	struct cabin_booth booth;

	(void)state;
	agreed(&booth);
	mic(&booth, BAO, true, 1300);
	for (uint64_t now = 1300; now < 1850; now += 20)
		assert_int_equal(packet(&booth, ANN, now, 25), CABIN_BOOTH_PACKET_FORWARD); /* no hole */
	cabin_booth_tick(&booth, 1850 * ms);
	assert_int_equal(booth.handover.state, CABIN_HANDOVER_NONE);
	assert_int_equal(booth.on_air, ANN);
	assert_false(booth.seats[1].mic);
	assert_int_equal(booth.handovers_cancelled, 1);
}

static void a_hand_over_does_not_wait_for_one_who_is_gone(void **state)
{
	struct cabin_booth booth;

	(void)state;
	agreed(&booth);
	mic(&booth, BAO, true, 1300);
	packet(&booth, BAO, 1330, 25);
	cabin_booth_gone(&booth, ANN, 1400 * ms);
	assert_int_equal(booth.on_air, BAO);
	assert_false(booth.held);

	/* With a microphone not yet open, the air is held as ever. */
	agreed(&booth);
	cabin_booth_gone(&booth, ANN, 1400 * ms);
	assert_int_equal(booth.on_air, ANN);
	assert_true(booth.held);
	assert_int_equal(booth.handover.state, CABIN_HANDOVER_NONE);

	/* Gone after its last sound was late: 150 ms after the moment. */
	agreed(&booth);
	mic(&booth, BAO, true, 1300);
	packet(&booth, ANN, 1560, 25);
	packet(&booth, BAO, 1640, 25);
	assert_int_equal(cabin_booth_due_ns(&booth), 1750 * ms);
	cabin_booth_tick(&booth, 1750 * ms);
	assert_int_equal(booth.on_air, BAO);
}

static void a_hand_over_is_declined_cancelled_or_lapses(void **state)
{
	struct cabin_booth booth;

	(void)state;
	start(&booth, CABIN_BOOTH_OVERRIDE);
	assert_int_equal(cabin_booth_handover(&booth, ANN, CABIN_HANDOVER_OFFER, BAO, 0), CABIN_BOOTH_NOT_ON_AIR);
	assert_int_equal(cabin_booth_handover(&booth, ANN, CABIN_HANDOVER_ASK, 0, 0), CABIN_BOOTH_HANDOVER_NOBODY);
	assert_int_equal(cabin_booth_handover(&booth, ANN, CABIN_HANDOVER_CANCEL, 0, 0), CABIN_BOOTH_HANDOVER_NONE);
	mic(&booth, ANN, true, 1000);
	cabin_booth_handover(&booth, ANN, CABIN_HANDOVER_OFFER, BAO, 1000 * ms);
	assert_int_equal(cabin_booth_handover(&booth, BAO, CABIN_HANDOVER_CANCEL, 0, 0), CABIN_BOOTH_HANDOVER_NONE);
	assert_int_equal(cabin_booth_handover(&booth, BAO, CABIN_HANDOVER_DECLINE, 0, 0), CABIN_BOOTH_GRANTED);
	assert_int_equal(booth.handover.state, CABIN_HANDOVER_NONE);
	cabin_booth_handover(&booth, CHI, CABIN_HANDOVER_ASK, 0, 2000 * ms);
	packet(&booth, ANN, 31990, 25);
	assert_int_equal(booth.handover.state, CABIN_HANDOVER_ASKED);
	packet(&booth, ANN, 32000, 25);
	assert_int_equal(booth.handover.state, CABIN_HANDOVER_NONE);
	assert_int_equal(booth.on_air, ANN);
	/* Agreed, either may think better of it. */
	agreed(&booth);
	mic(&booth, BAO, true, 1300);
	assert_int_equal(cabin_booth_handover(&booth, ANN, CABIN_HANDOVER_CANCEL, 0, 1400 * ms), CABIN_BOOTH_GRANTED);
	assert_int_equal(booth.on_air, ANN);
	assert_false(booth.seats[1].mic);
}

static void one_who_leaves_keeps_nothing(void **state)
{
	struct cabin_booth booth;

	(void)state;
	start(&booth, CABIN_BOOTH_OVERRIDE);
	mic(&booth, ANN, true, 1000);
	cabin_booth_handover(&booth, ANN, CABIN_HANDOVER_OFFER, BAO, 1000 * ms);
	cabin_booth_leave(&booth, BAO, 1100 * ms);
	assert_int_equal(booth.handover.state, CABIN_HANDOVER_NONE);
	cabin_booth_leave(&booth, ANN, 1200 * ms);
	assert_int_equal(booth.on_air, 0);
	assert_int_equal(booth.seats[0].resume, 0);
	assert_int_equal(cabin_booth_present_count(&booth), 1);
	assert_true(cabin_booth_due_ns(&booth) == UINT64_MAX);
}

static void every_refusal_has_a_code(void **state)
{
	(void)state;
	assert_null(cabin_booth_answer_code(CABIN_BOOTH_GRANTED));
	assert_string_equal(cabin_booth_answer_code(CABIN_BOOTH_MIC_HELD), "mic-held");
	assert_string_equal(cabin_booth_answer_code(CABIN_BOOTH_HANDOVER_NONE), "handover-none");
	for (int i = 1; i < CABIN_BOOTH_ANSWER_COUNT; i++) {
		assert_non_null(cabin_booth_answer_code((enum cabin_booth_answer)i));
		assert_non_null(cabin_booth_answer_text((enum cabin_booth_answer)i));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_newest_microphone_overrides),
	    cmocka_unit_test(the_first_microphone_locks),
	    cmocka_unit_test(a_microphone_that_is_off_keeps_the_air_for_the_hold_time),
	    cmocka_unit_test(a_lost_connection_is_held_from_its_last_packet),
	    cmocka_unit_test(silence_on_an_open_line_gives_the_air_up_and_sound_takes_it_back),
	    cmocka_unit_test(a_cough_changes_nothing_of_who_is_on_air),
	    cmocka_unit_test(the_output_is_switched_by_whoever_is_on_air),
	    cmocka_unit_test(a_hand_over_is_done_at_the_agreed_moment),
	    cmocka_unit_test(a_hand_over_to_one_who_sends_nothing_is_cancelled),
	    cmocka_unit_test(a_hand_over_does_not_wait_for_one_who_is_gone),
	    cmocka_unit_test(a_hand_over_is_declined_cancelled_or_lapses),
	    cmocka_unit_test(one_who_leaves_keeps_nothing),
	    cmocka_unit_test(every_refusal_has_a_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
