/* The seam between HTTP (net/) and whoever answers /api/v1: the technician's desk.
 *
 *   client ─▶ loop thread ─ struct cabin_api_request ─▶ the desk's inbox ─▶ desk thread
 *   client ◀─ loop thread ◀─ struct cabin_api_reply ◀── cabin_server_reply ◀────┘
 *
 * Plain data. A request has been let in already: its token is good and of a technician
 * or an observer, an observer's is a GET, its body is JSON by its content type (not
 * parsed) and within its limit. It is answered once; without an answer the client gets
 * 504 after CABIN_API_REPLY_MS, and an answer that comes later is thrown away, as is
 * one to a connection that has ended. */
#ifndef CABIN_RELAY_API_H
#define CABIN_RELAY_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum {
	CABIN_API_BODY_MAX_BYTES = 16 << 10,
	CABIN_API_PATH_BYTES = 200, /* with its NUL, as the query's */
	CABIN_API_BODY_MS = 10000,  /* for the whole body to come */
	CABIN_API_REPLY_MS = 10000,
	CABIN_API_PENDING_MAX = 64 /* requests of one loop that are read or wait for their answer; more: 503 */
};

enum cabin_api_method {
	CABIN_API_GET, /* HEAD too: its body stays here */
	CABIN_API_POST,
	CABIN_API_PATCH,
	CABIN_API_DELETE,
	CABIN_API_METHOD_COUNT
};

/* Whose token it is. */
struct cabin_api_author {
	char token_id[17];
	char name[33]; /* UTF-8; empty: the token has none */
	bool observer;
};

struct cabin_api_request {
	uint64_t ticket; /* says which connection waits; never used again */
	enum cabin_api_method method;
	struct cabin_api_author author;
	char path[CABIN_API_PATH_BYTES]; /* after /api/v1, decoded: "/channels/plenary.fr" */
	char
	    query[CABIN_API_PATH_BYTES]; /* after the "?", parts joined by "&", each decoded but for "+"; empty: none */
	char *body;			 /* malloc'd, NUL-ended, or NULL */
	size_t body_size;		 /* without the NUL */
};

struct cabin_api_reply {
	uint64_t ticket;
	int status;
	const char *type; /* static; NULL: application/json */
	char *body;	  /* malloc'd, handed over, or NULL */
	size_t body_size;
};

/* Frees a request that was handed over, with its body. NULL is fine. */
static inline void cabin_api_request_free(struct cabin_api_request *request)
{
	if (request)
		free(request->body);
	free(request);
}

#endif
