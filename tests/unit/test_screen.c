/* client/screen, texts and terminal: every state in every language fits 80 columns, says
 * what it must, and reaches the terminal as it was drawn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "client/screen.h"
#include "client/terminal.h"
#include "client/texts.h"

static struct cabin_session session;
static struct cabin_console_model model;
static struct cabin_screen screen;

static int begin(void **state)
{
	static const struct cabin_settings settings = {.shift_minutes = 30};
	const struct cabin_console_model_config config = {.session = &session, .settings = &settings};
	(void)state;
	memset(&session, 0, sizeof(session));
	cabin_model_init(&model, &config);
	return 0;
}

/* True: the text stands somewhere on the screen. */
static bool shows(const char *text)
{
	char row[CABIN_SCREEN_COLUMNS_MAX * CABIN_CELL_BYTES];
	for (uint32_t i = 0; i < screen.rows; i++) {
		cabin_screen_row(&screen, i, row, sizeof(row));
		if (strstr(row, text))
			return true;
	}
	return false;
}

static void join(void)
{
	session.joined = session.has_booth = session.has_room = session.has_event = true;
	session.seat = 1;
	session.seat_count = 2;
	session.output_count = 1;
	session.outputs[0].channel = 2;
	session.seats[0].present = session.seats[1].present = true;
	strcpy(session.seats[1].name, "Minh");
	strcpy(session.booth_id, "plenary-vi");
	session.room_channel_count = 1;
	session.room_channels[0] = (struct cabin_session_room_channel){.channel = 2, .listeners = 412};
	session.channel_count = 1;
	session.channels[0].number = 2;
	strcpy(session.channels[0].id, "plenary.vi");
	model.connected = true;
	model.facts.microphone_open = model.facts.headset_open = true;
}

/* As the server and the keys would bring it about. */
static void make_air(enum cabin_air air)
{
	bool on = air != CABIN_AIR_OFFLINE && air != CABIN_AIR_OFF && air != CABIN_AIR_HELD;
	join();
	session.joined = air != CABIN_AIR_OFFLINE && air != CABIN_AIR_UNCERTAIN;
	model.microphone = on ? CABIN_MICROPHONE_ON : CABIN_MICROPHONE_OFF;
	model.confirmed = air == CABIN_AIR_ON || air == CABIN_AIR_COUGH;
	model.cough = air == CABIN_AIR_COUGH;
	session.on_air = air == CABIN_AIR_ON || air == CABIN_AIR_COUGH || air == CABIN_AIR_HELD;
	session.handover.state = air == CABIN_AIR_SOON ? CABIN_HANDOVER_AGREED : CABIN_HANDOVER_NONE;
	session.handover.to = 1;
	assert_int_equal(cabin_model_air(&model), air);
}

static void every_state_is_said_in_every_language_and_size(void **state)
{
	static const uint32_t sizes[][2] = {{24, 80}, {40, 120}, {80, 240}};
	for (int language = 0; language < CABIN_LANGUAGE_COUNT; language++) {
		for (int air = 0; air < CABIN_AIR_COUNT; air++) {
			for (int page = CABIN_PAGE_LIVE; page <= CABIN_PAGE_HELP; page++) {
				for (size_t size = 0; size < 3; size++) {
					begin(NULL);
					model.language = (enum cabin_language)language;
					make_air((enum cabin_air)air);
					model.page = (enum cabin_page)page;
					cabin_screen_draw(&screen, &model, sizes[size][0], sizes[size][1]);
					assert_true(shows(cabin_text(model.language, CABIN_TEXT_AIR + air)));
				}
			}
		}
	}
}

/* What is not on air never looks like it, with colour or without. */
static void only_on_air_looks_like_on_air(void **state)
{
	char row[CABIN_SCREEN_COLUMNS_MAX * CABIN_CELL_BYTES];
	for (int air = 0; air < CABIN_AIR_COUNT; air++) {
		begin(NULL);
		make_air((enum cabin_air)air);
		cabin_screen_draw(&screen, &model, 24, 80);
		cabin_screen_row(&screen, 1, row, sizeof(row));
		bool marked = strstr(row, ">>>>>") != NULL;
		for (uint32_t column = 0; column < 80; column++)
			assert_int_equal(screen.cells[1][column].style == CABIN_STYLE_ON_AIR, air == CABIN_AIR_ON);
		assert_int_equal(marked, air == CABIN_AIR_ON || air == CABIN_AIR_UNCERTAIN);
	}
}

static void all_texts_are_there_and_lines_fit(void **state)
{
	for (int language = 0; language < CABIN_LANGUAGE_COUNT; language++) {
		enum cabin_language in = (enum cabin_language)language;
		for (int text = 0; text < CABIN_TEXT_COUNT; text++) {
			bool may_be_empty = text == CABIN_TEXT_CALL || text == CABIN_TEXT_SAID ||
					    (text >= CABIN_TEXT_HELP + 12 && text < CABIN_TEXT_HELP + 15);
			if (!may_be_empty && cabin_text(in, text)[0] == '\0')
				fail_msg("text %d is missing in %s", text, cabin_language_ids[language]);
			uint32_t columns = cabin_text_columns(cabin_text(in, text));
			if (columns > 78)
				fail_msg("%u columns: %s", columns, cabin_text(in, text));
		}
	}
}

static void what_is_missing_is_an_alarm(void **state)
{
	join();
	model.facts.microphone_open = false;
	cabin_screen_draw(&screen, &model, 24, 80);
	assert_true(shows(cabin_text(CABIN_LANGUAGE_VI, CABIN_TEXT_NO_MICROPHONE)));
	session.on_air = 2;
	session.seats[1].late = true;
	cabin_screen_draw(&screen, &model, 24, 80);
	assert_true(shows(cabin_text(CABIN_LANGUAGE_VI, CABIN_TEXT_PARTNER_LATE)));
	cabin_screen_draw(&screen, &model, 10, 40);
	assert_int_equal(screen.rows, 10);
	assert_int_equal(screen.columns, 40);
}

static void the_technician_is_seen_while_heard(void **state)
{
	const char *says = cabin_text(CABIN_LANGUAGE_VI, CABIN_TEXT_TALKBACK);
	join();
	cabin_screen_draw(&screen, &model, 24, 80);
	assert_false(shows(says));
	session.talkback_channel = 71;
	strcpy(session.talkback_name, "Lan");
	cabin_screen_draw(&screen, &model, 24, 80);
	assert_true(shows(says));
	assert_true(shows("Lan"));
}

static void nobody_sends_control_characters_to_the_terminal(void **state)
{
	static char bytes[262144];
	join();
	strcpy(session.seats[1].name, "\x1b[2J\x07X\xc2\x9b");
	cabin_screen_draw(&screen, &model, 24, 80);
	for (uint32_t row = 0; row < 24; row++) {
		for (uint32_t column = 0; column < 80; column++) {
			const char *text = screen.cells[row][column].text;
			assert_true((unsigned char)text[0] >= ' ' && text[0] != 0x7f);
			assert_false((unsigned char)text[0] == 0xc2 && (unsigned char)text[1] < 0xa0);
		}
	}
	size_t size = cabin_terminal_difference(bytes, sizeof(bytes), NULL, &screen, true);
	assert_true(size > 80 * 24 && size < sizeof(bytes) - 100);
}

static void only_what_changed_is_written(void **state)
{
	static struct cabin_screen before;
	static char bytes[262144];
	join();
	cabin_screen_draw(&before, &model, 24, 80);
	cabin_screen_draw(&screen, &model, 24, 80);
	assert_int_equal(cabin_terminal_difference(bytes, sizeof(bytes), &before, &screen, true), 0);
	session.room_channels[0].listeners = 413;
	cabin_screen_draw(&screen, &model, 24, 80);
	size_t size = cabin_terminal_difference(bytes, sizeof(bytes), &before, &screen, true);
	assert_in_range(size, 1, 60);
	cabin_screen_draw(&screen, &model, 30, 80); /* another size: all of it */
	assert_true(cabin_terminal_difference(bytes, sizeof(bytes), &before, &screen, false) > 2000);
	assert_true(cabin_terminal_difference(bytes, 200, NULL, &screen, false) <= 200);
}

static void marks_and_wide_characters_keep_their_columns(void **state)
{
	assert_int_equal(cabin_text_columns("Việt"), 4);
	assert_int_equal(cabin_text_columns("Vie\xcc\xa3\xcc\x82t"), 4); /* decomposed */
	assert_int_equal(cabin_text_columns("日本"), 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest tests[] = {
	    TEST(every_state_is_said_in_every_language_and_size),
	    TEST(only_on_air_looks_like_on_air),
	    TEST(all_texts_are_there_and_lines_fit),
	    TEST(what_is_missing_is_an_alarm),
	    TEST(the_technician_is_seen_while_heard),
	    TEST(nobody_sends_control_characters_to_the_terminal),
	    TEST(only_what_changed_is_written),
	    TEST(marks_and_wide_characters_keep_their_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
