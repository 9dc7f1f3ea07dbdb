/* The server's life: build everything, run, stop in the reverse order. Main thread. */
#ifndef CABIN_CABIND_APP_H
#define CABIN_CABIND_APP_H

#include "base/error.h"
#include "cabind/options.h"

/* Does what the options say, and returns when it is done: a server after SIGTERM or
 * SIGINT. 0, or an error that was told on stderr. */
CABIN_MUST_CHECK int cabin_app_main(const struct cabin_options *options);

#endif
