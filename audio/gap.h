/* Finds sound that a device lost without saying so.
 *
 * JACK skips whole periods when somebody is late, and PortAudio tells at most that
 * something happened, not how much. What is left is the clock: counted in frames,
 * the stream falls behind by what was lost, and stays behind.
 *
 *   offset = stamp − frames / rate
 *      │            ▁▁▁▁▁▁▁▁▁▁ after: lost = the step
 *      │   ╷  (one late block: not a step)
 *      │▁▁▁│▁▁▁▁▁▁▁│                    floor = smallest offset of the last 1 to 2 s
 *
 * Steps below 5 ms are left to the clock mapping that follows drift. One owner. */
#ifndef CABIN_AUDIO_GAP_H
#define CABIN_AUDIO_GAP_H

#include <stdbool.h>
#include <stdint.h>

struct cabin_gap {
	uint32_t rate_hz;
	uint64_t origin_ns; /* of the first stamp; offsets count from it */
	bool begun;
	int64_t floor_ns[2]; /* smallest offsets of this second and of the one before */
	uint64_t bucket_end_frame;
	uint64_t late_since_frame; /* first frame of an unbroken run of late blocks */
	int64_t late_floor_ns;	   /* smallest offset of that run */
	bool late;
};

void cabin_gap_init(struct cabin_gap *gap, uint32_t rate_hz);

/* Takes the next block's first frame (as counted by the device) and stamp. Returns
 * how many frames were lost before it, as far as known now: a step is believed when
 * it has lasted for 20 ms. */
uint64_t cabin_gap_update(struct cabin_gap *gap, uint64_t frame_index, uint64_t stamp_ns);

#endif
