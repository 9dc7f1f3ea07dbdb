/* The console's behaviour: what is shown, which key does what. No terminal, no sound and
 * no socket: a test drives it, and so does whoever gives commands through a pipe.
 *
 *   keys, clock ──▶ ┌───────────────┐ ──▶ commands (to the server, to the sound, to main)
 *   session    ──▶ │ console model │
 *   facts      ──▶ └───────────────┘ ──▶ view (read by the screen)
 *
 * The microphone as the interpreter sees it:
 *
 *            key                    `booth` says my seat's microphone is on
 *   OFF ───────────────▶ ASKED ───────────────────────────▶ ON ─── key ──▶ OFF
 *    ▲                     │ refused                          │
 *    │                     ▼ (held by somebody)               │ `booth` says it is off:
 *    ├─── 3 s ──────── CONFIRM ── key again: take ─▶ ASKED    │ a partner has the air
 *    └────────────────────────────────────────────────────────┘
 *
 * The server's `booth` decides; between a key and its answer the screen says "asked".
 * With the connection lost the microphone stays as it was, and asks anew when joined.
 *
 * Cough. Terminals tell no release of a key, but repeat one that is held. The first
 * press silences for 2 s; a repeat within 700 ms means that the key is held: silence
 * lasts until 350 ms after the last repeat; a press later than that ends it at once. A
 * terminal that tells releases (the kitty keyboard protocol) ends it on release. So
 * silence may last a little longer than the key, and never ends while it is held.
 *
 * Embedded in its owner, one thread. Times are the client's clock in ns. */
#ifndef CABIN_CLIENT_CONSOLE_MODEL_H
#define CABIN_CLIENT_CONSOLE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "client/connection.h"
#include "client/session.h"
#include "media/voice_level.h"

/* What a key does. The terminal maps bytes to these; see keys.h. */
enum cabin_key {
	CABIN_KEY_NONE,
	CABIN_KEY_MICROPHONE,
	CABIN_KEY_COUGH,
	CABIN_KEY_OUTPUT_A,
	CABIN_KEY_OUTPUT_B,
	CABIN_KEY_HANDOVER, /* offer, ask, accept or cancel: what is next */
	CABIN_KEY_DECLINE,
	CABIN_KEY_FLOOR,
	CABIN_KEY_RELAY_1,
	CABIN_KEY_RELAY_2,
	CABIN_KEY_RELAY_3,
	CABIN_KEY_SOURCE_NEXT, /* right: the room's next channel */
	CABIN_KEY_SOURCE_BEFORE,
	CABIN_KEY_STORE, /* then 1 … 3: keep the source as that preset */
	CABIN_KEY_LOUDER,
	CABIN_KEY_QUIETER,
	CABIN_KEY_MONITOR, /* own channel, quietly */
	CABIN_KEY_SOUND,   /* the sound panel */
	CABIN_KEY_IDLE,	   /* what listeners get when nobody is on air: the next one */
	CABIN_KEY_SLOW_DOWN,
	CABIN_KEY_SPEAK_UP,
	CABIN_KEY_CANNOT_HEAR,
	CABIN_KEY_TECHNICIAN,
	CABIN_KEY_MESSAGES, /* the messages panel */
	CABIN_KEY_SHIFT,    /* the shift begins anew */
	CABIN_KEY_PREFLIGHT,
	CABIN_KEY_HELP,
	CABIN_KEY_UP,
	CABIN_KEY_DOWN,
	CABIN_KEY_ENTER,
	CABIN_KEY_ESCAPE,
	CABIN_KEY_TAB,
	CABIN_KEY_BACKSPACE,
	CABIN_KEY_YES,
	CABIN_KEY_NO,
	CABIN_KEY_TEST_TONE, /* in the preflight */
	CABIN_KEY_ECHO,	     /* in the preflight */
	CABIN_KEY_QUIT,
	CABIN_KEY_COUNT
};

enum cabin_key_action { CABIN_KEY_PRESSED, CABIN_KEY_RELEASED };

enum cabin_microphone { CABIN_MICROPHONE_OFF, CABIN_MICROPHONE_ASKED, CABIN_MICROPHONE_ON };

/* The one thing that cannot be missed. */
enum cabin_air {
	CABIN_AIR_OFFLINE,   /* not joined, microphone off */
	CABIN_AIR_OFF,	     /* joined, microphone off */
	CABIN_AIR_ASKED,     /* the key was pressed, the server has not answered */
	CABIN_AIR_SOON,	     /* a hand-over to me is agreed: my microphone is open, not on air yet */
	CABIN_AIR_ON,	     /* listeners hear me */
	CABIN_AIR_COUGH,     /* on air, silent */
	CABIN_AIR_HELD,	     /* my microphone is off; the channel is still mine for the hold time */
	CABIN_AIR_UNCERTAIN, /* my microphone is on, but there is no connection: nobody hears me */
	CABIN_AIR_COUNT
};

enum { CABIN_VOICE_VERDICTS = CABIN_VOICE_TOO_LOUD + 1 };

enum cabin_page { CABIN_PAGE_LIVE, CABIN_PAGE_PREFLIGHT, CABIN_PAGE_SOUND, CABIN_PAGE_MESSAGES, CABIN_PAGE_HELP };

enum cabin_sound_row {
	CABIN_SOUND_VOLUME,
	CABIN_SOUND_BASS,
	CABIN_SOUND_TREBLE,
	CABIN_SOUND_MONITOR,
	CABIN_SOUND_SENSITIVITY,
	CABIN_SOUND_BELL,
	CABIN_SOUND_ROWS
};

enum cabin_preflight {
	CABIN_PREFLIGHT_MICROPHONE,
	CABIN_PREFLIGHT_HEADSET,
	CABIN_PREFLIGHT_OWN_VOICE,
	CABIN_PREFLIGHT_NETWORK,
	CABIN_PREFLIGHT_STEPS
};
enum cabin_check { CABIN_CHECK_OPEN, CABIN_CHECK_GOOD, CABIN_CHECK_BAD };

/* A line for the interpreter, said until `until_ns`. */
enum cabin_said {
	CABIN_SAID_NOTHING,
	CABIN_SAID_TAKE_MICROPHONE, /* a partner is on air: press again to take it */
	CABIN_SAID_TAKE_CHANNEL,    /* booth `who` is on air there: press again to take it */
	CABIN_SAID_TAKEN,	    /* a partner took the air: your microphone is off */
	CABIN_SAID_NOT_ON_AIR,
	CABIN_SAID_NOBODY, /* no partner is there */
	CABIN_SAID_NO_HANDOVER,
	CABIN_SAID_WHICH_PARTNER, /* press their seat's number */
	CABIN_SAID_HANDOVER_LAPSED,
	CABIN_SAID_HANDED_OVER,
	CABIN_SAID_STORE, /* press 1, 2 or 3 */
	CABIN_SAID_STORED,
	CABIN_SAID_NO_OUTPUT, /* this booth has no B */
	CABIN_SAID_NO_CHANNEL,
	CABIN_SAID_NOT_JOINED,
	CABIN_SAID_QUIT,    /* on air: press again */
	CABIN_SAID_MESSAGE, /* a message came: M shows it */
	CABIN_SAID_SENT,
	CABIN_SAID_SHIFT_OVER,
	CABIN_SAID_REFUSED, /* by the server, `text` */
	CABIN_SAID_RESUMED,
	CABIN_SAID_COUNT
};

enum cabin_command_kind {
	CABIN_COMMAND_MIC,	 /* on, take: the server and the uplink */
	CABIN_COMMAND_COUGH,	 /* on: the server and the uplink */
	CABIN_COMMAND_OUTPUT,	 /* number 0/1, take */
	CABIN_COMMAND_HANDOVER,	 /* number: enum cabin_handover_action; seat, 0: none named */
	CABIN_COMMAND_IDLE,	 /* channel, number: enum cabin_idle_feed, from */
	CABIN_COMMAND_LISTEN,	 /* channel */
	CABIN_COMMAND_MONITOR,	 /* channel, 0: none */
	CABIN_COMMAND_SOUND,	 /* the settings of `sound` have changed */
	CABIN_COMMAND_SIGNAL,	 /* number: enum cabin_signal; on */
	CABIN_COMMAND_CALL,	 /* on */
	CABIN_COMMAND_MESSAGE,	 /* number: enum cabin_message_to; canned or text */
	CABIN_COMMAND_ECHO,	 /* on: the server and the uplink */
	CABIN_COMMAND_TEST_TONE, /* on */
	CABIN_COMMAND_BELL,	 /* the terminal's */
	CABIN_COMMAND_SAVE,	 /* settings */
	CABIN_COMMAND_QUIT
};

struct cabin_command {
	enum cabin_command_kind kind;
	bool on, take;
	int number;
	uint8_t seat;
	uint16_t channel, from;
	int canned; /* −1: text */
	char text[CABIN_MESSAGE_TEXT_BYTES + 1];
};
enum { CABIN_COMMANDS_MAX = 32, CABIN_PRESETS = 3 };

/* What is kept between runs. */
struct cabin_sound_settings {
	double volume_db;	   /* −60 … 0 */
	double bass_db, treble_db; /* −12 … +6 */
	double monitor_db;	   /* −40 … 0 */
	double sensitivity_db_spl; /* of the headset at full scale; 0: not calibrated */
	bool bell;		   /* the terminal's bell for messages and signals */
};
struct cabin_settings {
	struct cabin_sound_settings sound;
	char presets[CABIN_PRESETS][CABIN_NAME_MAX_BYTES]; /* channels' ids; empty: the room's n-th other language */
	char name[CABIN_SEAT_NAME_BYTES + 1];
	uint32_t shift_minutes; /* 30 */
};

/* What only the rest of the console knows; told each 50 ms or so. */
struct cabin_facts {
	bool microphone_open, headset_open; /* the sound cards */
	bool sends;			    /* packets leave */
	enum cabin_voice_verdict voice;
	float own_dbfs, own_peak_dbfs, floor_dbfs; /* −120: nothing */
	bool protection_on, protection_calibrated; /* on is always true */
	float protection_ceiling;		   /* dB SPL where calibrated, else dBFS */
	float protection_reduction_db;		   /* now taken away; 0: nothing */
	bool protection_warning;		   /* the last minute was too loud */
	double delay_ms;			   /* of what is heard: microphone to my ear; negative: not known */
	double round_trip_ms;			   /* negative: not known */
	double lost_percent;			   /* of what was to be heard within the last seconds */
	uint64_t dropped;			   /* own packets that came too late to be sent */
	uint64_t server_us;			   /* server clock; 0: not known */
};

struct cabin_console_model {
	const struct cabin_session *session; /* borrowed for life */
	struct cabin_settings settings;
	struct cabin_facts facts;
	bool push_to_talk;
	enum cabin_language language;
	uint64_t now_ns;

	enum cabin_page page;
	enum cabin_microphone microphone;
	bool confirmed;		  /* `booth` has shown it on since it was asked for */
	uint64_t resume_until_ns; /* joined anew with the microphone on: confirmed by then, or lost */
	uint64_t talk_ends_ns;	  /* push to talk without releases; 0: not running */
	uint64_t talk_pressed_ns;
	bool cough, cough_held;
	uint64_t cough_ends_ns, cough_pressed_ns;
	bool was_on_air;
	uint8_t was_handover; /* enum cabin_handover_state */

	/* Pressing again within 3 s takes it. */
	enum { CABIN_TAKE_NOTHING, CABIN_TAKE_MICROPHONE, CABIN_TAKE_OUTPUT } take;
	uint8_t take_output;
	uint64_t take_until_ns;
	uint64_t quit_until_ns;
	uint64_t digit_until_ns; /* a digit means … */
	bool digit_is_seat;	 /* … a partner's seat (hand-over), else a preset to store */

	uint16_t source; /* channel listened to; 0: none yet */
	char source_id[CABIN_NAME_MAX_BYTES];
	bool source_lost; /* its `state` says so */
	bool monitor;
	uint16_t monitor_channel; /* as told to the server; 0: none */

	uint64_t shift_begin_ns; /* 0: has not begun */
	bool shift_told;

	bool connected;
	enum cabin_connection_problem problem;
	char problem_text[200];
	uint64_t again_ns; /* of the next try; 0: none */

	enum cabin_check checks[CABIN_PREFLIGHT_STEPS];
	bool test_tone, echo;
	uint64_t test_tone_until_ns;
	uint32_t good_voice_ticks;
	uint32_t sound_row;

	enum cabin_message_to message_to;
	bool typing;
	char typed[CABIN_MESSAGE_TEXT_BYTES + 1];
	uint64_t messages_read; /* number of the newest that was shown */
	uint64_t messages_told;
	uint64_t signals_told_us[CABIN_SIGNAL_COUNT];

	enum cabin_said said;
	char said_text[160];
	uint64_t said_until_ns; /* 0: nothing is said */

	struct cabin_command commands[CABIN_COMMANDS_MAX];
	uint32_t command_first, command_count;
};

struct cabin_console_model_config {
	const struct cabin_session *session;
	const struct cabin_settings *settings; /* copied */
	enum cabin_language language;
	bool push_to_talk;
	bool preflight; /* begin with it */
};
void cabin_model_init(struct cabin_console_model *model, const struct cabin_console_model_config *config);

/* A key of the live page, or of a panel. Released: only terminals that tell. */
void cabin_model_key(struct cabin_console_model *model, enum cabin_key key, enum cabin_key_action action,
		     uint64_t now_ns);

/* A character while a panel takes them: digits 0 … 9 and text. False: the page takes
 * none, look it up among the keys. */
bool cabin_model_character(struct cabin_console_model *model, const char *utf8, uint64_t now_ns);

/* Time passes: at least each 100 ms. */
void cabin_model_tick(struct cabin_console_model *model, const struct cabin_facts *facts, uint64_t now_ns);

/* The session has taken a message (or /api/v1/event: kind OTHER). */
void cabin_model_server(struct cabin_console_model *model, const struct cabin_server_event *event, uint64_t now_ns);

void cabin_model_connected(struct cabin_console_model *model, uint64_t now_ns);
void cabin_model_lost(struct cabin_console_model *model, enum cabin_connection_problem problem, const char *text,
		      uint32_t again_ms, uint64_t now_ns);

/* Appends a command as a key would: for whoever drives the console without keys. */
void cabin_model_order(struct cabin_console_model *model, const struct cabin_command *command);

/* The next thing to do; false: nothing. */
bool cabin_model_command(struct cabin_console_model *model, struct cabin_command *out);

/* --- what is shown ------------------------------------------------------------------ */

enum cabin_air cabin_model_air(const struct cabin_console_model *model);

/* Seconds on air; negative: not on air. */
double cabin_model_on_air_s(const struct cabin_console_model *model);

/* Seconds of the shift that are left, negative when it is over; false: none runs. */
bool cabin_model_shift_left_s(const struct cabin_console_model *model, double *left_s);

/* Seconds until an agreed hand-over; negative: none. */
double cabin_model_handover_s(const struct cabin_console_model *model);

/* Id of the channel of preset 1 … 3, NULL: none. */
const struct cabin_event_channel *cabin_model_preset(const struct cabin_console_model *model, int preset);

/* How far the source listened to is from the floor: enum cabin_quality, −1 not known. */
int cabin_model_source_quality(const struct cabin_console_model *model);

/* What listeners of an own output get now; NULL: not known. */
const struct cabin_session_room_channel *cabin_model_output(const struct cabin_console_model *model, uint8_t output);

/* The seat of the first partner that is there; 0: none. */
uint8_t cabin_model_partner(const struct cabin_console_model *model);

uint64_t cabin_model_unread(const struct cabin_console_model *model);

#endif
