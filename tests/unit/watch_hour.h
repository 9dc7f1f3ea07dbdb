/* An hour of an event, for tests of the watch: speech of deploy/demo as it is spoken in a
 * room, and what the meter would say of it each 100 ms.
 *
 *   room 0: floor (source 0), booth 0 works into Vietnamese, booth 1 into French, two seats each
 *   room 1: a floor alone (source 5), without interpreters
 *
 * Speakers take turns at −30 to −16 LUFS, in pieces of 2 to 15 s with pauses of 0.3 to
 * 12 s; the booth that works follows 2 to 4 s later, changes seats within a turn, opens
 * its microphone early and closes it late. Breaks of several minutes: one with a murmuring
 * hall on an open microphone, one with the mixer muted. */
#ifndef CABIN_TESTS_UNIT_WATCH_HOUR_H
#define CABIN_TESTS_UNIT_WATCH_HOUR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "media/level.h"
#include "monitor/r128.h"

#include "sounds.h"

enum {
	HOUR_STEPS = 36000,
	STEP_SAMPLES = SECOND / 10,
	FLOOR = 0,
	SEATS = 1, /* the first seat's source: seat s of booth b is 1 + 2 b + s */
	HOUR_SOURCES = 5,
	LAG_MAX_STEPS = 41,
	NOBODY = UINT8_MAX
};

struct hour_level {
	float rms_dbfs, short_term_lufs;
	uint32_t clips;
	bool any; /* packets come */
};

struct hour_step {
	struct hour_level sources[HOUR_SOURCES];
	uint8_t on_air[2]; /* source of each booth; NOBODY */
	float floor_lufs;  /* what the speaker was set to */
	uint32_t session;  /* 0: a break */
};

struct hour_voice {
	const float *speech;
	uint32_t count, at;
	double lufs; /* of the file */
	double gain;
};

struct hour {
	struct hour_step steps[HOUR_STEPS];
	struct hour_voice voices[5]; /* spoken floor vi, fr, a video; interpreters vi, fr */
	struct cabin_r128 *r128[HOUR_SOURCES];
	uint32_t clips[HOUR_SOURCES], run[HOUR_SOURCES];
	uint32_t seed;
	bool spoken[LAG_MAX_STEPS]; /* the floor's last seconds, as a ring */
	/* The turn. */
	int turn_left, piece_left, pause_left, language, lag, own_pause_left, spoke;
	bool in_session;
	double murmur;
	uint64_t turns;
};

static inline uint32_t hour_chance(struct hour *hour, uint32_t below)
{
	hour->seed = hour->seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)hour->seed * below) >> 32);
}

static inline int hour_between(struct hour *hour, int from, int to)
{
	return from + (int)hour_chance(hour, (uint32_t)(to - from + 1));
}

static inline void hour_open(struct hour *hour, int voice, const char *name)
{
	struct hour_voice *to = &hour->voices[voice];
	struct cabin_r128 *r128;
	struct cabin_r128_figures figures;
	to->speech = read_speech(name, &to->count);
	assert_int_equal(cabin_r128_create(&r128), 0);
	assert_int_equal(cabin_r128_add(r128, to->speech, to->count), 0);
	cabin_r128_figures(r128, &figures);
	to->lufs = figures.speech_lufs;
	assert_true(isfinite(to->lufs));
	cabin_r128_destroy(r128);
}

static inline void hour_say(struct hour_voice *voice, float *samples)
{
	for (int i = 0; i < STEP_SAMPLES; i++) {
		samples[i] += (float)(voice->gain * voice->speech[voice->at]);
		voice->at = (voice->at + 1) % voice->count;
	}
}

static inline void hour_noise(struct hour *hour, float *samples, double dbfs)
{
	/* Even noise of ±1 has −4.8 dBFS. */
	float size = (float)pow(10, (dbfs + 4.8) / 20);
	for (int i = 0; i < STEP_SAMPLES; i++)
		samples[i] += size * noise_next(&hour->seed);
}

/* As a mixer has it, so that a loud speaker's peaks stay below full scale. */
static inline void hour_limit(float *samples)
{
	const float knee = 0.6f, room = 0.39f;
	for (int i = 0; i < STEP_SAMPLES; i++) {
		float size = fabsf(samples[i]);
		if (size > knee)
			samples[i] = copysignf(knee + room * tanhf((size - knee) / room), samples[i]);
	}
}

/* As a converter does it; three samples in a row at full scale are one clip. */
static inline uint32_t hour_clip(float *samples, uint32_t *run)
{
	uint32_t clips = 0;
	for (int i = 0; i < STEP_SAMPLES; i++) {
		samples[i] = fminf(fmaxf(samples[i], -1), 1);
		*run = fabsf(samples[i]) >= 1 ? *run + 1 : 0;
		clips += *run == 3;
	}
	return clips;
}

static inline void hour_measure(struct hour *hour, struct hour_step *step, int source, float *samples)
{
	struct cabin_r128_figures figures;
	hour->clips[source] += hour_clip(samples, &hour->run[source]);
	assert_int_equal(cabin_r128_add(hour->r128[source], samples, STEP_SAMPLES), 0);
	cabin_r128_figures(hour->r128[source], &figures);
	step->sources[source] = (struct hour_level){
	    .rms_dbfs = cabin_level_rms_dbfs(cabin_level_measure(samples, STEP_SAMPLES)),
	    .short_term_lufs = (float)figures.short_term_lufs,
	    .clips = hour->clips[source],
	    .any = true,
	};
}

static inline void hour_begin_turn(struct hour *hour)
{
	hour->turns++;
	hour->turn_left = hour_between(hour, 900, 3000);
	hour->language = hour->turns % 7 == 6 ? 2 : (int)(hour->turns % 2);
	hour->pause_left = hour_between(hour, 30, 120); /* who speaks next walks to the desk */
	hour->piece_left = hour_between(hour, 20, 150);
	hour->lag = hour_between(hour, 20, 40);
	struct hour_voice *floor = &hour->voices[hour->language];
	floor->gain = pow(10, (hour_between(hour, -30, -16) - floor->lufs) / 20);
	for (int i = 3; i < 5; i++)
		hour->voices[i].gain = pow(10, (hour_between(hour, -28, -18) - hour->voices[i].lufs) / 20);
}

/* True: the speaker says something in this step. */
static inline bool hour_speaks(struct hour *hour)
{
	if (hour->pause_left > 0) {
		hour->pause_left--;
		return false;
	}
	if (hour->piece_left-- > 0)
		return true;
	hour->piece_left = hour_between(hour, 20, 150);
	hour->pause_left = hour_chance(hour, 4) ? hour_between(hour, 3, 30) : hour_between(hour, 30, 120);
	return false;
}

/* The floor's step. */
static inline void hour_floor(struct hour *hour, struct hour_step *step, bool session, int n)
{
	float samples[STEP_SAMPLES] = {0};
	bool speaks = false;
	if (session) {
		/* A turn ends within a piece, so that its pause and the next one's do not add up. */
		bool spoke = n > 0 && hour->spoken[(n - 1) % LAG_MAX_STEPS];
		if (!hour->in_session || (hour->turn_left-- <= 0 && spoke))
			hour_begin_turn(hour);
		speaks = hour_speaks(hour);
		struct hour_voice *voice = &hour->voices[hour->language];
		if (speaks)
			hour_say(voice, samples);
		hour_limit(samples);
		step->floor_lufs = (float)(voice->lufs + 20 * log10(voice->gain));
		if (hour->turns % 3) /* else the mixer's gate shuts between words */
			hour_noise(hour, samples, -66);
	} else {
		if (hour->murmur < 0)
			hour_noise(hour, samples, hour->murmur);
	}
	hour->in_session = session;
	hour->spoken[n % LAG_MAX_STEPS] = speaks;
	hour_measure(hour, step, FLOOR, samples);
}

/* Booth 0 works while the floor speaks French, booth 1 while it speaks Vietnamese, none
 * during a video. */
static inline void hour_booth(struct hour *hour, struct hour_step *step, int booth, bool works, int n)
{
	step->on_air[booth] = NOBODY;
	if (!works)
		return;
	float samples[STEP_SAMPLES] = {0};
	int source = SEATS + 2 * booth + (hour->turn_left % 1200 < 600);
	step->on_air[booth] = (uint8_t)source;
	bool speaks = hour->spoken[(n + LAG_MAX_STEPS - hour->lag) % LAG_MAX_STEPS];
	if (hour->own_pause_left > 0) {
		hour->own_pause_left--;
		speaks = false;
	} else if (speaks && ++hour->spoke > 30 && hour_chance(hour, 100) == 0) {
		hour->own_pause_left = hour_between(hour, 3, 40);
		hour->spoke = 0;
	}
	if (speaks)
		hour_say(&hour->voices[3 + booth], samples);
	hour_noise(hour, samples, -66);
	hour_measure(hour, step, source, samples);
}

static const int hour_from[] = {1800, 18600, 31400}, hour_to[] = {15000, 29000, 35400};

static inline uint32_t hour_session_at(int n)
{
	for (uint32_t i = 0; i < 3; i++) {
		if (n >= hour_from[i] && n < hour_to[i])
			return i + 1;
	}
	return 0;
}

/* Until the session's planned end. */
static inline uint32_t hour_left_s(int n)
{
	uint32_t session = hour_session_at(n);
	return session ? (uint32_t)(hour_to[session - 1] - n + 9) / 10 : 0;
}

static inline void hour_make(struct hour *hour, uint32_t seed)
{
	const char *const names[] = {"floor-vi", "floor-fr", "video-en", "interp-vi", "interp-fr"};
	hour->seed = seed;
	for (int i = 0; i < 5; i++)
		hour_open(hour, i, names[i]);
	for (int i = 0; i < HOUR_SOURCES; i++)
		assert_int_equal(cabin_r128_create(&hour->r128[i]), 0);
	int booth = 0, open_left = 0;
	for (int n = 0; n < HOUR_STEPS; n++) {
		struct hour_step *step = &hour->steps[n];
		if (n > 0)
			memcpy(step->sources, hour->steps[n - 1].sources, sizeof(step->sources));
		for (int i = 0; i < HOUR_SOURCES; i++)
			step->sources[i].any = false;
		step->session = hour_session_at(n);
		hour->murmur = n < 1800 ? -64 : n < 20000 ? -47 : 0;
		/* Speakers come half a minute late and end as much before time. */
		bool speech = step->session && hour_session_at(n - 300) && hour_session_at(n + 300);
		hour_floor(hour, step, speech, n);
		if (speech && hour->language < 2 && hour->turn_left > 0) {
			booth = 1 - hour->language;
			open_left = hour_between(hour, 20, 150);
		} else if (speech && open_left > 80) {
			open_left = 80; /* they do not interpret the video */
		}
		/* The microphone is open early before the first word, and late after the last one. */
		bool early = step->session && !speech && hour_session_at(n + 300);
		hour_booth(hour, step, booth, open_left-- > 0 || early, n);
		hour_booth(hour, step, 1 - booth, false, n);
	}
}

static inline void hour_free(struct hour *hour)
{
	for (int i = 0; i < 5; i++)
		free((void *)hour->voices[i].speech);
	for (int i = 0; i < HOUR_SOURCES; i++)
		cabin_r128_destroy(hour->r128[i]);
	free(hour);
}

#endif
