/* cabin-booth put together: main's thread owns the session and the model, and everything
 * that it starts; it looks at the terminal or the pipe, at the connection's events and at
 * the clock. */
#ifndef CABIN_CLIENT_APP_H
#define CABIN_CLIENT_APP_H

#include "client/options.h"

/* Runs until the interpreter leaves. 0, or an error after a line on stderr that says what
 * to do. */
int cabin_console_main(const struct cabin_booth_options *options);

#endif
