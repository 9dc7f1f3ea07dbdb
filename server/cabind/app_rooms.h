/* The rooms, channels and booths that the hub and the network know: the configuration's,
 * spare ones, and the desk's own (desk/layout.h). Main thread. */
#ifndef CABIN_CABIND_APP_ROOMS_H
#define CABIN_CABIND_APP_ROOMS_H

#include "config/config.h"
#include "desk/layout.h"
#include "net/server.h"
#include "relay/hub.h"

struct cabin_app_rooms;

/* `config` is borrowed for life; its inserts are in it. CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_app_rooms_create(struct cabin_app_rooms **out, const struct cabin_config *config);
void cabin_app_rooms_destroy(struct cabin_app_rooms *rooms);

const struct cabin_desk_layout *cabin_app_rooms_layout(const struct cabin_app_rooms *rooms);

/* Fills in what concerns rooms, channels and booths; the rest stays as it is. What it
 * points at lives as long as `rooms`. */
void cabin_app_rooms_for_server(const struct cabin_app_rooms *rooms, struct cabin_server_config *out);
void cabin_app_rooms_for_hub(const struct cabin_app_rooms *rooms, struct cabin_hub_config *out);

#endif
