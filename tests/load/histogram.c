#include "histogram.h"

#include <math.h>

/* Bin 0 holds up to 0.1 ms; each further one ends 0.8 % higher; the last is about 1,400 s. */
static const double FIRST_MS = 0.1, GROWTH = 1.008;

void cabin_histogram_add(struct cabin_histogram *histogram, double value_ms)
{
	int bin = value_ms <= FIRST_MS ? 0 : (int)ceil(log(value_ms / FIRST_MS) / log(GROWTH));
	if (bin >= CABIN_HISTOGRAM_BINS)
		bin = CABIN_HISTOGRAM_BINS - 1;
	histogram->bins[bin]++;
	histogram->count++;
	histogram->sum_ms += value_ms;
	if (histogram->count == 1 || value_ms > histogram->max_ms)
		histogram->max_ms = value_ms;
}

double cabin_histogram_at(const struct cabin_histogram *histogram, double share)
{
	uint64_t wanted = (uint64_t)ceil(share * (double)histogram->count), below = 0;
	if (!histogram->count)
		return 0;
	for (int bin = 0; bin < CABIN_HISTOGRAM_BINS; bin++) {
		below += histogram->bins[bin];
		if (below >= wanted && below) {
			double edge = FIRST_MS * pow(GROWTH, bin);
			return edge < histogram->max_ms ? edge : histogram->max_ms;
		}
	}
	return histogram->max_ms;
}
