#include "net/server.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "net/desk_feed.h"
#include "net/http_api.h"
#include "net/listen_socket.h"
#include "net/loop.h"
#include "net/loop_audience.h"
#include "net/notice.h"
#include "net/tls_files.h"

enum { USER_TIMEOUT_MS = 20000, FIGURES_AGE_MS = 1000 };

struct cabin_server {
	struct cabin_net net;
	uint32_t loop_count;
	struct cabin_loop *loops[CABIN_LOOPS_MAX];
	uint16_t port[CABIN_SCHEME_COUNT];
};

static uint32_t choose_loop_count(uint32_t wanted)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	if (!wanted)
		wanted = cores > 0 ? (uint32_t)cores : 1;
	return wanted < CABIN_LOOPS_MAX ? wanted : CABIN_LOOPS_MAX;
}

static int load_pages(struct cabin_net *net)
{
	const char *folder = net->config.web_folder;
	char quoted[300];
	int result = folder ? cabin_static_load(&net->files, folder) : CABIN_ENOTFOUND;
	if (result != CABIN_ENOTFOUND)
		return result;
	cabin_log(CABIN_LOG_WARN, "net", "web-pages-missing",
		  "folder=%s hint=\"build them with ./cabin build, then start again\"",
		  cabin_log_quote(quoted, sizeof(quoted), folder ? folder : ""));
	return 0;
}

/* Reading them costs milliseconds, with thousands of open files, and they are asked for
 * on a loop's thread, by whoever likes. */
static int create_figures(struct cabin_net *net)
{
	if (!net->config.write_metrics)
		return 0;
	const struct cabin_text_cache_config config = {.clock = net->config.clock,
						       .max_age_ns = FIGURES_AGE_MS * CABIN_NS_PER_MS,
						       .write = net->config.write_metrics,
						       .context = net->config.context};
	return cabin_text_cache_create(&net->figures, &config);
}

static int open_sockets(struct cabin_server *server, int (*fds)[CABIN_LOOPS_MAX])
{
	static const char *const options[] = {"--listen", "--listen-tls"};
	const struct cabin_server_config *config = &server->net.config;
	const char *texts[CABIN_SCHEME_COUNT] = {config->listen, config->listen_tls};
	for (int scheme = 0; scheme < CABIN_SCHEME_COUNT; scheme++) {
		struct cabin_address address;
		if (!texts[scheme])
			continue;
		int result = cabin_address_parse(&address, texts[scheme]);
		if (!result)
			result = cabin_listen_sockets_open(fds[scheme], server->loop_count, &address, texts[scheme],
							   options[scheme]);
		if (result)
			return result;
		server->port[scheme] = cabin_address_port(&address);
	}
	return 0;
}

static int create_loops(struct cabin_server *server)
{
	int fds[CABIN_SCHEME_COUNT][CABIN_LOOPS_MAX];
	memset(fds, -1, sizeof(fds));
	int result = open_sockets(server, fds);
	for (uint32_t i = 0; i < server->loop_count && !result; i++) {
		int own[CABIN_SCHEME_COUNT];
		for (int scheme = 0; scheme < CABIN_SCHEME_COUNT; scheme++) {
			own[scheme] = fds[scheme][i];
			fds[scheme][i] = -1;
		}
		result = cabin_loop_create(&server->loops[i], &server->net, i, own);
	}
	for (int scheme = 0; scheme < CABIN_SCHEME_COUNT; scheme++) {
		for (uint32_t i = 0; i < CABIN_LOOPS_MAX; i++) {
			if (fds[scheme][i] >= 0)
				close(fds[scheme][i]);
		}
	}
	return result;
}

int cabin_server_create(struct cabin_server **out, const struct cabin_server_config *config)
{
	struct cabin_server *server = calloc(1, sizeof(*server));
	*out = NULL;
	if (!server)
		return CABIN_ENOMEM;
	struct cabin_net *net = &server->net;
	net->config = *config;
	net->socket_options = (struct cabin_socket_options){.dscp = config->dscp_listeners,
							    .dscp_consoles = config->dscp_consoles,
							    .rto_min_us = config->rto_min_us,
							    .user_timeout_ms = USER_TIMEOUT_MS};
	server->loop_count = choose_loop_count(config->loops);
	net->uplinks = calloc(config->booth_count * CABIN_SEATS_MAX + 1u, sizeof(net->uplinks[0]));
	cabin_admission_init(&net->admission, config->max_listeners);
	signal(SIGPIPE, SIG_IGN); /* TLS writes without MSG_NOSIGNAL */
	cabin_open_files_raise(cabin_admission_connections(config->max_listeners) + 256);

	int result = cabin_live_init(&net->live, config);
	if (!result && !net->uplinks)
		result = CABIN_ENOMEM;
	if (!result && config->listen_tls)
		result = cabin_tls_files_check(config->tls_cert, config->tls_key);
	if (!result)
		result = load_pages(net);
	if (!result)
		result = create_figures(net);
	if (!result)
		result = cabin_auth_create(&net->auth, config->access_key, config->revoked);
	if (!result && config->max_listeners_per_address)
		result = cabin_address_counts_create(&net->addresses);
	if (!result)
		result = create_loops(server);
	if (result) {
		cabin_server_destroy(server);
		return result;
	}
	*out = server;
	return 0;
}

int cabin_server_start(struct cabin_server *server, struct cabin_packet_pool *pool)
{
	server->net.pool = pool;
	for (uint32_t i = 0; i < server->loop_count; i++) {
		int result = cabin_loop_start(server->loops[i]);
		if (result)
			return result;
	}
	cabin_log(CABIN_LOG_INFO, "net", "serving", "port=%u port_tls=%u loops=%u max_listeners=%u",
		  server->port[CABIN_SCHEME_HTTP], server->port[CABIN_SCHEME_HTTPS], server->loop_count,
		  server->net.config.max_listeners);
	return 0;
}

void cabin_server_destroy(struct cabin_server *server)
{
	if (!server)
		return;
	for (uint32_t i = 0; i < server->loop_count; i++) {
		if (server->loops[i])
			cabin_loop_stop(server->loops[i]);
	}
	for (uint32_t i = 0; i < server->loop_count; i++) {
		if (server->loops[i])
			cabin_loop_join(server->loops[i]);
	}
	for (uint32_t i = 0; i < server->loop_count; i++)
		cabin_loop_destroy(server->loops[i]);
	cabin_live_end(&server->net.live);
	cabin_text_cache_destroy(server->net.figures);
	cabin_auth_destroy(server->net.auth);
	free(server->net.uplinks);
	cabin_address_counts_destroy(server->net.addresses);
	cabin_static_destroy(server->net.files);
	free(server);
}

uint16_t cabin_server_port(const struct cabin_server *server)
{
	return server->port[CABIN_SCHEME_HTTP];
}

uint16_t cabin_server_port_tls(const struct cabin_server *server)
{
	return server->port[CABIN_SCHEME_HTTPS];
}

const char *cabin_server_standing(const struct cabin_server *server)
{
	return cabin_net_standing(&server->net);
}

uint32_t cabin_server_loop_count(const struct cabin_server *server)
{
	return server->loop_count;
}

struct cabin_sink cabin_server_sink(struct cabin_server *server, uint32_t loop_index)
{
	CABIN_ASSERT(loop_index < server->loop_count);
	return (struct cabin_sink){.publish = cabin_loop_publish, .context = server->loops[loop_index]};
}

static bool notify(void *context, const struct cabin_notice *notice)
{
	struct cabin_server *server = context;
	return cabin_notices_publish(server->loops, server->loop_count, notice);
}

struct cabin_notice_sink cabin_server_notice_sink(struct cabin_server *server)
{
	return (struct cabin_notice_sink){.notify = notify, .context = server};
}

void cabin_server_reply(struct cabin_server *server, const struct cabin_api_reply *reply)
{
	uint32_t loop_index = cabin_api_ticket_loop(reply->ticket);
	CABIN_ASSERT(loop_index < server->loop_count);
	cabin_http_api_push(server->loops[loop_index], reply);
}

bool cabin_server_tell_desks(struct cabin_server *server, bool binary, const void *bytes, size_t size)
{
	return cabin_desk_feed_publish(server->loops, server->loop_count, binary, bytes, size);
}

uint32_t cabin_server_desk_count(const struct cabin_server *server)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < server->loop_count; i++)
		count += atomic_load_explicit(&server->loops[i]->counters.desks, memory_order_relaxed);
	return count;
}

int cabin_server_set_event(struct cabin_server *server, char *event_json)
{
	if (!event_json)
		return CABIN_EINVAL;
	cabin_live_set_event(&server->net.live, event_json);
	return 0;
}

void cabin_server_set_booth(struct cabin_server *server, uint16_t booth_index, const char *id,
			    const char *documents_json)
{
	cabin_live_set_booth(&server->net.live, booth_index, id, documents_json);
}

void cabin_server_lock_room(struct cabin_server *server, uint16_t room_index, uint32_t pin)
{
	cabin_live_lock_room(&server->net.live, room_index, pin);
}

void cabin_server_talkback(struct cabin_server *server, const uint64_t booth_bits[2], uint16_t voice_channel_index)
{
	CABIN_ASSERT(voice_channel_index == CABIN_INDEX_NONE || voice_channel_index < server->net.config.channel_count);
	cabin_live_set_talkback(&server->net.live, booth_bits, voice_channel_index);
	for (uint32_t i = 0; i < server->loop_count; i++)
		cabin_loop_wake(server->loops[i]);
}

static void add_fanout(struct cabin_fanout_stats *out, const struct cabin_fanout *fanout)
{
	struct cabin_fanout_stats one;
	cabin_fanout_stats(fanout, &one);
	out->packets += one.packets;
	out->bytes += one.bytes;
	out->writes += one.writes;
	out->skips += one.skips;
	out->skipped_packets += one.skipped_packets;
	out->closed_slow += one.closed_slow;
}

void cabin_server_stats(const struct cabin_server *server, struct cabin_server_stats *out)
{
	memset(out, 0, sizeof(*out));
	for (uint32_t i = 0; i < server->loop_count; i++) {
		const struct cabin_loop *loop = server->loops[i];
		const struct cabin_loop_counters *counters = &loop->counters;
		out->listeners += atomic_load_explicit(&counters->listeners, memory_order_relaxed);
		out->listeners_tls += atomic_load_explicit(&counters->listeners_tls, memory_order_relaxed);
		out->accepted += cabin_counter_get(&counters->accepted);
		out->refused_full += cabin_counter_get(&counters->refused_full);
		out->refused_address += cabin_counter_get(&counters->refused_address);
		out->refused_subprotocol += cabin_counter_get(&counters->refused_subprotocol);
		out->http_requests += cabin_counter_get(&counters->http_requests);
		out->levels_dropped += cabin_counter_get(&counters->levels_dropped);
		out->control_dropped += cabin_counter_get(&counters->control_dropped);
		out->lost += cabin_counter_get(&counters->lost);
		out->inbox_refused += cabin_inbox_refused_count(loop->inbox);
		for (int how = 0; how < CABIN_CLOSED_COUNT; how++)
			out->closed_by_code[how] += cabin_counter_get(&counters->closed_by_code[how]);
		out->consoles += atomic_load_explicit(&counters->consoles, memory_order_relaxed);
		for (int verdict = CABIN_AUTH_GOOD + 1; verdict < CABIN_AUTH_COUNT; verdict++)
			out->joins_refused[verdict - 1] += cabin_counter_get(&counters->joins_refused[verdict]);
		out->uplink_packets += cabin_counter_get(&counters->uplink_packets);
		out->uplink_late += cabin_counter_get(&counters->uplink_late);
		out->uplink_bad_clock += cabin_counter_get(&counters->uplink_bad_clock);
		out->uplink_refused += cabin_counter_get(&counters->uplink_refused);
		out->commands_refused += cabin_counter_get(&counters->commands_refused);
		add_fanout(&out->fanout, loop->fanout);
	}
}

void cabin_server_uplink(const struct cabin_server *server, uint16_t booth_index, uint8_t seat,
			 struct cabin_server_uplink *out)
{
	CABIN_ASSERT(booth_index < server->net.config.booth_count && seat >= 1 && seat <= CABIN_SEATS_MAX);
	const struct cabin_uplink_figures *figures = cabin_net_uplink(&server->net, booth_index, seat);
	*out = (struct cabin_server_uplink){
	    .packets = cabin_counter_get(&figures->packets),
	    .late = cabin_counter_get(&figures->late),
	    .lost = cabin_counter_get(&figures->lost),
	    .age_ms = (double)atomic_load_explicit(&figures->age_us, memory_order_relaxed) / 1e3,
	};
}

uint32_t cabin_server_hearing_count(const struct cabin_server *server, uint16_t channel_index)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < server->loop_count; i++)
		count += cabin_fanout_listener_count(server->loops[i]->fanout, channel_index);
	return count;
}

uint32_t cabin_server_listener_count(const struct cabin_server *server, uint16_t channel_index)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < server->loop_count; i++) {
		const struct cabin_loop *loop = server->loops[i];
		uint32_t all = cabin_fanout_listener_count(loop->fanout, channel_index);
		uint32_t consoles = atomic_load_explicit(&loop->console_listeners[channel_index], memory_order_relaxed);
		/* Two figures that are not read at one moment. */
		count += all > consoles ? all - consoles : 0;
	}
	return count;
}

void cabin_server_audience(const struct cabin_server *server, struct cabin_audience *out)
{
	memset(out, 0, sizeof(*out));
	for (uint32_t i = 0; i < server->loop_count; i++)
		cabin_loop_audience_add(server->loops[i], out);
}

void cabin_server_report_sums(const struct cabin_server *server, uint16_t channel_index, struct cabin_report_sums *out)
{
	CABIN_ASSERT(channel_index < server->net.config.channel_count);
	memset(out, 0, sizeof(*out));
	for (uint32_t i = 0; i < server->loop_count; i++)
		cabin_report_sum(out, &server->loops[i]->reports[channel_index]);
}

int cabin_server_certificate_days(const struct cabin_server *server)
{
	const char *certificate = server->net.config.tls_cert;
	return certificate ? cabin_tls_files_days(certificate) : INT_MAX;
}
