#include "relay/window.h"

_Static_assert((CABIN_WINDOW_ITEMS & (CABIN_WINDOW_ITEMS - 1)) == 0, "positions are taken modulo a power of two");

void cabin_window_init(struct cabin_window *window, uint32_t item_limit, uint64_t age_limit_ns)
{
	CABIN_ASSERT(item_limit >= 1 && item_limit <= CABIN_WINDOW_ITEMS);
	*window = (struct cabin_window){.item_limit = item_limit, .age_limit_ns = age_limit_ns};
}

static void drop_oldest(struct cabin_window *window)
{
	cabin_packet_release(cabin_window_at(window, window->tail));
	window->tail++;
}

void cabin_window_clear(struct cabin_window *window)
{
	while (window->tail < window->head)
		drop_oldest(window);
	cabin_packet_release(window->state);
	cabin_packet_release(window->clock);
	window->state = NULL;
	window->clock = NULL;
}

static void keep(struct cabin_packet **newest, struct cabin_packet *packet)
{
	cabin_packet_release(*newest);
	*newest = packet ? cabin_packet_retain(packet) : NULL;
}

static bool is_old(const struct cabin_window *window, const struct cabin_packet *packet, uint64_t now_ns)
{
	return now_ns > packet->published_ns && now_ns - packet->published_ns > window->age_limit_ns;
}

void cabin_window_push(struct cabin_window *window, struct cabin_packet *packet, uint64_t now_ns)
{
	while (window->tail < window->head && (window->head - window->tail >= window->item_limit ||
					       is_old(window, cabin_window_at(window, window->tail), now_ns)))
		drop_oldest(window);
	window->items[window->head % CABIN_WINDOW_ITEMS] = cabin_packet_retain(packet);
	window->head++;
	switch (packet->kind) {
	case CABIN_PACKET_MEDIA:
		window->media_count++;
		break;
	case CABIN_PACKET_STATE:
		keep(&window->state, packet);
		keep(&window->clock, NULL); /* a state carries the clock mapping too */
		break;
	case CABIN_PACKET_CLOCK:
		keep(&window->clock, packet);
		break;
	}
}

bool cabin_window_is_late(const struct cabin_window *window, uint64_t cursor, uint64_t now_ns)
{
	if (cursor < window->tail)
		return true;
	return cursor < window->head && is_old(window, cabin_window_at(window, cursor), now_ns);
}

uint64_t cabin_window_live_start(const struct cabin_window *window, uint64_t now_ns, uint32_t *count)
{
	uint64_t start = window->head;

	*count = 0;
	for (uint64_t position = window->head; position > window->tail && *count < CABIN_JOIN_PACKETS; position--) {
		const struct cabin_packet *packet = cabin_window_at(window, position - 1);

		if (packet->epoch != window->state->epoch || is_old(window, packet, now_ns))
			break;
		if (packet->kind == CABIN_PACKET_MEDIA) {
			start = position - 1;
			(*count)++;
		}
	}
	return start;
}
