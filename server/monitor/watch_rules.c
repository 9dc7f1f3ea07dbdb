#include "monitor/watch_rules.h"

#include <math.h>

#include "base/clock.h"
#include "media/level.h"

/* Louder than this may be somebody who speaks; what is below is a room, or a booth with
 * nobody in it. The same as the meter's gate of speech (monitor/r128.h). */
static const double SPEECH_DBFS = -50, FLOOR_SPEECH_DBFS = -40, DEAD_LINE_DBFS = -80;

enum {
	STALE_MS = 1000,	 /* a pause shows a packet each 400 ms (CABIN_KEEP_ALIVE_MS) */
	FLOOR_LINGERS_MS = 1000, /* between two words the floor still speaks */
	WORK_ENDS_MS = 60000,	 /* a change of booths takes less, a break more */
	SESSION_ENDS_S = 600,
	SPOKEN_MS = 10000, /* who tries a microphone says less */
	GAPS_MIN = 10,
	DROPPED_MIN = 3,
	TROUBLE_MIN = 3,
	FEW_LISTENERS = 20,
	UPLINK_MISSED_MIN = 3,
	UPLINK_LATE_MS = 200
};

uint64_t cabin_watch_grown(struct cabin_watch_window *window, uint64_t counter, uint32_t window_ms, uint64_t now_ns)
{
	uint64_t slice_ns = window_ms * CABIN_NS_PER_MS / CABIN_WATCH_SLICES;
	slice_ns = slice_ns ? slice_ns : 1;
	if (!window->any || counter < window->newest) {
		for (int i = 0; i < CABIN_WATCH_SLICES; i++)
			window->marks[i] = counter;
		window->any = true;
		window->due_ns = now_ns + slice_ns;
	}
	for (int i = 0; i < CABIN_WATCH_SLICES && now_ns >= window->due_ns; i++) {
		window->at = (uint8_t)((window->at + 1) % CABIN_WATCH_SLICES);
		window->marks[window->at] = window->newest;
		window->due_ns += slice_ns;
	}
	if (now_ns >= window->due_ns) /* nobody looked for longer than the window */
		window->due_ns = now_ns + slice_ns;
	window->newest = counter;
	return counter - window->marks[(window->at + 1) % CABIN_WATCH_SLICES];
}

static bool is_fresh(const struct cabin_watch_level *level, uint64_t now_ns)
{
	return level->updated_ns && now_ns <= level->updated_ns + STALE_MS * CABIN_NS_PER_MS;
}

/* A point that sends nothing is as silent as one that sends silence. */
double cabin_watch_rms(const struct cabin_watch_level *level, uint64_t now_ns)
{
	return is_fresh(level, now_ns) ? fmax(level->rms_dbfs, CABIN_LEVEL_MIN_DBFS) : CABIN_LEVEL_MIN_DBFS;
}

bool cabin_watch_booth_speaks(const struct cabin_watch_level *level, uint64_t now_ns)
{
	return cabin_watch_rms(level, now_ns) >= SPEECH_DBFS;
}

/* A hall that waits murmurs: −45 dBFS on an open microphone, which is nothing to
 * interpret. A speaker at −30 LUFS has syllables of −30 dBFS, so one block a second of
 * −40 is sure. */
bool cabin_watch_floor_speaks(const struct cabin_watch_level *level, uint64_t now_ns)
{
	return cabin_watch_rms(level, now_ns) >= FLOOR_SPEECH_DBFS;
}

void cabin_watch_room_remember(struct cabin_watch_room_memory *memory, const struct cabin_watch_room_now *room,
			       uint64_t now_ns)
{
	uint64_t passed_ns = memory->step_ns ? now_ns - memory->step_ns : 0;
	memory->step_ns = now_ns;
	if (room->session != memory->session) {
		memory->session = room->session;
		memory->session_spoke = memory->session_worked = false;
	}
	if (memory->on_air_ns == 0 || now_ns - memory->on_air_ns > WORK_ENDS_MS * CABIN_NS_PER_MS) {
		memory->floor_spoke = false;
		memory->spoken_ns = 0;
	}
	if (room->on_air)
		memory->on_air_ns = now_ns;
	if (room->floor_speaks)
		memory->floor_spoke_ns = now_ns;
	if (room->on_air && room->booth_speaks)
		memory->spoken_ns += passed_ns;
	memory->floor_spoke = memory->floor_spoke || (room->on_air && room->floor_speaks);
	memory->session_spoke = memory->session_spoke || (room->session && room->floor_speaks);
	memory->session_worked = memory->session_worked || (room->session && room->on_air);
}

/* A floor is silent in every break, before the start and when all went home; no figure
 * tells that from a pulled cable. People do:
 * - Interpreters open the microphone to work and close it in a break. So a booth on air
 *   says that the room works. But they open it early, and try it before the start:
 *   only once the floor was heard in this stretch of work, or a booth spoke for 10 s
 *   (so there must be something to interpret), is silence a fault. A stretch ends when
 *   nobody was on air for a minute.
 * - Where nobody interprets (one language, or no booth yet), the agenda is the only
 *   witness: within a session, once the floor was heard in it, but not in its last ten
 *   minutes, since sessions end early. As soon as a booth works
 *   in a session, the booths are believed instead: they know of a break that the agenda
 *   does not.
 * What stays unseen: a floor that is dead from the start while interpreters wait, and
 * one whose interpreters close their microphones within the hold. Their console's
 * signal "no sound" is for that. */
bool cabin_watch_floor_expected(const struct cabin_watch_room_memory *memory, const struct cabin_watch_room_now *room)
{
	if (room->on_air)
		return memory->floor_spoke || memory->spoken_ns >= SPOKEN_MS * CABIN_NS_PER_MS;
	bool ends = room->session_left_s > 0 && room->session_left_s <= SESSION_ENDS_S;
	return room->session && !ends && memory->session_spoke && !memory->session_worked;
}

/* −60 dBFS: a microphone in a quiet hall gives −50 to −70 with its noise, a dead line
 * less than −80. 20 s: a speaker who looks for a page is silent for 12 s at most, a
 * change of speakers takes some 15. Where the agenda is the only witness the line itself
 * must be dead: it does not know of a pause for questions or a film without sound. A device that is lost
 * has its own alarm. */
struct cabin_watch_figure cabin_watch_floor_silent(bool expected, bool interpreted, bool lost,
						   const struct cabin_watch_level *level, uint64_t now_ns)
{
	double rms_dbfs = cabin_watch_rms(level, now_ns);
	bool judged = expected && !lost && (interpreted || rms_dbfs < DEAD_LINE_DBFS);
	return (struct cabin_watch_figure){judged, rms_dbfs};
}

/* −50 dBFS: an interpreter at −35 LUFS, whom one can hardly understand, has syllables of
 * −38; an open microphone that nobody speaks into has its noise at −55 or below. Only
 * time in which the floor speaks counts: with nothing to interpret an interpreter is
 * silent. 10 s of that: an interpreter follows within 2 to 5 s, and is never silent for
 * 10 while somebody speaks, but for the cough key. */
struct cabin_watch_figure cabin_watch_booth_silent(bool on_air, bool coughs, uint64_t floor_spoke_ns,
						   const struct cabin_watch_level *level, uint64_t now_ns)
{
	bool floor_speaks = floor_spoke_ns && now_ns - floor_spoke_ns <= FLOOR_LINGERS_MS * CABIN_NS_PER_MS;
	double rms_dbfs = cabin_watch_rms(level, now_ns);
	/* Sound is good news at any time. */
	bool judged = rms_dbfs >= SPEECH_DBFS || (floor_speaks && !coughs);
	return (struct cabin_watch_figure){on_air, judged ? rms_dbfs : NAN};
}

/* −35 LUFS of 3 s is 12 LU below the −23 of broadcasting: listeners at full volume still
 * strain. Between words short-term loudness falls as low with any speaker, so a single
 * 3 s that are louder begin the 60 s anew; and only sound counts (short-term above −50), so
 * that pauses neither raise nor hide it. Judged only where it matters: at a floor on
 * which somebody is expected to speak, and at a seat or line on air. */
struct cabin_watch_figure cabin_watch_too_low(bool in_use, const struct cabin_watch_level *level, uint64_t now_ns)
{
	bool heard = is_fresh(level, now_ns) && level->short_term_lufs > SPEECH_DBFS;
	return (struct cabin_watch_figure){in_use, heard ? level->short_term_lufs : NAN};
}

/* 2 % of 10 s: below, concealment is hardly heard. In a pause (three packets a second) or
 * just after the start a single one would be as much: so at least 10 packets, which is
 * 2 % of 10 s of sound. */
struct cabin_watch_figure cabin_watch_packet_gaps(uint64_t packets, uint64_t gaps)
{
	double share = gaps >= GAPS_MIN ? 100.0 * (double)gaps / (double)(packets + gaps) : 0;
	return (struct cabin_watch_figure){true, share};
}

/* 800 ms: Wi-Fi and a phone's Bluetooth earphones stay below 500; beyond 800 a delegate
 * sees the speaker's gestures a sentence too early. 10 s: the figure is of a minute, so
 * it does not tremble. */
struct cabin_watch_figure cabin_watch_delay(uint32_t listeners, double mouth_to_ear_p95_ms)
{
	return (struct cabin_watch_figure){listeners > 0 && !isnan(mouth_to_ear_p95_ms), mouth_to_ear_p95_ms};
}

/* Only connections that nobody ended: crowds leave at a session's end, and close their
 * pages. 5 % in 10 s: phones that leave the building time out one by one, an access
 * point that restarts takes all of its 30 to 60 at once. At least 3. */
struct cabin_watch_figure cabin_watch_dropping(uint32_t listeners, uint64_t dropped)
{
	double share = dropped >= DROPPED_MIN ? 100.0 * (double)dropped / ((double)listeners + (double)dropped) : 0;
	return (struct cabin_watch_figure){true, share};
}

/* By room, since trouble is where people are: an access point serves all languages.
 * 5 %: single phones are always in trouble somewhere, so at least 3; where 20 listen or
 * fewer, one of them counts. Of any listeners of which 5 % are in trouble, a room has
 * as many. 1.5 s of hold, so that it is told within 3. */
struct cabin_watch_figure cabin_watch_in_trouble(uint32_t listeners, uint32_t in_trouble)
{
	bool enough = in_trouble >= TROUBLE_MIN || (in_trouble > 0 && listeners <= FEW_LISTENERS);
	double share = enough && listeners > 0 ? 100.0 * in_trouble / listeners : 0;
	return (struct cabin_watch_figure){listeners > 0, share};
}

/* A console on a cable is 30 to 60 ms late, on good Wi-Fi 100; beyond 200 listeners lose
 * what makes it simultaneous, and at the queue limit sound is dropped. What is dropped
 * has no age, so 2 % of it (at least 3 packets of 5 s) count as the limit. */
struct cabin_watch_figure cabin_watch_uplink_late(double age_ms, uint64_t packets, uint64_t missed,
						  uint32_t queue_limit_ms)
{
	bool drops = missed >= UPLINK_MISSED_MIN && missed * 50 >= packets + missed;
	double dropped_ms = queue_limit_ms > UPLINK_LATE_MS ? queue_limit_ms : UPLINK_LATE_MS;
	return (struct cabin_watch_figure){true, drops ? fmax(age_ms, dropped_ms) : age_ms};
}
