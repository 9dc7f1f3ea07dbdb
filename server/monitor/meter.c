#include "monitor/meter.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/counter.h"
#include "base/inbox.h"
#include "base/limits.h"
#include "monitor/levels_frame.h"
#include "monitor/listening.h"
#include "monitor/point.h"

/* Short, so that a level is in the next frame; what it costs is an empty inbox looked at. */
static const struct timespec ROUND = {.tv_nsec = 5 * 1000 * 1000};
static const uint64_t FRAME_NS = CABIN_METER_FRAME_MS * CABIN_NS_PER_MS;

struct source {
	struct cabin_point point;
	struct cabin_track track;
	bool shown; /* had a record in the newest frame */
};

struct channel {
	struct cabin_point point;
	struct cabin_listening listening;
	bool shown;
};

struct message {
	struct cabin_packet *packet;
	uint16_t channel_index; /* CABIN_INDEX_NONE: as the hub accepted it of its source */
};

struct cabin_meter {
	struct cabin_meter_config config;
	struct source *sources;
	struct channel *channels;
	struct cabin_inbox *inbox;
	uint8_t *frame;
	uint64_t figures_due_ns;
	_Atomic uint64_t frames_refused;
	pthread_t thread;
	bool started;
	atomic_bool stopping;
};

static void no_wake(void *context)
{
	/* The thread looks by itself each ROUND. */
}

static int init_points(struct cabin_meter *meter)
{
	int result = 0;
	for (uint16_t i = 0; result == 0 && i < meter->config.source_count; i++) {
		result = cabin_point_init(&meter->sources[i].point, true);
		if (result == 0)
			result = cabin_track_init(&meter->sources[i].track);
	}
	for (uint16_t i = 0; result == 0 && i < meter->config.channel_count; i++) {
		result = cabin_point_init(&meter->channels[i].point, false);
		if (result == 0)
			result = cabin_listening_init(&meter->channels[i].listening);
	}
	return result;
}

int cabin_meter_create(struct cabin_meter **out, const struct cabin_meter_config *config)
{
	*out = NULL;
	struct cabin_meter *meter = calloc(1, sizeof(*meter));
	if (!meter)
		return CABIN_ENOMEM;
	const struct cabin_inbox_config inbox = {
	    .slot_count = CABIN_METER_SLOTS, .message_size = sizeof(struct message), .wake = no_wake};
	meter->config = *config;
	meter->figures_due_ns = cabin_clock_now_ns(&config->clock) + FRAME_NS;
	meter->sources = calloc(config->source_count + 1u, sizeof(meter->sources[0]));
	meter->channels = calloc(config->channel_count + 1u, sizeof(meter->channels[0]));
	meter->frame = calloc(1, cabin_levels_frame_size((uint16_t)(config->source_count + config->channel_count)));
	int result = meter->sources && meter->channels && meter->frame ? 0 : CABIN_ENOMEM;
	if (result == 0)
		result = init_points(meter);
	if (result == 0)
		result = cabin_inbox_create(&meter->inbox, &inbox);
	if (result != 0) {
		cabin_meter_destroy(meter);
		return result;
	}
	*out = meter;
	return 0;
}

static void offer(struct cabin_meter *meter, struct cabin_packet *packet, uint16_t channel_index)
{
	const struct message message = {cabin_packet_retain(packet), channel_index};
	if (cabin_inbox_push(meter->inbox, &message, true))
		cabin_packet_release(packet); /* counted by the inbox */
}

static void publish(void *context, struct cabin_packet *packet)
{
	struct cabin_meter *meter = context;
	if (packet->kind == CABIN_PACKET_MEDIA && packet->source_index < meter->config.source_count &&
	    packet->channel_index < meter->config.channel_count)
		offer(meter, packet, packet->channel_index);
}

struct cabin_sink cabin_meter_sink(struct cabin_meter *meter)
{
	return (struct cabin_sink){.publish = publish, .context = meter};
}

void cabin_meter_tap(void *meter, struct cabin_packet *packet)
{
	const struct cabin_meter *self = meter;
	if (packet->source_index < self->config.source_count)
		offer(meter, packet, CABIN_INDEX_NONE);
}

/* The hub may write a packet's header while it waits here: of a source's packet only what
 * was there before, and the payload, is read. */
static void measure_source(struct source *source, struct cabin_packet *packet, uint64_t now_ns)
{
	struct cabin_track *track = &source->track;
	uint32_t made_up = track->gap_over ? 0 : track->made_up_count;
	uint32_t silence = track->gap_over ? 0 : track->silence_count;
	uint64_t lost = 0;
	if (cabin_track_is_pause(packet)) {
		cabin_track_pause(track, packet->source_sequence, packet->source_timestamp, packet->duration_samples);
		cabin_track_give_gap(track, &made_up, &silence, cabin_point_give, &source->point);
	} else {
		lost = cabin_track_packet(track, packet->source_sequence, packet->source_timestamp, packet);
		cabin_track_give_gap(track, &made_up, &silence, cabin_point_give, &source->point);
		cabin_point_give(&source->point, track->sound, track->sound_count);
	}
	cabin_point_packet(&source->point, lost, now_ns);
}

static void measure_channel(struct cabin_meter *meter, uint16_t channel_index, struct cabin_packet *packet,
			    uint64_t now_ns)
{
	struct channel *channel = &meter->channels[channel_index];
	const struct cabin_track *source = &meter->sources[packet->source_index].track;
	uint64_t lost = cabin_listening_packet(&channel->listening, source, packet, cabin_point_give, &channel->point);
	cabin_point_packet(&channel->point, lost, now_ns);
}

static void add_record(struct cabin_levels_frame *frame, uint16_t point_index, const struct cabin_point *point,
		       bool *shown, uint64_t now_ns)
{
	const struct cabin_level_figures *figures = &point->figures;
	bool show = figures->updated_ns != 0 && now_ns - figures->updated_ns <= CABIN_POINT_STALE_MS * CABIN_NS_PER_MS;
	if (show || *shown)
		cabin_levels_frame_add(frame, point_index, figures);
	*shown = show;
}

static void make_frame(struct cabin_meter *meter, uint64_t now_ns)
{
	const struct cabin_meter_config *config = &meter->config;
	struct cabin_levels_frame frame;
	if (!config->levels || !config->levels_wanted || !config->levels_wanted(config->levels_context))
		return;
	cabin_levels_frame_begin(&frame, meter->frame, (uint16_t)(config->source_count + config->channel_count),
				 now_ns);
	for (uint16_t i = 0; i < config->source_count; i++)
		add_record(&frame, i, &meter->sources[i].point, &meter->sources[i].shown, now_ns);
	for (uint16_t i = 0; i < config->channel_count; i++)
		add_record(&frame, (uint16_t)(config->source_count + i), &meter->channels[i].point,
			   &meter->channels[i].shown, now_ns);
	if (!config->levels(config->levels_context, frame.bytes, frame.size))
		cabin_counter_add(&meter->frames_refused, 1);
}

/* On a grid of time; a thread that was held up leaves out what it missed. */
static void make_figures(struct cabin_meter *meter, uint64_t now_ns)
{
	if (now_ns < meter->figures_due_ns)
		return;
	meter->figures_due_ns += (now_ns - meter->figures_due_ns) / FRAME_NS * FRAME_NS + FRAME_NS;
	for (uint16_t i = 0; i < meter->config.source_count; i++)
		cabin_point_update(&meter->sources[i].point, now_ns);
	for (uint16_t i = 0; i < meter->config.channel_count; i++)
		cabin_point_update(&meter->channels[i].point, now_ns);
	make_frame(meter, now_ns);
}

void cabin_meter_round(struct cabin_meter *meter)
{
	struct message message;
	uint64_t now_ns = cabin_clock_now_ns(&meter->config.clock);
	while (cabin_inbox_pop(meter->inbox, &message) == 0) {
		if (message.channel_index == CABIN_INDEX_NONE)
			measure_source(&meter->sources[message.packet->source_index], message.packet, now_ns);
		else
			measure_channel(meter, message.channel_index, message.packet, now_ns);
		cabin_packet_release(message.packet);
	}
	make_figures(meter, cabin_clock_now_ns(&meter->config.clock));
}

static void *run(void *context)
{
	struct cabin_meter *meter = context;
	pthread_setname_np(pthread_self(), "cabin-meter");
	/* Acquire, partner: the release in cabin_meter_stop. */
	while (!atomic_load_explicit(&meter->stopping, memory_order_acquire)) {
		cabin_meter_round(meter);
		nanosleep(&ROUND, NULL);
	}
	return NULL;
}

int cabin_meter_start(struct cabin_meter *meter)
{
	if (pthread_create(&meter->thread, NULL, run, meter) != 0)
		return CABIN_EIO;
	meter->started = true;
	return 0;
}

void cabin_meter_stop(struct cabin_meter *meter)
{
	if (!meter || !meter->started)
		return;
	atomic_store_explicit(&meter->stopping, true, memory_order_release);
	pthread_join(meter->thread, NULL);
	meter->started = false;
}

void cabin_meter_destroy(struct cabin_meter *meter)
{
	struct message message;
	if (!meter)
		return;
	cabin_meter_stop(meter);
	while (meter->inbox && cabin_inbox_pop(meter->inbox, &message) == 0)
		cabin_packet_release(message.packet);
	cabin_inbox_destroy(meter->inbox);
	for (uint16_t i = 0; meter->sources && i < meter->config.source_count; i++) {
		cabin_point_free(&meter->sources[i].point);
		cabin_track_free(&meter->sources[i].track);
	}
	for (uint16_t i = 0; meter->channels && i < meter->config.channel_count; i++) {
		cabin_point_free(&meter->channels[i].point);
		cabin_listening_free(&meter->channels[i].listening);
	}
	free(meter->sources);
	free(meter->channels);
	free(meter->frame);
	free(meter);
}

void cabin_meter_figures(const struct cabin_meter *meter, enum cabin_point_kind kind, uint16_t index,
			 struct cabin_level_figures *out)
{
	CABIN_ASSERT(index < (kind == CABIN_POINT_SOURCE ? meter->config.source_count : meter->config.channel_count));
	cabin_point_figures(kind == CABIN_POINT_SOURCE ? &meter->sources[index].point : &meter->channels[index].point,
			    out);
}

double cabin_meter_speech_lufs(void *meter, uint16_t source_index)
{
	const struct cabin_meter *self = meter;
	CABIN_ASSERT(source_index < self->config.source_count);
	return atomic_load_explicit(&self->sources[source_index].point.speech_lufs, memory_order_relaxed);
}

uint64_t cabin_meter_dropped_count(const struct cabin_meter *meter)
{
	return cabin_inbox_refused_count(meter->inbox);
}

uint64_t cabin_meter_frames_refused_count(const struct cabin_meter *meter)
{
	return atomic_load_explicit(&meter->frames_refused, memory_order_relaxed);
}
