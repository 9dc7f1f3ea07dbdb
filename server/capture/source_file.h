/* A list of files as an input, paced by the clock as a sound card would be.
 *
 * It gives one channel of 48 kHz whatever the files hold. Decoding is done ahead of
 * the block's instant, so that it costs no delay. All calls from the input's encode
 * thread, after create. */
#ifndef CABIN_CAPTURE_SOURCE_FILE_H
#define CABIN_CAPTURE_SOURCE_FILE_H

#include "audio/input.h"
#include "base/clock.h"
#include "config/config.h"

struct cabin_source_file_config {
	const struct cabin_config_source *source; /* of kind file; borrowed for life */
	struct cabin_clock clock;
	uint64_t start_ns; /* the list's frame 0; the same for all files of a server */
	int stop_fd;	   /* readable: stop waiting; −1: none; borrowed */
};

/* Opens every file of the list; errors of cabin_playlist_create, logged there. */
CABIN_MUST_CHECK int cabin_source_file_create(struct cabin_input *out, const struct cabin_source_file_config *config);

#endif
