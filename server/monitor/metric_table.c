#include "monitor/metric_table.h"

#include "monitor/metrics.h"
#include "monitor/process_figures.h"

static const char *const close_codes[CABIN_METRICS_CLOSE_CODES] = {"peer", "1001", "1002", "1003", "1007", "1008",
								   "1009", "4000", "4001", "1013", "4002", "4003"};
static const char *const feeds[] = {"floor", "booth", "pass-through", "silence", "channel", "desk"};
_Static_assert(sizeof(feeds) / sizeof(feeds[0]) == CABIN_FEED_COUNT, "as enum cabin_feed");
static const char *const refusals[CABIN_METRICS_REFUSALS] = {"no-access", "token-invalid", "token-expired",
							     "token-revoked"};
static const char *const conditions[] = {"ok", "silent", "lost"};
static const char *const states[] = {"starting", "live", "stalled", "interrupted"};
static const char *const fallbacks[] = {"none", "script-processor", "ogg-http", "native"};

#define COUNT_OF(array)		(sizeof(array) / sizeof((array)[0]))
#define OF_SERVER(kind, field)	CABIN_METRIC_SERVER, CABIN_METRIC_##kind, offsetof(struct cabin_metrics_server, field)
#define OF_CHANNEL(kind, field) CABIN_METRIC_CHANNEL, CABIN_METRIC_##kind, offsetof(struct cabin_metrics_channel, field)
#define OF_SOURCE(kind, field)	CABIN_METRIC_SOURCE, CABIN_METRIC_##kind, offsetof(struct cabin_metrics_source, field)
#define OF_BOOTH(kind, field)	CABIN_METRIC_BOOTH, CABIN_METRIC_##kind, offsetof(struct cabin_metrics_booth, field)
#define OF_SEAT(kind, field)	CABIN_METRIC_SEAT, CABIN_METRIC_##kind, offsetof(struct cabin_metrics_seat, field)
#define OF_PROCESS(kind, field) CABIN_METRIC_PROCESS, CABIN_METRIC_##kind, offsetof(struct cabin_process_figures, field)
#define EACH(name, array)	0, name, array, COUNT_OF(array)
#define COUNTER			CABIN_METRIC_COUNTER
#define GAUGE			CABIN_METRIC_GAUGE
#define HISTOGRAM		CABIN_METRIC_HISTOGRAM

/* clang-format off */
const struct cabin_metric cabin_metric_table[] = {
	/* connections */
	{"cabin_connections", GAUGE, "", "Listeners' WebSockets that are open now.", OF_SERVER(U32, connections), .scale = 0},
	{"cabin_connections_tls", GAUGE, "", "Those of them that came over https.", OF_SERVER(U32, connections_tls), .scale = 0},
	{"cabin_connections_accepted_total", COUNTER, "", "Listeners' WebSockets that were opened.", OF_SERVER(U64, accepted), .scale = 0},
	{"cabin_connections_refused_full_total", COUNTER, "", "Connections that were refused because the server was full.", OF_SERVER(U64, refused_full), .scale = 0},
	{"cabin_connections_refused_address_total", COUNTER, "", "Upgrades that were refused because as many listeners as server.max_listeners_per_address came from that address.", OF_SERVER(U64, refused_address), .scale = 0},
	{"cabin_connections_refused_subprotocol_total", COUNTER, "", "Upgrades that were refused because they did not ask for cabin.v1.", OF_SERVER(U64, refused_subprotocol), .scale = 0},
	{"cabin_connections_closed_total", COUNTER, "", "Listeners' WebSockets that ended, by close code (docs/protocol.md, section 2); code peer: the listener ended it.", OF_SERVER(U64_EACH, closed_by_code), EACH("code", close_codes)},
	{"cabin_http_requests_total", COUNTER, "", "HTTP requests that were answered, upgrades left out.", OF_SERVER(U64, http_requests), .scale = 0},
	{"cabin_loops", GAUGE, "", "Network loops, one thread each.", OF_SERVER(U32, loops), .scale = 0},

	/* fan-out */
	{"cabin_listener_packets_total", COUNTER, "", "Packets and control messages handed to listeners' sockets, summed over listeners.", OF_SERVER(U64, fanout.packets), .scale = 0},
	{"cabin_listener_bytes_total", COUNTER, "bytes", "Their bytes, WebSocket headers included.", OF_SERVER(U64, fanout.bytes), .scale = 0},
	{"cabin_listener_writes_total", COUNTER, "", "Writes that carried them; fewer than packets where several went in one.", OF_SERVER(U64, fanout.writes), .scale = 0},
	{"cabin_listener_skips_total", COUNTER, "", "Times that a listener was too far behind and jumped to live.", OF_SERVER(U64, fanout.skips), .scale = 0},
	{"cabin_listener_skipped_packets_total", COUNTER, "", "Packets that those jumps left out.", OF_SERVER(U64, fanout.skipped_packets), .scale = 0},
	{"cabin_listener_control_dropped_total", COUNTER, "", "Pongs and errors that were not sent because the listener's socket was stalled.", OF_SERVER(U64, control_dropped), .scale = 0},
	{"cabin_loop_inbox_refused_total", COUNTER, "", "Packets that a network loop's full inbox refused.", OF_SERVER(U64, loop_inbox_refused), .scale = 0},
	{"cabin_hub_inbox_refused_total", COUNTER, "", "Packets and events that the hub's full inbox refused.", OF_SERVER(U64, hub_inbox_refused), .scale = 0},
	{"cabin_meter_dropped_total", COUNTER, "", "Packets that the loudness meter had no time for.", OF_SERVER(U64, meter_dropped), .scale = 0},
	{"cabin_levels_refused_total", COUNTER, "", "Frames of levels that the network had no room for.", OF_SERVER(U64, levels_refused), .scale = 0},
	{"cabin_packet_pool_free", GAUGE, "", "Packets that are free in the pool.", OF_SERVER(U32, pool_free), .scale = 0},
	{"cabin_packet_pool_empty_total", COUNTER, "", "Times that the pool had no packet left.", OF_SERVER(U64, pool_empty), .scale = 0},

	/* channels */
	{"cabin_listeners", GAUGE, "", "Listeners of the channel now.", OF_CHANNEL(U32, listeners), .scale = 0},
	{"cabin_channel_feed", GAUGE, "", "Who feeds the channel: 1 for the one that does.", OF_CHANNEL(ONE_OF, hub.feed), EACH("feed", feeds)},
	{"cabin_channel_source_condition", GAUGE, "", "How its source is: 1 for the condition that holds.", OF_CHANNEL(ONE_OF, hub.condition), EACH("condition", conditions)},
	{"cabin_channel_epoch", GAUGE, "", "Number of the channel's present epoch: grows by one with each change of source.", OF_CHANNEL(U32, hub.epoch), .scale = 0},
	{"cabin_channel_packets_total", COUNTER, "", "Packets published on the channel.", OF_CHANNEL(U64, hub.packets), .scale = 0},
	{"cabin_channel_payload_bytes_total", COUNTER, "bytes", "Opus bytes published on the channel.", OF_CHANNEL(U64, hub.payload_bytes), .scale = 0},
	{"cabin_channel_source_gaps_total", COUNTER, "", "Packets missing in the sequence of the channel's source.", OF_CHANNEL(U64, hub.source_gaps), .scale = 0},
	{"cabin_channel_dropped_pool_total", COUNTER, "", "Packets that were not published because the pool was empty.", OF_CHANNEL(U64, hub.dropped_pool), .scale = 0},
	{"cabin_channel_dropped_invalid_total", COUNTER, "", "Packets that were not published because they were not valid.", OF_CHANNEL(U64, hub.dropped_invalid), .scale = 0},
	{"cabin_channel_rate_hertz", GAUGE, "hertz", "Rate of the source's RTP time by the server's clock, 48,000 but for its crystal; 0 while unknown.", OF_CHANNEL(DOUBLE, hub.rate_hz), .scale = 0},
	{"cabin_channel_true_peak_dbtp", GAUGE, "dBTP", "True peak of the newest 50 ms as a listener decodes it (ITU-R BS.1770-4); -Inf: silence.", OF_CHANNEL(DOUBLE, levels.true_peak_dbtp), .scale = 0},
	{"cabin_channel_momentary_lufs", GAUGE, "LUFS", "Loudness of the newest 400 ms as a listener decodes it (EBU R128, dual mono), before the gain that is applied at the ear; -Inf: silence.", OF_CHANNEL(DOUBLE, levels.momentary_lufs), .scale = 0},
	{"cabin_channel_short_term_lufs", GAUGE, "LUFS", "Loudness of the newest 3 s, as above.", OF_CHANNEL(DOUBLE, levels.short_term_lufs), .scale = 0},
	{"cabin_channel_clips_total", COUNTER, "", "Times that a listener's decoder went beyond full scale.", OF_CHANNEL(U64, levels.clips), .scale = 0},

	/* listeners' reports */
	{"cabin_reports_total", COUNTER, "", "Reports that the channel's listeners sent, one a second each.", OF_CHANNEL(U64, reports), .scale = 0},
	{"cabin_reports_hidden_total", COUNTER, "", "Those of them from a page in the background or a locked phone.", OF_CHANNEL(U64, reports_hidden), .scale = 0},
	{"cabin_reports_by_state_total", COUNTER, "", "Reports by what the listener was doing.", OF_CHANNEL(U64_EACH, reports_by_state), EACH("state", states)},
	{"cabin_reports_by_fallback_total", COUNTER, "", "Reports by the way that the listener plays sound.", OF_CHANNEL(U64_EACH, reports_by_fallback), EACH("fallback", fallbacks)},
	{"cabin_report_underruns_total", COUNTER, "", "Times that a listener's buffer ran empty, as reported.", OF_CHANNEL(U64, underruns), .scale = 0},
	{"cabin_report_concealed_seconds_total", COUNTER, "seconds", "Sound that listeners made up for losses and underruns, as reported.", OF_CHANNEL(DOUBLE, concealed_ms), .scale = .001},
	{"cabin_report_mouth_to_ear_seconds", HISTOGRAM, "seconds", "Mouth-to-ear as listeners estimate it, one value a report that has one.", OF_CHANNEL(BUCKETS, mouth_to_ear), .scale = .001},
	{"cabin_report_buffer_seconds", HISTOGRAM, "seconds", "Sound in a listener's jitter buffer, one value a report.", OF_CHANNEL(BUCKETS, buffer), .scale = .001},
	{"cabin_report_late_seconds", HISTOGRAM, "seconds", "Largest lateness of a packet within the last second, one value a report.", OF_CHANNEL(BUCKETS, late), .scale = .001},
	{"cabin_report_round_trip_seconds", HISTOGRAM, "seconds", "Round trip of a clock ping, one value a report that has one.", OF_CHANNEL(BUCKETS, round_trip), .scale = .001},

	/* sources */
	{"cabin_source_lost", GAUGE, "", "1 while the source's device is gone.", OF_SOURCE(U32, lost), .scale = 0},
	{"cabin_source_packets_total", COUNTER, "", "Packets that the source made.", OF_SOURCE(U64, packets), .scale = 0},
	{"cabin_source_overruns_total", COUNTER, "", "Times that the device or its ring lost sound.", OF_SOURCE(U64, overruns), .scale = 0},
	{"cabin_source_lost_frames_total", COUNTER, "", "Frames (one sample per input) lost in them.", OF_SOURCE(U64, lost_frames), .scale = 0},
	{"cabin_source_inbox_refused_total", COUNTER, "", "Packets of the source that the hub's full inbox refused.", OF_SOURCE(U64, inbox_refused), .scale = 0},
	{"cabin_source_peak_dbfs", GAUGE, "dBFS", "Peak level of the newest 100 ms.", OF_SOURCE(DOUBLE, peak_dbfs), .scale = 0},
	{"cabin_source_rms_dbfs", GAUGE, "dBFS", "RMS level of the newest 100 ms.", OF_SOURCE(DOUBLE, rms_dbfs), .scale = 0},
	{"cabin_source_clips_total", COUNTER, "", "Times that three samples or more in a row were at full scale before the source was encoded.", OF_SOURCE(U64, clips), .scale = 0},
	{"cabin_source_true_peak_dbtp", GAUGE, "dBTP", "True peak of the newest 50 ms, decoded (ITU-R BS.1770-4); -Inf: silence.", OF_SOURCE(DOUBLE, levels.true_peak_dbtp), .scale = 0},
	{"cabin_source_momentary_lufs", GAUGE, "LUFS", "Loudness of the newest 400 ms (EBU R128, dual mono); -Inf: silence.", OF_SOURCE(DOUBLE, levels.momentary_lufs), .scale = 0},
	{"cabin_source_short_term_lufs", GAUGE, "LUFS", "Loudness of the newest 3 s, as above.", OF_SOURCE(DOUBLE, levels.short_term_lufs), .scale = 0},
	{"cabin_source_decoded_clips_total", COUNTER, "", "Times that its decoded sound went beyond full scale.", OF_SOURCE(U64, levels.clips), .scale = 0},
	{"cabin_source_bandwidth_hertz", GAUGE, "hertz", "The highest of 4,000, 12,500, 15,000 and 20,000 Hz that its newest 10 s of sound need; 0 while unknown.", OF_SOURCE(DOUBLE, levels.bandwidth_hz), .scale = 0},
	{"cabin_source_hum", GAUGE, "", "1 while mains hum stands out of its sound.", OF_SOURCE(U32, levels.hum), .scale = 0},
	{"cabin_source_hum_decibels", GAUGE, "decibels", "How far the strongest line of mains hum stands above what lies around it; 0: none.", OF_SOURCE(DOUBLE, levels.hum_db), .scale = 0},
	{"cabin_source_noise_dbfs", GAUGE, "dBFS", "RMS level of its quietest moments within 12 s; -Inf: unknown, or digital silence.", OF_SOURCE(DOUBLE, levels.noise_dbfs), .scale = 0},
	{"cabin_source_speech_lufs", GAUGE, "LUFS", "Gated loudness of its last 30 s of speech; NaN while unknown.", OF_SOURCE(DOUBLE, speech_lufs), .scale = 0},
	{"cabin_source_capture_seconds", GAUGE, "seconds", "Age of a block's newest frame when its encode thread got it, mean of 1 s.", OF_SOURCE(DOUBLE, capture_ms), .scale = .001},
	{"cabin_source_encode_seconds", GAUGE, "seconds", "Time to encode one packet, mean of 1 s.", OF_SOURCE(DOUBLE, encode_ms), .scale = .001},

	/* booths */
	{"cabin_consoles", GAUGE, "", "Consoles in a seat, and technicians, that are connected now.", OF_SERVER(U32, consoles), .scale = 0},
	{"cabin_joins_refused_total", COUNTER, "", "Tokens that were refused, or revoked while in use.", OF_SERVER(U64_EACH, joins_refused), EACH("reason", refusals)},
	{"cabin_uplink_packets_total", COUNTER, "", "Packets of consoles' microphones that went to the hub.", OF_SERVER(U64, uplink_packets), .scale = 0},
	{"cabin_uplink_late_total", COUNTER, "", "Packets of consoles that were dropped because their sound was older than the queue limit.", OF_SERVER(U64, uplink_late), .scale = 0},
	{"cabin_uplink_bad_clock_total", COUNTER, "", "Packets of consoles that were dropped because their clock said that they come from the future, or from long ago.", OF_SERVER(U64, uplink_bad_clock), .scale = 0},
	{"cabin_uplink_refused_total", COUNTER, "", "Packets of consoles for which the pool or the hub's inbox had no room.", OF_SERVER(U64, uplink_refused), .scale = 0},
	{"cabin_console_commands_refused_total", COUNTER, "", "Times that the hub's inbox had no room for a console's command; the console is closed and comes back.", OF_SERVER(U64, commands_refused), .scale = 0},
	{"cabin_console_notices_dropped_total", COUNTER, "", "Messages to consoles that were dropped because too many waited.", OF_SERVER(U64, notices_dropped), .scale = 0},
	{"cabin_booth_on_air_seat", GAUGE, "", "The seat on air, 0 for none.", OF_BOOTH(U32, on_air), .scale = 0},
	{"cabin_booth_held", GAUGE, "", "1 while the hold time runs: microphone off or lost, the channel still the booth's.", OF_BOOTH(U32, held), .scale = 0},
	{"cabin_booth_seats_present", GAUGE, "", "Seats with a console.", OF_BOOTH(U32, present), .scale = 0},
	{"cabin_booth_handovers_total", COUNTER, "", "Hand-overs that took place.", OF_BOOTH(U64, handovers), .scale = 0},
	{"cabin_booth_handovers_cancelled_total", COUNTER, "", "Agreed hand-overs that did not, since the partner sent no sound.", OF_BOOTH(U64, handovers_cancelled), .scale = 0},
	{"cabin_booth_dropped_packets_total", COUNTER, "", "Packets of its seats that were not taken: microphone off, connection replaced, or too many during a hand-over.", OF_BOOTH(U64, dropped_packets), .scale = 0},
	{"cabin_seat_uplink_packets_total", COUNTER, "", "Packets of the seat's microphone that went to the hub.", OF_SEAT(U64, uplink_packets), .scale = 0},
	{"cabin_seat_uplink_late_total", COUNTER, "", "Packets of it that were dropped because their sound was too old, or their clock wrong.", OF_SEAT(U64, uplink_late), .scale = 0},
	{"cabin_seat_uplink_lost_total", COUNTER, "", "Packets that its console dropped itself: gaps in its sequence while the microphone was open.", OF_SEAT(U64, uplink_lost), .scale = 0},
	{"cabin_seat_uplink_age_seconds", GAUGE, "seconds", "Age of its sound when it came, from the microphone to the server, smoothed over some ten packets; 0: none came yet.", OF_SEAT(DOUBLE, uplink_age_ms), .scale = .001},

	/* the desk */
	{"cabin_connections_lost_total", COUNTER, "", "Listeners' WebSockets that ended without a word from either side, as when a network fails.", OF_SERVER(U64, lost), .scale = 0},
	{"cabin_desks", GAUGE, "", "Technicians' and observers' desks that are open now.", OF_SERVER(U32, desks), .scale = 0},
	{"cabin_desk_levels_dropped_total", COUNTER, "", "Levels that a desk which was behind missed.", OF_SERVER(U64, levels_dropped), .scale = 0},
	{"cabin_desk_events_dropped_total", COUNTER, "", "What happened in the hub and did not reach the log, because the desk's inbox was full.", OF_SERVER(U64, desk_events_dropped), .scale = 0},
	{"cabin_changes", GAUGE, "", "Settings that differ from the configuration file.", OF_SERVER(U32, changes), .scale = 0},
	{"cabin_store_writable", GAUGE, "", "1 while the event's database takes what is written.", OF_SERVER(U32, store_writable), .scale = 0},
	{"cabin_store_entries_total", COUNTER, "", "Entries written into the event's log.", OF_SERVER(U64, store_entries), .scale = 0},
	{"cabin_store_dropped_total", COUNTER, "", "Entries, minutes and changes that were not kept because too many waited.", OF_SERVER(U64, store_dropped), .scale = 0},
	{"cabin_store_waiting", GAUGE, "", "What waits to be written.", OF_SERVER(U64, store_waiting), .scale = 0},
	{"cabin_store_file_bytes", GAUGE, "bytes", "Size of the event's database.", OF_SERVER(U64, store_file_bytes), .scale = 0},
	{"cabin_disk_free_bytes", GAUGE, "bytes", "Free on the database's disk.", OF_SERVER(U64, disk_free_bytes), .scale = 0},
	/* alarms */
	{"cabin_alarms_active", GAUGE, "", "Alarms that are raised now, acknowledged or not (docs/alarms.md).", OF_SERVER(U64_EACH, alarms.active), 0, "kind", cabin_alarm_ids, CABIN_ALARM_KINDS},
	{"cabin_alarms_raised_total", COUNTER, "", "Alarms that were raised.", OF_SERVER(U64_EACH, alarms.raised), 0, "kind", cabin_alarm_ids, CABIN_ALARM_KINDS},

	/* process; names that every Prometheus client library uses */
	{"cabin_build_info", GAUGE, "", "The version that runs.", OF_PROCESS(TEXT, version), 0, "version", NULL, 0},
	{"cabin_figures_time_seconds", GAUGE, "seconds", "When these figures were read, in seconds since 1970; an answer is up to a second old.", OF_PROCESS(DOUBLE, read_time_s), .scale = 0},
	{"process_resident_memory_bytes", GAUGE, "bytes", "Resident memory of the server, capture helpers left out.", OF_PROCESS(U64, resident_bytes), .scale = 0},
	{"process_cpu_seconds_total", COUNTER, "seconds", "User and system CPU time of the server, capture helpers left out.", OF_PROCESS(DOUBLE, cpu_s), .scale = 0},
	{"process_open_fds", GAUGE, "", "Open file descriptors.", OF_PROCESS(U64, open_files), .scale = 0},
	{"process_max_fds", GAUGE, "", "How many there may be.", OF_PROCESS(U64, open_files_max), .scale = 0},
	{"process_threads", GAUGE, "", "Threads of the server.", OF_PROCESS(U64, threads), .scale = 0},
	{"process_start_time_seconds", GAUGE, "seconds", "When the server started, in seconds since 1970.", OF_PROCESS(DOUBLE, start_time_s), .scale = 0},
};
/* clang-format on */

const size_t cabin_metric_count = COUNT_OF(cabin_metric_table);
