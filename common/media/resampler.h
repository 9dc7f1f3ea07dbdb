/* Resampler of one mono stream, from a device's or a file's rate to another.
 *
 * Its output is aligned with its input: output sample n is the sound at input
 * instant n × input_rate / output_rate, counted from create or reset. What it costs
 * is delay only: an instant comes out when cabin_resampler_delay_samples() more
 * input samples have gone in. Owned by one thread; no allocation after create. */
#ifndef CABIN_MEDIA_RESAMPLER_H
#define CABIN_MEDIA_RESAMPLER_H

#include <stdint.h>

#include "base/error.h"

struct cabin_resampler;

enum { CABIN_RESAMPLER_RATE_MIN_HZ = 8000, CABIN_RESAMPLER_RATE_MAX_HZ = 192000 };

/* CABIN_EINVAL for a rate out of range, CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_resampler_create(struct cabin_resampler **out, uint32_t input_rate_hz,
					    uint32_t output_rate_hz);
void cabin_resampler_destroy(struct cabin_resampler *resampler); /* NULL is fine */

/* In input samples; 0 when the rates are the same. */
uint32_t cabin_resampler_delay_samples(const struct cabin_resampler *resampler);

/* The most samples that `input_count` more can give. */
uint32_t cabin_resampler_output_max(const struct cabin_resampler *resampler, uint32_t input_count);

/* Takes all of `input`, gives `*output_count` samples; `output` has room for
 * cabin_resampler_output_max(input_count) (asserted through `output_room`). */
void cabin_resampler_process(struct cabin_resampler *resampler, const float *input, uint32_t input_count, float *output,
			     uint32_t output_room, uint32_t *output_count);

/* The next sample in is instant 0 again, with silence before it. */
void cabin_resampler_reset(struct cabin_resampler *resampler);

#endif
