/* Power of the lines of a sound's spectrum: a Hann window, then a radix-2 FFT.
 *
 * Owned by one thread; memory is taken at create. */
#ifndef CABIN_MEDIA_SPECTRUM_H
#define CABIN_MEDIA_SPECTRUM_H

#include <stdint.h>

#include "base/error.h"

struct cabin_spectrum;

/* `size`: samples, a power of two, 8 … 65,536. CABIN_EINVAL, CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_spectrum_create(struct cabin_spectrum **out, uint32_t size);
void cabin_spectrum_destroy(struct cabin_spectrum *spectrum); /* NULL is fine */

/* Of `size` samples; `power` gets size / 2 lines, from 0 Hz on, each of rate / size Hz. A
 * sine on a line has its mean square there, spread over the two lines beside it by the
 * window. */
void cabin_spectrum_power(struct cabin_spectrum *spectrum, const float *samples, float *power);

#endif
