/* client/console_model: keys, the server's messages and time, against what is commanded
 * and shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "client/console_model.h"
#include "client/control.h"

#define MS CABIN_NS_PER_MS

struct bench {
	struct cabin_session session;
	struct cabin_console_model model;
	struct cabin_facts facts;
	uint64_t now_ns;
};

static struct bench bench;

static void server(const char *text)
{
	struct cabin_server_event event;
	assert_int_equal(cabin_session_take(&bench.session, &event, text, strlen(text)), 0);
	cabin_model_server(&bench.model, &event, bench.now_ns);
}

static void key(enum cabin_key which)
{
	cabin_model_key(&bench.model, which, CABIN_KEY_PRESSED, bench.now_ns);
}

static void pass(uint64_t ms)
{
	for (uint64_t at = 0; at < ms; at += 10) {
		bench.now_ns += 10 * MS;
		bench.facts.server_us += 10000;
		cabin_model_tick(&bench.model, &bench.facts, bench.now_ns);
	}
}

/* The next command, which must be of this kind. */
static struct cabin_command expect(enum cabin_command_kind kind)
{
	struct cabin_command command;
	assert_true(cabin_model_command(&bench.model, &command));
	assert_int_equal(command.kind, kind);
	return command;
}

static void expect_nothing(void)
{
	struct cabin_command command;
	bool more = cabin_model_command(&bench.model, &command);
	if (more)
		print_error("unexpected command %d\n", (int)command.kind);
	assert_false(more);
}

static void forget_commands(void)
{
	struct cabin_command command;
	while (cabin_model_command(&bench.model, &command))
		;
}

/* Booth state: seat 2 is the partner; `on_air` 0 nobody. */
static void booth(int on_air, bool held, bool mic_1, bool mic_2, bool partner, const char *handover)
{
	char text[1200];
	static int revision = 1;
	snprintf(
	    text, sizeof(text),
	    "{\"type\":\"booth\",\"booth\":\"plenary-vi\",\"revision\":%d,\"mode\":\"override\",\"output\":\"a\","
	    "\"on_air\":%s,\"since_us\":%d,\"held\":%s,\"seats\":["
	    "{\"seat\":1,\"present\":true,\"name\":\"Lan\",\"mic\":%s,\"cough\":false,\"late\":false,\"channel\":1,"
	    "\"quality\":\"direct\",\"call\":null},"
	    "{\"seat\":2,\"present\":%s,\"name\":\"Minh\",\"mic\":%s,\"cough\":false,\"late\":false,\"channel\":1,"
	    "\"quality\":\"direct\",\"call\":null}],\"handover\":%s}",
	    revision++,
	    on_air == 0	  ? "null"
	    : on_air == 1 ? "1"
			  : "2",
	    1000000, held ? "true" : "false", mic_1 ? "true" : "false", partner ? "true" : "false",
	    mic_2 ? "true" : "false", handover);
	server(text);
}

static const char event_text[] =
    "{\"protocol\":1,\"rooms\":[{\"id\":\"plenary\",\"channels\":["
    "{\"number\":1,\"id\":\"plenary.floor\",\"kind\":\"floor\",\"language\":null,\"name\":{\"en\":\"Floor\"}},"
    "{\"number\":2,\"id\":\"plenary.vi\",\"kind\":\"language\",\"language\":\"vi\",\"name\":{\"en\":\"Vietnamese\"}},"
    "{\"number\":3,\"id\":\"plenary.fr\",\"kind\":\"language\",\"language\":\"fr\",\"name\":{\"en\":\"French\"}},"
    "{\"number\":4,\"id\":\"plenary.en\",\"kind\":\"language\",\"language\":\"en\",\"name\":{\"en\":\"English\"}}]},"
    "{\"id\":\"other\",\"channels\":[{\"number\":9,\"id\":\"other.floor\",\"kind\":\"floor\",\"name\":{}}]}]}";

static const char joined_text[] =
    "{\"type\":\"joined\",\"role\":\"booth\",\"booth\":\"plenary-vi\",\"room\":\"plenary\",\"seat\":1,"
    "\"ssrc\":65537,\"resume\":\"0123456789abcdef\",\"grace_ms\":10000,\"packet_ms\":20,\"bitrate_bps\":48000,"
    "\"complexity\":9,\"outputs\":[{\"output\":\"a\",\"channel\":2,\"language\":\"vi\"},"
    "{\"output\":\"b\",\"channel\":3,\"language\":\"fr\"}]}";

static void room(const char *idle, const char *idle_from)
{
	char text[1200];
	snprintf(
	    text, sizeof(text),
	    "{\"type\":\"room\",\"room\":\"plenary\",\"revision\":1,\"floor_language\":\"fr\",\"channels\":["
	    "{\"channel\":1,\"feed\":\"floor\",\"booth\":null,\"seat\":null,\"quality\":\"direct\",\"listeners\":3,"
	    "\"lufs\":null,\"idle\":null,\"idle_from\":null},"
	    "{\"channel\":2,\"feed\":\"pass-through\",\"booth\":null,\"seat\":null,\"quality\":\"direct\","
	    "\"listeners\":412,\"lufs\":-21.5,\"idle\":\"%s\",\"idle_from\":%s},"
	    "{\"channel\":3,\"feed\":\"silence\",\"booth\":null,\"seat\":null,\"quality\":null,\"listeners\":0,"
	    "\"lufs\":null,\"idle\":\"silence\",\"idle_from\":null},"
	    "{\"channel\":4,\"feed\":\"booth\",\"booth\":\"plenary-en\",\"seat\":1,\"quality\":\"relay\","
	    "\"listeners\":9,\"lufs\":null,\"idle\":\"pass-through\",\"idle_from\":null}],\"signals\":[]}",
	    idle, idle_from);
	server(text);
}

static void begin_with(bool push_to_talk, bool preflight)
{
	static struct cabin_settings settings;
	settings = (struct cabin_settings){.sound = {.volume_db = -6, .monitor_db = -12}};
	bench = (struct bench){.now_ns = 1000 * MS, .facts = {.microphone_open = true, .headset_open = true}};
	bench.facts.server_us = 2000000;
	const struct cabin_console_model_config config = {.session = &bench.session,
							  .settings = &settings,
							  .language = CABIN_LANGUAGE_EN,
							  .push_to_talk = push_to_talk,
							  .preflight = preflight};
	cabin_model_init(&bench.model, &config);
	cabin_model_connected(&bench.model, bench.now_ns);
	const struct cabin_server_event other = {.kind = CABIN_SERVER_OTHER};
	assert_int_equal(cabin_session_take_event(&bench.session, event_text, strlen(event_text)), 0);
	cabin_model_server(&bench.model, &other, bench.now_ns);
	expect_nothing(); /* nothing is listened to before a seat is there */
	server(joined_text);
	assert_int_equal(expect(CABIN_COMMAND_LISTEN).channel, 1);
	expect_nothing();
	booth(0, false, false, false, true, "null");
	room("pass-through", "null");
	pass(10);
}

static int begin(void **state)
{
	(void)state;
	begin_with(false, false);
	return 0;
}

static void go_on_air(void)
{
	key(CABIN_KEY_MICROPHONE);
	struct cabin_command command = expect(CABIN_COMMAND_MIC);
	assert_true(command.on && !command.take);
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_ASKED);
	booth(1, false, true, false, true, "null");
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_ON);
	expect_nothing();
}

static void the_microphone_key_is_a_light_switch(void **state)
{
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_OFF);
	go_on_air();
	pass(3000);
	assert_true(cabin_model_on_air_s(&bench.model) > 3.9);
	key(CABIN_KEY_MICROPHONE);
	assert_false(expect(CABIN_COMMAND_MIC).on);
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_HELD);
	booth(1, true, false, false, true, "null");
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_HELD);
	booth(0, false, false, false, true, "null");
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_OFF);
	assert_true(cabin_model_on_air_s(&bench.model) < 0);
	expect_nothing();
}

static void an_older_state_does_not_switch_the_microphone_off(void **state)
{
	key(CABIN_KEY_MICROPHONE);
	expect(CABIN_COMMAND_MIC);
	booth(2, false, false, true, true, "null"); /* sent before ours arrived */
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_ASKED);
	expect_nothing();
	booth(1, false, true, false, true, "null");
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_ON);
}

static void a_partner_who_takes_the_air_switches_mine_off(void **state)
{
	go_on_air();
	booth(2, false, false, true, true, "null");
	assert_false(expect(CABIN_COMMAND_MIC).on);
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_OFF);
	assert_int_equal(bench.model.said, CABIN_SAID_TAKEN);
	pass(6000);
	assert_int_equal(bench.model.said, CABIN_SAID_NOTHING);
}

static void what_is_held_is_taken_by_a_second_press_within_3_s(void **state)
{
	key(CABIN_KEY_MICROPHONE);
	expect(CABIN_COMMAND_MIC);
	server("{\"type\":\"error\",\"code\":\"channel-held\",\"text\":\"…\",\"booth\":\"plenary-en\",\"seat\":1}");
	assert_false(expect(CABIN_COMMAND_MIC).on); /* nothing goes on leaving */
	assert_int_equal(bench.model.said, CABIN_SAID_TAKE_CHANNEL);
	assert_string_equal(bench.model.said_text, "plenary-en");
	pass(2000);
	key(CABIN_KEY_MICROPHONE);
	struct cabin_command command = expect(CABIN_COMMAND_MIC);
	assert_true(command.on && command.take);
	server("{\"type\":\"error\",\"code\":\"mic-held\",\"text\":\"…\"}");
	assert_false(expect(CABIN_COMMAND_MIC).on);
	pass(3100); /* too late: asked politely once more */
	key(CABIN_KEY_MICROPHONE);
	command = expect(CABIN_COMMAND_MIC);
	assert_true(command.on && !command.take);
	/* The same for an output. */
	booth(1, false, true, false, true, "null");
	key(CABIN_KEY_OUTPUT_B);
	assert_false(expect(CABIN_COMMAND_OUTPUT).take);
	server("{\"type\":\"error\",\"code\":\"channel-held\",\"text\":\"…\",\"booth\":\"plenary-fr\",\"seat\":2}");
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_ON);
	key(CABIN_KEY_OUTPUT_A); /* another one is not that one */
	assert_false(expect(CABIN_COMMAND_OUTPUT).take);
	key(CABIN_KEY_OUTPUT_B);
	assert_false(expect(CABIN_COMMAND_OUTPUT).take);
	server("{\"type\":\"error\",\"code\":\"channel-held\",\"text\":\"…\",\"booth\":\"plenary-fr\",\"seat\":2}");
	key(CABIN_KEY_OUTPUT_B);
	command = expect(CABIN_COMMAND_OUTPUT);
	assert_true(command.take && command.number == 1);
}

static void a_tapped_cough_lasts_2_s_and_a_later_press_ends_it(void **state)
{
	key(CABIN_KEY_COUGH);
	expect_nothing(); /* the microphone is off */
	go_on_air();
	key(CABIN_KEY_COUGH);
	assert_true(expect(CABIN_COMMAND_COUGH).on);
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_COUGH);
	pass(1950);
	expect_nothing();
	pass(100);
	assert_false(expect(CABIN_COMMAND_COUGH).on);
	key(CABIN_KEY_COUGH);
	assert_true(expect(CABIN_COMMAND_COUGH).on);
	pass(900);
	key(CABIN_KEY_COUGH);
	assert_false(expect(CABIN_COMMAND_COUGH).on);
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_ON);
}

/* Whatever the terminal's delay and rate: never open while the key is held. */
static void a_held_cough_is_silent_until_after_the_last_repeat(void **state)
{
	go_on_air();
	for (uint64_t delay_ms = 200; delay_ms <= 660; delay_ms += 20) {
		for (uint64_t each_ms = 20; each_ms <= 120; each_ms += 50) {
			key(CABIN_KEY_COUGH);
			assert_true(expect(CABIN_COMMAND_COUGH).on);
			pass(delay_ms);
			for (int i = 0; i < 60; i++) {
				key(CABIN_KEY_COUGH);
				assert_true(bench.model.cough);
				pass(each_ms);
				assert_true(bench.model.cough);
			}
			pass(360);
			assert_false(expect(CABIN_COMMAND_COUGH).on);
			expect_nothing();
			pass(1000);
		}
	}
	/* A terminal that tells releases. */
	key(CABIN_KEY_COUGH);
	assert_true(expect(CABIN_COMMAND_COUGH).on);
	pass(50);
	cabin_model_key(&bench.model, CABIN_KEY_COUGH, CABIN_KEY_RELEASED, bench.now_ns);
	assert_false(expect(CABIN_COMMAND_COUGH).on);
}

static void push_to_talk_follows_the_key(void **state)
{
	begin_with(true, false);
	key(CABIN_KEY_MICROPHONE);
	assert_true(expect(CABIN_COMMAND_MIC).on);
	booth(1, false, true, false, true, "null");
	pass(600);
	for (int i = 0; i < 50; i++) {
		key(CABIN_KEY_MICROPHONE);
		pass(40);
		assert_int_equal(bench.model.microphone, CABIN_MICROPHONE_ON);
	}
	expect_nothing();
	pass(300);
	assert_false(expect(CABIN_COMMAND_MIC).on);
	key(CABIN_KEY_MICROPHONE);
	assert_true(expect(CABIN_COMMAND_MIC).on);
	cabin_model_key(&bench.model, CABIN_KEY_MICROPHONE, CABIN_KEY_RELEASED, bench.now_ns);
	assert_false(expect(CABIN_COMMAND_MIC).on);
}

static const char offered[] = "{\"from\":1,\"to\":2,\"by\":1,\"state\":\"offered\",\"at_us\":null}";
static const char asked[] = "{\"from\":1,\"to\":2,\"by\":2,\"state\":\"asked\",\"at_us\":null}";
static const char offered_to_me[] = "{\"from\":2,\"to\":1,\"by\":2,\"state\":\"offered\",\"at_us\":null}";
static const char agreed_to_me[] = "{\"from\":2,\"to\":1,\"by\":2,\"state\":\"agreed\",\"at_us\":9000000}";

static void hand_over_is_one_key(void **state)
{
	go_on_air();
	key(CABIN_KEY_HANDOVER);
	assert_int_equal(expect(CABIN_COMMAND_HANDOVER).number, CABIN_HANDOVER_OFFER);
	booth(1, false, true, false, true, offered);
	key(CABIN_KEY_HANDOVER);
	assert_int_equal(expect(CABIN_COMMAND_HANDOVER).number, CABIN_HANDOVER_CANCEL);
	booth(1, false, true, false, true, asked);
	key(CABIN_KEY_DECLINE);
	assert_int_equal(expect(CABIN_COMMAND_HANDOVER).number, CABIN_HANDOVER_DECLINE);
	key(CABIN_KEY_HANDOVER);
	assert_int_equal(expect(CABIN_COMMAND_HANDOVER).number, CABIN_HANDOVER_ACCEPT);
	expect_nothing();
	/* The other way: my microphone opens by itself, and is on air when it is so. */
	booth(2, false, false, true, true, "null");
	forget_commands();
	key(CABIN_KEY_HANDOVER);
	assert_int_equal(expect(CABIN_COMMAND_HANDOVER).number, CABIN_HANDOVER_ASK);
	booth(2, false, false, true, true, offered_to_me);
	key(CABIN_KEY_HANDOVER);
	assert_int_equal(expect(CABIN_COMMAND_HANDOVER).number, CABIN_HANDOVER_ACCEPT);
	booth(2, false, false, true, true, agreed_to_me);
	struct cabin_command command = expect(CABIN_COMMAND_MIC);
	assert_true(command.on && !command.take);
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_SOON);
	assert_true(cabin_model_handover_s(&bench.model) >= 0);
	booth(2, false, true, true, true, agreed_to_me);
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_SOON);
	booth(1, false, true, false, true, "null");
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_ON);
	expect_nothing();
}

static void nobody_there_gets_no_hand_over(void **state)
{
	booth(0, false, false, false, false, "null");
	key(CABIN_KEY_HANDOVER);
	expect_nothing();
	assert_int_equal(bench.model.said, CABIN_SAID_NOBODY);
}

static void a_lost_connection_keeps_the_wish_and_says_the_truth(void **state)
{
	go_on_air();
	cabin_session_lost(&bench.session);
	cabin_model_lost(&bench.model, CABIN_PROBLEM_DEAD, NULL, 250, bench.now_ns);
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_UNCERTAIN);
	expect_nothing();
	cabin_model_connected(&bench.model, bench.now_ns);
	server(joined_text);
	assert_int_equal(expect(CABIN_COMMAND_LISTEN).channel, 1);
	booth(1, true, false, false, true, "null"); /* as it was before the join */
	expect_nothing();
	booth(1, false, true, false, true, "null");
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_ON);
	pass(1500);
	expect_nothing();
	/* And where somebody else took the air meanwhile: */
	cabin_session_lost(&bench.session);
	cabin_model_lost(&bench.model, CABIN_PROBLEM_DEAD, NULL, 250, bench.now_ns);
	server(joined_text);
	forget_commands();
	booth(2, false, false, true, true, "null");
	pass(1100);
	assert_false(expect(CABIN_COMMAND_MIC).on);
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_OFF);
	/* Revoked: the microphone is off, and it is not tried again. */
	go_on_air();
	cabin_session_lost(&bench.session);
	cabin_model_lost(&bench.model, CABIN_PROBLEM_NO_ACCESS, NULL, 0, bench.now_ns);
	assert_int_equal(cabin_model_air(&bench.model), CABIN_AIR_OFFLINE);
	assert_int_equal(bench.model.again_ns, 0);
	key(CABIN_KEY_MICROPHONE);
	assert_false(expect(CABIN_COMMAND_MIC).on);
	expect_nothing();
	assert_int_equal(bench.model.said, CABIN_SAID_NOT_JOINED);
}

static void sources_by_presets_floor_and_arrows(void **state)
{
	/* By default the room's languages that are not the booth's own. */
	assert_string_equal(cabin_model_preset(&bench.model, 1)->id, "plenary.en");
	assert_null(cabin_model_preset(&bench.model, 2));
	key(CABIN_KEY_RELAY_1);
	assert_int_equal(expect(CABIN_COMMAND_LISTEN).channel, 4);
	assert_int_equal(cabin_model_source_quality(&bench.model), CABIN_QUALITY_RELAY);
	key(CABIN_KEY_RELAY_2);
	assert_int_equal(bench.model.said, CABIN_SAID_NO_CHANNEL);
	key(CABIN_KEY_FLOOR);
	assert_int_equal(expect(CABIN_COMMAND_LISTEN).channel, 1);
	assert_int_equal(cabin_model_source_quality(&bench.model), CABIN_QUALITY_DIRECT);
	key(CABIN_KEY_SOURCE_BEFORE);
	assert_int_equal(expect(CABIN_COMMAND_LISTEN).channel, 4); /* round, and never to another room */
	key(CABIN_KEY_SOURCE_NEXT);
	assert_int_equal(expect(CABIN_COMMAND_LISTEN).channel, 1);
	for (int i = 0; i < 2; i++) {
		key(CABIN_KEY_SOURCE_NEXT);
		expect(CABIN_COMMAND_LISTEN);
	}
	key(CABIN_KEY_STORE);
	key(CABIN_KEY_RELAY_3);
	expect(CABIN_COMMAND_SAVE);
	assert_string_equal(bench.model.settings.presets[2], "plenary.fr");
	key(CABIN_KEY_FLOOR);
	expect(CABIN_COMMAND_LISTEN);
	key(CABIN_KEY_RELAY_3);
	assert_int_equal(expect(CABIN_COMMAND_LISTEN).channel, 3);
	key(CABIN_KEY_STORE);
	pass(3100); /* too late: the digit is a preset again */
	key(CABIN_KEY_RELAY_1);
	assert_int_equal(expect(CABIN_COMMAND_LISTEN).channel, 4);
}

static void the_monitor_follows_the_output(void **state)
{
	key(CABIN_KEY_MONITOR);
	assert_int_equal(expect(CABIN_COMMAND_MONITOR).channel, 2);
	/* Listened to as the source it would be heard twice. */
	key(CABIN_KEY_SOURCE_NEXT);
	assert_int_equal(expect(CABIN_COMMAND_LISTEN).channel, 2);
	assert_int_equal(expect(CABIN_COMMAND_MONITOR).channel, 0);
	key(CABIN_KEY_FLOOR);
	expect(CABIN_COMMAND_LISTEN);
	assert_int_equal(expect(CABIN_COMMAND_MONITOR).channel, 2);
	key(CABIN_KEY_MONITOR);
	assert_int_equal(expect(CABIN_COMMAND_MONITOR).channel, 0);
}

static void what_listeners_get_goes_round(void **state)
{
	key(CABIN_KEY_IDLE);
	struct cabin_command command = expect(CABIN_COMMAND_IDLE);
	assert_int_equal(command.channel, 2);
	assert_int_equal(command.number, CABIN_IDLE_SILENCE);
	room("silence", "null");
	key(CABIN_KEY_IDLE);
	command = expect(CABIN_COMMAND_IDLE);
	assert_int_equal(command.number, CABIN_IDLE_CHANNEL);
	assert_int_equal(command.from, 3);
	room("channel", "3");
	key(CABIN_KEY_IDLE);
	assert_int_equal(expect(CABIN_COMMAND_IDLE).from, 4);
	room("channel", "4");
	key(CABIN_KEY_IDLE);
	assert_int_equal(expect(CABIN_COMMAND_IDLE).number, CABIN_IDLE_PASS_THROUGH);
}

static void signals_and_the_call_are_switches(void **state)
{
	key(CABIN_KEY_SLOW_DOWN);
	struct cabin_command command = expect(CABIN_COMMAND_SIGNAL);
	assert_true(command.on && command.number == CABIN_SIGNAL_SLOW_DOWN);
	server("{\"type\":\"room\",\"room\":\"plenary\",\"channels\":[],"
	       "\"signals\":[{\"kind\":\"slow-down\",\"until_us\":99}]}");
	expect_nothing(); /* and no bell */
	key(CABIN_KEY_SLOW_DOWN);
	assert_false(expect(CABIN_COMMAND_SIGNAL).on);
	key(CABIN_KEY_TECHNICIAN);
	assert_true(expect(CABIN_COMMAND_CALL).on);
}

static void messages_by_number_and_by_hand(void **state)
{
	assert_false(cabin_model_character(&bench.model, "1", bench.now_ns)); /* a preset here */
	key(CABIN_KEY_MESSAGES);
	assert_true(cabin_model_character(&bench.model, "5", bench.now_ns));
	struct cabin_command command = expect(CABIN_COMMAND_MESSAGE);
	assert_int_equal(command.number, CABIN_MESSAGE_PARTNER);
	assert_int_equal(command.canned, CABIN_CANNED_TAKE_OVER_SOON);
	key(CABIN_KEY_TAB);
	key(CABIN_KEY_ENTER);
	assert_true(cabin_model_character(&bench.model, "é", bench.now_ns));
	assert_true(cabin_model_character(&bench.model, "x", bench.now_ns));
	assert_true(cabin_model_character(&bench.model, " ", bench.now_ns));
	key(CABIN_KEY_BACKSPACE);
	key(CABIN_KEY_BACKSPACE);
	key(CABIN_KEY_ENTER);
	command = expect(CABIN_COMMAND_MESSAGE);
	assert_int_equal(command.number, CABIN_MESSAGE_ROOM);
	assert_string_equal(command.text, "é");
	/* The microphone's key works here too, outside of writing. */
	assert_false(cabin_model_character(&bench.model, " ", bench.now_ns));
	key(CABIN_KEY_MICROPHONE);
	assert_true(expect(CABIN_COMMAND_MIC).on);
	key(CABIN_KEY_ESCAPE);
	assert_int_equal(bench.model.page, CABIN_PAGE_LIVE);
	server("{\"type\":\"message\",\"from\":{\"booth\":\"plenary-vi\",\"seat\":2},\"to\":\"partner\",\"text\":null,"
	       "\"canned\":\"thanks\",\"at_us\":1}");
	assert_int_equal(cabin_model_unread(&bench.model), 1);
	assert_int_equal(bench.model.said, CABIN_SAID_MESSAGE);
	key(CABIN_KEY_MESSAGES);
	assert_int_equal(cabin_model_unread(&bench.model), 0);
	expect_nothing(); /* no bell unless chosen */
	bench.model.settings.sound.bell = true;
	server("{\"type\":\"message\",\"from\":{\"booth\":null,\"seat\":null},\"to\":\"partner\",\"text\":\"hi\","
	       "\"canned\":null,\"at_us\":2}");
	expect(CABIN_COMMAND_BELL);
}

static void the_shift_runs_from_the_first_time_on_air(void **state)
{
	double left_s;
	assert_false(cabin_model_shift_left_s(&bench.model, &left_s));
	go_on_air();
	bench.now_ns += UINT64_C(1799) * CABIN_NS_PER_S;
	pass(100);
	assert_true(cabin_model_shift_left_s(&bench.model, &left_s) && left_s > 0.5);
	assert_int_equal(bench.model.said, CABIN_SAID_NOTHING);
	pass(1500);
	assert_true(cabin_model_shift_left_s(&bench.model, &left_s) && left_s < 0);
	assert_int_equal(bench.model.said, CABIN_SAID_SHIFT_OVER);
	key(CABIN_KEY_SHIFT);
	assert_true(cabin_model_shift_left_s(&bench.model, &left_s) && left_s > 1799);
}

static void volume_and_tone_stay_within_their_limits(void **state)
{
	for (int i = 0; i < 100; i++) {
		key(CABIN_KEY_LOUDER);
		forget_commands();
	}
	assert_true(bench.model.settings.sound.volume_db == 0);
	for (int i = 0; i < 100; i++) {
		key(CABIN_KEY_QUIETER);
		expect(CABIN_COMMAND_SOUND);
		expect(CABIN_COMMAND_SAVE);
	}
	assert_true(bench.model.settings.sound.volume_db == -60);
	key(CABIN_KEY_SOUND);
	key(CABIN_KEY_DOWN);
	for (int i = 0; i < 40; i++) {
		key(CABIN_KEY_SOURCE_NEXT);
		forget_commands();
	}
	assert_true(bench.model.settings.sound.bass_db == 6);
	assert_true(bench.model.settings.sound.volume_db == -60);
}

static void the_preflight_checks_and_the_microphone_key_ends_it(void **state)
{
	begin_with(false, true);
	assert_int_equal(bench.model.page, CABIN_PAGE_PREFLIGHT);
	bench.facts.voice = CABIN_VOICE_GOOD;
	bench.facts.round_trip_ms = 4;
	pass(2000);
	assert_int_equal(bench.model.checks[CABIN_PREFLIGHT_MICROPHONE], CABIN_CHECK_GOOD);
	assert_int_equal(bench.model.checks[CABIN_PREFLIGHT_NETWORK], CABIN_CHECK_GOOD);
	key(CABIN_KEY_TECHNICIAN); /* T is the tone here */
	assert_true(expect(CABIN_COMMAND_TEST_TONE).on);
	key(CABIN_KEY_YES);
	assert_false(expect(CABIN_COMMAND_TEST_TONE).on);
	assert_int_equal(bench.model.checks[CABIN_PREFLIGHT_HEADSET], CABIN_CHECK_GOOD);
	key(CABIN_KEY_ECHO);
	assert_true(expect(CABIN_COMMAND_ECHO).on);
	key(CABIN_KEY_MICROPHONE); /* an emergency */
	assert_false(expect(CABIN_COMMAND_ECHO).on);
	assert_true(expect(CABIN_COMMAND_MIC).on);
	assert_int_equal(bench.model.page, CABIN_PAGE_LIVE);
	bench.facts.microphone_open = false;
	pass(100);
	assert_int_equal(bench.model.checks[CABIN_PREFLIGHT_MICROPHONE], CABIN_CHECK_BAD);
}

static void leaving_on_air_needs_a_second_press(void **state)
{
	go_on_air();
	key(CABIN_KEY_QUIT);
	expect_nothing();
	assert_int_equal(bench.model.said, CABIN_SAID_QUIT);
	key(CABIN_KEY_QUIT);
	assert_false(expect(CABIN_COMMAND_MIC).on);
	expect(CABIN_COMMAND_QUIT);
}

static void a_pipe_drives_the_same_model(void **state)
{
	char text[1024];
	assert_int_equal(cabin_control_line(&bench.model, "mic on\n", bench.now_ns), 0);
	assert_true(expect(CABIN_COMMAND_MIC).on);
	assert_int_equal(cabin_control_line(&bench.model, "mic on", bench.now_ns), 0);
	expect_nothing();
	booth(1, false, true, false, true, "null");
	cabin_control_state(&bench.model, text, sizeof(text));
	assert_non_null(strstr(text, "state air=on microphone=1 "));
	assert_non_null(strstr(text, " source=plenary.floor quality=direct "));
	assert_non_null(strstr(text, " output_a=2:pass-through:-:0:pass-through"));
	assert_int_equal(cabin_control_line(&bench.model, "cough on", bench.now_ns), 0);
	assert_true(expect(CABIN_COMMAND_COUGH).on);
	pass(5000);
	expect_nothing();
	assert_int_equal(cabin_control_line(&bench.model, "cough off", bench.now_ns), 0);
	assert_false(expect(CABIN_COMMAND_COUGH).on);
	assert_int_equal(cabin_control_line(&bench.model, "idle plenary.vi channel plenary.en", bench.now_ns), 0);
	struct cabin_command command = expect(CABIN_COMMAND_IDLE);
	assert_true(command.channel == 2 && command.from == 4 && command.number == CABIN_IDLE_CHANNEL);
	assert_int_equal(cabin_control_line(&bench.model, "message room text xin  chào", bench.now_ns), 0);
	assert_string_equal(expect(CABIN_COMMAND_MESSAGE).text, "xin  chào");
	assert_int_equal(cabin_control_line(&bench.model, "key floor", bench.now_ns), 0);
	assert_int_equal(expect(CABIN_COMMAND_LISTEN).channel, 1);
	static const char *const bad[] = {"mic",
					  "mic maybe",
					  "listen nowhere",
					  "volume loud",
					  "volume 3",
					  "key no-key",
					  "signal faster on",
					  "idle plenary.vi gone",
					  "message partner canned x",
					  "xyz"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(cabin_control_line(&bench.model, bad[i], bench.now_ns), CABIN_EINVAL);
	expect_nothing();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest tests[] = {
	    TEST(the_microphone_key_is_a_light_switch),
	    TEST(an_older_state_does_not_switch_the_microphone_off),
	    TEST(a_partner_who_takes_the_air_switches_mine_off),
	    TEST(what_is_held_is_taken_by_a_second_press_within_3_s),
	    TEST(a_tapped_cough_lasts_2_s_and_a_later_press_ends_it),
	    TEST(a_held_cough_is_silent_until_after_the_last_repeat),
	    TEST(push_to_talk_follows_the_key),
	    TEST(hand_over_is_one_key),
	    TEST(nobody_there_gets_no_hand_over),
	    TEST(a_lost_connection_keeps_the_wish_and_says_the_truth),
	    TEST(sources_by_presets_floor_and_arrows),
	    TEST(the_monitor_follows_the_output),
	    TEST(what_listeners_get_goes_round),
	    TEST(signals_and_the_call_are_switches),
	    TEST(messages_by_number_and_by_hand),
	    TEST(the_shift_runs_from_the_first_time_on_air),
	    TEST(volume_and_tone_stay_within_their_limits),
	    TEST(the_preflight_checks_and_the_microphone_key_ends_it),
	    TEST(leaving_on_air_needs_a_second_press),
	    TEST(a_pipe_drives_the_same_model),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
