/* WebSocket frames (RFC 6455) from a listener: a strict reader, fed with whatever
 * bytes a socket gave.
 *
 * libwebsockets 4.1.6 takes unmasked and fragmented frames from a client and drops
 * some broken ones without a close code; docs/protocol.md, section 2, promises a
 * code for each. So a listener's incoming bytes are read here instead.
 *
 * A console may send binary messages too; a listener may not.
 *
 * Pure: no socket, no clock, no allocation. One reader per listener, on its
 * loop's thread. */
#ifndef CABIN_NET_WS_READER_H
#define CABIN_NET_WS_READER_H

#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "wire/control.h"

enum {
	CABIN_WS_CONTROL_MAX_BYTES = 125, /* of a close, ping or pong frame */
	CABIN_WS_CLIENT_HEADER_MAX_BYTES = 8
};

/* Of control frames; the others stand in wire/ws_frame.h. */
enum cabin_ws_control_opcode { CABIN_WS_OPCODE_CLOSE = 8, CABIN_WS_OPCODE_PING = 9, CABIN_WS_OPCODE_PONG = 10 };

enum { CABIN_WS_NO_CODE = 1005 }; /* never sent: the peer's close frame was empty */

enum cabin_ws_event {
	CABIN_WS_GOT_NOTHING, /* all bytes are taken, no whole frame yet */
	CABIN_WS_GOT_TEXT,    /* payload: the message */
	CABIN_WS_GOT_BINARY,  /* the same; only after cabin_ws_reader_take_binary */
	CABIN_WS_GOT_PING,    /* payload: to be sent back in a pong */
	CABIN_WS_GOT_PONG,
	CABIN_WS_GOT_CLOSE, /* close_code: the peer's, or CABIN_WS_NO_CODE */
	CABIN_WS_GOT_BAD    /* close_code: what to close with; `why`; the reader must not be used again */
};

struct cabin_ws_frame {
	enum cabin_ws_event event;
	const uint8_t *payload; /* unmasked; valid until the reader is called again */
	size_t size;
	uint16_t close_code;
	const char *why; /* static, for the close frame's reason and the log */
};

struct cabin_ws_reader {
	uint8_t *place;	      /* where the frame is gathered: `bytes`, or a console's own */
	uint16_t binary_size; /* a binary message may have so many bytes; 0: none may come */
	uint16_t have, need;  /* bytes of the present frame: taken, and wanted so far */
	uint8_t header_size;  /* 0 while unknown */
	uint8_t bytes[CABIN_WS_CLIENT_HEADER_MAX_BYTES + CABIN_CONTROL_MAX_BYTES];
};

void cabin_ws_reader_init(struct cabin_ws_reader *reader);

/* From the next frame on, binary messages may come: frames are gathered in `place` of
 * `place_size` bytes, at least as large as the reader's own, which outlives the reader's
 * use. Call it between two frames. */
void cabin_ws_reader_take_binary(struct cabin_ws_reader *reader, uint8_t *place, size_t place_size);

/* Takes from `*bytes` (moved on) up to the end of one frame and tells what it is. */
struct cabin_ws_frame cabin_ws_reader_next(struct cabin_ws_reader *reader, const uint8_t **bytes, size_t *size);

#endif
