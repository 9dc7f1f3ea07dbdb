/* The command line of cabind, and the environment behind it: one table row each.
 * Texts are borrowed from both. Main thread. */
#ifndef CABIN_CABIND_OPTIONS_H
#define CABIN_CABIND_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

enum cabin_command {
	CABIN_COMMAND_RUN,
	CABIN_COMMAND_CHECK_CONFIG,
	CABIN_COMMAND_PRINT_CONFIG,
	CABIN_COMMAND_LIST_DEVICES,
	CABIN_COMMAND_HELP,
	CABIN_COMMAND_HELP_CONFIG,
	CABIN_COMMAND_VERSION
};

/* NULL: not given. */
struct cabin_options {
	enum cabin_command command;
	bool demo;
	const char *config; /* the file of --check-config too */
	const char *device, *api, *jack_server;
	const char *listen, *listen_tls;
	const char *tls_cert, *tls_key;
	const char *access_key, *revoked;
	const char *port_file, *tls_port_file;
	const char *web;
	const char *log_level;
	const char *data;			      /* folder */
	const char *first_sequence, *first_timestamp; /* decimal numbers, below 2^63 */
};

/* `environment` is getenv, or a test's. On errors writes a line each to `errors` and
 * returns CABIN_EINVAL. */
CABIN_MUST_CHECK int cabin_options_parse(struct cabin_options *out, int argc, char *const *argv,
					 char *(*environment)(const char *name), FILE *errors);

/* The text of --help. */
void cabin_options_write_help(FILE *to);

#endif
