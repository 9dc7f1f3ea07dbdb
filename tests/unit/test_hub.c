/* server/relay/hub: who feeds a channel, told in order with the packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/log.h"
#include "relay_fakes.h"
#include "wire/rtp.h"

enum { FLOOR, FRENCH, MUTE, CHANNELS }; /* channels; MUTE is a language with silence when idle */
enum { HALL, BOOTH, SOURCES };		/* sources; BOOTH feeds FRENCH and MUTE */
enum { NUMBER = 100, HOLD_MS = 500, FADE_MS = 40, POOL = 4096 };

static const uint64_t ms = CABIN_NS_PER_MS;
static const uint64_t first_sequence = 65534, first_timestamp = 4294966336u; /* 960 before both wraps */

struct bench {
	struct fake_clock clock;
	struct cabin_packet_pool *pool;
	struct fake_sink sink;
	struct cabin_hub *hub;
	struct fake_source sources[SOURCES];
	uint32_t read; /* published packets that a test has looked at */
};

static const struct cabin_hub_channel_config channels[CHANNELS] = {
    {.number = NUMBER, .kind = CABIN_CHANNEL_FLOOR, .source_index = HALL, .fade_ms = FADE_MS},
    {.number = NUMBER + 1,
     .kind = CABIN_CHANNEL_LANGUAGE,
     .source_index = BOOTH,
     .floor_channel_index = FLOOR,
     .hold_ms = HOLD_MS,
     .fade_ms = FADE_MS,
     .booth_id = "plenary-fr"},
    {.number = NUMBER + 2,
     .kind = CABIN_CHANNEL_LANGUAGE,
     .source_index = BOOTH,
     .floor_channel_index = FLOOR,
     .idle_feed = CABIN_IDLE_SILENCE,
     .hold_ms = HOLD_MS,
     .booth_id = "mute"},
};

static int setup_with(void **state, uint32_t pool_slots)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	struct cabin_sink sink = {fake_sink_publish, &bench->sink};

	bench->clock.now_ns = 1000 * CABIN_NS_PER_S;
	bench->sources[HALL] = (struct fake_source){HALL, 5000, 7777, 960};
	bench->sources[BOOTH] = (struct fake_source){BOOTH, 1, 0, 960};
	if (cabin_packet_pool_create(&bench->pool, pool_slots))
		return -1;
	if (cabin_hub_create(&bench->hub, &(struct cabin_hub_config){.clock = fake_clock(&bench->clock),
								     .pool = bench->pool,
								     .channels = channels,
								     .channel_count = CHANNELS,
								     .source_count = SOURCES,
								     .sinks = &sink,
								     .sink_count = 1,
								     .first_sequence = first_sequence,
								     .first_timestamp = first_timestamp}))
		return -1;
	*state = bench;
	return 0;
}

static int setup(void **state)
{
	return setup_with(state, POOL);
}

static int setup_small_pool(void **state)
{
	return setup_with(state, 8);
}

/* Every packet is back: nothing leaked. */
static int teardown(void **state)
{
	struct bench *bench = *state;

	cabin_hub_destroy(bench->hub);
	fake_sink_clear(&bench->sink);
	cabin_packet_pool_destroy(bench->pool);
	free(bench);
	return 0;
}

static void forget(struct bench *bench)
{
	fake_sink_clear(&bench->sink);
	bench->read = 0;
}

static void feed_size(struct bench *bench, uint16_t source, uint8_t flags, uint16_t size)
{
	struct cabin_packet *packet =
	    fake_packet(bench->pool, &bench->sources[source], bench->clock.now_ns, flags, size, 0xf8);

	assert_non_null(packet);
	cabin_hub_packet(bench->hub, packet);
}

static void feed(struct bench *bench, uint16_t source, uint8_t flags)
{
	feed_size(bench, source, flags, 80);
}

/* 20 ms later both sources give a packet; the booth with `booth_flags`. */
static void both(struct bench *bench, uint8_t booth_flags)
{
	bench->clock.now_ns += 20 * ms;
	cabin_hub_tick(bench->hub);
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	feed(bench, BOOTH, booth_flags);
}

/* The channel's next published packet of this kind, none of another kind between. */
static const struct cabin_packet *next(struct bench *bench, uint16_t channel, enum cabin_packet_kind kind)
{
	while (bench->read < bench->sink.count) {
		const struct cabin_packet *packet = bench->sink.items[bench->read++];

		if (packet->channel_index == channel) {
			assert_int_equal(packet->kind, kind);
			return packet;
		}
	}
	fail_msg("channel %u has no more packets", channel);
	return NULL;
}

static void no_more(struct bench *bench, uint16_t channel)
{
	for (uint32_t i = bench->read; i < bench->sink.count; i++)
		assert_int_not_equal(bench->sink.items[i]->channel_index, channel);
	bench->read = 0;
}

static json_t *read_json(const struct cabin_packet *packet)
{
	size_t size;
	const uint8_t *text = fake_message(packet, &size);
	json_t *root = json_loadb((const char *)text, size, 0, NULL);

	assert_non_null(root);
	return root;
}

/* The next packet of the channel is this state; returns its epoch. */
static uint32_t expect_state(struct bench *bench, uint16_t channel, const char *feed_text, const char *source,
			     bool has_first)
{
	const struct cabin_packet *packet = next(bench, channel, CABIN_PACKET_STATE);
	json_t *root = read_json(packet);
	const char *booth = json_string_value(json_object_get(root, "booth"));

	assert_string_equal(json_string_value(json_object_get(root, "type")), "state");
	assert_int_equal(json_integer_value(json_object_get(root, "channel")), NUMBER + channel);
	assert_int_equal(json_integer_value(json_object_get(root, "epoch")), packet->epoch);
	assert_string_equal(json_string_value(json_object_get(root, "feed")), feed_text);
	assert_string_equal(json_string_value(json_object_get(root, "source")), source);
	if (strcmp(feed_text, "booth"))
		assert_null(booth);
	else
		assert_string_equal(booth, channels[channel].booth_id);
	assert_int_equal(json_is_integer(json_object_get(root, "sequence")), has_first);
	assert_int_equal(json_is_integer(json_object_get(root, "timestamp")), has_first);
	assert_int_equal(json_is_object(json_object_get(root, "clock")), has_first);
	json_decref(root);
	return packet->epoch;
}

/* The next packet of the channel is media with these numbers, on the wire too. */
static const struct cabin_packet *expect_media(struct bench *bench, uint16_t channel, uint64_t sequence,
					       uint64_t timestamp, bool marker)
{
	const struct cabin_packet *packet = next(bench, channel, CABIN_PACKET_MEDIA);
	struct cabin_rtp rtp;
	size_t size;
	const uint8_t *bytes = fake_message(packet, &size);

	assert_int_equal(packet->sequence, sequence);
	assert_int_equal(packet->timestamp, timestamp);
	assert_int_equal(cabin_rtp_parse(&rtp, bytes, size), 0);
	assert_int_equal(rtp.sequence, (uint16_t)sequence);
	assert_int_equal(rtp.timestamp, (uint32_t)timestamp);
	assert_int_equal(rtp.marker, marker);
	assert_int_equal(rtp.ssrc, NUMBER + channel);
	assert_int_equal(rtp.payload_size, packet->payload_size);
	assert_int_equal(rtp.payload[0], 0xf8);
	return packet;
}

static void every_channel_says_at_once_that_nothing_comes(void **state)
{
	struct bench *bench = *state;

	assert_int_equal(expect_state(bench, FLOOR, "floor", "lost", false), 1);
	no_more(bench, FLOOR);
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "lost", false), 1);
	no_more(bench, FRENCH);
	assert_int_equal(expect_state(bench, MUTE, "silence", "ok", false), 1);
}

static void the_floor_goes_to_its_channel_and_passes_through(void **state)
{
	struct bench *bench = *state;

	forget(bench);
	for (int i = 0; i < 3; i++) {
		bench->clock.now_ns += 20 * ms;
		feed(bench, HALL, CABIN_PACKET_ACTIVE);
	}
	for (uint16_t channel = FLOOR; channel <= FRENCH; channel++) {
		assert_int_equal(expect_state(bench, channel, channel == FLOOR ? "floor" : "pass-through", "ok", true),
				 1);
		for (uint64_t i = 0; i < 3; i++)
			expect_media(bench, channel, first_sequence + i, first_timestamp + i * 960, i == 0);
		no_more(bench, channel);
	}
	no_more(bench, MUTE);
}

static void a_booth_takes_at_once_and_gives_back_after_its_hold(void **state)
{
	struct bench *bench = *state;
	uint64_t sequence, timestamp;
	uint32_t epoch;

	for (int i = 0; i < 10; i++)
		both(bench, 0);
	forget(bench);
	bench->clock.now_ns += 7 * ms; /* in the middle of the floor's packets */
	feed(bench, BOOTH, CABIN_PACKET_ACTIVE);
	epoch = expect_state(bench, FRENCH, "booth", "ok", true);
	assert_int_equal(epoch, 2);
	/* One more, and the time that passed: 7 ms are less than the packet before. */
	sequence = first_sequence + 10;
	timestamp = first_timestamp + 10 * 960;
	expect_media(bench, FRENCH, sequence, timestamp, true);
	no_more(bench, FRENCH);
	forget(bench);

	bench->clock.now_ns += 13 * ms;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	no_more(bench, FRENCH);
	forget(bench);
	/* Inactive from here: the hold runs, and the booth's packets go on. */
	for (int i = 1; i <= HOLD_MS / 20; i++) {
		both(bench, 0);
		expect_media(bench, FRENCH, sequence + (uint64_t)i, timestamp + (uint64_t)i * 960, false);
		no_more(bench, FRENCH);
		forget(bench);
	}
	sequence += HOLD_MS / 20;
	both(bench, 0);
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "ok", true), epoch + 1);
	assert_int_equal(next(bench, FRENCH, CABIN_PACKET_MEDIA)->sequence, sequence + 1);
	no_more(bench, FRENCH);
}

static void an_epoch_moves_on_by_the_time_that_passed(void **state)
{
	struct bench *bench = *state;
	const struct cabin_packet *packet;

	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_LOST);
	forget(bench);
	bench->clock.now_ns += 10000 * ms;
	feed(bench, BOOTH, CABIN_PACKET_ACTIVE);
	assert_int_equal(expect_state(bench, FRENCH, "booth", "ok", true), 2);
	packet = expect_media(bench, FRENCH, first_sequence + 1, first_timestamp + 480000, true);
	assert_int_equal(packet->published_ns, bench->clock.now_ns);
}

static void a_lost_booth_gives_up_at_once_and_a_lost_floor_says_so(void **state)
{
	struct bench *bench = *state;

	both(bench, CABIN_PACKET_ACTIVE);
	forget(bench);
	cabin_hub_source_event(bench->hub, BOOTH, CABIN_SOURCE_LOST);
	no_more(bench, FRENCH); /* the floor is there: its packet brings the state */
	assert_int_equal(expect_state(bench, MUTE, "silence", "ok", false), 3);
	forget(bench);
	bench->clock.now_ns += 20 * ms;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "ok", true), 3);
	next(bench, FRENCH, CABIN_PACKET_MEDIA);
	forget(bench);

	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_LOST);
	assert_int_equal(expect_state(bench, FLOOR, "floor", "lost", true), 1);
	no_more(bench, FLOOR);
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "lost", true), 3);
	no_more(bench, FRENCH);
	forget(bench);
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_RETURNED);
	assert_int_equal(expect_state(bench, FLOOR, "floor", "ok", true), 1);
	no_more(bench, FLOOR);
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "ok", true), 3);
}

static void both_lost_is_a_new_epoch_without_packets(void **state)
{
	struct bench *bench = *state;

	both(bench, CABIN_PACKET_ACTIVE);
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_LOST);
	forget(bench);
	cabin_hub_source_event(bench->hub, BOOTH, CABIN_SOURCE_LOST);
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "lost", false), 3);
	forget(bench);
	bench->clock.now_ns += 100 * ms;
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_RETURNED);
	no_more(bench, FRENCH); /* it begins with its packet */
	forget(bench);
	bench->sources[HALL].timestamp += 4800 - 960;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "ok", true), 3);
	expect_media(bench, FRENCH, first_sequence + 2, first_timestamp + 960 + 4800, true);
}

static void a_source_that_goes_on_keeps_its_epoch(void **state)
{
	struct bench *bench = *state;

	both(bench, 0);
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_LOST);
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_RETURNED);
	forget(bench);
	bench->clock.now_ns += 320 * ms;
	bench->sources[HALL].timestamp += 15 * 960;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	expect_media(bench, FLOOR, first_sequence + 1, first_timestamp + 16 * 960, false);
}

static void a_source_that_begins_anew_begins_an_epoch(void **state)
{
	struct bench *bench = *state;

	both(bench, 0);
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_LOST);
	forget(bench);
	bench->clock.now_ns += 1000 * ms;
	bench->sources[HALL].sequence = 0;
	bench->sources[HALL].timestamp = 0;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	assert_int_equal(expect_state(bench, FLOOR, "floor", "ok", true), 2);
	expect_media(bench, FLOOR, first_sequence + 1, first_timestamp + 48000, true);
}

static void a_source_s_gap_stays_a_gap(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_channel_stats stats;

	both(bench, 0);
	forget(bench);
	bench->sources[HALL].sequence += 3;
	bench->sources[HALL].timestamp += 3 * 960;
	bench->clock.now_ns += 80 * ms;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	expect_media(bench, FLOOR, first_sequence + 4, first_timestamp + 4 * 960, false);
	cabin_hub_channel_stats(bench->hub, FLOOR, &stats);
	assert_int_equal(stats.source_gaps, 3);
	assert_int_equal(stats.packets, 2);
	assert_int_equal(stats.payload_bytes, 160);
	assert_int_equal(stats.feed, CABIN_FEED_FLOOR);
	assert_int_equal(stats.condition, CABIN_CONDITION_OK);
	assert_int_equal(stats.epoch, 1);
	assert_true(stats.rate_hz == 48000);
}

static void a_pause_shows_in_the_timestamp_alone(void **state)
{
	struct bench *bench = *state;

	both(bench, 0);
	forget(bench);
	for (int i = 0; i < 45; i++) {
		bench->clock.now_ns += 20 * ms;
		feed_size(bench, HALL, CABIN_PACKET_ACTIVE, i % 2 ? 1 : 2);
	}
	bench->clock.now_ns += 20 * ms;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	for (uint16_t channel = FLOOR; channel <= FRENCH; channel++) {
		expect_media(bench, channel, first_sequence + 1, first_timestamp + 20 * 960, false);
		expect_media(bench, channel, first_sequence + 2, first_timestamp + 40 * 960, false);
		expect_media(bench, channel, first_sequence + 3, first_timestamp + 46 * 960, false);
		no_more(bench, channel);
	}
}

static void the_silent_flag_is_told_just_before_its_packet(void **state)
{
	struct bench *bench = *state;

	both(bench, 0);
	forget(bench);
	for (int i = 0; i < 4; i++) {
		bench->clock.now_ns += 20 * ms;
		feed(bench, HALL, CABIN_PACKET_ACTIVE | (i == 1 || i == 2 ? CABIN_PACKET_SILENT : 0));
	}
	for (uint16_t channel = FLOOR; channel <= FRENCH; channel++) {
		const char *feed_text = channel == FLOOR ? "floor" : "pass-through";

		expect_media(bench, channel, first_sequence + 1, first_timestamp + 960, false);
		assert_int_equal(expect_state(bench, channel, feed_text, "silent", true), 1);
		expect_media(bench, channel, first_sequence + 2, first_timestamp + 2 * 960, false);
		expect_media(bench, channel, first_sequence + 3, first_timestamp + 3 * 960, false);
		assert_int_equal(expect_state(bench, channel, feed_text, "ok", true), 1);
		expect_media(bench, channel, first_sequence + 4, first_timestamp + 4 * 960, false);
		no_more(bench, channel);
	}
}

static void silence_carries_nothing_until_the_booth_speaks(void **state)
{
	struct bench *bench = *state;

	forget(bench);
	both(bench, 0);
	no_more(bench, MUTE);
	forget(bench);
	both(bench, CABIN_PACKET_ACTIVE);
	assert_int_equal(expect_state(bench, MUTE, "booth", "ok", true), 2);
	expect_media(bench, MUTE, first_sequence, first_timestamp, true);
	forget(bench);
	both(bench, 0);
	expect_media(bench, MUTE, first_sequence + 1, first_timestamp + 960, false);
	forget(bench);
	bench->clock.now_ns += HOLD_MS * ms;
	cabin_hub_tick(bench->hub);
	assert_int_equal(expect_state(bench, MUTE, "silence", "ok", false), 3);
	no_more(bench, MUTE);
}

/* The mapping in the newest message of this kind says when a timestamp was at the microphone. */
static double mapped_ms(struct bench *bench, enum cabin_packet_kind kind, uint64_t timestamp)
{
	for (uint32_t i = bench->sink.count; i-- > 0;) {
		const struct cabin_packet *packet = bench->sink.items[i];
		json_t *root, *clock;
		double result;

		if (packet->channel_index != FLOOR || packet->kind != kind)
			continue;
		root = read_json(packet);
		clock = kind == CABIN_PACKET_CLOCK ? root : json_object_get(root, "clock");
		result = (double)json_integer_value(json_object_get(clock, "server_us")) / 1000 +
			 (double)(int32_t)((uint32_t)timestamp -
					   (uint32_t)json_integer_value(json_object_get(clock, "timestamp"))) /
			     json_number_value(json_object_get(clock, "rate_hz")) * 1000;
		json_decref(root);
		return result;
	}
	fail_msg("no clock was told");
	return 0;
}

static void the_clock_is_told_each_second(void **state)
{
	struct bench *bench = *state;
	uint64_t start_ns = bench->clock.now_ns, next_ns;
	uint32_t clocks = 0;

	for (int i = 0; i < 500; i++) {
		bench->clock.now_ns += 20 * ms;
		feed(bench, HALL, CABIN_PACKET_ACTIVE);
		next_ns = cabin_hub_tick(bench->hub);
		assert_true(next_ns > bench->clock.now_ns && next_ns <= bench->clock.now_ns + CABIN_NS_PER_S);
	}
	for (uint32_t i = 0; i < bench->sink.count; i++)
		clocks +=
		    bench->sink.items[i]->channel_index == FLOOR && bench->sink.items[i]->kind == CABIN_PACKET_CLOCK;
	assert_int_equal(clocks, 9);
	for (uint64_t i = 0; i < 500; i += 100) {
		double truth_ms = (double)start_ns / 1e6 + 20 * (double)(i + 1);

		assert_float_equal(mapped_ms(bench, CABIN_PACKET_CLOCK, first_timestamp + i * 960), truth_ms, 0.01);
		assert_float_equal(mapped_ms(bench, CABIN_PACKET_STATE, first_timestamp + i * 960), truth_ms, 0.01);
	}
}

static void nothing_is_told_of_a_clock_that_stands(void **state)
{
	struct bench *bench = *state;

	both(bench, 0);
	cabin_hub_source_event(bench->hub, HALL, CABIN_SOURCE_LOST);
	forget(bench);
	for (int i = 0; i < 10; i++) {
		bench->clock.now_ns += CABIN_NS_PER_S;
		cabin_hub_tick(bench->hub);
	}
	no_more(bench, FLOOR);
}

static void a_quiet_source_is_lost(void **state)
{
	struct bench *bench = *state;
	uint64_t due_ns;

	both(bench, CABIN_PACKET_ACTIVE);
	forget(bench);
	due_ns = cabin_hub_tick(bench->hub);
	bench->clock.now_ns += 999 * ms;
	assert_true(due_ns <= bench->clock.now_ns + ms);
	cabin_hub_tick(bench->hub);
	no_more(bench, FLOOR);
	bench->clock.now_ns += ms;
	cabin_hub_tick(bench->hub);
	assert_int_equal(expect_state(bench, FLOOR, "floor", "lost", true), 1);
	bench->read = 0;
	assert_int_equal(expect_state(bench, FRENCH, "pass-through", "lost", false), 3);
}

static void what_is_not_a_packet_is_dropped_and_counted(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_channel_stats stats;

	both(bench, 0);
	forget(bench);
	bench->sources[HALL].duration_samples = 961;
	feed(bench, HALL, 0);
	bench->sources[HALL].duration_samples = 960;
	feed_size(bench, HALL, 0, 0);
	bench->sources[HALL].sequence = 100; /* goes back */
	feed(bench, HALL, 0);
	bench->sources[HALL].sequence = 6000;
	bench->sources[HALL].timestamp = 7777;
	feed(bench, HALL, 0);
	bench->sources[HALL].index = SOURCES;
	feed(bench, HALL, 0);
	cabin_hub_source_event(bench->hub, SOURCES, CABIN_SOURCE_LOST);
	assert_int_equal(bench->sink.count, 0);
	cabin_hub_channel_stats(bench->hub, FLOOR, &stats);
	assert_int_equal(stats.dropped_invalid, 4);
	cabin_hub_channel_stats(bench->hub, FRENCH, &stats);
	assert_int_equal(stats.dropped_invalid, 4);
}

static void a_source_that_silently_began_anew_is_taken_up(void **state)
{
	struct bench *bench = *state;
	uint32_t packets = 0;

	both(bench, 0);
	forget(bench);
	bench->sources[HALL].sequence = 0;
	bench->sources[HALL].timestamp = 0;
	while (bench->sink.count == 0) {
		bench->clock.now_ns += 20 * ms;
		feed(bench, HALL, CABIN_PACKET_ACTIVE);
		assert_in_range(++packets, 1, 50);
	}
	assert_int_equal(expect_state(bench, FLOOR, "floor", "ok", true), 2);
	expect_media(bench, FLOOR, first_sequence + 1, first_timestamp + 50 * 960, true);
}

static void an_empty_pool_loses_packets_but_no_state(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_channel_stats stats;
	struct cabin_packet *packet;

	/* Eight slots: three first states, the hall's packet, and four more. */
	packet = fake_packet(bench->pool, &bench->sources[HALL], bench->clock.now_ns, CABIN_PACKET_ACTIVE, 80, 0xf8);
	assert_non_null(packet);
	while (cabin_packet_pool_free_count(bench->pool))
		fake_sink_publish(&bench->sink, cabin_packet_take(bench->pool));
	for (uint32_t i = 3; i < bench->sink.count; i++)
		cabin_packet_release(bench->sink.items[i]); /* the sink's is the only one left */
	cabin_hub_packet(bench->hub, packet);
	cabin_hub_channel_stats(bench->hub, FLOOR, &stats);
	assert_int_equal(stats.dropped_pool, 1);
	assert_int_equal(stats.packets, 0);
	forget(bench);

	bench->clock.now_ns += 20 * ms;
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	assert_int_equal(expect_state(bench, FLOOR, "floor", "ok", true), 1);
	expect_media(bench, FLOOR, first_sequence, first_timestamp, true);
}

static void impossible_configurations_are_refused(void **state)
{
	struct bench *bench = *state;
	struct cabin_hub_channel_config bad[CHANNELS];
	struct cabin_hub_config config = {.clock = fake_clock(&bench->clock),
					  .pool = bench->pool,
					  .channels = bad,
					  .channel_count = CHANNELS,
					  .source_count = SOURCES};
	struct cabin_hub *hub;

	for (int wrong = 0; wrong < 6; wrong++) {
		memcpy(bad, channels, sizeof(bad));
		if (wrong == 0)
			bad[1].number = bad[0].number;
		if (wrong == 1)
			bad[1].number = 0;
		if (wrong == 2)
			bad[1].source_index = SOURCES;
		if (wrong == 3)
			bad[1].floor_channel_index = 2;
		if (wrong == 4)
			bad[2].floor_channel_index = 1;
		if (wrong == 5)
			bad[1].fade_ms = 1001;
		assert_int_equal(cabin_hub_create(&hub, &config), CABIN_EINVAL);
		assert_null(hub);
	}
	config.channel_count = 0;
	assert_int_equal(cabin_hub_create(&hub, &config), CABIN_EINVAL);
	cabin_hub_destroy(NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(every_channel_says_at_once_that_nothing_comes),
	    TEST(the_floor_goes_to_its_channel_and_passes_through),
	    TEST(a_booth_takes_at_once_and_gives_back_after_its_hold),
	    TEST(an_epoch_moves_on_by_the_time_that_passed),
	    TEST(a_lost_booth_gives_up_at_once_and_a_lost_floor_says_so),
	    TEST(both_lost_is_a_new_epoch_without_packets),
	    TEST(a_source_that_goes_on_keeps_its_epoch),
	    TEST(a_source_that_begins_anew_begins_an_epoch),
	    TEST(a_source_s_gap_stays_a_gap),
	    TEST(a_pause_shows_in_the_timestamp_alone),
	    TEST(the_silent_flag_is_told_just_before_its_packet),
	    TEST(silence_carries_nothing_until_the_booth_speaks),
	    TEST(the_clock_is_told_each_second),
	    TEST(nothing_is_told_of_a_clock_that_stands),
	    TEST(a_quiet_source_is_lost),
	    TEST(what_is_not_a_packet_is_dropped_and_counted),
	    TEST(a_source_that_silently_began_anew_is_taken_up),
	    cmocka_unit_test_setup_teardown(an_empty_pool_loses_packets_but_no_state, setup_small_pool, teardown),
	    TEST(impossible_configurations_are_refused),
	};
	/* Bad input is tested here on purpose: its lines would only alarm. */
	cabin_log_set_level((enum cabin_log_level)(CABIN_LOG_ERROR + 1));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
