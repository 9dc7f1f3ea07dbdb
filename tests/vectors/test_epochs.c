/* epochs.json against the hub: from the same steps it must publish the same bytes;
 * and a listener that knows docs/protocol.md alone must read the same out of them.
 * `--write FILE` writes the file anew. The format is in README.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "relay_fakes.h"
#include "wire/rtp.h"

enum { HALL, BOOTH, SOURCES };
enum { CHANNELS = 2, POOL = 4096 };

static const uint64_t start_ns = 81234567890000;
static const uint64_t first_sequence = 65530, first_timestamp = 4294966336u;

static const struct cabin_hub_channel_config channels[CHANNELS] = {
    {.number = 1, .kind = CABIN_CHANNEL_FLOOR, .source_index = HALL, .fade_ms = 40},
    {.number = 2,
     .kind = CABIN_CHANNEL_LANGUAGE,
     .source_index = BOOTH,
     .hold_ms = 100,
     .fade_ms = 40,
     .booth_id = "plenary-vi"},
};

/* The scene. The hall's crystal is exact, the booth's time line began elsewhere. */
struct scene {
	json_t *steps;
	struct fake_source hall, booth;
};

static void packet_step(struct scene *scene, uint64_t at_ms, struct fake_source *source, bool active, bool silent,
			const char *payload)
{
	json_array_append_new(
	    scene->steps, json_pack("{s:I,s:i,s:I,s:I,s:i,s:b,s:b,s:s}", "at_ms", (json_int_t)at_ms, "source",
				    (int)source->index, "sequence", (json_int_t)source->sequence, "timestamp",
				    (json_int_t)source->timestamp, "duration_samples", (int)source->duration_samples,
				    "active", active, "silent", silent, "payload", payload));
	source->sequence++;
	source->timestamp += source->duration_samples;
}

static void event_step(struct scene *scene, uint64_t at_ms, uint16_t source, const char *event)
{
	json_array_append_new(scene->steps, json_pack("{s:I,s:i,s:s}", "at_ms", (json_int_t)at_ms, "source",
						      (int)source, "event", event));
}

static void tick_step(struct scene *scene, uint64_t at_ms)
{
	json_array_append_new(scene->steps, json_pack("{s:I,s:b}", "at_ms", (json_int_t)at_ms, "tick", true));
}

/* Floor and pass-through over both wraps; a gap; the booth speaks, pauses and stops;
 * silence by DTX; the silent flag; a lost booth, a lost hall, a hall that begins
 * anew; 10 ms packets of the booth throughout. */
static json_t *make_steps(void)
{
	struct scene scene = {json_array(), {HALL, 900, 48000, 960}, {BOOTH, 7, 123456789, 480}};
	uint64_t at_ms = 0;

	for (; at_ms < 200; at_ms += 20)
		packet_step(&scene, at_ms, &scene.hall, true, false, "f801a1a2");
	scene.hall.sequence += 2; /* lost on the way to the hub */
	scene.hall.timestamp += 1920;
	for (at_ms += 40; at_ms < 300; at_ms += 20)
		packet_step(&scene, at_ms, &scene.hall, true, false, "f802a1a2");
	for (; at_ms < 400; at_ms += 10) /* the booth speaks, then only breathes */
		packet_step(&scene, at_ms, &scene.booth, at_ms < 350, false, "f003a1a2");
	for (; at_ms < 600; at_ms += 10) { /* its hold ends at 450 */
		packet_step(&scene, at_ms, &scene.booth, false, false, "f004a1a2");
		if (at_ms % 20 == 0) {
			packet_step(&scene, at_ms, &scene.hall, true, at_ms >= 540, "f805a1a2");
		}
	}
	for (; at_ms < 1500; at_ms += 20) /* a pause: keep-alives each 400 ms, and the clock's first second */
		packet_step(&scene, at_ms, &scene.hall, true, true, "f8");
	tick_step(&scene, at_ms);
	packet_step(&scene, at_ms, &scene.hall, true, false, "f806a1a2");
	at_ms += 20;
	scene.booth.timestamp += (at_ms - 600) * 48; /* it was quiet, and says how long */
	packet_step(&scene, at_ms, &scene.booth, true, false, "f007a1a2");
	event_step(&scene, at_ms + 5, BOOTH, "lost");
	packet_step(&scene, at_ms + 10, &scene.hall, true, false, "f808a1a2");
	event_step(&scene, at_ms + 15, HALL, "lost");
	at_ms += 500;
	event_step(&scene, at_ms, HALL, "returned");
	scene.hall.sequence = 0;
	scene.hall.timestamp = 0;
	for (int i = 0; i < 3; i++, at_ms += 20)
		packet_step(&scene, at_ms, &scene.hall, true, false, "f809a1a2");
	return scene.steps;
}

static struct cabin_packet *packet_of(struct cabin_packet_pool *pool, const json_t *step, uint64_t now_ns)
{
	struct cabin_packet *packet = cabin_packet_take(pool);
	const char *hex = json_string_value(json_object_get(step, "payload"));

	packet->source_index = (uint16_t)json_integer_value(json_object_get(step, "source"));
	packet->source_sequence = (uint64_t)json_integer_value(json_object_get(step, "sequence"));
	packet->source_timestamp = (uint64_t)json_integer_value(json_object_get(step, "timestamp"));
	packet->duration_samples = (uint32_t)json_integer_value(json_object_get(step, "duration_samples"));
	packet->flags = (uint8_t)((json_is_true(json_object_get(step, "active")) ? CABIN_PACKET_ACTIVE : 0) |
				  (json_is_true(json_object_get(step, "silent")) ? CABIN_PACKET_SILENT : 0));
	packet->stamp_ns = now_ns;
	packet->payload_size = (uint16_t)(strlen(hex) / 2);
	for (size_t i = 0; i < packet->payload_size; i++) {
		char byte[3] = {hex[2 * i], hex[2 * i + 1], 0};

		cabin_packet_payload(packet)[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	return packet;
}

/* What a listener of one channel knows. */
struct reader {
	bool any;
	uint32_t epoch;
	uint64_t sequence, timestamp;
	uint32_t duration_samples;
};

/* Reads a media message as docs/protocol.md, section 5, says. */
static json_t *read_media(struct reader *reader, const uint8_t *bytes, size_t size)
{
	struct cabin_rtp rtp;
	uint64_t sequence, timestamp;
	const char *gap;

	assert_int_equal(cabin_rtp_parse(&rtp, bytes, size), 0);
	sequence = reader->any ? cabin_rtp_extend16(reader->sequence, rtp.sequence) : rtp.sequence;
	timestamp = reader->any ? cabin_rtp_extend32(reader->timestamp, rtp.timestamp) : rtp.timestamp;
	if (rtp.marker)
		gap = "epoch";
	else if (sequence != reader->sequence + 1)
		gap = "loss";
	else
		gap = timestamp == reader->timestamp + reader->duration_samples ? "none" : "pause";
	*reader = (struct reader){true, reader->epoch, sequence, timestamp, rtp.duration_samples};
	return json_pack("{s:i,s:I,s:I,s:i,s:s}", "epoch", (int)reader->epoch, "sequence", (json_int_t)sequence,
			 "timestamp", (json_int_t)timestamp, "duration_samples", (int)rtp.duration_samples, "gap", gap);
}

static json_t *wire_entry(struct reader *readers, const struct cabin_packet *packet)
{
	struct reader *reader = &readers[packet->channel_index];
	int number = channels[packet->channel_index].number;
	size_t size;
	const uint8_t *message = fake_message(packet, &size);
	char hex[2 * 64 + 1];
	json_t *root, *reading;

	if (packet->kind == CABIN_PACKET_MEDIA) {
		assert_true(size <= 64);
		for (size_t i = 0; i < size; i++)
			snprintf(hex + 2 * i, 3, "%02x", message[i]);
		reading = read_media(reader, message, size);
		/* The listener understood what the hub meant. */
		assert_int_equal(reader->sequence, packet->sequence);
		assert_int_equal(reader->timestamp, packet->timestamp);
		assert_int_equal(reader->epoch, packet->epoch);
		return json_pack("{s:i,s:s,s:o}", "channel", number, "hex", hex, "reading", reading);
	}
	root = json_loadb((const char *)message, size, 0, NULL);
	assert_non_null(root);
	if (packet->kind == CABIN_PACKET_STATE)
		reader->epoch = (uint32_t)json_integer_value(json_object_get(root, "epoch"));
	json_decref(root);
	return json_pack("{s:i,s:s%}", "channel", number, "text", (const char *)message, size);
}

/* All that the hub publishes from these steps. */
static json_t *play(const json_t *steps)
{
	struct fake_clock clock = {start_ns};
	struct fake_sink *fake = calloc(1, sizeof(*fake));
	struct cabin_sink sink = {fake_sink_publish, fake};
	struct reader readers[CHANNELS] = {0};
	struct cabin_packet_pool *pool;
	struct cabin_hub *hub;
	json_t *wire = json_array(), *step;
	size_t index;

	assert_int_equal(cabin_packet_pool_create(&pool, POOL), 0);
	assert_int_equal(cabin_hub_create(&hub, &(struct cabin_hub_config){.clock = fake_clock(&clock),
									   .pool = pool,
									   .channels = channels,
									   .channel_count = CHANNELS,
									   .source_count = SOURCES,
									   .sinks = &sink,
									   .sink_count = 1,
									   .first_sequence = first_sequence,
									   .first_timestamp = first_timestamp}),
			 0);
	json_array_foreach(steps, index, step)
	{
		const char *event = json_string_value(json_object_get(step, "event"));

		clock.now_ns =
		    start_ns + (uint64_t)json_integer_value(json_object_get(step, "at_ms")) * CABIN_NS_PER_MS;
		if (event)
			cabin_hub_source_event(hub, (uint16_t)json_integer_value(json_object_get(step, "source")),
					       strcmp(event, "lost") ? CABIN_SOURCE_RETURNED : CABIN_SOURCE_LOST);
		else if (json_object_get(step, "tick"))
			cabin_hub_tick(hub);
		else
			cabin_hub_packet(hub, packet_of(pool, step, clock.now_ns));
	}
	for (uint32_t i = 0; i < fake->count; i++)
		json_array_append_new(wire, wire_entry(readers, fake->items[i]));
	cabin_hub_destroy(hub);
	fake_sink_clear(fake);
	free(fake);
	cabin_packet_pool_destroy(pool);
	return wire;
}

static json_t *channel_list(void)
{
	json_t *list = json_array();

	for (int i = 0; i < CHANNELS; i++)
		json_array_append_new(list,
				      json_pack("{s:i,s:s,s:i,s:i,s:i,s:i,s:s?}", "number", channels[i].number, "kind",
						channels[i].kind == CABIN_CHANNEL_FLOOR ? "floor" : "language",
						"source", channels[i].source_index, "floor",
						channels[i].floor_channel_index, "hold_ms", (int)channels[i].hold_ms,
						"fade_ms", (int)channels[i].fade_ms, "booth", channels[i].booth_id));
	return list;
}

static json_t *load(void)
{
	json_error_t error;
	json_t *root = json_load_file(CABIN_VECTORS_DIR "/epochs.json", 0, &error);

	if (!root)
		fail_msg("epochs.json:%d: %s", error.line, error.text);
	return root;
}

static void the_hub_publishes_what_the_file_says(void **state)
{
	json_t *root = load(), *expected = json_object_get(root, "wire");
	json_t *wire = play(json_object_get(root, "steps"));

	assert_int_equal(json_integer_value(json_object_get(root, "first_sequence")), first_sequence);
	assert_int_equal(json_integer_value(json_object_get(root, "first_timestamp")), first_timestamp);
	assert_int_equal(json_array_size(wire), json_array_size(expected));
	for (size_t i = 0; i < json_array_size(wire); i++) {
		char *got = json_dumps(json_array_get(wire, i), JSON_SORT_KEYS);
		char *want = json_dumps(json_array_get(expected, i), JSON_SORT_KEYS);

		assert_string_equal(got, want);
		free(got);
		free(want);
	}
	json_decref(wire);
	json_decref(root);
}

static void every_kind_of_gap_is_there(void **state)
{
	json_t *root = load(), *entry;
	int none = 0, pause = 0, loss = 0, epoch = 0;
	bool sequence_wrapped = false, timestamp_wrapped = false;
	size_t index;

	json_array_foreach(json_object_get(root, "wire"), index, entry)
	{
		const json_t *reading = json_object_get(entry, "reading");
		const char *gap = json_string_value(json_object_get(reading, "gap"));

		if (!gap)
			continue;
		none += !strcmp(gap, "none");
		pause += !strcmp(gap, "pause");
		loss += !strcmp(gap, "loss");
		epoch += !strcmp(gap, "epoch");
		sequence_wrapped |= json_integer_value(json_object_get(reading, "sequence")) > 65535;
		timestamp_wrapped |= json_integer_value(json_object_get(reading, "timestamp")) > 4294967295;
	}
	assert_true(none > 10 && pause > 1 && loss > 1 && epoch > 4);
	assert_true(sequence_wrapped && timestamp_wrapped);
	json_decref(root);
}

static void write_list(FILE *to, const char *name, const json_t *list, const char *end)
{
	fprintf(to, "\t\"%s\": [\n", name);
	for (size_t i = 0; i < json_array_size(list); i++) {
		char *text = json_dumps(json_array_get(list, i), 0);

		fprintf(to, "\t\t%s%s\n", text, i + 1 < json_array_size(list) ? "," : "");
		free(text);
	}
	fprintf(to, "\t]%s\n", end);
}

static int write_file(const char *path)
{
	json_t *steps = make_steps(), *wire = play(steps), *list = channel_list();
	FILE *to = fopen(path, "w");

	if (!to) {
		perror(path);
		return 1;
	}
	fprintf(to, "{\n\t\"first_sequence\": %llu,\n\t\"first_timestamp\": %llu,\n\t\"start_us\": %llu,\n",
		(unsigned long long)first_sequence, (unsigned long long)first_timestamp,
		(unsigned long long)(start_ns / CABIN_NS_PER_US));
	write_list(to, "channels", list, ",");
	write_list(to, "steps", steps, ",");
	write_list(to, "wire", wire, "");
	fprintf(to, "}\n");
	json_decref(list);
	json_decref(steps);
	json_decref(wire);
	return fclose(to) ? 1 : 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_hub_publishes_what_the_file_says),
	    cmocka_unit_test(every_kind_of_gap_is_there),
	};

	if (argc == 3 && !strcmp(argv[1], "--write"))
		return write_file(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
