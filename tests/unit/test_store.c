/* server/store: changes, the log and minutes, as written and as read. */
#include "store_bench.h"

/* Values of changes, in order: "subject.key=value by author;". */
static bool collect(void *context, const struct cabin_store_change *change)
{
	char *all = context;
	sprintf(all + strlen(all), "%s.%s.%s=%s by %s;", change->scope, change->subject, change->key,
		change->value_json, change->author);
	assert_true(change->at_unix_ms == 1772323200123);
	return true;
}

static void assert_changes(const char *expected)
{
	char all[1024] = "";
	bench_close(&bench);
	assert_int_equal(bench_try_open(&bench), 0);
	assert_int_equal(cabin_store_changes(bench.store, collect, all), 0);
	assert_string_equal(all, expected);
	assert_int_equal(cabin_store_start(bench.store), 0);
}

static void changes_come_back(void **state)
{
	const struct cabin_store_change first[] = {
	    bench_change("plenary.fr", "gain_db", "-3"),
	    bench_change("plenary.en", "source", "{\"input\":\"h\xC3\xA0\"}"),
	    bench_change("plenary.fr", "muted", "true"),
	};
	const struct cabin_store_change second[] = {
	    bench_change("plenary.fr", "gain_db", "1.5"),
	    bench_change("plenary.fr", "muted", NULL),
	    bench_change("nothing.there", "muted", NULL),
	};
	assert_changes("");
	assert_true(bench_commit(&bench, first, 3, NULL).stored);
	assert_changes("channel.plenary.en.source={\"input\":\"h\xC3\xA0\"} by Minh;"
		       "channel.plenary.fr.gain_db=-3 by Minh;channel.plenary.fr.muted=true by Minh;");
	assert_true(bench_commit(&bench, second, 3, NULL).stored);
	assert_changes("channel.plenary.en.source={\"input\":\"h\xC3\xA0\"} by Minh;"
		       "channel.plenary.fr.gain_db=1.5 by Minh;");
}

static bool stop_at_once(void *context, const struct cabin_store_change *change)
{
	++*(int *)context;
	return false;
}

static void reading_changes_can_stop(void **state)
{
	int calls = 0;
	assert_true(bench_set(&bench, "a", "1").stored);
	assert_true(bench_set(&bench, "b", "1").stored);
	bench_close(&bench);
	assert_int_equal(bench_try_open(&bench), 0);
	assert_int_equal(cabin_store_changes(bench.store, stop_at_once, &calls), 0);
	assert_int_equal(calls, 1);
}

static void wrong_values_are_refused(void **state)
{
	const struct cabin_store_change pair[] = {bench_change("a", "gain_db", "-3"),
						  bench_change("b", "gain_db", "-3; DROP TABLE change")};
	const struct cabin_store_entry entry = bench_entry("gain", "a", "{}");
	struct cabin_store_stats stats;
	struct cabin_store_done done = bench_commit(&bench, pair, 2, &entry);
	assert_false(done.stored);
	assert_false(done.waiting);
	assert_string_equal(done.error, "a value is not JSON");
	cabin_store_stats(bench.store, &stats);
	assert_int_equal(stats.failed_commits, 1);
	assert_int_equal(stats.entries, 0);
	assert_true(stats.writable);
	assert_changes("");
}

static void over_the_limits_is_not_taken(void **state)
{
	static char big[CABIN_STORE_VALUE_MAX_BYTES + 2];
	struct cabin_store_change changes[CABIN_STORE_CHANGES_MAX + 1];
	memset(big, '1', sizeof(big) - 1);
	for (int i = 0; i <= CABIN_STORE_CHANGES_MAX; i++) {
		char key[8];
		snprintf(key, sizeof(key), "%d", i);
		changes[i] = bench_change("a", key, "1");
	}
	assert_false(cabin_store_commit(bench.store, changes, CABIN_STORE_CHANGES_MAX + 1, NULL, NULL, NULL));
	assert_true(bench_commit(&bench, changes, CABIN_STORE_CHANGES_MAX, NULL).stored);
	changes[0].value_json = big;
	assert_false(cabin_store_commit(bench.store, changes, 1, NULL, NULL, NULL));
	big[0] = '"'; /* a text of just the size that is allowed */
	big[CABIN_STORE_VALUE_MAX_BYTES - 1] = '"';
	big[CABIN_STORE_VALUE_MAX_BYTES] = '\0';
	assert_true(bench_commit(&bench, changes, 1, NULL).stored);
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM change"), CABIN_STORE_CHANGES_MAX);
}

static void assert_text(const json_t *object, const char *key, const char *expected)
{
	const char *text = json_string_value(json_object_get(object, key));
	assert_non_null(text);
	assert_string_equal(text, expected);
}

static void a_log_entry_reads_as_written(void **state)
{
	struct cabin_store_entry entry =
	    bench_entry("gain", "plenary.fr", "{\"from\":-1.1,\"to\":-23.1,\"text\":\"\\\"\\u00e0\"}");
	assert_true(cabin_store_log(bench.store, &entry));
	struct bench_answer answer;
	sem_init(&answer.there, 0, 0);
	assert_true(cabin_store_query_log(bench.store, &(struct cabin_store_query){0}, bench_done, &answer));
	struct cabin_store_done done = bench_wait(&answer);
	assert_true(done.stored);
	assert_string_equal(done.json, "{\"entries\":[{\"id\":1,\"at\":\"2026-03-01T00:00:00.123Z\",\"kind\":\"gain\","
				       "\"subject\":\"plenary.fr\",\"author\":\"Minh\","
				       "\"detail\":{\"from\":-1.1,\"to\":-23.1,\"text\":\"\\\"\xC3\xA0\"}}],"
				       "\"next\":null}");
	assert_int_equal(done.size, strlen(done.json));
	free(done.json);
}

static void detail_is_always_json(void **state)
{
	static const char *const DETAILS[] = {"{\"a\":[1,2.5,null]}", "", "{\"cut\":\"of", "bad \xFF byte"};
	static const char *const EXPECTED[] = {"{\"a\":[1,2.5,null]}", "{}", "\"{\\\"cut\\\":\\\"of\"",
					       "\"bad ? byte\""};
	for (int i = 0; i < 4; i++) {
		struct cabin_store_entry entry = bench_entry("test", "s", DETAILS[i]);
		assert_true(cabin_store_log(bench.store, &entry));
	}
	json_t *answer = bench_log(&bench, &(struct cabin_store_query){0});
	for (int i = 0; i < 4; i++) {
		const json_t *entry = json_array_get(json_object_get(answer, "entries"), (size_t)(3 - i));
		char *detail = json_dumps(json_object_get(entry, "detail"), JSON_COMPACT | JSON_ENCODE_ANY);
		assert_string_equal(detail, EXPECTED[i]);
		free(detail);
	}
	json_decref(answer);
	assert_int_equal(bench_number(&bench, "SELECT sum(json_valid(detail)) FROM log"), 4);
}

static void text_without_end_or_sense_is_cut(void **state)
{
	struct cabin_store_entry entry = bench_entry("test", "", "{}");
	memset(entry.subject, 'x', sizeof(entry.subject));
	memcpy(entry.author, "Ng\xE1\xBB", 5); /* cut in the middle of a letter */
	assert_true(cabin_store_log(bench.store, &entry));
	json_t *answer = bench_log(&bench, &(struct cabin_store_query){0});
	const json_t *first = json_array_get(json_object_get(answer, "entries"), 0);
	assert_int_equal(json_string_length(json_object_get(first, "subject")), sizeof(entry.subject) - 1);
	assert_text(first, "author", "Ng??");
	json_decref(answer);
}

/* Ids of one page, newest first, as "5 4 3|next"; the page's own next is kept in `*next`. */
static void page_text(char *out, struct cabin_store_query query, int64_t *next)
{
	json_t *answer = bench_log(&bench, &query);
	json_t *entries = json_object_get(answer, "entries");
	size_t used = 0;
	for (size_t i = 0; i < json_array_size(entries); i++)
		used += (size_t)sprintf(out + used, "%d ",
					(int)json_integer_value(json_object_get(json_array_get(entries, i), "id")));
	*next = json_integer_value(json_object_get(answer, "next"));
	sprintf(out + used, "|%d", (int)*next);
	json_decref(answer);
}

static void assert_page(const char *expected, struct cabin_store_query query)
{
	char text[256];
	int64_t next;
	page_text(text, query, &next);
	assert_string_equal(text, expected);
}

static void the_log_is_read_in_pages(void **state)
{
	for (int i = 1; i <= 10; i++) {
		struct cabin_store_entry entry = bench_entry(i % 2 ? "odd" : "even", i % 3 ? "rest" : "third", "{}");
		entry.at_unix_ms = i * 1000;
		assert_true(cabin_store_log(bench.store, &entry));
	}
	assert_page("10 9 8 7 6 5 4 3 2 1 |0", (struct cabin_store_query){0});
	assert_page("10 9 8 7 |7", (struct cabin_store_query){.limit = 4});
	assert_page("6 5 4 3 |3", (struct cabin_store_query){.limit = 4, .before_id = 7});
	assert_page("2 1 |0", (struct cabin_store_query){.limit = 4, .before_id = 3});
	assert_page("2 1 |0", (struct cabin_store_query){.limit = 2, .before_id = 3});
	assert_page("|0", (struct cabin_store_query){.before_id = 1});
	assert_page("9 7 |7", (struct cabin_store_query){.kind = "odd", .limit = 2});
	assert_page("5 3 |3", (struct cabin_store_query){.kind = "odd", .limit = 2, .before_id = 7});
	assert_page("9 6 3 |0", (struct cabin_store_query){.subject = "third"});
	assert_page("6 |0", (struct cabin_store_query){.kind = "even", .subject = "third"});
	assert_page("4 3 |0", (struct cabin_store_query){.from_unix_ms = 3000, .to_unix_ms = 5000});
	assert_page("3 |0", (struct cabin_store_query){.kind = "odd", .from_unix_ms = 3000, .to_unix_ms = 5000});
	assert_page("|0", (struct cabin_store_query){.kind = "odd' OR '1'='1"});
}

static void a_page_has_a_limit(void **state)
{
	struct cabin_store_entry entry = bench_entry("test", "s", "{}");
	for (int i = 0; i < CABIN_STORE_PAGE_MAX + 5; i++)
		assert_true(cabin_store_log(bench.store, &entry));
	json_t *answer = bench_log(&bench, &(struct cabin_store_query){.limit = 5000});
	assert_int_equal(json_array_size(json_object_get(answer, "entries")), CABIN_STORE_PAGE_MAX);
	assert_int_equal(json_integer_value(json_object_get(answer, "next")), 6);
	json_decref(answer);
}

/* Ids go on after the newest rows were deleted and the server was started anew. */
static void ids_are_never_used_again(void **state)
{
	struct cabin_store_entry entry = bench_entry("test", "s", "{}");
	for (int i = 0; i < 3; i++)
		assert_true(cabin_store_log(bench.store, &entry));
	bench_close(&bench);
	bench_run(&bench, "DELETE FROM log WHERE id > 1");
	bench_open(&bench);
	assert_true(cabin_store_log(bench.store, &entry));
	assert_page("4 1 |0", (struct cabin_store_query){0});
}

static void commits_and_entries_keep_their_order(void **state)
{
	struct cabin_store_entry entry = bench_entry("log", "s", "{}");
	struct cabin_store_entry committed = bench_entry("commit", "s", "{}");
	for (int i = 0; i < 50; i++) {
		const struct cabin_store_change change = bench_change("a", "gain_db", "1");
		assert_true(cabin_store_log(bench.store, &entry));
		assert_true(cabin_store_commit(bench.store, &change, 1, &committed, NULL, NULL));
	}
	json_t *answer = bench_log(&bench, &(struct cabin_store_query){.limit = 100});
	const json_t *entries = json_object_get(answer, "entries");
	assert_int_equal(json_array_size(entries), 100);
	for (size_t i = 0; i < 100; i++)
		assert_text(json_array_get(entries, i), "kind", i % 2 ? "log" : "commit");
	json_decref(answer);
}

static bool all_written(const struct cabin_store_stats *stats)
{
	return stats->entries == 1 && stats->minutes == 1 && stats->waiting == 0;
}

/* Without a query or a commit to hurry it. */
static void entries_are_written_by_themselves(void **state)
{
	struct cabin_store_entry entry = bench_entry("test", "s", "{}");
	struct cabin_store_minute minute = {.minute_unix_s = 60, .channel = "plenary.fr"};
	struct cabin_store_stats stats;
	assert_true(cabin_store_log(bench.store, &entry));
	assert_true(cabin_store_minute(bench.store, &minute));
	assert_true(bench_until(&bench, all_written));
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM log"), 1);
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM minute"), 1);
	cabin_store_stats(bench.store, &stats);
	assert_true(stats.writable);
	assert_null(stats.error);
	assert_true(stats.disk_free_bytes > 0);
	assert_true(stats.file_bytes > 4096);
	assert_int_equal(stats.dropped, 0);
}

static void what_waits_is_written_at_the_end(void **state)
{
	struct cabin_store_entry entry = bench_entry("test", "s", "{}");
	for (int i = 0; i < 2000; i++)
		assert_true(cabin_store_log(bench.store, &entry));
	bench_close(&bench);
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM log"), 2000);
	assert_int_equal(bench_files(&bench, "-wal"), 0); /* all of it is in the file */
}

/* A store that was never started: close does all that was asked. */
static void without_a_thread_nothing_is_lost(void **state)
{
	struct cabin_store_entry entry = bench_entry("test", "s", "{}");
	const struct cabin_store_change change = bench_change("a", "gain_db", "1");
	struct bench_answer answer;
	bench_close(&bench);
	assert_int_equal(bench_try_open(&bench), 0);
	sem_init(&answer.there, 0, 0);
	assert_true(cabin_store_log(bench.store, &entry));
	assert_true(cabin_store_commit(bench.store, &change, 1, &entry, bench_done, &answer));
	bench_close(&bench);
	assert_true(bench_wait(&answer).stored);
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM log"), 2);
}

/* Before the thread runs nothing is taken away, so what is full can be counted. */
static void what_is_full_drops_the_newest(void **state)
{
	struct cabin_store_entry entry = bench_entry("test", "s", "{}");
	struct cabin_store_minute minute = {.channel = "a"};
	const struct cabin_store_change change = bench_change("a", "gain_db", "1");
	struct cabin_store_stats stats;
	bench_close(&bench);
	assert_int_equal(bench_try_open(&bench), 0);
	for (int i = 0; i < CABIN_STORE_ENTRIES_MAX; i++)
		assert_true(cabin_store_log(bench.store, &entry));
	assert_false(cabin_store_log(bench.store, &entry));
	for (int i = 0; i < CABIN_STORE_MINUTES_MAX; i++) {
		minute.minute_unix_s = i * 60;
		assert_true(cabin_store_minute(bench.store, &minute));
	}
	assert_false(cabin_store_minute(bench.store, &minute));
	for (int i = 0; i < CABIN_STORE_COMMITS_MAX; i++)
		assert_true(cabin_store_commit(bench.store, &change, 1, NULL, NULL, NULL));
	assert_false(cabin_store_commit(bench.store, &change, 1, NULL, NULL, NULL));
	for (int i = 0; i < CABIN_STORE_QUERIES_MAX; i++)
		assert_true(cabin_store_query_log(bench.store, &(struct cabin_store_query){0}, NULL, NULL));
	assert_false(cabin_store_query_log(bench.store, &(struct cabin_store_query){0}, NULL, NULL));
	cabin_store_stats(bench.store, &stats);
	assert_int_equal(stats.dropped, 3);
	assert_int_equal(stats.waiting, CABIN_STORE_ENTRIES_MAX + CABIN_STORE_MINUTES_MAX);
	assert_int_equal(stats.waiting_commits, CABIN_STORE_COMMITS_MAX);
	assert_int_equal(cabin_store_start(bench.store), 0);
	bench_close(&bench);
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM log"), CABIN_STORE_ENTRIES_MAX);
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM minute"), CABIN_STORE_MINUTES_MAX);
}

/* One that its table does not take, which only a bug can bring about. */
static void a_refused_row_keeps_nothing_back(void **state)
{
	struct cabin_store_entry good = bench_entry("good", "s", "{}");
	struct cabin_store_entry bad = bench_entry("bad", "s", "{}");
	struct cabin_store_stats stats;
	bench_run(&bench, "CREATE TRIGGER refuse BEFORE INSERT ON log WHEN new.kind = 'bad'"
			  " BEGIN SELECT raise(ABORT, 'no'); END");
	assert_true(cabin_store_log(bench.store, &good));
	assert_true(cabin_store_log(bench.store, &bad));
	assert_true(cabin_store_log(bench.store, &good));
	struct cabin_store_done done = bench_commit(&bench, NULL, 0, &bad);
	assert_false(done.stored);
	assert_false(done.waiting);
	assert_true(bench_commit(&bench, NULL, 0, &good).stored);
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM log"), 3);
	cabin_store_stats(bench.store, &stats);
	assert_int_equal(stats.dropped, 2);
	assert_int_equal(stats.failed_commits, 1);
	assert_true(stats.writable);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(changes_come_back, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(reading_changes_can_stop, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(wrong_values_are_refused, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(over_the_limits_is_not_taken, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(a_log_entry_reads_as_written, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(detail_is_always_json, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(text_without_end_or_sense_is_cut, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(the_log_is_read_in_pages, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(a_page_has_a_limit, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(ids_are_never_used_again, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(commits_and_entries_keep_their_order, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(entries_are_written_by_themselves, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(what_waits_is_written_at_the_end, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(without_a_thread_nothing_is_lost, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(what_is_full_drops_the_newest, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(a_refused_row_keeps_nothing_back, set_up_open, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
