/* One listener's sound as a WAV file: 48 kHz, mono, 16 bits, each sample where its
 * RTP timestamp puts it, pauses and losses as silence. One thread. */
#ifndef CABIN_LOAD_WAV_SINK_H
#define CABIN_LOAD_WAV_SINK_H

#include "listener.h"

struct cabin_wav_sink;

CABIN_MUST_CHECK int cabin_wav_sink_create(struct cabin_wav_sink **out);
void cabin_wav_sink_packet(void *sink, const struct cabin_load_packet *packet);

/* Writes `path`, and `path` with ".json": server_us of its first sample, epochs,
 * losses. Then frees, on failure too. CABIN_EIO, CABIN_EEMPTY (no packet came),
 * told on stderr. */
CABIN_MUST_CHECK int cabin_wav_sink_finish(struct cabin_wav_sink *sink, const char *path);

#endif
