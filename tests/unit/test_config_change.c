/* Changes of a loaded configuration: what they do, what they refuse and say, and that the
 * result is printed as a file that loads again. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config_change.h"
#include "config_fakes.h"

static const char plain[] =
    "event: {id: e, name: E}\nlanguages: [vi, fr]\nserver: {spare_rooms: 2}\n"
    "sources:\n  hall: {tone_hz: 440}\n  side: {tone_hz: 550}\n"
    "rooms:\n  - id: main\n    name: Main\n    floor: {source: hall, number: 7}\n"
    "    channels: [{language: vi, idle: channel, idle_from: fr}, {language: fr, source: side}]\n"
    "  - {id: late, name: Late, floor: {source: side}, channels: [{language: fr}]}\n"
    "agenda:\n  - {room: late, title: T, start: 2027-03-02T02:00:00Z, end: 2027-03-02T03:00:00Z}\n";

static const char *const two_languages[] = {"fr", "en"};
static const struct cabin_config_new_room side_room = {
    .id = "side-1",
    .name = {"Phòng họp", "Réunion: \"à côté\"", "Side meeting"},
    .input = "side",
    .languages = two_languages,
    .language_count = 2,
};

/* The refusal's text, and that nothing changed. */
static void check_refused(struct cabin_config *config, const struct cabin_config_new_room *room, int code,
			  const char *text)
{
	struct cabin_config_refusal refusal;
	char *before = print_text(config);
	assert_int_equal(cabin_config_add_room(config, room, &refusal), code);
	char *after = print_text(config);
	assert_string_equal(refusal.text, text);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void finds_by_id(void **state)
{
	struct cabin_config *config = load_text(plain);
	assert_int_equal(cabin_config_find_channel(config, "main.fr"), 2);
	assert_int_equal(cabin_config_find_channel(config, "main.en"), CABIN_INDEX_NONE);
	assert_int_equal(cabin_config_find_room(config, "late"), 1);
	assert_int_equal(cabin_config_find_source(config, "side"), 1);
	assert_int_equal(cabin_config_find_booth(config, "main-vi"), 0);
	assert_int_equal(cabin_config_find_booth(config, "main"), CABIN_INDEX_NONE);
	cabin_config_destroy(config);
}

static void changes_a_channel(void **state)
{
	struct cabin_config *config = load_text(plain);
	struct cabin_config_refusal refusal;
	assert_int_equal(cabin_config_set_channel_gain(config, 1, -3.25f, &refusal), 0);
	assert_string_equal(refusal.text, "");
	assert_int_equal(cabin_config_set_channel_gain(config, 1, 40.1f, &refusal), CABIN_EINVAL);
	assert_string_equal(refusal.text, "gain_db is out of range; write -40 to 40");
	assert_int_equal(cabin_config_set_channel_gain(config, 1, NAN, &refusal), CABIN_EINVAL);
	assert_float_equal(config->channels[1].gain_db, -3.25, 0);

	assert_int_equal(cabin_config_set_channel_hide(config, 2, CABIN_HIDE_IDLE, &refusal), 0);
	assert_int_equal(cabin_config_set_channel_hide(config, 0, CABIN_HIDE_IDLE, &refusal), CABIN_EINVAL);
	assert_string_equal(refusal.text, "a floor cannot be hidden: interpreters need it; lock the room instead");
	assert_int_equal(cabin_config_set_channel_hide(config, 0, CABIN_HIDE_NEVER, &refusal), 0);

	char *text = print_text(config);
	struct cabin_config *again = load_text(text);
	assert_float_equal(again->channels[1].gain_db, -3.25, 0);
	assert_int_equal(again->channels[2].hide, CABIN_HIDE_IDLE);
	free(text);
	cabin_config_destroy(again);
	check_round_trip(config);
	cabin_config_destroy(config);
}

static void changes_a_room(void **state)
{
	struct cabin_config *config = load_text(plain);
	struct cabin_config_refusal refusal;
	assert_int_equal(cabin_config_set_room_input(config, 0, "side", &refusal), 0);
	assert_int_equal(config->channels[0].source_index, 1);
	assert_int_equal(cabin_config_set_room_input(config, 0, "sid", &refusal), CABIN_EINVAL);
	assert_string_equal(refusal.text, "no input 'sid'; did you mean 'side'?");
	assert_int_equal(config->channels[0].source_index, 1);
	check_round_trip(config);
	assert_int_equal(cabin_config_set_room_input(config, 0, NULL, &refusal), 0);
	assert_int_equal(config->channels[0].source_index, CABIN_INDEX_NONE);

	char pin[] = "0048";
	assert_int_equal(cabin_config_set_room_lock(config, 1, true, NULL, &refusal), CABIN_EINVAL);
	assert_string_equal(refusal.text, "no PIN; give one of 4 to 8 digits");
	assert_false(config->rooms[1].locked);
	assert_int_equal(cabin_config_set_room_lock(config, 1, true, "123456789", &refusal), CABIN_EINVAL);
	assert_string_equal(refusal.text, "not a PIN; write 4 to 8 digits");
	assert_int_equal(cabin_config_set_room_lock(config, 1, true, pin, &refusal), 0);
	pin[0] = '9'; /* it was copied */
	assert_string_equal(config->rooms[1].pin, "0048");
	assert_int_equal(cabin_config_set_room_lock(config, 1, false, NULL, &refusal), 0);
	assert_string_equal(config->rooms[1].pin, "0048");
	assert_int_equal(cabin_config_set_room_lock(config, 1, true, NULL, &refusal), 0);
	assert_true(config->rooms[1].locked);
	check_round_trip(config);
	cabin_config_destroy(config);
}

static void adds_a_room(void **state)
{
	static const uint16_t numbers[] = {40, 41, 42};
	struct cabin_config *config = load_text(plain);
	struct cabin_config_refusal refusal;
	struct cabin_config_new_room room = side_room;
	room.numbers = numbers;
	assert_int_equal(cabin_config_add_room(config, &room, &refusal), 0);
	assert_string_equal(refusal.text, "");
	assert_int_equal(config->room_count, 3);
	assert_true(config->rooms[2].added);
	assert_string_equal(config->rooms[2].name.fr, side_room.name.fr);
	assert_int_equal(config->channel_count, 8);
	const struct cabin_config_channel *floor = &config->channels[5], *en = &config->channels[7];
	assert_string_equal(floor->id, "side-1.floor");
	assert_int_equal(floor->number, 40);
	assert_int_equal(floor->source_index, 1);
	assert_string_equal(en->id, "side-1.en");
	assert_int_equal(en->number, 42);
	assert_int_equal(en->floor_channel_index, 5);
	assert_string_equal(en->name.fr, "Anglais");
	assert_int_equal(config->language_count, 3); /* a built-in one that was not there */
	assert_int_equal(config->booth_count, 5);
	assert_string_equal(config->booths[4].id, "side-1-en");
	assert_int_equal(config->booths[4].seat_count, 2);
	assert_int_equal(config->booths[4].output_channel_index[0], 7);
	assert_int_equal(config->booths[4].output_channel_index[1], CABIN_INDEX_NONE);
	check_round_trip(config);

	/* Without numbers: those after the highest; without an input: silent. */
	room = side_room;
	room.id = "side-2";
	room.input = NULL;
	assert_int_equal(cabin_config_add_room(config, &room, &refusal), 0);
	assert_int_equal(config->channels[8].number, 43);
	assert_int_equal(config->channels[10].number, 45);
	assert_int_equal(config->channels[8].source_index, CABIN_INDEX_NONE);
	check_round_trip(config);
	room.id = "side-3";
	check_refused(config, &room, CABIN_EFULL,
		      "all 2 spare rooms are in use; remove one that was added, or raise server.spare_rooms");
	cabin_config_destroy(config);
}

static void says_what_a_room_lacks(void **state)
{
	static const char *const twice[] = {"fr", "fr"}, *const unknown[] = {"xx"};
	static const uint16_t taken[] = {40, 7, 41};
	static const char too_long[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi";
	struct cabin_config *config = load_text(plain);
	struct cabin_config_new_room room = side_room;
	room.id = "main";
	check_refused(config, &room, CABIN_EINVAL, "room id 'main' is taken already; give it another id");
	room.id = "Side 1";
	check_refused(config, &room, CABIN_EINVAL,
		      "'Side 1' is not an id; use lower-case letters a to z, digits and hyphens");
	room.id = too_long;
	check_refused(config, &room, CABIN_EINVAL,
		      "the id 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi' is too long; use at most "
		      "57 characters");
	room = side_room;
	room.languages = twice;
	check_refused(config, &room, CABIN_EINVAL, "language 'fr' is there twice; remove one");
	room.languages = unknown;
	room.language_count = 1;
	check_refused(config, &room, CABIN_EINVAL, "no language 'xx'; add it under languages in the configuration");
	room.language_count = 0;
	check_refused(config, &room, CABIN_EINVAL, "0 languages; give 1 to 3");
	room = side_room;
	room.input = "nothing-like-it";
	check_refused(config, &room, CABIN_EINVAL,
		      "no input 'nothing-like-it'; use one of the sources of the configuration");
	room = side_room;
	room.numbers = taken;
	check_refused(config, &room, CABIN_EINVAL, "channel number 7 is taken already; give another");
	room = side_room;
	room.name.fr = "a\nb";
	check_refused(config, &room, CABIN_EINVAL, "the name is not a line of 1 to 500 bytes of UTF-8; correct it");
	room.name.fr = "";
	check_refused(config, &room, CABIN_EINVAL, "the name is not a line of 1 to 500 bytes of UTF-8; correct it");
	cabin_config_destroy(config);
}

static void removes_a_room(void **state)
{
	struct cabin_config *config = load_text(plain);
	struct cabin_config_refusal refusal;
	struct cabin_config_new_room second = side_room;
	char *before = print_text(config);
	second.id = "side-2";
	assert_int_equal(cabin_config_add_room(config, &side_room, &refusal), 0);
	assert_int_equal(cabin_config_add_room(config, &second, &refusal), 0);
	assert_int_equal(cabin_config_remove_room(config, 0, &refusal), CABIN_EINVAL);
	assert_string_equal(refusal.text,
			    "room 'main' is of the configuration; only rooms that were added can be removed");

	/* The one behind it moves up whole. */
	assert_int_equal(cabin_config_remove_room(config, 2, &refusal), 0);
	assert_int_equal(config->room_count, 3);
	assert_string_equal(config->rooms[2].id, "side-2");
	assert_int_equal(config->rooms[2].first_channel_index, 5);
	assert_string_equal(config->channels[7].id, "side-2.en");
	assert_int_equal(config->channels[7].floor_channel_index, 5);
	assert_int_equal(config->channels[7].room_index, 2);
	assert_int_equal(config->channels[7].number, 13); /* numbers stay */
	assert_int_equal(config->booths[4].output_channel_index[0], 7);
	assert_int_equal(config->booths[4].room_index, 2);
	check_round_trip(config);

	assert_int_equal(cabin_config_remove_room(config, 2, &refusal), 0);
	char *after = print_text(config);
	/* All as it was, but for the language that the rooms brought along. */
	char *language = strstr(after, "  - id: \"en\"\n");
	assert_non_null(language);
	char *end = strstr(language, "sources:\n");
	assert_non_null(end);
	memmove(language, end, strlen(end) + 1);
	assert_string_equal(before, after);
	free(before);
	free(after);
	cabin_config_destroy(config);
}

static void copies(void **state)
{
	struct cabin_config *config = load_text(plain), *copy;
	struct cabin_config_refusal refusal;
	config->server.data = NULL; /* the demo's */
	assert_int_equal(cabin_config_add_inserts(config, CABIN_SOURCE_DIR "/deploy/sounds"), 0);
	assert_int_equal(cabin_config_add_room(config, &side_room, &refusal), 0);
	assert_int_equal(cabin_config_copy(&copy, config), 0);
	assert_null(copy->server.data);
	assert_true(copy->rooms[2].added);
	assert_false(copy->rooms[1].added);
	assert_int_equal(copy->source_count, 2);
	char *text = print_text(config), *text_of_copy = print_text(copy);
	assert_string_equal(text, text_of_copy);
	cabin_config_destroy(config); /* the copy has its own memory */
	free(text);
	text = print_text(copy);
	assert_string_equal(text, text_of_copy);
	free(text);
	free(text_of_copy);
	cabin_config_destroy(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_by_id), cmocka_unit_test(changes_a_channel),	     cmocka_unit_test(changes_a_room),
	    cmocka_unit_test(adds_a_room), cmocka_unit_test(says_what_a_room_lacks), cmocka_unit_test(removes_a_room),
	    cmocka_unit_test(copies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
