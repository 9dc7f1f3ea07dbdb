#include "audio/tap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "media/clips.h"
#include "media/encoder.h"
#include "media/level.h"
#include "media/resampler.h"

enum { CHUNK_FRAMES = 512, METER_SAMPLES = CABIN_RATE_HZ / 10, CLIP_SAMPLES = 3 };

/* Where an unbroken stretch of input lies on the time line. */
struct stretch {
	bool begun;
	uint64_t next_frame;	/* of the input, expected next */
	uint64_t origin_frame;	/* the input frame … */
	uint64_t origin_sample; /* … that is this sample of the time line */
};

struct cabin_tap {
	struct cabin_tap_config config;
	struct cabin_encoder *encoder;
	struct cabin_resampler *resampler; /* NULL: not begun, or inputs missing */
	uint32_t packet_samples, look_ahead_samples;
	uint32_t rate_hz, channel_count;
	float gain; /* of each input, linear */
	struct stretch stretch;
	float mixed[CHUNK_FRAMES], largest[CHUNK_FRAMES];
	float *resampled;
	uint32_t resampled_room;

	/* The packet that is being gathered. */
	float gathered[CABIN_PACKET_MAX_SAMPLES];
	uint32_t gathered_count;
	uint64_t timestamp;
	uint64_t sequence;
	uint64_t stamp_ns; /* set with its first sample */

	/* The newest instant known, for the time that passes while the input is closed. */
	bool has_anchor;
	uint64_t anchor_sample, anchor_ns;

	bool skipped; /* the packet before was not made */
	struct cabin_gate gate;
	struct cabin_silence silence;
	struct cabin_level_meter meter;
	struct cabin_clips clips;
	struct cabin_tap_figures figures;
};

/* No overflow for as long as a server runs. */
static uint64_t frames_to_ns(uint64_t frames, uint32_t rate_hz)
{
	return frames / rate_hz * CABIN_NS_PER_S + frames % rate_hz * CABIN_NS_PER_S / rate_hz;
}

static uint64_t frames_to_samples(uint64_t frames, uint32_t rate_hz)
{
	return frames / rate_hz * CABIN_RATE_HZ + (frames % rate_hz * CABIN_RATE_HZ + rate_hz / 2) / rate_hz;
}

static uint64_t ns_to_samples(uint64_t ns)
{
	return ns / CABIN_NS_PER_S * CABIN_RATE_HZ + ns % CABIN_NS_PER_S * CABIN_RATE_HZ / CABIN_NS_PER_S;
}

int cabin_tap_create(struct cabin_tap **out, const struct cabin_tap_config *config)
{
	const struct cabin_tap_sound *sound = &config->sound;
	*out = NULL;
	struct cabin_tap *tap = calloc(1, sizeof(*tap));
	if (!tap)
		return CABIN_ENOMEM;
	int error = cabin_encoder_create(&tap->encoder, &sound->encoder);
	if (error) {
		free(tap);
		return error;
	}
	tap->config = *config;
	tap->packet_samples = cabin_encoder_packet_samples(tap->encoder);
	tap->look_ahead_samples = cabin_encoder_look_ahead_samples(tap->encoder);
	cabin_gate_init(&tap->gate, sound->gate_db);
	cabin_silence_init(&tap->silence, sound->silent_db, (uint64_t)sound->silent_after_ms * (CABIN_RATE_HZ / 1000));
	cabin_level_meter_init(&tap->meter, METER_SAMPLES);
	tap->clips.least_samples = CLIP_SAMPLES;
	tap->figures.rms_dbfs = tap->figures.peak_dbfs = CABIN_LEVEL_MIN_DBFS;
	*out = tap;
	return 0;
}

static void forget_resampler(struct cabin_tap *tap)
{
	cabin_resampler_destroy(tap->resampler);
	free(tap->resampled);
	tap->resampler = NULL;
	tap->resampled = NULL;
}

void cabin_tap_destroy(struct cabin_tap *tap)
{
	if (!tap)
		return;
	forget_resampler(tap);
	cabin_encoder_destroy(tap->encoder);
	free(tap);
}

int cabin_tap_begin(struct cabin_tap *tap, uint32_t rate_hz, uint32_t channel_count, uint32_t *wanted_channels)
{
	const struct cabin_tap_sound *sound = &tap->config.sound;
	uint32_t input_count = sound->input_count ? sound->input_count : channel_count;
	cabin_tap_end(tap);
	*wanted_channels = 0;
	for (uint32_t i = 0; i < sound->input_count; i++) {
		if (sound->inputs[i] < 1)
			return CABIN_EINVAL;
		if (sound->inputs[i] > *wanted_channels)
			*wanted_channels = sound->inputs[i];
	}
	if (*wanted_channels > channel_count)
		return CABIN_ENOTFOUND;
	int error = cabin_resampler_create(&tap->resampler, rate_hz, CABIN_RATE_HZ);
	if (error)
		return error;
	tap->resampled_room = cabin_resampler_output_max(tap->resampler, CHUNK_FRAMES);
	tap->resampled = calloc(tap->resampled_room, sizeof(float));
	if (!tap->resampled) {
		forget_resampler(tap);
		return CABIN_ENOMEM;
	}
	tap->rate_hz = rate_hz;
	tap->channel_count = channel_count;
	tap->gain = powf(10, sound->gain_db / 20) / (float)input_count;
	return 0;
}

void cabin_tap_end(struct cabin_tap *tap)
{
	forget_resampler(tap);
	tap->gathered_count = 0;
	tap->stretch.begun = false;
}

const struct cabin_tap_figures *cabin_tap_figures(const struct cabin_tap *tap)
{
	return &tap->figures;
}

static uint8_t measure(struct cabin_tap *tap)
{
	struct cabin_level level = cabin_level_measure(tap->gathered, tap->packet_samples);
	cabin_level_meter_update(&tap->meter, level);
	tap->figures.rms_dbfs = tap->meter.rms_dbfs;
	tap->figures.peak_dbfs = tap->meter.peak_dbfs;
	bool active = cabin_gate_update(&tap->gate, level), silent = cabin_silence_update(&tap->silence, level);
	return (uint8_t)((active ? CABIN_PACKET_ACTIVE : 0) | (silent ? CABIN_PACKET_SILENT : 0));
}

/* Encodes what was gathered. */
static void encode(struct cabin_tap *tap, struct cabin_packet *packet)
{
	uint32_t size = 0;
	uint64_t begin_ns = cabin_clock_now_ns(&tap->config.clock);
	int error = cabin_encoder_encode(tap->encoder, tap->gathered, cabin_packet_payload(packet),
					 CABIN_OPUS_PAYLOAD_MAX_BYTES, &size);
	tap->figures.encode_ns += cabin_clock_now_ns(&tap->config.clock) - begin_ns;
	CABIN_ASSERT(!error); /* finite samples, fixed length, enough room: only a bug can fail here */
	packet->payload_size = (uint16_t)size;
}

/* Makes a packet of what was gathered, and goes on to the next one. DTX's empty packets
 * are handed on like any: the hub leaves them out, and learns from each what the gate says. */
static void finish_packet(struct cabin_tap *tap)
{
	bool wanted =
	    !tap->config.prepare || tap->config.prepare(tap->config.context, tap->gathered, tap->packet_samples);
	uint8_t flags = measure(tap);
	struct cabin_packet *packet = wanted ? cabin_packet_take(tap->config.pool) : NULL;
	if (packet) {
		if (tap->skipped)
			cabin_encoder_reset(tap->encoder);
		encode(tap, packet);
		packet->source_index = tap->config.source_index;
		packet->flags = flags;
		packet->source_sequence = tap->sequence;
		packet->source_timestamp = tap->timestamp;
		packet->duration_samples = tap->packet_samples;
		packet->stamp_ns = tap->stamp_ns;
		tap->figures.packets++;
		tap->config.emit(tap->config.context, packet);
	}
	/* Without one that was wanted the pool was empty, and has counted it: a lost packet. */
	tap->sequence += wanted;
	tap->skipped = !wanted;
	tap->timestamp += tap->packet_samples;
	tap->gathered_count = 0;
}

/* When sample `sample` of the time line was at the microphone, told by a block. */
static uint64_t sample_ns(const struct cabin_tap *tap, const struct cabin_input_block *block, uint64_t sample)
{
	uint64_t block_ns = frames_to_ns(block->frame_index - tap->stretch.origin_frame, tap->rate_hz);
	int64_t from_origin = (int64_t)(sample - tap->stretch.origin_sample);
	uint64_t away_ns = frames_to_ns((uint64_t)llabs(from_origin), CABIN_RATE_HZ);
	return block->stamp_ns - block_ns + (from_origin < 0 ? -away_ns : away_ns);
}

/* Appends samples, NULL: silence. */
static void gather(struct cabin_tap *tap, const struct cabin_input_block *block, const float *samples, uint64_t count)
{
	while (count > 0) {
		uint32_t room = tap->packet_samples - tap->gathered_count;
		uint32_t now = count < room ? (uint32_t)count : room;
		if (tap->gathered_count == 0)
			tap->stamp_ns = sample_ns(tap, block, tap->timestamp) -
					frames_to_ns(tap->look_ahead_samples, CABIN_RATE_HZ);
		if (samples) {
			memcpy(tap->gathered + tap->gathered_count, samples, now * sizeof(*samples));
			samples += now;
		} else {
			memset(tap->gathered + tap->gathered_count, 0, now * sizeof(*tap->gathered));
		}
		tap->gathered_count += now;
		count -= now;
		if (tap->gathered_count == tap->packet_samples)
			finish_packet(tap);
	}
}

/* Moves on to `sample` of the time line. `stretch` is still the old one. */
static void jump_to(struct cabin_tap *tap, const struct cabin_input_block *block, uint64_t sample, bool count_lost)
{
	if (tap->gathered_count > 0) {
		uint64_t left = tap->packet_samples - tap->gathered_count;
		uint64_t missing = sample - tap->timestamp - tap->gathered_count;
		gather(tap, block, NULL, missing < left ? missing : left);
	}
	if (tap->gathered_count > 0)
		return; /* the gap lies within this packet */
	uint64_t packets = (sample - tap->timestamp) / tap->packet_samples;
	tap->timestamp += packets * tap->packet_samples;
	if (count_lost)
		tap->sequence += packets;
	/* What follows can be decoded without what is missing. */
	cabin_encoder_reset(tap->encoder);
}

/* Places a stretch that begins with this block on the time line. */
static void begin_stretch(struct cabin_tap *tap, const struct cabin_input_block *block)
{
	uint64_t sample = tap->timestamp;
	if (tap->has_anchor && block->stamp_ns > tap->anchor_ns) {
		uint64_t by_clock = tap->anchor_sample + ns_to_samples(block->stamp_ns - tap->anchor_ns);
		sample = by_clock > sample ? by_clock : sample;
	}
	jump_to(tap, block, sample, false);
	tap->stretch = (struct stretch){
	    .begun = true,
	    .next_frame = block->frame_index,
	    .origin_frame = block->frame_index,
	    .origin_sample = sample,
	};
	gather(tap, block, NULL, sample - tap->timestamp - tap->gathered_count);
}

/* Sound was lost within the stretch: it goes on at the block's own place. */
static void skip_lost(struct cabin_tap *tap, const struct cabin_input_block *block)
{
	uint64_t lost_frames = block->frame_index - tap->stretch.next_frame;
	uint64_t sample = tap->stretch.origin_sample +
			  frames_to_samples(block->frame_index - tap->stretch.origin_frame, tap->rate_hz);
	uint64_t written = tap->timestamp + tap->gathered_count;
	tap->figures.overruns++;
	tap->figures.lost_frames += lost_frames;
	if (sample < written)
		sample = written;
	jump_to(tap, block, sample, true);
	cabin_resampler_reset(tap->resampler);
	tap->stretch.origin_frame = block->frame_index;
	tap->stretch.origin_sample = sample;
	gather(tap, block, NULL, sample - tap->timestamp - tap->gathered_count);
}

/* The tap's inputs as one channel, with gain, never over full scale: nothing that a
 * device may send (not-a-number included) reaches the encoder. Clips are counted here, of
 * the inputs as well as of their sum: a converter that was overdriven still is after a
 * lower gain. */
static void mix(struct cabin_tap *tap, float *out, const float *frames, uint32_t frame_count)
{
	const struct cabin_tap_sound *sound = &tap->config.sound;
	uint32_t input_count = sound->input_count ? sound->input_count : tap->channel_count;
	for (uint32_t i = 0; i < frame_count; i++, frames += tap->channel_count) {
		float sum = 0, largest = 0;
		for (uint32_t input = 0; input < input_count; input++) {
			float sample = frames[sound->input_count ? sound->inputs[input] - 1 : input];
			sum += sample;
			largest = fmaxf(largest, fabsf(sample));
		}
		sum *= tap->gain;
		tap->largest[i] = fmaxf(largest, fabsf(sum));
		if (!isfinite(sum))
			sum = 0;
		out[i] = sum > 1 ? 1 : sum < -1 ? -1 : sum;
	}
	cabin_clips_add(&tap->clips, tap->largest, frame_count);
	tap->figures.clips = tap->clips.count;
}

void cabin_tap_block(struct cabin_tap *tap, const struct cabin_input_block *block)
{
	if (!tap->resampler || block->frame_count == 0)
		return;
	if (!tap->stretch.begun)
		begin_stretch(tap, block);
	else if (block->frame_index > tap->stretch.next_frame)
		skip_lost(tap, block);
	else if (block->frame_index < tap->stretch.next_frame)
		return; /* an input's index never goes back */
	for (uint32_t at = 0; at < block->frame_count;) {
		uint32_t count = block->frame_count - at, given = 0;
		if (count > CHUNK_FRAMES)
			count = CHUNK_FRAMES;
		mix(tap, tap->mixed, block->samples + (size_t)at * tap->channel_count, count);
		cabin_resampler_process(tap->resampler, tap->mixed, count, tap->resampled, tap->resampled_room, &given);
		gather(tap, block, tap->resampled, given);
		at += count;
	}
	tap->stretch.next_frame = block->frame_index + block->frame_count;
	tap->has_anchor = true;
	tap->anchor_ns = block->stamp_ns;
	tap->anchor_sample = tap->stretch.origin_sample +
			     frames_to_samples(block->frame_index - tap->stretch.origin_frame, tap->rate_hz);
}
