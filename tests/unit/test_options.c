/* The command line: what it sets, what comes first, and what is told about mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cabind/options.h"

static char *no_environment(const char *name)
{
	return NULL;
}

static char *full_environment(const char *name)
{
	static char listen[] = "127.0.0.2:1", level[] = "debug", config[] = "env.yaml", empty[] = "";
	if (strcmp(name, "CABIN_LISTEN") == 0)
		return listen;
	if (strcmp(name, "CABIN_LOG_LEVEL") == 0)
		return level;
	if (strcmp(name, "CABIN_CONFIG") == 0)
		return config;
	return strcmp(name, "CABIN_WEB") == 0 ? empty : NULL;
}

static char *wrong_environment(const char *name)
{
	static char listen[] = "nowhere";
	return strcmp(name, "CABIN_LISTEN") == 0 ? listen : NULL;
}

/* Parses the words of `line`; the texts of `out` point into static memory. */
static int parse(struct cabin_options *out, const char *line, char *(*environment)(const char *), char **errors)
{
	static char words[500];
	char *argv[40] = {"cabind"};
	int argc = 1;
	snprintf(words, sizeof(words), "%s", line);
	for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	size_t size;
	FILE *to = open_memstream(errors, &size);
	int result = cabin_options_parse(out, argc, argv, environment, to);
	fclose(to);
	return result;
}

static struct cabin_options good(const char *line, char *(*environment)(const char *))
{
	struct cabin_options options;
	char *errors;
	int result = parse(&options, line, environment, &errors);
	assert_string_equal(errors, "");
	assert_int_equal(result, 0);
	free(errors);
	return options;
}

static void check_refused(const char *line, char *(*environment)(const char *), const char *expected)
{
	struct cabin_options options;
	char *errors;
	assert_int_equal(parse(&options, line, environment, &errors), CABIN_EINVAL);
	assert_string_equal(errors, expected);
	free(errors);
}

static void sets_what_it_is_told(void **state)
{
	struct cabin_options options = good(
	    "--config a.yaml --listen 127.0.0.1:0 --listen-tls=[::1]:0 --tls-cert c --tls-key k --port-file p "
	    "--tls-port-file t --web w --log-level warn --data /d --first-sequence 65530 --first-timestamp 4294967000",
	    no_environment);
	assert_int_equal(options.command, CABIN_COMMAND_RUN);
	assert_string_equal(options.config, "a.yaml");
	assert_string_equal(options.listen, "127.0.0.1:0");
	assert_string_equal(options.listen_tls, "[::1]:0");
	assert_string_equal(options.tls_cert, "c");
	assert_string_equal(options.tls_key, "k");
	assert_string_equal(options.port_file, "p");
	assert_string_equal(options.tls_port_file, "t");
	assert_string_equal(options.web, "w");
	assert_string_equal(options.log_level, "warn");
	assert_string_equal(options.data, "/d");
	assert_string_equal(options.first_sequence, "65530");
	assert_string_equal(options.first_timestamp, "4294967000");
	assert_false(options.demo);

	options = good("--demo --device Microphone --api ALSA --jack-server hall", no_environment);
	assert_true(options.demo);
	assert_string_equal(options.device, "Microphone");
	assert_string_equal(options.api, "ALSA");
	assert_string_equal(options.jack_server, "hall");
	assert_null(options.listen);
}

static void knows_its_commands(void **state)
{
	assert_int_equal(good("--check-config x", no_environment).command, CABIN_COMMAND_CHECK_CONFIG);
	assert_string_equal(good("--check-config x", no_environment).config, "x");
	assert_int_equal(good("--config x --print-config", no_environment).command, CABIN_COMMAND_PRINT_CONFIG);
	assert_int_equal(good("--demo --print-config", no_environment).command, CABIN_COMMAND_PRINT_CONFIG);
	assert_int_equal(good("--list-devices --jack-server a", no_environment).command, CABIN_COMMAND_LIST_DEVICES);
	assert_int_equal(good("--help", no_environment).command, CABIN_COMMAND_HELP);
	assert_int_equal(good("--help-config", no_environment).command, CABIN_COMMAND_HELP_CONFIG);
	assert_int_equal(good("--version", no_environment).command, CABIN_COMMAND_VERSION);
}

static void puts_the_command_line_before_the_environment(void **state)
{
	struct cabin_options options = good("--listen 127.0.0.1:5", full_environment);
	assert_string_equal(options.listen, "127.0.0.1:5");
	assert_string_equal(options.log_level, "debug");
	assert_string_equal(options.config, "env.yaml");
	assert_null(options.web); /* an empty variable is none */
	options = good("--demo", full_environment);
	assert_null(options.config);
	assert_string_equal(options.listen, "127.0.0.2:1");
	assert_string_equal(good("--config a.yaml", full_environment).config, "a.yaml");
}

static void tells_mistakes(void **state)
{
	static const struct {
		const char *line, *expected;
	} refusals[] = {
	    {"", "cabind: no configuration; give --config FILE, or --demo to try it without one\n"},
	    {"--lsten 127.0.0.1:0 --demo", "cabind: unknown option '--lsten'; did you mean '--listen'?\n"
					   "cabind: '127.0.0.1:0' is not an option; a file stands after --config\n"},
	    {"--dance", "cabind: unknown option '--dance'; cabind --help tells all\n"},
	    {"event.yaml", "cabind: 'event.yaml' is not an option; a file stands after --config\n"},
	    {"--config", "cabind: --config needs a value; write --config FILE\n"},
	    {"--config --demo", "cabind: --config needs a value; write --config FILE\n"},
	    {"--demo=1", "cabind: --demo takes no value; leave '=1' out\n"},
	    {"--demo --listen=", "cabind: --listen: '' is empty; give it a value\n"},
	    {"--demo --listen 8080", "cabind: --listen: '8080' is not an address with a port; write it like "
				     "0.0.0.0:8080, 127.0.0.1:0 or [::]:8080\n"},
	    {"--demo --log-level loud",
	     "cabind: --log-level: 'loud' is not a log level; write debug, info, warn or error\n"},
	    {"--demo --first-sequence -1", "cabind: --first-sequence: '-1' is not a number; write up to 18 digits\n"},
	    {"--demo --config x", "cabind: both --demo and --config; keep one of them\n"},
	    {"--config x --device y",
	     "cabind: --device goes with --demo; in a configuration, write it under devices\n"},
	    {"--demo --api ALSA", "cabind: --api goes with --device\n"},
	    {"--demo --jack-server a", "cabind: --jack-server goes with --device or --list-devices\n"},
	    {"--demo --tls-cert a", "cabind: --tls-cert and --tls-key go together; give both\n"},
	};
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		check_refused(refusals[i].line, no_environment, refusals[i].expected);
	check_refused("--demo", wrong_environment,
		      "cabind: CABIN_LISTEN: 'nowhere' is not an address with a port; write it like 0.0.0.0:8080, "
		      "127.0.0.1:0 or [::]:8080\n");
}

static void helps_with_every_option(void **state)
{
	static const char *const names[] = {"--config FILE",
					    "--demo",
					    "--check-config FILE",
					    "--print-config",
					    "--help-config",
					    "--list-devices",
					    "--version",
					    "--help",
					    "--listen ADDRESS:PORT",
					    "--listen-tls ADDRESS:PORT",
					    "--tls-cert FILE",
					    "--tls-key FILE",
					    "--port-file FILE",
					    "--tls-port-file FILE",
					    "--web FOLDER",
					    "--log-level LEVEL",
					    "--data FOLDER",
					    "--device NAME",
					    "--api NAME",
					    "--jack-server NAME",
					    "For tests:",
					    "--first-sequence N",
					    "--first-timestamp N",
					    "CABIN_LISTEN",
					    "CABIN_LOG_LEVEL",
					    "CABIN_DATA",
					    "status 2"};
	char *help;
	size_t size;
	FILE *to = open_memstream(&help, &size);
	cabin_options_write_help(to);
	fclose(to);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strstr(help, names[i]))
			fail_msg("--help does not tell %s", names[i]);
	free(help);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sets_what_it_is_told),
	    cmocka_unit_test(knows_its_commands),
	    cmocka_unit_test(puts_the_command_line_before_the_environment),
	    cmocka_unit_test(tells_mistakes),
	    cmocka_unit_test(helps_with_every_option),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
