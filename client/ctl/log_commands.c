/* What was: the event's log, and figures of each minute. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl/command.h"
#include "ctl/remote.h"
#include "ctl/show.h"
#include "ctl/table.h"

enum { PATH_BYTES = 1024, PAGE = 1000 };

/* The questions' common part. An exit status. */
static int begin_path(char path[PATH_BYTES], const char *name, const struct cabin_ctl_options *options)
{
	char from[CABIN_CTL_TIME_BYTES] = "", to[CABIN_CTL_TIME_BYTES] = "";
	if ((options->from && !cabin_ctl_moment(from, options->from)) ||
	    (options->to && !cabin_ctl_moment(to, options->to)))
		return cabin_ctl_complain(CABIN_CTL_USAGE,
					  "a time is 90m, 12h, 3d (so long ago), or like 2027-03-02T08:30:00+07:00");
	snprintf(path, PATH_BYTES, "%s", name);
	bool fits = cabin_ctl_add_query(path, PATH_BYTES, "from", options->from ? from : NULL) &&
		    cabin_ctl_add_query(path, PATH_BYTES, "to", options->to ? to : NULL) &&
		    cabin_ctl_add_query(path, PATH_BYTES, "kind", options->kind) &&
		    cabin_ctl_add_query(path, PATH_BYTES, "subject", options->subject) &&
		    cabin_ctl_add_query(path, PATH_BYTES, "channel", options->channel);
	return fits ? 0 : cabin_ctl_complain(CABIN_CTL_USAGE, "a value is too long");
}

/* {"gain_db":-3} as gain_db=-3 */
static void put_detail(const json_t *detail)
{
	const char *key;
	json_t *value;
	if (json_is_string(detail))
		cabin_ctl_put_clean(json_string_value(detail), stdout);
	json_object_foreach((json_t *)detail, key, value)
	{
		char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
		putchar(' ');
		cabin_ctl_put_clean(key, stdout);
		putchar('=');
		cabin_ctl_put_clean(json_is_string(value) ? json_string_value(value) : text ? text : "?", stdout);
		free(text);
	}
}

/* "2027-03-02 08:30:00  action  plenary.fr  Minh  gain_db=-3" */
static void print_entry(const json_t *entry, bool raw)
{
	char time[CABIN_CTL_TIME_BYTES];
	const char *author = cabin_ctl_text(entry, "author"), *kind = cabin_ctl_text(entry, "kind"),
		   *subject = cabin_ctl_text(entry, "subject");
	if (raw) {
		char *text = json_dumps(entry, JSON_COMPACT);
		puts(text ? text : "{}");
		free(text);
		return;
	}
	printf("%s  ", cabin_ctl_local_time(time, cabin_ctl_text(entry, "at")));
	cabin_ctl_put_clean(kind ? kind : "?", stdout);
	fputs("  ", stdout);
	cabin_ctl_put_clean(subject && *subject ? subject : "–", stdout);
	fputs("  ", stdout);
	cabin_ctl_put_clean(author && *author ? author : "server", stdout);
	putchar(' ');
	put_detail(json_object_get(entry, "detail"));
	putchar('\n');
}

/* Entries newer than `*last`, oldest first; `*last` moves on. At most `limit`, the newest. */
static int print_newer(struct cabin_ctl_remote *remote, const char *question, unsigned limit, json_int_t *last,
		       bool raw)
{
	char path[PATH_BYTES], text[32];
	json_t *entries = json_array(), *page = NULL;
	json_int_t before = 0;
	int status = 0;
	bool more = entries;
	while (status == 0 && more) {
		size_t i;
		json_t *entry;
		snprintf(path, sizeof(path), "%s", question);
		snprintf(text, sizeof(text), "%zu",
			 limit - json_array_size(entries) < PAGE ? limit - json_array_size(entries) : (size_t)PAGE);
		bool fits = cabin_ctl_add_query(path, sizeof(path), "limit", text);
		snprintf(text, sizeof(text), "%lld", (long long)before);
		fits = fits && cabin_ctl_add_query(path, sizeof(path), "before", before ? text : NULL);
		status = fits ? cabin_ctl_remote_json(remote, "GET", path, NULL, &page) : CABIN_CTL_FAILED;
		const json_t *list = json_object_get(page, "entries"), *next = json_object_get(page, "next");
		more = status == 0 && json_is_integer(next) && json_array_size(list) > 0;
		before = json_integer_value(next);
		json_array_foreach(list, i, entry)
		{
			if (json_integer_value(json_object_get(entry, "id")) > *last)
				json_array_append(entries, entry);
			else
				more = false;
		}
		more = more && json_array_size(entries) < limit;
		json_decref(page);
		page = NULL;
	}
	for (size_t i = json_array_size(entries); i > 0 && status == 0; i--) {
		const json_t *entry = json_array_get(entries, i - 1);
		print_entry(entry, raw);
		*last = json_integer_value(json_object_get(entry, "id"));
	}
	json_decref(entries);
	return status;
}

int cabin_ctl_log(const struct cabin_ctl_options *options)
{
	static const struct timespec pause = {.tv_sec = 1};
	struct cabin_ctl_remote *remote = NULL;
	char path[PATH_BYTES], *end = NULL;
	json_int_t last = 0;
	unsigned long limit = options->limit ? strtoul(options->limit, &end, 10) : options->from ? 100000 : 100;
	if (limit == 0 || limit > 100000 || (end && *end))
		return cabin_ctl_complain(CABIN_CTL_USAGE, "--limit %s: write a number from 1 to 100000",
					  options->limit);
	if (options->follow && options->to)
		return cabin_ctl_complain(CABIN_CTL_USAGE, "--to does not go with --follow");
	int status = begin_path(path, "/log", options);
	if (status == 0)
		status = cabin_ctl_remote_open(&remote, options);
	if (status == 0)
		status = print_newer(remote, path, (unsigned)limit, &last, options->json);
	bool reached = true;
	/* A server that restarts is waited for. */
	while (options->follow && (status == 0 || (status == CABIN_CTL_UNREACHED && remote)) && fflush(stdout) == 0 &&
	       nanosleep(&pause, NULL) == 0) {
		status = print_newer(remote, path, 100000, &last, options->json);
		if (status == 0 && !reached)
			cabin_ctl_complain(0, "it answers again");
		reached = status == 0;
	}
	cabin_ctl_remote_close(remote);
	return status;
}

static void minute_cells(struct cabin_ctl_table *table, const json_t *minute)
{
	static const char *const figures[] = {
	    "loudness_lufs", "peak_dbfs",    "listeners_max",	    "packets",
	    "gaps",	     "concealed_ms", "mouth_to_ear_p50_ms", "mouth_to_ear_p95_ms"};
	char time[CABIN_CTL_TIME_BYTES], feeds[256] = "";
	const char *feed;
	json_t *seconds;
	cabin_ctl_table_cell(table, "%.16s", cabin_ctl_local_time(time, cabin_ctl_text(minute, "minute")));
	cabin_ctl_table_text(table, cabin_ctl_text(minute, "channel"));
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		if (json_is_number(json_object_get(minute, figures[i])))
			cabin_ctl_table_cell(table, "%.*f", i < 2, cabin_ctl_number(minute, figures[i], 0));
		else
			cabin_ctl_table_text(table, NULL);
	}
	json_object_foreach(json_object_get(minute, "seconds_by_feed"), feed, seconds)
	{
		size_t size = strlen(feeds);
		if (json_integer_value(seconds) > 0)
			snprintf(feeds + size, sizeof(feeds) - size, "%s%s %lld s", size ? ", " : "", feed,
				 (long long)json_integer_value(seconds));
	}
	cabin_ctl_table_text(table, feeds);
}

/* Every page of the answer, from the oldest minute on. */
static int read_minutes(struct cabin_ctl_remote *remote, const char *question, struct cabin_ctl_table *table, bool raw)
{
	char path[PATH_BYTES], after[32] = "";
	for (bool more = true; more;) {
		char *text;
		size_t i;
		const json_t *minute;
		snprintf(path, sizeof(path), "%s", question);
		if (!cabin_ctl_add_query(path, sizeof(path), "after", *after ? after : NULL))
			return CABIN_CTL_FAILED;
		int status = cabin_ctl_remote_ask(remote, "GET", path, NULL, &text);
		if (status != 0)
			return status;
		json_t *page = json_loads(text, 0, NULL);
		const json_t *next = json_object_get(page, "next");
		if (raw)
			puts(text);
		free(text);
		json_array_foreach(json_object_get(page, "minutes"), i, minute)
		{
			minute_cells(table, minute);
		}
		more = json_is_integer(next);
		snprintf(after, sizeof(after), "%lld", (long long)json_integer_value(next));
		json_decref(page);
	}
	return CABIN_CTL_OK;
}

int cabin_ctl_minutes(const struct cabin_ctl_options *options)
{
	static const char *const heads[] = {"MINUTE",	   "CHANNEL",	  ">LUFS",  ">PEAK dBFS",
					    ">LISTENERS",  ">PACKETS",	  ">GAPS",  ">CONCEALED ms",
					    ">M2E p50 ms", ">M2E p95 ms", "FED BY", NULL};
	struct cabin_ctl_remote *remote = NULL;
	struct cabin_ctl_table *table = options->json ? NULL : cabin_ctl_table_create(heads);
	char path[PATH_BYTES];
	int status = begin_path(path, "/minutes", options);
	if (status == 0)
		status = cabin_ctl_remote_open(&remote, options);
	if (status == 0)
		status = read_minutes(remote, path, table, options->json);
	if (status == 0 && !options->json)
		status = cabin_ctl_table_print(table, stdout, "\n");
	cabin_ctl_table_destroy(table);
	cabin_ctl_remote_close(remote);
	return status;
}
