#include "net/loop_audience.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "net/audience.h"
#include "net/ws_console.h"

struct cabin_loop_audience {
	struct cabin_audience_minute minute;
	struct cabin_audience gathering;
	uint32_t gathered_s;
	pthread_mutex_t lock;
	struct cabin_audience part; /* under the lock */
};

int cabin_loop_audience_create(struct cabin_loop *loop)
{
	loop->audience = calloc(1, sizeof(*loop->audience));
	if (!loop->audience)
		return CABIN_ENOMEM;
	pthread_mutex_init(&loop->audience->lock, NULL);
	return 0;
}

void cabin_loop_audience_destroy(struct cabin_loop *loop)
{
	if (loop->audience)
		pthread_mutex_destroy(&loop->audience->lock);
	free(loop->audience);
	loop->audience = NULL;
}

static uint32_t second_of(const struct cabin_loop *loop)
{
	return (uint32_t)(cabin_loop_now_ns(loop) / CABIN_NS_PER_S);
}

void cabin_loop_audience_report(struct cabin_ws_listener *listener, uint16_t channel_index,
				const struct cabin_client_report *report)
{
	struct cabin_loop *loop = listener->loop;
	cabin_audience_report(&listener->place_in_audience, &loop->audience->minute, channel_index, report,
			      second_of(loop));
}

/* What the kernel knows of the connection; of the worst ones alone, so that it costs little. */
static void ask_kernel(struct cabin_audience_listener *worst, int fd)
{
	struct tcp_info info = {0};
	socklen_t size = sizeof(info);
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size))
		return;
	worst->retransmissions = info.tcpi_total_retrans;
	worst->rtt_ms = info.tcpi_rtt / 1e3;
}

static void ask_kernel_of_worst(const struct cabin_loop *loop, struct cabin_audience *part)
{
	const struct cabin_ws_listener *listener = part->worst_count ? loop->listeners : NULL;
	for (; listener; listener = listener->next)
		for (uint32_t i = 0; i < part->worst_count; i++)
			if (part->worst[i].listener == listener->number)
				ask_kernel(&part->worst[i], listener->fd);
}

static void gather(struct cabin_loop *loop, uint32_t second)
{
	struct cabin_loop_audience *audience = loop->audience;
	struct cabin_audience *part = &audience->gathering;
	uint64_t now_ns = cabin_loop_now_ns(loop);
	memset(part, 0, sizeof(*part));
	for (const struct cabin_ws_listener *listener = loop->listeners; listener; listener = listener->next) {
		uint16_t index =
		    listener->fan ? cabin_listener_channel_index(listener->fan) : (uint16_t)CABIN_INDEX_NONE;
		if (index == CABIN_INDEX_NONE || cabin_ws_console_has_joined(listener))
			continue;
		const struct cabin_audience_seen seen = {
		    .listener = listener->number,
		    .channel_index = index,
		    .queue_ms =
			(double)cabin_listener_queue_ns(loop->fanout, listener->fan, now_ns) / (double)CABIN_NS_PER_MS,
		    .skips = cabin_listener_skip_count(listener->fan)};
		cabin_audience_add_listener(part, &listener->place_in_audience, &seen, second);
	}
	cabin_audience_add_minute(part, &audience->minute, second);
	for (uint16_t i = 0; i < loop->net->config.channel_count; i++)
		part->channels[i].concealed_ms =
		    atomic_load_explicit(&loop->reports[i].concealed_ms, memory_order_relaxed);
	ask_kernel_of_worst(loop, part);
	pthread_mutex_lock(&audience->lock);
	audience->part = *part;
	pthread_mutex_unlock(&audience->lock);
}

void cabin_loop_audience_sweep(struct cabin_loop *loop)
{
	uint32_t second = second_of(loop);
	if (second == loop->audience->gathered_s)
		return;
	loop->audience->gathered_s = second;
	gather(loop, second);
}

void cabin_loop_audience_add(struct cabin_loop *loop, struct cabin_audience *out)
{
	pthread_mutex_lock(&loop->audience->lock);
	cabin_audience_join(out, &loop->audience->part);
	pthread_mutex_unlock(&loop->audience->lock);
}
