/* cabin_audio_list_devices: the parent's side. */
#include "audio/device.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "audio/helper_process.h"
#include "base/clock.h"
#include "base/log.h"

/* Probing every device of a machine with many sound cards takes a second or two. */
enum { LIST_LIMIT_MS = 15000 };

/* Copies what the helper prints until it is done: 0, or CABIN_EIO when it takes too long. */
static int copy_output(struct cabin_helper_process *process, FILE *to, size_t *copied)
{
	const struct cabin_clock clock = cabin_clock_monotonic();
	uint64_t limit_ns = cabin_clock_now_ns(&clock) + LIST_LIMIT_MS * CABIN_NS_PER_MS;
	char bytes[4096];
	for (;;) {
		uint64_t now_ns = cabin_clock_now_ns(&clock);
		struct pollfd fds[2] = {{.fd = process->output_fd, .events = POLLIN},
					{.fd = process->error_fd, .events = POLLIN}};
		if (now_ns >= limit_ns)
			return CABIN_EIO;
		int ready = poll(fds, 2, (int)((limit_ns - now_ns) / CABIN_NS_PER_MS) + 1);
		if (ready < 0 && errno != EINTR)
			return CABIN_EIO;
		if (ready <= 0)
			continue;
		if (fds[1].revents && !cabin_helper_process_log(process, "list")) {
			close(process->error_fd);
			process->error_fd = -1;
		}
		if (!fds[0].revents)
			continue;
		ssize_t size = read(process->output_fd, bytes, sizeof(bytes));
		if (size <= 0)
			return 0;
		*copied += fwrite(bytes, 1, (size_t)size, to);
	}
}

int cabin_audio_list_devices(const char *jack_server, bool outputs, FILE *to)
{
	const char *const arguments[] = {"list", outputs ? "--outputs" : NULL, NULL};
	const struct cabin_helper_start start = {
	    .arguments = arguments,
	    .jack_server = jack_server,
	    .shared_fd = -1,
	    .event_fd = -1,
	    .with_output = true,
	};
	struct cabin_helper_process process;
	cabin_helper_process_init(&process);
	int error = cabin_helper_process_start(&process, &start);
	if (error)
		return error;
	size_t copied = 0;
	error = copy_output(&process, to, &copied);
	if (!error && copied == 0)
		error = CABIN_EIO;
	if (error)
		cabin_log(
		    CABIN_LOG_ERROR, "audio", "no-device-list",
		    "reason=\"the audio system did not answer within %d s\" todo=\"look at --log-level debug, and "
		    "whether another program holds the sound card\"",
		    LIST_LIMIT_MS / 1000);
	cabin_helper_process_kill(&process, "list");
	return error;
}
