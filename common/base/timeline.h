/* The mapping between a source's own time line (48 kHz samples of its crystal) and
 * the server's clock, filtered from the pairs that its packets carry.
 *
 * A Kalman filter of two states, offset and rate: sensible from the first packet
 * (which alone sets the offset, at the nominal rate), then narrower and narrower
 * until it follows with a time constant of some 30 s. Stamps that jitter by ±1 ms
 * move it by some 0.02 ms; stamps far off are left out, unless they stay off: then
 * the offset jumps to them.
 *
 * Embedded in its owner: the hub's thread, a console's uplink. */
#ifndef CABIN_BASE_TIMELINE_H
#define CABIN_BASE_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

struct cabin_timeline {
	bool known;
	uint64_t timestamp;				   /* newest pair: samples … */
	uint64_t server_ns;				   /* … and the filtered server clock, with … */
	double fraction_ns;				   /* … its fraction, 0 … 1 */
	double rate_error;				   /* seconds of server clock gained in each nominal second */
	double offset_variance, covariance, rate_variance; /* s², s, 1 */
	uint32_t strays;				   /* in a row, on one side */
	double stray_sum_s;
};

/* Forgets all. A zeroed timeline is a forgotten one. */
void cabin_timeline_reset(struct cabin_timeline *line);

/* Takes in one pair; `timestamp` must not go back. Returns true when the offset
 * jumped because stamps stayed off. */
bool cabin_timeline_update(struct cabin_timeline *line, uint64_t timestamp, uint64_t stamp_ns);

/* Server clock of a timestamp, before or after the newest; 0 when nothing is known. */
uint64_t cabin_timeline_ns(const struct cabin_timeline *line, uint64_t timestamp);

/* Samples of the source per second of server clock; 0 when nothing is known. */
double cabin_timeline_rate_hz(const struct cabin_timeline *line);

#endif
