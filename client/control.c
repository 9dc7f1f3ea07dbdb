#include "client/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/keys.h"

enum { WORDS_MAX = 5, LINE_MAX_BYTES = 512 };

static const char *const air_words[CABIN_AIR_COUNT] = {"offline", "off",   "asked", "soon",
						       "on",	  "cough", "held",  "uncertain"};
static const char *const problem_words[CABIN_PROBLEM_COUNT] = {
    "none", "unreachable", "name", "certificate", "full", "not-cabin", "dead", "closed", "no-access", "replaced"};
static const char *const verdict_words[] = {"none", "too-quiet", "good", "too-loud"};
static const char *const said_words[CABIN_SAID_COUNT] = {
    [CABIN_SAID_NOTHING] = "nothing",
    [CABIN_SAID_TAKE_MICROPHONE] = "take-microphone",
    [CABIN_SAID_TAKE_CHANNEL] = "take-channel",
    [CABIN_SAID_TAKEN] = "taken",
    [CABIN_SAID_NOT_ON_AIR] = "not-on-air",
    [CABIN_SAID_NOBODY] = "nobody",
    [CABIN_SAID_NO_HANDOVER] = "no-handover",
    [CABIN_SAID_WHICH_PARTNER] = "which-partner",
    [CABIN_SAID_HANDOVER_LAPSED] = "handover-lapsed",
    [CABIN_SAID_HANDED_OVER] = "handed-over",
    [CABIN_SAID_STORE] = "store",
    [CABIN_SAID_STORED] = "stored",
    [CABIN_SAID_NO_OUTPUT] = "no-output",
    [CABIN_SAID_NO_CHANNEL] = "no-channel",
    [CABIN_SAID_NOT_JOINED] = "not-joined",
    [CABIN_SAID_QUIT] = "quit",
    [CABIN_SAID_MESSAGE] = "message",
    [CABIN_SAID_SENT] = "sent",
    [CABIN_SAID_SHIFT_OVER] = "shift-over",
    [CABIN_SAID_REFUSED] = "refused",
    [CABIN_SAID_RESUMED] = "resumed",
};

struct words {
	const char *word[WORDS_MAX]; /* "" beyond the last */
	const char *rest[WORDS_MAX]; /* of the line, from that word on */
	char bytes[LINE_MAX_BYTES], whole[LINE_MAX_BYTES];
};

static void split(struct words *words, const char *line)
{
	snprintf(words->whole, sizeof(words->whole), "%.*s", (int)strcspn(line, "\r\n"), line);
	memcpy(words->bytes, words->whole, sizeof(words->bytes));
	char *place = NULL, *word = strtok_r(words->bytes, " ", &place);
	for (int i = 0; i < WORDS_MAX; i++) {
		words->word[i] = word ? word : "";
		words->rest[i] = word ? words->whole + (word - words->bytes) : "";
		word = word ? strtok_r(NULL, " ", &place) : NULL;
	}
}

static bool is(const char *word, const char *other)
{
	return strcmp(word, other) == 0;
}

static void press(struct cabin_console_model *model, enum cabin_key key, uint64_t now_ns)
{
	cabin_model_key(model, key, CABIN_KEY_PRESSED, now_ns);
}

static int channel_of(const struct cabin_console_model *model, const char *id, uint16_t *out)
{
	const struct cabin_event_channel *channel =
	    is(id, "floor") ? cabin_session_floor(model->session) : cabin_session_channel_by_id(model->session, id);
	if (!channel)
		return CABIN_EINVAL;
	*out = channel->number;
	return 0;
}

static int microphone(struct cabin_console_model *model, const char *word, uint64_t now_ns)
{
	bool on = model->microphone != CABIN_MICROPHONE_OFF;
	if (!is(word, "on") && !is(word, "off") && !is(word, "take"))
		return CABIN_EINVAL;
	if (is(word, "take") && !on) {
		model->take = CABIN_TAKE_MICROPHONE;
		model->take_until_ns = UINT64_MAX;
	}
	if (on == is(word, "off"))
		press(model, CABIN_KEY_MICROPHONE, now_ns);
	return 0;
}

static int cough(struct cabin_console_model *model, const char *word, uint64_t now_ns)
{
	if (!is(word, "on") && !is(word, "off"))
		return CABIN_EINVAL;
	if (is(word, "on") && !model->cough) {
		press(model, CABIN_KEY_COUGH, now_ns);
		model->cough_ends_ns = UINT64_MAX; /* until told otherwise */
	} else if (is(word, "off")) {
		cabin_model_key(model, CABIN_KEY_COUGH, CABIN_KEY_RELEASED, now_ns);
	}
	return 0;
}

static int idle(struct cabin_console_model *model, const struct words *words)
{
	struct cabin_command command = {.kind = CABIN_COMMAND_IDLE, .canned = -1};
	command.number = cabin_word_find(cabin_idle_words, CABIN_IDLE_COUNT, words->word[2], strlen(words->word[2]));
	if (command.number < 0 || channel_of(model, words->word[1], &command.channel))
		return CABIN_EINVAL;
	if (command.number == CABIN_IDLE_CHANNEL && channel_of(model, words->word[3], &command.from))
		return CABIN_EINVAL;
	cabin_model_order(model, &command);
	return 0;
}

static int listen_to(struct cabin_console_model *model, const char *id)
{
	struct cabin_command command = {.kind = CABIN_COMMAND_LISTEN, .canned = -1};
	if (channel_of(model, id, &command.channel))
		return CABIN_EINVAL;
	const struct cabin_event_channel *channel = cabin_session_channel(model->session, command.channel);
	model->source = channel->number;
	memcpy(model->source_id, channel->id, sizeof(model->source_id));
	cabin_model_order(model, &command);
	return 0;
}

static int message(struct cabin_console_model *model, const struct words *words)
{
	struct cabin_command command = {.kind = CABIN_COMMAND_MESSAGE, .canned = -1};
	command.number =
	    cabin_word_find(cabin_message_words, CABIN_MESSAGE_BOOTH, words->word[1], strlen(words->word[1]));
	if (command.number < 0)
		return CABIN_EINVAL;
	if (is(words->word[2], "canned"))
		command.canned =
		    cabin_word_find(cabin_canned_words, CABIN_CANNED_COUNT, words->word[3], strlen(words->word[3]));
	else if (is(words->word[2], "text"))
		snprintf(command.text, sizeof(command.text), "%s", words->rest[3]);
	if (command.canned < 0 && command.text[0] == '\0')
		return CABIN_EINVAL;
	cabin_model_order(model, &command);
	return 0;
}

static int handover(struct cabin_console_model *model, const struct words *words)
{
	struct cabin_command command = {.kind = CABIN_COMMAND_HANDOVER, .canned = -1};
	command.number = cabin_word_find(cabin_handover_action_words, CABIN_HANDOVER_ACTION_COUNT, words->word[1],
					 strlen(words->word[1]));
	command.seat = (uint8_t)strtoul(words->word[2], NULL, 10);
	if (command.number < 0)
		return CABIN_EINVAL;
	cabin_model_order(model, &command);
	return 0;
}

static int sound(struct cabin_console_model *model, const struct words *words)
{
	struct cabin_sound_settings *settings = &model->settings.sound;
	const struct {
		const char *name;
		double *place;
		double low, high;
	} rows[] = {
	    {"volume", &settings->volume_db, -60, 0},
	    {"bass", &settings->bass_db, -12, 6},
	    {"treble", &settings->treble_db, -12, 6},
	    {"monitor-level", &settings->monitor_db, -40, 0},
	    {"sensitivity", &settings->sensitivity_db_spl, 0, 140},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *end;
		double value = strtod(words->word[1], &end);
		if (!is(words->word[0], rows[i].name))
			continue;
		if (end == words->word[1] || value < rows[i].low || value > rows[i].high)
			return CABIN_EINVAL;
		*rows[i].place = value;
		cabin_model_order(model, &(struct cabin_command){.kind = CABIN_COMMAND_SOUND, .canned = -1});
		return 0;
	}
	return CABIN_EINVAL;
}

/* signal KIND on|off, call on|off, echo on|off, tone on|off, monitor on|off */
static int switched(struct cabin_console_model *model, const struct words *words, uint64_t now_ns)
{
	bool signal = is(words->word[0], "signal");
	const char *word = words->word[signal ? 2 : 1];
	struct cabin_command command = {.on = is(word, "on"), .canned = -1};
	if (!command.on && !is(word, "off"))
		return CABIN_EINVAL;
	if (is(words->word[0], "monitor")) {
		if (model->monitor != command.on)
			press(model, CABIN_KEY_MONITOR, now_ns);
		return 0;
	}
	command.kind = signal			    ? CABIN_COMMAND_SIGNAL
		       : is(words->word[0], "call") ? CABIN_COMMAND_CALL
		       : is(words->word[0], "echo") ? CABIN_COMMAND_ECHO
						    : CABIN_COMMAND_TEST_TONE;
	if (signal)
		command.number =
		    cabin_word_find(cabin_signal_words, CABIN_SIGNAL_COUNT, words->word[1], strlen(words->word[1]));
	if (command.number < 0)
		return CABIN_EINVAL;
	if (command.kind == CABIN_COMMAND_ECHO)
		model->echo = command.on;
	if (command.kind == CABIN_COMMAND_TEST_TONE) {
		model->test_tone = command.on;
		model->test_tone_until_ns = UINT64_MAX;
	}
	cabin_model_order(model, &command);
	return 0;
}

static int key(struct cabin_console_model *model, const struct words *words, uint64_t now_ns)
{
	enum cabin_key_action action = is(words->word[2], "released") ? CABIN_KEY_RELEASED : CABIN_KEY_PRESSED;
	for (int i = CABIN_KEY_NONE + 1; i < CABIN_KEY_COUNT; i++) {
		if (!is(words->word[1], cabin_key_name((enum cabin_key)i)))
			continue;
		cabin_model_key(model, (enum cabin_key)i, action, now_ns);
		return 0;
	}
	return CABIN_EINVAL;
}

int cabin_control_line(struct cabin_console_model *model, const char *line, uint64_t now_ns)
{
	struct words words;
	split(&words, line);
	const char *verb = words.word[0];
	model->now_ns = now_ns;
	if (is(verb, "mic"))
		return microphone(model, words.word[1], now_ns);
	if (is(verb, "cough"))
		return cough(model, words.word[1], now_ns);
	if (is(verb, "output") && (is(words.word[1], "a") || is(words.word[1], "b"))) {
		cabin_model_order(model, &(struct cabin_command){.kind = CABIN_COMMAND_OUTPUT,
								 .canned = -1,
								 .number = is(words.word[1], "b"),
								 .take = is(words.word[2], "take")});
		return 0;
	}
	if (is(verb, "handover"))
		return handover(model, &words);
	if (is(verb, "listen"))
		return listen_to(model, words.word[1]);
	if (is(verb, "idle"))
		return idle(model, &words);
	if (is(verb, "message"))
		return message(model, &words);
	if (is(verb, "key"))
		return key(model, &words, now_ns);
	if (is(verb, "monitor") || is(verb, "signal") || is(verb, "call") || is(verb, "echo") || is(verb, "tone"))
		return switched(model, &words, now_ns);
	if (is(verb, "quit")) {
		cabin_model_order(model, &(struct cabin_command){.kind = CABIN_COMMAND_QUIT, .canned = -1});
		return 0;
	}
	return verb[0] ? sound(model, &words) : 0;
}

static const char *word_or(const char *const *words, int count, int index, const char *otherwise)
{
	return index >= 0 && index < count && words[index] ? words[index] : otherwise;
}

/* One field each for the outputs: "channel:feed:booth:seat:idle". */
static size_t write_outputs(const struct cabin_console_model *model, char *out, size_t out_size)
{
	size_t used = 0;
	for (uint8_t i = 0; i < model->session->output_count; i++) {
		const struct cabin_session_room_channel *fed = cabin_model_output(model, i);
		if (!fed)
			continue;
		int size = snprintf(out + used, out_size - used, " output_%c=%u:%s:%s:%u:%s", 'a' + i, fed->channel,
				    word_or(cabin_feed_words, CABIN_FEED_COUNT, fed->feed, "-"),
				    fed->booth[0] ? fed->booth : "-", fed->seat,
				    word_or(cabin_idle_words, CABIN_IDLE_COUNT, fed->idle, "-"));
		used += size > 0 && (size_t)size < out_size - used ? (size_t)size : 0;
	}
	return used;
}

void cabin_control_state(const struct cabin_console_model *model, char *out, size_t out_size)
{
	const struct cabin_session *session = model->session;
	const struct cabin_session_seat *own = cabin_session_own_seat(session);
	const struct cabin_event_channel *source = cabin_session_channel(session, model->source);
	const struct cabin_session_message *newest =
	    session->message_count ? &session->messages[session->message_count - 1] : NULL;
	char outputs[300];
	outputs[write_outputs(model, outputs, sizeof(outputs))] = '\0';
	snprintf(
	    out, out_size,
	    "state air=%s microphone=%d cough=%d connected=%d joined=%d problem=%s booth=%s seat=%u on_air=%u held=%d "
	    "output=%c partner=%u handover=%s:%u:%u:%u source=%s quality=%s monitor=%u call=%s floor_language=%s "
	    "said=%s talkback=%u messages=%llu message=%s microphone_open=%d headset_open=%d voice=%s%s",
	    air_words[cabin_model_air(model)], model->microphone != CABIN_MICROPHONE_OFF, model->cough,
	    model->connected, session->joined, problem_words[model->problem],
	    session->booth_id[0] ? session->booth_id : "-", session->seat, session->on_air, session->held,
	    'a' + session->output, cabin_model_partner(model),
	    word_or(cabin_handover_state_words, CABIN_HANDOVER_STATE_COUNT, (int)session->handover.state, "none"),
	    session->handover.from, session->handover.to, session->handover.by, source ? source->id : "-",
	    word_or(cabin_quality_words, CABIN_QUALITY_COUNT, cabin_model_source_quality(model), "-"),
	    model->monitor_channel, word_or(cabin_call_words, CABIN_CALL_COUNT, own ? (int)own->call : 0, "none"),
	    session->floor_language[0] ? session->floor_language : "-", said_words[model->said],
	    session->talkback_channel, (unsigned long long)session->messages_ever,
	    newest ? word_or(cabin_canned_words, CABIN_CANNED_COUNT, newest->canned, "text") : "-",
	    model->facts.microphone_open, model->facts.headset_open, verdict_words[model->facts.voice], outputs);
}

void cabin_control_figures(const struct cabin_console_model *model, char *out, size_t out_size)
{
	const struct cabin_facts *facts = &model->facts;
	const struct cabin_session_room_channel *own = cabin_model_output(model, model->session->output);
	snprintf(out, out_size,
		 "figures own_dbfs=%.1f own_peak_dbfs=%.1f source_dbfs=%.1f delay_ms=%.1f round_trip_ms=%.2f "
		 "lost_percent=%.2f dropped=%llu listeners=%u on_air_s=%.1f protection_db=%.1f calibrated=%d",
		 (double)facts->own_dbfs, (double)facts->own_peak_dbfs, (double)facts->floor_dbfs, facts->delay_ms,
		 facts->round_trip_ms, facts->lost_percent, (unsigned long long)facts->dropped,
		 own ? own->listeners : 0, cabin_model_on_air_s(model), (double)facts->protection_reduction_db,
		 facts->protection_calibrated);
}
