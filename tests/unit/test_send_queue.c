/* client/send_queue: order, age, and a microphone that is off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/clock.h"
#include "client/send_queue.h"

#define MS CABIN_NS_PER_MS

static struct cabin_packet_pool *pool;
static struct cabin_send_queue queue;

static int begin(void **state)
{
	(void)state;
	cabin_send_queue_init(&queue, 200);
	return cabin_packet_pool_create(&pool, 2 * CABIN_SEND_QUEUE_SLOTS);
}

/* The pool asserts that every packet came back. */
static int end(void **state)
{
	(void)state;
	cabin_send_queue_clear(&queue);
	cabin_packet_pool_destroy(pool);
	return 0;
}

static bool push(uint64_t stamp_ms, uint64_t now_ms)
{
	struct cabin_packet *packet = cabin_packet_take(pool);
	assert_non_null(packet);
	packet->stamp_ns = stamp_ms * MS;
	return cabin_send_queue_packet(&queue, packet, now_ms * MS);
}

static int text(const char *what, enum cabin_send_gate gate)
{
	return cabin_send_queue_text(&queue, what ? strdup(what) : NULL, what ? (uint32_t)strlen(what) : 0, gate);
}

/* The next entry: its text, or "packet", or "" when there is none. */
static const char *pop(uint64_t now_ms)
{
	static char name[32];
	struct cabin_send_entry entry;
	name[0] = '\0';
	if (!cabin_send_queue_pop(&queue, now_ms * MS, &entry))
		return name;
	strncat(name, entry.packet ? "packet" : entry.text, sizeof(name) - 1);
	cabin_send_entry_free(&entry);
	return name;
}

static void texts_and_packets_keep_their_order(void **state)
{
	assert_false(push(1000, 1000)); /* closed at first */
	assert_int_equal(text("on", CABIN_SEND_GATE_OPEN), 0);
	assert_int_equal(text("clock", CABIN_SEND_GATE_KEEP), 0);
	assert_true(push(1000, 1000));
	assert_true(push(1020, 1020));
	assert_int_equal(text("off", CABIN_SEND_GATE_CLOSE), 0);
	assert_false(push(1040, 1040)); /* nothing of a microphone that is off */
	assert_string_equal(pop(1041), "on");
	assert_string_equal(pop(1041), "clock");
	assert_string_equal(pop(1041), "packet");
	assert_string_equal(pop(1041), "packet");
	assert_string_equal(pop(1041), "off");
	assert_string_equal(pop(1041), "");
	assert_int_equal(queue.dropped_closed, 2);
}

static void old_sound_is_dropped_and_texts_are_not(void **state)
{
	assert_int_equal(text(NULL, CABIN_SEND_GATE_OPEN), 0);
	for (uint64_t ms = 0; ms < 3000; ms += 10)
		push(ms, ms);
	assert_in_range(queue.count, 20, 22);
	assert_int_equal(text("x", CABIN_SEND_GATE_KEEP), 0);
	assert_true(push(2800, 3000));
	assert_false(push(2799, 3000));
	assert_string_equal(pop(9000), "x");
	assert_string_equal(pop(9000), "");
	assert_int_equal(queue.dropped_old, 302);
}

static void full_refuses_the_newest(void **state)
{
	for (int i = 0; i < CABIN_SEND_QUEUE_SLOTS; i++)
		assert_int_equal(text("t", CABIN_SEND_GATE_OPEN), 0);
	assert_int_equal(text("t", CABIN_SEND_GATE_KEEP), CABIN_EFULL);
	assert_false(push(0, 0));
	assert_int_equal(queue.refused, 2);
	cabin_send_queue_clear(&queue);
	assert_string_equal(pop(0), "");
	assert_false(push(0, 0)); /* cleared is closed */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
	    TEST(texts_and_packets_keep_their_order),
	    TEST(old_sound_is_dropped_and_texts_are_not),
	    TEST(full_refuses_the_newest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
