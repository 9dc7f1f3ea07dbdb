#include "capture/insert.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "capture/pacer.h"
#include "capture/playlist.h"

#define ORDER_PLAY UINT64_C(0x8000000000000000)
enum {
	ORDER_NUMBER_BITS = 31, /* between ORDER_PLAY and 32 bits of repeats */
	TONE_PERIOD_FRAMES = CABIN_INSERT_TONE_PERIOD_MS * (CABIN_RATE_HZ / 1000),
	TONE_FRAMES = TONE_PERIOD_FRAMES - CABIN_INSERT_TONE_BREAK_MS * (CABIN_RATE_HZ / 1000),
	TONE_RAMP_FRAMES = CABIN_RATE_HZ / 200 /* no click at either end */
};

struct cabin_insert {
	const struct cabin_config_source *source;
	struct cabin_playlist *playlist; /* NULL: the tone */
	int wake_fd;

	/* What is wanted: play or not, a number that tells orders apart, repeats. Written by any
	 * thread (release), read by the encode thread (acquire). */
	_Atomic uint64_t order;
	_Atomic uint32_t order_number;
	_Atomic uint64_t over; /* the order that ended by itself; written by the encode thread */

	/* The encode thread's own. */
	uint64_t taken; /* the order that it follows */
	struct cabin_pacer pacer;
	uint64_t end_frame; /* UINT64_MAX: none */
	bool prepared;
	uint64_t prepared_frame; /* what `samples` begins with */
	float samples[CABIN_PACER_BLOCK_FRAMES];
};

static void give_order(struct cabin_insert *insert, uint64_t play, uint32_t repeats)
{
	static const uint64_t one = 1;
	uint64_t number = atomic_fetch_add_explicit(&insert->order_number, 1, memory_order_relaxed) + 1u;
	number &= (UINT64_C(1) << ORDER_NUMBER_BITS) - 1;
	atomic_store_explicit(&insert->order, play | number << 32 | repeats, memory_order_release);
	ssize_t written = write(insert->wake_fd, &one, sizeof(one));
	(void)written; /* full: it is awake */
}

void cabin_insert_play(struct cabin_insert *insert, uint32_t repeats)
{
	give_order(insert, ORDER_PLAY, repeats);
}

void cabin_insert_rest(struct cabin_insert *insert)
{
	give_order(insert, 0, 0);
}

bool cabin_insert_playing(const struct cabin_insert *insert)
{
	uint64_t order = atomic_load_explicit(&insert->order, memory_order_acquire);
	return (order & ORDER_PLAY) && order != atomic_load_explicit(&insert->over, memory_order_acquire);
}

static uint64_t end_of(const struct cabin_insert *insert, uint64_t order)
{
	uint32_t repeats = (uint32_t)order;
	return insert->playlist && repeats > 0 ? repeats * cabin_playlist_length_frames(insert->playlist) : UINT64_MAX;
}

/* Sleeps until there is something to play. CABIN_ELOST: stopped. */
static int insert_open(void *input, uint32_t *rate_hz, uint32_t *channel_count)
{
	struct cabin_insert *insert = input;
	uint64_t order, events;
	for (;;) {
		struct pollfd wait[] = {{.fd = insert->pacer.stop_fd, .events = POLLIN},
					{.fd = insert->wake_fd, .events = POLLIN}};
		order = atomic_load_explicit(&insert->order, memory_order_acquire);
		if (order != insert->taken && (order & ORDER_PLAY))
			break;
		insert->taken = order;
		if (poll(wait, 2, -1) < 0 && errno != EINTR)
			return CABIN_EIO;
		if (wait[0].revents)
			return CABIN_ELOST;
		ssize_t size = read(insert->wake_fd, &events, sizeof(events));
		(void)size; /* nothing: an order that was seen already */
	}
	insert->taken = order;
	insert->end_frame = end_of(insert, order);
	insert->pacer.start_ns = cabin_clock_now_ns(&insert->pacer.clock);
	insert->pacer.next_frame = 0;
	insert->prepared = false;
	*rate_hz = CABIN_RATE_HZ;
	*channel_count = 1;
	cabin_log(CABIN_LOG_INFO, "capture", "insert-plays", "source=%s repeats=%u", insert->source->id,
		  (uint32_t)order);
	return 0;
}

static float tone_at(const struct cabin_insert *insert, uint64_t frame)
{
	uint64_t in_period = frame % TONE_PERIOD_FRAMES;
	if (in_period >= TONE_FRAMES)
		return 0;
	double turns = fmod((double)frame * insert->source->tone_hz / CABIN_RATE_HZ, 1.0);
	uint64_t from_end = TONE_FRAMES - 1 - in_period, nearest = in_period < from_end ? in_period : from_end;
	double ramp = nearest < TONE_RAMP_FRAMES ? 0.5 - 0.5 * cos(M_PI * (double)nearest / TONE_RAMP_FRAMES) : 1;
	return CABIN_INSERT_TONE_AMPLITUDE * (float)(ramp * sin(2 * M_PI * turns));
}

/* Makes `samples` the block that begins at `frame`, silent behind the end. */
static int prepare(struct cabin_insert *insert, uint64_t frame)
{
	if (frame >= insert->end_frame)
		return CABIN_EEMPTY;
	if (insert->prepared && insert->prepared_frame == frame)
		return 0;
	insert->prepared = false;
	int error = 0;
	if (insert->playlist)
		error = cabin_playlist_read(insert->playlist, frame, insert->samples, CABIN_PACER_BLOCK_FRAMES);
	else
		for (uint32_t i = 0; i < CABIN_PACER_BLOCK_FRAMES; i++)
			insert->samples[i] = tone_at(insert, frame + i);
	if (error)
		return error;
	for (uint64_t i = insert->end_frame - frame; i < CABIN_PACER_BLOCK_FRAMES; i++)
		insert->samples[i] = 0;
	insert->prepared = true;
	insert->prepared_frame = frame;
	return 0;
}

/* The block is ready before its instant, as a file's. */
static int insert_read(void *input, struct cabin_input_block *out, uint32_t timeout_ms)
{
	struct cabin_insert *insert = input;
	uint64_t frame_index, stamp_ns;
	if (atomic_load_explicit(&insert->order, memory_order_acquire) != insert->taken)
		return CABIN_EEMPTY;
	int error = prepare(insert, insert->pacer.next_frame);
	if (!error)
		error = cabin_pacer_wait(&insert->pacer, timeout_ms, &frame_index, &stamp_ns);
	if (!error)
		error = prepare(insert, frame_index); /* does nothing, unless blocks were left out */
	if (error == CABIN_EEMPTY) {
		atomic_store_explicit(&insert->over, insert->taken, memory_order_release);
		cabin_log(CABIN_LOG_INFO, "capture", "insert-over", "source=%s", insert->source->id);
	}
	if (error)
		return error;
	*out = (struct cabin_input_block){
	    .samples = insert->samples,
	    .frame_count = CABIN_PACER_BLOCK_FRAMES,
	    .frame_index = frame_index,
	    .stamp_ns = stamp_ns,
	};
	return 0;
}

static void insert_close(void *input)
{
}

static void insert_destroy(void *input)
{
	struct cabin_insert *insert = input;
	cabin_playlist_destroy(insert->playlist);
	if (insert->wake_fd >= 0)
		close(insert->wake_fd);
	free(insert);
}

int cabin_insert_create(struct cabin_input *out, struct cabin_insert **insert, const struct cabin_insert_config *config)
{
	static const struct cabin_input_ops ops = {
	    .open = insert_open, .read = insert_read, .close = insert_close, .destroy = insert_destroy};
	const struct cabin_config_source *source = config->source;
	*out = (struct cabin_input){0};
	*insert = NULL;
	struct cabin_insert *made = calloc(1, sizeof(*made));
	if (!made)
		return CABIN_ENOMEM;
	made->source = source;
	made->pacer = (struct cabin_pacer){.clock = config->clock, .stop_fd = config->stop_fd};
	made->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int error = made->wake_fd < 0 ? CABIN_EIO : 0;
	if (!error && source->kind == CABIN_SOURCE_FILE)
		error = cabin_playlist_create(&made->playlist, source->play, source->play_count, true, source->id);
	if (error) {
		insert_destroy(made);
		return error;
	}
	*out = (struct cabin_input){.ops = &ops, .self = made, .id = source->id};
	*insert = made;
	return 0;
}
