/* What a console sends of its microphone: RTP in, packets for the hub out. */
#include <string.h>

#include "base/log.h"
#include "net/ws_console.h"
#include "relay/hub_message.h"
#include "wire/ws_frame.h"

static const int64_t FUTURE_MAX_NS = 50 * 1000 * 1000; /* what a clock that is not quite right may be ahead */
static const uint64_t LATE_LOG_INTERVAL_NS = 10 * CABIN_NS_PER_S;

/* Server clock of a timestamp, by the console's own mapping; the distance is below half
 * the timestamp's range. */
static int64_t stamp_ns(const struct cabin_uplink_clock *clock, uint32_t timestamp)
{
	double samples = (double)(int32_t)(timestamp - clock->timestamp);
	return (int64_t)clock->server_ns + (int64_t)(samples * (1e9 / clock->rate_hz));
}

/* Old speech is dropped, here as everywhere; so is what a wrong clock makes come from
 * the future. */
static bool is_live(struct cabin_ws_listener *listener, int64_t stamp, uint64_t arrived_ns)
{
	struct cabin_ws_console *console = listener->console;
	struct cabin_loop_counters *counters = &listener->loop->counters;
	int64_t age_ns = (int64_t)arrived_ns - stamp;
	int64_t limit_ns = (int64_t)(listener->loop->net->config.queue_limit_ms * CABIN_NS_PER_MS);
	bool is_future = age_ns < -FUTURE_MAX_NS;
	if (!is_future && age_ns <= limit_ns)
		return true;
	cabin_counter_add(is_future ? &counters->uplink_bad_clock : &counters->uplink_late, 1);
	if (arrived_ns - console->late_log_ns >= LATE_LOG_INTERVAL_NS) {
		console->late_log_ns = arrived_ns;
		cabin_log(
		    CABIN_LOG_WARN, "net", "uplink-dropped", "listener=%llu booth=%s seat=%u age_ms=%lld limit_ms=%u",
		    (unsigned long long)listener->number, listener->loop->net->config.booths[console->booth_index].id,
		    console->seat, (long long)(age_ns / 1000000), listener->loop->net->config.queue_limit_ms);
	}
	return false;
}

static void hand_over(struct cabin_ws_listener *listener, const struct cabin_rtp *rtp, int64_t stamp,
		      uint64_t arrived_ns)
{
	const struct cabin_ws_console *console = listener->console;
	struct cabin_loop *loop = listener->loop;
	struct cabin_packet *packet = cabin_packet_take(loop->net->pool);
	if (!packet) {
		cabin_counter_add(&loop->counters.uplink_refused, 1);
		return;
	}
	packet->source_index = console->source_index;
	packet->flags = CABIN_PACKET_ACTIVE;
	packet->source_sequence = rtp->sequence;
	packet->source_timestamp = rtp->timestamp;
	packet->duration_samples = rtp->duration_samples;
	packet->connection = listener->number;
	packet->stamp_ns = stamp < (int64_t)arrived_ns ? (uint64_t)stamp : arrived_ns;
	packet->payload_size = (uint16_t)rtp->payload_size;
	memcpy(cabin_packet_payload(packet), rtp->payload, rtp->payload_size);
	const struct cabin_hub_message message = {
	    .kind = CABIN_HUB_PACKET, .source_index = console->source_index, .packet = packet};
	if (cabin_inbox_push(loop->net->config.hub_inbox, &message, false)) {
		cabin_counter_add(&loop->counters.uplink_refused, 1);
		cabin_packet_release(packet);
		return;
	}
	cabin_counter_add(&loop->counters.uplink_packets, 1);
}

void cabin_ws_uplink(struct cabin_ws_listener *listener, const uint8_t *bytes, size_t size, uint64_t arrived_ns)
{
	struct cabin_ws_console *console = listener->console;
	struct cabin_rtp rtp;
	if (console->role != CABIN_CONSOLE_BOOTH) {
		cabin_ws_close(listener, CABIN_CLOSE_BINARY, "binary message without a seat");
		return;
	}
	if (cabin_rtp_parse(&rtp, bytes, size) || rtp.ssrc != cabin_seat_ssrc(console->booth_index, console->seat)) {
		cabin_ws_close(listener, CABIN_CLOSE_POLICY, "not an RTP packet of this seat");
		return;
	}
	if (console->echo) {
		cabin_ws_send(listener, CABIN_WS_BINARY, bytes, size);
		return;
	}
	/* What was sent before the server said no: of a microphone that is not on. */
	if (!console->mic)
		return;
	if (!console->clock.known) {
		cabin_ws_close(listener, CABIN_CLOSE_POLICY, "sound before clock");
		return;
	}
	int64_t stamp = stamp_ns(&console->clock, rtp.timestamp);
	if (is_live(listener, stamp, arrived_ns))
		hand_over(listener, &rtp, stamp, arrived_ns);
}
