#include "relay/channel.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "wire/control.h"
#include "wire/rtp.h"
#include "wire/ws_frame.h"

enum {
	HELD_BACK_MAX = 3, /* a 20 ms packet overlaps three of 10 ms; more means that clocks disagree */
	OVERLAP_MAX_SAMPLES = CABIN_RATE_HZ / 1000, /* of stamps' jitter that no packet is held back for */
	DTX_MAX_BYTES = 2,			    /* a packet that says "nothing changed" (RFC 6716, 2.1.9) */
	KEEP_ALIVE_SAMPLES = CABIN_RATE_HZ / 1000 * CABIN_KEEP_ALIVE_MS
};

/* What a gain is held within, and how far it moves before it is told. */
static const double gain_min_db = -20, gain_max_db = 12, gain_step_db = 1.5;
static const uint64_t gain_interval_ns = 3 * CABIN_NS_PER_S;

static bool same_choice(struct cabin_channel_choice a, struct cabin_channel_choice b)
{
	return a.feed == b.feed && a.source_index == b.source_index && a.from_number == b.from_number;
}

static const char *condition_name(enum cabin_source_condition condition)
{
	static const char *const names[] = {"ok", "silent", "lost"};

	return names[condition];
}

static void publish(struct cabin_channel *channel, struct cabin_packet *packet, enum cabin_packet_kind kind,
		    uint64_t now_ns)
{
	packet->kind = kind;
	packet->channel_index = channel->index;
	packet->epoch = channel->epoch;
	packet->published_ns = now_ns;
	for (uint32_t i = 0; i < channel->output->sink_count; i++)
		channel->output->sinks[i].publish(channel->output->sinks[i].context, packet);
	cabin_packet_release(packet);
}

static struct cabin_packet *take(struct cabin_channel *channel)
{
	struct cabin_packet *packet = cabin_packet_take(channel->output->pool);

	if (!packet)
		cabin_counter_add(&channel->dropped_pool, 1);
	return packet;
}

static struct cabin_control_mapping mapping(const struct cabin_channel *channel, const struct cabin_timeline *line)
{
	return (struct cabin_control_mapping){
	    .timestamp = (uint32_t)(line->timestamp + channel->timestamp_offset),
	    .server_us = (line->server_ns + CABIN_NS_PER_US / 2) / CABIN_NS_PER_US,
	    .rate_hz = cabin_timeline_rate_hz(line),
	};
}

static bool has_mapping(const struct cabin_channel *channel, const struct cabin_source_state *source)
{
	return channel->started && source && source->timeline.known && source->generation == channel->generation;
}

static double loudness_lufs(const struct cabin_channel *channel, uint16_t source_index)
{
	if (source_index == CABIN_INDEX_NONE || !channel->output->loudness_lufs)
		return NAN;
	return channel->output->loudness_lufs(channel->output->loudness_context, source_index);
}

/* An interpreter who has not been heard for long enough to know is taken to be as loud as
 * the one before: the floor must not break through louder than it did. */
static void remember_interpretation(struct cabin_channel *channel)
{
	double lufs = loudness_lufs(channel, channel->interpreter_index);

	if (isfinite(lufs))
		channel->interpretation_lufs = lufs;
}

/* What makes whatever fills in for the interpretation as loud as that was. */
static double matching_gain_db(struct cabin_channel *channel)
{
	double gain;

	if (channel->announced.feed != CABIN_FEED_PASS_THROUGH && channel->announced.feed != CABIN_FEED_CHANNEL)
		return 0;
	remember_interpretation(channel);
	gain = channel->interpretation_lufs - loudness_lufs(channel, channel->announced.source_index);
	return isfinite(gain) ? fmin(gain_max_db, fmax(gain_min_db, gain)) : 0;
}

/* A new epoch, or a new gain within one. */
static void set_gain(struct cabin_channel *channel, uint64_t now_ns)
{
	remember_interpretation(channel);
	if (channel->announced.feed == CABIN_FEED_BOOTH)
		channel->interpreter_index = channel->announced.source_index;
	channel->gain_db = matching_gain_db(channel);
	channel->gain_told_ns = now_ns;
}

/* Publishes the channel's state as its fields say, in `packet`. */
static void publish_state(struct cabin_channel *channel, struct cabin_packet *packet,
			  const struct cabin_source_state *source, uint64_t now_ns)
{
	struct cabin_control_state state = {
	    .channel = channel->config.number,
	    .epoch = channel->epoch,
	    .feed = cabin_feed_words[channel->announced.feed],
	    .source = condition_name(channel->condition),
	    .booth = channel->announced.booth_id,
	    .seat = channel->announced.seat ? channel->announced.seat : -1,
	    .from = channel->announced.from_number,
	    .gain_db = fmin(CABIN_TRIM_MAX_DB, fmax(CABIN_TRIM_MIN_DB, channel->gain_db + channel->trim_db)),
	    .fade_ms = channel->config.fade_ms,
	    .has_first = channel->started,
	    .sequence = (uint16_t)channel->first_sequence,
	    .timestamp = (uint32_t)channel->first_timestamp,
	    .has_clock = has_mapping(channel, source),
	};
	int size;

	if (state.has_clock)
		state.clock = mapping(channel, &source->timeline);
	size = cabin_control_write_state((char *)packet->bytes + CABIN_PACKET_HEADROOM_BYTES,
					 CABIN_PACKET_BYTES - CABIN_PACKET_HEADROOM_BYTES, &state);
	CABIN_ASSERT(size > 0 && size <= CABIN_STATE_MAX_BYTES); /* the configuration's names are bounded */
	cabin_ws_frame_packet(packet, CABIN_WS_TEXT, CABIN_PACKET_HEADROOM_BYTES, (size_t)size);
	channel->clock_due_ns = now_ns + CABIN_CLOCK_INTERVAL_MS * CABIN_NS_PER_MS;
	atomic_store_explicit(&channel->feed_now, (int)channel->announced.feed, memory_order_relaxed);
	atomic_store_explicit(&channel->condition_now, (int)channel->condition, memory_order_relaxed);
	atomic_store_explicit(&channel->epoch_now, channel->epoch, memory_order_relaxed);
	atomic_store_explicit(&channel->rate_hz, state.has_clock ? state.clock.rate_hz : 0, memory_order_relaxed);
	channel->output->states++;
	channel->trim_told_db = channel->trim_db;
	publish(channel, packet, CABIN_PACKET_STATE, now_ns);
}

void cabin_channel_init(struct cabin_channel *channel, uint16_t index, const struct cabin_hub_channel_config *config,
			struct cabin_channel_output *output, uint64_t first_sequence, uint64_t first_timestamp)
{
	memset(channel, 0, sizeof(*channel));
	channel->config = *config;
	channel->index = index;
	channel->output = output;
	channel->sequence = first_sequence;
	channel->timestamp = first_timestamp;
	cabin_channel_forget_loudness(channel);
	cabin_line_init(&channel->line, config->hold_ms);
}

/* True when the next packet of the chosen source is an epoch's first. */
static bool begins_epoch(const struct cabin_channel *channel, struct cabin_channel_choice choice,
			 const struct cabin_source_state *source)
{
	return !channel->started || !same_choice(choice, channel->announced) ||
	       channel->generation != source->generation;
}

void cabin_channel_decide(struct cabin_channel *channel, struct cabin_channel_choice choice,
			  const struct cabin_source_state *source, uint64_t now_ns)
{
	enum cabin_source_condition condition = CABIN_CONDITION_OK;
	bool changed = channel->epoch == 0 || !same_choice(choice, channel->announced);
	struct cabin_packet *packet;

	if (source)
		condition = cabin_source_state_condition(source);
	else if (choice.feed == CABIN_FEED_CHANNEL)
		condition = CABIN_CONDITION_SILENT; /* a channel that nobody speaks on for now */
	else if (choice.feed != CABIN_FEED_SILENCE)
		condition = CABIN_CONDITION_LOST;
	/* A source that is there speaks for itself: its epoch begins with its packet. Of a microphone
	 * that is closed none comes. */
	if (source && condition != CABIN_CONDITION_LOST && !(choice.off_air && source->paused) &&
	    begins_epoch(channel, choice, source))
		return;
	if (!changed && condition == channel->condition)
		return;
	packet = take(channel);
	if (!packet)
		return; /* decided again at the next packet or tick */
	if (changed) {
		channel->epoch++;
		channel->started = false;
	}
	channel->announced = choice;
	channel->condition = condition;
	if (changed)
		set_gain(channel, now_ns);
	publish_state(channel, packet, source, now_ns);
}

void cabin_channel_tell_trim(struct cabin_channel *channel, const struct cabin_source_state *source, uint64_t now_ns)
{
	struct cabin_packet *packet;

	if (channel->trim_db == channel->trim_told_db || !(packet = take(channel)))
		return; /* told again at the next packet or tick where the pool was empty */
	publish_state(channel, packet, source, now_ns);
}

void cabin_channel_forget_loudness(struct cabin_channel *channel)
{
	channel->interpreter_index = CABIN_INDEX_NONE;
	channel->interpretation_lufs = NAN;
}

bool cabin_channel_takes(const struct cabin_channel *channel, struct cabin_channel_choice choice, uint16_t source_index,
			 const struct cabin_source_state *source)
{
	if (choice.source_index == source_index)
		return true;
	/* Until the chosen source's first packet, the old one goes on. */
	return channel->announced.source_index == source_index && channel->started && !channel->held_back &&
	       channel->generation == source->generation;
}

/* Samples of real time from the channel's newest packet to this one of another source. */
static int64_t samples_passed(const struct cabin_channel *channel, const struct cabin_source_state *source,
			      const struct cabin_packet *packet)
{
	double passed_ns =
	    (double)(int64_t)(cabin_timeline_ns(&source->timeline, packet->source_timestamp) - channel->packet_ns);

	return (int64_t)round(passed_ns * (CABIN_RATE_HZ / 1e9));
}

/* An epoch begins with the first packet that does not repeat time that its channel
 * has sent already: else the time line would gain up to a packet at each change of
 * source, and listeners' delay with it. */
static bool hold_back(struct cabin_channel *channel, const struct cabin_source_state *source,
		      const struct cabin_packet *packet)
{
	if (!channel->any || channel->held_back >= HELD_BACK_MAX ||
	    samples_passed(channel, source, packet) + OVERLAP_MAX_SAMPLES >= channel->duration_samples)
		return false;
	channel->held_back++;
	return true;
}

/* Samples by which the time line goes on: the time that passed, at least a packet;
 * what that gained is given back as soon as there is room. */
static uint64_t step_samples(struct cabin_channel *channel, int64_t passed)
{
	int64_t step = passed - channel->ahead_samples;

	if (step < channel->duration_samples)
		step = channel->duration_samples;
	channel->ahead_samples += step - passed;
	return (uint64_t)step;
}

/* Begins the epoch on the channel's time line. */
static void begin_epoch(struct cabin_channel *channel, struct cabin_channel_choice choice,
			const struct cabin_source_state *source, const struct cabin_packet *packet, uint64_t now_ns)
{
	if (channel->any) {
		channel->sequence++;
		channel->timestamp += step_samples(channel, samples_passed(channel, source, packet));
	}
	/* An epoch that was announced without a packet begins now; any other is a new one. */
	if (channel->started || !same_choice(choice, channel->announced))
		channel->epoch++;
	channel->started = true;
	channel->announced = choice;
	channel->condition = cabin_source_state_condition(source);
	channel->generation = source->generation;
	channel->first_sequence = channel->sequence;
	channel->first_timestamp = channel->timestamp;
	channel->sequence_offset = channel->sequence - packet->source_sequence;
	channel->timestamp_offset = channel->timestamp - packet->source_timestamp;
	channel->source_sequence = packet->source_sequence;
	channel->any = true;
	channel->held_back = 0;
	set_gain(channel, now_ns);
}

/* A pause's packet that nobody needs: the sequence does not count it. */
static bool is_pause(struct cabin_channel *channel, const struct cabin_packet *packet)
{
	return packet->payload_size <= DTX_MAX_BYTES &&
	       packet->source_timestamp + channel->timestamp_offset - channel->timestamp < KEEP_ALIVE_SAMPLES;
}

static void publish_media(struct cabin_channel *channel, const struct cabin_source_state *source,
			  struct cabin_packet *packet, bool marker, uint64_t now_ns)
{
	channel->sequence = packet->source_sequence + channel->sequence_offset;
	channel->timestamp = packet->source_timestamp + channel->timestamp_offset;
	channel->duration_samples = packet->duration_samples;
	channel->packet_ns = cabin_timeline_ns(&source->timeline, packet->source_timestamp);
	packet->sequence = channel->sequence;
	packet->timestamp = channel->timestamp;
	cabin_rtp_write_header(packet->bytes + CABIN_PACKET_HEADROOM_BYTES - CABIN_RTP_HEADER_BYTES, marker,
			       (uint16_t)packet->sequence, (uint32_t)packet->timestamp, channel->config.number);
	cabin_ws_frame_packet(packet, CABIN_WS_BINARY, CABIN_PACKET_HEADROOM_BYTES - CABIN_RTP_HEADER_BYTES,
			      (size_t)CABIN_RTP_HEADER_BYTES + packet->payload_size);
	cabin_counter_add(&channel->packets, 1);
	cabin_counter_add(&channel->payload_bytes, packet->payload_size);
	publish(channel, packet, CABIN_PACKET_MEDIA, now_ns);
}

/* The channel's own packet: the source's, or a copy where others read it too. */
static struct cabin_packet *own(struct cabin_channel *channel, struct cabin_packet *packet, bool may_change)
{
	struct cabin_packet *copy;

	if (may_change)
		return cabin_packet_retain(packet);
	copy = take(channel);
	if (!copy)
		return NULL;
	memcpy(copy, packet, offsetof(struct cabin_packet, kind));
	memcpy(cabin_packet_payload(copy), cabin_packet_payload(packet), packet->payload_size);
	return copy;
}

void cabin_channel_forward(struct cabin_channel *channel, struct cabin_channel_choice choice,
			   const struct cabin_source_state *source, struct cabin_packet *packet, bool may_change,
			   uint64_t now_ns)
{
	bool begins = choice.source_index == packet->source_index && begins_epoch(channel, choice, source);
	struct cabin_packet *state = NULL, *media;

	if (begins && hold_back(channel, source, packet))
		return;
	if (!begins) {
		channel->held_back = 0;
		cabin_counter_add(&channel->source_gaps, packet->source_sequence - channel->source_sequence - 1);
		channel->source_sequence = packet->source_sequence;
		if (is_pause(channel, packet)) {
			channel->sequence_offset--;
			return;
		}
	} else if (!(state = take(channel))) {
		return; /* no packet without its state: the next one tries again */
	}
	media = own(channel, packet, may_change);
	if (!media) {
		cabin_packet_release(state);
		return;
	}
	if (begins) {
		begin_epoch(channel, choice, source, packet, now_ns);
		publish_state(channel, state, source, now_ns);
	}
	publish_media(channel, source, media, begins, now_ns);
}

uint64_t cabin_channel_clock_due_ns(const struct cabin_channel *channel)
{
	return channel->started && channel->condition != CABIN_CONDITION_LOST ? channel->clock_due_ns : UINT64_MAX;
}

void cabin_channel_clock(struct cabin_channel *channel, const struct cabin_source_state *source, uint64_t now_ns)
{
	struct cabin_control_mapping clock;
	struct cabin_packet *packet;
	int size;

	if (now_ns < cabin_channel_clock_due_ns(channel))
		return;
	channel->clock_due_ns = now_ns + CABIN_CLOCK_INTERVAL_MS * CABIN_NS_PER_MS;
	if (!has_mapping(channel, source) || !(packet = take(channel)))
		return;
	if (now_ns >= channel->gain_told_ns + gain_interval_ns &&
	    fabs(matching_gain_db(channel) - channel->gain_db) > gain_step_db) {
		set_gain(channel, now_ns);
		publish_state(channel, packet, source, now_ns);
		return;
	}
	clock = mapping(channel, &source->timeline);
	size = cabin_control_write_clock((char *)packet->bytes + CABIN_PACKET_HEADROOM_BYTES, CABIN_STATE_MAX_BYTES,
					 channel->config.number, channel->epoch, &clock);
	CABIN_ASSERT(size > 0);
	cabin_ws_frame_packet(packet, CABIN_WS_TEXT, CABIN_PACKET_HEADROOM_BYTES, (size_t)size);
	atomic_store_explicit(&channel->rate_hz, clock.rate_hz, memory_order_relaxed);
	publish(channel, packet, CABIN_PACKET_CLOCK, now_ns);
}
