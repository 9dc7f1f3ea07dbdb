/* server/net/audience: who hears what and how well, now and over the last minute; and the
 * same through a real server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/audience.h"
#include "net_bench.h"

static struct cabin_audience_minute minute;
static struct cabin_audience audience, other;

static struct cabin_client_report report_of(enum cabin_report_state state, double concealed_ms, uint32_t underruns)
{
	return (struct cabin_client_report){.channel = 1,
					    .state = state,
					    .buffer_ms = 40,
					    .concealed_ms = concealed_ms,
					    .underruns = underruns,
					    .mouth_to_ear_ms = 120,
					    .round_trip_ms = -1,
					    .hidden = true,
					    .fallback = CABIN_FALLBACK_NATIVE};
}

static int begin(void **state)
{
	memset(&minute, 0, sizeof(minute));
	memset(&audience, 0, sizeof(audience));
	memset(&other, 0, sizeof(other));
	return 0;
}

static void give(struct cabin_audience_place *place, enum cabin_report_state state, double concealed_ms,
		 uint32_t underruns, uint32_t second)
{
	const struct cabin_client_report report = report_of(state, concealed_ms, underruns);
	cabin_audience_report(place, &minute, 2, &report, second);
}

static uint32_t sum_of(const uint32_t *buckets)
{
	uint32_t sum = 0;
	for (int b = 0; b < CABIN_AUDIENCE_BUCKETS; b++)
		sum += buckets[b];
	return sum;
}

static void trouble_comes_and_goes(void **state)
{
	struct cabin_audience_place place = {0};
	assert_false(cabin_audience_in_trouble(&place, 0, 1000));
	assert_true(cabin_audience_in_trouble(&place, CABIN_AUDIENCE_QUEUE_MS + 1, 1000));
	give(&place, CABIN_REPORT_STALLED, 0, 0, 1000);
	assert_true(cabin_audience_in_trouble(&place, 0, 1000));
	give(&place, CABIN_REPORT_LIVE, 0, 1, 1001);
	assert_true(cabin_audience_in_trouble(&place, 0, 1005));
	assert_false(cabin_audience_in_trouble(&place, 0, 1006)); /* five seconds later */
	/* More than 100 ms of each of five seconds, and not what is just that. */
	for (uint32_t second = 1010; second < 1015; second++)
		give(&place, CABIN_REPORT_LIVE, 100, 0, second);
	assert_false(cabin_audience_in_trouble(&place, 0, 1014));
	give(&place, CABIN_REPORT_LIVE, 1, 0, 1014);
	assert_true(cabin_audience_in_trouble(&place, 0, 1014));
	assert_false(cabin_audience_in_trouble(&place, 0, 1015));
	/* Long after, when the ring has gone round, nothing of it comes back. */
	assert_false(cabin_audience_in_trouble(&place, 0, 1024));
	give(&place, CABIN_REPORT_LIVE, 0, 0, 1024);
	assert_false(cabin_audience_in_trouble(&place, 0, 1024));
}

static void counts_of_a_channel(void **state)
{
	struct cabin_audience_place silent = {0}, good = {0}, bad = {0};
	struct cabin_audience_seen seen = {.listener = 1, .channel_index = 2};
	give(&good, CABIN_REPORT_LIVE, 3, 0, 50);
	give(&bad, CABIN_REPORT_STALLED, 700, 2, 50);
	cabin_audience_add_listener(&audience, &silent, &seen, 50);
	seen.listener = 2;
	cabin_audience_add_listener(&audience, &good, &seen, 50);
	seen.listener = 3;
	seen.skips = 4;
	cabin_audience_add_listener(&audience, &bad, &seen, 50);
	const struct cabin_audience_channel *channel = &audience.channels[2];
	assert_int_equal(channel->listeners, 3);
	assert_int_equal(channel->by_state[CABIN_REPORT_LIVE], 1);
	assert_int_equal(channel->by_state[CABIN_REPORT_STALLED], 1);
	assert_int_equal(channel->by_fallback[CABIN_FALLBACK_NATIVE], 2);
	assert_int_equal(channel->hidden, 2);
	assert_int_equal(channel->in_trouble, 1);
	assert_int_equal(audience.channels[1].listeners, 0);
	assert_int_equal(audience.worst_count, 1);
	assert_int_equal(audience.worst[0].listener, 3);
	assert_int_equal(audience.worst[0].skips, 4);
	assert_true(audience.worst[0].concealed_ms == 700);
	assert_int_equal(audience.worst[0].underruns, 2);
	assert_int_equal(audience.worst[0].retransmissions, -1);
}

static void the_last_minute(void **state)
{
	struct cabin_audience_place place = {0};
	for (uint32_t second = 100; second < 160; second++)
		give(&place, CABIN_REPORT_LIVE, 15, 0, second);
	cabin_audience_add_minute(&audience, &minute, 159);
	assert_int_equal(sum_of(audience.mouth_to_ear), 60);
	assert_int_equal(audience.mouth_to_ear[8], 60); /* over 100, at most 150 ms */
	assert_int_equal(audience.channels[2].mouth_to_ear[8], 60);
	assert_int_equal(audience.buffer[4], 60);
	assert_int_equal(audience.concealed[2], 60);
	assert_int_equal(sum_of(audience.round_trip), 0); /* unknown to all */
	/* Pieces of five seconds fall out, and at last all. */
	cabin_audience_add_minute(&other, &minute, 160);
	assert_int_equal(sum_of(other.mouth_to_ear), 55);
	memset(&other, 0, sizeof(other));
	cabin_audience_add_minute(&other, &minute, 215);
	assert_int_equal(sum_of(other.mouth_to_ear), 0);
}

static void the_worst_ten_of_two_loops(void **state)
{
	for (uint32_t i = 1; i <= 30; i++) {
		struct cabin_audience_place place = {0};
		const struct cabin_audience_seen seen = {.listener = i, .channel_index = 2, .queue_ms = 1000 + i};
		cabin_audience_add_listener(i % 2 ? &audience : &other, &place, &seen, 50);
	}
	struct cabin_audience_place stalled = {0};
	const struct cabin_audience_seen seen = {.listener = 99, .channel_index = 3};
	give(&stalled, CABIN_REPORT_STALLED, 0, 0, 50);
	cabin_audience_add_listener(&other, &stalled, &seen, 50);
	assert_int_equal(audience.worst_count, CABIN_AUDIENCE_WORST);
	cabin_audience_join(&audience, &other);
	assert_int_equal(audience.worst_count, CABIN_AUDIENCE_WORST);
	assert_int_equal(audience.worst[0].listener, 99);
	for (uint32_t i = 1; i < CABIN_AUDIENCE_WORST; i++)
		assert_int_equal(audience.worst[i].listener, 31 - i);
	assert_int_equal(audience.channels[2].listeners, 30);
	assert_int_equal(audience.channels[2].in_trouble, 30);
	assert_int_equal(audience.channels[3].in_trouble, 1);
}

static void through_a_server(void **state)
{
	bench_start(&bench, false);
	int fd = ws_open(&bench), console = ws_open(&bench);
	ws_join(&bench, console, bench_technician(&bench), "", 0);
	static const char report[] =
	    "{\"type\":\"report\",\"channel\":2,\"state\":\"stalled\",\"buffer_ms\":40,\"target_ms\":40,\"late_ms\":0,"
	    "\"concealed_ms\":250,\"underruns\":3,\"mouth_to_ear_ms\":120,\"round_trip_ms\":7,\"hidden\":false,"
	    "\"fallback\":\"none\"}";
	ws_say(fd, "{\"type\":\"listen\",\"channel\":2}");
	ws_say(console, "{\"type\":\"listen\",\"channel\":2}");
	ws_say(fd, report);
	ws_say(console, report); /* is no audience */
	for (int ms = 0; ms < BENCH_PATIENCE_MS && !audience.worst_count; ms += 2) {
		bench_pause();
		cabin_server_audience(bench.server, &audience);
	}
	assert_int_equal(audience.worst_count, 1);
	assert_int_equal(audience.channels[1].listeners, 1);
	assert_int_equal(audience.channels[1].by_state[CABIN_REPORT_STALLED], 1);
	assert_int_equal(audience.channels[1].in_trouble, 1);
	assert_int_equal(audience.mouth_to_ear[8], 1);
	assert_int_equal(audience.round_trip[1], 1);
	assert_int_equal(audience.worst[0].channel_index, 1);
	assert_true(audience.worst[0].concealed_ms == 250);
	assert_true(audience.worst[0].retransmissions >= 0); /* the kernel's */
	assert_true(audience.worst[0].rtt_ms > 0);
	close(fd);
	for (int ms = 0; ms < BENCH_PATIENCE_MS && audience.worst_count; ms += 2) {
		bench_pause();
		cabin_server_audience(bench.server, &audience);
	}
	assert_int_equal(audience.worst_count, 0);
	assert_int_equal(audience.channels[1].listeners, 0);
	assert_int_equal(audience.mouth_to_ear[8], 1); /* of the last minute still */
	close(console);
	bench_stop(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(trouble_comes_and_goes, begin),
	    cmocka_unit_test_setup(counts_of_a_channel, begin),
	    cmocka_unit_test_setup(the_last_minute, begin),
	    cmocka_unit_test_setup(the_worst_ten_of_two_loops, begin),
	    cmocka_unit_test_setup(through_a_server, begin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
