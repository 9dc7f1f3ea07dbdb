#include "ctl/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char cabin_ctl_remote_usage[] = "[--server URL] [--token-file FILE] [--ca FILE | --insecure]";

#define FOR_SERVER true
#define LOCAL	   false

const struct cabin_ctl_command cabin_ctl_commands[] = {
    {"key create", "FILE", "",
     "make the event's key pair: FILE, which makes tokens and is kept safe, and FILE.pub, "
     "which the server gets (access.key)",
     LOCAL, cabin_ctl_key_create},
    {"token create", NULL,
     "--key FILE (--booth ID | --role technician | --role observer) [--name NAME] [--valid 3d] [--server URL] [--qr] "
     "[--json]",
     "make a token: its id, its end, itself, and with --server the link that opens the console or the desk", LOCAL,
     cabin_ctl_token_create},
    {"token show", "TOKEN", "[--json]", "tell what a token says; whether it is genuine is for the server to tell",
     LOCAL, cabin_ctl_token_show},
    {"token revoke", "ID|TOKEN", "--list FILE [--remark TEXT]",
     "add a token to the server's list of revoked ones (access.revoked); it counts within a second", LOCAL,
     cabin_ctl_token_revoke},

    {"status", NULL, "[--json]", "the server, its rooms, what is on, how many alarms", FOR_SERVER, cabin_ctl_status},
    {"channels", NULL, "[--json]", "every channel: what feeds it, who is on air, gain, listeners", FOR_SERVER,
     cabin_ctl_channels},
    {"levels", NULL, "[--watch] [--json]", "level and loudness of every input, seat and channel", FOR_SERVER,
     cabin_ctl_levels},
    {"listeners", NULL, "[--json]", "listeners of each channel, their delay, and the worst ten", FOR_SERVER,
     cabin_ctl_listeners},
    {"alarms", NULL, "[--json]", "the alarms that are raised", FOR_SERVER, cabin_ctl_alarms},
    {"alarm acknowledge", "ID", "[--json]", "say that you have seen an alarm", FOR_SERVER, cabin_ctl_alarm_acknowledge},
    {"calls", NULL, "[--json]", "interpreters who call the technician", FOR_SERVER, cabin_ctl_calls},
    {"call answer", "BOOTH", "--seat N [--done] [--json]", "answer an interpreter's call: seen, or with --done, done",
     FOR_SERVER, cabin_ctl_call_answer},
    {"log", NULL, "[--follow] [--kind KIND] [--subject ID] [--from TIME] [--to TIME] [--limit N] [--json]",
     "what happened, the newest last; TIME is RFC 3339, or so long ago: 90m, 12h", FOR_SERVER, cabin_ctl_log},
    {"minutes", NULL, "[--channel ID] [--from TIME] [--to TIME] [--json]", "figures of each minute and channel",
     FOR_SERVER, cabin_ctl_minutes},
    {"channel set", "ID",
     "[--source SOURCE] [--gain DB] [--mute | --unmute] [--hide never|idle|always] [--yes] [--json]",
     "change a channel; SOURCE: auto, silence, floor, tone, identification, channel:ID, input:ID", FOR_SERVER,
     cabin_ctl_channel_set},
    {"room set", "ID", "[--input ID] [--lock] [--pin DIGITS] [--unlock] [--yes] [--json]",
     "move a room to another input (configured: back), close it to listeners without the PIN, open it", FOR_SERVER,
     cabin_ctl_room_set},
    {"room add", "ID", "--name TEXT --languages vi,fr [--input ID] [--json]", "set up a small room during the event",
     FOR_SERVER, cabin_ctl_room_add},
    {"room remove", "ID", "[--yes] [--json]", "give up a room that was added", FOR_SERVER, cabin_ctl_room_remove},
    {"announce stop", NULL, "[--json]", "end the announcement", FOR_SERVER, cabin_ctl_announce_stop},
    {"announce", "ID", "--scope event|ROOM [--repeat N] [--yes] [--json]",
     "a recorded announcement to all channels of the event, or of a room", FOR_SERVER, cabin_ctl_announce},
    {"talkback status", NULL, "[--json]", "which booths hear the technician's microphone", FOR_SERVER,
     cabin_ctl_talkback_status},
    {"talkback stop", NULL, "[--json]", "close it; it is opened at the desk, where the microphone is", FOR_SERVER,
     cabin_ctl_talkback_stop},
    {"changes", NULL, "[--json]", "settings that differ from the configuration file", FOR_SERVER, cabin_ctl_changes},
    {"changes undo", "SCOPE SUBJECT KEY", "[--yes] [--json]", "take one back, named as `changes` names it", FOR_SERVER,
     cabin_ctl_changes_undo},
    {"config export", NULL, "[--output FILE]", "the configuration with the changes in it, as YAML", FOR_SERVER,
     cabin_ctl_config_export},
    {"completion", "bash|zsh|fish", "", "what makes a shell complete these words; source it", LOCAL,
     cabin_ctl_completion},
};
const unsigned cabin_ctl_command_count = sizeof(cabin_ctl_commands) / sizeof(cabin_ctl_commands[0]);

int cabin_ctl_complain(int status, const char *format, ...)
{
	va_list arguments;
	fflush(stdout);
	fputs("cabinctl: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return status;
}

static void print_command(FILE *to, const struct cabin_ctl_command *command)
{
	fprintf(to, "  %s%s%s%s%s\n      %s\n", command->words, command->operands ? " " : "",
		command->operands ? command->operands : "", *command->usage ? " " : "", command->usage, command->help);
}

static void print_remote_help(FILE *to)
{
	fprintf(to,
		"\nCommands that ask the server take %s;\n"
		"the environment's CABIN_SERVER, and CABIN_TOKEN (the token itself), stand in for the first two.\n",
		cabin_ctl_remote_usage);
}

static void print_help(FILE *to)
{
	fputs("usage: cabinctl COMMAND [OPTIONS]\n\nKeys and tokens:\n", to);
	for (unsigned i = 0; i < cabin_ctl_command_count; i++) {
		if (i > 0 && cabin_ctl_commands[i].remote && !cabin_ctl_commands[i - 1].remote)
			fputs("\nA server that runs:\n", to);
		if (i > 0 && !cabin_ctl_commands[i].remote && cabin_ctl_commands[i - 1].remote)
			fputs("\nThe shell:\n", to);
		print_command(to, &cabin_ctl_commands[i]);
	}
	print_remote_help(to);
	fputs("\nStatus: 0 done, 1 could not be done, 2 wrong words, 3 the server gave no answer,\n"
	      "4 the token is not good for this, 5 the server refused.\n",
	      to);
}

/* How many of the first words are the command's; 0: it is another one. */
static int match(const struct cabin_ctl_command *command, int count, char **words)
{
	const char *rest = command->words;
	for (int i = 0; i < count; i++) {
		size_t size = strcspn(rest, " ");
		if (strlen(words[i]) != size || memcmp(words[i], rest, size) != 0)
			return 0;
		if (!rest[size])
			return i + 1;
		rest += size + 1;
	}
	return 0;
}

/* The one with most words: `announce stop` before `announce`. */
static const struct cabin_ctl_command *find(int count, char **words, int *taken)
{
	const struct cabin_ctl_command *found = NULL;
	*taken = 0;
	for (unsigned i = 0; i < cabin_ctl_command_count; i++) {
		int words_taken = match(&cabin_ctl_commands[i], count, words);
		if (words_taken > *taken) {
			*taken = words_taken;
			found = &cabin_ctl_commands[i];
		}
	}
	return found;
}

int cabin_ctl_main(int argc, char **argv)
{
	struct cabin_ctl_options options;
	int taken;
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)) {
		print_help(stdout);
		return CABIN_CTL_OK;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("cabinctl " CABIN_VERSION);
		return CABIN_CTL_OK;
	}
	const struct cabin_ctl_command *command = find(argc - 1, argv + 1, &taken);
	if (!command) {
		print_help(stderr);
		if (argc > 1)
			return cabin_ctl_complain(CABIN_CTL_USAGE, "no command '%s%s%s'", argv[1], argc > 2 ? " " : "",
						  argc > 2 ? argv[2] : "");
		return CABIN_CTL_USAGE;
	}
	if (argc == taken + 2 && strcmp(argv[taken + 1], "--help") == 0) {
		fputs("usage: cabinctl\n", stdout);
		print_command(stdout, command);
		if (command->remote)
			print_remote_help(stdout);
		return CABIN_CTL_OK;
	}
	int status = cabin_ctl_read_options(&options, command, argc - 1 - taken, argv + 1 + taken);
	if (status == 0)
		status = command->run(&options);
	if (fflush(stdout) != 0 || ferror(stdout))
		return cabin_ctl_complain(CABIN_CTL_FAILED, "the output cannot be written");
	return status;
}
