/* Finds what can be cut or repeated at the head of a queue without being heard: a stretch of
 * silence, or one pitch period of a voice. The native twin of web/shared/time_stretch.ts.
 * Embedded; one thread; no allocation. */
#ifndef CABIN_MEDIA_TIME_STRETCH_H
#define CABIN_MEDIA_TIME_STRETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "media/pcm_queue.h"

/* What the speaker's voice and the room behind it are like: slow trackers of loudness. */
struct cabin_loudness {
	double voice, floor;
};

void cabin_loudness_init(struct cabin_loudness *loudness);
/* Looks at the next decoded samples, in stretches of 10 ms. */
void cabin_loudness_add(struct cabin_loudness *loudness, const float *samples, uint32_t count);

/* Length of the period, at most `most` samples, that can be taken out at the head or repeated
 * there; 0 when there is none. With `pause_only`: only in a pause of the speaker. */
uint32_t cabin_time_stretch_removable(const struct cabin_loudness *loudness, const struct cabin_pcm_queue *queue,
				      int64_t most, bool pause_only);
uint32_t cabin_time_stretch_insertable(const struct cabin_loudness *loudness, const struct cabin_pcm_queue *queue,
				       int64_t most, bool pause_only);

#endif
