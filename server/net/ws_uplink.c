/* What a console sends of its microphone: RTP in, packets for the hub out. */
#include <string.h>

#include "base/log.h"
#include "net/ws_console.h"
#include "relay/hub_message.h"
#include "wire/ws_frame.h"

static const int64_t FUTURE_MAX_NS = 50 * 1000 * 1000;		 /* what a clock that is not quite right may be ahead */
static const int64_t PAST_MAX_NS = 10 * (int64_t)CABIN_NS_PER_S; /* older than any stall: a clock that is wrong */
static const uint64_t LOG_INTERVAL_NS = 10 * CABIN_NS_PER_S;

enum { LOST_MAX_PACKETS = 1000 }; /* a larger step is another run of numbers */

/* Server clock of a timestamp, by the console's own mapping; the distance is below half
 * the timestamp's range. */
static int64_t stamp_ns(const struct cabin_uplink_clock *clock, uint32_t timestamp)
{
	double samples = (double)(int32_t)(timestamp - clock->timestamp);
	return (int64_t)clock->server_ns + (int64_t)(samples * (1e9 / clock->rate_hz));
}

static struct cabin_uplink_figures *figures_of(const struct cabin_ws_listener *listener)
{
	const struct cabin_ws_console *console = listener->console;
	return cabin_net_uplink(listener->loop->net, console->booth_index, console->seat);
}

/* A seat may have been another loop's a moment ago, so its figures have several writers. */
static void add(_Atomic uint64_t *figure, uint64_t by)
{
	atomic_fetch_add_explicit(figure, by, memory_order_relaxed);
}

/* Each interval once, the first time at once. */
static bool is_due(uint64_t *last_ns, uint64_t now_ns)
{
	if (*last_ns && now_ns - *last_ns < LOG_INTERVAL_NS)
		return false;
	*last_ns = now_ns;
	return true;
}

/* Old speech is dropped, here as everywhere; so is what a wrong clock makes come from
 * the future, or from a time when this console was not there. */
static bool is_live(struct cabin_ws_listener *listener, int64_t age_ns, uint64_t arrived_ns)
{
	struct cabin_ws_console *console = listener->console;
	struct cabin_loop_counters *counters = &listener->loop->counters;
	int64_t limit_ns = (int64_t)(listener->loop->net->config.queue_limit_ms * CABIN_NS_PER_MS);
	bool is_wrong = age_ns < -FUTURE_MAX_NS || age_ns > PAST_MAX_NS;
	if (!is_wrong && age_ns <= limit_ns)
		return true;
	cabin_counter_add(is_wrong ? &counters->uplink_bad_clock : &counters->uplink_late, 1);
	add(&figures_of(listener)->late, 1);
	if (is_due(&console->late_log_ns, arrived_ns)) {
		char booth[CABIN_NAME_MAX_BYTES];
		cabin_live_booth_id(&listener->loop->net->live, console->booth_index, booth);
		cabin_log(CABIN_LOG_WARN, "net", "uplink-dropped",
			  "listener=%llu booth=%s seat=%u age_ms=%lld limit_ms=%u",
			  (unsigned long long)listener->number, booth, console->seat, (long long)(age_ns / 1000000),
			  listener->loop->net->config.queue_limit_ms);
	}
	if (is_wrong && is_due(&console->wrong_clock_ns, arrived_ns))
		cabin_ws_console_say_error(listener, "clock-wrong",
					   "by its `clock` this sound is not from now: it is dropped");
	return false;
}

/* What the console dropped itself shows as a gap in its numbers. */
static void count_lost(struct cabin_ws_listener *listener, uint16_t sequence)
{
	struct cabin_ws_console *console = listener->console;
	uint16_t lost = (uint16_t)(sequence - console->next_sequence);
	if (console->sequence_known && lost <= LOST_MAX_PACKETS)
		add(&figures_of(listener)->lost, lost);
	console->sequence_known = true;
	console->next_sequence = (uint16_t)(sequence + 1u);
}

/* Smoothed over some ten packets, as RFC 3550, A.8, does with jitter. */
static void count_taken(struct cabin_uplink_figures *figures, int64_t age_ns)
{
	int64_t age_us = age_ns > 0 ? age_ns / 1000 : 0;
	int64_t mean_us = atomic_load_explicit(&figures->age_us, memory_order_relaxed);
	mean_us = mean_us ? mean_us + (age_us - mean_us) / 16 : age_us;
	atomic_store_explicit(&figures->age_us, mean_us, memory_order_relaxed);
	add(&figures->packets, 1);
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
	count_taken(figures_of(listener), (int64_t)arrived_ns - stamp);
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
	int64_t stamp = stamp_ns(&console->clock, rtp.timestamp), age_ns = (int64_t)arrived_ns - stamp;
	count_lost(listener, rtp.sequence);
	if (is_live(listener, age_ns, arrived_ns))
		hand_over(listener, &rtp, stamp, arrived_ns);
}
