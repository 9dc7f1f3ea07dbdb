#include "client/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/counter.h"
#include "base/log.h"
#include "client/connection_internal.h"

enum {
	INBOX_SLOTS = 1024,
	TICK_MS = 250,
	PING_EVERY_TICKS = 4,
	QUICK_PINGS = 5,
	DEAD_AFTER_MS = 3000,
	TRY_LIMIT_MS = 7000, /* more than the library's own */
	RETRY_FIRST_MS = 250,
	RETRY_MAX_MS = 4000,
	BYE_SPREAD_MS = 1000
};

/* What other threads hand over. */
struct item {
	struct cabin_packet *packet; /* NULL: a text */
	char *text;
	uint32_t size;
	uint32_t generation;
	enum cabin_send_gate gate;
};

bool cabin_connection_problem_is_final(enum cabin_connection_problem problem)
{
	return problem == CABIN_PROBLEM_NOT_CABIN || problem == CABIN_PROBLEM_NO_ACCESS ||
	       problem == CABIN_PROBLEM_REPLACED;
}

int cabin_connection_address_parse(struct cabin_connection_address *out, const char *url)
{
	static const struct {
		const char *scheme;
		bool tls;
		uint16_t port;
	} schemes[] = {{"https://", true, 443}, {"wss://", true, 443}, {"http://", false, 80}, {"ws://", false, 80}};
	*out = (struct cabin_connection_address){.tls = true, .port = 443};
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t length = strlen(schemes[i].scheme);
		if (strncasecmp(url, schemes[i].scheme, length) != 0)
			continue;
		out->tls = schemes[i].tls;
		out->port = schemes[i].port;
		url += length;
		break;
	}
	bool brackets = url[0] == '[';
	const char *host = url + brackets;
	size_t size = brackets ? strcspn(host, "]/") : strcspn(host, ":/?#");
	if (size == 0 || size >= sizeof(out->host) || (brackets && host[size] != ']') || strstr(host, "://"))
		return CABIN_EFORMAT;
	memcpy(out->host, host, size);
	const char *rest = host + size + brackets;
	if (*rest == ':') {
		char *end;
		unsigned long port = strtoul(rest + 1, &end, 10);
		if (end == rest + 1 || port < 1 || port > UINT16_MAX || !strchr("/?#", *end))
			return CABIN_EFORMAT;
		out->port = (uint16_t)port;
	} else if (!strchr("/?#", *rest)) {
		return CABIN_EFORMAT;
	}
	return 0;
}

bool cabin_gathered_add(struct cabin_gathered *gathered, const void *bytes, size_t size)
{
	if (gathered->size + size >= CABIN_CONNECTION_TEXT_MAX_BYTES) {
		gathered->size = 0;
		return false;
	}
	if (gathered->size + size + 1 > gathered->room) {
		uint32_t room = (uint32_t)(2 * (gathered->size + size + 1));
		char *more = realloc(gathered->bytes, room);
		if (!more) {
			gathered->size = 0;
			return false;
		}
		gathered->bytes = more;
		gathered->room = room;
	}
	memcpy(gathered->bytes + gathered->size, bytes, size);
	gathered->size += (uint32_t)size;
	gathered->bytes[gathered->size] = '\0';
	return true;
}

/* Main learns it. A full inbox means that main is stuck; it is told when it is lost. */
static void tell(struct cabin_connection *connection, struct cabin_connection_event event, const char *text,
		 size_t size)
{
	event.generation = connection->generation;
	if (text) {
		event.text = malloc(size + 1);
		if (!event.text)
			return;
		memcpy(event.text, text, size);
		event.text[size] = '\0';
		event.text_size = (uint32_t)size;
	}
	if (cabin_inbox_push(connection->config.events, &event, false))
		free(event.text);
}

void cabin_connection_opened(struct cabin_connection *connection)
{
	connection->is_open = true;
	connection->generation++;
	connection->attempts = 0;
	connection->bye_retry_ms = 0;
	connection->ping_id = 0;
	connection->heard_ns = cabin_connection_now_ns(connection);
	cabin_counter_add(&connection->connections, 1);
	cabin_clock_sync_reset(&connection->clock_sync);
	cabin_send_queue_clear(&connection->queue);
	tell(connection, (struct cabin_connection_event){.kind = CABIN_CONNECTION_OPEN}, NULL, 0);
}

/* Not all consoles at the same moment; nothing depends on how random it is. */
static uint32_t random_below(uint32_t limit)
{
	uint32_t value = 0;
	if (getrandom(&value, sizeof(value), GRND_NONBLOCK) != (ssize_t)sizeof(value))
		return limit / 2;
	return limit ? value % limit : 0;
}

static uint32_t retry_ms(const struct cabin_connection *connection)
{
	if (connection->bye_retry_ms)
		return connection->bye_retry_ms + random_below(BYE_SPREAD_MS);
	if (connection->attempts == 0)
		return 0;
	uint32_t shift = connection->attempts - 1 < 4 ? connection->attempts - 1 : 4;
	uint32_t base_ms = RETRY_FIRST_MS << shift;
	if (base_ms > RETRY_MAX_MS)
		base_ms = RETRY_MAX_MS;
	return base_ms / 2 + random_below(base_ms);
}

static void on_connect_timer(lws_sorted_usec_list_t *timer)
{
	struct cabin_connection *connection = lws_container_of(timer, struct cabin_connection, connect_timer);
	if (!atomic_load(&connection->stopping) && !connection->socket)
		cabin_connection_lws_connect(connection);
}

void cabin_connection_lost(struct cabin_connection *connection)
{
	bool was_open = connection->is_open;
	connection->socket = NULL;
	connection->is_open = false;
	connection->message.size = 0;
	cabin_send_queue_clear(&connection->queue);
	cabin_clock_sync_reset(&connection->clock_sync);
	if (atomic_load(&connection->stopping))
		return;
	if (connection->close_code == 4003)
		connection->problem = CABIN_PROBLEM_NO_ACCESS;
	else if (connection->close_code == 4002)
		connection->problem = CABIN_PROBLEM_REPLACED;
	else if (connection->problem == CABIN_PROBLEM_NONE)
		connection->problem = was_open ? CABIN_PROBLEM_CLOSED : CABIN_PROBLEM_UNREACHABLE;
	connection->is_over = cabin_connection_problem_is_final(connection->problem);
	uint32_t again_ms = retry_ms(connection);
	connection->attempts++;
	cabin_log(CABIN_LOG_DEBUG, "connection", "lost", "problem=%d code=%u again_ms=%u", connection->problem,
		  connection->close_code, again_ms);
	tell(connection,
	     (struct cabin_connection_event){.kind = CABIN_CONNECTION_LOST,
					     .problem = (uint8_t)connection->problem,
					     .close_code = connection->close_code,
					     .again_ms = again_ms},
	     connection->said[0] ? connection->said : NULL, strlen(connection->said));
	if (!connection->is_over)
		lws_sul_schedule(connection->context, 0, &connection->connect_timer, on_connect_timer,
				 (lws_usec_t)again_ms * 1000 + 1);
}

static void take_pong(struct cabin_connection *connection, const struct cabin_server_event *event)
{
	double now_us = (double)cabin_connection_now_ns(connection) / 1000;
	cabin_clock_sync_take(&connection->clock_sync, event->pong.t1_us, event->pong.t2_us, event->pong.t3_us, now_us);
}

void cabin_connection_text(struct cabin_connection *connection, const char *text, size_t size)
{
	struct cabin_server_event event;
	connection->heard_ns = cabin_connection_now_ns(connection);
	if (cabin_server_event_read(&event, text, size))
		return;
	if (event.kind == CABIN_SERVER_PONG) {
		take_pong(connection, &event);
		return;
	}
	if (event.kind == CABIN_SERVER_BYE)
		connection->bye_retry_ms = event.retry_ms ? event.retry_ms : 500;
	if (event.kind == CABIN_SERVER_STATE || event.kind == CABIN_SERVER_CLOCK ||
	    event.kind == CABIN_SERVER_TALKBACK || event.kind == CABIN_SERVER_WELCOME)
		connection->config.on_state(connection->config.context, &event);
	if (event.kind != CABIN_SERVER_CLOCK)
		tell(connection, (struct cabin_connection_event){.kind = CABIN_CONNECTION_TEXT}, text, size);
}

void cabin_connection_answer(struct cabin_connection *connection, const char *text, size_t size)
{
	tell(connection, (struct cabin_connection_event){.kind = CABIN_CONNECTION_EVENT}, text, size);
}

/* Puts what others handed over into the send queue. */
void cabin_connection_drain(struct cabin_connection *connection)
{
	struct item item;
	struct cabin_send_queue *queue = &connection->queue;
	while (cabin_inbox_pop(connection->inbox, &item) == 0) {
		if (item.packet) {
			cabin_send_queue_packet(queue, item.packet, cabin_connection_now_ns(connection));
		} else if (!connection->is_open || item.generation != connection->generation) {
			free(item.text);
		} else if (cabin_send_queue_text(queue, item.text, item.size, item.gate)) {
			connection->problem = CABIN_PROBLEM_DEAD;
			lws_set_timeout(connection->socket, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
		}
	}
	atomic_store_explicit(&connection->packets_old, queue->dropped_old, memory_order_relaxed);
	atomic_store_explicit(&connection->packets_closed, queue->dropped_closed, memory_order_relaxed);
	if (connection->is_open && queue->count > 0)
		lws_callback_on_writable(connection->socket);
}

static void ping(struct cabin_connection *connection)
{
	char text[96];
	int size = snprintf(text, sizeof(text), "{\"type\":\"ping\",\"id\":%u,\"t1\":%.0f}", connection->ping_id++,
			    (double)cabin_connection_now_ns(connection) / 1000);
	char *copy = strdup(text);
	if (copy && cabin_send_queue_text(&connection->queue, copy, (uint32_t)size, CABIN_SEND_GATE_KEEP) == 0)
		lws_callback_on_writable(connection->socket);
}

static void on_tick(lws_sorted_usec_list_t *timer)
{
	struct cabin_connection *connection = lws_container_of(timer, struct cabin_connection, tick_timer);
	static const uint64_t dead_ns = DEAD_AFTER_MS * CABIN_NS_PER_MS;
	lws_sul_schedule(connection->context, 0, timer, on_tick, (lws_usec_t)TICK_MS * 1000);
	if (!connection->is_open) {
		/* A try that neither succeeds nor fails is given up. */
		if (!connection->is_over && connection->socket &&
		    cabin_connection_now_ns(connection) - connection->tried_ns > TRY_LIMIT_MS * CABIN_NS_PER_MS) {
			struct lws *given_up = connection->socket;
			cabin_connection_lost(connection);
			lws_set_timeout(given_up, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
		}
		return;
	}
	if (cabin_connection_now_ns(connection) - connection->heard_ns > dead_ns) {
		connection->problem = CABIN_PROBLEM_DEAD;
		lws_set_timeout(connection->socket, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
		return;
	}
	if (connection->ping_id < QUICK_PINGS || ++connection->ticks % PING_EVERY_TICKS == 0)
		ping(connection);
}

static void *run(void *context)
{
	struct cabin_connection *connection = context;
	pthread_setname_np(pthread_self(), "connection");
	lws_sul_schedule(connection->context, 0, &connection->tick_timer, on_tick, (lws_usec_t)TICK_MS * 1000);
	cabin_connection_lws_connect(connection);
	while (!atomic_load(&connection->stopping))
		lws_service(connection->context, 0);
	return NULL;
}

static void wake(void *context)
{
	struct cabin_connection *connection = context;
	lws_cancel_service(connection->context);
}

int cabin_connection_create(struct cabin_connection **out, const struct cabin_connection_config *config)
{
	*out = NULL;
	struct cabin_connection *connection = calloc(1, sizeof(*connection));
	if (!connection)
		return CABIN_ENOMEM;
	connection->config = *config;
	cabin_clock_sync_reset(&connection->clock_sync);
	cabin_send_queue_init(&connection->queue, config->queue_ms);
	const struct cabin_inbox_config inbox = {
	    .slot_count = INBOX_SLOTS, .message_size = sizeof(struct item), .wake = wake, .context = connection};
	int error = cabin_inbox_create(&connection->inbox, &inbox);
	if (!error)
		error = cabin_connection_lws_create(connection);
	if (!error && pthread_create(&connection->handle, NULL, run, connection) != 0)
		error = CABIN_EIO;
	connection->started = !error;
	if (error) {
		cabin_connection_destroy(connection);
		return error;
	}
	*out = connection;
	return 0;
}

void cabin_connection_destroy(struct cabin_connection *connection)
{
	struct item item;
	if (!connection)
		return;
	atomic_store(&connection->stopping, true);
	if (connection->started) {
		lws_cancel_service(connection->context);
		pthread_join(connection->handle, NULL);
	}
	if (connection->context)
		lws_context_destroy(connection->context);
	while (connection->inbox && cabin_inbox_pop(connection->inbox, &item) == 0) {
		cabin_packet_release(item.packet);
		free(item.text);
	}
	cabin_send_queue_clear(&connection->queue);
	cabin_inbox_destroy(connection->inbox);
	free(connection->message.bytes);
	free(connection->answer.bytes);
	free(connection);
}

bool cabin_connection_send(struct cabin_connection *connection, uint32_t generation, const char *text,
			   enum cabin_send_gate gate)
{
	struct item item = {.generation = generation, .gate = gate};
	if (text) {
		item.text = strdup(text);
		item.size = (uint32_t)strlen(text);
		if (!item.text)
			return false;
	}
	if (cabin_inbox_push(connection->inbox, &item, false) == 0)
		return true;
	free(item.text);
	return false;
}

bool cabin_connection_packet(struct cabin_connection *connection, struct cabin_packet *packet)
{
	const struct item item = {.packet = packet};
	if (cabin_inbox_push(connection->inbox, &item, false) == 0)
		return true;
	cabin_counter_add(&connection->packets_refused, 1);
	cabin_packet_release(packet);
	return false;
}

const struct cabin_clock_sync *cabin_connection_clock(const struct cabin_connection *connection)
{
	return &connection->clock_sync;
}

void cabin_connection_figures(const struct cabin_connection *connection, struct cabin_connection_figures *out)
{
	*out = (struct cabin_connection_figures){
	    .packets_sent = cabin_counter_get(&connection->packets_sent),
	    .packets_old = cabin_counter_get(&connection->packets_old),
	    .packets_closed = cabin_counter_get(&connection->packets_closed),
	    .packets_refused = cabin_counter_get(&connection->packets_refused),
	    .connections = cabin_counter_get(&connection->connections),
	};
}
