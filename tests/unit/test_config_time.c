/* Times of the agenda, against the C library's own calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "config/config_time.h"

static void reads_rfc_3339(void **state)
{
	static const struct {
		const char *text;
		int64_t unix_s;
	} good[] = {
	    {"1970-01-01T00:00:00Z", 0},
	    {"1970-01-01T00:00:00+00:00", 0},
	    {"1970-01-01T07:00:00+07:00", 0},
	    {"1969-12-31T23:59:59Z", -1},
	    {"2000-02-29T12:00:00Z", 951825600},
	    {"2027-03-02T08:30:00+07:00", 1803951000},
	    {"2027-03-01T20:00:00-05:30", 1803951000},
	    {"9999-12-31T23:59:59Z", INT64_C(253402300799)},
	};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		int64_t unix_s = 0;
		bool valid = cabin_time_parse(good[i].text, &unix_s);
		if (good[i].unix_s < 0) {
			assert_false(valid);
			continue;
		}
		assert_true(valid);
		assert_int_equal(unix_s, good[i].unix_s);
	}
	assert_true(cabin_time_parse("2027-03-02T08:30:00Z", NULL));
}

static void refuses_the_rest(void **state)
{
	static const char *const bad[] = {
	    "",
	    "2027",
	    "2027-03-02",
	    "2027-03-02 08:30:00Z",
	    "2027-03-02T08:30Z",
	    "2027-03-02T08:30:00",
	    "2027-03-02T08:30:00.5Z",
	    "2027-03-02T08:30:00z",
	    "2027-03-02T08:30:00+0700",
	    "2027-03-02T08:30:00+07:00 ",
	    "2027-3-02T08:30:00Z",
	    "2027-00-02T08:30:00Z",
	    "2027-13-02T08:30:00Z",
	    "2027-04-31T08:30:00Z",
	    "2027-02-29T08:30:00Z",
	    "2100-02-29T08:30:00Z",
	    "2027-03-00T08:30:00Z",
	    "2027-03-02T24:00:00Z",
	    "2027-03-02T08:60:00Z",
	    "2027-03-02T08:30:60Z",
	    "2027-03-02T08:30:00+24:00",
	    "2027-03-02T08:30:00+07:60",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (cabin_time_parse(bad[i], NULL))
			fail_msg("took '%s'", bad[i]);
}

static void agrees_with_the_calendar(void **state)
{
	/* A prime step visits every month, leap years and every second of the minute. */
	for (int64_t moment = 0; moment < INT64_C(253402300799); moment += 40000003) {
		time_t clock = (time_t)moment;
		struct tm utc;
		char text[40];
		gmtime_r(&clock, &utc);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
		int64_t unix_s;
		assert_true(cabin_time_parse(text, &unix_s));
		assert_int_equal(unix_s, moment);
	}
}

static void writes_local_time(void **state)
{
	char text[CABIN_TIME_MAX_BYTES];
	setenv("TZ", "ICT-7", 1);
	tzset();
	assert_true(cabin_time_format_local(text, sizeof(text), 1803951000));
	assert_string_equal(text, "2027-03-02T08:30:00+07:00");
	setenv("TZ", "NST3:30", 1);
	tzset();
	assert_true(cabin_time_format_local(text, sizeof(text), 1803951000));
	assert_string_equal(text, "2027-03-01T22:00:00-03:30");
	assert_false(cabin_time_format_local(text, sizeof(text), INT64_C(400000000000)));
	assert_false(cabin_time_format_local(text, 10, 0));
	unsetenv("TZ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_rfc_3339),
	    cmocka_unit_test(refuses_the_rest),
	    cmocka_unit_test(agrees_with_the_calendar),
	    cmocka_unit_test(writes_local_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
