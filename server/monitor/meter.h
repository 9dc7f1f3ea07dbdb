/* The meter: how each source sounds, and each channel as its listeners get it, decoded
 * beside the packets' way.
 *
 *   hub thread: tap (accepted) ─┐
 *               sink (published)┴▶ inbox ─▶ meter thread: decode, measure ─▶ figures ─▶ hub (gain), /metrics, desk
 *                                                                 └─ 20 a second ─▶ levels frame ─▶ desks
 *
 * Sources are measured from every packet that the hub accepts, on the air or not;
 * channels from what was published (monitor/listening.h). A full inbox drops the newest
 * and counts; nobody waits for the meter. One per server, owned by main. */
#ifndef CABIN_MONITOR_METER_H
#define CABIN_MONITOR_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "relay/hub.h"

struct cabin_meter;

enum {
	CABIN_METER_SLOTS = 2048, /* packets of the pool that may wait in the inbox */
	CABIN_METER_FRAME_MS = 50 /* between two sets of figures, and two levels frames */
};

enum cabin_point_kind {
	CABIN_POINT_SOURCE, /* capture's, then seats', as the hub numbers them */
	CABIN_POINT_CHANNEL
};

/* Levels are re full scale; −HUGE_VAL is silence. */
struct cabin_level_figures {
	double peak_dbfs, true_peak_dbtp, rms_dbfs; /* of the newest 50 ms */
	double momentary_lufs, short_term_lufs;	    /* monitor/r128.h */
	uint32_t clips;				    /* times that the decoded sound went beyond full scale */
	uint64_t packets, concealed;		    /* that came, and that were missing and made up */
	uint64_t updated_ns;			    /* server clock of the newest packet; 0: none came */
	/* Of sources alone (monitor/sound_quality.h). */
	double bandwidth_hz; /* 4000, 12500, 15000 or 20000; 0 while unknown, and of a channel */
	double hum_db;	     /* mains hum and its harmonics against what lies around them; 0: unknown or none */
	bool hum;	     /* it stands out */
	double noise_dbfs;   /* in the pauses; −HUGE_VAL: unknown, or digital silence */
};

struct cabin_meter_config {
	struct cabin_clock clock;
	uint16_t source_count; /* seats included */
	uint16_t channel_count;
	/* Levels frames (docs/protocol.md; monitor/levels_frame.h), each CABIN_METER_FRAME_MS on
	 * the meter's thread while `wanted` says so. Neither may block. `bytes` is borrowed for
	 * the call; false: it was not taken (that is counted). Both NULL: none are made. */
	bool (*levels_wanted)(void *context);
	bool (*levels)(void *context, const uint8_t *bytes, size_t size);
	void *levels_context;
};

/* All memory is taken now: some 260 KB a source, 210 KB a channel. CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_meter_create(struct cabin_meter **out, const struct cabin_meter_config *config);

/* Its publish is the hub thread's: what goes out on the channels. */
struct cabin_sink cabin_meter_sink(struct cabin_meter *meter);

/* For cabin_hub_config.tap: what the hub accepts of a source, before it is routed. Hub
 * thread; the packet is borrowed, and retained as long as it waits. */
void cabin_meter_tap(void *meter, struct cabin_packet *packet);

CABIN_MUST_CHECK int cabin_meter_start(struct cabin_meter *meter); /* CABIN_EIO */

/* What the thread does each 5 ms: measures what waits; makes figures and a frame when they
 * are due by the clock. For tests, without the thread. */
void cabin_meter_round(struct cabin_meter *meter);

/* Ends the thread; what is published later is dropped at destroy. Fine when not started. */
void cabin_meter_stop(struct cabin_meter *meter);

/* Nobody may publish any more. NULL is fine. */
void cabin_meter_destroy(struct cabin_meter *meter);

/* Any thread: each figure is right, the set is not a snapshot. */
void cabin_meter_figures(const struct cabin_meter *meter, enum cabin_point_kind kind, uint16_t index,
			 struct cabin_level_figures *out);

/* Gated loudness of a source's recent speech (monitor/r128.h) in LUFS; NAN: unknown.
 * Any thread; `meter` is a struct cabin_meter, so that this fits cabin_hub_config. */
double cabin_meter_speech_lufs(void *meter, uint16_t source_index);

uint64_t cabin_meter_dropped_count(const struct cabin_meter *meter);	    /* packets; any thread */
uint64_t cabin_meter_frames_refused_count(const struct cabin_meter *meter); /* any thread */

#endif
