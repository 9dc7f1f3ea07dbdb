/* common/base/inbox: order, bounds, and who is woken when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

#include "base/inbox.h"

static void count_wake(void *context)
{
	(*(int *)context)++;
}

static struct cabin_inbox *make(uint32_t slot_count, int *wakes)
{
	struct cabin_inbox *inbox;

	assert_int_equal(cabin_inbox_create(&inbox, &(struct cabin_inbox_config){.slot_count = slot_count,
										 .message_size = sizeof(uint32_t),
										 .wake = count_wake,
										 .context = wakes}),
			 0);
	return inbox;
}

static int push(struct cabin_inbox *inbox, uint32_t message, bool quiet)
{
	return cabin_inbox_push(inbox, &message, quiet);
}

static void messages_come_in_order_and_a_full_queue_refuses_the_newest(void **state)
{
	int wakes = 0;
	struct cabin_inbox *inbox = make(4, &wakes);
	uint32_t message;

	for (uint32_t lap = 0; lap < 5; lap++) {
		for (uint32_t i = 0; i < 4; i++)
			assert_int_equal(push(inbox, lap * 10 + i, false), 0);
		assert_int_equal(push(inbox, 99, false), CABIN_EFULL);
		assert_int_equal(cabin_inbox_refused_count(inbox), lap + 1);
		for (uint32_t i = 0; i < 4; i++) {
			assert_int_equal(cabin_inbox_pop(inbox, &message), 0);
			assert_int_equal(message, lap * 10 + i);
		}
		assert_int_equal(cabin_inbox_pop(inbox, &message), CABIN_EEMPTY);
	}
	assert_int_equal(wakes, 5);
	cabin_inbox_destroy(inbox);
	cabin_inbox_destroy(NULL);
}

static void only_the_first_message_after_a_drain_wakes(void **state)
{
	int wakes = 0;
	struct cabin_inbox *inbox = make(8, &wakes);
	uint32_t message;

	assert_int_equal(push(inbox, 1, false), 0);
	assert_int_equal(push(inbox, 2, false), 0);
	assert_int_equal(wakes, 1);
	assert_int_equal(cabin_inbox_pop(inbox, &message), 0);
	assert_int_equal(push(inbox, 3, false), 0);
	assert_int_equal(wakes, 1); /* not drained yet */
	while (cabin_inbox_pop(inbox, &message) == 0)
		;
	assert_int_equal(push(inbox, 4, false), 0);
	assert_int_equal(wakes, 2);
	cabin_inbox_destroy(inbox);
}

static void quiet_messages_wait_until_half_full(void **state)
{
	int wakes = 0;
	struct cabin_inbox *inbox = make(8, &wakes);
	uint32_t message;

	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(push(inbox, i, true), 0);
	assert_int_equal(wakes, 0);
	assert_int_equal(push(inbox, 3, true), 0);
	assert_int_equal(wakes, 1);
	while (cabin_inbox_pop(inbox, &message) == 0)
		;
	assert_int_equal(message, 3);
	assert_int_equal(push(inbox, 4, true), 0);
	assert_int_equal(wakes, 1);
	assert_int_equal(push(inbox, 5, false), 0); /* a loud one wakes for both */
	assert_int_equal(wakes, 2);
	cabin_inbox_destroy(inbox);
}

static void bad_sizes_are_refused(void **state)
{
	struct cabin_inbox *inbox;
	struct cabin_inbox_config config = {.slot_count = 3, .message_size = 4, .wake = count_wake};

	assert_int_equal(cabin_inbox_create(&inbox, &config), CABIN_EINVAL);
	config.slot_count = 131072;
	assert_int_equal(cabin_inbox_create(&inbox, &config), CABIN_EINVAL);
	config.slot_count = 4;
	config.message_size = 65;
	assert_int_equal(cabin_inbox_create(&inbox, &config), CABIN_EINVAL);
}

/* Producers number their messages; the consumer sleeps on a semaphore that only
 * `wake` posts, so a lost wake-up would hang the test. */
enum { PRODUCERS = 3, MESSAGES = 60000 };

struct race {
	struct cabin_inbox *inbox;
	sem_t sleep;
};

struct numbered {
	uint32_t producer, number;
};

static void post(void *context)
{
	struct race *race = context;

	sem_post(&race->sleep);
}

struct producer {
	struct race *race;
	uint32_t index;
};

static void *produce(void *argument)
{
	struct producer *self = argument;

	for (uint32_t i = 0; i < MESSAGES; i++) {
		struct numbered message = {self->index, i};
		/* The last of each is loud, the others are by turns. */
		bool quiet = i % 3 == 0 && i + 1 < MESSAGES;

		while (cabin_inbox_push(self->race->inbox, &message, quiet))
			sched_yield();
	}
	return NULL;
}

static void nothing_is_lost_between_threads(void **state)
{
	struct race race;
	struct producer producers[PRODUCERS];
	pthread_t threads[PRODUCERS];
	uint32_t next[PRODUCERS] = {0}, total = 0;
	struct numbered message;

	assert_int_equal(sem_init(&race.sleep, 0, 0), 0);
	assert_int_equal(
	    cabin_inbox_create(&race.inbox, &(struct cabin_inbox_config){64, sizeof(message), post, &race}), 0);
	for (uint32_t i = 0; i < PRODUCERS; i++) {
		producers[i] = (struct producer){&race, i};
		assert_int_equal(pthread_create(&threads[i], NULL, produce, &producers[i]), 0);
	}
	while (total < PRODUCERS * MESSAGES) {
		while (cabin_inbox_pop(race.inbox, &message) == 0) {
			assert_int_equal(message.number, next[message.producer]);
			next[message.producer]++;
			total++;
		}
		if (total < PRODUCERS * MESSAGES)
			sem_wait(&race.sleep);
	}
	for (uint32_t i = 0; i < PRODUCERS; i++)
		pthread_join(threads[i], NULL);
	cabin_inbox_destroy(race.inbox);
	sem_destroy(&race.sleep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_come_in_order_and_a_full_queue_refuses_the_newest),
	    cmocka_unit_test(only_the_first_message_after_a_drain_wakes),
	    cmocka_unit_test(quiet_messages_wait_until_half_full),
	    cmocka_unit_test(bad_sizes_are_refused),
	    cmocka_unit_test(nothing_is_lost_between_threads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
