/* Reads single values: what each type of key takes, and what is told where it does
 * not fit. Private to config_read.c. */
#ifndef CABIN_CONFIG_VALUE_H
#define CABIN_CONFIG_VALUE_H

#include "config/config_read.h"

/* The value of `node`, a scalar that is not null, into the field of `key`'s type. What
 * does not fit leaves the field as it was. Not for names and nested keys. */
void cabin_value_read(struct cabin_reader *reader, const struct cabin_schema_key *key, const struct cabin_yaml *node,
		      unsigned char *field);

/* "nothing", "a value", "a list", "a map". */
const char *cabin_value_kind_name(const struct cabin_yaml *node);

/* Adds `word` to the words in `all`, as far as they fit. */
void cabin_value_append(char *all, size_t all_size, const char *word);

/* Text of any of the text types; NULL: it does not fit, or there is no memory. */
const char *cabin_value_text(struct cabin_reader *reader, const struct cabin_schema_key *key,
			     const struct cabin_yaml *node);

#endif
