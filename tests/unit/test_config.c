/* The configuration: what loads, what is told about what does not, and that nothing is
 * lost between loading, printing and loading again. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "config/config.h"

#define HEAD		    "event: {id: e, name: E}\nlanguages: [vi, fr]\nsources:\n  a: {tone_hz: 440}\n  b: {tone_hz: 550}\n"
#define ROOM		    "rooms:\n  - {id: r, name: R, floor: {source: a}}\n"
#define SESSION(start, end) "  - {room: r, title: T, start: " start ", end: " end "}\n"

/* Loads `text`; what is wrong is in `*errors`, to be freed. */
static struct cabin_config *parse(const char *text, size_t size, int expected, char **errors)
{
	size_t errors_size;
	FILE *to = open_memstream(errors, &errors_size);
	struct cabin_config *config;
	int result = cabin_config_parse(&config, text, size, "f", CABIN_SOURCE_DIR "/deploy/demo", to);
	fclose(to);
	if (result != expected)
		print_error("%s\n%s", text, *errors);
	assert_int_equal(result, expected);
	return config;
}

static struct cabin_config *load_good(const char *text)
{
	char *errors;
	struct cabin_config *config = parse(text, strlen(text), 0, &errors);
	assert_string_equal(errors, "");
	free(errors);
	return config;
}

/* `text` must be refused with exactly `expected`. */
static void check_refused(const char *text, const char *expected)
{
	char *errors;
	assert_null(parse(text, strlen(text), CABIN_EFORMAT, &errors));
	assert_string_equal(errors, expected);
	free(errors);
}

static void loads_the_least(void **state)
{
	struct cabin_config *config = load_good(HEAD ROOM);
	assert_string_equal(config->event_id, "e");
	assert_string_equal(config->event_name.vi, "E");
	assert_int_equal(config->language_count, 2);
	assert_string_equal(config->languages[1].name.vi, "Tiếng Pháp");
	assert_int_equal(config->device_count, 0);
	assert_int_equal(config->source_count, 2);
	assert_int_equal(config->channel_count, 1);
	assert_int_equal(config->session_count, 0);
	assert_string_equal(config->server.listen, "0.0.0.0:8080");
	assert_null(config->server.listen_tls);
	assert_int_equal(config->server.max_listeners, 5000);
	assert_int_equal(config->server.max_listeners_per_address, 0);
	assert_int_equal(config->server.queue_limit_ms, 300);
	assert_int_equal(config->server.close_after_ms, 10000);
	assert_int_equal(config->server.dscp_listeners, 34);
	assert_int_equal(config->server.rto_min_us, 5000);
	assert_string_equal(config->server.log_level, "info");
	assert_string_equal(config->server.data, CABIN_SOURCE_DIR "/deploy/demo/cabin-data");
	assert_int_equal(config->server.spare_rooms, 4);
	const struct cabin_config_source *source = &config->sources[0];
	assert_int_equal(source->kind, CABIN_SOURCE_TONE);
	assert_float_equal(source->tone_hz, 440, 0);
	assert_int_equal(source->opus.mode, CABIN_OPUS_LOW_DELAY);
	assert_int_equal(source->opus.bitrate_bps, 48000);
	assert_int_equal(source->opus.packet_ms, 20);
	assert_int_equal(source->opus.complexity, 9);
	assert_false(source->opus.dtx);
	assert_float_equal(source->gate_db, -50, 0);
	assert_float_equal(source->silent_db, -70, 0);
	assert_int_equal(source->silent_after_ms, 5000);
	const struct cabin_config_channel *floor = &config->channels[0];
	assert_string_equal(floor->id, "r.floor");
	assert_int_equal(floor->number, 1);
	assert_int_equal(floor->kind, CABIN_CHANNEL_FLOOR);
	assert_int_equal(floor->language_index, CABIN_INDEX_NONE);
	assert_null(floor->booth_id);
	assert_int_equal(floor->source_index, 0);
	assert_int_equal(floor->floor_channel_index, 0);
	assert_int_equal(floor->fade_ms, 40);
	assert_float_equal(floor->gain_db, 0, 0);
	assert_int_equal(floor->hide, CABIN_HIDE_NEVER);
	assert_false(config->rooms[0].locked);
	assert_null(config->rooms[0].pin);
	assert_int_equal(config->announcement_count, 0);
	assert_int_equal(config->alarm_count, 0);
	cabin_config_destroy(config);
}

static void loads_everything(void **state)
{
	struct cabin_config *config = load_good(
	    "event: {id: big, name: {vi: 'Hội nghị', fr: Assises}}\n"
	    "server: {listen: '[::1]:0', loops: 2, max_listeners: 10, queue_limit_ms: 40, close_after_ms: 500,\n"
	    "  dscp_listeners: 0, rto_min_us: 0, log_level: debug}\n"
	    "languages: [vi, {id: fr}, {id: oc, name: {vi: 'Tiếng Occitan', fr: Occitan, en: Occitan}}]\n"
	    "devices:\n  d1: {name: 'Eight in', api: ALSA, rate_hz: 44100, buffer_frames: 64}\n"
	    "  d2: {name: system, jack_server: hall}\n"
	    "defaults: {opus: {bitrate_bps: 32000, packet_ms: 10}, gate_db: -40, hold_ms: 100, fade_ms: 5, idle: "
	    "silence}\n"
	    "sources:\n  mic: {device: d1, inputs: [1, 8], gain_db: -6.5, opus: {complexity: 3, dtx: true}}\n"
	    "  clip: {file: speech/video-en.opus, loop: true}\n"
	    "  list: {play: [speech/video-en.opus, {silence_ms: 100}, {file: speech/floor-vi.opus, length_ms: 7}]}\n"
	    "rooms:\n  - id: one\n    name: One\n    floor: {source: mic, number: 9}\n    channels:\n"
	    "      - {language: oc, source: clip, booth: pair, hold_ms: 7, idle: pass-through, number: 65535}\n"
	    "      - {language: fr}\n"
	    "  - {id: two, name: Two, floor: {source: list, fade_ms: 0}}\n"
	    "agenda:\n  - {id: s, room: two, title: {fr: 'Après-midi'}, start: 2027-03-02T08:30:00+07:00, end: "
	    "2027-03-02T02:00:00Z}\n"
	    "  - {room: two, title: T, start: 2027-03-02T02:00:00Z, end: 2027-03-02T03:00:00Z}\n");
	assert_string_equal(config->event_name.en, "Assises");
	assert_string_equal(config->languages[2].id, "oc");
	assert_int_equal(config->devices[0].rate_hz, 44100);
	assert_string_equal(config->devices[1].jack_server, "hall");
	assert_null(config->devices[1].api);

	const struct cabin_config_source *mic = &config->sources[0], *list = &config->sources[2];
	assert_int_equal(mic->kind, CABIN_SOURCE_DEVICE);
	assert_string_equal(mic->device, "d1");
	assert_int_equal(mic->input_count, 2);
	assert_int_equal(mic->inputs[1], 8);
	assert_float_equal(mic->gain_db, -6.5, 0);
	assert_float_equal(mic->gate_db, -40, 0);
	assert_int_equal(mic->opus.bitrate_bps, 32000);
	assert_int_equal(mic->opus.complexity, 3);
	assert_true(mic->opus.dtx);
	assert_true(config->sources[1].loop);
	assert_int_equal(config->sources[1].play_count, 1);
	assert_int_equal(list->play_count, 3);
	assert_string_equal(list->play[0].file, CABIN_SOURCE_DIR "/deploy/demo/speech/video-en.opus");
	assert_null(list->play[1].file);
	assert_int_equal(list->play[1].length_ms, 100);
	assert_int_equal(list->play[2].length_ms, 7);

	const struct cabin_config_channel *channels = config->channels;
	assert_int_equal(config->channel_count, 4);
	assert_int_equal(channels[0].number, 9);
	assert_string_equal(channels[1].id, "one.oc");
	assert_string_equal(channels[1].booth_id, "pair");
	assert_string_equal(channels[1].name.vi, "Tiếng Occitan");
	assert_int_equal(channels[1].idle_feed, CABIN_IDLE_PASS_THROUGH);
	assert_int_equal(channels[1].hold_ms, 7);
	assert_int_equal(channels[1].fade_ms, 5);
	assert_string_equal(channels[2].booth_id, "one-fr");
	assert_int_equal(channels[2].source_index, CABIN_INDEX_NONE);
	assert_int_equal(channels[2].idle_feed, CABIN_IDLE_SILENCE);
	assert_int_equal(channels[2].number, 3);
	assert_int_equal(channels[3].floor_channel_index, 3);
	assert_int_equal(channels[3].fade_ms, 0);
	assert_int_equal(config->rooms[1].first_channel_index, 3);
	assert_int_equal(config->rooms[0].channel_count, 3);
	assert_string_equal(config->sessions[1].id, "session-2");
	assert_string_equal(config->sessions[0].title.vi, "Après-midi");
	assert_int_equal(config->sessions[0].room_index, 1);
	cabin_config_destroy(config);
}

#define TWO_WAYS                                                                                                       \
	"rooms:\n  - id: r\n    name: R\n    floor: {source: a}\n    channels: [{language: vi}, {language: fr}]\n    " \
	"booths:\n"

static void loads_what_the_desk_needs(void **state)
{
	struct cabin_config *config =
	    load_good("event: {id: e, name: E}\nlanguages: [vi, de]\nsources: {a: {tone_hz: 440}}\n"
		      "server: {data: db, spare_rooms: 0}\n"
		      "rooms:\n  - id: r\n    name: R\n    locked: true\n    pin: 0048\n    floor: {gain_db: -1.5}\n"
		      "    channels: [{language: vi, hide: idle, gain_db: 40}, {language: de, hide: always}]\n"
		      "  - {id: s, name: S, pin: '12345678', floor: {source: a}}\n"
		      "announcements:\n  - id: lunch\n    title: {vi: 'Ăn trưa', en: Lunch}\n"
		      "    files: {de: speech/video-en.opus, vi: speech/floor-vi.opus}\n"
		      "  - {id: evacuation, title: Out, files: {en: speech/video-en.opus}}\n"
		      "alarms:\n  floor-silent: {threshold: 0, hold_ms: 0}\n  clipping: {off: true}\n");
	assert_string_equal(config->server.data, CABIN_SOURCE_DIR "/deploy/demo/db");
	assert_int_equal(config->server.spare_rooms, 0);
	assert_true(config->rooms[0].locked);
	assert_string_equal(config->rooms[0].pin, "0048");
	assert_false(config->rooms[1].locked);
	assert_string_equal(config->rooms[1].pin, "12345678");
	assert_int_equal(config->channels[0].source_index, CABIN_INDEX_NONE);
	assert_float_equal(config->channels[0].gain_db, -1.5, 0);
	assert_float_equal(config->channels[1].gain_db, 40, 0);
	assert_int_equal(config->channels[1].hide, CABIN_HIDE_IDLE);
	assert_int_equal(config->channels[2].hide, CABIN_HIDE_ALWAYS);
	assert_int_equal(config->announcement_count, 2);
	assert_string_equal(config->announcements[0].title.fr, "Lunch");
	assert_int_equal(config->announcements[0].file_count, 2);
	assert_string_equal(config->announcements[0].files[0].language, "de");
	assert_string_equal(config->announcements[0].files[1].file,
			    CABIN_SOURCE_DIR "/deploy/demo/speech/floor-vi.opus");
	assert_int_equal(config->alarm_count, 2);
	assert_string_equal(config->alarms[0].kind, "floor-silent");
	assert_float_equal(config->alarms[0].threshold, 0, 0);
	assert_int_equal(config->alarms[0].hold_ms, 0);
	assert_false(config->alarms[0].off);
	assert_true(isnan(config->alarms[1].threshold));
	assert_int_equal(config->alarms[1].hold_ms, UINT32_MAX);
	assert_true(config->alarms[1].off);
	cabin_config_destroy(config);
}

static void loads_booths(void **state)
{
	struct cabin_config *config = load_good(
	    HEAD
	    "access: {key: speech/floor-vi.txt, revoked: revoked.txt}\n"
	    "defaults: {opus: {mode: voip, bitrate_bps: 64000, dtx: true}, hold_ms: 1500}\n" TWO_WAYS
	    "      - {id: both, outputs: [vi, fr]}\n"
	    "      - id: second\n        name: {vi: Hai, fr: Deux, en: Two}\n        outputs: [fr]\n        seats: 3\n"
	    "        mode: interlock\n        hold_ms: 0\n        grace_ms: 20000\n        opus: {packet_ms: 10}\n"
	    "        documents:\n          - {title: Speech, file: speech/floor-fr.txt}\n"
	    "          - {title: Terms, url: 'https://example.org/terms'}\n");
	assert_string_equal(config->access.key, CABIN_SOURCE_DIR "/deploy/demo/speech/floor-vi.txt");
	assert_string_equal(config->access.revoked, CABIN_SOURCE_DIR "/deploy/demo/revoked.txt");
	assert_int_equal(config->booth_count, 2);
	const struct cabin_config_booth *both = &config->booths[0], *second = &config->booths[1];
	assert_string_equal(both->id, "both");
	assert_string_equal(both->name.fr, "Vietnamien – Français");
	assert_int_equal(both->output_channel_index[0], 1);
	assert_int_equal(both->output_channel_index[1], 2);
	assert_int_equal(both->seat_count, 2);
	assert_int_equal(both->mode, CABIN_BOOTH_OVERRIDE);
	assert_int_equal(both->hold_ms, 1500);
	assert_int_equal(both->grace_ms, 10000);
	assert_int_equal(both->opus.mode, CABIN_OPUS_LOW_DELAY); /* sources' mode is not the consoles' */
	assert_false(both->opus.dtx);
	assert_int_equal(both->opus.bitrate_bps, 64000);
	assert_string_equal(second->name.vi, "Hai");
	assert_int_equal(second->output_channel_index[0], 2);
	assert_int_equal(second->output_channel_index[1], CABIN_INDEX_NONE);
	assert_int_equal(second->seat_count, 3);
	assert_int_equal(second->mode, CABIN_BOOTH_INTERLOCK);
	assert_int_equal(second->hold_ms, 0);
	assert_int_equal(second->grace_ms, 20000);
	assert_int_equal(second->opus.packet_ms, 10);
	assert_int_equal(second->document_count, 2);
	assert_string_equal(second->documents[0].file, CABIN_SOURCE_DIR "/deploy/demo/speech/floor-fr.txt");
	assert_string_equal(second->documents[1].url, "https://example.org/terms");
	/* A line belongs to the booth whose first output it feeds. */
	assert_string_equal(config->channels[1].booth_id, "both");
	assert_string_equal(config->channels[2].booth_id, "second");
	cabin_config_destroy(config);
}

static void makes_booths_of_channels(void **state)
{
	struct cabin_config *config =
	    load_good(HEAD "rooms:\n  - id: r\n    name: R\n    floor: {source: a}\n    channels:\n"
			   "      - {language: vi, booth: pair, hold_ms: 7, idle: channel, idle_from: fr}\n"
			   "      - {language: fr, booth: pair}\n"
			   "  - {id: s, name: S, floor: {source: b}, channels: [{language: fr}]}\n");
	assert_int_equal(config->booth_count, 2);
	assert_string_equal(config->booths[0].id, "pair");
	assert_int_equal(config->booths[0].output_channel_index[0], 1);
	assert_int_equal(config->booths[0].output_channel_index[1], 2);
	assert_int_equal(config->booths[0].hold_ms, 7);
	assert_string_equal(config->booths[1].id, "s-fr");
	assert_int_equal(config->booths[1].room_index, 1);
	assert_int_equal(config->booths[1].output_channel_index[0], 4);
	assert_int_equal(config->channels[1].idle_feed, CABIN_IDLE_CHANNEL);
	assert_int_equal(config->channels[1].idle_from_index, 2);
	assert_int_equal(config->channels[2].idle_from_index, CABIN_INDEX_NONE);
	assert_null(config->access.key);
	cabin_config_destroy(config);
}

struct refusal {
	const char *text, *expected;
};

static const struct refusal refusals[] = {
    /* the text itself */
    {"", "f:1:1: the file holds no configuration; write event, languages, sources and rooms, as in "
	 "deploy/examples/conference.yaml\n"},
    {"# nothing\n", "f:1:1: the file holds no configuration; write event, languages, sources and rooms, as in "
		    "deploy/examples/conference.yaml\n"},
    {"a: [1\n", "f:2:1: not YAML: flow sequence without a closing bracket; correct indentation, quotes and brackets "
		"around here\n"},
    {"event:\n  id: e\n name: x\n",
     "f:3:2: not YAML: invalid indentation in mapping; correct indentation, quotes and brackets around here\n"},
    {"hello\n", "f:1:1: (top) is a value; write a map of keys and values\n"},
    {"- 1\n", "f:1:1: (top) is a list; write a map of keys and values\n"},
    {"event: {id: e, name: \xff}\n", "f:1:22: not UTF-8; save the file with the encoding UTF-8\n"},
    {"# đại\nx: \x01\n", "f:2:4: a control character; remove it\n"},
    {HEAD ROOM "---\na: 1\n", "f:8:1: a second document begins here; keep one document in the file\n"},
    {"event: &x {id: e, name: E}\n",
     "f:1:11: anchors (&), aliases (*) and tags (!) are not used here; write the value itself\n"},
    {"event: !!map {id: e, name: E}\n",
     "f:1:14: anchors (&), aliases (*) and tags (!) are not used here; write the value itself\n"},
    {"? [a]\n: 1\n", "f:1:3: a key is a list or a map; write a word as the key\n"},
    {"event: {id: e, name: \"a\\nb\"}\n"
     "languages: [vi]\nsources:\n  a: {tone_hz: 440}\n" ROOM,
     "f:1:22: text holds a line break or a control character; write it in one line\nf:1:22: name is empty; write 1 to "
     "500 bytes\n"},
    {"[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]\n",
     "f:1:17: lists and maps are nested more than 16 deep; no key needs that\n"},

    /* keys */
    {HEAD ROOM "servr: {}\n", "f:8:1: unknown key 'servr'; did you mean 'server'?\n"},
    {HEAD ROOM "server: {listne: 1}\n", "f:8:10: unknown key 'listne'; did you mean 'listen'?\n"},
    {HEAD ROOM "server: {gain_db: 1}\n", "f:8:10: key 'gain_db' does not belong here; it belongs to sources.ID\n"},
    {HEAD ROOM "server: {colour: 1}\n",
     "f:8:10: unknown key 'colour'; known here: listen, listen_tls, tls_cert, tls_key, loops, max_listeners, "
     "max_listeners_per_address, queue_limit_ms, close_after_ms, dscp_listeners, dscp_consoles, rto_min_us, "
     "log_level, data, spare_rooms\n"},
    {HEAD ROOM "server: {loops: 1, loops: 2}\n",
     "f:8:20: key 'loops' is here a second time, the first is in line 8; keep one of them\n"},
    {HEAD ROOM "server: {loops: }\n", "f:8:10: key 'loops' has no value; write one or remove the key\n"},
    {HEAD ROOM "server: 8080\n", "f:8:9: server is a value; write a map of keys and values\n"},
    {"event: {id: e}\nlanguages: [vi]\nsources:\n  a: {tone_hz: 440}\n" ROOM,
     "f:1:8: key 'name' is missing in event; add it\n"},
    {"languages: [vi]\nsources:\n  a: {tone_hz: 440}\n" ROOM, "f:1:1: key 'event' is missing in (top); add it\n"},

    /* values */
    {HEAD ROOM "server: {loops: two}\n", "f:8:17: loops is not a whole number; write 0 to 16 in digits\n"},
    {HEAD ROOM "server: {loops: '2'}\n", "f:8:17: loops is not a whole number; write 0 to 16 in digits\n"},
    {HEAD ROOM "server: {loops: 1.5}\n", "f:8:17: loops is not a whole number; write 0 to 16 in digits\n"},
    {HEAD ROOM "server: {loops: 17}\n", "f:8:17: loops is out of range; write 0 to 16\n"},
    {HEAD ROOM "server: {loops: -1}\n", "f:8:17: loops is out of range; write 0 to 16\n"},
    {HEAD ROOM "server: {max_listeners: 99999999999999999999}\n",
     "f:8:25: max_listeners is out of range; write 1 to 100000\n"},
    {HEAD ROOM "server: {queue_limit_ms: 2001}\n", "f:8:26: queue_limit_ms is out of range; write 40 to 2000\n"},
    {HEAD ROOM "server: {queue_limit_ms: 1000, close_after_ms: 999}\n",
     "f:8:48: close_after_ms is less than queue_limit_ms; write at least 1000\n"},
    {HEAD ROOM "server: {loops: [1]}\n", "f:8:17: loops is a list; write a single value\n"},
    {HEAD ROOM "server: {log_level: warning}\n",
     "f:8:21: unknown log_level 'warning'; write one of debug, info, warn, error\n"},
    {HEAD ROOM "server: {log_level: inf}\n", "f:8:21: unknown log_level 'inf'; did you mean 'info'?\n"},
    {HEAD ROOM "server: {listen: 8080}\n",
     "f:8:18: '8080' is not an address with a port; write it like 0.0.0.0:8080 or [::]:8080\n"},
    {HEAD ROOM "server: {listen: '0.0.0.0:65536'}\n",
     "f:8:18: '0.0.0.0:65536' is not an address with a port; write it like 0.0.0.0:8080 or [::]:8080\n"},
    {HEAD ROOM "server: {tls_cert: speech/floor-vi.txt}\n",
     "f:8:10: tls_cert stands without tls_key; add tls_key with the certificate's private key\n"},
    {HEAD ROOM "server: {tls_key: speech/floor-vi.txt}\n",
     "f:8:10: tls_key stands without tls_cert; add tls_cert with the key's certificate\n"},
    {HEAD ROOM "server: {listen_tls: '0.0.0.0:1'}\n",
     "f:8:10: listen_tls stands without a certificate; add tls_cert and tls_key\n"},
    {HEAD ROOM "server: {tls_cert: no.pem, tls_key: speech/floor-vi.txt}\n",
     "f:8:20: cannot read the file 'no.pem'; correct its name (it counts from this file's folder) or its "
     "permissions\n"},
    {HEAD ROOM "defaults: {gate_db: loud}\n", "f:8:21: gate_db is not a number; write -120 to 0\n"},
    {HEAD ROOM "defaults: {gate_db: 0x10}\n", "f:8:21: gate_db is not a number; write -120 to 0\n"},
    {HEAD ROOM "defaults: {gate_db: .inf}\n", "f:8:21: gate_db is not a number; write -120 to 0\n"},
    {HEAD ROOM "defaults: {gate_db: 1}\n", "f:8:21: gate_db is out of range; write -120 to 0\n"},
    {HEAD ROOM "defaults: {opus: {packet_ms: 15}}\n",
     "f:8:30: packet_ms 15 is not a packet's length here; write 10 or 20\n"},
    {HEAD ROOM "defaults: {opus: {packet_ms: 40}}\n", "f:8:30: packet_ms is out of range; write 10 or 20\n"},
    {HEAD ROOM "defaults: {opus: {dtx: yes}}\n",
     "f:8:24: dtx is neither true nor false; write one of them without quotes\n"},

    /* devices */
    {HEAD ROOM "devices: [x]\n", "f:8:10: devices is a list; write a map of keys and values\n"},
    {HEAD ROOM "devices:\n  d: {api: ALSA}\n", "f:9:6: key 'name' is missing in devices.ID; add it\n"},
    {HEAD ROOM "devices:\n  D d: {name: x}\n",
     "f:9:3: 'D d' is not an id; use lower-case letters a to z, digits and hyphens\n"},
    {HEAD ROOM "devices:\n  d: {name: x, rate_hz: 100}\n",
     "f:9:25: rate_hz is out of range; write 0, or 8000 to 192000\n"},

    /* names and languages */
    {HEAD "rooms:\n  - {id: r, name: {}, floor: {source: a}}\n",
     "f:7:19: name has no text; write {vi: …, fr: …, en: …} or one text for all\n"},
    {HEAD "rooms:\n  - {id: r, name: {de: x, vi: y}, floor: {source: a}}\n",
     "f:7:20: unknown language 'de' of a name; write vi, fr or en\n"},
    {HEAD "rooms:\n  - {id: r, name: {vi: [x]}, floor: {source: a}}\n", "f:7:24: name in 'vi' is a list; write text\n"},
    {"event: {id: e, name: E}\nlanguages: [vi, oc, vi, English]\nsources:\n  a: {tone_hz: 440}\n" ROOM,
     "f:2:17: the name of language 'oc' is not built in; write {id: oc, name: {vi: …, fr: …, en: …}}\n"
     "f:2:21: language 'vi' is in the list already; remove one\n"
     "f:2:25: 'English' is not a language tag; write 2 or 3 lower-case letters, such as vi\n"},
    {"event: {id: e, name: E}\nlanguages: []\nsources:\n  a: {tone_hz: 440}\n" ROOM,
     "f:2:12: languages has 0 items; write 1 to 64\n"},

    /* sources */
    {HEAD "  c: {loop: true}\n" ROOM, "f:6:6: source 'c' has no sound; add one of device, file, play and tone_hz\n"},
    {HEAD "  c: {tone_hz: 440, file: speech/floor-vi.opus}\n" ROOM,
     "f:6:7: both file and tone_hz in one source; keep one of them\n"},
    {HEAD "  c: {file: speech/none.opus}\n" ROOM, "f:6:13: cannot read the file 'speech/none.opus'; correct its name "
						  "(it counts from this file's folder) or its permissions\n"},
    {HEAD "  c: {tone_hz: 440, loop: true}\n" ROOM, "f:6:21: loop goes with file or play; remove it\n"},
    {HEAD "  c: {tone_hz: 440, inputs: [1]}\n" ROOM, "f:6:21: inputs goes with device; remove it or add device\n"},
    {HEAD "  c: {device: dd, inputs: [1]}\n" ROOM "devices: {de: {name: x}}\n",
     "f:6:15: no device 'dd'; did you mean 'de'?\n"},
    {HEAD "  c: {device: desk, inputs: [1]}\n" ROOM, "f:6:15: no device 'desk'; add it under devices\n"},
    {HEAD "  c: {device: d}\n" ROOM "devices: {d: {name: x}}\n",
     "f:6:7: device stands without inputs; add the channels to take, such as inputs: [1]\n"},
    {HEAD "  c: {device: d, inputs: [0, 2, 2, 65]}\n" ROOM "devices: {d: {name: x}}\n",
     "f:6:27: an input is out of range; write 1 to 64\nf:6:33: input 2 is in the list already; remove one\nf:6:36: an "
     "input is out of range; write 1 to 64\n"},
    {HEAD "  c: {device: d, inputs: []}\n" ROOM "devices: {d: {name: x}}\n",
     "f:6:26: inputs has 0 items; write 1 to 64\n"},
    {HEAD "  c: {play: [{length_ms: 5}]}\n" ROOM,
     "f:6:14: neither file nor silence_ms; write one of file and silence_ms\n"},
    {HEAD "  c: {play: [{silence_ms: 5, length_ms: 5}]}\n" ROOM,
     "f:6:30: length_ms goes with file; silence_ms is a length itself, remove length_ms\n"},
    {HEAD "  c: {play: [{silence_ms: 0}]}\n" ROOM, "f:6:27: silence_ms is out of range; write 1 to 86400000\n"},

    /* rooms and channels */
    {HEAD "rooms:\n  - {id: r, name: R}\n", "f:7:5: key 'floor' is missing in rooms[]; add it\n"},
    {HEAD "rooms:\n  - {id: r, name: R, floor: {source: bb}}\n", "f:7:38: no source 'bb'; did you mean 'b'?\n"},
    {HEAD "rooms:\n  - {id: r, name: R, floor: {source: microphone}}\n",
     "f:7:38: no source 'microphone'; add it under sources\n"},
    {HEAD ROOM "  - {id: r, name: R, floor: {source: a}}\n",
     "f:8:10: room id 'r' is taken already; give one of them another id\n"},
    {HEAD "rooms:\n  - id: r\n    name: R\n    floor: {source: a}\n    channels: [{language: en}]\n",
     "f:10:27: no language 'en'; add it under languages\n"},
    {HEAD "rooms:\n  - id: r\n    name: R\n    floor: {source: a}\n    channels: [{language: fr}, {language: fr}]\n",
     "f:10:43: language 'fr' has a channel in this room already; remove one\n"},
    {HEAD "rooms:\n  - id: r\n    name: R\n    floor: {source: a, number: 2}\n    channels: [{language: fr}]\n",
     "f:10:16: channel number 2 is that of r.floor already; give one of them another number\n"},
    {HEAD "rooms:\n  - id: r\n    name: R\n    floor: {source: a, number: 0}\n",
     "f:9:32: number is out of range; write 1 to 65535\n"},
    {HEAD "rooms:\n  - id: r\n    name: R\n    floor: {source: a}\n    channels: [{language: fr, idle: pass-trough}]\n",
     "f:10:37: unknown idle 'pass-trough'; did you mean 'pass-through'?\n"},
    {HEAD "rooms:\n  - id: abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij\n    name: R\n    floor: "
	  "{source: a}\n",
     "f:9:12: the channel's id 'abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij.floor' is 66 characters "
     "long; give the room an id so short that it is at most 63\n"},
    {HEAD "rooms:\n  - id: abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd\n    name: R\n    floor: "
	  "{source: a}\n",
     "f:7:9: the id is 64 characters long; use at most 63\n"},

    {HEAD "rooms:\n  - id: r\n    name: R\n    floor: {source: a}\n    channels: [{language: fr, idle: channel}]\n",
     "f:10:16: idle: channel stands without idle_from; add the language of the other channel\n"},
    {HEAD "rooms:\n  - id: r\n    name: R\n    floor: {source: a}\n    channels: [{language: fr, idle_from: vi}]\n",
     "f:10:31: idle_from goes with idle: channel; remove it, or write idle: channel\n"},
    {HEAD "rooms:\n  - id: r\n    name: R\n    floor: {source: a}\n    channels: [{language: fr, idle: channel, "
	  "idle_from: fr}]\n",
     "f:10:57: no other channel of this room has language 'fr'; write one that has, or another idle\n"},

    {"event: {id: e, name: E}\nlanguages: [de, es, it, pt, ru, zh, ja, ko, lo, km, th, vi, fr, en]\nsources: {a: "
     "{tone_hz: 440}}\nrooms:\n  - id: r\n    name: R\n    floor: {source: a}\n    channels: [{language: de}, "
     "{language: es}, {language: it}, {language: pt}, {language: ru}, "
     "{language: zh}, {language: ja}, {language: ko}, {language: lo}, {language: km}, "
     "{language: th}, {language: vi}, {language: fr}, {language: en}]\n",
     "f:8:15: a room has at most 13 language channels beside its floor; remove some\n"},

    /* booths and access */
    {HEAD TWO_WAYS "      - {id: x}\n", "f:12:9: key 'outputs' is missing in rooms[].booths[]; add it\n"},
    {HEAD TWO_WAYS "      - {id: x, outputs: []}\n", "f:12:26: outputs has 0 items; write 1 or 2 languages\n"},
    {HEAD TWO_WAYS "      - {id: x, outputs: [vi, vi]}\n",
     "f:12:26: outputs a and b are the same; write two languages, or remove one\n"},
    {HEAD TWO_WAYS "      - {id: x, outputs: [ft]}\n",
     "f:12:27: no channel of this room has language 'ft'; did you mean 'fr'?\n"},
    {HEAD TWO_WAYS "      - {id: x, outputs: [vi], seats: 4}\n", "f:12:39: seats is out of range; write 2 to 3\n"},
    {HEAD TWO_WAYS "      - {id: x, outputs: [vi], mode: overide}\n",
     "f:12:38: unknown mode 'overide'; did you mean 'override'?\n"},
    {HEAD TWO_WAYS "      - {id: x, outputs: [vi]}\n      - {id: x, outputs: [fr]}\n",
     "f:13:14: booth id 'x' is taken already; give one of them another id\n"},
    {HEAD TWO_WAYS "      - {id: x, outputs: [vi], opus: {mode: voip}}\n",
     "f:12:38: a booth's consoles send low-delay without dtx; remove mode and dtx\n"},
    {HEAD TWO_WAYS "      - {id: x, outputs: [vi], documents: [{title: T}]}\n",
     "f:12:44: neither file nor url; write one of file and url\n"},
    {HEAD TWO_WAYS "      - {id: x, outputs: [vi], documents: [{title: T, url: 'ftp://x'}]}\n",
     "f:12:60: 'ftp://x' is not a link; write it like https://example.org/glossary\n"},
    {HEAD TWO_WAYS "      - {id: x, outputs: [vi], documents: [{title: T, file: none.pdf}]}\n",
     "f:12:61: cannot read the file 'none.pdf'; correct its name (it counts from this file's folder) or its "
     "permissions\n"},
    {HEAD "rooms:\n  - id: r\n    name: R\n    floor: {source: a}\n    channels: [{language: fr, booth: x}]\n"
	  "    booths: [{id: x, outputs: [fr]}]\n",
     "f:10:31: the room has a list of booths, whose outputs say this; remove the key\n"},
    {HEAD "rooms:\n  - {id: r, name: R, floor: {source: a}, channels: [{language: fr, booth: x}]}\n"
	  "  - {id: s, name: S, floor: {source: a}, channels: [{language: fr, booth: x}]}\n",
     "f:8:75: booth 'x' is in another room already; give one of them another id\n"},
    {HEAD ROOM "access: {keys: x}\n", "f:8:10: unknown key 'keys'; did you mean 'key'?\n"},
    {HEAD ROOM "access: {key: none.pub}\n",
     "f:8:15: cannot read the file 'none.pub'; correct its name (it counts from this file's folder) or its "
     "permissions\n"},

    /* agenda */
    {HEAD ROOM "agenda:\n" SESSION("2027-03-02 08:30", "2027-03-02T09:00:00Z"),
     "f:9:32: '2027-03-02 08:30' is not a time with its offset from UTC; write it like 2027-03-02T08:30:00+07:00\n"},
    {HEAD ROOM "agenda:\n" SESSION("2027-02-29T08:30:00Z", "2027-03-02T09:00:00Z"),
     "f:9:32: '2027-02-29T08:30:00Z' is not a time with its offset from UTC; write it like "
     "2027-03-02T08:30:00+07:00\n"},
    {HEAD ROOM "agenda:\n" SESSION("2027-03-02T08:30:00+07:00", "2027-03-02T01:30:00Z"),
     "f:9:64: session 'session-1' ends at or before its start; correct one of the times\n"},
    {HEAD ROOM "agenda:\n" SESSION("2027-03-02T08:30:00Z", "2027-03-02T09:00:00Z")
	 SESSION("2027-03-02T15:59:59+07:00", "2027-03-02T17:00:00+07:00"),
     "f:10:32: session 'session-2' begins before 'session-1' of the same room ends; correct one of their times\n"},
    {HEAD ROOM "agenda:\n  - {id: s, room: x, title: T, start: 2027-03-02T08:30:00Z, end: 2027-03-02T09:00:00Z}\n"
	       "  - {id: s, room: r, title: T, start: 2027-03-02T08:30:00Z, end: 2027-03-02T09:00:00Z}\n",
     "f:9:19: no room 'x'; did you mean 'r'?\nf:10:10: session id 's' is taken already; give one of them another id\n"},
    {HEAD ROOM "agenda:\n  - {room: r, start: 2027-03-02T08:30:00Z, end: 2027-03-02T09:00:00Z}\n",
     "f:9:5: key 'title' is missing in agenda[]; add it\n"},
    /* what the desk needs */
    {HEAD "rooms:\n  - {id: r, name: R, locked: true, floor: {source: a}}\n",
     "f:7:22: locked stands without pin; add pin with 4 to 8 digits\n"},
    {HEAD "rooms:\n  - {id: r, name: R, pin: 123, floor: {source: a}}\n",
     "f:7:27: '123' is not a PIN; write 4 to 8 digits\n"},
    {HEAD "rooms:\n  - {id: r, name: R, pin: 12a4, floor: {source: a}}\n",
     "f:7:27: '12a4' is not a PIN; write 4 to 8 digits\n"},
    {HEAD "rooms:\n  - {id: r, name: R, floor: {source: a, hide: idle}}\n",
     "f:7:41: key 'hide' does not belong here; it belongs to rooms[].channels[]\n"},
    {HEAD "rooms:\n  - {id: r, name: R, floor: {source: a, gain_db: 41}}\n",
     "f:7:50: gain_db is out of range; write -40 to 40\n"},
    {HEAD ROOM "server: {spare_rooms: 5}\n", "f:8:23: spare_rooms is out of range; write 0 to 4\n"},
    {HEAD ROOM "announcements:\n  - {id: tone, title: T, files: {vi: speech/floor-vi.opus}}\n",
     "f:9:10: 'tone' is a word of the desk itself; give the announcement another id\n"},
    {HEAD ROOM "announcements:\n  - {id: a, title: T, files: {de: speech/floor-vi.opus}}\n",
     "f:9:31: no language 'de'; add it under languages\n"},
    {HEAD ROOM "announcements:\n  - {id: a, title: T, files: {}}\n",
     "f:9:30: files has 0 entries; write 1 to 64, as in {vi: FILE}\n"},
    {HEAD ROOM "announcements:\n  - {id: a, title: T, files: {vi: gone.opus}}\n",
     "f:9:35: cannot read the file 'gone.opus'; correct its name (it counts from this file's folder) or its "
     "permissions\n"},
    {HEAD ROOM "announcements:\n  - {id: a, title: T, files: {vi: speech/floor-vi.opus}}\n"
	       "  - {id: a, title: T, files: {vi: speech/floor-vi.opus}}\n",
     "f:10:10: announcement id 'a' is taken already; give one of them another id\n"},
    {HEAD ROOM "alarms: {floor-silnt: {off: true}}\n",
     "f:8:10: no alarm 'floor-silnt'; did you mean 'floor-silent'?\n"},
    {HEAD ROOM "alarms: {xyz: {off: true}}\n", "f:8:10: no alarm 'xyz'; docs/alarms.md tells them all\n"},
    {HEAD ROOM "alarms: {delay: {hold_ms: -1}}\n", "f:8:27: hold_ms is out of range; write 0 to 86400000\n"},
};

static void tells_each_error_with_its_place(void **state)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		check_refused(refusals[i].text, refusals[i].expected);
}

static void tells_all_errors_at_once_in_order(void **state)
{
	check_refused("event: {id: E}\nservr: {}\nlanguages: [xx]\nsources:\n  a: {}\nrooms: []\n",
		      "f:1:8: key 'name' is missing in event; add it\n"
		      "f:1:13: 'E' is not an id; use lower-case letters a to z, digits and hyphens\n"
		      "f:2:1: unknown key 'servr'; did you mean 'server'?\n"
		      "f:3:13: the name of language 'xx' is not built in; write {id: xx, name: {vi: …, fr: …, en: …}}\n"
		      "f:5:6: source 'a' has no sound; add one of device, file, play and tone_hz\n"
		      "f:6:8: rooms has 0 items; write 1 to 64\n");
}

/* `head`, then `item` `count` times with a number in place of %u, then `tail`. */
static char *repeat(const char *head, const char *item, uint32_t count, const char *tail)
{
	char *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	fputs(head, to);
	for (uint32_t i = 0; i < count; i++) {
		const char *number = strstr(item, "%u");
		if (number)
			fprintf(to, "%.*s%u%s", (int)(number - item), item, i, number + 2);
		else
			fputs(item, to);
	}
	fputs(tail, to);
	fclose(to);
	return text;
}

static void check_repeated(const char *head, const char *item, uint32_t count, const char *tail, const char *expected)
{
	char *text = repeat(head, item, count, tail), *errors;
	struct cabin_config *config = parse(text, strlen(text), expected ? CABIN_EFORMAT : 0, &errors);
	if (expected && !strstr(errors, expected))
		fail_msg("%s", errors);
	cabin_config_destroy(config);
	free(errors);
	free(text);
}

static void keeps_the_limits(void **state)
{
	check_repeated(HEAD "rooms:\n", "  - {id: r%u, name: R, floor: {source: a}}\n", 64, "", NULL);
	check_repeated(HEAD "rooms:\n", "  - {id: r%u, name: R, floor: {source: a}}\n", 65, "",
		       "f:7:3: rooms has 65 items; write 1 to 64\n");
	check_repeated(HEAD "rooms:\n", "  - {id: r%u, name: R, floor: {source: a}, channels: [{language: fr}]}\n", 33,
		       "", "f:39:31: more than 64 channels in all; remove some\n");
	check_repeated(HEAD, "  s%u: {tone_hz: 440}\n", 126, ROOM, NULL);
	check_repeated(HEAD, "  s%u: {tone_hz: 440}\n", 127, ROOM, "f:4:3: sources has 129 entries; write 1 to 128\n");
	check_repeated(HEAD ROOM "devices:\n", "  d%u: {name: x}\n", 17, "",
		       "f:9:3: devices has 17 entries; write 0 to 16\n");
	check_repeated(HEAD ROOM "agenda:\n", "  - x\n", 1001, "",
		       "f:9:3: agenda has 1001 sessions; write at most 1000\n");
	check_repeated("a:\n", "  k%u: 1\n", 513, "", "f:514:3: more than 512 keys in one map; make it smaller\n");
	check_repeated("a: [", "1,", 70000, "]", "more than 65,536 values; make the file smaller\n");
	check_repeated("", "[", 500000, "", "f:1:17: lists and maps are nested more than 16 deep; no key needs that\n");
	check_repeated("", "#\n", 600000, "", "f: larger than 1 MiB; this is not a configuration of Cabin\n");
	check_repeated(HEAD ROOM "server:\n", "  x%u: 1\n", 150, "", "f: … and 50 more; correct these first\n");
	check_repeated("event: {id: e, name: '", "x", 501, "'}\n", "f:1:22: name is too long; write 1 to 500 bytes\n");
}

/* Prints, loads and prints again: both texts must be the same. Returns the first. */
static char *round_trip(const struct cabin_config *config)
{
	char *text[2];
	size_t size[2];
	FILE *to = open_memstream(&text[0], &size[0]);
	cabin_config_print(config, to);
	fclose(to);
	struct cabin_config *again = load_good(text[0]);
	to = open_memstream(&text[1], &size[1]);
	cabin_config_print(again, to);
	fclose(to);
	assert_string_equal(text[0], text[1]);

	char *json = cabin_config_event_json(config), *json_again = cabin_config_event_json(again);
	assert_string_equal(json, json_again);
	free(json);
	free(json_again);
	free(text[1]);
	cabin_config_destroy(again);
	return text[0];
}

static struct cabin_config *load_file(const char *path)
{
	char *errors;
	size_t size;
	FILE *to = open_memstream(&errors, &size);
	struct cabin_config *config;
	int result = cabin_config_load(&config, path, to);
	fclose(to);
	if (result != 0)
		print_error("%s", errors);
	assert_int_equal(result, 0);
	free(errors);
	return config;
}

static void prints_what_loads_again(void **state)
{
	struct cabin_config *config = load_good(
	    "event: {id: e, name: {vi: '\"\\', fr: 'a: b # c', en: \"'\"}}\n"
	    "languages: [vi]\n"
	    "devices: {d: {name: x}}\n"
	    "announcements: [{id: x, title: X, files: {vi: speech/floor-vi.opus, en: speech/video-en.opus}}]\n"
	    "alarms: {delay: {threshold: 0.25}, too-low: {hold_ms: 0}, disk-low: {off: true}}\n"
	    "server: {data: db, spare_rooms: 1}\n"
	    "sources:\n  a: {tone_hz: 19.5e3, gain_db: -0.1}\n  b: {device: d, inputs: [3, 1]}\n"
	    "  c: {play: [{silence_ms: 3}, {file: speech/floor-vi.opus, length_ms: 4}], loop: true}\n"
	    "access: {key: speech/floor-vi.txt, revoked: gone.txt}\n"
	    "rooms:\n  - {id: r, name: R, locked: true, pin: '0048', floor: {gain_db: -3}, channels:\n"
	    "      [{language: vi, hide: always, gain_db: 2.5}]}\n"
	    "  - id: s\n    name: S\n    floor: {source: a}\n    channels: [{language: vi}]\n    booths:\n"
	    "      - {id: s-1, outputs: [vi], mode: interlock, seats: 3, documents: [{title: T, url: "
	    "'https://x'}]}\n      - {id: s-2, outputs: [vi]}\n");
	free(round_trip(config));
	cabin_config_destroy(config);
}

static void loads_the_shipped_files(void **state)
{
	struct cabin_config *config = load_file(CABIN_SOURCE_DIR "/deploy/examples/conference.yaml");
	assert_int_equal(config->room_count, 5);
	assert_int_equal(config->channel_count, 16);
	assert_int_equal(config->language_count, 3);
	for (uint16_t i = 0; i < config->session_count; i++) {
		const struct cabin_text *title = &config->sessions[i].title;
		assert_string_not_equal(title->vi, title->en);
		assert_string_not_equal(title->fr, title->en);
	}
	free(round_trip(config));
	cabin_config_destroy(config);

	config = load_file(CABIN_SOURCE_DIR "/deploy/demo/demo.yaml");
	assert_int_equal(config->room_count, 2);
	for (uint16_t r = 0; r < config->room_count; r++) {
		/* A floor and its booths must come round together, or the interpretation runs away. */
		uint32_t lengths_ms[CABIN_CHANNELS_MAX] = {0};
		const struct cabin_config_room *room = &config->rooms[r];
		for (uint16_t c = 0; c < room->channel_count; c++) {
			const struct cabin_config_source *source =
			    &config->sources[config->channels[room->first_channel_index + c].source_index];
			assert_true(source->loop);
			for (uint32_t i = 0; i < source->play_count; i++) {
				assert_int_not_equal(source->play[i].length_ms, 0);
				lengths_ms[c] += source->play[i].length_ms;
			}
			assert_int_equal(lengths_ms[c], lengths_ms[0]);
		}
	}
	free(round_trip(config));
	cabin_config_destroy(config);
}

static void tells_what_cannot_be_read(void **state)
{
	char *errors;
	size_t size;
	FILE *to = open_memstream(&errors, &size);
	struct cabin_config *config;
	assert_int_equal(cabin_config_load(&config, "/nowhere/event.yaml", to), CABIN_EIO);
	assert_null(config);
	assert_int_equal(cabin_config_load(&config, CABIN_SOURCE_DIR, to), CABIN_EIO);
	fclose(to);
	assert_string_equal(
	    errors, "/nowhere/event.yaml: cannot read it: No such file or directory; give the path of a readable "
		    "configuration file\n" CABIN_SOURCE_DIR
		    ": cannot read it: Is a directory; give the path of a readable configuration file\n");
	free(errors);
}

static void writes_the_event_as_the_protocol_says(void **state)
{
	struct cabin_config *config = load_good(
	    HEAD
	    "  c: {tone_hz: 1000, opus: {packet_ms: 10}}\n"
	    "rooms:\n  - {id: r, name: R, floor: {source: c}, channels: [{language: fr}, {language: vi, source: a}]}\n"
	    "agenda:\n" SESSION("2027-03-02T08:30:00+07:00", "2027-03-02T09:00:00+07:00"));
	char *text = cabin_config_event_json(config);
	json_t *event = json_loads(text, 0, NULL);
	json_t *expected = json_loads(
	    "{\"protocol\":1,\"event\":{\"id\":\"e\",\"name\":{\"vi\":\"E\",\"fr\":\"E\",\"en\":\"E\"}},"
	    "\"languages\":[{\"id\":\"vi\",\"name\":{\"vi\":\"Tiếng "
	    "Việt\",\"fr\":\"Vietnamien\",\"en\":\"Vietnamese\"}},"
	    "{\"id\":\"fr\",\"name\":{\"vi\":\"Tiếng Pháp\",\"fr\":\"Français\",\"en\":\"French\"}}],"
	    "\"rooms\":[{\"id\":\"r\",\"name\":{\"vi\":\"R\",\"fr\":\"R\",\"en\":\"R\"},\"channels\":["
	    "{\"number\":1,\"id\":\"r.floor\",\"kind\":\"floor\",\"language\":null,\"packet_ms\":10,"
	    "\"name\":{\"vi\":\"Âm thanh hội trường\",\"fr\":\"Son de la salle\",\"en\":\"Floor\"}},"
	    "{\"number\":2,\"id\":\"r.fr\",\"kind\":\"language\",\"language\":\"fr\",\"packet_ms\":10,"
	    "\"name\":{\"vi\":\"Tiếng Pháp\",\"fr\":\"Français\",\"en\":\"French\"}},"
	    "{\"number\":3,\"id\":\"r.vi\",\"kind\":\"language\",\"language\":\"vi\",\"packet_ms\":20,"
	    "\"name\":{\"vi\":\"Tiếng Việt\",\"fr\":\"Vietnamien\",\"en\":\"Vietnamese\"}}]}],"
	    "\"booths\":[{\"id\":\"r-fr\",\"name\":{\"vi\":\"Tiếng Pháp\",\"fr\":\"Français\",\"en\":\"French\"},"
	    "\"room\":\"r\",\"outputs\":[2],\"seats\":2},"
	    "{\"id\":\"r-vi\",\"name\":{\"vi\":\"Tiếng Việt\",\"fr\":\"Vietnamien\",\"en\":\"Vietnamese\"},"
	    "\"room\":\"r\",\"outputs\":[3],\"seats\":2}],"
	    "\"agenda\":[{\"id\":\"session-1\",\"room\":\"r\",\"start\":\"2027-03-02T08:30:00+07:00\","
	    "\"end\":\"2027-03-02T09:00:00+07:00\",\"title\":{\"vi\":\"T\",\"fr\":\"T\",\"en\":\"T\"}}]}",
	    0, NULL);
	assert_non_null(event);
	assert_non_null(expected);
	char revision[32];
	snprintf(revision, sizeof(revision), "%s", json_string_value(json_object_get(event, "revision")));
	assert_int_equal(strlen(revision), 16);
	json_object_del(event, "revision");
	assert_true(json_equal(event, expected));
	json_decref(event);
	free(text);

	config->event_name.en = "Another";
	text = cabin_config_event_json(config);
	assert_null(strstr(text, revision));
	free(text);
	json_decref(expected);
	cabin_config_destroy(config);
}

/* The ids of the channels in the event, each after a space, in the caller's memory. */
static char *channel_ids(const struct cabin_config *config, const uint64_t *hidden, bool *locked, char *out)
{
	char *text = hidden ? cabin_config_event_json_without(config, hidden) : cabin_config_event_json(config);
	json_t *event = json_loads(text, 0, NULL), *room, *channel;
	size_t i, k;
	out[0] = '\0';
	json_array_foreach(json_object_get(event, "rooms"), i, room)
	{
		*locked = json_is_true(json_object_get(room, "locked"));
		json_array_foreach(json_object_get(room, "channels"), k, channel)
		{
			strcat(out, " ");
			strcat(out, json_string_value(json_object_get(channel, "id")));
		}
	}
	json_decref(event);
	free(text);
	return out;
}

static void leaves_out_what_is_hidden(void **state)
{
	const uint64_t hidden[CABIN_CONFIG_HIDDEN_WORDS] = {1u << 1}, none[CABIN_CONFIG_HIDDEN_WORDS] = {0};
	struct cabin_config *config =
	    load_good(HEAD "rooms:\n  - {id: r, name: R, locked: true, pin: '1234', floor: {source: a}, channels:\n"
			   "    [{language: fr, hide: idle}, {language: vi, hide: always}]}\n");
	char ids[200];
	bool locked;
	assert_string_equal(channel_ids(config, hidden, &locked, ids), " r.floor r.vi");
	assert_true(locked);
	assert_string_equal(channel_ids(config, none, &locked, ids), " r.floor r.fr r.vi");
	/* Who asks without saying what is idle gets all but what is never shown. */
	assert_string_equal(channel_ids(config, NULL, &locked, ids), " r.floor r.fr");
	char *text = cabin_config_event_json(config);
	assert_null(strstr(text, "1234")); /* the PIN is nobody's business */
	free(text);
	cabin_config_destroy(config);
}

static void moves_the_agenda(void **state)
{
	setenv("TZ", "UTC-05:30", 1); /* POSIX: five and a half hours east */
	struct cabin_config *config =
	    load_good(HEAD ROOM "agenda:\n" SESSION("2027-03-02T10:00:00+07:00", "2027-03-02T11:00:00+07:00")
			  SESSION("2027-03-02T08:30:00+07:00", "2027-03-02T09:00:00+07:00"));
	assert_int_equal(cabin_config_move_agenda(config, 1800000000), 0);
	assert_string_equal(config->sessions[1].start, "2027-01-15T13:30:00+05:30");
	assert_string_equal(config->sessions[1].end, "2027-01-15T14:00:00+05:30");
	assert_string_equal(config->sessions[0].start, "2027-01-15T15:00:00+05:30");
	assert_int_equal(cabin_config_move_agenda(config, INT64_C(400000000000)), CABIN_EINVAL);
	assert_string_equal(config->sessions[1].start, "2027-01-15T13:30:00+05:30");
	cabin_config_destroy(config);
	unsetenv("TZ");
}

static void takes_a_device_as_the_floor(void **state)
{
	struct cabin_config *config = load_file(CABIN_SOURCE_DIR "/deploy/demo/demo.yaml");
	char name[] = "USB microphone";
	uint16_t sources = config->source_count;
	const struct cabin_config_device device = {.name = name, .api = "ALSA"};
	assert_int_equal(cabin_config_use_device(config, 0, &device), 0);
	name[0] = 'X'; /* it must be a copy */
	assert_int_equal(config->device_count, 1);
	assert_string_equal(config->devices[0].name, "USB microphone");
	assert_int_equal(config->source_count, sources + 1);
	assert_int_equal(config->channels[0].source_index, sources);
	assert_int_equal(config->sources[sources].kind, CABIN_SOURCE_DEVICE);
	assert_int_equal(config->sources[sources].inputs[0], 1);
	assert_int_equal(config->channels[1].source_index, CABIN_INDEX_NONE);
	assert_int_equal(config->channels[2].source_index, CABIN_INDEX_NONE);
	assert_int_not_equal(config->channels[4].source_index, CABIN_INDEX_NONE);
	free(round_trip(config));
	cabin_config_destroy(config);
}

static void is_described_in_the_docs(void **state)
{
	char *reference;
	size_t size;
	FILE *to = open_memstream(&reference, &size);
	cabin_config_write_reference(to);
	fclose(to);
	FILE *file = fopen(CABIN_SOURCE_DIR "/docs/configuration.md", "r");
	assert_non_null(file);
	char *page = calloc(1, 100000);
	assert_true(fread(page, 1, 99999, file) > 0);
	fclose(file);
	/* Line by line, so that a failure names the key. */
	char *rest = page;
	for (char *line = strtok(reference, "\n"); line; line = strtok(NULL, "\n")) {
		char *found = strstr(rest, line);
		if (!found)
			fail_msg("docs/configuration.md has no line (or in another place): %s", line);
		rest = found + strlen(line);
	}
	free(page);
	free(reference);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(loads_the_least),
	    cmocka_unit_test(loads_everything),
	    cmocka_unit_test(loads_what_the_desk_needs),
	    cmocka_unit_test(loads_booths),
	    cmocka_unit_test(leaves_out_what_is_hidden),
	    cmocka_unit_test(makes_booths_of_channels),
	    cmocka_unit_test(tells_each_error_with_its_place),
	    cmocka_unit_test(tells_all_errors_at_once_in_order),
	    cmocka_unit_test(keeps_the_limits),
	    cmocka_unit_test(prints_what_loads_again),
	    cmocka_unit_test(loads_the_shipped_files),
	    cmocka_unit_test(tells_what_cannot_be_read),
	    cmocka_unit_test(writes_the_event_as_the_protocol_says),
	    cmocka_unit_test(moves_the_agenda),
	    cmocka_unit_test(takes_a_device_as_the_floor),
	    cmocka_unit_test(is_described_in_the_docs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
