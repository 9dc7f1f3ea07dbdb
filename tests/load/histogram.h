/* Delays in bins that grow with the value: below 1 % wide from 0.1 ms up. One thread. */
#ifndef CABIN_LOAD_HISTOGRAM_H
#define CABIN_LOAD_HISTOGRAM_H

#include <stdint.h>

enum { CABIN_HISTOGRAM_BINS = 1200 };

struct cabin_histogram {
	uint32_t bins[CABIN_HISTOGRAM_BINS];
	uint64_t count;
	double max_ms, sum_ms;
};

void cabin_histogram_add(struct cabin_histogram *histogram, double value_ms);
/* The value below which `share` (0 … 1) of all lie, to the upper edge of its bin; 0 when empty. */
double cabin_histogram_at(const struct cabin_histogram *histogram, double share);

#endif
