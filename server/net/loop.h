/* One network loop: a thread with a libev loop, a libwebsockets context and a
 * fan-out of its own. Private to server/net.
 *
 *   hub thread ─ publish ─▶ inbox ─ ev_async ─▶ drain ─▶ fan-out's windows
 *                                                │ idle watcher: nothing more to do now
 *                                                │ or prepare watcher: dirty for FLUSH_DEADLINE_NS
 *                                                ▼
 *                                              flush ─▶ one write per listener
 *
 * Everything in `struct cabin_loop` belongs to the loop's thread once it runs, but
 * for the inboxes' push with the states that one refused (the hub's thread), the
 * atomics and `ev_async_send`. */
#ifndef CABIN_NET_LOOP_H
#define CABIN_NET_LOOP_H

#include <ev.h>
#include <libwebsockets.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/counter.h"
#include "base/inbox.h"
#include "base/pulse.h"
#include "base/ratelimit.h"
#include "net/address_counts.h"
#include "net/admission.h"
#include "net/auth.h"
#include "net/guesses.h"
#include "net/http_static.h"
#include "net/live.h"
#include "net/report.h"
#include "net/server.h"
#include "net/socket_options.h"
#include "net/text_cache.h"

_Static_assert((int)CABIN_SERVER_REFUSALS == CABIN_AUTH_COUNT - 1, "every verdict but good");

enum cabin_scheme { CABIN_SCHEME_HTTP, CABIN_SCHEME_HTTPS, CABIN_SCHEME_COUNT };

/* Of a seat's packets, whichever console brings them. Any thread, relaxed. */
struct cabin_uplink_figures {
	_Atomic uint64_t packets, late, lost;
	_Atomic int64_t age_us; /* smoothed: from the microphone to here */
};

/* What all loops share. Read-only after create, but for the atomics. */
struct cabin_net {
	struct cabin_server_config config;
	struct cabin_admission admission;
	struct cabin_address_counts *addresses; /* NULL: no limit for one address */
	struct cabin_static *files;		/* NULL: the pages were not built */
	struct cabin_socket_options socket_options;
	struct cabin_auth *auth;
	struct cabin_packet_pool *pool;	      /* of consoles' packets; set before the loops run */
	struct cabin_text_cache *figures;     /* the answer of /metrics; NULL: there is none */
	struct cabin_uplink_figures *uplinks; /* CABIN_SEATS_MAX a booth: cabin_net_uplink */
	struct cabin_live live;
	_Atomic uint64_t next_listener;
	struct cabin_pulse pulses[CABIN_LOOPS_MAX]; /* each is beaten by its loop */
};

/* One writer, the loop's thread; any reader. */
struct cabin_loop_counters {
	atomic_uint listeners, listeners_tls;
	_Atomic uint64_t accepted, refused_full, refused_address, refused_subprotocol, http_requests;
	_Atomic uint64_t closed_by_code[CABIN_CLOSED_COUNT], lost;
	atomic_uint consoles; /* in a seat, and technicians */
	_Atomic uint64_t joins_refused[CABIN_AUTH_COUNT];
	_Atomic uint64_t uplink_packets, uplink_late, uplink_bad_clock, uplink_refused, commands_refused;
	atomic_uint desks;
	_Atomic uint64_t levels_dropped;  /* levels that a desk which was behind missed */
	_Atomic uint64_t control_dropped; /* pongs and errors that a stalled listener's queue had no room for */
};

struct cabin_desk_feed;
struct cabin_http_api;
struct cabin_loop_audience;
struct cabin_net_notice;
struct cabin_ws_console;
struct cabin_ws_listener;

struct cabin_loop {
	struct cabin_net *net;
	uint32_t index;
	pthread_t thread;
	bool running;

	struct ev_loop *ev;
	ev_async wake, stop;
	ev_idle idle;
	ev_prepare prepare;
	ev_timer sweep, accept_pause;
	ev_io accept[CABIN_SCHEME_COUNT];
	int listen_fd[CABIN_SCHEME_COUNT]; /* −1: none */

	struct lws_context *context;
	struct lws_vhost *vhost[CABIN_SCHEME_COUNT];
	struct cabin_inbox *inbox;
	struct cabin_packet *owed_states[CABIN_CHANNELS_MAX]; /* the hub's thread: that the full inbox refused … */
	uint32_t owed_count;				      /* … and how many there are */
	struct cabin_fanout *fanout;
	struct cabin_report_counters *reports; /* one a channel */
	struct cabin_loop_counters counters;

	struct cabin_inbox *notices;
	struct cabin_net_notice *booth_states[CABIN_BOOTHS_MAX], *room_states[CABIN_ROOMS_MAX]; /* newest, or NULL */
	struct cabin_ws_console *consoles;
	uint32_t console_count;
	atomic_uint console_listeners[CABIN_CHANNELS_MAX]; /* of consoles, not audience; relaxed */

	struct cabin_loop_audience *audience;
	struct cabin_desk_feed *desk_feed;
	struct cabin_inbox *api_replies; /* struct cabin_api_reply, from any thread */
	struct cabin_http_api *api_requests;
	uint64_t next_ticket;

	/* What this loop knows of net->live. */
	uint32_t event_number, locks_number, talkback_number;
	struct cabin_guesses guesses;
	char event_etag[CABIN_ETAG_BYTES]; /* of the answer that is being written */

	struct cabin_ws_listener *listeners; /* every one of this loop */
	struct cabin_ws_listener *unsettled; /* that wait for the end of this turn of the loop */
	struct cabin_ratelimit log_limit;
	uint64_t dirty_since_ns, stop_deadline_ns; /* 0: clean; 0: runs */
	uint8_t read_buffer[16384];
};

/* `seat` from 1. */
static inline struct cabin_uplink_figures *cabin_net_uplink(const struct cabin_net *net, uint16_t booth_index,
							    uint8_t seat)
{
	return &net->uplinks[booth_index * CABIN_SEATS_MAX + seat - 1];
}

/* "hub", "loop" or NULL: what has not gone round for CABIN_PULSE_LIMIT_MS. Any thread. */
const char *cabin_net_standing(const struct cabin_net *net);

/* Makes everything but the thread; takes over the listening sockets (−1: none).
 * CABIN_ENOMEM, CABIN_EIO, CABIN_EFORMAT (TLS), logged. Main thread. */
CABIN_MUST_CHECK int cabin_loop_create(struct cabin_loop **out, struct cabin_net *net, uint32_t index,
				       const int listen_fd[CABIN_SCHEME_COUNT]);
CABIN_MUST_CHECK int cabin_loop_start(struct cabin_loop *loop);

/* Begins to stop. Join waits for the end; a loop that answers /metrics until then reads
 * the other loops' figures, so all have ended before the first is destroyed. Main thread. */
void cabin_loop_stop(struct cabin_loop *loop);
void cabin_loop_join(struct cabin_loop *loop);
void cabin_loop_destroy(struct cabin_loop *loop);

/* Any thread. */
void cabin_loop_wake(struct cabin_loop *loop);

/* The hub's thread. */
void cabin_loop_publish(void *loop, struct cabin_packet *packet);

/* The loop's thread from here on. */
uint64_t cabin_loop_now_ns(const struct cabin_loop *loop);
void cabin_loop_drain_inbox(struct cabin_loop *loop);

/* CABIN_INDEX_NONE: no channel has this number. */
uint16_t cabin_loop_channel_index(const struct cabin_loop *loop, uint32_t number);
struct cabin_loop *cabin_loop_of(struct lws *wsi);

/* Where the peer is counted. With net->addresses. */
struct cabin_address_place cabin_net_place_of(const struct cabin_net *net, struct lws *wsi);

/* lws_context.c: a context on the loop's libev loop, with its vhosts. */
CABIN_MUST_CHECK int cabin_lws_context_create(struct cabin_loop *loop);

#endif
