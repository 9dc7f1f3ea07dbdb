/* The audience, as JSON: counts, histograms of the last minute, and who has it worst. */
#include <math.h>

#include "desk/desk_internal.h"

static json_t *figure(double value)
{
	return isfinite(value) && value >= 0 ? json_real(round(value * 10) / 10) : json_null();
}

static json_t *by_word(const uint32_t *counts, const char *const *words, unsigned count)
{
	json_t *out = json_object();
	for (unsigned i = 0; i < count; i++)
		json_object_set_new(out, words[i], json_integer(counts[i]));
	return out;
}

static json_t *histogram(const uint32_t counts[CABIN_AUDIENCE_BUCKETS])
{
	json_t *list = json_array();
	for (unsigned i = 0; i < CABIN_AUDIENCE_BUCKETS; i++)
		json_array_append_new(list, json_integer(counts[i]));
	return list;
}

static json_t *bounds(void)
{
	json_t *list = json_array();
	for (unsigned i = 0; i + 1 < CABIN_AUDIENCE_BUCKETS; i++)
		json_array_append_new(list, json_real(cabin_audience_bounds_ms[i]));
	return list;
}

static json_t *channels_json(const struct cabin_desk *desk)
{
	json_t *list = json_array();
	for (uint16_t i = 0; i < desk->config.layout.channel_count; i++) {
		const struct cabin_audience_channel *from = &desk->audience->channels[i];
		if (desk->channels[i].used)
			json_array_append_new(
			    list,
			    json_pack("{s:i, s:i, s:o, s:o, s:i, s:i}", "channel", (int)desk->config.layout.numbers[i],
				      "listeners", (int)from->listeners, "states",
				      by_word(from->by_state, cabin_report_state_words, CABIN_REPORT_STATE_COUNT),
				      "fallbacks",
				      by_word(from->by_fallback, cabin_fallback_words, CABIN_FALLBACK_COUNT), "hidden",
				      (int)from->hidden, "trouble", (int)from->in_trouble));
	}
	return list;
}

static json_t *rooms_json(const struct cabin_desk *desk)
{
	json_t *list = json_array();
	for (uint16_t i = 0; i < desk->config.layout.room_count; i++) {
		const struct desk_room *room = &desk->rooms[i];
		uint32_t listeners = 0;
		if (!room->used)
			continue;
		for (uint16_t k = 0; k < room->channel_count; k++)
			listeners += desk->audience->channels[room->floor_index + k].listeners;
		json_array_append_new(list, json_pack("{s:s, s:i}", "room", room->id, "listeners", (int)listeners));
	}
	return list;
}

static json_t *worst_json(const struct cabin_desk *desk, const struct cabin_audience_listener *from)
{
	return json_pack(
	    "{s:I, s:i, s:s, s:s, s:b, s:o, s:o, s:o, s:I, s:o, s:o, s:I, s:o, s:o}", "listener",
	    (json_int_t)from->listener, "channel", (int)desk->config.layout.numbers[from->channel_index], "state",
	    cabin_report_state_words[from->state], "fallback", cabin_fallback_words[from->fallback], "hidden",
	    from->hidden, "mouth_to_ear_ms", figure(from->mouth_to_ear_ms), "buffer_ms", figure(from->buffer_ms),
	    "concealed_ms", figure(from->concealed_ms), "underruns", (json_int_t)from->underruns, "round_trip_ms",
	    figure(from->round_trip_ms), "queue_ms", figure(from->queue_ms), "skips", (json_int_t)from->skips,
	    "retransmissions", from->retransmissions >= 0 ? json_integer(from->retransmissions) : json_null(), "rtt_ms",
	    figure(from->rtt_ms));
}

json_t *desk_audience_json(struct cabin_desk *desk)
{
	const struct cabin_audience *from = desk->audience;
	json_t *worst = json_array();
	uint32_t total = 0;
	for (uint16_t i = 0; i < desk->config.layout.channel_count; i++)
		total += from->channels[i].listeners;
	for (unsigned i = 0; i < from->worst_count; i++)
		json_array_append_new(worst, worst_json(desk, &from->worst[i]));
	return json_pack("{s:i, s:o, s:o, s:o, s:{s:o, s:o, s:o, s:o}, s:o}", "total", (int)total, "rooms",
			 rooms_json(desk), "channels", channels_json(desk), "bounds_ms", bounds(), "histograms",
			 "mouth_to_ear", histogram(from->mouth_to_ear), "buffer", histogram(from->buffer), "concealed",
			 histogram(from->concealed), "round_trip", histogram(from->round_trip), "worst", worst);
}
