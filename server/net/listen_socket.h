/* Listening sockets of our own: libwebsockets cannot bind one address, nor share a
 * port between loops. Main thread, before the loops run. */
#ifndef CABIN_NET_LISTEN_SOCKET_H
#define CABIN_NET_LISTEN_SOCKET_H

#include <stdint.h>
#include <sys/socket.h>

#include "base/error.h"

struct cabin_address {
	struct sockaddr_storage storage;
	socklen_t size;
};

/* "127.0.0.1:8080", "[::1]:8080", "localhost:8080"; port 0 … 65,535. CABIN_EFORMAT,
 * logged with what is wrong. */
CABIN_MUST_CHECK int cabin_address_parse(struct cabin_address *out, const char *text);

uint16_t cabin_address_port(const struct cabin_address *address);

/* `count` sockets (1 … CABIN_LOOPS_MAX) on one address and port, among which the
 * kernel shares incoming connections; `address` gets the port that was taken for 0.
 * `option` ("--listen") names in the log what to change. CABIN_EIO, logged with what
 * to do; no socket is open then. */
CABIN_MUST_CHECK int cabin_listen_sockets_open(int *fds, uint32_t count, struct cabin_address *address,
					       const char *text, const char *option);

#endif
