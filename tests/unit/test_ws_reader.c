/* server/net/ws_reader: whole frames from any pieces, and every broken one its code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "net/ws_reader.h"

enum { MASK = 0x5a };

/* A masked frame of up to 512 bytes; returns its size. */
static size_t make(uint8_t *out, uint8_t first, const void *payload, size_t size)
{
	size_t at = 0;
	out[at++] = first;
	out[at++] = (uint8_t)(0x80 | (size < 126 ? size : 126));
	if (size >= 126) {
		out[at++] = (uint8_t)(size >> 8);
		out[at++] = (uint8_t)size;
	}
	memset(out + at, MASK, 4);
	at += 4;
	for (size_t i = 0; i < size; i++)
		out[at++] = ((const uint8_t *)payload)[i] ^ MASK;
	return at;
}

static struct cabin_ws_frame read_all(const uint8_t *bytes, size_t size)
{
	static struct cabin_ws_reader reader;
	cabin_ws_reader_init(&reader);
	return cabin_ws_reader_next(&reader, &bytes, &size);
}

static void frames_come_whole_from_any_pieces(void **state)
{
	uint8_t bytes[2000], text[512];
	struct cabin_ws_reader reader;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)('a' + i % 26);
	static const size_t sizes[] = {0, 1, 125, 126, 127, 255, 256, 512};
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		size_t size = make(bytes, 0x81, text, sizes[s]);
		size += make(bytes + size, 0x89, "ping", 4);
		for (size_t piece = 1; piece <= size; piece += 3) {
			int got = 0;
			cabin_ws_reader_init(&reader);
			for (size_t at = 0; at < size; at += piece) {
				const uint8_t *next = bytes + at;
				size_t left = size - at < piece ? size - at : piece;
				while (left) {
					struct cabin_ws_frame frame = cabin_ws_reader_next(&reader, &next, &left);
					if (frame.event == CABIN_WS_GOT_NOTHING)
						break;
					assert_int_equal(frame.event, got ? CABIN_WS_GOT_PING : CABIN_WS_GOT_TEXT);
					assert_int_equal(frame.size, got ? 4 : sizes[s]);
					assert_memory_equal(frame.payload, got ? (const void *)"ping" : text,
							    frame.size);
					got++;
				}
			}
			assert_int_equal(got, 2);
		}
	}
}

static void broken_frames_have_their_code(void **state)
{
	static const struct {
		uint8_t bytes[8];
		size_t size;
		uint16_t code;
	} cases[] = {
	    {{0x81, 0x05}, 2, 1002}, /* not masked */
	    {{0xc1, 0x85}, 2, 1002}, /* reserved bits */
	    {{0xa1, 0x85}, 2, 1002},
	    {{0x91, 0x85}, 2, 1002},
	    {{0x83, 0x80}, 2, 1002}, /* reserved opcodes */
	    {{0x8b, 0x80}, 2, 1002},
	    {{0x01, 0x85}, 2, 1002}, /* fragments */
	    {{0x80, 0x85}, 2, 1002},
	    {{0x09, 0x80}, 2, 1002},
	    {{0x88, 0xfe}, 2, 1002},			 /* long control frame */
	    {{0x82, 0x80}, 2, 1003},			 /* binary */
	    {{0x81, 0xff}, 2, 1009},			 /* 64-bit length */
	    {{0x81, 0xfe, 2, 1, 0, 0, 0, 0}, 8, 1009},	 /* 513 */
	    {{0x81, 0xfe, 0, 125, 0, 0, 0, 0}, 8, 1002}, /* not the shortest form */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cabin_ws_frame frame = read_all(cases[i].bytes, cases[i].size);
		assert_int_equal(frame.event, CABIN_WS_GOT_BAD);
		assert_int_equal(frame.close_code, cases[i].code);
		assert_non_null(frame.why);
	}
}

static void close_frames(void **state)
{
	static const struct {
		const char *payload;
		size_t size;
		enum cabin_ws_event event;
		uint16_t code;
	} cases[] = {
	    {"", 0, CABIN_WS_GOT_CLOSE, CABIN_WS_NO_CODE},
	    {"\x03\xe8", 2, CABIN_WS_GOT_CLOSE, 1000},
	    {"\x03\xe9"
	     "weg",
	     5, CABIN_WS_GOT_CLOSE, 1001},
	    {"\x0b\xb8"
	     "\xe1\xba\xa1",
	     5, CABIN_WS_GOT_CLOSE, 3000},
	    {"\x13\x87", 2, CABIN_WS_GOT_CLOSE, 4999},
	    {"x", 1, CABIN_WS_GOT_BAD, 1002},
	    {"\x03\xe7", 2, CABIN_WS_GOT_BAD, 1002},		 /* 999 */
	    {"\x03\xed", 2, CABIN_WS_GOT_BAD, 1002},		 /* 1005 */
	    {"\x03\xee", 2, CABIN_WS_GOT_BAD, 1002},		 /* 1006 */
	    {"\x13\x88", 2, CABIN_WS_GOT_BAD, 1002},		 /* 5000 */
	    {"\x03\xe8\xed\xa0\x80", 5, CABIN_WS_GOT_BAD, 1007}, /* a surrogate */
	    {"\x03\xe8\xc0\xaf", 4, CABIN_WS_GOT_BAD, 1007},	 /* overlong */
	    {"\x03\xe8\xe1\xba", 4, CABIN_WS_GOT_BAD, 1007},	 /* cut */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t bytes[64];
		struct cabin_ws_frame frame = read_all(bytes, make(bytes, 0x88, cases[i].payload, cases[i].size));
		assert_int_equal(frame.event, cases[i].event);
		assert_int_equal(frame.close_code, cases[i].code);
	}
}

enum { BINARY_MAX_BYTES = 1287, PLACE_BYTES = CABIN_WS_CLIENT_HEADER_MAX_BYTES + BINARY_MAX_BYTES };

/* A console's: texts and sound in turn, from any pieces, and each keeps its own limit. */
static void a_console_may_send_binary_messages(void **state)
{
	uint8_t bytes[8000], sound[BINARY_MAX_BYTES], place[PLACE_BYTES];
	for (size_t i = 0; i < sizeof(sound); i++)
		sound[i] = (uint8_t)(i * 7);
	static const size_t sizes[] = {0, 1, 125, 126, 513, BINARY_MAX_BYTES};
	enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };
	size_t total = 0;
	for (size_t s = 0; s < SIZES; s++) {
		total += make(bytes + total, 0x82, sound, sizes[s]);
		total += make(bytes + total, 0x81, "{}", 2);
	}
	for (size_t piece = 1; piece <= 3000; piece += 37) {
		struct cabin_ws_reader reader;
		size_t got = 0;
		cabin_ws_reader_init(&reader);
		cabin_ws_reader_take_binary(&reader, place, sizeof(place));
		for (size_t at = 0; at < total; at += piece) {
			const uint8_t *next = bytes + at;
			size_t left = total - at < piece ? total - at : piece;
			while (left) {
				struct cabin_ws_frame frame = cabin_ws_reader_next(&reader, &next, &left);
				if (frame.event == CABIN_WS_GOT_NOTHING)
					break;
				assert_int_equal(frame.event, got % 2 ? CABIN_WS_GOT_TEXT : CABIN_WS_GOT_BINARY);
				assert_int_equal(frame.size, got % 2 ? 2 : sizes[got / 2]);
				assert_memory_equal(frame.payload, got % 2 ? (const void *)"{}" : sound, frame.size);
				got++;
			}
		}
		assert_int_equal(got, 2 * SIZES);
	}
}

static void a_console_s_broken_frames_have_their_code(void **state)
{
	static const struct {
		uint8_t bytes[8];
		size_t size;
		uint16_t code;
	} cases[] = {
	    {{0x82, 0x05}, 2, 1002},			     /* not masked */
	    {{0x02, 0x85}, 2, 1002},			     /* a fragment */
	    {{0x82, 0xfe, 0, 125, 0, 0, 0, 0}, 8, 1002},     /* not the shortest form */
	    {{0x82, 0xfe, 0x05, 0x08, 0, 0, 0, 0}, 8, 1009}, /* 1,288 */
	    {{0x82, 0xff}, 2, 1009},			     /* 64-bit length */
	    {{0x81, 0xfe, 0x02, 0x01, 0, 0, 0, 0}, 8, 1009}, /* a text keeps its own limit */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t place[PLACE_BYTES];
		const uint8_t *next = cases[i].bytes;
		size_t left = cases[i].size;
		struct cabin_ws_reader reader;
		cabin_ws_reader_init(&reader);
		cabin_ws_reader_take_binary(&reader, place, sizeof(place));
		struct cabin_ws_frame frame = cabin_ws_reader_next(&reader, &next, &left);
		assert_int_equal(frame.event, CABIN_WS_GOT_BAD);
		assert_int_equal(frame.close_code, cases[i].code);
	}
}

/* Whatever comes, the reader ends each call and keeps to its buffer. */
static void noise(void **state)
{
	uint32_t seed = 1;
	for (int round = 0; round < 20000; round++) {
		uint8_t bytes[64];
		struct cabin_ws_reader reader;
		const uint8_t *next = bytes;
		size_t left = sizeof(bytes);
		cabin_ws_reader_init(&reader);
		for (size_t i = 0; i < sizeof(bytes); i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[i] = (uint8_t)(seed >> 24);
		}
		if (round % 2) /* a likely first byte, so that more than the first check is reached */
			bytes[0] = 0x81, bytes[1] |= 0x80;
		while (left) {
			struct cabin_ws_frame frame = cabin_ws_reader_next(&reader, &next, &left);
			if (frame.event == CABIN_WS_GOT_BAD)
				break;
			assert_true(reader.need <= sizeof(reader.bytes));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(frames_come_whole_from_any_pieces),
	    cmocka_unit_test(broken_frames_have_their_code),
	    cmocka_unit_test(close_frames),
	    cmocka_unit_test(a_console_may_send_binary_messages),
	    cmocka_unit_test(a_console_s_broken_frames_have_their_code),
	    cmocka_unit_test(noise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
