#include "base/packet.h"

#include <stdlib.h>
#include <string.h>

/* The free list is a stack of slot indices. Its top and a tag that grows with each
 * change share one 64-bit word, so that a compare-and-swap fails when the same top
 * was taken and given back in between (ABA). */
struct cabin_packet_pool {
	struct cabin_packet *slots;
	atomic_uint *next; /* slot index + 1 of the one below, 0: none */
	uint32_t slot_count;
	_Atomic uint64_t top; /* tag << 32 | slot index + 1 */
	atomic_uint free_count;
	_Atomic uint64_t empty_count;
};

enum { SLOTS_MAX = 1000000 };

static uint64_t retag(uint64_t top, uint32_t slot_plus_one)
{
	return ((top >> 32) + 1) << 32 | slot_plus_one;
}

int cabin_packet_pool_create(struct cabin_packet_pool **out, uint32_t slot_count)
{
	struct cabin_packet_pool *pool;

	*out = NULL;
	if (slot_count < 1 || slot_count > SLOTS_MAX)
		return CABIN_EINVAL;
	pool = calloc(1, sizeof(*pool));
	if (!pool)
		return CABIN_ENOMEM;
	pool->slots = calloc(slot_count, sizeof(*pool->slots));
	pool->next = calloc(slot_count, sizeof(*pool->next));
	if (!pool->slots || !pool->next) {
		free(pool->slots);
		free(pool->next);
		free(pool);
		return CABIN_ENOMEM;
	}
	pool->slot_count = slot_count;
	/* The slots are not touched before they are taken: the newest that came back goes
	 * out first, so a pool that is larger than needed costs no memory. */
	for (uint32_t i = 0; i < slot_count; i++)
		atomic_init(&pool->next[i], i + 1 < slot_count ? i + 2 : 0);
	atomic_init(&pool->top, 1);
	atomic_init(&pool->free_count, slot_count);
	*out = pool;
	return 0;
}

void cabin_packet_pool_destroy(struct cabin_packet_pool *pool)
{
	if (!pool)
		return;
	CABIN_ASSERT(cabin_packet_pool_free_count(pool) == pool->slot_count);
	free(pool->slots);
	free(pool->next);
	free(pool);
}

struct cabin_packet *cabin_packet_take(struct cabin_packet_pool *pool)
{
	/* Acquire, partner: the release in give_back: we see `next` as that thread left it. */
	uint64_t top = atomic_load_explicit(&pool->top, memory_order_acquire);
	struct cabin_packet *packet;

	for (;;) {
		uint32_t slot_plus_one = (uint32_t)top;
		uint32_t below;

		if (slot_plus_one == 0) {
			atomic_fetch_add_explicit(&pool->empty_count, 1, memory_order_relaxed);
			return NULL;
		}
		/* May be stale when another thread takes it meanwhile; the tag makes the swap fail then. */
		below = atomic_load_explicit(&pool->next[slot_plus_one - 1], memory_order_relaxed);
		/* Acquire, partner: the release in give_back: the former owner's reads and writes are over. */
		if (atomic_compare_exchange_weak_explicit(&pool->top, &top, retag(top, below), memory_order_acquire,
							  memory_order_acquire)) {
			packet = &pool->slots[slot_plus_one - 1];
			break;
		}
	}
	atomic_fetch_sub_explicit(&pool->free_count, 1, memory_order_relaxed);
	/* Everything before the pool's own fields; `bytes` are written before they are read. */
	memset(packet, 0, offsetof(struct cabin_packet, pool));
	packet->pool = pool;
	packet->slot_index = (uint32_t)(packet - pool->slots);
	atomic_store_explicit(&packet->references, 1, memory_order_relaxed);
	return packet;
}

static void give_back(struct cabin_packet *packet)
{
	struct cabin_packet_pool *pool = packet->pool;
	uint64_t top = atomic_load_explicit(&pool->top, memory_order_relaxed);

	atomic_fetch_add_explicit(&pool->free_count, 1, memory_order_relaxed);
	do {
		atomic_store_explicit(&pool->next[packet->slot_index], (uint32_t)top, memory_order_relaxed);
		/* Release, partner: the acquires in cabin_packet_take. */
	} while (!atomic_compare_exchange_weak_explicit(&pool->top, &top, retag(top, packet->slot_index + 1),
							memory_order_release, memory_order_relaxed));
}

struct cabin_packet *cabin_packet_retain(struct cabin_packet *packet)
{
	/* Relaxed: who retains has a reference already. */
	unsigned before = atomic_fetch_add_explicit(&packet->references, 1, memory_order_relaxed);

	CABIN_ASSERT(before > 0);
	return packet;
}

void cabin_packet_release(struct cabin_packet *packet)
{
	unsigned before;

	if (!packet)
		return;
	/* Release, partner: the acquire of whoever drops the last reference: our reads are over. */
	before = atomic_fetch_sub_explicit(&packet->references, 1, memory_order_acq_rel);
	CABIN_ASSERT(before > 0);
	if (before == 1)
		give_back(packet);
}

uint32_t cabin_packet_pool_free_count(const struct cabin_packet_pool *pool)
{
	return atomic_load_explicit(&pool->free_count, memory_order_relaxed);
}

uint64_t cabin_packet_pool_empty_count(const struct cabin_packet_pool *pool)
{
	return atomic_load_explicit(&pool->empty_count, memory_order_relaxed);
}
