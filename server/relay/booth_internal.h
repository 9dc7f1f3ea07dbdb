/* What the parts of a booth share: booth.c (seats, microphones, packets),
 * booth_handover.c (its commands), booth_time.c (what is due). */
#ifndef CABIN_RELAY_BOOTH_INTERNAL_H
#define CABIN_RELAY_BOOTH_INTERNAL_H

#include "relay/booth.h"

/* Ends a hand-over that is not done; one that was agreed counts as cancelled. */
void booth_void_handover(struct cabin_booth *booth);
void booth_complete_handover(struct cabin_booth *booth, uint64_t now_ns);
void booth_nobody_on_air(struct cabin_booth *booth);
void booth_free_the_seat(struct cabin_booth *booth, uint8_t number);

#endif
