/* server/store: the figures per minute. */
#include <math.h>

#include "store_bench.h"

static const struct cabin_store_minute SAMPLE = {
    .minute_unix_s = 1772323200,
    .channel = "plenary.fr",
    .loudness_lufs = -23.1,
    .peak_dbfs = -6.004,
    .listeners_max = 412,
    .packets = 3000,
    .gaps = 2,
    .concealed_ms = 40,
    .mouth_to_ear_p50_ms = 240,
    .mouth_to_ear_p95_ms = 310,
    .seconds_by_feed = {1, 50, 2, 3, 4, 0},
};

static void assert_answer(const struct cabin_store_minutes_query *query, const char *expected)
{
	struct bench_answer answer;
	sem_init(&answer.there, 0, 0);
	assert_true(cabin_store_query_minutes(bench.store, query, bench_done, &answer));
	struct cabin_store_done done = bench_wait(&answer);
	assert_true(done.stored);
	assert_string_equal(done.json, expected);
	free(done.json);
}

static void a_minute_reads_as_written(void **state)
{
	assert_true(cabin_store_minute(bench.store, &SAMPLE));
	assert_answer(&(struct cabin_store_minutes_query){0},
		      "{\"minutes\":[{\"id\":1,\"minute\":\"2026-03-01T00:00:00Z\",\"channel\":\"plenary.fr\","
		      "\"loudness_lufs\":-23.1,\"peak_dbfs\":-6.0,\"listeners_max\":412,\"packets\":3000,\"gaps\":2,"
		      "\"concealed_ms\":40,\"mouth_to_ear_p50_ms\":240,\"mouth_to_ear_p95_ms\":310,"
		      "\"seconds_by_feed\":{\"floor\":1,\"booth\":50,\"pass-through\":2,\"silence\":3,\"channel\":4,"
		      "\"desk\":0}}],\"next\":null}");
}

/* Two halves of a minute: the server was started anew within it. */
static void halves_are_put_together(void **state)
{
	struct cabin_store_minute half = {.minute_unix_s = SAMPLE.minute_unix_s,
					  .channel = "plenary.fr",
					  .loudness_lufs = -HUGE_VAL,
					  .peak_dbfs = -3,
					  .listeners_max = 5,
					  .packets = 100,
					  .mouth_to_ear_p50_ms = 250,
					  .mouth_to_ear_p95_ms = 300,
					  .seconds_by_feed = {0, 1, 0, 0, 0, 9}};
	assert_true(cabin_store_minute(bench.store, &SAMPLE));
	assert_true(cabin_store_minute(bench.store, &half));
	assert_answer(&(struct cabin_store_minutes_query){0},
		      "{\"minutes\":[{\"id\":1,\"minute\":\"2026-03-01T00:00:00Z\",\"channel\":\"plenary.fr\","
		      "\"loudness_lufs\":-23.1,\"peak_dbfs\":-3.0,\"listeners_max\":412,\"packets\":3100,\"gaps\":2,"
		      "\"concealed_ms\":40,\"mouth_to_ear_p50_ms\":250,\"mouth_to_ear_p95_ms\":310,"
		      "\"seconds_by_feed\":{\"floor\":1,\"booth\":51,\"pass-through\":2,\"silence\":3,\"channel\":4,"
		      "\"desk\":9}}],\"next\":null}");
}

static void silence_has_no_decibels(void **state)
{
	struct cabin_store_minute silent = {
	    .minute_unix_s = 60, .channel = "a", .loudness_lufs = -HUGE_VAL, .peak_dbfs = NAN};
	assert_true(cabin_store_minute(bench.store, &silent));
	json_t *answer = bench_minutes(&bench, &(struct cabin_store_minutes_query){0});
	const json_t *minute = json_array_get(json_object_get(answer, "minutes"), 0);
	assert_true(json_is_null(json_object_get(minute, "loudness_lufs")));
	assert_true(json_is_null(json_object_get(minute, "peak_dbfs")));
	json_decref(answer);
	/* A later half with sound gives the figure. */
	silent.peak_dbfs = -12;
	assert_true(cabin_store_minute(bench.store, &silent));
	answer = bench_minutes(&bench, &(struct cabin_store_minutes_query){0});
	minute = json_array_get(json_object_get(answer, "minutes"), 0);
	assert_true(json_real_value(json_object_get(minute, "peak_dbfs")) == -12);
	json_decref(answer);
}

/* Minutes of one page as "a1 b1 |next": channel and number of the minute. */
static void assert_page(const char *expected, struct cabin_store_minutes_query query)
{
	char text[512];
	size_t used = 0;
	json_t *answer = bench_minutes(&bench, &query);
	const json_t *minutes = json_object_get(answer, "minutes");
	for (size_t i = 0; i < json_array_size(minutes); i++) {
		const json_t *minute = json_array_get(minutes, i);
		used +=
		    (size_t)sprintf(text + used, "%s%.2s ", json_string_value(json_object_get(minute, "channel")),
				    json_string_value(json_object_get(minute, "minute")) + strlen("1970-01-01T00:"));
	}
	sprintf(text + used, "|%d", (int)json_integer_value(json_object_get(answer, "next")));
	json_decref(answer);
	assert_string_equal(text, expected);
}

static void minutes_are_read_in_pages(void **state)
{
	struct cabin_store_minute minute = SAMPLE;
	for (int i = 1; i <= 4; i++) {
		minute.minute_unix_s = i * 60;
		strcpy(minute.channel, "a");
		assert_true(cabin_store_minute(bench.store, &minute));
		strcpy(minute.channel, "b");
		assert_true(cabin_store_minute(bench.store, &minute));
	}
	assert_page("a01 b01 a02 b02 a03 b03 a04 b04 |0", (struct cabin_store_minutes_query){0});
	assert_page("a01 b01 a02 |3", (struct cabin_store_minutes_query){.limit = 3});
	assert_page("b02 a03 b03 |6", (struct cabin_store_minutes_query){.limit = 3, .after_id = 3});
	assert_page("a04 b04 |0", (struct cabin_store_minutes_query){.limit = 3, .after_id = 6});
	assert_page("b01 b02 |4", (struct cabin_store_minutes_query){.channel = "b", .limit = 2});
	assert_page("b03 b04 |0", (struct cabin_store_minutes_query){.channel = "b", .limit = 2, .after_id = 4});
	assert_page("a02 a03 |0",
		    (struct cabin_store_minutes_query){.channel = "a", .from_unix_s = 120, .to_unix_s = 240});
	assert_page("|0", (struct cabin_store_minutes_query){.channel = "c"});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_minute_reads_as_written, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(halves_are_put_together, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(silence_has_no_decibels, set_up_open, tear_down),
	    cmocka_unit_test_setup_teardown(minutes_are_read_in_pages, set_up_open, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
