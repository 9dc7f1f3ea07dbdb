/* The server's figures: one table, one row a metric, that feeds /metrics (Prometheus
 * text format 0.0.4) and docs/metrics.md.
 *
 *   app: hub, capture, meter, net, desk ─ copies ─▶ struct cabin_metrics ─▶ cabin_metrics_print ─▶ /metrics
 *                                                                      table ─▶ docs/metrics.md
 *
 * The caller fills a snapshot, so nothing here knows where a figure comes from. Any
 * thread; nothing is kept between calls. */
#ifndef CABIN_MONITOR_METRICS_H
#define CABIN_MONITOR_METRICS_H

#include <stdint.h>
#include <stdio.h>

#include "monitor/alarm.h"
#include "relay/fanout.h"
#include "relay/hub.h"

enum {
	CABIN_METRICS_CLOSE_CODES = 12, /* peer, 1001 … 4003: as enum cabin_server_close */
	CABIN_METRICS_REFUSALS = 4,	/* no key, invalid, expired, revoked */
	CABIN_METRICS_REPORT_STATES = 4,
	CABIN_METRICS_FALLBACKS = 4,
	CABIN_METRICS_BUCKETS_MAX = 16
};

/* Cumulative, as Prometheus has it: count[b] of values up to bounds_ms[b]; the last is +Inf. */
struct cabin_metrics_histogram {
	uint64_t count[CABIN_METRICS_BUCKETS_MAX];
	double sum_ms;
};

/* Of a source or a channel, decoded (monitor/meter.h). */
struct cabin_metrics_levels {
	double true_peak_dbtp, momentary_lufs, short_term_lufs;
	uint64_t clips, concealed;
	double bandwidth_hz, noise_dbfs, hum_db;
	uint32_t hum; /* 0 or 1 */
};

struct cabin_metrics_channel {
	const char *room, *channel; /* ids, borrowed */
	uint32_t listeners;
	struct cabin_hub_channel_stats hub;
	uint64_t reports, reports_hidden, underruns;
	uint64_t reports_by_state[CABIN_METRICS_REPORT_STATES]; /* starting, live, stalled, interrupted */
	uint64_t reports_by_fallback[CABIN_METRICS_FALLBACKS];	/* none, script-processor, ogg-http, native */
	double concealed_ms;
	struct cabin_metrics_levels levels;
	struct cabin_metrics_histogram mouth_to_ear, buffer, late, round_trip;
};

struct cabin_metrics_source {
	const char *source; /* id, borrowed */
	uint32_t lost;	    /* 0 or 1 */
	uint64_t packets, overruns, lost_frames, inbox_refused;
	double peak_dbfs, rms_dbfs, capture_ms, encode_ms;
	uint64_t clips; /* before it was encoded */
	struct cabin_metrics_levels levels;
	double speech_lufs; /* NAN: unknown */
};

struct cabin_metrics_booth {
	const char *booth; /* id, borrowed */
	uint32_t on_air;   /* seat, 0: none */
	uint32_t held;	   /* 0 or 1 */
	uint32_t present;  /* seats with a connection */
	uint64_t handovers, handovers_cancelled, dropped_packets;
};

struct cabin_metrics_seat {
	const char *booth;  /* id, borrowed */
	const char *number; /* "1" …, static */
	uint64_t uplink_packets, uplink_late, uplink_lost;
	double uplink_age_ms;
};

struct cabin_metrics_server {
	uint32_t connections, connections_tls, consoles, loops;
	uint64_t accepted, refused_full, refused_address, refused_subprotocol, http_requests, control_dropped,
	    loop_inbox_refused;
	uint64_t joins_refused[CABIN_METRICS_REFUSALS];
	uint64_t uplink_packets, uplink_late, uplink_bad_clock, uplink_refused, commands_refused, notices_dropped;
	uint64_t closed_by_code[CABIN_METRICS_CLOSE_CODES];
	struct cabin_fanout_stats fanout;
	uint32_t pool_free;
	uint64_t pool_empty, hub_inbox_refused, meter_dropped, levels_refused;
	struct cabin_alarm_figures alarms;
	uint32_t desks, changes, store_writable;
	uint64_t lost, levels_dropped, desk_events_dropped;
	uint64_t store_entries, store_dropped, store_waiting, disk_free_bytes, store_file_bytes;
};

struct cabin_metrics {
	struct cabin_metrics_server server;
	const struct cabin_metrics_channel *channels;
	const struct cabin_metrics_source *sources;
	const struct cabin_metrics_booth *booths;
	const struct cabin_metrics_seat *seats; /* of all booths */
	uint32_t channel_count, source_count, booth_count, seat_count;
	const double *bounds_ms; /* of every histogram: bound_count of them, +Inf left out */
	uint32_t bound_count;	 /* at most CABIN_METRICS_BUCKETS_MAX − 1 */
};

/* Writes the answer of /metrics, this process's own figures included. */
void cabin_metrics_print(const struct cabin_metrics *metrics, FILE *to);

/* Writes docs/metrics.md. */
void cabin_metrics_write_markdown(FILE *to);

#endif
