/* The audience as the technician's desk sees it: counts, histograms, who has it worst.
 * Plain numbers, filled by net/ and read by the desk, which knows no net. */
#ifndef CABIN_RELAY_AUDIENCE_H
#define CABIN_RELAY_AUDIENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "wire/control.h"

enum { CABIN_AUDIENCE_BUCKETS = 14, CABIN_AUDIENCE_WORST = 10 };

/* Upper bounds of the buckets but the last, which has none; of /metrics too. */
extern const double cabin_audience_bounds_ms[CABIN_AUDIENCE_BUCKETS - 1];

struct cabin_audience_channel {
	uint32_t listeners; /* consoles, technicians left out */
	uint32_t by_state[CABIN_REPORT_STATE_COUNT], by_fallback[CABIN_FALLBACK_COUNT]; /* by their newest reports */
	uint32_t hidden;
	uint32_t in_trouble; /* stalled, behind live, or with concealed sound or underruns of late */
	double concealed_ms; /* sum over all reports since the start */
	uint32_t mouth_to_ear[CABIN_AUDIENCE_BUCKETS]; /* reports of the last minute; each bucket by itself */
};

struct cabin_audience_listener {
	uint64_t listener; /* its connection's number, which names nobody */
	uint16_t channel_index;
	uint8_t state, fallback; /* enum cabin_report_state, enum cabin_fallback */
	bool hidden;
	double mouth_to_ear_ms, buffer_ms, round_trip_ms; /* of its newest report; negative: unknown */
	double concealed_ms;				  /* within the last 10 s */
	uint32_t underruns;				  /* the same */
	double queue_ms;				  /* that waits for it in the server */
	uint64_t skips;
	int64_t retransmissions; /* of its TCP connection; negative: unknown */
	double rtt_ms;		 /* the same */
};

struct cabin_audience {
	struct cabin_audience_channel channels[CABIN_CHANNELS_MAX]; /* by the hub's index */
	/* Of all channels, within the last minute; concealed: per report, that is per second. */
	uint32_t mouth_to_ear[CABIN_AUDIENCE_BUCKETS], buffer[CABIN_AUDIENCE_BUCKETS],
	    concealed[CABIN_AUDIENCE_BUCKETS], round_trip[CABIN_AUDIENCE_BUCKETS];
	uint32_t worst_count;
	struct cabin_audience_listener
	    worst[CABIN_AUDIENCE_WORST]; /* worst first; those that have no trouble are left out */
};

#endif
