#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "store/store_database.h"

void cabin_store_text_clean(char *text, size_t size)
{
	size_t bad_offset = 0;
	text[size - 1] = '\0';
	for (size_t at = 0; !cabin_utf8_valid(text + at, strlen(text + at), &bad_offset);) {
		at += bad_offset;
		text[at++] = '?';
	}
}

void cabin_store_time_text(char out[CABIN_STORE_TIME_MAX_BYTES], int64_t unix_ms, bool decimals)
{
	int64_t unix_s = unix_ms / 1000 - (unix_ms % 1000 < 0);
	time_t seconds = (time_t)unix_s;
	struct tm parts;
	char fraction[8] = "";
	if (!gmtime_r(&seconds, &parts)) /* a year that no int holds */
		memset(&parts, 0, sizeof(parts));
	size_t used = strftime(out, CABIN_STORE_TIME_MAX_BYTES - sizeof(fraction), "%Y-%m-%dT%H:%M:%S", &parts);
	if (decimals)
		snprintf(fraction, sizeof(fraction), ".%03d", (int)(unix_ms - unix_s * 1000));
	snprintf(out + used, CABIN_STORE_TIME_MAX_BYTES - used, "%sZ", fraction);
}
