/* Shared by app.c (life, loop, screen) and app_server.c (what the connection says, what
 * the model wants). Nobody else includes it. */
#ifndef CABIN_CLIENT_APP_INTERNAL_H
#define CABIN_CLIENT_APP_INTERNAL_H

#include "audio/device.h"
#include "client/app.h"
#include "client/connection.h"
#include "client/console_model.h"
#include "client/downlink.h"
#include "client/keys.h"
#include "client/player.h"
#include "client/screen.h"
#include "client/terminal.h"
#include "client/uplink.h"

enum { CABIN_BOOTH_PATH_BYTES = 4096 };

struct cabin_booth_app {
	const struct cabin_booth_options *options;
	struct cabin_clock clock;
	struct cabin_session session;
	struct cabin_console_model model;
	struct cabin_audio_device input, output;
	struct cabin_inbox *events;
	int wake_fd, signal_fd;
	int stop_fd; /* readable: nobody waits for a device any more */
	struct cabin_connection *connection;
	struct cabin_uplink *uplink;
	struct cabin_downlink *downlink;
	struct cabin_player *player;
	struct cabin_terminal *terminal; /* NULL: the pipe */
	struct cabin_key_reader keys;
	struct cabin_screen screen;
	char settings_path[CABIN_BOOTH_PATH_BYTES]; /* empty: not kept */

	uint32_t generation; /* of the connection; 0: none */
	bool seat_lost;	     /* its resume key is of no use any more */
	uint64_t join_again_ns, report_ns;
	struct cabin_server_event refusal; /* the newest `error` before joined */
	bool test_tone;
	bool quits;
	bool failed;
	char line[512]; /* of the pipe, not whole yet */
	size_t line_size;
	char state[1024]; /* last written to the pipe */
	uint64_t figures_ns;
};

uint64_t cabin_console_now_ns(const struct cabin_booth_app *app);

/* app_server.c */
void cabin_console_events(struct cabin_booth_app *app);
void cabin_console_commands(struct cabin_booth_app *app);
void cabin_console_tick(struct cabin_booth_app *app);
void cabin_console_set_sound(struct cabin_booth_app *app);

#endif
