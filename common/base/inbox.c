#include "base/inbox.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MAX = 65536, MESSAGE_MAX_BYTES = 64 };

/* Whether the consumer sleeps, or is about to. */
enum { AWAKE, ASLEEP, ASLEEP_WAITING }; /* WAITING: a claimed slot is not filled yet; even a quiet push wakes */

/* A slot's turn tells who may use it: turn == position: the producer that claims
 * `position`; turn == position + 1: the consumer; then it moves on by slot_count. */
struct slot {
	_Atomic uint64_t turn;
	unsigned char message[];
};

struct cabin_inbox {
	struct cabin_inbox_config config;
	unsigned char *slots;
	size_t slot_size;
	_Alignas(64) _Atomic uint64_t claimed; /* producers: next position to claim */
	_Atomic uint64_t refused;
	_Alignas(64) _Atomic uint64_t popped; /* consumer: next position to pop */
	_Alignas(64) _Atomic int consumer;
};

static struct slot *slot_at(const struct cabin_inbox *inbox, uint64_t position)
{
	return (struct slot *)(inbox->slots + (position & (inbox->config.slot_count - 1)) * inbox->slot_size);
}

int cabin_inbox_create(struct cabin_inbox **out, const struct cabin_inbox_config *config)
{
	struct cabin_inbox *inbox;
	size_t slot_size;

	*out = NULL;
	if (config->slot_count < 2 || config->slot_count > SLOTS_MAX ||
	    (config->slot_count & (config->slot_count - 1)) || config->message_size < 1 ||
	    config->message_size > MESSAGE_MAX_BYTES || !config->wake)
		return CABIN_EINVAL;
	slot_size = (sizeof(struct slot) + config->message_size + 7) & ~(size_t)7;
	inbox = aligned_alloc(64, (sizeof(*inbox) + 63) & ~(size_t)63);
	if (!inbox)
		return CABIN_ENOMEM;
	memset(inbox, 0, sizeof(*inbox));
	inbox->slots = calloc(config->slot_count, slot_size);
	if (!inbox->slots) {
		free(inbox);
		return CABIN_ENOMEM;
	}
	inbox->config = *config;
	inbox->slot_size = slot_size;
	atomic_init(&inbox->consumer, ASLEEP);
	for (uint32_t i = 0; i < config->slot_count; i++)
		atomic_init(&slot_at(inbox, i)->turn, i);
	*out = inbox;
	return 0;
}

void cabin_inbox_destroy(struct cabin_inbox *inbox)
{
	if (!inbox)
		return;
	free(inbox->slots);
	free(inbox);
}

/* Claims a position, or false when the queue is full. */
static bool claim(struct cabin_inbox *inbox, uint64_t *position)
{
	uint64_t next = atomic_load_explicit(&inbox->claimed, memory_order_relaxed);

	for (;;) {
		/* Acquire, partner: the release in take_oldest: the consumer has copied the slot's last message. */
		uint64_t turn = atomic_load_explicit(&slot_at(inbox, next)->turn, memory_order_acquire);

		if (turn == next) {
			/* Relaxed: the slot's turn orders the message; fetch_or in push orders the claim. */
			if (atomic_compare_exchange_weak_explicit(&inbox->claimed, &next, next + 1,
								  memory_order_relaxed, memory_order_relaxed)) {
				*position = next;
				return true;
			}
		} else if (turn < next) {
			return false;
		} else {
			next = atomic_load_explicit(&inbox->claimed, memory_order_relaxed);
		}
	}
}

int cabin_inbox_push(struct cabin_inbox *inbox, const void *message, bool quiet)
{
	uint64_t position;
	struct slot *slot;
	int consumer;

	if (!claim(inbox, &position)) {
		atomic_fetch_add_explicit(&inbox->refused, 1, memory_order_relaxed);
		return CABIN_EFULL;
	}
	slot = slot_at(inbox, position);
	memcpy(slot->message, message, inbox->config.message_size);
	/* Release, partner: the acquire in take_oldest. */
	atomic_store_explicit(&slot->turn, position + 1, memory_order_release);

	/* A read that is also a write, partner: fall_asleep. All of these on one word
	 * have one order: either the consumer's comes later and sees our message (or our
	 * claim), or ours does and sees that it sleeps. */
	consumer = atomic_fetch_or_explicit(&inbox->consumer, 0, memory_order_acq_rel);
	if (consumer == AWAKE)
		return 0;
	if (quiet && consumer == ASLEEP &&
	    position + 1 - atomic_load_explicit(&inbox->popped, memory_order_relaxed) < inbox->config.slot_count / 2)
		return 0;
	/* Of several producers only the one that turns it wakes. */
	if (atomic_exchange_explicit(&inbox->consumer, AWAKE, memory_order_relaxed) != AWAKE)
		inbox->config.wake(inbox->config.context);
	return 0;
}

static bool take_oldest(struct cabin_inbox *inbox, void *message)
{
	uint64_t position = atomic_load_explicit(&inbox->popped, memory_order_relaxed);
	struct slot *slot = slot_at(inbox, position);

	/* Acquire, partner: the release in cabin_inbox_push. */
	if (atomic_load_explicit(&slot->turn, memory_order_acquire) != position + 1)
		return false;
	memcpy(message, slot->message, inbox->config.message_size);
	/* Release, partner: the acquire in claim: the message is copied, the slot is free. */
	atomic_store_explicit(&slot->turn, position + inbox->config.slot_count, memory_order_release);
	atomic_store_explicit(&inbox->popped, position + 1, memory_order_relaxed);
	return true;
}

/* Says that the consumer sleeps, and looks once more: what was pushed before that
 * may not have woken it. */
static bool fall_asleep(struct cabin_inbox *inbox, void *message)
{
	/* Acquire and release, partner: the fetch_or in cabin_inbox_push. */
	atomic_exchange_explicit(&inbox->consumer, ASLEEP, memory_order_acq_rel);
	if (take_oldest(inbox, message))
		return false;
	if (atomic_load_explicit(&inbox->claimed, memory_order_relaxed) ==
	    atomic_load_explicit(&inbox->popped, memory_order_relaxed))
		return true;
	/* A slot is claimed and not filled: what waits behind it may have been loud, so
	 * whoever fills it must wake us. */
	atomic_exchange_explicit(&inbox->consumer, ASLEEP_WAITING, memory_order_acq_rel);
	return !take_oldest(inbox, message);
}

int cabin_inbox_pop(struct cabin_inbox *inbox, void *message)
{
	if (!take_oldest(inbox, message) && fall_asleep(inbox, message))
		return CABIN_EEMPTY;
	if (atomic_load_explicit(&inbox->consumer, memory_order_relaxed) != AWAKE)
		atomic_exchange_explicit(&inbox->consumer, AWAKE, memory_order_acq_rel);
	return 0;
}

uint64_t cabin_inbox_refused_count(const struct cabin_inbox *inbox)
{
	return atomic_load_explicit(&inbox->refused, memory_order_relaxed);
}
