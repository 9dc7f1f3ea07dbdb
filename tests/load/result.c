#include "result.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* --- usage ------------------------------------------------------------------- */

static void read_server(struct cabin_load_usage *out, int pid)
{
	char path[64], line[1024];
	uint64_t user, system;
	if (!pid)
		return;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *file = fopen(path, "re");
	if (file && fgets(line, sizeof(line), file)) {
		const char *at = strrchr(line, ')');
		if (at && sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64, &user,
				 &system) == 2)
			out->cpu_s = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
	}
	if (file)
		fclose(file);
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		uint64_t kib;
		if (sscanf(line, "VmRSS: %" SCNu64, &kib) == 1)
			out->resident_bytes = kib * 1024;
		if (sscanf(line, "RssAnon: %" SCNu64, &kib) == 1)
			out->heap_bytes = kib * 1024;
	}
	if (file)
		fclose(file);
}

static void read_own(struct cabin_load_usage *out)
{
	struct rusage usage;
	if (getrusage(RUSAGE_SELF, &usage))
		return;
	out->cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

void cabin_load_usage_begin(struct cabin_load_result *result, int server_pid)
{
	read_own(&result->own_before);
	read_server(&result->server_before, server_pid);
}

void cabin_load_usage_end(struct cabin_load_result *result, int server_pid)
{
	read_own(&result->own_after);
	read_server(&result->server_after, server_pid);
}

/* --- sums -------------------------------------------------------------------- */

struct sums {
	uint64_t delivered, expected, gaps, missing, faults, reconnects, over_100_ms, pongs, connected;
	double worst_p99_ms, worst_max_ms;
	uint32_t worst_index;
	const char *fault;
};

/* How far each channel came: a listener that fell silent is measured against it. */
static uint64_t last_of_channel(const struct cabin_load_options *options, const struct cabin_load_listener *listeners,
				uint16_t channel)
{
	uint64_t last = 0;
	for (uint32_t i = 0; i < options->listeners; i++) {
		if (listeners[i].channel == channel && listeners[i].has_packet && listeners[i].last_sequence > last)
			last = listeners[i].last_sequence;
	}
	return last;
}

static void add_listener(struct sums *sums, const struct cabin_load_listener *listener, uint64_t last)
{
	sums->delivered += listener->packets + listener->packets_before;
	sums->expected += listener->expected_before;
	if (listener->has_packet) {
		/* Every listener began its count of wraps anew. */
		uint64_t behind = (uint16_t)(last - listener->last_sequence);
		sums->expected += listener->last_sequence - listener->first_sequence + 1;
		/* Up to 100 ms of packets are still on their way when the run ends. */
		if (behind > 10 && behind < 0x8000)
			sums->expected += behind;
	}
	sums->gaps += listener->gaps;
	sums->missing += listener->missing;
	sums->faults += listener->faults;
	sums->reconnects += listener->reconnects;
	sums->over_100_ms += listener->late_packets;
	sums->pongs += listener->pongs;
	sums->connected += listener->client.state == CABIN_CLIENT_OPEN;
	if (listener->fault)
		sums->fault = listener->fault;
	double p99 = cabin_histogram_at(listener->delays, .99);
	if (!listener->stalls && p99 > sums->worst_p99_ms) {
		sums->worst_p99_ms = p99;
		sums->worst_max_ms = listener->delays->max_ms;
		sums->worst_index = listener->index;
	}
}

static struct sums sum_up(const struct cabin_load_options *options, const struct cabin_load_listener *listeners,
			  bool stalled)
{
	struct sums sums = {0};
	for (uint32_t c = 0; c < options->channel_count; c++) {
		uint64_t last = last_of_channel(options, listeners, options->channels[c]);
		for (uint32_t i = c; i < options->listeners; i += options->channel_count) {
			if (listeners[i].stalls == stalled)
				add_listener(&sums, &listeners[i], last);
		}
	}
	return sums;
}

/* --- telling ----------------------------------------------------------------- */

static json_t *delays_json(const struct cabin_histogram *delays)
{
	return json_pack("{s:I, s:f, s:f, s:f, s:f, s:f, s:f}", "count", (json_int_t)delays->count, "mean",
			 delays->count ? delays->sum_ms / (double)delays->count : 0.0, "p50",
			 cabin_histogram_at(delays, .5), "p90", cabin_histogram_at(delays, .9), "p99",
			 cabin_histogram_at(delays, .99), "p99.9", cabin_histogram_at(delays, .999), "max",
			 delays->max_ms);
}

static json_t *sums_json(const struct sums *sums)
{
	json_t *object =
	    json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "connected", (json_int_t)sums->connected,
		      "delivered", (json_int_t)sums->delivered, "expected", (json_int_t)sums->expected, "gaps",
		      (json_int_t)sums->gaps, "missing", (json_int_t)sums->missing, "faults", (json_int_t)sums->faults,
		      "reconnects", (json_int_t)sums->reconnects, "over_100_ms", (json_int_t)sums->over_100_ms, "pongs",
		      (json_int_t)sums->pongs);
	json_object_set_new(object, "fault", sums->fault ? json_string(sums->fault) : json_null());
	return object;
}

static json_t *stalled_json(const struct cabin_load_options *options, const struct cabin_load_listener *listeners)
{
	json_t *array = json_array();
	for (uint32_t i = 0; i < options->stall_count; i++) {
		const struct cabin_load_listener *listener = &listeners[i];
		json_t *codes = json_array();
		for (int c = 0; c < listener->close_code_count; c++)
			json_array_append_new(codes, json_integer(listener->close_codes[c]));
		json_array_append_new(array, json_pack("{s:I, s:I, s:I, s:o}", "packets",
						       (json_int_t)(listener->packets + listener->packets_before),
						       "gaps", (json_int_t)listener->gaps, "missing",
						       (json_int_t)listener->missing, "close_codes", codes));
	}
	return array;
}

static int write_json(const struct cabin_load_result *result, const struct cabin_load_options *options,
		      const struct cabin_load *load, const struct cabin_load_listener *listeners,
		      const struct sums *sums)
{
	json_t *object =
	    json_pack("{s:i, s:i, s:f, s:o, s:o, s:o}", "listeners", (int)options->listeners, "channels",
		      (int)options->channel_count, "seconds", result->seconds, "delay_ms", delays_json(&load->delays),
		      "sums", sums_json(sums), "own_lateness_ms", delays_json(&result->lateness));
	json_object_set_new(object, "kernel_delay_ms", delays_json(&load->kernel_delays));
	json_object_set_new(object, "worst_listener",
			    json_pack("{s:i, s:f, s:f}", "index", (int)sums->worst_index, "p99", sums->worst_p99_ms,
				      "max", sums->worst_max_ms));
	json_object_set_new(object, "own_cpu_s", json_real(result->own_after.cpu_s - result->own_before.cpu_s));
	if (options->stall_count)
		json_object_set_new(object, "stalled", stalled_json(options, listeners));
	if (options->server_pid)
		json_object_set_new(
		    object, "server",
		    json_pack("{s:f, s:f, s:I, s:I}", "cpu_s", result->server_after.cpu_s - result->server_before.cpu_s,
			      "cpu_us_per_packet",
			      load->delays.count ? (result->server_after.cpu_s - result->server_before.cpu_s) * 1e6 /
						       (double)load->delays.count
						 : 0.0,
			      "resident_bytes", (json_int_t)result->server_after.resident_bytes, "anonymous_bytes",
			      (json_int_t)result->server_after.heap_bytes));
	int written = strcmp(options->json, "-")
			  ? json_dump_file(object, options->json, JSON_INDENT(1) | JSON_REAL_PRECISION(6))
			  : json_dumpf(object, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
	json_decref(object);
	return written ? CABIN_EIO : 0;
}

int cabin_load_result_write(const struct cabin_load_result *result, const struct cabin_load_options *options,
			    const struct cabin_load *load, const struct cabin_load_listener *listeners)
{
	struct sums sums = sum_up(options, listeners, false);
	fprintf(stderr,
		"%u listeners, %.1f s: delivered %" PRIu64 " of %" PRIu64 " (missing %" PRIu64 " in %" PRIu64
		" gaps), reconnects %" PRIu64 ", faults %" PRIu64 "%s%s\n",
		options->listeners, result->seconds, sums.delivered, sums.expected, sums.missing, sums.gaps,
		sums.reconnects, sums.faults, sums.fault ? ": " : "", sums.fault ? sums.fault : "");
	fprintf(stderr, "delay ms: p50 %.2f p90 %.2f p99 %.2f p99.9 %.2f max %.2f; worst listener p99 %.2f\n",
		cabin_histogram_at(&load->delays, .5), cabin_histogram_at(&load->delays, .9),
		cabin_histogram_at(&load->delays, .99), cabin_histogram_at(&load->delays, .999), load->delays.max_ms,
		sums.worst_p99_ms);
	fprintf(stderr, "until the kernel had it: p50 %.2f p90 %.2f p99 %.2f p99.9 %.2f max %.2f\n",
		cabin_histogram_at(&load->kernel_delays, .5), cabin_histogram_at(&load->kernel_delays, .9),
		cabin_histogram_at(&load->kernel_delays, .99), cabin_histogram_at(&load->kernel_delays, .999),
		load->kernel_delays.max_ms);
	fprintf(stderr, "own lateness ms: p50 %.2f p99 %.2f max %.2f; own CPU %.2f s\n",
		cabin_histogram_at(&result->lateness, .5), cabin_histogram_at(&result->lateness, .99),
		result->lateness.max_ms, result->own_after.cpu_s - result->own_before.cpu_s);
	if (options->server_pid) {
		double cpu_s = result->server_after.cpu_s - result->server_before.cpu_s;
		fprintf(stderr, "server: CPU %.2f s, %.2f us a packet; resident %.1f MiB, anonymous %.1f MiB\n", cpu_s,
			load->delays.count ? cpu_s * 1e6 / (double)load->delays.count : 0,
			(double)result->server_after.resident_bytes / 1048576,
			(double)result->server_after.heap_bytes / 1048576);
	}
	return options->json ? write_json(result, options, load, listeners, &sums) : 0;
}
