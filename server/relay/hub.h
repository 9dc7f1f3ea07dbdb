/* The hub: who feeds which channel, and the packets that say so.
 *
 *  source packets ─▶ booth (microphone, hold) ─▶ channel (epoch, RTP header) ─publish─▶ sinks
 *                                                  ▲ pass-through: a floor packet serialised
 *                                                  │ again for each language channel that takes it
 *
 * Everything authoritative is decided here, in one thread, from packets, source
 * events and the clock alone: no socket, no audio, no allocation after create.
 * One hub per server; all calls from the hub thread, unless said otherwise. */
#ifndef CABIN_RELAY_HUB_H
#define CABIN_RELAY_HUB_H

#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/packet.h"
#include "relay/console.h"
#include "relay/desk.h"
#include "wire/console_words.h"

struct cabin_hub;

/* Where published packets go: a loop, later a recorder. `publish` borrows the
 * packet (retain it to keep it), must not block and must not change it. */
struct cabin_sink {
	void (*publish)(void *context, struct cabin_packet *packet);
	void *context;
};

enum cabin_channel_kind { CABIN_CHANNEL_FLOOR, CABIN_CHANNEL_LANGUAGE };

enum { CABIN_INDEX_NONE = UINT16_MAX };

struct cabin_hub_channel_config {
	uint16_t number; /* SSRC, 1 … 65,535, unique */
	enum cabin_channel_kind kind;
	uint16_t source_index;		/* a floor's source; a language channel's line or CABIN_INDEX_NONE */
	uint16_t floor_channel_index;	/* a language channel's floor, into the channels; must come before it */
	enum cabin_idle_feed idle_feed; /* to begin with: consoles change it */
	uint16_t idle_from_index;	/* CABIN_IDLE_CHANNEL: another language channel of the same floor */
	uint32_t hold_ms;		/* how long a line that went inactive keeps the channel */
	uint32_t fade_ms;
	uint16_t room_index;  /* into the rooms, where there are any */
	const char *booth_id; /* the line's, borrowed for the hub's life; NULL for a floor */
	const char *language; /* its language's id, borrowed; NULL: unknown, and a floor's */
};

struct cabin_hub_room_config {
	const char *id; /* borrowed for the hub's life, as all texts here; NULL: a spare room (relay/desk.h) */
};

struct cabin_hub_booth_config {
	const char *id; /* NULL: of a spare room */
	uint16_t room_index;
	uint8_t seat_count; /* 1 … CABIN_SEATS_MAX */
	enum cabin_booth_mode mode;
	uint16_t output_channel_index[CABIN_OUTPUTS_MAX]; /* language channels of the room; b: CABIN_INDEX_NONE */
	uint32_t hold_ms;				  /* a microphone switched off or lost keeps the channel */
	uint32_t grace_ms;				  /* a lost connection keeps its seat */
	uint32_t packet_ms, bitrate_bps, complexity;	  /* told to its consoles in `joined` */
};

struct cabin_hub_config {
	struct cabin_clock clock;
	struct cabin_packet_pool *pool;
	const struct cabin_hub_channel_config *channels;
	uint16_t channel_count; /* 1 … CABIN_CHANNELS_MAX */
	uint16_t source_count;	/* of capture, 1 … CABIN_SOURCES_MAX; seats come after them (relay/console.h) */
	const struct cabin_sink *sinks;
	uint32_t sink_count;
	uint64_t first_sequence; /* of every channel: random in a server, chosen in tests */
	uint64_t first_timestamp;

	/* Booths and their consoles; all may be left out. */
	const struct cabin_hub_room_config *rooms;
	uint16_t room_count; /* 0 … CABIN_ROOMS_MAX; a room has at most CABIN_ROOM_CHANNELS_MAX channels */
	const struct cabin_hub_booth_config *booths;
	uint16_t booth_count; /* 0 … CABIN_BOOTHS_MAX */
	struct cabin_notice_sink notices;
	/* Keys of resumption; needed with booths: getrandom in a server, chosen in tests. */
	uint64_t (*random)(void *context);
	void *random_context;
	/* Called on the hub's thread; must neither block nor take a lock. NULL: unknown. */
	double (*loudness_lufs)(void *context, uint16_t source_index); /* of its recent speech; NAN: unknown */
	void *loudness_context;
	uint32_t (*audience)(void *context, uint16_t channel_index); /* listeners of a channel now */
	void *audience_context;

	/* What happens, as it happens (relay/desk.h), but not what there is at create; borrowed for
	 * the call. Hub's thread, must not block. NULL: nobody is told. */
	void (*event)(void *context, const struct cabin_hub_event *event);
	void *event_context;
	/* Every packet of a source that is accepted, published or not, before it is routed. Hub's
	 * thread, must not block. The packet is borrowed; whoever retains it may read what its
	 * source set and its payload, and nothing else: the hub still writes the rest. */
	void (*tap)(void *context, struct cabin_packet *packet);
	void *tap_context;
};

enum cabin_source_event {
	CABIN_SOURCE_LOST,    /* its device is gone: the booth loses the channel at once, a floor says `lost` */
	CABIN_SOURCE_RETURNED /* packets may come again */
};

/* Publishes each channel's first state. CABIN_EINVAL with a log line, CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_hub_create(struct cabin_hub **out, const struct cabin_hub_config *config);
void cabin_hub_destroy(struct cabin_hub *hub);

/* Takes over the packet's reference. A packet of an unknown source, with a duration
 * other than 480 or 960, or whose time goes back is dropped and counted; so is a
 * seat's that is not of its connection or comes while its microphone is off. */
void cabin_hub_packet(struct cabin_hub *hub, struct cabin_packet *packet);

void cabin_hub_source_event(struct cabin_hub *hub, uint16_t source_index, enum cabin_source_event event);

/* Does what is due: clock messages each second, hold times. Returns the clock time
 * at which it wants to be called next. */
uint64_t cabin_hub_tick(struct cabin_hub *hub);

enum cabin_source_condition { CABIN_CONDITION_OK, CABIN_CONDITION_SILENT, CABIN_CONDITION_LOST };

/* For /metrics and tests. Any thread: each figure is read atomically, the set is not. */
struct cabin_hub_channel_stats {
	enum cabin_feed feed;
	enum cabin_source_condition condition;
	uint32_t epoch;
	uint64_t packets;
	uint64_t payload_bytes;
	uint64_t source_gaps;  /* packets missing from the source's sequence */
	uint64_t dropped_pool; /* not sent because the pool was empty */
	uint64_t dropped_invalid;
	double rate_hz;	       /* of the present epoch's source, by the server's clock; 0 unknown */
	uint16_t source_index; /* as announced; CABIN_INDEX_NONE: none */
	uint16_t booth_index;  /* whose seat that source is, on air or heard from another channel; CABIN_INDEX_NONE */
	uint8_t seat;	       /* in that booth; 0: none */
	uint8_t override;      /* enum cabin_override, as the desk wants it */
	int8_t quality;	       /* interpretations between the floor and its listeners; 0: none; −1: unknown */
	uint16_t from_number;  /* feed CHANNEL: which; else 0 */
	float trim_db;
};
void cabin_hub_channel_stats(const struct cabin_hub *hub, uint16_t channel_index, struct cabin_hub_channel_stats *out);

/* For /metrics and tests. Any thread, as above. */
struct cabin_hub_booth_stats {
	uint8_t on_air; /* seat, 0: none */
	bool held;
	bool coughs;	 /* the seat on air */
	uint8_t present; /* seats with a connection */
	uint64_t handovers, handovers_cancelled;
	uint64_t dropped_packets; /* of its seats: replaced connection, microphone off, queue of kept packets full */
	uint64_t notices_dropped; /* of all booths: the queue of waiting notices was full */
};
void cabin_hub_booth_stats(const struct cabin_hub *hub, uint16_t booth_index, struct cabin_hub_booth_stats *out);

/* Any thread, as above. */
struct cabin_hub_room_stats {
	bool open;				   /* false: a spare room that is not set up */
	char floor_language[CABIN_NAME_MAX_BYTES]; /* as its notice says it; empty: unknown */
};
void cabin_hub_room_stats(const struct cabin_hub *hub, uint16_t room_index, struct cabin_hub_room_stats *out);

/* Packets that hand-overs keep at most, for the rule of relay/fanout.h. */
uint32_t cabin_hub_packets_held(uint16_t booth_count);

#endif
