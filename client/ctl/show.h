/* How the server's words are shown to people. Single thread. */
#ifndef CABIN_CTL_SHOW_H
#define CABIN_CTL_SHOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { CABIN_CTL_TIME_BYTES = 32, CABIN_CTL_LABEL_BYTES = 128 };

/* RFC 3339 as the machine's own time, "2027-03-02 08:30:00"; what is none stays as it is. Returns `out`. */
const char *cabin_ctl_local_time(char out[CABIN_CTL_TIME_BYTES], const char *rfc3339);

/* The same, of a moment now or so long ago ("90m") or RFC 3339, as the server wants it. False: neither. */
bool cabin_ctl_moment(char out[CABIN_CTL_TIME_BYTES], const char *text);

/* The text of {"vi","fr","en"} in the terminal's language (LANG …), else English. Borrowed, or NULL. */
const char *cabin_ctl_local_name(const json_t *names);

/* Id of a channel's number, by an answer of /desk (may be NULL); else the number. Returns `out`. */
const char *cabin_ctl_channel_id(char out[CABIN_CTL_LABEL_BYTES], const json_t *desk, const json_t *number);

/* An id's object in a list, by the member `name`; NULL: there is none. Borrowed. */
const json_t *cabin_ctl_find(const json_t *list, const char *name, const char *id);

#endif
