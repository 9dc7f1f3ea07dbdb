/* Between ws_console.c (who a console is, and whom it is told of) and
 * ws_console_command.c (what it asks of the hub). Nobody else includes this. The loop's
 * thread. */
#ifndef CABIN_NET_WS_CONSOLE_INTERNAL_H
#define CABIN_NET_WS_CONSOLE_INTERNAL_H

#include "net/ws_console.h"
#include "relay/console.h"

struct cabin_console_command ws_console_command_of(const struct cabin_ws_console *console,
						   enum cabin_console_command_kind kind);

/* A packet that holds `text`; NULL: the pool is empty. */
struct cabin_packet *ws_console_text(struct cabin_loop *loop, const char *text);

/* CABIN_INDEX_NONE: no booth has this id. */
uint16_t ws_console_booth_index(const struct cabin_loop *loop, const char *id);

/* The command that a request is; false: there is none to tell, and if it was the
 * request's fault that has been said. */
bool ws_console_fill(struct cabin_ws_listener *listener, const struct cabin_console_request *request,
		     struct cabin_console_command *command);

#endif
