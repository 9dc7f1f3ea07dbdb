#include "listener.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "wire/rtp.h"

enum { OPCODE_TEXT = 1, OPCODE_BINARY = 2 };

static uint64_t now(void)
{
	const struct cabin_clock clock = cabin_clock_monotonic();
	return cabin_clock_now_ns(&clock);
}

static void fault(struct cabin_load_listener *listener, const char *what)
{
	listener->faults++;
	listener->fault = what;
}

/* `object` has timestamp, server_us and rate_hz. */
static void take_mapping(struct cabin_load_listener *listener, const json_t *object)
{
	if (!json_is_object(object))
		return;
	uint32_t low = (uint32_t)json_integer_value(json_object_get(object, "timestamp"));
	uint64_t near = listener->has_packet	? listener->last_timestamp
			: listener->has_mapping ? listener->mapping_timestamp
						: (UINT64_C(1) << 32) + low;
	listener->mapping_timestamp = cabin_rtp_extend32(near, low);
	listener->mapping_us = json_number_value(json_object_get(object, "server_us"));
	listener->rate_hz = json_number_value(json_object_get(object, "rate_hz"));
	listener->has_mapping = listener->rate_hz > 0;
	if (!listener->has_mapping)
		fault(listener, "mapping without a rate");
}

static void take_state(struct cabin_load_listener *listener, const json_t *object)
{
	uint32_t epoch = (uint32_t)json_integer_value(json_object_get(object, "epoch"));
	if (epoch < listener->epoch)
		fault(listener, "epoch went back");
	if (epoch != listener->epoch)
		listener->has_mapping = false;
	listener->epoch = epoch;
	take_mapping(listener, json_object_get(object, "clock"));
}

static void take_text(struct cabin_load_listener *listener, const uint8_t *text, size_t size, uint64_t now_ns)
{
	json_t *object = json_loadb((const char *)text, size, 0, NULL);
	const char *type = json_string_value(json_object_get(object, "type"));
	if (!type) {
		fault(listener, "control message without a type");
	} else if (!strcmp(type, "state")) {
		take_state(listener, object);
	} else if (!strcmp(type, "clock")) {
		if ((uint32_t)json_integer_value(json_object_get(object, "epoch")) == listener->epoch)
			take_mapping(listener, object);
	} else if (!strcmp(type, "pong")) {
		double t1 = json_number_value(json_object_get(object, "t1"));
		double t2 = json_number_value(json_object_get(object, "t2"));
		double t3 = json_number_value(json_object_get(object, "t3"));
		listener->pongs++;
		listener->round_trip_ms = ((double)(now_ns / CABIN_NS_PER_US) - t1 - (t3 - t2)) / 1e3;
	} else if (!strcmp(type, "error")) {
		fault(listener, "error message");
	}
	json_decref(object);
}

/* Sequence and timestamp go on as docs/protocol.md, 5, says. */
static void take_order(struct cabin_load_listener *listener, const struct cabin_rtp *rtp)
{
	if (!listener->has_packet) {
		listener->has_packet = true;
		listener->last_timestamp = cabin_rtp_extend32(
		    listener->has_mapping ? listener->mapping_timestamp : UINT64_C(1) << 32, rtp->timestamp);
		listener->first_sequence = listener->last_sequence = (UINT64_C(1) << 16) + rtp->sequence;
		return;
	}
	uint64_t sequence = cabin_rtp_extend16(listener->last_sequence, rtp->sequence);
	uint64_t timestamp = cabin_rtp_extend32(listener->last_timestamp, rtp->timestamp);
	if (sequence <= listener->last_sequence) {
		fault(listener, "sequence went back");
		return;
	}
	if (timestamp <= listener->last_timestamp)
		fault(listener, "timestamp went back");
	if (sequence > listener->last_sequence + 1) {
		listener->gaps++;
		listener->missing += sequence - listener->last_sequence - 1;
	}
	listener->last_sequence = sequence;
	listener->last_timestamp = timestamp;
}

static double microphone_us(const struct cabin_load_listener *listener)
{
	double samples = (double)(int64_t)(listener->last_timestamp - listener->mapping_timestamp);
	return listener->has_mapping ? listener->mapping_us + samples / listener->rate_hz * 1e6 : -1;
}

/* Of several packets that came in one read, the newest one's arrival counts for all. */
static double kernel_delay_ms(const struct cabin_load *load, const struct cabin_load_listener *listener,
			      double server_us)
{
	int64_t arrived_ns = (int64_t)listener->client.arrived_wall_ns - load->wall_minus_monotonic_ns;
	return ((double)arrived_ns / 1e3 - server_us) / 1e3;
}

static void take_media(struct cabin_load *load, struct cabin_load_listener *listener, const uint8_t *bytes, size_t size,
		       uint64_t now_ns)
{
	struct cabin_rtp rtp;
	if (cabin_rtp_parse(&rtp, bytes, size)) {
		fault(listener, "binary message that is not RTP");
		return;
	}
	if (rtp.ssrc != listener->channel) {
		fault(listener, "packet of another channel");
		return;
	}
	take_order(listener, &rtp);
	listener->packets++;
	double server_us = microphone_us(listener);
	/* The packets that prime a joiner are old by design. */
	if (server_us >= 0 && now_ns >= load->measure_from_ns && listener->packets > CABIN_JOIN_PACKETS) {
		double delay_ms = ((double)now_ns / 1e3 - server_us) / 1e3;
		if (delay_ms > load->warn_over_ms)
			listener->late_packets++;
		if (!listener->stalls) {
			cabin_histogram_add(&load->delays, delay_ms);
			if (listener->client.arrived_wall_ns)
				cabin_histogram_add(&load->kernel_delays, kernel_delay_ms(load, listener, server_us));
		}
		if (listener->delays)
			cabin_histogram_add(listener->delays, delay_ms);
	}
	if (load->sink.packet && listener->index == load->sink_listener) {
		const struct cabin_load_packet packet = {.sequence = listener->last_sequence,
							 .timestamp = listener->last_timestamp,
							 .server_us = server_us,
							 .epoch = listener->epoch,
							 .payload = rtp.payload,
							 .payload_size = rtp.payload_size,
							 .duration_samples = rtp.duration_samples};
		load->sink.packet(load->sink.context, &packet);
	}
}

void cabin_load_listener_message(void *context, unsigned opcode, const uint8_t *payload, size_t size)
{
	struct cabin_load_turn *turn = context;
	if (opcode == OPCODE_BINARY)
		take_media(turn->load, turn->listener, payload, size, now());
	else if (opcode == OPCODE_TEXT)
		take_text(turn->listener, payload, size, now());
}

void cabin_load_listener_tick(struct cabin_load_listener *listener, uint64_t now_ns)
{
	char text[400];
	int result = 0;
	if (listener->client.state != CABIN_CLIENT_OPEN)
		return;
	if (listener->next_ping_ns && now_ns >= listener->next_ping_ns) {
		snprintf(text, sizeof(text), "{\"type\":\"ping\",\"id\":%u,\"t1\":%llu}", listener->ping_id++,
			 (unsigned long long)(now_ns / CABIN_NS_PER_US));
		result = cabin_client_send_text(&listener->client, text);
		listener->next_ping_ns += 2 * CABIN_NS_PER_S;
	}
	if (!result && listener->next_report_ns && now_ns >= listener->next_report_ns) {
		snprintf(text, sizeof(text),
			 "{\"type\":\"report\",\"channel\":%u,\"state\":\"live\",\"buffer_ms\":40,\"target_ms\":40,"
			 "\"late_ms\":1.5,\"concealed_ms\":0,\"underruns\":0,\"mouth_to_ear_ms\":75.5,"
			 "\"round_trip_ms\":%.1f,\"hidden\":false,\"fallback\":\"native\"}",
			 listener->channel, listener->round_trip_ms > 0 ? listener->round_trip_ms : 0.0);
		result = cabin_client_send_text(&listener->client, text);
		listener->next_report_ns += CABIN_NS_PER_S;
	}
	if (result)
		fault(listener, "could not send");
}

void cabin_load_listener_lost(struct cabin_load_listener *listener)
{
	if (listener->client.fault)
		fault(listener, listener->client.fault);
	if (listener->close_code_count < 8)
		listener->close_codes[listener->close_code_count++] = listener->client.close_code;
	if (listener->has_packet)
		listener->expected_before += listener->last_sequence - listener->first_sequence + 1;
	listener->packets_before += listener->packets;
	listener->packets = 0;
	listener->has_packet = listener->has_mapping = false;
	listener->epoch = 0;
}
