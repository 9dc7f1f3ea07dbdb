/* What a console keeps between runs, in JSON: $XDG_CONFIG_HOME/cabin/booth.json, else
 * ~/.config/cabin/booth.json. Main's thread. */
#ifndef CABIN_CLIENT_SETTINGS_H
#define CABIN_CLIENT_SETTINGS_H

#include <stddef.h>

#include "base/error.h"
#include "client/console_model.h"

void cabin_booth_settings_default(struct cabin_settings *settings);

/* CABIN_ENOTFOUND: neither variable is set. CABIN_ETOOBIG. */
CABIN_MUST_CHECK int cabin_booth_settings_path(char *out, size_t out_size);

/* Defaults, and over them what the file has; values out of range are brought into it. A
 * file that is not there is no error. CABIN_EFORMAT: not JSON; then the defaults. */
CABIN_MUST_CHECK int cabin_booth_settings_load(struct cabin_settings *out, const char *path);

/* Makes folders; the file is whole or the old one. CABIN_EIO. */
CABIN_MUST_CHECK int cabin_booth_settings_save(const struct cabin_settings *settings, const char *path);

#endif
