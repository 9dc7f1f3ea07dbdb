/* The words of the console part of docs/protocol.md, as numbers and as text: one table
 * for whoever reads them and whoever writes them.
 *
 * Constant tables; any thread. */
#ifndef CABIN_WIRE_CONSOLE_WORDS_H
#define CABIN_WIRE_CONSOLE_WORDS_H

#include <stddef.h>

enum {
	CABIN_SEATS_MAX = 3,	    /* of a booth, numbered from 1 */
	CABIN_OUTPUTS_MAX = 2,	    /* of a booth: a, b */
	CABIN_SEAT_NAME_BYTES = 32, /* UTF-8, without a NUL */
	CABIN_MESSAGE_TEXT_BYTES = 200,
	CABIN_ROOM_CHANNELS_MAX = 14, /* so that a `room` message fits CABIN_NOTICE_MAX_BYTES */
	CABIN_NOTICE_MAX_BYTES = 4000
};

/* Who feeds a channel. */
enum cabin_feed {
	CABIN_FEED_FLOOR,
	CABIN_FEED_BOOTH,
	CABIN_FEED_PASS_THROUGH,
	CABIN_FEED_SILENCE,
	CABIN_FEED_CHANNEL, /* what another channel carries */
	CABIN_FEED_DESK,    /* what a technician put there: an announcement, a tone */
	CABIN_FEED_COUNT
};

/* What listeners of a language channel get when no seat is on air and no line is active. */
enum cabin_idle_feed { CABIN_IDLE_PASS_THROUGH, CABIN_IDLE_SILENCE, CABIN_IDLE_CHANNEL, CABIN_IDLE_COUNT };

enum cabin_booth_mode {
	CABIN_BOOTH_OVERRIDE,  /* the newest microphone takes the air */
	CABIN_BOOTH_INTERLOCK, /* the first one keeps it */
	CABIN_BOOTH_MODE_COUNT
};

/* What lies between the floor and what is heard: interpretations, 0, 1, 2 and more. */
enum cabin_quality { CABIN_QUALITY_DIRECT, CABIN_QUALITY_RELAY, CABIN_QUALITY_RELAY_OF_RELAY, CABIN_QUALITY_COUNT };

enum cabin_handover_action {
	CABIN_HANDOVER_OFFER,
	CABIN_HANDOVER_ASK,
	CABIN_HANDOVER_ACCEPT,
	CABIN_HANDOVER_DECLINE,
	CABIN_HANDOVER_CANCEL,
	CABIN_HANDOVER_ACTION_COUNT
};

enum cabin_handover_state {
	CABIN_HANDOVER_NONE, /* null on the wire */
	CABIN_HANDOVER_OFFERED,
	CABIN_HANDOVER_ASKED,
	CABIN_HANDOVER_AGREED,
	CABIN_HANDOVER_STATE_COUNT
};

enum cabin_signal { CABIN_SIGNAL_SLOW_DOWN, CABIN_SIGNAL_LOUDER, CABIN_SIGNAL_CANNOT_HEAR, CABIN_SIGNAL_COUNT };

enum cabin_call {
	CABIN_CALL_NONE, /* null on the wire */
	CABIN_CALL_OPEN,
	CABIN_CALL_SEEN,
	CABIN_CALL_DONE,
	CABIN_CALL_COUNT
};

enum cabin_message_to {
	CABIN_MESSAGE_PARTNER,
	CABIN_MESSAGE_ROOM,
	CABIN_MESSAGE_TECHNICIAN,
	CABIN_MESSAGE_BOOTH, /* named by its id on the wire: this word is never written */
	CABIN_MESSAGE_TO_COUNT
};

enum cabin_canned {
	CABIN_CANNED_THANKS,
	CABIN_CANNED_YES,
	CABIN_CANNED_NO,
	CABIN_CANNED_WAIT,
	CABIN_CANNED_TAKE_OVER_SOON,
	CABIN_CANNED_NUMBER_PLEASE,
	CABIN_CANNED_NAME_PLEASE,
	CABIN_CANNED_DOCUMENT_PLEASE,
	CABIN_CANNED_RELAY_BAD,
	CABIN_CANNED_SOUND_BAD,
	CABIN_CANNED_BREAK,
	CABIN_CANNED_COUNT
};

extern const char *const cabin_feed_words[CABIN_FEED_COUNT];
extern const char *const cabin_idle_words[CABIN_IDLE_COUNT];
extern const char *const cabin_booth_mode_words[CABIN_BOOTH_MODE_COUNT];
extern const char *const cabin_quality_words[CABIN_QUALITY_COUNT]; /* "direct", "relay", "relay-of-relay" */
extern const char *const cabin_handover_action_words[CABIN_HANDOVER_ACTION_COUNT];
extern const char *const cabin_handover_state_words[CABIN_HANDOVER_STATE_COUNT]; /* NONE: NULL */
extern const char *const cabin_signal_words[CABIN_SIGNAL_COUNT];
extern const char *const cabin_call_words[CABIN_CALL_COUNT];	      /* NONE: NULL */
extern const char *const cabin_message_words[CABIN_MESSAGE_TO_COUNT]; /* BOOTH: NULL */
extern const char *const cabin_canned_words[CABIN_CANNED_COUNT];

/* The index of `text` (not NUL-ended) in `words`, or −1. */
int cabin_word_find(const char *const *words, int word_count, const char *text, size_t size);

#endif
