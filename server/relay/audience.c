#include "relay/audience.h"

const double cabin_audience_bounds_ms[CABIN_AUDIENCE_BUCKETS - 1] = {5,	  10,  20,  30,	 40,  60,  80,
								     100, 150, 200, 300, 500, 1000};
