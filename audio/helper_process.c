#include "audio/helper_process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "audio/helper.h"
#include "audio/helper_shared.h"
#include "base/log.h"

enum { FIRST_FREE_FD = 10, REAP_TRIES = 200, ENVIRONMENT_MAX = 1024 };

extern char **environ;

/* A pipe whose ends lie above the numbers that a helper is born with. */
static int open_pipe(int ends[2])
{
	int low[2];
	if (pipe2(low, O_CLOEXEC) != 0)
		return CABIN_EIO;
	for (int i = 0; i < 2; i++) {
		ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, FIRST_FREE_FD);
		close(low[i]);
	}
	return ends[0] >= 0 && ends[1] >= 0 ? 0 : CABIN_EIO;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* This process's environment with JACK's server changed. `entry` is the caller's. */
static void make_environment(char **out, const char *jack_server, char *entry, size_t entry_size)
{
	int count = 0;
	for (char **variable = environ; *variable && count < ENVIRONMENT_MAX - 2; variable++) {
		if (!jack_server || strncmp(*variable, "JACK_DEFAULT_SERVER=", 20) != 0)
			out[count++] = *variable;
	}
	if (jack_server) {
		snprintf(entry, entry_size, "JACK_DEFAULT_SERVER=%s", jack_server);
		out[count++] = entry;
	}
	out[count] = NULL;
}

/* A process group of its own, so that a Ctrl-C in the terminal reaches the parent
 * alone; no signal blocked; and never the encode thread's real-time priority. */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, defaults;
	const struct sched_param normal = {.sched_priority = 0};
	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGTERM);
	sigaddset(&defaults, SIGINT);
	return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
							POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSCHEDULER) ||
	       posix_spawnattr_setpgroup(attributes, 0) || posix_spawnattr_setsigmask(attributes, &none) ||
	       posix_spawnattr_setsigdefault(attributes, &defaults) ||
	       posix_spawnattr_setschedpolicy(attributes, SCHED_OTHER) ||
	       posix_spawnattr_setschedparam(attributes, &normal);
}

static int set_files(posix_spawn_file_actions_t *actions, const struct cabin_helper_start *start, int life_fd,
		     int output_fd, int error_fd)
{
	int failed = posix_spawn_file_actions_adddup2(actions, life_fd, CABIN_HELPER_LIFE_FD) ||
		     posix_spawn_file_actions_adddup2(actions, error_fd, CABIN_HELPER_ERROR_FD);
	if (output_fd >= 0)
		failed |= posix_spawn_file_actions_adddup2(actions, output_fd, CABIN_HELPER_OUTPUT_FD);
	else
		failed |= posix_spawn_file_actions_addopen(actions, CABIN_HELPER_OUTPUT_FD, "/dev/null", O_WRONLY, 0);
	if (start->shared_fd >= 0)
		failed |= posix_spawn_file_actions_adddup2(actions, start->shared_fd, CABIN_HELPER_SHARED_FD);
	if (start->event_fd >= 0)
		failed |= posix_spawn_file_actions_adddup2(actions, start->event_fd, CABIN_HELPER_EVENT_FD);
	return failed;
}

static int spawn(pid_t *pid, const struct cabin_helper_start *start, int life_fd, int output_fd, int error_fd)
{
	char *arguments[CABIN_HELPER_ARGUMENTS_MAX + 3] = {program_invocation_short_name, CABIN_AUDIO_HELPER_OPTION};
	char *environment[ENVIRONMENT_MAX], server[256];
	int count = 2;
	for (const char *const *argument = start->arguments; *argument; argument++) {
		CABIN_ASSERT(count < CABIN_HELPER_ARGUMENTS_MAX + 2);
		arguments[count++] = (char *)*argument;
	}
	make_environment(environment, start->jack_server, server, sizeof(server));
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error = posix_spawn_file_actions_init(&actions);
	if (error)
		return error;
	error = posix_spawnattr_init(&attributes);
	if (error) {
		posix_spawn_file_actions_destroy(&actions);
		return error;
	}
	error = set_attributes(&attributes) || set_files(&actions, start, life_fd, output_fd, error_fd) ? ENOMEM : 0;
	if (!error)
		error = posix_spawn(pid, "/proc/self/exe", &actions, &attributes, arguments, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

void cabin_helper_process_init(struct cabin_helper_process *process)
{
	*process =
	    (struct cabin_helper_process){.pid = -1, .stuck = -1, .life_fd = -1, .error_fd = -1, .output_fd = -1};
}

/* True while the helper that could not be killed lives; reaps it when it has ended. */
static bool is_stuck(struct cabin_helper_process *process)
{
	if (process->stuck <= 0)
		return false;
	if (waitpid(process->stuck, NULL, WNOHANG) == 0)
		return true;
	cabin_log(CABIN_LOG_INFO, "audio", "helper-died-at-last", "pid=%d", (int)process->stuck);
	process->stuck = -1;
	return false;
}

int cabin_helper_process_start(struct cabin_helper_process *process, const struct cabin_helper_start *start)
{
	int life[2] = {-1, -1}, errors[2] = {-1, -1}, output[2] = {-1, -1};
	CABIN_ASSERT(process->pid < 0);
	if (is_stuck(process))
		return CABIN_EAGAIN;
	process->line_size = 0;
	int error = open_pipe(life) || open_pipe(errors) || (start->with_output && open_pipe(output)) ? errno : 0;
	if (!error)
		error = spawn(&process->pid, start, life[0], output[1], errors[1]);
	close_fd(&life[0]);
	close_fd(&errors[1]);
	close_fd(&output[1]);
	if (error) {
		cabin_log(CABIN_LOG_ERROR, "audio", "helper-start-failed", "reason=\"%s\"", strerror(error));
		process->pid = -1;
		close_fd(&life[1]);
		close_fd(&errors[0]);
		close_fd(&output[0]);
		return CABIN_EIO;
	}
	fcntl(errors[0], F_SETFL, O_NONBLOCK);
	process->life_fd = life[1];
	process->error_fd = errors[0];
	process->output_fd = output[0];
	return 0;
}

static void log_line(struct cabin_helper_process *process, const char *id)
{
	char quoted[2 * CABIN_HELPER_LINE_BYTES];
	const char *line = process->line;
	process->line[process->line_size] = '\0';
	process->line_size = 0;
	bool own = strncmp(line, CABIN_HELPER_LINE, strlen(CABIN_HELPER_LINE)) == 0;
	if (own)
		line += strlen(CABIN_HELPER_LINE);
	if (line[0])
		cabin_log(own ? CABIN_LOG_WARN : CABIN_LOG_DEBUG, "audio", "helper", "device=%s pid=%d text=%s", id,
			  (int)process->pid, cabin_log_quote(quoted, sizeof(quoted), line));
}

bool cabin_helper_process_log(struct cabin_helper_process *process, const char *id)
{
	char bytes[1024];
	ssize_t size;
	if (process->error_fd < 0)
		return false;
	while ((size = read(process->error_fd, bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < size; i++) {
			if (bytes[i] == '\n' || process->line_size == CABIN_HELPER_LINE_BYTES - 1)
				log_line(process, id);
			if (bytes[i] != '\n')
				process->line[process->line_size++] = bytes[i];
		}
	}
	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (process->line_size)
		log_line(process, id);
	return false;
}

void cabin_helper_process_kill(struct cabin_helper_process *process, const char *id)
{
	const struct timespec millisecond = {.tv_nsec = 1000000};
	if (process->pid > 0) {
		int tries = 0;
		pid_t ended;
		kill(process->pid, SIGKILL);
		while ((ended = waitpid(process->pid, NULL, WNOHANG)) == 0 && tries++ < REAP_TRIES)
			nanosleep(&millisecond, NULL);
		if (ended == 0) {
			process->stuck = process->pid;
			cabin_log(CABIN_LOG_ERROR, "audio", "helper-will-not-die",
				  "device=%s pid=%d reason=\"stuck in the sound driver\" todo=\"unplug the device or "
				  "restart the machine; until then the device stays away\"",
				  id, (int)process->pid);
		}
	}
	process->pid = -1;
	close_fd(&process->life_fd);
	close_fd(&process->error_fd);
	close_fd(&process->output_fd);
}
