#include "audio/gap.h"

#include "base/clock.h"

#define STEP_NS		  ((int64_t)(5 * CABIN_NS_PER_MS))
#define BELIEVED_AFTER_MS 20

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t frames_to_ns(uint64_t frames, uint32_t rate_hz)
{
	return (int64_t)(frames / rate_hz * CABIN_NS_PER_S + frames % rate_hz * CABIN_NS_PER_S / rate_hz);
}

static void restart(struct cabin_gap *gap, uint64_t frame_index, int64_t offset_ns)
{
	gap->floor_ns[0] = gap->floor_ns[1] = offset_ns;
	gap->bucket_end_frame = frame_index + gap->rate_hz;
	gap->late = false;
}

void cabin_gap_init(struct cabin_gap *gap, uint32_t rate_hz)
{
	*gap = (struct cabin_gap){.rate_hz = rate_hz};
}

uint64_t cabin_gap_update(struct cabin_gap *gap, uint64_t frame_index, uint64_t stamp_ns)
{
	if (!gap->begun) {
		gap->begun = true;
		gap->origin_ns = stamp_ns;
		restart(gap, frame_index, -frames_to_ns(frame_index, gap->rate_hz));
		return 0;
	}
	int64_t offset_ns = (int64_t)(stamp_ns - gap->origin_ns) - frames_to_ns(frame_index, gap->rate_hz);
	int64_t floor_ns = smaller(gap->floor_ns[0], gap->floor_ns[1]);
	if (offset_ns - floor_ns < STEP_NS) {
		gap->late = false;
		if (frame_index >= gap->bucket_end_frame) {
			gap->floor_ns[1] = gap->floor_ns[0];
			gap->floor_ns[0] = offset_ns;
			gap->bucket_end_frame = frame_index + gap->rate_hz;
		}
		gap->floor_ns[0] = smaller(gap->floor_ns[0], offset_ns);
		return 0;
	}
	if (!gap->late) {
		gap->late = true;
		gap->late_since_frame = frame_index;
		gap->late_floor_ns = offset_ns;
	}
	gap->late_floor_ns = smaller(gap->late_floor_ns, offset_ns);
	if (frame_index - gap->late_since_frame < (uint64_t)gap->rate_hz * BELIEVED_AFTER_MS / 1000)
		return 0;
	uint64_t lost_ns = (uint64_t)(gap->late_floor_ns - floor_ns);
	uint64_t lost_frames =
	    lost_ns / CABIN_NS_PER_S * gap->rate_hz + lost_ns % CABIN_NS_PER_S * gap->rate_hz / CABIN_NS_PER_S;
	restart(gap, frame_index, gap->late_floor_ns);
	return lost_frames;
}
