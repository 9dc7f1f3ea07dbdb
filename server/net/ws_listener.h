/* A listener's connection: WebSocket frames in, control messages and the fan-out's
 * frames out. The loop's thread.
 *
 *             upgrade            end of that turn
 *   (http) ───────────▶ JOINING ─────────────────▶ OPEN ──▶ CLOSING ──▶ ENDED ─▶ closed by lws
 *                                                   │  close frame is   │  ▲ the peer's answer, its
 *                                                   │  sent, nothing    └──┘ end, or CLOSE_LIMIT
 *                                                   │  else is any more
 *                                                   └── peer's close frame, answered ──▶ ENDED
 *
 * libwebsockets does HTTP, the upgrade, TLS and all writing. What a listener sends
 * is read here (net/ws_reader.h says why): its receive side is flow-controlled off
 * for lws, and a watcher of our own reads the socket or the TLS session. */
#ifndef CABIN_NET_WS_LISTENER_H
#define CABIN_NET_WS_LISTENER_H

#include <ev.h>
#include <libwebsockets.h>

#include "base/ratelimit.h"
#include "net/audience.h"
#include "net/gate.h"
#include "net/loop.h"
#include "net/ws_reader.h"
#include "relay/transport.h"

#define CABIN_WS_SUBPROTOCOL "cabin.v1"
#define CABIN_WS_PATH	     "/ws"

enum { CABIN_DESK_QUEUE_MAX_BYTES = 64 << 10 };

enum cabin_ws_state { CABIN_WS_JOINING, CABIN_WS_OPEN, CABIN_WS_CLOSING, CABIN_WS_ENDED };

/* One per listener, in the memory that libwebsockets keeps for its session. */
struct cabin_ws_listener {
	/* All that a packet touches, in one cache line. */
	struct lws *wsi;
	struct cabin_listener *fan; /* NULL unless OPEN */
	struct cabin_loop *loop;
	struct cabin_ws_console *console; /* NULL: a listener alone (net/ws_console.h) */
	int fd;
	uint8_t state; /* enum cabin_ws_state */
	bool tls;
	bool broken;   /* a write failed: only its end is to come */
	bool buffered; /* lws keeps bytes that the socket did not take; its writable callback clears it */

	bool unsettled, spoke_too_early, too_slow;
	bool must_join; /* it came as a console, and has not joined yet */
	struct cabin_ws_listener *next, *previous;
	struct cabin_ws_listener *next_unsettled;
	ev_io readable;
	struct cabin_address_place place; /* with a limit for each address */
	uint64_t number;		  /* of `welcome` */
	uint64_t last_message_ns, deadline_ns;
	struct cabin_ratelimit messages;
	uint32_t queued_control_bytes; /* behind a partial write */
	uint32_t discarded_bytes;      /* since CLOSING */
	uint32_t event_number;	       /* of the event that it was told of */
	struct cabin_gate gate;
	struct cabin_audience_place place_in_audience;
	struct cabin_ws_reader reader;
};

/* libwebsockets' callback of the sub-protocol. */
int cabin_ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size);

/* Whether an upgrade may go on; else its refusal has been written (status 400, 404,
 * 426 or 503), and the connection ends. */
bool cabin_ws_upgrade_allowed(struct lws *wsi);

/* Whether the upgrade's request was for "/ws?console". */
bool cabin_ws_says_console(struct lws *wsi);

/* For the loop's fan-out; `connection` is a struct cabin_ws_listener. */
struct cabin_transport cabin_ws_transport(void);

void cabin_ws_settle(struct cabin_loop *loop); /* at the end of each turn of the loop */
void cabin_ws_sweep(struct cabin_loop *loop);  /* a few times a second: limits of time */
void cabin_ws_say_bye(struct cabin_loop *loop);

/* Sends a close frame and counts it; the first call alone does anything. `why` is
 * the frame's reason, static. Not from inside the fan-out. */
void cabin_ws_close(struct cabin_ws_listener *listener, enum cabin_close_code code, const char *why);

/* Writes one frame (at most CABIN_NOTICE_MAX_BYTES of payload) after whatever waits
 * already. False: too much waits, it was dropped and counted. */
bool cabin_ws_send(struct cabin_ws_listener *listener, unsigned opcode, const void *payload, size_t size);

/* Writes a whole frame of any size. False: more than CABIN_DESK_QUEUE_MAX_BYTES wait
 * already, nothing was written. */
bool cabin_ws_send_frame(struct cabin_ws_listener *listener, const uint8_t *frame, size_t size);

/* ws_control.c: a whole text message that arrived at `arrived_ns`. */
void cabin_ws_message(struct cabin_ws_listener *listener, const char *text, size_t size, uint64_t arrived_ns);

/* A few times a second, each listener: its room was locked, the event is another one. */
void cabin_ws_check_lock(struct cabin_ws_listener *listener);
void cabin_ws_tell_event(struct cabin_ws_listener *listener);

void cabin_ws_welcome(struct cabin_ws_listener *listener);

#endif
