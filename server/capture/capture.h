/* All capture: one encode thread per input, each with a helper process where the
 * input is a device; their packets and events go to the hub's inbox.
 *
 *   create ─▶ (threads run: open, read, encode; a lost device is opened again with
 *   back-off from 100 ms to 2 s) ─▶ stop ─▶ destroy
 *
 * Owned by main; `stats` from any thread. */
#ifndef CABIN_CAPTURE_CAPTURE_H
#define CABIN_CAPTURE_CAPTURE_H

#include "base/clock.h"
#include "base/inbox.h"
#include "base/packet.h"
#include "config/config.h"

struct cabin_capture;

struct cabin_capture_config {
	const struct cabin_config *config; /* devices and sources; borrowed for life */
	struct cabin_clock clock;
	struct cabin_packet_pool *pool;
	struct cabin_inbox *hub_inbox; /* takes struct cabin_hub_message (relay/hub_message.h) */
};

/* Starts every thread. A missing device is not an error here (it is logged, its
 * sources are lost, it is tried again); an unreadable file is: CABIN_ENOTFOUND,
 * CABIN_EFORMAT with a log line that says what to do. */
CABIN_MUST_CHECK int cabin_capture_create(struct cabin_capture **out, const struct cabin_capture_config *config);

/* Stops threads and helpers; at most 500 ms. No packet is pushed after it returns. */
void cabin_capture_destroy(struct cabin_capture *capture);

struct cabin_capture_source_stats {
	bool lost;    /* an insert never is */
	bool playing; /* an insert: told to play, and not over yet; others: not lost */
	uint64_t packets;
	uint64_t overruns; /* times the device or the ring lost frames */
	uint64_t lost_frames;
	uint64_t inbox_refused;	   /* packets that the hub's inbox did not take */
	float peak_dbfs, rms_dbfs; /* of the newest 100 ms, after gain */
	uint32_t clips;		   /* times that three samples or more in a row were at full scale */
	float capture_ms;	   /* age of a block's newest frame when the encode thread got it, mean of 1 s */
	float encode_ms;	   /* time to encode a packet, mean of 1 s */
};
/* Plays an insert from its beginning, `repeats` times (0: for ever; a tone always), also when
 * it plays already; its first packet comes within 50 ms. Between times its thread sleeps.
 * Any thread, never blocks; of orders that cross, the newest counts. CABIN_EINVAL: the
 * source is no insert. */
CABIN_MUST_CHECK int cabin_capture_play(struct cabin_capture *capture, uint16_t source_index, uint32_t repeats);

/* Ends it; nothing where it rests. The hub is told that the source is lost. As above. */
CABIN_MUST_CHECK int cabin_capture_rest(struct cabin_capture *capture, uint16_t source_index);

void cabin_capture_source_stats(const struct cabin_capture *capture, uint16_t source_index,
				struct cabin_capture_source_stats *out);

#endif
