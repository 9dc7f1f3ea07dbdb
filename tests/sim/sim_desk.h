/* The simulated desk: what the parts of sim_desk share.
 *
 *   sim_desk (halls, consoles, a technician) ─ the same packets and commands ─▶ hub, and its twin
 *                     └── a technician's commands ─────────────────────────▶ hub alone
 *   sim_desk_heard: what both published, held against what was asked for and against each other */
#ifndef CABIN_TESTS_SIM_DESK_H
#define CABIN_TESTS_SIM_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "relay/hub_internal.h"
#include "sim.h"

enum { HALL_A, HALL_B, LINE, TONE, SECOND, CAPTURES };
enum { FLOOR_A, VI_A, FR_A, EN_A, FLOOR_B, VI_B, FR_B, VOICE, PROBE, SPARE_FLOOR, SPARE_1, SPARE_2, CHANNELS };
enum { ROOM_A, ROOM_B, DESK_ROOM, SPARE_ROOM, ROOMS };
enum { BOOTH_A, BOOTH_A_TOO, BOOTH_B, DESK_BOOTH, SPARE_BOOTH_1, SPARE_BOOTH_2, BOOTHS };
enum { SEATS = BOOTHS * CABIN_SEATS_MAX, SOURCES = CAPTURES + BOOTHS * 4, HUBS = 2, POOL_EXTRA = 64 };

/* What a hub published on a channel. */
struct heard {
	uint64_t hash; /* of all of it */
	uint64_t states, media;
	uint32_t epoch, media_epoch;
	bool any;
	uint64_t sequence, timestamp;
	uint32_t duration_samples;
	uint16_t source_index;
	char feed[16];
	uint16_t from;
	double gain_db;
};

/* What a technician asked for, as the newest command said. */
struct wish {
	uint8_t override;
	uint16_t from_index;
	double gain_db;
	uint64_t at_ns;
	uint64_t media; /* of the channel when it was asked for */
	bool may_touch, closed;
};

struct desk_seat {
	uint16_t booth_index;
	uint8_t seat;
	uint64_t connection; /* 0: none */
	bool mic;	     /* as it believes */
	uint64_t sequence, next_ns;
};

struct desk {
	struct sim sim; /* seed, step and clock alone: for sim_fail */
	struct sim_random random;
	struct cabin_packet_pool *pools[HUBS];
	struct cabin_hub *hubs[HUBS]; /* the second one has no technician */
	uint64_t keys[HUBS];
	struct heard heard[HUBS][CHANNELS];
	struct wish wishes[CHANNELS];
	uint16_t floor_of_b; /* source of FLOOR_B */
	const struct cabin_room_setup *room;
	struct desk_seat seats[SEATS];
	uint64_t capture_sequences[CAPTURES], capture_lost_until_ns[CAPTURES];
	bool line_active, tone_plays;
	uint64_t next_connection;
	uint64_t tapped[SOURCES];
	/* As the hub's events said. */
	uint8_t feed_told[CHANNELS];
	bool present_told[BOOTHS][CABIN_SEATS_MAX], on_air_told[BOOTHS][CABIN_SEATS_MAX];
	/* How much happened. */
	uint64_t commands, events, jumps, handovers;
};

extern const struct cabin_hub_channel_config sim_desk_channels[CHANNELS];

void technician_step(struct desk *desk); /* a command now and then, to the first hub alone */

void heard_publish(void *context, struct cabin_packet *packet);	     /* the hub's sink */
void heard_publish_twin(void *context, struct cabin_packet *packet); /* its twin's */
void heard_event(void *context, const struct cabin_hub_event *event);
void heard_check(struct desk *desk); /* after each step */

#endif
