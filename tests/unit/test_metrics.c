/* server/monitor: the table, what it prints, and docs/metrics.md.
 * `test_metrics --write` writes docs/metrics.md anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "monitor/metric_table.h"
#include "monitor/metrics.h"

static const struct document document = {CABIN_SOURCE_DIR "/docs/metrics.md", cabin_metrics_write_markdown};

static char *print(const struct cabin_metrics *metrics)
{
	enum { ROOM = 1 << 16 };
	char *text = calloc(1, ROOM);
	assert_non_null(text);
	FILE *to = fmemopen(text, ROOM, "w");
	assert_non_null(to);
	cabin_metrics_print(metrics, to);
	assert_int_equal(fclose(to), 0);
	return text;
}

static bool ends_with(const char *text, const char *end)
{
	size_t a = strlen(text), b = strlen(end);
	return a >= b && !strcmp(text + a - b, end);
}

static void names_follow_the_conventions(void **state)
{
	for (size_t i = 0; i < cabin_metric_count; i++) {
		const struct cabin_metric *metric = &cabin_metric_table[i];
		assert_int_equal(strspn(metric->name, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(metric->name));
		assert_true(!strncmp(metric->name, "cabin_", 6) || !strncmp(metric->name, "process_", 8));
		assert_int_equal(ends_with(metric->name, "_total"), metric->type == CABIN_METRIC_COUNTER);
		assert_true(ends_with(metric->help, "."));
		assert_null(strpbrk(metric->help, "\\\n|"));
		if (*metric->unit && strcmp(metric->unit, "dBFS") && strcmp(metric->unit, "LUFS") &&
		    strcmp(metric->unit, "dBTP"))
			assert_non_null(strstr(metric->name, metric->unit));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(metric->name, cabin_metric_table[k].name);
	}
}

static void figures_come_out_with_their_labels(void **state)
{
	static const double bounds[] = {10, 100};
	struct cabin_metrics_channel channel = {.room = "pl\"e\\n\nary", .channel = "hall.vi", .listeners = 7};
	channel.hub.feed = CABIN_FEED_PASS_THROUGH;
	channel.hub.packets = UINT64_C(12345678901234);
	channel.mouth_to_ear = (struct cabin_metrics_histogram){.count = {1, 3, 4}, .sum_ms = 392};
	channel.concealed_ms = 1500;
	struct cabin_metrics_source source = {.source = "mic", .lost = 1, .rms_dbfs = -33.5};
	struct cabin_metrics metrics = {.channels = &channel,
					.sources = &source,
					.channel_count = 1,
					.source_count = 1,
					.bounds_ms = bounds,
					.bound_count = 2};
	metrics.server.closed_by_code[2] = 5;
	metrics.server.alarms.active[CABIN_ALARM_DISK_LOW] = 1;
	metrics.server.alarms.raised[CABIN_ALARM_FLOOR_SILENT] = 3;
	char *text = print(&metrics);
	static const char *const lines[] = {
	    "# TYPE cabin_listeners gauge\ncabin_listeners{room=\"pl\\\"e\\\\n\\nary\",channel=\"hall.vi\"} 7\n",
	    "channel=\"hall.vi\"} 12345678901234\n",
	    "channel=\"hall.vi\",feed=\"pass-through\"} 1\n",
	    "channel=\"hall.vi\",feed=\"booth\"} 0\n",
	    "\ncabin_connections_closed_total{code=\"1002\"} 5\n",
	    "channel=\"hall.vi\",le=\"0.01\"} 1\n",
	    "channel=\"hall.vi\",le=\"0.1\"} 3\n",
	    "channel=\"hall.vi\",le=\"+Inf\"} 4\n",
	    "channel=\"hall.vi\"} 0.392\n",
	    "channel=\"hall.vi\"} 1.5\n",
	    "\ncabin_alarms_active{kind=\"disk-low\"} 1\n",
	    "\ncabin_alarms_raised_total{kind=\"floor-silent\"} 3\n",
	    "\ncabin_source_lost{source=\"mic\"} 1\n",
	    "\ncabin_source_rms_dbfs{source=\"mic\"} -33.5\n",
	    "\ncabin_build_info{version=\"" CABIN_VERSION "\"} 1\n",
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!strstr(text, lines[i]))
			fail_msg("missing: %s", lines[i]);
	}
	double resident = 0, cpu = -1, threads = 0;
	assert_int_equal(sscanf(strstr(text, "\nprocess_resident_memory_bytes"), "%*s %lf", &resident), 1);
	assert_int_equal(sscanf(strstr(text, "\nprocess_cpu_seconds_total"), "%*s %lf", &cpu), 1);
	assert_int_equal(sscanf(strstr(text, "\nprocess_threads"), "%*s %lf", &threads), 1);
	assert_true(resident > 1e5 && cpu >= 0 && threads >= 1);
	free(text);
}

static void every_name_has_help_and_type_once(void **state)
{
	struct cabin_metrics metrics = {.bound_count = 0};
	char *text = print(&metrics);
	size_t helps = 0;
	for (const char *at = text; (at = strstr(at, "# HELP ")); at++)
		helps++;
	assert_int_equal(helps, cabin_metric_count);
	assert_int_equal(text[strlen(text) - 1], '\n');
	free(text);
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
	    cmocka_unit_test(names_follow_the_conventions),
	    cmocka_unit_test(figures_come_out_with_their_labels),
	    cmocka_unit_test(every_name_has_help_and_type_once),
	    cmocka_unit_test(docs_are_up_to_date),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
