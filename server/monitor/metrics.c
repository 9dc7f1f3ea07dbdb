#include "monitor/metrics.h"

#include <inttypes.h>
#include <math.h>

#include "monitor/metric_table.h"
#include "monitor/process_figures.h"

static const char *const type_names[] = {"counter", "gauge", "histogram"};

/* The labels of one line, up to three, with one that a row adds. */
struct labels {
	const char *names[3];
	const char *values[3];
	int count;
};

static struct labels with(struct labels labels, const char *name, const char *value)
{
	CABIN_ASSERT(labels.count < 3);
	labels.names[labels.count] = name;
	labels.values[labels.count++] = value;
	return labels;
}

static void write_labels(FILE *to, const struct labels *labels)
{
	for (int i = 0; i < labels->count; i++) {
		fprintf(to, "%c%s=\"", i ? ',' : '{', labels->names[i]);
		for (const char *c = labels->values[i]; *c; c++) {
			if (*c == '\n')
				fputs("\\n", to);
			else if (*c == '"' || *c == '\\')
				fprintf(to, "\\%c", *c);
			else
				fputc(*c, to);
		}
		fputc('"', to);
	}
	if (labels->count)
		fputc('}', to);
}

static void write_u64(FILE *to, const char *name, const char *suffix, const struct labels *labels, uint64_t value)
{
	fprintf(to, "%s%s", name, suffix);
	write_labels(to, labels);
	fprintf(to, " %" PRIu64 "\n", value);
}

static void write_double(FILE *to, const char *name, const char *suffix, const struct labels *labels, double value)
{
	fprintf(to, "%s%s", name, suffix);
	write_labels(to, labels);
	/* As the format spells them. */
	if (isnan(value))
		fputs(" NaN\n", to);
	else if (isinf(value))
		fputs(value > 0 ? " +Inf\n" : " -Inf\n", to);
	else
		fprintf(to, " %.15g\n", value);
}

static void write_buckets(FILE *to, const struct cabin_metrics *metrics, const struct cabin_metric *metric,
			  const struct labels *labels, const struct cabin_metrics_histogram *histogram)
{
	CABIN_ASSERT(metrics->bound_count < CABIN_METRICS_BUCKETS_MAX);
	for (uint32_t b = 0; b <= metrics->bound_count; b++) {
		char bound[32] = "+Inf";
		if (b < metrics->bound_count)
			snprintf(bound, sizeof(bound), "%.15g", metrics->bounds_ms[b] * metric->scale);
		struct labels bucket = with(*labels, "le", bound);
		write_u64(to, metric->name, "_bucket", &bucket, histogram->count[b]);
	}
	write_double(to, metric->name, "_sum", labels, histogram->sum_ms * metric->scale);
	write_u64(to, metric->name, "_count", labels, histogram->count[metrics->bound_count]);
}

static void write_one(FILE *to, const struct cabin_metrics *metrics, const struct cabin_metric *metric,
		      const struct labels *labels, const void *owner)
{
	const void *field = (const char *)owner + metric->offset;
	double scale = metric->scale != 0 ? metric->scale : 1;
	switch (metric->kind) {
	case CABIN_METRIC_U32:
		write_u64(to, metric->name, "", labels, *(const uint32_t *)field);
		break;
	case CABIN_METRIC_U64:
		write_u64(to, metric->name, "", labels, *(const uint64_t *)field);
		break;
	case CABIN_METRIC_DOUBLE:
		write_double(to, metric->name, "", labels, *(const double *)field * scale);
		break;
	case CABIN_METRIC_BUCKETS:
		write_buckets(to, metrics, metric, labels, field);
		break;
	case CABIN_METRIC_TEXT: {
		struct labels text = with(*labels, metric->label, *(const char *const *)field);
		write_u64(to, metric->name, "", &text, 1);
		break;
	}
	case CABIN_METRIC_U64_EACH:
	case CABIN_METRIC_ONE_OF:
		for (size_t i = 0; i < metric->value_count; i++) {
			struct labels each = with(*labels, metric->label, metric->values[i]);
			uint64_t value = metric->kind == CABIN_METRIC_U64_EACH ? ((const uint64_t *)field)[i]
									       : *(const unsigned *)field == i;
			write_u64(to, metric->name, "", &each, value);
		}
		break;
	}
}

static void write_each(FILE *to, const struct cabin_metrics *metrics, const struct cabin_metric *metric,
		       const struct cabin_process_figures *process)
{
	struct labels labels = {.count = 0};
	switch (metric->scope) {
	case CABIN_METRIC_SERVER:
		write_one(to, metrics, metric, &labels, &metrics->server);
		break;
	case CABIN_METRIC_PROCESS:
		write_one(to, metrics, metric, &labels, process);
		break;
	case CABIN_METRIC_CHANNEL:
		for (uint32_t i = 0; i < metrics->channel_count; i++) {
			const struct cabin_metrics_channel *channel = &metrics->channels[i];
			struct labels own = with(with(labels, "room", channel->room), "channel", channel->channel);
			write_one(to, metrics, metric, &own, channel);
		}
		break;
	case CABIN_METRIC_BOOTH:
		for (uint32_t i = 0; i < metrics->booth_count; i++) {
			struct labels own = with(labels, "booth", metrics->booths[i].booth);
			write_one(to, metrics, metric, &own, &metrics->booths[i]);
		}
		break;
	case CABIN_METRIC_SEAT:
		for (uint32_t i = 0; i < metrics->seat_count; i++) {
			const struct cabin_metrics_seat *seat = &metrics->seats[i];
			struct labels own = with(with(labels, "booth", seat->booth), "seat", seat->number);
			write_one(to, metrics, metric, &own, seat);
		}
		break;
	case CABIN_METRIC_SOURCE:
		for (uint32_t i = 0; i < metrics->source_count; i++) {
			struct labels own = with(labels, "source", metrics->sources[i].source);
			write_one(to, metrics, metric, &own, &metrics->sources[i]);
		}
		break;
	}
}

void cabin_metrics_print(const struct cabin_metrics *metrics, FILE *to)
{
	struct cabin_process_figures process;
	cabin_process_figures_read(&process);
	for (size_t i = 0; i < cabin_metric_count; i++) {
		const struct cabin_metric *metric = &cabin_metric_table[i];
		fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name,
			type_names[metric->type]);
		write_each(to, metrics, metric, &process);
	}
}

static void write_markdown_row(FILE *to, const struct cabin_metric *metric)
{
	static const char *const scope_labels[] = {[CABIN_METRIC_SERVER] = "",
						   [CABIN_METRIC_CHANNEL] = "`room`, `channel`",
						   [CABIN_METRIC_SOURCE] = "`source`",
						   [CABIN_METRIC_BOOTH] = "`booth`",
						   [CABIN_METRIC_SEAT] = "`booth`, `seat`",
						   [CABIN_METRIC_PROCESS] = ""};
	const char *own = scope_labels[metric->scope];
	fprintf(to, "| `%s` | %s | %s | %s", metric->name, type_names[metric->type], metric->unit, own);
	if (metric->label)
		fprintf(to, "%s`%s`", *own ? ", " : "", metric->label);
	for (size_t i = 0; i < metric->value_count; i++)
		fprintf(to, "%s%s", i ? ", " : ": ", metric->values[i]);
	fprintf(to, " | %s |\n", metric->help);
}

void cabin_metrics_write_markdown(FILE *to)
{
	fputs(
	    "# Metrics\n\n"
	    "`GET /metrics` answers in the Prometheus text format, version 0.0.4. Counters begin at 0 when the server "
	    "starts. This page is written from the table that feeds the answer, "
	    "`server/monitor/metric_table.c`; a test says when it is out of date, and how to write it anew.\n\n"
	    "| name | type | unit | labels | meaning |\n| --- | --- | --- | --- | --- |\n",
	    to);
	for (size_t i = 0; i < cabin_metric_count; i++)
		write_markdown_row(to, &cabin_metric_table[i]);
}
