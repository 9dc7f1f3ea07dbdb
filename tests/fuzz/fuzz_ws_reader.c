/* WebSocket frames of a client: any bytes are read or refused, and the same whatever
 * pieces they come in. The first byte is the pieces' size; its top bit: binary messages may
 * come, as from a console. */
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"
#include "net/ws_reader.h"

/* Everything that a stream of bytes says, as one number. */
struct account {
	uint64_t hash;
	bool over;
};

static void add(struct account *account, const void *bytes, size_t size)
{
	const uint8_t *byte = bytes;

	for (size_t i = 0; i < size; i++)
		account->hash = (account->hash ^ byte[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
}

static void check_bad(const struct cabin_ws_frame *frame)
{
	CABIN_ASSERT(frame->why && strlen(frame->why) <= CABIN_WS_CONTROL_MAX_BYTES - 2);
	CABIN_ASSERT(frame->close_code == CABIN_CLOSE_PROTOCOL || frame->close_code == CABIN_CLOSE_BINARY ||
		     frame->close_code == CABIN_CLOSE_NOT_JSON || frame->close_code == CABIN_CLOSE_TOO_BIG);
}

enum { BINARY_MAX_BYTES = 1287 };

static size_t limit_of(enum cabin_ws_event event)
{
	return event == CABIN_WS_GOT_BINARY ? BINARY_MAX_BYTES
	       : event == CABIN_WS_GOT_TEXT ? CABIN_CONTROL_MAX_BYTES
					    : CABIN_WS_CONTROL_MAX_BYTES;
}

static void take(struct account *account, const struct cabin_ws_frame *frame)
{
	add(account, &frame->event, sizeof(frame->event));
	add(account, &frame->close_code, sizeof(frame->close_code));
	account->over = frame->event == CABIN_WS_GOT_BAD || frame->event == CABIN_WS_GOT_CLOSE;
	if (frame->event == CABIN_WS_GOT_BAD) {
		check_bad(frame);
		return;
	}
	CABIN_ASSERT(frame->size <= limit_of(frame->event));
	add(account, &frame->size, sizeof(frame->size));
	add(account, frame->payload, frame->size);
}

static uint64_t read_in_pieces(const uint8_t *bytes, size_t size, size_t piece_size, bool binary)
{
	uint8_t place[CABIN_WS_CLIENT_HEADER_MAX_BYTES + BINARY_MAX_BYTES];
	struct account account = {.hash = UINT64_C(0xcbf29ce484222325)};
	struct cabin_ws_reader reader;

	cabin_ws_reader_init(&reader);
	if (binary)
		cabin_ws_reader_take_binary(&reader, place, sizeof(place));
	while (size && !account.over) {
		size_t left = size < piece_size ? size : piece_size;

		size -= left;
		while (left && !account.over) {
			const uint8_t *before = bytes;
			size_t left_before = left;
			struct cabin_ws_frame frame = cabin_ws_reader_next(&reader, &bytes, &left);

			CABIN_ASSERT(bytes > before && (size_t)(bytes - before) == left_before - left);
			if (frame.event == CABIN_WS_GOT_NOTHING)
				CABIN_ASSERT(left == 0);
			else
				take(&account, &frame);
		}
	}
	return account.hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (size < 2)
		return 0;
	bool binary = bytes[0] & 0x80;
	CABIN_ASSERT(read_in_pieces(bytes + 1, size - 1, size, binary) ==
		     read_in_pieces(bytes + 1, size - 1, bytes[0] % 16 + 1u, binary));
	return 0;
}
