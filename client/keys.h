/* A terminal's bytes → keys. Understands UTF-8, the usual escape sequences, and the
 * kitty keyboard protocol, which tells repeats and releases too
 * (https://sw.kovidgoyal.net/kitty/keyboard-protocol/).
 *
 * A terminal without it repeats a key that is held, which must not switch the microphone
 * off again: there a microphone key within 700 ms of the one before is taken for a
 * repeat, unless repeats are wanted (push to talk).
 *
 * Pure; embedded in its owner, one thread. */
#ifndef CABIN_CLIENT_KEYS_H
#define CABIN_CLIENT_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "client/console_model.h"

enum { CABIN_KEY_BYTES_MAX = 48, CABIN_KEY_TEXT_BYTES = 8 };

struct cabin_key_reader {
	char bytes[CABIN_KEY_BYTES_MAX];
	uint32_t count;
	uint64_t newest_ns;
	bool wants_repeats;
	bool tells_releases; /* the kitty protocol was seen */
	uint64_t microphone_ns;
};

struct cabin_key_event {
	enum cabin_key key; /* NONE: a character that is no key */
	enum cabin_key_action action;
	bool is_text;			 /* `text` is a character that was typed */
	char text[CABIN_KEY_TEXT_BYTES]; /* UTF-8 */
};

/* Takes a byte; true: `*out` is a key that is complete with it. */
bool cabin_key_reader_take(struct cabin_key_reader *reader, char byte, uint64_t now_ns, struct cabin_key_event *out);

/* An Escape that nothing followed for 50 ms is the key itself. */
bool cabin_key_reader_flush(struct cabin_key_reader *reader, uint64_t now_ns, struct cabin_key_event *out);

/* The key of a character ("c", "C", "é" as 2 on a French keyboard …). */
enum cabin_key cabin_key_of(const char *utf8);

/* For the pipe: "microphone", "relay-1" … in the enum's order; NULL beyond. */
const char *cabin_key_name(enum cabin_key key);

#endif
