/* The configuration's rooms and booths, as the hub and the network want them. Main
 * thread. */
#ifndef CABIN_CABIND_APP_BOOTHS_H
#define CABIN_CABIND_APP_BOOTHS_H

#include "config/config.h"
#include "net/server.h"
#include "relay/hub.h"

struct cabin_app_booths;

/* `config` is borrowed for life. CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_app_booths_create(struct cabin_app_booths **out, const struct cabin_config *config);
void cabin_app_booths_destroy(struct cabin_app_booths *booths);

/* Fills in what concerns rooms and booths; the rest stays as it is. What it points at
 * lives as long as `booths`. */
void cabin_app_booths_for_server(const struct cabin_app_booths *booths, struct cabin_server_config *out);
void cabin_app_booths_for_hub(const struct cabin_app_booths *booths, struct cabin_hub_config *out);

#endif
