/* Channels, levels, listeners: tables of what the server measures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctl/command.h"
#include "ctl/remote.h"
#include "ctl/show.h"
#include "ctl/table.h"

enum { WATCH_MS = 200, BAR_COLUMNS = 30, BAR_RANGE_DB = 60, SILENCE_DB = -120 };

/* What feeds it, by whom: "booth plenary-vi/1", "channel plenary.fr", "tone (desk)". */
static void feed_cell(struct cabin_ctl_table *table, const json_t *desk, const json_t *channel)
{
	char id[CABIN_CTL_LABEL_BYTES];
	const char *feed = cabin_ctl_text(channel, "feed"), *booth = cabin_ctl_text(channel, "booth");
	const json_t *by_hand = json_object_get(channel, "override"), *from = json_object_get(channel, "from");
	const char *hand = cabin_ctl_text(by_hand, "feed"), *hand_from = cabin_ctl_text(by_hand, "from");
	double seat = cabin_ctl_number(channel, "seat", 0);
	if (hand)
		cabin_ctl_table_cell(table, "%s%s%s (by hand)", hand, hand_from ? " " : "", hand_from ? hand_from : "");
	else if (booth && seat > 0)
		cabin_ctl_table_cell(table, "%s %s/%.0f", feed ? feed : "?", booth, seat);
	else if (json_is_integer(from))
		cabin_ctl_table_cell(table, "%s %s", feed ? feed : "?", cabin_ctl_channel_id(id, desk, from));
	else
		cabin_ctl_table_text(table, feed);
}

static int show_channels(struct cabin_ctl_remote *remote, json_t *desk)
{
	static const char *const heads[] = {"CHANNEL", ">NUMBER", "FEED",   "SOURCE",	  "QUALITY",
					    ">GAIN",   "MUTED",	  "HIDDEN", ">LISTENERS", NULL};
	struct cabin_ctl_table *table = cabin_ctl_table_create(heads);
	const json_t *channel;
	size_t i;
	json_array_foreach(json_object_get(desk, "channels"), i, channel)
	{
		cabin_ctl_table_text(table, cabin_ctl_text(channel, "id"));
		cabin_ctl_table_cell(table, "%.0f", cabin_ctl_number(channel, "channel", 0));
		feed_cell(table, desk, channel);
		cabin_ctl_table_text(table, cabin_ctl_text(channel, "source"));
		cabin_ctl_table_text(table, cabin_ctl_text(channel, "quality"));
		cabin_ctl_table_cell(table, "%+.1f dB", cabin_ctl_number(channel, "gain_db", 0));
		cabin_ctl_table_text(table, json_is_true(json_object_get(channel, "muted")) ? "muted" : NULL);
		cabin_ctl_table_text(table, json_is_true(json_object_get(channel, "hidden")) ? "hidden" : NULL);
		cabin_ctl_table_cell(table, "%.0f", cabin_ctl_number(channel, "listeners", 0));
	}
	int status = cabin_ctl_table_print(table, stdout, "\n");
	cabin_ctl_table_destroy(table);
	return status;
}

int cabin_ctl_channels(const struct cabin_ctl_options *options)
{
	return cabin_ctl_remote_show(options, "/desk", show_channels);
}

static void level_cell(struct cabin_ctl_table *table, const json_t *point, const char *name)
{
	double level = cabin_ctl_number(point, name, -HUGE_VAL);
	if (level > SILENCE_DB)
		cabin_ctl_table_cell(table, "%.1f", level);
	else
		cabin_ctl_table_text(table, NULL);
}

static void bar_cell(struct cabin_ctl_table *table, const json_t *point)
{
	char bar[3 * BAR_COLUMNS + 1] = "";
	double rms = cabin_ctl_number(point, "rms_dbfs", -HUGE_VAL),
	       peak = cabin_ctl_number(point, "peak_dbfs", -HUGE_VAL);
	double scale = (double)BAR_COLUMNS / BAR_RANGE_DB;
	size_t size = 0;
	for (int i = 0; i < BAR_COLUMNS; i++) {
		const char *part = (rms + BAR_RANGE_DB) * scale > i    ? "█"
				   : (peak + BAR_RANGE_DB) * scale > i ? "░"
								       : " ";
		memcpy(bar + size, part, strlen(part));
		size += strlen(part);
	}
	bar[size] = '\0';
	cabin_ctl_table_text(table, bar);
}

static void point_cell(struct cabin_ctl_table *table, const json_t *desk, const json_t *point)
{
	char id[CABIN_CTL_LABEL_BYTES];
	const char *kind = cabin_ctl_text(point, "kind"), *name = cabin_ctl_text(point, "id"),
		   *booth = cabin_ctl_text(point, "booth");
	const json_t *channel = json_object_get(point, "channel");
	if (booth)
		cabin_ctl_table_cell(table, "%s %s/%.0f", kind ? kind : "?", booth, cabin_ctl_number(point, "seat", 0));
	else
		cabin_ctl_table_cell(table, "%s %s", kind ? kind : "?",
				     name ? name : cabin_ctl_channel_id(id, desk, channel));
}

static int print_levels(const json_t *desk, const json_t *levels, const char *end)
{
	static const char *const heads[] = {"POINT",	   ">PEAK dBFS", ">TRUE PEAK",	 ">RMS", ">MOMENTARY LUFS",
					    ">SHORT TERM", ">CLIPS",	 "-60 … 0 dBFS", NULL};
	struct cabin_ctl_table *table = cabin_ctl_table_create(heads);
	const json_t *point;
	size_t i;
	json_array_foreach(json_object_get(levels, "points"), i, point)
	{
		const char *kind = cabin_ctl_text(point, "kind");
		bool rests = !json_is_number(json_object_get(point, "peak_dbfs"));
		/* Sounds that the desk can insert are many, and of interest while they play. */
		if (!kind || (rests && strcmp(kind, "insert") == 0))
			continue;
		point_cell(table, desk, point);
		level_cell(table, point, "peak_dbfs");
		level_cell(table, point, "true_peak_dbtp");
		level_cell(table, point, "rms_dbfs");
		level_cell(table, point, "momentary_lufs");
		level_cell(table, point, "short_term_lufs");
		cabin_ctl_table_cell(table, "%.0f", cabin_ctl_number(point, "clips", 0));
		bar_cell(table, point);
	}
	int status = cabin_ctl_table_print(table, stdout, end);
	cabin_ctl_table_destroy(table);
	return status;
}

static int levels_once(struct cabin_ctl_remote *remote, const struct cabin_ctl_options *options, const json_t *desk,
		       bool drawn)
{
	json_t *levels;
	int status = cabin_ctl_remote_json(remote, "GET", "/levels", NULL, &levels);
	if (status != 0)
		return status;
	if (options->json) {
		char *text = json_dumps(levels, JSON_COMPACT);
		puts(text ? text : "{}");
		free(text);
	} else {
		if (drawn)
			fputs("\033[H", stdout); /* over the last one, so that nothing flickers */
		status = print_levels(desk, levels, drawn ? "\033[K\n" : "\n");
		if (drawn)
			fputs("\033[J", stdout);
	}
	json_decref(levels);
	return status;
}

int cabin_ctl_levels(const struct cabin_ctl_options *options)
{
	static const struct timespec pause = {.tv_nsec = WATCH_MS * 1000000L};
	struct cabin_ctl_remote *remote;
	json_t *desk = NULL;
	bool drawn = options->watch && !options->json && isatty(STDOUT_FILENO);
	int status = cabin_ctl_remote_open(&remote, options);
	if (status == 0 && !options->json)
		status = cabin_ctl_remote_json(remote, "GET", "/desk", NULL, &desk);
	if (status == 0 && drawn)
		fputs("\033[2J", stdout);
	if (status == 0)
		status = levels_once(remote, options, desk, drawn);
	while (status == 0 && options->watch && fflush(stdout) == 0 && nanosleep(&pause, NULL) == 0) {
		if (!drawn && !options->json)
			putchar('\n');
		status = levels_once(remote, options, desk, drawn);
	}
	json_decref(desk);
	cabin_ctl_remote_close(remote);
	return status;
}

static int show_audience_channels(const json_t *desk, const json_t *audience)
{
	static const char *const heads[] = {"CHANNEL",	    ">LISTENERS", ">LIVE",    ">STARTING", ">STALLED",
					    ">INTERRUPTED", ">HIDDEN",	  ">TROUBLE", NULL};
	static const char *const states[] = {"live", "starting", "stalled", "interrupted"};
	struct cabin_ctl_table *table = cabin_ctl_table_create(heads);
	char id[CABIN_CTL_LABEL_BYTES];
	const json_t *channel;
	size_t i;
	json_array_foreach(json_object_get(audience, "channels"), i, channel)
	{
		cabin_ctl_table_text(table, cabin_ctl_channel_id(id, desk, json_object_get(channel, "channel")));
		cabin_ctl_table_cell(table, "%.0f", cabin_ctl_number(channel, "listeners", 0));
		for (size_t k = 0; k < sizeof(states) / sizeof(states[0]); k++)
			cabin_ctl_table_cell(table, "%.0f",
					     cabin_ctl_number(json_object_get(channel, "states"), states[k], 0));
		cabin_ctl_table_cell(table, "%.0f", cabin_ctl_number(channel, "hidden", 0));
		cabin_ctl_table_cell(table, "%.0f", cabin_ctl_number(channel, "trouble", 0));
	}
	int status = cabin_ctl_table_print(table, stdout, "\n");
	cabin_ctl_table_destroy(table);
	return status;
}

/* Upper end of the class in which the share lies; 0: no reports. Infinity: the last class. */
static double quantile_ms(const json_t *counts, const json_t *bounds, double share)
{
	double total = 0, so_far = 0;
	size_t i;
	const json_t *count;
	json_array_foreach(counts, i, count)
	{
		total += json_number_value(count);
	}
	json_array_foreach(counts, i, count)
	{
		so_far += json_number_value(count);
		if (total > 0 && so_far >= share * total)
			return i < json_array_size(bounds) ? json_number_value(json_array_get(bounds, i)) : HUGE_VAL;
	}
	return 0;
}

static int show_histograms(const json_t *audience)
{
	static const struct {
		const char *name, *head;
	} rows[] = {{"mouth_to_ear", "mouth to ear"},
		    {"buffer", "buffer"},
		    {"concealed", "concealed in a second"},
		    {"round_trip", "round trip"}};
	static const char *const heads[] = {"OF THE LAST MINUTE", ">HALF WITHIN", ">95 % WITHIN", NULL};
	struct cabin_ctl_table *table = cabin_ctl_table_create(heads);
	const json_t *bounds = json_object_get(audience, "bounds_ms");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const json_t *counts = json_object_get(json_object_get(audience, "histograms"), rows[i].name);
		cabin_ctl_table_text(table, rows[i].head);
		for (int k = 0; k < 2; k++) {
			double ms = quantile_ms(counts, bounds, k ? 0.95 : 0.5);
			if (ms == HUGE_VAL)
				cabin_ctl_table_cell(
				    table, "> %.0f ms",
				    json_number_value(json_array_get(bounds, json_array_size(bounds) - 1)));
			else if (ms > 0)
				cabin_ctl_table_cell(table, "%.0f ms", ms);
			else
				cabin_ctl_table_text(table, NULL);
		}
	}
	int status = cabin_ctl_table_print(table, stdout, "\n");
	cabin_ctl_table_destroy(table);
	return status;
}

static int show_worst(const json_t *desk, const json_t *audience)
{
	static const char *const heads[] = {">LISTENER", "CHANNEL",	    "STATE",	  ">MOUTH TO EAR",
					    ">BUFFER",	 ">CONCEALED/10 s", ">UNDERRUNS", ">QUEUE",
					    ">SKIPS",	 ">RESENT",	    ">RTT",	  NULL};
	static const char *const figures[] = {"mouth_to_ear_ms", "buffer_ms", "concealed_ms",	 "underruns",
					      "queue_ms",	 "skips",     "retransmissions", "rtt_ms"};
	const json_t *worst = json_object_get(audience, "worst"), *one;
	struct cabin_ctl_table *table = cabin_ctl_table_create(heads);
	char id[CABIN_CTL_LABEL_BYTES];
	size_t i;
	json_array_foreach(worst, i, one)
	{
		cabin_ctl_table_cell(table, "%.0f", cabin_ctl_number(one, "listener", 0));
		cabin_ctl_table_text(table, cabin_ctl_channel_id(id, desk, json_object_get(one, "channel")));
		cabin_ctl_table_text(table, cabin_ctl_text(one, "state"));
		for (size_t k = 0; k < sizeof(figures) / sizeof(figures[0]); k++) {
			bool is_time = strstr(figures[k], "_ms");
			if (json_is_number(json_object_get(one, figures[k])))
				cabin_ctl_table_cell(table, "%.0f%s", cabin_ctl_number(one, figures[k], 0),
						     is_time ? " ms" : "");
			else
				cabin_ctl_table_text(table, NULL);
		}
	}
	int status = json_array_size(worst) ? cabin_ctl_table_print(table, stdout, "\n") : CABIN_CTL_OK;
	if (json_array_size(worst) == 0)
		puts("nobody is in trouble");
	cabin_ctl_table_destroy(table);
	return status;
}

static int show_listeners(struct cabin_ctl_remote *remote, json_t *audience)
{
	json_t *desk;
	int status = cabin_ctl_remote_json(remote, "GET", "/desk", NULL, &desk);
	if (status != 0)
		return status;
	printf("%.0f listeners\n\n", cabin_ctl_number(audience, "total", 0));
	status = show_audience_channels(desk, audience);
	putchar('\n');
	status = status ? status : show_histograms(audience);
	putchar('\n');
	status = status ? status : show_worst(desk, audience);
	json_decref(desk);
	return status;
}

int cabin_ctl_listeners(const struct cabin_ctl_options *options)
{
	return cabin_ctl_remote_show(options, "/audience", show_listeners);
}
