/* server/monitor/listening: a channel's sound is what a listener's own decoder makes of the
 * same packets, and is not decoded twice when it need not be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/limits.h"
#include "media/encoder.h"
#include "monitor/listening.h"
#include "sounds.h"

enum { PACKET = 960, PACKETS = 400, ROOM = (PACKETS + 60) * PACKET };

static float *speech;
static uint32_t speech_count;
static struct cabin_packet packets[PACKETS]; /* of one source */
static struct cabin_track source;
static struct cabin_listening listening;

/* What was given to be measured, and a listener's. */
static float given[ROOM], heard[ROOM];
static uint32_t given_count, heard_count;

static int encode_speech(void **state)
{
	const struct cabin_encoder_config config = {
	    .mode = CABIN_ENCODER_LOW_DELAY, .bitrate_bps = 48000, .packet_ms = 20, .complexity = 5};
	struct cabin_encoder *encoder;
	speech = read_speech("floor-vi", &speech_count);
	if (cabin_encoder_create(&encoder, &config))
		return -1;
	for (uint32_t i = 0; i < PACKETS; i++) {
		uint32_t size;
		assert_int_equal(cabin_encoder_encode(encoder, speech + (size_t)i * PACKET,
						      cabin_packet_payload(&packets[i]), CABIN_OPUS_PAYLOAD_MAX_BYTES,
						      &size),
				 0);
		packets[i].payload_size = (uint16_t)size;
		packets[i].duration_samples = PACKET;
		packets[i].source_sequence = 100 + i;
		packets[i].source_timestamp = 5000 + (uint64_t)i * PACKET;
	}
	cabin_encoder_destroy(encoder);
	return 0;
}

static int free_speech(void **state)
{
	free(speech);
	return 0;
}

static int begin(void **state)
{
	given_count = heard_count = 0;
	return cabin_track_init(&source) || cabin_listening_init(&listening) ? -1 : 0;
}

static int end(void **state)
{
	cabin_track_free(&source);
	cabin_listening_free(&listening);
	return 0;
}

static void keep(void *context, const float *samples, uint32_t count)
{
	assert_true(given_count + count <= ROOM);
	if (samples)
		memcpy(given + given_count, samples, count * sizeof(*samples));
	else
		memset(given + given_count, 0, count * sizeof(*given));
	given_count += count;
}

static void accept(uint32_t i)
{
	cabin_track_packet(&source, packets[i].source_sequence, packets[i].source_timestamp, &packets[i]);
}

/* On the channel's own time line: other numbers than the source's. */
static uint64_t send(uint32_t i, uint32_t epoch)
{
	packets[i].epoch = epoch;
	packets[i].sequence = 70000 + i;
	packets[i].timestamp = UINT64_C(1) << 33 | (uint64_t)i * PACKET;
	return cabin_listening_packet(&listening, &source, &packets[i], keep, NULL);
}

/* A listener that decodes for herself. */
static void hear(struct cabin_decoder *decoder, uint32_t i)
{
	uint32_t count;
	assert_int_equal(cabin_decoder_decode(decoder, cabin_packet_payload(&packets[i]), packets[i].payload_size,
					      heard + heard_count, PACKET, &count),
			 0);
	heard_count += count;
}

/* Level of the difference from sample `from` on, against the sound's. */
static double apart_db(uint32_t from)
{
	double apart = 0, energy = 0;
	assert_int_equal(given_count, heard_count);
	for (uint32_t i = from; i < heard_count; i++) {
		apart += ((double)given[i] - heard[i]) * ((double)given[i] - heard[i]);
		energy += (double)heard[i] * heard[i];
	}
	assert_true(energy > 1e-3);
	return 10 * log10(apart / energy + 1e-30);
}

static void from_the_sources_first_packet_nothing_is_decoded_twice(void **state)
{
	struct cabin_decoder *listener;
	assert_int_equal(cabin_decoder_create(&listener), 0);
	for (uint32_t i = 0; i < PACKETS; i++) {
		accept(i);
		assert_int_equal(send(i, 1), 0);
		assert_true(listening.shares);
		hear(listener, i);
	}
	assert_int_equal(listening.own.decoded, 0);
	assert_memory_equal(given, heard, heard_count * sizeof(*heard)); /* bit for bit */
	cabin_decoder_destroy(listener);
}

/* The epoch begins while the source has long been heard: as the listener's decoder, which
 * begins there, from the first sample on; the two are one again within a second. */
static void an_epoch_begins_as_a_listeners_decoder_does(void **state)
{
	struct cabin_decoder *listener;
	uint32_t own = 0;
	assert_int_equal(cabin_decoder_create(&listener), 0);
	for (uint32_t i = 0; i < PACKETS; i++) {
		accept(i);
		if (i < 100)
			continue;
		assert_int_equal(send(i, 2), 0);
		own += !listening.shares;
		hear(listener, i);
	}
	assert_true(listening.shares);
	assert_in_range(own, 25, 100);
	assert_int_equal(listening.own.decoded, own + 1); /* the packet that they agreed in */
	assert_memory_equal(given, heard, own * PACKET * sizeof(*heard));
	double db = apart_db(0);
	print_message("decoded %u packets twice; then %.1f dB apart\n", own, apart_db(own * PACKET));
	if (!(db < -80))
		fail_msg("%.1f dB apart", db);
	cabin_decoder_destroy(listener);
}

/* The channel lacks a packet that its source had: a listener makes it up, and goes on. */
static void after_a_loss_on_the_channel_alone(void **state)
{
	struct cabin_decoder *listener;
	assert_int_equal(cabin_decoder_create(&listener), 0);
	uint64_t lost = 0;
	for (uint32_t i = 0; i < PACKETS; i++) {
		accept(i);
		if (i == 200) {
			assert_int_equal(cabin_decoder_conceal(listener, heard + heard_count, PACKET), 0);
			heard_count += PACKET;
			continue;
		}
		lost += send(i, 1);
		assert_true(listening.shares == (i < 200) || i > 224);
		hear(listener, i);
	}
	assert_int_equal(lost, 1);
	assert_true(listening.shares);
	double db = apart_db(250 * PACKET);
	if (!(db < -80))
		fail_msg("%.1f dB apart after the loss", db);
	assert_memory_equal(given, heard, 200 * PACKET * sizeof(*heard));
	cabin_decoder_destroy(listener);
}

/* What the source itself lacks is lacking for the listener too: the same sound, once decoded. */
static void a_loss_of_the_source_is_shared(void **state)
{
	struct cabin_decoder *listener;
	uint64_t lost = 0;
	assert_int_equal(cabin_decoder_create(&listener), 0);
	for (uint32_t i = 0; i < PACKETS; i++) {
		if (i == 200) {
			assert_int_equal(cabin_decoder_recover(listener, cabin_packet_payload(&packets[201]),
							       packets[201].payload_size, heard + heard_count, PACKET),
					 0);
			heard_count += PACKET;
			continue;
		}
		accept(i);
		lost += send(i, 1);
		assert_true(listening.shares);
		hear(listener, i);
	}
	assert_int_equal(lost, 1);
	assert_memory_equal(given, heard, heard_count * sizeof(*heard));
	cabin_decoder_destroy(listener);
}

/* A hand-over sends packets on that its hub kept, while newer ones are there already. */
static void packets_that_come_late_are_decoded_by_themselves(void **state)
{
	struct cabin_decoder *listener;
	assert_int_equal(cabin_decoder_create(&listener), 0);
	for (uint32_t i = 0; i < PACKETS; i++) {
		accept(i);
		if (i < 10)
			continue;
		send(i - 10, 3);
		assert_false(listening.shares);
		hear(listener, i - 10);
	}
	assert_memory_equal(given, heard, heard_count * sizeof(*heard));
	cabin_decoder_destroy(listener);
}

/* DTX: what was made up fades out and is silence then, and all of the time is measured. */
static void a_pause_fades_out_and_loses_no_time(void **state)
{
	static struct cabin_packet empty = {.payload_size = 1, .duration_samples = PACKET};
	for (uint32_t i = 0; i < 150; i++) {
		if (i >= 100 && i < 140) {
			empty.source_sequence = packets[i].source_sequence;
			empty.source_timestamp = packets[i].source_timestamp;
			cabin_track_pause(&source, empty.source_sequence, empty.source_timestamp, PACKET);
			if (i % 20 != 0)
				continue;
			empty.epoch = 1; /* a keep-alive; the sequence counts no other */
			empty.sequence = 70000 + 100 + (i - 100) / 20;
			empty.timestamp = UINT64_C(1) << 33 | (uint64_t)i * PACKET;
			assert_int_equal(cabin_listening_packet(&listening, &source, &empty, keep, NULL), 0);
			continue;
		}
		accept(i);
		packets[i].epoch = 1;
		packets[i].sequence = i < 100 ? 70000 + i : 70000 + i - 38;
		packets[i].timestamp = UINT64_C(1) << 33 | (uint64_t)i * PACKET;
		assert_int_equal(cabin_listening_packet(&listening, &source, &packets[i], keep, NULL), 0);
		assert_true(listening.shares);
	}
	assert_int_equal(given_count, 150 * PACKET);
	assert_true(rms_of(given + 104 * PACKET, 36 * PACKET) == 0);
	assert_true(rms_of(given + 141 * PACKET, 9 * PACKET) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(from_the_sources_first_packet_nothing_is_decoded_twice, begin, end),
	    cmocka_unit_test_setup_teardown(an_epoch_begins_as_a_listeners_decoder_does, begin, end),
	    cmocka_unit_test_setup_teardown(after_a_loss_on_the_channel_alone, begin, end),
	    cmocka_unit_test_setup_teardown(a_loss_of_the_source_is_shared, begin, end),
	    cmocka_unit_test_setup_teardown(packets_that_come_late_are_decoded_by_themselves, begin, end),
	    cmocka_unit_test_setup_teardown(a_pause_fades_out_and_loses_no_time, begin, end),
	};
	return cmocka_run_group_tests(tests, encode_speech, free_speech);
}
