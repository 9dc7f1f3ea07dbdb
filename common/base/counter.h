/* A counter with one writing thread; any other may read it. Relaxed: each figure is
 * right by itself, and orders nothing else. */
#ifndef CABIN_BASE_COUNTER_H
#define CABIN_BASE_COUNTER_H

#include <stdatomic.h>
#include <stdint.h>

/* The writer: with no other, no read-modify-write is needed. */
static inline void cabin_counter_add(_Atomic uint64_t *counter, uint64_t by)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + by, memory_order_relaxed);
}

static inline uint64_t cabin_counter_get(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

#endif
