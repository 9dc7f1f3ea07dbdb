/* What the options make of the configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "cabind/settings.h"
#include "config/config_time.h"

#define CONFERENCE CABIN_SOURCE_DIR "/deploy/examples/conference.yaml"

static struct cabin_config *load(const struct cabin_options *options, int expected, const char *expected_errors)
{
	char *errors;
	size_t size;
	FILE *to = open_memstream(&errors, &size);
	struct cabin_config *config;
	int result = cabin_settings_load(&config, options, to);
	fclose(to);
	assert_string_equal(errors, expected_errors);
	assert_int_equal(result, expected);
	free(errors);
	return config;
}

static void lays_options_over_the_file(void **state)
{
	struct cabin_options options = {.config = CONFERENCE};
	struct cabin_config *config = load(&options, 0, "");
	assert_string_equal(config->server.listen, "0.0.0.0:8080");
	assert_null(config->server.listen_tls);
	assert_string_equal(config->server.log_level, "info");
	assert_string_equal(config->server.data, CABIN_SOURCE_DIR "/deploy/examples/cabin-data");
	cabin_config_destroy(config);

	options = (struct cabin_options){.config = CONFERENCE,
					 .listen = "127.0.0.1:1",
					 .tls_cert = "cert.pem",
					 .tls_key = "key.pem",
					 .data = "/var/lib/cabin",
					 .log_level = "debug"};
	config = load(&options, 0, "");
	assert_string_equal(config->server.listen, "127.0.0.1:1");
	assert_string_equal(config->server.listen_tls, "0.0.0.0:8443");
	assert_string_equal(config->server.tls_cert, "cert.pem");
	assert_string_equal(config->server.tls_key, "key.pem");
	assert_string_equal(config->server.log_level, "debug");
	assert_string_equal(config->server.data, "/var/lib/cabin");
	assert_int_equal(config->server.max_listeners, 2000); /* the file's */
	cabin_config_destroy(config);

	options.listen_tls = "[::1]:2";
	config = load(&options, 0, "");
	assert_string_equal(config->server.listen_tls, "[::1]:2");
	cabin_config_destroy(config);
}

static void tells_what_does_not_fit(void **state)
{
	struct cabin_options options = {.config = CONFERENCE, .listen_tls = "127.0.0.1:0"};
	assert_null(
	    load(&options, CABIN_EINVAL, "cabind: --listen-tls needs a certificate; give --tls-cert and --tls-key\n"));
	options = (struct cabin_options){.config = CONFERENCE, .tls_port_file = "x"};
	assert_null(
	    load(&options, CABIN_EINVAL, "cabind: --tls-port-file goes with https; give --tls-cert and --tls-key\n"));
	options = (struct cabin_options){.config = "/nowhere"};
	assert_null(
	    load(&options, CABIN_EIO,
		 "/nowhere: cannot read it: No such file or directory; give the path of a readable configuration "
		 "file\n"));
}

static void begins_the_demo_now(void **state)
{
	const struct cabin_options options = {.demo = true};
	time_t before = time(NULL);
	struct cabin_config *config = load(&options, 0, "");
	assert_true(config->room_count >= 2);
	int64_t start_s, end_s, earliest_s = INT64_MAX;
	uint16_t on_now = 0;
	for (uint16_t i = 0; i < config->session_count; i++) {
		assert_true(cabin_time_parse(config->sessions[i].start, &start_s));
		assert_true(cabin_time_parse(config->sessions[i].end, &end_s));
		earliest_s = start_s < earliest_s ? start_s : earliest_s;
		on_now += start_s <= (int64_t)before && (int64_t)before < end_s;
	}
	assert_int_equal(on_now, config->room_count);
	assert_true((int64_t)before - earliest_s < 3600);
	assert_memory_equal(config->sessions[0].start + strlen("2027-03-02T08:"), "00:00", 5);
	cabin_config_destroy(config);
}

static void takes_a_device_into_the_demo(void **state)
{
	const struct cabin_options options = {.demo = true, .device = "system", .api = "JACK", .jack_server = "hall"};
	struct cabin_config *config = load(&options, 0, "");
	const struct cabin_config_source *floor = &config->sources[config->channels[0].source_index];
	assert_int_equal(floor->kind, CABIN_SOURCE_DEVICE);
	assert_int_equal(config->device_count, 1);
	assert_string_equal(floor->device, config->devices[0].id);
	assert_string_equal(config->devices[0].name, "system");
	assert_string_equal(config->devices[0].api, "JACK");
	assert_string_equal(config->devices[0].jack_server, "hall");
	cabin_config_destroy(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lays_options_over_the_file),
	    cmocka_unit_test(tells_what_does_not_fit),
	    cmocka_unit_test(begins_the_demo_now),
	    cmocka_unit_test(takes_a_device_into_the_demo),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
