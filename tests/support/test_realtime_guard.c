/* The audio callback does nothing but what a real-time thread may do: proven with the
 * guard, on made-up calls and on a real PortAudio stream of a JACK server; and the
 * guard bites. This binary is its own capture helper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "audio/device_input.h"
#include "audio/device_output.h"
#include "audio/helper.h"
#include "audio/helper_callback.h"
#include "audio/helper_shared.h"
#include "base/clock.h"
#include "base/log.h"
#include "realtime_guard.h"

extern char **environ;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void *volatile kept;

static void bad_malloc(void)
{
	kept = malloc(100);
}

static void bad_free(void)
{
	free(kept);
}

static void bad_realloc(void)
{
	kept = realloc(NULL, 200);
}

static void bad_lock(void)
{
	pthread_mutex_lock(&mutex);
	pthread_mutex_unlock(&mutex);
}

static void bad_write(void)
{
	ssize_t size = write(STDOUT_FILENO, "", 0);
	(void)size;
}

static void bad_print(void)
{
	fprintf(stderr, "%d\n", 1);
}

static void bad_log(void)
{
	cabin_log(CABIN_LOG_ERROR, "test", "in-callback", "a=%d", 1);
}

static void bad_sleep(void)
{
	const struct timespec moment = {.tv_nsec = 1};
	nanosleep(&moment, NULL);
}

static void bad_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	clock_gettime(CLOCK_MONOTONIC, &now);
}

static const struct {
	const char *name;
	void (*callback)(void);
} bad[] = {
    {"malloc", bad_malloc}, {"free", bad_free}, {"realloc", bad_realloc}, {"lock", bad_lock},	{"write", bad_write},
    {"print", bad_print},   {"log", bad_log},	{"sleep", bad_sleep},	  {"clock", bad_clock},
};

enum { BAD_COUNT = sizeof(bad) / sizeof(bad[0]), CHANNELS = 2, PERIOD = 256 };

static void call_once(struct cabin_callback *callback, const float *input)
{
	const PaStreamCallbackTimeInfo times = {.currentTime = 1, .inputBufferAdcTime = 0.99};
	assert_int_equal(cabin_capture_callback(input, NULL, PERIOD, &times, 0, callback), paContinue);
}

static void every_bad_callback_dies(void **state)
{
	for (int i = 0; i < BAD_COUNT; i++) {
		int status = 0;
		pid_t child = fork();
		if (child == 0) {
			guard_set_callback(bad[i].callback);
			cabin_capture_callback(NULL, NULL, PERIOD, NULL, 0, NULL);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}

static void the_real_callback_lives_while_the_ring_wraps_and_is_full(void **state)
{
	size_t size = cabin_helper_size_bytes(CHANNELS);
	struct cabin_helper_shared *shared = aligned_alloc(4096, (size + 4095) / 4096 * 4096);
	assert_non_null(shared);
	memset(shared, 0, size);
	struct cabin_callback callback = {
	    .event_fd = eventfd(0, EFD_NONBLOCK), .rate_hz = 48000, .has_block_time = true};
	struct cabin_spsc reader;
	float input[PERIOD * CHANNELS] = {0.5f}, out[PERIOD * CHANNELS];
	assert_int_equal(
	    cabin_spsc_open(&callback.ring, cabin_helper_ring(shared), CABIN_HELPER_RING_FRAMES, CHANNELS, 48000), 0);
	assert_int_equal(cabin_spsc_open(&reader, cabin_helper_ring(shared), CABIN_HELPER_RING_FRAMES, CHANNELS, 48000),
			 0);
	unsigned long before = guard_call_count();
	for (int i = 0; i < 1000; i++) {
		uint64_t frame_index, stamp_ns;
		call_once(&callback, input);
		assert_int_equal(cabin_spsc_read(&reader, out, PERIOD, &frame_index, &stamp_ns), PERIOD);
		assert_int_equal(frame_index, (uint64_t)i * PERIOD);
	}
	for (int i = 0; i < 1000; i++) /* nobody reads: 128 blocks fit */
		call_once(&callback, input);
	call_once(&callback, NULL);
	assert_int_equal(guard_call_count() - before, 2001);
	assert_int_equal(cabin_spsc_dropped_frames(&reader), (1000 - CABIN_HELPER_RING_FRAMES / PERIOD) * PERIOD);
	close(callback.event_fd);
	free(shared);
}

static void the_playback_callback_lives_with_frames_and_without(void **state)
{
	size_t size = cabin_helper_size_bytes(CHANNELS);
	struct cabin_helper_shared *shared = aligned_alloc(4096, (size + 4095) / 4096 * 4096);
	assert_non_null(shared);
	memset(shared, 0, size);
	struct cabin_callback callback = {.event_fd = eventfd(0, EFD_NONBLOCK),
					  .rate_hz = 48000,
					  .has_block_time = true,
					  .playback = &shared->playback};
	const PaStreamCallbackTimeInfo times = {.currentTime = 1, .outputBufferDacTime = 1.01};
	struct cabin_spsc writer;
	float in[PERIOD * CHANNELS], out[PERIOD * CHANNELS];
	for (int i = 0; i < PERIOD * CHANNELS; i++)
		in[i] = 0.5f;
	assert_int_equal(
	    cabin_spsc_open(&callback.ring, cabin_helper_ring(shared), CABIN_HELPER_RING_FRAMES, CHANNELS, 48000), 0);
	assert_int_equal(cabin_spsc_open(&writer, cabin_helper_ring(shared), CABIN_HELPER_RING_FRAMES, CHANNELS, 48000),
			 0);
	/* Silence before the first frame is no underrun. */
	cabin_playback_callback(NULL, out, PERIOD, &times, 0, &callback);
	assert_true(out[0] == 0 && out[PERIOD * CHANNELS - 1] == 0);
	assert_int_equal(shared->playback.underruns, 0);
	for (int i = 0; i < 1000; i++) {
		assert_true(cabin_spsc_write(&writer, in, PERIOD / 2, 0));
		assert_true(cabin_spsc_write(&writer, in, PERIOD / 2, 0));
		cabin_playback_callback(NULL, out, PERIOD, &times, 0, &callback);
		assert_true(out[0] == 0.5f && out[PERIOD * CHANNELS - 1] == 0.5f);
	}
	assert_true(cabin_spsc_write(&writer, in, PERIOD / 4, 0));
	cabin_playback_callback(NULL, out, PERIOD, &times, 0, &callback);
	assert_true(out[PERIOD / 4 * CHANNELS - 1] == 0.5f && out[PERIOD / 4 * CHANNELS] == 0);
	assert_int_equal(shared->playback.underruns, 1);
	assert_int_equal(shared->playback.underrun_frames, PERIOD - PERIOD / 4);
	assert_int_equal(shared->playback.asked_frames, 1002 * PERIOD);
	assert_int_equal(shared->playback.period_frames, PERIOD);
	assert_in_range(shared->playback.delay_ns, 9999999, 10000001);
	close(callback.event_fd);
	free(shared);
}

static pid_t jack = -1; /* ended in every case, also when a test fails */

/* A JACK server of our own; its name in `name`. */
static void start_jack(char *name, size_t name_size)
{
	char wait_command[128];
	snprintf(name, name_size, "cabin-guard-%d", (int)getpid());
	char *arguments[] = {"jackd", "--realtime", "-n", name, "-d", "dummy", "-r", "48000",
			     "-p",    "256",	    "-C", "2",	"-P", "2",     NULL};
	posix_spawn_file_actions_t quiet;
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", 1, 0);
	posix_spawn_file_actions_adddup2(&quiet, STDOUT_FILENO, STDERR_FILENO);
	assert_int_equal(posix_spawnp(&jack, "jackd", &quiet, NULL, arguments, environ), 0);
	posix_spawn_file_actions_destroy(&quiet);
	snprintf(wait_command, sizeof(wait_command), "exec jack_wait -s %s -w -t 20 >/dev/null 2>&1", name);
	assert_int_equal(system(wait_command), 0);
}

/* Politely: one that is killed keeps its place among the eight servers that a machine
 * can have, until a server of the same name comes. */
static int end_jack(void **state)
{
	if (jack > 0) {
		kill(jack, SIGTERM);
		waitpid(jack, NULL, 0);
	}
	jack = -1;
	return 0;
}

/* Reads until `frame_count` frames came or the input is lost; returns the last answer. */
static int read_frames(struct cabin_input *input, uint64_t frame_count, uint64_t *seen)
{
	int error = 0;
	*seen = 0;
	while (*seen < frame_count && (error == 0 || error == CABIN_EAGAIN)) {
		struct cabin_input_block block;
		error = input->ops->read(input->self, &block, 100);
		if (error == 0)
			*seen += block.frame_count;
	}
	return error;
}

static struct cabin_input portaudio_input(const struct cabin_audio_device *device)
{
	const struct cabin_device_input_config config = {
	    .device = device,
	    .channel_count = CHANNELS,
	    .clock = cabin_clock_monotonic(),
	    .stop_fd = -1,
	};
	struct cabin_input input;
	assert_int_equal(cabin_device_input_create(&input, &config), 0);
	return input;
}

static void a_real_jack_stream_lives_under_the_guard_and_a_bad_one_dies(void **state)
{
	char server[64];
	uint32_t rate_hz = 0, channel_count = 0;
	uint64_t seen = 0;
	start_jack(server, sizeof(server));
	const struct cabin_audio_device device = {
	    .id = "guarded", .api = "JACK", .name = "system", .jack_server = server};
	struct cabin_input input = portaudio_input(&device);

	assert_int_equal(input.ops->open(input.self, &rate_hz, &channel_count), 0);
	assert_int_equal(rate_hz, 48000);
	assert_int_equal(channel_count, CHANNELS);
	assert_int_equal(read_frames(&input, 48000, &seen), 0);
	input.ops->close(input.self);

	/* The same stream, its callback replaced in the helper: the guard kills it, before or
	 * after the helper has said that it runs. */
	setenv("CABIN_GUARD_BAD", "malloc", 1);
	int error = input.ops->open(input.self, &rate_hz, &channel_count);
	if (!error)
		error = read_frames(&input, 48000, &seen);
	assert_int_equal(error, CABIN_ELOST);
	unsetenv("CABIN_GUARD_BAD");
	input.ops->close(input.self);

	/* A server that goes is noticed, and the input can be opened no more. */
	assert_int_equal(input.ops->open(input.self, &rate_hz, &channel_count), 0);
	assert_int_equal(read_frames(&input, 4800, &seen), 0);
	end_jack(state);
	assert_int_equal(read_frames(&input, UINT64_MAX, &seen), CABIN_ELOST);
	input.ops->close(input.self);
	assert_int_equal(input.ops->open(input.self, &rate_hz, &channel_count), CABIN_ENOTFOUND);
	input.ops->destroy(input.self);

	/* What JACK leaves behind of a client that was killed. */
	char path[128];
	snprintf(path, sizeof(path), "/dev/shm/jack_sem.%d_%s_cabin-guarded", (int)getuid(), server);
	unlink(path);
}

/* Keeps the ring as full as is wanted for `frame_count` frames; returns the last answer. */
static int play_frames(struct cabin_device_output *output, uint64_t frame_count, uint64_t *played)
{
	static float samples[8192 * CHANNELS];
	int error = 0;
	*played = 0;
	while (*played < frame_count && (error == 0 || error == CABIN_EAGAIN)) {
		uint32_t wanted = cabin_device_output_wanted_frames(output);
		if (wanted > 8192)
			wanted = 8192;
		if (wanted > 0 && cabin_device_output_write(output, samples, wanted) == 0)
			*played += wanted;
		error = cabin_device_output_wait(output, 100);
	}
	return error;
}

static void a_real_jack_output_lives_under_the_guard_and_its_end_is_noticed(void **state)
{
	char server[64];
	uint32_t rate_hz = 0, channel_count = 0;
	uint64_t played = 0;
	start_jack(server, sizeof(server));
	const struct cabin_audio_device device = {.id = "ear", .api = "JACK", .jack_server = server}; /* the default */
	const struct cabin_device_output_config config = {
	    .device = &device, .channel_count = CHANNELS, .clock = cabin_clock_monotonic(), .stop_fd = -1};
	struct cabin_device_output *output;
	struct cabin_device_output_figures figures;
	assert_int_equal(cabin_device_output_create(&output, &config), 0);
	assert_int_equal(cabin_device_output_open(output, &rate_hz, &channel_count), 0);
	assert_int_equal(rate_hz, 48000);
	assert_int_equal(channel_count, CHANNELS);
	assert_int_equal(play_frames(output, 48000, &played), 0);
	cabin_device_output_figures(output, &figures);
	print_message("underruns %llu ahead %.1f ms period %.1f ms\n", (unsigned long long)figures.underruns,
		      figures.ahead_ms, figures.period_ms);
	assert_true(figures.ahead_ms > 0 && figures.ahead_ms < 200);
	assert_true(figures.underrun_frames < 48000 / 2);
	end_jack(state);
	assert_int_equal(play_frames(output, UINT64_MAX, &played), CABIN_ELOST);
	cabin_device_output_close(output);
	assert_int_equal(cabin_device_output_open(output, &rate_hz, &channel_count), CABIN_ENOTFOUND);
	cabin_device_output_destroy(output);
	char path[128];
	snprintf(path, sizeof(path), "/dev/shm/jack_sem.%d_%s_cabin-ear", (int)getuid(), server);
	unlink(path);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], CABIN_AUDIO_HELPER_OPTION) == 0) {
		const char *chosen = getenv("CABIN_GUARD_BAD");
		for (int i = 0; chosen && i < BAD_COUNT; i++) {
			if (strcmp(chosen, bad[i].name) == 0)
				guard_set_callback(bad[i].callback);
		}
		return cabin_audio_helper_main(argc - 2, argv + 2);
	}
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_bad_callback_dies),
	    cmocka_unit_test(the_real_callback_lives_while_the_ring_wraps_and_is_full),
	    cmocka_unit_test(the_playback_callback_lives_with_frames_and_without),
	    cmocka_unit_test_teardown(a_real_jack_stream_lives_under_the_guard_and_a_bad_one_dies, end_jack),
	    cmocka_unit_test_teardown(a_real_jack_output_lives_under_the_guard_and_its_end_is_noticed, end_jack),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
