/* What every accepted socket is told before it carries speech. Loop threads. */
#ifndef CABIN_NET_SOCKET_OPTIONS_H
#define CABIN_NET_SOCKET_OPTIONS_H

#include <stdint.h>

struct cabin_socket_options {
	uint32_t dscp;		  /* of listeners, 0 … 63 */
	uint32_t dscp_consoles;	  /* 0 … 63 */
	uint32_t rto_min_us;	  /* TCP's floor for a retransmission; 0: the kernel's */
	uint32_t user_timeout_ms; /* unacknowledged for this long: the connection is dead */
};

/* For a connection that was just accepted. */
void cabin_socket_options_accepted(int fd, const struct cabin_socket_options *options);

/* For a connection that became a listener: little unsent speech may wait in the
 * kernel, so that what is stale is dropped by the fan-out, and known. */
void cabin_socket_options_listener(int fd);

/* For a listener that became a console. */
void cabin_socket_options_console(int fd, const struct cabin_socket_options *options);

/* Raises the soft limit of open files to `count` where it is lower; logs what to
 * do when the hard limit forbids it. Main thread. */
void cabin_open_files_raise(uint64_t count);

#endif
