#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "relay/fanout_internal.h"
#include "relay/hub.h"

enum { QUEUE_LIMIT_MIN_MS = 40, FIRST_CAPACITY = 64 };

uint32_t cabin_fanout_window_items(uint32_t queue_limit_ms)
{
	/* 10 ms packets, a quarter for bursts, and room for state and clock messages. */
	return queue_limit_ms / 10 * 5 / 4 + 16;
}

uint32_t cabin_fanout_packets_held(uint16_t channel_count, uint32_t queue_limit_ms)
{
	return channel_count * (cabin_fanout_window_items(queue_limit_ms) + 3);
}

_Static_assert(CABIN_QUEUE_LIMIT_MAX_MS / 10 * 5 / 4 + 16 <= CABIN_WINDOW_ITEMS, "the largest window fits");

int cabin_fanout_create(struct cabin_fanout **out, const struct cabin_fanout_config *config)
{
	struct cabin_fanout *fanout;
	uint32_t items = cabin_fanout_window_items(config->queue_limit_ms);

	*out = NULL;
	if (config->channel_count < 1 || config->channel_count > CABIN_CHANNELS_MAX ||
	    config->queue_limit_ms < QUEUE_LIMIT_MIN_MS || config->queue_limit_ms > CABIN_QUEUE_LIMIT_MAX_MS ||
	    config->close_after_ms < config->queue_limit_ms)
		return CABIN_EINVAL;
	fanout = calloc(1, sizeof(*fanout));
	if (!fanout)
		return CABIN_ENOMEM;
	fanout->config = *config;
	fanout->close_after_ns = config->close_after_ms * CABIN_NS_PER_MS;
	fanout->scratch_capacity = (size_t)(items + 2) * CABIN_PACKET_BYTES;
	fanout->channels = calloc(config->channel_count, sizeof(*fanout->channels));
	if (!fanout->channels)
		goto out;
	for (uint16_t i = 0; i < config->channel_count; i++)
		cabin_window_init(&fanout->channels[i].window, items, config->queue_limit_ms * CABIN_NS_PER_MS);
	for (uint32_t i = 0; i < FANOUT_SCRATCHES; i++) {
		fanout->scratches[i].channel_index = CABIN_INDEX_NONE;
		fanout->scratches[i].bytes = malloc(fanout->scratch_capacity);
		if (!fanout->scratches[i].bytes)
			goto out;
	}
	*out = fanout;
	return 0;
out:
	cabin_fanout_destroy(fanout);
	return CABIN_ENOMEM;
}

void cabin_fanout_destroy(struct cabin_fanout *fanout)
{
	if (!fanout)
		return;
	CABIN_ASSERT(fanout->listener_count == 0);
	for (uint16_t i = 0; fanout->channels && i < fanout->config.channel_count; i++) {
		cabin_window_clear(&fanout->channels[i].window);
		free(fanout->channels[i].listeners);
	}
	free(fanout->channels);
	for (uint32_t i = 0; i < FANOUT_SCRATCHES; i++)
		free(fanout->scratches[i].bytes);
	free(fanout);
}

void cabin_fanout_packet(struct cabin_fanout *fanout, struct cabin_packet *packet)
{
	struct fanout_channel *channel;

	CABIN_ASSERT(packet->channel_index < fanout->config.channel_count);
	channel = &fanout->channels[packet->channel_index];
	cabin_window_push(&channel->window, packet, cabin_clock_now_ns(&fanout->config.clock));
	channel->dirty = true;
	fanout->dirty = true;
}

bool cabin_fanout_dirty(const struct cabin_fanout *fanout)
{
	return fanout->dirty;
}

int cabin_fanout_attach(struct cabin_fanout *fanout, struct cabin_listener **out, void *connection)
{
	struct cabin_listener *listener = calloc(1, sizeof(*listener));

	*out = listener;
	if (!listener)
		return CABIN_ENOMEM;
	listener->connection = connection;
	listener->channel_index = CABIN_INDEX_NONE;
	fanout->listener_count++;
	return 0;
}

static void leave(struct cabin_fanout *fanout, struct cabin_listener *listener)
{
	struct fanout_channel *channel;
	struct cabin_listener *last;
	uint32_t count;

	if (listener->channel_index == CABIN_INDEX_NONE)
		return;
	channel = &fanout->channels[listener->channel_index];
	count = fanout_count(channel);
	last = channel->listeners[count - 1];
	channel->listeners[listener->place] = last;
	last->place = listener->place;
	atomic_store_explicit(&channel->count, count - 1, memory_order_relaxed);
	listener->channel_index = CABIN_INDEX_NONE;
	listener->joining = false;
}

static int enter(struct cabin_fanout *fanout, struct cabin_listener *listener, uint16_t channel_index)
{
	struct fanout_channel *channel = &fanout->channels[channel_index];
	uint32_t count = fanout_count(channel);

	if (count == channel->capacity) {
		uint32_t capacity = channel->capacity ? channel->capacity * 2 : FIRST_CAPACITY;
		struct cabin_listener **listeners =
		    realloc(channel->listeners, capacity * sizeof(struct cabin_listener *));

		if (!listeners)
			return CABIN_ENOMEM;
		channel->listeners = listeners;
		channel->capacity = capacity;
	}
	listener->place = count;
	listener->channel_index = channel_index;
	channel->listeners[count] = listener;
	atomic_store_explicit(&channel->count, count + 1, memory_order_relaxed);
	return 0;
}

void cabin_fanout_detach(struct cabin_fanout *fanout, struct cabin_listener *listener)
{
	CABIN_ASSERT(!listener->dead);
	leave(fanout, listener);
	fanout->listener_count--;
	if (fanout->depth == 0) {
		free(listener);
		return;
	}
	listener->dead = true;
	listener->broken = true;
	listener->next_dead = fanout->dead;
	fanout->dead = listener;
}

void cabin_fanout_listen(struct cabin_fanout *fanout, struct cabin_listener *listener, uint16_t channel_index)
{
	struct fanout_channel *channel;

	CABIN_ASSERT(channel_index == CABIN_INDEX_NONE || channel_index < fanout->config.channel_count);
	leave(fanout, listener);
	if (channel_index == CABIN_INDEX_NONE)
		return;
	if (enter(fanout, listener, channel_index)) {
		cabin_log(CABIN_LOG_ERROR, "relay", "no-memory", "what=\"place for a listener\"");
		listener->broken = true;
		fanout->config.transport.close(listener->connection, CABIN_CLOSE_TOO_SLOW);
		return;
	}
	channel = &fanout->channels[channel_index];
	listener->joining = true;
	listener->cursor = channel->window.head;
	listener->media_cursor = channel->window.media_count;
	channel->dirty = true;
	fanout->dirty = true;
}

uint16_t cabin_listener_channel_index(const struct cabin_listener *listener)
{
	return listener->channel_index;
}

uint64_t cabin_listener_skip_count(const struct cabin_listener *listener)
{
	return listener->skip_count;
}

uint64_t cabin_listener_queue_ns(const struct cabin_fanout *fanout, const struct cabin_listener *listener,
				 uint64_t now_ns)
{
	/* The transport took what came before; what it keeps itself is as old as the first wait. */
	if (!listener->waiting || listener->behind_since_ns == 0 || listener->behind_since_ns > now_ns)
		return 0;
	return now_ns - listener->behind_since_ns;
}

uint32_t cabin_fanout_listener_count(const struct cabin_fanout *fanout, uint16_t channel_index)
{
	CABIN_ASSERT(channel_index < fanout->config.channel_count);
	return fanout_count(&fanout->channels[channel_index]);
}

void cabin_fanout_stats(const struct cabin_fanout *fanout, struct cabin_fanout_stats *out)
{
	*out = (struct cabin_fanout_stats){
	    .packets = atomic_load_explicit(&fanout->published.packets, memory_order_relaxed),
	    .bytes = atomic_load_explicit(&fanout->published.bytes, memory_order_relaxed),
	    .writes = atomic_load_explicit(&fanout->published.writes, memory_order_relaxed),
	    .skips = atomic_load_explicit(&fanout->published.skips, memory_order_relaxed),
	    .skipped_packets = atomic_load_explicit(&fanout->published.skipped_packets, memory_order_relaxed),
	    .closed_slow = atomic_load_explicit(&fanout->published.closed_slow, memory_order_relaxed),
	};
}
