#include <math.h>

#include "monitor/alarm.h"

static void write_threshold(FILE *to, const struct cabin_alarm_row *row)
{
	const char *side = row->side == CABIN_ALARM_BELOW ? "below" : "from";
	fprintf(to, "%s %g%s%s", side, row->threshold, *row->unit ? " " : "", row->unit);
	if (!isnan(row->critical))
		fprintf(to, "; critical %s %g", side, row->critical);
}

/* When it clears: the figure, and for how long it must be so. */
static void write_clear(FILE *to, const struct cabin_alarm_row *row)
{
	if (row->side == CABIN_ALARM_BELOW)
		fprintf(to, "%g or more, %g s", row->threshold + row->margin, row->clear_ms / 1000.0);
	else
		fprintf(to, "below %g, %g s", row->threshold - row->margin, row->clear_ms / 1000.0);
}

void cabin_alarms_write_markdown(FILE *to)
{
	fputs("# Alarms\n\n"
	      "An alarm is one kind for one subject. It is raised when its figure has been worse than the threshold "
	      "for the hold, once, however the figure trembles; it clears by itself when the figure has been good "
	      "again for the clear time, or has no meaning any more (the microphone is off). Somebody acknowledges "
	      "it to say that they are at it; that clears nothing. An alarm that gets critical is news: it has to "
	      "be acknowledged anew.\n\n"
	      "Threshold and hold can be set, and a kind switched off, in the configuration "
	      "(docs/configuration.md). Hum is no alarm: the desk shows it at the input.\n\n"
	      "This page is written from the table that the server uses, `server/monitor/alarm_table.c`; a test "
	      "says when it is out of date, and how to write it anew. The reasons for the numbers are in "
	      "`server/monitor/watch_rules.c`.\n\n"
	      "| alarm | of each | severity | threshold | hold | clears |\n| --- | --- | --- | --- | --- | --- |\n",
	      to);
	for (int kind = 0; kind < CABIN_ALARM_KINDS; kind++) {
		const struct cabin_alarm_row *row = cabin_alarm_row(kind);
		fprintf(to, "| [`%s`](#%s) | %s | %s | ", row->id, row->id, cabin_alarm_subject_name(row->subject),
			cabin_alarm_severity_name(row->severity));
		write_threshold(to, row);
		fprintf(to, row->counted ? " | counted over %g s | " : " | %g s | ", row->hold_ms / 1000.0);
		write_clear(to, row);
		fputs(" |\n", to);
	}
	for (int kind = 0; kind < CABIN_ALARM_KINDS; kind++) {
		const struct cabin_alarm_row *row = cabin_alarm_row(kind);
		fprintf(to, "\n## %s\n\n%s\n\n**What to do:** %s\n", row->id, row->meaning, row->remedy);
	}
}
