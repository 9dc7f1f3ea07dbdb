#include "client/player.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "audio/device_output.h"
#include "base/counter.h"
#include "base/limits.h"
#include "base/log.h"
#include "media/resampler.h"

enum {
	EARS = 2,
	WAIT_MS = 100,
	BACK_OFF_MIN_MS = 100,
	BACK_OFF_MAX_MS = 2000,
	PRIORITY = 4, /* below a JACK client's 5 */
	BLOCK_SAMPLES = 120,
	OUTPUT_FRAMES = BLOCK_SAMPLES * 5 /* at 192 kHz, and some */
};

struct cabin_player {
	struct cabin_player_config config;
	struct cabin_device_output *output;
	struct cabin_resampler *resampler;
	pthread_t handle;
	bool started;
	int stop_fd;
	uint32_t rate_hz, channel_count;
	float mono[BLOCK_SAMPLES], resampled[OUTPUT_FRAMES], frames[OUTPUT_FRAMES * EARS];

	/* For others; relaxed, each stands alone. */
	atomic_bool open;
	_Atomic uint64_t underruns, devices;
	_Atomic double ahead_ms;
};

#define SET(place, value) atomic_store_explicit(&(place), (value), memory_order_relaxed)
#define GET(place)	  atomic_load_explicit(&(place), memory_order_relaxed)

/* Both ears get the same. */
static int play_block(struct cabin_player *player, double ahead_ms)
{
	uint32_t count = 0;
	cabin_downlink_render(player->config.downlink, player->mono, BLOCK_SAMPLES, ahead_ms, player->config.sync);
	cabin_resampler_process(player->resampler, player->mono, BLOCK_SAMPLES, player->resampled, OUTPUT_FRAMES,
				&count);
	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t ear = 0; ear < player->channel_count; ear++)
			player->frames[i * player->channel_count + ear] = player->resampled[i];
	}
	return count ? cabin_device_output_write(player->output, player->frames, count) : 0;
}

/* Plays until the device is lost or we are to stop. */
static void run_open_output(struct cabin_player *player)
{
	for (;;) {
		struct cabin_device_output_figures figures;
		uint32_t wanted = cabin_device_output_wanted_frames(player->output);
		uint32_t block = BLOCK_SAMPLES * player->rate_hz / CABIN_RATE_HZ;
		for (uint32_t made = 0; made < wanted; made += block ? block : 1) {
			cabin_device_output_figures(player->output, &figures);
			SET(player->ahead_ms, figures.ahead_ms);
			SET(player->underruns, figures.underruns);
			if (play_block(player, figures.ahead_ms))
				return;
		}
		int error = cabin_device_output_wait(player->output, WAIT_MS);
		if (error && error != CABIN_EAGAIN)
			return;
	}
}

static bool is_stopping(const struct cabin_player *player)
{
	struct pollfd stop = {.fd = player->stop_fd, .events = POLLIN};
	return poll(&stop, 1, 0) > 0;
}

/* Waits without a headset, and lets nothing wait with it. True: stop. */
static bool pause_ms(struct cabin_player *player, int wait_ms)
{
	for (int waited = 0; waited < wait_ms; waited += 20) {
		struct pollfd stop = {.fd = player->stop_fd, .events = POLLIN};
		if (poll(&stop, 1, 20) > 0)
			return true;
		for (int i = 0; i < 20 * CABIN_RATE_HZ / 1000 / BLOCK_SAMPLES; i++)
			cabin_downlink_render(player->config.downlink, player->mono, BLOCK_SAMPLES, 0, NULL);
	}
	return false;
}

static int begin(struct cabin_player *player)
{
	int error = cabin_device_output_open(player->output, &player->rate_hz, &player->channel_count);
	cabin_resampler_destroy(player->resampler);
	player->resampler = NULL;
	if (!error)
		error = cabin_resampler_create(&player->resampler, CABIN_RATE_HZ, player->rate_hz);
	return error;
}

static void *run(void *context)
{
	struct cabin_player *player = context;
	const struct sched_param priority = {.sched_priority = PRIORITY};
	int back_off_ms = BACK_OFF_MIN_MS;
	pthread_setname_np(pthread_self(), "player");
	(void)sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority);
	while (!is_stopping(player)) {
		if (begin(player) == 0) {
			SET(player->open, true);
			cabin_counter_add(&player->devices, 1);
			back_off_ms = BACK_OFF_MIN_MS;
			run_open_output(player);
		}
		SET(player->open, false);
		cabin_device_output_close(player->output);
		if (pause_ms(player, back_off_ms))
			break;
		back_off_ms = 2 * back_off_ms < BACK_OFF_MAX_MS ? 2 * back_off_ms : BACK_OFF_MAX_MS;
	}
	return NULL;
}

int cabin_player_create(struct cabin_player **out, const struct cabin_player_config *config)
{
	*out = NULL;
	struct cabin_player *player = calloc(1, sizeof(*player));
	if (!player)
		return CABIN_ENOMEM;
	player->config = *config;
	player->stop_fd = eventfd(0, EFD_CLOEXEC);
	const struct cabin_device_output_config output = {
	    .device = config->device, .channel_count = EARS, .clock = config->clock, .stop_fd = config->stop_fd};
	int error = player->stop_fd < 0 ? CABIN_EIO : cabin_device_output_create(&player->output, &output);
	if (!error && pthread_create(&player->handle, NULL, run, player) != 0)
		error = CABIN_EIO;
	player->started = !error;
	if (error) {
		cabin_player_destroy(player);
		return error;
	}
	*out = player;
	return 0;
}

void cabin_player_destroy(struct cabin_player *player)
{
	static const uint64_t one = 1;
	if (!player)
		return;
	if (player->started) {
		ssize_t written = write(player->stop_fd, &one, sizeof(one));
		(void)written;
		pthread_join(player->handle, NULL);
	}
	cabin_device_output_destroy(player->output);
	cabin_resampler_destroy(player->resampler);
	if (player->stop_fd >= 0)
		close(player->stop_fd);
	free(player);
}

void cabin_player_figures(const struct cabin_player *player, struct cabin_player_figures *out)
{
	*out = (struct cabin_player_figures){
	    .open = GET(player->open),
	    .underruns = GET(player->underruns),
	    .devices = GET(player->devices),
	    .ahead_ms = GET(player->ahead_ms),
	};
}
