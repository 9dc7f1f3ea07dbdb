#include "media/clips.h"

#include <math.h>

/* 16 bits reach 32,767 of 32,768 upwards. */
#define FULL_SCALE 0.99996f

void cabin_clips_add(struct cabin_clips *clips, const float *samples, uint32_t sample_count)
{
	for (uint32_t i = 0; i < sample_count; i++) {
		if (fabsf(samples[i]) < FULL_SCALE) {
			clips->row = 0;
			continue;
		}
		if (++clips->row == clips->least_samples)
			clips->count++;
	}
}
