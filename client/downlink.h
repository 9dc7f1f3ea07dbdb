/* The way in: packets → what the interpreter hears, as pure code that a test drives.
 *
 *   connection's thread                         player's thread: render
 *   packets, states ─▶ inbox ─▶ source  ─ jitter ─▶ ┐
 *                               monitor ─ jitter ─▶ ├ mix ─▶ tone, volume ─▶ protection ─▶ both ears
 *                               echo    ─ jitter ─▶ ┤     test tone ─▶
 *                               talkback ─ jitter ─▶ ┘
 *
 * While the technician talks back, all else is 12 dB lower.
 * Everything passes the protection, and nothing comes after it. */
#ifndef CABIN_CLIENT_DOWNLINK_H
#define CABIN_CLIENT_DOWNLINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "client/clock_sync.h"
#include "client/session.h"
#include "media/protection.h"

struct cabin_downlink;

enum cabin_downlink_path {
	CABIN_DOWNLINK_SOURCE,
	CABIN_DOWNLINK_MONITOR,
	CABIN_DOWNLINK_ECHO,
	CABIN_DOWNLINK_TALKBACK,
	CABIN_DOWNLINK_PATHS
};

CABIN_MUST_CHECK int cabin_downlink_create(struct cabin_downlink **out, struct cabin_clock clock); /* CABIN_ENOMEM */
void cabin_downlink_destroy(struct cabin_downlink *downlink);					   /* NULL is fine */

/* --- any thread ---------------------------------------------------------------------- */

/* From now on packets with this SSRC are that path's; 0: none. A change, and `anew` (a new
 * connection), forget what was there. */
void cabin_downlink_select(struct cabin_downlink *downlink, enum cabin_downlink_path path, uint32_t ssrc, bool anew);
void cabin_downlink_packet(struct cabin_downlink *downlink, const uint8_t *bytes, size_t size);
/* STATE and CLOCK of any channel. */
void cabin_downlink_state(struct cabin_downlink *downlink, const struct cabin_server_event *event);

struct cabin_downlink_sound {
	float volume_db, bass_db, treble_db, monitor_db;
	float sensitivity_db; /* CABIN_PROTECTION_NOT_CALIBRATED, or as media/protection.h has it */
	bool test_tone;	      /* 440 Hz, −30 dBFS, in place of everything else */
};
void cabin_downlink_set(struct cabin_downlink *downlink, const struct cabin_downlink_sound *sound);

struct cabin_downlink_figures {
	float source_dbfs;				   /* of the source before volume, last 100 ms */
	double delay_ms;				   /* microphone to ear; negative: not known */
	float buffer_ms, target_ms, late_ms, concealed_ms; /* of the source; the last two within the last second */
	uint32_t underruns;				   /* within the last second */
	float lost_percent;				   /* within the last seconds */
	bool started, stalled;
	struct cabin_protection_meter protection;
	uint64_t refused; /* packets that the inbox did not take */
};
void cabin_downlink_figures(struct cabin_downlink *downlink, struct cabin_downlink_figures *out);

/* --- the player's thread --------------------------------------------------------------- */

/* The next `frame_count` samples, mono at 48 kHz, to be heard `ahead_ms` from now.
 * `sync` for the delay's figure; may be NULL. */
void cabin_downlink_render(struct cabin_downlink *downlink, float *out, uint32_t frame_count, double ahead_ms,
			   const struct cabin_clock_sync *sync);

#endif
