/* What the parts of the desk share. desk.c: thread and steps; changes.c: what differs
 * from the file; model.c: the tables made of it; reconcile.c: telling the hub and the
 * network; api.c: requests; settings.c, talk.c: what they do; read.c, listeners.c: what is shown;
 * minutes.c: figures of each minute; watch.c: alarms. The desk's thread. */
#ifndef CABIN_DESK_INTERNAL_H
#define CABIN_DESK_INTERNAL_H

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>

#include "config/config_change.h"
#include "desk/desk.h"
#include "monitor/alarm.h"
#include "monitor/watch.h"

enum {
	DESK_CHANGES_MAX = 1024,
	DESK_HOUR_PARTS = 12, /* of five minutes */
	DESK_STEP_MS = 100,
	DESK_MINUTE_S = 60,
	DESK_TIME_MAX_BYTES = 64,
	DESK_BOOTH_WORDS = 2, /* of 64 booths each */
	DESK_SPARE_SEATS = 2  /* of a booth of an added room */
};

enum { DESK_HIDES = 3 };
extern const char *const desk_hide_words[DESK_HIDES]; /* of enum cabin_hide */

/* What a channel carries, by a technician's hand; resolved to what the hub knows. */
struct desk_feed {
	uint8_t override;    /* enum cabin_override */
	uint16_t from_index; /* channel or source; else CABIN_INDEX_NONE */
};

struct desk_minute {
	double loudness_sum; /* of the seconds' energies, LUFS as power */
	double peak_dbfs;
	uint32_t seconds, sounding, listeners_max;
	uint32_t seconds_by_feed[CABIN_FEED_COUNT];
	uint64_t packets_before, gaps_before, clips_before;
	double concealed_before_ms;
};

/* One place for each channel of the hub; `used` says whether it is one now. */
struct desk_channel {
	bool used;
	uint16_t config_index; /* into desk->current; CABIN_INDEX_NONE: the desk's own */
	uint16_t room_index;
	bool floor;
	char id[2 * CABIN_NAME_MAX_BYTES];
	/* Changes. */
	char source[2 * CABIN_NAME_MAX_BYTES + 16]; /* "auto", "silence", "floor", "channel:ID", "input:ID" */
	struct desk_feed by_hand;		    /* what `source` means */
	bool muted;
	double gain_db;
	enum cabin_hide hide;
	/* While it lasts. */
	uint16_t insert_index; /* source of a tone or an identification; CABIN_INDEX_NONE */
	uint64_t staffed_ns;   /* when somebody was last in a booth of it */
	bool hidden;
	uint32_t listeners, parts[DESK_HOUR_PARTS]; /* now; the largest of each five minutes, oldest first */
	struct desk_minute minute;
	/* As the hub was told. */
	struct desk_feed told;
	double told_gain_db;
	uint16_t told_input; /* of a floor */
};

struct desk_room {
	bool used, added;
	uint16_t config_index;
	uint16_t floor_index; /* its channels stand behind it */
	uint16_t channel_count;
	char id[CABIN_NAME_MAX_BYTES];
	uint16_t input_index; /* source, or CABIN_INDEX_NONE */
	bool locked;
	uint32_t pin; /* with a leading 1; 0: none */
	uint32_t told_pin;
	struct cabin_room_setup *setup;	    /* of a spare room in use: the newest that the hub was given */
	uint32_t setup_number, told_number; /* grows with each that is set up or given up */
};

/* Texts that the hub and the network read until the end. */
struct desk_setup {
	struct cabin_room_setup setup;
	char id[CABIN_NAME_MAX_BYTES], languages[CABIN_SPARE_LANGUAGES_MAX][CABIN_NAME_MAX_BYTES],
	    booth_ids[CABIN_SPARE_LANGUAGES_MAX][CABIN_NAME_MAX_BYTES];
	struct desk_setup *next;
};

struct desk_announcing {
	bool on, voice;
	char id[CABIN_NAME_MAX_BYTES];
	uint16_t room_index; /* CABIN_INDEX_NONE: the whole event */
	uint32_t repeats;
	int64_t since_unix_ms;
	uint64_t began_ns;
	char author[64];
};

struct desk_talkback {
	bool on;
	uint64_t booth_bits[DESK_BOOTH_WORDS], told_bits[DESK_BOOTH_WORDS];
	int64_t since_unix_ms;
	char author[64];
};

struct desk_probe {
	bool on;
	uint16_t source_index;
	uint64_t heard_ns; /* when somebody was last listening */
};

enum desk_message_kind { DESK_REQUEST, DESK_EVENT };
struct desk_message {
	enum desk_message_kind kind;
	void *body; /* struct cabin_api_request or struct cabin_hub_event, handed over */
};

/* Written by the desk's thread, read by any: relaxed. */
struct desk_figures {
	_Atomic uint32_t changes, store_writable;
	_Atomic uint64_t store_entries, store_dropped, store_waiting, disk_free_bytes, store_file_bytes;
};

struct cabin_desk {
	struct cabin_desk_config config;
	struct cabin_inbox *inbox;
	int wake_fd;
	pthread_t thread;
	bool started;
	atomic_bool stopping;
	_Atomic uint64_t dropped_events;
	struct desk_figures figures;

	struct cabin_store_change *changes; /* that hold; values owned */
	uint32_t change_count;
	struct cabin_config *current; /* the file's configuration with all changes in it */

	struct desk_channel channels[CABIN_CHANNELS_MAX];
	struct desk_room rooms[CABIN_ROOMS_MAX];
	struct desk_setup *setups; /* every one that was ever given */
	bool playing[CABIN_SOURCES_MAX];
	struct desk_announcing announcing;
	struct desk_talkback talkback;
	struct desk_probe probes[CABIN_PROBES];
	char *event_json; /* as the network was told */
	bool event_made;  /* of `current`, with these channels hidden */
	uint64_t hidden_made[CABIN_CONFIG_HIDDEN_WORDS];

	struct cabin_alarms *alarms;
	struct cabin_watch *watch;
	struct desk_watched *watched; /* what the watch is given */
	bool alarms_changed;
	int certificate_days;	    /* INT_MAX: there is none */
	int64_t wall_less_clock_ms; /* where the wall clock stood, to see a jump */
	uint64_t clock_jumps;

	struct cabin_audience *audience;
	uint64_t revision;
	char *map_told;
	bool map_changed;
	uint64_t began_ns, step_ns, second_ns, audience_ns, map_ns, certificate_ns;
	int64_t minute_unix_s, part_unix_s;
};

/* desk.c */
int64_t desk_unix_ms(void);
void desk_time_text(char out[DESK_TIME_MAX_BYTES], int64_t unix_ms); /* RFC 3339, UTC, with milliseconds */
/* Writes the log; a text that does not fit is cut. `detail` is stolen, NULL: {}. */
void desk_log(struct cabin_desk *desk, const char *kind, const char *subject, const char *author, json_t *detail);
void desk_fill_entry(struct cabin_store_entry *entry, const char *kind, const char *subject, const char *author,
		     json_t *detail);
void desk_tell_entry(struct cabin_desk *desk, const struct cabin_store_entry *entry); /* to desks alone */
/* One message to every desk: {"type":TYPE, …message}; steals `message`. False: not all of them get it. */
bool desk_tell(struct cabin_desk *desk, const char *type, json_t *message);

/* changes.c */
int desk_changes_load(struct cabin_store_change **out, uint32_t *count, struct cabin_store *store);
const struct cabin_store_change *desk_change(const struct cabin_desk *desk, const char *scope, const char *subject,
					     const char *key);
/* The value of a change, a new reference; NULL: there is none. */
json_t *desk_change_value(const struct cabin_desk *desk, const char *scope, const char *subject, const char *key);
/* Puts `changes` into what holds, and makes `current` and the tables anew. On failure all
 * is as it was, and `why` says what is wrong. Copies them. CABIN_EINVAL, CABIN_EFULL, CABIN_ENOMEM. */
CABIN_MUST_CHECK int desk_changes_put(struct cabin_desk *desk, const struct cabin_store_change *changes, unsigned count,
				      struct cabin_config_refusal *why);
void desk_changes_free(struct cabin_store_change *changes, uint32_t count);
/* What the file says in the same place, a new reference; NULL: nothing. */
json_t *desk_configured(const struct cabin_desk *desk, const struct cabin_store_change *change);

/* model.c */
CABIN_MUST_CHECK int desk_model_begin(struct cabin_desk *desk);
void desk_model_update(struct cabin_desk *desk);
uint16_t desk_find_channel(const struct cabin_desk *desk, const char *id); /* CABIN_INDEX_NONE */
uint16_t desk_find_room(const struct cabin_desk *desk, const char *id);
uint16_t desk_find_booth(const struct cabin_desk *desk, const char *id);	/* the hub's index */
uint16_t desk_find_input(const struct cabin_desk *desk, const char *id);	/* no insert */
const char *desk_booth_id(const struct cabin_desk *desk, uint16_t booth_index); /* NULL: not there */
uint16_t desk_booth_room(const struct cabin_desk *desk, uint16_t booth_index);
uint8_t desk_booth_seats(const struct cabin_desk *desk, uint16_t booth_index);
const struct cabin_config_channel *desk_config_channel(const struct cabin_desk *desk, uint16_t channel_index);
bool desk_parse_source(const struct cabin_desk *desk, uint16_t channel_index, const char *source,
		       struct desk_feed *out);

/* reconcile.c: tells what is not yet as it is wanted. */
void desk_reconcile(struct cabin_desk *desk, uint64_t now_ns);
struct desk_feed desk_wanted_feed(const struct cabin_desk *desk, uint16_t channel_index);
/* Source of the insert for a channel, by its language; CABIN_INDEX_NONE: there is none. */
uint16_t desk_insert_for(const struct cabin_desk *desk, enum cabin_insert_kind kind, const char *group,
			 uint16_t channel_index);

/* api.c */
void desk_serve(struct cabin_desk *desk, struct cabin_api_request *request);
void desk_answer(struct cabin_desk *desk, const struct cabin_api_request *request, int status, json_t *body);
__attribute__((format(printf, 5, 6))) void desk_refuse(struct cabin_desk *desk, const struct cabin_api_request *request,
						       int status, const char *code, const char *format, ...);
/* Stores changes and the entry, then answers `body` with "stored" in it. */
void desk_commit(struct cabin_desk *desk, const struct cabin_api_request *request,
		 const struct cabin_store_change *changes, unsigned count, const char *subject, json_t *detail,
		 int status, json_t *body);
const char *desk_author(const struct cabin_api_request *request);

/* read.c, listeners.c: new references, NULL without memory. An observer is told no PIN. */
json_t *desk_map_json(struct cabin_desk *desk, bool observer);
void desk_add_moment(const struct cabin_desk *desk, json_t *map); /* what differs each time: revision, times */
json_t *desk_room_json(const struct cabin_desk *desk, uint16_t room_index, bool observer);
json_t *desk_channel_json(const struct cabin_desk *desk, uint16_t channel_index);
json_t *desk_announcing_json(const struct cabin_desk *desk);
json_t *desk_talkback_json(const struct cabin_desk *desk);
json_t *desk_audience_json(struct cabin_desk *desk);
/* What the agenda says is on in the room, and what comes next; NULL: nothing. */
void desk_sessions(const struct cabin_desk *desk, uint16_t room_index, const struct cabin_config_session **on,
		   const struct cabin_config_session **next);

/* watch.c */
CABIN_MUST_CHECK int desk_watch_begin(struct cabin_desk *desk);
void desk_watch_step(struct cabin_desk *desk, uint64_t now_ns);
json_t *desk_alarms_json(const struct cabin_desk *desk);
json_t *desk_alarm_json_of(const struct cabin_desk *desk, uint64_t id); /* NULL: there is none */
unsigned desk_source_count(const struct cabin_desk *desk);		/* capture's and seats' */

/* minutes.c */
void desk_minutes_second(struct cabin_desk *desk);
/* The value below which `share` of the counts lie; NAN: there are none. */
double desk_percentile(const uint32_t counts[CABIN_AUDIENCE_BUCKETS], double share);

#endif
