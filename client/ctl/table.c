#include "ctl/table.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"
#include "ctl/command.h"

enum { COLUMNS_MAX = 16, GAP = 2 };

struct cabin_ctl_table {
	const char *const *heads;
	unsigned columns;
	bool failed; /* no memory: the table is not whole */
	char **cells;
	unsigned count, room;
};

/* The character at `*at`, which moves behind it; what is no UTF-8 is U+FFFD. */
static uint32_t next(const char **at)
{
	const unsigned char *bytes = (const unsigned char *)*at;
	size_t size = bytes[0] < 0x80 ? 1 : bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
	if (strnlen(*at, size) < size || !cabin_utf8_valid(*at, size, NULL)) {
		(*at)++;
		return 0xfffd;
	}
	uint32_t code = size == 1 ? bytes[0] : bytes[0] & (0x7fu >> size);
	for (size_t i = 1; i < size; i++)
		code = code << 6 | (bytes[i] & 0x3f);
	*at += size;
	return code;
}

static unsigned width_of(uint32_t code)
{
	static const struct {
		uint32_t first, last;
		unsigned width;
	} ranges[] = {{0x300, 0x36f, 0},    {0x1ab0, 0x1aff, 0},   {0x1dc0, 0x1dff, 0},	  {0x200b, 0x200f, 0},
		      {0x202a, 0x202e, 0},  {0x2060, 0x2064, 0},   {0x20d0, 0x20ff, 0},	  {0xfe00, 0xfe0f, 0},
		      {0xfe20, 0xfe2f, 0},  {0x1100, 0x115f, 2},   {0x2e80, 0x303e, 2},	  {0x3041, 0xa4cf, 2},
		      {0xac00, 0xd7a3, 2},  {0xf900, 0xfaff, 2},   {0xfe30, 0xfe6f, 2},	  {0xff00, 0xff60, 2},
		      {0xffe0, 0xffe6, 2},  {0x1f300, 0x1f64f, 2}, {0x1f680, 0x1f6ff, 2}, {0x1f900, 0x1f9ff, 2},
		      {0x20000, 0x3fffd, 2}};
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return ranges[i].width;
	return 1;
}

unsigned cabin_ctl_width(const char *text)
{
	unsigned width = 0;
	while (*text)
		width += width_of(next(&text));
	return width;
}

/* Control characters, and those that turn the direction of the text around. */
static bool is_dangerous(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xfffd || code == 0x2028 || code == 0x2029 ||
	       (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

void cabin_ctl_put_clean(const char *text, FILE *to)
{
	while (*text) {
		const char *begin = text;
		if (is_dangerous(next(&text)))
			fputc('?', to);
		else
			fwrite(begin, 1, (size_t)(text - begin), to);
	}
}

struct cabin_ctl_table *cabin_ctl_table_create(const char *const *heads)
{
	struct cabin_ctl_table *table = calloc(1, sizeof(*table));
	if (!table)
		return NULL;
	table->heads = heads;
	while (heads[table->columns])
		table->columns++;
	CABIN_ASSERT(table->columns > 0 && table->columns <= COLUMNS_MAX);
	return table;
}

void cabin_ctl_table_destroy(struct cabin_ctl_table *table)
{
	for (unsigned i = 0; table && i < table->count; i++)
		free(table->cells[i]);
	if (table)
		free(table->cells);
	free(table);
}

static char *clean_copy(const char *text)
{
	char *out = NULL;
	size_t size;
	FILE *to = open_memstream(&out, &size);
	if (!to)
		return NULL;
	cabin_ctl_put_clean(text, to);
	if (fclose(to) == 0)
		return out;
	free(out);
	return NULL;
}

void cabin_ctl_table_text(struct cabin_ctl_table *table, const char *text)
{
	if (!table || table->failed)
		return;
	if (table->count == table->room) {
		unsigned room = table->room ? 2 * table->room : 64;
		char **cells = realloc(table->cells, room * sizeof(*cells));
		table->failed = !cells;
		if (!cells)
			return;
		table->cells = cells;
		table->room = room;
	}
	char *cell = clean_copy(text && *text ? text : "–");
	table->failed = !cell;
	if (cell)
		table->cells[table->count++] = cell;
}

void cabin_ctl_table_cell(struct cabin_ctl_table *table, const char *format, ...)
{
	char *text;
	va_list arguments;
	va_start(arguments, format);
	int size = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (size >= 0) {
		cabin_ctl_table_text(table, text);
		free(text);
	} else if (table) {
		table->failed = true;
	}
}

static void print_cell(FILE *to, const char *text, unsigned width, bool right, bool last)
{
	unsigned own = cabin_ctl_width(text), fill = width > own ? width - own : 0;
	if (right)
		fprintf(to, "%*s", (int)fill, "");
	fputs(text, to);
	if (!last)
		fprintf(to, "%*s", (int)(right ? 0 : fill) + GAP, "");
}

int cabin_ctl_table_print(const struct cabin_ctl_table *table, FILE *to, const char *end)
{
	unsigned widths[COLUMNS_MAX];
	if (!table || table->failed)
		return cabin_ctl_complain(CABIN_CTL_FAILED, "no memory");
	CABIN_ASSERT(table->columns > 0);
	for (unsigned i = 0; i < table->columns; i++)
		widths[i] = cabin_ctl_width(table->heads[i] + (table->heads[i][0] == '>'));
	for (unsigned i = 0; i < table->count; i++) {
		unsigned width = cabin_ctl_width(table->cells[i]), *widest = &widths[i % table->columns];
		*widest = width > *widest ? width : *widest;
	}
	for (unsigned i = 0; i < table->columns + table->count; i++) {
		unsigned column = i % table->columns;
		bool right = table->heads[column][0] == '>', last = column + 1 == table->columns;
		const char *text = i < table->columns ? table->heads[column] + right : table->cells[i - table->columns];
		print_cell(to, text, widths[column], right, last);
		if (last)
			fputs(end, to);
	}
	return CABIN_CTL_OK;
}
