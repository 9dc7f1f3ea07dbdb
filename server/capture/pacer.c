#include "capture/pacer.h"

#include <poll.h>
#include <stdbool.h>
#include <time.h>

#define STALE_NS (300 * CABIN_NS_PER_MS)

static uint64_t instant_ns(const struct cabin_pacer *pacer, uint64_t frame)
{
	return pacer->start_ns + frame / CABIN_RATE_HZ * CABIN_NS_PER_S +
	       frame % CABIN_RATE_HZ * CABIN_NS_PER_S / CABIN_RATE_HZ;
}

static uint64_t due_ns(const struct cabin_pacer *pacer)
{
	return instant_ns(pacer, pacer->next_frame + CABIN_PACER_BLOCK_FRAMES);
}

/* True: the time is over; false: stopped. */
static bool sleep_for(const struct cabin_pacer *pacer, uint64_t wait_ns)
{
	struct pollfd stop = {.fd = pacer->stop_fd, .events = POLLIN};
	struct timespec wait = {.tv_sec = (time_t)(wait_ns / CABIN_NS_PER_S),
				.tv_nsec = (long)(wait_ns % CABIN_NS_PER_S)};
	return ppoll(&stop, 1, &wait, NULL) <= 0;
}

/* Leaves out every block but the newest that is due. */
static void skip_to_live(struct cabin_pacer *pacer, uint64_t now_ns)
{
	uint64_t late_ns = now_ns - due_ns(pacer);
	uint64_t late_blocks = late_ns / (CABIN_NS_PER_S * CABIN_PACER_BLOCK_FRAMES / CABIN_RATE_HZ);
	pacer->next_frame += late_blocks * CABIN_PACER_BLOCK_FRAMES;
}

int cabin_pacer_wait(struct cabin_pacer *pacer, uint32_t timeout_ms, uint64_t *frame_index, uint64_t *stamp_ns)
{
	uint64_t now_ns = cabin_clock_now_ns(&pacer->clock), until_ns = now_ns + timeout_ms * CABIN_NS_PER_MS;
	while (now_ns < due_ns(pacer)) {
		if (now_ns >= until_ns)
			return CABIN_EAGAIN;
		uint64_t wake_ns = due_ns(pacer) < until_ns ? due_ns(pacer) : until_ns;
		if (!sleep_for(pacer, wake_ns - now_ns))
			return CABIN_ELOST;
		now_ns = cabin_clock_now_ns(&pacer->clock);
	}
	if (now_ns - due_ns(pacer) > STALE_NS)
		skip_to_live(pacer, now_ns);
	*frame_index = pacer->next_frame;
	*stamp_ns = instant_ns(pacer, pacer->next_frame);
	pacer->next_frame += CABIN_PACER_BLOCK_FRAMES;
	return 0;
}
