#include "capture/source_file.h"

#include <stdlib.h>

#include "capture/pacer.h"
#include "capture/playlist.h"

struct source_file {
	struct cabin_playlist *playlist;
	struct cabin_pacer pacer;
	bool decoded_valid;
	uint64_t decoded_frame; /* what `samples` begins with */
	float samples[CABIN_PACER_BLOCK_FRAMES];
};

static int file_open(void *input, uint32_t *rate_hz, uint32_t *channel_count)
{
	*rate_hz = CABIN_RATE_HZ;
	*channel_count = 1;
	return 0;
}

/* Makes `samples` the block that begins at `frame`. */
static int decode(struct source_file *file, uint64_t frame)
{
	if (file->decoded_valid && file->decoded_frame == frame)
		return 0;
	file->decoded_valid = false;
	int error = cabin_playlist_read(file->playlist, frame, file->samples, CABIN_PACER_BLOCK_FRAMES);
	if (error)
		return error;
	file->decoded_valid = true;
	file->decoded_frame = frame;
	return 0;
}

static int file_read(void *input, struct cabin_input_block *out, uint32_t timeout_ms)
{
	struct source_file *file = input;
	uint64_t frame_index, stamp_ns;
	int error = decode(file, file->pacer.next_frame);
	if (!error)
		error = cabin_pacer_wait(&file->pacer, timeout_ms, &frame_index, &stamp_ns);
	if (!error)
		error = decode(file, frame_index); /* does nothing, unless blocks were left out */
	if (error)
		return error;
	*out = (struct cabin_input_block){
	    .samples = file->samples,
	    .frame_count = CABIN_PACER_BLOCK_FRAMES,
	    .frame_index = frame_index,
	    .stamp_ns = stamp_ns,
	};
	return 0;
}

static void file_close(void *input)
{
}

static void file_destroy(void *input)
{
	struct source_file *file = input;
	cabin_playlist_destroy(file->playlist);
	free(file);
}

int cabin_source_file_create(struct cabin_input *out, const struct cabin_source_file_config *config)
{
	static const struct cabin_input_ops ops = {
	    .open = file_open, .read = file_read, .close = file_close, .destroy = file_destroy};
	const struct cabin_config_source *source = config->source;
	*out = (struct cabin_input){0};
	struct source_file *file = calloc(1, sizeof(*file));
	if (!file)
		return CABIN_ENOMEM;
	int error = cabin_playlist_create(&file->playlist, source->play, source->play_count, source->loop, source->id);
	if (error) {
		free(file);
		return error;
	}
	file->pacer =
	    (struct cabin_pacer){.clock = config->clock, .start_ns = config->start_ns, .stop_fd = config->stop_fd};
	*out = (struct cabin_input){.ops = &ops, .self = file, .id = source->id};
	return 0;
}
