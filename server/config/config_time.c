#include "config/config_time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Days from 1970-01-01 in the Gregorian calendar. */
static int64_t days_from_civil(int year, int month, int day)
{
	int shifted_year = year - (month <= 2);
	int era = shifted_year / 400;
	int year_of_era = shifted_year - era * 400;
	int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return (int64_t)era * 146097 + day_of_era - 719468;
}

static int days_of_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

/* `pattern` with 0 where a digit must be. */
static bool fits(const char *text, const char *pattern)
{
	for (; *pattern; text++, pattern++)
		if (*pattern == '0' ? *text < '0' || *text > '9' : *text != *pattern)
			return false;
	return *text == '\0';
}

static int digits(const char *text, int count)
{
	int value = 0;
	for (int i = 0; i < count; i++)
		value = value * 10 + (text[i] - '0');
	return value;
}

bool cabin_time_parse(const char *text, int64_t *unix_s)
{
	bool plus = fits(text, "0000-00-00T00:00:00+00:00"), minus = fits(text, "0000-00-00T00:00:00-00:00");
	if (!plus && !minus && !fits(text, "0000-00-00T00:00:00Z"))
		return false;
	int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
	int hour = digits(text + 11, 2), minute = digits(text + 14, 2), second = digits(text + 17, 2);
	int offset_hour = plus || minus ? digits(text + 20, 2) : 0;
	int offset_minute = plus || minus ? digits(text + 23, 2) : 0;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month) || hour > 23 ||
	    minute > 59 || second > 59 || offset_hour > 23 || offset_minute > 59)
		return false;
	int64_t offset_s = offset_hour * 3600 + offset_minute * 60;
	if (unix_s)
		*unix_s = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second -
			  (minus ? -offset_s : offset_s);
	return true;
}

bool cabin_time_format_local(char *out, size_t out_size, int64_t unix_s)
{
	time_t moment = (time_t)unix_s;
	struct tm local;
	if (!localtime_r(&moment, &local) || local.tm_year < 70 || local.tm_year > 9999 - 1900)
		return false;
	long offset_minutes = labs(local.tm_gmtoff) / 60;
	int size = snprintf(out, out_size, "%04d-%02d-%02dT%02d:%02d:%02d%c%02ld:%02ld", local.tm_year + 1900,
			    local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec,
			    local.tm_gmtoff < 0 ? '-' : '+', offset_minutes / 60, offset_minutes % 60);
	return size > 0 && (size_t)size < out_size;
}
