#include "client/terminal.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { BYTES_MAX = 256 * 1024 };

/* Alternate screen, no cursor, and the kitty keyboard protocol: tell repeats, releases
 * and text of all keys. A terminal that does not know it passes over it. */
static const char begin_bytes[] = "\x1b[?1049h\x1b[?25l\x1b[>27u\x1b[2J";
static const char end_bytes[] = "\x1b[<u\x1b[0m\x1b[?25h\x1b[?1049l";

static const char *const colours[CABIN_STYLE_COUNT] = {
    [CABIN_STYLE_PLAIN] = "0",		[CABIN_STYLE_FAINT] = "0;2",	    [CABIN_STYLE_STRONG] = "0;1",
    [CABIN_STYLE_GOOD] = "0;1;32",	[CABIN_STYLE_WARNING] = "0;1;33",   [CABIN_STYLE_ALARM] = "0;1;97;41",
    [CABIN_STYLE_ON_AIR] = "0;1;97;41", [CABIN_STYLE_SILENT] = "0;1;30;43", [CABIN_STYLE_OFF] = "0;1;97;44",
    [CABIN_STYLE_SAID] = "0;1;7",	[CABIN_STYLE_KEY] = "0;1;36",
};
static const char *const plain[CABIN_STYLE_COUNT] = {
    [CABIN_STYLE_PLAIN] = "0",	    [CABIN_STYLE_FAINT] = "0",	     [CABIN_STYLE_STRONG] = "0;1",
    [CABIN_STYLE_GOOD] = "0;1",	    [CABIN_STYLE_WARNING] = "0;1;4", [CABIN_STYLE_ALARM] = "0;1;7",
    [CABIN_STYLE_ON_AIR] = "0;1;7", [CABIN_STYLE_SILENT] = "0;7",    [CABIN_STYLE_OFF] = "0",
    [CABIN_STYLE_SAID] = "0;7",	    [CABIN_STYLE_KEY] = "0;1",
};

struct cabin_terminal {
	struct termios before;
	bool colour, has_shown;
	struct cabin_screen shown;
	char bytes[BYTES_MAX];
};

int cabin_terminal_create(struct cabin_terminal **out, bool colour)
{
	*out = NULL;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return CABIN_EUNSUPPORTED;
	struct cabin_terminal *terminal = calloc(1, sizeof(*terminal));
	if (!terminal)
		return CABIN_ENOMEM;
	terminal->colour = colour;
	if (tcgetattr(STDIN_FILENO, &terminal->before) != 0) {
		free(terminal);
		return CABIN_EUNSUPPORTED;
	}
	struct termios raw = terminal->before;
	cfmakeraw(&raw);
	raw.c_oflag |= OPOST | ONLCR;
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
	ssize_t written = write(STDOUT_FILENO, begin_bytes, sizeof(begin_bytes) - 1);
	(void)written;
	*out = terminal;
	return 0;
}

void cabin_terminal_destroy(struct cabin_terminal *terminal)
{
	if (!terminal)
		return;
	ssize_t written = write(STDOUT_FILENO, end_bytes, sizeof(end_bytes) - 1);
	(void)written;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal->before);
	free(terminal);
}

void cabin_terminal_size(const struct cabin_terminal *terminal, uint32_t *rows, uint32_t *columns)
{
	struct winsize size = {0};
	bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col;
	*rows = known ? size.ws_row : CABIN_SCREEN_ROWS_MIN;
	*columns = known ? size.ws_col : CABIN_SCREEN_COLUMNS_MIN;
}

static bool same(const struct cabin_cell *a, const struct cabin_cell *b)
{
	return a->style == b->style && strcmp(a->text, b->text) == 0;
}

size_t cabin_terminal_difference(char *out, size_t out_size, const struct cabin_screen *before,
				 const struct cabin_screen *after, bool colour)
{
	size_t used = 0;
	int style = -1;
	if (before && (before->rows != after->rows || before->columns != after->columns))
		before = NULL;
	if (!before)
		used += (size_t)snprintf(out, out_size, "\x1b[0m\x1b[2J");
	for (uint32_t row = 0; row < after->rows; row++) {
		bool placed = false;
		for (uint32_t column = 0; column < after->columns; column++) {
			const struct cabin_cell *cell = &after->cells[row][column];
			if (before && same(cell, &before->cells[row][column])) {
				placed = false;
				continue;
			}
			/* The right half of a wide character comes with its left. */
			if (!cell->text[0])
				continue;
			if (out_size - used < 64)
				return used;
			if (!placed)
				used +=
				    (size_t)snprintf(out + used, out_size - used, "\x1b[%u;%uH", row + 1, column + 1);
			if (style != cell->style)
				used += (size_t)snprintf(out + used, out_size - used, "\x1b[%sm",
							 (colour ? colours : plain)[cell->style]);
			used += (size_t)snprintf(out + used, out_size - used, "%s", cell->text);
			style = cell->style;
			placed = true;
		}
	}
	return used;
}

/* False: nobody reads. */
static bool write_all(const char *bytes, size_t size)
{
	while (size > 0) {
		struct pollfd ready = {.fd = STDOUT_FILENO, .events = POLLOUT};
		if (poll(&ready, 1, 0) <= 0)
			return false;
		size_t piece = size < 512 ? size : 512;
		ssize_t written = write(STDOUT_FILENO, bytes, piece);
		if (written <= 0)
			return false;
		bytes += written;
		size -= (size_t)written;
	}
	return true;
}

void cabin_terminal_show(struct cabin_terminal *terminal, const struct cabin_screen *screen)
{
	size_t size =
	    cabin_terminal_difference(terminal->bytes, sizeof(terminal->bytes),
				      terminal->has_shown ? &terminal->shown : NULL, screen, terminal->colour);
	terminal->has_shown = write_all(terminal->bytes, size);
	terminal->shown = *screen;
}

void cabin_terminal_bell(struct cabin_terminal *terminal)
{
	(void)write_all("\a", 1);
}
