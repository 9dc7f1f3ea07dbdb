#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: cabin-load --connect HOST:PORT [option …]\n"
    "  --tls                   wss; the certificate is not checked\n"
    "  --bare                  frames without HTTP, as cabin-bare-server sends them\n"
    "  --listeners N           connections (1)\n"
    "  --channels 1,2,3        numbers, shared out in turn (1)\n"
    "  --seconds S             measured time (10)\n"
    "  --connect-seconds S     time over which the connections begin (listeners / 1000)\n"
    "  --settle-seconds S      time after that before anything is measured (1)\n"
    "  --reports               a report each second and a ping each two, as a page sends them\n"
    "  --stall N:SECONDS       the first N stop reading for SECONDS, with a small receive buffer\n"
    "  --wav FILE              the first listener's sound, and FILE.json with its time\n"
    "  --wav-channel N         of which channel (its own)\n"
    "  --server-pid PID        tells the server's CPU and memory as well\n"
    "  --json FILE             results (- for standard output)\n";

static bool read_channels(struct cabin_load_options *out, const char *text)
{
	out->channel_count = 0;
	for (char *end; out->channel_count < CABIN_LOAD_CHANNELS_MAX; text = end + 1) {
		unsigned long number = strtoul(text, &end, 10);
		if (end == text || !number || number > 65535)
			return false;
		out->channels[out->channel_count++] = (uint16_t)number;
		if (!*end)
			return true;
		if (*end != ',')
			return false;
	}
	return false;
}

static bool read_value(struct cabin_load_options *out, const char *name, const char *value)
{
	if (!strcmp(name, "--connect"))
		out->connect = value;
	else if (!strcmp(name, "--listeners"))
		out->listeners = (uint32_t)strtoul(value, NULL, 10);
	else if (!strcmp(name, "--channels"))
		return read_channels(out, value);
	else if (!strcmp(name, "--seconds"))
		out->seconds = strtod(value, NULL);
	else if (!strcmp(name, "--connect-seconds"))
		out->connect_seconds = strtod(value, NULL);
	else if (!strcmp(name, "--settle-seconds"))
		out->settle_seconds = strtod(value, NULL);
	else if (!strcmp(name, "--stall"))
		return sscanf(value, "%u:%lf", &out->stall_count, &out->stall_seconds) == 2;
	else if (!strcmp(name, "--wav"))
		out->wav = value;
	else if (!strcmp(name, "--wav-channel"))
		out->wav_channel = (uint16_t)strtoul(value, NULL, 10);
	else if (!strcmp(name, "--json"))
		out->json = value;
	else if (!strcmp(name, "--server-pid"))
		out->server_pid = (int)strtol(value, NULL, 10);
	else
		return false;
	return true;
}

static bool read_all(struct cabin_load_options *out, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--tls"))
			out->tls = true;
		else if (!strcmp(argv[i], "--bare"))
			out->bare = true;
		else if (!strcmp(argv[i], "--reports"))
			out->reports = true;
		else if (i + 1 >= argc || !read_value(out, argv[i], argv[i + 1]))
			return false;
		else
			i++;
	}
	return out->connect && out->listeners && out->listeners <= 60000 && out->seconds > 0 &&
	       out->stall_count <= out->listeners;
}

bool cabin_load_options_read(struct cabin_load_options *out, int argc, char **argv)
{
	*out = (struct cabin_load_options){.listeners = 1,
					   .channels = {1},
					   .channel_count = 1,
					   .seconds = 10,
					   .connect_seconds = -1,
					   .settle_seconds = 1};
	if (!read_all(out, argc, argv)) {
		fputs(usage, stderr);
		return false;
	}
	if (out->connect_seconds < 0)
		out->connect_seconds = out->listeners / 1000.0;
	return true;
}
