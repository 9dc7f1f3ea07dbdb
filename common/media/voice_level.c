#include "media/voice_level.h"

#include <math.h>

#include "base/limits.h"

enum {
	BLOCK_SAMPLES = CABIN_RATE_HZ / 100, /* 10 ms */
	NONE_AFTER_BLOCKS = 300,
	CLIPPED_BLOCKS = 100,
	JUDGED_AFTER_BLOCKS = 20, /* of speech */
};

/* One step of 16-bit sound below full scale and more. */
#define FULL_SCALE	       0.99995f
#define PEAK_FALL_DB_PER_BLOCK (20 / 1.7f / 100)
/* A VU meter shows 99 % of a tone after 300 ms: a time constant of 65 ms. */
#define RMS_WEIGHT	  0.1425
#define SPEECH_WEIGHT	  0.01 /* of a block: a second */
#define SPEECH_FLOOR_DBFS (-55.0f)
#define PAUSE_BELOW_DB	  16.0f
#define TOO_QUIET_DBFS	  (-30.0f)
#define TOO_LOUD_DBFS	  (-12.0f)
#define HYSTERESIS_DB	  2.0f

static float dbfs_of(double power)
{
	return power > 1e-12 ? (float)(10 * log10(power)) : CABIN_LEVEL_MIN_DBFS;
}

void cabin_voice_level_init(struct cabin_voice_level *level)
{
	*level = (struct cabin_voice_level){
	    .peak_dbfs = CABIN_LEVEL_MIN_DBFS,
	    .rms_dbfs = CABIN_LEVEL_MIN_DBFS,
	    .speech_dbfs = CABIN_LEVEL_MIN_DBFS,
	};
}

static void follow_speech(struct cabin_voice_level *level, float block_dbfs)
{
	bool pause = block_dbfs < SPEECH_FLOOR_DBFS ||
		     (level->speech_blocks > 0 && block_dbfs < dbfs_of(level->speech_power) - PAUSE_BELOW_DB);
	if (pause) {
		if (++level->quiet_blocks >= NONE_AFTER_BLOCKS) {
			level->quiet_blocks = NONE_AFTER_BLOCKS;
			level->speech_blocks = 0;
			level->speech_power = 0;
		}
		return;
	}
	level->quiet_blocks = 0;
	if (level->speech_blocks < 1 / SPEECH_WEIGHT)
		level->speech_blocks++;
	/* The mean of what there is at first, so that it need not come up from silence. */
	double weight = fmax(1.0 / level->speech_blocks, SPEECH_WEIGHT);
	level->speech_power += weight * (pow(10, (double)block_dbfs / 10) - level->speech_power);
}

static enum cabin_voice_verdict judge(const struct cabin_voice_level *level)
{
	if (level->clip_blocks > 0)
		return CABIN_VOICE_TOO_LOUD;
	if (level->speech_blocks == 0)
		return CABIN_VOICE_NONE;
	if (level->speech_blocks < JUDGED_AFTER_BLOCKS)
		return level->verdict;
	float quiet_dbfs = TOO_QUIET_DBFS + (level->verdict == CABIN_VOICE_TOO_QUIET ? HYSTERESIS_DB : -HYSTERESIS_DB);
	float loud_dbfs = TOO_LOUD_DBFS + (level->verdict == CABIN_VOICE_TOO_LOUD ? -HYSTERESIS_DB : HYSTERESIS_DB);
	if (level->speech_dbfs < quiet_dbfs)
		return CABIN_VOICE_TOO_QUIET;
	return level->speech_dbfs > loud_dbfs ? CABIN_VOICE_TOO_LOUD : CABIN_VOICE_GOOD;
}

static void finish_block(struct cabin_voice_level *level)
{
	struct cabin_level block = level->gathering;
	float block_dbfs = cabin_level_rms_dbfs(block);
	level->peak_dbfs = fmaxf(cabin_level_peak_dbfs(block), level->peak_dbfs - PEAK_FALL_DB_PER_BLOCK);
	level->rms_power += RMS_WEIGHT * (pow(10, (double)block_dbfs / 10) - level->rms_power);
	level->rms_dbfs = dbfs_of(level->rms_power);
	if (block.peak >= FULL_SCALE) {
		level->clip_count++;
		level->clip_blocks = CLIPPED_BLOCKS;
	} else if (level->clip_blocks > 0) {
		level->clip_blocks--;
	}
	follow_speech(level, block_dbfs);
	level->speech_dbfs = dbfs_of(level->speech_power);
	level->verdict = judge(level);
	level->gathering = (struct cabin_level){0};
}

void cabin_voice_level_update(struct cabin_voice_level *level, const float *samples, uint32_t sample_count)
{
	while (sample_count > 0) {
		uint32_t rest = BLOCK_SAMPLES - level->gathering.sample_count;
		uint32_t count = sample_count < rest ? sample_count : rest;
		level->gathering = cabin_level_join(level->gathering, cabin_level_measure(samples, count));
		samples += count;
		sample_count -= count;
		if (level->gathering.sample_count == BLOCK_SAMPLES)
			finish_block(level);
	}
}
