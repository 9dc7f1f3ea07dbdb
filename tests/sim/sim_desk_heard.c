/* What the hub and its twin published, and what the hub told as events. */
#include <math.h>
#include <string.h>

#include "sim_desk.h"

/* A source that was chosen is there within a packet, or is known to be lost a second later. */
static const uint64_t settled_ns = 1200 * CABIN_NS_PER_MS;

static void mix(uint64_t *hash, const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		*hash = (*hash ^ ((const uint8_t *)bytes)[i]) * UINT64_C(0x100000001b3);
}

static double number_after(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? strtod(at + strlen(key), NULL) : 0;
}

static bool is_wished(const struct desk *desk, uint16_t index, const char *feed, uint16_t from)
{
	const struct wish *wish = &desk->wishes[index];

	if (wish->closed)
		return !strcmp(feed, "silence");
	switch (wish->override) {
	case CABIN_OVERRIDE_SILENCE:
		return !strcmp(feed, "silence");
	case CABIN_OVERRIDE_FLOOR:
		return !strcmp(feed, sim_desk_channels[index].kind == CABIN_CHANNEL_FLOOR ? "floor" : "pass-through");
	case CABIN_OVERRIDE_CHANNEL:
		return !strcmp(feed, "channel") && from == sim_desk_channels[wish->from_index].number;
	case CABIN_OVERRIDE_SOURCE:
		return !strcmp(feed, "desk");
	default:
		return strcmp(feed, "desk") != 0;
	}
}

static void take_state(struct desk *desk, uint32_t hub, struct heard *heard, const struct cabin_packet *packet)
{
	const char *text = sim_text_of(packet);
	uint16_t index = packet->channel_index, from = (uint16_t)number_after(text, "\"from\":");
	char feed[sizeof(heard->feed)] = "";

	SIM_CHECK(&desk->sim, sscanf(strstr(text, "\"feed\":\"") + 8, "%15[a-z-]", feed) == 1);
	SIM_CHECK(&desk->sim, packet->epoch == heard->epoch || packet->epoch == heard->epoch + 1);
	if (packet->epoch == heard->epoch)
		SIM_CHECK(&desk->sim, !strcmp(feed, heard->feed));
	heard->epoch = packet->epoch;
	strcpy(heard->feed, feed);
	heard->from = from;
	heard->gain_db = number_after(text, "\"gain_db\":");
	heard->states++;
	if (hub == 0) {
		/* No loudness is known here, so the gain is the trim. */
		SIM_CHECK(&desk->sim, fabs(heard->gain_db - desk->wishes[index].gain_db) < 1e-9);
		SIM_CHECK(&desk->sim, is_wished(desk, index, feed, from) || packet->epoch == 1 ||
					  desk->wishes[index].media == heard->media);
	}
}

/* Until the first packet of what was asked for, what was there may go on. */
static bool may_carry(const struct desk *desk, uint16_t index, const struct heard *heard, uint16_t source_index)
{
	const struct wish *wish = &desk->wishes[index];

	if (wish->closed || wish->override == CABIN_OVERRIDE_SILENCE)
		return false;
	if (is_wished(desk, index, heard->feed, heard->from) &&
	    (wish->override != CABIN_OVERRIDE_SOURCE || source_index == wish->from_index))
		return true;
	return source_index == heard->source_index && desk->sim.now_ns < wish->at_ns + settled_ns;
}

static void take_media(struct desk *desk, uint32_t hub, struct heard *heard, const struct cabin_packet *packet)
{
	const uint8_t *wire = cabin_packet_wire(packet);
	bool marker = wire[(wire[1] == 126 ? 4 : 2) + 1] & 0x80;
	uint16_t source_index;

	memcpy(&source_index, packet->bytes + CABIN_PACKET_HEADROOM_BYTES + 8, sizeof(source_index));
	SIM_CHECK(&desk->sim, source_index == packet->source_index); /* its own sound, not another channel's */
	SIM_CHECK(&desk->sim, packet->epoch == heard->epoch);
	if (heard->any) {
		SIM_CHECK(&desk->sim, packet->sequence > heard->sequence);
		SIM_CHECK(&desk->sim, packet->timestamp >= heard->timestamp + heard->duration_samples);
		SIM_CHECK(&desk->sim, marker == (packet->epoch != heard->media_epoch));
		SIM_CHECK(&desk->sim, marker || packet->source_index == heard->source_index);
	}
	if (hub == 0)
		SIM_CHECK(&desk->sim, may_carry(desk, packet->channel_index, heard, source_index));
	heard->any = true;
	heard->media++;
	heard->media_epoch = packet->epoch;
	heard->sequence = packet->sequence;
	heard->timestamp = packet->timestamp;
	heard->duration_samples = packet->duration_samples;
	heard->source_index = packet->source_index;
}

static void take(struct desk *desk, uint32_t hub, const struct cabin_packet *packet)
{
	struct heard *heard = &desk->heard[hub][packet->channel_index];

	mix(&heard->hash, &packet->published_ns, sizeof(packet->published_ns));
	mix(&heard->hash, &packet->epoch, sizeof(packet->epoch));
	mix(&heard->hash, cabin_packet_wire(packet), packet->wire_size);
	if (packet->kind == CABIN_PACKET_STATE)
		take_state(desk, hub, heard, packet);
	else if (packet->kind == CABIN_PACKET_MEDIA)
		take_media(desk, hub, heard, packet);
	else
		SIM_CHECK(&desk->sim, packet->epoch == heard->epoch);
}

void heard_publish(void *context, struct cabin_packet *packet)
{
	take(context, 0, packet);
}

void heard_publish_twin(void *context, struct cabin_packet *packet)
{
	take(context, 1, packet);
}

/* Nobody comes twice or goes without having come; feeds are told as they are. */
void heard_event(void *context, const struct cabin_hub_event *event)
{
	struct desk *desk = context;
	bool *flag;

	desk->events++;
	SIM_CHECK(&desk->sim, event->at_ns == desk->sim.now_ns);
	switch (event->kind) {
	case CABIN_HUB_EVENT_FEED:
		desk->feed_told[event->channel_index] = event->what;
		break;
	case CABIN_HUB_EVENT_SEAT:
		flag = &desk->present_told[event->booth_index][event->seat - 1];
		SIM_CHECK(&desk->sim, *flag != event->on);
		*flag = event->on;
		break;
	case CABIN_HUB_EVENT_ON_AIR:
		flag = &desk->on_air_told[event->booth_index][event->seat - 1];
		SIM_CHECK(&desk->sim, *flag != event->on);
		*flag = event->on;
		break;
	case CABIN_HUB_EVENT_HANDOVER:
		SIM_CHECK(&desk->sim, event->seat != event->other_seat);
		desk->handovers++;
		break;
	case CABIN_HUB_EVENT_CLOCK_JUMP:
		desk->jumps++;
		break;
	default:
		break;
	}
}

static void check_events(struct desk *desk)
{
	for (uint16_t i = 0; i < BOOTHS; i++) {
		const struct cabin_booth *machine = &desk->hubs[0]->booths[i].machine;

		for (uint8_t seat = 1; seat <= machine->seat_count; seat++) {
			SIM_CHECK(&desk->sim,
				  desk->present_told[i][seat - 1] == (machine->seats[seat - 1].connection != 0));
			SIM_CHECK(&desk->sim,
				  desk->on_air_told[i][seat - 1] == (machine->on_air == seat && !machine->held));
		}
	}
}

void heard_check(struct desk *desk)
{
	for (uint16_t i = 0; i < CHANNELS; i++) {
		const struct heard *heard = &desk->heard[0][i];
		const struct wish *wish = &desk->wishes[i];
		struct cabin_hub_channel_stats stats;

		cabin_hub_channel_stats(desk->hubs[0], i, &stats);
		SIM_CHECK(&desk->sim, stats.epoch == heard->epoch);
		SIM_CHECK(&desk->sim, !strcmp(cabin_feed_words[stats.feed], heard->feed));
		SIM_CHECK(&desk->sim, stats.feed == desk->feed_told[i]);
		SIM_CHECK(&desk->sim, stats.override == wish->override);
		SIM_CHECK(&desk->sim, fabs(heard->gain_db - wish->gain_db) < 1e-9);
		if (wish->closed || desk->sim.now_ns >= wish->at_ns + settled_ns)
			SIM_CHECK(&desk->sim, is_wished(desk, i, heard->feed, heard->from));
		/* Where the technician did nothing, all is as if there were none. */
		if (!wish->may_touch)
			SIM_CHECK(&desk->sim, heard->hash == desk->heard[1][i].hash);
	}
	check_events(desk);
}
