/* common/base/log and error: lines are lines, values are quoted, names are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"

/* What stderr gets while `level` lines are logged. */
static void capture(char *out, size_t out_size, void (*run)(void))
{
	FILE *file = tmpfile();
	int kept = dup(STDERR_FILENO);
	size_t size;

	assert_non_null(file);
	assert_true(kept >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
	run();
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	close(kept);
	rewind(file);
	size = fread(out, 1, out_size - 1, file);
	out[size] = '\0';
	fclose(file);
}

static void log_one(void)
{
	cabin_log(CABIN_LOG_WARN, "relay", "source-lost", "source=%d text=%s", 7, "two\nlines");
	cabin_log(CABIN_LOG_DEBUG, "relay", "hidden", NULL);
	cabin_log(CABIN_LOG_INFO, "relay", "bare", NULL);
}

static void a_line_has_time_level_module_event_and_values(void **state)
{
	char text[4096], *second;

	capture(text, sizeof(text), log_one);
	second = strchr(text, '\n') + 1;
	assert_non_null(strstr(text, "Z warn relay source-lost source=7 text=two lines\n"));
	assert_int_equal(text[4], '-');
	assert_int_equal(text[10], 'T');
	assert_int_equal(text[19], '.');
	assert_null(strstr(text, "hidden"));
	assert_non_null(strstr(second, "Z info relay bare\n"));
}

static void log_long(void)
{
	char text[3000];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	cabin_log(CABIN_LOG_ERROR, "m", "long", "text=%s", text);
}

static void a_long_line_is_cut_and_ends(void **state)
{
	char text[4096];

	capture(text, sizeof(text), log_long);
	assert_in_range(strlen(text), 900, 1001);
	assert_int_equal(text[strlen(text) - 1], '\n');
}

static void quoting_escapes_and_never_overflows(void **state)
{
	char out[16];

	assert_string_equal(cabin_log_quote(out, sizeof(out), "a \"b\"\\"), "\"a \\\"b\\\"\\\\\"");
	assert_string_equal(cabin_log_quote(out, sizeof(out), "\n\x7f"), "\"\\x0a\\x7f\"");
	assert_string_equal(cabin_log_quote(out, sizeof(out), NULL), "\"\"");
	for (uint32_t size = 1; size <= sizeof(out); size++) {
		memset(out, '#', sizeof(out));
		cabin_log_quote(out, size, "\"\"\"\"\"\"\"\"\"\"");
		assert_true(strlen(out) < size);
		for (uint32_t i = size; i < sizeof(out); i++)
			assert_int_equal(out[i], '#');
	}
}

static void errors_have_names(void **state)
{
	for (int error = CABIN_EUNSUPPORTED; error <= CABIN_OK; error++)
		assert_string_not_equal(cabin_error_name(error), "EUNKNOWN");
	assert_string_equal(cabin_error_name(CABIN_ELOST), "ELOST");
	assert_string_equal(cabin_error_name(-99), "EUNKNOWN");
}

/* In a child, which an alarm ends if it waits: stderr is a pipe that is full and that
 * nobody reads. 0: two lines are lost, and the next one says so. */
static int log_into_a_full_pipe(void)
{
	char bytes[4096], text[4096] = "";
	int ends[2];
	ssize_t size;

	alarm(5);
	if (pipe(ends) != 0 || fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0)
		return 1;
	memset(bytes, 'x', sizeof(bytes));
	while (write(ends[1], bytes, sizeof(bytes)) > 0)
		;
	if (fcntl(ends[1], F_SETFL, 0) != 0 || dup2(ends[1], STDERR_FILENO) < 0)
		return 2;
	cabin_log_never_wait();
	cabin_log(CABIN_LOG_WARN, "m", "lost", NULL);
	cabin_log(CABIN_LOG_WARN, "m", "lost", NULL);
	if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
		return 3;
	while (read(ends[0], bytes, sizeof(bytes)) > 0)
		;
	cabin_log(CABIN_LOG_WARN, "m", "heard", "key=%d", 1);
	cabin_log(CABIN_LOG_WARN, "m", "heard", "key=%d", 2);
	size = read(ends[0], text, sizeof(text) - 1);
	if (size < 0 || strstr(text, " lost") || !strstr(text, "heard key=1 lines_lost=2\n"))
		return 4;
	return strstr(text, "heard key=2\n") ? 0 : 5;
}

static void a_reader_that_stalls_stops_nobody(void **state)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(log_into_a_full_pipe());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_has_time_level_module_event_and_values),
	    cmocka_unit_test(a_long_line_is_cut_and_ends),
	    cmocka_unit_test(quoting_escapes_and_never_overflows),
	    cmocka_unit_test(errors_have_names),
	    cmocka_unit_test(a_reader_that_stalls_stops_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
