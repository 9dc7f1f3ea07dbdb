#include "monitor/process_figures.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* /proc/self/stat, fields 20 (threads), 22 (start, clock ticks after boot) and 24
 * (resident pages); they follow the command's closing parenthesis. */
static void read_stat(struct cabin_process_figures *out)
{
	char line[1024];
	FILE *file = fopen("/proc/self/stat", "re");
	if (!file)
		return;
	size_t size = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	line[size] = 0;
	const char *after_name = strrchr(line, ')');
	uint64_t threads, start_ticks, resident_pages;
	if (!after_name || sscanf(after_name + 1,
				  " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %" SCNu64
				  " %*d %" SCNu64 " %*u %" SCNu64,
				  &threads, &start_ticks, &resident_pages) != 3)
		return;
	struct timespec wall, boot;
	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	double booted_s = (double)(wall.tv_sec - boot.tv_sec) + (double)(wall.tv_nsec - boot.tv_nsec) / 1e9;
	out->threads = threads;
	out->resident_bytes = resident_pages * (uint64_t)sysconf(_SC_PAGESIZE);
	out->start_time_s = booted_s + (double)start_ticks / (double)sysconf(_SC_CLK_TCK);
}

static uint64_t count_open_files(void)
{
	uint64_t count = 0;
	DIR *dir = opendir("/proc/self/fd");
	if (!dir)
		return 0;
	for (struct dirent *entry; (entry = readdir(dir));)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count ? count - 1 : 0; /* without the folder's own */
}

void cabin_process_figures_read(struct cabin_process_figures *out)
{
	struct rusage usage;
	struct rlimit limit;
	struct timespec wall;
	memset(out, 0, sizeof(*out));
	out->version = CABIN_VERSION;
	clock_gettime(CLOCK_REALTIME, &wall);
	out->read_time_s = (double)wall.tv_sec + (double)wall.tv_nsec / 1e9;
	read_stat(out);
	out->open_files = count_open_files();
	if (!getrlimit(RLIMIT_NOFILE, &limit))
		out->open_files_max = limit.rlim_cur;
	if (!getrusage(RUSAGE_SELF, &usage))
		out->cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
			     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}
