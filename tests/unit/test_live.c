/* server/net/live: what changes while the server runs, as its connections see it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net_bench.h"
#include "wire/pin.h"

static char answer[BENCH_ANSWER_MAX];

static void get(const char *path, const char *more)
{
	char text[1024];
	int fd = client_open(&bench);
	snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n", path, more);
	client_say(fd, text);
	(void)client_answer(fd, answer, sizeof(answer));
	close(fd);
}

static void the_event_changes_and_listeners_are_told(void **state)
{
	char etag[64], revision[64], header[128];
	int before = ws_open(&bench), console = ws_open(&bench);
	ws_join(&bench, console, bench_technician(&bench), "", 0);
	assert_int_equal(cabin_server_set_event(bench.server, strdup("{\"event\":2}")), 0);
	const char *text = ws_text(before, "\"event\"");
	assert_int_equal(sscanf(text, "{\"type\":\"event\",\"revision\":\"%60[^\"]\"}", revision), 1);
	(void)ws_text(console, revision);
	get("/api/v1/event", "");
	assert_non_null(strstr(answer, "\r\n\r\n{\"event\":2}"));
	assert_int_equal(sscanf(strstr(answer, "ETag: "), "ETag: \"%60[^\"]\"", etag), 1);
	assert_string_equal(etag, revision);
	snprintf(header, sizeof(header), "If-None-Match: \"%s\"\r\n", etag);
	get("/api/v1/event", header);
	assert_int_equal(atoi(answer + 9), 304);
	/* Who comes later knows it already. */
	int later = ws_open(&bench);
	assert_true(ws_is_quiet(later));
	assert_int_equal(cabin_server_set_event(bench.server, strdup("{\"event\":3}")), 0);
	assert_null(strstr(ws_text(before, "\"event\""), revision));
	assert_null(strstr(ws_text(later, "\"event\""), revision));
	get("/api/v1/event", header);
	assert_int_equal(atoi(answer + 9), 200);
	/* The description's own revision, where it has one. */
	assert_int_equal(cabin_server_set_event(bench.server, strdup("{\"revision\":\"9f2c\"}")), 0);
	(void)ws_text(later, "\"revision\":\"9f2c\"");
	assert_int_equal(cabin_server_set_event(bench.server, NULL), CABIN_EINVAL);
	close(before);
	close(later);
	close(console);
}

static void booths_come_and_go(void **state)
{
	char text[512];
	int fd = ws_open(&bench);
	snprintf(text, sizeof(text), "{\"type\":\"join\",\"token\":\"%s\"}",
		 bench_token(&bench, CABIN_TOKEN_BOOTH, "side-1-vi"));
	ws_say(fd, text);
	(void)ws_text(fd, "booth-unknown");
	cabin_server_set_booth(bench.server, 1, "side-1-vi", "{\"documents\":[1]}");
	ws_say(fd, text);
	assert_int_equal(bench_command(&bench, CABIN_CONSOLE_JOIN).booth_index, 1);
	snprintf(text, sizeof(text), "Authorization: Bearer %s\r\n",
		 bench_token(&bench, CABIN_TOKEN_BOOTH, "side-1-vi"));
	get("/api/v1/booth/documents", text);
	assert_non_null(strstr(answer, "{\"documents\":[1]}"));
	cabin_server_set_booth(bench.server, 1, NULL, NULL);
	get("/api/v1/booth/documents", text);
	assert_int_equal(atoi(answer + 9), 403);
	close(fd);
}

static void until_listening(uint16_t channel_index, uint32_t count)
{
	for (int ms = 0; cabin_server_hearing_count(bench.server, channel_index) != count && ms < BENCH_PATIENCE_MS;
	     ms += 2)
		bench_pause();
	assert_int_equal(cabin_server_hearing_count(bench.server, channel_index), count);
}

static void a_locked_room(void **state)
{
	int inside = ws_open(&bench), technician = ws_open(&bench), elsewhere = ws_open(&bench);
	ws_join(&bench, technician, bench_technician(&bench), "", 0);
	ws_say(inside, "{\"type\":\"listen\",\"channel\":1}");
	ws_say(technician, "{\"type\":\"listen\",\"channel\":1}");
	ws_say(elsewhere, "{\"type\":\"listen\",\"channel\":3}");
	until_listening(0, 2);
	cabin_server_lock_room(bench.server, 0, cabin_pin_read("004821", 6));
	(void)ws_text(inside, "pin-required");
	until_listening(0, 1); /* the technician */
	assert_true(ws_is_quiet(elsewhere));
	ws_say(inside, "{\"type\":\"listen\",\"channel\":1}");
	(void)ws_text(inside, "pin-required");
	ws_say(inside, "{\"type\":\"listen\",\"channel\":2,\"pin\":\"4821\"}");
	(void)ws_text(inside, "pin-wrong");
	ws_say(inside, "{\"type\":\"listen\",\"channel\":1,\"pin\":\"004821\"}");
	until_listening(0, 2);
	/* The room's other channels, and back, without saying it again. */
	ws_say(inside, "{\"type\":\"listen\",\"channel\":2}");
	until_listening(1, 1);
	/* Another PIN: out again; a technician stays. */
	cabin_server_lock_room(bench.server, 0, cabin_pin_read("7777", 4));
	(void)ws_text(inside, "pin-required");
	until_listening(1, 0);
	until_listening(0, 1);
	cabin_server_lock_room(bench.server, 0, CABIN_PIN_NONE);
	ws_say(inside, "{\"type\":\"listen\",\"channel\":1}");
	until_listening(0, 2);
	assert_true(ws_is_quiet(inside));
	close(inside);
	close(technician);
	close(elsewhere);
	until_listening(0, 0);
}

static void guesses_have_an_end(void **state)
{
	int fd = ws_open(&bench);
	cabin_server_lock_room(bench.server, 0, cabin_pin_read("4821", 4));
	for (int i = 0; i < 5; i++) {
		ws_say(fd, "{\"type\":\"listen\",\"channel\":1,\"pin\":\"1111\"}");
		(void)ws_text(fd, "pin-wrong");
	}
	ws_say(fd, "{\"type\":\"listen\",\"channel\":1,\"pin\":\"4821\"}");
	(void)ws_text(fd, "pin-wrong");
	until_listening(0, 0);
	cabin_server_lock_room(bench.server, 0, CABIN_PIN_NONE);
	close(fd);
}

/* On one connection after the other: at last the right one is not looked at either. */
static void guesses_on_many_connections_have_an_end(void **state)
{
	unsigned right = 0;
	/* From a minute's beginning. */
	atomic_fetch_add(&bench.ahead_ns, 61 * CABIN_NS_PER_S - bench_now(&bench) % (60 * CABIN_NS_PER_S));
	cabin_server_lock_room(bench.server, 0, cabin_pin_read("4821", 4));
	/* Two loops, sixty each; and one that is left over. */
	for (int i = 0; i < 2 * 13 * 2; i++) {
		int fd = ws_open(&bench);
		for (int k = 0; k < 5; k++) {
			ws_say(fd, "{\"type\":\"listen\",\"channel\":1,\"pin\":\"1111\"}");
			(void)ws_text(fd, "pin-wrong");
		}
		close(fd);
	}
	for (int i = 0; i < 10; i++) {
		int fd = ws_open(&bench);
		ws_say(fd, "{\"type\":\"listen\",\"channel\":1,\"pin\":\"4821\"}");
		ws_say(fd, "{\"type\":\"ping\",\"id\":5,\"t1\":1}");
		right += strstr(ws_text(fd, ""), "pin-wrong") == NULL;
		close(fd);
	}
	assert_in_range(right, 0, 9); /* which loop a connection is of is chance */
	atomic_fetch_add(&bench.ahead_ns, 60 * CABIN_NS_PER_S);
	int fd = ws_open(&bench);
	ws_say(fd, "{\"type\":\"listen\",\"channel\":1,\"pin\":\"4821\"}");
	until_listening(0, 1);
	cabin_server_lock_room(bench.server, 0, CABIN_PIN_NONE);
	close(fd);
	until_listening(0, 0);
}

/* The desk's own channels are no listener's. */
static void the_desk_s_room_is_hidden(void **state)
{
	int fd = ws_open(&bench), technician = ws_open(&bench);
	ws_join(&bench, technician, bench_technician(&bench), "", 0);
	ws_say(fd, "{\"type\":\"listen\",\"channel\":4}");
	(void)ws_text(fd, "unknown-channel");
	ws_say(technician, "{\"type\":\"listen\",\"channel\":4}");
	until_listening(3, 1);
	/* A technician that leaves is a listener, and out of what was a technician's. */
	ws_say(technician, "{\"type\":\"leave\"}");
	until_listening(3, 0);
	close(fd);
	close(technician);
}

static void talkback(void **state)
{
	const uint64_t vi[2] = {1, 0}, nobody[2] = {0, 0};
	int console = ws_open(&bench), technician = ws_open(&bench), listener = ws_open(&bench);
	ws_join(&bench, console, bench_token(&bench, CABIN_TOKEN_BOOTH, "vi"), "", 1);
	ws_join(&bench, technician, bench_technician(&bench), "", 0);
	cabin_server_talkback(bench.server, vi, 3);
	assert_string_equal(ws_text(console, "talkback"),
			    "{\"type\":\"talkback\",\"on\":true,\"channel\":4,\"name\":null}");
	until_listening(3, 1);
	assert_int_equal(cabin_server_listener_count(bench.server, 3), 0); /* no audience */
	assert_true(ws_is_quiet(technician));
	assert_true(ws_is_quiet(listener));
	/* One that comes meanwhile gets it too, after its `joined`. */
	int second = ws_open(&bench);
	ws_join(&bench, second, bench_token(&bench, CABIN_TOKEN_BOOTH, "vi"), "", 2);
	(void)ws_text(second, "\"on\":true");
	until_listening(3, 2);
	cabin_server_talkback(bench.server, vi, 3); /* nothing new */
	assert_true(ws_is_quiet(second));
	close(second);
	until_listening(3, 1);
	cabin_server_talkback(bench.server, nobody, CABIN_INDEX_NONE);
	assert_string_equal(ws_text(console, "talkback"),
			    "{\"type\":\"talkback\",\"on\":false,\"channel\":4,\"name\":null}");
	until_listening(3, 0);
	cabin_server_talkback(bench.server, vi, 3);
	(void)ws_text(console, "\"on\":true");
	ws_say(console, "{\"type\":\"leave\"}");
	until_listening(3, 0);
	cabin_server_talkback(bench.server, nobody, CABIN_INDEX_NONE);
	close(console);
	close(technician);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_event_changes_and_listeners_are_told),
	    cmocka_unit_test(booths_come_and_go),
	    cmocka_unit_test(a_locked_room),
	    cmocka_unit_test(guesses_have_an_end),
	    cmocka_unit_test(guesses_on_many_connections_have_an_end),
	    cmocka_unit_test(the_desk_s_room_is_hidden),
	    cmocka_unit_test(talkback),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
