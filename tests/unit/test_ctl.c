/* client/ctl: options, times, names, and tables for people. What it asks a server is in
 * tests/integration/ctl_remote.test.mjs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl/command.h"
#include "ctl/remote.h"
#include "ctl/show.h"
#include "ctl/table.h"

static void widths(void **state)
{
	assert_int_equal(cabin_ctl_width(""), 0);
	assert_int_equal(cabin_ctl_width("abc"), 3);
	assert_int_equal(cabin_ctl_width("Hội nghị"), 8);
	assert_int_equal(cabin_ctl_width("e\xcc\x81te\xcc\x81"), 3);	  /* combining accents */
	assert_int_equal(cabin_ctl_width("\xe4\xbc\x9a\xe8\xad\xb0"), 4); /* two wide characters */
	assert_int_equal(cabin_ctl_width("\xf0\x9f\x8e\xa7"), 2);
	assert_int_equal(cabin_ctl_width("a\xff\xc3"), 3); /* what is no UTF-8 takes a place each */
}

static void aligned(void **state)
{
	static const char *const heads[] = {"NAME", ">N", "END", NULL};
	struct cabin_ctl_table *table = cabin_ctl_table_create(heads);
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	cabin_ctl_table_text(table, "Hội");
	cabin_ctl_table_cell(table, "%d", 7);
	cabin_ctl_table_text(table, NULL);
	cabin_ctl_table_text(table, "\xe4\xbc\x9a\xe8\xad\xb0\xe5\xae\xa4");
	cabin_ctl_table_cell(table, "%d", 1234);
	cabin_ctl_table_text(table, "\x1b[31mred\xc2\x9b\xe2\x80\xa8");
	assert_int_equal(cabin_ctl_table_print(table, to, "|\n"), CABIN_CTL_OK);
	fclose(to);
	assert_string_equal(text, "NAME       N  END|\n"
				  "Hội        7  –|\n"
				  "\xe4\xbc\x9a\xe8\xad\xb0\xe5\xae\xa4  1234  ?[31mred??|\n");
	free(text);
	cabin_ctl_table_destroy(table);
	cabin_ctl_table_destroy(NULL);
}

static void times(void **state)
{
	char out[CABIN_CTL_TIME_BYTES];
	setenv("TZ", "Asia/Ho_Chi_Minh", 1);
	tzset();
	assert_string_equal(cabin_ctl_local_time(out, "2027-03-02T01:30:00.250Z"), "2027-03-02 08:30:00");
	assert_string_equal(cabin_ctl_local_time(out, "2027-03-02T01:30:00-05:30"), "2027-03-02 14:00:00");
	assert_string_equal(cabin_ctl_local_time(out, "soon"), "soon");
	assert_string_equal(cabin_ctl_local_time(out, NULL), "");
	assert_true(cabin_ctl_moment(out, "2027-03-02T08:30:00+07:00"));
	assert_string_equal(out, "2027-03-02T08:30:00+07:00");
	assert_true(cabin_ctl_moment(out, "2h"));
	assert_int_equal(strlen(out), 20);
	static const char *const bad[] = {"",
					  "yesterday",
					  "10",
					  "2027-03-02",
					  "2027-03-02T08:30:00",
					  "2027-03-02T08:30:00+7",
					  "5s",
					  "2027-03-02T08:30:00.000000000000000000Z"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (cabin_ctl_moment(out, bad[i]))
			fail_msg("%s", bad[i]);
	assert_int_equal(cabin_ctl_seconds("90m"), 5400);
	assert_int_equal(cabin_ctl_seconds("30s"), 0);
	assert_int_equal(cabin_ctl_seconds("0m"), 0);
	assert_int_equal(cabin_ctl_seconds("99999999999999999999w"), 0);
}

static const struct cabin_ctl_command *command(const char *words)
{
	for (unsigned i = 0; i < cabin_ctl_command_count; i++)
		if (strcmp(cabin_ctl_commands[i].words, words) == 0)
			return &cabin_ctl_commands[i];
	fail_msg("no command %s", words);
	return NULL;
}

static void options_are_read(void **state)
{
	struct cabin_ctl_options options;
	char *set[] = {"plenary.fr", "--gain", "-3", "--mute", "--server", "https://v.example"};
	assert_int_equal(cabin_ctl_read_options(&options, command("channel set"), 6, set), 0);
	assert_string_equal(options.operands[0], "plenary.fr");
	assert_string_equal(options.gain, "-3");
	assert_true(options.mute && !options.unmute);
	assert_string_equal(options.server, "https://v.example");
	char *undo[] = {"channel", "plenary.fr", "--yes", "gain_db"};
	assert_int_equal(cabin_ctl_read_options(&options, command("changes undo"), 4, undo), 0);
	assert_string_equal(options.operands[2], "gain_db");
	assert_int_equal(cabin_ctl_read_options(&options, command("changes undo"), 2, undo), CABIN_CTL_USAGE);
	assert_int_equal(cabin_ctl_read_options(&options, command("status"), 1, undo), CABIN_CTL_USAGE);
	char *no_value[] = {"x", "--gain"};
	assert_int_equal(cabin_ctl_read_options(&options, command("channel set"), 2, no_value), CABIN_CTL_USAGE);
	/* An option whose name another one begins with, and one of the server's for a local command. */
	assert_true(cabin_ctl_takes(command("log"), "--to"));
	assert_false(cabin_ctl_takes(command("status"), "--to"));
	assert_false(cabin_ctl_takes(command("token show"), "--insecure"));
}

/* Every option that a usage names is one, and every option is of some command. */
static void tables_agree(void **state)
{
	for (unsigned i = 0; i < cabin_ctl_option_count; i++) {
		bool is_taken = false;
		for (unsigned k = 0; k < cabin_ctl_command_count; k++)
			is_taken = is_taken || cabin_ctl_takes(&cabin_ctl_commands[k], cabin_ctl_option_rows[i].name);
		if (!is_taken)
			fail_msg("%s is of no command", cabin_ctl_option_rows[i].name);
	}
	for (unsigned k = 0; k < cabin_ctl_command_count; k++) {
		const char *at = cabin_ctl_commands[k].usage;
		while ((at = strstr(at, "--"))) {
			bool is_known = false;
			size_t size = strcspn(at, " ])");
			for (unsigned i = 0; i < cabin_ctl_option_count; i++)
				is_known = is_known || (strlen(cabin_ctl_option_rows[i].name) == size &&
							strncmp(cabin_ctl_option_rows[i].name, at, size) == 0);
			if (!is_known)
				fail_msg("%s: %s", cabin_ctl_commands[k].words, at);
			at += size;
		}
	}
}

static void queries_are_encoded(void **state)
{
	char path[64] = "/log", small[10] = "/log";
	assert_true(cabin_ctl_add_query(path, sizeof(path), "from", "2027-03-02T08:30:00+07:00"));
	assert_true(cabin_ctl_add_query(path, sizeof(path), "to", NULL));
	assert_true(cabin_ctl_add_query(path, sizeof(path), "kind", "a&b"));
	assert_string_equal(path, "/log?from=2027-03-02T08%3A30%3A00%2B07%3A00&kind=a%26b");
	assert_false(cabin_ctl_add_query(small, sizeof(small), "kind", "action"));
	strcpy(path, "/changes");
	assert_true(cabin_ctl_add_segment(path, sizeof(path), "a/b é"));
	assert_string_equal(path, "/changes/a%2Fb%20%C3%A9");
}

static void names_of_the_terminal(void **state)
{
	json_t *names = json_pack("{s:s, s:s, s:s}", "vi", "một", "fr", "un", "en", "one");
	unsetenv("LC_ALL");
	unsetenv("LC_MESSAGES");
	setenv("LANG", "vi_VN.UTF-8", 1);
	assert_string_equal(cabin_ctl_local_name(names), "một");
	setenv("LC_ALL", "fr_FR.UTF-8", 1);
	assert_string_equal(cabin_ctl_local_name(names), "un");
	setenv("LC_ALL", "de_DE.UTF-8", 1);
	assert_string_equal(cabin_ctl_local_name(names), "one");
	assert_null(cabin_ctl_local_name(NULL));
	json_decref(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(widths),
	    cmocka_unit_test(aligned),
	    cmocka_unit_test(times),
	    cmocka_unit_test(options_are_read),
	    cmocka_unit_test(tables_agree),
	    cmocka_unit_test(queries_are_encoded),
	    cmocka_unit_test(names_of_the_terminal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
