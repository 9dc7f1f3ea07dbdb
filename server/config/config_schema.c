#include "config/config_schema.h"

#include <math.h>

#define TEXT_KEY(key, kind, structure, field, fallback, explanation)                                                   \
	{                                                                                                              \
		.name = key, .type = kind, .offset = offsetof(structure, field), .initial_text = fallback,             \
		.help = explanation                                                                                    \
	}
#define REQUIRED_KEY(key, kind, structure, field, explanation)                                                         \
	{                                                                                                              \
		.name = key, .type = kind, .offset = offsetof(structure, field), .required = true, .help = explanation \
	}
#define INTEGER_KEY(key, structure, field, least, most, fallback, explanation)                                         \
	{                                                                                                              \
		.name = key, .type = CABIN_KEY_INTEGER, .offset = offsetof(structure, field), .min = least,            \
		.max = most, .initial = fallback, .help = explanation                                                  \
	}
#define NUMBER_KEY(key, structure, field, least, most, fallback, explanation)                                          \
	{                                                                                                              \
		.name = key, .type = CABIN_KEY_NUMBER, .offset = offsetof(structure, field), .min = least,             \
		.max = most, .initial = fallback, .help = explanation                                                  \
	}
#define NESTED_KEY(key, kind, explanation)                                                                             \
	{                                                                                                              \
		.name = key, .type = CABIN_KEY_NESTED, .range = kind, .help = explanation                              \
	}
#define REQUIRED_NESTED_KEY(key, kind, explanation)                                                                    \
	{                                                                                                              \
		.name = key, .type = CABIN_KEY_NESTED, .required = true, .range = kind, .help = explanation            \
	}
#define SECTION(variable, path, text, rows)                                                                            \
	const struct cabin_schema_section variable = {path, text, rows, sizeof(rows) / sizeof(rows[0])}

static const char *const log_levels[] = {"debug", "info", "warn", "error", NULL};
static const char *const opus_modes[] = {"low-delay", "audio", "voip", NULL};
static const char *const idle_feeds[] = {"pass-through", "silence", "channel", NULL};
static const char *const hides[] = {"never", "idle", "always", NULL};
static const char *const booth_modes[] = {"override", "interlock", NULL};

_Static_assert(CABIN_OPUS_LOW_DELAY == 0 && CABIN_OPUS_AUDIO == 1 && CABIN_OPUS_VOIP == 2, "order of opus_modes");
_Static_assert(CABIN_IDLE_PASS_THROUGH == 0 && CABIN_IDLE_SILENCE == 1 && CABIN_IDLE_CHANNEL == 2,
	       "order of idle_feeds");
_Static_assert(CABIN_HIDE_NEVER == 0 && CABIN_HIDE_IDLE == 1 && CABIN_HIDE_ALWAYS == 2, "order of hides");
_Static_assert(CABIN_BOOTH_OVERRIDE == 0 && CABIN_BOOTH_INTERLOCK == 1, "order of booth_modes");
_Static_assert(sizeof(enum cabin_opus_mode) == sizeof(unsigned), "choices are written as unsigned");

static const struct cabin_schema_key top_keys[] = {
    REQUIRED_NESTED_KEY("event", "map", "The conference: its id and name"),
    NESTED_KEY("server", "map", "Addresses, certificate and limits of the server"),
    NESTED_KEY("access", "map", "Who may join booths"),
    REQUIRED_NESTED_KEY("languages", "list of 1 to 64", "Languages that rooms may offer"),
    NESTED_KEY("devices", "map of ID: device, at most 16", "Sound devices that capture"),
    NESTED_KEY("defaults", "map", "What sources and channels use where they say nothing themselves"),
    REQUIRED_NESTED_KEY("sources", "map of ID: source, 1 to 128", "Where sound comes from"),
    REQUIRED_NESTED_KEY("rooms", "list, at most 64 channels in all",
			"Halls, each with a floor and its language channels"),
    NESTED_KEY("agenda", "list, at most 1000", "Sessions, in any order"),
    NESTED_KEY("announcements", "list, at most 16",
	       "What the desk can play to listeners, beside `evacuation`, `resume-soon` and `technical-break`"),
    NESTED_KEY("alarms", "map of KIND: settings", "Where the desk's alarms differ from what is built in"),
};
SECTION(cabin_schema_top, "(top)", "The keys of the file itself.", top_keys);

static const struct cabin_schema_key event_keys[] = {
    REQUIRED_KEY("id", CABIN_KEY_ID, struct cabin_draft_event, id, "Short name, for people and addresses"),
    REQUIRED_KEY("name", CABIN_KEY_NAMES, struct cabin_draft_event, name, "What the listen page shows as its title"),
};
SECTION(cabin_schema_event, "event", "", event_keys);

#define SERVER struct cabin_config_server
static const struct cabin_schema_key server_keys[] = {
    TEXT_KEY("listen", CABIN_KEY_ADDRESS, SERVER, listen, "0.0.0.0:8080",
	     "Address and port of http; port 0 takes a free one"),
    {.name = "listen_tls",
     .type = CABIN_KEY_ADDRESS,
     .offset = offsetof(SERVER, listen_tls),
     .fallback = "`0.0.0.0:8443` with a certificate, else none",
     .help = "Address and port of https"},
    TEXT_KEY("tls_cert", CABIN_KEY_FILE, SERVER, tls_cert, NULL, "Certificate with its chain, PEM; needs tls_key"),
    TEXT_KEY("tls_key", CABIN_KEY_FILE, SERVER, tls_key, NULL, "Private key of the certificate, PEM"),
    INTEGER_KEY("loops", SERVER, loops, 0, CABIN_LOOPS_MAX, 0, "Network threads; 0: one for each processor core"),
    INTEGER_KEY("max_listeners", SERVER, max_listeners, 1, 100000, 5000,
		"Connections at once; more are refused with 503. 64 places for consoles are kept beside them"),
    INTEGER_KEY("max_listeners_per_address", SERVER, max_listeners_per_address, 0, 100000, 0,
		"Listeners of one IP address at once, more are refused with 503; 0: no limit"),
    INTEGER_KEY("queue_limit_ms", SERVER, queue_limit_ms, 40, CABIN_QUEUE_LIMIT_MAX_MS, 300,
		"A listener further behind than this skips to live"),
    INTEGER_KEY("close_after_ms", SERVER, close_after_ms, 500, 600000, 10000,
		"A listener that stays behind for this long is closed"),
    INTEGER_KEY("dscp_listeners", SERVER, dscp_listeners, 0, 63, 34,
		"DSCP of packets to listeners; 34 is AF41, 0 leaves it"),
    INTEGER_KEY("dscp_consoles", SERVER, dscp_consoles, 0, 63, 46,
		"DSCP of packets to interpreters' consoles; 46 is EF, 0 leaves it"),
    INTEGER_KEY("rto_min_us", SERVER, rto_min_us, 0, 1000000, 5000,
		"TCP's shortest wait before it sends again, where the kernel has it; 0 leaves it"),
    {.name = "log_level",
     .type = CABIN_KEY_CHOICE_TEXT,
     .offset = offsetof(SERVER, log_level),
     .initial_text = "info",
     .choices = log_levels,
     .help = "Log lines below this level are left out"},
    {.name = "data",
     .type = CABIN_KEY_FOLDER,
     .offset = offsetof(SERVER, data),
     .fallback = "`cabin-data` beside this file",
     .help = "Folder of the event's database: what the desk changes, and the log; made when it is not there"},
    INTEGER_KEY("spare_rooms", SERVER, spare_rooms, 0, CABIN_CONFIG_SPARE_ROOMS_MAX, CABIN_CONFIG_SPARE_ROOMS_MAX,
		"Rooms of up to 3 languages that the desk can add while the event runs"),
};
SECTION(cabin_schema_server, "server", "The command line and the environment come before these (`cabind --help`).",
	server_keys);

static const struct cabin_schema_key language_keys[] = {
    REQUIRED_KEY("id", CABIN_KEY_ID, struct cabin_draft_language, id,
		 "Language tag (BCP 47): 2 or 3 lower-case letters"),
    {.name = "name",
     .type = CABIN_KEY_NAMES,
     .offset = offsetof(struct cabin_draft_language, name),
     .fallback = "built in for common languages",
     .help = "The language's name in Vietnamese, French and English"},
};
SECTION(cabin_schema_language, "languages[]",
	"An item may be the tag alone, as in `languages: [vi, fr, en]`, where the language's names are built in: "
	"vi, fr, en, de, es, it, pt, ru, zh, ja, ko, lo, km, th.",
	language_keys);

#define DEVICE struct cabin_config_device
static const struct cabin_schema_key device_keys[] = {
    REQUIRED_KEY("name", CABIN_KEY_TEXT, DEVICE, name,
		 "Device's name as `cabind --list-devices` tells it, or a part of it that no other has"),
    TEXT_KEY("api", CABIN_KEY_TEXT, DEVICE, api, NULL, "PortAudio host API, such as ALSA or JACK; none: any"),
    TEXT_KEY("jack_server", CABIN_KEY_TEXT, DEVICE, jack_server, NULL,
	     "Name of the JACK server; none: the default one"),
    {.name = "rate_hz",
     .type = CABIN_KEY_INTEGER,
     .offset = offsetof(DEVICE, rate_hz),
     .min = 8000,
     .max = 192000,
     .range = "0, or 8000 to 192000",
     .help = "Sampling rate; 0: the device's own"},
    {.name = "buffer_frames",
     .type = CABIN_KEY_INTEGER,
     .offset = offsetof(DEVICE, buffer_frames),
     .min = 16,
     .max = 8192,
     .range = "0, or 16 to 8192",
     .help = "Frames in a callback; 0: the smallest that the device calls safe"},
};
SECTION(cabin_schema_device, "devices.ID",
	"A device need not be there when the server starts: it is taken up when it comes.", device_keys);

#define LEVEL_KEYS(structure, prefix)                                                                                  \
	NUMBER_KEY("gate_db", structure, prefix gate_db, -120, 0, -50,                                                 \
		   "A booth is on air while its level is above this (dBFS RMS over 20 ms); -120: always"),             \
	    NUMBER_KEY("silent_db", structure, prefix silent_db, -120, 0, -70, "Below this level (dBFS RMS) …"),       \
	    INTEGER_KEY("silent_after_ms", structure, prefix silent_after_ms, 500, 600000, 5000,                       \
			"… for this long, the source is told to be silent")
#define FADE_KEYS(structure)                                                                                           \
	INTEGER_KEY("fade_ms", structure, fade_ms, 0, 1000, 40, "Length of the cross-fade when the source changes")
#define HOLD_ROW(structure)                                                                                            \
	INTEGER_KEY(                                                                                                   \
	    "hold_ms", structure, hold_ms, 0, 60000, 2500,                                                             \
	    "How long a booth keeps the channel after it went quiet, or its microphone was switched off or lost")
#define IDLE_ROW(structure)                                                                                            \
	{                                                                                                              \
		.name = "idle", .type = CABIN_KEY_CHOICE, .offset = offsetof(structure, idle_feed),                    \
		.choices = idle_feeds,                                                                                 \
		.help = "What a channel carries while no seat is on air: the floor, nothing, or what another channel " \
			"carries; interpreters can change it during the event"                                         \
	}

static const struct cabin_schema_key defaults_keys[] = {
    NESTED_KEY("opus", "map", "Encoder settings of every source"),
    LEVEL_KEYS(struct cabin_draft_defaults, source.),
    HOLD_ROW(struct cabin_draft_defaults),
    IDLE_ROW(struct cabin_draft_defaults),
    FADE_KEYS(struct cabin_draft_defaults),
};
SECTION(cabin_schema_defaults, "defaults", "A source or channel that has the same key itself goes by its own.",
	defaults_keys);

#define OPUS struct cabin_config_opus
static const struct cabin_schema_key opus_keys[] = {
    {.name = "mode",
     .type = CABIN_KEY_CHOICE,
     .offset = offsetof(OPUS, mode),
     .choices = opus_modes,
     .help = "Opus application; low-delay keeps 20 Hz to 18 kHz and looks ahead by 2.5 ms only"},
    INTEGER_KEY("bitrate_bps", OPUS, bitrate_bps, 6000, 256000, 48000, "Bits a second"),
    {.name = "packet_ms",
     .type = CABIN_KEY_INTEGER,
     .offset = offsetof(OPUS, packet_ms),
     .min = 10,
     .max = 20,
     .initial = 20,
     .range = "10 or 20",
     .help = "Length of a packet; 10 has less delay and more overhead"},
    INTEGER_KEY("complexity", OPUS, complexity, 0, 10, 9, "Work that the encoder spends"),
    {.name = "dtx",
     .type = CABIN_KEY_SWITCH,
     .offset = offsetof(OPUS, dtx),
     .help = "Send nearly nothing while there is no sound; outside voip only from complexity 7 on"},
};
SECTION(cabin_schema_opus, "opus", "Under `defaults`, and under a source.", opus_keys);

#define SOURCE struct cabin_draft_source
static const struct cabin_schema_key source_keys[] = {
    TEXT_KEY("device", CABIN_KEY_REFERENCE, SOURCE, source.device, NULL, "Id of a device; needs inputs"),
    NESTED_KEY("inputs", "list of 1 to 64, from 1", "The device's channels, mixed to mono, as in `[1, 2]`"),
    TEXT_KEY("file", CABIN_KEY_FILE, SOURCE, file, NULL, "Sound file: WAV, FLAC or Ogg Opus"),
    NESTED_KEY("play", "list of 1 to 256", "Several files and silences, one after another; in place of file"),
    {.name = "loop",
     .type = CABIN_KEY_SWITCH,
     .offset = offsetof(SOURCE, source.loop),
     .help = "Begin again at the end of file or play"},
    {.name = "tone_hz",
     .type = CABIN_KEY_NUMBER,
     .offset = offsetof(SOURCE, source.tone_hz),
     .min = 20,
     .max = 20000,
     .fallback = "none",
     .help = "Test tone of this frequency, with a click each second"},
    NUMBER_KEY("gain_db", SOURCE, source.gain_db, -40, 40, 0, "Gain before the encoder"),
    NESTED_KEY("opus", "map", "Encoder settings of this source"),
    LEVEL_KEYS(SOURCE, source.),
};
SECTION(cabin_schema_source, "sources.ID", "Each source has exactly one of `device`, `file`, `play` and `tone_hz`.",
	source_keys);

#define PLAY struct cabin_draft_play
static const struct cabin_schema_key play_keys[] = {
    TEXT_KEY("file", CABIN_KEY_FILE, PLAY, file, NULL, "Sound file"),
    {.name = "length_ms",
     .type = CABIN_KEY_INTEGER,
     .offset = offsetof(PLAY, length_ms),
     .min = 1,
     .max = 86400000,
     .fallback = "none",
     .help = "The file is cut, or filled up with silence, to exactly this; none: as long as it is"},
    {.name = "silence_ms",
     .type = CABIN_KEY_INTEGER,
     .offset = offsetof(PLAY, silence_ms),
     .min = 1,
     .max = 86400000,
     .fallback = "none",
     .help = "Silence of this length, in place of a file"},
};
SECTION(cabin_schema_play, "sources.ID.play[]", "An item may be the file's name alone.", play_keys);

#define ROOM struct cabin_draft_room
static const struct cabin_schema_key room_keys[] = {
    REQUIRED_KEY("id", CABIN_KEY_ID, struct cabin_draft_room, id, "Begins the ids of the room's channels"),
    REQUIRED_KEY("name", CABIN_KEY_NAMES, struct cabin_draft_room, name, "What the listen page shows"),
    REQUIRED_NESTED_KEY("floor", "map", "The floor's channel, `ROOM.floor`"),
    NESTED_KEY("channels", "list, at most 13", "Language channels, `ROOM.LANGUAGE`"),
    {.name = "booths",
     .type = CABIN_KEY_NESTED,
     .range = "list",
     .fallback = "one for each language channel",
     .help = "Where interpreters sit"},
    {.name = "locked",
     .type = CABIN_KEY_SWITCH,
     .offset = offsetof(ROOM, locked),
     .help = "Listeners need the room's PIN; it needs pin"},
    TEXT_KEY("pin", CABIN_KEY_PIN, ROOM, pin, NULL, "What opens the room while it is locked"),
};
SECTION(cabin_schema_room, "rooms[]", "", room_keys);

#define CHANNEL struct cabin_draft_channel
#define NUMBER_ROW                                                                                                     \
	{                                                                                                              \
		.name = "number", .type = CABIN_KEY_INTEGER, .offset = offsetof(CHANNEL, number), .min = 1,            \
		.max = 65535, .fallback = "its place among all channels",                                              \
		.help = "The channel's number on the wire (SSRC)"                                                      \
	}
#define GAIN_ROW                                                                                                       \
	NUMBER_KEY("gain_db", CHANNEL, gain_db, -40, 40, 0,                                                            \
		   "Trim of all that the channel carries, applied at the ear; the desk can change it")
static const struct cabin_schema_key floor_keys[] = {
    TEXT_KEY("source", CABIN_KEY_REFERENCE, CHANNEL, source, NULL,
	     "Id of the source that hears the hall; none: silent until the desk gives the room an input"),
    NUMBER_ROW,
    FADE_KEYS(CHANNEL),
    GAIN_ROW,
};
SECTION(cabin_schema_floor, "rooms[].floor", "", floor_keys);

static const struct cabin_schema_key channel_keys[] = {
    REQUIRED_KEY("language", CABIN_KEY_REFERENCE, CHANNEL, language, "Id of one of the languages"),
    TEXT_KEY("source", CABIN_KEY_REFERENCE, CHANNEL, source, NULL,
	     "Id of the source that is the booth's line; none: the channel is idle until a seat is on air"),
    {.name = "booth",
     .type = CABIN_KEY_ID,
     .offset = offsetof(CHANNEL, booth),
     .fallback = "`ROOM-LANGUAGE`",
     .help = "In a room without `booths`: id of the booth that fills the channel; two channels with one booth are its "
	     "outputs a and b"},
    HOLD_ROW(CHANNEL),
    IDLE_ROW(CHANNEL),
    TEXT_KEY("idle_from", CABIN_KEY_REFERENCE, CHANNEL, idle_from, NULL,
	     "With `idle: channel`: the language of the other channel in this room"),
    FADE_KEYS(CHANNEL),
    NUMBER_ROW,
    GAIN_ROW,
    {.name = "hide",
     .type = CABIN_KEY_CHOICE,
     .offset = offsetof(CHANNEL, hide),
     .choices = hides,
     .help = "When listeners do not see the channel; idle: while no booth works in it"},
};
SECTION(cabin_schema_channel, "rooms[].channels[]", "", channel_keys);

#define BOOTH struct cabin_config_booth
static const struct cabin_schema_key booth_keys[] = {
    REQUIRED_KEY("id", CABIN_KEY_ID, BOOTH, id, "Short name, unique in the event; tokens name it"),
    {.name = "name",
     .type = CABIN_KEY_NAMES,
     .offset = offsetof(BOOTH, name),
     .fallback = "the languages of its outputs",
     .help = "What consoles show"},
    REQUIRED_NESTED_KEY("outputs", "list of 1 or 2",
			"Languages of this room's channels that it fills: output a, and b for a booth that works both "
			"ways; two booths may share one, and whoever is on air has it"),
    INTEGER_KEY("seats", BOOTH, seat_count, 2, 3, 2, "Interpreters at once"),
    {.name = "mode",
     .type = CABIN_KEY_CHOICE,
     .offset = offsetof(BOOTH, mode),
     .choices = booth_modes,
     .help = "override: the newest microphone takes the air; interlock: the first one keeps it"},
    HOLD_ROW(BOOTH),
    INTEGER_KEY("grace_ms", BOOTH, grace_ms, 0, 600000, 10000,
		"How long a seat is kept for a console whose connection was lost"),
    NESTED_KEY("opus", "map", "What its consoles encode with: bitrate_bps, packet_ms and complexity"),
    NESTED_KEY("documents", "list, at most 200", "Agenda, speeches, glossary, which its consoles open"),
};
SECTION(cabin_schema_booth, "rooms[].booths[]", "", booth_keys);

#define DOCUMENT struct cabin_config_document
static const struct cabin_schema_key document_keys[] = {
    REQUIRED_KEY("title", CABIN_KEY_NAMES, DOCUMENT, title, "What consoles show"),
    TEXT_KEY("file", CABIN_KEY_FILE, DOCUMENT, file, NULL, "A file that the server hands out to this booth alone"),
    TEXT_KEY("url", CABIN_KEY_URL, DOCUMENT, url, NULL, "A link, http:// or https://"),
};
SECTION(cabin_schema_document, "rooms[].booths[].documents[]", "Each has exactly one of `file` and `url`.",
	document_keys);

#define ACCESS struct cabin_config_access
static const struct cabin_schema_key access_keys[] = {
    TEXT_KEY("key", CABIN_KEY_FILE, ACCESS, key, NULL,
	     "Public key that tokens must be signed with (`cabinctl key create`); without one no console can join"),
    TEXT_KEY("revoked", CABIN_KEY_PATH, ACCESS, revoked, NULL,
	     "List of revoked tokens' ids, one a line (`cabinctl token revoke`); read again when it changes"),
};
SECTION(cabin_schema_access, "access", "", access_keys);

static const struct cabin_schema_key session_keys[] = {
    {.name = "id",
     .type = CABIN_KEY_ID,
     .offset = offsetof(struct cabin_draft_session, id),
     .fallback = "`session-1`, `session-2` …",
     .help = "Short name"},
    REQUIRED_KEY("room", CABIN_KEY_REFERENCE, struct cabin_draft_session, room, "Id of one of the rooms"),
    REQUIRED_KEY("start", CABIN_KEY_TIME, struct cabin_draft_session, start,
		 "Date, time and offset from UTC (RFC 3339): `2027-03-02T08:30:00+07:00`"),
    REQUIRED_KEY("end", CABIN_KEY_TIME, struct cabin_draft_session, end, "The same; after start"),
    REQUIRED_KEY("title", CABIN_KEY_NAMES, struct cabin_draft_session, title, "What the listen page shows"),
};
SECTION(cabin_schema_session, "agenda[]", "Sessions of one room must not overlap.", session_keys);

#define ANNOUNCEMENT struct cabin_config_announcement
static const struct cabin_schema_key announcement_keys[] = {
    REQUIRED_KEY(
	"id", CABIN_KEY_ID, ANNOUNCEMENT, id,
	"Short name, 47 characters at most; that of a built-in one replaces it, and `identification` replaces the "
	"spoken names of the channels"),
    REQUIRED_KEY("title", CABIN_KEY_NAMES, ANNOUNCEMENT, title, "What the desk shows"),
    REQUIRED_NESTED_KEY("files", "map of LANGUAGE: file",
			"What listeners of each language hear; floors, and channels of a language that is not here, "
			"get all of them one after another"),
};
SECTION(cabin_schema_announcement, "announcements[]",
	"With the built-in ones, 64 sounds at most: one for each language of each, and one more for each.",
	announcement_keys);

#define ALARM struct cabin_config_alarm
static const struct cabin_schema_key alarm_keys[] = {
    {.name = "threshold",
     .type = CABIN_KEY_NUMBER,
     .offset = offsetof(ALARM, threshold),
     .min = -1000000,
     .max = 1000000,
     .initial = NAN,
     .fallback = "the kind's own",
     .help = "In the kind's unit; beyond it the alarm is raised …"},
    {.name = "hold_ms",
     .type = CABIN_KEY_INTEGER,
     .offset = offsetof(ALARM, hold_ms),
     .max = 86400000,
     .initial = UINT32_MAX,
     .fallback = "the kind's own",
     .help = "… once it has lasted for this long"},
    {.name = "off", .type = CABIN_KEY_SWITCH, .offset = offsetof(ALARM, off), .help = "Never raise it"},
};
SECTION(cabin_schema_alarm, "alarms.KIND", "docs/alarms.md tells the kinds, with their thresholds and units.",
	alarm_keys);

const struct cabin_schema_section *const cabin_schema_sections[] = {
    &cabin_schema_top,
    &cabin_schema_event,
    &cabin_schema_server,
    &cabin_schema_language,
    &cabin_schema_device,
    &cabin_schema_source,
    &cabin_schema_play,
    &cabin_schema_opus,
    &cabin_schema_defaults,
    &cabin_schema_room,
    &cabin_schema_floor,
    &cabin_schema_channel,
    &cabin_schema_booth,
    &cabin_schema_document,
    &cabin_schema_access,
    &cabin_schema_session,
    &cabin_schema_announcement,
    &cabin_schema_alarm,
    NULL,
};
