/* The simulated booths: what the parts of sim_booths share.
 *
 *   sim_consoles (interpreters, their consoles and links) ─ commands, packets ─▶ cabin_hub
 *        ▲                                                                         │
 *        └───────────── notices ◀── sim_told (what was told and published, and ◀───┘
 *                                             whether it may be) */
#ifndef CABIN_TESTS_SIM_BOOTHS_H
#define CABIN_TESTS_SIM_BOOTHS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/packet.h"
#include "relay/hub.h"
#include "sim.h"

enum {
	ROOMS = 2,
	BOOTHS = 4,
	CAPTURES = 3, /* two halls and a line */
	CONSOLES = 12,
	STEP_MS = 5,
	QUEUE = 512,	/* on a console's link */
	POOL_EXTRA = 64 /* packets on their way through the test itself */
};

/* A packet or a command that is on its way from a console to the hub. */
struct on_its_way {
	uint64_t arrives_ns;
	struct cabin_packet *packet; /* NULL: a command */
	struct cabin_console_command command;
};

struct console {
	struct sim_random random;
	uint16_t booth_index;
	uint64_t connection; /* 0: none */
	bool joined;
	uint8_t seat;
	uint16_t source_index;
	uint64_t resume; /* key of its last seat */
	bool mic;	 /* its microphone is open, it sends */
	bool cough;
	uint64_t mic_arrives_ns; /* when the hub learns the newest of that */
	/* Its sound. */
	uint32_t sequence, timestamp, duration_samples;
	uint64_t next_packet_ns; /* when its next one is full */
	/* Its link: order is kept, delay is not. */
	uint64_t delay_ns, stalled_until_ns, last_arrival_ns;
	struct on_its_way queue[QUEUE];
	uint32_t first, count;
	struct cabin_console_command ghost; /* the end of a lost connection, and when the hub learns it */
	uint64_t ghost_ns;
	uint64_t rough_until_ns; /* it lost sound, or came and went: hand-overs need not be smooth */
};

struct told_booth {
	char text[CABIN_NOTICE_MAX_BYTES + 1]; /* newest notice */
	uint64_t revision;
	bool refused; /* one, since the newest */
	uint8_t on_air;
	struct {
		uint8_t from, to, by;
		char state[12];
	} handover;
	bool mic[CABIN_SEATS_MAX], cough[CABIN_SEATS_MAX], present[CABIN_SEATS_MAX], late, held;
	uint8_t output;
};

struct told_room {
	char text[CABIN_NOTICE_MAX_BYTES + 1];
	uint64_t revision;
	bool refused;
};

struct heard_channel {
	uint32_t epoch;
	char feed[16], booth[16];
	uint8_t seat;
	uint16_t from; /* number */
	bool any;
	uint64_t sequence, timestamp;
	uint32_t duration_samples;
	uint16_t source_index;
	uint64_t end_ns;      /* of the newest packet's sound, truly */
	uint32_t media_epoch; /* of the newest packet */
	uint64_t handovers;   /* of the source's booth, at that packet */
};

struct world {
	struct sim sim; /* seed, step and clock alone: for sim_fail */
	struct sim_random random;
	struct cabin_packet_pool *pool;
	struct cabin_hub *hub;
	struct console consoles[CONSOLES];
	struct {
		uint64_t sequence, timestamp, lost_until_ns;
		bool active;
	} captures[CAPTURES];
	uint64_t next_connection;
	bool sink_full;
	struct told_booth told_booths[BOOTHS];
	struct told_room told_rooms[ROOMS];
	struct heard_channel *heard;
	/* How much happened. */
	uint64_t media, epochs, notices, refusals, errors, joins, replaced, handovers, smooth, takes, messages, coughed;
	uint64_t gap_max_ns, overlap_max_ns;
};

extern const struct cabin_hub_channel_config sim_booth_channels[];
extern const struct cabin_hub_booth_config sim_booth_booths[BOOTHS];
extern const uint16_t sim_booth_channel_count;

void console_init(struct world *world, struct console *console, uint32_t index);
void console_step(struct world *world, struct console *console);	   /* what it does, what it sends */
void console_arrivals(struct world *world, struct console *console);	   /* what reaches the hub by now */
void console_told(struct world *world, const struct cabin_notice *notice); /* scope CONNECTION */
void console_end(struct console *console);

bool told_notify(void *context, const struct cabin_notice *notice);
void told_publish(void *context, struct cabin_packet *packet);
void told_check(struct world *world); /* after each step */

#endif
