#include "wire/rtp.h"

#include "base/limits.h"
#include "wire/opus_toc.h"

static uint32_t read32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void write32(uint8_t *out, uint32_t value)
{
	out[0] = (uint8_t)(value >> 24);
	out[1] = (uint8_t)(value >> 16);
	out[2] = (uint8_t)(value >> 8);
	out[3] = (uint8_t)value;
}

int cabin_rtp_parse(struct cabin_rtp *out, const uint8_t *bytes, size_t size)
{
	int duration_samples;

	/* V=2, P=0, X=0, CC=0 are the first byte's every bit. */
	if (size <= CABIN_RTP_HEADER_BYTES || bytes[0] != 0x80 || (bytes[1] & 0x7f) != CABIN_RTP_PAYLOAD_TYPE)
		return CABIN_EFORMAT;
	duration_samples = cabin_opus_toc_samples(bytes + CABIN_RTP_HEADER_BYTES, size - CABIN_RTP_HEADER_BYTES);
	if (duration_samples < 0)
		return duration_samples;
	*out = (struct cabin_rtp){
	    .marker = bytes[1] >> 7,
	    .sequence = (uint16_t)(bytes[2] << 8 | bytes[3]),
	    .timestamp = read32(bytes + 4),
	    .ssrc = read32(bytes + 8),
	    .payload = bytes + CABIN_RTP_HEADER_BYTES,
	    .payload_size = size - CABIN_RTP_HEADER_BYTES,
	    .duration_samples = (uint32_t)duration_samples,
	};
	return 0;
}

void cabin_rtp_write_header(uint8_t *out, bool marker, uint16_t sequence, uint32_t timestamp, uint32_t ssrc)
{
	out[0] = 0x80;
	out[1] = (uint8_t)((marker ? 0x80 : 0) | CABIN_RTP_PAYLOAD_TYPE);
	out[2] = (uint8_t)(sequence >> 8);
	out[3] = (uint8_t)sequence;
	write32(out + 4, timestamp);
	write32(out + 8, ssrc);
}

static uint64_t extend(uint64_t near, uint64_t low, uint64_t range)
{
	uint64_t ahead = (low - near) & (range - 1);
	uint64_t back = range - ahead;

	if (ahead < range / 2 || back > near)
		return near + ahead;
	return near - back;
}

uint64_t cabin_rtp_extend16(uint64_t near, uint16_t low)
{
	return extend(near, low, UINT64_C(1) << 16);
}

uint64_t cabin_rtp_extend32(uint64_t near, uint32_t low)
{
	return extend(near, low, UINT64_C(1) << 32);
}
