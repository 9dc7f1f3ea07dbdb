/* What the server says because of the technician's desk: JSON text, docs/protocol.md,
 * sections 4 and 13. Each writes one message into the caller's buffer, ends it with NUL
 * and returns its length without it; CABIN_ETOOBIG when `out_size` is too small:
 * CABIN_STATE_MAX_BYTES + 1 is enough. Pure; any thread. */
#ifndef CABIN_WIRE_DESK_WRITE_H
#define CABIN_WIRE_DESK_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* `joined` of an observer. */
CABIN_MUST_CHECK int cabin_desk_write_joined_observer(char *out, size_t out_size);

/* `event`: the event's description is another now. `revision`: what tells it from the one before. */
CABIN_MUST_CHECK int cabin_desk_write_event(char *out, size_t out_size, const char *revision);

/* `talkback`: from now on (or no more) channel number `channel` comes beside the others. */
CABIN_MUST_CHECK int cabin_desk_write_talkback(char *out, size_t out_size, bool on, uint16_t channel);

#endif
