/* What waits to be sent: control texts and packets, in one order.
 *
 * Live means live: a packet whose sound is older than the limit when its turn comes is
 * dropped and counted, never sent. And a microphone that is off sends nothing: after a
 * text that closes the gate packets are dropped until one opens it.
 *
 * Bounded: a full queue refuses the newest. One owner, one thread. */
#ifndef CABIN_CLIENT_SEND_QUEUE_H
#define CABIN_CLIENT_SEND_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/packet.h"

enum { CABIN_SEND_QUEUE_SLOTS = 512, CABIN_SEND_TEXT_MAX_BYTES = 512 };

enum cabin_send_gate { CABIN_SEND_GATE_KEEP, CABIN_SEND_GATE_OPEN, CABIN_SEND_GATE_CLOSE };

struct cabin_send_entry {
	struct cabin_packet *packet; /* NULL: a text. The RTP packet is its wire_offset, wire_size */
	char *text;
	uint32_t text_size;
};

struct cabin_send_queue {
	struct cabin_send_entry entries[CABIN_SEND_QUEUE_SLOTS];
	uint32_t first, count;
	uint32_t limit_ms;
	bool open;
	uint64_t dropped_old, dropped_closed, refused;
};

/* A zeroed queue with the gate closed. */
void cabin_send_queue_init(struct cabin_send_queue *queue, uint32_t limit_ms);

/* Takes over `text` (malloc'd, may be NULL: only the gate changes), on failure too.
 * CABIN_EFULL. */
CABIN_MUST_CHECK int cabin_send_queue_text(struct cabin_send_queue *queue, char *text, uint32_t size,
					   enum cabin_send_gate gate);

/* Takes over the reference. False: dropped and counted. */
bool cabin_send_queue_packet(struct cabin_send_queue *queue, struct cabin_packet *packet, uint64_t now_ns);

/* The next to send: its text or packet is the caller's. False: nothing. */
bool cabin_send_queue_pop(struct cabin_send_queue *queue, uint64_t now_ns, struct cabin_send_entry *out);

/* Drops all, and closes the gate: the connection is gone. */
void cabin_send_queue_clear(struct cabin_send_queue *queue);

void cabin_send_entry_free(struct cabin_send_entry *entry);

#endif
