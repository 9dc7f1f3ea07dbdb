#include "monitor/levels_frame.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"

static void put_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* Half dB above −120. */
static uint8_t level(double db)
{
	double steps = round(2 * (db + 120));
	return !(steps > 0) ? 0 : steps > UINT8_MAX ? UINT8_MAX : (uint8_t)steps;
}

static uint16_t loudness(double lufs)
{
	double tenths = round(10 * lufs);
	return (uint16_t)(int16_t)(!(tenths > INT16_MIN) ? INT16_MIN : tenths > INT16_MAX ? INT16_MAX : tenths);
}

static size_t bitmap_bytes(uint16_t point_count)
{
	return (point_count + 7u) / 8;
}

size_t cabin_levels_frame_size(uint16_t point_count)
{
	return CABIN_LEVELS_HEADER_BYTES + bitmap_bytes(point_count) + (size_t)point_count * CABIN_LEVELS_RECORD_BYTES;
}

void cabin_levels_frame_begin(struct cabin_levels_frame *frame, uint8_t *bytes, uint16_t point_count, uint64_t now_ns)
{
	uint32_t now_ms = (uint32_t)(now_ns / CABIN_NS_PER_MS);
	*frame = (struct cabin_levels_frame){
	    .bytes = bytes, .size = CABIN_LEVELS_HEADER_BYTES + bitmap_bytes(point_count), .point_count = point_count};
	memset(bytes, 0, frame->size);
	bytes[0] = 'L';
	bytes[1] = 1;
	put_u16(bytes + 2, CABIN_LEVELS_REVISION);
	put_u16(bytes + 4, (uint16_t)(now_ms >> 16));
	put_u16(bytes + 6, (uint16_t)now_ms);
	put_u16(bytes + 8, point_count);
}

void cabin_levels_frame_add(struct cabin_levels_frame *frame, uint16_t point_index,
			    const struct cabin_level_figures *figures)
{
	CABIN_ASSERT(point_index < frame->point_count);
	uint8_t *record = frame->bytes + frame->size;
	frame->bytes[CABIN_LEVELS_HEADER_BYTES + point_index / 8] |= (uint8_t)(0x80 >> point_index % 8);
	record[0] = level(figures->peak_dbfs);
	record[1] = level(figures->true_peak_dbtp);
	record[2] = level(figures->rms_dbfs);
	put_u16(record + 3, loudness(figures->momentary_lufs));
	put_u16(record + 5, loudness(figures->short_term_lufs));
	record[7] = (uint8_t)figures->clips;
	frame->size += CABIN_LEVELS_RECORD_BYTES;
}
