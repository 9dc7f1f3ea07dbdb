/* The meter: how loud each source is, decoded beside the packets' way.
 *
 *   hub thread: sink ─▶ inbox ─▶ meter thread: decode, loudness ─▶ atomics ─▶ hub (gain), /metrics
 *
 * Each packet of a source is taken once, however many channels carry it. A full inbox
 * drops the newest and counts; nobody waits for the meter. One per server, owned by
 * main. */
#ifndef CABIN_MONITOR_METER_H
#define CABIN_MONITOR_METER_H

#include <stdint.h>

#include "base/error.h"
#include "relay/hub.h"

struct cabin_meter;

enum { CABIN_METER_SLOTS = 2048 }; /* packets of the pool that may wait in the inbox */

/* `source_count`: seats included. The first `ready_count` of them, those that are sure to
 * be heard, have their memory (some 1.2 MB each) from now on, others from their first
 * packet. CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_meter_create(struct cabin_meter **out, uint32_t source_count, uint32_t ready_count);

/* Its publish is the hub thread's. */
struct cabin_sink cabin_meter_sink(struct cabin_meter *meter);

CABIN_MUST_CHECK int cabin_meter_start(struct cabin_meter *meter); /* CABIN_EIO */

/* Ends the thread; what is published later is dropped at destroy. Fine when not started. */
void cabin_meter_stop(struct cabin_meter *meter);

/* Nobody may publish any more. NULL is fine. */
void cabin_meter_destroy(struct cabin_meter *meter);

/* Gated loudness of a source's recent speech (monitor/r128.h) in LUFS; NAN: unknown.
 * Any thread; `meter` is a struct cabin_meter, so that this fits cabin_hub_config. */
double cabin_meter_speech_lufs(void *meter, uint16_t source_index);

double cabin_meter_short_term_lufs(const struct cabin_meter *meter, uint16_t source_index); /* any thread */
uint64_t cabin_meter_dropped_count(const struct cabin_meter *meter);			    /* any thread */

#endif
