/* The connection to the server: a thread of its own that speaks WebSocket, keeps the
 * clock, and comes back by itself.
 *
 *   main ── cabin_connection_send ──┐
 *   uplink ─ cabin_connection_packet ┴─▶ inbox ─▶ send queue ─▶ socket     [ this thread ]
 *   main ◀── events (an inbox of main's, with its wake) ◀───── texts, opened, lost
 *   player ◀─ on_packet, on_state (called on this thread) ◀─── media, `state`, `clock`
 *
 * Reconnection is that of docs/protocol.md, section 8: at once, then after 0.25 s
 * doubling to 4 s, ±50 %; nothing heard for 3 s is dead. It fetches /api/v1/event
 * beside each connection. A send belongs to the connection that was open when it was
 * meant (its `generation`): what is meant for one that is gone is dropped.
 *
 * Small kernel buffers (TCP_NOTSENT_LOWAT), no Nagle, quick retransmission where the
 * kernel has it: what is late waits here, where it can be dropped. */
#ifndef CABIN_CLIENT_CONNECTION_H
#define CABIN_CLIENT_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/inbox.h"
#include "base/packet.h"
#include "client/clock_sync.h"
#include "client/send_queue.h"
#include "client/session.h"

struct cabin_connection;

enum cabin_connection_event_kind {
	CABIN_CONNECTION_OPEN,	/* the WebSocket is open; `welcome` follows as a text */
	CABIN_CONNECTION_TEXT,	/* a control message */
	CABIN_CONNECTION_EVENT, /* what /api/v1/event answered */
	CABIN_CONNECTION_LOST	/* with `problem` and, when it was open, the close code; again_ms: until the next try */
};

enum cabin_connection_problem {
	CABIN_PROBLEM_NONE,
	CABIN_PROBLEM_UNREACHABLE, /* nobody answers there */
	CABIN_PROBLEM_NAME,	   /* no such host */
	CABIN_PROBLEM_CERTIFICATE, /* not trusted, or of another name */
	CABIN_PROBLEM_FULL,	   /* 503 */
	CABIN_PROBLEM_NOT_CABIN,   /* something else answers: final */
	CABIN_PROBLEM_DEAD,	   /* nothing came for 3 s */
	CABIN_PROBLEM_CLOSED,	   /* the server closed it: close code */
	CABIN_PROBLEM_NO_ACCESS,   /* 4003: final */
	CABIN_PROBLEM_REPLACED,	   /* 4002: final */
	CABIN_PROBLEM_COUNT
};
/* True: it is not tried again. */
bool cabin_connection_problem_is_final(enum cabin_connection_problem problem);

struct cabin_connection_event {
	uint8_t kind;	 /* enum cabin_connection_event_kind */
	uint8_t problem; /* enum cabin_connection_problem */
	uint16_t close_code;
	uint32_t generation; /* of the connection: 1, 2, 3 … */
	uint32_t again_ms;
	uint32_t text_size;
	char *text; /* the receiver frees it; LOST: what the library said, may be NULL */
};

struct cabin_connection_address {
	char host[256];
	uint16_t port;
	bool tls;
};
/* "https://host:port/…", "wss:…", "http:…", "ws:…" or "host:port" (tls). CABIN_EFORMAT. */
CABIN_MUST_CHECK int cabin_connection_address_parse(struct cabin_connection_address *out, const char *url);

struct cabin_connection_config {
	struct cabin_connection_address address;
	const char *ca_file; /* also trusted; NULL: the system's authorities alone; borrowed for life */
	bool trust_any;	     /* the certificate is not looked at */
	struct cabin_clock clock;
	struct cabin_inbox *events; /* of struct cabin_connection_event */
	/* On the connection's thread; must not block. */
	void (*on_packet)(void *context, const uint8_t *bytes, size_t size);
	void (*on_state)(void *context, const struct cabin_server_event *event); /* STATE, CLOCK, TALKBACK, WELCOME */
	void *context;
	uint32_t queue_ms; /* packets older than this are dropped: 200 */
};

/* Starts the thread, which connects. CABIN_ENOMEM, CABIN_EIO. */
CABIN_MUST_CHECK int cabin_connection_create(struct cabin_connection **out,
					     const struct cabin_connection_config *config);
void cabin_connection_destroy(struct cabin_connection *connection); /* NULL is fine; at most 1 s */

/* Copies one text; NULL: only the gate changes. Any thread. False: refused, which is
 * treated as a lost connection by whoever sends. */
bool cabin_connection_send(struct cabin_connection *connection, uint32_t generation, const char *text,
			   enum cabin_send_gate gate);

/* Takes over an RTP packet's reference (wire_offset, wire_size; stamp_ns is the client's
 * clock). The uplink's thread. False: the inbox is full, dropped. */
bool cabin_connection_packet(struct cabin_connection *connection, struct cabin_packet *packet);

/* Any thread. */
const struct cabin_clock_sync *cabin_connection_clock(const struct cabin_connection *connection);

struct cabin_connection_figures {
	uint64_t packets_sent, packets_old, packets_closed, packets_refused;
	uint64_t connections; /* opened */
};
void cabin_connection_figures(const struct cabin_connection *connection, struct cabin_connection_figures *out);

#endif
