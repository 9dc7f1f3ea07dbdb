/* server/net/text_cache: written once in a while, whole for everybody, whoever asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "net/text_cache.h"

enum { THREADS = 4, ASKS = 2000, LINES = 200 };

struct bench {
	_Atomic uint64_t now_ns;
	atomic_uint writes;
	bool waits;
	sem_t begun, go_on;
	struct cabin_text_cache *cache;
};

static uint64_t now_ns(void *context)
{
	return atomic_load(&((struct bench *)context)->now_ns);
}

/* The number of the writing, many times: a torn text would show two. */
static void write_number(void *context, FILE *to)
{
	struct bench *bench = context;
	unsigned number = atomic_fetch_add(&bench->writes, 1) + 1;
	if (bench->waits) {
		sem_post(&bench->begun);
		sem_wait(&bench->go_on);
	}
	for (int i = 0; i < LINES; i++)
		fprintf(to, "%08u\n", number);
}

static void set_up(struct bench *bench)
{
	memset(bench, 0, sizeof(*bench));
	bench->now_ns = 5 * CABIN_NS_PER_S;
	assert_int_equal(sem_init(&bench->begun, 0, 0) | sem_init(&bench->go_on, 0, 0), 0);
	const struct cabin_text_cache_config config = {.clock = {.now_ns = now_ns, .context = bench},
						       .max_age_ns = CABIN_NS_PER_S,
						       .write = write_number,
						       .context = bench};
	assert_int_equal(cabin_text_cache_create(&bench->cache, &config), 0);
}

static void tear_down(struct bench *bench)
{
	cabin_text_cache_destroy(bench->cache);
	sem_destroy(&bench->begun);
	sem_destroy(&bench->go_on);
}

/* The text's number; 0 where it is not whole. */
static unsigned get_number(struct bench *bench)
{
	size_t size = 0;
	char *text = cabin_text_cache_get(bench->cache, &size);
	if (!text)
		return 0;
	unsigned number = (unsigned)strtoul(text, NULL, 10);
	for (size_t at = 0; at < size; at += 9)
		if (memcmp(text, text + at, 9) != 0)
			number = 0;
	if (size != LINES * 9 || text[size])
		number = 0;
	free(text);
	return number;
}

static void written_once_in_its_time(void **state)
{
	struct bench bench;
	set_up(&bench);
	for (int i = 0; i < 10; i++)
		assert_int_equal(get_number(&bench), 1);
	bench.now_ns += CABIN_NS_PER_S - 1;
	assert_int_equal(get_number(&bench), 1);
	bench.now_ns += 1;
	assert_int_equal(get_number(&bench), 2);
	assert_int_equal(get_number(&bench), 2);
	tear_down(&bench);
	cabin_text_cache_destroy(NULL);
}

static void *get_in_a_thread(void *context)
{
	return (void *)(uintptr_t)get_number(context);
}

static void nobody_waits_for_the_writer(void **state)
{
	struct bench bench;
	pthread_t writer;
	void *number;
	set_up(&bench);
	assert_int_equal(get_number(&bench), 1);
	bench.now_ns += CABIN_NS_PER_S;
	bench.waits = true;
	assert_int_equal(pthread_create(&writer, NULL, get_in_a_thread, &bench), 0);
	sem_wait(&bench.begun);
	for (int i = 0; i < 10; i++)
		assert_int_equal(get_number(&bench), 1); /* the text before, while the next is written */
	sem_post(&bench.go_on);
	pthread_join(writer, &number);
	assert_int_equal((uintptr_t)number, 2);
	assert_int_equal(get_number(&bench), 2);
	tear_down(&bench);
}

static void *ask_often(void *context)
{
	struct bench *bench = context;
	uintptr_t torn = 0;
	for (int i = 0; i < ASKS; i++) {
		torn += get_number(bench) == 0;
		if (i % 100 == 0)
			atomic_fetch_add(&bench->now_ns, CABIN_NS_PER_S);
	}
	return (void *)torn;
}

static void whole_from_many_threads(void **state)
{
	struct bench bench;
	pthread_t threads[THREADS];
	set_up(&bench);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &bench), 0);
	for (int i = 0; i < THREADS; i++) {
		void *torn;
		pthread_join(threads[i], &torn);
		assert_null(torn);
	}
	assert_true(bench.writes > 1);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(written_once_in_its_time),
					   cmocka_unit_test(nobody_waits_for_the_writer),
					   cmocka_unit_test(whole_from_many_threads)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
