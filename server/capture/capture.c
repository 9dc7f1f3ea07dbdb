#include "capture/capture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "audio/device_input.h"
#include "base/limits.h"
#include "base/log.h"
#include "capture/encode_thread.h"
#include "capture/insert.h"
#include "capture/source_file.h"
#include "capture/source_tone.h"

/* Where a source's figures are. */
struct place {
	struct cabin_encode_thread *thread; /* NULL: not made */
	uint32_t tap_index;
	struct cabin_insert *insert; /* NULL: none */
};

struct cabin_capture {
	struct cabin_capture_config config;
	struct cabin_encode_thread *threads[CABIN_SOURCES_MAX];
	uint32_t thread_count;
	struct place places[CABIN_SOURCES_MAX];
	struct cabin_audio_device devices[CABIN_DEVICES_MAX]; /* as the inputs know them */
	uint32_t device_count;
	int stop_fd;
	uint64_t start_ns; /* common to all files and tones, so that they stay in step */
};

/* A source that feeds floors alone is always active. */
static bool feeds_floors_only(const struct cabin_config *config, uint16_t source_index)
{
	bool feeds_floor = false;
	for (uint16_t i = 0; i < config->channel_count; i++) {
		const struct cabin_config_channel *channel = &config->channels[i];
		if (channel->source_index != source_index)
			continue;
		if (channel->kind != CABIN_CHANNEL_FLOOR)
			return false;
		feeds_floor = true;
	}
	return feeds_floor;
}

static int add_thread(struct cabin_capture *capture, const struct cabin_input *input, bool rests)
{
	const struct cabin_encode_thread_config config = {
	    .input = *input,
	    .clock = capture->config.clock,
	    .pool = capture->config.pool,
	    .hub_inbox = capture->config.hub_inbox,
	    .stop_fd = capture->stop_fd,
	    .rests = rests,
	};
	int error = cabin_encode_thread_create(&capture->threads[capture->thread_count], &config);
	if (!error)
		capture->thread_count++;
	return error;
}

/* Puts a source on the newest thread. */
static int add_source(struct cabin_capture *capture, uint16_t source_index)
{
	struct cabin_encode_thread *thread = capture->threads[capture->thread_count - 1];
	uint32_t tap_index = 0;
	for (uint16_t i = 0; i < capture->config.config->source_count; i++)
		tap_index += capture->places[i].thread == thread;
	int error = cabin_encode_thread_add(thread, &capture->config.config->sources[source_index], source_index,
					    feeds_floors_only(capture->config.config, source_index));
	if (error)
		return error;
	capture->places[source_index].thread = thread;
	capture->places[source_index].tap_index = tap_index;
	return 0;
}

static bool is_on_device(const struct cabin_config_source *source, const struct cabin_config_device *device)
{
	return source->kind == CABIN_SOURCE_DEVICE && strcmp(source->device, device->id) == 0;
}

/* One input for all sources of a device; none when it has no source. */
static int add_device(struct cabin_capture *capture, const struct cabin_config_device *device)
{
	const struct cabin_config *config = capture->config.config;
	uint32_t channel_count = 0;
	for (uint16_t i = 0; i < config->source_count; i++) {
		const struct cabin_config_source *source = &config->sources[i];
		for (uint32_t input = 0; is_on_device(source, device) && input < source->input_count; input++)
			channel_count = source->inputs[input] > channel_count ? source->inputs[input] : channel_count;
	}
	if (channel_count == 0)
		return 0;
	struct cabin_audio_device *known = &capture->devices[capture->device_count++];
	*known = (struct cabin_audio_device){
	    .id = device->id,
	    .api = device->api,
	    .name = device->name,
	    .jack_server = device->jack_server,
	    .rate_hz = device->rate_hz,
	    .buffer_frames = device->buffer_frames,
	};
	const struct cabin_device_input_config input_config = {
	    .device = known,
	    .channel_count = channel_count,
	    .clock = capture->config.clock,
	    .stop_fd = capture->stop_fd,
	};
	struct cabin_input input;
	int error = cabin_device_input_create(&input, &input_config);
	if (!error)
		error = add_thread(capture, &input, false);
	for (uint16_t i = 0; !error && i < config->source_count; i++) {
		if (is_on_device(&config->sources[i], device) && config->sources[i].input_count)
			error = add_source(capture, i);
	}
	return error;
}

static int add_file_or_tone(struct cabin_capture *capture, uint16_t source_index)
{
	const struct cabin_config_source *source = &capture->config.config->sources[source_index];
	const struct cabin_source_file_config file = {
	    .source = source,
	    .clock = capture->config.clock,
	    .start_ns = capture->start_ns,
	    .stop_fd = capture->stop_fd,
	};
	const struct cabin_source_tone_config tone = {
	    .id = source->id,
	    .tone_hz = source->tone_hz,
	    .clock = capture->config.clock,
	    .start_ns = capture->start_ns,
	    .stop_fd = capture->stop_fd,
	};
	struct cabin_input input;
	int error = source->kind == CABIN_SOURCE_FILE ? cabin_source_file_create(&input, &file)
						      : cabin_source_tone_create(&input, &tone);
	if (!error)
		error = add_thread(capture, &input, false);
	return error ? error : add_source(capture, source_index);
}

static int add_insert(struct cabin_capture *capture, uint16_t source_index)
{
	const struct cabin_insert_config config = {
	    .source = &capture->config.config->sources[source_index],
	    .clock = capture->config.clock,
	    .stop_fd = capture->stop_fd,
	};
	struct cabin_input input;
	int error = cabin_insert_create(&input, &capture->places[source_index].insert, &config);
	if (!error)
		error = add_thread(capture, &input, true);
	return error ? error : add_source(capture, source_index);
}

/* Not a device's. */
static int add_other(struct cabin_capture *capture, uint16_t source_index)
{
	return capture->config.config->sources[source_index].insert ? add_insert(capture, source_index)
								    : add_file_or_tone(capture, source_index);
}

/* Every input is made, so that every unusable file is told; the first error counts. */
static int add_inputs(struct cabin_capture *capture)
{
	const struct cabin_config *config = capture->config.config;
	int first_error = 0;
	for (uint16_t i = 0; i < config->device_count; i++) {
		int error = add_device(capture, &config->devices[i]);
		first_error = first_error ? first_error : error;
	}
	for (uint16_t i = 0; i < config->source_count; i++) {
		int error = config->sources[i].kind == CABIN_SOURCE_DEVICE ? 0 : add_other(capture, i);
		first_error = first_error ? first_error : error;
	}
	for (uint16_t i = 0; !first_error && i < config->source_count; i++) {
		if (!capture->places[i].thread) {
			cabin_log(CABIN_LOG_ERROR, "capture", "source-without-device",
				  "source=%s todo=\"name a device of the configuration, and at least one input\"",
				  config->sources[i].id);
			first_error = CABIN_EINVAL;
		}
	}
	return first_error;
}

int cabin_capture_create(struct cabin_capture **out, const struct cabin_capture_config *config)
{
	*out = NULL;
	if (config->config->source_count > CABIN_SOURCES_MAX)
		return CABIN_ETOOBIG;
	struct cabin_capture *capture = calloc(1, sizeof(*capture));
	if (!capture)
		return CABIN_ENOMEM;
	capture->config = *config;
	capture->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int error = capture->stop_fd >= 0 ? 0 : CABIN_EIO;
	capture->start_ns = cabin_clock_now_ns(&config->clock);
	if (!error)
		error = add_inputs(capture);
	for (uint32_t i = 0; !error && i < capture->thread_count; i++)
		error = cabin_encode_thread_start(capture->threads[i]);
	if (error) {
		cabin_capture_destroy(capture);
		return error;
	}
	*out = capture;
	return 0;
}

void cabin_capture_destroy(struct cabin_capture *capture)
{
	static const uint64_t one = 1;
	if (!capture)
		return;
	if (capture->stop_fd >= 0) {
		ssize_t written = write(capture->stop_fd, &one, sizeof(one));
		(void)written;
	}
	for (uint32_t i = 0; i < capture->thread_count; i++)
		cabin_encode_thread_destroy(capture->threads[i]);
	if (capture->stop_fd >= 0)
		close(capture->stop_fd);
	free(capture);
}

void cabin_capture_source_stats(const struct cabin_capture *capture, uint16_t source_index,
				struct cabin_capture_source_stats *out)
{
	CABIN_ASSERT(source_index < capture->config.config->source_count);
	const struct place *place = &capture->places[source_index];
	cabin_encode_thread_stats(place->thread, place->tap_index, out);
	if (place->insert)
		out->lost = false; /* at rest, or about to begin */
	out->playing = place->insert ? cabin_insert_playing(place->insert) : !out->lost;
}

/* NULL: none. */
static struct cabin_insert *insert_of(const struct cabin_capture *capture, uint16_t source_index)
{
	return source_index < capture->config.config->source_count ? capture->places[source_index].insert : NULL;
}

int cabin_capture_play(struct cabin_capture *capture, uint16_t source_index, uint32_t repeats)
{
	struct cabin_insert *insert = insert_of(capture, source_index);
	if (!insert)
		return CABIN_EINVAL;
	cabin_insert_play(insert, repeats);
	return 0;
}

int cabin_capture_rest(struct cabin_capture *capture, uint16_t source_index)
{
	struct cabin_insert *insert = insert_of(capture, source_index);
	if (!insert)
		return CABIN_EINVAL;
	cabin_insert_rest(insert);
	return 0;
}
