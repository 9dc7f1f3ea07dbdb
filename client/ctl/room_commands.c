/* Rooms: another input, a lock, a small room of the event's own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/act.h"
#include "ctl/remote.h"
#include "ctl/table.h"

enum { PATH_BYTES = 1024 };

static int room_path(char path[PATH_BYTES], const struct cabin_ctl_options *options)
{
	snprintf(path, PATH_BYTES, "/rooms");
	return cabin_ctl_add_segment(path, PATH_BYTES, options->operands[0])
		   ? 0
		   : cabin_ctl_complain(CABIN_CTL_USAGE, "the id is too long");
}

static bool is_pin(const char *pin)
{
	size_t size = strlen(pin);
	return size >= 4 && size <= 8 && !pin[strspn(pin, "0123456789")];
}

/* The request of `room set`; NULL after a complaint. */
static json_t *room_change(const struct cabin_ctl_options *options)
{
	const char *wrong = NULL;
	if (options->lock && options->unlock)
		wrong = "--lock does not go with --unlock";
	else if (options->pin && !options->lock)
		wrong = "--pin goes with --lock";
	else if (options->pin && !is_pin(options->pin))
		wrong = "--pin is 4 to 8 digits; left out, it is made at random";
	else if (!options->input && !options->lock && !options->unlock)
		wrong = "nothing to change; cabinctl room set --help";
	json_t *body = wrong ? NULL : json_object();
	if (!body) {
		cabin_ctl_complain(CABIN_CTL_USAGE, "%s", wrong ? wrong : "no memory");
		return NULL;
	}
	if (options->input)
		json_object_set_new(body, "input",
				    strcmp(options->input, "configured") == 0 ? json_null()
									      : json_string(options->input));
	if (options->lock || options->unlock)
		json_object_set_new(body, "locked", json_boolean(options->lock));
	if (options->pin)
		json_object_set_new(body, "pin", json_string(options->pin));
	return body;
}

/* What people need of the answer: the PIN, the booths. */
static void show_room(const json_t *room)
{
	size_t i;
	const json_t *booth;
	const char *pin = cabin_ctl_text(room, "pin"), *id = cabin_ctl_text(room, "room"),
		   *input = cabin_ctl_text(room, "input");
	printf("room     ");
	cabin_ctl_put_clean(id ? id : "?", stdout);
	printf("\ninput    ");
	cabin_ctl_put_clean(input ? input : "–", stdout);
	printf("\nlocked   %s", json_is_true(json_object_get(room, "locked")) ? "yes, PIN " : "no");
	if (json_is_true(json_object_get(room, "locked")))
		cabin_ctl_put_clean(pin ? pin : "not shown", stdout);
	putchar('\n');
	json_array_foreach(json_object_get(room, "booths"), i, booth)
	{
		printf("booth    ");
		cabin_ctl_put_clean(json_is_string(booth) ? json_string_value(booth) : "?", stdout);
		putchar('\n');
	}
	if (json_is_false(json_object_get(room, "stored")))
		cabin_ctl_complain(0, "it holds, but could not be stored: a restart forgets it; see cabinctl status");
}

static int ask_and_show(const struct cabin_ctl_options *options, const char *method, const char *path, json_t *body)
{
	struct cabin_ctl_remote *remote;
	char *text;
	int status = cabin_ctl_remote_open(&remote, options);
	if (status != 0) {
		json_decref(body);
		return status;
	}
	status = cabin_ctl_remote_ask(remote, method, path, body, &text);
	if (status == 0 && options->json)
		puts(text);
	if (status == 0 && !options->json) {
		json_t *room = json_loads(text, 0, NULL);
		show_room(room);
		json_decref(room);
	}
	free(text);
	cabin_ctl_remote_close(remote);
	return status;
}

int cabin_ctl_room_set(const struct cabin_ctl_options *options)
{
	char path[PATH_BYTES], question[512];
	json_t *body = room_change(options);
	if (!body)
		return CABIN_CTL_USAGE;
	int status = room_path(path, options);
	snprintf(question, sizeof(question), "%s room %s?",
		 !options->input  ? "Close"
		 : !options->lock ? "Move the floor to another input, in"
				  : "Move the floor to another input, and close",
		 options->operands[0]);
	if (status == 0 && (options->lock || options->input))
		status = cabin_ctl_confirm(options, question);
	if (status == 0)
		return ask_and_show(options, "PATCH", path, body);
	json_decref(body);
	return status;
}

/* "vi,fr" as a list. */
static json_t *languages_of(const char *text)
{
	json_t *list = json_array();
	while (*text) {
		size_t size = strcspn(text, ",");
		if (size > 0)
			json_array_append_new(list, json_stringn(text, size));
		text += size + (text[size] == ',');
	}
	return list;
}

int cabin_ctl_room_add(const struct cabin_ctl_options *options)
{
	if (!options->name)
		return cabin_ctl_complain(CABIN_CTL_USAGE, "--name is missing: what listeners read");
	if (!options->languages)
		return cabin_ctl_complain(CABIN_CTL_USAGE,
					  "--languages is missing: one to three of the event's, as vi,fr");
	json_t *body = json_pack("{s:s, s:s, s:s?, s:o}", "id", options->operands[0], "name", options->name, "input",
				 options->input, "languages", languages_of(options->languages));
	return body ? ask_and_show(options, "POST", "/rooms", body)
		    : cabin_ctl_complain(CABIN_CTL_USAGE, "a value is no UTF-8");
}

int cabin_ctl_room_remove(const struct cabin_ctl_options *options)
{
	char path[PATH_BYTES], question[512];
	struct cabin_ctl_remote *remote = NULL;
	int status = room_path(path, options);
	snprintf(question, sizeof(question), "Remove room %s, its channels and booths?", options->operands[0]);
	if (status == 0)
		status = cabin_ctl_confirm(options, question);
	if (status == 0)
		status = cabin_ctl_remote_open(&remote, options);
	if (status == 0)
		status = cabin_ctl_do(options, remote, "DELETE", path, NULL, "the room is gone");
	cabin_ctl_remote_close(remote);
	return status;
}
