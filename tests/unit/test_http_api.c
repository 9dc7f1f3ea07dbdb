/* server/net/http_api: requests that another thread answers, and whoever breaks the rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/http_api.h"
#include "net_bench.h"

static char answer[BENCH_ANSWER_MAX];

/* Writes a request with a technician's token; `more` are further header lines, each ended. */
static void ask(int fd, const char *method, const char *path, const char *more, const char *body)
{
	char text[4096];
	int size = snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n%s",
			    method, path, bench_technician(&bench), more, body);
	assert_true(size > 0 && size < (int)sizeof(text));
	client_say(fd, text);
}

static const char *json_of(size_t size)
{
	static char lines[128];
	snprintf(lines, sizeof(lines), "Content-Type: application/json\r\nContent-Length: %zu\r\n", size);
	return lines;
}

/* The status of a refusal, at which nothing reached the answerer. */
static int refused(const char *method, const char *path, const char *more, const char *body)
{
	unsigned before = bench_taken_count(&bench);
	int fd = client_open(&bench);
	ask(fd, method, path, more, body);
	int status = client_answer(fd, answer, sizeof(answer));
	close(fd);
	assert_int_equal(bench_taken_count(&bench), before);
	return status;
}

static void a_get_is_answered_by_another_thread(void **state)
{
	int fd = client_open(&bench);
	ask(fd, "GET", "/api/v1/log?kind=feed&from=2026-11-26T03:04:00%2B07:00", "", "");
	struct cabin_api_request *request = bench_take(&bench);
	assert_non_null(request);
	assert_int_equal(request->method, CABIN_API_GET);
	assert_string_equal(request->path, "/log");
	assert_string_equal(request->query, "kind=feed&from=2026-11-26T03:04:00+07:00");
	assert_string_equal(request->author.name, "Minh");
	assert_int_equal(strlen(request->author.token_id), 16);
	assert_false(request->author.observer);
	assert_null(request->body);
	bench_reply(&bench, request->ticket, 200, "{\"entries\":[]}");
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 200);
	assert_non_null(strstr(answer, "Content-Type: application/json\r\n"));
	assert_non_null(strstr(answer, "Cache-Control: no-store\r\n"));
	assert_non_null(strstr(answer, "\r\n\r\n{\"entries\":[]}"));
	cabin_api_request_free(request);
	close(fd);
}

static void a_body_that_comes_in_pieces(void **state)
{
	static const char body[] = "{\"gain_db\":-3}";
	int fd = client_open(&bench);
	ask(fd, "PATCH", "/api/v1/channels/plenary%2Efr", json_of(sizeof(body) - 1), "");
	for (size_t i = 0; i + 1 < sizeof(body); i++) {
		client_write(fd, body + i, 1);
		bench_pause();
	}
	struct cabin_api_request *request = bench_take(&bench);
	assert_non_null(request);
	assert_int_equal(request->method, CABIN_API_PATCH);
	assert_string_equal(request->path, "/channels/plenary.fr");
	assert_string_equal(request->body, body);
	assert_int_equal(request->body_size, sizeof(body) - 1);
	bench_reply(&bench, request->ticket, 409, "{\"error\":\"x\"}");
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 409);
	cabin_api_request_free(request);
	close(fd);
}

static void the_largest_body_and_answer(void **state)
{
	static char body[CABIN_API_BODY_MAX_BYTES + 1], large[40000];
	memset(body, 'x', sizeof(body) - 1);
	memset(large, 'y', sizeof(large) - 1);
	int fd = client_open(&bench);
	ask(fd, "POST", "/api/v1/rooms", json_of(sizeof(body) - 1), "");
	client_say(fd, body);
	struct cabin_api_request *request = bench_take(&bench);
	assert_non_null(request);
	assert_string_equal(request->body, body);
	bench_reply(&bench, request->ticket, 201, large);
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 201);
	assert_string_equal(strstr(answer, "\r\n\r\n") + 4, large);
	cabin_api_request_free(request);
	close(fd);
}

/* What is pipelined behind a request that waits keeps its place, and the connection goes on. */
static void pipelined_requests_stay_in_order(void **state)
{
	int fd = client_open(&bench);
	ask(fd, "POST", "/api/v1/one", json_of(2), "{}");
	ask(fd, "GET", "/healthz", "", "");
	ask(fd, "DELETE", "/api/v1/two", "", "");
	struct cabin_api_request *one = bench_take(&bench);
	assert_non_null(one);
	assert_string_equal(one->path, "/one");
	for (int i = 0; i < 20; i++)
		bench_pause();
	assert_int_equal(bench.held_count, 0); /* the next one waits for the first one's answer */
	bench_reply(&bench, one->ticket, 200, "{\"one\":1}");
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 200);
	assert_non_null(strstr(answer, "{\"one\":1}"));
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 200);
	assert_non_null(strstr(answer, "ok\n"));
	struct cabin_api_request *two = bench_take(&bench);
	assert_non_null(two);
	assert_int_equal(two->method, CABIN_API_DELETE);
	assert_string_equal(two->path, "/two");
	bench_reply(&bench, two->ticket, 200, "{}");
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 200);
	cabin_api_request_free(one);
	cabin_api_request_free(two);
	close(fd);
}

static void a_head_gets_no_body(void **state)
{
	int fd = client_open(&bench);
	ask(fd, "HEAD", "/api/v1/desk", "", "");
	bench_answer(&bench, 200, "{\"a\":1}");
	ask(fd, "GET", "/healthz", "", "");
	char header[2048];
	size_t size = 0;
	while (size < 4 || memcmp(header + size - 4, "\r\n\r\n", 4) != 0) {
		assert_true(client_waits(fd) && size < sizeof(header));
		assert_int_equal(recv(fd, header + size++, 1, 0), 1);
	}
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 200); /* right behind it: of /healthz */
	assert_non_null(strstr(answer, "ok\n"));
	close(fd);
}

static void who_may_ask(void **state)
{
	char text[1024];
	int fd = client_open(&bench);
	client_say(fd, "GET /api/v1/desk HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 401);
	assert_non_null(strstr(answer, "WWW-Authenticate: Bearer\r\n"));
	client_say(fd, "GET /api/v1/desk HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer wrong.token\r\n\r\n");
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 401);
	assert_non_null(strstr(answer, "{\"error\":\"token-invalid\""));
	snprintf(text, sizeof(text), "GET /api/v1/desk HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n",
		 bench_token(&bench, CABIN_TOKEN_BOOTH, "vi"));
	client_say(fd, text);
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 403);
	const char *observer = bench_token(&bench, CABIN_TOKEN_OBSERVER, "");
	snprintf(text, sizeof(text), "POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n{}",
		 observer, json_of(2));
	client_say(fd, text);
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 403);
	assert_int_equal(bench.held_count, 0);
	snprintf(text, sizeof(text), "GET /api/v1/desk HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n",
		 observer);
	client_say(fd, text);
	struct cabin_api_request *request = bench_take(&bench);
	assert_non_null(request);
	assert_true(request->author.observer);
	bench_reply(&bench, request->ticket, 200, "{}");
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 200);
	cabin_api_request_free(request);
	close(fd);
}

static void refusals(void **state)
{
	assert_int_equal(refused("PUT", "/api/v1/rooms", json_of(2), "{}"), 405);
	assert_non_null(strstr(answer, "Allow: GET, HEAD, POST, PATCH, DELETE\r\n"));
	assert_int_equal(refused("OPTIONS", "/api/v1/rooms", "", ""), 405);
	assert_int_equal(refused("POST", "/api/v1/rooms", "Content-Length: 2\r\n", "{}"), 415);
	assert_int_equal(refused("POST", "/api/v1/rooms", "Content-Length: 3\r\nContent-Type: text/plain\r\n", "a=1"),
			 415);
	assert_int_equal(refused("DELETE", "/api/v1/rooms/x", "Content-Length: 3\r\n", "a=1"), 415);
	assert_int_equal(refused("POST", "/api/v1/rooms", "Content-Type: application/json\r\n", ""), 411);
	assert_int_equal(refused("POST", "/api/v1/rooms",
				 "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
				 "2\r\n{}\r\n0\r\n\r\n"),
			 411);
	assert_int_equal(
	    refused("POST", "/api/v1/rooms", "Content-Type: application/json\r\nContent-Length: -2\r\n", "{}"), 400);
	assert_int_equal(
	    refused("POST", "/api/v1/rooms", "Content-Type: application/json\r\nContent-Length: 2, 30\r\n", "{}"), 400);
	assert_int_equal(refused("POST", "/api/v1/rooms", json_of(CABIN_API_BODY_MAX_BYTES + 1), "{}"), 413);
	assert_int_equal(refused("POST", "/api/v1/rooms", json_of((size_t)1 << 40), "{}"), 413);
	char path[400] = "/api/v1/";
	memset(path + 8, 'a', 300);
	assert_int_equal(refused("GET", path, "", ""), 414);
	snprintf(path, sizeof(path), "/api/v1/log?");
	memset(path + 12, 'a', 300);
	assert_int_equal(refused("GET", path, "", ""), 414);
}

/* The body that is not wanted is read to its end, so that the connection goes on. */
static void after_a_refusal_the_connection_goes_on(void **state)
{
	static char body[20001];
	memset(body, 'x', sizeof(body) - 1);
	int fd = client_open(&bench);
	ask(fd, "POST", "/api/v1/rooms", json_of(sizeof(body) - 1), "");
	client_say(fd, body);
	ask(fd, "GET", "/healthz", "", "");
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 413);
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 200);
	close(fd);
}

/* Bytes behind the body, while it waits, are no second body. */
static void more_than_was_promised(void **state)
{
	int fd = client_open(&bench);
	unsigned before = bench_taken_count(&bench);
	ask(fd, "POST", "/api/v1/rooms", json_of(2), "{}garbage that is no request\r\n\r\n");
	struct cabin_api_request *request = bench_take(&bench);
	assert_non_null(request);
	assert_string_equal(request->body, "{}");
	client_say(fd, "more of it\r\n\r\n");
	for (int i = 0; i < 20; i++)
		bench_pause();
	bench_reply(&bench, request->ticket, 200, "{}");
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 200);
	assert_true(client_sees_end(fd));
	assert_int_equal(bench_taken_count(&bench), before + 1);
	cabin_api_request_free(request);
	close(fd);
}

static void set_forward(uint64_t ms)
{
	atomic_fetch_add(&bench.ahead_ns, ms * CABIN_NS_PER_MS);
}

static void a_slow_body_is_given_up(void **state)
{
	int fd = client_open(&bench);
	unsigned before = bench_taken_count(&bench);
	ask(fd, "POST", "/api/v1/rooms", json_of(100), "{\"id\":");
	for (int i = 0; i < 50; i++)
		bench_pause();
	set_forward(CABIN_API_BODY_MS + 1);
	assert_true(client_sees_end(fd));
	assert_int_equal(bench_taken_count(&bench), before);
	close(fd);
}

static void nobody_answers(void **state)
{
	int fd = client_open(&bench);
	ask(fd, "GET", "/api/v1/desk", "", "");
	struct cabin_api_request *request = bench_take(&bench);
	assert_non_null(request);
	set_forward(CABIN_API_REPLY_MS + 1);
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 504);
	bench_reply(&bench, request->ticket, 200, "{\"late\":1}"); /* thrown away */
	cabin_api_request_free(request);
	ask(fd, "GET", "/nothing", "", "");
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 404);
	assert_non_null(strstr(answer, "not found\n"));
	close(fd);
}

static void whoever_asks_may_be_gone(void **state)
{
	int fd = client_open(&bench);
	ask(fd, "GET", "/api/v1/desk", "", "");
	struct cabin_api_request *request = bench_take(&bench);
	assert_non_null(request);
	close(fd);
	for (int i = 0; i < 50; i++)
		bench_pause();
	bench_reply(&bench, request->ticket, 200, "{}");
	bench_reply(&bench, request->ticket, 200, "{}"); /* twice */
	cabin_api_request_free(request);
	assert_int_equal(refused("PUT", "/api/v1/x", "", ""), 405); /* all is well */
}

static void too_many_and_too_busy(void **state)
{
	int fds[2 * CABIN_API_PENDING_MAX + 40], count = 0;
	bench.refuses = true;
	int fd = client_open(&bench);
	ask(fd, "GET", "/api/v1/desk", "", "");
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 503);
	assert_non_null(strstr(answer, "Retry-After: 5\r\n"));
	close(fd);
	bench.refuses = false;
	/* Half of the bodies: those are pending too. Two loops share the connections. */
	for (; count < 2 * CABIN_API_PENDING_MAX + 40; count++) {
		fds[count] = client_open(&bench);
		ask(fds[count], "POST", "/api/v1/rooms", json_of(10), "{");
	}
	unsigned busy = 0;
	for (int i = 0; i < count; i++) {
		struct pollfd poll_fd = {.fd = fds[i], .events = POLLIN};
		if (poll(&poll_fd, 1, i == 0 ? 500 : 0) == 1)
			busy += client_answer(fds[i], answer, sizeof(answer)) == 503;
	}
	assert_in_range(busy, 40, 2 * CABIN_API_PENDING_MAX + 40 - CABIN_API_PENDING_MAX);
	for (int i = 0; i < count; i++)
		close(fds[i]);
}

static void lengths_and_types(void **state)
{
	uint64_t size;
	assert_true(cabin_api_body_size("0", &size));
	assert_int_equal(size, 0);
	assert_true(cabin_api_body_size("999999999999999999", &size));
	assert_int_equal(size, UINT64_C(999999999999999999));
	assert_false(cabin_api_body_size("", &size));
	assert_false(cabin_api_body_size("+2", &size));
	assert_false(cabin_api_body_size("2 ", &size));
	assert_false(cabin_api_body_size("0x10", &size));
	assert_false(cabin_api_body_size("10000000000000000000", &size));
	assert_true(cabin_api_is_json("application/json"));
	assert_true(cabin_api_is_json("Application/JSON; charset=utf-8"));
	assert_false(cabin_api_is_json(""));
	assert_false(cabin_api_is_json("application/jsonp"));
	assert_false(cabin_api_is_json("text/plain; application/json"));
}

static void without_an_answerer_there_is_nothing(void **state)
{
	struct net_bench other;
	bench_start(&other, false);
	int fd = client_open(&other);
	client_say(fd, "GET /api/v1/desk HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 404);
	client_say(fd, "POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 405);
	close(fd);
	bench_stop(&other);
}

/* The server ends while requests wait: nothing leaks, nothing is answered twice. */
static void the_server_ends_meanwhile(void **state)
{
	struct net_bench other;
	char text[1024];
	bench_start(&other, true);
	int fd = client_open(&other);
	snprintf(text, sizeof(text), "GET /api/v1/desk HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n",
		 bench_technician(&other));
	client_say(fd, text);
	struct cabin_api_request *request = bench_take(&other);
	assert_non_null(request);
	bench_reply(&other, request->ticket, 200, "{}");
	cabin_api_request_free(request);
	bench_stop(&other);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_get_is_answered_by_another_thread),
	    cmocka_unit_test(a_body_that_comes_in_pieces),
	    cmocka_unit_test(the_largest_body_and_answer),
	    cmocka_unit_test(pipelined_requests_stay_in_order),
	    cmocka_unit_test(a_head_gets_no_body),
	    cmocka_unit_test(who_may_ask),
	    cmocka_unit_test(refusals),
	    cmocka_unit_test(after_a_refusal_the_connection_goes_on),
	    cmocka_unit_test(more_than_was_promised),
	    cmocka_unit_test(a_slow_body_is_given_up),
	    cmocka_unit_test(nobody_answers),
	    cmocka_unit_test(whoever_asks_may_be_gone),
	    cmocka_unit_test(too_many_and_too_busy),
	    cmocka_unit_test(lengths_and_types),
	    cmocka_unit_test(without_an_answerer_there_is_nothing),
	    cmocka_unit_test(the_server_ends_meanwhile),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
