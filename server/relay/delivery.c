/* What goes out to a listener: everything that is pending, in one write. */
#include <stdlib.h>
#include <string.h>

#include "relay/fanout_internal.h"

/* One write: a piece of bytes that stays as it is during the call. */
struct piece {
	const uint8_t *bytes;
	size_t size;
};

static void append(struct fanout_scratch *scratch, const struct cabin_packet *packet)
{
	memcpy(scratch->bytes + scratch->size, cabin_packet_wire(packet), packet->wire_size);
	scratch->size += packet->wire_size;
}

/* The range as one piece, built at its first use. A joiner's piece begins with the
 * newest state and clock, and leaves older ones out. */
static struct piece coalesce(struct cabin_fanout *fanout, uint16_t channel_index, uint64_t from, bool joining)
{
	const struct cabin_window *window = &fanout->channels[channel_index].window;
	struct fanout_scratch *scratch;

	for (uint32_t i = 0; i < FANOUT_SCRATCHES; i++) {
		scratch = &fanout->scratches[i];
		if (scratch->channel_index == channel_index && scratch->joining == joining && scratch->from == from &&
		    scratch->to == window->head)
			return (struct piece){scratch->bytes, scratch->size};
	}
	scratch = &fanout->scratches[fanout->next_scratch];
	fanout->next_scratch = (fanout->next_scratch + 1) % FANOUT_SCRATCHES;
	scratch->channel_index = channel_index;
	scratch->joining = joining;
	scratch->from = from;
	scratch->to = window->head;
	scratch->size = 0;
	if (joining) {
		append(scratch, window->state);
		if (window->clock)
			append(scratch, window->clock);
	}
	for (uint64_t position = from; position < window->head; position++) {
		const struct cabin_packet *packet = cabin_window_at(window, position);

		if (!joining || packet->kind == CABIN_PACKET_MEDIA)
			append(scratch, packet);
	}
	CABIN_ASSERT(scratch->size <= fanout->scratch_capacity);
	return (struct piece){scratch->bytes, scratch->size};
}

static struct piece pending_piece(struct cabin_fanout *fanout, uint16_t channel_index, uint64_t from, bool joining)
{
	const struct cabin_window *window = &fanout->channels[channel_index].window;

	if (!joining && window->head - from == 1) {
		const struct cabin_packet *packet = cabin_window_at(window, from);

		return (struct piece){cabin_packet_wire(packet), packet->wire_size};
	}
	return coalesce(fanout, channel_index, from, joining);
}

/* Writes all that is pending; the transport can take it. True: without a skip. */
static bool deliver(struct cabin_fanout *fanout, struct cabin_listener *listener, uint64_t now_ns)
{
	struct cabin_window *window = &fanout->channels[listener->channel_index].window;
	bool late = !listener->joining && cabin_window_is_late(window, listener->cursor, now_ns);
	bool joining = listener->joining || late;
	uint64_t from = listener->cursor, missed = window->media_count - listener->media_cursor;
	uint32_t count = (uint32_t)missed;
	struct piece piece;

	if (joining) {
		if (!window->state)
			return true; /* nothing was ever said of this channel */
		from = cabin_window_live_start(window, now_ns, &count);
	}
	if (late) {
		/* What it has got already is not sent again. */
		if (from < listener->cursor) {
			from = listener->cursor;
			count = (uint32_t)missed;
		}
		fanout->sums.skips++;
		listener->skip_count++;
		fanout->sums.skipped_packets += missed - count;
	}
	piece = pending_piece(fanout, listener->channel_index, from, joining);
	listener->joining = false;
	listener->cursor = window->head;
	listener->media_cursor = window->media_count;
	fanout->sums.writes++;
	fanout->sums.packets += count;
	fanout->sums.bytes += piece.size;
	if (fanout->config.transport.write(listener->connection, piece.bytes, piece.size) < 0)
		listener->broken = true;
	return !late;
}

static void close_slow(struct cabin_fanout *fanout, struct cabin_listener *listener)
{
	listener->broken = true;
	fanout->sums.closed_slow++;
	fanout->config.transport.close(listener->connection, CABIN_CLOSE_TOO_SLOW);
}

static bool is_too_slow(const struct cabin_fanout *fanout, const struct cabin_listener *listener, uint64_t now_ns)
{
	return listener->behind_since_ns && now_ns - listener->behind_since_ns >= fanout->close_after_ns;
}

/* The transport holds earlier bytes: wait until it says that it can take more. */
static void wait_for_transport(struct cabin_fanout *fanout, struct cabin_listener *listener, uint64_t now_ns)
{
	listener->waiting = true;
	if (!listener->behind_since_ns)
		listener->behind_since_ns = now_ns;
	fanout->config.transport.want_writable(listener->connection);
}

static bool has_news(const struct cabin_fanout *fanout, const struct cabin_listener *listener)
{
	return listener->channel_index != UINT16_MAX &&
	       (listener->joining || listener->cursor < fanout->channels[listener->channel_index].window.head);
}

static void flush_listener(struct cabin_fanout *fanout, struct cabin_listener *listener, uint64_t now_ns)
{
	if (listener->broken || !has_news(fanout, listener))
		return;
	if (listener->waiting) {
		if (is_too_slow(fanout, listener, now_ns))
			close_slow(fanout, listener);
		return;
	}
	if (fanout->config.transport.pending(listener->connection)) {
		wait_for_transport(fanout, listener, now_ns);
		return;
	}
	/* Only cabin_fanout_writable ends being behind late: here it had kept up. */
	if (deliver(fanout, listener, now_ns))
		listener->behind_since_ns = 0;
}

static void enter_callbacks(struct cabin_fanout *fanout)
{
	fanout->depth++;
}

static void leave_callbacks(struct cabin_fanout *fanout)
{
	if (--fanout->depth)
		return;
	while (fanout->dead) {
		struct cabin_listener *listener = fanout->dead;

		fanout->dead = listener->next_dead;
		free(listener);
	}
	atomic_store_explicit(&fanout->published.packets, fanout->sums.packets, memory_order_relaxed);
	atomic_store_explicit(&fanout->published.bytes, fanout->sums.bytes, memory_order_relaxed);
	atomic_store_explicit(&fanout->published.writes, fanout->sums.writes, memory_order_relaxed);
	atomic_store_explicit(&fanout->published.skips, fanout->sums.skips, memory_order_relaxed);
	atomic_store_explicit(&fanout->published.skipped_packets, fanout->sums.skipped_packets, memory_order_relaxed);
	atomic_store_explicit(&fanout->published.closed_slow, fanout->sums.closed_slow, memory_order_relaxed);
}

void cabin_fanout_flush(struct cabin_fanout *fanout)
{
	uint64_t now_ns = cabin_clock_now_ns(&fanout->config.clock);

	enter_callbacks(fanout);
	fanout->dirty = false;
	for (uint16_t i = 0; i < fanout->config.channel_count; i++) {
		struct fanout_channel *channel = &fanout->channels[i];

		if (!channel->dirty)
			continue;
		channel->dirty = false;
		/* From the end: a listener that leaves meanwhile is replaced by one that
		 * has had its turn, so nobody is left out. */
		for (uint32_t place = fanout_count(channel); place-- > 0;) {
			if (place >= fanout_count(channel))
				place = fanout_count(channel);
			else
				flush_listener(fanout, channel->listeners[place], now_ns);
		}
	}
	leave_callbacks(fanout);
}

void cabin_fanout_writable(struct cabin_fanout *fanout, struct cabin_listener *listener)
{
	uint64_t now_ns = cabin_clock_now_ns(&fanout->config.clock);

	if (listener->broken)
		return;
	enter_callbacks(fanout);
	listener->waiting = false;
	if (fanout->config.transport.pending(listener->connection)) {
		wait_for_transport(fanout, listener, now_ns);
	} else if (!has_news(fanout, listener)) {
		listener->behind_since_ns = 0;
	} else if (is_too_slow(fanout, listener, now_ns)) {
		close_slow(fanout, listener);
	} else if (deliver(fanout, listener, now_ns)) {
		listener->behind_since_ns = 0;
	}
	leave_callbacks(fanout);
}
