#include "cabind/options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "config/nearest.h"

enum kind { KIND_TEXT, KIND_ADDRESS, KIND_LEVEL, KIND_NUMBER, KIND_COMMAND, KIND_CONFIG_COMMAND, KIND_DEMO };
enum group { GROUP_WHAT, GROUP_HOW, GROUP_TESTS };

struct option {
	const char *name;
	const char *value; /* its name in the help; NULL: takes none */
	const char *environment;
	enum kind kind;
	enum group group;
	enum cabin_command command; /* of the command kinds */
	size_t offset;		    /* of the others, a const char * */
	const char *help;
};

#define TEXT(field) .offset = offsetof(struct cabin_options, field)

static const struct option table[] = {
    {"--config", "FILE", "CABIN_CONFIG", KIND_TEXT, GROUP_WHAT, TEXT(config),
     .help = "run the event of this configuration"},
    {"--demo", NULL, NULL, KIND_DEMO, GROUP_WHAT,
     .help = "run the embedded event; its agenda begins at the last full hour"},
    {"--check-config", "FILE", NULL, KIND_CONFIG_COMMAND, GROUP_WHAT, CABIN_COMMAND_CHECK_CONFIG, TEXT(config),
     "tell everything that is wrong with it, and end"},
    {"--print-config", NULL, NULL, KIND_COMMAND, GROUP_WHAT, CABIN_COMMAND_PRINT_CONFIG,
     .help = "print the configuration as it would run, defaults included, and end"},
    {"--help-config", NULL, NULL, KIND_COMMAND, GROUP_WHAT, CABIN_COMMAND_HELP_CONFIG,
     .help = "tell every key of the configuration, and end"},
    {"--list-devices", NULL, NULL, KIND_COMMAND, GROUP_WHAT, CABIN_COMMAND_LIST_DEVICES,
     .help = "tell the sound devices of this machine, and end"},
    {"--version", NULL, NULL, KIND_COMMAND, GROUP_WHAT, CABIN_COMMAND_VERSION, .help = "tell the version, and end"},
    {"--help", NULL, NULL, KIND_COMMAND, GROUP_WHAT, CABIN_COMMAND_HELP, .help = "tell this, and end"},

    {"--listen", "ADDRESS:PORT", "CABIN_LISTEN", KIND_ADDRESS, GROUP_HOW, TEXT(listen),
     .help = "http address; port 0 takes a free one"},
    {"--listen-tls", "ADDRESS:PORT", "CABIN_LISTEN_TLS", KIND_ADDRESS, GROUP_HOW, TEXT(listen_tls),
     .help = "https address; needs a certificate"},
    {"--tls-cert", "FILE", "CABIN_TLS_CERT", KIND_TEXT, GROUP_HOW, TEXT(tls_cert),
     .help = "certificate with its chain, PEM"},
    {"--tls-key", "FILE", "CABIN_TLS_KEY", KIND_TEXT, GROUP_HOW, TEXT(tls_key), .help = "its private key, PEM"},
    {"--access-key", "FILE", "CABIN_ACCESS_KEY", KIND_TEXT, GROUP_HOW, TEXT(access_key),
     .help = "public key that the booths' tokens are signed with (cabinctl key create)"},
    {"--revoked", "FILE", "CABIN_REVOKED", KIND_TEXT, GROUP_HOW, TEXT(revoked), .help = "list of revoked tokens"},
    {"--port-file", "FILE", "CABIN_PORT_FILE", KIND_TEXT, GROUP_HOW, TEXT(port_file),
     .help = "write the http port there once it listens"},
    {"--tls-port-file", "FILE", "CABIN_TLS_PORT_FILE", KIND_TEXT, GROUP_HOW, TEXT(tls_port_file),
     .help = "the same of https"},
    {"--web", "FOLDER", "CABIN_WEB", KIND_TEXT, GROUP_HOW, TEXT(web), .help = "the built web pages"},
    {"--log-level", "LEVEL", "CABIN_LOG_LEVEL", KIND_LEVEL, GROUP_HOW, TEXT(log_level),
     .help = "debug, info, warn or error"},
    {"--data", "FOLDER", "CABIN_DATA", KIND_TEXT, GROUP_HOW, TEXT(data),
     .help = "the event's database: what the desk changes, and the log; --demo takes a temporary one without"},
    {"--device", "NAME", NULL, KIND_TEXT, GROUP_HOW, TEXT(device),
     .help = "with --demo: this device's first input is the plenary's floor, and the plenary has no interpreters"},
    {"--api", "NAME", NULL, KIND_TEXT, GROUP_HOW, TEXT(api), .help = "with --device: its PortAudio host API"},
    {"--jack-server", "NAME", NULL, KIND_TEXT, GROUP_HOW, TEXT(jack_server),
     .help = "with --device or --list-devices: the JACK server"},

    {"--first-sequence", "N", NULL, KIND_NUMBER, GROUP_TESTS, TEXT(first_sequence),
     .help = "RTP sequence number, extended, at which every channel begins; else random"},
    {"--first-timestamp", "N", NULL, KIND_NUMBER, GROUP_TESTS, TEXT(first_timestamp),
     .help = "the same of RTP timestamps"},
};
enum { OPTION_COUNT = sizeof(table) / sizeof(table[0]) };

/* Counts what is wrong while it is told. */
struct complaints {
	FILE *to;
	int count;
};

static bool value_fits(const struct option *option, const char *name, const char *value, struct complaints *complaints)
{
	const char *advice = NULL;
	if (value[0] == '\0')
		advice = "is empty; give it a value";
	else if (option->kind == KIND_ADDRESS && !cabin_config_address_valid(value))
		advice = "is not an address with a port; write it like 0.0.0.0:8080, 127.0.0.1:0 or [::]:8080";
	else if (option->kind == KIND_LEVEL && strcmp(value, "debug") != 0 && strcmp(value, "info") != 0 &&
		 strcmp(value, "warn") != 0 && strcmp(value, "error") != 0)
		advice = "is not a log level; write debug, info, warn or error";
	else if (option->kind == KIND_NUMBER && (strspn(value, "0123456789") != strlen(value) || strlen(value) > 18))
		advice = "is not a number; write up to 18 digits";
	if (!advice)
		return true;
	fprintf(complaints->to, "cabind: %s: '%s' %s\n", name, value, advice);
	complaints->count++;
	return false;
}

static void set(struct cabin_options *options, const struct option *option, const char *value)
{
	if (option->value)
		memcpy((unsigned char *)options + option->offset, &value, sizeof(value));
	if (option->kind == KIND_COMMAND || option->kind == KIND_CONFIG_COMMAND)
		options->command = option->command;
	if (option->kind == KIND_DEMO)
		options->demo = true;
}

/* The option that begins at `argument`, "--name" or "--name=value". */
static const struct option *find(const char *argument, struct complaints *complaints)
{
	size_t size = strcspn(argument, "=");
	char name[64];
	snprintf(name, sizeof(name), "%.*s", (int)(size < sizeof(name) ? size : sizeof(name) - 1), argument);
	struct cabin_nearest nearest = cabin_nearest_to(name);
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
		cabin_nearest_offer(&nearest, table[i].name);
	}
	complaints->count++;
	if (argument[0] != '-')
		fprintf(complaints->to, "cabind: '%s' is not an option; a file stands after --config\n", argument);
	else if (nearest.best)
		fprintf(complaints->to, "cabind: unknown option '%s'; did you mean '%s'?\n", name, nearest.best);
	else
		fprintf(complaints->to, "cabind: unknown option '%s'; cabind --help tells all\n", name);
	return NULL;
}

static void parse_arguments(struct cabin_options *out, int argc, char *const *argv, struct complaints *complaints)
{
	for (int i = 1; i < argc; i++) {
		const struct option *option = find(argv[i], complaints);
		if (!option)
			continue;
		const char *equals = strchr(argv[i], '=');
		const char *value = equals ? equals + 1 : NULL;
		if (!option->value && equals) {
			fprintf(complaints->to, "cabind: %s takes no value; leave '=%s' out\n", option->name, value);
			complaints->count++;
			continue;
		}
		if (option->value && !equals) {
			bool missing = i + 1 == argc || strncmp(argv[i + 1], "--", 2) == 0;
			if (missing) {
				fprintf(complaints->to, "cabind: %s needs a value; write %s %s\n", option->name,
					option->name, option->value);
				complaints->count++;
				continue;
			}
			value = argv[++i];
		}
		if (!option->value || value_fits(option, option->name, value, complaints))
			set(out, option, value);
	}
}

/* What the command line left open; an empty variable is none. */
static void parse_environment(struct cabin_options *out, char *(*environment)(const char *name),
			      struct complaints *complaints)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option *option = &table[i];
		const char *value = option->environment ? environment(option->environment) : NULL;
		const char *given;
		memcpy(&given, (unsigned char *)out + option->offset, sizeof(given));
		bool idle = (strcmp(option->name, "--config") == 0 && out->demo);
		if (!value || value[0] == '\0' || (option->value && given) || idle)
			continue;
		if (value_fits(option, option->environment, value, complaints))
			set(out, option, value);
	}
}

static void require(bool good, const char *advice, struct complaints *complaints)
{
	if (good)
		return;
	fprintf(complaints->to, "cabind: %s\n", advice);
	complaints->count++;
}

static void check_together(const struct cabin_options *options, struct complaints *complaints)
{
	bool list = options->command == CABIN_COMMAND_LIST_DEVICES;
	bool needs_event = options->command == CABIN_COMMAND_RUN || options->command == CABIN_COMMAND_PRINT_CONFIG;
	require(!options->demo || !options->config, "both --demo and --config; keep one of them", complaints);
	require(!needs_event || options->demo || options->config,
		"no configuration; give --config FILE, or --demo to try it without one", complaints);
	require(!options->device || options->demo,
		"--device goes with --demo; in a configuration, write it under devices", complaints);
	require(!options->api || options->device, "--api goes with --device", complaints);
	require(!options->jack_server || options->device || list, "--jack-server goes with --device or --list-devices",
		complaints);
	require(!options->tls_cert == !options->tls_key, "--tls-cert and --tls-key go together; give both", complaints);
}

int cabin_options_parse(struct cabin_options *out, int argc, char *const *argv, char *(*environment)(const char *name),
			FILE *errors)
{
	struct complaints complaints = {.to = errors};
	memset(out, 0, sizeof(*out));
	parse_arguments(out, argc, argv, &complaints);
	parse_environment(out, environment, &complaints);
	/* An option that was misread may be the very one that is missed. */
	if (complaints.count == 0)
		check_together(out, &complaints);
	return complaints.count == 0 ? 0 : CABIN_EINVAL;
}

static void write_group(enum group group, FILE *to)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option *option = &table[i];
		if (option->group != group)
			continue;
		char left[64];
		snprintf(left, sizeof(left), "%s%s%s", option->name, option->value ? " " : "",
			 option->value ? option->value : "");
		fprintf(to, "  %-26s %s", left, option->help);
		if (option->environment)
			fprintf(to, " (%s)", option->environment);
		fputc('\n', to);
	}
}

void cabin_options_write_help(FILE *to)
{
	fputs("cabind: the server of Cabin, a real-time relay for simultaneous interpretation.\n\nWhat to do:\n", to);
	write_group(GROUP_WHAT, to);
	fputs("\nHow (comes before the variable in brackets, which comes before the configuration):\n", to);
	write_group(GROUP_HOW, to);
	fputs("\nFor tests:\n", to);
	write_group(GROUP_TESTS, to);
	fputs("\nSIGTERM and SIGINT stop it cleanly. It ends with status 2 where it cannot start.\n", to);
}
