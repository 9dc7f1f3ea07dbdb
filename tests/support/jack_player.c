/* jack-player: plays a sound file into input ports of a JACK server, as a person
 * speaking into a microphone would.
 *
 *   jack-player [--server NAME] [--client NAME] [--loop] [--wait SECONDS] FILE PORT…
 *
 * Channel n of the file goes to the n-th PORT (a mono file to all of them). A PORT that
 * is not there yet is waited for (10 s). The file must have the server's rate. Prints,
 * when the sound began:
 *
 *   first_sample_ns=N   CLOCK_MONOTONIC at the start of the JACK period that holds the
 *                       file's first frame; a capture client stamps that frame as
 *                       being at the microphone one period earlier
 *
 * Ends with the file (or never, with --loop), status 0; 1 when something failed; 2 for
 * wrong usage. */
#include <errno.h>
#include <jack/jack.h>
#include <signal.h>
#include <sndfile.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PORTS_MAX = 64, POLL_MS = 5 };

struct player {
	jack_client_t *client;
	jack_port_t *ports[PORTS_MAX];
	int port_count;
	float *frames; /* interleaved */
	uint64_t frame_count;
	uint32_t channel_count;
	bool loop;
	/* The process callback's own. */
	uint64_t position;
	bool begun;
	atomic_bool go;		   /* all ports are connected; main → callback */
	_Atomic uint64_t first_ns; /* callback → main; 0: not yet */
	atomic_bool done;	   /* callback → main */
};

static atomic_bool stopped;

static void stop(int signal_number)
{
	(void)signal_number;
	atomic_store(&stopped, true);
}

static void sleep_ms(long ms)
{
	const struct timespec wait = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	nanosleep(&wait, NULL);
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* When this JACK period began. */
static uint64_t period_start_ns(const struct player *player)
{
	jack_nframes_t since = jack_frames_since_cycle_start(player->client);
	return monotonic_ns() - (uint64_t)since * 1000000000 / jack_get_sample_rate(player->client);
}

static int process(jack_nframes_t count, void *context)
{
	struct player *player = context;
	float *out[PORTS_MAX];
	for (int port = 0; port < player->port_count; port++)
		out[port] = jack_port_get_buffer(player->ports[port], count);
	bool go = atomic_load_explicit(&player->go, memory_order_acquire);
	if (go && !player->begun) {
		player->begun = true;
		atomic_store_explicit(&player->first_ns, period_start_ns(player), memory_order_release);
	}
	for (jack_nframes_t i = 0; i < count; i++) {
		bool sounds = go && player->position < player->frame_count;
		for (int port = 0; port < player->port_count; port++) {
			uint32_t channel = player->channel_count == 1 ? 0 : (uint32_t)port;
			out[port][i] = sounds ? player->frames[player->position * player->channel_count + channel] : 0;
		}
		if (sounds && ++player->position == player->frame_count && player->loop)
			player->position = 0;
	}
	if (player->position == player->frame_count)
		atomic_store_explicit(&player->done, true, memory_order_release);
	return 0;
}

static void gone(void *context)
{
	(void)context;
	atomic_store(&stopped, true);
}

static int load(struct player *player, const char *path)
{
	SF_INFO info = {0};
	SNDFILE *file = sf_open(path, SFM_READ, &info);
	if (!file) {
		fprintf(stderr, "jack-player: %s: %s\n", path, sf_strerror(NULL));
		return -1;
	}
	player->frame_count = (uint64_t)info.frames;
	player->channel_count = (uint32_t)info.channels;
	player->frames = calloc((size_t)info.frames * (size_t)info.channels + 1, sizeof(float));
	bool whole =
	    player->frames && info.frames > 0 && sf_readf_float(file, player->frames, info.frames) == info.frames;
	sf_close(file);
	if (!whole)
		fprintf(stderr, "jack-player: %s: empty or cut off\n", path);
	else if (info.samplerate != (int)jack_get_sample_rate(player->client))
		fprintf(stderr, "jack-player: %s has %d Hz, the JACK server %u\n", path, info.samplerate,
			jack_get_sample_rate(player->client));
	else if (info.channels != 1 && info.channels != player->port_count)
		fprintf(stderr, "jack-player: %s has %d channels for %d ports\n", path, info.channels,
			player->port_count);
	else
		return 0;
	return -1;
}

/* Waits for the port, connects to it. */
static int connect_to(struct player *player, int port, const char *target, uint64_t limit_ns)
{
	while (!stopped) {
		int error = jack_connect(player->client, jack_port_name(player->ports[port]), target);
		if (error == 0 || error == EEXIST)
			return 0;
		if (monotonic_ns() > limit_ns)
			break;
		sleep_ms(POLL_MS);
	}
	fprintf(stderr, "jack-player: no input port '%s'\n", target);
	return -1;
}

static void quiet(const char *message)
{
	(void)message;
}

static int play(struct player *player, const char *path, char **targets, unsigned wait_s)
{
	if (load(player, path))
		return 1;
	for (int port = 0; port < player->port_count; port++) {
		char name[16];
		snprintf(name, sizeof(name), "out_%d", port + 1);
		player->ports[port] =
		    jack_port_register(player->client, name, JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
		if (!player->ports[port])
			return 1;
	}
	jack_set_process_callback(player->client, process, player);
	jack_on_shutdown(player->client, gone, player);
	if (jack_activate(player->client))
		return 1;
	jack_set_error_function(quiet); /* a port that is not there yet is no news */
	uint64_t limit_ns = monotonic_ns() + (uint64_t)wait_s * 1000000000;
	for (int port = 0; port < player->port_count; port++) {
		if (connect_to(player, port, targets[port], limit_ns))
			return 1;
	}
	atomic_store_explicit(&player->go, true, memory_order_release);
	uint64_t first_ns;
	while (!(first_ns = atomic_load_explicit(&player->first_ns, memory_order_acquire)) && !stopped)
		sleep_ms(POLL_MS);
	printf("first_sample_ns=%llu\n", (unsigned long long)first_ns);
	fflush(stdout);
	while (!stopped && !atomic_load_explicit(&player->done, memory_order_acquire))
		sleep_ms(POLL_MS);
	return 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: jack-player [--server NAME] [--client NAME] [--loop] [--wait SECONDS] FILE PORT...\n");
	return 2;
}

int main(int argc, char **argv)
{
	static struct player player;
	const char *server = getenv("JACK_DEFAULT_SERVER"), *client = "jack-player";
	unsigned wait_s = 10;
	int at = 1;
	for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
		if (strcmp(argv[at], "--loop") == 0)
			player.loop = true;
		else if (strcmp(argv[at], "--server") == 0 && at + 1 < argc)
			server = argv[++at];
		else if (strcmp(argv[at], "--client") == 0 && at + 1 < argc)
			client = argv[++at];
		else if (strcmp(argv[at], "--wait") == 0 && at + 1 < argc)
			wait_s = (unsigned)strtoul(argv[++at], NULL, 10);
		else
			return usage();
	}
	player.port_count = argc - at - 1;
	if (player.port_count < 1 || player.port_count > PORTS_MAX)
		return usage();
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	player.client = server ? jack_client_open(client, JackNoStartServer | JackServerName, NULL, server)
			       : jack_client_open(client, JackNoStartServer, NULL);
	if (!player.client) {
		fprintf(stderr, "jack-player: no JACK server '%s'\n", server ? server : "default");
		return 1;
	}
	int status = play(&player, argv[at], argv + at + 1, wait_s);
	/* Not jack_client_close(): it waits for a server that may be gone. */
	fflush(NULL);
	_exit(status);
}
