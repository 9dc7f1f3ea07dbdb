/* What makes bash, zsh and fish complete cabinctl's words: written from the tables of
 * commands and options, so that neither is ever told twice. */
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"

static const char function_begin_bash[] =
    "# bash completion for cabinctl, as `cabinctl completion bash` writes it\n"
    "_cabinctl() {\n"
    "\tlocal IFS=$'\\n' word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "\tlocal first=${COMP_WORDS[1]-} second=${COMP_WORDS[2]-} offered=\n"
    "\t(( COMP_CWORD < 3 )) && second=\n"
    "\tCOMPREPLY=()\n";
static const char function_end_bash[] = "\tCOMPREPLY=($(compgen -W \"${offered// /$'\\n'}\" -- \"$word\"))\n"
					"}\n"
					"complete -o filenames -F _cabinctl cabinctl\n";

static const char function_begin_zsh[] =
    "#compdef cabinctl\n"
    "# zsh completion for cabinctl, as `cabinctl completion zsh` writes it\n"
    "_cabinctl() {\n"
    "\tlocal before=${words[CURRENT-1]} first=${words[2]} second=${words[3]} offered=\n"
    "\t(( CURRENT < 4 )) && second=\n";
static const char function_end_zsh[] =
    "\tcompadd -- ${=offered}\n"
    "}\n"
    "if [[ $funcstack[1] == _cabinctl ]]; then _cabinctl \"$@\"; else compdef _cabinctl cabinctl; fi\n";

static const char begin_fish[] = "# fish completion for cabinctl, as `cabinctl completion fish` writes it\n"
				 "function __cabinctl_in\n"
				 "\tset -l given (commandline -opc)[2..-1]\n"
				 "\ttest (count $given) -ge (count $argv)\n"
				 "\tand test \"$given[1..\"(count $argv)\"]\" = \"$argv\"\n"
				 "end\n"
				 "function __cabinctl_after\n"
				 "\tset -l given (commandline -opc)[2..-1]\n"
				 "\ttest \"$given\" = \"$argv\"\n"
				 "end\n"
				 "complete -c cabinctl -f\n";

static size_t first_size(const struct cabin_ctl_command *command)
{
	return strcspn(command->words, " ");
}

/* Whether an earlier row has the same first word. */
static bool is_repeated(unsigned index)
{
	const struct cabin_ctl_command *commands = cabin_ctl_commands;
	for (unsigned i = 0; i < index; i++)
		if (first_size(&commands[i]) == first_size(&commands[index]) &&
		    strncmp(commands[i].words, commands[index].words, first_size(&commands[index])) == 0)
			return true;
	return false;
}

static bool is_file(const char *values)
{
	return values && strcmp(values, "FILE") == 0;
}

/* "bash|zsh|fish" of a completion's operand, "event|ROOM" of none: all must be words as they are. */
static bool is_choice(const char *operands)
{
	return operands && strchr(operands, '|') && strspn(operands, "abcdefghijklmnopqrstuvwxyz|") == strlen(operands);
}

static void put_choice(const char *operands)
{
	for (; *operands; operands++)
		putchar(*operands == '|' ? ' ' : *operands);
}

static void put_options(const struct cabin_ctl_command *command)
{
	bool first = true;
	for (unsigned i = 0; i < cabin_ctl_option_count; i++) {
		if (!cabin_ctl_takes(command, cabin_ctl_option_rows[i].name))
			continue;
		printf("%s%s", first ? "" : " ", cabin_ctl_option_rows[i].name);
		first = false;
	}
}

/* What may follow an option: a file, one of its words, or anything. */
static void put_values(const char *file, const char *words_begin, const char *words_end)
{
	puts("\tcase $before in");
	for (unsigned i = 0; i < cabin_ctl_option_count; i++) {
		const struct cabin_ctl_option *option = &cabin_ctl_option_rows[i];
		if (!option->values)
			continue;
		if (is_file(option->values))
			printf("\t%s) %s; return ;;\n", option->name, file);
		else if (*option->values)
			printf("\t%s) %s%s%s; return ;;\n", option->name, words_begin, option->values, words_end);
		else
			printf("\t%s) return ;;\n", option->name);
	}
	puts("\tesac");
}

static void put_seconds(const struct cabin_ctl_command *of)
{
	for (unsigned i = 0; i < cabin_ctl_command_count; i++) {
		const char *words = cabin_ctl_commands[i].words;
		size_t size = first_size(of);
		if (strncmp(words, of->words, size) == 0 && words[size] == ' ')
			printf("%s ", words + size + 1);
	}
}

/* What a command offers behind its words. */
static void put_rest(const struct cabin_ctl_command *command, const char *file)
{
	fputs("offered='", stdout);
	put_options(command);
	if (is_choice(command->operands)) {
		putchar(' ');
		put_choice(command->operands);
	}
	putchar('\'');
	if (is_file(command->operands))
		printf("; %s", file);
	puts(" ;;");
}

/* The cases that bash and zsh share: what is offered, by the words so far. `at`: the place of the word. */
static void put_cases(const char *at, const char *file)
{
	printf("\tcase %s in\n\tfirst) offered='", at);
	for (unsigned i = 0; i < cabin_ctl_command_count; i++)
		if (!is_repeated(i))
			printf("%.*s ", (int)first_size(&cabin_ctl_commands[i]), cabin_ctl_commands[i].words);
	puts("--help --version' ;;\n\tsecond)\n\t\tcase $first in");
	for (unsigned i = 0; i < cabin_ctl_command_count; i++) {
		if (is_repeated(i))
			continue;
		printf("\t\t%.*s) offered='", (int)first_size(&cabin_ctl_commands[i]), cabin_ctl_commands[i].words);
		put_seconds(&cabin_ctl_commands[i]);
		puts("' ;;");
	}
	puts("\t\tesac\n\t\t;;\n\tesac\n\tcase \"$first $second\" in");
	for (unsigned i = 0; i < cabin_ctl_command_count; i++) {
		if (!strchr(cabin_ctl_commands[i].words, ' '))
			continue;
		printf("\t'%s') ", cabin_ctl_commands[i].words);
		put_rest(&cabin_ctl_commands[i], file);
	}
	puts("\t*)\n\t\tcase $first in");
	for (unsigned i = 0; i < cabin_ctl_command_count; i++) {
		if (strchr(cabin_ctl_commands[i].words, ' '))
			continue;
		printf("\t\t%s) offered+=' '; ", cabin_ctl_commands[i].words);
		fputs("offered+=\"", stdout);
		put_options(&cabin_ctl_commands[i]);
		if (is_choice(cabin_ctl_commands[i].operands)) {
			putchar(' ');
			put_choice(cabin_ctl_commands[i].operands);
		}
		puts("\" ;;");
	}
	puts("\t\tesac\n\t\t;;\n\tesac");
}

static void write_bash(void)
{
	static const char file[] = "COMPREPLY=($(compgen -f -- \"$word\"))";
	fputs(function_begin_bash, stdout);
	put_values(file, "offered='", "'; COMPREPLY=($(compgen -W \"${offered// /$'\\n'}\" -- \"$word\"))");
	puts("\tlocal at=rest\n\t(( COMP_CWORD == 1 )) && at=first first=\n\t(( COMP_CWORD == 2 )) && at=second");
	put_cases("$at", "[[ $word == -* ]] || { COMPREPLY=($(compgen -f -- \"$word\")); return; }");
	fputs(function_end_bash, stdout);
}

static void write_zsh(void)
{
	fputs(function_begin_zsh, stdout);
	put_values("_files", "compadd -- ", "");
	puts("\tlocal at=rest\n\t(( CURRENT == 2 )) && at=first first=\n\t(( CURRENT == 3 )) && at=second");
	put_cases("$at", "[[ ${words[CURRENT]} == -* ]] || { _files; return; }");
	fputs(function_end_zsh, stdout);
}

/* A help text in fish's single quotes. */
static void put_quoted(const char *text)
{
	putchar('\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('\'');
}

static void write_fish_command(unsigned index)
{
	const struct cabin_ctl_command *command = &cabin_ctl_commands[index];
	const char *space = strchr(command->words, ' ');
	printf("complete -c cabinctl -n '__cabinctl_after%s%.*s' -a %s -d ", space ? " " : "",
	       space ? (int)(space - command->words) : 0, command->words, space ? space + 1 : command->words);
	put_quoted(command->help);
	putchar('\n');
	if (space && !is_repeated(index))
		printf("complete -c cabinctl -n __cabinctl_after -a %.*s\n", (int)(space - command->words),
		       command->words);
	if (is_file(command->operands))
		printf("complete -c cabinctl -n '__cabinctl_in %s' -F\n", command->words);
	if (is_choice(command->operands)) {
		printf("complete -c cabinctl -n '__cabinctl_in %s' -a '", command->words);
		put_choice(command->operands);
		puts("'");
	}
	for (unsigned i = 0; i < cabin_ctl_option_count; i++) {
		const struct cabin_ctl_option *option = &cabin_ctl_option_rows[i];
		if (!cabin_ctl_takes(command, option->name))
			continue;
		printf("complete -c cabinctl -n '__cabinctl_in %s' -l %s", command->words, option->name + 2);
		if (is_file(option->values))
			printf(" -r -F");
		else if (option->values && *option->values)
			printf(" -x -a '%s'", option->values);
		else if (option->values)
			printf(" -x");
		putchar('\n');
	}
}

static void write_fish(void)
{
	fputs(begin_fish, stdout);
	for (unsigned i = 0; i < cabin_ctl_command_count; i++)
		write_fish_command(i);
}

int cabin_ctl_completion(const struct cabin_ctl_options *options)
{
	static const struct {
		const char *shell;
		void (*write)(void);
	} shells[] = {{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(options->operands[0], shells[i].shell) == 0) {
			shells[i].write();
			return CABIN_CTL_OK;
		}
	}
	return cabin_ctl_complain(CABIN_CTL_USAGE, "no completion for '%s': bash, zsh or fish", options->operands[0]);
}
