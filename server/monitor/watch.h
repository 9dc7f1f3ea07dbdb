/* The watch: turns the server's figures into observations of alarms, ten times a second.
 *
 *   desk: hub, meter, capture, net, store ─ copies ─▶ struct cabin_watch_input
 *                                                          │ rules (watch_rules.h)
 *                                                          ▼
 *                                                     struct cabin_alarms
 *
 * The caller fills plain fields, so nothing here knows where a figure comes from.
 * Counters are since the server's start; the watch makes them "within the last
 * seconds". Pure: no thread, no clock, no allocation after create. One owner. */
#ifndef CABIN_MONITOR_WATCH_H
#define CABIN_MONITOR_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "monitor/alarm.h"

enum { CABIN_WATCH_NONE = UINT16_MAX }; /* an index: nobody; the hub's CABIN_INDEX_NONE */

/* How a point sounds. Silence: −120 or less, −HUGE_VAL too. */
struct cabin_watch_level {
	double rms_dbfs; /* of the newest 50–100 ms */
	double short_term_lufs;
	uint32_t clips;	     /* counter */
	uint64_t updated_ns; /* when the newest packet came; 0: none yet */
};

/* By the hub's source index: inputs, then seats. */
struct cabin_watch_source {
	bool used; /* false: a place that nothing has; no alarm */
	bool lost; /* its device is gone; seats: false */
	uint64_t overruns;
	struct cabin_watch_level level;
};

struct cabin_watch_channel {
	bool used;
	bool is_floor;
	bool from_booth; /* its feed is a booth's seat or line */
	bool steered;	 /* the technician decides what is on it (an override): no rule judges its sound */
	uint16_t room_index;
	uint16_t source_index; /* that feeds it now; of a floor also while it is silent or lost; or CABIN_WATCH_NONE */
	uint64_t packets, source_gaps;
	uint32_t listeners;
	uint32_t in_trouble;	    /* of the listeners, now */
	double mouth_to_ear_p95_ms; /* of the last minute; between two bounds of
				     * a histogram, in proportion; NAN: no report has one */
};

struct cabin_watch_booth {
	bool used;
	uint16_t room_index;
	uint16_t on_air_source; /* of the seat that is on air with an open microphone; CABIN_WATCH_NONE: none */
	bool coughs;		/* the cough key is held down */
	uint64_t uplink_packets, uplink_late, uplink_lost; /* counters of that seat */
	double uplink_age_ms;
};

struct cabin_watch_room {
	bool used;
	uint32_t session;	 /* of the agenda: differs from one to the next; 0: none is on, or there is no agenda */
	uint32_t session_left_s; /* until its planned end; 0: unknown */
};

struct cabin_watch_server {
	uint64_t dropped;	 /* counter: listeners' connections that ended though nobody ended them */
	uint64_t clock_jumps;	 /* counter */
	double certificate_days; /* that it is still good; NAN: there is none */
	uint64_t disk_free_bytes, disk_size_bytes; /* 0 and 0: unknown */
	bool store_failed;			   /* it cannot write */
	uint32_t queue_limit_ms;		   /* as configured: older sound of a console is dropped */
};

struct cabin_watch_input {
	const struct cabin_watch_source *sources; /* as many as told at create, all arrays */
	const struct cabin_watch_channel *channels;
	const struct cabin_watch_booth *booths;
	const struct cabin_watch_room *rooms;
	struct cabin_watch_server server;
};

struct cabin_watch_config {
	uint16_t source_count, channel_count, booth_count, room_count;
	struct cabin_alarms *alarms; /* borrowed for life; made with the same counts */
};

struct cabin_watch;

CABIN_MUST_CHECK int cabin_watch_create(struct cabin_watch **out,
					const struct cabin_watch_config *config); /* CABIN_ENOMEM */
void cabin_watch_destroy(struct cabin_watch *watch);				  /* NULL is fine */

/* One round: observes everything, then ticks the alarms. Each 100 ms; `now_ns` never
 * goes back. Indices in the input that are out of range count as CABIN_WATCH_NONE. */
void cabin_watch_step(struct cabin_watch *watch, const struct cabin_watch_input *input, uint64_t now_ns);

#endif
