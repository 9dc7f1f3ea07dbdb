#include "config/config_issues.h"

#include <stdarg.h>
#include <stdlib.h>

void cabin_issues_add(struct cabin_issues *issues, struct cabin_place place, const char *format, ...)
{
	uint32_t order = issues->count++;
	if (order >= CABIN_ISSUES_MAX)
		return;
	struct cabin_issue *issue = &issues->kept[order];
	issue->place = place;
	issue->order = order;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(issue->text, sizeof(issue->text), format, arguments);
	va_end(arguments);
}

static int compare(const void *left, const void *right)
{
	const struct cabin_issue *a = left, *b = right;
	if (a->place.line != b->place.line)
		return a->place.line < b->place.line ? -1 : 1;
	if (a->place.column != b->place.column)
		return a->place.column < b->place.column ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

void cabin_issues_write(struct cabin_issues *issues, const char *file_name, FILE *to)
{
	uint32_t kept = issues->count < CABIN_ISSUES_MAX ? issues->count : CABIN_ISSUES_MAX;
	qsort(issues->kept, kept, sizeof(issues->kept[0]), compare);
	for (uint32_t i = 0; i < kept; i++) {
		const struct cabin_issue *issue = &issues->kept[i];
		if (issue->place.line == 0)
			fprintf(to, "%s: %s\n", file_name, issue->text);
		else
			fprintf(to, "%s:%u:%u: %s\n", file_name, issue->place.line, issue->place.column, issue->text);
	}
	if (issues->count > kept)
		fprintf(to, "%s: … and %u more; correct these first\n", file_name, issues->count - kept);
}
