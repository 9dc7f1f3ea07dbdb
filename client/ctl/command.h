/* The commands of cabinctl: one row each, and what they share. Single thread. */
#ifndef CABIN_CTL_COMMAND_H
#define CABIN_CTL_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

/* Exit statuses. */
enum { CABIN_CTL_OK = 0, CABIN_CTL_FAILED = 1, CABIN_CTL_USAGE = 2 };

/* What the words after a command may be; NULL and false where they were not given. */
struct cabin_ctl_options {
	const char *key, *booth, *role, *valid, *server, *list, *remark, *name;
	bool json, qr;
	const char *operand; /* the one word that is no option */
};

struct cabin_ctl_command {
	const char *group, *verb; /* "token", "create" */
	const char *operand;	  /* what it is called in the help; NULL: takes none */
	const char *usage, *help;
	int (*run)(const struct cabin_ctl_options *options);
};

extern const struct cabin_ctl_command cabin_ctl_commands[];
extern const unsigned cabin_ctl_command_count;

int cabin_ctl_key_create(const struct cabin_ctl_options *options);
int cabin_ctl_token_create(const struct cabin_ctl_options *options);
int cabin_ctl_token_show(const struct cabin_ctl_options *options);
int cabin_ctl_token_revoke(const struct cabin_ctl_options *options);

/* The whole program. */
int cabin_ctl_main(int argc, char **argv);

/* "90m", "12h", "3d", "2w": seconds; 0: not a time between a minute and two years. */
int64_t cabin_ctl_seconds(const char *text);

/* Tells on stderr, with the program's name before it; returns `status`. */
__attribute__((format(printf, 2, 3))) int cabin_ctl_complain(int status, const char *format, ...);

/* Prints a QR code of half blocks, dark on light whatever the terminal's colours. */
int cabin_ctl_print_qr(const char *text);

#endif
