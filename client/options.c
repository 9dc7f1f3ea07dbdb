#include "client/options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "client/connection.h"
#include "client/session.h"

enum kind { KIND_TEXT, KIND_NUMBER, KIND_FLAG, KIND_COMMAND, KIND_SERVER, KIND_TOKEN };

static const struct option {
	const char *name, *value; /* value NULL: takes none */
	const char *environment;
	enum kind kind;
	size_t offset;
	unsigned low, high; /* of a number; a command's: low */
	const char *help;
} table[] = {
#define AT(field) offsetof(struct cabin_booth_options, field)
    {"--server", "URL", "CABIN_SERVER", KIND_SERVER, 0, 0, 0, "the server, as https://HOST:PORT"},
    {"--token", "TOKEN", "CABIN_TOKEN", KIND_TOKEN, 0, 0, 0, "the booth's token, or its link"},
    {"--input", "NAME", NULL, KIND_TEXT, AT(input), 0, 0, "the microphone's device; else the default one"},
    {"--output", "NAME", NULL, KIND_TEXT, AT(output), 0, 0, "the headset's device; else the default one"},
    {"--api", "NAME", NULL, KIND_TEXT, AT(api), 0, 0, "their PortAudio host API (ALSA, JACK …)"},
    {"--jack-server", "NAME", NULL, KIND_TEXT, AT(jack_server), 0, 0, "the JACK server that has them"},
    {"--seat", "N", NULL, KIND_NUMBER, AT(seat), 1, 3, "this seat; else any that is free"},
    {"--name", "NAME", NULL, KIND_TEXT, AT(name), 0, 0, "your name, for your partner"},
    {"--language", "vi|fr|en", NULL, KIND_TEXT, AT(language), 0, 0, "of the console; else as LANG says"},
    {"--packet-ms", "10|20", NULL, KIND_NUMBER, AT(packet_ms), 10, 20, "length of a packet; else as the server says"},
    {"--shift-minutes", "N", NULL, KIND_NUMBER, AT(shift_minutes), 1, 240, "length of a shift (30)"},
    {"--push-to-talk", NULL, NULL, KIND_FLAG, AT(push_to_talk), 0, 0, "microphone on while its key is held"},
    {"--no-preflight", NULL, NULL, KIND_FLAG, AT(no_preflight), 0, 0, "begin without the checks"},
    {"--ca", "FILE", NULL, KIND_TEXT, AT(ca), 0, 0, "trust this certificate (PEM) beside the system's"},
    {"--trust-any", NULL, NULL, KIND_FLAG, AT(trust_any), 0, 0, "do not look at the server's certificate"},
    {"--settings", "FILE", NULL, KIND_TEXT, AT(settings), 0, 0, "in place of ~/.config/cabin/booth.json"},
    {"--log", "FILE", NULL, KIND_TEXT, AT(log), 0, 0, "write the log there"},
    {"--log-level", "LEVEL", NULL, KIND_TEXT, AT(log_level), 0, 0, "debug, info, warn or error"},
    {"--no-terminal", NULL, NULL, KIND_FLAG, AT(no_terminal), 0, 0, "commands on standard input, state on output"},
    {"--check", NULL, NULL, KIND_COMMAND, 0, CABIN_BOOTH_CHECK, 0, "try server, token and devices, tell, and end"},
    {"--list-devices", NULL, NULL, KIND_COMMAND, 0, CABIN_BOOTH_LIST_DEVICES, 0, "tell the sound devices, and end"},
    {"--version", NULL, NULL, KIND_COMMAND, 0, CABIN_BOOTH_VERSION, 0, "tell the version, and end"},
    {"--help", NULL, NULL, KIND_COMMAND, 0, CABIN_BOOTH_HELP, 0, "tell this, and end"},
#undef AT
};
enum { OPTION_COUNT = sizeof(table) / sizeof(table[0]) };

struct complaints {
	FILE *to;
	int count;
};

static void complain(struct complaints *complaints, const char *what, const char *value, const char *advice)
{
	fprintf(complaints->to, "cabin-booth: %s%s%s%s %s\n", what, value ? " '" : "", value ? value : "",
		value ? "'" : "", advice);
	complaints->count++;
}

/* A link, "https://HOST:PORT/booth/#t=TOKEN", or the token alone. */
static void set_token(struct cabin_booth_options *out, const char *text, struct complaints *complaints)
{
	const char *mark = strstr(text, "#t=");
	const char *token = mark ? mark + 3 : text;
	if (mark && out->server[0] == '\0')
		snprintf(out->server, sizeof(out->server), "%.*s", (int)(mark - text), text);
	if (strlen(token) >= sizeof(out->token) ||
	    strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			  "0123456789-_.") != strlen(token) ||
	    token[0] == '\0')
		complain(complaints, "--token", NULL, "is neither a token nor a booth's link; copy all of it");
	else
		snprintf(out->token, sizeof(out->token), "%s", token);
}

static void set_number(struct cabin_booth_options *out, const struct option *option, const char *value,
		       struct complaints *complaints)
{
	char *end;
	unsigned long number = strtoul(value, &end, 10);
	if (*end || end == value || number < option->low || number > option->high ||
	    (strcmp(option->name, "--packet-ms") == 0 && number != 10 && number != 20)) {
		complain(complaints, option->name, value, "is out of range; --help tells it");
		return;
	}
	unsigned given = (unsigned)number;
	memcpy((char *)out + option->offset, &given, sizeof(given));
}

static void set(struct cabin_booth_options *out, const struct option *option, const char *value,
		struct complaints *complaints)
{
	static const int yes = 1;
	if (!value) /* of those that take none */
		value = "";
	switch (option->kind) {
	case KIND_TEXT:
		memcpy((char *)out + option->offset, &value, sizeof(value));
		break;
	case KIND_NUMBER:
		set_number(out, option, value, complaints);
		break;
	case KIND_FLAG:
		memcpy((char *)out + option->offset, &yes, sizeof(yes));
		break;
	case KIND_COMMAND:
		out->command = (enum cabin_booth_command)option->low;
		break;
	case KIND_SERVER:
		snprintf(out->server, sizeof(out->server), "%s", value);
		break;
	case KIND_TOKEN:
		set_token(out, value, complaints);
		break;
	}
}

static const struct option *find(const char *argument)
{
	size_t size = strcspn(argument, "=");
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (strlen(table[i].name) == size && strncmp(table[i].name, argument, size) == 0)
			return &table[i];
	}
	return NULL;
}

static void parse_arguments(struct cabin_booth_options *out, int argc, char *const *argv, struct complaints *complaints)
{
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-' && strstr(argv[i], "#t=")) {
			set_token(out, argv[i], complaints);
			continue;
		}
		const struct option *option = find(argv[i]);
		const char *equals = strchr(argv[i], '=');
		if (!option)
			complain(complaints, "option", argv[i], "is not known; --help tells all");
		else if (!option->value)
			set(out, option, NULL, complaints);
		else if (equals)
			set(out, option, equals + 1, complaints);
		else if (i + 1 < argc)
			set(out, option, argv[++i], complaints);
		else
			complain(complaints, option->name, NULL, "needs a value");
	}
}

static void check(struct cabin_booth_options *out, struct complaints *complaints)
{
	struct cabin_connection_address address;
	bool connects = out->command == CABIN_BOOTH_RUN || out->command == CABIN_BOOTH_CHECK;
	bool known = !out->language;
	for (int i = 0; out->language && i < CABIN_LANGUAGE_COUNT; i++)
		known = known || strcmp(out->language, cabin_language_ids[i]) == 0;
	if (!known)
		complain(complaints, "--language", out->language, "is not spoken here; write vi, fr or en");
	if (out->name && strlen(out->name) > CABIN_SEAT_NAME_BYTES)
		complain(complaints, "--name", out->name, "is longer than 32 bytes");
	if (!connects)
		return;
	if (out->token[0] == '\0')
		complain(complaints, "no token;", NULL,
			 "give the booth's link (cabinctl token makes it), or --server and --token");
	else if (out->server[0] == '\0')
		complain(complaints, "no server;", NULL, "give the booth's whole link, or --server https://HOST:PORT");
	else if (cabin_connection_address_parse(&address, out->server))
		complain(complaints, "--server", out->server,
			 "is no address; write it like https://cabin.example:8443");
}

int cabin_booth_options_parse(struct cabin_booth_options *out, int argc, char *const *argv,
			      char *(*environment)(const char *name), FILE *errors)
{
	struct complaints complaints = {.to = errors};
	*out = (struct cabin_booth_options){0};
	parse_arguments(out, argc, argv, &complaints);
	for (int i = 0; i < OPTION_COUNT; i++) {
		const char *value = table[i].environment ? environment(table[i].environment) : NULL;
		bool given = table[i].kind == KIND_SERVER ? out->server[0] : out->token[0];
		if (value && value[0] && !given)
			set(out, &table[i], value, &complaints);
	}
	if (complaints.count == 0)
		check(out, &complaints);
	return complaints.count ? CABIN_EINVAL : 0;
}

void cabin_booth_options_help(FILE *to)
{
	fputs("cabin-booth: an interpreter's console in a terminal.\n\n"
	      "usage: cabin-booth LINK [OPTION…]       LINK: https://HOST:PORT/booth/#t=TOKEN\n\n",
	      to);
	for (int i = 0; i < OPTION_COUNT; i++) {
		char left[64];
		snprintf(left, sizeof(left), "%s%s%s", table[i].name, table[i].value ? " " : "",
			 table[i].value ? table[i].value : "");
		fprintf(to, "  %-24s %s%s%s%s\n", left, table[i].help, table[i].environment ? " (" : "",
			table[i].environment ? table[i].environment : "", table[i].environment ? ")" : "");
	}
	fputs("\nKeys are shown on the screen. It ends with status 2 where it cannot begin.\n", to);
}
