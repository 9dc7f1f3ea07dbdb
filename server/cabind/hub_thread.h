/* The thread of the hub: takes packets and events out of its inbox, routes them, and
 * does what is due by the clock.
 *
 *   capture ── push ──▶ inbox ─(eventfd)─▶ hub thread: cabin_hub_packet, … ──▶ sinks
 *
 * One per server. Created and ended by main; the inbox takes from any thread. */
#ifndef CABIN_CABIND_HUB_THREAD_H
#define CABIN_CABIND_HUB_THREAD_H

#include "base/clock.h"
#include "base/error.h"
#include "base/inbox.h"
#include "base/pulse.h"
#include "relay/hub.h"

struct cabin_hub_thread;

/* Makes the inbox; nothing runs yet. CABIN_ENOMEM, CABIN_EIO. */
CABIN_MUST_CHECK int cabin_hub_thread_create(struct cabin_hub_thread **out, struct cabin_clock clock,
					     uint32_t slot_count);

struct cabin_inbox *cabin_hub_thread_inbox(struct cabin_hub_thread *thread);

/* From here on only the thread touches `hub`, until stop returns. CABIN_EIO. */
CABIN_MUST_CHECK int cabin_hub_thread_start(struct cabin_hub_thread *thread, struct cabin_hub *hub);

/* Beats each time that the thread goes round, at least once a second. Lives as long as
 * the thread's object. */
const struct cabin_pulse *cabin_hub_thread_pulse(const struct cabin_hub_thread *thread);

/* Ends the thread. What is pushed later stays in the inbox. Fine when not started. */
void cabin_hub_thread_stop(struct cabin_hub_thread *thread);

/* Gives packets that are still in the inbox back to their pool; nobody may push any
 * more. NULL is fine. */
void cabin_hub_thread_destroy(struct cabin_hub_thread *thread);

#endif
