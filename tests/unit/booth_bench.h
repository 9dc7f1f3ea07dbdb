/* A hub with booths on a bench: one room with a floor and three languages, two booths
 * that share an output, a line, a fake clock; what it publishes and what it tells is
 * kept. For cmocka tests. */
#ifndef CABIN_TESTS_BOOTH_BENCH_H
#define CABIN_TESTS_BOOTH_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "relay/console.h"
#include "relay_fakes.h"
#include "wire/console_write.h"

enum { FLOOR, VI, FR, EN, CHANNELS };
enum { HALL, LINE, TONE, SECOND, CAPTURES }; /* the last two feed nothing by themselves */
enum { VI_FR, FR_EN, BOOTHS };		     /* outputs FR, VI and EN, FR */
enum { BOOTHS_MAX = 8, SEAT_SOURCES = BOOTHS_MAX * 4, TOLD = 256, EVENTS = 256, HOLD_MS = 1000, GRACE_MS = 5000 };

static const uint64_t ms = CABIN_NS_PER_MS;

static const struct cabin_hub_channel_config channels[CHANNELS] = {
    {.number = 1, .kind = CABIN_CHANNEL_FLOOR, .source_index = HALL},
    {.number = 2, .kind = CABIN_CHANNEL_LANGUAGE, .source_index = CABIN_INDEX_NONE, .language = "vi"},
    {.number = 3, .kind = CABIN_CHANNEL_LANGUAGE, .source_index = CABIN_INDEX_NONE, .language = "fr"},
    {.number = 4,
     .kind = CABIN_CHANNEL_LANGUAGE,
     .source_index = LINE,
     .language = "en",
     .hold_ms = 300,
     .booth_id = "line-en"},
};
static const struct cabin_hub_room_config rooms[1] = {{"plenary"}};
static const struct cabin_hub_booth_config booths[BOOTHS] = {
    {.id = "vi-fr",
     .seat_count = 3,
     .output_channel_index = {FR, VI},
     .hold_ms = HOLD_MS,
     .grace_ms = GRACE_MS,
     .packet_ms = 20,
     .bitrate_bps = 48000,
     .complexity = 9},
    {.id = "fr-en",
     .seat_count = 2,
     .mode = CABIN_BOOTH_INTERLOCK,
     .output_channel_index = {EN, FR},
     .hold_ms = HOLD_MS,
     .grace_ms = GRACE_MS},
};

struct told {
	struct cabin_notice notice;
	char text[CABIN_NOTICE_MAX_BYTES + 1];
};

struct bench {
	struct fake_clock clock;
	struct cabin_packet_pool *pool;
	struct fake_sink sink;
	struct cabin_hub *hub;
	struct fake_source sources[CAPTURES + SEAT_SOURCES];
	struct told told[TOLD];
	uint32_t told_count;
	bool full;
	struct cabin_hub_event events[EVENTS];
	uint32_t event_count;
	uint32_t tapped[CAPTURES + SEAT_SOURCES];
	uint64_t key;
	double lufs[CAPTURES + SEAT_SOURCES];
	uint32_t listeners;
};

static inline bool bench_notify(void *context, const struct cabin_notice *notice)
{
	struct bench *bench = context;
	struct told *told;

	if (bench->full)
		return false;
	assert_true(bench->told_count < TOLD);
	told = &bench->told[bench->told_count++];
	told->notice = *notice;
	memcpy(told->text, notice->text, notice->size);
	told->text[notice->size] = '\0';
	return true;
}

static inline uint64_t bench_key(void *context)
{
	return ++((struct bench *)context)->key;
}

static inline double bench_lufs(void *context, uint16_t source_index)
{
	return ((struct bench *)context)->lufs[source_index];
}

static inline uint32_t bench_listeners(void *context, uint16_t channel_index)
{
	(void)channel_index;
	return ((struct bench *)context)->listeners;
}

static inline void bench_event(void *context, const struct cabin_hub_event *event)
{
	struct bench *bench = context;

	assert_true(bench->event_count < EVENTS);
	bench->events[bench->event_count++] = *event;
}

static inline void bench_tap(void *context, struct cabin_packet *packet)
{
	((struct bench *)context)->tapped[packet->source_index]++;
}

/* `config` says what there is: channels, rooms, booths. */
static inline int setup_hub(void **state, struct cabin_hub_config config)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	struct cabin_sink sink = {fake_sink_publish, &bench->sink};

	bench->clock.now_ns = 1000 * CABIN_NS_PER_S;
	for (uint16_t i = 0; i < CAPTURES + SEAT_SOURCES; i++) {
		bench->sources[i] = (struct fake_source){i, 5000, 7777, 960};
		bench->lufs[i] = NAN;
	}
	if (cabin_packet_pool_create(&bench->pool, 4096))
		return -1;
	config.clock = fake_clock(&bench->clock);
	config.pool = bench->pool;
	config.source_count = CAPTURES;
	config.sinks = &sink;
	config.sink_count = 1;
	config.notices = (struct cabin_notice_sink){bench_notify, bench};
	config.random = bench_key;
	config.loudness_lufs = bench_lufs;
	config.audience = bench_listeners;
	config.event = bench_event;
	config.tap = bench_tap;
	config.random_context = config.loudness_context = config.audience_context = config.event_context =
	    config.tap_context = bench;
	*state = bench;
	return cabin_hub_create(&bench->hub, &config);
}

static inline int setup(void **state)
{
	return setup_hub(state, (struct cabin_hub_config){.channels = channels,
							  .channel_count = CHANNELS,
							  .rooms = rooms,
							  .room_count = 1,
							  .booths = booths,
							  .booth_count = BOOTHS});
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
	bench->told_count = bench->event_count = 0;
	memset(bench->tapped, 0, sizeof(bench->tapped));
}

/* --- a console ------------------------------------------------------------------------- */

static inline struct cabin_packet *text_packet(struct bench *bench, const char *text)
{
	struct cabin_packet *packet = cabin_packet_take(bench->pool);

	assert_non_null(packet);
	packet->payload_size = (uint16_t)strlen(text);
	memcpy(cabin_packet_payload(packet), text, packet->payload_size);
	return packet;
}

static inline struct cabin_console_command command(uint16_t booth, uint8_t seat, uint64_t connection,
						   enum cabin_console_command_kind kind)
{
	return (struct cabin_console_command){
	    .kind = (uint8_t)kind, .seat = seat, .booth_index = booth, .connection = connection};
}

static inline void give(struct bench *bench, struct cabin_console_command given)
{
	cabin_hub_command(bench->hub, &given);
}

/* A seat's connection is its booth's × 10 + its number, unless it came back. */
static inline uint64_t connection_of(uint16_t booth, uint8_t seat)
{
	return 10u * (booth + 1u) + seat;
}

static inline void join(struct bench *bench, uint16_t booth, uint8_t seat)
{
	struct cabin_console_command given = command(booth, seat, connection_of(booth, seat), CABIN_CONSOLE_JOIN);

	given.text = text_packet(bench, "Lan");
	give(bench, given);
}

static inline void mic(struct bench *bench, uint16_t booth, uint8_t seat, bool on, bool take)
{
	struct cabin_console_command given = command(booth, seat, connection_of(booth, seat), CABIN_CONSOLE_MIC);

	given.mic.on = on;
	given.mic.take = take;
	give(bench, given);
}

static inline void listens(struct bench *bench, uint16_t booth, uint8_t seat, uint16_t channel)
{
	struct cabin_console_command given = command(booth, seat, connection_of(booth, seat), CABIN_CONSOLE_LISTENS);

	given.listens.channel_index = channel;
	give(bench, given);
}

static inline void idle(struct bench *bench, uint16_t booth, uint8_t seat, uint16_t channel, enum cabin_idle_feed feed,
			uint16_t from)
{
	struct cabin_console_command given = command(booth, seat, connection_of(booth, seat), CABIN_CONSOLE_IDLE);

	given.idle.channel_index = channel;
	given.idle.feed = (uint8_t)feed;
	given.idle.from_index = from;
	give(bench, given);
}

/* --- sound ------------------------------------------------------------------------------ */

static inline void speak_by(struct bench *bench, uint16_t source, uint64_t connection)
{
	struct cabin_packet *packet = fake_packet(bench->pool, &bench->sources[source], bench->clock.now_ns - 20 * ms,
						  CABIN_PACKET_ACTIVE, 80, 0xf8);

	assert_non_null(packet);
	packet->connection = connection;
	cabin_hub_packet(bench->hub, packet);
}

static inline void speak(struct bench *bench, uint16_t booth, uint8_t seat)
{
	speak_by(bench, cabin_seat_source_index(CAPTURES, booth, seat), connection_of(booth, seat));
}

/* 20 ms pass: the hall gives a packet. */
static inline void hall(struct bench *bench)
{
	bench->clock.now_ns += 20 * ms;
	cabin_hub_tick(bench->hub);
	speak_by(bench, HALL, 0);
	/* Seats that are silent have their time line all the same. */
	for (uint16_t i = LINE; i < CAPTURES + SEAT_SOURCES; i++)
		bench->sources[i].timestamp = bench->sources[HALL].timestamp - 960;
}

/* So many times 20 ms, in which this seat speaks. */
static inline void talk(struct bench *bench, uint16_t booth, uint8_t seat, int packets)
{
	for (int i = 0; i < packets; i++) {
		hall(bench);
		speak(bench, booth, seat);
	}
}

/* --- what was told ------------------------------------------------------------------------ */

/* The newest notice of this scope (and index), parsed; the caller's. NULL: none. */
static inline json_t *newest(const struct bench *bench, enum cabin_notice_scope scope, uint16_t index)
{
	for (uint32_t i = bench->told_count; i-- > 0;) {
		const struct told *told = &bench->told[i];

		if (told->notice.scope == scope && told->notice.index == index && told->notice.size)
			return json_loads(told->text, 0, NULL);
	}
	return NULL;
}

/* The newest text to a connection; NULL: none. */
static inline const struct told *newest_to(const struct bench *bench, uint64_t connection)
{
	for (uint32_t i = bench->told_count; i-- > 0;) {
		const struct told *told = &bench->told[i];

		if (told->notice.scope == CABIN_NOTICE_CONNECTION && told->notice.connection == connection)
			return told;
	}
	return NULL;
}

static inline void expect_error(const struct bench *bench, uint64_t connection, const char *code)
{
	const struct told *told = newest_to(bench, connection);
	json_t *root;

	assert_non_null(told);
	root = json_loads(told->text, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(root, "type")), "error");
	assert_string_equal(json_string_value(json_object_get(root, "code")), code);
	json_decref(root);
}

/* The newest state of a channel, parsed; the caller's. */
static inline json_t *state_of(const struct bench *bench, uint16_t channel)
{
	for (uint32_t i = bench->sink.count; i-- > 0;) {
		const struct cabin_packet *packet = bench->sink.items[i];
		const uint8_t *text;
		size_t size;

		if (packet->channel_index != channel || packet->kind != CABIN_PACKET_STATE)
			continue;
		text = fake_message(packet, &size);
		return json_loadb((const char *)text, size, 0, NULL);
	}
	return NULL;
}

/* The newest state of the channel says so. */
static inline void expect_feed(const struct bench *bench, uint16_t channel, const char *feed, const char *booth,
			       int seat, int from)
{
	json_t *root = state_of(bench, channel);

	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "feed")), feed);
	if (booth)
		assert_string_equal(json_string_value(json_object_get(root, "booth")), booth);
	else
		assert_true(json_is_null(json_object_get(root, "booth")));
	assert_int_equal(json_integer_value(json_object_get(root, "seat")), seat);
	assert_int_equal(json_integer_value(json_object_get(root, "from")), from);
	json_decref(root);
}

/* States of the channel since `forget`. */
static inline uint32_t states_of(const struct bench *bench, uint16_t channel)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < bench->sink.count; i++)
		count +=
		    bench->sink.items[i]->kind == CABIN_PACKET_STATE && bench->sink.items[i]->channel_index == channel;
	return count;
}

/* Media of the channel since `forget`. */
static inline uint32_t media_of(const struct bench *bench, uint16_t channel, uint16_t source)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < bench->sink.count; i++) {
		const struct cabin_packet *packet = bench->sink.items[i];

		count += packet->kind == CABIN_PACKET_MEDIA && packet->channel_index == channel &&
			 packet->source_index == source;
	}
	return count;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
