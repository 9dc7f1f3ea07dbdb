/* cabin-bare-server: the least that a fan-out can cost, to measure the server
 * against in the same run: one thread, one send() for each frame and listener, no
 * HTTP, no WebSocket handshake, no queue. Prints "port N". */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "wire/rtp.h"

enum { CHANNELS = 3, PACKET_MS = 20, PAYLOAD_BYTES = 100, LISTENERS_MAX = 20000, TOC_20_MS = 31 << 3 };

static int listeners[LISTENERS_MAX];
static uint32_t listener_count;
static volatile sig_atomic_t over;

static void on_signal(int number)
{
	over = 1;
}

static void send_text(int fd, const char *text)
{
	uint8_t frame[260] = {0x81, 126, 0, (uint8_t)strlen(text)};
	memcpy(frame + 4, text, strlen(text));
	/* A listener that is gone is noticed by the load tool. */
	(void)!send(fd, frame, 4 + strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* State first, as a real server's: it says where RTP time 0 lies. */
static void accept_all(int server, uint64_t zero_us)
{
	int fd, on = 1;
	while (listener_count < LISTENERS_MAX &&
	       (fd = accept4(server, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		char text[200];
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		snprintf(text, sizeof(text),
			 "{\"type\":\"state\",\"channel\":%u,\"epoch\":1,\"clock\":{\"timestamp\":0,\"server_us\":%llu,"
			 "\"rate_hz\":48000}}",
			 listener_count % CHANNELS + 1, (unsigned long long)zero_us);
		send_text(fd, text);
		listeners[listener_count++] = fd;
	}
}

static void send_all(uint64_t count)
{
	for (uint32_t channel = 0; channel < CHANNELS; channel++) {
		uint8_t frame[2 + CABIN_RTP_HEADER_BYTES + PAYLOAD_BYTES] = {0x82,
									     CABIN_RTP_HEADER_BYTES + PAYLOAD_BYTES};
		cabin_rtp_write_header(frame + 2, false, (uint16_t)count, (uint32_t)(count * PACKET_MS * 48),
				       channel + 1);
		frame[2 + CABIN_RTP_HEADER_BYTES] = TOC_20_MS;
		for (uint32_t i = channel; i < listener_count; i += CHANNELS)
			(void)!send(listeners[i], frame, sizeof(frame), MSG_NOSIGNAL | MSG_DONTWAIT);
	}
}

int main(void)
{
	const struct cabin_clock clock = cabin_clock_monotonic();
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	struct rlimit files;
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (server < 0 || bind(server, (struct sockaddr *)&address, size) || listen(server, 4096) ||
	    getsockname(server, (struct sockaddr *)&address, &size)) {
		perror("cabin-bare-server");
		return 2;
	}
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	printf("port %u\n", ntohs(address.sin_port));
	fflush(stdout);
	uint64_t zero_ns = cabin_clock_now_ns(&clock);
	for (uint64_t count = 0; !over; count++) {
		uint64_t due_ns = zero_ns + count * PACKET_MS * CABIN_NS_PER_MS;
		struct timespec due = {.tv_sec = (time_t)(due_ns / CABIN_NS_PER_S),
				       .tv_nsec = (long)(due_ns % CABIN_NS_PER_S)};
		accept_all(server, zero_ns / CABIN_NS_PER_US);
		while (!over && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL))
			;
		send_all(count);
	}
	return 0;
}
