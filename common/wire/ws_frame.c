#include "wire/ws_frame.h"

#include <string.h>

#include "base/error.h"

enum { FINAL_BIT = 0x80, SHORT_MAX = 125, LENGTH_16 = 126, LENGTH_64 = 127 };

size_t cabin_ws_frame_header(uint8_t *out, enum cabin_ws_opcode opcode, size_t size)
{
	out[0] = (uint8_t)(FINAL_BIT | opcode);
	if (size <= SHORT_MAX) {
		out[1] = (uint8_t)size;
		return 2;
	}
	if (size > UINT16_MAX) {
		out[1] = LENGTH_64;
		for (int i = 0; i < 8; i++)
			out[2 + i] = (uint8_t)((uint64_t)size >> (56 - 8 * i));
		return CABIN_WS_LONG_HEADER_BYTES;
	}
	out[1] = LENGTH_16;
	out[2] = (uint8_t)(size >> 8);
	out[3] = (uint8_t)size;
	return 4;
}

void cabin_ws_frame_packet(struct cabin_packet *packet, enum cabin_ws_opcode opcode, size_t message_offset,
			   size_t message_size)
{
	uint8_t header[CABIN_WS_HEADER_MAX_BYTES];
	CABIN_ASSERT(message_size <= CABIN_PACKET_BYTES);
	size_t header_size = cabin_ws_frame_header(header, opcode, message_size);

	CABIN_ASSERT(message_offset >= CABIN_WS_HEADER_MAX_BYTES &&
		     message_offset + message_size <= CABIN_PACKET_BYTES);
	memcpy(packet->bytes + message_offset - header_size, header, header_size);
	packet->wire_offset = (uint16_t)(message_offset - header_size);
	packet->wire_size = (uint16_t)(header_size + message_size);
}
