/* server/net, in this process, over real sockets: upgrade, messages, packets, frames
 * that break the rules, slow listeners, a full server, a clean end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "client.h"
#include "feeder.h"
#include "hostile.h"
#include "wire/rtp.h"
#include "wire/ws_frame.h"

enum { CLIENTS = 40, PACKET_MS = 20 };

static const uint64_t LIMIT_NS = 5 * CABIN_NS_PER_S;

/* A server whose packets this test publishes whenever it waits. */
struct world {
	struct cabin_feeder *feeder;
	struct cabin_client_target target;
	uint64_t next_ns;
};

struct ear {
	struct cabin_client client;
	char texts[4096]; /* control messages, one a line */
	uint64_t packets, bytes;
	uint16_t last_sequence;
	uint64_t missing;
	uint32_t ssrc;
	bool over, state_was_first;
};

static struct ear ears[CLIENTS];

static uint64_t now(void)
{
	const struct cabin_clock clock = cabin_clock_monotonic();
	return cabin_clock_now_ns(&clock);
}

static void open_world(struct world *world, struct cabin_server_config server, uint32_t payload_bytes)
{
	char address[32];
	server.listen = "127.0.0.1:0";
	if (!server.max_listeners)
		server.max_listeners = 100;
	if (!server.queue_limit_ms)
		server.queue_limit_ms = 300;
	if (!server.close_after_ms)
		server.close_after_ms = 10000;
	const struct cabin_feeder_config config = {
	    .server = server, .channel_count = 3, .packet_ms = PACKET_MS, .payload_bytes = payload_bytes};
	assert_int_equal(cabin_feeder_create(&world->feeder, &config), 0);
	snprintf(address, sizeof(address), "127.0.0.1:%u", cabin_server_port(cabin_feeder_server(world->feeder)));
	assert_int_equal(cabin_client_target_parse(&world->target, address), 0);
	world->next_ns = now();
	memset(ears, 0, sizeof(ears));
}

static struct cabin_server_stats server_stats(const struct cabin_server *server)
{
	struct cabin_server_stats stats;
	cabin_server_stats(server, &stats);
	return stats;
}

static struct cabin_server_stats stats_of(const struct world *world)
{
	return server_stats(cabin_feeder_server(world->feeder));
}

static void hear(void *context, unsigned opcode, const uint8_t *payload, size_t size)
{
	struct ear *ear = context;
	struct cabin_rtp rtp;
	if (opcode == 1 && strlen(ear->texts) + size + 2 < sizeof(ear->texts)) {
		strncat(ear->texts, (const char *)payload, size);
		strcat(ear->texts, "\n");
	}
	if (opcode != 2)
		return;
	assert_int_equal(cabin_rtp_parse(&rtp, payload, size), 0);
	if (!ear->packets)
		ear->state_was_first = strstr(ear->texts, "\"type\":\"state\"") != NULL;
	else
		ear->missing += (uint16_t)(rtp.sequence - ear->last_sequence - 1);
	ear->last_sequence = rtp.sequence;
	ear->ssrc = rtp.ssrc;
	ear->packets++;
}

/* Goes on with everything until `done`; the limit is for a server that hangs. */
static void until(struct world *world, uint32_t ear_count, bool (*done)(const struct world *, uint32_t))
{
	uint64_t limit_ns = now() + LIMIT_NS;
	while (!done(world, ear_count)) {
		struct pollfd wait[CLIENTS];
		assert_true(now() < limit_ns);
		for (uint32_t i = 0; i < ear_count; i++) {
			wait[i].fd = ears[i].over ? -1 : ears[i].client.fd;
			wait[i].events = cabin_client_wants_write(&ears[i].client) ? POLLIN | POLLOUT : POLLIN;
		}
		(void)poll(wait, ear_count, 5);
		for (uint32_t i = 0; i < ear_count; i++) {
			if (!ears[i].over && cabin_client_ready(&ears[i].client, &world->target, hear, &ears[i]))
				ears[i].over = true;
		}
		while (now() >= world->next_ns) {
			cabin_feeder_publish(world->feeder, world->next_ns);
			world->next_ns += PACKET_MS * CABIN_NS_PER_MS;
		}
	}
}

static bool all_open(const struct world *world, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (ears[i].client.state != CABIN_CLIENT_OPEN || !strstr(ears[i].texts, "welcome"))
			return false;
	}
	return true;
}

static bool all_over(const struct world *world, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (!ears[i].over)
			return false;
	}
	return true;
}

static bool all_hear(const struct world *world, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (ears[i].packets < 20)
			return false;
	}
	return true;
}

static bool first_has_answers(const struct world *world, uint32_t count)
{
	return strstr(ears[0].texts, "\"pong\"") && strstr(ears[0].texts, "unknown-channel");
}

static bool nobody_connected(const struct world *world, uint32_t count)
{
	return stats_of(world).listeners == 0;
}

static void connect_ears(struct world *world, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(cabin_client_connect(&ears[i].client, &world->target), 0);
}

static void listen_to(struct ear *ear, uint32_t channel)
{
	char text[64];
	snprintf(text, sizeof(text), "{\"type\":\"listen\",\"channel\":%u}", channel);
	assert_int_equal(cabin_client_send_text(&ear->client, text), 0);
}

static void close_ears(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (ears[i].client.state != CABIN_CLIENT_CLOSED)
			cabin_client_close(&ears[i].client);
	}
}

static void forty_listeners_hear_their_channels(void **state)
{
	struct world world;
	open_world(&world, (struct cabin_server_config){.loops = 2}, 100);
	connect_ears(&world, CLIENTS);
	until(&world, CLIENTS, all_open);
	for (uint32_t i = 0; i < CLIENTS; i++)
		listen_to(&ears[i], i % 3 + 1);
	until(&world, CLIENTS, all_hear);
	for (uint32_t i = 0; i < CLIENTS; i++) {
		assert_true(ears[i].state_was_first);
		assert_int_equal(ears[i].ssrc, i % 3 + 1);
		assert_int_equal(ears[i].missing, 0);
		assert_null(ears[i].client.fault);
	}
	assert_int_equal(stats_of(&world).listeners, CLIENTS);
	assert_int_equal(stats_of(&world).accepted, CLIENTS);
	assert_int_equal(cabin_server_listener_count(cabin_feeder_server(world.feeder), 0), 14);
	close_ears(CLIENTS);
	until(&world, 0, nobody_connected);
	assert_int_equal(stats_of(&world).closed_by_code[CABIN_CLOSED_BY_PEER], CLIENTS);
	cabin_feeder_destroy(world.feeder);
}

static void control_is_answered_and_reports_are_added_up(void **state)
{
	struct world world;
	struct cabin_report_sums sums;
	open_world(&world, (struct cabin_server_config){.loops = 1}, 100);
	connect_ears(&world, 1);
	until(&world, 1, all_open);
	static const char report[] = "{\"type\":\"report\",\"channel\":2,\"state\":\"live\",\"buffer_ms\":41.5,"
				     "\"target_ms\":40,\"late_ms\":3,\"concealed_ms\":12,\"underruns\":2,"
				     "\"mouth_to_ear_ms\":71,\"round_trip_ms\":null,\"hidden\":true,"
				     "\"fallback\":\"none\"}";
	assert_int_equal(cabin_client_send_text(&ears[0].client, report), 0);
	assert_int_equal(cabin_client_send_text(&ears[0].client, "{\"type\":\"ping\",\"id\":7,\"t1\":123}"), 0);
	listen_to(&ears[0], 999);
	until(&world, 1, first_has_answers);
	const char *pong = strstr(ears[0].texts, "\"pong\"");
	unsigned id;
	long long t1, t2, t3;
	assert_int_equal(sscanf(pong, "\"pong\",\"id\":%u,\"t1\":%lld,\"t2\":%lld,\"t3\":%lld", &id, &t1, &t2, &t3), 4);
	assert_true(id == 7 && t1 == 123 && t2 <= t3 && t3 <= (long long)(now() / 1000));
	cabin_server_report_sums(cabin_feeder_server(world.feeder), 1, &sums);
	assert_int_equal(sums.reports, 1);
	assert_int_equal(sums.reports_hidden, 1);
	assert_int_equal(sums.reports_by_state[1], 1);
	assert_int_equal(sums.underruns, 2);
	assert_float_equal(sums.concealed_ms, 12, 1e-9);
	assert_float_equal(sums.mouth_to_ear.sum_ms, 71, 1e-9);
	assert_int_equal(sums.mouth_to_ear.count[CABIN_AUDIENCE_BUCKETS - 1], 1);
	assert_int_equal(sums.round_trip.count[CABIN_AUDIENCE_BUCKETS - 1], 0);
	close_ears(1);
	cabin_feeder_destroy(world.feeder);
}

static enum cabin_server_close counted_as(uint16_t code)
{
	switch (code) {
	case 1002:
		return CABIN_CLOSED_PROTOCOL;
	case 1003:
		return CABIN_CLOSED_BINARY;
	case 1007:
		return CABIN_CLOSED_NOT_JSON;
	case 1008:
		return CABIN_CLOSED_POLICY;
	default:
		return CABIN_CLOSED_TOO_BIG;
	}
}

static void rule_breakers_get_their_code_and_nobody_else_notices(void **state)
{
	struct world world;
	open_world(&world, (struct cabin_server_config){.loops = 1}, 100);
	connect_ears(&world, 1);
	until(&world, 1, all_open);
	listen_to(&ears[0], 1);
	until(&world, 1, all_hear);
	struct ear good = ears[0];
	for (size_t i = 0; i < cabin_hostile_case_count; i++) {
		const struct cabin_hostile_case *hostile = &cabin_hostile_cases[i];
		uint8_t bytes[CABIN_HOSTILE_MAX_BYTES];
		struct cabin_server_stats before = stats_of(&world);
		memset(&ears[0], 0, sizeof(ears[0]));
		connect_ears(&world, 1);
		until(&world, 1, all_open);
		assert_int_equal(cabin_client_send_bytes(&ears[0].client, bytes, hostile->write(bytes)), 0);
		until(&world, 1, all_over);
		assert_null(ears[0].client.fault);
		if (ears[0].client.close_code != hostile->code)
			fail_msg("%s: closed with %u", hostile->name, ears[0].client.close_code);
		enum cabin_server_close how = counted_as(hostile->code);
		assert_int_equal(stats_of(&world).closed_by_code[how], before.closed_by_code[how] + 1);
	}
	ears[0] = good;
	uint64_t heard = good.packets;
	ears[0].packets = 0;
	until(&world, 1, all_hear);
	assert_true(heard > 0);
	assert_int_equal(ears[0].missing, 0);
	close_ears(1);
	cabin_feeder_destroy(world.feeder);
}

/* Frames may come in any pieces, and two in one. */
static void frames_in_pieces(void **state)
{
	struct world world;
	uint8_t bytes[256];
	static const char text[] = "{\"type\":\"listen\",\"channel\":999}",
			  ping[] = "{\"type\":\"ping\",\"id\":1,\"t1\":1}";
	open_world(&world, (struct cabin_server_config){.loops = 1}, 100);
	connect_ears(&world, 1);
	until(&world, 1, all_open);
	struct cabin_client_frame frame = {.opcode = 1, .payload = text, .size = sizeof(text) - 1};
	size_t size = cabin_client_frame_write(bytes, sizeof(bytes), &frame);
	frame = (struct cabin_client_frame){.opcode = 1, .payload = ping, .size = sizeof(ping) - 1};
	size += cabin_client_frame_write(bytes + size, sizeof(bytes) - size, &frame);
	for (size_t i = 0; i + 1 < size; i += 2)
		assert_int_equal(cabin_client_send_bytes(&ears[0].client, bytes + i, 2), 0);
	if (size & 1)
		assert_int_equal(cabin_client_send_bytes(&ears[0].client, bytes + size - 1, 1), 0);
	until(&world, 1, first_has_answers);
	close_ears(1);
	cabin_feeder_destroy(world.feeder);
}

/* A client that does not wait for the upgrade's answer, as RFC 6455 says it must. */
static void speaking_before_the_upgrade_is_answered(void **state)
{
	struct world world;
	uint8_t bytes[1024];
	static const char request[] =
	    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
	    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	    "Sec-WebSocket-Protocol: cabin.v1\r\n\r\n";
	open_world(&world, (struct cabin_server_config){.loops = 1}, 100);
	world.target.bare = true;
	connect_ears(&world, 1);
	struct pollfd wait = {.fd = ears[0].client.fd, .events = POLLOUT};
	assert_int_equal(poll(&wait, 1, 5000), 1);
	assert_int_equal(cabin_client_ready(&ears[0].client, &world.target, hear, &ears[0]), 0);
	memcpy(bytes, request, sizeof(request) - 1);
	static const char stop[] = "{\"type\":\"stop\"}";
	struct cabin_client_frame frame = {.opcode = 1, .payload = stop, .size = sizeof(stop) - 1};
	size_t size = sizeof(request) - 1;
	size += cabin_client_frame_write(bytes + size, sizeof(bytes) - size, &frame);
	assert_int_equal(cabin_client_send_bytes(&ears[0].client, bytes, size), 0);
	ears[0].client.state = CABIN_CLIENT_UPGRADING;
	until(&world, 1, all_over);
	assert_int_equal(ears[0].client.close_code, 1002);
	cabin_feeder_destroy(world.feeder);
}

static void a_full_server_says_503(void **state)
{
	struct world world;
	open_world(&world, (struct cabin_server_config){.loops = 1, .max_listeners = 2}, 100);
	connect_ears(&world, 2);
	until(&world, 2, all_open);
	struct ear first = ears[0];
	memset(&ears[0], 0, sizeof(ears[0]));
	connect_ears(&world, 1);
	until(&world, 1, all_over);
	assert_int_equal(ears[0].client.http_status, 503);
	assert_int_equal(stats_of(&world).refused_full, 1);
	ears[0] = first;
	close_ears(2);
	until(&world, 0, nobody_connected);
	memset(&ears[0], 0, sizeof(ears[0]));
	connect_ears(&world, 1);
	until(&world, 1, all_open);
	close_ears(1);
	cabin_feeder_destroy(world.feeder);
}

/* All come from 127.0.0.1: the third is one too many, until another has gone. */
static void one_address_has_its_limit(void **state)
{
	struct world world;
	open_world(&world, (struct cabin_server_config){.loops = 2, .max_listeners_per_address = 2}, 100);
	connect_ears(&world, 2);
	until(&world, 2, all_open);
	struct ear first = ears[0];
	memset(&ears[0], 0, sizeof(ears[0]));
	connect_ears(&world, 1);
	until(&world, 1, all_over);
	assert_int_equal(ears[0].client.http_status, 503);
	assert_int_equal(stats_of(&world).refused_address, 1);
	assert_int_equal(stats_of(&world).refused_full, 0);
	ears[0] = first;
	close_ears(2);
	until(&world, 0, nobody_connected);
	memset(ears, 0, sizeof(ears));
	connect_ears(&world, 2);
	until(&world, 2, all_open);
	close_ears(2);
	cabin_feeder_destroy(world.feeder);
}

static bool half_a_second_passed(const struct world *world, uint32_t count)
{
	static uint64_t began_ns;
	if (!began_ns)
		began_ns = now();
	return now() - began_ns > CABIN_NS_PER_S / 2;
}

static bool slow_one_skipped(const struct world *world, uint32_t count)
{
	return stats_of(world).fanout.skips > 0;
}

static bool slow_one_closed(const struct world *world, uint32_t count)
{
	return stats_of(world).closed_by_code[CABIN_CLOSED_SLOW] == 1;
}

/* Large packets fill the small buffer of a listener that does not read. It skips when
 * it reads again, and is closed when it stays away; the other hears everything. */
static void a_slow_listener_skips_then_is_closed(void **state)
{
	struct world world;
	open_world(&world, (struct cabin_server_config){.loops = 1, .queue_limit_ms = 100, .close_after_ms = 1500},
		   1275);
	connect_ears(&world, 1);
	until(&world, 1, all_open);
	listen_to(&ears[0], 1);
	struct ear slow = {0};
	struct cabin_client_target target = world.target;
	target.receive_buffer_bytes = 2304;
	struct ear good = ears[0];
	ears[0] = slow;
	assert_int_equal(cabin_client_connect(&ears[0].client, &target), 0);
	until(&world, 1, all_open);
	listen_to(&ears[0], 1);
	slow = ears[0];
	ears[0] = good;
	until(&world, 1, half_a_second_passed);
	ears[1] = slow;
	until(&world, 2, slow_one_skipped);
	slow = ears[1];
	until(&world, 1, slow_one_closed);
	until(&world, 1, all_hear);
	assert_int_equal(ears[0].missing, 0);
	assert_true(stats_of(&world).fanout.skipped_packets > 0);
	good = ears[0];
	/* What was on its way arrives whole, and the close code after it. */
	ears[0] = slow;
	until(&world, 1, all_over);
	assert_null(ears[0].client.fault);
	assert_true(ears[0].client.close_code == 4000 || ears[0].client.close_code == 0);
	ears[0] = good;
	close_ears(1);
	cabin_feeder_destroy(world.feeder);
}

static void listeners_are_told_of_the_end(void **state)
{
	struct world world;
	open_world(&world, (struct cabin_server_config){.loops = 2}, 100);
	connect_ears(&world, 10);
	until(&world, 10, all_open);
	for (uint32_t i = 0; i < 10; i++)
		listen_to(&ears[i], 1);
	until(&world, 10, all_hear);
	uint64_t began_ns = now();
	cabin_feeder_destroy(world.feeder); /* nobody reads meanwhile: its own limit ends it */
	assert_true(now() - began_ns < 3 * CABIN_NS_PER_S);
	for (uint32_t i = 0; i < 10; i++) {
		while (!cabin_client_ready(&ears[i].client, &world.target, hear, &ears[i]))
			;
		assert_non_null(strstr(ears[i].texts, "\"bye\""));
		assert_int_equal(ears[i].client.close_code, 1001);
		assert_null(ears[i].client.fault);
	}
}

/* One loop, we cannot choose which, answers from the figures of all, and does nothing
 * more; thread sanitizer sees when another's are freed before it has ended. The answer
 * stays unread: reading it would say that they are done with. */
static void figures_stay_until_every_loop_has_ended(void **state)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";
	for (int i = 0; i < 8; i++) {
		struct world world;
		open_world(&world, (struct cabin_server_config){.loops = 2}, 100);
		struct pollfd asker = {.fd = socket(AF_INET, SOCK_STREAM, 0), .events = POLLIN};
		const struct sockaddr *address = (const struct sockaddr *)&world.target.address;
		assert_int_equal(connect(asker.fd, address, world.target.address_size), 0);
		assert_int_equal(send(asker.fd, request, sizeof(request) - 1, MSG_NOSIGNAL), sizeof(request) - 1);
		assert_int_equal(poll(&asker, 1, 5000), 1);
		cabin_feeder_destroy(world.feeder);
		close(asker.fd);
	}
}

/* A loop that stalls misses packets, but must not go on with an old state. The hub's
 * thread publishes more than the inbox holds before the loop runs. */
static void a_loop_that_stalled_learns_who_feeds(void **state)
{
	static const uint16_t number = 1;
	static const char text[] = "{\"type\":\"state\",\"channel\":1,\"epoch\":2}";
	const struct cabin_server_config config = {.clock = cabin_clock_monotonic(),
						   .listen = "127.0.0.1:0",
						   .loops = 1,
						   .max_listeners = 10,
						   .queue_limit_ms = 300,
						   .close_after_ms = 10000,
						   .event_json = "{}",
						   .channel_numbers = &number,
						   .channel_count = 1};
	struct cabin_server *server = NULL;
	struct cabin_packet_pool *pool = NULL;
	struct cabin_client_target target;
	char address[32];
	memset(ears, 0, sizeof(ears));
	assert_int_equal(cabin_server_create(&server, &config), 0);
	assert_int_equal(cabin_packet_pool_create(&pool, 2), 0);
	struct cabin_packet *clock = cabin_packet_take(pool), *feed = cabin_packet_take(pool);
	assert_true(clock && feed);
	clock->kind = CABIN_PACKET_CLOCK;
	feed->kind = CABIN_PACKET_STATE;
	feed->epoch = 2;
	memcpy(cabin_packet_payload(feed), text, sizeof(text));
	cabin_ws_frame_packet(feed, CABIN_WS_TEXT, CABIN_PACKET_HEADROOM_BYTES, sizeof(text) - 1);
	memcpy(cabin_packet_payload(clock), "{}", 2);
	cabin_ws_frame_packet(clock, CABIN_WS_TEXT, CABIN_PACKET_HEADROOM_BYTES, 2);

	struct cabin_sink sink = cabin_server_sink(server, 0);
	for (int i = 0; i < CABIN_SERVER_INBOX_SLOTS; i++)
		sink.publish(sink.context, clock);
	sink.publish(sink.context, feed);
	assert_true(server_stats(server).inbox_refused > 0);
	cabin_packet_release(feed);

	assert_int_equal(cabin_server_start(server, NULL), 0);
	snprintf(address, sizeof(address), "127.0.0.1:%u", cabin_server_port(server));
	assert_int_equal(cabin_client_target_parse(&target, address), 0);
	assert_int_equal(cabin_client_connect(&ears[0].client, &target), 0);
	uint64_t limit_ns = now() + LIMIT_NS;
	for (bool listening = false; !strstr(ears[0].texts, "\"epoch\":2");) {
		struct pollfd wait = {.fd = ears[0].client.fd, .events = POLLIN};
		assert_true(now() < limit_ns);
		if (cabin_client_wants_write(&ears[0].client))
			wait.events |= POLLOUT;
		(void)poll(&wait, 1, 5);
		assert_int_equal(cabin_client_ready(&ears[0].client, &target, hear, &ears[0]), 0);
		if (!listening && strstr(ears[0].texts, "welcome")) {
			listen_to(&ears[0], 1);
			listening = true;
		}
		sink.publish(sink.context, clock);
	}
	cabin_packet_release(clock);
	close_ears(1);
	cabin_server_destroy(server);
	cabin_packet_pool_destroy(pool);
}

/* A clock that jumps, a hub's thread that beats as told, and figures that take until
 * they are let go: /metrics then holds its loop. */
struct health_bench {
	_Atomic uint64_t ahead_ns;
	struct cabin_pulse hub;
	sem_t asked, let_go;
};

static uint64_t jumping_now_ns(void *context)
{
	struct health_bench *bench = context;
	return now() + atomic_load(&bench->ahead_ns);
}

static void write_when_let_go(void *context, FILE *to)
{
	struct health_bench *bench = context;
	sem_post(&bench->asked);
	sem_wait(&bench->let_go);
	fputs("figures 1\n", to);
}

static int ask(const struct cabin_client_target *target, const char *path)
{
	char request[100];
	int size = snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", path);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&target->address, target->address_size), 0);
	assert_int_equal(send(fd, request, (size_t)size, MSG_NOSIGNAL), size);
	return fd;
}

/* Reads what `ask` is answered with, and closes. */
static void answer_has(int fd, const char *status, const char *text)
{
	char answer[4000] = "";
	size_t size = 0;
	ssize_t got;
	while (!strstr(answer, text) && (got = recv(fd, answer + size, sizeof(answer) - 1 - size, 0)) > 0)
		size += (size_t)got;
	assert_int_equal(strncmp(answer + 9, status, 3), 0);
	assert_non_null(strstr(answer, text));
	close(fd);
}

static void health_names_what_stands_still(void **state)
{
	static const uint16_t number = 1;
	struct health_bench bench = {.ahead_ns = 0};
	const struct cabin_server_config config = {.clock = {.now_ns = jumping_now_ns, .context = &bench},
						   .listen = "127.0.0.1:0",
						   .loops = 1,
						   .max_listeners = 10,
						   .queue_limit_ms = 300,
						   .close_after_ms = 10000,
						   .event_json = "{}",
						   .channel_numbers = &number,
						   .channel_count = 1,
						   .write_metrics = write_when_let_go,
						   .context = &bench,
						   .hub_pulse = &bench.hub};
	struct cabin_server *server = NULL;
	struct cabin_client_target target;
	char address[32];
	assert_int_equal(sem_init(&bench.asked, 0, 0) | sem_init(&bench.let_go, 0, 0), 0);
	assert_int_equal(cabin_server_create(&server, &config), 0);
	assert_null(cabin_server_standing(server)); /* nothing has begun */
	assert_int_equal(cabin_server_start(server, NULL), 0);
	snprintf(address, sizeof(address), "127.0.0.1:%u", cabin_server_port(server));
	assert_int_equal(cabin_client_target_parse(&target, address), 0);

	answer_has(ask(&target, "/healthz"), "200", "ok");
	cabin_pulse_beat(&bench.hub, 1);
	answer_has(ask(&target, "/healthz"), "503", "the hub stands still");
	assert_string_equal(cabin_server_standing(server), "hub");
	cabin_pulse_beat(&bench.hub, UINT64_MAX);
	answer_has(ask(&target, "/healthz"), "200", "ok");

	int held = ask(&target, "/metrics");
	assert_int_equal(sem_wait(&bench.asked), 0);
	atomic_store(&bench.ahead_ns, CABIN_PULSE_LIMIT_MS * CABIN_NS_PER_MS);
	assert_string_equal(cabin_server_standing(server), "loop");
	sem_post(&bench.let_go);
	answer_has(held, "200", "figures 1");
	for (uint64_t limit_ns = now() + LIMIT_NS; cabin_server_standing(server);) {
		assert_true(now() < limit_ns);
		(void)poll(NULL, 0, 5);
	}
	answer_has(ask(&target, "/healthz"), "200", "ok");
	cabin_server_destroy(server);
	sem_destroy(&bench.asked);
	sem_destroy(&bench.let_go);
}

/* To the letter, and never in silence. */
static void another_sub_protocol_is_refused(void **state)
{
	static const char *const names[] = {"CABIN.V1", "cabin.v2", "cabin.v1x"};
	struct world world;
	open_world(&world, (struct cabin_server_config){.loops = 1}, 100);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char request[400], answer[2000] = "";
		int size = snprintf(request, sizeof(request),
				    "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
				    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
				    "Sec-WebSocket-Protocol: %s\r\n\r\n",
				    names[i]);
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		assert_int_equal(connect(fd, (const struct sockaddr *)&world.target.address, world.target.address_size),
				 0);
		assert_int_equal(send(fd, request, (size_t)size, MSG_NOSIGNAL), size);
		assert_true(recv(fd, answer, sizeof(answer) - 1, 0) > 0);
		assert_int_equal(strncmp(answer, "HTTP/1.1 400 ", 13), 0);
		close(fd);
	}
	assert_int_equal(stats_of(&world).refused_subprotocol, 3);
	cabin_feeder_destroy(world.feeder);
}

static void a_port_in_use_is_an_error(void **state)
{
	struct world world;
	struct cabin_feeder *second = NULL;
	char address[32];
	open_world(&world, (struct cabin_server_config){.loops = 2}, 100);
	snprintf(address, sizeof(address), "127.0.0.1:%u", cabin_server_port(cabin_feeder_server(world.feeder)));
	struct cabin_feeder_config config = {.server = {.listen = address,
							.loops = 1,
							.max_listeners = 10,
							.queue_limit_ms = 300,
							.close_after_ms = 10000},
					     .channel_count = 1,
					     .packet_ms = PACKET_MS,
					     .payload_bytes = 10};
	assert_int_equal(cabin_feeder_create(&second, &config), CABIN_EIO);
	assert_null(second);
	config.server.listen = "192.0.2.1:0";
	assert_int_equal(cabin_feeder_create(&second, &config), CABIN_EIO);
	config.server.listen = "127.0.0.1";
	assert_int_equal(cabin_feeder_create(&second, &config), CABIN_EFORMAT);
	config.server.listen = "127.0.0.1:0";
	config.server.listen_tls = "127.0.0.1:0";
	config.server.tls_cert = "/nowhere/cert.pem";
	config.server.tls_key = "/nowhere/key.pem";
	assert_int_equal(cabin_feeder_create(&second, &config), CABIN_ENOTFOUND);
	cabin_feeder_destroy(world.feeder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(forty_listeners_hear_their_channels),
	    cmocka_unit_test(control_is_answered_and_reports_are_added_up),
	    cmocka_unit_test(rule_breakers_get_their_code_and_nobody_else_notices),
	    cmocka_unit_test(frames_in_pieces),
	    cmocka_unit_test(speaking_before_the_upgrade_is_answered),
	    cmocka_unit_test(a_full_server_says_503),
	    cmocka_unit_test(one_address_has_its_limit),
	    cmocka_unit_test(a_slow_listener_skips_then_is_closed),
	    cmocka_unit_test(listeners_are_told_of_the_end),
	    cmocka_unit_test(figures_stay_until_every_loop_has_ended),
	    cmocka_unit_test(a_loop_that_stalled_learns_who_feeds),
	    cmocka_unit_test(health_names_what_stands_still),
	    cmocka_unit_test(another_sub_protocol_is_refused),
	    cmocka_unit_test(a_port_in_use_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
