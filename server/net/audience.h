/* The audience out of the listeners' reports (docs/protocol.md, 7): who hears what and how
 * well, now and over the last minute; who has it worst. Pure; each struct belongs to one
 * loop's thread.
 *
 *   report ─▶ the listener's place, the loop's minute
 *   once a second, each loop: places, minute ─▶ its part ─▶ summed by whoever asks */
#ifndef CABIN_NET_AUDIENCE_H
#define CABIN_NET_AUDIENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "relay/audience.h"
#include "wire/control.h"

enum {
	CABIN_AUDIENCE_SECONDS = 10,	    /* that a listener's troubles are remembered for */
	CABIN_AUDIENCE_TROUBLE_SECONDS = 5, /* of them, those that say whether it is in trouble now */
	CABIN_AUDIENCE_CONCEALED_MS = 100,  /* in each second of those: more is trouble */
	CABIN_AUDIENCE_QUEUE_MS = 200,	    /* more that waits in the server is trouble */
	CABIN_AUDIENCE_MINUTE_PIECES = 12,  /* the last minute, in … */
	CABIN_AUDIENCE_PIECE_SECONDS = 5    /* … pieces of so many seconds: the oldest falls out as a whole */
};

/* What is known of one listener. All zero: nothing. */
struct cabin_audience_place {
	bool reported;
	uint8_t state, fallback;
	bool hidden;
	float mouth_to_ear_ms, buffer_ms, round_trip_ms; /* negative: unknown */
	uint32_t newest_s;				 /* second of the newest entry of … */
	uint16_t concealed_ms[CABIN_AUDIENCE_SECONDS];	 /* … these, by second modulo their number */
	uint16_t underruns[CABIN_AUDIENCE_SECONDS];
};

/* One loop's reports of the last minute. All zero: none. */
struct cabin_audience_minute {
	uint32_t newest; /* number of the newest piece */
	struct {
		uint32_t mouth_to_ear[CABIN_CHANNELS_MAX][CABIN_AUDIENCE_BUCKETS];
		uint32_t buffer[CABIN_AUDIENCE_BUCKETS], concealed[CABIN_AUDIENCE_BUCKETS],
		    round_trip[CABIN_AUDIENCE_BUCKETS];
	} pieces[CABIN_AUDIENCE_MINUTE_PIECES];
};

/* Of a listener, from where its sound goes out. */
struct cabin_audience_seen {
	uint64_t listener;
	uint16_t channel_index;
	double queue_ms;
	uint64_t skips;
};

/* A report about `channel_index` came. `second` grows with time. */
void cabin_audience_report(struct cabin_audience_place *place, struct cabin_audience_minute *minute,
			   uint16_t channel_index, const struct cabin_client_report *report, uint32_t second);

/* Stalled, behind live, or with concealed sound or underruns of late. */
bool cabin_audience_in_trouble(const struct cabin_audience_place *place, double queue_ms, uint32_t second);

/* Adds one listener to a part; among the worst, when it is in trouble. */
void cabin_audience_add_listener(struct cabin_audience *part, const struct cabin_audience_place *place,
				 const struct cabin_audience_seen *seen, uint32_t second);

/* Adds the last minute's reports to a part. */
void cabin_audience_add_minute(struct cabin_audience *part, struct cabin_audience_minute *minute, uint32_t second);

/* Adds a part to the whole. */
void cabin_audience_join(struct cabin_audience *whole, const struct cabin_audience *part);

#endif
