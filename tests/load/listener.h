/* One measuring listener: its connection, its channel's mapping of RTP time, and
 * what it counted. One thread. */
#ifndef CABIN_LOAD_LISTENER_H
#define CABIN_LOAD_LISTENER_H

#include "client.h"
#include "histogram.h"

/* What a listener sees of a packet, for whoever wants the sound. */
struct cabin_load_packet {
	uint64_t sequence, timestamp; /* extended */
	double server_us;	      /* server clock at the microphone, by the mapping; < 0: not known */
	uint32_t epoch;
	const uint8_t *payload;
	size_t payload_size;
	uint32_t duration_samples;
};

struct cabin_load_listener {
	uint32_t index;
	uint16_t channel;
	struct cabin_client client;
	bool connected_once, reports, stalls;
	uint64_t connect_at_ns, next_report_ns, next_ping_ns; /* 0: not due */
	uint32_t ping_id;

	/* The mapping of the present epoch: `state` and `clock` messages. */
	bool has_mapping, has_packet;
	uint32_t epoch;
	uint64_t mapping_timestamp;
	double mapping_us, rate_hz;

	uint64_t first_sequence, last_sequence, last_timestamp;
	uint64_t packets, packets_before; /* of this connection, and of those before */
	uint64_t expected_before;
	uint64_t gaps, missing; /* jumps in the sequence, and packets that they left out */
	uint64_t faults, reconnects, late_packets;
	uint64_t pongs;
	double round_trip_ms, interval_max_ms;
	uint16_t close_codes[8];
	int close_code_count;
	const char *fault;
	struct cabin_histogram *delays; /* of this listener alone; NULL: not wanted */
};

struct cabin_load_sink {
	void (*packet)(void *context, const struct cabin_load_packet *packet);
	void *context;
};

struct cabin_load {
	struct cabin_client_target target;
	/* Of all listeners that do not stall: until this tool had read a packet, and until
	 * the kernel had received it, which leaves this tool's own queue out. */
	struct cabin_histogram delays, kernel_delays;
	int64_t wall_minus_monotonic_ns;
	uint64_t measure_from_ns; /* delays of packets that arrive before are not counted */
	double warn_over_ms;
	struct cabin_load_sink sink; /* of listener `sink_listener` */
	uint32_t sink_listener;
};

/* The handler of cabin_client_ready, with a struct cabin_load_turn. */
struct cabin_load_turn {
	struct cabin_load *load;
	struct cabin_load_listener *listener;
};
void cabin_load_listener_message(void *turn, unsigned opcode, const uint8_t *payload, size_t size);

/* Sends what is due: listen after the upgrade, reports, pings. */
void cabin_load_listener_tick(struct cabin_load_listener *listener, uint64_t now_ns);

/* The connection ended: remembers how, and forgets what belongs to it. */
void cabin_load_listener_lost(struct cabin_load_listener *listener);

#endif
