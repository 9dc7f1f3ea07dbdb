/* What is on now: the server and its rooms, alarms, calls, the technician's microphone. */
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/remote.h"
#include "ctl/show.h"
#include "ctl/table.h"

static void put_line(const char *head, const char *text)
{
	printf("%-12s", head);
	cabin_ctl_put_clean(text, stdout);
	putchar('\n');
}

static void show_server(const json_t *server)
{
	char line[512];
	double uptime_s = cabin_ctl_number(server, "uptime_s", 0),
	       days = cabin_ctl_number(server, "certificate_days", -1);
	const char *version = cabin_ctl_text(server, "version");
	long long minutes = (long long)(uptime_s / 60);
	snprintf(line, sizeof(line), "%s, up %lld h %02lld min, %.0f connections", version ? version : "?",
		 minutes / 60, minutes % 60, cabin_ctl_number(server, "connections", 0));
	put_line("server", line);
	snprintf(line, sizeof(line), "%s; %.1f GB free on its disk",
		 json_is_true(json_object_get(server, "stored")) ? "writes" : "DOES NOT WRITE: is the disk full?",
		 cabin_ctl_number(server, "disk_free_bytes", 0) / 1e9);
	put_line("database", line);
	snprintf(line, sizeof(line), "%.0f days left", days);
	put_line("certificate", json_is_number(json_object_get(server, "certificate_days")) ? line : "none");
}

/* "evacuation in plenary since 2027-03-02 08:30:00 (Minh)" */
static void show_on(const char *head, const json_t *on, const char *what, const char *where)
{
	char line[512], time[CABIN_CTL_TIME_BYTES];
	const char *author = cabin_ctl_text(on, "author");
	if (!json_is_object(on)) {
		put_line(head, "off");
		return;
	}
	snprintf(line, sizeof(line), "%s%s%s since %s (%s)", what, *what && *where ? " in " : "", where,
		 cabin_ctl_local_time(time, cabin_ctl_text(on, "since")), author ? author : "?");
	put_line(head, line);
}

static void show_announcing(const json_t *desk)
{
	const json_t *on = json_object_get(desk, "announcing");
	const char *what = cabin_ctl_text(on, "announcement"), *where = cabin_ctl_text(on, "scope");
	show_on("announcing", on, what ? what : "", where ? where : "");
}

static void show_talkback(const json_t *desk)
{
	char booths[256] = "";
	size_t i;
	const json_t *on = json_object_get(desk, "talkback"), *booth;
	json_array_foreach(json_object_get(on, "to"), i, booth)
	{
		size_t size = strlen(booths);
		snprintf(booths + size, sizeof(booths) - size, "%s%s", i ? ", " : "", json_string_value(booth));
	}
	show_on("talkback", on, booths, "");
}

static int show_rooms(const json_t *desk)
{
	static const char *const heads[] = {"ROOM", "NAME", "INPUT", "LOCK", "NOW", "NEXT", NULL};
	struct cabin_ctl_table *table = cabin_ctl_table_create(heads);
	size_t i;
	const json_t *room;
	json_array_foreach(json_object_get(desk, "rooms"), i, room)
	{
		const char *pin = cabin_ctl_text(room, "pin");
		const json_t *session = json_object_get(room, "session"), *next = json_object_get(room, "next");
		cabin_ctl_table_text(table, cabin_ctl_text(room, "room"));
		cabin_ctl_table_text(table, cabin_ctl_local_name(json_object_get(room, "name")));
		cabin_ctl_table_text(table, cabin_ctl_text(room, "input"));
		if (!json_is_true(json_object_get(room, "locked")))
			cabin_ctl_table_text(table, NULL);
		else
			cabin_ctl_table_cell(table, pin ? "PIN %s" : "locked", pin);
		cabin_ctl_table_text(table, cabin_ctl_local_name(json_object_get(session, "title")));
		cabin_ctl_table_text(table, cabin_ctl_local_name(json_object_get(next, "title")));
	}
	int status = cabin_ctl_table_print(table, stdout, "\n");
	cabin_ctl_table_destroy(table);
	return status;
}

static void show_alarm_count(const json_t *alarms)
{
	char line[128];
	unsigned critical = 0, unseen = 0;
	size_t i, count = json_array_size(json_object_get(alarms, "alarms"));
	const json_t *alarm;
	json_array_foreach(json_object_get(alarms, "alarms"), i, alarm)
	{
		const char *severity = cabin_ctl_text(alarm, "severity");
		critical += severity && strcmp(severity, "critical") == 0;
		unseen += !cabin_ctl_text(alarm, "acknowledged_by");
	}
	snprintf(line, sizeof(line), "%zu: %u critical, %u not acknowledged; cabinctl alarms", count, critical, unseen);
	put_line("alarms", count ? line : "none");
}

static int show_status(struct cabin_ctl_remote *remote, json_t *desk)
{
	json_t *alarms;
	char line[128];
	double listeners = 0;
	size_t i;
	const json_t *channel;
	int status = cabin_ctl_remote_json(remote, "GET", "/alarms", NULL, &alarms);
	if (status != 0)
		return status;
	show_server(json_object_get(desk, "server"));
	json_array_foreach(json_object_get(desk, "channels"), i, channel)
	{
		listeners += cabin_ctl_number(channel, "listeners", 0);
	}
	snprintf(line, sizeof(line), "%.0f", listeners);
	put_line("listeners", line);
	show_alarm_count(alarms);
	json_decref(alarms);
	show_announcing(desk);
	show_talkback(desk);
	snprintf(line, sizeof(line), "%.0f settings differ from the configuration file",
		 cabin_ctl_number(desk, "changes", 0));
	put_line("changes", line);
	putchar('\n');
	return show_rooms(desk);
}

int cabin_ctl_status(const struct cabin_ctl_options *options)
{
	return cabin_ctl_remote_show(options, "/desk", show_status);
}

static int show_talkback_alone(struct cabin_ctl_remote *remote, json_t *desk)
{
	show_talkback(desk);
	return CABIN_CTL_OK;
}

int cabin_ctl_talkback_status(const struct cabin_ctl_options *options)
{
	return cabin_ctl_remote_show(options, "/desk", show_talkback_alone);
}

static int show_alarms(struct cabin_ctl_remote *remote, json_t *answer)
{
	static const char *const heads[] = {">ID",   "SEVERITY",	"KIND", "SUBJECT", ">VALUE", ">THRESHOLD",
					    "SINCE", "ACKNOWLEDGED BY", NULL};
	struct cabin_ctl_table *table = cabin_ctl_table_create(heads);
	const json_t *alarms = json_object_get(answer, "alarms"), *alarm;
	char time[CABIN_CTL_TIME_BYTES];
	size_t i;
	json_array_foreach(alarms, i, alarm)
	{
		const char *unit = cabin_ctl_text(alarm, "unit");
		cabin_ctl_table_cell(table, "%.0f", cabin_ctl_number(alarm, "id", 0));
		cabin_ctl_table_text(table, cabin_ctl_text(alarm, "severity"));
		cabin_ctl_table_text(table, cabin_ctl_text(alarm, "kind"));
		cabin_ctl_table_text(table, cabin_ctl_text(alarm, "subject"));
		if (json_is_number(json_object_get(alarm, "value")))
			cabin_ctl_table_cell(table, "%.4g", cabin_ctl_number(alarm, "value", 0));
		else
			cabin_ctl_table_text(table, NULL);
		if (json_is_number(json_object_get(alarm, "threshold")))
			cabin_ctl_table_cell(table, "%.4g %s", cabin_ctl_number(alarm, "threshold", 0),
					     unit ? unit : "");
		else
			cabin_ctl_table_text(table, NULL);
		cabin_ctl_table_text(table, cabin_ctl_local_time(time, cabin_ctl_text(alarm, "since")));
		cabin_ctl_table_text(table, cabin_ctl_text(alarm, "acknowledged_by"));
	}
	int status = json_array_size(alarms) ? cabin_ctl_table_print(table, stdout, "\n") : CABIN_CTL_OK;
	if (json_array_size(alarms) == 0)
		puts("no alarm is raised");
	cabin_ctl_table_destroy(table);
	return status;
}

int cabin_ctl_alarms(const struct cabin_ctl_options *options)
{
	return cabin_ctl_remote_show(options, "/alarms", show_alarms);
}

static int show_calls(struct cabin_ctl_remote *remote, json_t *answer)
{
	static const char *const heads[] = {"BOOTH", ">SEAT", "NAME", "CALL", NULL};
	struct cabin_ctl_table *table = cabin_ctl_table_create(heads);
	const json_t *booth, *seat;
	unsigned count = 0;
	size_t i, k;
	json_array_foreach(json_object_get(answer, "booths"), i, booth)
	{
		json_array_foreach(json_object_get(booth, "seats"), k, seat)
		{
			if (!cabin_ctl_text(seat, "call"))
				continue;
			cabin_ctl_table_text(table, cabin_ctl_text(booth, "booth"));
			cabin_ctl_table_cell(table, "%.0f", cabin_ctl_number(seat, "seat", 0));
			cabin_ctl_table_text(table, cabin_ctl_text(seat, "name"));
			cabin_ctl_table_text(table, cabin_ctl_text(seat, "call"));
			count++;
		}
	}
	int status = count ? cabin_ctl_table_print(table, stdout, "\n") : CABIN_CTL_OK;
	if (count == 0)
		puts("nobody calls");
	cabin_ctl_table_destroy(table);
	return status;
}

int cabin_ctl_calls(const struct cabin_ctl_options *options)
{
	return cabin_ctl_remote_show(options, "/booths", show_calls);
}
