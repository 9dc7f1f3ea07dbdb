/* server/relay/fanout, delivery and window: what each listener is sent, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "relay/fanout.h"
#include "relay/window.h"
#include "relay_fakes.h"
#include "wire/ws_frame.h"

enum { CHANNELS = 2, LIMIT_MS = 300, CLOSE_MS = 2000, POOL = 2000, WRITTEN_MAX = 65536 };

static const uint64_t ms = CABIN_NS_PER_MS;

/* A socket that takes, holds back, or is broken, as the test says. */
struct fake_connection {
	struct bench *bench;
	struct cabin_listener *listener;
	uint8_t written[WRITTEN_MAX];
	size_t size, read;
	uint32_t writes;
	const uint8_t *last_bytes; /* where the newest write came from */
	bool pending, wants_writable, closed, broken, detach_on_write;
	struct fake_connection *detach_other;
};

struct bench {
	struct fake_clock clock;
	struct cabin_packet_pool *pool;
	struct cabin_fanout *fanout;
	uint64_t sequence[CHANNELS];
	uint32_t epoch[CHANNELS];
};

static void leave(struct fake_connection *connection)
{
	if (connection->listener)
		cabin_fanout_detach(connection->bench->fanout, connection->listener);
	connection->listener = NULL;
}

static int fake_write(void *context, const uint8_t *bytes, size_t size)
{
	struct fake_connection *connection = context;

	assert_false(connection->pending);
	assert_non_null(connection->listener);
	assert_true(connection->size + size <= WRITTEN_MAX);
	memcpy(connection->written + connection->size, bytes, size);
	connection->size += size;
	connection->writes++;
	connection->last_bytes = bytes;
	if (connection->detach_other)
		leave(connection->detach_other);
	if (connection->detach_on_write)
		leave(connection);
	return connection->broken ? CABIN_ELOST : 0;
}

static bool fake_pending(void *context)
{
	return ((struct fake_connection *)context)->pending;
}

static void fake_want_writable(void *context)
{
	((struct fake_connection *)context)->wants_writable = true;
}

static void fake_close(void *context, enum cabin_close_reason reason)
{
	((struct fake_connection *)context)->closed = true;
}

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	bench->clock.now_ns = 50 * CABIN_NS_PER_S;
	if (cabin_packet_pool_create(&bench->pool, POOL))
		return -1;
	*state = bench;
	return cabin_fanout_create(
	    &bench->fanout,
	    &(struct cabin_fanout_config){.clock = fake_clock(&bench->clock),
					  .transport = {fake_write, fake_pending, fake_want_writable, fake_close},
					  .channel_count = CHANNELS,
					  .queue_limit_ms = LIMIT_MS,
					  .close_after_ms = CLOSE_MS});
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	cabin_fanout_destroy(bench->fanout);
	cabin_packet_pool_destroy(bench->pool);
	free(bench);
	return 0;
}

static struct fake_connection *connect(struct bench *bench, uint16_t channel_index)
{
	struct fake_connection *connection = calloc(1, sizeof(*connection));

	connection->bench = bench;
	assert_int_equal(cabin_fanout_attach(bench->fanout, &connection->listener, connection), 0);
	assert_int_equal(cabin_listener_channel_index(connection->listener), CABIN_INDEX_NONE);
	cabin_fanout_listen(bench->fanout, connection->listener, channel_index);
	assert_int_equal(cabin_listener_channel_index(connection->listener), channel_index);
	return connection;
}

static void disconnect(struct fake_connection *connection)
{
	leave(connection);
	free(connection);
}

/* Publishes a message of one letter and a number: 's'tate, 'c'lock or 'p'acket. */
static void publish(struct bench *bench, uint16_t channel_index, char kind)
{
	struct cabin_packet *packet = cabin_packet_take(bench->pool);
	uint64_t number = bench->sequence[channel_index]++;

	assert_non_null(packet);
	packet->kind = kind == 's' ? CABIN_PACKET_STATE : kind == 'c' ? CABIN_PACKET_CLOCK : CABIN_PACKET_MEDIA;
	packet->channel_index = channel_index;
	packet->epoch = bench->epoch[channel_index];
	packet->published_ns = bench->clock.now_ns;
	packet->bytes[4] = (uint8_t)kind;
	packet->bytes[5] = (uint8_t)(number >> 8);
	packet->bytes[6] = (uint8_t)number;
	cabin_ws_frame_packet(packet, kind == 'p' ? CABIN_WS_BINARY : CABIN_WS_TEXT, 4, 3);
	cabin_fanout_packet(bench->fanout, packet);
	cabin_packet_release(packet);
}

static void publish_all(struct bench *bench, uint16_t channel_index, const char *kinds)
{
	for (; *kinds; kinds++)
		publish(bench, channel_index, *kinds);
}

/* What the connection was sent since the last call, as "s0 p1 …"; static. */
static const char *received(struct fake_connection *connection)
{
	static char text[8192];
	size_t length = 0;

	text[0] = '\0';
	for (; connection->read < connection->size; connection->read += 5) {
		const uint8_t *frame = connection->written + connection->read;

		assert_int_equal(frame[0], frame[2] == 'p' ? 0x82 : 0x81);
		assert_int_equal(frame[1], 3);
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%c%d", length ? " " : "", frame[2],
					   frame[3] << 8 | frame[4]);
	}
	return text;
}

static struct cabin_fanout_stats stats(struct bench *bench)
{
	struct cabin_fanout_stats out;

	cabin_fanout_stats(bench->fanout, &out);
	return out;
}

static void a_joiner_gets_state_clock_three_packets_then_live(void **state)
{
	struct bench *bench = *state;
	struct fake_connection *connection;

	publish_all(bench, 0, "sppcsppppcp"); /* 0 … 10; the second state is an update of the same epoch */
	connection = connect(bench, 0);
	assert_true(cabin_fanout_dirty(bench->fanout));
	cabin_fanout_flush(bench->fanout);
	assert_false(cabin_fanout_dirty(bench->fanout));
	assert_string_equal(received(connection), "s4 c9 p7 p8 p10");
	assert_int_equal(connection->writes, 1);
	publish(bench, 0, 'p');
	cabin_fanout_flush(bench->fanout);
	assert_string_equal(received(connection), "p11");
	publish_all(bench, 0, "pcp");
	cabin_fanout_flush(bench->fanout);
	assert_string_equal(received(connection), "p12 c13 p14");
	assert_int_equal(connection->writes, 3);
	assert_int_equal(stats(bench).packets, 3 + 1 + 2);
	assert_int_equal(stats(bench).writes, 3);
	assert_int_equal(stats(bench).bytes, 9 * 5);
	assert_int_equal(stats(bench).skips, 0);
	disconnect(connection);
}

static void a_joiner_is_primed_with_its_epoch_alone(void **state)
{
	struct bench *bench = *state;
	struct fake_connection *connection, *second;

	publish_all(bench, 0, "sppp");
	bench->epoch[0]++;
	publish_all(bench, 0, "sp");
	connection = connect(bench, 0);
	cabin_fanout_writable(bench->fanout, connection->listener);
	assert_string_equal(received(connection), "s4 p5");
	bench->clock.now_ns += (LIMIT_MS + 1) * ms; /* nothing came since: old speech is not sent */
	second = connect(bench, 0);
	cabin_fanout_writable(bench->fanout, second->listener);
	assert_string_equal(received(second), "s4");
	disconnect(connection);
	disconnect(second);
}

static void a_joiner_waits_for_the_first_state(void **state)
{
	struct bench *bench = *state;
	struct fake_connection *connection = connect(bench, 0);

	cabin_fanout_flush(bench->fanout);
	cabin_fanout_writable(bench->fanout, connection->listener);
	assert_int_equal(connection->writes, 0);
	publish_all(bench, 0, "sp");
	cabin_fanout_flush(bench->fanout);
	assert_string_equal(received(connection), "s0 p1");
	disconnect(connection);
}

static void channels_do_not_mix_and_may_be_changed(void **state)
{
	struct bench *bench = *state;
	struct fake_connection *connection;

	publish_all(bench, 0, "sp");
	publish_all(bench, 1, "spppp");
	connection = connect(bench, 0);
	assert_int_equal(cabin_fanout_listener_count(bench->fanout, 0), 1);
	cabin_fanout_flush(bench->fanout);
	assert_string_equal(received(connection), "s0 p1");
	cabin_fanout_listen(bench->fanout, connection->listener, 1);
	assert_int_equal(cabin_fanout_listener_count(bench->fanout, 0), 0);
	assert_int_equal(cabin_fanout_listener_count(bench->fanout, 1), 1);
	publish(bench, 0, 'p');
	cabin_fanout_flush(bench->fanout);
	assert_string_equal(received(connection), "s0 p2 p3 p4");
	cabin_fanout_listen(bench->fanout, connection->listener, CABIN_INDEX_NONE);
	publish_all(bench, 1, "p");
	cabin_fanout_flush(bench->fanout);
	cabin_fanout_writable(bench->fanout, connection->listener);
	assert_string_equal(received(connection), "");
	disconnect(connection);
}

static void one_packet_goes_out_without_a_copy_and_ranges_are_shared(void **state)
{
	struct bench *bench = *state;
	struct fake_connection *connections[5];

	publish_all(bench, 0, "sp");
	for (int i = 0; i < 5; i++)
		connections[i] = connect(bench, 0);
	cabin_fanout_flush(bench->fanout);
	for (int i = 1; i < 5; i++)
		assert_ptr_equal(connections[i]->last_bytes, connections[0]->last_bytes);
	publish(bench, 0, 'p');
	cabin_fanout_flush(bench->fanout);
	for (int i = 1; i < 5; i++)
		assert_ptr_equal(connections[i]->last_bytes, connections[0]->last_bytes);
	publish_all(bench, 0, "pp");
	cabin_fanout_flush(bench->fanout);
	for (int i = 1; i < 5; i++)
		assert_ptr_equal(connections[i]->last_bytes, connections[0]->last_bytes);
	for (int i = 0; i < 5; i++) {
		assert_string_equal(received(connections[i]), "s0 p1 p2 p3 p4");
		disconnect(connections[i]);
	}
}

static void a_blocked_listener_gets_its_backlog_in_one_write(void **state)
{
	struct bench *bench = *state;
	struct fake_connection *slow, *other;

	publish(bench, 0, 's');
	slow = connect(bench, 0);
	other = connect(bench, 0);
	cabin_fanout_flush(bench->fanout);
	received(slow);
	received(other);
	slow->pending = true;
	for (int i = 0; i < 5; i++) {
		bench->clock.now_ns += 20 * ms;
		publish(bench, 0, 'p');
		cabin_fanout_flush(bench->fanout);
	}
	assert_true(slow->wants_writable);
	assert_string_equal(received(other), "p1 p2 p3 p4 p5");
	assert_string_equal(received(slow), "");
	slow->pending = false;
	slow->writes = 0;
	cabin_fanout_writable(bench->fanout, slow->listener);
	assert_string_equal(received(slow), "p1 p2 p3 p4 p5");
	assert_int_equal(slow->writes, 1);
	assert_int_equal(stats(bench).skips, 0);
	disconnect(slow);
	disconnect(other);
}

static void who_is_behind_skips_to_live(void **state)
{
	struct bench *bench = *state;
	struct fake_connection *slow;

	publish_all(bench, 0, "sp");
	slow = connect(bench, 0);
	cabin_fanout_flush(bench->fanout);
	received(slow);
	slow->pending = true;
	for (int i = 0; i < 30; i++) { /* 2 … 31 */
		bench->clock.now_ns += 20 * ms;
		publish(bench, 0, 'p');
		cabin_fanout_flush(bench->fanout);
	}
	/* What waits for it has waited since the first packet that was refused. */
	assert_int_equal(cabin_listener_queue_ns(bench->fanout, slow->listener, bench->clock.now_ns), 29 * 20 * ms);
	assert_int_equal(cabin_listener_skip_count(slow->listener), 0);
	slow->pending = false;
	cabin_fanout_writable(bench->fanout, slow->listener);
	assert_string_equal(received(slow), "s0 p29 p30 p31");
	assert_int_equal(cabin_listener_queue_ns(bench->fanout, slow->listener, bench->clock.now_ns), 0);
	assert_int_equal(cabin_listener_skip_count(slow->listener), 1);
	assert_int_equal(stats(bench).skips, 1);
	assert_int_equal(stats(bench).skipped_packets, 27);
	publish(bench, 0, 'p');
	cabin_fanout_flush(bench->fanout);
	assert_string_equal(received(slow), "p32");
	assert_false(slow->closed);
	disconnect(slow);
}

static void a_skip_never_repeats_a_packet(void **state)
{
	struct bench *bench = *state;
	struct fake_connection *slow;

	publish_all(bench, 0, "spp");
	slow = connect(bench, 0);
	cabin_fanout_flush(bench->fanout);
	received(slow);
	slow->pending = true;
	publish(bench, 0, 'c'); /* only a clock message is late … */
	cabin_fanout_flush(bench->fanout);
	bench->clock.now_ns += (LIMIT_MS + 1) * ms;
	publish(bench, 0, 'p'); /* … and one packet is new */
	slow->pending = false;
	cabin_fanout_writable(bench->fanout, slow->listener);
	assert_string_equal(received(slow), "s0 c3 p4");
	assert_int_equal(stats(bench).skips, 1);
	assert_int_equal(stats(bench).skipped_packets, 0);
	disconnect(slow);
}

static void who_stays_behind_is_closed_once(void **state)
{
	struct bench *bench = *state;
	struct fake_connection *slow;

	publish_all(bench, 0, "sp");
	slow = connect(bench, 0);
	cabin_fanout_flush(bench->fanout);
	received(slow);
	for (uint64_t t = 0; t < CLOSE_MS + 200; t += 20) {
		bench->clock.now_ns += 20 * ms;
		publish(bench, 0, 'p');
		slow->pending = true;
		cabin_fanout_flush(bench->fanout);
		assert_int_equal(slow->closed, t >= CLOSE_MS);
		if (t == 1000 || t == 1600) { /* takes a little now and then, never without a skip */
			slow->pending = false;
			cabin_fanout_writable(bench->fanout, slow->listener);
		}
	}
	assert_int_equal(stats(bench).closed_slow, 1);
	assert_int_equal(stats(bench).skips, 2);
	slow->pending = false;
	slow->writes = 0;
	cabin_fanout_writable(bench->fanout, slow->listener);
	publish(bench, 0, 'p');
	cabin_fanout_flush(bench->fanout);
	assert_int_equal(slow->writes, 0);
	disconnect(slow);
}

static void who_catches_up_is_not_closed(void **state)
{
	struct bench *bench = *state;
	struct fake_connection *slow;

	publish_all(bench, 0, "sp");
	slow = connect(bench, 0);
	cabin_fanout_flush(bench->fanout);
	for (int i = 0; i < 1000; i++) {
		bench->clock.now_ns += 20 * ms;
		publish(bench, 0, 'p');
		slow->pending = true;
		cabin_fanout_flush(bench->fanout);
		if (i % 5 == 4) { /* 100 ms late, again and again, but within its limit */
			slow->pending = false;
			cabin_fanout_writable(bench->fanout, slow->listener);
		}
	}
	assert_false(slow->closed);
	assert_int_equal(stats(bench).skips, 0);
	assert_int_equal(stats(bench).packets, 1 + 1000);
	disconnect(slow);
}

static void listeners_may_leave_inside_a_flush(void **state)
{
	struct bench *bench = *state;
	struct fake_connection *connections[8];

	publish_all(bench, 0, "sp");
	for (int i = 0; i < 8; i++)
		connections[i] = connect(bench, 0);
	/* One leaves during its own write, one makes an earlier one leave, one a later one. */
	connections[7]->detach_on_write = true;
	connections[5]->detach_other = connections[1];
	connections[3]->detach_other = connections[6];
	connections[2]->broken = true;
	cabin_fanout_flush(bench->fanout);
	assert_int_equal(cabin_fanout_listener_count(bench->fanout, 0), 5);
	assert_string_equal(received(connections[1]), "");
	for (int i = 0; i < 8; i++) {
		if (i != 1)
			assert_string_equal(received(connections[i]), "s0 p1");
	}
	publish(bench, 0, 'p');
	cabin_fanout_flush(bench->fanout);
	for (int i = 0; i < 8; i++) {
		bool gone = i == 7 || i == 1 || i == 6 || i == 2;

		assert_string_equal(received(connections[i]), gone ? "" : "p2");
		disconnect(connections[i]);
	}
}

static void a_window_gives_back_what_is_too_old_or_too_many(void **state)
{
	struct bench *bench = *state;
	uint32_t items = cabin_fanout_window_items(LIMIT_MS);

	publish(bench, 0, 's');
	for (int i = 0; i < 1000; i++)
		publish(bench, 0, 'p'); /* all at one moment */
	assert_int_equal(cabin_packet_pool_free_count(bench->pool), POOL - items - 1);
	assert_true(cabin_fanout_packets_held(1, LIMIT_MS) >= items + 1);
	bench->clock.now_ns += (LIMIT_MS + 1) * ms;
	publish(bench, 0, 'p');
	assert_int_equal(cabin_packet_pool_free_count(bench->pool), POOL - 2);
}

static void a_burst_over_the_window_skips(void **state)
{
	struct bench *bench = *state;
	struct fake_connection *connection;

	publish(bench, 0, 's');
	connection = connect(bench, 0);
	cabin_fanout_flush(bench->fanout);
	received(connection);
	for (uint32_t i = 0; i < cabin_fanout_window_items(LIMIT_MS) + 10; i++)
		publish(bench, 0, 'p');
	cabin_fanout_flush(bench->fanout);
	assert_int_equal(stats(bench).skips, 1);
	assert_int_equal(stats(bench).skipped_packets, cabin_fanout_window_items(LIMIT_MS) + 7);
	disconnect(connection);
}

static void impossible_limits_are_refused(void **state)
{
	struct cabin_fanout *fanout;
	struct cabin_fanout_config config = {
	    .channel_count = 1, .queue_limit_ms = CABIN_QUEUE_LIMIT_MAX_MS, .close_after_ms = 10000};

	config.queue_limit_ms = 39;
	assert_int_equal(cabin_fanout_create(&fanout, &config), CABIN_EINVAL);
	config.queue_limit_ms = CABIN_QUEUE_LIMIT_MAX_MS + 1;
	assert_int_equal(cabin_fanout_create(&fanout, &config), CABIN_EINVAL);
	config.queue_limit_ms = CABIN_QUEUE_LIMIT_MAX_MS;
	config.channel_count = CABIN_CHANNELS_MAX + 1;
	assert_int_equal(cabin_fanout_create(&fanout, &config), CABIN_EINVAL);
	config.channel_count = CABIN_CHANNELS_MAX;
	assert_int_equal(cabin_fanout_create(&fanout, &config), 0);
	cabin_fanout_destroy(fanout);
	cabin_fanout_destroy(NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_joiner_gets_state_clock_three_packets_then_live),
	    TEST(a_joiner_is_primed_with_its_epoch_alone),
	    TEST(a_joiner_waits_for_the_first_state),
	    TEST(channels_do_not_mix_and_may_be_changed),
	    TEST(one_packet_goes_out_without_a_copy_and_ranges_are_shared),
	    TEST(a_blocked_listener_gets_its_backlog_in_one_write),
	    TEST(who_is_behind_skips_to_live),
	    TEST(a_skip_never_repeats_a_packet),
	    TEST(who_stays_behind_is_closed_once),
	    TEST(who_catches_up_is_not_closed),
	    TEST(listeners_may_leave_inside_a_flush),
	    TEST(a_window_gives_back_what_is_too_old_or_too_many),
	    TEST(a_burst_over_the_window_skips),
	    cmocka_unit_test(impossible_limits_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
