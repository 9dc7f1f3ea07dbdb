#include "capture/encode_thread.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/ratelimit.h"
#include "media/level.h"
#include "relay/hub_message.h"

enum {
	READ_TIMEOUT_MS = 100,
	BACK_OFF_MIN_MS = 100,
	BACK_OFF_MAX_MS = 2000,
	PRIORITY = 4, /* below a JACK client's 5: the audio callback always comes first */
	LOST_LINES_BURST = 5
};

/* What other threads read. Relaxed everywhere: each figure stands alone. */
struct figures {
	atomic_bool lost;
	_Atomic uint64_t packets, overruns, lost_frames, refused;
	_Atomic uint32_t clips;
	_Atomic float peak_dbfs, rms_dbfs, capture_ms, encode_ms;
};

struct attached {
	struct cabin_encode_thread *thread;
	struct cabin_tap *tap;
	const struct cabin_config_source *source;
	uint16_t source_index;
	bool missing_inputs;		       /* the device is open but has too few channels */
	bool is_lost, told, told_lost;	       /* what the hub should know, and what it was told */
	uint64_t mean_encode_ns, mean_packets; /* the tap's sums when the second began */
	struct figures figures;
};

struct cabin_encode_thread {
	struct cabin_encode_thread_config config;
	struct attached taps[CABIN_SOURCES_MAX];
	uint32_t tap_count;
	pthread_t handle;
	bool started;
	uint32_t rate_hz;
	uint64_t second_end_ns, age_sum_ns, age_count;
	uint64_t lost_frames_logged;
	struct cabin_ratelimit lost_lines;
};

#define SET(place, value) atomic_store_explicit(&(place), (value), memory_order_relaxed)
#define GET(place)	  atomic_load_explicit(&(place), memory_order_relaxed)

static uint64_t now(const struct cabin_encode_thread *thread)
{
	return cabin_clock_now_ns(&thread->config.clock);
}

/* Tells the hub once; tried again with the next packet while its inbox is full. */
static bool tell_hub(struct attached *attached)
{
	if (attached->told && attached->told_lost == attached->is_lost)
		return true;
	const struct cabin_hub_message message = {
	    .kind = CABIN_HUB_SOURCE_EVENT,
	    .source_index = attached->source_index,
	    .event = attached->is_lost ? CABIN_SOURCE_LOST : CABIN_SOURCE_RETURNED,
	};
	if (cabin_inbox_push(attached->thread->config.hub_inbox, &message, false))
		return false;
	attached->told = true;
	attached->told_lost = attached->is_lost;
	return true;
}

static void set_lost(struct attached *attached, bool lost)
{
	attached->is_lost = lost;
	SET(attached->figures.lost, lost);
	(void)tell_hub(attached);
}

static void set_all_lost(struct cabin_encode_thread *thread)
{
	for (uint32_t i = 0; i < thread->tap_count; i++)
		set_lost(&thread->taps[i], true);
}

/* The tap's packets. An event that the hub does not know yet comes first. */
static void emit(void *context, struct cabin_packet *packet)
{
	struct attached *attached = context;
	const struct cabin_hub_message message = {
	    .kind = CABIN_HUB_PACKET, .source_index = attached->source_index, .packet = packet};
	if (attached->is_lost)
		set_lost(attached, false);
	if (tell_hub(attached) && cabin_inbox_push(attached->thread->config.hub_inbox, &message, false) == 0)
		return;
	atomic_fetch_add_explicit(&attached->figures.refused, 1, memory_order_relaxed);
	cabin_packet_release(packet);
}

/* True: stop. */
static bool pause_ms(const struct cabin_encode_thread *thread, int wait_ms)
{
	struct pollfd stop = {.fd = thread->config.stop_fd, .events = POLLIN};
	return poll(&stop, 1, wait_ms) > 0;
}

static void begin_taps(struct cabin_encode_thread *thread, uint32_t channel_count)
{
	for (uint32_t i = 0; i < thread->tap_count; i++) {
		struct attached *attached = &thread->taps[i];
		uint32_t wanted = 0;
		int error = cabin_tap_begin(attached->tap, thread->rate_hz, channel_count, &wanted);
		if (error && !attached->missing_inputs)
			cabin_log(CABIN_LOG_ERROR, "capture", "input-missing",
				  "source=%s input=%u reason=\"device %s has %u channels (%s)\" todo=\"correct inputs, "
				  "or the "
				  "device\"",
				  attached->source->id, wanted, thread->config.input.id, channel_count,
				  cabin_error_name(error));
		attached->missing_inputs = error != 0;
		if (error)
			set_lost(attached, true);
	}
}

static void log_losses(struct cabin_encode_thread *thread)
{
	uint64_t swallowed = 0, lost_frames = 0;
	for (uint32_t i = 0; i < thread->tap_count; i++) {
		const struct cabin_tap_figures *figures = cabin_tap_figures(thread->taps[i].tap);
		if (figures->lost_frames > lost_frames)
			lost_frames = figures->lost_frames;
	}
	if (lost_frames == thread->lost_frames_logged)
		return;
	if (cabin_ratelimit_take(&thread->lost_lines, now(thread), &swallowed)) {
		cabin_log(CABIN_LOG_WARN, "capture", "sound-lost", "input=%s ms=%.1f swallowed=%llu",
			  thread->config.input.id,
			  1000.0 * (double)(lost_frames - thread->lost_frames_logged) / thread->rate_hz,
			  (unsigned long long)swallowed);
		thread->lost_frames_logged = lost_frames;
	}
}

static void publish_figures(struct cabin_encode_thread *thread, uint64_t now_ns, bool second_over)
{
	float capture_ms = thread->age_count ? (float)(thread->age_sum_ns / 1e6 / (double)thread->age_count) : 0;
	for (uint32_t i = 0; i < thread->tap_count; i++) {
		struct attached *attached = &thread->taps[i];
		const struct cabin_tap_figures *figures = cabin_tap_figures(attached->tap);
		SET(attached->figures.packets, figures->packets);
		SET(attached->figures.overruns, figures->overruns);
		SET(attached->figures.lost_frames, figures->lost_frames);
		SET(attached->figures.rms_dbfs, figures->rms_dbfs);
		SET(attached->figures.peak_dbfs, figures->peak_dbfs);
		SET(attached->figures.clips, figures->clips);
		if (!second_over)
			continue;
		uint64_t encoded = figures->packets - attached->mean_packets;
		uint64_t encode_ns = figures->encode_ns - attached->mean_encode_ns;
		SET(attached->figures.capture_ms, capture_ms);
		SET(attached->figures.encode_ms, encoded ? (float)(encode_ns / 1e6 / (double)encoded) : 0);
		attached->mean_packets = figures->packets;
		attached->mean_encode_ns = figures->encode_ns;
	}
	if (second_over) {
		thread->age_sum_ns = thread->age_count = 0;
		thread->second_end_ns = now_ns + CABIN_NS_PER_S;
	}
}

static void take_block(struct cabin_encode_thread *thread, const struct cabin_input_block *block)
{
	uint64_t now_ns = now(thread);
	uint64_t end_ns = block->stamp_ns + block->frame_count * CABIN_NS_PER_S / thread->rate_hz;
	thread->age_sum_ns += now_ns > end_ns ? now_ns - end_ns : 0;
	thread->age_count++;
	for (uint32_t i = 0; i < thread->tap_count; i++)
		cabin_tap_block(thread->taps[i].tap, block);
	log_losses(thread);
	publish_figures(thread, now_ns, now_ns >= thread->second_end_ns);
}

/* Reads until the input is lost, over or we are to stop: CABIN_ELOST, CABIN_EEMPTY. */
static int run_open_input(struct cabin_encode_thread *thread)
{
	const struct cabin_input *input = &thread->config.input;
	for (;;) {
		struct cabin_input_block block;
		int error = input->ops->read(input->self, &block, READ_TIMEOUT_MS);
		if (error == 0)
			take_block(thread, &block);
		else if (error != CABIN_EAGAIN)
			return error;
	}
}

static void be_quick(const struct cabin_encode_thread *thread)
{
	char name[16];
	const struct sched_param priority = {.sched_priority = PRIORITY};
	snprintf(name, sizeof(name), "enc-%.11s", thread->config.input.id);
	pthread_setname_np(pthread_self(), name);
	/* A helper process must not inherit it. What rests has said so once too often. */
	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority) != 0 && !thread->config.rests)
		cabin_log(
		    CABIN_LOG_INFO, "capture", "no-real-time",
		    "input=%s todo=\"for steady delay under load permit it: LimitRTPRIO=10 in systemd, or rtprio in "
		    "limits.conf\"",
		    thread->config.input.id);
}

static void *run(void *context)
{
	struct cabin_encode_thread *thread = context;
	const struct cabin_input *input = &thread->config.input;
	int back_off_ms = BACK_OFF_MIN_MS;
	be_quick(thread);
	for (;;) {
		uint32_t channel_count = 0;
		int error = input->ops->open(input->self, &thread->rate_hz, &channel_count);
		bool was_open = error == 0;
		if (was_open) {
			begin_taps(thread, channel_count);
			uint64_t opened_ns = now(thread);
			error = run_open_input(thread);
			if (now(thread) - opened_ns > BACK_OFF_MAX_MS * CABIN_NS_PER_MS)
				back_off_ms = BACK_OFF_MIN_MS;
		}
		bool stopping = pause_ms(thread, 0);
		/* Told first: a helper that hangs in its driver takes 200 ms to close. */
		if (!stopping)
			set_all_lost(thread);
		input->ops->close(input->self);
		if (stopping)
			return NULL;
		for (uint32_t i = 0; i < thread->tap_count; i++)
			cabin_tap_end(thread->taps[i].tap);
		if (error == CABIN_EEMPTY && thread->config.rests)
			continue;
		if (error == CABIN_EEMPTY) {
			cabin_log(CABIN_LOG_INFO, "capture", "file-over", "input=%s", input->id);
			while (!pause_ms(thread, -1))
				;
			return NULL;
		}
		/* Why it cannot be opened was told by the input itself. */
		cabin_log(was_open ? CABIN_LOG_WARN : CABIN_LOG_DEBUG, "capture", "input-lost",
			  "input=%s error=%s again_in_ms=%d", input->id, cabin_error_name(error), back_off_ms);
		if (pause_ms(thread, back_off_ms))
			return NULL;
		back_off_ms = 2 * back_off_ms < BACK_OFF_MAX_MS ? 2 * back_off_ms : BACK_OFF_MAX_MS;
	}
}

int cabin_encode_thread_create(struct cabin_encode_thread **out, const struct cabin_encode_thread_config *config)
{
	*out = NULL;
	struct cabin_encode_thread *thread = calloc(1, sizeof(*thread));
	if (!thread) {
		config->input.ops->destroy(config->input.self);
		return CABIN_ENOMEM;
	}
	thread->config = *config;
	cabin_ratelimit_init(&thread->lost_lines, 10 * CABIN_NS_PER_S, LOST_LINES_BURST);
	*out = thread;
	return 0;
}

static enum cabin_encoder_mode encoder_mode(enum cabin_opus_mode mode)
{
	switch (mode) {
	case CABIN_OPUS_AUDIO:
		return CABIN_ENCODER_AUDIO;
	case CABIN_OPUS_VOIP:
		return CABIN_ENCODER_VOIP;
	case CABIN_OPUS_LOW_DELAY:
		break;
	}
	return CABIN_ENCODER_LOW_DELAY;
}

static struct cabin_tap_sound sound_of(const struct cabin_config_source *source, bool always_active)
{
	return (struct cabin_tap_sound){
	    .inputs = source->inputs,
	    .input_count = source->input_count,
	    .gain_db = source->gain_db,
	    .encoder = {.mode = encoder_mode(source->opus.mode),
			.bitrate_bps = source->opus.bitrate_bps,
			.packet_ms = source->opus.packet_ms,
			.complexity = source->opus.complexity,
			.dtx = source->opus.dtx},
	    .gate_db = always_active ? CABIN_LEVEL_MIN_DBFS : source->gate_db,
	    .silent_db = source->silent_db,
	    .silent_after_ms = source->silent_after_ms,
	};
}

int cabin_encode_thread_add(struct cabin_encode_thread *thread, const struct cabin_config_source *source,
			    uint16_t source_index, bool always_active)
{
	CABIN_ASSERT(!thread->started);
	if (thread->tap_count == CABIN_SOURCES_MAX)
		return CABIN_EFULL;
	struct attached *attached = &thread->taps[thread->tap_count];
	*attached = (struct attached){.thread = thread, .source = source, .source_index = source_index};
	const struct cabin_tap_config config = {
	    .sound = sound_of(source, always_active),
	    .source_index = source_index,
	    .pool = thread->config.pool,
	    .clock = thread->config.clock,
	    .emit = emit,
	    .context = attached,
	};
	int error = cabin_tap_create(&attached->tap, &config);
	if (error)
		return error;
	/* Lost until the first packet says otherwise: the hub begins with the same belief. */
	attached->is_lost = attached->told = attached->told_lost = true;
	SET(attached->figures.lost, true);
	SET(attached->figures.rms_dbfs, cabin_tap_figures(attached->tap)->rms_dbfs);
	SET(attached->figures.peak_dbfs, cabin_tap_figures(attached->tap)->peak_dbfs);
	thread->tap_count++;
	return 0;
}

int cabin_encode_thread_start(struct cabin_encode_thread *thread)
{
	if (pthread_create(&thread->handle, NULL, run, thread) != 0)
		return CABIN_EIO;
	thread->started = true;
	return 0;
}

void cabin_encode_thread_destroy(struct cabin_encode_thread *thread)
{
	if (!thread)
		return;
	if (thread->started)
		pthread_join(thread->handle, NULL);
	thread->config.input.ops->close(thread->config.input.self);
	thread->config.input.ops->destroy(thread->config.input.self);
	for (uint32_t i = 0; i < thread->tap_count; i++)
		cabin_tap_destroy(thread->taps[i].tap);
	free(thread);
}

void cabin_encode_thread_stats(const struct cabin_encode_thread *thread, uint32_t tap_index,
			       struct cabin_capture_source_stats *out)
{
	CABIN_ASSERT(tap_index < thread->tap_count);
	const struct figures *figures = &thread->taps[tap_index].figures;
	*out = (struct cabin_capture_source_stats){
	    .lost = GET(figures->lost),
	    .packets = GET(figures->packets),
	    .overruns = GET(figures->overruns),
	    .lost_frames = GET(figures->lost_frames),
	    .inbox_refused = GET(figures->refused),
	    .peak_dbfs = GET(figures->peak_dbfs),
	    .clips = GET(figures->clips),
	    .rms_dbfs = GET(figures->rms_dbfs),
	    .capture_ms = GET(figures->capture_ms),
	    .encode_ms = GET(figures->encode_ms),
	};
}
