/* Tables for people: columns as wide as what stands in them is on a terminal. Texts of
 * others (names, events of the log) are shown without control characters, so that they
 * cannot move the cursor. Single thread. */
#ifndef CABIN_CTL_TABLE_H
#define CABIN_CTL_TABLE_H

#include <stdio.h>

struct cabin_ctl_table;

/* `heads`: the columns' names, ended by NULL, borrowed; one that begins with '>' is set to
 * the right. NULL: no memory; all functions take it, and print says so. */
struct cabin_ctl_table *cabin_ctl_table_create(const char *const *heads);
void cabin_ctl_table_destroy(struct cabin_ctl_table *table);

/* The next cell, from left to right, line by line; NULL or "" is shown as a dash. Copied. */
void cabin_ctl_table_text(struct cabin_ctl_table *table, const char *text);
__attribute__((format(printf, 2, 3))) void cabin_ctl_table_cell(struct cabin_ctl_table *table, const char *format, ...);

/* Each line ended by `end` ("\n"); the heads in front. An exit status. */
int cabin_ctl_table_print(const struct cabin_ctl_table *table, FILE *to, const char *end);

/* Columns of a terminal that the UTF-8 text takes; a byte that is none takes one. */
unsigned cabin_ctl_width(const char *text);

/* Writes it, each control character as '?', and what is no UTF-8 as well. */
void cabin_ctl_put_clean(const char *text, FILE *to);

#endif
