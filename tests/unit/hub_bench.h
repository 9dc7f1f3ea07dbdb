/* A hub with one room on a bench: two sources, three channels, a fake clock, and what
 * it published read back as a listener would. For cmocka tests. */
#ifndef CABIN_TESTS_HUB_BENCH_H
#define CABIN_TESTS_HUB_BENCH_H

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

static inline int setup_with(void **state, uint32_t pool_slots)
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

static inline int setup(void **state)
{
	return setup_with(state, POOL);
}

static inline int setup_small_pool(void **state)
{
	return setup_with(state, 8);
}

/* Every packet is back: nothing leaked. */
static inline int teardown(void **state)
{
	struct bench *bench = *state;

	cabin_hub_destroy(bench->hub);
	fake_sink_clear(&bench->sink);
	cabin_packet_pool_destroy(bench->pool);
	free(bench);
	return 0;
}

static inline void forget(struct bench *bench)
{
	fake_sink_clear(&bench->sink);
	bench->read = 0;
}

static inline void feed_size(struct bench *bench, uint16_t source, uint8_t flags, uint16_t size)
{
	struct cabin_packet *packet =
	    fake_packet(bench->pool, &bench->sources[source], bench->clock.now_ns, flags, size, 0xf8);

	assert_non_null(packet);
	cabin_hub_packet(bench->hub, packet);
}

static inline void feed(struct bench *bench, uint16_t source, uint8_t flags)
{
	feed_size(bench, source, flags, 80);
}

/* 20 ms later both sources give a packet; the booth with `booth_flags`. */
static inline void both(struct bench *bench, uint8_t booth_flags)
{
	bench->clock.now_ns += 20 * ms;
	cabin_hub_tick(bench->hub);
	feed(bench, HALL, CABIN_PACKET_ACTIVE);
	feed(bench, BOOTH, booth_flags);
}

/* The booth's microphone is switched on. Its first packet lies within what the floor
 * has filled already; its second one is on the channel. */
static inline void booth_on_air(struct bench *bench)
{
	both(bench, CABIN_PACKET_ACTIVE);
	both(bench, CABIN_PACKET_ACTIVE);
}

/* The channel's next published packet of this kind, none of another kind between. */
static inline const struct cabin_packet *next(struct bench *bench, uint16_t channel, enum cabin_packet_kind kind)
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

static inline void no_more(struct bench *bench, uint16_t channel)
{
	for (uint32_t i = bench->read; i < bench->sink.count; i++)
		assert_int_not_equal(bench->sink.items[i]->channel_index, channel);
	bench->read = 0;
}

static inline json_t *read_json(const struct cabin_packet *packet)
{
	size_t size;
	const uint8_t *text = fake_message(packet, &size);
	json_t *root = json_loadb((const char *)text, size, 0, NULL);

	assert_non_null(root);
	return root;
}

/* The next packet of the channel is this state; returns its epoch. */
static inline uint32_t expect_state(struct bench *bench, uint16_t channel, const char *feed_text, const char *source,
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
static inline const struct cabin_packet *expect_media(struct bench *bench, uint16_t channel, uint64_t sequence,
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
