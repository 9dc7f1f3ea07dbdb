/* Inside the connection: its thread's state, shared by connection.c (thread, inbox,
 * timers) and connection_lws.c (what libwebsockets calls). Nobody else includes it. */
#ifndef CABIN_CLIENT_CONNECTION_INTERNAL_H
#define CABIN_CLIENT_CONNECTION_INTERNAL_H

#include <libwebsockets.h>
#include <pthread.h>
#include <stdatomic.h>

#include "client/connection.h"

enum { CABIN_CONNECTION_TEXT_MAX_BYTES = 256 * 1024 };

/* Bytes that come in pieces. */
struct cabin_gathered {
	char *bytes;
	uint32_t size, room;
};

struct cabin_connection {
	struct cabin_connection_config config;
	pthread_t handle;
	bool started;
	atomic_bool stopping;
	struct cabin_inbox *inbox; /* of struct item */
	struct cabin_clock_sync clock_sync;
	_Atomic uint64_t packets_sent, packets_old, packets_closed, packets_refused, connections;

	/* The thread's own. */
	struct lws_context *context;
	struct lws *socket, *http; /* NULL: none */
	bool is_open;
	uint32_t generation;
	struct cabin_send_queue queue;
	struct cabin_gathered message, answer;
	bool message_is_text;
	uint64_t heard_ns, tried_ns;
	uint32_t attempts;     /* without success, in a row */
	uint32_t bye_retry_ms; /* of a `bye`; 0: none */
	enum cabin_connection_problem problem;
	uint16_t close_code;
	char said[200]; /* by the library, why it failed */
	bool is_over;	/* a final problem: no more tries */
	uint32_t ping_id, ticks;
	lws_sorted_usec_list_t connect_timer, tick_timer;
	uint8_t send_buffer[LWS_PRE + CABIN_PACKET_BYTES];
};

/* connection_lws.c */
int cabin_connection_lws_create(struct cabin_connection *connection);
void cabin_connection_lws_connect(struct cabin_connection *connection);

/* connection.c */
void cabin_connection_drain(struct cabin_connection *connection);
void cabin_connection_opened(struct cabin_connection *connection);
void cabin_connection_lost(struct cabin_connection *connection);
void cabin_connection_text(struct cabin_connection *connection, const char *text, size_t size);
void cabin_connection_answer(struct cabin_connection *connection, const char *text, size_t size);
/* False: no memory, or over the limit; then it is empty again. */
bool cabin_gathered_add(struct cabin_gathered *gathered, const void *bytes, size_t size);

static inline uint64_t cabin_connection_now_ns(const struct cabin_connection *connection)
{
	return cabin_clock_now_ns(&connection->config.clock);
}

#endif
