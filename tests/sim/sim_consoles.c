/* Interpreters who do what they should and what they should not, and their links. */
#include <string.h>

#include "sim_booths.h"
#include "wire/console_write.h"

static const uint64_t ms = CABIN_NS_PER_MS;

void console_init(struct world *world, struct console *console, uint32_t index)
{
	memset(console, 0, sizeof(*console));
	console->random.state = world->sim.seed * 1000003 + index;
	/* Two or three consoles for each booth's seats, one more than seats for the first booths. */
	console->booth_index = (uint16_t)(index % BOOTHS);
	console->duration_samples = sim_one_in(&console->random, 2) ? 480 : 960;
	console->sequence = (uint32_t)sim_draw(&console->random) & 0xffff;
	console->timestamp = (uint32_t)sim_draw(&console->random);
	console->next_packet_ns = world->sim.now_ns + sim_below(&console->random, 20 * ms);
	console->delay_ns = (1 + sim_below(&console->random, 60)) * ms;
}

static struct on_its_way *put(struct world *world, struct console *console)
{
	struct on_its_way *item = &console->queue[(console->first + console->count) % QUEUE];
	uint64_t arrives_ns = world->sim.now_ns + console->delay_ns + sim_below(&console->random, 15) * ms;

	SIM_CHECK(&world->sim, console->count < QUEUE);
	console->count++;
	if (arrives_ns < console->stalled_until_ns)
		arrives_ns = console->stalled_until_ns;
	if (arrives_ns < console->last_arrival_ns)
		arrives_ns = console->last_arrival_ns;
	console->last_arrival_ns = arrives_ns;
	memset(item, 0, sizeof(*item));
	item->arrives_ns = arrives_ns;
	return item;
}

static struct cabin_console_command *say(struct world *world, struct console *console,
					 enum cabin_console_command_kind kind)
{
	struct cabin_console_command *command = &put(world, console)->command;

	command->kind = (uint8_t)kind;
	command->seat = console->seat;
	command->booth_index = console->booth_index;
	command->connection = console->connection;
	return command;
}

static struct cabin_packet *text_packet(struct world *world, const char *text)
{
	struct cabin_packet *packet = cabin_packet_take(world->pool);

	SIM_CHECK(&world->sim, packet);
	packet->payload_size = (uint16_t)strlen(text);
	memcpy(cabin_packet_payload(packet), text, packet->payload_size);
	return packet;
}

static void join(struct world *world, struct console *console)
{
	bool again = console->resume && !sim_one_in(&console->random, 4);
	struct cabin_console_command *command;

	console->connection = ++world->next_connection;
	console->joined = false;
	console->seat = again || sim_one_in(&console->random, 2) ? 0 : (uint8_t)(1 + sim_below(&console->random, 3));
	command = say(world, console, CABIN_CONSOLE_JOIN);
	command->text = text_packet(world, "Lan \"\xe1\xba\xa1\"");
	command->join.resume = again ? console->resume : 0;
	command->join.mic = again && console->mic;
	if (!again)
		console->mic = false;
	console->rough_until_ns = world->sim.now_ns + 3000 * ms;
}

static void open_mic(struct world *world, struct console *console, bool on, bool take)
{
	struct cabin_console_command *command = say(world, console, CABIN_CONSOLE_MIC);

	command->mic.on = on;
	command->mic.take = take;
	if (!on)
		console->rough_until_ns = world->sim.now_ns + 1000 * ms;
	if (take)
		console->rough_until_ns = world->sim.now_ns + 1000 * ms;
	console->mic = on;
	console->mic_arrives_ns = console->last_arrival_ns;
	console->cough = false;
}

/* The connection is lost; what was on its way may still come, or not. */
static void lose(struct world *world, struct console *console)
{
	if (sim_one_in(&console->random, 2))
		console_end(console);
	if (!sim_one_in(&console->random, 3) || console->ghost.connection) {
		say(world, console, CABIN_CONSOLE_GONE);
	} else {
		/* The old connection looks open for a while. */
		console->ghost = (struct cabin_console_command){.kind = CABIN_CONSOLE_GONE,
								.seat = console->seat,
								.booth_index = console->booth_index,
								.connection = console->connection};
		console->ghost_ns = world->sim.now_ns + sim_below(&console->random, 20000) * ms;
	}
	console->connection = 0;
	console->joined = false;
	console->rough_until_ns = world->sim.now_ns + 3000 * ms;
}

static void handover(struct world *world, struct console *console, enum cabin_handover_action action)
{
	say(world, console, CABIN_CONSOLE_HANDOVER)->handover.action = (uint8_t)action;
	if (sim_one_in(&console->random, 3))
		console->queue[(console->first + console->count - 1) % QUEUE].command.handover.seat =
		    (uint8_t)(1 + sim_below(&console->random, 3));
}

/* What it learns of its booth. */
static void follow(struct world *world, struct console *console)
{
	const struct told_booth *told = &world->told_booths[console->booth_index];
	bool settled = !told->refused && world->sim.now_ns > console->mic_arrives_ns + 50 * ms;

	if (settled && console->mic && !told->mic[console->seat - 1]) {
		console->mic = false; /* refused, or taken over */
		console->rough_until_ns = world->sim.now_ns + 1000 * ms;
	}
	if (!strcmp(told->handover.state, "agreed") && told->handover.to == console->seat && !console->mic &&
	    !sim_one_in(&console->random, 100))
		open_mic(world, console, true, false);
	if ((!strcmp(told->handover.state, "offered") && told->handover.to == console->seat) ||
	    (!strcmp(told->handover.state, "asked") && told->handover.from == console->seat)) {
		if (sim_one_in(&console->random, 20))
			handover(world, console, CABIN_HANDOVER_ACCEPT);
	}
}

static void speak_to_people(struct world *world, struct console *console)
{
	struct cabin_console_command *command;

	switch (sim_below(&console->random, 4)) {
	case 0:
		command = say(world, console, CABIN_CONSOLE_SIGNAL);
		command->signal.kind = (uint8_t)sim_below(&console->random, CABIN_SIGNAL_COUNT);
		command->signal.on = !sim_one_in(&console->random, 3);
		break;
	case 1:
		say(world, console, CABIN_CONSOLE_CALL)->call.on = !sim_one_in(&console->random, 3);
		break;
	default:
		command = say(world, console, CABIN_CONSOLE_MESSAGE);
		command->message.to = (uint8_t)sim_below(&console->random, CABIN_MESSAGE_TO_COUNT);
		command->message.booth_index = (uint16_t)sim_below(&console->random, BOOTHS);
		command->message.canned = (int16_t)(sim_below(&console->random, CABIN_CANNED_COUNT + 1) - 1);
		if (command->message.canned < 0)
			command->text = text_packet(world, "Số \"12\"?");
		break;
	}
}

static void route_something(struct world *world, struct console *console)
{
	struct cabin_console_command *command;

	switch (sim_below(&console->random, 3)) {
	case 0:
		command = say(world, console, CABIN_CONSOLE_OUTPUT);
		command->output.output = (uint8_t)sim_below(&console->random, 2);
		command->output.take = sim_one_in(&console->random, 4);
		console->rough_until_ns = world->sim.now_ns + 1000 * ms;
		break;
	case 1:
		command = say(world, console, CABIN_CONSOLE_IDLE);
		command->idle.channel_index = (uint16_t)sim_below(&console->random, sim_booth_channel_count);
		command->idle.feed = (uint8_t)sim_below(&console->random, CABIN_IDLE_COUNT);
		command->idle.from_index = (uint16_t)sim_below(&console->random, sim_booth_channel_count);
		break;
	default:
		command = say(world, console, CABIN_CONSOLE_LISTENS);
		command->listens.channel_index = sim_one_in(&console->random, 6)
						     ? (uint16_t)CABIN_INDEX_NONE
						     : (uint16_t)sim_below(&console->random, sim_booth_channel_count);
		break;
	}
}

static void act(struct world *world, struct console *console)
{
	follow(world, console);
	switch (sim_below(&console->random, 3000)) {
	case 0:
	case 1:
	case 2:
		open_mic(world, console, !console->mic, sim_one_in(&console->random, 8));
		break;
	case 3:
	case 4:
		console->cough = console->mic && !console->cough;
		say(world, console, CABIN_CONSOLE_COUGH)->cough.on = console->cough;
		break;
	case 5:
		route_something(world, console);
		break;
	case 6:
	case 7:
	case 8:
	case 9:
		handover(world, console,
			 sim_one_in(&console->random, 6) ? (enum cabin_handover_action)sim_below(&console->random, 5)
			 : world->told_booths[console->booth_index].on_air == console->seat ? CABIN_HANDOVER_OFFER
											    : CABIN_HANDOVER_ASK);
		break;
	case 10:
		speak_to_people(world, console);
		break;
	default:
		break;
	}
	if (sim_one_in(&console->random, 8000)) {
		say(world, console, CABIN_CONSOLE_LEAVE);
		console->connection = 0;
		console->joined = console->mic = false;
		console->resume = 0;
	} else if (sim_one_in(&console->random, 5000)) {
		lose(world, console);
	}
}

/* One packet of its sound; its payload tells the test what is in it. */
static void sound(struct world *world, struct console *console)
{
	uint64_t duration_ns = console->duration_samples * CABIN_NS_PER_S / 48000;
	struct cabin_packet *packet;
	uint64_t truth_ns = console->next_packet_ns - duration_ns;
	uint8_t *payload;

	console->next_packet_ns += duration_ns;
	console->timestamp += console->duration_samples;
	if (!console->mic || !console->joined)
		return;
	console->sequence++;
	if (sim_one_in(&console->random, 2000)) {
		console->rough_until_ns = world->sim.now_ns + 1000 * ms; /* lost in the network */
		return;
	}
	packet = cabin_packet_take(world->pool);
	SIM_CHECK(&world->sim, packet);
	packet->source_index = console->source_index;
	packet->connection = console->connection;
	packet->flags = CABIN_PACKET_ACTIVE;
	packet->source_sequence = console->sequence & 0xffff;
	packet->source_timestamp = console->timestamp;
	packet->duration_samples = console->duration_samples;
	packet->stamp_ns = truth_ns + sim_below(&console->random, 400000) - 200000;
	packet->payload_size = 40;
	payload = cabin_packet_payload(packet);
	memset(payload, 0xf8, packet->payload_size);
	memcpy(payload + 8, &truth_ns, sizeof(truth_ns));
	memcpy(payload + 16, &console->connection, sizeof(console->connection));
	put(world, console)->packet = packet;
}

void console_step(struct world *world, struct console *console)
{
	if (!console->connection && sim_one_in(&console->random, 200))
		join(world, console);
	if (console->joined)
		act(world, console);
	if (sim_one_in(&console->random, 4000)) {
		console->stalled_until_ns = world->sim.now_ns + sim_below(&console->random, 4000) * ms;
		console->rough_until_ns = console->stalled_until_ns + 1000 * ms;
	}
	while (console->next_packet_ns <= world->sim.now_ns)
		sound(world, console);
}

void console_arrivals(struct world *world, struct console *console)
{
	if (console->ghost.connection && world->sim.now_ns >= console->ghost_ns) {
		cabin_hub_command(world->hub, &console->ghost);
		console->ghost.connection = 0;
		told_check(world);
	}
	while (console->count && console->queue[console->first].arrives_ns <= world->sim.now_ns) {
		struct on_its_way item = console->queue[console->first];

		console->first = (console->first + 1) % QUEUE;
		console->count--;
		/* What is stale is dropped before the hub. */
		if (item.packet && world->sim.now_ns - item.packet->stamp_ns > 300 * ms)
			cabin_packet_release(item.packet);
		else if (item.packet)
			cabin_hub_packet(world->hub, item.packet);
		else
			cabin_hub_command(world->hub, &item.command);
		told_check(world);
	}
}

void console_told(struct world *world, const struct cabin_notice *notice)
{
	world->replaced += notice->close_code == CABIN_CLOSE_REPLACED;
	for (uint32_t i = 0; i < CONSOLES; i++) {
		struct console *console = &world->consoles[i];

		if (console->connection != notice->connection)
			continue;
		if (notice->granted) {
			const char *key = strstr(notice->text, "\"resume\":\"");

			SIM_CHECK(&world->sim, key && notice->seat >= 1 && notice->seat <= CABIN_SEATS_MAX);
			console->joined = true;
			console->seat = notice->seat;
			console->source_index = notice->source_index;
			console->resume = strtoull(key + 10, NULL, 16);
			world->joins++;
		} else if (notice->close_code) {
			console->connection = 0;
			console->joined = console->mic = false;
		} else if (strstr(notice->text, "\"type\":\"error\"")) {
			world->errors++;
			if (!console->joined)
				console->connection = 0; /* refused: tries again some time */
		} else {
			world->messages++;
		}
	}
}

void console_end(struct console *console)
{
	while (console->count) {
		struct on_its_way *item = &console->queue[console->first];

		cabin_packet_release(item->packet);
		cabin_packet_release(item->command.text);
		console->first = (console->first + 1) % QUEUE;
		console->count--;
	}
}
