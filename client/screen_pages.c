/* The pages beside the live one: before going on air, sound, messages, help. The block
 * and the line that is said stay on all of them. */
#include <stdio.h>
#include <string.h>

#include "client/screen_internal.h"

enum { INDENT = 2, VALUE_COLUMN = 36, HELP_LINES = 12, CANNED_COLUMNS = 26, CANNED_PER_ROW = 3 };

static void draw_check(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row,
		       enum cabin_preflight step)
{
	static const enum cabin_style styles[] = {[CABIN_CHECK_OPEN] = CABIN_STYLE_WARNING,
						  [CABIN_CHECK_GOOD] = CABIN_STYLE_GOOD,
						  [CABIN_CHECK_BAD] = CABIN_STYLE_ALARM};
	enum cabin_check check = model->checks[step];
	cabin_putf(screen, row, INDENT, CABIN_STYLE_STRONG, "%d  %s", (int)step + 1,
		   cabin_say(model, CABIN_TEXT_CHECK + (int)step));
	cabin_put(screen, row, 17, styles[check], cabin_say(model, CABIN_TEXT_CHECKED + (int)check));
	cabin_put(screen, row, 30, CABIN_STYLE_PLAIN, cabin_say(model, CABIN_TEXT_CHECK_HOW + (int)step));
}

void cabin_draw_preflight(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row)
{
	const struct cabin_facts *facts = &model->facts;
	cabin_put(screen, row, INDENT, CABIN_STYLE_STRONG, cabin_say(model, CABIN_TEXT_PREFLIGHT));
	row += 2;
	draw_check(screen, model, row, CABIN_PREFLIGHT_MICROPHONE);
	cabin_draw_level(screen, model, row + 1, "", facts->microphone_open ? facts->own_dbfs : -120,
			 facts->own_peak_dbfs,
			 facts->microphone_open ? cabin_say(model, CABIN_TEXT_VOICE + (int)facts->voice)
						: cabin_say(model, CABIN_TEXT_NO_MICROPHONE),
			 CABIN_STYLE_PLAIN);
	draw_check(screen, model, row + 3, CABIN_PREFLIGHT_HEADSET);
	if (!facts->headset_open)
		cabin_put(screen, row + 4, 30, CABIN_STYLE_ALARM, cabin_say(model, CABIN_TEXT_NO_HEADSET));
	else if (model->test_tone)
		cabin_put(screen, row + 4, 30, CABIN_STYLE_STRONG, cabin_say(model, CABIN_TEXT_TONE_PLAYS));
	draw_check(screen, model, row + 5, CABIN_PREFLIGHT_OWN_VOICE);
	if (model->echo)
		cabin_put(screen, row + 6, 30, CABIN_STYLE_STRONG, cabin_say(model, CABIN_TEXT_ECHO_RUNS));
	draw_check(screen, model, row + 7, CABIN_PREFLIGHT_NETWORK);
	if (!model->connected)
		cabin_put(screen, row + 8, 30, CABIN_STYLE_ALARM,
			  cabin_say(model, CABIN_TEXT_PROBLEM + (int)model->problem));
	else if (facts->round_trip_ms >= 0)
		cabin_putf(screen, row + 8, 30, CABIN_STYLE_PLAIN, "%s %.1f ms, %s %.1f %%",
			   cabin_say(model, CABIN_TEXT_ROUND_TRIP), facts->round_trip_ms,
			   cabin_say(model, CABIN_TEXT_LOSS), facts->lost_percent);
	cabin_put(screen, screen->rows - 2, INDENT, CABIN_STYLE_KEY, cabin_say(model, CABIN_TEXT_PREFLIGHT_KEYS));
}

static void sound_value(const struct cabin_console_model *model, enum cabin_sound_row which, char *out, size_t out_size)
{
	const struct cabin_sound_settings *sound = &model->settings.sound;
	const double values[] = {[CABIN_SOUND_VOLUME] = sound->volume_db,
				 [CABIN_SOUND_BASS] = sound->bass_db,
				 [CABIN_SOUND_TREBLE] = sound->treble_db,
				 [CABIN_SOUND_MONITOR] = sound->monitor_db};
	if (which == CABIN_SOUND_BELL)
		snprintf(out, out_size, "%s", cabin_say(model, sound->bell ? CABIN_TEXT_YES : CABIN_TEXT_NO));
	else if (which == CABIN_SOUND_SENSITIVITY && sound->sensitivity_db_spl == 0)
		snprintf(out, out_size, "%s", cabin_say(model, CABIN_TEXT_NOT_CALIBRATED));
	else if (which == CABIN_SOUND_SENSITIVITY)
		snprintf(out, out_size, "%.0f dB SPL", sound->sensitivity_db_spl);
	else
		snprintf(out, out_size, "%+.1f dB", values[which]);
}

void cabin_draw_sound(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row)
{
	char value[64];
	cabin_put(screen, row, INDENT, CABIN_STYLE_STRONG, cabin_say(model, CABIN_TEXT_SOUND_TITLE));
	row += 2;
	for (uint32_t i = 0; i < CABIN_SOUND_ROWS; i++) {
		bool chosen = i == model->sound_row;
		enum cabin_style style = chosen ? CABIN_STYLE_SAID : CABIN_STYLE_PLAIN;
		sound_value(model, (enum cabin_sound_row)i, value, sizeof(value));
		cabin_putf(screen, row + i, INDENT, style, "%s %s", chosen ? ">" : " ",
			   cabin_say(model, CABIN_TEXT_SOUND + (int)i));
		cabin_put(screen, row + i, VALUE_COLUMN, style, value);
	}
	row += CABIN_SOUND_ROWS + 1;
	cabin_put(screen, row, INDENT, CABIN_STYLE_FAINT, cabin_say(model, CABIN_TEXT_SOUND_CALIBRATION));
	cabin_put(screen, row + 1, INDENT, CABIN_STYLE_FAINT, cabin_say(model, CABIN_TEXT_SOUND_CALIBRATION_2));
	if (model->test_tone)
		cabin_put(screen, row + 2, INDENT, CABIN_STYLE_STRONG, cabin_say(model, CABIN_TEXT_TONE_PLAYS));
	cabin_put(screen, screen->rows - 2, INDENT, CABIN_STYLE_KEY, cabin_say(model, CABIN_TEXT_SOUND_KEYS));
}

static void draw_message(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row,
			 const struct cabin_session_message *message)
{
	char from[160];
	if (!message->booth[0])
		snprintf(from, sizeof(from), "%s", cabin_say(model, CABIN_TEXT_TECHNICIAN_NAME));
	else if (strcmp(message->booth, model->session->booth_id) == 0)
		cabin_seat_name(model, message->seat, from, sizeof(from));
	else
		snprintf(from, sizeof(from), "%s %u", cabin_booth_name(model, message->booth), message->seat);
	uint32_t column = cabin_putf(screen, row, INDENT, CABIN_STYLE_FAINT, "%s: ", from);
	cabin_put(screen, row, column, CABIN_STYLE_STRONG,
		  message->canned >= 0 ? cabin_say(model, CABIN_TEXT_CANNED + message->canned) : message->text);
}

void cabin_draw_messages(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row)
{
	static const char digits[] = "1234567890-";
	const struct cabin_session *session = model->session;
	cabin_put(screen, row++, INDENT, CABIN_STYLE_STRONG, cabin_say(model, CABIN_TEXT_MESSAGES));
	uint32_t room = screen->rows - row - 11;
	uint32_t first = session->message_count > room ? session->message_count - room : 0;
	for (uint32_t i = first; i < session->message_count; i++)
		draw_message(screen, model, row++, &session->messages[i]);
	if (session->message_count == 0)
		cabin_put(screen, row++, INDENT, CABIN_STYLE_FAINT, cabin_say(model, CABIN_TEXT_MESSAGES_NONE));
	row++;
	cabin_putf(screen, row++, INDENT, CABIN_STYLE_STRONG, "%s: %s", cabin_say(model, CABIN_TEXT_SEND_TO),
		   cabin_say(model, CABIN_TEXT_TO + (int)model->message_to));
	for (int i = 0; i < CABIN_CANNED_COUNT; i++) {
		uint32_t place = INDENT + (uint32_t)(i % CANNED_PER_ROW) * CANNED_COLUMNS;
		uint32_t column =
		    cabin_putf(screen, row + (uint32_t)(i / CANNED_PER_ROW), place, CABIN_STYLE_KEY, "%c ", digits[i]);
		cabin_put(screen, row + (uint32_t)(i / CANNED_PER_ROW), column, CABIN_STYLE_PLAIN,
			  cabin_say(model, CABIN_TEXT_CANNED + i));
	}
	row += (CABIN_CANNED_COUNT + CANNED_PER_ROW - 1) / CANNED_PER_ROW;
	if (model->typing) {
		cabin_put(screen, row, INDENT, CABIN_STYLE_ALARM, cabin_say(model, CABIN_TEXT_TYPING));
		cabin_putf(screen, row + 1, INDENT, CABIN_STYLE_STRONG, "> %s_", model->typed);
	}
	cabin_put(screen, screen->rows - 2, INDENT, CABIN_STYLE_KEY, cabin_say(model, CABIN_TEXT_MESSAGES_KEYS));
}

void cabin_draw_help(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row)
{
	cabin_put(screen, row++, INDENT, CABIN_STYLE_STRONG, cabin_say(model, CABIN_TEXT_HELP));
	for (int i = 1; i < HELP_LINES; i++)
		cabin_put(screen, row++, INDENT, CABIN_STYLE_PLAIN, cabin_say(model, CABIN_TEXT_HELP + i));
	cabin_put(screen, screen->rows - 2, INDENT, CABIN_STYLE_KEY, cabin_say(model, CABIN_TEXT_HELP + 15));
}
