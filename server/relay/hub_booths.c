#include "relay/hub_internal.h"

uint16_t hub_booth_index(const struct cabin_hub *hub, const struct hub_booth *booth)
{
	return (uint16_t)(booth - hub->booths);
}

uint16_t hub_output_channel(const struct hub_booth *booth, uint8_t output)
{
	return booth->config.output_channel_index[output];
}

static void find_owners(struct cabin_hub *hub)
{
	for (uint16_t i = 0; i < hub->channel_count; i++)
		hub->figures[i].owner = CABIN_INDEX_NONE;
	for (uint16_t i = 0; i < hub->booth_count; i++) {
		const struct hub_booth *booth = &hub->booths[i];

		if (booth->machine.on_air)
			hub->figures[hub_output_channel(booth, booth->machine.output)].owner = i;
	}
}

/* A seat's source is there, says nothing for now, or is gone: as its microphone. */
static void link_sources(struct cabin_hub *hub, struct hub_booth *booth, uint64_t now_ns)
{
	for (uint8_t i = 0; i < booth->config.seat_count; i++) {
		const struct cabin_booth_seat *seat = &booth->machine.seats[i];
		struct cabin_source_state *source = &hub->sources[cabin_seat_source_index(
		    hub->capture_count, hub_booth_index(hub, booth), (uint8_t)(i + 1))];
		enum hub_link link = !seat->connection ? HUB_LINK_LOST : seat->mic ? HUB_LINK_OPEN : HUB_LINK_PAUSED;

		if (link == booth->links[i])
			continue;
		booth->links[i] = link;
		if (link == HUB_LINK_LOST)
			cabin_source_state_event(source, CABIN_SOURCE_LOST, now_ns);
		else
			cabin_source_state_event(source, CABIN_SOURCE_RETURNED, now_ns);
		if (link == HUB_LINK_PAUSED)
			cabin_source_state_pause(source);
	}
}

/* Kept packets follow when their seat has got the air, and go when it has not. */
static void settle_kept(struct cabin_hub *hub, struct hub_booth *booth, uint64_t now_ns)
{
	struct cabin_packet *packet;
	uint8_t seat;

	if (!booth->kept.count || booth->machine.handover.state == CABIN_HANDOVER_AGREED)
		return;
	while ((packet = cabin_kept_pop(&booth->kept))) {
		if (hub_booth_of(hub, packet->source_index, &seat) == booth && seat == booth->machine.on_air)
			hub_route(hub, packet, HUB_TAKERS_ON_AIR, now_ns);
		cabin_packet_release(packet);
	}
}

static void publish_stats(struct hub_booth *booth)
{
	const struct cabin_booth *machine = &booth->machine;

	atomic_store_explicit(&booth->on_air_now, machine->on_air, memory_order_relaxed);
	atomic_store_explicit(&booth->held_now, machine->held, memory_order_relaxed);
	atomic_store_explicit(&booth->coughs_now, machine->on_air && machine->seats[machine->on_air - 1].cough,
			      memory_order_relaxed);
	atomic_store_explicit(&booth->present_now, cabin_booth_present_count(machine), memory_order_relaxed);
	atomic_store_explicit(&booth->handovers, machine->handovers, memory_order_relaxed);
	atomic_store_explicit(&booth->handovers_cancelled, machine->handovers_cancelled, memory_order_relaxed);
}

void hub_booths_changed(struct cabin_hub *hub, uint64_t now_ns)
{
	find_owners(hub);
	for (uint16_t i = 0; i < hub->booth_count; i++)
		link_sources(hub, &hub->booths[i], now_ns);
	for (uint16_t i = 0; i < hub->booth_count; i++) {
		settle_kept(hub, &hub->booths[i], now_ns);
		publish_stats(&hub->booths[i]);
	}
	hub_decide_all(hub, now_ns);
	hub->changed = true;
}

static void drop(struct hub_booth *booth, struct cabin_packet *packet)
{
	cabin_counter_add(&booth->dropped_packets, 1);
	cabin_packet_release(packet);
}

/* What a packet may change of its booth's state. */
struct air {
	uint8_t on_air;
	bool mic, held, late, started, to_heard;
	enum cabin_handover_state handover;
};

static struct air air_of(const struct cabin_booth *machine, uint8_t seat)
{
	return (struct air){
	    .on_air = machine->on_air,
	    .mic = machine->seats[seat - 1].mic,
	    .held = machine->held,
	    .late = machine->late,
	    .started = machine->started,
	    .to_heard = machine->handover.to_heard,
	    .handover = machine->handover.state,
	};
}

static bool same_air(struct air a, struct air b)
{
	return a.on_air == b.on_air && a.mic == b.mic && a.held == b.held && a.late == b.late &&
	       a.started == b.started && a.to_heard == b.to_heard && a.handover == b.handover;
}

/* The microphone stayed open while nothing came, and nobody took the air. */
static enum cabin_booth_packet take_air_back(struct cabin_hub *hub, struct hub_booth *booth, uint8_t seat,
					     uint64_t now_ns)
{
	struct cabin_booth *machine = &booth->machine;
	uint16_t owner = hub->figures[hub_output_channel(booth, machine->output)].owner;

	cabin_booth_resume_mic(machine, seat, owner == CABIN_INDEX_NONE, now_ns);
	machine->started = machine->on_air == seat;
	find_owners(hub);
	return machine->on_air == seat ? CABIN_BOOTH_PACKET_FORWARD : CABIN_BOOTH_PACKET_DROP;
}

void hub_seat_packet(struct cabin_hub *hub, struct cabin_packet *packet, uint64_t now_ns)
{
	uint64_t duration_ns = packet->duration_samples * (CABIN_NS_PER_S / CABIN_RATE_HZ);
	uint8_t seat;
	struct hub_booth *booth = hub_booth_of(hub, packet->source_index, &seat);
	struct cabin_booth *machine = &booth->machine;
	struct air before = air_of(machine, seat);
	bool due = false;
	enum cabin_booth_packet verdict;

	if (hub->seat_overrides)
		hub_route(hub, packet, HUB_TAKERS_OFF_AIR, now_ns);
	verdict = cabin_booth_packet(machine, seat, packet->stamp_ns, duration_ns, now_ns);
	if (verdict == CABIN_BOOTH_PACKET_RETURN)
		verdict = take_air_back(hub, booth, seat, now_ns);
	if (verdict == CABIN_BOOTH_PACKET_KEEP) {
		if (!cabin_kept_push(&booth->kept, packet))
			cabin_counter_add(&booth->dropped_packets, 1);
	} else if (verdict == CABIN_BOOTH_PACKET_FORWARD) {
		hub_route(hub, packet, HUB_TAKERS_ON_AIR, now_ns);
		cabin_packet_release(packet);
	} else {
		drop(booth, packet);
	}
	if (machine->handover.state == CABIN_HANDOVER_AGREED) {
		due = now_ns >= cabin_booth_due_ns(machine);
		cabin_booth_tick(machine, now_ns);
	}
	if (due || !same_air(before, air_of(machine, seat)))
		hub_booths_changed(hub, now_ns);
}

void hub_booths_tick(struct cabin_hub *hub, uint64_t now_ns)
{
	bool any = false;

	for (uint16_t i = 0; i < hub->booth_count; i++) {
		struct cabin_booth *machine = &hub->booths[i].machine;

		if (now_ns < cabin_booth_due_ns(machine))
			continue;
		cabin_booth_tick(machine, now_ns);
		any = true;
	}
	if (any)
		hub_booths_changed(hub, now_ns);
}

uint64_t hub_booths_due_ns(const struct cabin_hub *hub)
{
	uint64_t next_ns = UINT64_MAX;

	for (uint16_t i = 0; i < hub->booth_count; i++) {
		uint64_t due_ns = cabin_booth_due_ns(&hub->booths[i].machine);

		next_ns = due_ns < next_ns ? due_ns : next_ns;
	}
	return next_ns;
}

void cabin_hub_booth_stats(const struct cabin_hub *hub, uint16_t booth_index, struct cabin_hub_booth_stats *out)
{
	const struct hub_booth *booth;

	CABIN_ASSERT(booth_index < hub->booth_count);
	booth = &hub->booths[booth_index];
	*out = (struct cabin_hub_booth_stats){
	    .on_air = (uint8_t)atomic_load_explicit(&booth->on_air_now, memory_order_relaxed),
	    .held = atomic_load_explicit(&booth->held_now, memory_order_relaxed),
	    .coughs = atomic_load_explicit(&booth->coughs_now, memory_order_relaxed),
	    .present = (uint8_t)atomic_load_explicit(&booth->present_now, memory_order_relaxed),
	    .handovers = cabin_counter_get(&booth->handovers),
	    .handovers_cancelled = cabin_counter_get(&booth->handovers_cancelled),
	    .dropped_packets = cabin_counter_get(&booth->dropped_packets),
	    .notices_dropped = cabin_counter_get(&hub->notices_dropped),
	};
}

uint32_t cabin_hub_packets_held(uint16_t booth_count)
{
	return booth_count * (uint32_t)CABIN_KEPT_PACKETS;
}
