/* An insert as an input: the test tone, or a list of files, that rests until it is told to
 * play and then begins at its beginning.
 *
 *   open ── sleeps ──▶ (play) ── reads ──▶ over, rest, or play again: CABIN_EEMPTY ──▶ close, open …
 *
 * Each playing starts when it is taken up: its first frame is "at the microphone" then.
 * play, rest and playing: any thread, without waiting; all else from the encode thread,
 * after create. The owner of the input destroys it. */
#ifndef CABIN_CAPTURE_INSERT_H
#define CABIN_CAPTURE_INSERT_H

#include "audio/input.h"
#include "base/clock.h"
#include "config/config.h"

struct cabin_insert;

/* The test tone: a sine of EBU alignment level, whose peak is 18 dB below full scale, left
 * out for a quarter of a second at the end of each 3 s, so that nobody takes it for a fault. */
#define CABIN_INSERT_TONE_AMPLITUDE 0.1258925f
enum { CABIN_INSERT_TONE_PERIOD_MS = 3000, CABIN_INSERT_TONE_BREAK_MS = 250 };

struct cabin_insert_config {
	const struct cabin_config_source *source; /* of kind tone or file; borrowed for life */
	struct cabin_clock clock;
	int stop_fd; /* readable: stop waiting; borrowed */
};

/* Opens every file; `*insert` lives as long as the input. Errors of cabin_playlist_create,
 * logged there; CABIN_EIO, CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_insert_create(struct cabin_input *out, struct cabin_insert **insert,
					 const struct cabin_insert_config *config);

/* From the beginning, `repeats` times (0, and a tone always: for ever). */
void cabin_insert_play(struct cabin_insert *insert, uint32_t repeats);
void cabin_insert_rest(struct cabin_insert *insert);

/* Told to play, and not over. */
bool cabin_insert_playing(const struct cabin_insert *insert);

#endif
