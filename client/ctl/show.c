#include "ctl/show.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl/command.h"
#include "ctl/remote.h"

/* Seconds since 1970; false: not RFC 3339. Fractions of a second are left out. */
static bool parse_time(const char *text, time_t *out)
{
	struct tm parts = {0};
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
	int hours = 0, minutes = 0;
	char end = '\0';
	if (!rest)
		return false;
	*out = timegm(&parts);
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	if (strcmp(rest, "Z") == 0)
		return true;
	if ((*rest != '+' && *rest != '-') || sscanf(rest + 1, "%2d:%2d%c", &hours, &minutes, &end) != 2)
		return false;
	*out -= (*rest == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return true;
}

const char *cabin_ctl_local_time(char out[CABIN_CTL_TIME_BYTES], const char *rfc3339)
{
	time_t when;
	struct tm local;
	if (!rfc3339 || !parse_time(rfc3339, &when) || !localtime_r(&when, &local) ||
	    strftime(out, CABIN_CTL_TIME_BYTES, "%Y-%m-%d %H:%M:%S", &local) == 0)
		snprintf(out, CABIN_CTL_TIME_BYTES, "%s", rfc3339 ? rfc3339 : "");
	return out;
}

bool cabin_ctl_moment(char out[CABIN_CTL_TIME_BYTES], const char *text)
{
	time_t when;
	struct tm utc;
	int64_t ago_s = cabin_ctl_seconds(text);
	if (ago_s == 0)
		return parse_time(text, &when) &&
		       snprintf(out, CABIN_CTL_TIME_BYTES, "%s", text) < CABIN_CTL_TIME_BYTES;
	when = time(NULL) - (time_t)ago_s;
	return gmtime_r(&when, &utc) && strftime(out, CABIN_CTL_TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &utc) > 0;
}

const char *cabin_ctl_local_name(const json_t *names)
{
	static const char *const places[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *value = getenv(places[i]);
		if (!value || !*value)
			continue;
		char language[3] = {value[0], value[0] ? value[1] : '\0'};
		const char *text = cabin_ctl_text(names, language);
		return text ? text : cabin_ctl_text(names, "en");
	}
	return cabin_ctl_text(names, "en");
}

const char *cabin_ctl_channel_id(char out[CABIN_CTL_LABEL_BYTES], const json_t *desk, const json_t *number)
{
	size_t i;
	const json_t *channel;
	snprintf(out, CABIN_CTL_LABEL_BYTES, "%lld", (long long)json_integer_value(number));
	json_array_foreach(json_object_get(desk, "channels"), i, channel)
	{
		const char *id = cabin_ctl_text(channel, "id");
		if (id && json_equal(json_object_get(channel, "channel"), number))
			snprintf(out, CABIN_CTL_LABEL_BYTES, "%s", id);
	}
	return out;
}

const json_t *cabin_ctl_find(const json_t *list, const char *name, const char *id)
{
	size_t i;
	const json_t *one;
	json_array_foreach(list, i, one)
	{
		const char *text = cabin_ctl_text(one, name);
		if (text && strcmp(text, id) == 0)
			return one;
	}
	return NULL;
}
