#include "cabind/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

void cabin_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (!path || (path[0] != '/' && path[0] != '@'))
		return;
	size_t size = strlen(path);
	if (size >= sizeof(address.sun_path)) {
		cabin_log(CABIN_LOG_WARN, "app", "notify-failed", "error=\"NOTIFY_SOCKET is too long\"");
		return;
	}
	memcpy(address.sun_path, path, size);
	if (path[0] == '@') /* Linux's abstract names begin with a zero byte. */
		address.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t address_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
	if (fd < 0 || sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, address_size) < 0)
		cabin_log(CABIN_LOG_WARN, "app", "notify-failed", "state=%s error=\"%s\"", state, strerror(errno));
	if (fd >= 0)
		close(fd);
}

uint32_t cabin_notify_watchdog_ms(void)
{
	const char *interval_us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	if (!interval_us || (pid && strtol(pid, NULL, 10) != (long)getpid()))
		return 0;
	unsigned long half_ms = strtoul(interval_us, NULL, 10) / 2000;
	if (half_ms == 0)
		return 0;
	return half_ms > 60000 ? 60000 : (uint32_t)half_ms;
}
