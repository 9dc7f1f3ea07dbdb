#include "ctl/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct cabin_ctl_command cabin_ctl_commands[] = {
    {"key", "create", "FILE", "",
     "make the event's key pair: FILE, which makes tokens and is kept safe, and FILE.pub, "
     "which the server gets (access.key)",
     cabin_ctl_key_create},
    {"token", "create", NULL,
     "--key FILE (--booth ID | --role technician | --role observer) [--name NAME] [--valid 3d] [--server URL] [--qr] "
     "[--json]",
     "make a token: its id, its end, itself, and with --server the link that opens the console or the desk",
     cabin_ctl_token_create},
    {"token", "show", "TOKEN", "[--json]", "tell what a token says; whether it is genuine is for the server to tell",
     cabin_ctl_token_show},
    {"token", "revoke", "ID|TOKEN", "--list FILE [--remark TEXT]",
     "add a token to the server's list of revoked ones (access.revoked); it counts within a second",
     cabin_ctl_token_revoke},
};
const unsigned cabin_ctl_command_count = sizeof(cabin_ctl_commands) / sizeof(cabin_ctl_commands[0]);

int cabin_ctl_complain(int status, const char *format, ...)
{
	va_list arguments;
	fputs("cabinctl: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return status;
}

static void print_help(FILE *to)
{
	fputs("usage: cabinctl COMMAND [OPTIONS]\n\n", to);
	for (unsigned i = 0; i < cabin_ctl_command_count; i++) {
		const struct cabin_ctl_command *command = &cabin_ctl_commands[i];
		fprintf(to, "  %s %s%s%s%s%s\n      %s\n", command->group, command->verb, command->operand ? " " : "",
			command->operand ? command->operand : "", *command->usage ? " " : "", command->usage,
			command->help);
	}
	fputs("\nStatus: 0 done, 1 could not be done, 2 wrong words.\n", to);
}

/* The place of an option that takes a value; NULL: there is no such option. */
static const char **value_of(struct cabin_ctl_options *options, const char *name)
{
	const struct {
		const char *name;
		const char **place;
	} known[] = {{"--key", &options->key},	     {"--booth", &options->booth},   {"--role", &options->role},
		     {"--valid", &options->valid},   {"--server", &options->server}, {"--list", &options->list},
		     {"--remark", &options->remark}, {"--name", &options->name}};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].place;
	return NULL;
}

/* True where the command's own usage names the option. */
static bool takes(const struct cabin_ctl_command *command, const char *name)
{
	const char *found = strstr(command->usage, name);
	return found && strchr(" ])", found[strlen(name)]);
}

static int read_option(const struct cabin_ctl_command *command, struct cabin_ctl_options *options, char **words,
		       int count, int *taken)
{
	const char **place = value_of(options, words[0]);
	*taken = 1;
	if (words[0][0] != '-' || !words[0][1]) {
		if (!command->operand || options->operand)
			return cabin_ctl_complain(CABIN_CTL_USAGE, "'%s' is one word too many; cabinctl --help",
						  words[0]);
		options->operand = words[0];
		return 0;
	}
	if (!takes(command, words[0]))
		return cabin_ctl_complain(CABIN_CTL_USAGE, "%s %s knows no option '%s'; cabinctl --help",
					  command->group, command->verb, words[0]);
	if (!place) {
		*(strcmp(words[0], "--json") == 0 ? &options->json : &options->qr) = true;
		return 0;
	}
	if (count < 2 || !words[1][0])
		return cabin_ctl_complain(CABIN_CTL_USAGE, "%s needs a value", words[0]);
	*place = words[1];
	*taken = 2;
	return 0;
}

static int run(const struct cabin_ctl_command *command, int count, char **words)
{
	struct cabin_ctl_options options = {0};
	for (int i = 0, taken = 0; i < count; i += taken) {
		int status = read_option(command, &options, words + i, count - i, &taken);
		if (status != 0)
			return status;
	}
	if (command->operand && !options.operand)
		return cabin_ctl_complain(CABIN_CTL_USAGE, "%s %s needs %s", command->group, command->verb,
					  command->operand);
	return command->run(&options);
}

int cabin_ctl_main(int argc, char **argv)
{
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)) {
		print_help(stdout);
		return CABIN_CTL_OK;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("cabinctl " CABIN_VERSION);
		return CABIN_CTL_OK;
	}
	for (unsigned i = 0; argc >= 3 && i < cabin_ctl_command_count; i++)
		if (strcmp(argv[1], cabin_ctl_commands[i].group) == 0 &&
		    strcmp(argv[2], cabin_ctl_commands[i].verb) == 0)
			return run(&cabin_ctl_commands[i], argc - 3, argv + 3);
	print_help(stderr);
	if (argc > 1)
		return cabin_ctl_complain(CABIN_CTL_USAGE, "no command '%s%s%s'", argv[1], argc > 2 ? " " : "",
					  argc > 2 ? argv[2] : "");
	return CABIN_CTL_USAGE;
}

int64_t cabin_ctl_seconds(const char *text)
{
	enum { LEAST = 60, MOST = 2 * 366 * 86400 };
	char *end;
	if (*text < '0' || *text > '9')
		return 0;
	unsigned long count = strtoul(text, &end, 10);
	int64_t unit = *end == 'm' ? 60 : *end == 'h' ? 3600 : *end == 'd' ? 86400 : *end == 'w' ? 7 * 86400 : 0;
	if (unit == 0 || end[1] || count > MOST)
		return 0;
	int64_t seconds = (int64_t)count * unit;
	return seconds >= LEAST && seconds <= MOST ? seconds : 0;
}
