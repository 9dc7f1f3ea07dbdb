/* What the hub knows of one source: whether it is there, what it says of itself,
 * and its time line.
 *
 * Embedded in the hub; hub thread. */
#ifndef CABIN_RELAY_SOURCE_STATE_H
#define CABIN_RELAY_SOURCE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/packet.h"
#include "base/timeline.h"
#include "relay/hub.h"

struct cabin_source_state {
	bool lost;	     /* its device is gone, or nothing came for CABIN_SOURCE_QUIET_LIMIT_MS; so it begins */
	bool silent;	     /* says its newest packet */
	bool seen;	     /* at least one packet came */
	bool was_lost;	     /* since the newest packet */
	bool paused;	     /* says that nothing comes for now: that is no loss */
	uint32_t generation; /* grows when the time line breaks: an epoch cannot reach across */
	uint32_t refused_in_row;
	uint64_t sequence, timestamp; /* of the newest packet */
	uint32_t duration_samples;
	uint64_t packet_ns; /* when it came, or when the source returned */
	struct cabin_timeline timeline;
};

void cabin_source_state_init(struct cabin_source_state *source);

/* Takes in a packet. CABIN_EINVAL: its time goes back, leave it out. */
CABIN_MUST_CHECK int cabin_source_state_packet(struct cabin_source_state *source, const struct cabin_packet *packet,
					       uint64_t now_ns);

void cabin_source_state_event(struct cabin_source_state *source, enum cabin_source_event event, uint64_t now_ns);

/* A seat's microphone is off: nothing comes until the next packet, and it is `silent`. */
void cabin_source_state_pause(struct cabin_source_state *source);

/* Extends a packet's sequence and timestamp by their low 16 and 32 bits, nearest to the
 * newest that came. */
void cabin_source_state_extend(const struct cabin_source_state *source, struct cabin_packet *packet);

/* True when the source has just become lost because it was quiet for too long. */
bool cabin_source_state_check(struct cabin_source_state *source, uint64_t now_ns);

/* When to check; UINT64_MAX: not before the next packet or event. */
uint64_t cabin_source_state_due_ns(const struct cabin_source_state *source);

enum cabin_source_condition cabin_source_state_condition(const struct cabin_source_state *source);

#endif
