/* server/net/desk_feed: who is told what the desk shows, and what happens to whoever is behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/desk_feed.h"
#include "net_bench.h"

static const char *observer(void)
{
	return bench_token(&bench, CABIN_TOKEN_OBSERVER, "");
}

static void until_desks(uint32_t count)
{
	for (int ms = 0; cabin_server_desk_count(bench.server) != count && ms < BENCH_PATIENCE_MS; ms += 2)
		bench_pause();
	assert_int_equal(cabin_server_desk_count(bench.server), count);
}

static bool tell(const char *text)
{
	return cabin_server_tell_desks(bench.server, false, text, strlen(text));
}

static void which_texts_are_states(void **state)
{
	static const char *const texts[] = {"{\"type\":\"desk\",\"a\":1}", "{\"type\":\"audience\",\"a\":1}",
					    "{\"type\":\"alarms\",\"a\":1}"};
	for (int i = 0; i < 3; i++)
		assert_int_equal(cabin_desk_feed_state_of(texts[i], strlen(texts[i])), i);
	assert_int_equal(cabin_desk_feed_state_of("{\"type\":\"log\",\"a\":1}", 20), -1);
	assert_int_equal(cabin_desk_feed_state_of("{\"type\":\"desks\"}", 16), -1);
	assert_int_equal(cabin_desk_feed_state_of("{\"type\"", 7), -1);
	assert_int_equal(cabin_desk_feed_state_of("", 0), -1);
}

static void only_whoever_asked_is_told(void **state)
{
	int listener = ws_open(&bench), quiet = ws_open(&bench), desk = ws_open(&bench);
	ws_join(&bench, quiet, bench_technician(&bench), "", 0);
	ws_join(&bench, desk, bench_technician(&bench), "", 0);
	assert_int_equal(cabin_server_desk_count(bench.server), 0);
	ws_say(desk, "{\"type\":\"desk\",\"on\":true}");
	ws_say(desk, "{\"type\":\"desk\",\"on\":true}"); /* once is enough */
	until_desks(1);
	assert_true(ws_is_quiet(desk)); /* nothing is known yet */
	assert_true(tell("{\"type\":\"log\",\"entries\":[1]}"));
	assert_string_equal(ws_text(desk, ""), "{\"type\":\"log\",\"entries\":[1]}");
	assert_true(ws_is_quiet(listener));
	assert_true(ws_is_quiet(quiet));
	ws_say(desk, "{\"type\":\"desk\",\"on\":false}");
	until_desks(0);
	assert_true(tell("{\"type\":\"log\",\"entries\":[2]}"));
	assert_true(ws_is_quiet(desk));
	/* A listener is no desk. */
	ws_say(listener, "{\"type\":\"desk\",\"on\":true}");
	(void)ws_text(listener, "not-joined");
	until_desks(0);
	close(listener);
	close(quiet);
	close(desk);
}

static void whoever_comes_later_gets_the_newest_states(void **state)
{
	int desk = ws_open(&bench);
	assert_true(tell("{\"type\":\"desk\",\"revision\":1}"));
	assert_true(tell("{\"type\":\"alarms\",\"alarms\":[]}"));
	assert_true(tell("{\"type\":\"desk\",\"revision\":2}"));
	assert_true(tell("{\"type\":\"log\",\"entries\":[]}"));
	ws_join(&bench, desk, observer(), "", 0);
	ws_say(desk, "{\"type\":\"desk\",\"on\":true}");
	assert_string_equal(ws_text(desk, ""), "{\"type\":\"desk\",\"revision\":2}");
	assert_string_equal(ws_text(desk, ""), "{\"type\":\"alarms\",\"alarms\":[]}");
	assert_true(ws_is_quiet(desk));
	/* Its end is noticed. */
	until_desks(1);
	close(desk);
	until_desks(0);
}

static void large_texts_and_binary_ones(void **state)
{
	static char large[CABIN_DESK_TEXT_MAX_BYTES + 2];
	char bytes[64];
	size_t size;
	int desk = ws_open(&bench);
	ws_join(&bench, desk, bench_technician(&bench), "", 0);
	ws_say(desk, "{\"type\":\"desk\",\"on\":true}");
	until_desks(1);
	(void)ws_text(desk, "\"alarms\"");
	memset(large, 'x', sizeof(large) - 1);
	assert_false(cabin_server_tell_desks(bench.server, false, large, CABIN_DESK_TEXT_MAX_BYTES + 1));
	assert_true(cabin_server_tell_desks(bench.server, false, large, 100000));
	assert_int_equal(strlen(ws_text(desk, "x")), 100000);
	assert_true(cabin_server_tell_desks(bench.server, true, "L\1abc", 5));
	assert_int_equal(ws_next(desk, bytes, sizeof(bytes), &size), 2);
	assert_int_equal(size, 5);
	assert_memory_equal(bytes, "L\1abc", 5);
	close(desk);
	until_desks(0);
}

static void an_observer_changes_nothing(void **state)
{
	int desk = ws_open(&bench);
	ws_join(&bench, desk, observer(), "", 0);
	ws_say(desk, "{\"type\":\"call\",\"booth\":\"vi\",\"seat\":1,\"state\":\"seen\"}");
	(void)ws_text(desk, "not-yours");
	ws_say(desk, "{\"type\":\"message\",\"to\":\"room\",\"canned\":\"yes\"}");
	(void)ws_text(desk, "not-yours");
	ws_say(desk, "{\"type\":\"leave\"}");
	(void)bench_command(&bench, CABIN_CONSOLE_LEAVE);
	close(desk);
}

/* To the hub an observer is a technician; it hears itself what it is. */
static void what_joined_says(void **state)
{
	char text[512];
	int desk = ws_open(&bench);
	const struct cabin_notice_sink sink = cabin_server_notice_sink(bench.server);
	snprintf(text, sizeof(text), "{\"type\":\"join\",\"token\":\"%s\"}", observer());
	ws_say(desk, text);
	const struct cabin_notice granted = {.scope = CABIN_NOTICE_CONNECTION,
					     .connection = bench_command(&bench, CABIN_CONSOLE_JOIN).connection,
					     .text = "{\"type\":\"joined\",\"role\":\"technician\"}",
					     .size = 37,
					     .granted = true,
					     .source_index = CABIN_INDEX_NONE};
	assert_true(sink.notify(sink.context, &granted));
	assert_string_equal(ws_text(desk, ""), "{\"type\":\"joined\",\"role\":\"observer\"}");
	close(desk);
}

static void who_takes_a_seat_in_the_desk_s_booth(void **state)
{
	char text[512];
	int fd = ws_open(&bench);
	ws_join(&bench, fd, bench_technician(&bench), ",\"booth\":\"desk\"", 1);
	/* Its microphone is one as any console's. */
	ws_say(fd, "{\"type\":\"mic\",\"on\":true}");
	const struct cabin_console_command command = bench_command(&bench, CABIN_CONSOLE_MIC);
	assert_int_equal(command.booth_index, 2);
	assert_int_equal(command.seat, 1);
	close(fd);
	(void)bench_command(&bench, CABIN_CONSOLE_GONE);

	fd = ws_open(&bench);
	snprintf(text, sizeof(text), "{\"type\":\"join\",\"token\":\"%s\",\"booth\":\"desk\"}", observer());
	ws_say(fd, text);
	(void)ws_text(fd, "not-yours");
	snprintf(text, sizeof(text), "{\"type\":\"join\",\"token\":\"%s\",\"booth\":\"vi\"}", bench_technician(&bench));
	ws_say(fd, text);
	(void)ws_text(fd, "not-yours");
	/* A booth's token of that name is no technician's. */
	snprintf(text, sizeof(text), "{\"type\":\"join\",\"token\":\"%s\"}",
		 bench_token(&bench, CABIN_TOKEN_BOOTH, CABIN_DESK_BOOTH_ID));
	ws_say(fd, text);
	(void)ws_text(fd, "booth-unknown");
	close(fd);
}

/* One that reads nothing misses levels, and is closed before it misses a text; another
 * notices nothing of it. */
static void a_desk_that_is_behind(void **state)
{
	static char block[16 << 10];
	struct cabin_server_stats stats;
	int slow = ws_open(&bench), good = ws_open(&bench);
	ws_join(&bench, slow, bench_technician(&bench), "", 0);
	ws_join(&bench, good, bench_technician(&bench), "", 0);
	ws_say(slow, "{\"type\":\"desk\",\"on\":true}");
	ws_say(good, "{\"type\":\"desk\",\"on\":true}");
	until_desks(2);
	memset(block, 'L', sizeof(block));
	stats.levels_dropped = 0;
	for (int i = 0; i < 5000 && !stats.levels_dropped; i++) {
		char got[sizeof(block) + 1];
		size_t size;
		while (!cabin_server_tell_desks(bench.server, true, block, sizeof(block)))
			bench_pause();
		while (ws_next(good, got, sizeof(got), &size) != 2)
			;
		assert_int_equal(size, sizeof(block));
		cabin_server_stats(bench.server, &stats);
	}
	assert_true(stats.levels_dropped > 0);
	assert_int_equal(cabin_server_desk_count(bench.server), 2);
	memset(block, 'T', sizeof(block));
	for (int i = 0; i < 100 && cabin_server_desk_count(bench.server) == 2; i++) {
		while (!cabin_server_tell_desks(bench.server, false, block, sizeof(block)))
			bench_pause();
		(void)ws_text(good, "TTTT");
	}
	until_desks(1);
	assert_true(ws_is_quiet(good));
	close(slow);
	close(good);
	until_desks(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(which_texts_are_states),
	    cmocka_unit_test(only_whoever_asked_is_told),
	    cmocka_unit_test(whoever_comes_later_gets_the_newest_states),
	    cmocka_unit_test(large_texts_and_binary_ones),
	    cmocka_unit_test(an_observer_changes_nothing),
	    cmocka_unit_test(what_joined_says),
	    cmocka_unit_test(who_takes_a_seat_in_the_desk_s_booth),
	    cmocka_unit_test(a_desk_that_is_behind),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
