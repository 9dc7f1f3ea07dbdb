/* Requests to /api/v1 that somebody else answers: the desk thread (relay/api.h).
 *
 *   headers ──▶ READING the body ──▶ WAITING ──▶ READY ── written when the socket can take it
 *      │ refused: answered at once      │ config.api    ▲
 *      ▼                                └───────────────┘ cabin_http_api_drain, or 504 by the sweep
 *
 * While one waits, nothing is read of its connection, so that what is pipelined behind
 * it stays in order. All on the loop's thread, but for the push of a reply. */
#ifndef CABIN_NET_HTTP_API_H
#define CABIN_NET_HTTP_API_H

#include "net/http.h"
#include "relay/api.h"

#define CABIN_API_PREFIX "/api/v1"

enum cabin_api_step {
	CABIN_API_NOT_MINE, /* another path, or nobody is there to answer */
	CABIN_API_REFUSED,  /* `*reply` is the answer */
	CABIN_API_BEGUN	    /* the session has it: the answer comes later */
};

/* Of a request's headers. */
enum cabin_api_step cabin_http_api_begin(struct cabin_loop *loop, struct lws *wsi, struct cabin_http_session *session,
					 const char *path, struct cabin_http_reply *reply);

/* A piece of the body. */
void cabin_http_api_body(struct cabin_http_session *session, const uint8_t *bytes, size_t size);

/* The body is there. */
void cabin_http_api_body_end(struct cabin_http_session *session);

/* The answer, handed over, once it is there; false: not yet, or there is no request. */
bool cabin_http_api_take_reply(struct cabin_http_session *session, struct cabin_http_reply *reply);

/* The connection ended, or its answer was taken. */
void cabin_http_api_forget(struct cabin_http_session *session);

/* The loop's inbox of replies. CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_http_api_create(struct cabin_loop *loop, void (*wake)(void *context));
void cabin_http_api_destroy(struct cabin_loop *loop);

/* Any thread. The body is the loop's, or freed. */
void cabin_http_api_push(struct cabin_loop *loop, const struct cabin_api_reply *reply);

void cabin_http_api_drain(struct cabin_loop *loop);
void cabin_http_api_sweep(struct cabin_loop *loop); /* a few times a second: limits of time */

/* The loop of a ticket. */
static inline uint32_t cabin_api_ticket_loop(uint64_t ticket)
{
	return (uint32_t)(ticket >> 56);
}

/* What a request's Content-Length says; false: it is not one whole number. Pure. */
bool cabin_api_body_size(const char *header, uint64_t *out);

/* Whether a Content-Type is JSON, whatever its parameters. Pure. */
bool cabin_api_is_json(const char *content_type);

#endif
