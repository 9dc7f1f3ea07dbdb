#include "net/live.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/http_static.h"
#include "relay/hub.h"
#include "wire/pin.h"

static void grow(atomic_uint *number)
{
	atomic_fetch_add_explicit(number, 1, memory_order_release); /* a loop's acquire */
}

static void read_revision(char out[CABIN_REVISION_BYTES], const char *event_json, const char *etag)
{
	json_t *root = json_loads(event_json, 0, NULL);
	const char *revision = json_string_value(json_object_get(root, "revision"));
	if (revision && strlen(revision) < CABIN_REVISION_BYTES)
		memcpy(out, revision, strlen(revision) + 1);
	else /* without its quotes */
		snprintf(out, CABIN_REVISION_BYTES, "%.*s", (int)strlen(etag) - 2, etag + 1);
	json_decref(root);
}

/* What is costly is done before the lock. Returns what was there before. */
static char *put_event(struct cabin_live *live, char *event_json)
{
	char etag[CABIN_ETAG_BYTES], revision[CABIN_REVISION_BYTES];
	size_t size = strlen(event_json);
	cabin_etag_write(etag, (const uint8_t *)event_json, size, CABIN_ENCODING_IDENTITY);
	read_revision(revision, event_json, etag);
	pthread_mutex_lock(&live->lock);
	char *before = live->event_json;
	live->event_json = event_json;
	live->event_size = size;
	memcpy(live->event_etag, etag, sizeof(live->event_etag));
	memcpy(live->event_revision, revision, sizeof(revision));
	pthread_mutex_unlock(&live->lock);
	return before;
}

int cabin_live_init(struct cabin_live *live, const struct cabin_server_config *config)
{
	char *event_json = strdup(config->event_json);
	pthread_mutex_init(&live->lock, NULL);
	live->talkback_channel_index = CABIN_INDEX_NONE;
	if (!event_json)
		return CABIN_ENOMEM;
	(void)put_event(live, event_json);
	CABIN_ASSERT(config->booth_count <= CABIN_BOOTHS_MAX);
	live->booth_count = config->booth_count;
	for (uint16_t i = 0; i < config->booth_count; i++) {
		const struct cabin_server_booth *booth = &config->booths[i];
		cabin_live_set_booth(live, i, booth->id, booth->documents_json);
		/* Where the desk speaks and probes is nobody's to hear. */
		if (booth->id && strcmp(booth->id, CABIN_DESK_BOOTH_ID) == 0)
			cabin_live_lock_room(live, booth->room_index, CABIN_ROOM_HIDDEN);
	}
	return 0;
}

void cabin_live_end(struct cabin_live *live)
{
	free(live->event_json);
	live->event_json = NULL;
	pthread_mutex_destroy(&live->lock);
}

void cabin_live_set_event(struct cabin_live *live, char *event_json)
{
	free(put_event(live, event_json));
	grow(&live->event_number);
}

char *cabin_live_event(struct cabin_live *live, size_t *size, char etag[CABIN_ETAG_BYTES])
{
	pthread_mutex_lock(&live->lock);
	char *copy = malloc(live->event_size + 1);
	if (copy)
		memcpy(copy, live->event_json, live->event_size + 1);
	*size = live->event_size;
	memcpy(etag, live->event_etag, CABIN_ETAG_BYTES);
	pthread_mutex_unlock(&live->lock);
	return copy;
}

void cabin_live_revision(struct cabin_live *live, char out[CABIN_REVISION_BYTES])
{
	pthread_mutex_lock(&live->lock);
	memcpy(out, live->event_revision, CABIN_REVISION_BYTES);
	pthread_mutex_unlock(&live->lock);
}

void cabin_live_set_booth(struct cabin_live *live, uint16_t booth_index, const char *id, const char *documents_json)
{
	CABIN_ASSERT(booth_index < live->booth_count && (!id || strlen(id) < CABIN_NAME_MAX_BYTES));
	pthread_mutex_lock(&live->lock);
	snprintf(live->booth_ids[booth_index], CABIN_NAME_MAX_BYTES, "%s", id ? id : "");
	live->documents[booth_index] = documents_json;
	pthread_mutex_unlock(&live->lock);
}

uint16_t cabin_live_booth_index(struct cabin_live *live, const char *id)
{
	uint16_t found = CABIN_INDEX_NONE;
	pthread_mutex_lock(&live->lock);
	for (uint16_t i = 0; *id && i < live->booth_count && found == CABIN_INDEX_NONE; i++)
		if (strcmp(live->booth_ids[i], id) == 0)
			found = i;
	pthread_mutex_unlock(&live->lock);
	return found;
}

void cabin_live_booth_id(struct cabin_live *live, uint16_t booth_index, char out[CABIN_NAME_MAX_BYTES])
{
	pthread_mutex_lock(&live->lock);
	bool there = booth_index < live->booth_count && live->booth_ids[booth_index][0];
	memcpy(out, there ? live->booth_ids[booth_index] : "-\0", there ? CABIN_NAME_MAX_BYTES : 2);
	pthread_mutex_unlock(&live->lock);
}

const char *cabin_live_documents(struct cabin_live *live, uint16_t booth_index)
{
	pthread_mutex_lock(&live->lock);
	const char *documents = live->documents[booth_index];
	pthread_mutex_unlock(&live->lock);
	return documents;
}

void cabin_live_lock_room(struct cabin_live *live, uint16_t room_index, uint32_t pin)
{
	CABIN_ASSERT(room_index < CABIN_ROOMS_MAX);
	atomic_store_explicit(&live->pins[room_index], pin, memory_order_relaxed);
	grow(&live->locks_number);
}

uint32_t cabin_live_pin(const struct cabin_live *live, uint16_t room_index)
{
	if (room_index >= CABIN_ROOMS_MAX)
		return CABIN_PIN_NONE;
	return atomic_load_explicit(&live->pins[room_index], memory_order_relaxed);
}

void cabin_live_set_talkback(struct cabin_live *live, const uint64_t bits[CABIN_TALKBACK_WORDS], uint16_t channel_index)
{
	pthread_mutex_lock(&live->lock);
	memcpy(live->talkback_bits, bits, sizeof(live->talkback_bits));
	live->talkback_channel_index = channel_index;
	pthread_mutex_unlock(&live->lock);
	grow(&live->talkback_number);
}

uint16_t cabin_live_talkback(struct cabin_live *live, uint16_t booth_index)
{
	if (booth_index >= CABIN_BOOTHS_MAX)
		return CABIN_INDEX_NONE;
	pthread_mutex_lock(&live->lock);
	bool addressed = live->talkback_bits[booth_index / 64] >> (booth_index % 64) & 1;
	uint16_t channel_index = addressed ? live->talkback_channel_index : (uint16_t)CABIN_INDEX_NONE;
	pthread_mutex_unlock(&live->lock);
	return channel_index;
}
