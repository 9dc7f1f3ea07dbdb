/* The header of a WebSocket frame from a server (RFC 6455, section 5.2): final,
 * unmasked, so that it is the same for every listener. Any thread. */
#ifndef CABIN_WIRE_WS_FRAME_H
#define CABIN_WIRE_WS_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "base/packet.h"

enum cabin_ws_opcode { CABIN_WS_TEXT = 1, CABIN_WS_BINARY = 2 };
enum {
	CABIN_WS_HEADER_MAX_BYTES = 4,	/* of messages of at most 65,535 bytes */
	CABIN_WS_LONG_HEADER_BYTES = 10 /* of longer ones */
};

/* Writes the header of a message of `size` bytes into `out` (room for 4; for 10 where
 * `size` may be over 65,535); returns its length, 2, 4 or 10. */
size_t cabin_ws_frame_header(uint8_t *out, enum cabin_ws_opcode opcode, size_t size);

/* Puts the header just before the message that lies at packet->bytes +
 * `message_offset` (at least 4), and sets wire_offset and wire_size: header and
 * message are contiguous. */
void cabin_ws_frame_packet(struct cabin_packet *packet, enum cabin_ws_opcode opcode, size_t message_offset,
			   size_t message_size);

#endif
