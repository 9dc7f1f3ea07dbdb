/* Gathers the figures of every part for /metrics. */
#ifndef CABIN_CABIND_APP_METRICS_H
#define CABIN_CABIND_APP_METRICS_H

#include <stdio.h>

#include "base/inbox.h"
#include "base/packet.h"
#include "capture/capture.h"
#include "config/config.h"
#include "desk/desk.h"
#include "net/server.h"
#include "relay/hub.h"

/* All borrowed; complete before the network's loops start, and alive until they end. */
struct cabin_app_metrics {
	const struct cabin_config *config;
	const struct cabin_packet_pool *pool;
	const struct cabin_inbox *hub_inbox;
	const struct cabin_hub *hub;
	const struct cabin_capture *capture;
	struct cabin_meter *meter;
	const struct cabin_server *server;
	const struct cabin_desk *desk;
};

/* Writes the answer of /metrics. `context` is a struct cabin_app_metrics. Any thread:
 * it reads atomics alone. Nothing is written when there is no memory. */
void cabin_app_metrics_write(void *context, FILE *to);

#endif
