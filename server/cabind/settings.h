/* From the options to the configuration that runs: command line over environment
 * over file over default. Main thread, at start. */
#ifndef CABIN_CABIND_SETTINGS_H
#define CABIN_CABIND_SETTINGS_H

#include <stdio.h>

#include "cabind/options.h"
#include "config/config.h"

/* Loads the configuration, or the demo's, and lays the options over it; their texts
 * are borrowed for its life. Errors are written to `errors`. */
CABIN_MUST_CHECK int cabin_settings_load(struct cabin_config **out, const struct cabin_options *options, FILE *errors);

/* Writes the path of `name` in the folder that is installed beside the binary,
 * PREFIX/share/cabin. CABIN_EIO, CABIN_ETOOBIG. */
CABIN_MUST_CHECK int cabin_share_path(char *out, size_t out_size, const char *name);

#endif
