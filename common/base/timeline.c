#include "base/timeline.h"

#include <math.h>

#include "base/limits.h"

/* Standard deviations: a stamp's jitter (±1 ms, even), the offset of crystals from
 * each other, and how far a rate wanders in a second (a hall that warms up). The
 * ratio of the last to the first makes the filter's time constant. */
static const double stamp_deviation_s = 0.6e-3;
static const double crystal_deviation = 150e-6;
static const double wander_deviation = 0.1e-6;

static const double gate_min_s = 3e-3; /* what is further off is a stray … */
static const double gate_deviations = 5;
enum { STRAYS_MAX = 50 }; /* … until so many in a row say otherwise */

void cabin_timeline_reset(struct cabin_timeline *line)
{
	*line = (struct cabin_timeline){0};
}

/* Nanoseconds of server clock from the newest pair to `samples` after it. */
static double span_ns(const struct cabin_timeline *line, int64_t samples)
{
	return (double)samples * (1e9 / CABIN_RATE_HZ) * (1 + line->rate_error);
}

static void shift(struct cabin_timeline *line, double by_ns)
{
	double moved = line->fraction_ns + by_ns, whole = floor(moved);

	line->server_ns += (uint64_t)(int64_t)whole;
	line->fraction_ns = moved - whole;
}

static void start(struct cabin_timeline *line, uint64_t timestamp, uint64_t stamp_ns)
{
	*line = (struct cabin_timeline){
	    .known = true,
	    .timestamp = timestamp,
	    .server_ns = stamp_ns,
	    .offset_variance = stamp_deviation_s * stamp_deviation_s,
	    .rate_variance = crystal_deviation * crystal_deviation,
	};
}

/* Moves on by the time between two packets: what is not measured becomes less sure. */
static void predict(struct cabin_timeline *line, uint64_t timestamp)
{
	int64_t samples = (int64_t)(timestamp - line->timestamp);
	double dt = (double)samples / CABIN_RATE_HZ;
	double wander = wander_deviation * wander_deviation;

	shift(line, span_ns(line, samples));
	line->timestamp = timestamp;
	line->offset_variance += dt * (2 * line->covariance + dt * line->rate_variance) + wander * dt * dt * dt / 3;
	line->covariance += dt * line->rate_variance + wander * dt * dt / 2;
	line->rate_variance += wander * dt;
}

/* Counts a pair that is far off; true when so many agree that the offset jumped. */
static bool stray(struct cabin_timeline *line, double off_s)
{
	if (line->strays && (line->stray_sum_s > 0) != (off_s > 0)) {
		line->strays = 0;
		line->stray_sum_s = 0;
	}
	line->strays++;
	line->stray_sum_s += off_s;
	if (line->strays < STRAYS_MAX)
		return false;
	shift(line, line->stray_sum_s / line->strays * 1e9);
	line->offset_variance = stamp_deviation_s * stamp_deviation_s;
	line->covariance = 0;
	line->strays = 0;
	line->stray_sum_s = 0;
	return true;
}

bool cabin_timeline_update(struct cabin_timeline *line, uint64_t timestamp, uint64_t stamp_ns)
{
	double off_s, variance, gate_s, offset_gain, rate_gain;

	if (!line->known) {
		start(line, timestamp, stamp_ns);
		return false;
	}
	predict(line, timestamp);
	off_s = ((double)(int64_t)(stamp_ns - line->server_ns) - line->fraction_ns) * 1e-9;
	variance = line->offset_variance + stamp_deviation_s * stamp_deviation_s;
	gate_s = fmax(gate_min_s, gate_deviations * sqrt(variance));
	if (fabs(off_s) > gate_s)
		return stray(line, off_s);
	line->strays = 0;
	line->stray_sum_s = 0;
	offset_gain = line->offset_variance / variance;
	rate_gain = line->covariance / variance;
	shift(line, offset_gain * off_s * 1e9);
	line->rate_error += rate_gain * off_s;
	line->rate_variance -= rate_gain * line->covariance;
	line->covariance -= offset_gain * line->covariance;
	line->offset_variance -= offset_gain * line->offset_variance;
	return false;
}

uint64_t cabin_timeline_ns(const struct cabin_timeline *line, uint64_t timestamp)
{
	if (!line->known)
		return 0;
	return line->server_ns +
	       (uint64_t)llround(line->fraction_ns + span_ns(line, (int64_t)(timestamp - line->timestamp)));
}

double cabin_timeline_rate_hz(const struct cabin_timeline *line)
{
	return line->known ? CABIN_RATE_HZ / (1 + line->rate_error) : 0;
}
