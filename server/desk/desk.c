#include "desk/desk.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "desk/desk_internal.h"

enum { INBOX_SLOTS = 1024, MAP_MS = 250, MAP_FIGURES_MS = 10000, AUDIENCE_MS = 3000 };

int64_t desk_unix_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void desk_time_text(char out[DESK_TIME_MAX_BYTES], int64_t unix_ms)
{
	time_t seconds = unix_ms / 1000;
	struct tm parts;
	char text[DESK_TIME_MAX_BYTES / 2];
	if (!gmtime_r(&seconds, &parts) || strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts) == 0)
		text[0] = '\0';
	snprintf(out, DESK_TIME_MAX_BYTES, "%s.%03dZ", text, (int)(unix_ms % 1000));
}

/* --- log and messages ----------------------------------------------------------------------- */

void desk_fill_entry(struct cabin_store_entry *entry, const char *kind, const char *subject, const char *author,
		     json_t *detail)
{
	static const char too_long[] = "{\"left_out\":\"too long for the log\"}";
	*entry = (struct cabin_store_entry){.at_unix_ms = desk_unix_ms()};
	snprintf(entry->kind, sizeof(entry->kind), "%s", kind);
	snprintf(entry->subject, sizeof(entry->subject), "%s", subject);
	snprintf(entry->author, sizeof(entry->author), "%s", author);
	char *text = detail ? json_dumps(detail, JSON_COMPACT) : NULL;
	const char *kept = text && strlen(text) >= sizeof(entry->detail_json) ? too_long : text;
	if (kept)
		memcpy(entry->detail_json, kept, strlen(kept) + 1);
	free(text);
	json_decref(detail);
}

/* Desks show it at once, with the time as its only number: ids are the store's. */
void desk_tell_entry(struct cabin_desk *desk, const struct cabin_store_entry *entry)
{
	char at[DESK_TIME_MAX_BYTES];
	desk_time_text(at, entry->at_unix_ms);
	json_t *detail = entry->detail_json[0] ? json_loads(entry->detail_json, 0, NULL) : json_object();
	json_t *line = json_pack("{s:s, s:s, s:s, s:s, s:o}", "at", at, "kind", entry->kind, "subject", entry->subject,
				 "author", entry->author, "detail", detail ? detail : json_object());
	(void)desk_tell(desk, "log", json_pack("{s:[o]}", "entries", line));
}

void desk_log(struct cabin_desk *desk, const char *kind, const char *subject, const char *author, json_t *detail)
{
	struct cabin_store_entry entry;
	desk_fill_entry(&entry, kind, subject, author, detail);
	if (desk->config.store)
		(void)cabin_store_log(desk->config.store, &entry); /* what it refuses, it counts */
	desk_tell_entry(desk, &entry);
}

/* The type comes first: that is how the network knows what to keep for desks that come later. */
bool desk_tell(struct cabin_desk *desk, const char *type, json_t *message)
{
	json_t *whole = json_pack("{s:s}", "type", type);
	char *text =
	    message && whole && json_object_update(whole, message) == 0 ? json_dumps(whole, JSON_COMPACT) : NULL;
	bool told = text && desk->config.network.tell(desk->config.network.context, false, text, strlen(text));
	free(text);
	json_decref(whole);
	json_decref(message);
	return told;
}

/* --- what happens in the hub ------------------------------------------------------------------ */

static void log_booth(struct cabin_desk *desk, const struct cabin_hub_event *event, const char *kind, json_t *detail)
{
	const char *booth = event->booth_index == CABIN_INDEX_NONE ? NULL : desk_booth_id(desk, event->booth_index);
	desk_log(desk, kind, booth ? booth : "", "", detail);
}

static void hub_event(struct cabin_desk *desk, const struct cabin_hub_event *event)
{
	switch (event->kind) {
	case CABIN_HUB_EVENT_ON_AIR:
		log_booth(desk, event, "on-air", json_pack("{s:i, s:b}", "seat", event->seat, "on", event->on));
		break;
	case CABIN_HUB_EVENT_HANDOVER:
		log_booth(desk, event, "hand-over",
			  json_pack("{s:i, s:i}", "from", event->seat, "to", event->other_seat));
		break;
	case CABIN_HUB_EVENT_SEAT:
		log_booth(desk, event, "seat",
			  json_pack("{s:i, s:s, s:s}", "seat", event->seat, "name", event->name, "state",
				    event->what ? "joined" : "left"));
		break;
	case CABIN_HUB_EVENT_SIGNAL:
		desk_log(desk, "signal", event->room_index < CABIN_ROOMS_MAX ? desk->rooms[event->room_index].id : "",
			 "", json_pack("{s:s, s:b}", "signal", cabin_signal_words[event->what], "on", event->on));
		break;
	case CABIN_HUB_EVENT_CALL:
		log_booth(desk, event, "call",
			  json_pack("{s:i, s:s?}", "seat", event->seat, "state", cabin_call_words[event->what]));
		break;
	case CABIN_HUB_EVENT_CLOCK_JUMP:
		desk->clock_jumps++;
		break;
	default:
		break; /* the map shows who feeds what; minutes keep it */
	}
	desk->map_changed = true;
}

void cabin_desk_event(void *context, const struct cabin_hub_event *event)
{
	struct cabin_desk *desk = context;
	struct desk_message message = {.kind = DESK_EVENT, .body = malloc(sizeof(*event))};
	if (message.body) {
		memcpy(message.body, event, sizeof(*event));
		if (cabin_inbox_push(desk->inbox, &message, false) == 0)
			return;
	}
	free(message.body);
	atomic_fetch_add_explicit(&desk->dropped_events, 1, memory_order_relaxed);
}

bool cabin_desk_request(void *context, struct cabin_api_request *request)
{
	struct cabin_desk *desk = context;
	const struct desk_message message = {.kind = DESK_REQUEST, .body = request};
	return cabin_inbox_push(desk->inbox, &message, false) == 0;
}

/* --- steps --------------------------------------------------------------------------------------- */

static void tell_map(struct cabin_desk *desk, uint64_t now_ns)
{
	/* Listeners, clips and the like change all the time, and the map is some 15 KB. */
	uint64_t wait_ms = desk->map_changed ? MAP_MS : MAP_FIGURES_MS;
	if (now_ns < desk->map_ns + wait_ms * CABIN_NS_PER_MS)
		return;
	desk->map_ns = now_ns;
	desk->map_changed = false;
	/* One text for observers and technicians: a PIN is asked for by GET. */
	json_t *map = desk_map_json(desk, true);
	char *text = map ? json_dumps(map, JSON_COMPACT) : NULL;
	if (!text || (desk->map_told && strcmp(text, desk->map_told) == 0)) {
		free(text);
		json_decref(map);
		return;
	}
	free(desk->map_told);
	desk->map_told = text;
	desk->revision++;
	desk_add_moment(desk, map);
	if (desk_tell(desk, "desk", map))
		return;
	/* Told again at the next step, as it is then. */
	free(desk->map_told);
	desk->map_told = NULL;
	desk->map_changed = true;
}

/* What the network keeps for desks that come is told whether there is one or not. */
static void tell_desks(struct cabin_desk *desk, uint64_t now_ns)
{
	tell_map(desk, now_ns);
	if (desk->alarms_changed) {
		desk->alarms_changed = !desk_tell(desk, "alarms", desk_alarms_json(desk));
	}
	if (now_ns >= desk->audience_ns + AUDIENCE_MS * CABIN_NS_PER_MS) {
		desk->audience_ns = now_ns;
		(void)desk_tell(desk, "audience", desk_audience_json(desk));
	}
}

#define SET(figure, value) atomic_store_explicit(&(figure), (value), memory_order_relaxed)
#define GET(figure)	   atomic_load_explicit(&(figure), memory_order_relaxed)

/* The store is closed before the last reader of figures ends. */
static void copy_figures(struct cabin_desk *desk)
{
	struct cabin_store_stats stats = {0};
	if (desk->config.store)
		cabin_store_stats(desk->config.store, &stats);
	SET(desk->figures.changes, desk->change_count);
	SET(desk->figures.store_writable, stats.writable);
	SET(desk->figures.store_entries, stats.entries);
	SET(desk->figures.store_dropped, stats.dropped);
	SET(desk->figures.store_waiting, stats.waiting + stats.waiting_commits);
	SET(desk->figures.disk_free_bytes, stats.disk_free_bytes);
	SET(desk->figures.store_file_bytes, stats.file_bytes);
}

void cabin_desk_figures(const struct cabin_desk *desk, struct cabin_desk_figures *out)
{
	cabin_alarms_figures(desk->alarms, &out->alarms);
	out->dropped_events = GET(desk->dropped_events);
	out->changes = GET(desk->figures.changes);
	out->store_writable = GET(desk->figures.store_writable);
	out->store_entries = GET(desk->figures.store_entries);
	out->store_dropped = GET(desk->figures.store_dropped);
	out->store_waiting = GET(desk->figures.store_waiting);
	out->disk_free_bytes = GET(desk->figures.disk_free_bytes);
	out->store_file_bytes = GET(desk->figures.store_file_bytes);
}

static void step(struct cabin_desk *desk, uint64_t now_ns)
{
	desk->config.network.audience(desk->config.network.context, desk->audience);
	if (now_ns >= desk->second_ns) {
		desk->second_ns = now_ns + CABIN_NS_PER_S;
		desk_minutes_second(desk);
		copy_figures(desk);
	}
	desk_watch_step(desk, now_ns);
	desk_reconcile(desk, now_ns);
	tell_desks(desk, now_ns);
}

/* --- thread ---------------------------------------------------------------------------------------- */

static void wake(void *context)
{
	const struct cabin_desk *desk = context;
	const uint64_t one = 1;
	/* It fails only where the counter is full, and then the thread is awake anyway. */
	ssize_t written = write(desk->wake_fd, &one, sizeof(one));
	(void)written;
}

static void take(struct cabin_desk *desk, const struct desk_message *message)
{
	if (message->kind == DESK_EVENT) {
		hub_event(desk, message->body);
		free(message->body);
		return;
	}
	desk_serve(desk, message->body);
	cabin_api_request_free(message->body);
	desk_reconcile(desk, cabin_clock_now_ns(&desk->config.clock)); /* what was asked for is done at once */
}

/* Whoever asks without end does not keep alarms from being seen. False: more waits. */
static bool drain(struct cabin_desk *desk)
{
	struct desk_message message;
	while (cabin_clock_now_ns(&desk->config.clock) < desk->step_ns) {
		if (cabin_inbox_pop(desk->inbox, &message) != 0)
			return true;
		take(desk, &message);
	}
	return false;
}

static void sleep_until(const struct cabin_desk *desk, uint64_t due_ns)
{
	uint64_t now_ns = cabin_clock_now_ns(&desk->config.clock);
	uint64_t left_ns = due_ns > now_ns ? due_ns - now_ns : 0;
	const struct timespec timeout = {.tv_nsec = (long)(left_ns < CABIN_NS_PER_S ? left_ns : CABIN_NS_PER_S - 1)};
	struct pollfd wait = {.fd = desk->wake_fd, .events = POLLIN};
	uint64_t wakes;
	if (ppoll(&wait, 1, &timeout, NULL) > 0 && read(desk->wake_fd, &wakes, sizeof(wakes)) < 0 && errno != EAGAIN)
		cabin_log(CABIN_LOG_ERROR, "desk", "wake-failed", "error=\"%s\"", strerror(errno));
}

static void *run(void *context)
{
	struct cabin_desk *desk = context;
	pthread_setname_np(pthread_self(), "cabin-desk");
	desk_log(desk, "server", "", "", json_pack("{s:s, s:s}", "state", "started", "version", CABIN_VERSION));
	/* Acquire, partner: the release in cabin_desk_stop. */
	while (!atomic_load_explicit(&desk->stopping, memory_order_acquire)) {
		bool drained = drain(desk);
		uint64_t now_ns = cabin_clock_now_ns(&desk->config.clock);
		if (now_ns >= desk->step_ns) {
			desk->step_ns = now_ns + DESK_STEP_MS * CABIN_NS_PER_MS;
			step(desk, now_ns);
		}
		if (drained)
			sleep_until(desk, desk->step_ns);
	}
	desk_log(desk, "server", "", "", json_pack("{s:s}", "state", "stopped"));
	return NULL;
}

int cabin_desk_create(struct cabin_desk **out, const struct cabin_desk_config *config)
{
	*out = NULL;
	struct cabin_desk *desk = calloc(1, sizeof(*desk));
	if (!desk)
		return CABIN_ENOMEM;
	desk->config = *config;
	desk->began_ns = cabin_clock_now_ns(&config->clock);
	desk->alarms_changed = desk->map_changed = true;
	desk->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	desk->audience = calloc(1, sizeof(*desk->audience));
	const struct cabin_inbox_config inbox = {
	    .slot_count = INBOX_SLOTS, .message_size = sizeof(struct desk_message), .wake = wake, .context = desk};
	int result = desk->audience && desk->wake_fd >= 0 ? cabin_inbox_create(&desk->inbox, &inbox) : CABIN_ENOMEM;
	if (result == 0)
		result = desk_model_begin(desk);
	if (result == 0)
		result = desk_watch_begin(desk);
	if (result != 0) {
		cabin_desk_destroy(desk);
		return result;
	}
	*out = desk;
	return 0;
}

int cabin_desk_start(struct cabin_desk *desk)
{
	int error = pthread_create(&desk->thread, NULL, run, desk);
	if (error != 0) {
		cabin_log(CABIN_LOG_ERROR, "desk", "thread-failed", "error=\"%s\"", strerror(error));
		return CABIN_EIO;
	}
	desk->started = true;
	return 0;
}

void cabin_desk_stop(struct cabin_desk *desk)
{
	if (!desk || !desk->started)
		return;
	atomic_store_explicit(&desk->stopping, true, memory_order_release);
	wake(desk);
	pthread_join(desk->thread, NULL);
	desk->started = false;
}

void cabin_desk_destroy(struct cabin_desk *desk)
{
	struct desk_message message;
	if (!desk)
		return;
	cabin_desk_stop(desk);
	while (desk->inbox && cabin_inbox_pop(desk->inbox, &message) == 0) {
		if (message.kind == DESK_REQUEST)
			cabin_api_request_free(message.body);
		else
			free(message.body);
	}
	cabin_inbox_destroy(desk->inbox);
	while (desk->setups) {
		struct desk_setup *next = desk->setups->next;
		free(desk->setups);
		desk->setups = next;
	}
	cabin_watch_destroy(desk->watch);
	cabin_alarms_destroy(desk->alarms);
	desk_changes_free(desk->changes, desk->change_count);
	cabin_config_destroy(desk->current);
	free(desk->watched);
	free(desk->audience);
	free(desk->event_json);
	free(desk->map_told);
	if (desk->wake_fd >= 0)
		close(desk->wake_fd);
	free(desk);
}
