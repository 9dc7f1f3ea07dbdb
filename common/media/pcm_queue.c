#include "media/pcm_queue.h"

#include <string.h>

enum {
	PERIOD_MAX = CABIN_PCM_PERIOD_MAX,
	HISTORY = CABIN_PCM_HISTORY,
	CAPACITY = CABIN_PCM_CAPACITY,
	HEAD_FIRST = HISTORY + PERIOD_MAX, /* room for an insertion to move the history to the left */
};

static void move(struct cabin_pcm_queue *queue, uint32_t to, uint32_t from, uint32_t count)
{
	memmove(queue->samples + to, queue->samples + from, count * sizeof(float));
}

void cabin_pcm_queue_clear(struct cabin_pcm_queue *queue)
{
	memset(queue->samples, 0, HEAD_FIRST * sizeof(float));
	queue->head = queue->tail = HEAD_FIRST;
}

void cabin_pcm_queue_drop(struct cabin_pcm_queue *queue, uint32_t count)
{
	uint32_t available = cabin_pcm_queue_available(queue);
	queue->head += count < available ? count : available;
}

/* Moves everything so that the head is at `to`. */
static void shift(struct cabin_pcm_queue *queue, uint32_t to)
{
	uint32_t available = cabin_pcm_queue_available(queue);
	move(queue, to - HISTORY, queue->head - HISTORY, HISTORY + available);
	queue->head = to;
	queue->tail = to + available;
}

static void make_room(struct cabin_pcm_queue *queue, uint32_t count)
{
	if (queue->tail + count <= CAPACITY)
		return;
	uint32_t wanted = cabin_pcm_queue_available(queue) + count;
	if (wanted > CAPACITY - HEAD_FIRST)
		cabin_pcm_queue_drop(queue, wanted - (CAPACITY - HEAD_FIRST));
	shift(queue, HEAD_FIRST);
}

void cabin_pcm_queue_append(struct cabin_pcm_queue *queue, const float *samples, uint32_t count, float gain_from,
			    float gain_to, uint32_t ramp_samples)
{
	make_room(queue, count);
	float *to = queue->samples + queue->tail;
	float slope = ramp_samples > 0 ? (gain_to - gain_from) / (float)ramp_samples : 0;
	for (uint32_t i = 0; i < count; i++)
		to[i] = samples ? samples[i] * (i < ramp_samples ? gain_from + slope * (float)i : gain_to) : 0;
	queue->tail += count;
}

void cabin_pcm_queue_mix(struct cabin_pcm_queue *queue, float *out, uint32_t count, float gain_from, float gain_to)
{
	float slope = count > 0 ? (gain_to - gain_from) / (float)count : 0;
	for (uint32_t i = 0; i < count; i++)
		out[i] += queue->samples[queue->head + i] * (gain_from + slope * (float)i);
	queue->head += count;
}

void cabin_pcm_queue_remove(struct cabin_pcm_queue *queue, uint32_t period)
{
	float *first = queue->samples + queue->head, *second = first + period;
	for (uint32_t i = 0; i < period; i++) {
		float weight = ((float)i + 0.5f) / (float)period;
		second[i] = first[i] * (1 - weight) + second[i] * weight;
	}
	move(queue, queue->head + period - HISTORY, queue->head - HISTORY, HISTORY);
	queue->head += period;
}

void cabin_pcm_queue_insert(struct cabin_pcm_queue *queue, uint32_t period)
{
	if (queue->head - period < HEAD_FIRST) {
		make_room(queue, period);
		shift(queue, HEAD_FIRST + period);
	}
	uint32_t head = queue->head;
	move(queue, head - HISTORY - period, head - HISTORY, HISTORY);
	float *samples = queue->samples + head;
	for (uint32_t i = 0; i < period; i++) {
		float weight = ((float)i + 0.5f) / (float)period;
		samples[(int32_t)i - (int32_t)period] =
		    samples[i] * (1 - weight) + samples[(int32_t)i - 2 * (int32_t)period] * weight;
	}
	queue->head -= period;
}
