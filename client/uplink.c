#include "client/uplink.h"

#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "audio/tap.h"
#include "base/counter.h"
#include "base/log.h"
#include "base/timeline.h"
#include "wire/rtp.h"

enum {
	READ_TIMEOUT_MS = 100,
	BACK_OFF_MIN_MS = 100,
	BACK_OFF_MAX_MS = 2000,
	PRIORITY = 4, /* below a JACK client's 5: the audio callback always comes first */
	POOL_SLOTS = 1024,
	FADE_SAMPLES = 240
};

/* What main wants, in one word, so that the thread sees all of it or nothing. */
struct stretch {
	bool on;
	uint32_t ssrc, generation;
};

struct cabin_uplink {
	struct cabin_uplink_config config;
	struct cabin_packet_pool *pool;
	struct cabin_tap *tap;
	pthread_t handle;
	bool started;
	int stop_fd;

	pthread_mutex_t lock; /* of `wanted`, `encode`; held for copies alone */
	struct stretch wanted;
	uint32_t packet_ms, bitrate_bps, complexity;
	_Atomic uint32_t changes, encode_changes;
	atomic_bool cough;

	/* The thread's own. */
	struct stretch stretch;
	uint32_t changes_seen, encode_seen;
	uint32_t rate_hz, channel_count;
	bool announced; /* the stretch's mapping */
	uint64_t next_clock_ns;
	struct cabin_timeline timeline;
	float gain;		 /* of the cough, 0 or 1, at the packet's end */
	uint64_t packets_before; /* of taps that were replaced */
	struct cabin_voice_level level;

	/* For others; relaxed, each stands alone. */
	atomic_bool open;
	_Atomic int verdict;
	_Atomic float peak_dbfs, rms_dbfs;
	_Atomic uint64_t packets, lost_frames, devices;
};

#define SET(place, value) atomic_store_explicit(&(place), (value), memory_order_relaxed)
#define GET(place)	  atomic_load_explicit(&(place), memory_order_relaxed)

/* Acquire, partner: the release in announce_change(). */
static void look_for_changes(struct cabin_uplink *uplink)
{
	uint32_t changes = atomic_load_explicit(&uplink->changes, memory_order_acquire);
	if (changes == uplink->changes_seen)
		return;
	uplink->changes_seen = changes;
	pthread_mutex_lock(&uplink->lock);
	uplink->stretch = uplink->wanted;
	pthread_mutex_unlock(&uplink->lock);
	uplink->announced = false;
}

/* Fades to silence or back within 5 ms. */
static void apply_cough(struct cabin_uplink *uplink, float *samples, uint32_t sample_count)
{
	float target = GET(uplink->cough) ? 0 : 1;
	if (uplink->gain == 1 && target == 1)
		return;
	for (uint32_t i = 0; i < sample_count; i++) {
		if (uplink->gain < target)
			uplink->gain = fminf(uplink->gain + 1.0f / FADE_SAMPLES, 1);
		else if (uplink->gain > target)
			uplink->gain = fmaxf(uplink->gain - 1.0f / FADE_SAMPLES, 0);
		samples[i] *= uplink->gain;
	}
}

static bool prepare(void *context, float *samples, uint32_t sample_count)
{
	struct cabin_uplink *uplink = context;
	cabin_voice_level_update(&uplink->level, samples, sample_count);
	SET(uplink->verdict, (int)uplink->level.verdict);
	SET(uplink->peak_dbfs, uplink->level.peak_dbfs);
	SET(uplink->rms_dbfs, uplink->level.rms_dbfs);
	look_for_changes(uplink);
	apply_cough(uplink, samples, sample_count);
	return uplink->stretch.on;
}

/* Tells the mapping of the time line, before the first packet and each second. */
static void tell_clock(struct cabin_uplink *uplink, const struct cabin_packet *packet)
{
	char text[160];
	uint64_t server_us, now_ns = cabin_clock_now_ns(&uplink->config.clock);
	if (uplink->announced && now_ns < uplink->next_clock_ns)
		return;
	uint64_t line_ns = cabin_timeline_ns(&uplink->timeline, packet->source_timestamp);
	if (!cabin_clock_sync_server_us(cabin_connection_clock(uplink->config.connection), line_ns, &server_us))
		return;
	snprintf(text, sizeof(text), "{\"type\":\"clock\",\"timestamp\":%u,\"server_us\":%llu,\"rate_hz\":%.3f}",
		 (uint32_t)packet->source_timestamp, (unsigned long long)server_us,
		 cabin_timeline_rate_hz(&uplink->timeline));
	if (!cabin_connection_send(uplink->config.connection, uplink->stretch.generation, text, CABIN_SEND_GATE_KEEP))
		return;
	uplink->announced = true;
	uplink->next_clock_ns = now_ns + CABIN_NS_PER_S;
}

static void emit(void *context, struct cabin_packet *packet)
{
	struct cabin_uplink *uplink = context;
	cabin_timeline_update(&uplink->timeline, packet->source_timestamp, packet->stamp_ns);
	tell_clock(uplink, packet);
	/* Without a mapping the server cannot place it: the first pong is on its way. */
	if (!uplink->announced) {
		cabin_packet_release(packet);
		return;
	}
	packet->wire_offset = CABIN_PACKET_HEADROOM_BYTES - CABIN_RTP_HEADER_BYTES;
	packet->wire_size = (uint16_t)(CABIN_RTP_HEADER_BYTES + packet->payload_size);
	cabin_rtp_write_header(packet->bytes + packet->wire_offset, false, (uint16_t)packet->source_sequence,
			       (uint32_t)packet->source_timestamp, uplink->stretch.ssrc);
	(void)cabin_connection_packet(uplink->config.connection, packet);
}

static int make_tap(struct cabin_uplink *uplink)
{
	pthread_mutex_lock(&uplink->lock);
	const struct cabin_tap_config config = {
	    .sound = {.encoder = {.mode = CABIN_ENCODER_LOW_DELAY,
				  .bitrate_bps = uplink->bitrate_bps,
				  .packet_ms = uplink->packet_ms,
				  .complexity = uplink->complexity},
		      .gate_db = CABIN_LEVEL_MIN_DBFS,
		      .silent_db = -70,
		      .silent_after_ms = 5000},
	    .pool = uplink->pool,
	    .clock = uplink->config.clock,
	    .prepare = prepare,
	    .emit = emit,
	    .context = uplink,
	};
	pthread_mutex_unlock(&uplink->lock);
	struct cabin_tap *tap;
	int error = cabin_tap_create(&tap, &config);
	if (error)
		return error;
	if (uplink->tap)
		uplink->packets_before += cabin_tap_figures(uplink->tap)->packets;
	cabin_tap_destroy(uplink->tap);
	uplink->tap = tap;
	/* Its time line is another one. */
	cabin_timeline_reset(&uplink->timeline);
	uplink->announced = false;
	return 0;
}

static void follow_encode(struct cabin_uplink *uplink)
{
	uint32_t changes = atomic_load_explicit(&uplink->encode_changes, memory_order_acquire), wanted;
	if (changes == uplink->encode_seen)
		return;
	uplink->encode_seen = changes;
	int error = make_tap(uplink);
	if (!error)
		error = cabin_tap_begin(uplink->tap, uplink->rate_hz, uplink->channel_count, &wanted);
	if (error)
		cabin_log(CABIN_LOG_ERROR, "uplink", "encoder-refused", "error=%s", cabin_error_name(error));
}

/* Reads until the device is lost or we are to stop. */
static void run_open_input(struct cabin_uplink *uplink)
{
	const struct cabin_input *input = &uplink->config.input;
	for (;;) {
		struct cabin_input_block block;
		int error = input->ops->read(input->self, &block, READ_TIMEOUT_MS);
		if (error == CABIN_EAGAIN)
			continue;
		if (error)
			return;
		follow_encode(uplink);
		cabin_tap_block(uplink->tap, &block);
		SET(uplink->packets, uplink->packets_before + cabin_tap_figures(uplink->tap)->packets);
		SET(uplink->lost_frames, cabin_tap_figures(uplink->tap)->lost_frames);
	}
}

/* True: stop. */
static bool pause_ms(const struct cabin_uplink *uplink, int wait_ms)
{
	struct pollfd stop = {.fd = uplink->stop_fd, .events = POLLIN};
	return poll(&stop, 1, wait_ms) > 0;
}

static void *run(void *context)
{
	struct cabin_uplink *uplink = context;
	const struct cabin_input *input = &uplink->config.input;
	const struct sched_param priority = {.sched_priority = PRIORITY};
	int back_off_ms = BACK_OFF_MIN_MS;
	pthread_setname_np(pthread_self(), "uplink");
	(void)sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority);
	while (!pause_ms(uplink, 0)) {
		uint32_t wanted;
		int error = input->ops->open(input->self, &uplink->rate_hz, &uplink->channel_count);
		if (!error)
			error = cabin_tap_begin(uplink->tap, uplink->rate_hz, uplink->channel_count, &wanted);
		if (!error) {
			SET(uplink->open, true);
			cabin_counter_add(&uplink->devices, 1);
			back_off_ms = BACK_OFF_MIN_MS;
			run_open_input(uplink);
			cabin_tap_end(uplink->tap);
		}
		SET(uplink->open, false);
		SET(uplink->verdict, (int)CABIN_VOICE_NONE);
		SET(uplink->peak_dbfs, CABIN_LEVEL_MIN_DBFS);
		SET(uplink->rms_dbfs, CABIN_LEVEL_MIN_DBFS);
		input->ops->close(input->self);
		if (pause_ms(uplink, back_off_ms))
			break;
		back_off_ms = 2 * back_off_ms < BACK_OFF_MAX_MS ? 2 * back_off_ms : BACK_OFF_MAX_MS;
	}
	return NULL;
}

int cabin_uplink_create(struct cabin_uplink **out, const struct cabin_uplink_config *config)
{
	*out = NULL;
	struct cabin_uplink *uplink = calloc(1, sizeof(*uplink));
	if (!uplink) {
		config->input.ops->destroy(config->input.self);
		return CABIN_ENOMEM;
	}
	uplink->config = *config;
	uplink->packet_ms = config->packet_ms;
	uplink->bitrate_bps = config->bitrate_bps;
	uplink->complexity = config->complexity;
	uplink->gain = 1;
	pthread_mutex_init(&uplink->lock, NULL);
	cabin_voice_level_init(&uplink->level);
	SET(uplink->peak_dbfs, CABIN_LEVEL_MIN_DBFS);
	SET(uplink->rms_dbfs, CABIN_LEVEL_MIN_DBFS);
	uplink->stop_fd = eventfd(0, EFD_CLOEXEC);
	int error = uplink->stop_fd < 0 ? CABIN_EIO : cabin_packet_pool_create(&uplink->pool, POOL_SLOTS);
	if (!error)
		error = make_tap(uplink);
	if (!error && pthread_create(&uplink->handle, NULL, run, uplink) != 0)
		error = CABIN_EIO;
	uplink->started = !error;
	if (error) {
		cabin_uplink_destroy(uplink);
		return error;
	}
	*out = uplink;
	return 0;
}

void cabin_uplink_destroy(struct cabin_uplink *uplink)
{
	static const uint64_t one = 1;
	if (!uplink)
		return;
	if (uplink->started) {
		ssize_t written = write(uplink->stop_fd, &one, sizeof(one));
		(void)written;
		pthread_join(uplink->handle, NULL);
	}
	uplink->config.input.ops->close(uplink->config.input.self);
	uplink->config.input.ops->destroy(uplink->config.input.self);
	cabin_tap_destroy(uplink->tap);
	if (uplink->stop_fd >= 0)
		close(uplink->stop_fd);
	cabin_packet_pool_destroy(uplink->pool);
	pthread_mutex_destroy(&uplink->lock);
	free(uplink);
}

void cabin_uplink_send(struct cabin_uplink *uplink, bool on, uint32_t ssrc, uint32_t generation)
{
	pthread_mutex_lock(&uplink->lock);
	uplink->wanted = (struct stretch){.on = on, .ssrc = ssrc, .generation = generation};
	pthread_mutex_unlock(&uplink->lock);
	atomic_fetch_add_explicit(&uplink->changes, 1, memory_order_release);
}

void cabin_uplink_cough(struct cabin_uplink *uplink, bool on)
{
	SET(uplink->cough, on);
}

void cabin_uplink_encode(struct cabin_uplink *uplink, uint32_t packet_ms, uint32_t bitrate_bps, uint32_t complexity)
{
	pthread_mutex_lock(&uplink->lock);
	bool same =
	    uplink->packet_ms == packet_ms && uplink->bitrate_bps == bitrate_bps && uplink->complexity == complexity;
	uplink->packet_ms = packet_ms;
	uplink->bitrate_bps = bitrate_bps;
	uplink->complexity = complexity;
	pthread_mutex_unlock(&uplink->lock);
	if (!same)
		atomic_fetch_add_explicit(&uplink->encode_changes, 1, memory_order_release);
}

void cabin_uplink_figures(const struct cabin_uplink *uplink, struct cabin_uplink_figures *out)
{
	*out = (struct cabin_uplink_figures){
	    .open = GET(uplink->open),
	    .verdict = (enum cabin_voice_verdict)GET(uplink->verdict),
	    .peak_dbfs = GET(uplink->peak_dbfs),
	    .rms_dbfs = GET(uplink->rms_dbfs),
	    .packets = GET(uplink->packets),
	    .lost_frames = GET(uplink->lost_frames),
	    .devices = GET(uplink->devices),
	};
}
