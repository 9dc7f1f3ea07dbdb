/* client/keys: bytes of plain terminals and of the kitty protocol. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/clock.h"
#include "client/keys.h"

#define MS CABIN_NS_PER_MS

/* Feeds all; the newest event, or NONE. */
static struct cabin_key_event feed(struct cabin_key_reader *reader, const char *bytes, size_t size, uint64_t now_ms)
{
	struct cabin_key_event event, newest = {0};
	for (size_t i = 0; i < size; i++) {
		if (cabin_key_reader_take(reader, bytes[i], now_ms * MS, &event))
			newest = event;
	}
	return newest;
}

static enum cabin_key key_of(const char *bytes)
{
	struct cabin_key_reader reader = {0};
	return feed(&reader, bytes, strlen(bytes), 1000).key;
}

static void characters_and_sequences(void **state)
{
	assert_int_equal(key_of(" "), CABIN_KEY_MICROPHONE);
	assert_int_equal(key_of("c"), CABIN_KEY_COUGH);
	assert_int_equal(key_of("C"), CABIN_KEY_COUGH);
	assert_int_equal(key_of("\x1b[C"), CABIN_KEY_SOURCE_NEXT);
	assert_int_equal(key_of("\x1bOA"), CABIN_KEY_UP);
	assert_int_equal(key_of("é"), CABIN_KEY_RELAY_2);
	assert_int_equal(key_of("\x7f"), CABIN_KEY_BACKSPACE);
	assert_int_equal(key_of("\x03"), CABIN_KEY_QUIT);
	assert_int_equal(key_of("ộ"), CABIN_KEY_NONE);
	struct cabin_key_reader reader = {0};
	struct cabin_key_event event = feed(&reader, "ộ", strlen("ộ"), 1);
	assert_true(event.is_text);
	assert_string_equal(event.text, "ộ");
	event = feed(&reader, "\0", 1, 2); /* Ctrl-Space: also while writing */
	assert_int_equal(event.key, CABIN_KEY_MICROPHONE);
	assert_false(event.is_text);
}

static void escape_alone_is_known_after_a_moment(void **state)
{
	struct cabin_key_reader reader = {0};
	struct cabin_key_event event;
	assert_int_equal(feed(&reader, "\x1b", 1, 1000).key, CABIN_KEY_NONE);
	assert_false(cabin_key_reader_flush(&reader, 1020 * MS, &event));
	assert_true(cabin_key_reader_flush(&reader, 1051 * MS, &event));
	assert_int_equal(event.key, CABIN_KEY_ESCAPE);
	assert_false(cabin_key_reader_flush(&reader, 2000 * MS, &event));
}

/* Space held in a plain terminal switches the microphone once. */
static void a_held_microphone_key_is_one_press(void **state)
{
	for (uint64_t delay_ms = 200; delay_ms <= 660; delay_ms += 20) {
		struct cabin_key_reader reader = {0};
		int presses = 0;
		uint64_t now_ms = 1000;
		presses += feed(&reader, " ", 1, now_ms).key == CABIN_KEY_MICROPHONE;
		now_ms += delay_ms;
		for (int i = 0; i < 100; i++, now_ms += 33)
			presses += feed(&reader, " ", 1, now_ms).key == CABIN_KEY_MICROPHONE;
		assert_int_equal(presses, 1);
		assert_int_equal(feed(&reader, " ", 1, now_ms + 800).key, CABIN_KEY_MICROPHONE);
	}
	struct cabin_key_reader talk = {.wants_repeats = true};
	assert_int_equal(feed(&talk, " ", 1, 1000).key, CABIN_KEY_MICROPHONE);
	assert_int_equal(feed(&talk, " ", 1, 1030).key, CABIN_KEY_MICROPHONE);
}

static void the_kitty_protocol_tells_repeats_and_releases(void **state)
{
	static const char press[] = "\x1b[32;1:1;32u", again[] = "\x1b[32;1:2;32u", release[] = "\x1b[32;1:3u";
	struct cabin_key_reader reader = {0};
	assert_int_equal(feed(&reader, press, sizeof(press) - 1, 1).key, CABIN_KEY_MICROPHONE);
	assert_int_equal(feed(&reader, again, sizeof(again) - 1, 2).key, CABIN_KEY_NONE);
	struct cabin_key_event event = feed(&reader, release, sizeof(release) - 1, 3);
	assert_int_equal(event.key, CABIN_KEY_MICROPHONE);
	assert_int_equal(event.action, CABIN_KEY_RELEASED);
	assert_int_equal(feed(&reader, press, sizeof(press) - 1, 4).key, CABIN_KEY_MICROPHONE); /* at once */
	assert_int_equal(key_of("\x1b[99u"), CABIN_KEY_COUGH);
	assert_int_equal(key_of("\x1b[99;5u"), CABIN_KEY_QUIT);
	assert_int_equal(key_of("\x1b[47;2;63u"), CABIN_KEY_HELP); /* shift and / is ? */
	assert_int_equal(key_of("\x1b[27u"), CABIN_KEY_ESCAPE);
	assert_int_equal(key_of("\x1b[1;1:3A"), CABIN_KEY_UP);
	assert_int_equal(key_of("\x1b[?11u"), CABIN_KEY_NONE);
}

static void garbage_is_survived(void **state)
{
	struct cabin_key_reader reader = {0};
	uint32_t seed = 7;
	for (int i = 0; i < 200000; i++) {
		struct cabin_key_event event;
		seed = seed * 1664525 + 1013904223;
		char byte = (char)(seed >> 24);
		if (i % 3 == 0)
			byte = "\x1b[;:u0"[seed >> 16 & 3];
		if (cabin_key_reader_take(&reader, byte, (uint64_t)i * MS, &event))
			assert_true(strlen(event.text) < sizeof(event.text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(characters_and_sequences),
	    cmocka_unit_test(escape_alone_is_known_after_a_moment),
	    cmocka_unit_test(a_held_microphone_key_is_one_press),
	    cmocka_unit_test(the_kitty_protocol_tells_repeats_and_releases),
	    cmocka_unit_test(garbage_is_survived),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
