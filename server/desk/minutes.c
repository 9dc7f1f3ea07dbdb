/* Each second: listeners of the last hour. Each minute: a channel's figures for the store. */
#include <math.h>
#include <string.h>

#include "desk/desk_internal.h"

enum { PART_S = 300 };

/* The value below which `share` of the counts lie, by the buckets' upper bounds. */
double desk_percentile(const uint32_t counts[CABIN_AUDIENCE_BUCKETS], double share)
{
	uint64_t total = 0, below = 0;
	for (unsigned i = 0; i < CABIN_AUDIENCE_BUCKETS; i++)
		total += counts[i];
	if (total == 0)
		return NAN;
	for (unsigned i = 0; i < CABIN_AUDIENCE_BUCKETS - 1; i++) {
		uint64_t with = below + counts[i];
		if ((double)with >= share * (double)total) {
			double from = i > 0 ? cabin_audience_bounds_ms[i - 1] : 0, to = cabin_audience_bounds_ms[i];
			return from + (to - from) * (share * (double)total - (double)below) / counts[i];
		}
		below = with;
	}
	return cabin_audience_bounds_ms[CABIN_AUDIENCE_BUCKETS - 2]; /* that and more */
}

static void count_listeners(struct cabin_desk *desk, uint16_t index, bool new_part)
{
	struct desk_channel *channel = &desk->channels[index];
	uint32_t now = desk->audience->channels[index].listeners;
	if (new_part) {
		memmove(channel->parts, channel->parts + 1, (DESK_HOUR_PARTS - 1) * sizeof(channel->parts[0]));
		channel->parts[DESK_HOUR_PARTS - 1] = 0;
	}
	uint32_t *part = &channel->parts[DESK_HOUR_PARTS - 1];
	*part = now > *part ? now : *part;
	channel->listeners = now;
}

static void gather(struct cabin_desk *desk, uint16_t index)
{
	struct desk_minute *minute = &desk->channels[index].minute;
	struct cabin_hub_channel_stats stats;
	struct cabin_level_figures level;
	cabin_hub_channel_stats(desk->config.hub, index, &stats);
	cabin_meter_figures(desk->config.meter, CABIN_POINT_CHANNEL, index, &level);
	if (minute->seconds == 0)
		minute->peak_dbfs = -HUGE_VAL;
	minute->seconds++;
	minute->seconds_by_feed[stats.feed]++;
	/* Means of power, as loudness is: BS.1770-4, Annex 1. */
	if (isfinite(level.momentary_lufs) && level.momentary_lufs > -70) {
		minute->loudness_sum += pow(10, level.momentary_lufs / 10);
		minute->sounding++;
	}
	minute->peak_dbfs = fmax(minute->peak_dbfs, level.peak_dbfs);
	uint32_t listeners = desk->audience->channels[index].listeners;
	minute->listeners_max = listeners > minute->listeners_max ? listeners : minute->listeners_max;
}

static void close_minute(struct cabin_desk *desk, uint16_t index, int64_t minute_unix_s)
{
	struct desk_channel *channel = &desk->channels[index];
	struct desk_minute *from = &channel->minute;
	const struct cabin_audience_channel *audience = &desk->audience->channels[index];
	struct cabin_hub_channel_stats stats;
	cabin_hub_channel_stats(desk->config.hub, index, &stats);
	struct cabin_store_minute minute = {
	    .minute_unix_s = minute_unix_s,
	    .loudness_lufs = from->sounding > 0 ? 10 * log10(from->loudness_sum / from->sounding) : -HUGE_VAL,
	    .peak_dbfs = from->seconds > 0 ? from->peak_dbfs : -HUGE_VAL,
	    .listeners_max = from->listeners_max,
	    .packets = (uint32_t)(stats.packets - from->packets_before),
	    .gaps = (uint32_t)(stats.source_gaps - from->gaps_before),
	    .concealed_ms = (uint32_t)fmax(0, audience->concealed_ms - from->concealed_before_ms),
	    .mouth_to_ear_p50_ms = (uint32_t)fmax(0, desk_percentile(audience->mouth_to_ear, 0.5)),
	    .mouth_to_ear_p95_ms = (uint32_t)fmax(0, desk_percentile(audience->mouth_to_ear, 0.95)),
	};
	_Static_assert((int)CABIN_FEED_COUNT == CABIN_STORE_FEEDS, "the same feeds");
	snprintf(minute.channel, sizeof(minute.channel), "%s", channel->id);
	memcpy(minute.seconds_by_feed, from->seconds_by_feed, sizeof(minute.seconds_by_feed));
	if (desk->config.store && from->seconds > 0)
		(void)cabin_store_minute(desk->config.store, &minute); /* what it refuses it counts */
	*from = (struct desk_minute){.packets_before = stats.packets,
				     .gaps_before = stats.source_gaps,
				     .concealed_before_ms = audience->concealed_ms};
}

void desk_minutes_second(struct cabin_desk *desk)
{
	int64_t now_s = desk_unix_ms() / 1000, minute_s = now_s / DESK_MINUTE_S * DESK_MINUTE_S;
	bool new_minute = desk->minute_unix_s != 0 && minute_s != desk->minute_unix_s;
	bool new_part = desk->part_unix_s != 0 && now_s / PART_S != desk->part_unix_s / PART_S;
	for (uint16_t i = 0; i < desk->config.layout.channel_count; i++) {
		if (!desk->channels[i].used)
			continue;
		if (new_minute)
			close_minute(desk, i, desk->minute_unix_s);
		gather(desk, i);
		count_listeners(desk, i, new_part);
	}
	desk->minute_unix_s = minute_s;
	desk->part_unix_s = now_s;
}
