/* What the system says of this process. Any thread. */
#ifndef CABIN_MONITOR_PROCESS_FIGURES_H
#define CABIN_MONITOR_PROCESS_FIGURES_H

#include <stdint.h>

struct cabin_process_figures {
	uint64_t resident_bytes, open_files, open_files_max, threads;
	double cpu_s, start_time_s, read_time_s; /* user and system; since 1970 both */
	const char *version;
};

/* What cannot be read stays 0. */
void cabin_process_figures_read(struct cabin_process_figures *out);

#endif
