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
};

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
	struct cabin_text name;
};

struct cabin_config_room {
	const char *id;
	struct cabin_text name;
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
	uint16_t language_count, device_count, source_count, room_count, channel_count, booth_count, session_count;
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

/* The answer of /api/v1/event (docs/protocol.md, 1), to be freed by the caller. NULL: no memory. */
CABIN_MUST_CHECK char *cabin_config_event_json(const struct cabin_config *config);

/* The answer of /api/v1/booth/documents for one booth (docs/protocol.md), to be freed by
 * the caller. NULL: no memory. */
CABIN_MUST_CHECK char *cabin_config_documents_json(const struct cabin_config_booth *booth);

/* Every key with type, range, default and meaning, as the Markdown tables of
 * docs/configuration.md. */
void cabin_config_write_reference(FILE *to);

/* "ADDRESS:PORT" with an IPv4 address, an IPv6 one in brackets, or localhost; port 0 … 65,535. */
bool cabin_config_address_valid(const char *text);

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
