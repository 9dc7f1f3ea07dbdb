/* What the acting commands share. Single thread. */
#ifndef CABIN_CTL_ACT_H
#define CABIN_CTL_ACT_H

#include <jansson.h>

#include "ctl/command.h"

struct cabin_ctl_remote;

/* Asks on a terminal, unless --yes was given. 0, or an exit status after a complaint. */
int cabin_ctl_confirm(const struct cabin_ctl_options *options, const char *question);

/* One request; `body` is stolen. On success prints `done`, or with --json the answer, and
 * tells when it was not stored. An exit status. */
int cabin_ctl_do(const struct cabin_ctl_options *options, struct cabin_ctl_remote *remote, const char *method,
		 const char *path, json_t *body, const char *done);

#endif
