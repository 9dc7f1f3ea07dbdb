/* The way out: microphone → packets, on a thread of its own.
 *
 *   input (a device) ─▶ tap: resample, gather ─▶ prepare: own level; cough; microphone
 *        ─▶ Opus ─▶ RTP header, clock mapping ─▶ connection's queue
 *
 * A device that is lost is opened again with back-off (100 ms … 2 s), without a name the
 * default one as it is then. While neither microphone nor echo is on nothing is encoded
 * and nothing leaves. A cough fades to digital silence within 5 ms, which is encoded.
 *
 * The time line of the packets goes on for the life of the thread; its mapping to the
 * server's clock is told before the first packet of each stretch and each second. */
#ifndef CABIN_CLIENT_UPLINK_H
#define CABIN_CLIENT_UPLINK_H

#include <stdbool.h>
#include <stdint.h>

#include "audio/input.h"
#include "base/clock.h"
#include "client/connection.h"
#include "media/voice_level.h"

struct cabin_uplink;

struct cabin_uplink_config {
	struct cabin_input input; /* taken over, on failure too */
	struct cabin_clock clock;
	struct cabin_connection *connection; /* borrowed for life */
	uint32_t packet_ms, bitrate_bps, complexity;
};

/* Starts the thread. CABIN_ENOMEM, CABIN_EIO, CABIN_EINVAL. */
CABIN_MUST_CHECK int cabin_uplink_create(struct cabin_uplink **out, const struct cabin_uplink_config *config);
void cabin_uplink_destroy(struct cabin_uplink *uplink); /* NULL is fine */

/* From main. `ssrc` and `generation`: of the connection that it is for; each call that
 * changes anything begins a stretch, with its mapping told first. */
void cabin_uplink_send(struct cabin_uplink *uplink, bool on, uint32_t ssrc, uint32_t generation);
void cabin_uplink_cough(struct cabin_uplink *uplink, bool on);

/* Other settings: the encoder is made anew with the next block. */
void cabin_uplink_encode(struct cabin_uplink *uplink, uint32_t packet_ms, uint32_t bitrate_bps, uint32_t complexity);

struct cabin_uplink_figures {
	bool open; /* the device */
	enum cabin_voice_verdict verdict;
	float peak_dbfs, rms_dbfs;
	uint64_t packets; /* made */
	uint64_t lost_frames;
	uint64_t devices; /* times that it was opened */
};
/* Any thread. */
void cabin_uplink_figures(const struct cabin_uplink *uplink, struct cabin_uplink_figures *out);

#endif
