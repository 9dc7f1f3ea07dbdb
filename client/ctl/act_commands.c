/* What a technician does: each is one request; the dangerous ones ask first. */
#include "ctl/act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/command.h"
#include "ctl/remote.h"
#include "ctl/show.h"
#include "ctl/table.h"

enum { PATH_BYTES = 1024 };

int cabin_ctl_confirm(const struct cabin_ctl_options *options, const char *question)
{
	char answer[16];
	if (options->yes)
		return 0;
	if (!isatty(STDIN_FILENO))
		return cabin_ctl_complain(CABIN_CTL_USAGE,
					  "%s Listeners hear this: where nobody can be asked, add --yes", question);
	fflush(stdout);
	fputs(question, stderr);
	fputs(" [y/N] ", stderr);
	if (fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
		return 0;
	return cabin_ctl_complain(CABIN_CTL_FAILED, "nothing was done");
}

int cabin_ctl_do(const struct cabin_ctl_options *options, struct cabin_ctl_remote *remote, const char *method,
		 const char *path, json_t *body, const char *done)
{
	char *text;
	int status = cabin_ctl_remote_ask(remote, method, path, body, &text);
	if (status != 0)
		return status;
	json_t *answer = json_loads(text, 0, NULL);
	if (options->json)
		puts(text);
	else if (done) {
		cabin_ctl_put_clean(done, stdout);
		putchar('\n');
	}
	if (json_is_false(json_object_get(answer, "stored")))
		cabin_ctl_complain(0, "it holds, but could not be stored: a restart forgets it; see cabinctl status");
	json_decref(answer);
	free(text);
	return CABIN_CTL_OK;
}

/* Opens, does one thing, closes. */
static int do_one(const struct cabin_ctl_options *options, const char *method, const char *path, json_t *body,
		  const char *done)
{
	struct cabin_ctl_remote *remote;
	int status = cabin_ctl_remote_open(&remote, options);
	if (status == 0)
		status = cabin_ctl_do(options, remote, method, path, body, done);
	else
		json_decref(body);
	cabin_ctl_remote_close(remote);
	return status;
}

/* "/channels/ID": an exit status. */
static int path_of(char path[PATH_BYTES], const char *folder, const char *id)
{
	snprintf(path, PATH_BYTES, "%s", folder);
	return cabin_ctl_add_segment(path, PATH_BYTES, id) ? 0
							   : cabin_ctl_complain(CABIN_CTL_USAGE, "the id is too long");
}

int cabin_ctl_alarm_acknowledge(const struct cabin_ctl_options *options)
{
	char path[PATH_BYTES];
	const char *id = options->operands[0];
	if (id[strspn(id, "0123456789")] || strlen(id) > 18)
		return cabin_ctl_complain(CABIN_CTL_USAGE, "'%s' is no alarm's number; cabinctl alarms shows them", id);
	snprintf(path, sizeof(path), "/alarms/%s/acknowledge", id);
	return do_one(options, "POST", path, json_object(), "acknowledged");
}

static bool one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

static bool is_source(const char *source)
{
	static const char *const words[] = {"auto", "silence", "floor", "tone", "identification", NULL};
	return one_of(source, words) || (strncmp(source, "channel:", 8) == 0 && source[8]) ||
	       (strncmp(source, "input:", 6) == 0 && source[6]);
}

/* The request of `channel set`; NULL after a complaint. */
static json_t *channel_change(const struct cabin_ctl_options *options)
{
	static const char *const hides[] = {"never", "idle", "always", NULL};
	char *end = NULL;
	double gain_db = options->gain ? strtod(options->gain, &end) : 0;
	const char *wrong = NULL;
	if (options->gain && (*end || !(gain_db >= -40 && gain_db <= 40)))
		wrong = "--gain is a number of decibels from -40 to 40";
	else if (options->mute && options->unmute)
		wrong = "--mute does not go with --unmute";
	else if (options->hide && !one_of(options->hide, hides))
		wrong = "--hide is never, idle (while no booth works in it) or always";
	else if (options->source && !is_source(options->source))
		wrong = "--source is auto, silence, floor, tone, identification, channel:ID or input:ID";
	else if (!options->gain && !options->mute && !options->unmute && !options->hide && !options->source)
		wrong = "nothing to change; cabinctl channel set --help";
	json_t *body = wrong ? NULL : json_object();
	if (!body) {
		cabin_ctl_complain(CABIN_CTL_USAGE, "%s", wrong ? wrong : "no memory");
		return NULL;
	}
	if (options->source)
		json_object_set_new(body, "source", json_string(options->source));
	if (options->gain)
		json_object_set_new(body, "gain_db", json_real(gain_db));
	if (options->mute || options->unmute)
		json_object_set_new(body, "muted", json_boolean(options->mute));
	if (options->hide)
		json_object_set_new(body, "hide", json_string(options->hide));
	return body;
}

/* Asks before listeners get something else, and tells how many they are. */
static int confirm_channel(struct cabin_ctl_remote *remote, const struct cabin_ctl_options *options)
{
	char question[512];
	json_t *desk;
	const char *id = options->operands[0];
	bool takes_away = options->mute || (options->source && strcmp(options->source, "auto") != 0);
	if (!takes_away || options->yes || !isatty(STDIN_FILENO))
		return takes_away ? cabin_ctl_confirm(options, "This changes what a channel carries.") : 0;
	int status = cabin_ctl_remote_json(remote, "GET", "/desk", NULL, &desk);
	if (status != 0)
		return status;
	const json_t *channel = cabin_ctl_find(json_object_get(desk, "channels"), "id", id);
	snprintf(question, sizeof(question), "%s %s, to which %.0f people listen?",
		 options->mute ? "Mute" : "Change what feeds", id, cabin_ctl_number(channel, "listeners", 0));
	json_decref(desk);
	return channel ? cabin_ctl_confirm(options, question)
		       : cabin_ctl_complain(CABIN_CTL_REFUSED, "no channel '%s'; cabinctl channels lists them", id);
}

int cabin_ctl_channel_set(const struct cabin_ctl_options *options)
{
	char path[PATH_BYTES], done[256];
	struct cabin_ctl_remote *remote = NULL;
	json_t *body = channel_change(options);
	if (!body)
		return CABIN_CTL_USAGE;
	int status = path_of(path, "/channels", options->operands[0]);
	if (status == 0)
		status = cabin_ctl_remote_open(&remote, options);
	if (status == 0)
		status = confirm_channel(remote, options);
	snprintf(done, sizeof(done), "%s changed", options->operands[0]);
	if (status == 0)
		status = cabin_ctl_do(options, remote, "PATCH", path, body, done);
	else
		json_decref(body);
	cabin_ctl_remote_close(remote);
	return status;
}

int cabin_ctl_announce(const struct cabin_ctl_options *options)
{
	char question[512], *end = NULL;
	const char *id = options->operands[0], *scope = options->scope;
	unsigned long repeat = options->repeat ? strtoul(options->repeat, &end, 10) : 1;
	if (!scope)
		return cabin_ctl_complain(CABIN_CTL_USAGE, "--scope is missing: event, or a room's id");
	if (strcmp(id, "voice") == 0)
		return cabin_ctl_complain(CABIN_CTL_USAGE,
					  "an announcement by voice needs a microphone: use the desk page");
	if (repeat < 1 || repeat > 1000 || (end && *end))
		return cabin_ctl_complain(CABIN_CTL_USAGE, "--repeat %s: write a number", options->repeat);
	snprintf(question, sizeof(question), "Put the announcement %s on all channels of %s%s?", id,
		 strcmp(scope, "event") == 0 ? "the whole event" : "room ", strcmp(scope, "event") == 0 ? "" : scope);
	int status = cabin_ctl_confirm(options, question);
	if (status != 0)
		return status;
	json_t *body = json_pack("{s:s, s:s, s:I}", "announcement", id, "scope", scope, "repeat", (json_int_t)repeat);
	return body ? do_one(options, "POST", "/announcements", body, "it is on; cabinctl announce stop ends it")
		    : cabin_ctl_complain(CABIN_CTL_USAGE, "a value is no UTF-8");
}

int cabin_ctl_announce_stop(const struct cabin_ctl_options *options)
{
	return do_one(options, "DELETE", "/announcements", NULL, "the announcement has ended");
}

int cabin_ctl_talkback_stop(const struct cabin_ctl_options *options)
{
	return do_one(options, "DELETE", "/talkback", NULL, "no booth hears the technician any more");
}

int cabin_ctl_call_answer(const struct cabin_ctl_options *options)
{
	const char *seat = options->seat;
	if (!seat || seat[0] < '1' || seat[0] > '3' || seat[1])
		return cabin_ctl_complain(CABIN_CTL_USAGE, "--seat is 1, 2 or 3; cabinctl calls shows who calls");
	json_t *body = json_pack("{s:s, s:i, s:s}", "booth", options->operands[0], "seat", seat[0] - '0', "state",
				 options->done ? "done" : "seen");
	return body ? do_one(options, "POST", "/calls", body,
			     options->done ? "done" : "the interpreter sees that you know")
		    : cabin_ctl_complain(CABIN_CTL_USAGE, "the booth's id is no UTF-8");
}

static int show_changes(struct cabin_ctl_remote *remote, json_t *answer)
{
	static const char *const heads[] = {"SCOPE", "SUBJECT", "KEY", "VALUE", "CONFIGURED", "AUTHOR", "AT", NULL};
	static const char *const names[] = {"scope", "subject", "key", "value", "configured", "author"};
	struct cabin_ctl_table *table = cabin_ctl_table_create(heads);
	const json_t *changes = json_object_get(answer, "changes"), *change;
	char time[CABIN_CTL_TIME_BYTES];
	size_t i;
	json_array_foreach(changes, i, change)
	{
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			const json_t *value = json_object_get(change, names[k]);
			char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
			cabin_ctl_table_text(table, json_is_string(value) ? json_string_value(value)
						    : json_is_null(value) ? NULL
									  : text);
			free(text);
		}
		cabin_ctl_table_text(table, cabin_ctl_local_time(time, cabin_ctl_text(change, "at")));
	}
	int status = json_array_size(changes) ? cabin_ctl_table_print(table, stdout, "\n") : CABIN_CTL_OK;
	if (json_array_size(changes) == 0)
		puts("all is as the configuration file says");
	cabin_ctl_table_destroy(table);
	return status;
}

int cabin_ctl_changes(const struct cabin_ctl_options *options)
{
	return cabin_ctl_remote_show(options, "/changes", show_changes);
}

int cabin_ctl_changes_undo(const struct cabin_ctl_options *options)
{
	char path[PATH_BYTES] = "/changes", question[512];
	for (int i = 0; i < CABIN_CTL_OPERANDS_MAX; i++)
		if (!cabin_ctl_add_segment(path, sizeof(path), options->operands[i]))
			return cabin_ctl_complain(CABIN_CTL_USAGE, "a word is too long");
	snprintf(question, sizeof(question), "Set %s of %s %s back to what the configuration file says?",
		 options->operands[2], options->operands[0], options->operands[1]);
	int status = cabin_ctl_confirm(options, question);
	return status ? status : do_one(options, "DELETE", path, NULL, "it is as the configuration file says");
}

int cabin_ctl_config_export(const struct cabin_ctl_options *options)
{
	struct cabin_ctl_remote *remote;
	char *text = NULL;
	int status = cabin_ctl_remote_open(&remote, options);
	if (status == 0)
		status = cabin_ctl_remote_ask(remote, "GET", "/config", NULL, &text);
	FILE *to = status == 0 && options->output ? fopen(options->output, "we") : stdout;
	if (status == 0 && (!to || fputs(text, to) < 0 || (to != stdout && fclose(to) != 0)))
		status = cabin_ctl_complain(CABIN_CTL_FAILED, "%s cannot be written",
					    options->output ? options->output : "the output");
	free(text);
	cabin_ctl_remote_close(remote);
	return status;
}
