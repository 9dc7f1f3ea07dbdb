#include "relay/hub_message.h"

void cabin_hub_message_give(struct cabin_hub *hub, const struct cabin_hub_message *message)
{
	switch (message->kind) {
	case CABIN_HUB_PACKET:
		cabin_hub_packet(hub, message->packet);
		break;
	case CABIN_HUB_SOURCE_EVENT:
		cabin_hub_source_event(hub, message->source_index, message->event);
		break;
	case CABIN_HUB_COMMAND:
		cabin_hub_command(hub, &message->command);
		break;
	case CABIN_HUB_DESK:
		cabin_hub_desk(hub, &message->desk);
		break;
	}
}

void cabin_hub_message_release(const struct cabin_hub_message *message)
{
	if (message->kind == CABIN_HUB_PACKET)
		cabin_packet_release(message->packet);
	else if (message->kind == CABIN_HUB_COMMAND)
		cabin_packet_release(message->command.text);
}
