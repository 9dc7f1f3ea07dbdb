/* What requests do: handlers, and how they read and answer. The desk's thread. */
#ifndef CABIN_DESK_API_H
#define CABIN_DESK_API_H

#include "desk/desk_internal.h"

/* Answers the request, at once or by the store. `parts`: what stood for each "*" of the path. */
typedef void desk_handler(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[]);

/* api.c */
desk_handler desk_get_log, desk_get_minutes;

/* The body as an object with no key that is not in `keys` (ends with NULL); NULL: it was
 * answered. The caller's to free. */
json_t *desk_body(struct cabin_desk *desk, const struct cabin_api_request *request, const char *const *keys);

/* read.c */
desk_handler desk_get_desk, desk_get_audience, desk_get_levels, desk_get_alarms, desk_get_changes, desk_get_config,
    desk_get_openapi;

/* settings.c */
desk_handler desk_patch_channel, desk_patch_room, desk_add_room, desk_remove_room, desk_undo;

/* talk.c */
desk_handler desk_announce, desk_end_announcement, desk_begin_talkback, desk_end_talkback, desk_begin_probe,
    desk_answer_call, desk_acknowledge;

#endif
