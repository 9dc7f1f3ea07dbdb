/* A real server on a free port of loopback, with an answerer of /api/v1 and a key of its
 * own, and clients that write and read bytes. Its clock can be set forward, so that limits
 * of time need no waiting. */
#ifndef CABIN_TESTS_NET_BENCH_H
#define CABIN_TESTS_NET_BENCH_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "access/key.h"
#include "access/token.h"
#include "base/clock.h"
#include "net/server.h"
#include "relay/hub_message.h"

enum { BENCH_HELD_MAX = 128, BENCH_ANSWER_MAX = 64 << 10, BENCH_PATIENCE_MS = 20000 };

struct net_bench {
	char folder[64], key[128], public_key[160];
	struct cabin_secret_key secret;
	_Atomic uint64_t ahead_ns;
	struct cabin_inbox *hub_inbox;
	struct cabin_packet_pool *pool;
	struct cabin_server *server;
	/* Requests that were taken, and not answered yet. */
	pthread_mutex_t lock;
	struct cabin_api_request *held[BENCH_HELD_MAX];
	unsigned held_count, taken_count;
	bool refuses;
};

static inline uint64_t bench_now(void *context)
{
	struct net_bench *bench = context;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * CABIN_NS_PER_S + (uint64_t)now.tv_nsec +
	       atomic_load_explicit(&bench->ahead_ns, memory_order_relaxed);
}

static inline void bench_pause(void)
{
	const struct timespec a_little = {.tv_nsec = 2000000};
	nanosleep(&a_little, NULL);
}

/* config.api: keeps what comes. */
static inline bool bench_api(void *context, struct cabin_api_request *request)
{
	struct net_bench *bench = context;
	pthread_mutex_lock(&bench->lock);
	bool takes = !bench->refuses && bench->held_count < BENCH_HELD_MAX;
	if (takes) {
		bench->held[bench->held_count++] = request;
		bench->taken_count++;
	}
	pthread_mutex_unlock(&bench->lock);
	return takes;
}

/* The oldest request that is held, waited for; the caller frees it. NULL: none came. */
static inline struct cabin_api_request *bench_take(struct net_bench *bench)
{
	struct cabin_api_request *request = NULL;
	for (int ms = 0; !request && ms < BENCH_PATIENCE_MS; ms += 2) {
		pthread_mutex_lock(&bench->lock);
		if (bench->held_count) {
			request = bench->held[0];
			bench->held_count--;
			memmove(&bench->held[0], &bench->held[1],
				bench->held_count * sizeof(struct cabin_api_request *));
		}
		pthread_mutex_unlock(&bench->lock);
		if (!request)
			bench_pause();
	}
	return request;
}

static inline unsigned bench_taken_count(struct net_bench *bench)
{
	pthread_mutex_lock(&bench->lock);
	unsigned count = bench->taken_count;
	pthread_mutex_unlock(&bench->lock);
	return count;
}

static inline void bench_reply(struct net_bench *bench, uint64_t ticket, int status, const char *body)
{
	const struct cabin_api_reply reply = {
	    .ticket = ticket, .status = status, .body = strdup(body), .body_size = strlen(body)};
	cabin_server_reply(bench->server, &reply);
}

/* Answers the oldest request and frees it. */
static inline void bench_answer(struct net_bench *bench, int status, const char *body)
{
	struct cabin_api_request *request = bench_take(bench);
	assert_non_null(request);
	bench_reply(bench, request->ticket, status, body);
	cabin_api_request_free(request);
}

/* Static text: the token of a role. */
static inline const char *bench_token(const struct net_bench *bench, enum cabin_token_role role, const char *booth)
{
	static char text[CABIN_TOKEN_MAX_BYTES + 1];
	struct cabin_token token = {.role = role, .expires_unix_s = (int64_t)time(NULL) + 3600};
	cabin_token_new_id(token.id);
	snprintf(token.booth, sizeof(token.booth), "%s", booth);
	snprintf(token.name, sizeof(token.name), "Minh");
	assert_true(cabin_token_sign(text, sizeof(text), &token, &bench->secret) > 0);
	return text;
}

static inline const char *bench_technician(const struct net_bench *bench)
{
	return bench_token(bench, CABIN_TOKEN_TECHNICIAN, "");
}

/* The hub's thread is not there: a test looks into its inbox itself. */
static inline void bench_wake(void *context)
{
}

static const uint16_t bench_numbers[] = {1, 2, 3, 4};
static const uint16_t bench_channel_rooms[] = {0, 0, 1, 2};
static const char *const bench_rooms[] = {"hall", "side", "desk"};
static const struct cabin_server_booth bench_booths[] = {
    {.id = "vi", .room_index = 0, .documents_json = "{\"documents\":[]}"},
    {.id = NULL, .room_index = 1, .documents_json = "{\"documents\":[]}"},
    {.id = "desk", .room_index = 2, .documents_json = "{\"documents\":[]}"}};

static inline void bench_start(struct net_bench *bench, bool with_api)
{
	struct cabin_public_key public_key;
	char why[CABIN_KEY_WHY_BYTES];
	memset(bench, 0, sizeof(*bench));
	pthread_mutex_init(&bench->lock, NULL);
	strcpy(bench->folder, "/tmp/cabin-net-XXXXXX");
	assert_non_null(mkdtemp(bench->folder));
	assert_int_equal(cabin_access_init(), 0);
	snprintf(bench->key, sizeof(bench->key), "%s/event", bench->folder);
	snprintf(bench->public_key, sizeof(bench->public_key), "%s.pub", bench->key);
	cabin_key_make(&bench->secret, &public_key);
	assert_int_equal(cabin_key_write(bench->key, &bench->secret, &public_key, why), 0);
	const struct cabin_inbox_config inbox = {
	    .slot_count = 256, .message_size = sizeof(struct cabin_hub_message), .wake = bench_wake};
	assert_int_equal(cabin_inbox_create(&bench->hub_inbox, &inbox), 0);
	assert_int_equal(cabin_packet_pool_create(&bench->pool, 256), 0);
	const struct cabin_server_config config = {.clock = {.now_ns = bench_now, .context = bench},
						   .listen = "127.0.0.1:0",
						   .loops = 2,
						   .max_listeners = 100,
						   .queue_limit_ms = 300,
						   .close_after_ms = 5000,
						   .event_json = "{\"event\":1}",
						   .channel_numbers = bench_numbers,
						   .channel_count = 4,
						   .channel_rooms = bench_channel_rooms,
						   .booths = bench_booths,
						   .booth_count = 3,
						   .room_ids = bench_rooms,
						   .room_count = 3,
						   .access_key = bench->public_key,
						   .hub_inbox = bench->hub_inbox,
						   .api = with_api ? bench_api : NULL,
						   .api_context = bench};
	assert_int_equal(cabin_server_create(&bench->server, &config), 0);
	assert_int_equal(cabin_server_start(bench->server, bench->pool), 0);
}

static inline void bench_stop(struct net_bench *bench)
{
	cabin_server_destroy(bench->server);
	for (unsigned i = 0; i < bench->held_count; i++)
		cabin_api_request_free(bench->held[i]);
	cabin_inbox_destroy(bench->hub_inbox);
	cabin_packet_pool_destroy(bench->pool);
	pthread_mutex_destroy(&bench->lock);
	unlink(bench->key);
	unlink(bench->public_key);
	assert_int_equal(rmdir(bench->folder), 0);
}

/* --- clients ------------------------------------------------------------------ */

static inline int client_open(const struct net_bench *bench)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(cabin_server_port(bench->server))};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static inline void client_write(int fd, const void *bytes, size_t size)
{
	assert_int_equal(send(fd, bytes, size, MSG_NOSIGNAL), (ssize_t)size);
}

static inline void client_say(int fd, const char *text)
{
	client_write(fd, text, strlen(text));
}

/* Whether something, or the end, comes within the bench's patience. */
static inline bool client_waits(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	return poll(&poll_fd, 1, BENCH_PATIENCE_MS) == 1;
}

/* One HTTP answer with its body, by its Content-Length, NUL-ended; 0: the connection
 * ended. Returns the status. Leaves what follows in the socket. */
static inline int client_answer(int fd, char *out, size_t out_size)
{
	size_t size = 0, want = SIZE_MAX;
	out[0] = '\0';
	while (size < want && size + 1 < out_size) {
		/* Byte by byte until the header's end, so that nothing of the next answer is taken. */
		size_t step = want == SIZE_MAX ? 1 : want - size;
		assert_true(client_waits(fd));
		ssize_t n = recv(fd, out + size, step, 0);
		if (n <= 0)
			return 0;
		size += (size_t)n;
		out[size] = '\0';
		char *end = want == SIZE_MAX ? strstr(out, "\r\n\r\n") : NULL;
		if (!end)
			continue;
		const char *length = strstr(out, "Content-Length: ");
		want = size + (length ? strtoul(length + 16, NULL, 10) : 0);
		assert_true(want < out_size);
	}
	return atoi(out + 9);
}

/* Whether the server ends the connection, after whatever it still says. */
static inline bool client_sees_end(int fd)
{
	char bytes[512];
	ssize_t n;
	do {
		if (!client_waits(fd))
			return false;
		n = recv(fd, bytes, sizeof(bytes), 0);
	} while (n > 0);
	return true;
}

/* --- WebSockets ---------------------------------------------------------------- */

static inline void ws_say(int fd, const char *text)
{
	uint8_t frame[8 + 512] = {0x81};
	size_t size = strlen(text), header = 2;
	assert_true(size <= 512);
	if (size < 126) {
		frame[1] = (uint8_t)(0x80 | size);
	} else {
		frame[1] = 0x80 | 126;
		frame[2] = (uint8_t)(size >> 8);
		frame[3] = (uint8_t)size;
		header = 4;
	}
	memcpy(frame + header + 4, text, size); /* a mask of zeros */
	client_write(fd, frame, header + 4 + size);
}

static inline void client_read(int fd, void *out, size_t size)
{
	for (size_t have = 0; have < size;) {
		assert_true(client_waits(fd));
		ssize_t n = recv(fd, (uint8_t *)out + have, size - have, 0);
		assert_true(n > 0);
		have += (size_t)n;
	}
}

/* The next frame's payload, NUL-ended; returns its opcode. */
static inline int ws_next(int fd, char *out, size_t out_size, size_t *size)
{
	uint8_t header[2], length[8];
	client_read(fd, header, 2);
	*size = header[1];
	if (header[1] >= 126) {
		size_t digits = header[1] == 126 ? 2 : 8;
		client_read(fd, length, digits);
		*size = 0;
		for (size_t i = 0; i < digits; i++)
			*size = *size << 8 | length[i];
	}
	assert_true(*size < out_size);
	client_read(fd, out, *size);
	out[*size] = '\0';
	return header[0] & 15;
}

/* The next text that holds `what`; others are passed over. */
static inline const char *ws_text(int fd, const char *what)
{
	static char text[BENCH_ANSWER_MAX * 16];
	size_t size;
	do {
		while (ws_next(fd, text, sizeof(text), &size) != 1)
			;
	} while (!strstr(text, what));
	return text;
}

/* The next frame is a close frame with this code; others are passed over. */
static inline unsigned ws_close_code(int fd)
{
	static char payload[BENCH_ANSWER_MAX * 16];
	size_t size;
	while (ws_next(fd, payload, sizeof(payload), &size) != 8)
		;
	return size < 2 ? 1005 : (unsigned)(uint8_t)payload[0] << 8 | (uint8_t)payload[1];
}

/* Whether nothing is to be read now: everything that was asked before has been answered. */
static inline bool ws_is_quiet(int fd)
{
	ws_say(fd, "{\"type\":\"ping\",\"id\":77,\"t1\":1}");
	char text[4096];
	size_t size;
	return ws_next(fd, text, sizeof(text), &size) == 1 && strstr(text, "\"pong\",\"id\":77");
}

/* Connected and welcomed. */
static inline int ws_open_as(const struct net_bench *bench, const char *path)
{
	char text[512], answer[2048];
	int fd = client_open(bench);
	snprintf(text, sizeof(text),
		 "GET %s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
		 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
		 "Sec-WebSocket-Protocol: cabin.v1\r\n\r\n",
		 path);
	client_say(fd, text);
	assert_int_equal(client_answer(fd, answer, sizeof(answer)), 101);
	(void)ws_text(fd, "\"welcome\"");
	return fd;
}

static inline int ws_open(const struct net_bench *bench)
{
	return ws_open_as(bench, "/ws");
}

/* The next command of this kind that came to the hub, waited for; others are passed over. */
static inline struct cabin_console_command bench_command(struct net_bench *bench, enum cabin_console_command_kind kind)
{
	struct cabin_hub_message message = {.kind = CABIN_HUB_PACKET};
	for (int ms = 0; ms < BENCH_PATIENCE_MS; ms += 2) {
		while (cabin_inbox_pop(bench->hub_inbox, &message) == 0) {
			bool is_command = message.kind == CABIN_HUB_COMMAND;
			cabin_hub_message_release(&message);
			if (is_command && message.command.kind == kind)
				return message.command;
		}
		bench_pause();
	}
	fail_msg("no command of kind %d came", kind);
	return message.command;
}

/* Joins and is granted a seat (0: none, a technician) by a hub that is played here. */
static inline void ws_join(struct net_bench *bench, int fd, const char *token, const char *more, uint8_t seat)
{
	char text[CABIN_CONTROL_MAX_BYTES + 1];
	static const char joined[] = "{\"type\":\"joined\",\"role\":\"technician\"}";
	const struct cabin_notice_sink sink = cabin_server_notice_sink(bench->server);
	snprintf(text, sizeof(text), "{\"type\":\"join\",\"token\":\"%s\"%s}", token, more);
	ws_say(fd, text);
	const struct cabin_console_command command = bench_command(bench, CABIN_CONSOLE_JOIN);
	const struct cabin_notice granted = {.scope = CABIN_NOTICE_CONNECTION,
					     .connection = command.connection,
					     .text = joined,
					     .size = sizeof(joined) - 1,
					     .granted = true,
					     .seat = seat,
					     .source_index = seat ? 7 : CABIN_INDEX_NONE};
	assert_true(sink.notify(sink.context, &granted));
	(void)ws_text(fd, "\"joined\"");
	if (seat)
		(void)bench_command(bench, CABIN_CONSOLE_LISTENS);
}

/* --- what most tests run in ------------------------------------------------------------- */

static struct net_bench bench;

static inline int set_up(void **state)
{
	bench_start(&bench, true);
	return 0;
}

static inline int tear_down(void **state)
{
	bench_stop(&bench);
	return 0;
}

#endif
