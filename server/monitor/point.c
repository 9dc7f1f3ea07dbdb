#include "monitor/point.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"

enum { CHUNK = 960, EMPTY_ROUNDS_MOST = 2 /* a packet may be late by some 50 ms */ };

#define SET(field, value) atomic_store_explicit(&point->field, value, memory_order_relaxed)
#define GET(field)	  atomic_load_explicit(&point->field, memory_order_relaxed)

static const struct cabin_level_figures NOTHING = {.peak_dbfs = -HUGE_VAL,
						   .true_peak_dbtp = -HUGE_VAL,
						   .rms_dbfs = -HUGE_VAL,
						   .momentary_lufs = -HUGE_VAL,
						   .short_term_lufs = -HUGE_VAL,
						   .noise_dbfs = -HUGE_VAL};

static void publish(struct cabin_point *point)
{
	const struct cabin_level_figures *from = &point->figures;
	SET(peak_dbfs, from->peak_dbfs);
	SET(true_peak_dbtp, from->true_peak_dbtp);
	SET(rms_dbfs, from->rms_dbfs);
	SET(momentary_lufs, from->momentary_lufs);
	SET(short_term_lufs, from->short_term_lufs);
	SET(bandwidth_hz, from->bandwidth_hz);
	SET(hum_db, from->hum_db);
	SET(noise_dbfs, from->noise_dbfs);
	SET(hum, from->hum);
	SET(packets, from->packets);
	SET(concealed, from->concealed);
	SET(updated_ns, from->updated_ns);
	SET(clip_count, from->clips);
}

int cabin_point_init(struct cabin_point *point, bool with_quality)
{
	memset(point, 0, sizeof(*point));
	point->clips.least_samples = 1;
	point->figures = NOTHING;
	publish(point);
	SET(speech_lufs, NAN);
	int result = cabin_r128_create(&point->loudness);
	if (result == 0 && with_quality)
		result = cabin_sound_quality_create(&point->quality);
	return result;
}

void cabin_point_free(struct cabin_point *point)
{
	cabin_r128_destroy(point->loudness);
	cabin_sound_quality_destroy(point->quality);
}

void cabin_point_packet(struct cabin_point *point, uint64_t concealed, uint64_t now_ns)
{
	point->packets_now++;
	point->concealed_now += concealed;
	point->updated_now_ns = now_ns;
}

static void measure(struct cabin_point *point, const float *samples, uint32_t count)
{
	struct cabin_level level = cabin_level_measure(samples, count);
	point->gathered = cabin_level_join(point->gathered, level);
	cabin_clips_add(&point->clips, samples, count);
	point->true_peak = fmaxf(point->true_peak, cabin_true_peak_add(&point->oversampled, samples, count));
	if (cabin_r128_add(point->loudness, samples, count) == 0) {
		struct cabin_r128_figures figures;
		cabin_r128_figures(point->loudness, &figures);
		point->figures.momentary_lufs = figures.momentary_lufs;
		point->figures.short_term_lufs = figures.short_term_lufs;
		SET(speech_lufs, figures.speech_lufs);
	}
	if (point->quality)
		cabin_sound_quality_add(point->quality, samples, count);
}

void cabin_point_give(void *context, const float *samples, uint32_t sample_count)
{
	static const float silence[CHUNK];
	while (sample_count > 0) {
		uint32_t count = sample_count < CHUNK ? sample_count : CHUNK;
		measure(context, samples ? samples : silence, count);
		samples = samples ? samples + count : NULL;
		sample_count -= count;
	}
}

static double dbfs_of(float level_dbfs)
{
	return level_dbfs > CABIN_LEVEL_MIN_DBFS ? (double)level_dbfs : -HUGE_VAL;
}

void cabin_point_update(struct cabin_point *point, uint64_t now_ns)
{
	struct cabin_level_figures *figures = &point->figures;
	point->empty_rounds = point->gathered.sample_count ? 0 : point->empty_rounds + 1;
	if (point->gathered.sample_count > 0) {
		struct cabin_level between = {.peak = point->true_peak, .sample_count = 1};
		figures->peak_dbfs = dbfs_of(cabin_level_peak_dbfs(point->gathered));
		figures->rms_dbfs = dbfs_of(cabin_level_rms_dbfs(point->gathered));
		figures->true_peak_dbtp = dbfs_of(cabin_level_peak_dbfs(between));
	} else if (point->empty_rounds >= EMPTY_ROUNDS_MOST) {
		figures->peak_dbfs = figures->rms_dbfs = figures->true_peak_dbtp = -HUGE_VAL;
	}
	if (now_ns - point->updated_now_ns > CABIN_POINT_STALE_MS * CABIN_NS_PER_MS)
		figures->momentary_lufs = figures->short_term_lufs = -HUGE_VAL;
	point->gathered = (struct cabin_level){0};
	point->true_peak = 0;
	figures->clips = point->clips.count;
	figures->packets = point->packets_now;
	figures->concealed = point->concealed_now;
	figures->updated_ns = point->updated_now_ns;
	if (point->quality) {
		struct cabin_sound_quality_figures quality;
		cabin_sound_quality_figures(point->quality, &quality);
		figures->bandwidth_hz = quality.bandwidth_hz;
		figures->hum_db = quality.hum_db;
		figures->hum = quality.hum;
		figures->noise_dbfs = quality.noise_dbfs;
	}
	publish(point);
}

void cabin_point_figures(const struct cabin_point *point, struct cabin_level_figures *out)
{
	*out = (struct cabin_level_figures){.peak_dbfs = GET(peak_dbfs),
					    .true_peak_dbtp = GET(true_peak_dbtp),
					    .rms_dbfs = GET(rms_dbfs),
					    .momentary_lufs = GET(momentary_lufs),
					    .short_term_lufs = GET(short_term_lufs),
					    .clips = GET(clip_count),
					    .packets = GET(packets),
					    .concealed = GET(concealed),
					    .updated_ns = GET(updated_ns),
					    .bandwidth_hz = GET(bandwidth_hz),
					    .hum_db = GET(hum_db),
					    .hum = GET(hum),
					    .noise_dbfs = GET(noise_dbfs)};
}
