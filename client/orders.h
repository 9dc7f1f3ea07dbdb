/* Commands of the model → messages of docs/protocol.md. Pure; any thread. */
#ifndef CABIN_CLIENT_ORDERS_H
#define CABIN_CLIENT_ORDERS_H

#include <stddef.h>

#include "base/error.h"
#include "client/console_model.h"

struct cabin_join {
	const char *token, *name, *resume; /* NULL or empty: none */
	uint8_t seat;			   /* 0: any */
	bool mic;
};

/* Each writes one message, NUL-ended, and returns its length; CABIN_ETOOBIG. 0: this
 * command is no message. */
CABIN_MUST_CHECK int cabin_order_join(char *out, size_t out_size, const struct cabin_join *join);
CABIN_MUST_CHECK int cabin_order_command(char *out, size_t out_size, const struct cabin_command *command);

#endif
