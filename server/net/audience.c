#include "net/audience.h"

#include <string.h>

/* What a listener suffers, in about milliseconds of sound within 10 s. */
static const double STALLED_SCORE = 10000, UNDERRUN_SCORE = 100;

/* --- one listener -------------------------------------------------------------- */

/* Seconds without a report are empty. */
static void advance_place(struct cabin_audience_place *place, uint32_t second)
{
	if (second - place->newest_s >= CABIN_AUDIENCE_SECONDS) {
		memset(place->concealed_ms, 0, sizeof(place->concealed_ms));
		memset(place->underruns, 0, sizeof(place->underruns));
		place->newest_s = second;
	}
	while (place->newest_s != second) {
		uint32_t at = ++place->newest_s % CABIN_AUDIENCE_SECONDS;
		place->concealed_ms[at] = place->underruns[at] = 0;
	}
}

static uint16_t sum_16(uint16_t a, double b)
{
	double sum = a + b;
	return sum < UINT16_MAX ? (uint16_t)sum : UINT16_MAX;
}

/* Over the last `seconds`, this one included; what is older than the ring is not there. */
static void sum_up(const struct cabin_audience_place *place, uint32_t second, uint32_t seconds, uint32_t *concealed_ms,
		   uint32_t *underruns)
{
	*concealed_ms = *underruns = 0;
	for (uint32_t age = 0; age < seconds; age++) {
		uint32_t at_s = second - age;
		/* Entries are kept from newest_s back; what comes after it is not there yet. */
		if ((int32_t)(at_s - place->newest_s) > 0 || place->newest_s - at_s >= CABIN_AUDIENCE_SECONDS)
			continue;
		*concealed_ms += place->concealed_ms[at_s % CABIN_AUDIENCE_SECONDS];
		*underruns += place->underruns[at_s % CABIN_AUDIENCE_SECONDS];
	}
}

bool cabin_audience_in_trouble(const struct cabin_audience_place *place, double queue_ms, uint32_t second)
{
	uint32_t concealed_ms, underruns;
	sum_up(place, second, CABIN_AUDIENCE_TROUBLE_SECONDS, &concealed_ms, &underruns);
	return queue_ms > CABIN_AUDIENCE_QUEUE_MS || (place->reported && place->state == CABIN_REPORT_STALLED) ||
	       underruns > 0 || concealed_ms > CABIN_AUDIENCE_CONCEALED_MS * CABIN_AUDIENCE_TROUBLE_SECONDS;
}

/* --- the last minute ------------------------------------------------------------- */

static void advance_minute(struct cabin_audience_minute *minute, uint32_t second)
{
	uint32_t number = second / CABIN_AUDIENCE_PIECE_SECONDS;
	if (number - minute->newest >= CABIN_AUDIENCE_MINUTE_PIECES) {
		memset(minute->pieces, 0, sizeof(minute->pieces));
		minute->newest = number;
	}
	while (minute->newest != number) {
		minute->newest++;
		memset(&minute->pieces[minute->newest % CABIN_AUDIENCE_MINUTE_PIECES], 0, sizeof(minute->pieces[0]));
	}
}

static void observe(uint32_t buckets[CABIN_AUDIENCE_BUCKETS], double value_ms)
{
	int bucket = 0;
	if (value_ms < 0) /* unknown */
		return;
	while (bucket < CABIN_AUDIENCE_BUCKETS - 1 && value_ms > cabin_audience_bounds_ms[bucket])
		bucket++;
	buckets[bucket]++;
}

void cabin_audience_report(struct cabin_audience_place *place, struct cabin_audience_minute *minute,
			   uint16_t channel_index, const struct cabin_client_report *report, uint32_t second)
{
	advance_place(place, second);
	place->reported = true;
	place->state = (uint8_t)report->state;
	place->fallback = (uint8_t)report->fallback;
	place->hidden = report->hidden;
	place->mouth_to_ear_ms = (float)report->mouth_to_ear_ms;
	place->buffer_ms = (float)report->buffer_ms;
	place->round_trip_ms = (float)report->round_trip_ms;
	uint32_t at = second % CABIN_AUDIENCE_SECONDS;
	place->concealed_ms[at] = sum_16(place->concealed_ms[at], report->concealed_ms);
	place->underruns[at] = sum_16(place->underruns[at], report->underruns);
	advance_minute(minute, second);
	uint32_t piece = minute->newest % CABIN_AUDIENCE_MINUTE_PIECES;
	observe(minute->pieces[piece].mouth_to_ear[channel_index], report->mouth_to_ear_ms);
	observe(minute->pieces[piece].buffer, report->buffer_ms);
	observe(minute->pieces[piece].concealed, report->concealed_ms);
	observe(minute->pieces[piece].round_trip, report->round_trip_ms);
}

static void add_buckets(uint32_t *to, const uint32_t *from)
{
	for (int b = 0; b < CABIN_AUDIENCE_BUCKETS; b++)
		to[b] += from[b];
}

void cabin_audience_add_minute(struct cabin_audience *part, struct cabin_audience_minute *minute, uint32_t second)
{
	advance_minute(minute, second);
	for (int i = 0; i < CABIN_AUDIENCE_MINUTE_PIECES; i++) {
		for (int channel = 0; channel < CABIN_CHANNELS_MAX; channel++) {
			add_buckets(part->channels[channel].mouth_to_ear, minute->pieces[i].mouth_to_ear[channel]);
			add_buckets(part->mouth_to_ear, minute->pieces[i].mouth_to_ear[channel]);
		}
		add_buckets(part->buffer, minute->pieces[i].buffer);
		add_buckets(part->concealed, minute->pieces[i].concealed);
		add_buckets(part->round_trip, minute->pieces[i].round_trip);
	}
}

/* --- sums ------------------------------------------------------------------------ */

static double score_of(const struct cabin_audience_listener *listener)
{
	return (listener->state == CABIN_REPORT_STALLED ? STALLED_SCORE : 0) + listener->concealed_ms +
	       UNDERRUN_SCORE * listener->underruns + listener->queue_ms;
}

/* Worst first; the last one of too many falls out. */
static void add_worst(struct cabin_audience *to, const struct cabin_audience_listener *listener)
{
	double score = score_of(listener);
	uint32_t place = to->worst_count;
	while (place > 0 && score > score_of(&to->worst[place - 1]))
		place--;
	if (place == CABIN_AUDIENCE_WORST)
		return;
	if (to->worst_count < CABIN_AUDIENCE_WORST)
		to->worst_count++;
	memmove(&to->worst[place + 1], &to->worst[place], (to->worst_count - place - 1) * sizeof(to->worst[0]));
	to->worst[place] = *listener;
}

void cabin_audience_add_listener(struct cabin_audience *part, const struct cabin_audience_place *place,
				 const struct cabin_audience_seen *seen, uint32_t second)
{
	struct cabin_audience_channel *channel = &part->channels[seen->channel_index];
	uint32_t concealed_ms, underruns;
	channel->listeners++;
	if (place->reported) {
		channel->by_state[place->state]++;
		channel->by_fallback[place->fallback]++;
		channel->hidden += place->hidden;
	}
	if (!cabin_audience_in_trouble(place, seen->queue_ms, second))
		return;
	channel->in_trouble++;
	sum_up(place, second, CABIN_AUDIENCE_SECONDS, &concealed_ms, &underruns);
	const struct cabin_audience_listener listener = {
	    .listener = seen->listener,
	    .channel_index = seen->channel_index,
	    .state = place->state,
	    .fallback = place->fallback,
	    .hidden = place->hidden,
	    .mouth_to_ear_ms = place->reported ? (double)place->mouth_to_ear_ms : -1,
	    .buffer_ms = place->reported ? (double)place->buffer_ms : -1,
	    .round_trip_ms = place->reported ? (double)place->round_trip_ms : -1,
	    .concealed_ms = concealed_ms,
	    .underruns = underruns,
	    .queue_ms = seen->queue_ms,
	    .skips = seen->skips,
	    .retransmissions = -1,
	    .rtt_ms = -1,
	};
	add_worst(part, &listener);
}

void cabin_audience_join(struct cabin_audience *whole, const struct cabin_audience *part)
{
	for (int i = 0; i < CABIN_CHANNELS_MAX; i++) {
		struct cabin_audience_channel *to = &whole->channels[i];
		const struct cabin_audience_channel *from = &part->channels[i];
		to->listeners += from->listeners;
		for (int state = 0; state < CABIN_REPORT_STATE_COUNT; state++)
			to->by_state[state] += from->by_state[state];
		for (int fallback = 0; fallback < CABIN_FALLBACK_COUNT; fallback++)
			to->by_fallback[fallback] += from->by_fallback[fallback];
		to->hidden += from->hidden;
		to->in_trouble += from->in_trouble;
		to->concealed_ms += from->concealed_ms;
		add_buckets(to->mouth_to_ear, from->mouth_to_ear);
	}
	add_buckets(whole->mouth_to_ear, part->mouth_to_ear);
	add_buckets(whole->buffer, part->buffer);
	add_buckets(whole->concealed, part->concealed);
	add_buckets(whole->round_trip, part->round_trip);
	for (uint32_t i = 0; i < part->worst_count; i++)
		add_worst(whole, &part->worst[i]);
}
