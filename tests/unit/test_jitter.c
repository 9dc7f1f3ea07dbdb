/* common/media/jitter: delay and concealment on synthetic networks, with real speech. The limits
 * are those of web/shared/jitter.test.ts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "jitter_bench.h"

static struct bench_speech speech10, speech20;

static int encode_speech(void **state)
{
	bench_encode(&speech10, 10);
	bench_encode(&speech20, 20);
	return 0;
}

static int free_speech(void **state)
{
	free(speech10.sound);
	free(speech20.sound);
	return 0;
}

static void print(const char *name, const struct bench *bench)
{
	printf("%-34s delay %.1f ms (at most %.1f), target %.1f, concealed %.1f ms/min, %u underruns, %u skips, %u "
	       "operations\n",
	       name, bench->delay_ms, bench->delay_max_ms, (double)bench->figures.target_ms,
	       bench->concealed_per_minute_ms, bench->underruns, bench->figures.skips, bench->operations);
}

static double highest(const struct bench *bench, uint32_t from, uint32_t to)
{
	double most = 0;
	for (uint32_t i = from; i < to; i++)
		most = fmax(most, bench->second_ms[i]);
	return most;
}

static void a_quiet_network_costs_16_ms_and_nothing_is_concealed(void **state)
{
	static const uint32_t blocks[] = {64, 128, 256, 1024};
	for (int packet_ms = 10; packet_ms <= 20; packet_ms += 10) {
		for (int i = 0; i < 4; i++) {
			struct bench_network network = {.seed = 1, .packet_ms = (uint32_t)packet_ms};
			struct bench bench = {.speech = packet_ms == 10 ? &speech10 : &speech20,
					      .trace = bench_lan,
					      .context = &network,
					      .seconds = 330,
					      .skip_seconds = 280,
					      .block = blocks[i]};
			bench_run(&bench);
			char name[64];
			snprintf(name, sizeof(name), "LAN, %d ms packets, blocks of %u", packet_ms, blocks[i]);
			print(name, &bench);
			assert_true(bench.concealed_per_minute_ms == 0);
			assert_int_equal(bench.figures.underruns, 0);
			assert_true(bench.delay_ms < (blocks[i] > 256 ? 36 : 16));
		}
	}
}

static void callbacks_that_come_late_cost_little(void **state)
{
	struct bench_network network = {.seed = 1, .packet_ms = 10};
	struct bench bench = {.speech = &speech10,
			      .trace = bench_lan,
			      .context = &network,
			      .seconds = 330,
			      .skip_seconds = 280,
			      .block = 256,
			      .prime_blocks = 3,
			      .callback_late_ms = 4};
	bench_run(&bench);
	print("LAN, callbacks up to 4 ms late", &bench);
	assert_true(bench.concealed_per_minute_ms == 0);
	assert_true(bench.delay_ms < 20);
}

struct heard {
	float *sound;
	uint32_t count;
};

static void listen(void *context, const float *out, uint64_t frame, double now_ms)
{
	struct heard *heard = context;
	if (frame >= 15 * SECOND && heard->count + 128 <= SECOND) {
		memcpy(heard->sound + heard->count, out, 128 * sizeof(float));
		heard->count += 128;
	}
}

/* What a decoder alone makes of the packets: `delay` says how late it was heard. */
static void what_is_heard_is_what_was_sent(void **state)
{
	static float sound[SECOND], sent[BENCH_PACKETS * 960];
	struct heard heard = {.sound = sound};
	struct bench_network network = {.seed = 1, .packet_ms = 20};
	struct bench bench = {.speech = &speech20,
			      .trace = bench_lan,
			      .context = &network,
			      .seconds = 17,
			      .skip_seconds = 15,
			      .block = 128,
			      .on_block = listen,
			      .block_context = &heard};
	bench_run(&bench);
	struct cabin_decoder *decoder;
	assert_int_equal(cabin_decoder_create(&decoder), 0);
	for (uint32_t i = 0; i < speech20.count; i++) {
		uint32_t count;
		assert_int_equal(
		    cabin_decoder_decode(decoder, speech20.bytes[i], speech20.size[i], sent + i * 960, 960, &count), 0);
	}
	cabin_decoder_destroy(decoder);
	assert_true(largest(sound, heard.count) > 0.05f);
	int found = -1, matches = 0;
	for (int delay = 0; delay < 4800; delay++) {
		float worst = 0;
		for (uint32_t i = 0; i < heard.count && worst < 1e-3f; i++)
			worst = fmaxf(worst, fabsf(sound[i] - sent[15 * SECOND + (int)i - delay]));
		if (worst >= 1e-3f)
			continue;
		found = delay;
		matches++;
	}
	printf("heard sample by sample, %.1f ms after it was sent\n", found / 48.0);
	assert_int_equal(matches, 1);
	assert_true(found < 45 * 48);
}

static void stalls_of_60_ms(void **state)
{
	struct bench_network network = {.seed = 2, .stall_ms = 60, .every_ms = 20000, .packet_ms = 20};
	struct bench bench = {.speech = &speech20,
			      .trace = bench_lan,
			      .context = &network,
			      .seconds = 600,
			      .skip_seconds = 60,
			      .block = 128};
	bench_run(&bench);
	print("a stall of 60 ms each 20 s", &bench);
	assert_true(bench.concealed_per_minute_ms < 51);
	assert_true(bench.delay_ms < 46);
}

static void stalls_of_150_ms_and_back_soon_after(void **state)
{
	struct bench_network network = {.seed = 2, .stall_ms = 150, .every_ms = 4000, .packet_ms = 20};
	struct bench bench = {.speech = &speech20,
			      .trace = bench_lan,
			      .context = &network,
			      .seconds = 180,
			      .skip_seconds = 30,
			      .block = 128};
	bench_run(&bench);
	print("a stall of 150 ms each 4 s", &bench);
	assert_true(bench.concealed_per_minute_ms < 31);
	assert_true(bench.delay_ms < 209);

	network =
	    (struct bench_network){.seed = 2, .stall_ms = 150, .every_ms = 4000, .packet_ms = 20, .quiet_from = 3000};
	bench =
	    (struct bench){.speech = &speech20, .trace = bench_lan, .context = &network, .seconds = 100, .block = 128};
	bench_run(&bench);
	printf("%34s 20 s later %.1f ms\n", "", highest(&bench, 80, 99));
	assert_true(highest(&bench, 80, 99) < 29);
}

struct outage {
	struct bench_network network;
	uint32_t first, count;
	bool lost;
};

static double outage(void *context, uint32_t index)
{
	struct outage *outage = context;
	double late = bench_lan(&outage->network, index);
	if (index < outage->first || index >= outage->first + outage->count)
		return late;
	return outage->lost ? -1 : (outage->first + outage->count - index) * 20.0;
}

static void an_outage_of_5_s_is_skipped(void **state)
{
	struct outage context = {.network = {.seed = 1, .packet_ms = 20}, .first = 3000, .count = 250};
	struct bench bench = {.speech = &speech20, .trace = outage, .context = &context, .seconds = 120, .block = 128};
	bench_run(&bench);
	print("5 s late, all at once", &bench);
	assert_int_equal(bench.figures.skips, 1);
	assert_int_equal(bench.figures.underruns, 1);
	assert_true(bench.figures.concealed_ms > 4900 && bench.figures.concealed_ms < 5100);
	assert_true(highest(&bench, 67, 119) < 29);

	context = (struct outage){.network = {.seed = 1, .packet_ms = 20}, .first = 1000, .count = 250, .lost = true};
	bench = (struct bench){.speech = &speech20, .trace = outage, .context = &context, .seconds = 60, .block = 128};
	bench_run(&bench);
	print("5 s lost", &bench);
	assert_int_equal(bench.figures.lost_packets, 250);
	assert_true(highest(&bench, 26, 59) < 29);
}

static double longer(void *context, uint32_t index)
{
	return bench_lan(context, index) + (index >= 4000 ? 700 : index >= 2000 ? 100 : 0);
}

static void a_path_that_gets_longer_and_stays_so(void **state)
{
	struct bench_network network = {.seed = 1, .packet_ms = 20};
	struct bench bench = {.speech = &speech20, .trace = longer, .context = &network, .seconds = 120, .block = 128};
	bench_run(&bench);
	print("100 ms, then 600 ms longer", &bench);
	assert_true(bench.figures.underruns < 6);
	assert_true(bench.figures.concealed_ms < 1500);
	assert_true(bench.figures.delay_ms < 40);
}

static void an_hour_of_drift(void **state)
{
	for (int sign = -1; sign <= 1; sign += 2) {
		struct bench_network network = {.seed = 7, .packet_ms = 20};
		/* The source is off one way and the sound card the other. */
		struct bench bench = {.speech = &speech20,
				      .trace = bench_lan,
				      .context = &network,
				      .seconds = 3600,
				      .skip_seconds = 300,
				      .block = 256,
				      .source_ppm = 120 * sign,
				      .device_ppm = -80 * sign,
				      .callback_late_ms = 1};
		bench_run(&bench);
		print(sign < 0 ? "an hour at -200 ppm" : "an hour at +200 ppm", &bench);
		assert_int_equal(bench.underruns, 0);
		assert_int_equal(bench.figures.skips, 0);
		assert_true(bench.concealed_per_minute_ms == 0);
		assert_true(bench.delay_max_ms < 30);
		/* 200 ppm are 12 ms a minute: a few operations, not a few hundred. */
		assert_true(bench.operations / 55.0 < 8);
	}
}

static void lost_packets_are_made_up_for_their_length(void **state)
{
	struct bench_network network = {.seed = 5, .packet_ms = 10, .loss = 0.02};
	struct bench bench = {.speech = &speech10,
			      .trace = bench_lan,
			      .context = &network,
			      .seconds = 120,
			      .skip_seconds = 20,
			      .block = 256};
	bench_run(&bench);
	print("2 % loss of 10 ms packets", &bench);
	assert_in_range(bench.figures.lost_packets, 180, 300);
	/* Each for its 10 ms; two in a row are longer than the buffer, and hold the clock besides. */
	double lost_ms = 10.0 * bench.figures.lost_packets;
	printf("%34s lost %.0f ms, made up %.0f ms\n", "", lost_ms, bench.figures.concealed_ms);
	assert_true(bench.figures.concealed_ms > lost_ms - 60);
	assert_true(bench.figures.concealed_ms < lost_ms + 15 * bench.figures.underruns + 1);
	assert_true(bench.underruns <= 6);
	assert_true(bench.delay_ms < 26 && bench.figures.skips == 0);
}

/* --- sequence, time, epochs ---------------------------------------------------------- */

/* Packets every 20 ms with 1 ms lateness, pulled in blocks of 480, by hand. */
struct hand {
	struct cabin_jitter *jitter;
	double now_ms;
};

static struct hand take_in_hand(void)
{
	struct hand hand = {0};
	assert_int_equal(cabin_jitter_create(&hand.jitter), 0);
	return hand;
}

static void pull(struct hand *hand, float *out, uint32_t blocks)
{
	float scrap[480];
	for (uint32_t i = 0; i < blocks; i++, hand->now_ms += 10)
		cabin_jitter_pull(hand->jitter, out ? out + i * 480 : scrap, 480,
				  (uint64_t)((bench_start_ms + hand->now_ms) * 1e6));
}

static void push(struct hand *hand, uint32_t index, uint16_t sequence_more, uint32_t timestamp_more, bool marker)
{
	struct cabin_jitter_packet packet = bench_packet(&speech20, index, hand->now_ms);
	packet.sequence = (uint16_t)(packet.sequence + sequence_more);
	packet.timestamp += timestamp_more;
	packet.marker = marker;
	assert_int_equal(cabin_jitter_push(hand->jitter, &packet), 0);
}

static void play_on(struct hand *hand, uint32_t *index, uint32_t count, uint16_t sequence_more, uint32_t timestamp_more)
{
	for (uint32_t i = 0; i < count; i++) {
		push(hand, (*index)++, sequence_more, timestamp_more, false);
		pull(hand, NULL, 2);
	}
}

static void duplicates_late_and_swapped_packets(void **state)
{
	struct hand hand = take_in_hand();
	cabin_jitter_begin(hand.jitter, &(struct cabin_jitter_epoch){.number = 1});
	uint32_t index = 0;
	play_on(&hand, &index, 100, 0, 0);
	push(&hand, 99, 0, 0, false); /* again, not decoded yet */
	push(&hand, 10, 0, 0, false); /* long played */
	push(&hand, 101, 0, 0, false);
	push(&hand, 100, 0, 0, false);
	pull(&hand, NULL, 4);
	index = 102;
	play_on(&hand, &index, 100, 0, 0);
	struct cabin_jitter_figures figures = cabin_jitter_figures(hand.jitter);
	assert_int_equal(figures.duplicate_packets + figures.late_packets, 2);
	assert_true(figures.late_packets >= 1);
	assert_int_equal(figures.lost_packets, 0);
	assert_int_equal(figures.underruns, 0);
	assert_true(figures.concealed_ms == 0);
	cabin_jitter_destroy(hand.jitter);
}

/* Silence from the source (DTX) with a keep-alive each 300 ms is no fault. */
static void a_pause_of_the_source_is_no_underrun(void **state)
{
	struct hand hand = take_in_hand();
	cabin_jitter_begin(hand.jitter, &(struct cabin_jitter_epoch){.number = 1});
	uint32_t index = 0;
	for (uint32_t pause = 0; pause < 6; pause++) {
		play_on(&hand, &index, 100, 0, pause * 300 * 48);
		pull(&hand, NULL, 30);
	}
	struct cabin_jitter_figures figures = cabin_jitter_figures(hand.jitter);
	assert_int_equal(figures.underruns, 0);
	assert_int_equal(figures.lost_packets, 0);
	assert_true(figures.concealed_ms == 0);
	cabin_jitter_destroy(hand.jitter);
}

static void nothing_comes_fades_and_is_counted(void **state)
{
	struct hand hand = take_in_hand();
	cabin_jitter_begin(hand.jitter, &(struct cabin_jitter_epoch){.number = 1});
	uint32_t index = 0, timestamp, number;
	play_on(&hand, &index, 150, 0, 0);
	assert_true(cabin_jitter_position(hand.jitter, &timestamp, &number));
	assert_int_equal(number, 1);
	static float out[70 * 480];
	pull(&hand, out, 70);
	assert_true(largest(out, 4800) > 0.001f);
	assert_true(largest(out + 9600, 60 * 480 - 4800) == 0); /* the buffer and 60 ms, then silence */
	assert_false(cabin_jitter_position(hand.jitter, &timestamp, &number));
	struct cabin_jitter_figures figures = cabin_jitter_figures(hand.jitter);
	assert_true(figures.stalled);
	assert_int_equal(figures.underruns, 1);
	/* The source was silent too: it goes on where it stopped, as late as before. */
	play_on(&hand, &index, 100, 0, 700 * 48);
	figures = cabin_jitter_figures(hand.jitter);
	assert_false(figures.stalled);
	assert_int_equal(figures.underruns, 1);
	assert_true(cabin_jitter_position(hand.jitter, &timestamp, &number));
	cabin_jitter_destroy(hand.jitter);
}

static double roughest(const float *sound, uint32_t count)
{
	double most = 0;
	for (uint32_t i = 1; i < count; i++)
		most = fmax(most, fabs((double)sound[i] - (double)sound[i - 1]));
	return most;
}

static void an_epoch_fades_over_with_its_gain(void **state)
{
	struct hand hand = take_in_hand();
	cabin_jitter_begin(hand.jitter, &(struct cabin_jitter_epoch){.number = 4});
	uint32_t index = 0, timestamp, number;
	play_on(&hand, &index, 150, 0, 0);
	cabin_jitter_begin(hand.jitter, &(struct cabin_jitter_epoch){.number = 5, .fade_ms = 40, .gain_db = -60});
	/* Not begun twice by its marker, nor by the same state once more. */
	cabin_jitter_begin(hand.jitter, &(struct cabin_jitter_epoch){.number = 5, .fade_ms = 40, .gain_db = -60});
	push(&hand, index++, 0, 0, true);
	pull(&hand, NULL, 2);
	static float out[50 * 960];
	for (uint32_t i = 0; i < 50; i++) {
		push(&hand, index++, 0, 0, false);
		pull(&hand, out + i * 960, 2);
	}
	assert_true(cabin_jitter_position(hand.jitter, &timestamp, &number));
	assert_int_equal(number, 5);
	assert_true(largest(out + 9600, 40 * 960) < 0.002f);
	assert_true(roughest(out, 50 * 960) < 0.2);
	cabin_jitter_set_gain(hand.jitter, 0);
	play_on(&hand, &index, 100, 0, 0);
	pull(&hand, out, 0);
	/* A marker alone is the next epoch. */
	push(&hand, index++, 0, 0, true);
	pull(&hand, NULL, 2);
	play_on(&hand, &index, 20, 0, 0);
	assert_true(cabin_jitter_position(hand.jitter, &timestamp, &number));
	assert_int_equal(number, 6);
	struct cabin_jitter_figures figures = cabin_jitter_figures(hand.jitter);
	assert_int_equal(figures.underruns, 0);
	assert_int_equal(figures.lost_packets, 0);
	assert_true(figures.concealed_ms == 0);
	cabin_jitter_destroy(hand.jitter);
}

static void another_channel_starts_by_itself_and_the_old_one_fades(void **state)
{
	struct hand hand = take_in_hand();
	cabin_jitter_begin(hand.jitter, &(struct cabin_jitter_epoch){.number = 9, .fresh = true});
	uint32_t index = 0, timestamp, number;
	play_on(&hand, &index, 100, 0, 0);
	cabin_jitter_begin(hand.jitter, &(struct cabin_jitter_epoch){.number = 2, .fresh = true});
	pull(&hand, NULL, 5);
	play_on(&hand, &index, 100, 20000, 3000000000u);
	assert_true(cabin_jitter_position(hand.jitter, &timestamp, &number));
	assert_int_equal(number, 2);
	struct cabin_jitter_figures figures = cabin_jitter_figures(hand.jitter);
	assert_true(figures.started);
	assert_int_equal(figures.lost_packets, 0);
	assert_int_equal(figures.bad_packets, 0);
	/* A jump that nobody told: another time line, too. */
	play_on(&hand, &index, 100, 40000, 100000000u);
	figures = cabin_jitter_figures(hand.jitter);
	assert_true(figures.started);
	assert_int_equal(figures.lost_packets, 0);
	assert_int_equal(figures.skips, 0);
	cabin_jitter_stop(hand.jitter);
	static float out[20 * 480];
	pull(&hand, out, 20);
	assert_true(largest(out + 19 * 480, 480) == 0);
	struct cabin_jitter_packet packet = bench_packet(&speech20, 0, hand.now_ms);
	assert_int_equal(cabin_jitter_push(hand.jitter, &packet), CABIN_EEMPTY);
	cabin_jitter_destroy(hand.jitter);
}

/* Epochs without end and without a pull between them: bounded, and it goes on afterwards. */
static void more_epochs_than_fit(void **state)
{
	struct hand hand = take_in_hand();
	uint32_t index = 0, timestamp, number;
	for (uint32_t round = 1; round <= 50; round++) {
		cabin_jitter_begin(hand.jitter, &(struct cabin_jitter_epoch){.number = round});
		push(&hand, index++, 0, 0, true);
	}
	for (int i = 0; i < 20; i++)
		pull(&hand, NULL, 2);
	play_on(&hand, &index, 100, 0, 0);
	assert_true(cabin_jitter_position(hand.jitter, &timestamp, &number));
	assert_int_equal(number, 50);
	cabin_jitter_destroy(hand.jitter);
}

static void garbage_is_counted_and_made_up(void **state)
{
	struct hand hand = take_in_hand();
	cabin_jitter_begin(hand.jitter, &(struct cabin_jitter_epoch){.number = 1});
	uint32_t index = 0;
	play_on(&hand, &index, 100, 0, 0);
	static const uint8_t broken[] = {0xff, 0xff, 0xff};
	struct cabin_jitter_packet packet = bench_packet(&speech20, index++, hand.now_ms);
	packet.payload = broken;
	packet.payload_size = sizeof(broken);
	assert_int_equal(cabin_jitter_push(hand.jitter, &packet), 0);
	pull(&hand, NULL, 2);
	play_on(&hand, &index, 100, 0, 0);
	struct cabin_jitter_figures figures = cabin_jitter_figures(hand.jitter);
	assert_int_equal(figures.bad_packets, 1);
	assert_true(figures.concealed_ms == 20);
	packet.payload_size = 0;
	assert_int_equal(cabin_jitter_push(hand.jitter, &packet), CABIN_EFORMAT);
	packet.payload_size = 1276;
	assert_int_equal(cabin_jitter_push(hand.jitter, &packet), CABIN_EFORMAT);
	packet.payload_size = 3;
	packet.duration_samples = 961;
	assert_int_equal(cabin_jitter_push(hand.jitter, &packet), CABIN_EFORMAT);
	cabin_jitter_destroy(hand.jitter);
	cabin_jitter_destroy(NULL);
}

static void nothing_to_hear_is_silence(void **state)
{
	struct hand hand = take_in_hand();
	float out[480];
	for (int i = 0; i < 480; i++)
		out[i] = 1;
	pull(&hand, out, 1);
	assert_true(largest(out, 480) == 0);
	assert_false(cabin_jitter_figures(hand.jitter).started);
	cabin_jitter_destroy(hand.jitter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_quiet_network_costs_16_ms_and_nothing_is_concealed),
	    cmocka_unit_test(callbacks_that_come_late_cost_little),
	    cmocka_unit_test(what_is_heard_is_what_was_sent),
	    cmocka_unit_test(stalls_of_60_ms),
	    cmocka_unit_test(stalls_of_150_ms_and_back_soon_after),
	    cmocka_unit_test(an_outage_of_5_s_is_skipped),
	    cmocka_unit_test(a_path_that_gets_longer_and_stays_so),
	    cmocka_unit_test(an_hour_of_drift),
	    cmocka_unit_test(lost_packets_are_made_up_for_their_length),
	    cmocka_unit_test(duplicates_late_and_swapped_packets),
	    cmocka_unit_test(a_pause_of_the_source_is_no_underrun),
	    cmocka_unit_test(nothing_comes_fades_and_is_counted),
	    cmocka_unit_test(an_epoch_fades_over_with_its_gain),
	    cmocka_unit_test(another_channel_starts_by_itself_and_the_old_one_fades),
	    cmocka_unit_test(more_epochs_than_fit),
	    cmocka_unit_test(garbage_is_counted_and_made_up),
	    cmocka_unit_test(nothing_to_hear_is_silence),
	};
	return cmocka_run_group_tests(tests, encode_speech, free_speech);
}
