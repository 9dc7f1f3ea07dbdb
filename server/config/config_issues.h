/* Everything that is wrong with a configuration, collected so that all of it is
 * told at once, in the order of the file: `FILE:LINE:COLUMN: what; what to do`.
 *
 * At most CABIN_ISSUES_MAX are kept, the rest only counted. Main thread. */
#ifndef CABIN_CONFIG_ISSUES_H
#define CABIN_CONFIG_ISSUES_H

#include <stdint.h>
#include <stdio.h>

enum { CABIN_ISSUES_MAX = 100, CABIN_ISSUE_MAX_BYTES = 400 };

struct cabin_place {
	uint32_t line, column; /* from 1; columns count characters; 0: the whole file */
};

struct cabin_issue {
	struct cabin_place place;
	uint32_t order;
	char text[CABIN_ISSUE_MAX_BYTES];
};

struct cabin_issues {
	uint32_t count; /* all of them, kept or not */
	struct cabin_issue kept[CABIN_ISSUES_MAX];
};

void cabin_issues_add(struct cabin_issues *issues, struct cabin_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* One line each, sorted by place (same place: as they were added). */
void cabin_issues_write(struct cabin_issues *issues, const char *file_name, FILE *to);

#endif
