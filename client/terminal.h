/* The terminal: raw keys in, cells out. Plain termios and ANSI sequences (ECMA-48), so
 * that what is shown stays a grid that a test reads; only what changed is written.
 *
 * It never waits for whoever reads the terminal (Ctrl-S, a stalled ssh): such a frame is
 * left out, and the next one is drawn whole. NO_COLOR (https://no-color.org) leaves bold,
 * underline and inverse. One owner, main's thread. */
#ifndef CABIN_CLIENT_TERMINAL_H
#define CABIN_CLIENT_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "client/screen.h"

struct cabin_terminal;

/* Takes standard input and output over. CABIN_EUNSUPPORTED: they are no terminal.
 * CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_terminal_create(struct cabin_terminal **out, bool colour);
void cabin_terminal_destroy(struct cabin_terminal *terminal); /* as it was before; NULL is fine */

void cabin_terminal_size(const struct cabin_terminal *terminal, uint32_t *rows, uint32_t *columns);
void cabin_terminal_show(struct cabin_terminal *terminal, const struct cabin_screen *screen);
void cabin_terminal_bell(struct cabin_terminal *terminal);

/* The bytes that make `after` of `before` (NULL: of anything); returns their count, at
 * most `out_size`. Pure. */
size_t cabin_terminal_difference(char *out, size_t out_size, const struct cabin_screen *before,
				 const struct cabin_screen *after, bool colour);

#endif
