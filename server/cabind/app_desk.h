/* The desk, put together: its folder and database, and what it knows the network by.
 * Main thread. */
#ifndef CABIN_CABIND_APP_DESK_H
#define CABIN_CABIND_APP_DESK_H

#include <limits.h>

#include "desk/desk.h"
#include "net/server.h"
#include "store/store.h"

/* Where the database is: `configured` (made when it is not there), or a temporary folder
 * when that is NULL. */
struct cabin_app_data {
	char folder[PATH_MAX];
	bool temporary;
	struct cabin_store *store; /* NULL: nothing is kept; logged */
};

/* A folder that cannot be made or written is no reason to be silent in the hall: the server
 * runs without it, and says so in its log and by an alarm. CABIN_EUNSUPPORTED: the file is
 * of a newer Cabin, or of another program, and is left alone. */
CABIN_MUST_CHECK int cabin_app_data_open(struct cabin_app_data *data, const char *configured, struct cabin_clock clock);
void cabin_app_data_close(struct cabin_app_data *data); /* a temporary folder goes with it */

/* The network's functions for the desk; `server` is its context. */
struct cabin_desk_network cabin_app_desk_network(struct cabin_server *server);

#endif
