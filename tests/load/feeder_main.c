/* cabin-feeder: a server fed with made-up sound, for load and for the bench.
 * Prints "port N" when it serves; ends on SIGTERM or SIGINT. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "feeder.h"

static volatile sig_atomic_t over;

static void on_signal(int number)
{
	over = 1;
}

static int usage(void)
{
	fputs("usage: cabin-feeder [--listen A:P] [--listen-tls A:P --tls-cert F --tls-key F] [--loops N]\n"
	      "       [--channels N] [--packet-ms 10|20] [--payload-bytes N] [--queue-limit-ms N]\n"
	      "       [--rto-min-us N] [--web FOLDER]\n",
	      stderr);
	return 2;
}

static void feed(struct cabin_feeder *feeder, uint32_t packet_ms)
{
	const struct cabin_clock clock = cabin_clock_monotonic();
	uint64_t due_ns = cabin_clock_now_ns(&clock);
	while (!over) {
		due_ns += packet_ms * CABIN_NS_PER_MS;
		struct timespec due = {.tv_sec = (time_t)(due_ns / CABIN_NS_PER_S),
				       .tv_nsec = (long)(due_ns % CABIN_NS_PER_S)};
		while (!over && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL))
			;
		cabin_feeder_publish(feeder, due_ns);
	}
}

int main(int argc, char **argv)
{
	struct cabin_feeder_config config = {
	    .server = {.listen = "127.0.0.1:0",
		       .loops = 2,
		       .max_listeners = 20000,
		       .queue_limit_ms = 300,
		       .close_after_ms = 10000,
		       .dscp_listeners = 34,
		       .rto_min_us = 5000},
	    .channel_count = 3,
	    .packet_ms = 20,
	    .payload_bytes = 100,
	};
	for (int i = 1; i < argc; i += 2) {
		const char *name = argv[i], *value = argv[i + 1];
		if (!value)
			return usage();
		if (!strcmp(name, "--listen"))
			config.server.listen = value;
		else if (!strcmp(name, "--listen-tls"))
			config.server.listen_tls = value;
		else if (!strcmp(name, "--tls-cert"))
			config.server.tls_cert = value;
		else if (!strcmp(name, "--tls-key"))
			config.server.tls_key = value;
		else if (!strcmp(name, "--web"))
			config.server.web_folder = value;
		else if (!strcmp(name, "--loops"))
			config.server.loops = (uint32_t)atoi(value);
		else if (!strcmp(name, "--channels"))
			config.channel_count = (uint16_t)atoi(value);
		else if (!strcmp(name, "--packet-ms"))
			config.packet_ms = (uint32_t)atoi(value);
		else if (!strcmp(name, "--payload-bytes"))
			config.payload_bytes = (uint32_t)atoi(value);
		else if (!strcmp(name, "--rto-min-us"))
			config.server.rto_min_us = (uint32_t)atoi(value);
		else if (!strcmp(name, "--queue-limit-ms"))
			config.server.queue_limit_ms = (uint32_t)atoi(value);
		else
			return usage();
	}
	if (!config.channel_count || config.channel_count > CABIN_FEEDER_CHANNELS_MAX ||
	    (config.packet_ms != 10 && config.packet_ms != 20) || !config.payload_bytes ||
	    config.payload_bytes > CABIN_OPUS_PAYLOAD_MAX_BYTES)
		return usage();
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	struct cabin_feeder *feeder;
	if (cabin_feeder_create(&feeder, &config))
		return 2;
	printf("port %u tls %u\n", cabin_server_port(cabin_feeder_server(feeder)),
	       cabin_server_port_tls(cabin_feeder_server(feeder)));
	fflush(stdout);
	feed(feeder, config.packet_ms);
	cabin_feeder_destroy(feeder);
	return 0;
}
