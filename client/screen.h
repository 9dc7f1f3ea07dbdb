/* What the terminal shows, as a grid of cells: drawn from the console model by pure
 * code, so that a test reads it.
 *
 * One line says what cannot be missed, in a block of its own that is read without colour
 * too. 80 × 24 and larger; smaller says so. One owner, one thread. */
#ifndef CABIN_CLIENT_SCREEN_H
#define CABIN_CLIENT_SCREEN_H

#include <stddef.h>
#include <stdint.h>

#include "client/console_model.h"

enum {
	CABIN_SCREEN_ROWS_MIN = 24,
	CABIN_SCREEN_COLUMNS_MIN = 80,
	CABIN_SCREEN_ROWS_MAX = 80,
	CABIN_SCREEN_COLUMNS_MAX = 240,
	CABIN_CELL_BYTES = 12 /* one character with its marks, and a NUL */
};

/* What a cell means; the terminal makes colours of it, or bold and inverse alone. */
enum cabin_style {
	CABIN_STYLE_PLAIN,
	CABIN_STYLE_FAINT,
	CABIN_STYLE_STRONG,
	CABIN_STYLE_GOOD,
	CABIN_STYLE_WARNING,
	CABIN_STYLE_ALARM,  /* inverse */
	CABIN_STYLE_ON_AIR, /* inverse: the block */
	CABIN_STYLE_SILENT, /* inverse: cough, held, soon */
	CABIN_STYLE_OFF,    /* the block of a microphone that is off */
	CABIN_STYLE_SAID,   /* inverse: the line that is said */
	CABIN_STYLE_KEY,
	CABIN_STYLE_COUNT
};

struct cabin_cell {
	char text[CABIN_CELL_BYTES]; /* empty: the right half of a wide one */
	uint8_t style;
};

struct cabin_screen {
	uint32_t rows, columns;
	struct cabin_cell cells[CABIN_SCREEN_ROWS_MAX][CABIN_SCREEN_COLUMNS_MAX];
};

/* Draws all of it for a terminal of this size (cut to the limits). */
void cabin_screen_draw(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t rows,
		       uint32_t columns);

/* One row as UTF-8 without trailing blanks; returns its length. */
size_t cabin_screen_row(const struct cabin_screen *screen, uint32_t row, char *out, size_t out_size);

/* Columns that a text takes. */
uint32_t cabin_text_columns(const char *text);

#endif
