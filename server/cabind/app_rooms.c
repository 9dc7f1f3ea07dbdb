#include "cabind/app_rooms.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/log.h"

enum { SPARE_HOLD_MS = 2500, SPARE_GRACE_MS = 10000, SPARE_FADE_MS = 40, SPARE_SEATS = 2 };

static const struct cabin_config_opus spare_opus = {
    .mode = CABIN_OPUS_LOW_DELAY, .bitrate_bps = 48000, .packet_ms = 20, .complexity = 9};
static const char no_documents[] = "{\"documents\":[]}";

struct cabin_app_rooms {
	const struct cabin_config *config;
	struct cabin_desk_layout layout;
	uint16_t channel_rooms[CABIN_CHANNELS_MAX];
	struct cabin_hub_room_config hub_rooms[CABIN_ROOMS_MAX];
	struct cabin_hub_channel_config hub_channels[CABIN_CHANNELS_MAX];
	struct cabin_hub_booth_config hub_booths[CABIN_BOOTHS_MAX];
	struct cabin_server_booth server_booths[CABIN_BOOTHS_MAX];
	const char *room_ids[CABIN_ROOMS_MAX];
};

/* --- the configuration's ------------------------------------------------------------------ */

static const char *language_of(const struct cabin_config *config, const struct cabin_config_channel *channel)
{
	return channel->language_index == CABIN_INDEX_NONE ? NULL : config->languages[channel->language_index].id;
}

static void add_channel(struct cabin_app_rooms *rooms, const struct cabin_hub_channel_config *channel)
{
	CABIN_ASSERT(rooms->layout.channel_count < CABIN_CHANNELS_MAX);
	uint16_t index = rooms->layout.channel_count++;
	rooms->hub_channels[index] = *channel;
	rooms->layout.numbers[index] = channel->number;
	rooms->channel_rooms[index] = channel->room_index;
}

static void add_configured_channel(struct cabin_app_rooms *rooms, const struct cabin_config_channel *from)
{
	add_channel(rooms, &(struct cabin_hub_channel_config){
			       .number = from->number,
			       .kind = from->kind,
			       .source_index = from->source_index,
			       .floor_channel_index = from->floor_channel_index,
			       .room_index = from->room_index,
			       .language = language_of(rooms->config, from),
			       .idle_feed = from->idle_feed,
			       .idle_from_index = from->idle_from_index,
			       .hold_ms = from->hold_ms,
			       .fade_ms = from->fade_ms,
			       .booth_id = from->booth_id,
			   });
}

static int add_configured_booth(struct cabin_app_rooms *rooms, const struct cabin_config_booth *from)
{
	uint16_t index = rooms->layout.booth_count;
	const char **files = calloc((size_t)from->document_count + 1, sizeof(files[0]));
	rooms->hub_booths[index] = (struct cabin_hub_booth_config){
	    .id = from->id,
	    .room_index = from->room_index,
	    .seat_count = (uint8_t)from->seat_count,
	    .mode = from->mode,
	    .output_channel_index = {from->output_channel_index[0], from->output_channel_index[1]},
	    .hold_ms = from->hold_ms,
	    .grace_ms = from->grace_ms,
	    .packet_ms = from->opus.packet_ms,
	    .bitrate_bps = from->opus.bitrate_bps,
	    .complexity = from->opus.complexity,
	};
	rooms->server_booths[index] = (struct cabin_server_booth){
	    .id = from->id,
	    .room_index = from->room_index,
	    .documents_json = cabin_config_documents_json(from),
	    .document_files = files,
	    .document_count = from->document_count,
	};
	rooms->layout.booth_count++;
	if (!files || !rooms->server_booths[index].documents_json)
		return CABIN_ENOMEM;
	for (uint16_t i = 0; i < from->document_count; i++)
		files[i] = from->documents[i].file;
	return 0;
}

static int add_configured(struct cabin_app_rooms *rooms)
{
	const struct cabin_config *config = rooms->config;
	int result = 0;
	for (uint16_t i = 0; i < config->room_count; i++)
		rooms->room_ids[i] = rooms->hub_rooms[i].id = config->rooms[i].id;
	rooms->layout.room_count = config->room_count;
	for (uint16_t i = 0; i < config->channel_count; i++)
		add_configured_channel(rooms, &config->channels[i]);
	for (uint16_t i = 0; result == 0 && i < config->booth_count; i++)
		result = add_configured_booth(rooms, &config->booths[i]);
	return result;
}

/* --- spare ones, and the desk's -------------------------------------------------------------- */

/* The next number above the configuration's that no channel has. */
static uint16_t free_number(const struct cabin_app_rooms *rooms)
{
	uint16_t highest = 0;
	for (uint16_t i = 0; i < rooms->layout.channel_count; i++)
		highest = rooms->layout.numbers[i] > highest ? rooms->layout.numbers[i] : highest;
	if (highest < UINT16_MAX)
		return (uint16_t)(highest + 1);
	for (uint16_t number = 1;; number++) {
		uint16_t i = 0;
		while (i < rooms->layout.channel_count && rooms->layout.numbers[i] != number)
			i++;
		if (i == rooms->layout.channel_count)
			return number;
	}
}

static void add_floor(struct cabin_app_rooms *rooms, uint16_t room_index)
{
	add_channel(rooms, &(struct cabin_hub_channel_config){
			       .number = free_number(rooms),
			       .kind = CABIN_CHANNEL_FLOOR,
			       .source_index = CABIN_INDEX_NONE,
			       .floor_channel_index = rooms->layout.channel_count,
			       .room_index = room_index,
			       .fade_ms = SPARE_FADE_MS,
			   });
}

static void add_language(struct cabin_app_rooms *rooms, uint16_t room_index, uint16_t floor_index,
			 enum cabin_idle_feed idle_feed)
{
	add_channel(rooms, &(struct cabin_hub_channel_config){
			       .number = free_number(rooms),
			       .kind = CABIN_CHANNEL_LANGUAGE,
			       .source_index = CABIN_INDEX_NONE,
			       .floor_channel_index = floor_index,
			       .room_index = room_index,
			       .idle_feed = idle_feed,
			       .idle_from_index = CABIN_INDEX_NONE,
			       .hold_ms = SPARE_HOLD_MS,
			       .fade_ms = SPARE_FADE_MS,
			   });
}

static void add_booth(struct cabin_app_rooms *rooms, const char *id, uint16_t room_index, uint16_t output_index,
		      uint8_t seats)
{
	uint16_t index = rooms->layout.booth_count++;
	CABIN_ASSERT(index < CABIN_BOOTHS_MAX);
	rooms->hub_booths[index] = (struct cabin_hub_booth_config){
	    .id = id,
	    .room_index = room_index,
	    .seat_count = seats,
	    .mode = CABIN_BOOTH_OVERRIDE,
	    .output_channel_index = {output_index, CABIN_INDEX_NONE},
	    .hold_ms = SPARE_HOLD_MS,
	    .grace_ms = SPARE_GRACE_MS,
	    .packet_ms = spare_opus.packet_ms,
	    .bitrate_bps = spare_opus.bitrate_bps,
	    .complexity = spare_opus.complexity,
	};
	rooms->server_booths[index] =
	    (struct cabin_server_booth){.id = id, .room_index = room_index, .documents_json = no_documents};
}

static void add_spare(struct cabin_app_rooms *rooms)
{
	struct cabin_desk_layout *layout = &rooms->layout;
	layout->spare_room_first = layout->room_count;
	layout->spare_room_count = (uint16_t)rooms->config->server.spare_rooms;
	layout->spare_channel_first = layout->channel_count;
	layout->spare_booth_first = layout->booth_count;
	for (uint16_t i = 0; i < layout->spare_room_count; i++) {
		uint16_t room_index = layout->room_count++, floor_index = layout->channel_count;
		add_floor(rooms, room_index);
		for (int k = 0; k < CABIN_SPARE_LANGUAGES_MAX; k++) {
			add_language(rooms, room_index, floor_index, CABIN_IDLE_PASS_THROUGH);
			add_booth(rooms, NULL, room_index, (uint16_t)(floor_index + 1 + k), SPARE_SEATS);
		}
	}
}

static void add_desk(struct cabin_app_rooms *rooms)
{
	struct cabin_desk_layout *layout = &rooms->layout;
	uint16_t room_index = layout->room_count++, floor_index = layout->channel_count;
	rooms->hub_rooms[room_index].id = CABIN_DESK_BOOTH_ID;
	add_floor(rooms, room_index);
	layout->voice_channel_index = layout->channel_count;
	add_language(rooms, room_index, floor_index, CABIN_IDLE_SILENCE);
	layout->probe_channel_first = layout->channel_count;
	for (int i = 0; i < CABIN_PROBES; i++)
		add_language(rooms, room_index, floor_index, CABIN_IDLE_SILENCE);
	layout->booth_index = layout->booth_count;
	add_booth(rooms, CABIN_DESK_BOOTH_ID, room_index, layout->voice_channel_index, CABIN_SEATS_MAX);
	CABIN_ASSERT(layout->room_count <= CABIN_ROOMS_MAX);
}

/* --- the whole ---------------------------------------------------------------------------------- */

int cabin_app_rooms_create(struct cabin_app_rooms **out, const struct cabin_config *config)
{
	*out = NULL;
	struct cabin_app_rooms *rooms = calloc(1, sizeof(*rooms));
	if (!rooms)
		return CABIN_ENOMEM;
	rooms->config = config;
	int result = add_configured(rooms);
	if (result != 0) {
		cabin_app_rooms_destroy(rooms);
		return result;
	}
	rooms->layout.source_count = config->source_count;
	add_spare(rooms);
	add_desk(rooms);
	*out = rooms;
	return 0;
}

void cabin_app_rooms_destroy(struct cabin_app_rooms *rooms)
{
	if (!rooms)
		return;
	/* Those of the configuration's booths were made here, and are const for everybody else. */
	for (uint16_t i = 0; i < rooms->config->booth_count; i++) {
		free((void *)(uintptr_t)rooms->server_booths[i].documents_json);
		free((void *)(uintptr_t)rooms->server_booths[i].document_files);
	}
	free(rooms);
}

const struct cabin_desk_layout *cabin_app_rooms_layout(const struct cabin_app_rooms *rooms)
{
	return &rooms->layout;
}

void cabin_app_rooms_for_server(const struct cabin_app_rooms *rooms, struct cabin_server_config *out)
{
	out->channel_numbers = rooms->layout.numbers;
	out->channel_count = rooms->layout.channel_count;
	out->channel_rooms = rooms->channel_rooms;
	out->booths = rooms->server_booths;
	out->booth_count = rooms->layout.booth_count;
	out->room_ids = rooms->room_ids;
	out->room_count = rooms->config->room_count;
	out->access_key = rooms->config->access.key;
	out->revoked = rooms->config->access.revoked;
}

static uint64_t random_number(void *context)
{
	uint64_t number = 0;
	/* Up to 256 bytes are given whole once the kernel has its randomness, as getrandom(2) says. */
	ssize_t got = getrandom(&number, sizeof(number), 0);
	CABIN_ASSERT(got == (ssize_t)sizeof(number));
	return number;
}

void cabin_app_rooms_for_hub(const struct cabin_app_rooms *rooms, struct cabin_hub_config *out)
{
	out->channels = rooms->hub_channels;
	out->channel_count = rooms->layout.channel_count;
	out->source_count = rooms->layout.source_count;
	out->rooms = rooms->hub_rooms;
	out->room_count = rooms->layout.room_count;
	out->booths = rooms->hub_booths;
	out->booth_count = rooms->layout.booth_count;
	out->random = random_number;
}
