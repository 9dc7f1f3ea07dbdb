/* Reads YAML nodes into structs by the rows of the schema, and tells what does not
 * fit. Each section's own code does what rows cannot say. Main thread. */
#ifndef CABIN_CONFIG_READ_H
#define CABIN_CONFIG_READ_H

#include "config/config_arena.h"
#include "config/config_issues.h"
#include "config/config_schema.h"
#include "config/config_yaml.h"

struct cabin_reader {
	struct cabin_arena *arena; /* of the configuration: what stays */
	struct cabin_issues *issues;
	const char *folder; /* relative paths count from here; NULL: files were looked at before */
	bool no_memory;	    /* sticky */
};

/* Memory of the configuration, zeroed; NULL sets no_memory. */
void *cabin_reader_take(struct cabin_reader *reader, size_t size);

/* True when `node` is a map (list); says what was meant otherwise. NULL is false. */
bool cabin_reader_is_map(struct cabin_reader *reader, const struct cabin_yaml *node, const char *what);
bool cabin_reader_is_list(struct cabin_reader *reader, const struct cabin_yaml *node, const char *what);

/* Reads the map `node` over what `out` holds already (defaults). Fields whose value
 * does not fit keep what they had. NULL: nothing to read, no issue. */
void cabin_reader_section(struct cabin_reader *reader, const struct cabin_schema_section *section,
			  const struct cabin_yaml *node, void *out);

/* An id in the right form; also for keys that are ids. */
bool cabin_reader_check_id(struct cabin_reader *reader, const struct cabin_yaml *node);

/* A whole number within the row's range, written in digits. */
bool cabin_reader_integer(struct cabin_reader *reader, const struct cabin_schema_key *key,
			  const struct cabin_yaml *node, uint32_t *out);

/* The absolute path of a file's name; an issue where it cannot be read. NULL when
 * there is no memory. */
const char *cabin_reader_file(struct cabin_reader *reader, const struct cabin_yaml *node);

#endif
