/* Who is let in: listeners up to the configured number, and connections of any kind
 * up to a number that leaves room for pages being loaded. Shared by all loops; any
 * thread, lock-free. */
#ifndef CABIN_NET_ADMISSION_H
#define CABIN_NET_ADMISSION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct cabin_admission {
	uint32_t max_listeners, max_connections;
	atomic_uint listeners, connections;
};

/* Beyond the listeners: who says at the upgrade that it comes to join a booth, so that a
 * full house never keeps an interpreter out. It has CABIN_CONSOLE_JOIN_MS to do so. */
enum { CABIN_CONSOLE_PLACES = 64, CABIN_CONSOLE_JOIN_MS = 5000 };

/* Connections beyond the listeners: a page's files, probes, /metrics. */
static inline uint32_t cabin_admission_connections(uint32_t max_listeners)
{
	return max_listeners + max_listeners / 4 + 256 + CABIN_CONSOLE_PLACES;
}

void cabin_admission_init(struct cabin_admission *admission, uint32_t max_listeners);

/* Asked before an upgrade is granted; entered when it succeeded, a moment later on
 * the same thread. So the count can pass its limit by one for each other loop, and
 * an upgrade that fails half-way leaves nothing to be given back. */
bool cabin_admission_listeners_full(const struct cabin_admission *admission, bool is_console);
void cabin_admission_listener_enter(struct cabin_admission *admission);
void cabin_admission_listener_leave(struct cabin_admission *admission);

/* False: full. Every success is given back. */
bool cabin_admission_connection_enter(struct cabin_admission *admission);
void cabin_admission_connection_leave(struct cabin_admission *admission);

#endif
