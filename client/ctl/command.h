/* The commands of cabinctl: one row each, and what they share. Single thread. */
#ifndef CABIN_CTL_COMMAND_H
#define CABIN_CTL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses. */
enum {
	CABIN_CTL_OK = 0,
	CABIN_CTL_FAILED = 1,	 /* could not be done */
	CABIN_CTL_USAGE = 2,	 /* wrong words */
	CABIN_CTL_UNREACHED = 3, /* the server gave no answer */
	CABIN_CTL_NO_ACCESS = 4, /* the token is not good, or not good for this */
	CABIN_CTL_REFUSED = 5	 /* the server would not: unknown id, cannot be so now */
};

enum { CABIN_CTL_OPERANDS_MAX = 3 };

/* What the words after a command may be; NULL and false where they were not given. */
struct cabin_ctl_options {
	const char *key, *booth, *role, *valid, *server, *list, *remark, *name;
	const char *token_file, *ca, *kind, *subject, *from, *to, *limit, *channel, *source, *gain, *hide, *input, *pin,
	    *languages, *scope, *repeat, *seat, *output;
	bool json, qr, insecure, watch, follow, mute, unmute, lock, unlock, done, yes;
	const char *operands[CABIN_CTL_OPERANDS_MAX]; /* the words that are no options */
};

struct cabin_ctl_command {
	const char *words;    /* "token create", "status" */
	const char *operands; /* what they are called in the help, "SCOPE SUBJECT KEY"; NULL: takes none */
	const char *usage, *help;
	bool remote; /* asks the server: takes the options of cabin_ctl_remote_usage too */
	int (*run)(const struct cabin_ctl_options *options);
};

extern const struct cabin_ctl_command cabin_ctl_commands[];
extern const unsigned cabin_ctl_command_count;
extern const char cabin_ctl_remote_usage[];

struct cabin_ctl_option {
	const char *name;   /* "--key" */
	const char *values; /* for completion: words between spaces, or "FILE"; "": any word. NULL: a flag */
	size_t place;	    /* in struct cabin_ctl_options: of a const char *, or of a bool */
};

extern const struct cabin_ctl_option cabin_ctl_option_rows[];
extern const unsigned cabin_ctl_option_count;

/* True where the command's own usage names the option. */
bool cabin_ctl_takes(const struct cabin_ctl_command *command, const char *option);

/* Reads the words after a command. 0, or CABIN_CTL_USAGE after a complaint. */
int cabin_ctl_read_options(struct cabin_ctl_options *out, const struct cabin_ctl_command *command, int count,
			   char **words);

int cabin_ctl_key_create(const struct cabin_ctl_options *options);
int cabin_ctl_token_create(const struct cabin_ctl_options *options);
int cabin_ctl_token_show(const struct cabin_ctl_options *options);
int cabin_ctl_token_revoke(const struct cabin_ctl_options *options);
int cabin_ctl_status(const struct cabin_ctl_options *options);
int cabin_ctl_channels(const struct cabin_ctl_options *options);
int cabin_ctl_levels(const struct cabin_ctl_options *options);
int cabin_ctl_listeners(const struct cabin_ctl_options *options);
int cabin_ctl_alarms(const struct cabin_ctl_options *options);
int cabin_ctl_calls(const struct cabin_ctl_options *options);
int cabin_ctl_log(const struct cabin_ctl_options *options);
int cabin_ctl_minutes(const struct cabin_ctl_options *options);
int cabin_ctl_alarm_acknowledge(const struct cabin_ctl_options *options);
int cabin_ctl_channel_set(const struct cabin_ctl_options *options);
int cabin_ctl_room_set(const struct cabin_ctl_options *options);
int cabin_ctl_room_add(const struct cabin_ctl_options *options);
int cabin_ctl_room_remove(const struct cabin_ctl_options *options);
int cabin_ctl_announce(const struct cabin_ctl_options *options);
int cabin_ctl_announce_stop(const struct cabin_ctl_options *options);
int cabin_ctl_talkback_status(const struct cabin_ctl_options *options);
int cabin_ctl_talkback_stop(const struct cabin_ctl_options *options);
int cabin_ctl_call_answer(const struct cabin_ctl_options *options);
int cabin_ctl_changes(const struct cabin_ctl_options *options);
int cabin_ctl_changes_undo(const struct cabin_ctl_options *options);
int cabin_ctl_config_export(const struct cabin_ctl_options *options);
int cabin_ctl_completion(const struct cabin_ctl_options *options);

/* The whole program. */
int cabin_ctl_main(int argc, char **argv);

/* "90m", "12h", "3d", "2w": seconds; 0: not a time between a minute and two years. */
int64_t cabin_ctl_seconds(const char *text);

/* Tells on stderr, with the program's name before it; returns `status`. */
__attribute__((format(printf, 2, 3))) int cabin_ctl_complain(int status, const char *format, ...);

/* Prints a QR code of half blocks, dark on light whatever the terminal's colours. */
int cabin_ctl_print_qr(const char *text);

#endif
