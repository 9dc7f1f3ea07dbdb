/* What the parts of the hub share. hub.c: packets, events, ticks of all that has a
 * source; hub_feed.c: who feeds a channel; hub_booths.c: booths within it, their packets
 * and hand-overs; hub_command.c and hub_talk.c: what consoles ask for; hub_room.c:
 * what is known of a room; hub_notices.c: telling all that; hub_desk.c and hub_spare.c:
 * what a technician changes; hub_events.c: what happened. Hub thread. */
#ifndef CABIN_RELAY_HUB_INTERNAL_H
#define CABIN_RELAY_HUB_INTERNAL_H

#include <stdatomic.h>

#include "base/ratelimit.h"
#include "relay/booth.h"
#include "relay/channel.h"
#include "relay/console.h"
#include "relay/desk.h"
#include "relay/hub.h"
#include "relay/kept.h"
#include "relay/source_state.h"
#include "wire/console_write.h"

enum hub_link { HUB_LINK_LOST, HUB_LINK_PAUSED, HUB_LINK_OPEN };

/* The newest state of a booth or a room, as its notice says it. */
struct hub_told {
	char text[CABIN_NOTICE_MAX_BYTES + 1];
	size_t size;
	uint64_t revision;
	bool untold; /* the sink refused it */
};

/* Of a seat, as the newest events said. */
struct hub_seat_seen {
	bool present;
	uint8_t call;
	bool signals[CABIN_SIGNAL_COUNT];
	char name[CABIN_SEAT_NAME_BYTES + 1];
};

struct hub_booth {
	struct cabin_hub_booth_config config;
	struct cabin_booth machine;
	struct cabin_kept kept;
	enum hub_link links[CABIN_SEATS_MAX]; /* as its sources know them */
	struct cabin_ratelimit messages[CABIN_SEATS_MAX];

	struct hub_told told;

	/* As the newest events said: */
	uint8_t air_seen; /* seat on air without a hold, 0: none … */
	uint16_t air_channel_seen;
	uint64_t handovers_seen;
	struct hub_seat_seen seats_seen[CABIN_SEATS_MAX];

	/* Relaxed, for cabin_hub_booth_stats. */
	_Atomic uint32_t on_air_now, held_now, coughs_now, present_now;
	_Atomic uint64_t handovers, handovers_cancelled, dropped_packets;
};

struct hub_room {
	struct cabin_hub_room_config config; /* id NULL: closed */
	bool spare;
	struct hub_told told;

	/* For cabin_hub_room_stats. Released with the text that it points to. */
	_Atomic(const char *) floor_language_now;
	atomic_bool open_now;
};

/* Of a channel, beside what cabin_channel knows. */
struct hub_channel_figures {
	uint16_t owner; /* the booth on air on it, hold included; CABIN_INDEX_NONE */
	uint32_t listeners;
	bool lufs_known;
	int16_t lufs_tenths;

	bool closed;			/* of a spare room that is not set up, or has fewer languages */
	uint8_t override;		/* enum cabin_override … */
	uint16_t override_from;		/* … CHANNEL: a channel's index, SOURCE: a source's */
	enum cabin_idle_feed idle_feed; /* as configured: consoles change the channel's own */
	uint16_t idle_from_index;

	/* As the newest event said. */
	struct cabin_channel_choice seen;
	enum cabin_source_condition condition_seen;

	/* Relaxed, for cabin_hub_channel_stats. */
	_Atomic uint16_t source_now, booth_now, from_number_now;
	_Atomic uint8_t seat_now, override_now;
	_Atomic int8_t quality_now;
	_Atomic float trim_now;
};

/* A notice that is no state and found the sink full. */
struct hub_waiting {
	struct cabin_notice notice;
	char text[CABIN_NOTICE_MAX_BYTES + 1];
};

struct cabin_hub {
	struct cabin_clock clock;
	struct cabin_channel_output output;
	struct cabin_sink *sinks;
	struct cabin_channel *channels;
	struct hub_channel_figures *figures;
	struct cabin_source_state *sources; /* capture's, then four places a booth */
	uint16_t channel_count, source_count, capture_count;
	struct cabin_ratelimit invalid_log;

	struct hub_room *rooms;
	struct hub_booth *booths;
	uint16_t room_count, booth_count;
	struct cabin_notice_sink notices;
	uint64_t (*random)(void *context);
	void *random_context;
	uint32_t (*audience)(void *context, uint16_t channel_index);
	void *audience_context;
	struct cabin_ratelimit technician_messages;
	void (*event)(void *context, const struct cabin_hub_event *event);
	void *event_context;
	void (*tap)(void *context, struct cabin_packet *packet);
	void *tap_context;
	uint16_t seat_overrides; /* channels that a technician gave a seat to */
	uint64_t figures_due_ns;
	bool changed; /* something that booths' or rooms' notices may tell */
	uint64_t states_seen;

	struct hub_waiting *waiting; /* CABIN_NOTICES_WAITING of them, a ring */
	uint32_t waiting_first, waiting_count;
	_Atomic uint64_t notices_dropped;
	char text[CABIN_NOTICE_MAX_BYTES + 1]; /* being written */
};

/* hub.c */
void hub_decide_all(struct cabin_hub *hub, uint64_t now_ns);

/* The channels that a packet is for: a seat's goes to those that take it off air when it
 * comes, and to the others when its seat has the air. */
enum hub_takers { HUB_TAKERS_ALL, HUB_TAKERS_OFF_AIR, HUB_TAKERS_ON_AIR };

/* The reference stays the caller's. */
void hub_route(struct cabin_hub *hub, struct cabin_packet *packet, enum hub_takers takers, uint64_t now_ns);

/* hub_feed.c */
struct cabin_channel_choice hub_choose(struct cabin_hub *hub, struct cabin_channel *channel, uint64_t now_ns);

/* The booth and the seat of a source; NULL where it is none's. */
struct hub_booth *hub_booth_of(struct cabin_hub *hub, uint16_t source_index, uint8_t *seat);

/* Interpretations between the floor and whoever hears the channel, at most 3; −1: the
 * newest of them comes from a seat that hears nothing that the hub knows of. */
int hub_depth(struct cabin_hub *hub, uint16_t channel_index);

/* hub_booths.c */
uint16_t hub_booth_index(const struct cabin_hub *hub, const struct hub_booth *booth);
uint16_t hub_output_channel(const struct hub_booth *booth, uint8_t output);

/* After anything that may have changed a booth: owners, sources, kept packets, channels. */
void hub_booths_changed(struct cabin_hub *hub, uint64_t now_ns);

/* Takes over the reference of a valid packet of a seat. */
void hub_seat_packet(struct cabin_hub *hub, struct cabin_packet *packet, uint64_t now_ns);
void hub_booths_tick(struct cabin_hub *hub, uint64_t now_ns);
uint64_t hub_booths_due_ns(const struct cabin_hub *hub);

/* hub_talk.c */
void hub_talk(struct cabin_hub *hub, const struct cabin_console_command *command, uint64_t now_ns);

/* hub_room.c */
void hub_booth_view(struct cabin_hub *hub, struct hub_booth *booth, struct cabin_console_booth_view *view);
void hub_room_view(struct cabin_hub *hub, uint16_t room_index, struct cabin_console_room_view *view);
void hub_figures(struct cabin_hub *hub, uint64_t now_ns); /* listeners and loudness, each second */

/* hub_spare.c */
bool hub_set_up_room(struct cabin_hub *hub, const struct cabin_room_setup *setup);

/* hub_command.c. NULL: done; else what is wrong. */
const char *hub_answer_call(struct cabin_hub *hub, uint16_t booth_index, uint8_t seat, uint8_t state);

/* hub_events.c */
void hub_see(struct cabin_hub *hub);	/* what there is now is no event */
void hub_report(struct cabin_hub *hub); /* events since, and the figures of channels */
void hub_report_clock_jump(struct cabin_hub *hub, uint16_t source_index, uint64_t now_ns);

/* hub_notices.c */
void hub_notify(struct cabin_hub *hub, const struct cabin_notice *notice); /* no state */
void hub_notify_error(struct cabin_hub *hub, uint64_t connection, enum cabin_booth_answer answer,
		      const struct hub_booth *held_by);
void hub_notify_refusal(struct cabin_hub *hub, uint64_t connection, const char *code, const char *text);
void hub_tell(struct cabin_hub *hub); /* states that changed */
bool hub_has_untold(const struct cabin_hub *hub);

#endif
