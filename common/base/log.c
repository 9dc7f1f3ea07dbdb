#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1000, LOST_MAX_BYTES = 40 };

/* Relaxed everywhere: nothing else is ordered by them. */
static _Atomic int level_now = CABIN_LOG_INFO;
static _Atomic unsigned long long lines_lost;

static int log_fd = STDERR_FILENO;
static bool is_socket;

void cabin_log_never_wait(void)
{
	struct stat status;
	int fd;

	if (fstat(STDERR_FILENO, &status) != 0)
		return;
	is_socket = S_ISSOCK(status.st_mode);
	if (!S_ISFIFO(status.st_mode) && !S_ISCHR(status.st_mode))
		return;
	/* Opened anew, so that O_NONBLOCK is ours alone: stderr's own description is
	 * shared with the shell, and with every other program of the terminal. */
	fd = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0)
		log_fd = fd;
}

static ssize_t put_line(const char *line, size_t size)
{
	ssize_t result;

	do
		result = is_socket ? send(log_fd, line, size, MSG_DONTWAIT | MSG_NOSIGNAL) : write(log_fd, line, size);
	while (result < 0 && errno == EINTR);
	return result;
}

void cabin_log_set_level(enum cabin_log_level level)
{
	atomic_store_explicit(&level_now, (int)level, memory_order_relaxed);
}

enum cabin_log_level cabin_log_get_level(void)
{
	return (enum cabin_log_level)atomic_load_explicit(&level_now, memory_order_relaxed);
}

static const char *level_name(enum cabin_log_level level)
{
	switch (level) {
	case CABIN_LOG_DEBUG:
		return "debug";
	case CABIN_LOG_INFO:
		return "info";
	case CABIN_LOG_WARN:
		return "warn";
	case CABIN_LOG_ERROR:
		return "error";
	}
	return "error";
}

/* snprintf's result as bytes really in the buffer. */
static size_t written(int result, size_t room)
{
	if (result < 0)
		return 0;
	return (size_t)result < room ? (size_t)result : room - 1;
}

static size_t write_head(char *line, size_t room, enum cabin_log_level level, const char *module, const char *event)
{
	struct timespec now = {0};
	struct tm parts;
	size_t size;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &parts);
	size = strftime(line, room, "%Y-%m-%dT%H:%M:%S", &parts);
	size += written(snprintf(line + size, room - size, ".%03ldZ %s %s %s", now.tv_nsec / 1000000, level_name(level),
				 module, event),
			room - size);
	return size;
}

void cabin_log(enum cabin_log_level level, const char *module, const char *event, const char *format, ...)
{
	char line[LINE_MAX_BYTES + LOST_MAX_BYTES + 1];
	int saved_errno = errno;
	unsigned long long lost;
	va_list arguments;
	size_t head, size;

	if (level < cabin_log_get_level())
		return;
	head = size = write_head(line, LINE_MAX_BYTES + 1, level, module, event);
	if (format && format[0] && size + 2 < LINE_MAX_BYTES) {
		size_t room = LINE_MAX_BYTES - size;

		line[size++] = ' ';
		va_start(arguments, format);
		size += written(vsnprintf(line + size, room, format, arguments), room);
		va_end(arguments);
	}
	lost = atomic_exchange_explicit(&lines_lost, 0, memory_order_relaxed);
	if (lost)
		size += written(snprintf(line + size, LOST_MAX_BYTES, " lines_lost=%llu", lost), LOST_MAX_BYTES);
	/* A line is a line, whatever a caller forgot to quote. */
	for (size_t i = head; i < size; i++) {
		if ((unsigned char)line[i] < ' ')
			line[i] = ' ';
	}
	line[size++] = '\n';
	if (put_line(line, size) < 0)
		atomic_fetch_add_explicit(&lines_lost, lost + 1, memory_order_relaxed);
	errno = saved_errno;
}

const char *cabin_log_quote(char *out, uint32_t out_size, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	uint32_t size = 0;

	if (out_size < 3) {
		if (out_size)
			out[0] = '\0';
		return out;
	}
	out[size++] = '"';
	for (const char *c = text ? text : ""; *c; c++) {
		unsigned char byte = (unsigned char)*c;
		char escaped[4];
		uint32_t escaped_size = 0;

		if (byte == '"' || byte == '\\') {
			escaped[escaped_size++] = '\\';
			escaped[escaped_size++] = *c;
		} else if (byte < ' ' || byte == 0x7f) {
			escaped[escaped_size++] = '\\';
			escaped[escaped_size++] = 'x';
			escaped[escaped_size++] = hex[byte >> 4];
			escaped[escaped_size++] = hex[byte & 15];
		} else {
			escaped[escaped_size++] = *c;
		}
		if (size + escaped_size + 2 > out_size)
			break;
		for (uint32_t i = 0; i < escaped_size; i++)
			out[size++] = escaped[i];
	}
	out[size++] = '"';
	out[size] = '\0';
	return out;
}
