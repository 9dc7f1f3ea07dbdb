/* The seam between the technician's desk and the hub: what a desk may change while the
 * event runs, and what the hub tells of itself as it happens.
 *
 *   desk thread ── struct cabin_desk_command (CABIN_HUB_DESK) ──▶ hub's inbox ─▶ cabin_hub_desk
 *   desk thread ◀── struct cabin_hub_event ── cabin_hub_config.event (hub thread) ◀──┘
 *
 * A command changes only what it names. Who feeds a channel is a new epoch of that
 * channel; a gain is a new state within the epoch; no other channel gets anything. There
 * is no answer: a command that cannot be meant (an index that is out of range, a room
 * that is no spare one) changes nothing and is logged, so the desk checks before it asks.
 *
 * Spare rooms are rooms of the hub without an id (cabin_hub_room_config.id NULL), with a
 * floor, language channels and booths. Until one is set up its channels are silent, no
 * override or gain is taken for them, and its booths refuse consoles; nothing is told of
 * it. Set up, its first `language_count` language channels and its first booths (in the
 * hub's order, as many as have an id) work as any other's. */
#ifndef CABIN_RELAY_DESK_H
#define CABIN_RELAY_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "wire/console_words.h"

struct cabin_hub;

/* What feeds a channel in place of what the hub would choose. */
enum cabin_override {
	CABIN_OVERRIDE_NONE,	/* the hub chooses */
	CABIN_OVERRIDE_SILENCE, /* feed `silence` */
	CABIN_OVERRIDE_FLOOR,	/* feed `pass-through`; of a floor channel: its own floor */
	CABIN_OVERRIDE_CHANNEL, /* feed `channel`: whatever feeds `from_index`, with its overrides; `silent` while
				   nothing does */
	CABIN_OVERRIDE_SOURCE,	/* feed `desk`: this source alone; a seat's whenever its microphone is open, on air or
				   not; `lost` or `silent` while it gives nothing, never the hub's own choice */
	CABIN_OVERRIDE_COUNT
};

enum cabin_desk_command_kind {
	CABIN_DESK_FEED,
	CABIN_DESK_GAIN,
	CABIN_DESK_FLOOR_SOURCE,
	CABIN_DESK_ROOM,
	CABIN_DESK_CALL
};

/* Borrowed for the hub's life, texts too, and unchanged once given. */
struct cabin_room_setup {
	uint16_t room_index;	     /* a spare one */
	const char *id;		     /* NULL: the room is given up: its channels silent, its seats' consoles closed */
	uint16_t floor_source_index; /* of capture, or CABIN_INDEX_NONE */
	uint16_t language_count;     /* 1 … CABIN_SPARE_LANGUAGES_MAX, no more than the room's language channels */
	const char *languages[CABIN_SPARE_LANGUAGES_MAX]; /* ids, of the language channels in the hub's order */
	const char *booth_ids[CABIN_SPARE_LANGUAGES_MAX]; /* of the room's booths; NULL: stays closed */
};

struct cabin_desk_command {
	uint8_t kind; /* enum cabin_desk_command_kind */
	union {
		struct {
			uint16_t channel_index;
			uint8_t override;    /* enum cabin_override */
			uint16_t from_index; /* CHANNEL: a channel; SOURCE: a source, seats' too */
		} feed;
		struct {
			uint16_t channel_index;
			float gain_db; /* CABIN_TRIM_MIN_DB … CABIN_TRIM_MAX_DB, clamped */
		} gain;
		struct {
			uint16_t channel_index; /* a floor */
			uint16_t source_index;	/* of capture, or CABIN_INDEX_NONE; its pass-throughs follow */
		} floor_source;
		struct {
			const struct cabin_room_setup *setup;
		} room;
		struct {
			uint16_t booth_index;
			uint8_t seat;
			uint8_t state; /* CABIN_CALL_SEEN, CABIN_CALL_DONE */
		} call;
	};
};

/* Added to the gain_db of every state of the channel, the sum held within it: applied at
 * the ear, nothing is transcoded. */
enum { CABIN_TRIM_MIN_DB = -40, CABIN_TRIM_MAX_DB = 40 };

/* Hub thread. */
void cabin_hub_desk(struct cabin_hub *hub, const struct cabin_desk_command *command);

enum cabin_hub_event_kind {
	CABIN_HUB_EVENT_FEED,	/* a channel's feed, source or condition, as announced; `on`: its source is not lost */
	CABIN_HUB_EVENT_ON_AIR, /* a seat's microphone feeds its channel, or does not any more (a hold is not on air) */
	CABIN_HUB_EVENT_HANDOVER, /* done: `seat` gave the air to `other_seat` */
	CABIN_HUB_EVENT_SEAT,	  /* a console took the seat, or its connection ended */
	CABIN_HUB_EVENT_SIGNAL,
	CABIN_HUB_EVENT_CALL,
	CABIN_HUB_EVENT_CLOCK_JUMP, /* a source's time line broke although it was never away */
	CABIN_HUB_EVENT_COUNT
};

struct cabin_hub_event {
	enum cabin_hub_event_kind kind;
	uint64_t at_ns;
	uint16_t room_index, booth_index, channel_index, source_index; /* CABIN_INDEX_NONE where it does not apply */
	uint8_t seat, other_seat;
	uint8_t
	    what; /* FEED: enum cabin_feed; SIGNAL: enum cabin_signal; CALL: enum cabin_call; SEAT: 1 joined, 0 left */
	bool on;
	char name[CABIN_SEAT_NAME_BYTES + 1]; /* SEAT */
};

#endif
