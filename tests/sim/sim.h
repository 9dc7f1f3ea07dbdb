/* The simulated conference: what its parts share.
 *
 *   sim_sources ─▶ cabin_hub ─▶ sim_channels (what was published: the truth)
 *                      │
 *                      └─▶ inbox of each loop ─▶ cabin_fanout ─▶ sim_listeners (who check all they get)
 *
 * All comes from one seed; sources and each listener draw from a stream of their own,
 * so that taking some listeners away changes nothing for the others. */
#ifndef CABIN_TESTS_SIM_H
#define CABIN_TESTS_SIM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/inbox.h"
#include "base/packet.h"
#include "relay/fanout.h"
#include "relay/hub.h"

enum {
	SIM_ROOMS = 3,
	SIM_CHANNELS = SIM_ROOMS * 4, /* floor, two languages, one that is silent when idle */
	SIM_SOURCES = SIM_ROOMS * 4,  /* hall and three booths */
	SIM_LOOPS = 2,
	SIM_LISTENERS = 400,
	SIM_STEP_MS = 10,
	SIM_QUEUE_LIMIT_MS = 300,
	SIM_CLOSE_AFTER_MS = 5000,
	SIM_INBOX_SLOTS = 1024,
	SIM_TRUTH = 8192 /* published packets of a channel that are remembered */
};

/* Ends the run with the place and the seed. */
#define SIM_CHECK(sim, condition)                                                                                      \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			sim_fail(sim, #condition, __FILE__, __LINE__);                                                 \
	} while (0)

struct sim_random {
	uint64_t state;
};

struct sim;

/* sim_sources.c: a microphone with its crystal, its moods and its cable. */
struct sim_source {
	struct sim_random random;
	uint16_t index;
	bool is_hall;
	double rate_hz;
	uint64_t origin_ns, origin_timestamp; /* truth: that sample was at the microphone then */
	uint64_t sequence, timestamp;
	uint32_t duration_samples;
	uint64_t lost_until_ns; /* 0: it is there */
	bool active, pausing, silent;
};

void sim_source_init(struct sim *sim, struct sim_source *source, uint16_t index);
void sim_source_step(struct sim *sim, struct sim_source *source);
uint64_t sim_source_truth_ns(const struct sim_source *source, uint64_t timestamp);

/* sim_channels.c: what the hub published, and whether it may. */
struct sim_published {
	uint64_t sequence, timestamp, published_ns;
	uint32_t epoch, duration_samples;
	uint64_t ordinal[SIM_LOOPS]; /* how many of the channel each loop had got with it */
};

struct sim_channel {
	struct cabin_hub_channel_config config;
	struct sim_published truth[SIM_TRUTH]; /* by sequence */
	uint64_t sequence, timestamp;
	uint32_t duration_samples, epoch;
	char feed[16], condition[8];
	bool any, state_is_newest; /* nothing came since the newest state */
	uint64_t timestamp_offset; /* channel's less source's, this epoch */
	struct sim_source source;  /* of this epoch's packets, as it was at the newest of them */
	uint64_t published;	   /* media */
	uint64_t loop_count[SIM_LOOPS];
};

void sim_channels_init(struct sim *sim);
void sim_channel_publish(void *context, struct cabin_packet *packet); /* the hub's sink */
/* The loop `loop_index` took the packet into its windows. */
void sim_channel_in_loop(struct sim *sim, uint32_t loop_index, const struct cabin_packet *packet);

/* sim_listeners.c: phones and their sockets. */
struct sim_listener {
	struct sim *sim;
	struct sim_random random;
	struct cabin_listener *listener; /* NULL: not connected */
	uint32_t loop_index;
	bool healthy; /* its socket takes all at once */
	uint16_t channel_index;
	/* The socket. */
	size_t buffered, bytes_per_step;
	uint64_t stalled_until_ns;
	bool wants_writable, closing;
	/* What it knows since its wish. */
	bool joined, has_state, any;
	uint32_t epoch;
	uint64_t sequence, timestamp, ordinal; /* ordinal: how far its newest write brought it */
	uint32_t duration_samples;
	uint64_t hash; /* of all that it got, and when */
};

extern const struct cabin_transport sim_transport;
void sim_listener_init(struct sim *sim, struct sim_listener *listener, uint32_t index);
void sim_listener_step(struct sim_listener *listener);
void sim_listener_leave(struct sim_listener *listener);

struct sim_loop {
	struct sim *sim;
	uint32_t index;
	struct cabin_inbox *inbox;
	struct cabin_fanout *fanout;
	uint64_t stalled_until_ns;
	bool woken;
};

/* The loop takes what is in its inbox, as it does when it wakes. */
void sim_loop_drain(struct sim_loop *loop);

struct sim {
	uint64_t seed;
	bool with_slow; /* listeners that are not healthy exist */
	uint64_t now_ns, step;
	struct sim_random random;
	struct cabin_packet_pool *pool;
	struct cabin_hub *hub;
	struct sim_source sources[SIM_SOURCES];
	struct sim_channel channels[SIM_CHANNELS];
	struct sim_loop loops[SIM_LOOPS];
	struct sim_listener listeners[SIM_LISTENERS];
	/* What listeners counted, to be found in the fan-out's statistics too. */
	uint64_t delivered, missed, bytes, writes, closed, states, epochs;
};

/* sim.c: what each program of the simulation begins and ends with. */
struct sim_options {
	uint64_t seed, step_count;
};

/* PROGRAM [SEED [STEPS]]: a seed by chance and `step_count` where they are left out. Prints
 * both, and silences the log: most refuse much on purpose. */
struct sim_options sim_begin(const char *name, int argc, char **argv, uint64_t step_count);
_Noreturn void sim_fail(const struct sim *sim, const char *condition, const char *file, int line);
/* The JSON of a text packet; until the next call. */
const char *sim_text_of(const struct cabin_packet *packet);

static inline uint64_t sim_draw(struct sim_random *random)
{
	/* splitmix64 */
	uint64_t z = (random->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* 0 … limit − 1. */
static inline uint64_t sim_below(struct sim_random *random, uint64_t limit)
{
	return sim_draw(random) % limit;
}

/* True once in `times`. */
static inline bool sim_one_in(struct sim_random *random, uint64_t times)
{
	return sim_below(random, times) == 0;
}

#endif
