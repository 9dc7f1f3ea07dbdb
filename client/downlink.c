#include "client/downlink.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/inbox.h"
#include "base/packet.h"
#include "media/jitter.h"
#include "media/level.h"
#include "media/tone.h"
#include "wire/rtp.h"

enum {
	INBOX_SLOTS = 1024,
	BLOCK_SAMPLES = 480,
	METER_SAMPLES = CABIN_RATE_HZ / 10,
	TEST_TONE_HZ = 440,
	FIGURES_SAMPLES = CABIN_RATE_HZ / 20
};
static const float test_tone_gain = 0.0316f;  /* −30 dBFS */
static const float talkback_lowers = 0.2512f; /* −12 dB of all else */
static const double loss_forgets = 0.8;	      /* each second */

enum item_kind { ITEM_PACKET, ITEM_STATE, ITEM_SELECT };

struct item {
	enum item_kind kind;
	enum cabin_downlink_path path;
	bool anew;
	uint32_t ssrc;
	uint64_t arrival_ns;
	uint32_t size;
	void *bytes; /* malloc'd: an RTP packet, or a struct cabin_server_event */
};

struct path {
	struct cabin_jitter *jitter;
	uint32_t ssrc; /* 0: none */
	bool begun;
	uint32_t epoch;
	bool has_clock;
	uint32_t clock_timestamp, clock_epoch;
	uint64_t clock_us;
	double clock_rate_hz;
};

struct cabin_downlink {
	struct cabin_clock clock;
	struct cabin_inbox *inbox;

	/* The player's own. */
	struct path paths[CABIN_DOWNLINK_PATHS];
	struct cabin_tone tone;
	struct cabin_protection protection;
	struct cabin_level_meter meter;
	struct cabin_downlink_sound sound;
	float monitor_gain;
	float lowered; /* gain of all but the talkback; glides */
	double tone_phase;
	float tone_level; /* glides */
	uint32_t since_figures;
	uint64_t second_end_ns;
	struct cabin_jitter_figures second; /* when it began */
	uint64_t second_packets, packets;
	double lost, expected; /* forgetting sums */

	pthread_mutex_t lock; /* of what follows; held for copies alone */
	struct cabin_downlink_sound wanted;
	bool sound_changed;
	struct cabin_downlink_figures figures;
};

static void wake(void *context)
{
	(void)context; /* the player looks before each block */
}

int cabin_downlink_create(struct cabin_downlink **out, struct cabin_clock clock)
{
	const struct cabin_inbox_config inbox = {
	    .slot_count = INBOX_SLOTS, .message_size = sizeof(struct item), .wake = wake};
	*out = NULL;
	struct cabin_downlink *downlink = calloc(1, sizeof(*downlink));
	if (!downlink)
		return CABIN_ENOMEM;
	downlink->clock = clock;
	pthread_mutex_init(&downlink->lock, NULL);
	cabin_tone_init(&downlink->tone);
	cabin_protection_init(&downlink->protection);
	cabin_level_meter_init(&downlink->meter, METER_SAMPLES);
	downlink->figures.source_dbfs = CABIN_LEVEL_MIN_DBFS;
	downlink->figures.delay_ms = -1;
	downlink->lowered = 1;
	int error = cabin_inbox_create(&downlink->inbox, &inbox);
	for (int i = 0; !error && i < CABIN_DOWNLINK_PATHS; i++)
		error = cabin_jitter_create(&downlink->paths[i].jitter);
	if (error) {
		cabin_downlink_destroy(downlink);
		return error;
	}
	*out = downlink;
	return 0;
}

void cabin_downlink_destroy(struct cabin_downlink *downlink)
{
	struct item item;
	if (!downlink)
		return;
	while (downlink->inbox && cabin_inbox_pop(downlink->inbox, &item) == 0)
		free(item.bytes);
	cabin_inbox_destroy(downlink->inbox);
	for (int i = 0; i < CABIN_DOWNLINK_PATHS; i++)
		cabin_jitter_destroy(downlink->paths[i].jitter);
	pthread_mutex_destroy(&downlink->lock);
	free(downlink);
}

/* --- any thread ---------------------------------------------------------------------- */

/* Takes over `item->bytes`. A full inbox means that nobody plays: the newest is dropped. */
static void push(struct cabin_downlink *downlink, const struct item *item)
{
	if (cabin_inbox_push(downlink->inbox, item, true))
		free(item->bytes);
}

static void *copy(const void *bytes, size_t size)
{
	void *made = malloc(size);
	if (made)
		memcpy(made, bytes, size);
	return made;
}

void cabin_downlink_select(struct cabin_downlink *downlink, enum cabin_downlink_path path, uint32_t ssrc, bool anew)
{
	const struct item item = {.kind = ITEM_SELECT, .path = path, .ssrc = ssrc, .anew = anew};
	push(downlink, &item);
}

void cabin_downlink_packet(struct cabin_downlink *downlink, const uint8_t *bytes, size_t size)
{
	const struct item item = {.kind = ITEM_PACKET,
				  .arrival_ns = cabin_clock_now_ns(&downlink->clock),
				  .size = (uint32_t)size,
				  .bytes = copy(bytes, size)};
	if (item.bytes)
		push(downlink, &item);
}

void cabin_downlink_state(struct cabin_downlink *downlink, const struct cabin_server_event *event)
{
	const struct item item = {.kind = ITEM_STATE, .bytes = copy(event, sizeof(*event))};
	if (item.bytes)
		push(downlink, &item);
}

void cabin_downlink_set(struct cabin_downlink *downlink, const struct cabin_downlink_sound *sound)
{
	pthread_mutex_lock(&downlink->lock);
	downlink->wanted = *sound;
	downlink->sound_changed = true;
	pthread_mutex_unlock(&downlink->lock);
}

void cabin_downlink_figures(struct cabin_downlink *downlink, struct cabin_downlink_figures *out)
{
	pthread_mutex_lock(&downlink->lock);
	*out = downlink->figures;
	pthread_mutex_unlock(&downlink->lock);
	out->refused = cabin_inbox_refused_count(downlink->inbox);
}

/* --- the player's thread --------------------------------------------------------------- */

static struct path *path_of(struct cabin_downlink *downlink, uint32_t ssrc)
{
	for (int i = 0; ssrc && i < CABIN_DOWNLINK_PATHS; i++) {
		if (downlink->paths[i].ssrc == ssrc)
			return &downlink->paths[i];
	}
	return NULL;
}

static void take_select(struct cabin_downlink *downlink, const struct item *item)
{
	struct path *path = &downlink->paths[item->path];
	if (path->ssrc == item->ssrc && !item->anew)
		return;
	path->ssrc = item->ssrc;
	path->begun = path->has_clock = false;
	if (item->ssrc == 0)
		cabin_jitter_stop(path->jitter);
	/* An echo has no `state`. */
	if (item->path == CABIN_DOWNLINK_ECHO && item->ssrc) {
		const struct cabin_jitter_epoch epoch = {.number = 1, .fresh = true};
		cabin_jitter_begin(path->jitter, &epoch);
		path->begun = true;
	}
}

static void take_state(struct cabin_downlink *downlink, const struct cabin_server_event *event)
{
	const struct cabin_session_state *state = &event->state;
	struct path *path = path_of(downlink, state->channel);
	if (!path)
		return;
	if (state->has_clock) {
		path->has_clock = true;
		path->clock_epoch = state->epoch;
		path->clock_timestamp = state->clock_timestamp;
		path->clock_us = state->clock_us;
		path->clock_rate_hz = state->clock_rate_hz;
	}
	if (event->kind != CABIN_SERVER_STATE)
		return;
	if (path->begun && path->epoch == state->epoch) {
		cabin_jitter_set_gain(path->jitter, (float)state->gain_db);
		return;
	}
	const struct cabin_jitter_epoch epoch = {
	    .number = state->epoch,
	    .fresh = !path->begun,
	    .gain_db = (float)state->gain_db,
	    .fade_ms = state->fade_ms,
	};
	cabin_jitter_begin(path->jitter, &epoch);
	path->begun = true;
	path->epoch = state->epoch;
}

static void take_packet(struct cabin_downlink *downlink, const struct item *item)
{
	struct cabin_rtp rtp;
	if (cabin_rtp_parse(&rtp, item->bytes, item->size))
		return;
	struct path *path = path_of(downlink, rtp.ssrc);
	if (!path || !path->begun)
		return;
	const struct cabin_jitter_packet packet = {
	    .payload = rtp.payload,
	    .payload_size = (uint32_t)rtp.payload_size,
	    .sequence = rtp.sequence,
	    .timestamp = rtp.timestamp,
	    .duration_samples = rtp.duration_samples,
	    .marker = rtp.marker,
	    .arrival_ns = item->arrival_ns,
	};
	if (cabin_jitter_push(path->jitter, &packet))
		return; /* it has counted it */
	if (path == &downlink->paths[CABIN_DOWNLINK_SOURCE])
		downlink->packets++;
}

static void drain(struct cabin_downlink *downlink)
{
	struct item item;
	while (cabin_inbox_pop(downlink->inbox, &item) == 0) {
		if (item.kind == ITEM_SELECT)
			take_select(downlink, &item);
		else if (item.kind == ITEM_STATE)
			take_state(downlink, item.bytes);
		else
			take_packet(downlink, &item);
		free(item.bytes);
	}
}

static float amplitude(float db)
{
	return powf(10, db / 20);
}

static void take_settings(struct cabin_downlink *downlink)
{
	pthread_mutex_lock(&downlink->lock);
	bool changed = downlink->sound_changed;
	downlink->sound_changed = false;
	downlink->sound = downlink->wanted;
	pthread_mutex_unlock(&downlink->lock);
	if (!changed)
		return;
	cabin_tone_set(&downlink->tone, downlink->sound.bass_db, downlink->sound.treble_db);
	cabin_tone_set_volume(&downlink->tone, amplitude(downlink->sound.volume_db));
	downlink->monitor_gain = amplitude(downlink->sound.monitor_db);
	/* Settings are checked where they are read; a headset that cannot be stays as it was. */
	if (cabin_protection_calibrate(&downlink->protection, downlink->sound.sensitivity_db))
		downlink->sound.sensitivity_db = CABIN_PROTECTION_NOT_CALIBRATED;
}

/* The tone at its own level, whatever the volume, fading in and out, in place of all. */
static void add_test_tone(struct cabin_downlink *downlink, float *samples, uint32_t count)
{
	static const float step = 1.0f / 2400;
	float target = downlink->sound.test_tone ? 1 : 0;
	if (target == 0 && downlink->tone_level == 0)
		return;
	for (uint32_t i = 0; i < count; i++) {
		if (downlink->tone_level < target)
			downlink->tone_level = fminf(downlink->tone_level + step, 1);
		else if (downlink->tone_level > target)
			downlink->tone_level = fmaxf(downlink->tone_level - step, 0);
		samples[i] = samples[i] * (1 - downlink->tone_level) +
			     test_tone_gain * downlink->tone_level * (float)sin(downlink->tone_phase);
		downlink->tone_phase += 2 * M_PI * TEST_TONE_HZ / CABIN_RATE_HZ;
	}
	downlink->tone_phase = fmod(downlink->tone_phase, 2 * M_PI);
}

/* Lowers what is heard, within 50 ms, and lays the technician's voice over it. */
static void add_talkback(struct cabin_downlink *downlink, float *samples, uint32_t count, uint64_t now_ns)
{
	static const float step = 1.0f / 2400;
	struct path *path = &downlink->paths[CABIN_DOWNLINK_TALKBACK];
	float voice[BLOCK_SAMPLES];
	float target = path->ssrc ? talkback_lowers : 1;
	cabin_jitter_pull(path->jitter, voice, count, now_ns);
	for (uint32_t i = 0; i < count; i++) {
		if (downlink->lowered < target)
			downlink->lowered = fminf(downlink->lowered + step, target);
		else if (downlink->lowered > target)
			downlink->lowered = fmaxf(downlink->lowered - step, target);
		samples[i] = samples[i] * downlink->lowered + voice[i];
	}
}

static void render_block(struct cabin_downlink *downlink, float *out, uint32_t count, uint64_t now_ns)
{
	float other[BLOCK_SAMPLES];
	cabin_jitter_pull(downlink->paths[CABIN_DOWNLINK_SOURCE].jitter, out, count, now_ns);
	cabin_level_meter_update(&downlink->meter, cabin_level_measure(out, count));
	cabin_jitter_pull(downlink->paths[CABIN_DOWNLINK_MONITOR].jitter, other, count, now_ns);
	for (uint32_t i = 0; i < count; i++)
		out[i] += downlink->monitor_gain * other[i];
	cabin_jitter_pull(downlink->paths[CABIN_DOWNLINK_ECHO].jitter, other, count, now_ns);
	/* The own voice comes back alone. */
	bool echo = downlink->paths[CABIN_DOWNLINK_ECHO].ssrc != 0;
	for (uint32_t i = 0; i < count; i++)
		out[i] = echo ? other[i] : out[i] + other[i];
	add_talkback(downlink, out, count, now_ns);
	cabin_tone_process(&downlink->tone, out, count);
	add_test_tone(downlink, out, count);
	cabin_protection_process(&downlink->protection, out, count);
}

/* Microphone to ear of the sample that is rendered next. */
static double delay_ms(const struct cabin_downlink *downlink, const struct path *path, double ahead_ms,
		       const struct cabin_clock_sync *sync)
{
	uint32_t timestamp, epoch;
	uint64_t server_us;
	if (!sync || !path->has_clock || !cabin_jitter_position(path->jitter, &timestamp, &epoch) ||
	    epoch != path->clock_epoch ||
	    !cabin_clock_sync_server_us(sync, cabin_clock_now_ns(&downlink->clock), &server_us))
		return -1;
	double since_us = (double)(int32_t)(timestamp - path->clock_timestamp) / path->clock_rate_hz * 1e6;
	double at_microphone_us = (double)path->clock_us + since_us;
	double heard_us =
	    (double)server_us + 1000 * ahead_ms + 1e6 * CABIN_PROTECTION_DELAY_SAMPLES / (double)CABIN_RATE_HZ;
	return fmax(0, (heard_us - at_microphone_us) / 1000);
}

static void count_second(struct cabin_downlink *downlink, const struct cabin_jitter_figures *now,
			 struct cabin_downlink_figures *figures)
{
	double lost = now->lost_packets + now->late_packets - downlink->second.lost_packets -
		      (double)downlink->second.late_packets;
	double came = (double)(downlink->packets - downlink->second_packets);
	downlink->lost = loss_forgets * downlink->lost + lost;
	downlink->expected = loss_forgets * downlink->expected + lost + came;
	figures->lost_percent = downlink->expected > 0 ? (float)(100 * downlink->lost / downlink->expected) : 0;
	figures->concealed_ms = now->concealed_ms - downlink->second.concealed_ms;
	figures->underruns = now->underruns - downlink->second.underruns;
	figures->late_ms = now->late_ms;
	downlink->second = *now;
	downlink->second_packets = downlink->packets;
}

static void publish(struct cabin_downlink *downlink, double ahead_ms, const struct cabin_clock_sync *sync,
		    uint64_t now_ns)
{
	struct path *source = &downlink->paths[CABIN_DOWNLINK_SOURCE];
	struct cabin_jitter_figures jitter = cabin_jitter_figures(source->jitter);
	double heard_delay_ms = delay_ms(downlink, source, ahead_ms, sync);
	pthread_mutex_lock(&downlink->lock);
	struct cabin_downlink_figures *figures = &downlink->figures;
	figures->source_dbfs = downlink->meter.rms_dbfs;
	figures->delay_ms = heard_delay_ms;
	figures->buffer_ms = jitter.buffer_ms;
	figures->target_ms = jitter.target_ms;
	figures->started = jitter.started;
	figures->stalled = jitter.stalled;
	figures->protection = cabin_protection_meter(&downlink->protection);
	if (now_ns >= downlink->second_end_ns) {
		downlink->second_end_ns = now_ns + CABIN_NS_PER_S;
		count_second(downlink, &jitter, figures);
	}
	pthread_mutex_unlock(&downlink->lock);
}

void cabin_downlink_render(struct cabin_downlink *downlink, float *out, uint32_t frame_count, double ahead_ms,
			   const struct cabin_clock_sync *sync)
{
	uint64_t now_ns = cabin_clock_now_ns(&downlink->clock);
	drain(downlink);
	take_settings(downlink);
	downlink->since_figures += frame_count;
	if (downlink->since_figures >= FIGURES_SAMPLES) {
		downlink->since_figures = 0;
		publish(downlink, ahead_ms, sync, now_ns);
	}
	for (uint32_t at = 0; at < frame_count;) {
		uint32_t count = frame_count - at < BLOCK_SAMPLES ? frame_count - at : BLOCK_SAMPLES;
		render_block(downlink, out + at, count, now_ns);
		at += count;
	}
}
