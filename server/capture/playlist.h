/* A list of files and silences as one mono stream of 48 kHz that can be read from
 * any frame. Each entry is exactly as long as it says, so lists of the same total
 * length stay aligned however often they go round. One owner. */
#ifndef CABIN_CAPTURE_PLAYLIST_H
#define CABIN_CAPTURE_PLAYLIST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/config.h"

struct cabin_playlist;

/* Opens every file. Errors of cabin_pcm_file_open, with its log line; CABIN_EINVAL
 * with one for an empty list or an entry without file and length; CABIN_ENOMEM.
 * `id` is for those lines. */
CABIN_MUST_CHECK int cabin_playlist_create(struct cabin_playlist **out, const struct cabin_config_play *play,
					   uint32_t play_count, bool loop, const char *id);
void cabin_playlist_destroy(struct cabin_playlist *playlist); /* NULL is fine */

uint64_t cabin_playlist_length_frames(const struct cabin_playlist *playlist); /* once round */

/* Fills `samples` with frames `frame_index` … of the list going round (quickest
 * without jumps). A file that fails half-way is silent from there on, with one log
 * line. CABIN_EEMPTY: the list is over and does not loop. */
CABIN_MUST_CHECK int cabin_playlist_read(struct cabin_playlist *playlist, uint64_t frame_index, float *samples,
					 uint32_t frame_count);

#endif
