/* A sound file as mono PCM: Ogg Opus through opusfile, everything else (WAV, FLAC,
 * AIFF, Ogg Vorbis …) through libsndfile. One owner. */
#ifndef CABIN_CAPTURE_PCM_FILE_H
#define CABIN_CAPTURE_PCM_FILE_H

#include <stdint.h>

#include "base/error.h"

struct cabin_pcm_file;

/* Opens the file and decodes its beginning and its end, so that a broken file is
 * found now and not on air. CABIN_ENOTFOUND, CABIN_EFORMAT, CABIN_EUNSUPPORTED,
 * CABIN_ENOMEM, each with a log line that says what to do; `id` is for that line. */
CABIN_MUST_CHECK int cabin_pcm_file_open(struct cabin_pcm_file **out, const char *path, const char *id);
void cabin_pcm_file_close(struct cabin_pcm_file *file); /* NULL is fine */

uint32_t cabin_pcm_file_rate_hz(const struct cabin_pcm_file *file);
uint64_t cabin_pcm_file_frame_count(const struct cabin_pcm_file *file); /* at that rate */

/* At most `max_frames` (256 … 4,096) of the mean of all channels. Tells how many; 0 is
 * the end. CABIN_EFORMAT: the rest cannot be decoded. */
CABIN_MUST_CHECK int cabin_pcm_file_read(struct cabin_pcm_file *file, float *mono, uint32_t max_frames,
					 uint32_t *frame_count);

/* The next read begins at `frame`, exactly. CABIN_EFORMAT. */
CABIN_MUST_CHECK int cabin_pcm_file_seek(struct cabin_pcm_file *file, uint64_t frame);

#endif
