#include "media/packet_store.h"

#include <stddef.h>

enum { SLOTS = CABIN_PACKET_STORE_SLOTS };

static struct cabin_stored_packet *slot_of(struct cabin_packet_store *store, int64_t sequence)
{
	return &store->slots[(uint64_t)sequence % SLOTS];
}

void cabin_packet_store_clear(struct cabin_packet_store *store)
{
	for (int i = 0; i < SLOTS; i++)
		store->slots[i].sequence = -1;
	store->next = store->end = 0;
}

struct cabin_stored_packet *cabin_packet_store_put(struct cabin_packet_store *store, int64_t sequence)
{
	if (sequence < store->next || cabin_packet_store_get(store, sequence))
		return NULL;
	if (sequence >= store->end)
		store->end = sequence + 1;
	if (store->next < store->end - SLOTS)
		store->next = store->end - SLOTS;
	struct cabin_stored_packet *slot = slot_of(store, sequence);
	slot->sequence = sequence;
	return slot;
}

struct cabin_stored_packet *cabin_packet_store_get(struct cabin_packet_store *store, int64_t sequence)
{
	if (sequence < store->next || sequence >= store->end)
		return NULL;
	struct cabin_stored_packet *slot = slot_of(store, sequence);
	return slot->sequence == sequence ? slot : NULL;
}

struct cabin_stored_packet *cabin_packet_store_first(struct cabin_packet_store *store)
{
	for (int64_t sequence = store->next; sequence < store->end; sequence++) {
		struct cabin_stored_packet *slot = cabin_packet_store_get(store, sequence);
		if (slot)
			return slot;
	}
	return NULL;
}

struct cabin_stored_packet *cabin_packet_store_last(struct cabin_packet_store *store)
{
	return cabin_packet_store_get(store, store->end - 1);
}

void cabin_packet_store_take(struct cabin_packet_store *store, int64_t sequence)
{
	if (sequence >= store->next)
		store->next = sequence + 1;
	if (store->end < store->next)
		store->end = store->next;
}
