#include "media/spectrum.h"

#include <math.h>
#include <stdlib.h>

struct cabin_spectrum {
	uint32_t size;
	uint32_t *order; /* of the samples: bits reversed */
	float *window;	 /* normed */
	float *turn_re, *turn_im;
	float *re, *im;
};

int cabin_spectrum_create(struct cabin_spectrum **out, uint32_t size)
{
	*out = NULL;
	if (size < 8 || size > 65536 || (size & (size - 1)) != 0)
		return CABIN_EINVAL;
	struct cabin_spectrum *spectrum = calloc(1, sizeof(*spectrum));
	if (!spectrum)
		return CABIN_ENOMEM;
	spectrum->size = size;
	spectrum->order = calloc(size, sizeof(*spectrum->order));
	spectrum->window = calloc(5 * (size_t)size, sizeof(float));
	if (!spectrum->order || !spectrum->window) {
		cabin_spectrum_destroy(spectrum);
		return CABIN_ENOMEM;
	}
	spectrum->turn_re = spectrum->window + size;
	spectrum->turn_im = spectrum->turn_re + size;
	spectrum->re = spectrum->turn_im + size;
	spectrum->im = spectrum->re + size;
	for (uint32_t i = 0; i < size; i++) {
		double angle = 2 * M_PI * i / size;
		/* A sine of amplitude a on a line gives a · size / 4 there, and half of it beside it. */
		spectrum->window[i] = (float)((1 - cos(angle)) / 2 * sqrt(8.0) / size);
		spectrum->turn_re[i] = (float)cos(angle);
		spectrum->turn_im[i] = (float)-sin(angle);
		spectrum->order[i] = spectrum->order[i >> 1] >> 1 | (i & 1 ? size >> 1 : 0);
	}
	*out = spectrum;
	return 0;
}

void cabin_spectrum_destroy(struct cabin_spectrum *spectrum)
{
	if (!spectrum)
		return;
	free(spectrum->order);
	free(spectrum->window);
	free(spectrum);
}

/* One butterfly of each group whose two halves are `half` apart. */
static void stage(struct cabin_spectrum *spectrum, uint32_t half)
{
	float *re = spectrum->re, *im = spectrum->im;
	uint32_t step = spectrum->size / (2 * half);
	for (uint32_t group = 0; group < spectrum->size; group += 2 * half) {
		for (uint32_t i = 0; i < half; i++) {
			uint32_t a = group + i, b = a + half;
			float turn_re = spectrum->turn_re[i * step], turn_im = spectrum->turn_im[i * step];
			float turned_re = re[b] * turn_re - im[b] * turn_im;
			float turned_im = re[b] * turn_im + im[b] * turn_re;
			re[b] = re[a] - turned_re;
			im[b] = im[a] - turned_im;
			re[a] += turned_re;
			im[a] += turned_im;
		}
	}
}

void cabin_spectrum_power(struct cabin_spectrum *spectrum, const float *samples, float *power)
{
	for (uint32_t i = 0; i < spectrum->size; i++) {
		spectrum->re[spectrum->order[i]] = samples[i] * spectrum->window[i];
		spectrum->im[i] = 0;
	}
	for (uint32_t half = 1; half < spectrum->size; half *= 2)
		stage(spectrum, half);
	for (uint32_t i = 0; i < spectrum->size / 2; i++)
		power[i] = spectrum->re[i] * spectrum->re[i] + spectrum->im[i] * spectrum->im[i];
}
