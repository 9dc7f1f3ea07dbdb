/* Decoded sound on its way to the ear: a queue of samples that keeps what it gave out for a
 * while, so that time can be stretched at its head. The native twin of web/shared/pcm_queue.ts.
 *
 *        history (given out)      available
 *   ├──────────────────────────┼──────────────────┤
 *                            head               tail
 *
 * Embedded (128 KB); one thread; no allocation. */
#ifndef CABIN_MEDIA_PCM_QUEUE_H
#define CABIN_MEDIA_PCM_QUEUE_H

#include <stdint.h>

enum {
	CABIN_PCM_PERIOD_MAX = 720, /* 15 ms: the longest period that an operation at the head may have */
	CABIN_PCM_HISTORY = 2 * CABIN_PCM_PERIOD_MAX,
	CABIN_PCM_CAPACITY = 32768,
};

struct cabin_pcm_queue {
	float samples[CABIN_PCM_CAPACITY];
	uint32_t head, tail; /* at least CABIN_PCM_PERIOD_MAX that were given out are before the head */
};

/* Drops what is there, history too. Also to be called first. */
void cabin_pcm_queue_clear(struct cabin_pcm_queue *queue);

static inline uint32_t cabin_pcm_queue_available(const struct cabin_pcm_queue *queue)
{
	return queue->tail - queue->head;
}

/* Drops `count` samples, at most what is available, from the head. */
void cabin_pcm_queue_drop(struct cabin_pcm_queue *queue, uint32_t count);

/* Appends `count` samples (NULL: silence), their gain going from `gain_from` to `gain_to` in a
 * straight line over the first `ramp_samples`. More than fits, half a second, pushes the oldest
 * out. */
void cabin_pcm_queue_append(struct cabin_pcm_queue *queue, const float *samples, uint32_t count, float gain_from,
			    float gain_to, uint32_t ramp_samples);

/* Adds the next `count` samples, at most what is available, times the gain's line to `out`. */
void cabin_pcm_queue_mix(struct cabin_pcm_queue *queue, float *out, uint32_t count, float gain_from, float gain_to);

/* Takes one period out at the head: its first and second period become one. Needs two available. */
void cabin_pcm_queue_remove(struct cabin_pcm_queue *queue, uint32_t period);

/* Repeats one period at the head, between what was given out and what comes. Needs one available. */
void cabin_pcm_queue_insert(struct cabin_pcm_queue *queue, uint32_t period);

#endif
