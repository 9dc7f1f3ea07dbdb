/* The rules of the watch: what each alarm is judged by. Pure functions; private to
 * server/monitor and its tests. Reasons for the numbers are with each rule, in the .c. */
#ifndef CABIN_MONITOR_WATCH_RULES_H
#define CABIN_MONITOR_WATCH_RULES_H

#include "monitor/watch.h"

enum { CABIN_WATCH_SLICES = 20 };

/* How much a counter grew within the last while, to a twentieth of it. Zeroed: new. */
struct cabin_watch_window {
	uint64_t marks[CABIN_WATCH_SLICES]; /* the counter at each slice's begin, as a ring */
	uint64_t newest, due_ns;
	uint8_t at;
	bool any;
};

/* A counter that goes back begins anew. */
uint64_t cabin_watch_grown(struct cabin_watch_window *window, uint64_t counter, uint32_t window_ms, uint64_t now_ns);

/* What a rule says. */
struct cabin_watch_figure {
	bool applies; /* false: the alarm rests */
	double value; /* NAN: cannot be judged now */
};

/* What a room does, gathered over its channels in one round. */
struct cabin_watch_room_now {
	uint32_t session, session_left_s;
	bool on_air;	   /* a booth has the channel */
	bool booth_speaks; /* and is heard */
	bool floor_speaks;
	uint32_t listeners, in_trouble;
};

/* What is remembered of it. Zeroed: new. */
struct cabin_watch_room_memory {
	uint64_t on_air_ns, floor_spoke_ns; /* newest time that it was so; 0: never */
	uint64_t step_ns;
	uint64_t spoken_ns;  /* how long booths spoke in this stretch of work */
	bool floor_spoke;    /* in this stretch of work */
	uint32_t session;    /* of which these tell: */
	bool session_spoke;  /* the floor was heard */
	bool session_worked; /* a booth was on air */
};

void cabin_watch_room_remember(struct cabin_watch_room_memory *memory, const struct cabin_watch_room_now *room,
			       uint64_t now_ns);

/* Somebody should be speaking on the floor. */
bool cabin_watch_floor_expected(const struct cabin_watch_room_memory *memory, const struct cabin_watch_room_now *room);

double cabin_watch_rms(const struct cabin_watch_level *level, uint64_t now_ns);
/* Loud enough for somebody who speaks, at a seat or line, and on a floor. */
bool cabin_watch_booth_speaks(const struct cabin_watch_level *level, uint64_t now_ns);
bool cabin_watch_floor_speaks(const struct cabin_watch_level *level, uint64_t now_ns);

/* `interpreted`: a booth is on air. */
struct cabin_watch_figure cabin_watch_floor_silent(bool expected, bool interpreted, bool lost,
						   const struct cabin_watch_level *level, uint64_t now_ns);
/* `floor_spoke_ns`: when the room's floor was last heard. */
struct cabin_watch_figure cabin_watch_booth_silent(bool on_air, bool coughs, uint64_t floor_spoke_ns,
						   const struct cabin_watch_level *level, uint64_t now_ns);
struct cabin_watch_figure cabin_watch_too_low(bool in_use, const struct cabin_watch_level *level, uint64_t now_ns);
struct cabin_watch_figure cabin_watch_packet_gaps(uint64_t packets, uint64_t gaps);
struct cabin_watch_figure cabin_watch_delay(uint32_t listeners, double mouth_to_ear_p95_ms);
struct cabin_watch_figure cabin_watch_dropping(uint32_t listeners, uint64_t dropped);
struct cabin_watch_figure cabin_watch_in_trouble(uint32_t listeners, uint32_t in_trouble);
struct cabin_watch_figure cabin_watch_uplink_late(double age_ms, uint64_t packets, uint64_t missed,
						  uint32_t queue_limit_ms);

#endif
