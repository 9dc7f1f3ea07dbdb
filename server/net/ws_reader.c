#include "net/ws_reader.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

enum { OPCODE_CONTINUATION = 0, OPCODE_TEXT = 1, OPCODE_BINARY = 2 };

static const char fragmented[] = "fragmented message", too_big[] = "message too long";

static void begin_frame(struct cabin_ws_reader *reader)
{
	reader->have = 0;
	reader->need = 2;
	reader->header_size = 0;
}

void cabin_ws_reader_init(struct cabin_ws_reader *reader)
{
	reader->place = reader->bytes;
	reader->binary_size = 0;
	begin_frame(reader);
}

void cabin_ws_reader_take_binary(struct cabin_ws_reader *reader, uint8_t *place, size_t place_size)
{
	CABIN_ASSERT(reader->have == 0 && place_size >= sizeof(reader->bytes) && place_size <= UINT16_MAX);
	reader->place = place;
	reader->binary_size = (uint16_t)(place_size - CABIN_WS_CLIENT_HEADER_MAX_BYTES);
}

static struct cabin_ws_frame bad(uint16_t code, const char *why)
{
	return (struct cabin_ws_frame){.event = CABIN_WS_GOT_BAD, .close_code = code, .why = why};
}

static struct cabin_ws_frame ok(void)
{
	return (struct cabin_ws_frame){.event = CABIN_WS_GOT_NOTHING};
}

/* Codes that may stand in a close frame: RFC 6455, 7.4, and IANA's later ones. */
static bool close_code_valid(uint16_t code)
{
	return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/* The first two bytes tell whether the frame may come at all. */
static struct cabin_ws_frame check_first_two(const uint8_t *bytes, bool binary)
{
	unsigned opcode = bytes[0] & 0x0f, length = bytes[1] & 0x7f;
	bool control = opcode & 8;
	if (bytes[0] & 0x70)
		return bad(CABIN_CLOSE_PROTOCOL, "reserved bit set");
	if ((opcode > OPCODE_BINARY && opcode < CABIN_WS_OPCODE_CLOSE) || opcode > CABIN_WS_OPCODE_PONG)
		return bad(CABIN_CLOSE_PROTOCOL, "reserved opcode");
	if (!(bytes[1] & 0x80))
		return bad(CABIN_CLOSE_PROTOCOL, "frame is not masked");
	if (opcode == OPCODE_CONTINUATION || !(bytes[0] & 0x80))
		return bad(CABIN_CLOSE_PROTOCOL, fragmented);
	if (control && length > CABIN_WS_CONTROL_MAX_BYTES)
		return bad(CABIN_CLOSE_PROTOCOL, "control frame too long");
	if (opcode == OPCODE_BINARY && !binary)
		return bad(CABIN_CLOSE_BINARY, "binary message");
	if (length == 127)
		return bad(CABIN_CLOSE_TOO_BIG, too_big);
	return ok();
}

static struct cabin_ws_frame whole_frame(struct cabin_ws_reader *reader)
{
	uint8_t *payload = reader->place + reader->header_size;
	const uint8_t *mask = payload - 4;
	size_t size = (size_t)(reader->need - reader->header_size);
	for (size_t i = 0; i < size; i++)
		payload[i] ^= mask[i & 3];

	struct cabin_ws_frame frame = {.payload = payload, .size = size};
	switch (reader->place[0] & 0x0f) {
	case OPCODE_TEXT:
		frame.event = CABIN_WS_GOT_TEXT;
		break;
	case OPCODE_BINARY:
		frame.event = CABIN_WS_GOT_BINARY;
		break;
	case CABIN_WS_OPCODE_PING:
		frame.event = CABIN_WS_GOT_PING;
		break;
	case CABIN_WS_OPCODE_PONG:
		frame.event = CABIN_WS_GOT_PONG;
		break;
	default:
		frame.event = CABIN_WS_GOT_CLOSE;
		frame.close_code = size < 2 ? CABIN_WS_NO_CODE : (uint16_t)(payload[0] << 8 | payload[1]);
		if (size == 1 || (size >= 2 && !close_code_valid(frame.close_code)))
			return bad(CABIN_CLOSE_PROTOCOL, "invalid close code");
		if (size > 2 && !cabin_utf8_valid((const char *)payload + 2, size - 2, NULL))
			return bad(CABIN_CLOSE_NOT_JSON, "close reason is not UTF-8");
	}
	begin_frame(reader);
	return frame;
}

/* The header is read in steps: 2 bytes, then 6 or 8. */
static struct cabin_ws_frame header_step(struct cabin_ws_reader *reader)
{
	const uint8_t *bytes = reader->place;
	bool binary = (bytes[0] & 0x0f) == OPCODE_BINARY;
	unsigned length = bytes[1] & 0x7f;
	if (reader->have == 2) {
		struct cabin_ws_frame checked = check_first_two(bytes, reader->binary_size > 0);
		reader->need = length == 126 ? 8 : 6;
		return checked;
	}
	if (length == 126) {
		length = (unsigned)bytes[2] << 8 | bytes[3];
		if (length < 126)
			return bad(CABIN_CLOSE_PROTOCOL, "length not in its shortest form");
		if (length > (binary ? reader->binary_size : CABIN_CONTROL_MAX_BYTES))
			return bad(CABIN_CLOSE_TOO_BIG, too_big);
	}
	reader->header_size = (uint8_t)reader->need;
	reader->need = (uint16_t)(reader->need + length);
	return ok();
}

struct cabin_ws_frame cabin_ws_reader_next(struct cabin_ws_reader *reader, const uint8_t **bytes, size_t *size)
{
	for (;;) {
		size_t take = (size_t)(reader->need - reader->have);
		if (take > *size)
			take = *size;
		memcpy(reader->place + reader->have, *bytes, take);
		reader->have = (uint16_t)(reader->have + take);
		*bytes += take;
		*size -= take;
		if (reader->have < reader->need)
			return ok();
		if (!reader->header_size) {
			struct cabin_ws_frame step = header_step(reader);
			if (step.event == CABIN_WS_GOT_BAD)
				return step;
			if (reader->have < reader->need)
				continue;
		}
		return whole_frame(reader);
	}
}
