/* server/monitor/alarm: holds, clear times, acknowledgement, the table and docs/alarms.md.
 * `test_alarm --write` writes docs/alarms.md anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "config/config.h"
#include "document.h"
#include "monitor/alarm.h"

static const struct document document = {CABIN_SOURCE_DIR "/docs/alarms.md", cabin_alarms_write_markdown};

static struct {
	unsigned count[4];
	struct cabin_alarm newest;
} told;

static struct cabin_alarms *alarms;
static uint64_t now_ns;

static void transition(void *context, const struct cabin_alarm *alarm, enum cabin_alarm_transition what)
{
	assert_ptr_equal(context, &told);
	told.count[what]++;
	told.newest = *alarm;
}

static void create_with(const struct cabin_alarm_setting *settings, uint32_t count)
{
	const struct cabin_alarms_config config = {.counts = {4, 3, 2, 2, 0},
						   .settings = settings,
						   .setting_count = count,
						   .first_id = 1000,
						   .transition = transition,
						   .context = &told};
	cabin_alarms_destroy(alarms);
	alarms = NULL;
	assert_int_equal(cabin_alarms_create(&alarms, &config), 0);
}

static int begin(void **state)
{
	memset(&told, 0, sizeof(told));
	now_ns = 5 * CABIN_NS_PER_S;
	create_with(NULL, 0);
	return 0;
}

static int end(void **state)
{
	cabin_alarms_destroy(alarms);
	alarms = NULL;
	return 0;
}

/* The same figure, ten times a second. */
static void run(enum cabin_alarm_kind kind, uint16_t subject, double value, double seconds)
{
	for (int i = 0; i < (int)lround(seconds * 10); i++) {
		now_ns += 100 * CABIN_NS_PER_MS;
		cabin_alarms_observe(alarms, kind, subject, value, now_ns);
		cabin_alarms_tick(alarms, now_ns);
	}
}

static void check_told(unsigned raised, unsigned worsened, unsigned acknowledged, unsigned cleared)
{
	assert_int_equal(told.count[CABIN_ALARM_RAISED], raised);
	assert_int_equal(told.count[CABIN_ALARM_WORSENED], worsened);
	assert_int_equal(told.count[CABIN_ALARM_ACKNOWLEDGED], acknowledged);
	assert_int_equal(told.count[CABIN_ALARM_CLEARED], cleared);
}

static void is_raised_after_its_hold_and_clears_after_its_time(void **state)
{
	run(CABIN_ALARM_FLOOR_SILENT, 1, -30, 5);
	uint64_t since_ns = now_ns + 100 * CABIN_NS_PER_MS;
	run(CABIN_ALARM_FLOOR_SILENT, 1, -90, 19.9);
	check_told(0, 0, 0, 0);
	run(CABIN_ALARM_FLOOR_SILENT, 1, -70, 0.2);
	check_told(1, 0, 0, 0);
	assert_int_equal(told.newest.kind, CABIN_ALARM_FLOOR_SILENT);
	assert_int_equal(told.newest.severity, CABIN_ALARM_CRITICAL);
	assert_int_equal(told.newest.subject_index, 1);
	assert_int_equal(told.newest.id, 1000);
	assert_true(told.newest.value == -70 && told.newest.worst == -90 && told.newest.threshold == -60);
	assert_int_equal(told.newest.since_ns, since_ns);
	assert_int_equal(told.newest.raised_ns, since_ns + 20 * CABIN_NS_PER_S);
	run(CABIN_ALARM_FLOOR_SILENT, 1, -90, 100);
	check_told(1, 0, 0, 0);
	run(CABIN_ALARM_FLOOR_SILENT, 1, -30, 0.3);
	check_told(1, 0, 0, 0);
	run(CABIN_ALARM_FLOOR_SILENT, 1, -30, 0.1);
	check_told(1, 0, 0, 1);
	assert_int_equal(told.newest.cleared_ns, now_ns);
	run(CABIN_ALARM_FLOOR_SILENT, 1, -90, 21);
	check_told(2, 0, 0, 1);
	assert_int_equal(told.newest.id, 1001);
	assert_int_equal(told.newest.cleared_ns, 0);
}

static void a_good_figure_begins_the_hold_anew(void **state)
{
	for (int i = 0; i < 10; i++) {
		run(CABIN_ALARM_FLOOR_SILENT, 0, -90, 19);
		run(CABIN_ALARM_FLOOR_SILENT, 0, -30, 0.1);
	}
	check_told(0, 0, 0, 0);
}

static void trembling_raises_once(void **state)
{
	for (int i = 0; i < 600; i++)
		run(CABIN_ALARM_LISTENERS_IN_TROUBLE, 0, i < 60 || i % 2 ? 6 : 3, 0.1);
	check_told(1, 0, 0, 0);
	run(CABIN_ALARM_LISTENERS_IN_TROUBLE, 0, 3, 60); /* better than the threshold, but not by the margin */
	check_told(1, 0, 0, 0);
	run(CABIN_ALARM_LISTENERS_IN_TROUBLE, 0, 2, 5.2);
	check_told(1, 0, 0, 1);
}

static void time_stands_still_while_nothing_can_be_judged(void **state)
{
	for (int i = 0; i < 9; i++) {
		run(CABIN_ALARM_BOOTH_SILENT_ON_AIR, 1, -80, 1.1);
		run(CABIN_ALARM_BOOTH_SILENT_ON_AIR, 1, NAN, 30);
	}
	check_told(0, 0, 0, 0);
	run(CABIN_ALARM_BOOTH_SILENT_ON_AIR, 1, -80, 1.2);
	check_told(1, 0, 0, 0);
	run(CABIN_ALARM_BOOTH_SILENT_ON_AIR, 1, NAN, 60);
	check_told(1, 0, 0, 0);
	for (int i = 0; i < 5; i++) {
		now_ns += 100 * CABIN_NS_PER_MS;
		cabin_alarms_rest(alarms, CABIN_ALARM_BOOTH_SILENT_ON_AIR, 1, now_ns);
	}
	check_told(1, 0, 0, 1);
	assert_true(told.newest.value == -80);
}

static void a_held_up_thread_raises_nothing(void **state)
{
	run(CABIN_ALARM_FLOOR_SILENT, 0, -90, 1);
	now_ns += 5 * CABIN_NS_PER_S;
	run(CABIN_ALARM_FLOOR_SILENT, 0, -90, 10);
	check_told(0, 0, 0, 0);
}

static void what_nobody_observes_clears(void **state)
{
	run(CABIN_ALARM_DEVICE_LOST, 2, 1, 0.1);
	check_told(1, 0, 0, 0);
	run(CABIN_ALARM_DEVICE_LOST, 1, 0, 9.9);
	check_told(1, 0, 0, 0);
	run(CABIN_ALARM_DEVICE_LOST, 1, 0, 0.2);
	check_told(1, 0, 0, 1);
	run(CABIN_ALARM_DEVICE_LOST, 2, 1, 0.1);
	check_told(2, 0, 0, 1);
}

static void acknowledging_tells_who_and_once(void **state)
{
	run(CABIN_ALARM_DEVICE_LOST, 0, 1, 0.1);
	assert_int_equal(cabin_alarms_acknowledge(alarms, 999, "Minh", now_ns), CABIN_ENOTFOUND);
	assert_int_equal(cabin_alarms_acknowledge(alarms, 1000, "Minh", now_ns), 0);
	check_told(1, 0, 1, 0);
	assert_string_equal(told.newest.acknowledged_by, "Minh");
	assert_int_equal(told.newest.acknowledged_ns, now_ns);
	assert_int_equal(cabin_alarms_acknowledge(alarms, 1000, "Claire", now_ns), 0);
	check_told(1, 0, 1, 0);
	assert_string_equal(told.newest.acknowledged_by, "Minh");
	run(CABIN_ALARM_DEVICE_LOST, 0, 0, 3.2);
	check_told(1, 0, 1, 1);
	assert_int_equal(cabin_alarms_acknowledge(alarms, 1000, "Minh", now_ns), CABIN_ENOTFOUND);
	run(CABIN_ALARM_DEVICE_LOST, 0, 1, 0.1);
	assert_string_equal(told.newest.acknowledged_by, "");
	assert_int_equal(told.newest.acknowledged_ns, 0);
}

static void a_long_name_is_cut_between_letters(void **state)
{
	char who[100] = "";
	for (int i = 0; i < 31; i++)
		strcat(who, "é");
	strcat(who, "ế…");
	run(CABIN_ALARM_DEVICE_LOST, 0, 1, 0.1);
	assert_int_equal(cabin_alarms_acknowledge(alarms, 1000, who, now_ns), 0);
	assert_int_equal(strlen(told.newest.acknowledged_by), 62);
}

static void getting_critical_is_news(void **state)
{
	run(CABIN_ALARM_DISK_LOW, 0, 400, 2);
	check_told(1, 0, 0, 0);
	assert_int_equal(told.newest.severity, CABIN_ALARM_WARNING);
	assert_int_equal(cabin_alarms_acknowledge(alarms, 1000, "Minh", now_ns), 0);
	run(CABIN_ALARM_DISK_LOW, 0, 100, 2);
	check_told(1, 0, 1, 0);
	run(CABIN_ALARM_DISK_LOW, 0, 99, 2);
	check_told(1, 1, 1, 0);
	assert_int_equal(told.newest.severity, CABIN_ALARM_CRITICAL);
	assert_string_equal(told.newest.acknowledged_by, "");
	run(CABIN_ALARM_DISK_LOW, 0, 120, 2);
	run(CABIN_ALARM_DISK_LOW, 0, 90, 2);
	check_told(1, 1, 1, 0);
	run(CABIN_ALARM_DISK_LOW, 0, 600, 2);
	check_told(1, 1, 1, 1);
	run(CABIN_ALARM_DISK_LOW, 0, 50, 0.1);
	check_told(2, 1, 1, 1);
	assert_int_equal(told.newest.severity, CABIN_ALARM_CRITICAL);
}

static void a_subject_may_have_a_stricter_threshold(void **state)
{
	cabin_alarms_observe_limit(alarms, CABIN_ALARM_DISK_LOW, 0, 4000, 5000, ++now_ns);
	check_told(1, 0, 0, 0);
	assert_true(told.newest.threshold == 5000);
	create_with(NULL, 0);
	cabin_alarms_observe_limit(alarms, CABIN_ALARM_DISK_LOW, 0, 400, 50, ++now_ns);
	check_told(2, 0, 0, 0);
	assert_true(told.newest.threshold == 500);
}

static void settings_replace_the_table(void **state)
{
	const struct cabin_alarm_setting settings[] = {
	    {CABIN_ALARM_FLOOR_SILENT, -40, 3000, false}, {CABIN_ALARM_DEVICE_LOST, NAN, UINT32_MAX, true},
	    {CABIN_ALARM_DELAY, NAN, 1000, false},	  {CABIN_ALARM_STORE_FAILED, NAN, UINT32_MAX, true},
	    {CABIN_ALARM_STORE_FAILED, NAN, 0, false},	  {CABIN_ALARM_DISK_LOW, 50, UINT32_MAX, false},
	};
	create_with(settings, sizeof(settings) / sizeof(settings[0]));
	run(CABIN_ALARM_FLOOR_SILENT, 0, -45, 3.2);
	check_told(1, 0, 0, 0);
	run(CABIN_ALARM_DEVICE_LOST, 0, 1, 2);
	check_told(1, 0, 0, 0);
	run(CABIN_ALARM_DELAY, 0, 799, 2);
	check_told(1, 0, 0, 0);
	run(CABIN_ALARM_DELAY, 0, 801, 1.2);
	check_told(2, 0, 0, 0);
	run(CABIN_ALARM_STORE_FAILED, 0, 1, 0.1);
	check_told(3, 0, 0, 0);
	run(CABIN_ALARM_DISK_LOW, 0, 60, 1); /* critical by the table, but no alarm yet */
	check_told(3, 0, 0, 0);
	run(CABIN_ALARM_DISK_LOW, 0, 49, 0.1);
	check_told(4, 0, 0, 0);
	assert_int_equal(told.newest.severity, CABIN_ALARM_CRITICAL);
	assert_int_equal(cabin_alarms_hold_ms(alarms, CABIN_ALARM_DELAY), 1000);
	assert_int_equal(cabin_alarms_hold_ms(alarms, CABIN_ALARM_TOO_LOW), 60000);

	const struct cabin_alarm_setting wrong = {CABIN_ALARM_KINDS, 1, 1, false};
	const struct cabin_alarms_config config = {.settings = &wrong, .setting_count = 1};
	struct cabin_alarms *none;
	assert_int_equal(cabin_alarms_create(&none, &config), CABIN_EINVAL);
	assert_null(none);
}

struct listed {
	uint64_t ids[8];
	unsigned count, stop_at;
};

static bool list(void *context, const struct cabin_alarm *alarm)
{
	struct listed *listed = context;
	listed->ids[listed->count++] = alarm->id;
	return listed->count < listed->stop_at;
}

static void are_listed_oldest_first_and_counted(void **state)
{
	run(CABIN_ALARM_DEVICE_LOST, 3, 1, 0.1);
	run(CABIN_ALARM_CLIPPING, 0, 12, 0.1);
	run(CABIN_ALARM_DEVICE_LOST, 0, 1, 0.1);
	run(CABIN_ALARM_CLIPPING, 0, 0, 1.2);
	struct listed all = {.stop_at = 8}, one = {.stop_at = 1};
	cabin_alarms_each(alarms, list, &all);
	cabin_alarms_each(alarms, list, &one);
	assert_int_equal(all.count, 2);
	assert_int_equal(all.ids[0], 1000);
	assert_int_equal(all.ids[1], 1002);
	assert_int_equal(one.count, 1);
	struct cabin_alarm_figures figures;
	cabin_alarms_figures(alarms, &figures);
	assert_int_equal(figures.active[CABIN_ALARM_DEVICE_LOST], 2);
	assert_int_equal(figures.raised[CABIN_ALARM_DEVICE_LOST], 2);
	assert_int_equal(figures.active[CABIN_ALARM_CLIPPING], 0);
	assert_int_equal(figures.raised[CABIN_ALARM_CLIPPING], 1);
	assert_int_equal(figures.raised[CABIN_ALARM_TOO_LOW], 0);
}

static void all_can_be_raised_at_once(void **state)
{
	unsigned raised = 0;
	const uint16_t counts[] = {4, 3, 2, 2, 1};
	for (int second = 0; second < 700; second++) {
		now_ns += 100 * CABIN_NS_PER_MS;
		for (int kind = 0; kind < CABIN_ALARM_KINDS; kind++) {
			const struct cabin_alarm_row *row = cabin_alarm_row(kind);
			double value = row->side == CABIN_ALARM_BELOW ? -HUGE_VAL : HUGE_VAL;
			for (uint16_t i = 0; i < counts[row->subject]; i++)
				cabin_alarms_observe(alarms, kind, i, value, now_ns);
		}
		cabin_alarms_tick(alarms, now_ns);
	}
	for (int kind = 0; kind < CABIN_ALARM_KINDS; kind++)
		raised += counts[cabin_alarm_row(kind)->subject];
	check_told(raised, 0, 0, 0);
	now_ns += 20 * CABIN_NS_PER_S;
	cabin_alarms_tick(alarms, now_ns);
	check_told(raised, 0, 0, raised);
}

static void the_table_is_whole(void **state)
{
	for (int kind = 0; kind < CABIN_ALARM_KINDS; kind++) {
		const struct cabin_alarm_row *row = cabin_alarm_row(kind);
		assert_non_null(row->id);
		assert_int_equal(strspn(row->id, "abcdefghijklmnopqrstuvwxyz-"), strlen(row->id));
		assert_string_equal(row->id, cabin_alarm_ids[kind]);
		assert_int_equal(cabin_alarm_kind_of(row->id), kind);
		assert_string_equal(row->id, cabin_config_alarm_kinds[kind]);
		assert_true(isfinite(row->threshold) && row->margin >= 0);
		assert_true(row->meaning && row->remedy && row->unit);
		assert_null(strpbrk(row->meaning, "|\n"));
		if (isnan(row->critical))
			continue;
		assert_int_equal(row->severity, CABIN_ALARM_WARNING);
		assert_int_equal(row->critical < row->threshold, row->side == CABIN_ALARM_BELOW);
	}
	assert_null(cabin_config_alarm_kinds[CABIN_ALARM_KINDS]);
	assert_int_equal(cabin_alarm_kind_of("hum"), -1);
}

static void docs_are_up_to_date(void **state)
{
	document_is_up_to_date(&document);
}

int main(int argc, char **argv)
{
	int status;
	if (document_is_written(&document, argc, argv, &status))
		return status;
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(is_raised_after_its_hold_and_clears_after_its_time, begin, end),
	    cmocka_unit_test_setup_teardown(a_good_figure_begins_the_hold_anew, begin, end),
	    cmocka_unit_test_setup_teardown(trembling_raises_once, begin, end),
	    cmocka_unit_test_setup_teardown(time_stands_still_while_nothing_can_be_judged, begin, end),
	    cmocka_unit_test_setup_teardown(a_held_up_thread_raises_nothing, begin, end),
	    cmocka_unit_test_setup_teardown(what_nobody_observes_clears, begin, end),
	    cmocka_unit_test_setup_teardown(acknowledging_tells_who_and_once, begin, end),
	    cmocka_unit_test_setup_teardown(a_long_name_is_cut_between_letters, begin, end),
	    cmocka_unit_test_setup_teardown(getting_critical_is_news, begin, end),
	    cmocka_unit_test_setup_teardown(a_subject_may_have_a_stricter_threshold, begin, end),
	    cmocka_unit_test_setup_teardown(settings_replace_the_table, begin, end),
	    cmocka_unit_test_setup_teardown(are_listed_oldest_first_and_counted, begin, end),
	    cmocka_unit_test_setup_teardown(all_can_be_raised_at_once, begin, end),
	    cmocka_unit_test(the_table_is_whole),
	    cmocka_unit_test(docs_are_up_to_date),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
