/* The seam between the fan-out and whatever carries its bytes: libwebsockets in a
 * server, a fake in tests. All calls on the loop's thread. */
#ifndef CABIN_RELAY_TRANSPORT_H
#define CABIN_RELAY_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cabin_close_reason { CABIN_CLOSE_TOO_SLOW };

struct cabin_transport {
	/* Sends whole WebSocket frames, unchanged. 0: taken (what the socket did not
	 * take at once is the transport's, and `pending` is true until it is gone).
	 * CABIN_ELOST: the connection is broken, nothing more is written to it and
	 * its closing comes by cabin_fanout_detach. Must not detach from inside. */
	int (*write)(void *connection, const uint8_t *bytes, size_t size);
	/* Earlier bytes wait inside the transport: do not write. */
	bool (*pending)(void *connection);
	/* cabin_fanout_writable is wanted when `pending` is over. */
	void (*want_writable)(void *connection);
	/* Close soon, not from inside this call; cabin_fanout_detach follows. */
	void (*close)(void *connection, enum cabin_close_reason reason);
};

#endif
