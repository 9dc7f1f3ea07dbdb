/* cabin-load's command line. */
#ifndef CABIN_LOAD_OPTIONS_H
#define CABIN_LOAD_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum { CABIN_LOAD_CHANNELS_MAX = 64 };

struct cabin_load_options {
	const char *connect;
	bool tls, bare, reports;
	uint32_t listeners;
	uint16_t channels[CABIN_LOAD_CHANNELS_MAX];
	uint32_t channel_count;
	double seconds, connect_seconds, settle_seconds;
	uint32_t stall_count; /* the first so many stop reading … */
	double stall_seconds; /* … for so long, after a second */
	const char *json, *wav;
	uint16_t wav_channel;
	int server_pid; /* 0: its CPU and memory are not told */
};

/* False: usage was printed. */
bool cabin_load_options_read(struct cabin_load_options *out, int argc, char **argv);

#endif
