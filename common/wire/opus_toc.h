/* What an Opus packet says of itself (RFC 6716, sections 3.1 to 3.4), as far as the
 * relay must know: it is mono, well-formed, and 10 or 20 ms long. Any thread. */
#ifndef CABIN_WIRE_OPUS_TOC_H
#define CABIN_WIRE_OPUS_TOC_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Samples at 48 kHz in all of the packet's frames: 480 or 960. CABIN_ETOOBIG: over
 * 1,275 bytes. CABIN_EFORMAT: empty, stereo, another duration, or frame lengths that
 * do not fit the packet. */
CABIN_MUST_CHECK int cabin_opus_toc_samples(const uint8_t *packet, size_t size);

#endif
