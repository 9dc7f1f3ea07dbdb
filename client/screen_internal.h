/* Shared by screen.c (cells, the live page) and screen_pages.c (the others). Nobody else
 * includes it. */
#ifndef CABIN_CLIENT_SCREEN_INTERNAL_H
#define CABIN_CLIENT_SCREEN_INTERNAL_H

#include "client/screen.h"
#include "client/texts.h"

/* Writes from a place on, cut at the row's end; returns the column after it. */
uint32_t cabin_put(struct cabin_screen *screen, uint32_t row, uint32_t column, enum cabin_style style,
		   const char *text);
uint32_t cabin_putf(struct cabin_screen *screen, uint32_t row, uint32_t column, enum cabin_style style,
		    const char *format, ...) __attribute__((format(printf, 5, 6)));
/* So that it ends before column `end`. */
void cabin_put_right(struct cabin_screen *screen, uint32_t row, uint32_t end, enum cabin_style style, const char *text);
void cabin_put_middle(struct cabin_screen *screen, uint32_t row, enum cabin_style style, const char *text);
/* A whole row of one style. */
void cabin_fill_row(struct cabin_screen *screen, uint32_t row, enum cabin_style style);

const char *cabin_say(const struct cabin_console_model *model, int text);
/* A channel's name in the console's language, or its id. */
const char *cabin_channel_name(const struct cabin_console_model *model, uint16_t number);
/* A language's: the name of its channel in the room, or its id. */
const char *cabin_language_name(const struct cabin_console_model *model, const char *language);
const char *cabin_booth_name(const struct cabin_console_model *model, const char *id);
/* "2 Lan" */
void cabin_seat_name(const struct cabin_console_model *model, uint8_t seat, char *out, size_t out_size);

/* Returns the first row after it. */
uint32_t cabin_draw_level(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row,
			  const char *label, float dbfs, float peak_dbfs, const char *word, enum cabin_style style);

/* screen_pages.c: between the block and the keys. */
void cabin_draw_preflight(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row);
void cabin_draw_sound(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row);
void cabin_draw_messages(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row);
void cabin_draw_help(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row);

#endif
