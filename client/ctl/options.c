#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/command.h"

#define PLACE(field) offsetof(struct cabin_ctl_options, field)

const struct cabin_ctl_option cabin_ctl_option_rows[] = {
    {"--key", "FILE", PLACE(key)},
    {"--booth", "", PLACE(booth)},
    {"--role", "booth technician observer", PLACE(role)},
    {"--valid", "12h 1d 3d 1w", PLACE(valid)},
    {"--server", "", PLACE(server)},
    {"--list", "FILE", PLACE(list)},
    {"--remark", "", PLACE(remark)},
    {"--name", "", PLACE(name)},
    {"--token-file", "FILE", PLACE(token_file)},
    {"--ca", "FILE", PLACE(ca)},
    {"--kind", "", PLACE(kind)},
    {"--subject", "", PLACE(subject)},
    {"--from", "", PLACE(from)},
    {"--to", "", PLACE(to)},
    {"--limit", "", PLACE(limit)},
    {"--channel", "", PLACE(channel)},
    {"--source", "auto silence floor tone identification channel: input:", PLACE(source)},
    {"--gain", "", PLACE(gain)},
    {"--hide", "never idle always", PLACE(hide)},
    {"--input", "configured", PLACE(input)},
    {"--pin", "", PLACE(pin)},
    {"--languages", "vi,fr vi,en fr,en vi,fr,en", PLACE(languages)},
    {"--scope", "event", PLACE(scope)},
    {"--repeat", "1 2 3", PLACE(repeat)},
    {"--seat", "1 2 3", PLACE(seat)},
    {"--output", "FILE", PLACE(output)},
    {"--json", NULL, PLACE(json)},
    {"--qr", NULL, PLACE(qr)},
    {"--insecure", NULL, PLACE(insecure)},
    {"--watch", NULL, PLACE(watch)},
    {"--follow", NULL, PLACE(follow)},
    {"--mute", NULL, PLACE(mute)},
    {"--unmute", NULL, PLACE(unmute)},
    {"--lock", NULL, PLACE(lock)},
    {"--unlock", NULL, PLACE(unlock)},
    {"--done", NULL, PLACE(done)},
    {"--yes", NULL, PLACE(yes)},
};
const unsigned cabin_ctl_option_count = sizeof(cabin_ctl_option_rows) / sizeof(cabin_ctl_option_rows[0]);

static bool names(const char *usage, const char *option)
{
	size_t size = strlen(option);
	for (const char *at = strstr(usage, option); at; at = strstr(at + size, option))
		if (strchr(" ])", at[size])) /* or the end */
			return true;
	return false;
}

bool cabin_ctl_takes(const struct cabin_ctl_command *command, const char *option)
{
	return names(command->usage, option) || (command->remote && names(cabin_ctl_remote_usage, option));
}

static const struct cabin_ctl_option *find(const char *name)
{
	for (unsigned i = 0; i < cabin_ctl_option_count; i++)
		if (strcmp(cabin_ctl_option_rows[i].name, name) == 0)
			return &cabin_ctl_option_rows[i];
	return NULL;
}

static unsigned operand_count(const struct cabin_ctl_command *command)
{
	unsigned count = command->operands ? 1 : 0;
	for (const char *at = command->operands; at && *at; at++)
		count += *at == ' ';
	return count;
}

/* One option, or one operand. Sets how many words that were. */
static int read_one(struct cabin_ctl_options *options, const struct cabin_ctl_command *command, char **words, int count,
		    unsigned *operands, int *taken)
{
	*taken = 1;
	if (words[0][0] != '-' || !words[0][1]) {
		if (*operands == operand_count(command))
			return cabin_ctl_complain(CABIN_CTL_USAGE, "'%s' is one word too many; cabinctl %s --help",
						  words[0], command->words);
		options->operands[(*operands)++] = words[0];
		return 0;
	}
	const struct cabin_ctl_option *option = find(words[0]);
	if (!option || !cabin_ctl_takes(command, words[0]))
		return cabin_ctl_complain(CABIN_CTL_USAGE, "%s knows no option '%s'; cabinctl %s --help",
					  command->words, words[0], command->words);
	if (!option->values) {
		*(bool *)((char *)options + option->place) = true;
		return 0;
	}
	if (count < 2 || !words[1][0])
		return cabin_ctl_complain(CABIN_CTL_USAGE, "%s needs a value", words[0]);
	*(const char **)((char *)options + option->place) = words[1];
	*taken = 2;
	return 0;
}

int cabin_ctl_read_options(struct cabin_ctl_options *out, const struct cabin_ctl_command *command, int count,
			   char **words)
{
	unsigned operands = 0;
	*out = (struct cabin_ctl_options){0};
	for (int i = 0, taken = 0; i < count; i += taken) {
		int status = read_one(out, command, words + i, count - i, &operands, &taken);
		if (status != 0)
			return status;
	}
	if (operands < operand_count(command))
		return cabin_ctl_complain(CABIN_CTL_USAGE, "%s needs %s", command->words, command->operands);
	return 0;
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
