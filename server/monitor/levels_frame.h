/* The levels frame: a binary WebSocket message with the levels of all points, for desks.
 *
 *   0      'L'                        1    version, 1
 *   2 – 3  revision of the list of points, 1
 *   4 – 7  server clock, ms, low 32 bits
 *   8 – 9  how many points, P
 *   then   ceil(P / 8) bytes: which points have a record, point 0 in the highest bit
 *   then   a record of 8 bytes for each of those: peak, true peak, RMS (half dB above
 *          −120 each), momentary, short term (signed, tenths of LUFS; −32768: silence),
 *          clips (low 8 bits)
 *
 * All big-endian. Points are the sources, then the channels. A point has a record while
 * packets of it come, once more all silent when 500 ms have passed without, and then none.
 * The first byte cannot be RTP's. Pure; shared vectors: tests/vectors/levels.json. */
#ifndef CABIN_MONITOR_LEVELS_FRAME_H
#define CABIN_MONITOR_LEVELS_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "monitor/meter.h"

enum { CABIN_LEVELS_RECORD_BYTES = 8, CABIN_LEVELS_HEADER_BYTES = 10, CABIN_LEVELS_REVISION = 1 };

struct cabin_levels_frame {
	uint8_t *bytes; /* cabin_levels_frame_size of them, of the caller */
	size_t size;	/* that are written */
	uint16_t point_count;
};

/* The largest frame of so many points. */
size_t cabin_levels_frame_size(uint16_t point_count);

void cabin_levels_frame_begin(struct cabin_levels_frame *frame, uint8_t *bytes, uint16_t point_count, uint64_t now_ns);

/* In the order of the points, those without a record left out. */
void cabin_levels_frame_add(struct cabin_levels_frame *frame, uint16_t point_index,
			    const struct cabin_level_figures *figures);

#endif
