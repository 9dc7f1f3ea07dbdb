#include "realtime_guard.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "audio/helper_callback.h"

static _Thread_local bool inside;
static _Thread_local int writes, clock_readings;
static void (*replacement)(void);
static atomic_ulong calls;

static void forbid(const char *what)
{
	static const char told[] = "realtime-guard: in the audio callback: ";
	if (!inside)
		return;
	inside = false;
	syscall(SYS_write, STDERR_FILENO, told, sizeof(told) - 1);
	syscall(SYS_write, STDERR_FILENO, what, strlen(what));
	syscall(SYS_write, STDERR_FILENO, "\n", 1);
	abort();
}

void guard_set_callback(void (*callback)(void))
{
	replacement = callback;
}

unsigned long guard_call_count(void)
{
	return atomic_load(&calls);
}

PaStreamCallback __real_cabin_capture_callback, __wrap_cabin_capture_callback;
PaStreamCallback __real_cabin_playback_callback, __wrap_cabin_playback_callback;

static int guarded(PaStreamCallback *real, const void *input, void *output, unsigned long frame_count,
		   const PaStreamCallbackTimeInfo *time_info, PaStreamCallbackFlags flags, void *user_data)
{
	int result = paContinue;
	atomic_fetch_add(&calls, 1);
	writes = clock_readings = 0;
	inside = true;
	if (replacement)
		replacement();
	else
		result = real(input, output, frame_count, time_info, flags, user_data);
	inside = false;
	return result;
}

int __wrap_cabin_capture_callback(const void *input, void *output, unsigned long frame_count,
				  const PaStreamCallbackTimeInfo *time_info, PaStreamCallbackFlags flags,
				  void *user_data)
{
	return guarded(__real_cabin_capture_callback, input, output, frame_count, time_info, flags, user_data);
}

int __wrap_cabin_playback_callback(const void *input, void *output, unsigned long frame_count,
				   const PaStreamCallbackTimeInfo *time_info, PaStreamCallbackFlags flags,
				   void *user_data)
{
	return guarded(__real_cabin_playback_callback, input, output, frame_count, time_info, flags, user_data);
}

/* glibc's own names for what we stand in front of. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

void *malloc(size_t size)
{
	forbid("malloc");
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	forbid("calloc");
	return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	forbid("realloc");
	return __libc_realloc(memory, size);
}

void free(void *memory)
{
	forbid("free");
	__libc_free(memory);
}

static bool is_nonblocking_eventfd(int fd)
{
	char path[32], target[64];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	long size = syscall(SYS_readlink, path, target, sizeof(target) - 1);
	target[size > 0 ? size : 0] = '\0';
	return strcmp(target, "anon_inode:[eventfd]") == 0 && fcntl(fd, F_GETFL) & O_NONBLOCK;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	if (inside && (!is_nonblocking_eventfd(fd) || ++writes > 1))
		forbid("write");
	return syscall(SYS_write, fd, bytes, size);
}

/* Calls the next definition of a function, the C library's. */
#define NEXT(function)                                                                                                 \
	static __typeof__(&function) next;                                                                             \
	if (!next)                                                                                                     \
	next = (__typeof__(&function))dlsym(RTLD_NEXT, #function)

int clock_gettime(clockid_t clock, struct timespec *out)
{
	if (inside && ++clock_readings > 1)
		forbid("a second clock_gettime");
	NEXT(clock_gettime);
	return next(clock, out);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	forbid("pthread_mutex_lock");
	NEXT(pthread_mutex_lock);
	return next(mutex);
}

int nanosleep(const struct timespec *wait, struct timespec *left)
{
	forbid("nanosleep");
	NEXT(nanosleep);
	return next(wait, left);
}

int usleep(useconds_t wait_us)
{
	forbid("usleep");
	NEXT(usleep);
	return next(wait_us);
}

int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	forbid("poll");
	NEXT(poll);
	return next(fds, count, timeout_ms);
}

ssize_t read(int fd, void *bytes, size_t size)
{
	forbid("read");
	return syscall(SYS_read, fd, bytes, size);
}

int vfprintf(FILE *stream, const char *format, va_list arguments)
{
	forbid("vfprintf");
	NEXT(vfprintf);
	return next(stream, format, arguments);
}

int fprintf(FILE *stream, const char *format, ...)
{
	va_list arguments;
	forbid("fprintf");
	va_start(arguments, format);
	int size = vfprintf(stream, format, arguments);
	va_end(arguments);
	return size;
}

int printf(const char *format, ...)
{
	va_list arguments;
	forbid("printf");
	va_start(arguments, format);
	int size = vfprintf(stdout, format, arguments);
	va_end(arguments);
	return size;
}

int fputs(const char *text, FILE *stream)
{
	forbid("fputs");
	NEXT(fputs);
	return next(text, stream);
}

int puts(const char *text)
{
	forbid("puts");
	NEXT(puts);
	return next(text);
}

size_t fwrite(const void *bytes, size_t size, size_t count, FILE *stream)
{
	forbid("fwrite");
	NEXT(fwrite);
	return next(bytes, size, count, stream);
}
