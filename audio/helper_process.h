/* The parent's hand on a audio helper: start, log what it says, kill.
 *
 * The helper is this same program (/proc/self/exe) in a process of its own. One
 * owner, one thread. Nothing here waits for a helper's good will; and where not even
 * kill −9 ends it, because it is stuck inside a driver, no other is started beside it. */
#ifndef CABIN_AUDIO_HELPER_PROCESS_H
#define CABIN_AUDIO_HELPER_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

enum { CABIN_HELPER_LINE_BYTES = 400, CABIN_HELPER_ARGUMENTS_MAX = 24 };

struct cabin_helper_process {
	pid_t pid;     /* −1: none */
	pid_t stuck;   /* was killed, lives on: to be reaped when it ends; −1: none */
	int life_fd;   /* the helper exits when it is closed */
	int error_fd;  /* non-blocking; its end means that the helper is gone */
	int output_fd; /* of the device list; −1: none */
	char line[CABIN_HELPER_LINE_BYTES];
	uint32_t line_size;
};

struct cabin_helper_start {
	const char *const *arguments; /* after `--audio`, NULL at the end */
	const char *jack_server;      /* JACK_DEFAULT_SERVER, or NULL: as in this process */
	int shared_fd, event_fd;      /* −1: none */
	bool with_output;
};

/* Before the first start. */
void cabin_helper_process_init(struct cabin_helper_process *process);

/* CABIN_EIO, with a log line; CABIN_EAGAIN while the one before cannot be killed, which
 * was logged then. After an error nothing is left open. `process` has none running. */
CABIN_MUST_CHECK int cabin_helper_process_start(struct cabin_helper_process *process,
						const struct cabin_helper_start *start);

/* Logs whole lines of its standard error: its own at warn, libraries' at debug.
 * Never blocks. False when the helper has closed it, that is when it is gone. */
bool cabin_helper_process_log(struct cabin_helper_process *process, const char *id);

/* kill −9, reap, close; at most 200 ms. One that lives on is kept in mind, and logged
 * with what to do; `id` names its device. Fine when there is none. */
void cabin_helper_process_kill(struct cabin_helper_process *process, const char *id);

#endif
