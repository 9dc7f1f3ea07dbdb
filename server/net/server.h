/* The network: one loop thread per core, each with its own libev loop, its own
 * libwebsockets context and its own fan-out. HTTP, https and WebSockets for
 * listeners; the web pages; /healthz, /api/v1/event and /metrics.
 *
 *   hub thread ── cabin_server_sink ──▶ each loop's inbox ── ev_async ──▶ loop: fan-out ▶ sockets
 *
 * Owned by main. */
#ifndef CABIN_NET_SERVER_H
#define CABIN_NET_SERVER_H

#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/inbox.h"
#include "base/pulse.h"
#include "relay/api.h"
#include "relay/audience.h"
#include "relay/fanout.h"
#include "relay/hub.h"

struct cabin_server;

/* The booth of the desk's own microphones: a technician's token takes a seat in it, a
 * booth's token never. */
#define CABIN_DESK_BOOTH_ID "desk"

/* A booth, as far as its consoles' connections concern it. Texts are borrowed for life. A
 * booth without an id is not there, until cabin_server_set_booth gives it one. */
struct cabin_server_booth {
	const char *id;
	uint16_t room_index;
	const char *documents_json;	   /* answer of /api/v1/booth/documents */
	const char *const *document_files; /* paths, in that order; NULL where it is a link */
	uint16_t document_count;
};

struct cabin_server_config {
	struct cabin_clock clock;
	const char *listen;	/* "ADDRESS:PORT", [v6]:PORT, port 0: a free one */
	const char *listen_tls; /* NULL: no https */
	const char *tls_cert, *tls_key;
	uint32_t loops; /* 0: one per core */
	uint32_t max_listeners;
	uint32_t max_listeners_per_address; /* 0: no limit */
	uint32_t queue_limit_ms, close_after_ms;
	uint32_t dscp_listeners, dscp_consoles, rto_min_us;
	const char *web_folder;		 /* built pages; read into memory at start */
	const char *event_json;		 /* answer of /api/v1/event; copied */
	const uint16_t *channel_numbers; /* SSRC of each channel index; borrowed */
	const uint16_t
	    *channel_rooms; /* room of each channel index, for locks; borrowed; NULL: no room can be locked */
	uint16_t channel_count;
	const struct cabin_server_booth *booths; /* in the hub's order; borrowed */
	uint16_t booth_count;
	const char *const *room_ids; /* in the hub's order; borrowed */
	uint16_t room_count;
	const char *access_key, *revoked; /* files, or NULL; read now, the second one again when it changes */
	struct cabin_inbox *hub_inbox;	  /* takes struct cabin_hub_message */
	/* Writes the answer of /metrics. Called on a loop's thread, about once a
	 * second however often it is asked for; must only read atomics. */
	void (*write_metrics)(void *context, FILE *to);
	void *context;
	/* Answers what comes to /api/v1 and is not net's own; NULL: nobody does (404). Called on
	 * a loop's thread, must not block. True: the request was handed over, and is freed with
	 * cabin_api_request_free; false: too much to do, the client gets 503. */
	bool (*api)(void *context, struct cabin_api_request *request);
	void *api_context;
	const struct cabin_pulse *hub_pulse; /* of the hub's thread, told in /healthz; borrowed for life; NULL: none */
};

/* Binds and listens, but accepts nothing yet. Errors are logged with what to do
 * (port in use, address not of this machine, unreadable certificate, key that does
 * not fit): CABIN_EIO, CABIN_EFORMAT, CABIN_ENOTFOUND. */
CABIN_MUST_CHECK int cabin_server_create(struct cabin_server **out, const struct cabin_server_config *config);

/* Starts the loop threads. Consoles' packets come out of `pool`. */
CABIN_MUST_CHECK int cabin_server_start(struct cabin_server *server, struct cabin_packet_pool *pool);

/* Tells listeners `bye`, closes with 1001, ends the threads; at most 2 s. Then frees. */
void cabin_server_destroy(struct cabin_server *server);

uint16_t cabin_server_port(const struct cabin_server *server);
uint16_t cabin_server_port_tls(const struct cabin_server *server); /* 0: none */

/* What stands still, as /healthz tells it: "hub", "loop", or NULL when every thread goes
 * round. Static. Any thread. */
const char *cabin_server_standing(const struct cabin_server *server);

/* The answer to a request that config.api took. Its body is handed over. Any thread, never
 * blocks; whoever calls it has ended before the server is destroyed. */
void cabin_server_reply(struct cabin_server *server, const struct cabin_api_reply *reply);

enum { CABIN_DESK_TEXT_MAX_BYTES = 512 << 10 };

/* Tells every technician's and observer's connection that asked for it (`desk`) one message
 * of at most CABIN_DESK_TEXT_MAX_BYTES, copied. Any thread, never blocks. False: too large,
 * no memory, or some loop's queue is full: not everybody is told.
 *
 * The newest text of type desk, audience and alarms (which is how it begins:
 * {"type":"desk",…) is kept, and is what a desk gets first; so tell each once before
 * anybody asks. A desk that is behind misses binary messages, and is closed rather than
 * miss a text. */
bool cabin_server_tell_desks(struct cabin_server *server, bool binary, const void *bytes, size_t size);

/* Connections that are told. Any thread. */
uint32_t cabin_server_desk_count(const struct cabin_server *server);

/* /api/v1/event answers this from now on, and every listener is told (`event`). Takes
 * `event_json` (malloc'd) over, on failure too. CABIN_EINVAL: it is NULL. Any thread. */
CABIN_MUST_CHECK int cabin_server_set_event(struct cabin_server *server, char *event_json);

/* A booth is there from now on under this id (copied), or, NULL, is not: nobody can join it.
 * `documents_json` is borrowed for life. Any thread. */
void cabin_server_set_booth(struct cabin_server *server, uint16_t booth_index, const char *id,
			    const char *documents_json);

enum { CABIN_ROOM_HIDDEN = INT32_MAX }; /* a room whose channels are no listener's; the desk's booth's is one */

/* Listeners of the room's channels need this PIN (wire/pin.h) from now on; CABIN_PIN_NONE:
 * none. Who is inside without it is out within a second. Consoles and technicians need
 * none. Any thread. */
void cabin_server_lock_room(struct cabin_server *server, uint16_t room_index, uint32_t pin);

/* Consoles of these booths (bit `booth_index % 64` of word `booth_index / 64`) get the
 * channel beside what they listen to, those that come meanwhile too; no bits: nobody does
 * any more. In place of whatever was set before. Any thread. */
void cabin_server_talkback(struct cabin_server *server, const uint64_t booth_bits[2], uint16_t voice_channel_index);

enum { CABIN_SERVER_REFUSALS = 4 }; /* no key, invalid, expired, revoked */

enum { CABIN_SERVER_INBOX_SLOTS = 4096 }; /* of each loop's inbox: what a loop that stalls may hold of the pool */

uint32_t cabin_server_loop_count(const struct cabin_server *server);

/* The sink of loop `loop_index`, for the hub's configuration. Its publish runs on
 * the hub's thread, never blocks, drops and counts when the loop's inbox is full. */
struct cabin_sink cabin_server_sink(struct cabin_server *server, uint32_t loop_index);

/* Where the hub tells what consoles must know. */
struct cabin_notice_sink cabin_server_notice_sink(struct cabin_server *server);

/* Any thread. */
struct cabin_server_stats {
	uint32_t listeners, listeners_tls; /* connections of the sub-protocol now */
	uint64_t accepted, refused_full, refused_address, refused_subprotocol;
	uint64_t closed_by_code[16]; /* index: enum cabin_server_close */
	uint64_t lost;		     /* of those closed by the peer: without a close frame, as when the network fails */
	uint64_t inbox_refused;	     /* packets that a loop's inbox did not take */
	uint64_t http_requests;
	uint64_t control_dropped;		       /* pongs and errors that a stalled listener had no room for */
	uint32_t consoles;			       /* in a seat, and technicians */
	uint64_t levels_dropped;		       /* messages that a desk which was behind missed */
	uint64_t joins_refused[CABIN_SERVER_REFUSALS]; /* no key, invalid, expired, revoked */
	uint64_t uplink_packets, uplink_late, uplink_bad_clock, uplink_refused, commands_refused;
	struct cabin_fanout_stats fanout;
};
enum cabin_server_close {
	CABIN_CLOSED_BY_PEER,
	CABIN_CLOSED_SHUTDOWN,
	CABIN_CLOSED_PROTOCOL,
	CABIN_CLOSED_BINARY,
	CABIN_CLOSED_NOT_JSON,
	CABIN_CLOSED_POLICY,
	CABIN_CLOSED_TOO_BIG,
	CABIN_CLOSED_SLOW,
	CABIN_CLOSED_IDLE,
	CABIN_CLOSED_TRY_AGAIN_LATER,
	CABIN_CLOSED_REPLACED,
	CABIN_CLOSED_NO_ACCESS,
	CABIN_CLOSED_COUNT
};
void cabin_server_stats(const struct cabin_server *server, struct cabin_server_stats *out);

/* What came from one seat's microphone, whichever console brought it. Any thread. */
struct cabin_server_uplink {
	uint64_t packets; /* that went to the hub */
	uint64_t late;	  /* dropped here: too old, or of a wrong clock */
	uint64_t lost;	  /* that the console dropped itself: gaps in its numbers */
	double age_ms;	  /* from the microphone to the server, smoothed; 0: none came */
};
void cabin_server_uplink(const struct cabin_server *server, uint16_t booth_index, uint8_t seat,
			 struct cabin_server_uplink *out);

/* Of a channel, whoever listens: consoles, technicians, talkback too. */
uint32_t cabin_server_hearing_count(const struct cabin_server *server, uint16_t channel_index);

/* Of a channel; consoles are not counted. */
uint32_t cabin_server_listener_count(const struct cabin_server *server, uint16_t channel_index);

/* The audience as it was within the last second (relay/audience.h). Any thread. */
void cabin_server_audience(const struct cabin_server *server, struct cabin_audience *out);

/* The listeners' reports (docs/protocol.md, 7) of one channel, added up over all
 * loops. Histogram bucket b counts reports with
 * value <= cabin_audience_bounds_ms[b]; the last is +Inf. */
struct cabin_report_histogram {
	uint64_t count[CABIN_AUDIENCE_BUCKETS];
	double sum_ms;
};
struct cabin_report_sums {
	uint64_t reports, reports_hidden;
	uint64_t reports_by_state[4];	 /* starting, live, stalled, interrupted */
	uint64_t reports_by_fallback[4]; /* none, script-processor, ogg-http, native */
	uint64_t underruns;
	double concealed_ms;
	struct cabin_report_histogram mouth_to_ear, buffer, late, round_trip;
};
void cabin_server_report_sums(const struct cabin_server *server, uint16_t channel_index, struct cabin_report_sums *out);

/* Whole days that the certificate's file is still good, negative when it is not any more;
 * INT_MAX: there is none, or it cannot be read. Reads the file: not for a loop's thread. */
int cabin_server_certificate_days(const struct cabin_server *server);

#endif
