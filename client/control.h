/* The console without a terminal: one command a line in, the model's state out as
 * logfmt. It drives the same model as the keys. Pure; main's thread.
 *
 *   mic on|off|take            cough on|off             output a|b [take]
 *   handover offer|ask|accept|decline|cancel [SEAT]     listen floor|CHANNEL
 *   idle CHANNEL pass-through|silence|channel [FROM]    monitor on|off
 *   volume|bass|treble|monitor-level DB                 sensitivity DB_SPL (0: none)
 *   signal slow-down|louder|cannot-hear on|off          call on|off
 *   message partner|room|technician canned WORD         message … text TEXT
 *   echo on|off                tone on|off              key NAME [released]
 *   quit
 *
 * CHANNEL and FROM are ids of /api/v1/event ("plenary.vi"). */
#ifndef CABIN_CLIENT_CONTROL_H
#define CABIN_CLIENT_CONTROL_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "client/console_model.h"

/* CABIN_EINVAL: not a command. */
CABIN_MUST_CHECK int cabin_control_line(struct cabin_console_model *model, const char *line, uint64_t now_ns);

/* "state …": what changes with an event; written anew when it is another than before. */
void cabin_control_state(const struct cabin_console_model *model, char *out, size_t out_size);

/* "figures …": what changes all the time; once a second. */
void cabin_control_figures(const struct cabin_console_model *model, char *out, size_t out_size);

#endif
