#include "capture/pcm_file.h"

#include <errno.h>
#include <opusfile.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "media/resampler.h"

enum { READ_MIN_FRAMES = 256, READ_MAX_FRAMES = 4096, CHANNELS_MAX = 64, PATH_QUOTED_BYTES = 600 };

struct cabin_pcm_file {
	OggOpusFile *opus; /* one of the two */
	SNDFILE *sndfile;
	uint32_t rate_hz;
	uint32_t channel_count; /* opus: of the link being read */
	uint64_t frame_count;
	float *interleaved;
};

static int complain(const char *id, const char *path, int error, const char *reason, const char *todo)
{
	char quoted[PATH_QUOTED_BYTES];
	cabin_log(CABIN_LOG_ERROR, "capture", "file-unusable", "source=%s file=%s reason=\"%s\" todo=\"%s\"", id,
		  cabin_log_quote(quoted, sizeof(quoted), path), reason, todo);
	return error;
}

/* True for an Ogg stream whose first packet is Opus'. */
static bool is_ogg_opus(FILE *stream)
{
	unsigned char head[36];
	if (fread(head, 1, sizeof(head), stream) != sizeof(head))
		return false;
	return memcmp(head, "OggS", 4) == 0 && memcmp(head + 28, "OpusHead", 8) == 0;
}

static int open_opus(struct cabin_pcm_file *file, const char *path, const char *id)
{
	int error = 0;
	file->opus = op_open_file(path, &error);
	if (!file->opus)
		return complain(id, path, CABIN_EFORMAT, "Ogg Opus that cannot be read", "check it with opusinfo");
	if (!op_seekable(file->opus))
		return complain(id, path, CABIN_EUNSUPPORTED, "it cannot be played from any point",
				"give a plain file, not a pipe");
	ogg_int64_t total = op_pcm_total(file->opus, -1);
	file->rate_hz = CABIN_RATE_HZ;
	file->frame_count = total > 0 ? (uint64_t)total : 0;
	return 0;
}

static int open_sndfile(struct cabin_pcm_file *file, const char *path, const char *id)
{
	SF_INFO info = {0};
	file->sndfile = sf_open(path, SFM_READ, &info);
	if (!file->sndfile)
		return complain(id, path, CABIN_EFORMAT, sf_strerror(NULL), "give WAV, FLAC or Ogg Opus");
	if (!info.seekable || info.frames < 0)
		return complain(id, path, CABIN_EUNSUPPORTED, "it cannot be played from any point",
				"give a plain file, not a pipe");
	if (info.channels < 1 || info.channels > CHANNELS_MAX || info.samplerate < CABIN_RESAMPLER_RATE_MIN_HZ ||
	    info.samplerate > CABIN_RESAMPLER_RATE_MAX_HZ)
		return complain(id, path, CABIN_EUNSUPPORTED, "over 64 channels, or a rate outside 8,000 to 192,000 Hz",
				"convert it, to 48,000 Hz");
	file->rate_hz = (uint32_t)info.samplerate;
	file->channel_count = (uint32_t)info.channels;
	file->frame_count = (uint64_t)info.frames;
	return 0;
}

/* Decodes a little at the beginning and at the end. */
static int try_both_ends(struct cabin_pcm_file *file)
{
	float mono[256];
	uint32_t count = 0;
	uint64_t near_end = file->frame_count > 256 ? file->frame_count - 256 : 0;
	int error = cabin_pcm_file_read(file, mono, 256, &count);
	if (error || count == 0)
		return CABIN_EFORMAT;
	error = cabin_pcm_file_seek(file, near_end);
	if (!error)
		error = cabin_pcm_file_read(file, mono, 256, &count);
	if (error || count == 0)
		return CABIN_EFORMAT;
	return cabin_pcm_file_seek(file, 0);
}

int cabin_pcm_file_open(struct cabin_pcm_file **out, const char *path, const char *id)
{
	*out = NULL;
	FILE *stream = fopen(path, "rb");
	if (!stream)
		return complain(
		    id, path, CABIN_ENOTFOUND, strerror(errno),
		    "correct the path (relative paths count from the configuration's folder) or its rights");
	bool ogg_opus = is_ogg_opus(stream);
	fclose(stream);
	struct cabin_pcm_file *file = calloc(1, sizeof(*file));
	if (!file)
		return CABIN_ENOMEM;
	int error = ogg_opus ? open_opus(file, path, id) : open_sndfile(file, path, id);
	if (error)
		goto out;
	if (file->frame_count == 0) {
		error = complain(id, path, CABIN_EFORMAT, "it holds no sound", "give another file, or leave it out");
		goto out;
	}
	file->interleaved = calloc((size_t)READ_MAX_FRAMES * (file->opus ? 1 : file->channel_count), sizeof(float));
	if (!file->interleaved) {
		error = CABIN_ENOMEM;
		goto out;
	}
	error = try_both_ends(file);
	if (error)
		complain(id, path, error, "it is cut off or damaged", "copy it again");
out:
	if (error) {
		cabin_pcm_file_close(file);
		return error;
	}
	*out = file;
	return 0;
}

void cabin_pcm_file_close(struct cabin_pcm_file *file)
{
	if (!file)
		return;
	if (file->opus)
		op_free(file->opus);
	if (file->sndfile)
		sf_close(file->sndfile);
	free(file->interleaved);
	free(file);
}

uint32_t cabin_pcm_file_rate_hz(const struct cabin_pcm_file *file)
{
	return file->rate_hz;
}

uint64_t cabin_pcm_file_frame_count(const struct cabin_pcm_file *file)
{
	return file->frame_count;
}

/* Frames read into `interleaved`, or a negative number. */
static int64_t read_interleaved(struct cabin_pcm_file *file, uint32_t max_frames)
{
	if (file->sndfile)
		return sf_readf_float(file->sndfile, file->interleaved, max_frames);
	int count, link = 0;
	do {
		/* Room is counted in samples, whatever channels the next link has: never over max_frames. */
		count = op_read_float(file->opus, file->interleaved, (int)max_frames, &link);
		if (count > 0)
			file->channel_count = (uint32_t)op_channel_count(file->opus, link);
	} while (count == OP_HOLE);
	return count;
}

int cabin_pcm_file_read(struct cabin_pcm_file *file, float *mono, uint32_t max_frames, uint32_t *frame_count)
{
	CABIN_ASSERT(max_frames >= READ_MIN_FRAMES && max_frames <= READ_MAX_FRAMES);
	int64_t count = read_interleaved(file, max_frames);
	if (count < 0)
		return CABIN_EFORMAT;
	const float *sample = file->interleaved;
	for (int64_t frame = 0; frame < count; frame++) {
		float sum = 0;
		for (uint32_t channel = 0; channel < file->channel_count; channel++)
			sum += *sample++;
		mono[frame] = sum / (float)file->channel_count;
	}
	*frame_count = (uint32_t)count;
	return 0;
}

int cabin_pcm_file_seek(struct cabin_pcm_file *file, uint64_t frame)
{
	if (frame > file->frame_count)
		return CABIN_EFORMAT;
	if (file->sndfile)
		return sf_seek(file->sndfile, (sf_count_t)frame, SEEK_SET) >= 0 ? 0 : CABIN_EFORMAT;
	return op_pcm_seek(file->opus, (ogg_int64_t)frame) == 0 ? 0 : CABIN_EFORMAT;
}
