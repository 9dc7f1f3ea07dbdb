#include "wire/opus_toc.h"

#include "base/limits.h"

enum { STEREO_BIT = 0x04, CODE_BITS = 0x03, VBR_BIT = 0x80, PADDING_BIT = 0x40, COUNT_BITS = 0x3f };

/* RFC 6716, table 2. */
static uint32_t frame_samples(uint8_t toc)
{
	static const uint16_t silk[] = {480, 960, 1920, 2880};
	uint8_t mode = toc >> 3;

	if (mode < 12)
		return silk[mode & 3];
	if (mode < 16)
		return mode & 1 ? 960 : 480;
	return UINT32_C(120) << (mode & 3);
}

/* Section 3.2.1: a frame's length in one byte, or two from 252 on. Moves `*at` on;
 * negative when the bytes end. */
static int read_length(const uint8_t *packet, size_t size, size_t *at)
{
	int length;

	if (*at >= size)
		return -1;
	length = packet[(*at)++];
	if (length < 252)
		return length;
	if (*at >= size)
		return -1;
	return length + 4 * packet[(*at)++];
}

/* Section 3.2.4: two frames, the first with its length. */
static int check_code2(const uint8_t *packet, size_t size)
{
	size_t at = 1;
	int length = read_length(packet, size, &at);

	return length < 0 || (size_t)length > size - at ? CABIN_EFORMAT : 0;
}

/* Section 3.2.5: the count byte, padding, and M frames of one length or of their own.
 * Returns the count of frames. */
static int check_code3(const uint8_t *packet, size_t size)
{
	size_t at = 2, padding = 0, content;
	int count;

	if (size < 2 || (count = packet[1] & COUNT_BITS) == 0)
		return CABIN_EFORMAT;
	if (packet[1] & PADDING_BIT) {
		uint8_t byte;

		do {
			if (at >= size)
				return CABIN_EFORMAT;
			byte = packet[at++];
			padding += byte == 255 ? 254 : byte;
		} while (byte == 255);
	}
	if (packet[1] & VBR_BIT) {
		size_t lengths = 0;

		for (int i = 0; i < count - 1; i++) {
			int length = read_length(packet, size, &at);

			if (length < 0)
				return CABIN_EFORMAT;
			lengths += (size_t)length;
		}
		return size - at < lengths + padding ? CABIN_EFORMAT : count;
	}
	if (size - at < padding)
		return CABIN_EFORMAT;
	content = size - at - padding;
	return content % (size_t)count ? CABIN_EFORMAT : count;
}

int cabin_opus_toc_samples(const uint8_t *packet, size_t size)
{
	int count = 1;
	uint32_t samples;

	if (size > CABIN_OPUS_PAYLOAD_MAX_BYTES)
		return CABIN_ETOOBIG;
	if (size < 1 || packet[0] & STEREO_BIT)
		return CABIN_EFORMAT;
	switch (packet[0] & CODE_BITS) {
	case 1:
		count = (size - 1) % 2 ? CABIN_EFORMAT : 2;
		break;
	case 2:
		count = check_code2(packet, size) ? CABIN_EFORMAT : 2;
		break;
	case 3:
		count = check_code3(packet, size);
		break;
	default:
		break;
	}
	if (count < 0)
		return count;
	samples = frame_samples(packet[0]) * (uint32_t)count;
	if (samples != CABIN_PACKET_MIN_SAMPLES && samples != CABIN_PACKET_MAX_SAMPLES)
		return CABIN_EFORMAT;
	return (int)samples;
}
