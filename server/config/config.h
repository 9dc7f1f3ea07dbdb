/* The configuration: one YAML file, read once at start into plain structs.
 *
 * Every error is told at once as `FILE:LINE:COLUMN: what is wrong; what to do`, with
 * the nearest known key. All memory belongs to the cabin_config; ids are unique
 * within their kind. Main thread. */
#ifndef CABIN_CONFIG_H
#define CABIN_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "relay/hub.h"

/* Vietnamese, French, English; a name that is missing in one language is taken from
 * another. Never NULL after parsing. */
struct cabin_text {
	const char *vi, *fr, *en;
};

struct cabin_config_language {
	const char *id; /* BCP 47 primary tag: "vi" */
	struct cabin_text name;
};

struct cabin_config_device {
	const char *id;
	const char *api;	 /* PortAudio host API's name, or NULL for any */
	const char *name;	 /* device's name, exact or an unambiguous part of it */
	const char *jack_server; /* JACK server's name (JACK_DEFAULT_SERVER), or NULL */
	uint32_t rate_hz;	 /* 0: the device's own */
	uint32_t buffer_frames;	 /* 0: the smallest that the device calls safe */
};

enum cabin_opus_mode { CABIN_OPUS_LOW_DELAY, CABIN_OPUS_AUDIO, CABIN_OPUS_VOIP };

struct cabin_config_opus {
	enum cabin_opus_mode mode; /* low-delay */
	uint32_t bitrate_bps;	   /* 48,000; 6,000 … 256,000 */
	uint32_t packet_ms;	   /* 20; or 10 */
	uint32_t complexity;	   /* 9; 0 … 10 */
	bool dtx;		   /* false */
};

/* Beside limits.h: what the desk may add while the event runs, and what it may play. */
enum {
	CABIN_CONFIG_SPARE_ROOMS_MAX = 4,
	CABIN_CONFIG_INSERTS_MAX = 64, /* sources that the desk plays, built-in ones included */
	CABIN_CONFIG_PIN_MIN_DIGITS = 4,
	CABIN_CONFIG_PIN_MAX_DIGITS = 8,
	CABIN_CONFIG_HIDDEN_WORDS = 2 /* of 64 channels each: the bitmap of hidden ones */
};

enum cabin_source_kind { CABIN_SOURCE_DEVICE, CABIN_SOURCE_FILE, CABIN_SOURCE_TONE };

/* One entry of a file source's list: `file` or silence, made exactly `length_ms`
 * long (padded or cut) when that is not 0. */
struct cabin_config_play {
	const char
	    *file; /* path as the server opens it (made absolute from the configuration's folder); NULL: silence */
	uint32_t length_ms;
};

struct cabin_config_source {
	const char *id;
	enum cabin_source_kind kind;
	const char *device; /* kind device: a device's id */
	uint32_t *inputs;   /* kind device: its channels, from 1, mixed to mono */
	uint32_t input_count;
	struct cabin_config_play *play; /* kind file */
	uint32_t play_count;
	bool loop;
	float tone_hz; /* kind tone; a click each second comes with it */
	float gain_db; /* −40 … +40 */
	struct cabin_config_opus opus;
	/* A booth's source counts as active while its level is above the gate. */
	float gate_db;		  /* dBFS RMS over 20 ms, −50; −120: always active */
	float silent_db;	  /* below this (−70) … */
	uint32_t silent_after_ms; /* … for this long (5,000) the source is called silent */
	bool insert;		  /* made by cabin_config_add_inserts: rests until the desk plays it */
};

/* When a language channel is left out of what listeners see. */
enum cabin_hide { CABIN_HIDE_NEVER, CABIN_HIDE_IDLE /* while no booth works in it */, CABIN_HIDE_ALWAYS };

struct cabin_config_channel {
	const char *id;	 /* "plenary.fr": room id, dot, language id or "floor" */
	uint16_t number; /* SSRC */
	enum cabin_channel_kind kind;
	uint16_t language_index;      /* CABIN_INDEX_NONE for a floor */
	const char *booth_id;	      /* of the first booth whose output it is, "plenary-fr"; NULL for a floor */
	uint16_t source_index;	      /* CABIN_INDEX_NONE: none */
	uint16_t floor_channel_index; /* its room's floor, into `channels`; its own index for a floor */
	uint16_t room_index;
	enum cabin_idle_feed idle_feed; /* pass-through */
	uint16_t idle_from_index; /* idle feed CABIN_IDLE_CHANNEL: which, into `channels`; else CABIN_INDEX_NONE */
	uint32_t hold_ms;	  /* 2,500 */
	uint32_t fade_ms;	  /* 40 */
	float gain_db;		  /* trim of all that it carries, at the listener's ear: 0; −40 … +40 */
	enum cabin_hide hide;	  /* never; a floor always never */
	struct cabin_text name;
};

struct cabin_config_room {
	const char *id;
	struct cabin_text name;
	bool locked;				     /* listeners need the PIN */
	const char *pin;			     /* 4 to 8 digits; NULL: none, and not locked */
	bool added;				     /* by cabin_config_add_room */
	uint16_t first_channel_index, channel_count; /* its channels stand together, floor first */
};

/* What interpreters may open: exactly one of file and url. */
struct cabin_config_document {
	struct cabin_text title;
	const char *file; /* path as the server opens it, or NULL */
	const char *url;  /* http: or https:, or NULL */
};

struct cabin_config_booth {
	const char *id; /* "plenary-fr"; unique in the event */
	struct cabin_text name;
	uint16_t room_index;
	uint16_t output_channel_index[CABIN_OUTPUTS_MAX]; /* a, b: language channels of its room; b: CABIN_INDEX_NONE */
	uint32_t seat_count;				  /* 2; or 3 */
	enum cabin_booth_mode mode;			  /* override */
	uint32_t hold_ms;				  /* 2,500 */
	uint32_t grace_ms;				  /* 10,000 */
	struct cabin_config_opus opus;			  /* what its consoles encode with: low-delay, no DTX */
	struct cabin_config_document *documents;
	uint16_t document_count;
};

struct cabin_config_access {
	const char *key;     /* public key file, or NULL: no console can join */
	const char *revoked; /* list of revoked tokens, or NULL */
};

struct cabin_config_session {
	const char *id;
	uint16_t room_index;
	const char *start, *end; /* RFC 3339 with offset, valid, start < end */
	struct cabin_text title;
};

/* What one of the kinds of alarms does otherwise than built in (docs/alarms.md). */
struct cabin_config_alarm {
	const char *kind; /* one of cabin_config_alarm_kinds */
	float threshold;  /* NAN: the kind's own */
	uint32_t hold_ms; /* UINT32_MAX: the kind's own */
	bool off;
};

struct cabin_config_announcement_file {
	const char *language; /* an id of `languages`, or vi, fr, en */
	const char *file;     /* as the server opens it */
};

struct cabin_config_announcement {
	const char *id;
	struct cabin_text title;
	struct cabin_config_announcement_file *files;
	uint16_t file_count;
};

enum cabin_insert_kind { CABIN_INSERT_TONE, CABIN_INSERT_IDENTIFICATION, CABIN_INSERT_ANNOUNCEMENT };

/* A source that the desk puts on channels. */
struct cabin_config_insert {
	const char *id; /* "tone", "identification", "identification.vi", "evacuation", "evacuation.vi"; its source's
			   id is this after "insert." */
	enum cabin_insert_kind kind;
	const char *group;	 /* announcement: its id; else NULL */
	struct cabin_text title; /* what the desk shows; of an announcement its title */
	const char *language;	 /* language's id; NULL: all of its languages one after another, for floors and
				    channels whose language has none of its own; the tone: NULL */
	uint16_t source_index;
};

struct cabin_config_server {
	const char *listen;		    /* "ADDRESS:PORT" http; default 0.0.0.0:8080 */
	const char *listen_tls;		    /* https, NULL without certificate; default 0.0.0.0:8443 with one */
	const char *tls_cert, *tls_key;	    /* PEM files or NULL */
	uint32_t loops;			    /* 0: one per core */
	uint32_t max_listeners;		    /* 5,000 */
	uint32_t max_listeners_per_address; /* 0: no limit */
	uint32_t queue_limit_ms;	    /* 300 */
	uint32_t close_after_ms;	    /* 10,000 */
	uint32_t dscp_listeners;	    /* 34, AF41 */
	uint32_t dscp_consoles;		    /* 46, EF */
	uint32_t rto_min_us;   /* 5,000: TCP's floor for retransmission where the kernel has it; 0: leave it */
	const char *log_level; /* "info" */
	const char *data; /* folder of the database, "cabin-data" beside the file; NULL (the demo): a temporary one */
	uint32_t spare_rooms; /* 4: rooms that can be added while the event runs */
};

struct cabin_config {
	const char *event_id;
	struct cabin_text event_name;
	struct cabin_config_server server;
	struct cabin_config_access access;
	struct cabin_config_language *languages;
	struct cabin_config_device *devices;
	struct cabin_config_source *sources;
	struct cabin_config_room *rooms;
	struct cabin_config_channel *channels;
	struct cabin_config_booth *booths;
	struct cabin_config_session *sessions;
	struct cabin_config_announcement *announcements; /* of the file, without the built-in ones */
	struct cabin_config_alarm *alarms;
	struct cabin_config_insert *inserts; /* after cabin_config_add_inserts */
	uint16_t language_count, device_count, source_count, room_count, channel_count, booth_count, session_count;
	uint16_t announcement_count, alarm_count, insert_count;
};

/* Reads and checks `path`. On errors writes one line each to `errors` and returns
 * CABIN_EFORMAT (content) or CABIN_EIO (cannot read); `*out` is NULL then. */
CABIN_MUST_CHECK int cabin_config_load(struct cabin_config **out, const char *path, FILE *errors);

/* The same from memory, for tests and fuzzing; `name` stands for the file in
 * messages, relative paths count from `folder`. */
CABIN_MUST_CHECK int cabin_config_parse(struct cabin_config **out, const char *text, size_t size, const char *name,
					const char *folder, FILE *errors);

void cabin_config_destroy(struct cabin_config *config);

/* Writes the whole configuration, defaults included, as YAML that loads again. */
void cabin_config_print(const struct cabin_config *config, FILE *to);

/* The answer of /api/v1/event (docs/protocol.md, 1), to be freed by the caller, without the
 * language channels that are hidden always. NULL: no memory. */
CABIN_MUST_CHECK char *cabin_config_event_json(const struct cabin_config *config);

/* The same without the channels that are hidden now: bit i % 64 of `hidden[i / 64]` is
 * channel i of the configuration. */
CABIN_MUST_CHECK char *cabin_config_event_json_without(const struct cabin_config *config,
						       const uint64_t hidden[CABIN_CONFIG_HIDDEN_WORDS]);

/* The answer of /api/v1/booth/documents for one booth (docs/protocol.md), to be freed by
 * the caller. NULL: no memory. */
CABIN_MUST_CHECK char *cabin_config_documents_json(const struct cabin_config_booth *booth);

/* Every key with type, range, default and meaning, as the Markdown tables of
 * docs/configuration.md. */
void cabin_config_write_reference(FILE *to);

/* "ADDRESS:PORT" with an IPv4 address, an IPv6 one in brackets, or localhost; port 0 … 65,535. */
bool cabin_config_address_valid(const char *text);

/* 4 to 8 digits. */
bool cabin_config_pin_valid(const char *text);

/* The ids of all kinds of alarms, in the order of docs/alarms.md; ends with NULL. */
extern const char *const cabin_config_alarm_kinds[];

/* Appends the inserts' sources after all others, and fills `inserts`: the test tone, the
 * identifications, every announcement, each with its languages and with all of them at
 * once. `sounds_folder` holds the built-in files (deploy/sounds; cabin_share_path).
 * Once, after everything else that adds sources. CABIN_ENOMEM; CABIN_EFULL: over
 * CABIN_SOURCES_MAX, nothing is added then. */
CABIN_MUST_CHECK int cabin_config_add_inserts(struct cabin_config *config, const char *sounds_folder);

/* The insert for a channel of `language` (NULL: a floor): that language's, else the one
 * of all languages. `group` is the announcement's id, else NULL. NULL: none. */
const struct cabin_config_insert *cabin_config_find_insert(const struct cabin_config *config,
							   enum cabin_insert_kind kind, const char *group,
							   const char *language);

/* Moves the whole agenda by one constant, so that its earliest session starts at
 * `start_unix_s`, and writes its times in the zone of TZ. CABIN_ENOMEM,
 * CABIN_EINVAL: a time leaves the years 1970 to 9999; nothing is moved then. */
CABIN_MUST_CHECK int cabin_config_move_agenda(struct cabin_config *config, int64_t start_unix_s);

/* Makes input 1 of `device` the floor of room `room_index`: a device and a source with
 * the id `floor-device` are added, and the room's language channels lose their booths'
 * sources, which interpret something else. The texts of `device` are copied.
 * CABIN_ENOMEM, CABIN_EFULL: over a limit of limits.h. */
CABIN_MUST_CHECK int cabin_config_use_device(struct cabin_config *config, uint16_t room_index,
					     const struct cabin_config_device *device);

#endif
