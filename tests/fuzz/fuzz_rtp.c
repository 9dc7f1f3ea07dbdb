/* RTP and Opus TOC: any bytes are read or refused; what is read holds together. */
#include "base/limits.h"
#include "fuzz.h"
#include "wire/opus_toc.h"
#include "wire/rtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	uint8_t header[CABIN_RTP_HEADER_BYTES];
	struct cabin_rtp rtp;
	int samples = cabin_opus_toc_samples(bytes, size);

	CABIN_ASSERT(samples == CABIN_PACKET_MIN_SAMPLES || samples == CABIN_PACKET_MAX_SAMPLES ||
		     samples == CABIN_EFORMAT || samples == CABIN_ETOOBIG);
	if (cabin_rtp_parse(&rtp, bytes, size))
		return 0;
	CABIN_ASSERT(rtp.payload == bytes + CABIN_RTP_HEADER_BYTES);
	CABIN_ASSERT(rtp.payload_size == size - CABIN_RTP_HEADER_BYTES);
	CABIN_ASSERT(rtp.duration_samples == 480 || rtp.duration_samples == 960);
	/* The header has no freedom: written again it is the same. */
	cabin_rtp_write_header(header, rtp.marker, rtp.sequence, rtp.timestamp, rtp.ssrc);
	for (size_t i = 0; i < sizeof(header); i++)
		CABIN_ASSERT(header[i] == bytes[i]);
	return 0;
}
