#include "client/send_queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

void cabin_send_queue_init(struct cabin_send_queue *queue, uint32_t limit_ms)
{
	memset(queue, 0, sizeof(*queue));
	queue->limit_ms = limit_ms;
}

void cabin_send_entry_free(struct cabin_send_entry *entry)
{
	cabin_packet_release(entry->packet);
	free(entry->text);
	*entry = (struct cabin_send_entry){0};
}

static bool is_old(const struct cabin_send_queue *queue, const struct cabin_packet *packet, uint64_t now_ns)
{
	return packet->stamp_ns + queue->limit_ms * CABIN_NS_PER_MS < now_ns;
}

static struct cabin_send_entry take_first(struct cabin_send_queue *queue)
{
	struct cabin_send_entry entry = queue->entries[queue->first];
	queue->entries[queue->first] = (struct cabin_send_entry){0};
	queue->first = (queue->first + 1) % CABIN_SEND_QUEUE_SLOTS;
	queue->count--;
	return entry;
}

/* Packets at the front whose time is over. */
static void drop_old(struct cabin_send_queue *queue, uint64_t now_ns)
{
	while (queue->count > 0 && queue->entries[queue->first].packet &&
	       is_old(queue, queue->entries[queue->first].packet, now_ns)) {
		struct cabin_send_entry entry = take_first(queue);
		cabin_send_entry_free(&entry);
		queue->dropped_old++;
	}
}

static void append(struct cabin_send_queue *queue, struct cabin_send_entry entry)
{
	queue->entries[(queue->first + queue->count) % CABIN_SEND_QUEUE_SLOTS] = entry;
	queue->count++;
}

int cabin_send_queue_text(struct cabin_send_queue *queue, char *text, uint32_t size, enum cabin_send_gate gate)
{
	if (gate != CABIN_SEND_GATE_KEEP)
		queue->open = gate == CABIN_SEND_GATE_OPEN;
	if (!text)
		return 0;
	if (queue->count == CABIN_SEND_QUEUE_SLOTS) {
		free(text);
		queue->refused++;
		return CABIN_EFULL;
	}
	append(queue, (struct cabin_send_entry){.text = text, .text_size = size});
	return 0;
}

bool cabin_send_queue_packet(struct cabin_send_queue *queue, struct cabin_packet *packet, uint64_t now_ns)
{
	drop_old(queue, now_ns);
	if (!queue->open)
		queue->dropped_closed++;
	else if (is_old(queue, packet, now_ns))
		queue->dropped_old++;
	else if (queue->count == CABIN_SEND_QUEUE_SLOTS)
		queue->refused++;
	else {
		append(queue, (struct cabin_send_entry){.packet = packet});
		return true;
	}
	cabin_packet_release(packet);
	return false;
}

bool cabin_send_queue_pop(struct cabin_send_queue *queue, uint64_t now_ns, struct cabin_send_entry *out)
{
	drop_old(queue, now_ns);
	if (queue->count == 0)
		return false;
	*out = take_first(queue);
	return true;
}

void cabin_send_queue_clear(struct cabin_send_queue *queue)
{
	while (queue->count > 0) {
		struct cabin_send_entry entry = take_first(queue);
		cabin_send_entry_free(&entry);
	}
	queue->open = false;
}
