/* Requests: which handler, and the way of an answer.
 *
 *   GET                          handler ─▶ answer
 *   GET of the store             handler ─▶ query ─▶ store's thread ─▶ answer
 *   POST, PATCH, DELETE          handler: checks, puts it into what is wanted
 *                                        ─▶ commit ─▶ store's thread ─▶ answer with "stored" */
#include "desk/api.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "config/config_time.h"

/* What waits for the store. */
struct waiting {
	struct cabin_desk_network network;
	uint64_t ticket;
	int status;
	json_t *body; /* of an action; NULL: a query's own answer */
};

const char *desk_author(const struct cabin_api_request *request)
{
	return request->author.name[0] ? request->author.name : request->author.token_id;
}

static void reply(const struct cabin_desk_network *network, uint64_t ticket, int status, char *body)
{
	static const char no_memory[] =
	    "{\"error\":\"no-memory\",\"text\":\"the server has no memory for the answer\"}";
	if (!body) {
		status = 503;
		body = strdup(no_memory);
	}
	const struct cabin_api_reply answer = {
	    .ticket = ticket, .status = status, .body = body, .body_size = body ? strlen(body) : 0};
	network->reply(network->context, &answer);
}

static char *dump(json_t *body)
{
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	json_decref(body);
	return text;
}

void desk_answer(struct cabin_desk *desk, const struct cabin_api_request *request, int status, json_t *body)
{
	reply(&desk->config.network, request->ticket, status, dump(body));
}

/* What a client sent may be no UTF-8, and may be cut within a character: JSON takes neither. */
static void make_utf8(char *text)
{
	size_t bad;
	while (!cabin_utf8_valid(text, strlen(text), &bad))
		text[bad] = '?';
}

void desk_refuse(struct cabin_desk *desk, const struct cabin_api_request *request, int status, const char *code,
		 const char *format, ...)
{
	char text[400];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	make_utf8(text);
	desk_answer(desk, request, status, json_pack("{s:s, s:s}", "error", code, "text", text));
}

/* --- by way of the store ------------------------------------------------------------------------ */

/* On the store's thread; or here, when nothing could be handed to it. */
static void stored(void *context, const struct cabin_store_done *done)
{
	struct waiting *waiting = context;
	json_object_set_new(waiting->body, "stored", json_boolean(done->stored));
	reply(&waiting->network, waiting->ticket, waiting->status, dump(waiting->body));
	free(waiting);
}

static void answered(void *context, const struct cabin_store_done *done)
{
	struct waiting *waiting = context;
	if (done->stored && done->json)
		reply(&waiting->network, waiting->ticket, 200, done->json);
	else
		reply(&waiting->network, waiting->ticket, 503,
		      dump(json_pack("{s:s, s:s}", "error", "database", "text",
				     done->error ? done->error : "the database does not answer now; try again")));
	free(waiting);
}

static struct waiting *wait_for(struct cabin_desk *desk, const struct cabin_api_request *request)
{
	struct waiting *waiting = calloc(1, sizeof(*waiting));
	if (waiting) {
		waiting->network = desk->config.network;
		waiting->ticket = request->ticket;
	}
	return waiting;
}

void desk_commit(struct cabin_desk *desk, const struct cabin_api_request *request,
		 const struct cabin_store_change *changes, unsigned count, const char *subject, json_t *detail,
		 int status, json_t *body)
{
	static const struct cabin_store_done not_taken = {.stored = false};
	struct cabin_store_entry entry;
	struct waiting *waiting = wait_for(desk, request);
	desk_fill_entry(&entry, "action", subject, desk_author(request), detail);
	desk_tell_entry(desk, &entry);
	desk->map_changed = true;
	if (!waiting || !body) {
		free(waiting);
		json_decref(body);
		reply(&desk->config.network, request->ticket, 503, NULL);
		return;
	}
	waiting->status = status;
	waiting->body = body;
	if (!desk->config.store || !cabin_store_commit(desk->config.store, changes, count, &entry, stored, waiting))
		stored(waiting, &not_taken);
}

/* --- reading of the store ------------------------------------------------------------------------- */

/* The value of `name` in "a=1&b=2"; false: it is not there. */
static bool parameter(const struct cabin_api_request *request, const char *name, char *out, size_t size)
{
	size_t name_size = strlen(name);
	for (const char *part = request->query; *part; part += strcspn(part, "&"), part += *part == '&') {
		size_t part_size = strcspn(part, "&");
		if (part_size <= name_size || strncmp(part, name, name_size) != 0 || part[name_size] != '=')
			continue;
		snprintf(out, size, "%.*s", (int)(part_size - name_size - 1), part + name_size + 1);
		return true;
	}
	return false;
}

/* False: it is there and no whole number, which was answered. */
static bool whole_parameter(struct cabin_desk *desk, const struct cabin_api_request *request, const char *name,
			    int64_t *out)
{
	char text[32], *end;
	if (!parameter(request, name, text, sizeof(text)))
		return true;
	*out = strtoll(text, &end, 10);
	if (*text && !*end && *out >= 0)
		return true;
	desk_refuse(desk, request, 400, "bad-query", "%s must be a whole number; it is \"%s\"", name, text);
	return false;
}

static bool time_parameter(struct cabin_desk *desk, const struct cabin_api_request *request, const char *name,
			   int64_t *out_s)
{
	char text[64];
	if (!parameter(request, name, text, sizeof(text)))
		return true;
	if (cabin_time_parse(text, out_s))
		return true;
	desk_refuse(desk, request, 400, "bad-query",
		    "%s must be a time such as 2027-03-02T08:30:00Z or with +07:00; it is \"%s\"", name, text);
	return false;
}

static void no_database(struct cabin_desk *desk, const struct cabin_api_request *request)
{
	desk_refuse(desk, request, 503, "database", "there is no database, or it has too much to do; see the log");
}

void desk_get_log(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	struct cabin_store_query query = {0};
	int64_t from_s = 0, to_s = 0, limit = 0;
	if (!time_parameter(desk, request, "from", &from_s) || !time_parameter(desk, request, "to", &to_s) ||
	    !whole_parameter(desk, request, "before", &query.before_id) ||
	    !whole_parameter(desk, request, "limit", &limit))
		return;
	query.from_unix_ms = from_s * 1000;
	query.to_unix_ms = to_s * 1000;
	query.limit = limit > CABIN_STORE_PAGE_MAX ? CABIN_STORE_PAGE_MAX : (unsigned)limit;
	(void)parameter(request, "kind", query.kind, sizeof(query.kind));
	(void)parameter(request, "subject", query.subject, sizeof(query.subject));
	struct waiting *waiting = wait_for(desk, request);
	if (waiting && desk->config.store && cabin_store_query_log(desk->config.store, &query, answered, waiting))
		return;
	free(waiting);
	no_database(desk, request);
}

void desk_get_minutes(struct cabin_desk *desk, const struct cabin_api_request *request, char *parts[])
{
	struct cabin_store_minutes_query query = {0};
	int64_t limit = 0;
	if (!time_parameter(desk, request, "from", &query.from_unix_s) ||
	    !time_parameter(desk, request, "to", &query.to_unix_s) ||
	    !whole_parameter(desk, request, "after", &query.after_id) ||
	    !whole_parameter(desk, request, "limit", &limit))
		return;
	query.limit = limit > CABIN_STORE_PAGE_MAX ? CABIN_STORE_PAGE_MAX : (unsigned)limit;
	(void)parameter(request, "channel", query.channel, sizeof(query.channel));
	struct waiting *waiting = wait_for(desk, request);
	if (waiting && desk->config.store && cabin_store_query_minutes(desk->config.store, &query, answered, waiting))
		return;
	free(waiting);
	no_database(desk, request);
}

/* --- routes ------------------------------------------------------------------------------------------ */

enum { PARTS_MAX = 4 };

struct route {
	enum cabin_api_method method;
	const char *path; /* "*": any one part, given to the handler */
	desk_handler *handle;
};

static const struct route routes[] = {
    {CABIN_API_GET, "desk", desk_get_desk},
    {CABIN_API_GET, "audience", desk_get_audience},
    {CABIN_API_GET, "levels", desk_get_levels},
    {CABIN_API_GET, "alarms", desk_get_alarms},
    {CABIN_API_POST, "alarms/*/acknowledge", desk_acknowledge},
    {CABIN_API_GET, "log", desk_get_log},
    {CABIN_API_GET, "minutes", desk_get_minutes},
    {CABIN_API_PATCH, "channels/*", desk_patch_channel},
    {CABIN_API_PATCH, "rooms/*", desk_patch_room},
    {CABIN_API_POST, "rooms", desk_add_room},
    {CABIN_API_DELETE, "rooms/*", desk_remove_room},
    {CABIN_API_POST, "announcements", desk_announce},
    {CABIN_API_DELETE, "announcements", desk_end_announcement},
    {CABIN_API_POST, "talkback", desk_begin_talkback},
    {CABIN_API_DELETE, "talkback", desk_end_talkback},
    {CABIN_API_POST, "probes", desk_begin_probe},
    {CABIN_API_POST, "calls", desk_answer_call},
    {CABIN_API_GET, "changes", desk_get_changes},
    {CABIN_API_DELETE, "changes/*/*/*", desk_undo},
    {CABIN_API_GET, "config", desk_get_config},
    {CABIN_API_GET, "openapi.json", desk_get_openapi},
};

static unsigned split(char *path, char *parts[PARTS_MAX + 1])
{
	unsigned count = 0;
	for (char *part = path; part && *part && count <= PARTS_MAX; count++) {
		parts[count] = part;
		part = strchr(part, '/');
		if (part)
			*part++ = '\0';
	}
	return count;
}

/* Fills `wild` with what stands for each "*". */
static bool matches(const char *pattern, char *parts[], unsigned count, char *wild[])
{
	unsigned i = 0, found = 0;
	for (const char *part = pattern; *part; part += strcspn(part, "/"), part += *part == '/', i++) {
		size_t size = strcspn(part, "/");
		if (i >= count)
			return false;
		if (size == 1 && *part == '*')
			wild[found++] = parts[i];
		else if (strlen(parts[i]) != size || strncmp(parts[i], part, size) != 0)
			return false;
	}
	return i == count;
}

void desk_serve(struct cabin_desk *desk, struct cabin_api_request *request)
{
	char path[CABIN_API_PATH_BYTES], *parts[PARTS_MAX + 1], *wild[PARTS_MAX + 1];
	snprintf(path, sizeof(path), "%s", request->path[0] == '/' ? request->path + 1 : request->path);
	unsigned count = split(path, parts);
	bool known = false;
	for (unsigned i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (!matches(routes[i].path, parts, count, wild))
			continue;
		known = true;
		if (routes[i].method == request->method) {
			routes[i].handle(desk, request, wild);
			return;
		}
	}
	if (known)
		desk_refuse(desk, request, 405, "method", "this cannot be done with that; see /api/v1/openapi.json");
	else
		desk_refuse(desk, request, 404, "not-found", "there is nothing here; see /api/v1/openapi.json");
}

json_t *desk_body(struct cabin_desk *desk, const struct cabin_api_request *request, const char *const *keys)
{
	json_error_t error;
	json_t *body = request->body ? json_loadb(request->body, request->body_size, JSON_REJECT_DUPLICATES, &error)
				     : json_object();
	if (!json_is_object(body)) {
		desk_refuse(desk, request, 400, "not-json", "the body must be a JSON object%s%s", body ? "" : ": ",
			    body ? "" : error.text);
		json_decref(body);
		return NULL;
	}
	const char *key;
	json_t *value;
	json_object_foreach(body, key, value)
	{
		unsigned i = 0;
		while (keys[i] && strcmp(keys[i], key) != 0)
			i++;
		if (keys[i])
			continue;
		desk_refuse(desk, request, 400, "unknown-key", "\"%s\" is not known here; see /api/v1/openapi.json",
			    key);
		json_decref(body);
		return NULL;
	}
	return body;
}
