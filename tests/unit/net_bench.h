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
static const char *const bench_rooms[] = {"hall", "side", "desk"};
static const struct cabin_server_booth bench_booths[] = {
    {.id = "vi", .room_index = 0, .documents_json = "{\"documents\":[]}"},
    {.id = "spare", .room_index = 1, .documents_json = "{\"documents\":[]}"},
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

#endif
