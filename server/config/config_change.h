/* What the desk changes while the event runs, applied to a loaded configuration: printing it
 * then gives what `cabinctl config export` writes, and it loads again.
 *
 * Not on a configuration that other threads read: take a copy. What cannot be done is told
 * in a text, what is wrong and what to do; the configuration is as it was then. One thread
 * at a time; memory of replaced parts stays taken until cabin_config_destroy. */
#ifndef CABIN_CONFIG_CHANGE_H
#define CABIN_CONFIG_CHANGE_H

#include "config/config.h"

enum { CABIN_CONFIG_REFUSAL_MAX_BYTES = 256 };

struct cabin_config_refusal {
	char text[CABIN_CONFIG_REFUSAL_MAX_BYTES]; /* "" when nothing was wrong */
};

/* Another configuration that prints the same, without inserts; its rooms are `added` where
 * the first one's are. CABIN_ENOMEM; CABIN_EFORMAT: a file that it names is gone (told on
 * stderr). */
CABIN_MUST_CHECK int cabin_config_copy(struct cabin_config **out, const struct cabin_config *config);

/* CABIN_INDEX_NONE: no such id. */
uint16_t cabin_config_find_channel(const struct cabin_config *config, const char *id);
uint16_t cabin_config_find_room(const struct cabin_config *config, const char *id);
uint16_t cabin_config_find_source(const struct cabin_config *config, const char *id);
uint16_t cabin_config_find_booth(const struct cabin_config *config, const char *id);

/* CABIN_EINVAL: below −40 or above +40, or not a number. */
CABIN_MUST_CHECK int cabin_config_set_channel_gain(struct cabin_config *config, uint16_t channel_index, float gain_db,
						   struct cabin_config_refusal *refusal);

/* CABIN_EINVAL: a floor, which consoles need. */
CABIN_MUST_CHECK int cabin_config_set_channel_hide(struct cabin_config *config, uint16_t channel_index,
						   enum cabin_hide hide, struct cabin_config_refusal *refusal);

/* The source of the room's floor; NULL: none. CABIN_EINVAL: no such source, or an insert. */
CABIN_MUST_CHECK int cabin_config_set_room_input(struct cabin_config *config, uint16_t room_index,
						 const char *source_id, struct cabin_config_refusal *refusal);

/* `pin` NULL: as it is. CABIN_EINVAL: not 4 to 8 digits, or locked without any. CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_config_set_room_lock(struct cabin_config *config, uint16_t room_index, bool locked,
						const char *pin, struct cabin_config_refusal *refusal);

struct cabin_config_new_room {
	const char *id;
	struct cabin_text name;	      /* all three */
	const char *input;	      /* source's id; NULL: none yet */
	const char *const *languages; /* ids; those that are not in the configuration must be built in, and are added */
	uint16_t language_count;      /* 1 … CABIN_SPARE_LANGUAGES_MAX */
	const uint16_t *numbers; /* of its channels, floor first: language_count + 1; NULL: those after the highest */
};

/* Makes the room behind the others, its floor and language channels, and a booth
 * ROOM-LANGUAGE of two seats for each language. Texts are copied. CABIN_EFULL: all spare
 * rooms (server.spare_rooms) are in use, or over a limit; CABIN_EINVAL; CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_config_add_room(struct cabin_config *config, const struct cabin_config_new_room *room,
					   struct cabin_config_refusal *refusal);

/* Takes an added room away with its channels and booths; indices behind them move up, numbers
 * stay. CABIN_EINVAL: a room of the configuration's own. */
CABIN_MUST_CHECK int cabin_config_remove_room(struct cabin_config *config, uint16_t room_index,
					      struct cabin_config_refusal *refusal);

#endif
