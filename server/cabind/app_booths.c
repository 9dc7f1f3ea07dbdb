#include "cabind/app_booths.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/log.h"

struct cabin_app_booths {
	const struct cabin_config *config;
	struct cabin_hub_room_config *hub_rooms;
	struct cabin_hub_booth_config *hub_booths;
	struct cabin_server_booth *server_booths;
	const char **room_ids;
};

static void fill_hub_booth(struct cabin_hub_booth_config *out, const struct cabin_config_booth *from)
{
	*out = (struct cabin_hub_booth_config){
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
}

static int fill_server_booth(struct cabin_server_booth *out, const struct cabin_config_booth *from)
{
	const char **files = calloc((size_t)from->document_count + 1, sizeof(files[0]));
	*out = (struct cabin_server_booth){
	    .id = from->id,
	    .room_index = from->room_index,
	    .documents_json = cabin_config_documents_json(from),
	    .document_files = files,
	    .document_count = from->document_count,
	};
	if (!files || !out->documents_json)
		return CABIN_ENOMEM;
	for (uint16_t i = 0; i < from->document_count; i++)
		files[i] = from->documents[i].file;
	return 0;
}

int cabin_app_booths_create(struct cabin_app_booths **out, const struct cabin_config *config)
{
	*out = NULL;
	struct cabin_app_booths *booths = calloc(1, sizeof(*booths));
	if (!booths)
		return CABIN_ENOMEM;
	booths->config = config;
	/* One more each: no array is empty. */
	booths->hub_rooms = calloc(config->room_count + 1u, sizeof(booths->hub_rooms[0]));
	booths->room_ids = calloc(config->room_count + 1u, sizeof(booths->room_ids[0]));
	booths->hub_booths = calloc(config->booth_count + 1u, sizeof(booths->hub_booths[0]));
	booths->server_booths = calloc(config->booth_count + 1u, sizeof(booths->server_booths[0]));
	int result =
	    booths->hub_rooms && booths->room_ids && booths->hub_booths && booths->server_booths ? 0 : CABIN_ENOMEM;
	for (uint16_t i = 0; result == 0 && i < config->room_count; i++)
		booths->room_ids[i] = booths->hub_rooms[i].id = config->rooms[i].id;
	for (uint16_t i = 0; result == 0 && i < config->booth_count; i++) {
		fill_hub_booth(&booths->hub_booths[i], &config->booths[i]);
		result = fill_server_booth(&booths->server_booths[i], &config->booths[i]);
	}
	if (result != 0) {
		cabin_app_booths_destroy(booths);
		return result;
	}
	*out = booths;
	return 0;
}

void cabin_app_booths_destroy(struct cabin_app_booths *booths)
{
	if (!booths)
		return;
	for (uint16_t i = 0; booths->server_booths && i < booths->config->booth_count; i++) {
		/* Made here, and const for everybody else. */
		free((void *)(uintptr_t)booths->server_booths[i].documents_json);
		free((void *)(uintptr_t)booths->server_booths[i].document_files);
	}
	free(booths->hub_rooms);
	free(booths->room_ids);
	free(booths->hub_booths);
	free(booths->server_booths);
	free(booths);
}

void cabin_app_booths_for_server(const struct cabin_app_booths *booths, struct cabin_server_config *out)
{
	out->booths = booths->server_booths;
	out->booth_count = booths->config->booth_count;
	out->room_ids = booths->room_ids;
	out->room_count = booths->config->room_count;
	out->access_key = booths->config->access.key;
	out->revoked = booths->config->access.revoked;
}

static uint64_t random_number(void *context)
{
	uint64_t number = 0;
	/* Up to 256 bytes are given whole once the kernel has its randomness, as getrandom(2) says. */
	ssize_t got = getrandom(&number, sizeof(number), 0);
	CABIN_ASSERT(got == (ssize_t)sizeof(number));
	return number;
}

void cabin_app_booths_for_hub(const struct cabin_app_booths *booths, struct cabin_hub_config *out)
{
	out->rooms = booths->hub_rooms;
	out->room_count = booths->config->room_count;
	out->booths = booths->hub_booths;
	out->booth_count = booths->config->booth_count;
	out->random = random_number;
}
