#include <stdlib.h>
#include <string.h>

#include "config/config_sections.h"
#include "config/config_time.h"
#include "config/nearest.h"

struct moment {
	const struct cabin_yaml *node;
	uint16_t session_index, room_index;
	int64_t start_s, end_s;
};

static uint16_t find_room(struct cabin_reader *reader, const struct cabin_config *config, const struct cabin_yaml *node,
			  const char *id)
{
	if (!id || config->room_count == 0)
		return CABIN_INDEX_NONE;
	struct cabin_nearest nearest = cabin_nearest_to(id);
	for (uint16_t i = 0; i < config->room_count; i++) {
		if (config->rooms[i].id && strcmp(config->rooms[i].id, id) == 0)
			return i;
		cabin_nearest_offer(&nearest, config->rooms[i].id);
	}
	const struct cabin_yaml *room = cabin_yaml_get(node, "room");
	if (nearest.best)
		cabin_issues_add(reader->issues, room->place, "no room '%s'; did you mean '%s'?", id, nearest.best);
	else
		cabin_issues_add(reader->issues, room->place, "no room '%s'; add it under rooms", id);
	return CABIN_INDEX_NONE;
}

static int by_room_and_start(const void *left, const void *right)
{
	const struct moment *a = left, *b = right;
	if (a->room_index != b->room_index)
		return a->room_index < b->room_index ? -1 : 1;
	if (a->start_s != b->start_s)
		return a->start_s < b->start_s ? -1 : 1;
	return a->session_index < b->session_index ? -1 : 1;
}

static void check_overlaps(struct cabin_reader *reader, const struct cabin_config *config, struct moment *moments,
			   size_t count)
{
	qsort(moments, count, sizeof(moments[0]), by_room_and_start);
	const struct moment *longest = NULL; /* of this room, the one that ends last so far */
	for (size_t i = 0; i < count; i++) {
		const struct moment *moment = &moments[i];
		if (longest && longest->room_index == moment->room_index && moment->start_s < longest->end_s)
			cabin_issues_add(
			    reader->issues, cabin_yaml_get(moment->node, "start")->place,
			    "session '%s' begins before '%s' of the same room ends; correct one of their times",
			    config->sessions[moment->session_index].id, config->sessions[longest->session_index].id);
		if (!longest || longest->room_index != moment->room_index || moment->end_s > longest->end_s)
			longest = moment;
	}
}

static void check_session_id(struct cabin_reader *reader, const struct cabin_config *config,
			     const struct cabin_yaml *item, const struct cabin_config_session *session)
{
	const struct cabin_yaml *id = cabin_yaml_get(item, "id");
	for (const struct cabin_config_session *other = config->sessions; other < session; other++)
		if (other->id && strcmp(other->id, session->id) == 0) {
			cabin_issues_add(reader->issues, id ? id->place : item->place,
					 "session id '%s' is taken already; give one of them another id", session->id);
			return;
		}
}

/* True when the session's times and room are known. */
static bool read_session(struct cabin_reader *reader, const struct cabin_yaml *item, struct cabin_config *config,
			 struct moment *moment)
{
	uint16_t index = config->session_count++;
	struct cabin_config_session *session = &config->sessions[index];
	struct cabin_draft_session draft = {NULL, NULL, NULL, NULL, {NULL, NULL, NULL}};
	cabin_reader_section(reader, &cabin_schema_session, item, &draft);
	if (!draft.id)
		draft.id = cabin_arena_format(reader->arena, "session-%u", index + 1u);
	if (!draft.id) {
		reader->no_memory = true;
		return false;
	}
	*session = (struct cabin_config_session){
	    .id = draft.id,
	    .room_index = find_room(reader, config, item, draft.room),
	    .start = draft.start,
	    .end = draft.end,
	    .title = draft.title,
	};
	check_session_id(reader, config, item, session);
	*moment = (struct moment){.node = item, .session_index = index, .room_index = session->room_index};
	if (!draft.start || !draft.end || !cabin_time_parse(draft.start, &moment->start_s) ||
	    !cabin_time_parse(draft.end, &moment->end_s))
		return false;
	if (moment->end_s <= moment->start_s) {
		cabin_issues_add(reader->issues, cabin_yaml_get(item, "end")->place,
				 "session '%s' ends at or before its start; correct one of the times", session->id);
		return false;
	}
	return session->room_index != CABIN_INDEX_NONE;
}

void cabin_config_read_agenda(struct cabin_reader *reader, const struct cabin_yaml *top, struct cabin_config *config)
{
	const struct cabin_yaml *list = cabin_yaml_get(top, "agenda");
	if (!list || cabin_yaml_is_null(list) || !cabin_reader_is_list(reader, list, "agenda"))
		return;
	if (list->child_count > CABIN_SESSIONS_MAX) {
		cabin_issues_add(reader->issues, list->place, "agenda has %u sessions; write at most %d",
				 list->child_count, CABIN_SESSIONS_MAX);
		return;
	}
	if (list->child_count == 0)
		return;
	config->sessions = cabin_reader_take(reader, list->child_count * sizeof(config->sessions[0]));
	struct moment *moments = cabin_reader_take(reader, list->child_count * sizeof(moments[0]));
	size_t moment_count = 0;
	for (const struct cabin_yaml *item = list->children; item && config->sessions && moments; item = item->next)
		if (read_session(reader, item, config, &moments[moment_count]))
			moment_count++;
	if (moment_count > 0)
		check_overlaps(reader, config, moments, moment_count);
}
