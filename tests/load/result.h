/* What a run of cabin-load tells. */
#ifndef CABIN_LOAD_RESULT_H
#define CABIN_LOAD_RESULT_H

#include "listener.h"
#include "options.h"

struct cabin_load_usage {
	double cpu_s;
	uint64_t resident_bytes, heap_bytes; /* of a server: VmRSS, and what is private and not of a file */
};

struct cabin_load_result {
	double seconds;
	struct cabin_load_usage own_before, own_after, server_before, server_after;
	struct cabin_histogram lateness; /* of this tool's own 5 ms ticks */
};

void cabin_load_usage_begin(struct cabin_load_result *result, int server_pid);
void cabin_load_usage_end(struct cabin_load_result *result, int server_pid);

/* A summary on stderr, and JSON where it is asked for. CABIN_EIO. */
CABIN_MUST_CHECK int cabin_load_result_write(const struct cabin_load_result *result,
					     const struct cabin_load_options *options, const struct cabin_load *load,
					     const struct cabin_load_listener *listeners);

#endif
