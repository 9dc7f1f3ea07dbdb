#include "net/admission.h"

#include "base/error.h"

void cabin_admission_init(struct cabin_admission *admission, uint32_t max_listeners)
{
	admission->max_listeners = max_listeners;
	admission->max_connections = cabin_admission_connections(max_listeners);
	atomic_init(&admission->listeners, 0);
	atomic_init(&admission->connections, 0);
}

static void leave(atomic_uint *count)
{
	unsigned before = atomic_fetch_sub_explicit(count, 1, memory_order_relaxed);
	CABIN_ASSERT(before > 0);
}

/* Relaxed everywhere: these are counts alone, nothing is handed over by them. */
bool cabin_admission_listeners_full(const struct cabin_admission *admission, bool is_console)
{
	uint32_t places = admission->max_listeners + (is_console ? CABIN_CONSOLE_PLACES : 0);
	return atomic_load_explicit(&admission->listeners, memory_order_relaxed) >= places;
}

void cabin_admission_listener_enter(struct cabin_admission *admission)
{
	atomic_fetch_add_explicit(&admission->listeners, 1, memory_order_relaxed);
}

void cabin_admission_listener_leave(struct cabin_admission *admission)
{
	leave(&admission->listeners);
}

bool cabin_admission_connection_enter(struct cabin_admission *admission)
{
	unsigned now = atomic_load_explicit(&admission->connections, memory_order_relaxed);
	do {
		if (now >= admission->max_connections)
			return false;
	} while (!atomic_compare_exchange_weak_explicit(&admission->connections, &now, now + 1, memory_order_relaxed,
							memory_order_relaxed));
	return true;
}

void cabin_admission_connection_leave(struct cabin_admission *admission)
{
	leave(&admission->connections);
}
