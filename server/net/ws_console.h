/* A connection that is more than a listener: a console in a booth's seat, a
 * technician, or a stage sign that watches a room. The loop's thread.
 *
 *               join: token good                       notice: granted
 *   (listener) ─────────────────▶ JOINING ─────────────────────────────▶ BOOTH or TECHNICIAN
 *       ▲                            │ notice: refused                        │ leave, end of the connection
 *       └────────────────────────────┴────────────────────────────────────────┘ (the hub is told)
 *   (listener) ── watch ──▶ WATCHER, which may join all the same
 *
 * What it asks goes to the hub as commands, in order with its packets; what the hub
 * answers comes back as notices (net/notice.h). A console is heard by its own RTP, read
 * in ws_uplink.c. */
#ifndef CABIN_NET_WS_CONSOLE_H
#define CABIN_NET_WS_CONSOLE_H

#include "access/token.h"
#include "net/ws_listener.h"
#include "wire/console_read.h"
#include "wire/rtp.h"

enum cabin_console_role { CABIN_CONSOLE_NONE, CABIN_CONSOLE_JOINING, CABIN_CONSOLE_BOOTH, CABIN_CONSOLE_TECHNICIAN };

enum {
	CABIN_CONSOLE_MESSAGES_PER_S = 150,
	CABIN_CONSOLE_MESSAGES_BURST = 300,
	CABIN_CONSOLES_MAX = 512, /* in one loop, signs and technicians included */
	CABIN_SIGNS_MAX = 256	  /* of them, those that have not joined */
};

/* The mapping of the uplink's RTP time to the server clock, as its console told it. */
struct cabin_uplink_clock {
	bool known;
	uint32_t timestamp;
	uint64_t server_ns;
	double rate_hz;
};

/* One per console, of its own memory. */
struct cabin_ws_console {
	struct cabin_ws_listener *listener; /* NULL: it has ended, and the hub is still to be told */
	struct cabin_ws_console *next, *previous;
	enum cabin_console_role role;
	bool mic, echo;
	bool desk;		  /* a technician that is told all that the desk shows (net/desk_feed.h) */
	bool gives_up;		  /* the seat is not to be kept: left, or revoked */
	uint64_t number;	  /* its connection's */
	struct cabin_token token; /* role other than NONE */
	uint16_t booth_index;	  /* into the server's booths; CABIN_INDEX_NONE: a technician */
	uint16_t room_index;	  /* of its booth; CABIN_INDEX_NONE: none */
	uint16_t watch_index;	  /* room that it watches; CABIN_INDEX_NONE: none */
	uint8_t seat;
	uint16_t source_index;
	struct cabin_uplink_clock clock;
	struct cabin_listener *monitor;	      /* a second one in the fan-out, or NULL */
	struct cabin_listener *talkback;      /* a third one: the technician, or NULL */
	uint16_t monitor_index;		      /* channel that it asked to monitor, also while it is the main one */
	uint64_t late_log_ns, wrong_clock_ns; /* when that was said last */
	bool sequence_known;		      /* since its microphone was opened … */
	uint16_t next_sequence;		      /* … what its next packet has when none is lost */
	uint8_t frame[CABIN_WS_CLIENT_HEADER_MAX_BYTES + CABIN_RTP_HEADER_BYTES + CABIN_OPUS_PAYLOAD_MAX_BYTES];
};

/* A request, read already. */
void cabin_ws_console_request(struct cabin_ws_listener *listener, const struct cabin_console_request *request);

/* The listener, a console or not, goes to another channel; CABIN_INDEX_NONE: to none. The
 * hub knows what a console interprets from. */
void cabin_ws_console_listen(struct cabin_ws_listener *listener, uint16_t channel_index);

/* It has joined: a room that is locked is open to it. */
bool cabin_ws_console_has_joined(const struct cabin_ws_listener *listener);

/* The socket takes more: for the monitor, after the listener's own channel. */
void cabin_ws_console_writable(struct cabin_ws_listener *listener);

/* A notice for whom it concerns in this loop. */
void cabin_ws_console_notice(struct cabin_loop *loop, const struct cabin_notice *notice);
bool cabin_ws_console_concerned(const struct cabin_ws_listener *listener, const struct cabin_notice *notice);

/* Sends text; a console that has no room for it is closed, so that it never shows old state. */
void cabin_ws_console_say(struct cabin_ws_listener *listener, const char *text, size_t size);
void cabin_ws_console_say_error(struct cabin_ws_listener *listener, const char *code, const char *words);

/* The technician speaks to other booths than before, perhaps. */
void cabin_ws_console_talkback(struct cabin_loop *loop);

/* The connection takes no part any more: the hub is told, at once or by a later sweep. */
void cabin_ws_console_end(struct cabin_ws_listener *listener);

/* A few times a second: revoked tokens, and hub's commands that found no room. */
void cabin_ws_console_sweep(struct cabin_loop *loop);

/* When the loop ends: frees what is still to be told. */
void cabin_ws_console_forget(struct cabin_loop *loop);

/* ws_uplink.c: a binary message. */
void cabin_ws_uplink(struct cabin_ws_listener *listener, const uint8_t *bytes, size_t size, uint64_t arrived_ns);

#endif
