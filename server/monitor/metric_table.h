/* The table of metrics. Private to server/monitor and its tests. */
#ifndef CABIN_MONITOR_METRIC_TABLE_H
#define CABIN_MONITOR_METRIC_TABLE_H

#include <stddef.h>

enum cabin_metric_type { CABIN_METRIC_COUNTER, CABIN_METRIC_GAUGE, CABIN_METRIC_HISTOGRAM };

/* Whose figure it is: which struct `offset` counts from, and which labels it has. */
enum cabin_metric_scope {
	CABIN_METRIC_SERVER,
	CABIN_METRIC_CHANNEL, /* labels room, channel */
	CABIN_METRIC_SOURCE,  /* label source */
	CABIN_METRIC_BOOTH,   /* label booth */
	CABIN_METRIC_SEAT,    /* labels booth, seat */
	CABIN_METRIC_PROCESS  /* struct cabin_process_figures */
};

enum cabin_metric_kind {
	CABIN_METRIC_U32,
	CABIN_METRIC_U64,
	CABIN_METRIC_DOUBLE,
	CABIN_METRIC_BUCKETS,  /* struct cabin_metrics_histogram */
	CABIN_METRIC_U64_EACH, /* an array, one for each of the label's values */
	CABIN_METRIC_ONE_OF,   /* an enum: 1 for the label's value that it is, 0 for the others */
	CABIN_METRIC_TEXT      /* a string that is the label's value; the figure is 1 */
};

struct cabin_metric {
	const char *name;
	enum cabin_metric_type type;
	const char *unit; /* for the docs: "seconds", "bytes", "" for counts */
	const char *help;
	enum cabin_metric_scope scope;
	enum cabin_metric_kind kind;
	size_t offset;
	double scale;	   /* to the unit; 0: 1 */
	const char *label; /* U64_EACH, ONE_OF, TEXT */
	const char *const *values;
	size_t value_count;
};

extern const struct cabin_metric cabin_metric_table[];
extern const size_t cabin_metric_count;

#endif
