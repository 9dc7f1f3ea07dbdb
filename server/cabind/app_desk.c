#include "cabind/app_desk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

static const char file_name[] = "cabin.db";

/* The file, and what SQLite keeps beside it. */
static const char *const leftovers[] = {"", "-wal", "-shm", "-lock"};

static int make_folder(struct cabin_app_data *data, const char *configured)
{
	const char *temporary = getenv("TMPDIR");
	if (configured) {
		if (strlen(configured) >= sizeof(data->folder))
			return ENAMETOOLONG;
		memcpy(data->folder, configured, strlen(configured) + 1);
		return mkdir(data->folder, 0750) == 0 || errno == EEXIST ? 0 : errno;
	}
	int size = snprintf(data->folder, sizeof(data->folder), "%s/cabin-XXXXXX", temporary ? temporary : "/tmp");
	if (size >= (int)sizeof(data->folder))
		return ENAMETOOLONG;
	data->temporary = mkdtemp(data->folder) != NULL;
	return data->temporary ? 0 : errno;
}

static void file_path(char out[PATH_MAX + 32], const struct cabin_app_data *data, const char *end)
{
	snprintf(out, PATH_MAX + 32, "%s/%s%s", data->folder, file_name, end);
}

int cabin_app_data_open(struct cabin_app_data *data, const char *configured, struct cabin_clock clock)
{
	char path[PATH_MAX + 32], quoted[300];
	*data = (struct cabin_app_data){.store = NULL};
	int error = make_folder(data, configured);
	if (error != 0) {
		cabin_log(CABIN_LOG_ERROR, "app", "data-folder-failed",
			  "folder=%s error=\"%s\" hint=\"nothing is kept over a restart: give server.data (or --data) "
			  "a folder "
			  "that this user may write\"",
			  cabin_log_quote(quoted, sizeof(quoted), configured ? configured : data->folder),
			  strerror(error));
		return 0;
	}
	file_path(path, data, "");
	const struct cabin_store_config config = {.path = path, .clock = clock};
	int result = cabin_store_open(&data->store, &config);
	return result == CABIN_EUNSUPPORTED || result == CABIN_ENOMEM ? result : 0; /* others are logged there */
}

void cabin_app_data_close(struct cabin_app_data *data)
{
	char path[PATH_MAX + 32];
	cabin_store_close(data->store);
	data->store = NULL;
	if (!data->temporary)
		return;
	for (unsigned i = 0; i < sizeof(leftovers) / sizeof(leftovers[0]); i++) {
		file_path(path, data, leftovers[i]);
		unlink(path);
	}
	if (rmdir(data->folder) != 0)
		cabin_log(CABIN_LOG_WARN, "app", "temporary-folder-left", "folder=%s error=\"%s\"", data->folder,
			  strerror(errno));
}

/* --- the network's functions ------------------------------------------------------------------- */

static bool tell(void *server, bool binary, const void *bytes, size_t size)
{
	return cabin_server_tell_desks(server, binary, bytes, size);
}

static void reply(void *server, const struct cabin_api_reply *answer)
{
	cabin_server_reply(server, answer);
}

static void audience(void *server, struct cabin_audience *out)
{
	cabin_server_audience(server, out);
}

static uint32_t connections(void *server)
{
	struct cabin_server_stats stats;
	cabin_server_stats(server, &stats);
	return stats.listeners;
}

static uint32_t hearing(void *server, uint16_t channel_index)
{
	return cabin_server_hearing_count(server, channel_index);
}

/* Connections that neither side meant to end. */
static uint64_t dropped(void *server)
{
	struct cabin_server_stats stats;
	cabin_server_stats(server, &stats);
	return stats.closed_by_code[CABIN_CLOSED_SLOW] + stats.closed_by_code[CABIN_CLOSED_IDLE] + stats.lost;
}

static void set_event(void *server, char *event_json)
{
	if (cabin_server_set_event(server, event_json) != 0)
		cabin_log(CABIN_LOG_ERROR, "app", "event-not-told", "error=ENOMEM");
}

static void lock_room(void *server, uint16_t room_index, uint32_t pin)
{
	cabin_server_lock_room(server, room_index, pin);
}

static void set_booth(void *server, uint16_t booth_index, const char *id, const char *documents_json)
{
	cabin_server_set_booth(server, booth_index, id, documents_json);
}

static void talkback(void *server, const uint64_t booth_bits[2], uint16_t voice_channel_index)
{
	cabin_server_talkback(server, booth_bits, voice_channel_index);
}

static void uplink(void *server, uint16_t booth_index, uint8_t seat, uint64_t *packets, uint64_t *late, uint64_t *lost,
		   double *age_ms)
{
	struct cabin_server_uplink figures;
	cabin_server_uplink(server, booth_index, seat, &figures);
	*packets = figures.packets;
	*late = figures.late;
	*lost = figures.lost;
	*age_ms = figures.age_ms;
}

struct cabin_desk_network cabin_app_desk_network(struct cabin_server *server)
{
	return (struct cabin_desk_network){
	    .tell = tell,
	    .reply = reply,
	    .audience = audience,
	    .connections = connections,
	    .hearing = hearing,
	    .dropped = dropped,
	    .set_event = set_event,
	    .lock_room = lock_room,
	    .set_booth = set_booth,
	    .talkback = talkback,
	    .uplink = uplink,
	    .context = server,
	};
}
