#include "client/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client/screen_internal.h"

enum { BLOCK_ROWS = 5, LABEL_COLUMNS = 19, BAR_COLUMNS = 30, KEY_ROWS = 3 };

/* --- cells --------------------------------------------------------------------------- */

/* One character of UTF-8 that is known to be well-formed or is cut by its end. */
static uint32_t character(const char *text, size_t *size)
{
	unsigned char first = (unsigned char)text[0];
	size_t wanted = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	uint32_t code = first < 0x80 ? first : first & (0xffu >> (wanted + 1));
	*size = 1;
	while (*size < wanted && ((unsigned char)text[*size] & 0xc0) == 0x80)
		code = code << 6 | ((unsigned char)text[(*size)++] & 0x3f);
	return code;
}

static uint32_t columns_of(uint32_t code)
{
	if ((code >= 0x300 && code <= 0x36f) || code == 0x200d || (code >= 0xfe00 && code <= 0xfe0f))
		return 0;
	bool wide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) ||
		    (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
		    (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
		    (code >= 0x1f300 && code <= 0x1faff);
	return wide ? 2 : 1;
}

uint32_t cabin_text_columns(const char *text)
{
	uint32_t columns = 0;
	for (size_t size; *text; text += size)
		columns += columns_of(character(text, &size));
	return columns;
}

/* A mark joins the character before it. */
static void add_mark(struct cabin_screen *screen, uint32_t row, uint32_t column, const char *text, size_t size)
{
	if (column == 0)
		return;
	char *cell = screen->cells[row][column - 1].text;
	if (strlen(cell) + size < CABIN_CELL_BYTES)
		strncat(cell, text, size);
}

uint32_t cabin_put(struct cabin_screen *screen, uint32_t row, uint32_t column, enum cabin_style style, const char *text)
{
	if (row >= screen->rows)
		return column;
	for (size_t size; *text; text += size) {
		uint32_t code = character(text, &size), columns = columns_of(code);
		if (columns == 0) {
			add_mark(screen, row, column, text, size);
			continue;
		}
		if (column + columns > screen->columns)
			break;
		struct cabin_cell *cell = &screen->cells[row][column];
		memset(cell, 0, columns * sizeof(*cell));
		/* No control character ever reaches the terminal, whoever sent the text. */
		if (code < ' ' || (code >= 0x7f && code < 0xa0))
			cell->text[0] = '?';
		else
			memcpy(cell->text, text, size);
		for (uint32_t i = 0; i < columns; i++)
			cell[i].style = (uint8_t)style;
		column += columns;
	}
	return column;
}

uint32_t cabin_putf(struct cabin_screen *screen, uint32_t row, uint32_t column, enum cabin_style style,
		    const char *format, ...)
{
	char text[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return cabin_put(screen, row, column, style, text);
}

void cabin_put_right(struct cabin_screen *screen, uint32_t row, uint32_t end, enum cabin_style style, const char *text)
{
	uint32_t columns = cabin_text_columns(text);
	cabin_put(screen, row, columns < end ? end - columns : 0, style, text);
}

void cabin_put_middle(struct cabin_screen *screen, uint32_t row, enum cabin_style style, const char *text)
{
	uint32_t columns = cabin_text_columns(text);
	cabin_put(screen, row, columns < screen->columns ? (screen->columns - columns) / 2 : 0, style, text);
}

void cabin_fill_row(struct cabin_screen *screen, uint32_t row, enum cabin_style style)
{
	for (uint32_t column = 0; row < screen->rows && column < screen->columns; column++)
		screen->cells[row][column] = (struct cabin_cell){.text = " ", .style = (uint8_t)style};
}

size_t cabin_screen_row(const struct cabin_screen *screen, uint32_t row, char *out, size_t out_size)
{
	size_t used = 0, end = 0;
	for (uint32_t column = 0; row < screen->rows && column < screen->columns; column++) {
		const char *text = screen->cells[row][column].text;
		size_t size = strlen(text);
		if (used + size >= out_size)
			break;
		memcpy(out + used, text, size);
		used += size;
		if (size && text[0] != ' ')
			end = used;
	}
	out[end] = '\0';
	return end;
}

/* --- names --------------------------------------------------------------------------- */

const char *cabin_say(const struct cabin_console_model *model, int text)
{
	return cabin_text(model->language, text);
}

const char *cabin_channel_name(const struct cabin_console_model *model, uint16_t number)
{
	const struct cabin_event_channel *channel = cabin_session_channel(model->session, number);
	if (!channel)
		return "–";
	return channel->name[model->language][0] ? channel->name[model->language] : channel->id;
}

const char *cabin_language_name(const struct cabin_console_model *model, const char *language)
{
	const struct cabin_session *session = model->session;
	for (uint32_t i = 0; language[0] && i < session->channel_count; i++) {
		if (strcmp(session->channels[i].language, language) == 0)
			return cabin_channel_name(model, session->channels[i].number);
	}
	return language[0] ? language : cabin_say(model, CABIN_TEXT_UNKNOWN);
}

const char *cabin_booth_name(const struct cabin_console_model *model, const char *id)
{
	for (uint32_t i = 0; i < model->session->booth_count; i++) {
		const struct cabin_event_booth *booth = &model->session->booths[i];
		if (strcmp(booth->id, id) == 0 && booth->name[model->language][0])
			return booth->name[model->language];
	}
	return id;
}

void cabin_seat_name(const struct cabin_console_model *model, uint8_t seat, char *out, size_t out_size)
{
	const struct cabin_session *session = model->session;
	const char *name = seat >= 1 && seat <= session->seat_count ? session->seats[seat - 1].name : "";
	snprintf(out, out_size, "%u%s%s", seat, name[0] ? " " : "", name);
}

/* --- the block ------------------------------------------------------------------------ */

static enum cabin_style block_style(enum cabin_air air)
{
	switch (air) {
	case CABIN_AIR_ON:
		return CABIN_STYLE_ON_AIR;
	case CABIN_AIR_COUGH:
	case CABIN_AIR_HELD:
	case CABIN_AIR_SOON:
	case CABIN_AIR_ASKED:
		return CABIN_STYLE_SILENT;
	case CABIN_AIR_UNCERTAIN:
		return CABIN_STYLE_ALARM;
	default:
		return CABIN_STYLE_OFF;
	}
}

/* "Tiếng Việt" of the outgoing channel, with the letter of its output. */
static void output_name(const struct cabin_console_model *model, uint8_t output, char *out, size_t out_size)
{
	const struct cabin_session *session = model->session;
	if (output < session->output_count)
		snprintf(out, out_size, "%c  %s", 'A' + output,
			 cabin_channel_name(model, session->outputs[output].channel));
	else
		out[0] = '\0';
}

static void clock_text(double seconds, char *out, size_t out_size)
{
	int whole = (int)(seconds < 0 ? -seconds : seconds);
	if (whole >= 3600)
		snprintf(out, out_size, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
	else
		snprintf(out, out_size, "%d:%02d", whole / 60, whole % 60);
}

/* What the block says below its title. */
static void block_line(const struct cabin_console_model *model, enum cabin_air air, char *out, size_t out_size)
{
	const struct cabin_session *session = model->session;
	char output[128], name[64], seconds[32];
	output_name(model, session->output, output, sizeof(output));
	const struct cabin_session_room_channel *own = cabin_model_output(model, session->output);
	out[0] = '\0';
	if (air == CABIN_AIR_ON || air == CABIN_AIR_COUGH) {
		clock_text(cabin_model_on_air_s(model), seconds, sizeof(seconds));
		snprintf(out, out_size, "%s    %u %s    %s", output, own ? own->listeners : 0,
			 cabin_say(model, CABIN_TEXT_LISTENERS), cabin_model_on_air_s(model) >= 0 ? seconds : "");
	} else if (air == CABIN_AIR_SOON && cabin_model_handover_s(model) >= 0) {
		snprintf(out, out_size, "%s    %.1f s", output, cabin_model_handover_s(model));
	} else if (air == CABIN_AIR_UNCERTAIN || air == CABIN_AIR_OFFLINE) {
		snprintf(out, out_size, "%s", cabin_say(model, CABIN_TEXT_PROBLEM + (int)model->problem));
	} else if (session->has_booth && session->on_air && session->on_air != session->seat) {
		cabin_seat_name(model, session->on_air, name, sizeof(name));
		snprintf(out, out_size, "%s %s: %s    %s", cabin_say(model, CABIN_TEXT_PARTNER), name,
			 cabin_say(model, CABIN_TEXT_PARTNER_ON_AIR), output);
	} else if (session->has_booth && !session->on_air) {
		snprintf(out, out_size, "%s    %s", output, cabin_say(model, CABIN_TEXT_NOBODY_ON_AIR));
	}
}

static void draw_block(struct cabin_screen *screen, const struct cabin_console_model *model)
{
	enum cabin_air air = cabin_model_air(model);
	enum cabin_style style = block_style(air);
	char title[160], line[400];
	bool on = air == CABIN_AIR_ON || air == CABIN_AIR_UNCERTAIN;
	for (uint32_t row = 0; row < BLOCK_ROWS; row++)
		cabin_fill_row(screen, row, style);
	/* Marks that are read without colour. */
	snprintf(title, sizeof(title), on ? ">>>>>   %s   <<<<<" : "%s", cabin_say(model, CABIN_TEXT_AIR + (int)air));
	cabin_put_middle(screen, 1, style, title);
	block_line(model, air, line, sizeof(line));
	cabin_put_middle(screen, 3, style, line);
	if (model->session->joined) {
		char seat[64], booth[200];
		cabin_seat_name(model, model->session->seat, seat, sizeof(seat));
		snprintf(booth, sizeof(booth), " %s · %s", cabin_booth_name(model, model->session->booth_id), seat);
		cabin_put(screen, 0, 0, style, booth);
	}
	if (model->push_to_talk) {
		snprintf(line, sizeof(line), "%s ", cabin_say(model, CABIN_TEXT_TALK));
		cabin_put_right(screen, 0, screen->columns, style, line);
	}
}

/* --- the live page ----------------------------------------------------------------------- */

/* −60 … 0 dBFS over the bar, the peak as a mark. */
static uint32_t bar_place(float dbfs)
{
	float place = (dbfs + 60) * BAR_COLUMNS / 60;
	return place <= 0 ? 0 : place >= BAR_COLUMNS ? BAR_COLUMNS : (uint32_t)place;
}

uint32_t cabin_draw_level(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row,
			  const char *label, float dbfs, float peak_dbfs, const char *word, enum cabin_style style)
{
	char bar[BAR_COLUMNS + 1];
	uint32_t filled = bar_place(dbfs), peak = bar_place(peak_dbfs);
	memset(bar, '.', BAR_COLUMNS);
	memset(bar, '#', filled);
	if (peak > 0)
		bar[peak - 1] = '|';
	bar[BAR_COLUMNS] = '\0';
	cabin_put(screen, row, 1, CABIN_STYLE_STRONG, label);
	uint32_t column = cabin_putf(screen, row, LABEL_COLUMNS, style, "[%s]", bar);
	if (dbfs > -100)
		cabin_putf(screen, row, column + 1, CABIN_STYLE_PLAIN, "%4.0f dB", (double)dbfs);
	cabin_put(screen, row, column + 10, style, word);
	return row + 1;
}

static void draw_microphone(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row)
{
	const struct cabin_facts *facts = &model->facts;
	static const enum cabin_style styles[] = {[CABIN_VOICE_NONE] = CABIN_STYLE_FAINT,
						  [CABIN_VOICE_TOO_QUIET] = CABIN_STYLE_WARNING,
						  [CABIN_VOICE_GOOD] = CABIN_STYLE_GOOD,
						  [CABIN_VOICE_TOO_LOUD] = CABIN_STYLE_ALARM};
	if (!facts->microphone_open) {
		cabin_fill_row(screen, row, CABIN_STYLE_ALARM);
		cabin_put(screen, row, 1, CABIN_STYLE_ALARM, cabin_say(model, CABIN_TEXT_NO_MICROPHONE));
		return;
	}
	cabin_draw_level(screen, model, row, cabin_say(model, CABIN_TEXT_MICROPHONE), facts->own_dbfs,
			 facts->own_peak_dbfs, cabin_say(model, CABIN_TEXT_VOICE + (int)facts->voice),
			 styles[facts->voice]);
}

/* How far the source is from the floor; where it is lost, that. */
static void draw_heard(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row)
{
	const struct cabin_facts *facts = &model->facts;
	int quality = cabin_model_source_quality(model);
	int text = model->source_lost ? CABIN_TEXT_LOST
		   : quality >= 0     ? CABIN_TEXT_QUALITY + quality
				      : CABIN_TEXT_UNKNOWN;
	enum cabin_style style = model->source_lost		  ? CABIN_STYLE_ALARM
				 : quality > CABIN_QUALITY_DIRECT ? CABIN_STYLE_WARNING
								  : CABIN_STYLE_GOOD;
	if (!facts->headset_open) {
		cabin_fill_row(screen, row, CABIN_STYLE_ALARM);
		cabin_put(screen, row, 1, CABIN_STYLE_ALARM, cabin_say(model, CABIN_TEXT_NO_HEADSET));
		return;
	}
	cabin_draw_level(screen, model, row, cabin_say(model, CABIN_TEXT_HEARD), facts->floor_dbfs, -120,
			 cabin_say(model, text), style);
	uint32_t column = cabin_put(screen, row + 1, LABEL_COLUMNS, CABIN_STYLE_STRONG,
				    model->source ? cabin_channel_name(model, model->source) : "–");
	column = cabin_putf(screen, row + 1, column, CABIN_STYLE_PLAIN, " · %s %+.1f dB",
			    cabin_say(model, CABIN_TEXT_VOLUME), model->settings.sound.volume_db);
	if (model->monitor)
		cabin_putf(screen, row + 1, column, CABIN_STYLE_STRONG, " · + %s %+.0f dB",
			   cabin_say(model, CABIN_TEXT_MONITOR), model->settings.sound.monitor_db);
}

static void draw_relays(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row)
{
	uint32_t column = LABEL_COLUMNS;
	cabin_put(screen, row, 1, CABIN_STYLE_PLAIN, cabin_say(model, CABIN_TEXT_RELAY));
	column = cabin_put(screen, row, column, CABIN_STYLE_KEY, "F ");
	column = cabin_putf(screen, row, column, CABIN_STYLE_PLAIN, "%s   ", cabin_say(model, CABIN_TEXT_FLOOR));
	for (int preset = 1; preset <= CABIN_PRESETS; preset++) {
		const struct cabin_event_channel *channel = cabin_model_preset(model, preset);
		if (!channel)
			continue;
		bool chosen = channel->number == model->source;
		column = cabin_putf(screen, row, column, CABIN_STYLE_KEY, "%d ", preset);
		column = cabin_putf(screen, row, column, chosen ? CABIN_STYLE_STRONG : CABIN_STYLE_PLAIN, "%s   ",
				    cabin_channel_name(model, channel->number));
	}
}

/* Who feeds an own output, and what comes when nobody does. */
static void draw_output(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row,
			uint8_t output)
{
	const struct cabin_session *session = model->session;
	const struct cabin_session_room_channel *fed = cabin_model_output(model, output);
	char name[128], who[128] = "", idle[128] = "";
	output_name(model, output, name, sizeof(name));
	bool chosen = output == session->output;
	cabin_putf(screen, row, 1, chosen ? CABIN_STYLE_STRONG : CABIN_STYLE_PLAIN, "%s%s", chosen ? "> " : "  ", name);
	if (!fed)
		return;
	bool own_booth = strcmp(fed->booth, session->booth_id) == 0;
	if (fed->feed == CABIN_FEED_BOOTH && own_booth && fed->seat == session->seat)
		snprintf(who, sizeof(who), "%s", cabin_say(model, CABIN_TEXT_YOU));
	else if (fed->feed == CABIN_FEED_BOOTH && own_booth)
		cabin_seat_name(model, fed->seat, who, sizeof(who));
	else if (fed->feed == CABIN_FEED_BOOTH)
		snprintf(who, sizeof(who), "%s", cabin_booth_name(model, fed->booth));
	else if (fed->feed == CABIN_FEED_CHANNEL && fed->idle_from)
		snprintf(who, sizeof(who), "%s", cabin_channel_name(model, fed->idle_from));
	else if (fed->feed >= 0)
		snprintf(who, sizeof(who), "%s", cabin_say(model, CABIN_TEXT_FEED + fed->feed));
	if (fed->idle == CABIN_IDLE_CHANNEL)
		snprintf(idle, sizeof(idle), "%s", cabin_channel_name(model, fed->idle_from));
	else if (fed->idle >= 0)
		snprintf(
		    idle, sizeof(idle), "%s",
		    cabin_say(model, CABIN_TEXT_FEED + (fed->idle == CABIN_IDLE_SILENCE ? CABIN_FEED_SILENCE
											: CABIN_FEED_PASS_THROUGH)));
	uint32_t column = cabin_putf(screen, row, LABEL_COLUMNS + 4, CABIN_STYLE_PLAIN, "%u %s: ", fed->listeners,
				     cabin_say(model, CABIN_TEXT_LISTENERS));
	enum cabin_style style = fed->feed == CABIN_FEED_SILENCE ? CABIN_STYLE_WARNING : CABIN_STYLE_STRONG;
	column = cabin_put(screen, row, column, style, who);
	cabin_putf(screen, row, column, CABIN_STYLE_FAINT, "   (%s: %s)", cabin_say(model, CABIN_TEXT_WHEN_NOBODY),
		   idle);
}

static enum cabin_style partner_style(const struct cabin_session_seat *seat, bool on_air)
{
	if (seat->late && on_air)
		return CABIN_STYLE_ALARM;
	return on_air ? CABIN_STYLE_STRONG : seat->present ? CABIN_STYLE_PLAIN : CABIN_STYLE_FAINT;
}

static void draw_partner(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row,
			 uint8_t number)
{
	const struct cabin_session *session = model->session;
	const struct cabin_session_seat *seat = &session->seats[number - 1];
	bool on_air = session->on_air == number;
	char name[64];
	int text = !seat->present && !seat->name[0] ? CABIN_TEXT_PARTNER_NONE
		   : on_air && seat->late	    ? CABIN_TEXT_PARTNER_LATE
		   : !seat->present		    ? CABIN_TEXT_PARTNER_AWAY
		   : on_air && seat->cough	    ? CABIN_TEXT_PARTNER_COUGH
		   : on_air			    ? CABIN_TEXT_PARTNER_ON_AIR
						    : CABIN_TEXT_MICROPHONE_OFF;
	cabin_seat_name(model, number, name, sizeof(name));
	cabin_put(screen, row, 1, CABIN_STYLE_PLAIN, cabin_say(model, CABIN_TEXT_PARTNER));
	uint32_t column =
	    cabin_putf(screen, row, LABEL_COLUMNS, partner_style(seat, on_air), "%s: %s", name, cabin_say(model, text));
	if (seat->present && seat->channel)
		column = cabin_putf(screen, row, column, CABIN_STYLE_PLAIN, "   %s: %s",
				    cabin_say(model, CABIN_TEXT_HEARD), cabin_channel_name(model, seat->channel));
	if (seat->present && seat->channel && seat->quality > CABIN_QUALITY_DIRECT)
		cabin_putf(screen, row, column, CABIN_STYLE_WARNING, " · %s",
			   cabin_say(model, CABIN_TEXT_QUALITY + seat->quality));
}

static uint32_t draw_partners(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row)
{
	const struct cabin_session *session = model->session;
	for (uint8_t number = 1; number <= session->seat_count; number++) {
		if (number != session->seat)
			draw_partner(screen, model, row++, number);
	}
	return row;
}

/* The hand-over, the one thing that waits for an answer. */
static void draw_handover(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row)
{
	const struct cabin_session *session = model->session;
	const struct cabin_session_handover *handover = &session->handover;
	char name[64], line[300];
	if (!handover->state)
		return;
	bool mine = handover->by == session->seat;
	bool concerns = handover->from == session->seat || handover->to == session->seat;
	bool offered = handover->state == CABIN_HANDOVER_OFFERED;
	int text = handover->state == CABIN_HANDOVER_AGREED ? CABIN_TEXT_AGREED
		   : mine ? (offered ? CABIN_TEXT_OFFERED_BY_ME : CABIN_TEXT_ASKED_BY_ME)
			  : (offered ? CABIN_TEXT_OFFERED_TO_ME : CABIN_TEXT_ASKED_OF_ME);
	if (!concerns)
		return;
	enum cabin_style style = mine ? CABIN_STYLE_SILENT : CABIN_STYLE_SAID;
	cabin_seat_name(model, handover->by, name, sizeof(name));
	snprintf(line, sizeof(line), "%s%s%s", mine ? "" : name, mine ? "" : ": ", cabin_say(model, text));
	cabin_fill_row(screen, row, style);
	cabin_put(screen, row, 1, style, line);
}

static void draw_times(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row)
{
	char text[32];
	double left_s;
	uint32_t column = 1;
	cabin_put(screen, row, column, CABIN_STYLE_PLAIN, cabin_say(model, CABIN_TEXT_FLOOR_LANGUAGE));
	column = cabin_put(screen, row, LABEL_COLUMNS, CABIN_STYLE_STRONG,
			   cabin_language_name(model, model->session->floor_language));
	if (!cabin_model_shift_left_s(model, &left_s))
		return;
	clock_text(left_s, text, sizeof(text));
	if (left_s > 0)
		cabin_putf(screen, row, column + 3, CABIN_STYLE_PLAIN, "%s %s", cabin_say(model, CABIN_TEXT_SHIFT),
			   text);
	else
		cabin_putf(screen, row, column + 3, CABIN_STYLE_ALARM, " %s +%s ",
			   cabin_say(model, CABIN_TEXT_SHIFT_OVER), text);
}

/* The technician's talkback, signals that are given in the room, the call, unread messages. */
static void draw_signals(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row)
{
	const struct cabin_session_seat *own = cabin_session_own_seat(model->session);
	uint32_t column = 1;
	if (model->session->talkback_channel) {
		const char *name = model->session->talkback_name;
		column = cabin_putf(screen, row, column, CABIN_STYLE_SAID, " %s%s%s ",
				    cabin_say(model, CABIN_TEXT_TALKBACK), name[0] ? ": " : "", name) +
			 1;
	}
	for (int i = 0; i < CABIN_SIGNAL_COUNT; i++) {
		if (model->session->signal_until_us[i])
			column = cabin_putf(screen, row, column, CABIN_STYLE_ALARM, " %s ",
					    cabin_say(model, CABIN_TEXT_SIGNAL + i)) +
				 1;
	}
	if (own && own->call)
		column = cabin_putf(screen, row, column, CABIN_STYLE_WARNING, "%s",
				    cabin_say(model, CABIN_TEXT_CALL + (int)own->call)) +
			 2;
	if (cabin_model_unread(model) > 0)
		cabin_putf(screen, row, column, CABIN_STYLE_SAID, " %llu %s ",
			   (unsigned long long)cabin_model_unread(model), cabin_say(model, CABIN_TEXT_UNREAD));
}

static void draw_connection(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row)
{
	const struct cabin_facts *facts = &model->facts;
	uint32_t column = 1;
	if (model->connected && model->session->joined) {
		column = cabin_put(screen, row, column, CABIN_STYLE_GOOD, cabin_say(model, CABIN_TEXT_CONNECTED));
		if (facts->round_trip_ms >= 0)
			column = cabin_putf(screen, row, column, CABIN_STYLE_PLAIN, " · %s %.0f ms",
					    cabin_say(model, CABIN_TEXT_ROUND_TRIP), facts->round_trip_ms);
		if (facts->lost_percent >= 0.5)
			column = cabin_putf(screen, row, column, CABIN_STYLE_WARNING, " · %s %.0f %%",
					    cabin_say(model, CABIN_TEXT_LOSS), facts->lost_percent);
		if (facts->delay_ms >= 0)
			cabin_putf(screen, row, column, CABIN_STYLE_PLAIN, " · %s %.0f ms",
				   cabin_say(model, CABIN_TEXT_DELAY), facts->delay_ms);
	} else {
		column = cabin_put(screen, row, column, CABIN_STYLE_ALARM,
				   cabin_say(model, CABIN_TEXT_PROBLEM + (int)model->problem));
		if (model->again_ns > model->now_ns)
			cabin_putf(screen, row, column, CABIN_STYLE_PLAIN, " · %s %.0f s",
				   cabin_say(model, CABIN_TEXT_AGAIN_IN),
				   (double)(model->again_ns - model->now_ns) / 1e9);
	}
	char line[200];
	if (facts->protection_calibrated)
		snprintf(line, sizeof(line), "%s %.0f dB SPL", cabin_say(model, CABIN_TEXT_PROTECTION),
			 (double)facts->protection_ceiling);
	else
		snprintf(line, sizeof(line), "%s %.0f dBFS, %s", cabin_say(model, CABIN_TEXT_PROTECTION),
			 (double)facts->protection_ceiling, cabin_say(model, CABIN_TEXT_NOT_CALIBRATED));
	size_t used = strlen(line);
	if (facts->protection_reduction_db >= 0.5f)
		snprintf(line + used, sizeof(line) - used, " (%s %.0f dB)",
			 cabin_say(model, CABIN_TEXT_PROTECTION_LIMITS), (double)facts->protection_reduction_db);
	enum cabin_style style = facts->protection_warning ? CABIN_STYLE_WARNING : CABIN_STYLE_PLAIN;
	cabin_put(screen, row + 1, 1, style, line);
}

static void draw_said(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t row)
{
	if (!model->said)
		return;
	cabin_fill_row(screen, row, CABIN_STYLE_SAID);
	uint32_t column =
	    cabin_put(screen, row, 1, CABIN_STYLE_SAID, cabin_say(model, CABIN_TEXT_SAID + (int)model->said));
	const char *text =
	    model->said == CABIN_SAID_TAKE_CHANNEL ? cabin_booth_name(model, model->said_text) : model->said_text;
	cabin_put(screen, row, column + 1, CABIN_STYLE_SAID, text);
}

static void draw_keys(struct cabin_screen *screen, const struct cabin_console_model *model)
{
	for (uint32_t i = 0; i < KEY_ROWS; i++)
		cabin_put(screen, screen->rows - KEY_ROWS + i, 1, CABIN_STYLE_FAINT,
			  cabin_say(model, CABIN_TEXT_KEYS_1 + (int)i));
}

static void draw_live(struct cabin_screen *screen, const struct cabin_console_model *model)
{
	/* Larger windows get air between the groups. */
	uint32_t air = screen->rows >= 32 ? 1 : 0, row = BLOCK_ROWS + air;
	draw_microphone(screen, model, row);
	draw_heard(screen, model, row + 1);
	draw_relays(screen, model, row + 3);
	row += 4 + air;
	draw_times(screen, model, row++);
	row += air;
	for (uint8_t output = 0; output < model->session->output_count; output++)
		draw_output(screen, model, row++, output);
	row += air;
	row = draw_partners(screen, model, row);
	draw_handover(screen, model, row++);
	row += air;
	draw_signals(screen, model, row++);
	draw_connection(screen, model, row);
}

void cabin_screen_draw(struct cabin_screen *screen, const struct cabin_console_model *model, uint32_t rows,
		       uint32_t columns)
{
	screen->rows = rows < CABIN_SCREEN_ROWS_MAX ? rows : CABIN_SCREEN_ROWS_MAX;
	screen->columns = columns < CABIN_SCREEN_COLUMNS_MAX ? columns : CABIN_SCREEN_COLUMNS_MAX;
	for (uint32_t row = 0; row < screen->rows; row++)
		cabin_fill_row(screen, row, CABIN_STYLE_PLAIN);
	draw_block(screen, model);
	if (screen->rows < CABIN_SCREEN_ROWS_MIN || screen->columns < CABIN_SCREEN_COLUMNS_MIN) {
		cabin_put(screen, BLOCK_ROWS, 0, CABIN_STYLE_WARNING, cabin_say(model, CABIN_TEXT_TOO_SMALL));
		return;
	}
	switch (model->page) {
	case CABIN_PAGE_LIVE:
		draw_live(screen, model);
		break;
	case CABIN_PAGE_PREFLIGHT:
		cabin_draw_preflight(screen, model, BLOCK_ROWS + 1);
		break;
	case CABIN_PAGE_SOUND:
		cabin_draw_sound(screen, model, BLOCK_ROWS + 1);
		break;
	case CABIN_PAGE_MESSAGES:
		cabin_draw_messages(screen, model, BLOCK_ROWS);
		break;
	case CABIN_PAGE_HELP:
		cabin_draw_help(screen, model, BLOCK_ROWS + 1);
		break;
	}
	draw_said(screen, model, screen->rows - KEY_ROWS - 1);
	if (model->page == CABIN_PAGE_LIVE)
		draw_keys(screen, model);
}
