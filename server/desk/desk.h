/* The desk: what technicians see and do, in a thread of its own.
 *
 *   loop threads ── struct cabin_api_request ──┐
 *   hub thread ──── struct cabin_hub_event ────┤ inbox
 *                                              ▼
 *        changes (store) ─▶ desk thread ─▶ hub's inbox: who feeds what, gains, rooms
 *        figures (meter, ▲      │ └──────▶ net: replies, /api/v1/event, locks, talkback
 *        capture, hub,   │      └────────▶ net: desks (map, audience, alarms, log)
 *        net: atomics) ──┘                 store: log, figures of each minute
 *
 * What is wanted is held in one place: the file's configuration, the changes to it (kept
 * by the store), and what lasts only while it is done (tone, announcement, talkback,
 * probe). Ten times a second, and after each action, that is compared with what the hub
 * and the network were told, and what differs is told: a full inbox delays, and loses
 * nothing.
 *
 * Owned by main; created before the hub's thread and the network's run. */
#ifndef CABIN_DESK_DESK_H
#define CABIN_DESK_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/inbox.h"
#include "capture/capture.h"
#include "config/config.h"
#include "desk/layout.h"
#include "monitor/alarm.h"
#include "monitor/meter.h"
#include "relay/api.h"
#include "relay/audience.h"
#include "relay/desk.h"
#include "relay/hub.h"
#include "store/store.h"

struct cabin_desk;

/* The network, as the desk knows it. Each may be called on the desk's thread, `reply` on
 * the store's too; none may block. */
struct cabin_desk_network {
	bool (*tell)(void *context, bool binary, const void *bytes, size_t size);
	void (*reply)(void *context, const struct cabin_api_reply *reply); /* takes over the body */
	void (*audience)(void *context, struct cabin_audience *out);
	uint32_t (*connections)(void *context);
	uint32_t (*hearing)(void *context, uint16_t channel_index); /* of every sort, technicians too */
	uint64_t (*dropped)(void *context); /* listeners' connections that ended though nobody ended them */
	void (*set_event)(void *context, char *event_json); /* takes it over */
	void (*lock_room)(void *context, uint16_t room_index, uint32_t pin);
	void (*set_booth)(void *context, uint16_t booth_index, const char *id, const char *documents_json);
	void (*talkback)(void *context, const uint64_t booth_bits[2], uint16_t voice_channel_index);
	void (*uplink)(void *context, uint16_t booth_index, uint8_t seat, uint64_t *packets, uint64_t *late,
		       uint64_t *lost, double *age_ms);
	void *context;
};

struct cabin_desk_config {
	struct cabin_clock clock;
	const struct cabin_config *config;     /* as it runs: the changes that hold at start in it; borrowed for life */
	const struct cabin_config *configured; /* without changes; borrowed for life */
	struct cabin_desk_layout layout;
	struct cabin_hub *hub; /* its figures alone */
	struct cabin_inbox *hub_inbox;
	struct cabin_capture *capture;
	struct cabin_meter *meter;
	struct cabin_store *store; /* NULL: nothing is kept */
	struct cabin_desk_network network;
	uint32_t loop_count;
	int (*certificate_days)(void *context); /* left; INT_MAX: there is none. Called once a minute. NULL: the same */
	void *certificate_context;
	const char *openapi_path; /* file of the API's description; NULL: none */
};

/* The changes that hold, read from the store, put into `config` as they were made. What
 * does not fit any more (its room left the file) is logged and left out. Main thread. */
CABIN_MUST_CHECK int cabin_desk_apply_stored(struct cabin_config *config, struct cabin_store *store);

CABIN_MUST_CHECK int cabin_desk_create(struct cabin_desk **out,
				       const struct cabin_desk_config *config); /* CABIN_ENOMEM */
CABIN_MUST_CHECK int cabin_desk_start(struct cabin_desk *desk);			/* CABIN_EIO */
void cabin_desk_stop(struct cabin_desk *desk);					/* fine when not started */
void cabin_desk_destroy(struct cabin_desk *desk);

/* For cabin_hub_config.event; the hub's thread. */
void cabin_desk_event(void *desk, const struct cabin_hub_event *event);

/* For the network; any loop's thread. False: busy, and nothing was taken over. */
bool cabin_desk_request(void *desk, struct cabin_api_request *request);

struct cabin_desk_figures {
	struct cabin_alarm_figures alarms;
	uint64_t dropped_events; /* of the hub, because the desk's inbox was full */
	uint32_t changes;	 /* that hold */
	/* The database's, as of the newest second; all 0 without one. */
	uint64_t store_entries, store_dropped, store_waiting, disk_free_bytes, store_file_bytes;
	uint32_t store_writable; /* 0 or 1 */
};

/* Any thread, also after cabin_desk_stop: each figure is right, the set is not a snapshot. */
void cabin_desk_figures(const struct cabin_desk *desk, struct cabin_desk_figures *out);

#endif
