#include "base/log.h"
#include "relay/hub_internal.h"

static const uint64_t signal_ns = 20 * CABIN_NS_PER_S;

/* The booth that stands in the way on this channel, or NULL: one that is on air there;
 * a hold keeps the channel from the floor, not from somebody who speaks. */
static struct hub_booth *in_the_way(struct cabin_hub *hub, const struct hub_booth *booth, uint16_t channel_index)
{
	uint16_t owner = hub->figures[channel_index].owner;
	struct hub_booth *other = owner == CABIN_INDEX_NONE ? NULL : &hub->booths[owner];

	return other == booth || (other && other->machine.held) ? NULL : other;
}

/* Whoever is on air or held there goes. */
static void clear_channel(struct cabin_hub *hub, const struct hub_booth *booth, uint16_t channel_index)
{
	uint16_t owner = hub->figures[channel_index].owner;

	if (owner != CABIN_INDEX_NONE && &hub->booths[owner] != booth)
		cabin_booth_lose_air(&hub->booths[owner].machine);
}

static void tell_joined(struct cabin_hub *hub, const struct hub_booth *booth, uint8_t seat)
{
	uint16_t index = hub_booth_index(hub, booth);
	const struct cabin_booth_seat *place = &booth->machine.seats[seat - 1];
	struct cabin_console_joined joined = {
	    .booth = booth->config.id,
	    .room = hub->rooms[booth->config.room_index].config.id,
	    .seat = seat,
	    .ssrc = cabin_seat_ssrc(index, seat),
	    .resume = place->resume,
	    .grace_ms = booth->config.grace_ms,
	    .packet_ms = booth->config.packet_ms,
	    .bitrate_bps = booth->config.bitrate_bps,
	    .complexity = booth->config.complexity,
	    .output_count = booth->machine.output_count,
	};
	int size;

	for (uint8_t i = 0; i < joined.output_count; i++) {
		const struct cabin_hub_channel_config *channel = &hub->channels[hub_output_channel(booth, i)].config;

		joined.outputs[i] = (struct cabin_console_output){channel->number, channel->language};
	}
	size = cabin_console_write_joined(hub->text, sizeof(hub->text), &joined);
	CABIN_ASSERT(size > 0);
	hub_notify(hub,
		   &(struct cabin_notice){.scope = CABIN_NOTICE_CONNECTION,
					  .connection = place->connection,
					  .text = hub->text,
					  .size = (size_t)size,
					  .granted = true,
					  .seat = seat,
					  .source_index = cabin_seat_source_index(hub->capture_count, index, seat)});
}

static void join_technician(struct cabin_hub *hub, uint64_t connection)
{
	int size = cabin_console_write_joined_technician(hub->text, sizeof(hub->text));

	CABIN_ASSERT(size > 0);
	hub_notify(hub, &(struct cabin_notice){.scope = CABIN_NOTICE_CONNECTION,
					       .connection = connection,
					       .text = hub->text,
					       .size = (size_t)size,
					       .granted = true,
					       .source_index = CABIN_INDEX_NONE});
}

static uint64_t new_key(struct cabin_hub *hub)
{
	uint64_t key;

	do
		key = hub->random(hub->random_context);
	while (key == 0);
	return key;
}

static void join(struct cabin_hub *hub, struct hub_booth *booth, const struct cabin_console_command *command,
		 uint64_t now_ns)
{
	struct cabin_packet *text = command->text;
	struct cabin_booth_join ask = {
	    .wanted = command->seat,
	    .resume = command->join.resume,
	    .connection = command->connection,
	    .key = new_key(hub),
	    .name = text ? (const char *)cabin_packet_payload(text) : NULL,
	    .name_size = text ? text->payload_size : 0,
	};
	uint64_t replaced;
	uint8_t seat;
	enum cabin_booth_answer answer;

	if (!booth->config.id) {
		hub_notify_refusal(hub, command->connection, "booth-unknown", "its room is not set up");
		return;
	}
	answer = cabin_booth_join(&booth->machine, &ask, now_ns, &seat, &replaced);
	if (answer) {
		hub_notify_error(hub, command->connection, answer, NULL);
		return;
	}
	if (replaced && replaced != command->connection)
		hub_notify(hub, &(struct cabin_notice){.scope = CABIN_NOTICE_CONNECTION,
						       .connection = replaced,
						       .text = "",
						       .close_code = CABIN_CLOSE_REPLACED});
	/* Another connection, another run of numbers: only its first packet says whether they go on. */
	cabin_source_state_event(
	    &hub->sources[cabin_seat_source_index(hub->capture_count, hub_booth_index(hub, booth), seat)],
	    CABIN_SOURCE_LOST, now_ns);
	booth->links[seat - 1] = HUB_LINK_LOST;
	if (command->join.mic && command->join.resume == cabin_booth_seat(&booth->machine, seat)->resume) {
		uint16_t channel_index = hub_output_channel(booth, booth->machine.output);

		cabin_booth_resume_mic(&booth->machine, seat, hub->figures[channel_index].owner == CABIN_INDEX_NONE,
				       now_ns);
	}
	tell_joined(hub, booth, seat);
}

static void mic(struct cabin_hub *hub, struct hub_booth *booth, const struct cabin_console_command *command,
		uint64_t now_ns)
{
	uint16_t channel_index = hub_output_channel(booth, booth->machine.output);
	enum cabin_booth_answer answer;

	if (command->mic.on && !booth->machine.on_air) {
		struct hub_booth *other = in_the_way(hub, booth, channel_index);

		if (other && !command->mic.take) {
			hub_notify_error(hub, command->connection, CABIN_BOOTH_CHANNEL_HELD, other);
			return;
		}
		clear_channel(hub, booth, channel_index);
	}
	answer = cabin_booth_mic(&booth->machine, command->seat, command->mic.on, command->mic.take, now_ns);
	if (answer)
		hub_notify_error(hub, command->connection, answer, booth);
}

static void output(struct cabin_hub *hub, struct hub_booth *booth, const struct cabin_console_command *command,
		   uint64_t now_ns)
{
	struct cabin_booth *machine = &booth->machine;
	enum cabin_booth_answer answer = cabin_booth_output_allowed(machine, command->seat, command->output.output);

	if (!answer && machine->on_air && !machine->held) {
		uint16_t channel_index = hub_output_channel(booth, command->output.output);
		struct hub_booth *other = in_the_way(hub, booth, channel_index);

		if (other && !command->output.take) {
			hub_notify_error(hub, command->connection, CABIN_BOOTH_CHANNEL_HELD, other);
			return;
		}
		clear_channel(hub, booth, channel_index);
	}
	if (answer)
		hub_notify_error(hub, command->connection, answer, NULL);
	else
		cabin_booth_switch_output(machine, command->output.output, now_ns);
}

/* A language channel of the same room. */
static bool may_be_idle_from(const struct cabin_hub *hub, uint16_t channel_index, uint16_t from_index)
{
	return from_index < hub->channel_count && from_index != channel_index &&
	       hub->channels[from_index].config.kind == CABIN_CHANNEL_LANGUAGE &&
	       hub->channels[from_index].config.room_index == hub->channels[channel_index].config.room_index;
}

static void idle(struct cabin_hub *hub, struct hub_booth *booth, const struct cabin_console_command *command)
{
	uint16_t channel_index = command->idle.channel_index;
	struct cabin_hub_channel_config *channel;
	bool own = false;

	for (uint8_t i = 0; i < booth->machine.output_count; i++)
		own |= hub_output_channel(booth, i) == channel_index;
	if (!own || command->idle.feed >= CABIN_IDLE_COUNT) {
		hub_notify_error(hub, command->connection, CABIN_BOOTH_OUTPUT_UNKNOWN, NULL);
		return;
	}
	if (command->idle.feed == CABIN_IDLE_CHANNEL &&
	    !may_be_idle_from(hub, channel_index, command->idle.from_index)) {
		hub_notify_refusal(hub, command->connection, "unknown-channel",
				   "`from` is another language channel of the room");
		return;
	}
	channel = &hub->channels[channel_index].config;
	channel->idle_feed = (enum cabin_idle_feed)command->idle.feed;
	channel->idle_from_index =
	    channel->idle_feed == CABIN_IDLE_CHANNEL ? command->idle.from_index : CABIN_INDEX_NONE;
}

static void handover(struct cabin_hub *hub, struct hub_booth *booth, const struct cabin_console_command *command,
		     uint64_t now_ns)
{
	enum cabin_booth_answer answer =
	    cabin_booth_handover(&booth->machine, command->seat, (enum cabin_handover_action)command->handover.action,
				 command->handover.seat, now_ns);

	if (answer)
		hub_notify_error(hub, command->connection, answer, NULL);
}

/* A technician has seen a call, or is done with it. */
const char *hub_answer_call(struct cabin_hub *hub, uint16_t booth_index, uint8_t number, uint8_t state)
{
	struct cabin_booth_seat *seat;

	if (booth_index >= hub->booth_count || number < 1 || number > hub->booths[booth_index].config.seat_count ||
	    (state != CABIN_CALL_SEEN && state != CABIN_CALL_DONE))
		return "there is no such seat";
	seat = cabin_booth_seat(&hub->booths[booth_index].machine, number);
	if (seat->call == CABIN_CALL_NONE)
		return "this seat does not call";
	seat->call = state;
	return NULL;
}

static void answer_call(struct cabin_hub *hub, const struct cabin_console_command *command)
{
	const char *wrong = hub_answer_call(hub, command->call.booth_index, command->call.seat, command->call.state);

	if (wrong)
		hub_notify_refusal(hub, command->connection, "call-unknown", wrong);
}

static void of_console(struct cabin_hub *hub, struct hub_booth *booth, const struct cabin_console_command *command,
		       uint64_t now_ns)
{
	struct cabin_booth *machine = &booth->machine;
	struct cabin_booth_seat *seat = cabin_booth_seat(machine, command->seat);

	switch ((enum cabin_console_command_kind)command->kind) {
	case CABIN_CONSOLE_GONE:
		cabin_booth_gone(machine, command->seat, now_ns);
		break;
	case CABIN_CONSOLE_LEAVE:
		cabin_booth_leave(machine, command->seat, now_ns);
		break;
	case CABIN_CONSOLE_MIC:
		mic(hub, booth, command, now_ns);
		break;
	case CABIN_CONSOLE_COUGH:
		cabin_booth_cough(machine, command->seat, command->cough.on);
		break;
	case CABIN_CONSOLE_OUTPUT:
		output(hub, booth, command, now_ns);
		break;
	case CABIN_CONSOLE_HANDOVER:
		handover(hub, booth, command, now_ns);
		break;
	case CABIN_CONSOLE_IDLE:
		idle(hub, booth, command);
		break;
	case CABIN_CONSOLE_LISTENS:
		seat->listens = command->listens.channel_index < hub->channel_count ? command->listens.channel_index
										    : CABIN_INDEX_NONE;
		break;
	case CABIN_CONSOLE_SIGNAL:
		if (command->signal.kind < CABIN_SIGNAL_COUNT)
			seat->signal_until_ns[command->signal.kind] = command->signal.on ? now_ns + signal_ns : 0;
		break;
	case CABIN_CONSOLE_CALL:
		/* Said again while it is seen, it stays seen. */
		if (!command->call.on)
			seat->call = CABIN_CALL_NONE;
		else if (seat->call != CABIN_CALL_SEEN)
			seat->call = CABIN_CALL_OPEN;
		break;
	case CABIN_CONSOLE_MESSAGE:
		hub_talk(hub, command, now_ns);
		break;
	case CABIN_CONSOLE_JOIN:
		break; /* not here */
	}
}

static bool holds_seat(const struct cabin_hub *hub, const struct cabin_console_command *command)
{
	const struct hub_booth *booth;

	if (command->booth_index >= hub->booth_count)
		return false;
	booth = &hub->booths[command->booth_index];
	return command->seat >= 1 && command->seat <= booth->config.seat_count &&
	       booth->machine.seats[command->seat - 1].connection == command->connection;
}

static void carry_out(struct cabin_hub *hub, const struct cabin_console_command *command, uint64_t now_ns)
{
	if (command->connection == 0)
		return;
	if (command->booth_index == CABIN_INDEX_NONE) {
		if (command->kind == CABIN_CONSOLE_JOIN)
			join_technician(hub, command->connection);
		else if (command->kind == CABIN_CONSOLE_CALL)
			answer_call(hub, command);
		else if (command->kind == CABIN_CONSOLE_MESSAGE)
			hub_talk(hub, command, now_ns);
	} else if (command->kind == CABIN_CONSOLE_JOIN && command->booth_index < hub->booth_count) {
		join(hub, &hub->booths[command->booth_index], command, now_ns);
	} else if (holds_seat(hub, command)) {
		of_console(hub, &hub->booths[command->booth_index], command, now_ns);
	}
}

void cabin_hub_command(struct cabin_hub *hub, const struct cabin_console_command *command)
{
	uint64_t now_ns = cabin_clock_now_ns(&hub->clock);

	/* What is due by now comes before it: a hold that is over gives no channel back. */
	hub_booths_tick(hub, now_ns);
	carry_out(hub, command, now_ns);
	cabin_packet_release(command->text);
	hub_booths_changed(hub, now_ns);
	hub_tell(hub);
}
