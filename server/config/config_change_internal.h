/* What the parts of config_change share. */
#ifndef CABIN_CONFIG_CHANGE_INTERNAL_H
#define CABIN_CONFIG_CHANGE_INTERNAL_H

#include "config/config_change.h"
#include "config/config_sections.h"

/* Writes why into `refusal`, and returns `code`. */
int cabin_config_refuse(struct cabin_config_refusal *refusal, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Lower-case letters, digits and hyphens, not a hyphen first, 1 to 63 bytes. */
bool cabin_config_id_valid(const char *id);

/* A configured source, which an insert is not. NULL: CABIN_INDEX_NONE. CABIN_EINVAL. */
CABIN_MUST_CHECK int cabin_config_find_input(const struct cabin_config *config, const char *id, uint16_t *out,
					     struct cabin_config_refusal *refusal);

/* Each text is one that the file could hold. CABIN_EINVAL. */
CABIN_MUST_CHECK int cabin_config_check_name(const struct cabin_text *name, struct cabin_config_refusal *refusal);

#endif
