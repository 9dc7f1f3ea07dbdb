#include "cabind/app_metrics.h"

#include <stdlib.h>
#include <string.h>

#include "monitor/meter.h"
#include "monitor/metrics.h"

_Static_assert((int)CABIN_METRICS_CLOSE_CODES == (int)CABIN_CLOSED_COUNT, "same closings in the same order");
_Static_assert((int)CABIN_METRICS_REFUSALS == (int)CABIN_SERVER_REFUSALS, "same refusals in the same order");
_Static_assert((int)CABIN_AUDIENCE_BUCKETS <= (int)CABIN_METRICS_BUCKETS_MAX, "buckets fit");

static struct cabin_metrics_histogram histogram(const struct cabin_report_histogram *from)
{
	struct cabin_metrics_histogram to = {.sum_ms = from->sum_ms};
	memcpy(to.count, from->count, sizeof(from->count));
	return to;
}

static struct cabin_metrics_levels level_metrics(const struct cabin_meter *meter, enum cabin_point_kind kind,
						 uint16_t index)
{
	struct cabin_level_figures figures;
	cabin_meter_figures(meter, kind, index, &figures);
	return (struct cabin_metrics_levels){.true_peak_dbtp = figures.true_peak_dbtp,
					     .momentary_lufs = figures.momentary_lufs,
					     .short_term_lufs = figures.short_term_lufs,
					     .clips = figures.clips,
					     .concealed = figures.concealed,
					     .bandwidth_hz = figures.bandwidth_hz,
					     .noise_dbfs = figures.noise_dbfs,
					     .hum_db = figures.hum_db,
					     .hum = figures.hum};
}

static void fill_channel(const struct cabin_app_metrics *from, uint16_t index, struct cabin_metrics_channel *to)
{
	const struct cabin_config_channel *channel = &from->config->channels[index];
	struct cabin_report_sums sums;
	cabin_server_report_sums(from->server, index, &sums);
	*to = (struct cabin_metrics_channel){
	    .room = from->config->rooms[channel->room_index].id,
	    .channel = channel->id,
	    .listeners = cabin_server_listener_count(from->server, index),
	    .reports = sums.reports,
	    .reports_hidden = sums.reports_hidden,
	    .underruns = sums.underruns,
	    .concealed_ms = sums.concealed_ms,
	    .mouth_to_ear = histogram(&sums.mouth_to_ear),
	    .buffer = histogram(&sums.buffer),
	    .late = histogram(&sums.late),
	    .round_trip = histogram(&sums.round_trip),
	    .levels = level_metrics(from->meter, CABIN_POINT_CHANNEL, index),
	};
	memcpy(to->reports_by_state, sums.reports_by_state, sizeof(to->reports_by_state));
	memcpy(to->reports_by_fallback, sums.reports_by_fallback, sizeof(to->reports_by_fallback));
	cabin_hub_channel_stats(from->hub, index, &to->hub);
}

static void fill_source(const struct cabin_app_metrics *from, uint16_t index, struct cabin_metrics_source *to)
{
	struct cabin_capture_source_stats stats;
	cabin_capture_source_stats(from->capture, index, &stats);
	*to = (struct cabin_metrics_source){
	    .source = from->config->sources[index].id,
	    .lost = stats.lost,
	    .packets = stats.packets,
	    .overruns = stats.overruns,
	    .lost_frames = stats.lost_frames,
	    .inbox_refused = stats.inbox_refused,
	    .peak_dbfs = (double)stats.peak_dbfs,
	    .rms_dbfs = (double)stats.rms_dbfs,
	    .clips = stats.clips,
	    .capture_ms = (double)stats.capture_ms,
	    .encode_ms = (double)stats.encode_ms,
	    .levels = level_metrics(from->meter, CABIN_POINT_SOURCE, index),
	    .speech_lufs = cabin_meter_speech_lufs(from->meter, index),
	};
}

static void fill_booth(const struct cabin_app_metrics *from, uint16_t index, struct cabin_metrics_booth *to)
{
	struct cabin_hub_booth_stats stats;
	cabin_hub_booth_stats(from->hub, index, &stats);
	*to = (struct cabin_metrics_booth){
	    .booth = from->config->booths[index].id,
	    .on_air = stats.on_air,
	    .held = stats.held,
	    .present = stats.present,
	    .handovers = stats.handovers,
	    .handovers_cancelled = stats.handovers_cancelled,
	    .dropped_packets = stats.dropped_packets,
	};
}

/* Every seat of every booth; how many that are. */
static uint32_t fill_seats(const struct cabin_app_metrics *from, struct cabin_metrics_seat *to)
{
	static const char *const numbers[CABIN_SEATS_MAX] = {"1", "2", "3"};
	uint32_t count = 0;
	for (uint16_t i = 0; i < from->config->booth_count; i++) {
		for (uint32_t seat = 1; seat <= from->config->booths[i].seat_count; seat++) {
			struct cabin_server_uplink uplink;
			cabin_server_uplink(from->server, i, (uint8_t)seat, &uplink);
			to[count++] = (struct cabin_metrics_seat){.booth = from->config->booths[i].id,
								  .number = numbers[seat - 1],
								  .uplink_packets = uplink.packets,
								  .uplink_late = uplink.late,
								  .uplink_lost = uplink.lost,
								  .uplink_age_ms = uplink.age_ms};
		}
	}
	return count;
}

/* Of all booths: each tells it. */
static uint64_t notices_dropped(const struct cabin_app_metrics *from)
{
	struct cabin_hub_booth_stats stats = {.notices_dropped = 0};
	if (from->config->booth_count > 0)
		cabin_hub_booth_stats(from->hub, 0, &stats);
	return stats.notices_dropped;
}

static void fill_server(const struct cabin_app_metrics *from, struct cabin_metrics_server *to)
{
	struct cabin_server_stats stats;
	cabin_server_stats(from->server, &stats);
	*to = (struct cabin_metrics_server){
	    .connections = stats.listeners,
	    .connections_tls = stats.listeners_tls,
	    .consoles = stats.consoles,
	    .uplink_packets = stats.uplink_packets,
	    .uplink_late = stats.uplink_late,
	    .uplink_bad_clock = stats.uplink_bad_clock,
	    .uplink_refused = stats.uplink_refused,
	    .commands_refused = stats.commands_refused,
	    .notices_dropped = notices_dropped(from),
	    .loops = cabin_server_loop_count(from->server),
	    .accepted = stats.accepted,
	    .refused_full = stats.refused_full,
	    .refused_address = stats.refused_address,
	    .refused_subprotocol = stats.refused_subprotocol,
	    .http_requests = stats.http_requests,
	    .control_dropped = stats.control_dropped,
	    .loop_inbox_refused = stats.inbox_refused,
	    .fanout = stats.fanout,
	    .meter_dropped = cabin_meter_dropped_count(from->meter),
	    .levels_refused = cabin_meter_frames_refused_count(from->meter),
	    .pool_free = cabin_packet_pool_free_count(from->pool),
	    .pool_empty = cabin_packet_pool_empty_count(from->pool),
	    .hub_inbox_refused = cabin_inbox_refused_count(from->hub_inbox),
	};
	struct cabin_desk_figures desk;
	cabin_desk_figures(from->desk, &desk);
	to->alarms = desk.alarms;
	to->desks = cabin_server_desk_count(from->server);
	to->levels_dropped = stats.levels_dropped;
	to->lost = stats.lost;
	to->desk_events_dropped = desk.dropped_events;
	to->changes = desk.changes;
	to->store_writable = desk.store_writable;
	to->store_entries = desk.store_entries;
	to->store_dropped = desk.store_dropped;
	to->store_waiting = desk.store_waiting;
	to->disk_free_bytes = desk.disk_free_bytes;
	to->store_file_bytes = desk.store_file_bytes;
	memcpy(to->joins_refused, stats.joins_refused, sizeof(to->joins_refused));
	memcpy(to->closed_by_code, stats.closed_by_code, sizeof(to->closed_by_code));
}

void cabin_app_metrics_write(void *context, FILE *to)
{
	const struct cabin_app_metrics *from = context;
	const struct cabin_config *config = from->config;
	struct cabin_metrics_channel *channels = calloc(config->channel_count, sizeof(channels[0]));
	struct cabin_metrics_source *sources = calloc(config->source_count, sizeof(sources[0]));
	struct cabin_metrics_booth *booths = calloc(config->booth_count + 1u, sizeof(booths[0]));
	struct cabin_metrics_seat *seats = calloc(config->booth_count * CABIN_SEATS_MAX + 1u, sizeof(seats[0]));
	struct cabin_metrics metrics = {
	    .channels = channels,
	    .sources = sources,
	    .booths = booths,
	    .seats = seats,
	    .booth_count = config->booth_count,
	    .channel_count = config->channel_count,
	    .source_count = config->source_count,
	    .bounds_ms = cabin_audience_bounds_ms,
	    .bound_count = CABIN_AUDIENCE_BUCKETS - 1,
	};
	if (channels && sources && booths && seats) {
		metrics.seat_count = fill_seats(from, seats);
		for (uint16_t i = 0; i < config->booth_count; i++)
			fill_booth(from, i, &booths[i]);
		for (uint16_t i = 0; i < config->channel_count; i++)
			fill_channel(from, i, &channels[i]);
		for (uint16_t i = 0; i < config->source_count; i++)
			fill_source(from, i, &sources[i]);
		fill_server(from, &metrics.server);
		cabin_metrics_print(&metrics, to);
	}
	free(channels);
	free(sources);
	free(booths);
	free(seats);
}
