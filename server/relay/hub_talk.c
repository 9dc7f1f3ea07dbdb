/* Messages between people: who gets them, and how many. They are told to connections one
 * by one, never to a room: watchers of a room have no token. */
#include "relay/hub_internal.h"

static struct cabin_ratelimit *limit_of(struct cabin_hub *hub, const struct cabin_console_command *command)
{
	return command->booth_index == CABIN_INDEX_NONE
		   ? &hub->technician_messages
		   : &hub->booths[command->booth_index].messages[command->seat - 1];
}

/* Whether this booth is meant, by a sender of that kind. */
static bool is_meant(const struct cabin_hub *hub, const struct cabin_console_command *command, uint16_t booth_index)
{
	bool technician = command->booth_index == CABIN_INDEX_NONE;

	switch ((enum cabin_message_to)command->message.to) {
	case CABIN_MESSAGE_PARTNER:
		return booth_index == command->booth_index;
	case CABIN_MESSAGE_ROOM:
		return technician || hub->booths[booth_index].config.room_index ==
					 hub->booths[command->booth_index].config.room_index;
	case CABIN_MESSAGE_BOOTH:
		return booth_index == command->message.booth_index;
	default:
		return false;
	}
}

static void notify_connection(struct cabin_hub *hub, uint64_t connection, size_t size)
{
	hub_notify(hub, &(struct cabin_notice){.scope = CABIN_NOTICE_CONNECTION,
					       .connection = connection,
					       .text = hub->text,
					       .size = size,
					       .source_index = CABIN_INDEX_NONE});
}

/* To every seat that is meant, but the sender's; how many that were. */
static uint32_t deliver(struct cabin_hub *hub, const struct cabin_console_command *command, size_t size)
{
	uint32_t count = 0;

	for (uint16_t i = 0; i < hub->booth_count; i++) {
		if (!is_meant(hub, command, i))
			continue;
		for (uint8_t seat = 0; seat < hub->booths[i].config.seat_count; seat++) {
			uint64_t connection = hub->booths[i].machine.seats[seat].connection;

			if (!connection || connection == command->connection)
				continue;
			notify_connection(hub, connection, size);
			count++;
		}
	}
	return count;
}

static int write_message(struct cabin_hub *hub, const struct cabin_console_command *command, uint64_t now_ns)
{
	struct cabin_packet *text = command->text;
	struct cabin_console_message message = {
	    .from_booth = command->booth_index == CABIN_INDEX_NONE ? NULL : hub->booths[command->booth_index].config.id,
	    .from_seat = command->seat,
	    .to = command->message.to == CABIN_MESSAGE_BOOTH ? hub->booths[command->message.booth_index].config.id
							     : cabin_message_words[command->message.to],
	    .text = text ? (const char *)cabin_packet_payload(text) : NULL,
	    .text_size = text ? text->payload_size : 0,
	    .canned = command->message.canned < 0 ? NULL : cabin_canned_words[command->message.canned],
	    .at_us = now_ns / CABIN_NS_PER_US,
	};

	return cabin_console_write_message(hub->text, sizeof(hub->text), &message);
}

static bool is_valid(const struct cabin_hub *hub, const struct cabin_console_command *command)
{
	bool has_text = command->text && command->text->payload_size > 0;

	if (command->message.to >= CABIN_MESSAGE_TO_COUNT || command->message.canned >= CABIN_CANNED_COUNT)
		return false;
	if (command->message.to == CABIN_MESSAGE_BOOTH &&
	    (command->message.booth_index >= hub->booth_count || !hub->booths[command->message.booth_index].config.id))
		return false;
	return command->message.canned >= 0 || (has_text && command->text->payload_size <= CABIN_MESSAGE_TEXT_BYTES);
}

void hub_talk(struct cabin_hub *hub, const struct cabin_console_command *command, uint64_t now_ns)
{
	bool to_technicians = command->message.to == CABIN_MESSAGE_TECHNICIAN ||
			      command->message.to == CABIN_MESSAGE_ROOM || command->booth_index == CABIN_INDEX_NONE;
	uint32_t count;
	int size;

	if (!is_valid(hub, command)) {
		hub_notify_refusal(hub, command->connection, "message-bad", "neither a text nor a canned one");
		return;
	}
	if (!cabin_ratelimit_take(limit_of(hub, command), now_ns, NULL)) {
		hub_notify_refusal(hub, command->connection, "too-many-messages", "wait a few seconds");
		return;
	}
	size = write_message(hub, command, now_ns);
	CABIN_ASSERT(size > 0);
	count = deliver(hub, command, (size_t)size);
	if (to_technicians)
		hub_notify(hub, &(struct cabin_notice){.scope = CABIN_NOTICE_TECHNICIANS,
						       .text = hub->text,
						       .size = (size_t)size,
						       .source_index = CABIN_INDEX_NONE});
	if (!count && !to_technicians)
		hub_notify_refusal(hub, command->connection, "message-nobody", "nobody is there to read it");
	else if (command->booth_index != CABIN_INDEX_NONE)
		notify_connection(hub, command->connection, (size_t)size); /* the sender sees that it left */
}
