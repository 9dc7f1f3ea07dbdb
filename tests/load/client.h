/* A minimal WebSocket client on a raw, non-blocking socket, plain or TLS: what the
 * load tool, the rule-breaking client and the server's test speak with. It checks
 * the server's side of docs/protocol.md strictly. One thread. */
#ifndef CABIN_LOAD_CLIENT_H
#define CABIN_LOAD_CLIENT_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/error.h"

enum { CABIN_CLIENT_FRAME_MAX_BYTES = 4096, CABIN_CLIENT_STATUS_NONE = 0 };

enum cabin_client_state {
	CABIN_CLIENT_CLOSED,
	CABIN_CLIENT_CONNECTING, /* TCP, then TLS */
	CABIN_CLIENT_UPGRADING,
	CABIN_CLIENT_OPEN
};

struct cabin_client {
	int fd;
	SSL *ssl; /* NULL: plain */
	enum cabin_client_state state;
	int http_status;	  /* of the upgrade's answer */
	uint16_t close_code;	  /* from the server's close frame; 1005 for an empty one; 0: none came */
	const char *fault;	  /* the server broke the protocol: what it did; static */
	uint64_t arrived_wall_ns; /* kernel's wall clock at the newest bytes' arrival; 0: not known */
	size_t have;
	uint8_t bytes[CABIN_CLIENT_FRAME_MAX_BYTES];
};

struct cabin_client_target {
	struct sockaddr_storage address;
	socklen_t address_size;
	SSL_CTX *tls;		  /* NULL: plain */
	bool kernel_time;	  /* ask the kernel when bytes arrived; plain sockets only */
	bool bare;		  /* no HTTP, no upgrade: frames from the first byte */
	int receive_buffer_bytes; /* 0: the kernel's */
};

/* Called for each whole message; `opcode` 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
typedef void cabin_client_handler(void *context, unsigned opcode, const uint8_t *payload, size_t size);

/* "HOST:PORT" with a numeric host. CABIN_EFORMAT. */
CABIN_MUST_CHECK int cabin_client_target_parse(struct cabin_client_target *out, const char *text);

/* Starts to connect. CABIN_EIO. */
CABIN_MUST_CHECK int cabin_client_connect(struct cabin_client *client, const struct cabin_client_target *target);

/* Goes on when the socket is ready: connects, upgrades, reads. Hands out whole
 * messages. Returns 0, or CABIN_ELOST when the connection is over (close_code and
 * fault say how); the client is CLOSED then. */
CABIN_MUST_CHECK int cabin_client_ready(struct cabin_client *client, const struct cabin_client_target *target,
					cabin_client_handler *handler, void *context);

/* Whether the socket is waited for to become writable, too. */
bool cabin_client_wants_write(const struct cabin_client *client);

/* One masked text message; CABIN_ELOST. What the socket does not take at once is an
 * error: control messages are small. */
CABIN_MUST_CHECK int cabin_client_send_text(struct cabin_client *client, const char *text);
CABIN_MUST_CHECK int cabin_client_send_bytes(struct cabin_client *client, const void *bytes, size_t size);

void cabin_client_close(struct cabin_client *client);

/* A frame as a client makes it, or breaks it. Returns its size. */
struct cabin_client_frame {
	unsigned opcode, reserved; /* reserved: 3 bits */
	bool not_final, not_masked;
	const void *payload;
	size_t size;
	uint64_t claimed_size; /* in the header, in place of `size`; 0: `size` */
};
size_t cabin_client_frame_write(uint8_t *out, size_t out_size, const struct cabin_client_frame *frame);

#endif
