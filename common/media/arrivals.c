#include "media/arrivals.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"

enum {
	MS = CABIN_RATE_HZ / 1000,
	BUCKET = 15 * CABIN_RATE_HZ,
	BIN = 2 * MS,
	BINS = CABIN_ARRIVALS_BINS,
	STALLS = CABIN_ARRIVALS_STALLS,
	MARGIN = 10 * MS,
	/* Now and then: remembered for one to two of these. Until something is known, the first value
	 * is assumed. */
	RARE_BUCKET = 120 * CABIN_RATE_HZ,
	RARE_FIRST = 16 * MS,
	RARE_MARGIN = 4 * MS,
	RARE_MOST = 26 * MS,
	/* A stall: everything within a second that is later than this. */
	STALL_LATE = 25 * MS,
	STALL_LENGTH = CABIN_RATE_HZ,
	STALL_MARGIN = 8 * MS,
	STALL_WINDOW = 45 * CABIN_RATE_HZ,
	STALLS_FEWEST = 2,
	/* Stalls are over after this many times their usual distance, but not before this. */
	STALLS_OVER_DISTANCES = 3,
	STALLS_OVER_LEAST = 6 * CABIN_RATE_HZ,
	STEP = 4 * MS,
	RECENT_BUCKET = CABIN_RATE_HZ / 2,
	/* Later than this is an outage: to be skipped, not to be buffered for. What stays that late
	 * for longer is no backlog but a longer path. */
	OUTAGE = 400 * MS,
	OUTAGE_LONGEST = CABIN_RATE_HZ,
	EARLIER_THAN_LIFE = 80 * MS,
	TARGET_MIN = 10 * MS,
	TARGET_MAX = 400 * MS,
	TARGET_FIRST = 36 * MS, /* until enough has been seen to know better */
	PACKETS_TO_KNOW = 75,
	/* As if so many had been in time before the first one: a hiccup of the start is no habit. */
	PACKETS_ASSUMED = 200,
};
/* Each packet weighs this much more than the one before; at 50 a second, 20 s are a factor e. */
#define WEIGHT_GROWTH 1.001
#define WEIGHT_LIMIT  1e12
#define PERCENTILE    0.99
/* What concealing x ms once a minute is worth, in ms of delay: COST · x² / 20 ms. A square, as the
 * first 10 ms that a decoder makes up are hardly heard, and the sixth are a hole. */
#define CONCEALED_COST	  0.2
#define CONCEALED_UNHEARD (20.0 * MS)

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void cabin_arrivals_init(struct cabin_arrivals *arrivals)
{
	*arrivals = (struct cabin_arrivals){
	    .target = TARGET_FIRST,
	    .base_now = CABIN_ARRIVALS_NO_BASE,
	    .base_before = CABIN_ARRIVALS_NO_BASE,
	    .bins = {PACKETS_ASSUMED},
	    .bins_sum = PACKETS_ASSUMED,
	    .weight = 1,
	    .rare_now = RARE_FIRST,
	    .rare_end = -1,
	};
}

int64_t cabin_arrivals_base(const struct cabin_arrivals *arrivals)
{
	return smaller(arrivals->base_now, arrivals->base_before);
}

void cabin_arrivals_new_timeline(struct cabin_arrivals *arrivals)
{
	arrivals->base_now = arrivals->base_before = CABIN_ARRIVALS_NO_BASE;
	arrivals->recent_now = arrivals->recent_before = 0;
}

static void update_base(struct cabin_arrivals *arrivals, int64_t now, int64_t transit)
{
	if (cabin_arrivals_base(arrivals) == CABIN_ARRIVALS_NO_BASE) {
		arrivals->bucket_end = now + BUCKET;
	} else if (now >= arrivals->bucket_end) {
		arrivals->base_before = arrivals->base_now;
		arrivals->base_now = CABIN_ARRIVALS_NO_BASE;
		arrivals->bucket_end = now + BUCKET;
	}
	arrivals->base_now = smaller(arrivals->base_now, transit);
}

/* What had to wait for the end of an outage says nothing about how late packets will be. */
static bool is_backlog(struct cabin_arrivals *arrivals, int64_t now, int64_t late)
{
	if (late > OUTAGE && !arrivals->outage) {
		arrivals->outage = true;
		arrivals->outage_at = now;
	}
	if (!arrivals->outage)
		return false;
	if (late < STALL_LATE) {
		arrivals->outage = false;
	} else if (now - arrivals->outage_at > OUTAGE_LONGEST) {
		arrivals->outage = false;
		cabin_arrivals_new_timeline(arrivals);
	}
	return true;
}

static void note_recent(struct cabin_arrivals *arrivals, int64_t now, int64_t late)
{
	if (now >= arrivals->recent_end) {
		arrivals->recent_before = now - arrivals->recent_end < RECENT_BUCKET ? arrivals->recent_now : 0;
		arrivals->recent_now = 0;
		arrivals->recent_end = now + RECENT_BUCKET;
	}
	arrivals->recent_now = larger(arrivals->recent_now, late);
}

static void note_rare(struct cabin_arrivals *arrivals, int64_t now, int64_t late)
{
	if (arrivals->rare_end < 0)
		arrivals->rare_end = now + RARE_BUCKET;
	if (now >= arrivals->rare_end) {
		arrivals->rare_before = arrivals->rare_now;
		arrivals->rare_now = 0;
		arrivals->rare_end = now + RARE_BUCKET;
	}
	arrivals->rare_now = larger(arrivals->rare_now, late);
}

static void count(struct cabin_arrivals *arrivals, int64_t now, int64_t late)
{
	note_rare(arrivals, now, late);
	arrivals->bins[smaller(BINS - 1, late / BIN)] += arrivals->weight;
	arrivals->bins_sum += arrivals->weight;
	arrivals->weight *= WEIGHT_GROWTH;
	arrivals->packet_count++;
	if (arrivals->weight <= WEIGHT_LIMIT)
		return;
	for (int i = 0; i < BINS; i++)
		arrivals->bins[i] /= arrivals->weight;
	arrivals->bins_sum /= arrivals->weight;
	arrivals->weight = 1;
}

static void note_stall(struct cabin_arrivals *arrivals, int64_t now, int64_t late)
{
	uint32_t newest = (arrivals->stall_count + STALLS - 1) % STALLS;
	if (arrivals->stall_count > 0 && now - arrivals->stall_at[newest] < STALL_LENGTH) {
		arrivals->stall_peak[newest] = larger(arrivals->stall_peak[newest], late);
		return;
	}
	uint32_t next = arrivals->stall_count % STALLS;
	arrivals->stall_peak[next] = late;
	arrivals->stall_at[next] = now;
	arrivals->stall_count++;
}

static int64_t everyday_jitter(const struct cabin_arrivals *arrivals)
{
	double above = arrivals->bins_sum * (1 - PERCENTILE);
	for (int i = BINS - 1; i > 0; i--) {
		above -= arrivals->bins[i];
		if (above < 0)
			return (int64_t)(i + 1) * BIN;
	}
	return BIN;
}

static double cost(const struct cabin_arrivals *arrivals, int64_t delay, uint32_t oldest, double stalls_per_minute)
{
	double heard = 0;
	for (uint32_t i = oldest; i < arrivals->stall_count; i++) {
		double concealed = (double)larger(0, arrivals->stall_peak[i % STALLS] + STALL_MARGIN - delay);
		heard += concealed * concealed / CONCEALED_UNHEARD;
	}
	return (double)delay + CONCEALED_COST * heard * stalls_per_minute / (arrivals->stall_count - oldest);
}

/* The delay from `usual` to the highest peak that is cheapest. */
static int64_t cheapest(const struct cabin_arrivals *arrivals, int64_t usual, uint32_t oldest, double stalls_per_minute)
{
	int64_t highest = usual, best = usual;
	for (uint32_t i = oldest; i < arrivals->stall_count; i++)
		highest = larger(highest, arrivals->stall_peak[i % STALLS] + STALL_MARGIN);
	double best_cost = HUGE_VAL;
	for (int64_t delay = usual; delay < highest + STEP; delay += STEP) {
		double now = cost(arrivals, delay, oldest, stalls_per_minute);
		if (now >= best_cost)
			break;
		best = delay;
		best_cost = now;
	}
	return smaller(best, highest);
}

static int64_t find_target(const struct cabin_arrivals *arrivals, int64_t now)
{
	int64_t rare = smaller(RARE_MOST, larger(arrivals->rare_now, arrivals->rare_before) + RARE_MARGIN);
	int64_t usual = larger(everyday_jitter(arrivals) + MARGIN, rare);
	if (arrivals->packet_count < PACKETS_TO_KNOW)
		usual = larger(usual, TARGET_FIRST);
	uint32_t first = arrivals->stall_count > STALLS ? arrivals->stall_count - STALLS : 0;
	uint32_t oldest = arrivals->stall_count;
	while (oldest > first && now - arrivals->stall_at[(oldest - 1) % STALLS] < STALL_WINDOW)
		oldest--;
	uint32_t stalls = arrivals->stall_count - oldest;
	if (stalls < STALLS_FEWEST)
		return usual;
	int64_t newest_at = arrivals->stall_at[(arrivals->stall_count - 1) % STALLS];
	double distance = (double)(newest_at - arrivals->stall_at[oldest % STALLS]) / (stalls - 1);
	if ((double)(now - newest_at) > fmax(STALLS_OVER_DISTANCES * distance, STALLS_OVER_LEAST))
		return usual;
	return cheapest(arrivals, usual, oldest, 60.0 * CABIN_RATE_HZ / distance);
}

void cabin_arrivals_add(struct cabin_arrivals *arrivals, int64_t now, int64_t timestamp)
{
	int64_t transit = now - timestamp, base = cabin_arrivals_base(arrivals);
	if (base != CABIN_ARRIVALS_NO_BASE && transit < base - EARLIER_THAN_LIFE)
		cabin_arrivals_new_timeline(arrivals);
	update_base(arrivals, now, transit);
	int64_t late = transit - cabin_arrivals_base(arrivals);
	arrivals->late_max = larger(arrivals->late_max, late);
	if (is_backlog(arrivals, now, late))
		return;
	if (late > STALL_LATE)
		note_stall(arrivals, now, late);
	else
		count(arrivals, now, late);
	note_recent(arrivals, now, late);
	int64_t target = larger(find_target(arrivals, now), larger(arrivals->recent_now, arrivals->recent_before));
	arrivals->target = smaller(larger(target, TARGET_MIN), TARGET_MAX);
}
