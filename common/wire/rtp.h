/* RTP as docs/protocol.md, section 5, allows it: one Opus packet behind 12 bytes.
 * Pure functions on bytes; any thread. */
#ifndef CABIN_WIRE_RTP_H
#define CABIN_WIRE_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { CABIN_RTP_HEADER_BYTES = 12, CABIN_RTP_PAYLOAD_TYPE = 111 };

struct cabin_rtp {
	bool marker;
	uint16_t sequence;
	uint32_t timestamp;
	uint32_t ssrc;
	const uint8_t *payload; /* into the bytes that were parsed */
	size_t payload_size;
	uint32_t duration_samples; /* 480 or 960, from the Opus TOC */
};

/* Reads one packet and checks all of section 5 but the SSRC's value: version 2, no
 * padding, extension or CSRC, payload type 111, one mono Opus packet of 10 or 20 ms.
 * CABIN_EFORMAT, CABIN_ETOOBIG (payload over 1,275 bytes); `*out` is undefined then. */
CABIN_MUST_CHECK int cabin_rtp_parse(struct cabin_rtp *out, const uint8_t *bytes, size_t size);

/* Writes the 12 bytes of a header. */
void cabin_rtp_write_header(uint8_t *out, bool marker, uint16_t sequence, uint32_t timestamp, uint32_t ssrc);

/* The 64-bit number whose low bits are `low` and which is nearest to `near`. Exactly
 * half the range away it is the lower one; what would fall below zero is the upper. */
uint64_t cabin_rtp_extend16(uint64_t near, uint16_t low);
uint64_t cabin_rtp_extend32(uint64_t near, uint32_t low);

#endif
