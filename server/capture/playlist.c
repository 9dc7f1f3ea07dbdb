#include "capture/playlist.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "capture/pcm_file.h"
#include "media/resampler.h"

enum { READ_FRAMES = 1024, PREROLL_FRAMES = 512 };

struct entry {
	uint64_t start_frame, length_frames; /* in the list, at 48 kHz */
	struct cabin_pcm_file *file;	     /* NULL: silence */
	struct cabin_resampler *resampler;
	float *decoded; /* at 48 kHz, not given out yet */
	uint32_t decoded_room, decoded_count, decoded_taken;
	uint64_t next_frame; /* of the entry: what decoded[decoded_taken] is */
	bool over;	     /* the file has no more */
};

struct cabin_playlist {
	struct entry *entries;
	uint32_t entry_count;
	uint64_t length_frames;
	bool loop;
	const char *id;
};

static uint32_t greatest_common_divisor(uint32_t a, uint32_t b)
{
	while (b) {
		uint32_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

static int open_entry(struct entry *entry, const struct cabin_config_play *play, const char *id)
{
	entry->length_frames = (uint64_t)play->length_ms * (CABIN_RATE_HZ / 1000);
	if (!play->file)
		return entry->length_frames ? 0 : CABIN_EINVAL;
	int error = cabin_pcm_file_open(&entry->file, play->file, id);
	if (error)
		return error;
	uint32_t rate_hz = cabin_pcm_file_rate_hz(entry->file);
	if (!entry->length_frames)
		entry->length_frames =
		    (cabin_pcm_file_frame_count(entry->file) * CABIN_RATE_HZ + rate_hz / 2) / rate_hz;
	error = cabin_resampler_create(&entry->resampler, rate_hz, CABIN_RATE_HZ);
	if (error)
		return error;
	entry->decoded_room = cabin_resampler_output_max(entry->resampler, READ_FRAMES);
	entry->decoded = calloc(entry->decoded_room, sizeof(float));
	return entry->decoded ? 0 : CABIN_ENOMEM;
}

int cabin_playlist_create(struct cabin_playlist **out, const struct cabin_config_play *play, uint32_t play_count,
			  bool loop, const char *id)
{
	*out = NULL;
	struct cabin_playlist *playlist = calloc(1, sizeof(*playlist));
	if (!playlist)
		return CABIN_ENOMEM;
	int error = play_count ? 0 : CABIN_EINVAL;
	playlist->loop = loop;
	playlist->id = id;
	playlist->entries = calloc(play_count ? play_count : 1, sizeof(*playlist->entries));
	if (!playlist->entries)
		error = CABIN_ENOMEM;
	for (uint32_t i = 0; !error && i < play_count; i++) {
		struct entry *entry = &playlist->entries[playlist->entry_count++];
		error = open_entry(entry, &play[i], id);
		entry->start_frame = playlist->length_frames;
		playlist->length_frames += entry->length_frames;
	}
	if (error == CABIN_EINVAL)
		cabin_log(
		    CABIN_LOG_ERROR, "capture", "play-list-unusable",
		    "source=%s entry=%u reason=\"neither a file nor a length\" todo=\"give file, length_ms or both\"",
		    id, playlist->entry_count);
	if (error) {
		cabin_playlist_destroy(playlist);
		return error;
	}
	*out = playlist;
	return 0;
}

void cabin_playlist_destroy(struct cabin_playlist *playlist)
{
	if (!playlist)
		return;
	for (uint32_t i = 0; i < playlist->entry_count; i++) {
		cabin_pcm_file_close(playlist->entries[i].file);
		cabin_resampler_destroy(playlist->entries[i].resampler);
		free(playlist->entries[i].decoded);
	}
	free(playlist->entries);
	free(playlist);
}

uint64_t cabin_playlist_length_frames(const struct cabin_playlist *playlist)
{
	return playlist->length_frames;
}

/* Decodes and resamples the file's next piece; at its end, pushes out what the
 * resampler holds back. */
static void refill(struct cabin_playlist *playlist, struct entry *entry)
{
	float piece[READ_FRAMES];
	uint32_t count = 0;
	int error = cabin_pcm_file_read(entry->file, piece, READ_FRAMES, &count);
	if (error)
		cabin_log(CABIN_LOG_ERROR, "capture", "file-broken",
			  "source=%s entry=%u reason=\"it cannot be decoded any further: silence until its end\"",
			  playlist->id, (unsigned)(entry - playlist->entries) + 1);
	if (error || count == 0) {
		count = cabin_resampler_delay_samples(entry->resampler);
		memset(piece, 0, count * sizeof(*piece));
		entry->over = true;
	}
	entry->decoded_taken = 0;
	cabin_resampler_process(entry->resampler, piece, count, entry->decoded, entry->decoded_room,
				&entry->decoded_count);
}

static void take(struct cabin_playlist *playlist, struct entry *entry, float *samples, uint32_t frame_count)
{
	while (frame_count > 0) {
		uint32_t ready = entry->decoded_count - entry->decoded_taken;
		if (ready == 0 && !entry->over) {
			refill(playlist, entry);
			continue;
		}
		uint32_t count = ready == 0 || ready > frame_count ? frame_count : ready;
		if (samples && ready)
			memcpy(samples, entry->decoded + entry->decoded_taken, count * sizeof(*samples));
		else if (samples)
			memset(samples, 0, count * sizeof(*samples));
		if (ready)
			entry->decoded_taken += count;
		if (samples)
			samples += count;
		frame_count -= count;
		entry->next_frame += count;
	}
}

/* Goes to `frame` of the entry. Both rates meet each `out_step` frames: it begins at
 * such a point, a little earlier, so that the resampler is in swing. */
static void seek(struct cabin_playlist *playlist, struct entry *entry, uint64_t frame)
{
	uint32_t rate_hz = cabin_pcm_file_rate_hz(entry->file);
	CABIN_ASSERT(rate_hz > 0);
	uint32_t divisor = greatest_common_divisor(CABIN_RATE_HZ, rate_hz);
	uint32_t in_step = rate_hz / divisor, out_step = CABIN_RATE_HZ / divisor;
	uint64_t step = frame / out_step, preroll_steps = PREROLL_FRAMES / in_step + 1;
	step = step > preroll_steps ? step - preroll_steps : 0;
	entry->decoded_count = entry->decoded_taken = 0;
	entry->next_frame = step * out_step;
	cabin_resampler_reset(entry->resampler);
	entry->over = cabin_pcm_file_seek(entry->file, step * in_step) != 0;
	take(playlist, entry, NULL, (uint32_t)(frame - entry->next_frame));
}

static struct entry *entry_at(struct cabin_playlist *playlist, uint64_t frame)
{
	uint32_t i = 0;
	while (frame >= playlist->entries[i].start_frame + playlist->entries[i].length_frames)
		i++;
	return &playlist->entries[i];
}

int cabin_playlist_read(struct cabin_playlist *playlist, uint64_t frame_index, float *samples, uint32_t frame_count)
{
	CABIN_ASSERT(samples);
	if (!playlist->loop && frame_index >= playlist->length_frames)
		return CABIN_EEMPTY;
	while (frame_count > 0) {
		if (!playlist->loop && frame_index >= playlist->length_frames) {
			memset(samples, 0, frame_count * sizeof(*samples));
			break;
		}
		uint64_t frame = frame_index % playlist->length_frames;
		struct entry *entry = entry_at(playlist, frame);
		uint64_t in_entry = frame - entry->start_frame, left = entry->length_frames - in_entry;
		uint32_t count = left < frame_count ? (uint32_t)left : frame_count;
		if (!entry->file) {
			memset(samples, 0, count * sizeof(*samples));
		} else {
			if (entry->next_frame != in_entry)
				seek(playlist, entry, in_entry);
			take(playlist, entry, samples, count);
		}
		samples += count;
		frame_count -= count;
		frame_index += count;
	}
	return 0;
}
