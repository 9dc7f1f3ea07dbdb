/* server/monitor/watch: an hour of real speech raises nothing; each fault, injected into
 * that hour, raises its alarm in time, once, and no other.
 * `test_watch SEED` checks another hour, without faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "monitor/watch_rules.h"

#include "watch_hour.h"

enum { CHANNELS = 4, BOOTHS = 2, ROOMS = 2, SOURCES = 6, SMALL_FLOOR = 5, SMALL_SHIFT = 700 };

static struct hour *hour;
static uint32_t seed = 20270411;

/* The event as the watch sees it, one step after the other. */
static struct {
	struct cabin_alarms *alarms;
	struct cabin_watch *watch;
	struct cabin_watch_source sources[SOURCES];
	struct cabin_watch_channel channels[CHANNELS];
	struct cabin_watch_booth booths[BOOTHS];
	struct cabin_watch_room rooms[ROOMS];
	struct cabin_watch_server server;
	int step, audience;
	uint32_t seed;
	/* What was told. */
	unsigned raised[CABIN_ALARM_KINDS], raised_all, worsened, cleared;
	struct cabin_alarm newest;
	int raised_step, cleared_step;
} now;

static uint64_t ns_of(int step)
{
	return (uint64_t)(step + 100) * 100 * CABIN_NS_PER_MS;
}

static void transition(void *context, const struct cabin_alarm *alarm, enum cabin_alarm_transition what)
{
	now.newest = *alarm;
	if (what == CABIN_ALARM_RAISED) {
		now.raised[alarm->kind]++;
		now.raised_all++;
		now.raised_step = now.step;
	} else if (what == CABIN_ALARM_WORSENED) {
		now.worsened++;
	} else if (what == CABIN_ALARM_CLEARED) {
		now.cleared++;
		now.cleared_step = now.step;
	}
}

static uint32_t chance(uint32_t below)
{
	now.seed = now.seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)now.seed * below) >> 32);
}

/* Begins at `step` of the hour. */
static void begin_at(int step)
{
	const struct cabin_alarms_config alarms = {.counts = {SOURCES, CHANNELS, BOOTHS, ROOMS, 1},
						   .transition = transition};
	cabin_watch_destroy(now.watch);
	cabin_alarms_destroy(now.alarms);
	memset(&now, 0, sizeof(now));
	now.step = step;
	now.seed = (uint32_t)step + 1;
	assert_int_equal(cabin_alarms_create(&now.alarms, &alarms), 0);
	const struct cabin_watch_config watch = {SOURCES, CHANNELS, BOOTHS, ROOMS, now.alarms};
	assert_int_equal(cabin_watch_create(&now.watch, &watch), 0);
	now.audience = hour->steps[step].session ? 400 : 0;
	now.server = (struct cabin_watch_server){.certificate_days = 80,
						 .disk_free_bytes = 20000000000,
						 .disk_size_bytes = 100000000000,
						 .queue_limit_ms = 300};
	for (int i = 0; i < SOURCES; i++)
		now.sources[i].used = true;
	for (int i = 0; i < CHANNELS; i++) {
		now.channels[i].used = true;
		now.channels[i].is_floor = i == 0 || i == 3;
		now.channels[i].room_index = i == 3;
		now.channels[i].mouth_to_ear_p95_ms = 300;
	}
	for (int i = 0; i < BOOTHS; i++)
		now.booths[i] = (struct cabin_watch_booth){.used = true, .uplink_age_ms = 60};
	now.rooms[0].used = now.rooms[1].used = true;
}

static void fill_source(int source, const struct hour_level *from)
{
	struct cabin_watch_level *level = &now.sources[source].level;
	level->rms_dbfs = from->rms_dbfs;
	level->short_term_lufs = from->short_term_lufs;
	level->clips = from->clips;
	if (from->any)
		level->updated_ns = ns_of(now.step);
}

static void fill_sound(void)
{
	const struct hour_step *step = &hour->steps[now.step % HOUR_STEPS];
	/* The small room has the same speakers a little later, in its own sessions. */
	const struct hour_step *small = &hour->steps[(now.step + HOUR_STEPS - SMALL_SHIFT) % HOUR_STEPS];
	for (int s = 0; s < HOUR_SOURCES; s++)
		fill_source(s, &step->sources[s]);
	fill_source(SMALL_FLOOR, &small->sources[FLOOR]);
	now.rooms[0].session = step->session;
	now.rooms[1].session = small->session;
	now.rooms[0].session_left_s = hour_left_s(now.step);
	now.rooms[1].session_left_s = hour_left_s(now.step - SMALL_SHIFT);
	now.channels[0].source_index = FLOOR;
	now.channels[3].source_index = SMALL_FLOOR;
	for (int b = 0; b < BOOTHS; b++) {
		bool on_air = step->on_air[b] != NOBODY;
		now.booths[b].on_air_source = on_air ? step->on_air[b] : CABIN_WATCH_NONE;
		now.channels[1 + b].from_booth = on_air;
		now.channels[1 + b].source_index = on_air ? step->on_air[b] : FLOOR;
	}
}

/* Crowds come in the minutes around a session's start and leave within one at its end;
 * single phones are in trouble, and many for a moment when a crowd comes. */
static void fill_audience(void)
{
	bool session = hour->steps[(now.step + 600) % HOUR_STEPS].session && hour->steps[now.step].session;
	int wanted = session ? 400 : 60;
	int before = now.audience;
	if (now.audience < wanted)
		now.audience += (int)chance(6);
	else if (now.audience > wanted)
		now.audience -= (int)chance(5);
	for (int c = 0; c < 3; c++) {
		now.channels[c].listeners = (uint32_t)now.audience / 3;
		now.channels[c].in_trouble = chance(100) < 60 ? chance(3) : 0;
		now.channels[c].in_trouble += now.audience > before + 4 ? 6 : 0;
		now.channels[c].mouth_to_ear_p95_ms = 280 + chance(200);
	}
	now.channels[3].listeners = 12;
	now.channels[3].in_trouble = now.step % 600 < 15; /* a hiccup of 1.5 s each minute */
	now.channels[3].mouth_to_ear_p95_ms = 200 + chance(400);
	if (now.step % 300 == 0 || (!session && now.step % 60 == 0 && now.audience > 100))
		now.server.dropped++;
}

static void fill_counters(void)
{
	for (int c = 0; c < CHANNELS; c++) {
		now.channels[c].packets += 5;
		if (chance(1000) < 1)
			now.channels[c].source_gaps += 1 + chance(4);
	}
	for (int b = 0; b < BOOTHS; b++) {
		now.booths[b].uplink_packets += 5;
		now.booths[b].uplink_age_ms = 40 + chance(70);
		if (chance(1000) < 1)
			now.booths[b].uplink_late += 1 + chance(2);
	}
	if (now.step % 9000 == 100)
		now.sources[FLOOR].overruns++;
}

/* One step, with what a fault changes in it. */
static void step_with(void (*fault)(int since), int since)
{
	const struct cabin_watch_input input = {now.sources, now.channels, now.booths, now.rooms, {0}};
	struct cabin_watch_input full = input;
	fill_sound();
	fill_audience();
	fill_counters();
	if (fault)
		fault(since);
	full.server = now.server;
	cabin_watch_step(now.watch, &full, ns_of(now.step));
	now.step++;
}

static int make(void **state)
{
	hour = calloc(1, sizeof(*hour));
	assert_non_null(hour);
	hour_make(hour, seed);
	return 0;
}

static int unmake(void **state)
{
	cabin_watch_destroy(now.watch);
	cabin_alarms_destroy(now.alarms);
	hour_free(hour);
	return 0;
}

static void the_hour_is_what_it_says(void **state)
{
	uint32_t spoken = 0, on_air = 0, breaks = 0, loud = 0, quiet = 0, pause = 0, longest = 0;
	for (int n = 0; n < HOUR_STEPS; n++) {
		const struct hour_step *step = &hour->steps[n];
		bool sounds = step->session && step->sources[FLOOR].rms_dbfs > -50;
		spoken += sounds;
		on_air += step->on_air[0] != NOBODY || step->on_air[1] != NOBODY;
		breaks += step->session == 0;
		loud += step->floor_lufs > -19;
		quiet += step->session && step->floor_lufs < -27;
		pause = step->session && !sounds ? pause + 1 : 0;
		longest = step->session && hour_session_at(n - 600) && hour_session_at(n + 600) && pause > longest
			      ? pause
			      : longest;
	}
	print_message("spoken %u s, interpreted %u s, breaks %u s, loud %u s, quiet %u s, longest pause %.1f s, "
		      "%u clips, %u turns\n",
		      spoken / 10, on_air / 10, breaks / 10, loud / 10, quiet / 10, longest / 10.0,
		      hour->steps[HOUR_STEPS - 1].sources[FLOOR].clips, (unsigned)hour->turns);
	assert_true(spoken > 11000 && on_air > 15000 && breaks > 6000 && loud > 600 && quiet > 600);
	assert_true(longest >= 100);
}

static void an_hour_of_ordinary_speech_raises_nothing(void **state)
{
	begin_at(0);
	while (now.step < HOUR_STEPS) {
		step_with(NULL, 0);
		if (now.raised_all > 0) {
			fail_msg("%s of %u after %.1f s: %.1f", cabin_alarm_row(now.newest.kind)->id,
				 now.newest.subject_index, now.step / 10.0, now.newest.value);
		}
	}
}

/* A step half a minute after booth 0 went on air, with two more minutes to come. */
static int working_step(void)
{
	for (int n = 4000; n < HOUR_STEPS - 2400; n++) {
		int on_air = 0;
		if (!hour_session_at(n - SMALL_SHIFT - 700) || hour_left_s(n - SMALL_SHIFT) < 750)
			continue;
		for (int i = -300; i < 1200; i++)
			on_air += hour->steps[n + i].on_air[0] != NOBODY && hour->steps[n + i].floor_lufs > -26;
		if (on_air == 1500)
			return n;
	}
	fail_msg("booth 0 never works for so long");
	return 0;
}

/* Lets `fault` be for `steps`: exactly one alarm, of `kind`, within `limit` steps, which
 * clears by itself afterwards. */
static void inject(void (*fault)(int since), enum cabin_alarm_kind kind, uint16_t subject, int steps, int limit)
{
	int start = working_step(), from = start - 300;
	begin_at(from);
	while (now.step < start)
		step_with(NULL, 0);
	assert_int_equal(now.raised_all, 0);
	for (int i = 0; i < steps; i++)
		step_with(fault, i);
	if (now.raised_all != 1 || now.raised[kind] != 1 || now.newest.subject_index != subject)
		fail_msg("%s: %u of it, %u alarms; newest: %s of %u", cabin_alarm_row(kind)->id, now.raised[kind],
			 now.raised_all, cabin_alarm_row(now.newest.kind)->id, now.newest.subject_index);
	int took = now.raised_step - start + 1; /* a fault may begin just after a step */
	print_message("%s: raised after %.1f s", cabin_alarm_row(kind)->id, took / 10.0);
	if (took > limit)
		fail_msg(": too late, limit %.1f s", limit / 10.0);
	for (int i = 0; i < 900; i++)
		step_with(NULL, 0);
	assert_int_equal(now.raised_all, 1);
	assert_int_equal(now.cleared, 1);
	print_message(", cleared %.1f s after the fault\n", (now.cleared_step - start - steps + 1) / 10.0);
}

static void silence(int source)
{
	now.sources[source].level.rms_dbfs = -96;
	now.sources[source].level.short_term_lufs = -HUGE_VAL;
}

static void floor_silent(int since)
{
	silence(FLOOR);
}

/* The floor comes back to a room whose interpreters had nothing to say. */
static void floor_and_booth_silent(int since)
{
	silence(FLOOR);
	if (since > 40) {
		for (int s = SEATS; s < HOUR_SOURCES; s++)
			silence(s);
	}
}

static void small_floor_dead(int since)
{
	silence(SMALL_FLOOR);
}

static void small_floor_stops(int since)
{
	now.sources[SMALL_FLOOR].level.updated_ns = ns_of(now.step - since - 1);
}

static void booth_silent(int since)
{
	for (int s = SEATS; s < HOUR_SOURCES; s++)
		now.sources[s].level.rms_dbfs = -72;
}

static void overdriven(int since)
{
	static uint32_t clips, run;
	static uint32_t at;
	float samples[STEP_SAMPLES];
	const struct hour_voice *voice = &hour->voices[0];
	for (int i = 0; i < STEP_SAMPLES; i++, at = (at + 1) % voice->count)
		samples[i] = voice->speech[at] * (float)pow(10, (2 - voice->lufs) / 20); /* at +2 LUFS */
	if (since == 0)
		clips = run = 0;
	clips += hour_clip(samples, &run);
	now.sources[FLOOR].level.clips += clips;
}

static void far_too_low(int since)
{
	double gain_db = -42 - hour->steps[now.step].floor_lufs;
	now.sources[FLOOR].level.rms_dbfs += gain_db;
	now.sources[FLOOR].level.short_term_lufs += gain_db;
}

static void device_lost(int since)
{
	now.sources[FLOOR].lost = since < 300;
	now.sources[FLOOR].level.updated_ns = ns_of(now.step - since - 1);
}

static void overruns(int since)
{
	now.sources[FLOOR].overruns += since % 20 == 0;
}

static void gaps(int since)
{
	now.channels[1].source_gaps += chance(4) == 0; /* 5 % */
}

static void delay(int since)
{
	now.channels[2].mouth_to_ear_p95_ms = 900;
}

static void dropping(int since)
{
	now.server.dropped += since < 30 ? 1 : 0;
}

static void trouble(int since)
{
	for (int c = 0; c < 3; c++)
		now.channels[c].in_trouble = 7; /* 21 of 400 */
}

static void small_trouble(int since)
{
	now.channels[3].in_trouble = 1;
}

static void uplink_slow(int since)
{
	now.booths[0].uplink_age_ms = 260;
}

static void uplink_dropped(int since)
{
	now.booths[0].uplink_late += 5;
	now.booths[0].uplink_packets -= 4; /* hardly one comes in time */
}

static void jump(int since)
{
	now.server.clock_jumps += since == 0;
}

static void certificate(int since)
{
	now.server.certificate_days = 13.9;
}

static void disk_low(int since)
{
	now.server.disk_size_bytes = 8000000000;
	now.server.disk_free_bytes = 450000000;
}

static void disk_share(int since)
{
	now.server.disk_free_bytes = 4900000000; /* of 100 GB */
}

static void disk_full(int since)
{
	now.server.disk_free_bytes = since < 50 ? 450000000 : 99000000;
}

static void store_failed(int since)
{
	now.server.store_failed = true;
}

/* Server figures are kept from step to step: as they were, once a fault is over. */
static void inject_server(void (*fault)(int since), enum cabin_alarm_kind kind, int steps, int limit)
{
	int start = working_step();
	begin_at(start);
	const struct cabin_watch_server good = now.server;
	while (now.step < start + 20)
		step_with(NULL, 0);
	for (int i = 0; i < steps; i++)
		step_with(fault, i);
	assert_int_equal(now.raised[kind], 1);
	assert_int_equal(now.raised_all, 1);
	assert_in_range(now.raised_step - start - 20 + 1, 0, limit);
	now.server = good;
	for (int i = 0; i < 100; i++)
		step_with(NULL, 0);
	assert_int_equal(now.raised_all, 1);
	assert_int_equal(now.cleared, 1);
}

static void faults_of_sound(void **state)
{
	inject(floor_silent, CABIN_ALARM_FLOOR_SILENT, 0, 600, 210);
	inject(floor_and_booth_silent, CABIN_ALARM_FLOOR_SILENT, 0, 600, 210);
	inject(small_floor_dead, CABIN_ALARM_FLOOR_SILENT, 3, 600, 210);
	inject(small_floor_stops, CABIN_ALARM_FLOOR_SILENT, 3, 600, 220);
	inject(overdriven, CABIN_ALARM_CLIPPING, FLOOR, 200, 110);
	inject(device_lost, CABIN_ALARM_DEVICE_LOST, FLOOR, 310, 10);
	inject(overruns, CABIN_ALARM_CAPTURE_OVERRUNS, FLOOR, 300, 610);
}

/* Its hold is of time in which the floor speaks. */
static void a_silent_booth(void **state)
{
	int start = working_step(), spoken = 0, last_sound = -100;
	inject(booth_silent, CABIN_ALARM_BOOTH_SILENT_ON_AIR, 0, 600, 600);
	for (int n = start - 10; n < now.raised_step; n++) {
		bool sounds = hour->steps[n].sources[FLOOR].rms_dbfs >= -40;
		last_sound = sounds ? n : last_sound;
		spoken += n >= start && n - last_sound <= 10;
	}
	inject(booth_silent, CABIN_ALARM_BOOTH_SILENT_ON_AIR, 0, 600, 600);
	assert_in_range(spoken, 0, 110);
}

/* Its hold is of time with sound; short-term loudness of the loudest 3 s counts. */
static void a_floor_that_is_far_too_low(void **state)
{
	int start = working_step(), heard = 0;
	inject(far_too_low, CABIN_ALARM_TOO_LOW, FLOOR, 1200, 1200);
	for (int n = start; n < now.raised_step; n++) {
		double gain_db = -42 - hour->steps[n].floor_lufs;
		heard += hour->steps[n].sources[FLOOR].short_term_lufs + gain_db > -50;
	}
	assert_in_range(heard, 0, 610);
}

static void faults_of_packets_and_listeners(void **state)
{
	inject(gaps, CABIN_ALARM_PACKET_GAPS, 1, 300, 110);
	inject(delay, CABIN_ALARM_DELAY, 2, 300, 110);
	inject(dropping, CABIN_ALARM_LISTENERS_DROPPING, 0, 100, 30);
	inject(trouble, CABIN_ALARM_LISTENERS_IN_TROUBLE, 0, 300, 30);
	inject(small_trouble, CABIN_ALARM_LISTENERS_IN_TROUBLE, 1, 300, 30);
	inject(uplink_slow, CABIN_ALARM_UPLINK_LATE, 0, 300, 40);
	inject(uplink_dropped, CABIN_ALARM_UPLINK_LATE, 0, 300, 40);
	inject(jump, CABIN_ALARM_CLOCK_JUMP, 0, 300, 10);
}

static void faults_of_the_server(void **state)
{
	inject_server(certificate, CABIN_ALARM_CERTIFICATE, 100, 10);
	assert_int_equal(now.worsened, 0);
	inject_server(disk_low, CABIN_ALARM_DISK_LOW, 100, 10);
	inject_server(disk_share, CABIN_ALARM_DISK_LOW, 100, 10);
	assert_int_equal(now.worsened, 0);
	inject_server(disk_full, CABIN_ALARM_DISK_LOW, 100, 10);
	assert_int_equal(now.worsened, 1);
	inject_server(store_failed, CABIN_ALARM_STORE_FAILED, 100, 30);
}

static void limits_of_trouble(void **state)
{
	assert_true(cabin_watch_in_trouble(100, 2).value == 0);
	assert_true(cabin_watch_in_trouble(60, 3).value == 5);
	assert_true(cabin_watch_in_trouble(59, 2).value == 0);
	assert_true(cabin_watch_in_trouble(20, 1).value == 5);
	assert_true(cabin_watch_in_trouble(21, 1).value == 0);
	assert_false(cabin_watch_in_trouble(0, 0).applies);
}

static void a_window_forgets(void **state)
{
	struct cabin_watch_window window = {.any = false};
	uint64_t at_ns = 77 * CABIN_NS_PER_S, counter = 500;
	assert_int_equal(cabin_watch_grown(&window, counter, 10000, at_ns), 0);
	counter += 7;
	assert_int_equal(cabin_watch_grown(&window, counter, 10000, at_ns += 100 * CABIN_NS_PER_MS), 7);
	for (int i = 0; i < 94; i++)
		assert_int_equal(cabin_watch_grown(&window, counter, 10000, at_ns += 100 * CABIN_NS_PER_MS), 7);
	for (int i = 0; i < 8; i++)
		(void)cabin_watch_grown(&window, counter, 10000, at_ns += 100 * CABIN_NS_PER_MS);
	assert_int_equal(cabin_watch_grown(&window, counter, 10000, at_ns), 0);
	counter += 3;
	(void)cabin_watch_grown(&window, counter, 10000, at_ns += 3600 * CABIN_NS_PER_S);
	assert_int_equal(cabin_watch_grown(&window, 4, 10000, at_ns += CABIN_NS_PER_S), 0); /* begins anew */
	assert_int_equal(cabin_watch_grown(&window, 6, 10000, at_ns += CABIN_NS_PER_S), 2);
}

/* A microphone that is tried before the start, with nothing on the floor. */
static void a_sound_check_is_no_fault(void **state)
{
	struct cabin_watch_room_memory memory = {.session = 0};
	struct cabin_watch_room_now room = {.on_air = true, .booth_speaks = true};
	uint64_t at_ns = CABIN_NS_PER_S;
	for (int i = 0; i < 90; i++)
		cabin_watch_room_remember(&memory, &room, at_ns += 100 * CABIN_NS_PER_MS);
	assert_false(cabin_watch_floor_expected(&memory, &room));
	for (int i = 0; i < 20; i++) /* who speaks for so long interprets something */
		cabin_watch_room_remember(&memory, &room, at_ns += 100 * CABIN_NS_PER_MS);
	assert_true(cabin_watch_floor_expected(&memory, &room));
	room = (struct cabin_watch_room_now){.on_air = false};
	assert_false(cabin_watch_floor_expected(&memory, &room));
	for (int i = 0; i < 700; i++)
		cabin_watch_room_remember(&memory, &room, at_ns += 100 * CABIN_NS_PER_MS);
	room.on_air = true;
	cabin_watch_room_remember(&memory, &room, at_ns += 100 * CABIN_NS_PER_MS);
	assert_false(cabin_watch_floor_expected(&memory, &room));
	room.floor_speaks = true;
	cabin_watch_room_remember(&memory, &room, at_ns += 100 * CABIN_NS_PER_MS);
	assert_true(cabin_watch_floor_expected(&memory, &room));
}

/* In a session with a booth at work, nobody on air says that it is a break. */
static void booths_know_of_a_break_that_the_agenda_does_not(void **state)
{
	struct cabin_watch_room_memory memory = {.session = 0};
	struct cabin_watch_room_now room = {.session = 1, .floor_speaks = true};
	cabin_watch_room_remember(&memory, &room, CABIN_NS_PER_S);
	room.floor_speaks = false;
	assert_true(cabin_watch_floor_expected(&memory, &room));
	room.on_air = true;
	cabin_watch_room_remember(&memory, &room, 2 * CABIN_NS_PER_S);
	room.on_air = false;
	cabin_watch_room_remember(&memory, &room, 3 * CABIN_NS_PER_S);
	assert_false(cabin_watch_floor_expected(&memory, &room));
	room.session = 2;
	cabin_watch_room_remember(&memory, &room, 4 * CABIN_NS_PER_S);
	assert_false(cabin_watch_floor_expected(&memory, &room));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_hour_is_what_it_says),
	    cmocka_unit_test(an_hour_of_ordinary_speech_raises_nothing),
	    cmocka_unit_test(faults_of_sound),
	    cmocka_unit_test(a_silent_booth),
	    cmocka_unit_test(a_floor_that_is_far_too_low),
	    cmocka_unit_test(faults_of_packets_and_listeners),
	    cmocka_unit_test(faults_of_the_server),
	    cmocka_unit_test(limits_of_trouble),
	    cmocka_unit_test(a_window_forgets),
	    cmocka_unit_test(a_sound_check_is_no_fault),
	    cmocka_unit_test(booths_know_of_a_break_that_the_agenda_does_not),
	};
	const struct CMUnitTest only_hour[] = {cmocka_unit_test(an_hour_of_ordinary_speech_raises_nothing)};
	if (argc < 2)
		return cmocka_run_group_tests(tests, make, unmake);
	seed = (uint32_t)strtoul(argv[1], NULL, 10);
	return cmocka_run_group_tests(only_hour, make, unmake);
}
