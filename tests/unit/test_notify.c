/* What systemd gets, at the other end of a real socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "cabind/notify.h"

/* Binds `name` (as NOTIFY_SOCKET has it), notifies, and checks what came. */
static void check_comes(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t size = strlen(name);
	memcpy(address.sun_path, name, size);
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size)), 0);
	setenv("NOTIFY_SOCKET", name, 1);
	cabin_notify("READY=1");
	cabin_notify("STOPPING=1");
	unsetenv("NOTIFY_SOCKET");
	char got[32] = "";
	assert_int_equal(recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT), 7);
	assert_string_equal(got, "READY=1");
	assert_int_equal(recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT), 10);
	assert_memory_equal(got, "STOPPING=1", 10);
	close(fd);
}

static void notifies(void **state)
{
	char folder[] = "/tmp/cabin-notify-XXXXXX", name[64];
	assert_non_null(mkdtemp(folder));
	snprintf(name, sizeof(name), "%s/socket", folder);
	check_comes(name);
	unlink(name);
	rmdir(folder);
	snprintf(name, sizeof(name), "@cabin-notify-%ld", (long)getpid());
	check_comes(name);
}

static void survives_without_a_listener(void **state)
{
	char longest[200];
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	longest[0] = '/';
	static const char *const nowhere[] = {"/nowhere/socket", "", "relative", NULL};
	for (size_t i = 0; nowhere[i]; i++) {
		setenv("NOTIFY_SOCKET", nowhere[i], 1);
		cabin_notify("READY=1");
	}
	setenv("NOTIFY_SOCKET", longest, 1);
	cabin_notify("READY=1");
	unsetenv("NOTIFY_SOCKET");
	cabin_notify("READY=1");
}

static void reads_the_watchdog(void **state)
{
	char pid[24];
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	unsetenv("WATCHDOG_USEC");
	assert_int_equal(cabin_notify_watchdog_ms(), 0);
	setenv("WATCHDOG_USEC", "10000000", 1);
	assert_int_equal(cabin_notify_watchdog_ms(), 5000);
	setenv("WATCHDOG_PID", pid, 1);
	assert_int_equal(cabin_notify_watchdog_ms(), 5000);
	setenv("WATCHDOG_PID", "1", 1);
	assert_int_equal(cabin_notify_watchdog_ms(), 0);
	unsetenv("WATCHDOG_PID");
	setenv("WATCHDOG_USEC", "words", 1);
	assert_int_equal(cabin_notify_watchdog_ms(), 0);
	setenv("WATCHDOG_USEC", "99999999999", 1);
	assert_int_equal(cabin_notify_watchdog_ms(), 60000);
	unsetenv("WATCHDOG_USEC");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(notifies),
	    cmocka_unit_test(survives_without_a_listener),
	    cmocka_unit_test(reads_the_watchdog),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
