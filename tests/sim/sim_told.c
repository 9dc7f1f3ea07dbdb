/* What the hub told and published, held against what is true. */
#include <jansson.h>
#include <string.h>

#include "relay/hub_internal.h"
#include "sim_booths.h"
#include "wire/console_write.h"

static const uint64_t overlap_max_ns = 1500000; /* a millisecond, and what stamps jitter */

static json_t *read_text(struct world *world, const char *text, size_t size)
{
	json_t *root = json_loadb(text, size, 0, NULL);

	SIM_CHECK(&world->sim, root);
	return root;
}

static const char *text_field(const json_t *root, const char *key)
{
	const char *text = json_string_value(json_object_get(root, key));

	return text ? text : "";
}

static uint64_t number_field(const json_t *root, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(root, key));
}

static void take_booth(struct world *world, struct told_booth *told, const json_t *root)
{
	const json_t *handover = json_object_get(root, "handover"), *seats = json_object_get(root, "seats");

	told->on_air = (uint8_t)number_field(root, "on_air");
	told->handover.from = (uint8_t)number_field(handover, "from");
	told->handover.to = (uint8_t)number_field(handover, "to");
	told->handover.by = (uint8_t)number_field(handover, "by");
	snprintf(told->handover.state, sizeof(told->handover.state), "%s", text_field(handover, "state"));
	told->held = json_is_true(json_object_get(root, "held"));
	told->output = !strcmp(text_field(root, "output"), "b");
	told->late = false;
	for (size_t i = 0; i < json_array_size(seats); i++) {
		const json_t *seat = json_array_get(seats, i);

		SIM_CHECK(&world->sim, number_field(seat, "seat") == i + 1);
		told->mic[i] = json_is_true(json_object_get(seat, "mic"));
		told->cough[i] = json_is_true(json_object_get(seat, "cough"));
		told->present[i] = json_is_true(json_object_get(seat, "present"));
		told->late |= json_is_true(json_object_get(seat, "late"));
	}
}

/* Each change once and in order; one may be missing where the sink was full. */
static void take_revision(struct world *world, uint64_t *newest, bool *refused, const json_t *root)
{
	uint64_t revision = number_field(root, "revision");

	SIM_CHECK(&world->sim, *refused ? revision > *newest : revision == *newest + 1);
	*newest = revision;
	*refused = false;
}

bool told_notify(void *context, const struct cabin_notice *notice)
{
	struct world *world = context;
	json_t *root;

	SIM_CHECK(&world->sim, notice->size <= CABIN_NOTICE_MAX_BYTES);
	SIM_CHECK(&world->sim,
		  notice->keep == (notice->scope == CABIN_NOTICE_BOOTH || notice->scope == CABIN_NOTICE_ROOM));
	if (world->sink_full && sim_one_in(&world->random, 2)) {
		world->refusals++;
		if (notice->scope == CABIN_NOTICE_BOOTH)
			world->told_booths[notice->index].refused = true;
		else if (notice->scope == CABIN_NOTICE_ROOM)
			world->told_rooms[notice->index].refused = true;
		return false;
	}
	world->notices++;
	if (notice->scope == CABIN_NOTICE_CONNECTION) {
		if (notice->size)
			json_decref(read_text(world, notice->text, notice->size));
		console_told(world, notice);
		return true;
	}
	root = read_text(world, notice->text, notice->size);
	if (notice->scope == CABIN_NOTICE_BOOTH) {
		struct told_booth *told = &world->told_booths[notice->index];

		take_revision(world, &told->revision, &told->refused, root);
		take_booth(world, told, root);
		memcpy(told->text, notice->text, notice->size + 1);
	} else if (notice->scope == CABIN_NOTICE_ROOM) {
		struct told_room *told = &world->told_rooms[notice->index];

		take_revision(world, &told->revision, &told->refused, root);
		memcpy(told->text, notice->text, notice->size + 1);
	}
	json_decref(root);
	return true;
}

static void check_same(struct world *world, const char *true_text, const char *told_text)
{
	if (strcmp(true_text, told_text) != 0)
		fprintf(stderr, "true: %s\ntold: %s\n", true_text, told_text);
	SIM_CHECK(&world->sim, !strcmp(true_text, told_text));
}

/* Field by field, as a console reads it. */
static void check_booth(struct world *world, const struct told_booth *told, const struct cabin_booth *machine)
{
	SIM_CHECK(&world->sim, told->on_air == machine->on_air);
	SIM_CHECK(&world->sim, told->held == machine->held);
	SIM_CHECK(&world->sim, told->late == machine->late);
	SIM_CHECK(&world->sim, told->output == machine->output);
	for (uint8_t i = 0; i < machine->seat_count; i++) {
		SIM_CHECK(&world->sim, told->mic[i] == machine->seats[i].mic);
		SIM_CHECK(&world->sim, told->cough[i] == machine->seats[i].cough);
		SIM_CHECK(&world->sim, told->present[i] == (machine->seats[i].connection != 0));
	}
	SIM_CHECK(&world->sim,
		  !strcmp(told->handover.state, "agreed") == (machine->handover.state == CABIN_HANDOVER_AGREED));
}

/* Whoever knows the newest notices alone knows all: that is what a late joiner gets. */
static void check_mirror(struct world *world)
{
	struct cabin_hub *hub = world->hub;
	char text[CABIN_NOTICE_MAX_BYTES + 1];

	for (uint16_t i = 0; i < BOOTHS; i++) {
		struct cabin_console_booth_view view;

		hub_booth_view(hub, &hub->booths[i], &view);
		SIM_CHECK(&world->sim,
			  cabin_console_write_booth(text, sizeof(text), &view, hub->booths[i].told.revision) > 0);
		check_same(world, text, world->told_booths[i].text);
		check_booth(world, &world->told_booths[i], &hub->booths[i].machine);
	}
	for (uint16_t i = 0; i < ROOMS; i++) {
		struct cabin_console_room_view view;

		hub_room_view(hub, i, &view);
		SIM_CHECK(&world->sim,
			  cabin_console_write_room(text, sizeof(text), &view, hub->rooms[i].told.revision) > 0);
		check_same(world, text, world->told_rooms[i].text);
	}
}

/* The booth that is on air on the channel, or NULL. */
static const struct cabin_booth *owner(const struct world *world, uint16_t channel_index)
{
	for (uint16_t i = 0; i < BOOTHS; i++) {
		const struct cabin_booth *machine = &world->hub->booths[i].machine;

		if (machine->on_air && sim_booth_booths[i].output_channel_index[machine->output] == channel_index)
			return machine;
	}
	return NULL;
}

static void check_machines(struct world *world)
{
	uint8_t owners[CABIN_CHANNELS_MAX] = {0};

	for (uint16_t i = 0; i < BOOTHS; i++) {
		const struct cabin_booth *machine = &world->hub->booths[i].machine;

		if (machine->on_air) {
			uint16_t channel_index = sim_booth_booths[i].output_channel_index[machine->output];

			SIM_CHECK(&world->sim, owners[channel_index]++ == 0);
			SIM_CHECK(&world->sim, machine->seats[machine->on_air - 1].resume);
			SIM_CHECK(&world->sim, machine->held != machine->seats[machine->on_air - 1].mic);
		}
		/* An open microphone is on air, or about to be, or was unheard for too long. */
		for (uint8_t seat = 1; seat <= machine->seat_count; seat++) {
			bool next = machine->handover.state == CABIN_HANDOVER_AGREED && machine->handover.to == seat;

			SIM_CHECK(&world->sim, !machine->seats[seat - 1].mic || machine->on_air == seat || next ||
						   machine->on_air == 0);
			SIM_CHECK(&world->sim, !machine->seats[seat - 1].mic || machine->seats[seat - 1].connection);
		}
	}
}

void told_check(struct world *world)
{
	check_machines(world);
	if (!hub_has_untold(world->hub))
		check_mirror(world);
}

/* --- what was published ------------------------------------------------------------- */

static void publish_state(struct world *world, struct heard_channel *heard, const struct cabin_packet *packet)
{
	const uint8_t *wire = cabin_packet_wire(packet);
	size_t header = wire[1] == 126 ? 4 : 2;
	json_t *root = read_text(world, (const char *)wire + header, packet->wire_size - header);

	SIM_CHECK(&world->sim, packet->epoch == heard->epoch || packet->epoch == heard->epoch + 1);
	world->epochs += packet->epoch != heard->epoch;
	heard->epoch = packet->epoch;
	snprintf(heard->feed, sizeof(heard->feed), "%s", text_field(root, "feed"));
	snprintf(heard->booth, sizeof(heard->booth), "%s", text_field(root, "booth"));
	heard->seat = (uint8_t)number_field(root, "seat");
	heard->from = (uint16_t)number_field(root, "from");
	SIM_CHECK(&world->sim, !strcmp(heard->feed, "booth") == (heard->booth[0] != '\0'));
	SIM_CHECK(&world->sim, !strcmp(heard->feed, "channel") == (heard->from != 0));
	json_decref(root);
}

/* A seat's packet goes where its booth is on air, and while it is on air, and only of the
 * connection that holds the seat now. */
static void check_seat(struct world *world, const struct cabin_packet *packet, uint16_t channel_index)
{
	uint16_t place = (uint16_t)(packet->source_index - CAPTURES);
	const struct cabin_booth *machine = &world->hub->booths[place / 4].machine;
	uint64_t connection;

	memcpy(&connection, packet->bytes + CABIN_PACKET_HEADROOM_BYTES + 16, sizeof(connection));
	SIM_CHECK(&world->sim, machine->on_air == place % 4 + 1);
	SIM_CHECK(&world->sim, !machine->held);
	SIM_CHECK(&world->sim, connection == machine->seats[place % 4].connection);
	SIM_CHECK(&world->sim, sim_booth_booths[place / 4].output_channel_index[machine->output] == channel_index);
	world->coughed += machine->seats[place % 4].cough;
}

static uint16_t index_of(uint16_t number)
{
	for (uint16_t i = 0; i < sim_booth_channel_count; i++)
		if (sim_booth_channels[i].number == number)
			return i;
	return CABIN_INDEX_NONE;
}

static void check_feed(struct world *world, const struct heard_channel *heard, const struct cabin_packet *packet)
{
	const struct cabin_hub_channel_config *channel = &sim_booth_channels[packet->channel_index];
	uint16_t hall = sim_booth_channels[channel->kind == CABIN_CHANNEL_FLOOR ? packet->channel_index
										: channel->floor_channel_index]
			    .source_index;
	uint16_t from = heard->from ? index_of(heard->from) : packet->channel_index;
	const struct cabin_booth *machine = owner(world, packet->channel_index);

	if (!strcmp(heard->feed, "floor")) {
		SIM_CHECK(&world->sim, packet->source_index == hall);
	} else if (!strcmp(heard->feed, "pass-through")) {
		SIM_CHECK(&world->sim, packet->source_index == hall);
		/* No cough, no pause, no lost link of whoever has the channel lets the floor through. */
		SIM_CHECK(&world->sim, !machine || !machine->started);
	} else if (packet->source_index >= CAPTURES) {
		SIM_CHECK(&world->sim, strcmp(heard->feed, "silence"));
		check_seat(world, packet, from);
		if (!heard->from)
			SIM_CHECK(&world->sim, heard->seat == (packet->source_index - CAPTURES) % 4 + 1);
	} else {
		SIM_CHECK(&world->sim, packet->source_index == sim_booth_channels[from].source_index);
		SIM_CHECK(&world->sim, heard->seat == 0);
	}
}

/* From one seat to the next at the agreed moment: no gap and no overlap longer than a packet. */
static void check_handover(struct world *world, const struct heard_channel *heard, const struct cabin_packet *packet,
			   uint64_t begin_ns)
{
	uint16_t place = (uint16_t)(packet->source_index - CAPTURES);
	const struct cabin_booth *machine = &world->hub->booths[place / 4].machine;
	uint64_t duration_ns = packet->duration_samples * (CABIN_NS_PER_S / 48000);
	const struct told_booth *told = &world->told_booths[place / 4];
	uint32_t joined = 0;

	if (heard->source_index < CAPTURES || heard->source_index == packet->source_index ||
	    (heard->source_index - CAPTURES) / 4 != place / 4 || machine->handovers != heard->handovers + 1)
		return;
	world->handovers++;
	if (strcmp(told->handover.state, "agreed") != 0 || told->refused ||
	    told->handover.from != (heard->source_index - CAPTURES) % 4 + 1)
		return; /* another one was on air meanwhile, and silent */
	for (uint32_t i = 0; i < CONSOLES; i++) {
		const struct console *console = &world->consoles[i];

		if (console->joined &&
		    (console->source_index == heard->source_index || console->source_index == packet->source_index) &&
		    world->sim.now_ns < console->rough_until_ns)
			return;
		joined += console->joined && console->source_index == heard->source_index;
	}
	if (!joined)
		return; /* it is gone */
	world->smooth++;
	if (begin_ns >= heard->end_ns) {
		SIM_CHECK(&world->sim, begin_ns - heard->end_ns <= duration_ns + overlap_max_ns);
		if (begin_ns - heard->end_ns > world->gap_max_ns)
			world->gap_max_ns = begin_ns - heard->end_ns;
	} else {
		SIM_CHECK(&world->sim, heard->end_ns - begin_ns <= overlap_max_ns);
		if (heard->end_ns - begin_ns > world->overlap_max_ns)
			world->overlap_max_ns = heard->end_ns - begin_ns;
	}
	SIM_CHECK(&world->sim, packet->timestamp - heard->timestamp - heard->duration_samples <=
				   packet->duration_samples + overlap_max_ns * 48 / 1000000);
}

static void publish_media(struct world *world, struct heard_channel *heard, const struct cabin_packet *packet)
{
	const uint8_t *wire = cabin_packet_wire(packet);
	bool marker = wire[(wire[1] == 126 ? 4 : 2) + 1] & 0x80;
	uint64_t begin_ns;

	memcpy(&begin_ns, packet->bytes + CABIN_PACKET_HEADROOM_BYTES + 8, sizeof(begin_ns));
	SIM_CHECK(&world->sim, packet->epoch == heard->epoch);
	check_feed(world, heard, packet);
	if (heard->any) {
		SIM_CHECK(&world->sim, packet->sequence > heard->sequence);
		SIM_CHECK(&world->sim, packet->timestamp >= heard->timestamp + heard->duration_samples);
		SIM_CHECK(&world->sim, marker == (packet->epoch != heard->media_epoch));
		if (!strcmp(heard->feed, "booth") && heard->seat)
			check_handover(world, heard, packet, begin_ns);
	}
	heard->any = true;
	heard->media_epoch = packet->epoch;
	heard->sequence = packet->sequence;
	heard->timestamp = packet->timestamp;
	heard->duration_samples = packet->duration_samples;
	heard->source_index = packet->source_index;
	heard->end_ns = begin_ns + packet->duration_samples * (CABIN_NS_PER_S / 48000);
	if (packet->source_index >= CAPTURES)
		heard->handovers = world->hub->booths[(packet->source_index - CAPTURES) / 4].machine.handovers;
	world->media++;
}

void told_publish(void *context, struct cabin_packet *packet)
{
	struct world *world = context;
	struct heard_channel *heard = &world->heard[packet->channel_index];

	if (packet->kind == CABIN_PACKET_STATE)
		publish_state(world, heard, packet);
	else if (packet->kind == CABIN_PACKET_MEDIA)
		publish_media(world, heard, packet);
}
