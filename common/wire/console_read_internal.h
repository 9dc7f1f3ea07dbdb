/* Between control_read.c, which parses the JSON, and console_read.c. */
#ifndef CABIN_WIRE_CONSOLE_READ_INTERNAL_H
#define CABIN_WIRE_CONSOLE_READ_INTERNAL_H

#include <jansson.h>

#include "base/error.h"
#include "wire/console_read.h"

/* CABIN_EFORMAT: no request of a console. */
CABIN_MUST_CHECK int cabin_console_read(struct cabin_console_request *out, const json_t *root);

#endif
