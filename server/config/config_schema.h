/* Every key that a configuration may have: one table row each. The reader, the
 * printer and the reference in docs/configuration.md all come from these rows.
 *
 * Keys whose value is a map or a list of its own are read by their section's code;
 * all others are read and printed by their row alone. Constant data. */
#ifndef CABIN_CONFIG_SCHEMA_H
#define CABIN_CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "config/config.h"

enum {
	CABIN_TEXT_MAX_BYTES = 500, /* a name or a title in one language */
	CABIN_PATH_TEXT_MAX_BYTES = 4000,
	CABIN_SESSIONS_MAX = 1000,
	CABIN_LANGUAGES_MAX = 64,
	CABIN_PLAY_MAX = 256,
	CABIN_DOCUMENTS_MAX = 200,
	CABIN_ANNOUNCEMENTS_MAX = 16,
	CABIN_ANNOUNCEMENT_ID_MAX_BYTES = 48, /* so that "insert.ID.LANGUAGE" is a source's id */
	CABIN_ALARMS_MAX = 64
};

enum cabin_schema_type {
	CABIN_KEY_TEXT,	       /* const char * */
	CABIN_KEY_ID,	       /* const char *: lower-case letters, digits, hyphens */
	CABIN_KEY_REFERENCE,   /* const char *: an id that stands elsewhere */
	CABIN_KEY_FILE,	       /* const char *: made absolute; must be readable */
	CABIN_KEY_PATH,	       /* const char *: made absolute; need not be there */
	CABIN_KEY_FOLDER,      /* const char *: made absolute; need not be there */
	CABIN_KEY_PIN,	       /* const char *: 4 to 8 digits */
	CABIN_KEY_URL,	       /* const char *: http:// or https:// */
	CABIN_KEY_ADDRESS,     /* const char *: ADDRESS:PORT */
	CABIN_KEY_TIME,	       /* const char *: RFC 3339 with offset */
	CABIN_KEY_NAMES,       /* struct cabin_text */
	CABIN_KEY_INTEGER,     /* uint32_t */
	CABIN_KEY_NUMBER,      /* float */
	CABIN_KEY_SWITCH,      /* bool */
	CABIN_KEY_CHOICE,      /* unsigned: index into choices */
	CABIN_KEY_CHOICE_TEXT, /* const char *: one of choices */
	CABIN_KEY_NESTED       /* a map or list that its section's code reads; no offset */
};

struct cabin_schema_key {
	const char *name;
	enum cabin_schema_type type;
	size_t offset; /* into the section's struct */
	bool required;
	double min, max;	    /* integer and number */
	double initial;		    /* integer, number, switch, choice; a required key has none; with a fallback it
				       stands for "not given" */
	const char *initial_text;   /* text types, NULL: none */
	const char *const *choices; /* ends with NULL */
	const char *range;	    /* for the reference, where type, min and max do not say it */
	const char *fallback;	    /* for the reference, where the initial value does not say it */
	const char *help;
};

struct cabin_schema_section {
	const char *name;  /* "sources.ID" */
	const char *intro; /* for the reference */
	const struct cabin_schema_key *keys;
	size_t key_count;
};

/* What a section's keys are read into where config.h has no such struct. */
struct cabin_draft_event {
	const char *id;
	struct cabin_text name;
};

struct cabin_draft_language {
	const char *id;
	struct cabin_text name;
};

struct cabin_draft_defaults {
	struct cabin_config_source source; /* opus, gate_db, silent_db, silent_after_ms */
	uint32_t hold_ms, fade_ms;
	unsigned idle_feed;
};

struct cabin_draft_source {
	struct cabin_config_source source;
	const char *file;
};

struct cabin_draft_play {
	const char *file;
	uint32_t length_ms, silence_ms;
};

struct cabin_draft_room {
	const char *id;
	struct cabin_text name;
	bool locked;
	const char *pin;
};

struct cabin_draft_channel { /* a room's floor too */
	const char *language, *source, *booth;
	uint32_t number; /* 0: by order */
	uint32_t hold_ms, fade_ms;
	unsigned idle_feed;
	const char *idle_from;
	float gain_db;
	unsigned hide;
};

struct cabin_draft_session {
	const char *id, *room, *start, *end;
	struct cabin_text title;
};

extern const struct cabin_schema_section cabin_schema_top, cabin_schema_event, cabin_schema_server,
    cabin_schema_language, cabin_schema_device, cabin_schema_defaults, cabin_schema_opus, cabin_schema_source,
    cabin_schema_play, cabin_schema_room, cabin_schema_floor, cabin_schema_channel, cabin_schema_booth,
    cabin_schema_document, cabin_schema_access, cabin_schema_session, cabin_schema_announcement, cabin_schema_alarm;

/* All sections in the order of the reference; ends with NULL. */
extern const struct cabin_schema_section *const cabin_schema_sections[];

/* NULL: no such key. */
const struct cabin_schema_key *cabin_schema_find(const struct cabin_schema_section *section, const char *name);

/* Sets every field of the section's struct to its default. */
void cabin_schema_set_defaults(const struct cabin_schema_section *section, void *out);

#endif
