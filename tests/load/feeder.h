/* A server without capture: real loops and a real hub, fed with packets of made-up
 * sound on time. What a listener measures of it is the share of hub, loops and
 * network alone. Used by the server's test and by `cabin-feeder`. */
#ifndef CABIN_LOAD_FEEDER_H
#define CABIN_LOAD_FEEDER_H

#include "net/server.h"

enum { CABIN_FEEDER_CHANNELS_MAX = 16 };

struct cabin_feeder;

struct cabin_feeder_config {
	struct cabin_server_config server; /* clock, channels and event are filled in */
	uint16_t channel_count;		   /* numbers 1 … */
	uint32_t packet_ms;		   /* 10 or 20 */
	uint32_t payload_bytes;		   /* of each Opus packet */
};

/* Everything but the feeding; the server runs. Errors as cabin_server_create. */
CABIN_MUST_CHECK int cabin_feeder_create(struct cabin_feeder **out, const struct cabin_feeder_config *config);

/* Stops all; the packet pool must be full again (asserted). */
void cabin_feeder_destroy(struct cabin_feeder *feeder);

struct cabin_server *cabin_feeder_server(struct cabin_feeder *feeder);

/* Publishes one packet on each channel, stamped `stamp_ns`. One thread. */
void cabin_feeder_publish(struct cabin_feeder *feeder, uint64_t stamp_ns);

#endif
