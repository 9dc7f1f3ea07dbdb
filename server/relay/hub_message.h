/* What the hub's inbox carries: packets and events of sources (capture/), commands and
 * packets of consoles (net/), commands of the technician's desk. References are handed over with it. */
#ifndef CABIN_RELAY_HUB_MESSAGE_H
#define CABIN_RELAY_HUB_MESSAGE_H

#include "relay/console.h"
#include "relay/hub.h"

enum cabin_hub_message_kind { CABIN_HUB_PACKET, CABIN_HUB_SOURCE_EVENT, CABIN_HUB_COMMAND, CABIN_HUB_DESK };

struct cabin_hub_message {
	enum cabin_hub_message_kind kind;
	uint16_t source_index; /* of a packet or an event */
	union {
		struct cabin_packet *packet;
		enum cabin_source_event event;
		struct cabin_console_command command;
		struct cabin_desk_command desk;
	};
};

_Static_assert(sizeof(struct cabin_hub_message) <= 64, "an inbox's message");

/* Gives the message to the hub, which takes over its references. Hub thread. */
void cabin_hub_message_give(struct cabin_hub *hub, const struct cabin_hub_message *message);

/* Gives its references back: of a message that the inbox refused, or that nobody takes any more. */
void cabin_hub_message_release(const struct cabin_hub_message *message);

#endif
