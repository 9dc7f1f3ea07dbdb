/* A running server's /api/v1, by HTTP or HTTPS (libcurl). What goes wrong is complained
 * about here, with what to do, and told by an exit status. Single thread. */
#ifndef CABIN_CTL_REMOTE_H
#define CABIN_CTL_REMOTE_H

#include <jansson.h>
#include <stddef.h>

#include "ctl/command.h"

struct cabin_ctl_remote;

/* Server and token as the options say, else the environment. An exit status. */
int cabin_ctl_remote_open(struct cabin_ctl_remote **out, const struct cabin_ctl_options *options);
void cabin_ctl_remote_close(struct cabin_ctl_remote *remote);

/* One request, `path` after /api/v1, percent-encoded; `body` is stolen, NULL: none. On
 * CABIN_CTL_OK `*text` (may be NULL) is the answer as it came, ended by NUL, to be freed. */
int cabin_ctl_remote_ask(struct cabin_ctl_remote *remote, const char *method, const char *path, json_t *body,
			 char **text);

/* The same, of an answer that is a JSON object: `*out` is a new reference. */
int cabin_ctl_remote_json(struct cabin_ctl_remote *remote, const char *method, const char *path, json_t *body,
			  json_t **out);

/* Opens, asks, shows, closes: `show` gets each answer (NULL: nothing is shown); with
 * --json the answer is printed as it came instead. An exit status. */
int cabin_ctl_remote_show(const struct cabin_ctl_options *options, const char *path,
			  int (*show)(struct cabin_ctl_remote *remote, json_t *answer));

/* Adds "?name=value" or "&name=value" with the value encoded, if it is not NULL. False: it does not fit. */
bool cabin_ctl_add_query(char *path, size_t path_size, const char *name, const char *value);
/* Adds "/segment", encoded. False: it does not fit. */
bool cabin_ctl_add_segment(char *path, size_t path_size, const char *segment);

/* A member's text, NULL where it is null, missing or no text. Borrowed. */
const char *cabin_ctl_text(const json_t *object, const char *name);
/* A member's number; `otherwise` where it is none. */
double cabin_ctl_number(const json_t *object, const char *name, double otherwise);

#endif
