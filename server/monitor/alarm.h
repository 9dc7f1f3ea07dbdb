/* Alarms: what the technician must know, each from a figure, a threshold and a hold.
 *
 *             worse than the threshold, for the hold            acknowledge
 *   quiet ──────────────────────────────────────────▶ raised ─────────────────▶ raised, acknowledged
 *     ▲                                                 │                            │
 *     └──── better than threshold ± margin, for the clear time ─────────────────────┘
 *
 * An instance is one kind for one subject (floor-silent of channel 4), raised at most
 * once until it clears; so however often a figure trembles around its threshold, the
 * technician hears of it once. Where a kind has a second, critical threshold, an alarm
 * that passes it becomes critical, and its acknowledgement is taken back: that is news.
 *
 * Time counts between two observations that both say the same, at most
 * CABIN_ALARM_STEP_MAX_MS each: a thread that was held up raises nothing by it. What is
 * no longer observed for CABIN_ALARM_STALE_MS clears.
 *
 * Pure: no thread, no clock, no allocation after create. One owner, which makes all
 * calls, but for cabin_alarms_figures. */
#ifndef CABIN_MONITOR_ALARM_H
#define CABIN_MONITOR_ALARM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

enum cabin_alarm_kind {
	CABIN_ALARM_FLOOR_SILENT,
	CABIN_ALARM_BOOTH_SILENT_ON_AIR,
	CABIN_ALARM_CLIPPING,
	CABIN_ALARM_TOO_LOW,
	CABIN_ALARM_DEVICE_LOST,
	CABIN_ALARM_CAPTURE_OVERRUNS,
	CABIN_ALARM_PACKET_GAPS,
	CABIN_ALARM_DELAY,
	CABIN_ALARM_LISTENERS_DROPPING,
	CABIN_ALARM_LISTENERS_IN_TROUBLE,
	CABIN_ALARM_UPLINK_LATE,
	CABIN_ALARM_CLOCK_JUMP,
	CABIN_ALARM_CERTIFICATE,
	CABIN_ALARM_DISK_LOW,
	CABIN_ALARM_STORE_FAILED,
	CABIN_ALARM_KINDS
};

/* What a subject index counts: sources as the hub numbers them (inputs, then seats),
 * channels, booths, rooms; the server is 0. */
enum cabin_alarm_subject {
	CABIN_ALARM_SUBJECT_SOURCE,
	CABIN_ALARM_SUBJECT_CHANNEL,
	CABIN_ALARM_SUBJECT_BOOTH,
	CABIN_ALARM_SUBJECT_ROOM,
	CABIN_ALARM_SUBJECT_SERVER,
	CABIN_ALARM_SUBJECTS
};

enum cabin_alarm_severity { CABIN_ALARM_WARNING, CABIN_ALARM_CRITICAL };

enum cabin_alarm_side {
	CABIN_ALARM_BELOW,
	CABIN_ALARM_FROM
}; /* bad is: less than the threshold; the threshold or more */

enum {
	CABIN_ALARM_STEP_MAX_MS = 1000,
	CABIN_ALARM_STALE_MS = 10000,
	CABIN_ALARM_WHO_MAX_BYTES = 64 /* with its NUL */
};

/* A row of the table, one a kind; the source of docs/alarms.md. */
struct cabin_alarm_row {
	const char *id; /* "floor-silent" */
	enum cabin_alarm_subject subject;
	enum cabin_alarm_severity severity;
	enum cabin_alarm_side side;
	double threshold;
	double margin;	 /* better than the threshold by so much is good again */
	double critical; /* beyond it: critical; NAN: none */
	const char *unit;
	uint32_t hold_ms, clear_ms;
	bool counted;		      /* the hold is the time over which the watch counts: raised at once */
	const char *meaning, *remedy; /* English, for the docs; the desk has its own texts by id */
};

/* Static. `kind` < CABIN_ALARM_KINDS. Any thread. */
const struct cabin_alarm_row *cabin_alarm_row(enum cabin_alarm_kind kind);

/* The rows' ids in the order of the kinds, for labels. Static. */
extern const char *const cabin_alarm_ids[CABIN_ALARM_KINDS];

/* The kind with this id, −1: none. Any thread. */
int cabin_alarm_kind_of(const char *id);

/* "channel" …, "warning" …; static. Any thread. */
const char *cabin_alarm_subject_name(enum cabin_alarm_subject subject);
const char *cabin_alarm_severity_name(enum cabin_alarm_severity severity);

/* Writes docs/alarms.md. */
void cabin_alarms_write_markdown(FILE *to);

/* What the configuration says otherwise than the table. */
struct cabin_alarm_setting {
	enum cabin_alarm_kind kind;
	double threshold; /* NAN: as in the table; the critical one moves no further than it */
	uint32_t hold_ms; /* or the time over which it counts; UINT32_MAX: as in the table */
	bool off;	  /* never raised */
};

struct cabin_alarm {
	uint64_t id; /* never used again */
	enum cabin_alarm_kind kind;
	enum cabin_alarm_severity severity;
	uint16_t subject_index;
	double value, worst, threshold;			 /* in the row's unit; worst since it began; may be infinite */
	uint64_t since_ns, raised_ns;			 /* the figure got bad; the hold was over */
	uint64_t acknowledged_ns, cleared_ns;		 /* 0: not */
	char acknowledged_by[CABIN_ALARM_WHO_MAX_BYTES]; /* "": nobody */
};

enum cabin_alarm_transition {
	CABIN_ALARM_RAISED,
	CABIN_ALARM_WORSENED, /* now critical; not acknowledged any more */
	CABIN_ALARM_ACKNOWLEDGED,
	CABIN_ALARM_CLEARED
};

struct cabin_alarms_config {
	uint16_t counts[CABIN_ALARM_SUBJECTS];	    /* subjects of each sort; SERVER is taken as 1 */
	const struct cabin_alarm_setting *settings; /* copied; a later one of a kind replaces an earlier one */
	uint32_t setting_count;
	uint64_t first_id; /* of the first alarm: let it grow from start to start (the wall time in ms does) */
	/* Called within observe, rest, tick and acknowledge; `alarm` is borrowed for the call.
	 * Must not call this module. NULL: nobody. */
	void (*transition)(void *context, const struct cabin_alarm *alarm, enum cabin_alarm_transition transition);
	void *context;
};

struct cabin_alarms;

/* CABIN_ENOMEM; CABIN_EINVAL: a setting of an unknown kind. */
CABIN_MUST_CHECK int cabin_alarms_create(struct cabin_alarms **out, const struct cabin_alarms_config *config);
void cabin_alarms_destroy(struct cabin_alarms *alarms); /* NULL is fine; tells no transition */

/* The kind's hold as the settings leave it. */
uint32_t cabin_alarms_hold_ms(const struct cabin_alarms *alarms, enum cabin_alarm_kind kind);

/* A figure of now, in the row's unit. NAN: nothing can be judged now; neither hold nor
 * clear time goes on. `now_ns` never goes back. */
void cabin_alarms_observe(struct cabin_alarms *alarms, enum cabin_alarm_kind kind, uint16_t subject_index, double value,
			  uint64_t now_ns);

/* The same with a threshold of the subject's own; the stricter of it and the row's (or
 * the setting's) counts: the larger for BELOW, the smaller for FROM. */
void cabin_alarms_observe_limit(struct cabin_alarms *alarms, enum cabin_alarm_kind kind, uint16_t subject_index,
				double value, double threshold, uint64_t now_ns);

/* The alarm has no meaning for this subject now (the microphone is off): as a good
 * figure, but no figure is kept. */
void cabin_alarms_rest(struct cabin_alarms *alarms, enum cabin_alarm_kind kind, uint16_t subject_index,
		       uint64_t now_ns);

/* Clears what is no longer observed. After each round of observations. */
void cabin_alarms_tick(struct cabin_alarms *alarms, uint64_t now_ns);

/* `who`: UTF-8, cut to what fits. Once acknowledged, the first one stays, without a
 * transition. CABIN_ENOTFOUND: there is no such alarm (any more). */
CABIN_MUST_CHECK int cabin_alarms_acknowledge(struct cabin_alarms *alarms, uint64_t id, const char *who,
					      uint64_t now_ns);

/* All that are raised, oldest first, until `each` returns false. */
void cabin_alarms_each(const struct cabin_alarms *alarms, bool (*each)(void *context, const struct cabin_alarm *alarm),
		       void *context);

struct cabin_alarm_figures {
	uint64_t raised[CABIN_ALARM_KINDS]; /* since create */
	uint64_t active[CABIN_ALARM_KINDS]; /* now */
};
void cabin_alarms_figures(const struct cabin_alarms *alarms, struct cabin_alarm_figures *out); /* any thread */

#endif
