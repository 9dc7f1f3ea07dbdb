/* Counts how often a sound was clipped: stretches of samples at full scale or beyond.
 *
 * Before an encoder a converter's clipping shows as several samples in a row at full scale
 * (three and more: one may be a peak that just fits). Opus rounds those off, but a sound
 * that reached full scale comes out of the decoder with samples beyond it.
 *
 * Embedded; one owner. */
#ifndef CABIN_MEDIA_CLIPS_H
#define CABIN_MEDIA_CLIPS_H

#include <stdint.h>

struct cabin_clips {
	uint32_t least_samples; /* in a row that make a clip, from 1 */
	uint32_t row;		/* samples at full scale up to now */
	uint32_t count;
};

/* `count` grows by one with each stretch that is long enough, told as soon as it is. */
void cabin_clips_add(struct cabin_clips *clips, const float *samples, uint32_t sample_count);

#endif
