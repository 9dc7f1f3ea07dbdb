/* What other threads change while the loops run: the event's description, booths that are
 * set up, rooms that are locked, talkback. One per server.
 *
 *   desk thread ─ cabin_server_set_… ─▶ cabin_live, its number grows
 *   each loop: sees that the number is another one than it knows, and does what that asks
 *
 * Texts are under a lock that is held for as long as one is copied, never on the media
 * path; PINs and numbers are atomics. Any thread, unless said otherwise. */
#ifndef CABIN_NET_LIVE_H
#define CABIN_NET_LIVE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/limits.h"
#include "net/server.h"

enum { CABIN_ETAG_BYTES = 24, CABIN_REVISION_BYTES = 33, CABIN_TALKBACK_WORDS = 2 };

_Static_assert(CABIN_BOOTHS_MAX <= 64 * CABIN_TALKBACK_WORDS, "a bit for each booth");

struct cabin_live {
	pthread_mutex_t lock;
	char *event_json; /* under the lock, as what follows */
	size_t event_size;
	char event_etag[CABIN_ETAG_BYTES], event_revision[CABIN_REVISION_BYTES];
	char booth_ids[CABIN_BOOTHS_MAX][CABIN_NAME_MAX_BYTES]; /* empty: not there */
	const char *documents[CABIN_BOOTHS_MAX];
	uint64_t talkback_bits[CABIN_TALKBACK_WORDS];
	uint16_t talkback_channel_index;

	uint16_t booth_count;
	/* Release when something changed, acquire by the loops. */
	atomic_uint event_number, locks_number, talkback_number;
	_Atomic uint32_t pins[CABIN_ROOMS_MAX]; /* relaxed: the number above says that one changed */
};

/* From the configuration: main thread, before the loops. CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_live_init(struct cabin_live *live, const struct cabin_server_config *config);
void cabin_live_end(struct cabin_live *live);

void cabin_live_set_event(struct cabin_live *live, char *event_json); /* takes it over */

/* A copy for the caller to free, its size and its entity tag; NULL: no memory. */
char *cabin_live_event(struct cabin_live *live, size_t *size, char etag[CABIN_ETAG_BYTES]);

/* What `event` tells: the description's own `revision`, or the entity tag where it has none. */
void cabin_live_revision(struct cabin_live *live, char out[CABIN_REVISION_BYTES]);

void cabin_live_set_booth(struct cabin_live *live, uint16_t booth_index, const char *id, const char *documents_json);

/* CABIN_INDEX_NONE: no booth has this id now. */
uint16_t cabin_live_booth_index(struct cabin_live *live, const char *id);

/* "-": it is not there. */
void cabin_live_booth_id(struct cabin_live *live, uint16_t booth_index, char out[CABIN_NAME_MAX_BYTES]);
const char *cabin_live_documents(struct cabin_live *live, uint16_t booth_index);

void cabin_live_lock_room(struct cabin_live *live, uint16_t room_index, uint32_t pin);
uint32_t cabin_live_pin(const struct cabin_live *live, uint16_t room_index);

void cabin_live_set_talkback(struct cabin_live *live, const uint64_t bits[CABIN_TALKBACK_WORDS],
			     uint16_t channel_index);

/* The channel that a booth's consoles hear the technician on; CABIN_INDEX_NONE: none now. */
uint16_t cabin_live_talkback(struct cabin_live *live, uint16_t booth_index);

#endif
