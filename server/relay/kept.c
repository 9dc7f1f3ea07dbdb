#include "relay/kept.h"

#include <stddef.h>

bool cabin_kept_push(struct cabin_kept *kept, struct cabin_packet *packet)
{
	if (kept->count == CABIN_KEPT_PACKETS) {
		cabin_packet_release(packet);
		return false;
	}
	kept->packets[(kept->first + kept->count++) % CABIN_KEPT_PACKETS] = packet;
	return true;
}

struct cabin_packet *cabin_kept_pop(struct cabin_kept *kept)
{
	struct cabin_packet *packet;

	if (!kept->count)
		return NULL;
	packet = kept->packets[kept->first];
	kept->first = (kept->first + 1) % CABIN_KEPT_PACKETS;
	kept->count--;
	return packet;
}

void cabin_kept_clear(struct cabin_kept *kept)
{
	while (kept->count)
		cabin_packet_release(cabin_kept_pop(kept));
}
