/* The sections of a configuration, each read and checked by its own code, in the
 * order in which they refer to one another. Each fills its part of `config` and
 * adds what is wrong to the reader's issues; a part that is wrong may stay half
 * filled, and nobody uses it then. Main thread. */
#ifndef CABIN_CONFIG_SECTIONS_H
#define CABIN_CONFIG_SECTIONS_H

#include "config/config_read.h"

void cabin_config_read_event(struct cabin_reader *reader, const struct cabin_yaml *top, struct cabin_config *config);
void cabin_config_read_server(struct cabin_reader *reader, const struct cabin_yaml *top, struct cabin_config *config);
void cabin_config_read_languages(struct cabin_reader *reader, const struct cabin_yaml *top,
				 struct cabin_config *config);
void cabin_config_read_devices(struct cabin_reader *reader, const struct cabin_yaml *top, struct cabin_config *config);
/* The map `opus` of whatever has encoder settings. NULL: nothing to read. */
void cabin_config_read_opus(struct cabin_reader *reader, const struct cabin_yaml *node, struct cabin_config_opus *opus);
void cabin_config_read_defaults(struct cabin_reader *reader, const struct cabin_yaml *top,
				struct cabin_draft_defaults *defaults);
void cabin_config_read_sources(struct cabin_reader *reader, const struct cabin_yaml *top,
			       const struct cabin_draft_defaults *defaults, struct cabin_config *config);
void cabin_config_read_rooms(struct cabin_reader *reader, const struct cabin_yaml *top,
			     const struct cabin_draft_defaults *defaults, struct cabin_config *config);
/* After the rooms: every room's booths, and the access. */
void cabin_config_read_booths(struct cabin_reader *reader, const struct cabin_yaml *top,
			      const struct cabin_draft_defaults *defaults, struct cabin_config *config);
void cabin_config_read_access(struct cabin_reader *reader, const struct cabin_yaml *top, struct cabin_config *config);
void cabin_config_read_agenda(struct cabin_reader *reader, const struct cabin_yaml *top, struct cabin_config *config);

/* Announcements and alarms; after the languages. */
void cabin_config_read_announcements(struct cabin_reader *reader, const struct cabin_yaml *top,
				     struct cabin_config *config);
void cabin_config_read_alarms(struct cabin_reader *reader, const struct cabin_yaml *top, struct cabin_config *config);

/* How many sources cabin_config_add_inserts makes. */
uint32_t cabin_config_count_inserts(const struct cabin_config *config);

/* The names of a language that is built in; false: it is not. */
bool cabin_config_language_name(const char *id, struct cabin_text *out);

/* What every language calls the floor. */
extern const struct cabin_text cabin_config_floor_name;

/* The loaded configuration and its memory; `config` is the first member. */
struct cabin_config_whole {
	struct cabin_config config;
	struct cabin_arena arena;
};

static inline struct cabin_arena *cabin_config_arena(struct cabin_config *config)
{
	return &((struct cabin_config_whole *)config)->arena;
}

#endif
