/* Packets of the seat that is about to take the air, kept until the hand-over is done:
 * at most CABIN_KEPT_PACKETS, which is more than they can become until it is given up.
 * A full queue refuses the newest. Holds references. Embedded in the hub; hub thread. */
#ifndef CABIN_RELAY_KEPT_H
#define CABIN_RELAY_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/packet.h"

enum { CABIN_KEPT_PACKETS = 32 }; /* 320 ms of 10 ms packets; they wait for 250 ms at most */

struct cabin_kept {
	struct cabin_packet *packets[CABIN_KEPT_PACKETS];
	uint32_t first, count;
};

/* Takes over the reference, on failure too: false, full, and it is released. */
bool cabin_kept_push(struct cabin_kept *kept, struct cabin_packet *packet);

/* The oldest, with its reference; NULL: none. */
struct cabin_packet *cabin_kept_pop(struct cabin_kept *kept);

void cabin_kept_clear(struct cabin_kept *kept);

#endif
