/* client/settings, options and orders: what is kept, what is asked for, what is sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/connection.h"
#include "client/options.h"
#include "client/orders.h"
#include "client/settings.h"

static char folder[64], path[128];

static int begin(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/cabin-settings-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/deep/er/booth.json", folder);
	return 0;
}

static int end(void **state)
{
	char command[128];
	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void what_is_kept_comes_back(void **state)
{
	struct cabin_settings kept, got;
	cabin_booth_settings_default(&kept);
	kept.sound.volume_db = -13.5;
	kept.sound.sensitivity_db_spl = 107;
	kept.sound.bell = true;
	strcpy(kept.presets[1], "plenary.fr");
	strcpy(kept.name, "Nguyễn Lan");
	assert_int_equal(cabin_booth_settings_load(&got, path), 0); /* none yet: defaults */
	assert_true(got.sound.volume_db == -6);
	assert_int_equal(cabin_booth_settings_save(&kept, path), 0);
	assert_int_equal(cabin_booth_settings_load(&got, path), 0);
	assert_true(got.sound.volume_db == -13.5 && got.sound.sensitivity_db_spl == 107 && got.sound.bell);
	assert_string_equal(got.presets[1], "plenary.fr");
	assert_string_equal(got.name, "Nguyễn Lan");
}

static void write_file(const char *text)
{
	struct cabin_settings settings;
	cabin_booth_settings_default(&settings);
	assert_int_equal(cabin_booth_settings_save(&settings, path), 0);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void a_damaged_file_harms_nobody(void **state)
{
	struct cabin_settings got;
	write_file(
	    "{\"volume_db\": 99, \"bass_db\": -99, \"headset_db_spl\": 300, \"presets\": [7, \"x\"], \"name\": 3}");
	assert_int_equal(cabin_booth_settings_load(&got, path), 0);
	assert_true(got.sound.volume_db == 0 && got.sound.bass_db == -12);
	assert_true(got.sound.sensitivity_db_spl == 0); /* nonsense is no calibration */
	assert_string_equal(got.presets[1], "x");
	write_file("{\"volume_db\":");
	assert_int_equal(cabin_booth_settings_load(&got, path), CABIN_EFORMAT);
	assert_true(got.sound.volume_db == -6);
}

static char *no_environment(const char *name)
{
	(void)name;
	return NULL;
}

static int parse(struct cabin_booth_options *out, int count, const char *const *arguments, char *told, size_t size)
{
	FILE *errors = fmemopen(told, size, "w");
	char *argv[12] = {"cabin-booth"};
	for (int i = 0; i < count; i++)
		argv[i + 1] = (char *)arguments[i];
	int error = cabin_booth_options_parse(out, count + 1, argv, no_environment, errors);
	fclose(errors);
	return error;
}
#define PARSE(out, told, ...)                                                                                          \
	parse(out, (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)), (const char *[]){__VA_ARGS__}, told, \
	      sizeof(told))

static void a_link_is_enough_and_errors_say_what_to_do(void **state)
{
	struct cabin_booth_options options;
	char told[1000] = "";
	assert_int_equal(PARSE(&options, told, "https://cabin.example:8443/booth/#t=abc.def", "--seat", "2"), 0);
	assert_string_equal(options.server, "https://cabin.example:8443/booth/");
	assert_string_equal(options.token, "abc.def");
	assert_int_equal(options.seat, 2);
	assert_int_equal(PARSE(&options, told, "--server=h:1", "--token", "https://x/#t=q", "--push-to-talk"), 0);
	assert_string_equal(options.server, "h:1");
	assert_true(options.push_to_talk);
	assert_int_equal(PARSE(&options, told, "--list-devices"), 0);
	assert_int_equal(PARSE(&options, told, "--server", "https://x"), CABIN_EINVAL);
	assert_non_null(strstr(told, "cabinctl token"));
	assert_int_equal(PARSE(&options, told, "--token", "q$ z", "--server", "x"), CABIN_EINVAL);
	assert_null(strstr(told, "q$ z")); /* a token is never printed */
	assert_int_equal(PARSE(&options, told, "--packet-ms", "15", "--token", "a", "--server", "x"), CABIN_EINVAL);
	assert_int_equal(PARSE(&options, told, "--language", "de", "--token", "a", "--server", "x"), CABIN_EINVAL);
	assert_int_equal(PARSE(&options, told, "--sever", "x"), CABIN_EINVAL);
}

static void addresses(void **state)
{
	struct cabin_connection_address address;
	assert_int_equal(cabin_connection_address_parse(&address, "https://a.example/booth/"), 0);
	assert_true(address.tls && address.port == 443);
	assert_string_equal(address.host, "a.example");
	assert_int_equal(cabin_connection_address_parse(&address, "ws://127.0.0.1:8080/ws"), 0);
	assert_true(!address.tls && address.port == 8080);
	assert_int_equal(cabin_connection_address_parse(&address, "[::1]:9"), 0);
	assert_string_equal(address.host, "::1");
	static const char *const bad[] = {"", "https://", "ftp://x", "h:0", "h:99999", "h:8x", "[::1", ":8"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(cabin_connection_address_parse(&address, bad[i]), CABIN_EFORMAT);
}

static void expect_order(const struct cabin_command *command, const char *wanted)
{
	char text[513];
	assert_int_equal(cabin_order_command(text, sizeof(text), command), strlen(wanted));
	if (wanted[0])
		assert_string_equal(text, wanted);
}

static void commands_are_the_protocols_messages(void **state)
{
	char text[513];
	expect_order(&(struct cabin_command){.kind = CABIN_COMMAND_MIC, .on = true},
		     "{\"type\":\"mic\",\"on\":true,\"take\":false}");
	expect_order(&(struct cabin_command){.kind = CABIN_COMMAND_OUTPUT, .number = 1, .take = true},
		     "{\"type\":\"output\",\"output\":\"b\",\"take\":true}");
	expect_order(&(struct cabin_command){.kind = CABIN_COMMAND_HANDOVER, .number = CABIN_HANDOVER_OFFER, .seat = 3},
		     "{\"type\":\"handover\",\"action\":\"offer\",\"seat\":3}");
	expect_order(&(struct cabin_command){.kind = CABIN_COMMAND_MONITOR}, "{\"type\":\"monitor\",\"channel\":null}");
	expect_order(&(struct cabin_command){.kind = CABIN_COMMAND_MESSAGE, .canned = -1, .text = "\"é\""},
		     "{\"type\":\"message\",\"to\":\"partner\",\"text\":\"\\\"é\\\"\"}");
	expect_order(&(struct cabin_command){.kind = CABIN_COMMAND_SAVE}, "");
	const struct cabin_join again = {.token = "t.s", .resume = "0123456789abcdef", .seat = 2, .mic = true};
	assert_true(cabin_order_join(text, sizeof(text), &again) > 0);
	assert_non_null(strstr(text, "\"resume\":\"0123456789abcdef\",\"mic\":true"));
	assert_int_equal(cabin_order_join(text, 20, &again), CABIN_ETOOBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(what_is_kept_comes_back, begin, end),
	    cmocka_unit_test_setup_teardown(a_damaged_file_harms_nobody, begin, end),
	    cmocka_unit_test(a_link_is_enough_and_errors_say_what_to_do),
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(commands_are_the_protocols_messages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
