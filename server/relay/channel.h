/* A channel: its epochs, and its packets' RTP headers.
 *
 *   choice (who should feed it)      packet of that source
 *        │                                │
 *        ▼                                ▼
 *   announced ── differs ──▶ waits for ── state(epoch + 1), packet(marker) ──▶ announced = choice
 *        ▲                   a packet
 *        └── at once, without a packet, when nothing can come: silence, or a lost source
 *
 * A source's own numbers become the channel's by adding a constant per epoch; so a
 * source's gap stays a gap. Embedded in the hub; hub thread, but for the counters. */
#ifndef CABIN_RELAY_CHANNEL_H
#define CABIN_RELAY_CHANNEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/counter.h"
#include "relay/hub.h"
#include "relay/line.h"
#include "relay/source_state.h"

/* Where a channel takes packets from and gives them to; shared by all channels. */
struct cabin_channel_output {
	struct cabin_packet_pool *pool;
	const struct cabin_sink *sinks;
	uint32_t sink_count;
	double (*loudness_lufs)(void *context, uint16_t source_index); /* NULL: unknown */
	void *loudness_context;
	uint64_t states; /* published by all channels */
};

/* Who should feed a channel. */
struct cabin_channel_choice {
	enum cabin_feed feed;
	bool interpretation; /* somebody interprets: a booth's seat or line, here or on the channel that is followed */
	bool off_air;	     /* a seat's packets are taken whether it is on air or not: a technician's wish */
	uint16_t source_index; /* CABIN_INDEX_NONE: nobody */
	const char *booth_id;  /* feed BOOTH: whose; else NULL */
	uint8_t seat;	       /* feed BOOTH: 0: a line */
	uint16_t from_number;  /* feed CHANNEL: which; else 0 */
};

struct cabin_channel {
	struct cabin_hub_channel_config config;
	uint16_t index;
	struct cabin_channel_output *output;
	struct cabin_line line; /* of a language channel */

	/* As the newest state message says. */
	struct cabin_channel_choice announced;
	enum cabin_source_condition condition;
	uint32_t epoch;

	uint16_t interpreter_index; /* source of its newest interpretation, CABIN_INDEX_NONE */
	double interpretation_lufs; /* of the newest one whose loudness is known; NAN */

	/* The epoch's: */
	bool started;	     /* it has a first packet */
	uint32_t generation; /* of its source's time line */
	uint64_t first_sequence, first_timestamp;
	uint64_t sequence_offset, timestamp_offset; /* channel's = source's + offset, modulo 2^64 */
	uint64_t source_sequence;		    /* newest that came, sent on or not */
	uint64_t clock_due_ns;
	double gain_db;	       /* as told */
	uint64_t gain_told_ns; /* when it was last changed */
	double trim_db;	       /* a technician's, added to it … */
	double trim_told_db;   /* … as the newest state says */

	/* The channel's next numbers, and its newest packet: where the next epoch goes on. */
	bool any;
	uint64_t sequence, timestamp;
	uint32_t duration_samples;
	uint64_t packet_ns;    /* server clock of `timestamp` */
	int64_t ahead_samples; /* that the time line gained where a packet was longer than the time that passed */
	uint32_t held_back;    /* packets of the next epoch's source that lay within it: the old source is over */

	/* Written by the hub thread, read by any: relaxed. */
	_Atomic int feed_now, condition_now;
	_Atomic uint32_t epoch_now;
	_Atomic uint64_t packets, payload_bytes, source_gaps, dropped_pool, dropped_invalid;
	_Atomic double rate_hz;
};

/* `config` is copied; first_sequence and first_timestamp are the first packet's. */
void cabin_channel_init(struct cabin_channel *channel, uint16_t index, const struct cabin_hub_channel_config *config,
			struct cabin_channel_output *output, uint64_t first_sequence, uint64_t first_timestamp);

/* Announces what needs no packet: the first state, a changed condition, silence, a
 * lost source. `source` is the choice's, NULL for none. */
void cabin_channel_decide(struct cabin_channel *channel, struct cabin_channel_choice choice,
			  const struct cabin_source_state *source, uint64_t now_ns);

/* True when a packet of this source goes to this channel now. */
bool cabin_channel_takes(const struct cabin_channel *channel, struct cabin_channel_choice choice, uint16_t source_index,
			 const struct cabin_source_state *source);

/* Publishes a source's packet, after a state message where a new epoch begins.
 * `may_change`: nobody else reads the packet, so that it need not be copied. */
void cabin_channel_forward(struct cabin_channel *channel, struct cabin_channel_choice choice,
			   const struct cabin_source_state *source, struct cabin_packet *packet, bool may_change,
			   uint64_t now_ns);

/* Publishes the state anew where the trim is not as told. `source`: of what is announced, NULL for none. */
void cabin_channel_tell_trim(struct cabin_channel *channel, const struct cabin_source_state *source, uint64_t now_ns);

/* Forgets how loud its interpretations were: another room begins on it. */
void cabin_channel_forget_loudness(struct cabin_channel *channel);

/* Publishes a clock message when one is due; a state in its place when the gain that
 * matches levels has moved by more than 1.5 dB, at most once in 3 s. */
void cabin_channel_clock(struct cabin_channel *channel, const struct cabin_source_state *source, uint64_t now_ns);

/* When the next clock message is due; UINT64_MAX: not while this lasts. */
uint64_t cabin_channel_clock_due_ns(const struct cabin_channel *channel);

#endif
