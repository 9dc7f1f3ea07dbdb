/* The audio helper: a process whose death is part of the design. It is the program that
 * started it (cabind, cabin-booth) once more:
 *
 *   PROGRAM --audio capture|play --channels N [--device NAME] [--api API] [--rate HZ] [--buffer FRAMES] [--client NAME]
 *   PROGRAM --audio list [--outputs]
 *
 * PortAudio cannot leave a dead device politely, so nothing here ever closes a
 * stream: the parent kills this process, or it exits when its parent is gone. */
#include <pa_jack.h>
#include <pa_linux_alsa.h>
#include <poll.h>
#include <portaudio.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "audio/device.h"
#include "audio/helper.h"
#include "audio/helper_callback.h"
#include "audio/helper_device.h"
#include "audio/helper_list.h"
#include "audio/helper_shared.h"
#include "base/limits.h"
#include "media/resampler.h"

enum { STATUS_FAILED = 1, STATUS_USAGE = 2, WATCH_INTERVAL_MS = 50 };

struct options {
	enum cabin_audio_direction direction;
	const char *api, *device, *client; /* device NULL: the default one */
	uint32_t channel_count;		   /* how many the parent would like; fewer when the device has fewer */
	uint32_t rate_hz;		   /* 0: the device's own */
	uint32_t buffer_frames;		   /* 0: the smallest safe */
};

static int parse(struct options *out, enum cabin_audio_direction direction, int argc, char **argv)
{
	*out = (struct options){.direction = direction, .client = "cabin"};
	for (int i = 0; i < argc; i += 2) {
		if (i + 1 == argc)
			return CABIN_EINVAL;
		const char *value = argv[i + 1];
		if (strcmp(argv[i], "--api") == 0)
			out->api = value;
		else if (strcmp(argv[i], "--device") == 0)
			out->device = value;
		else if (strcmp(argv[i], "--client") == 0)
			out->client = value;
		else if (strcmp(argv[i], "--channels") == 0)
			out->channel_count = (uint32_t)strtoul(value, NULL, 10);
		else if (strcmp(argv[i], "--rate") == 0)
			out->rate_hz = (uint32_t)strtoul(value, NULL, 10);
		else if (strcmp(argv[i], "--buffer") == 0)
			out->buffer_frames = (uint32_t)strtoul(value, NULL, 10);
		else
			return CABIN_EINVAL;
	}
	return out->channel_count >= 1 && out->channel_count <= CABIN_DEVICE_CHANNELS_MAX ? 0 : CABIN_EINVAL;
}

/* Wakes the parent to the new state. */
static void tell(struct cabin_helper_shared *shared, enum cabin_helper_state state)
{
	static const uint64_t one = 1;
	/* Release, partner: the acquire in device_link.c: it sees what was filled in before. */
	atomic_store_explicit(&shared->state, state, memory_order_release);
	ssize_t written = write(CABIN_HELPER_EVENT_FD, &one, sizeof(one));
	(void)written;
}

static int fail(struct cabin_helper_shared *shared, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static int fail(struct cabin_helper_shared *shared, int error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(shared->message, sizeof(shared->message), format, arguments);
	va_end(arguments);
	shared->error = error;
	tell(shared, CABIN_HELPER_FAILED);
	return STATUS_FAILED;
}

/* The rate to open with; 0 and a sentence in `message` when the device refuses it. */
static double choose_rate(const struct options *options, const PaStreamParameters *parameters, char *message,
			  size_t message_size)
{
	double own_hz = Pa_GetDeviceInfo(parameters->device)->defaultSampleRate;
	double rate_hz = options->rate_hz ? options->rate_hz : own_hz;
	if (rate_hz < CABIN_RESAMPLER_RATE_MIN_HZ || rate_hz > CABIN_RESAMPLER_RATE_MAX_HZ) {
		snprintf(message, message_size, "rate %.0f Hz is out of range; choose %d to %d", rate_hz,
			 CABIN_RESAMPLER_RATE_MIN_HZ, CABIN_RESAMPLER_RATE_MAX_HZ);
		return 0;
	}
	bool captures = options->direction == CABIN_AUDIO_CAPTURE;
	PaError error = Pa_IsFormatSupported(captures ? parameters : NULL, captures ? NULL : parameters, rate_hz);
	if (error == paFormatIsSupported)
		return rate_hz;
	snprintf(message, message_size, "device does not take %.0f Hz with %d channels (%s); its own rate is %.0f: %s",
		 rate_hz, parameters->channelCount, Pa_GetErrorText(error), own_hz,
		 options->rate_hz ? "leave rate_hz out, or set it to that" : "see --list-devices");
	return 0;
}

static const char *host_error_text(PaError error)
{
	if (error == paUnanticipatedHostError && Pa_GetLastHostErrorInfo()->errorText)
		return Pa_GetLastHostErrorInfo()->errorText;
	return Pa_GetErrorText(error);
}

/* The device and how it is to be opened: 0, or told. */
static int choose_parameters(const struct options *options, struct cabin_helper_shared *shared,
			     PaStreamParameters *parameters, double *rate_hz)
{
	char message[CABIN_HELPER_MESSAGE_BYTES];
	bool captures = options->direction == CABIN_AUDIO_CAPTURE;
	*parameters = (PaStreamParameters){.sampleFormat = paFloat32};
	int error = cabin_device_find(&parameters->device, options->direction, options->api, options->device, message,
				      sizeof(message));
	if (error)
		return fail(shared, error, "%s", message);
	const PaDeviceInfo *info = Pa_GetDeviceInfo(parameters->device);
	int channels_max = captures ? info->maxInputChannels : info->maxOutputChannels;
	parameters->channelCount =
	    options->channel_count < (uint32_t)channels_max ? (int)options->channel_count : channels_max;
	parameters->suggestedLatency = captures ? info->defaultLowInputLatency : info->defaultLowOutputLatency;
	*rate_hz = choose_rate(options, parameters, message, sizeof(message));
	return *rate_hz == 0 ? fail(shared, CABIN_EUNSUPPORTED, "%s", message) : 0;
}

static int prepare_callback(const struct options *options, struct cabin_helper_shared *shared,
			    struct cabin_callback *callback, uint32_t channel_count, double rate_hz)
{
	callback->event_fd = CABIN_HELPER_EVENT_FD;
	callback->rate_hz = rate_hz;
	callback->playback = &shared->playback;
	if (cabin_spsc_open(&callback->ring, cabin_helper_ring(shared), CABIN_HELPER_RING_FRAMES, channel_count,
			    (uint32_t)(rate_hz + 0.5)))
		return fail(shared, CABIN_EINVAL, "cannot share %u channels at %.0f Hz", channel_count, rate_hz);
	return 0;
}

static int open_stream(const struct options *options, struct cabin_helper_shared *shared,
		       struct cabin_callback *callback, PaStream **stream)
{
	PaStreamParameters parameters;
	double rate_hz = 0;
	bool captures = options->direction == CABIN_AUDIO_CAPTURE;
	int error = choose_parameters(options, shared, &parameters, &rate_hz);
	if (error)
		return error;
	const PaDeviceInfo *info = Pa_GetDeviceInfo(parameters.device);
	const PaHostApiInfo *api = Pa_GetHostApiInfo(info->hostApi);
	uint32_t channel_count = (uint32_t)parameters.channelCount;

	/* JACK's period is the server's: anything else would only add a second buffer. */
	unsigned long buffer_frames =
	    api->type == paJACK || options->buffer_frames == 0 ? paFramesPerBufferUnspecified : options->buffer_frames;
	if (buffer_frames != paFramesPerBufferUnspecified)
		parameters.suggestedLatency = (double)buffer_frames / rate_hz;
	callback->has_block_time = api->type != paJACK;
	error = prepare_callback(options, shared, callback, channel_count, rate_hz);
	if (error)
		return error;
	PaError pa_error = Pa_OpenStream(stream, captures ? &parameters : NULL, captures ? NULL : &parameters, rate_hz,
					 buffer_frames, paClipOff | paDitherOff,
					 captures ? cabin_capture_callback : cabin_playback_callback, callback);
	if (pa_error != paNoError)
		return fail(shared, CABIN_EIO, "device '%s' cannot be opened: %s; is another program using it?",
			    info->name, host_error_text(pa_error));
	if (api->type == paALSA)
		PaAlsa_EnableRealtimeScheduling(*stream, 1);
	shared->rate_hz = (uint32_t)(rate_hz + 0.5);
	shared->channel_count = channel_count;
	snprintf(shared->device, sizeof(shared->device), "%s: %s", api->name, info->name);
	pa_error = Pa_StartStream(*stream);
	if (pa_error != paNoError)
		return fail(shared, CABIN_EIO, "device '%s' does not start: %s", info->name, host_error_text(pa_error));
	return 0;
}

/* Until the parent is gone or the stream is over. */
static int watch(PaStream *stream)
{
	struct pollfd life = {.fd = CABIN_HELPER_LIFE_FD};
	while (poll(&life, 1, WATCH_INTERVAL_MS) == 0) {
		if (Pa_IsStreamActive(stream) != 1) {
			fprintf(stderr, CABIN_HELPER_LINE "the device stopped\n");
			return STATUS_FAILED;
		}
	}
	return 0;
}

static int run_open(enum cabin_audio_direction direction, int argc, char **argv)
{
	/* The callback thread keeps a pointer to this until the process ends. */
	static struct cabin_callback callback;
	struct options options;
	if (parse(&options, direction, argc, argv)) {
		fprintf(stderr, CABIN_HELPER_LINE "bad arguments; this process is started by its parent alone\n");
		return STATUS_USAGE;
	}
	size_t size_bytes = cabin_helper_size_bytes(options.channel_count);
	/* Populated now, so that the callback never waits for a page. */
	struct cabin_helper_shared *shared =
	    mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, CABIN_HELPER_SHARED_FD, 0);
	if (shared == MAP_FAILED) {
		fprintf(stderr, CABIN_HELPER_LINE "no shared memory; this process is started by its parent alone\n");
		return STATUS_USAGE;
	}
	PaJack_SetClientName(options.client);
	PaError pa_error = Pa_Initialize();
	if (pa_error != paNoError)
		return fail(shared, CABIN_EIO, "PortAudio cannot begin: %s", host_error_text(pa_error));
	PaStream *stream = NULL;
	int status = open_stream(&options, shared, &callback, &stream);
	if (status)
		return status;
	tell(shared, CABIN_HELPER_RUNNING);
	return watch(stream);
}

static int run_list(bool outputs)
{
	PaJack_SetClientName("cabin-list");
	PaError pa_error = Pa_Initialize();
	if (pa_error != paNoError) {
		fprintf(stderr, CABIN_HELPER_LINE "PortAudio cannot begin: %s\n", host_error_text(pa_error));
		return STATUS_FAILED;
	}
	cabin_helper_list(stdout, getenv("JACK_DEFAULT_SERVER"), outputs);
	return fflush(stdout) == 0 ? 0 : STATUS_FAILED;
}

int cabin_audio_helper_main(int argc, char **argv)
{
	int status = STATUS_USAGE;
	prctl(PR_SET_NAME, "cabin-audio");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (argc >= 1 && strcmp(argv[0], "capture") == 0)
		status = run_open(CABIN_AUDIO_CAPTURE, argc - 1, argv + 1);
	else if (argc >= 1 && strcmp(argv[0], "play") == 0)
		status = run_open(CABIN_AUDIO_PLAYBACK, argc - 1, argv + 1);
	else if (argc >= 1 && strcmp(argv[0], "list") == 0)
		status = run_list(argc > 1 && strcmp(argv[1], "--outputs") == 0);
	else
		fprintf(stderr, CABIN_HELPER_LINE "bad arguments; this process is started by its parent alone\n");
	/* Not exit(): libraries' destructors wait for servers that may be dead. */
	fflush(stderr);
	_exit(status);
}
