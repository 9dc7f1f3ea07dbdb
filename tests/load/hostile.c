#include "hostile.h"

#include <stdio.h>
#include <string.h>

#include "client.h"

static const char ping[] = "{\"type\":\"ping\",\"id\":1,\"t1\":1}";

static size_t make(uint8_t *out, struct cabin_client_frame frame)
{
	return cabin_client_frame_write(out, CABIN_HOSTILE_MAX_BYTES, &frame);
}

static size_t make_text(uint8_t *out, const char *text)
{
	return make(out, (struct cabin_client_frame){.opcode = 1, .payload = text, .size = strlen(text)});
}

static size_t not_masked(uint8_t *out)
{
	return make(out, (struct cabin_client_frame){
			     .opcode = 1, .not_masked = true, .payload = ping, .size = sizeof(ping) - 1});
}

static size_t reserved_bit(uint8_t *out)
{
	return make(out,
		    (struct cabin_client_frame){.opcode = 1, .reserved = 4, .payload = ping, .size = sizeof(ping) - 1});
}

static size_t reserved_opcode(uint8_t *out)
{
	return make(out, (struct cabin_client_frame){.opcode = 3});
}

static size_t reserved_control(uint8_t *out)
{
	return make(out, (struct cabin_client_frame){.opcode = 15});
}

static size_t fragment(uint8_t *out)
{
	return make(out, (struct cabin_client_frame){
			     .opcode = 1, .not_final = true, .payload = ping, .size = sizeof(ping) - 1});
}

static size_t continuation(uint8_t *out)
{
	return make(out, (struct cabin_client_frame){.opcode = 0, .payload = ping, .size = sizeof(ping) - 1});
}

static size_t fragmented_ping(uint8_t *out)
{
	return make(out, (struct cabin_client_frame){.opcode = 9, .not_final = true});
}

static size_t long_ping(uint8_t *out)
{
	static const uint8_t zeros[126];
	return make(out, (struct cabin_client_frame){.opcode = 9, .payload = zeros, .size = sizeof(zeros)});
}

static size_t long_length_form(uint8_t *out)
{
	/* 5 bytes, told in the form for 126 and more. */
	static const uint8_t frame[] = {0x81, 0x80 | 126, 0, 5, 0, 0, 0, 0, 'h', 'e', 'l', 'l', 'o'};
	memcpy(out, frame, sizeof(frame));
	return sizeof(frame);
}

static size_t close_code_999(uint8_t *out)
{
	return make(out, (struct cabin_client_frame){.opcode = 8, .payload = "\x03\xe7", .size = 2});
}

static size_t close_of_one_byte(uint8_t *out)
{
	return make(out, (struct cabin_client_frame){.opcode = 8, .payload = "x", .size = 1});
}

static size_t close_reason_not_utf8(uint8_t *out)
{
	return make(out, (struct cabin_client_frame){.opcode = 8, .payload = "\x03\xe8\xc3\x28", .size = 4});
}

static size_t binary(uint8_t *out)
{
	return make(out, (struct cabin_client_frame){.opcode = 2, .payload = ping, .size = sizeof(ping) - 1});
}

static size_t not_utf8(uint8_t *out)
{
	return make_text(out, "{\"type\":\"\xff\xfe\"}");
}

static size_t not_json(uint8_t *out)
{
	return make_text(out, "hello");
}

static size_t empty_text(uint8_t *out)
{
	return make_text(out, "");
}

static size_t unknown_type(uint8_t *out)
{
	return make_text(out, "{\"type\":\"dance\"}");
}

static size_t listen_to_a_word(uint8_t *out)
{
	return make_text(out, "{\"type\":\"listen\",\"channel\":\"one\"}");
}

static size_t flood(uint8_t *out)
{
	size_t size = 0;
	for (int i = 0; i < 80; i++)
		size += cabin_client_frame_write(
		    out + size, CABIN_HOSTILE_MAX_BYTES - size,
		    &(struct cabin_client_frame){.opcode = 1, .payload = ping, .size = sizeof(ping) - 1});
	return size;
}

static size_t flood_of_pings(uint8_t *out)
{
	size_t size = 0;
	for (int i = 0; i < 100; i++)
		size += cabin_client_frame_write(out + size, CABIN_HOSTILE_MAX_BYTES - size,
						 &(struct cabin_client_frame){.opcode = 9});
	return size;
}

static size_t too_big(uint8_t *out)
{
	char text[514];
	snprintf(text, sizeof(text), "{\"type\":\"stop\",\"x\":\"%0*d\"}", 491, 0);
	return make_text(out, text);
}

static size_t claims_a_terabyte(uint8_t *out)
{
	return make(out, (struct cabin_client_frame){
			     .opcode = 1, .payload = "x", .size = 1, .claimed_size = UINT64_C(1) << 40});
}

const struct cabin_hostile_case cabin_hostile_cases[] = {
    {"not masked", 1002, not_masked},
    {"reserved bit", 1002, reserved_bit},
    {"reserved opcode", 1002, reserved_opcode},
    {"reserved control opcode", 1002, reserved_control},
    {"fragmented message", 1002, fragment},
    {"continuation of nothing", 1002, continuation},
    {"fragmented ping", 1002, fragmented_ping},
    {"ping of 126 bytes", 1002, long_ping},
    {"length not in its shortest form", 1002, long_length_form},
    {"close code 999", 1002, close_code_999},
    {"close frame of one byte", 1002, close_of_one_byte},
    {"close reason not UTF-8", 1007, close_reason_not_utf8},
    {"binary message", 1003, binary},
    {"text not UTF-8", 1007, not_utf8},
    {"text not JSON", 1007, not_json},
    {"empty text", 1007, empty_text},
    {"unknown type", 1008, unknown_type},
    {"channel that is a word", 1008, listen_to_a_word},
    {"80 messages at once", 1008, flood},
    {"100 ping frames at once", 1008, flood_of_pings},
    {"message over 512 bytes", 1009, too_big},
    {"claim of 2^40 bytes", 1009, claims_a_terabyte},
};

const size_t cabin_hostile_case_count = sizeof(cabin_hostile_cases) / sizeof(cabin_hostile_cases[0]);
