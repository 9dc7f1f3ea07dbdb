/* audio/helper_process: started, killed and reaped; and one that not even
 * kill −9 ends is alone until it does. This binary is its own helper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audio/helper_process.h"
#include "audio/helper_shared.h"

static pid_t held; /* of this one the kernel says that it has not ended */

/* In the place of the C library's. A process in uninterruptible sleep cannot be made at
 * will; its parent sees just this. */
pid_t waitpid(pid_t pid, int *status, int options)
{
	return pid == held ? 0 : wait4(pid, status, options, NULL);
}

static const char *const arguments[] = {"sleep", NULL};
static const struct cabin_helper_start plain = {.arguments = arguments, .shared_fd = -1, .event_fd = -1};

static bool is_child(pid_t pid)
{
	siginfo_t info;
	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static int open_files(void)
{
	int count = 0;
	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void killed_and_reaped(void **state)
{
	struct cabin_helper_process process;
	int files = open_files();
	cabin_helper_process_init(&process);
	cabin_helper_process_kill(&process, "none"); /* nothing to do */
	for (int i = 0; i < 3; i++) {
		assert_int_equal(cabin_helper_process_start(&process, &plain), 0);
		pid_t pid = process.pid;
		assert_true(is_child(pid));
		cabin_helper_process_kill(&process, "desk");
		assert_false(is_child(pid));
		assert_int_equal(process.pid, -1);
		assert_int_equal(open_files(), files);
	}
}

static void no_second_beside_one_that_will_not_die(void **state)
{
	struct cabin_helper_process process;
	int files = open_files();
	cabin_helper_process_init(&process);
	assert_int_equal(cabin_helper_process_start(&process, &plain), 0);
	held = process.pid;
	cabin_helper_process_kill(&process, "desk");
	assert_int_equal(open_files(), files);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(cabin_helper_process_start(&process, &plain), CABIN_EAGAIN);
		assert_int_equal(process.pid, -1);
		cabin_helper_process_kill(&process, "desk"); /* as a failed open does */
	}
	assert_int_equal(open_files(), files);
	assert_true(is_child(held));

	pid_t pid = held;
	held = 0; /* the driver gave up: it ends, is reaped, and the next one starts */
	assert_int_equal(cabin_helper_process_start(&process, &plain), 0);
	assert_false(is_child(pid));
	assert_true(is_child(process.pid));
	cabin_helper_process_kill(&process, "desk");
	assert_int_equal(open_files(), files);
}

/* Sleeps until it is killed, or its parent is gone. */
static int be_the_helper(void)
{
	char byte;
	while (read(CABIN_HELPER_LIFE_FD, &byte, 1) < 0 && errno == EINTR)
		;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--capture") == 0)
		return be_the_helper();
	const struct CMUnitTest tests[] = {cmocka_unit_test(killed_and_reaped),
					   cmocka_unit_test(no_second_beside_one_that_will_not_die)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
