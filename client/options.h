/* cabin-booth's command line and environment. Main's thread, at start. */
#ifndef CABIN_CLIENT_OPTIONS_H
#define CABIN_CLIENT_OPTIONS_H

#include <stdio.h>

#include "base/error.h"

enum cabin_booth_command {
	CABIN_BOOTH_RUN,
	CABIN_BOOTH_CHECK,
	CABIN_BOOTH_LIST_DEVICES,
	CABIN_BOOTH_HELP,
	CABIN_BOOTH_VERSION
};

struct cabin_booth_options {
	enum cabin_booth_command command;
	char server[300]; /* empty: none */
	char token[400];  /* never logged */
	const char *input, *output, *api, *jack_server, *name, *language, *ca, *settings, *log, *log_level;
	unsigned seat, packet_ms, shift_minutes; /* 0: not given */
	int trust_any, push_to_talk, no_preflight, no_terminal;
};

/* Everything that is wrong is told on `errors`, one line each: CABIN_EINVAL. A booth's
 * link stands for server and token. `environment`: getenv. */
CABIN_MUST_CHECK int cabin_booth_options_parse(struct cabin_booth_options *out, int argc, char *const *argv,
					       char *(*environment)(const char *name), FILE *errors);
void cabin_booth_options_help(FILE *to);

#endif
