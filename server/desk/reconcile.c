/* Compares what is wanted with what the hub, capture and the network were told, and tells
 * what differs. A message that finds the hub's inbox full is told at the next step. */
#include "desk/desk_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "relay/hub_message.h"

enum { ANNOUNCEMENT_START_MS = 3000, VOICE_AWAY_S = 30, PROBE_LIFE_S = 15, IDLE_HIDE_S = 60 };

static bool give(struct cabin_desk *desk, struct cabin_desk_command command)
{
	const struct cabin_hub_message message = {.kind = CABIN_HUB_DESK, .desk = command};
	return cabin_inbox_push(desk->config.hub_inbox, &message, false) == 0;
}

/* --- what a channel carries ------------------------------------------------------------------ */

uint16_t desk_insert_for(const struct cabin_desk *desk, enum cabin_insert_kind kind, const char *group,
			 uint16_t channel_index)
{
	const struct cabin_config_channel *channel = desk_config_channel(desk, channel_index);
	const char *language = channel && channel->language_index != CABIN_INDEX_NONE
				   ? desk->current->languages[channel->language_index].id
				   : NULL;
	const struct cabin_config_insert *insert = cabin_config_find_insert(desk->config.config, kind, group, language);
	return insert ? insert->source_index : (uint16_t)CABIN_INDEX_NONE;
}

static bool is_announced(const struct cabin_desk *desk, uint16_t channel_index)
{
	return desk->announcing.on && desk->channels[channel_index].used &&
	       (desk->announcing.room_index == CABIN_INDEX_NONE ||
		desk->announcing.room_index == desk->channels[channel_index].room_index);
}

static struct desk_feed announcement(const struct cabin_desk *desk, uint16_t channel_index)
{
	if (desk->announcing.voice)
		return (struct desk_feed){.override = CABIN_OVERRIDE_CHANNEL,
					  .from_index = desk->config.layout.voice_channel_index};
	return (struct desk_feed){
	    .override = CABIN_OVERRIDE_SOURCE,
	    .from_index = desk_insert_for(desk, CABIN_INSERT_ANNOUNCEMENT, desk->announcing.id, channel_index)};
}

struct desk_feed desk_wanted_feed(const struct cabin_desk *desk, uint16_t channel_index)
{
	const struct desk_channel *channel = &desk->channels[channel_index];
	uint16_t probe = (uint16_t)(channel_index - desk->config.layout.probe_channel_first);
	if (channel_index >= desk->config.layout.probe_channel_first && probe < CABIN_PROBES && desk->probes[probe].on)
		return (struct desk_feed){.override = CABIN_OVERRIDE_SOURCE,
					  .from_index = desk->probes[probe].source_index};
	if (!channel->used)
		return (struct desk_feed){.override = CABIN_OVERRIDE_NONE, .from_index = CABIN_INDEX_NONE};
	if (is_announced(desk, channel_index))
		return announcement(desk, channel_index);
	if (channel->insert_index != CABIN_INDEX_NONE)
		return (struct desk_feed){.override = CABIN_OVERRIDE_SOURCE, .from_index = channel->insert_index};
	if (channel->muted)
		return (struct desk_feed){.override = CABIN_OVERRIDE_SILENCE, .from_index = CABIN_INDEX_NONE};
	return channel->by_hand;
}

static void tell_feed(struct cabin_desk *desk, uint16_t index)
{
	struct desk_channel *channel = &desk->channels[index];
	struct desk_feed wanted = desk_wanted_feed(desk, index);
	if (wanted.override == channel->told.override && wanted.from_index == channel->told.from_index)
		return;
	if (!give(desk,
		  (struct cabin_desk_command){
		      .kind = CABIN_DESK_FEED,
		      .feed = {.channel_index = index, .override = wanted.override, .from_index = wanted.from_index}}))
		return;
	channel->told = wanted;
	desk->map_changed = true;
}

static void tell_gain(struct cabin_desk *desk, uint16_t index)
{
	struct desk_channel *channel = &desk->channels[index];
	if (fabs(channel->gain_db - channel->told_gain_db) < 0.005)
		return;
	if (give(desk,
		 (struct cabin_desk_command){.kind = CABIN_DESK_GAIN,
					     .gain = {.channel_index = index, .gain_db = (float)channel->gain_db}}))
		channel->told_gain_db = channel->gain_db;
}

static void tell_input(struct cabin_desk *desk, const struct desk_room *room)
{
	struct desk_channel *floor = &desk->channels[room->floor_index];
	if (room->input_index == floor->told_input)
		return;
	if (give(desk, (struct cabin_desk_command){
			   .kind = CABIN_DESK_FLOOR_SOURCE,
			   .floor_source = {.channel_index = room->floor_index, .source_index = room->input_index}})) {
		floor->told_input = room->input_index;
		desk->map_changed = true;
	}
}

/* --- rooms ------------------------------------------------------------------------------------ */

static struct desk_setup *make_setup(const struct cabin_desk *desk, uint16_t room_index)
{
	const struct desk_room *room = &desk->rooms[room_index];
	struct desk_setup *setup = calloc(1, sizeof(*setup));
	if (!setup)
		return NULL;
	setup->setup.room_index = room_index;
	setup->setup.floor_source_index = CABIN_INDEX_NONE;
	if (!room->used)
		return setup; /* given up */
	snprintf(setup->id, sizeof(setup->id), "%s", room->id);
	setup->setup.id = setup->id;
	setup->setup.floor_source_index = room->input_index;
	for (uint16_t i = 1; i < room->channel_count; i++) {
		const struct cabin_config_channel *channel =
		    desk_config_channel(desk, (uint16_t)(room->floor_index + i));
		uint16_t place = setup->setup.language_count++;
		snprintf(setup->languages[place], CABIN_NAME_MAX_BYTES, "%s",
			 desk->current->languages[channel->language_index].id);
		snprintf(setup->booth_ids[place], CABIN_NAME_MAX_BYTES, "%s", channel->booth_id);
		setup->setup.languages[place] = setup->languages[place];
		setup->setup.booth_ids[place] = setup->booth_ids[place];
	}
	return setup;
}

static void tell_booths(struct cabin_desk *desk, uint16_t room_index)
{
	const struct cabin_desk_layout *layout = &desk->config.layout;
	uint16_t first =
	    (uint16_t)(layout->spare_booth_first + (room_index - layout->spare_room_first) * CABIN_SPARE_LANGUAGES_MAX);
	for (int i = 0; i < CABIN_SPARE_LANGUAGES_MAX; i++)
		desk->config.network.set_booth(desk->config.network.context, (uint16_t)(first + i),
					       desk_booth_id(desk, (uint16_t)(first + i)), "{\"documents\":[]}");
}

static void tell_setup(struct cabin_desk *desk, uint16_t room_index)
{
	struct desk_room *room = &desk->rooms[room_index];
	if (room->setup_number == room->told_number)
		return;
	struct desk_setup *setup = make_setup(desk, room_index);
	if (!setup ||
	    !give(desk, (struct cabin_desk_command){.kind = CABIN_DESK_ROOM, .room = {.setup = &setup->setup}})) {
		free(setup);
		return;
	}
	setup->next = desk->setups;
	desk->setups = setup;
	room->setup = room->used ? &setup->setup : NULL;
	room->told_number = room->setup_number;
	/* The hub's channels begin anew, and so does what they were told. */
	for (int i = 0; i < CABIN_SPARE_CHANNELS; i++) {
		struct desk_channel *channel = &desk->channels[room->floor_index + i];
		channel->told = (struct desk_feed){.override = CABIN_OVERRIDE_NONE, .from_index = CABIN_INDEX_NONE};
		channel->told_gain_db = 0;
	}
	desk->channels[room->floor_index].told_input = setup->setup.floor_source_index;
	tell_booths(desk, room_index);
	desk->map_changed = true;
}

static void tell_lock(struct cabin_desk *desk, uint16_t room_index)
{
	struct desk_room *room = &desk->rooms[room_index];
	uint32_t wanted = room->used ? room->pin : 0;
	if (wanted == room->told_pin)
		return;
	desk->config.network.lock_room(desk->config.network.context, room_index, wanted);
	room->told_pin = wanted;
}

/* --- inserts ------------------------------------------------------------------------------------ */

static void play(struct cabin_desk *desk)
{
	const struct cabin_config *config = desk->config.config;
	bool wanted[CABIN_SOURCES_MAX] = {false};
	for (uint16_t i = 0; i < desk->config.layout.channel_count; i++) {
		struct desk_feed feed = desk_wanted_feed(desk, i);
		if (feed.override == CABIN_OVERRIDE_SOURCE && feed.from_index < config->source_count)
			wanted[feed.from_index] = true;
	}
	for (uint16_t i = 0; i < config->insert_count; i++) {
		uint16_t source = config->inserts[i].source_index;
		if (wanted[source] == desk->playing[source])
			continue;
		if (wanted[source] &&
		    cabin_capture_play(desk->config.capture, source,
				       config->inserts[i].kind == CABIN_INSERT_ANNOUNCEMENT ? desk->announcing.repeats
											    : 0) != 0)
			continue;
		if (!wanted[source] && cabin_capture_rest(desk->config.capture, source) != 0)
			continue;
		desk->playing[source] = wanted[source];
	}
}

static void announcement_ended(struct cabin_desk *desk, const char *why)
{
	desk_log(desk, "announcement", desk->announcing.id, "", json_pack("{s:s}", "state", why));
	desk->announcing.on = false;
	desk->map_changed = true;
}

/* Whoever announced by voice and is gone must not keep the channels silent for ever. */
static void end_voice(struct cabin_desk *desk, uint64_t now_ns)
{
	struct cabin_hub_booth_stats stats;
	if (!desk->announcing.on || !desk->announcing.voice)
		return;
	cabin_hub_booth_stats(desk->config.hub, desk->config.layout.booth_index, &stats);
	if (stats.present > 0)
		desk->announcing.began_ns = now_ns;
	else if (now_ns - desk->announcing.began_ns > VOICE_AWAY_S * CABIN_NS_PER_S)
		announcement_ended(desk, "nobody-speaks");
}

/* A recorded announcement ends when the last of its languages has ended. */
static void end_announcement(struct cabin_desk *desk, uint64_t now_ns)
{
	const struct cabin_config *config = desk->config.config;
	if (!desk->announcing.on || desk->announcing.voice ||
	    now_ns < desk->announcing.began_ns + ANNOUNCEMENT_START_MS * CABIN_NS_PER_MS)
		return;
	for (uint16_t i = 0; i < config->insert_count; i++) {
		struct cabin_capture_source_stats stats;
		uint16_t source = config->inserts[i].source_index;
		if (!desk->playing[source] || config->inserts[i].kind != CABIN_INSERT_ANNOUNCEMENT)
			continue;
		cabin_capture_source_stats(desk->config.capture, source, &stats);
		if (stats.playing)
			return;
	}
	announcement_ended(desk, "ended");
}

static void end_probes(struct cabin_desk *desk, uint64_t now_ns)
{
	for (int i = 0; i < CABIN_PROBES; i++) {
		struct desk_probe *probe = &desk->probes[i];
		uint16_t channel = (uint16_t)(desk->config.layout.probe_channel_first + i);
		if (!probe->on)
			continue;
		if (desk->config.network.hearing(desk->config.network.context, channel) > 0)
			probe->heard_ns = now_ns;
		else if (now_ns - probe->heard_ns > PROBE_LIFE_S * CABIN_NS_PER_S)
			probe->on = false;
	}
}

static void tell_talkback(struct cabin_desk *desk)
{
	static const uint64_t nobody[DESK_BOOTH_WORDS];
	const uint64_t *wanted = desk->talkback.on ? desk->talkback.booth_bits : nobody;
	if (memcmp(wanted, desk->talkback.told_bits, sizeof(desk->talkback.told_bits)) == 0)
		return;
	desk->config.network.talkback(desk->config.network.context, wanted, desk->config.layout.voice_channel_index);
	memcpy(desk->talkback.told_bits, wanted, sizeof(desk->talkback.told_bits));
}

/* --- what delegates are shown --------------------------------------------------------------------- */

static bool is_staffed(const struct cabin_desk *desk, uint16_t channel_index)
{
	const struct cabin_desk_layout *layout = &desk->config.layout;
	const struct cabin_config_channel *channel = desk_config_channel(desk, channel_index);
	for (uint16_t i = 0; i < desk->current->booth_count; i++) {
		const struct cabin_config_booth *booth = &desk->current->booths[i];
		uint16_t index = desk_find_booth(desk, booth->id);
		struct cabin_hub_booth_stats stats;
		if ((booth->output_channel_index[0] != desk->channels[channel_index].config_index &&
		     booth->output_channel_index[1] != desk->channels[channel_index].config_index) ||
		    index == CABIN_INDEX_NONE || index >= layout->booth_count)
			continue;
		cabin_hub_booth_stats(desk->config.hub, index, &stats);
		if (stats.present > 0)
			return true;
	}
	if (channel->source_index == CABIN_INDEX_NONE)
		return false;
	/* A wired line works in it while its sound is there. */
	struct cabin_capture_source_stats stats;
	cabin_capture_source_stats(desk->config.capture, channel->source_index, &stats);
	return !stats.lost;
}

static void hide_idle(struct cabin_desk *desk, uint16_t index, uint64_t now_ns)
{
	struct desk_channel *channel = &desk->channels[index];
	if (channel->floor)
		return;
	if (channel->staffed_ns == 0 || is_staffed(desk, index))
		channel->staffed_ns = now_ns;
	channel->hidden =
	    channel->hide == CABIN_HIDE_ALWAYS ||
	    (channel->hide == CABIN_HIDE_IDLE && now_ns - channel->staffed_ns > IDLE_HIDE_S * CABIN_NS_PER_S);
}

/* The channels' numbers are the hub's, wherever they stand in the configuration. */
static void tell_event(struct cabin_desk *desk)
{
	uint64_t hidden[CABIN_CONFIG_HIDDEN_WORDS] = {0};
	for (uint16_t i = 0; i < desk->config.layout.channel_count; i++) {
		const struct desk_channel *channel = &desk->channels[i];
		if (!channel->used)
			continue;
		if (channel->hidden)
			hidden[channel->config_index / 64] |= UINT64_C(1) << channel->config_index % 64;
		desk->current->channels[channel->config_index].number = desk->config.layout.numbers[i];
	}
	/* It is made of nothing else. */
	if (desk->event_made && memcmp(hidden, desk->hidden_made, sizeof(hidden)) == 0)
		return;
	char *json = cabin_config_event_json_without(desk->current, hidden);
	desk->event_made = json != NULL;
	memcpy(desk->hidden_made, hidden, sizeof(hidden));
	if (!json || (desk->event_json && strcmp(json, desk->event_json) == 0)) {
		free(json);
		return;
	}
	char *copy = strdup(json);
	free(desk->event_json);
	desk->event_json = json;
	if (copy)
		desk->config.network.set_event(desk->config.network.context, copy);
}

void desk_reconcile(struct cabin_desk *desk, uint64_t now_ns)
{
	const struct cabin_desk_layout *layout = &desk->config.layout;
	for (uint16_t i = layout->spare_room_first; i < layout->spare_room_first + layout->spare_room_count; i++)
		tell_setup(desk, i);
	end_announcement(desk, now_ns);
	end_voice(desk, now_ns);
	end_probes(desk, now_ns);
	play(desk);
	for (uint16_t i = 0; i < layout->room_count; i++) {
		if (desk->rooms[i].used)
			tell_input(desk, &desk->rooms[i]);
		tell_lock(desk, i);
	}
	for (uint16_t i = 0; i < layout->channel_count; i++) {
		tell_feed(desk, i);
		if (!desk->channels[i].used)
			continue;
		tell_gain(desk, i);
		hide_idle(desk, i, now_ns);
	}
	tell_talkback(desk);
	tell_event(desk);
}
