/* server/store: what was acknowledged is there after kill -9 at any moment, whole.
 *
 * A child commits numbered changes, two of a number in one transaction with an entry of
 * it, and writes each acknowledged number into a pipe; entries and minutes go beside them.
 * The parent kills it after a seeded number of acknowledgements and a seeded pause. */
#include <signal.h>
#include <sys/wait.h>

#include "store_bench.h"

enum { ROUNDS = 20, IN_FLIGHT = 8, ACKNOWLEDGED_MAX = 40, PAUSE_MAX_US = 5000 };

/* Answers of a child: its thread writes, nobody else. */
struct acknowledged {
	int fd;
	sem_t free_places;
	int64_t number; /* of the next answer: they come in order */
};

static void acknowledge(void *context, const struct cabin_store_done *done)
{
	struct acknowledged *to = context;
	if (!done->stored || write(to->fd, &to->number, sizeof(to->number)) != sizeof(to->number))
		_exit(3);
	to->number++;
	sem_post(&to->free_places);
}

/* Until it is killed. No cmocka in here: a failure is an exit status. */
static void commit_for_ever(int fd, int64_t number)
{
	struct acknowledged to = {.fd = fd, .number = number};
	sem_init(&to.free_places, 0, IN_FLIGHT);
	if (bench_try_open(&bench) != 0 || cabin_store_start(bench.store) != 0)
		_exit(2);
	for (;; number++) {
		char value[32];
		char detail[64];
		snprintf(value, sizeof(value), "%lld", (long long)number);
		snprintf(detail, sizeof(detail), "{\"number\":%lld}", (long long)number);
		const struct cabin_store_change pair[] = {bench_change("a", "number", value),
							  bench_change("b", "number", value)};
		const struct cabin_store_entry committed = bench_entry("commit", "a", detail);
		const struct cabin_store_entry logged = bench_entry("log", "a", detail);
		const struct cabin_store_minute minute = {.minute_unix_s = number * 60, .channel = "a"};
		(void)cabin_store_log(bench.store, &logged);
		(void)cabin_store_minute(bench.store, &minute);
		while (sem_wait(&to.free_places) != 0)
			;
		if (!cabin_store_commit(bench.store, pair, 2, &committed, acknowledge, &to))
			_exit(4);
	}
}

/* Kills the child at a moment of the seed's; gives the newest number that it acknowledged. */
static int64_t run_and_kill(int64_t first, unsigned *seed)
{
	int ends[2];
	int status;
	int64_t newest = first - 1;
	int64_t number;
	int wanted = 1 + rand_r(seed) % ACKNOWLEDGED_MAX;
	const struct timespec pause = {.tv_nsec = (long)(rand_r(seed) % PAUSE_MAX_US) * 1000};
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		commit_for_ever(ends[1], first);
	}
	close(ends[1]);
	for (int i = 0; i < wanted && read(ends[0], &number, sizeof(number)) == sizeof(number); i++)
		newest = number;
	nanosleep(&pause, NULL);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	while (read(ends[0], &number, sizeof(number)) == sizeof(number))
		newest = number;
	close(ends[0]);
	assert_true(newest >= first);
	return newest;
}

static void acknowledged_is_there(void **state)
{
	const char *given = getenv("CABIN_TEST_SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
	int64_t stored = 0;
	print_message("CABIN_TEST_SEED=%u\n", seed);
	bench_make(&bench);
	for (int round = 0; round < ROUNDS; round++) {
		int64_t acknowledged = run_and_kill(stored + 1, &seed);
		/* As the next server finds it, and then as anybody who reads it does. */
		bench_open(&bench);
		bench_close(&bench);
		assert_true(bench_is_sound(&bench));
		stored = bench_number(&bench, "SELECT CAST(value AS INTEGER) FROM change WHERE subject = 'a'");
		assert_true(stored >= acknowledged);
		assert_true(stored <= acknowledged + IN_FLIGHT);
		assert_int_equal(bench_number(&bench, "SELECT CAST(value AS INTEGER) FROM change WHERE subject = 'b'"),
				 stored);
		assert_int_equal(bench_number(&bench, "SELECT count(*) FROM log WHERE kind = 'commit'"), stored);
		assert_int_equal(bench_number(&bench, "SELECT count(DISTINCT json_extract(detail, '$.number'))"
						      " FROM log WHERE kind = 'commit'"),
				 stored);
		/* A commit takes with it what was logged before it. */
		assert_true(bench_number(&bench, "SELECT count(*) FROM log WHERE kind = 'log'") >= stored);
		assert_true(bench_number(&bench, "SELECT count(*) FROM minute") >= stored);
	}
	assert_int_equal(bench_files(&bench, "broken"), 0);
	bench_end(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(acknowledged_is_there)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
