#include "client/console_model.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "client/console_model_internal.h"

enum { SHIFT_MINUTES = 30, TEST_TONE_S = 4, SAID_MS = 5000, ANSWER_MS = 3000, RESUME_MS = 1000 };

void cabin_model_init(struct cabin_console_model *model, const struct cabin_console_model_config *config)
{
	memset(model, 0, sizeof(*model));
	model->session = config->session;
	model->settings = *config->settings;
	if (model->settings.shift_minutes == 0)
		model->settings.shift_minutes = SHIFT_MINUTES;
	model->language = config->language;
	model->push_to_talk = config->push_to_talk;
	model->page = config->preflight ? CABIN_PAGE_PREFLIGHT : CABIN_PAGE_LIVE;
	model->message_to = CABIN_MESSAGE_PARTNER;
	model->facts.own_dbfs = model->facts.own_peak_dbfs = model->facts.floor_dbfs = -120;
	model->facts.delay_ms = model->facts.round_trip_ms = -1;
}

struct cabin_command *cabin_model_do(struct cabin_console_model *model, enum cabin_command_kind kind)
{
	static struct cabin_command nowhere;
	struct cabin_command *command = &nowhere;
	/* Nobody presses so many keys before main looks: it takes them after each. */
	if (model->command_count < CABIN_COMMANDS_MAX)
		command = &model->commands[(model->command_first + model->command_count++) % CABIN_COMMANDS_MAX];
	*command = (struct cabin_command){.kind = kind, .canned = -1};
	return command;
}

void cabin_model_order(struct cabin_console_model *model, const struct cabin_command *command)
{
	*cabin_model_do(model, command->kind) = *command;
}

bool cabin_model_command(struct cabin_console_model *model, struct cabin_command *out)
{
	if (model->command_count == 0)
		return false;
	*out = model->commands[model->command_first];
	model->command_first = (model->command_first + 1) % CABIN_COMMANDS_MAX;
	model->command_count--;
	return true;
}

void cabin_model_say(struct cabin_console_model *model, enum cabin_said said, const char *text)
{
	model->said = said;
	model->said_until_ns = model->now_ns + SAID_MS * CABIN_NS_PER_MS;
	snprintf(model->said_text, sizeof(model->said_text), "%s", text ? text : "");
}

void cabin_model_unsay(struct cabin_console_model *model)
{
	model->said = CABIN_SAID_NOTHING;
	model->said_until_ns = 0;
}

/* --- the microphone --------------------------------------------------------------- */

void cabin_model_microphone_on(struct cabin_console_model *model, bool take)
{
	model->microphone = CABIN_MICROPHONE_ASKED;
	model->confirmed = false;
	cabin_model_stop_preflight_sounds(model);
	struct cabin_command *command = cabin_model_do(model, CABIN_COMMAND_MIC);
	command->on = true;
	command->take = take;
}

/* Also where the server has switched it off: the uplink must know. */
void cabin_model_microphone_off(struct cabin_console_model *model)
{
	if (model->cough)
		cabin_model_cough_end(model);
	if (model->microphone == CABIN_MICROPHONE_OFF)
		return;
	model->microphone = CABIN_MICROPHONE_OFF;
	model->confirmed = false;
	model->talk_ends_ns = model->resume_until_ns = 0;
	cabin_model_do(model, CABIN_COMMAND_MIC)->on = false;
}

void cabin_model_cough_end(struct cabin_console_model *model)
{
	if (!model->cough)
		return;
	model->cough = model->cough_held = false;
	cabin_model_do(model, CABIN_COMMAND_COUGH)->on = false;
}

/* --- what the server says ----------------------------------------------------------- */

/* The booth's state against what is wanted here. */
static void compare_microphone(struct cabin_console_model *model)
{
	const struct cabin_session *session = model->session;
	const struct cabin_session_seat *own = cabin_session_own_seat(session);
	if (!own)
		return;
	const struct cabin_session_handover *handover = &session->handover;
	bool coming = handover->state == CABIN_HANDOVER_AGREED && handover->to == session->seat;
	if (coming && model->microphone == CABIN_MICROPHONE_OFF) {
		cabin_model_microphone_on(model, false);
		return;
	}
	if (model->microphone == CABIN_MICROPHONE_OFF)
		return;
	if (own->mic) {
		model->microphone = CABIN_MICROPHONE_ON;
		model->confirmed = true;
		model->resume_until_ns = 0;
		return;
	}
	/* It was on and is not any more: somebody else has the air. */
	if (model->confirmed) {
		bool handed = model->was_handover == CABIN_HANDOVER_AGREED;
		cabin_model_microphone_off(model);
		cabin_model_say(model, handed ? CABIN_SAID_HANDED_OVER : CABIN_SAID_TAKEN, NULL);
	}
}

static void take_booth(struct cabin_console_model *model)
{
	const struct cabin_session *session = model->session;
	compare_microphone(model);
	bool on_air = session->has_booth && session->seat && session->on_air == session->seat;
	if (on_air && !model->was_on_air && model->shift_begin_ns == 0) {
		model->shift_begin_ns = model->now_ns;
		model->shift_told = false;
	}
	if (model->was_handover && !session->handover.state && !on_air && !model->was_on_air &&
	    model->was_handover != CABIN_HANDOVER_AGREED)
		cabin_model_say(model, CABIN_SAID_HANDOVER_LAPSED, NULL);
	if (session->handover.state && !model->was_handover && model->settings.sound.bell)
		cabin_model_do(model, CABIN_COMMAND_BELL);
	model->was_on_air = on_air;
	model->was_handover = session->handover.state;
}

static void take_messages(struct cabin_console_model *model)
{
	const struct cabin_session *session = model->session;
	if (session->messages_ever == model->messages_told)
		return;
	model->messages_told = session->messages_ever;
	const struct cabin_session_message *newest = &session->messages[session->message_count - 1];
	bool mine = strcmp(newest->booth, session->booth_id) == 0 && newest->seat == session->seat;
	if (model->page == CABIN_PAGE_MESSAGES || (mine && cabin_model_unread(model) == 1))
		model->messages_read = session->messages_ever;
	if (mine) {
		cabin_model_say(model, CABIN_SAID_SENT, NULL);
		return;
	}
	if (model->page != CABIN_PAGE_MESSAGES)
		cabin_model_say(model, CABIN_SAID_MESSAGE, NULL);
	if (model->settings.sound.bell)
		cabin_model_do(model, CABIN_COMMAND_BELL);
}

static void take_room(struct cabin_console_model *model)
{
	for (int i = 0; i < CABIN_SIGNAL_COUNT; i++) {
		uint64_t until_us = model->session->signal_until_us[i];
		if (until_us && !model->signals_told_us[i] && model->settings.sound.bell)
			cabin_model_do(model, CABIN_COMMAND_BELL);
		model->signals_told_us[i] = until_us;
	}
}

static void ask_to_take(struct cabin_console_model *model, const struct cabin_server_event *event, bool channel)
{
	bool by_microphone = model->microphone == CABIN_MICROPHONE_ASKED;
	model->take = by_microphone ? CABIN_TAKE_MICROPHONE : CABIN_TAKE_OUTPUT;
	model->take_until_ns = model->now_ns + ANSWER_MS * CABIN_NS_PER_MS;
	if (by_microphone)
		cabin_model_microphone_off(model);
	cabin_model_say(model, channel ? CABIN_SAID_TAKE_CHANNEL : CABIN_SAID_TAKE_MICROPHONE, event->error.booth);
}

static void take_error(struct cabin_console_model *model, const struct cabin_server_event *event)
{
	const char *code = event->error.code;
	if (strcmp(code, "mic-held") == 0)
		ask_to_take(model, event, false);
	else if (strcmp(code, "channel-held") == 0)
		ask_to_take(model, event, true);
	else if (strcmp(code, "not-on-air") == 0)
		cabin_model_say(model, CABIN_SAID_NOT_ON_AIR, NULL);
	else if (strcmp(code, "handover-nobody") == 0)
		cabin_model_say(model, CABIN_SAID_NOBODY, NULL);
	else if (strcmp(code, "handover-none") == 0)
		cabin_model_say(model, CABIN_SAID_NO_HANDOVER, NULL);
	else
		cabin_model_say(model, CABIN_SAID_REFUSED, event->error.text[0] ? event->error.text : code);
}

/* What to listen to after joining, or when the channels became known: what it was, by
 * its id, else the floor. */
void cabin_model_listen_again(struct cabin_console_model *model)
{
	const struct cabin_session *session = model->session;
	if (!session->joined || !session->has_event)
		return;
	const struct cabin_event_channel *channel = NULL;
	if (model->source_id[0])
		channel = cabin_session_channel_by_id(session, model->source_id);
	if (!channel)
		channel = cabin_session_floor(session);
	if (channel)
		cabin_model_listen(model, channel);
	model->monitor_channel = 0;
	cabin_model_follow_monitor(model);
}

static void take_joined(struct cabin_console_model *model)
{
	bool again = model->session->joins > 1;
	/* The join carried what was wanted; the booth's next states say what was granted, the
	 * first of them as it was before. */
	model->confirmed = false;
	if (model->microphone != CABIN_MICROPHONE_OFF) {
		model->microphone = CABIN_MICROPHONE_ASKED;
		model->resume_until_ns = model->now_ns + RESUME_MS * CABIN_NS_PER_MS;
	}
	model->problem = CABIN_PROBLEM_NONE;
	if (again)
		cabin_model_say(model, CABIN_SAID_RESUMED, NULL);
	if (model->echo)
		cabin_model_do(model, CABIN_COMMAND_ECHO)->on = true;
	if (model->cough)
		cabin_model_do(model, CABIN_COMMAND_COUGH)->on = true;
	cabin_model_listen_again(model);
}

void cabin_model_server(struct cabin_console_model *model, const struct cabin_server_event *event, uint64_t now_ns)
{
	model->now_ns = now_ns;
	switch (event->kind) {
	case CABIN_SERVER_JOINED:
		take_joined(model);
		break;
	case CABIN_SERVER_BOOTH:
		take_booth(model);
		cabin_model_follow_monitor(model);
		break;
	case CABIN_SERVER_ROOM:
		take_room(model);
		break;
	case CABIN_SERVER_MESSAGE:
		take_messages(model);
		break;
	case CABIN_SERVER_ERROR:
		take_error(model, event);
		break;
	case CABIN_SERVER_STATE:
		if (event->state.channel == model->source)
			model->source_lost = event->state.lost;
		break;
	case CABIN_SERVER_OTHER: /* the event's channels */
		cabin_model_listen_again(model);
		break;
	default:
		break;
	}
}

void cabin_model_connected(struct cabin_console_model *model, uint64_t now_ns)
{
	model->now_ns = now_ns;
	model->connected = true;
	model->again_ns = 0;
	model->problem_text[0] = '\0';
}

void cabin_model_lost(struct cabin_console_model *model, enum cabin_connection_problem problem, const char *text,
		      uint32_t again_ms, uint64_t now_ns)
{
	model->now_ns = now_ns;
	model->connected = false;
	model->problem = problem;
	model->again_ns = cabin_connection_problem_is_final(problem) ? 0 : now_ns + again_ms * CABIN_NS_PER_MS;
	snprintf(model->problem_text, sizeof(model->problem_text), "%s", text ? text : "");
	model->take = CABIN_TAKE_NOTHING;
	if (cabin_connection_problem_is_final(problem))
		cabin_model_microphone_off(model);
}

/* --- time --------------------------------------------------------------------------- */

static void check_preflight(struct cabin_console_model *model)
{
	const struct cabin_facts *facts = &model->facts;
	if (facts->voice == CABIN_VOICE_GOOD && facts->microphone_open)
		model->good_voice_ticks++;
	if (model->good_voice_ticks >= 20)
		model->checks[CABIN_PREFLIGHT_MICROPHONE] = CABIN_CHECK_GOOD;
	if (!facts->microphone_open)
		model->checks[CABIN_PREFLIGHT_MICROPHONE] = CABIN_CHECK_BAD;
	else if (model->checks[CABIN_PREFLIGHT_MICROPHONE] == CABIN_CHECK_BAD)
		model->checks[CABIN_PREFLIGHT_MICROPHONE] = CABIN_CHECK_OPEN;
	enum cabin_check network = CABIN_CHECK_OPEN;
	if (!model->connected)
		network = CABIN_CHECK_BAD;
	else if (facts->round_trip_ms >= 0)
		network = facts->round_trip_ms < 150 && facts->lost_percent < 1 ? CABIN_CHECK_GOOD : CABIN_CHECK_BAD;
	model->checks[CABIN_PREFLIGHT_NETWORK] = network;
}

void cabin_model_tick(struct cabin_console_model *model, const struct cabin_facts *facts, uint64_t now_ns)
{
	double left_s;
	model->now_ns = now_ns;
	model->facts = *facts;
	if (model->cough && now_ns >= model->cough_ends_ns)
		cabin_model_cough_end(model);
	if (model->talk_ends_ns && now_ns >= model->talk_ends_ns)
		cabin_model_microphone_off(model);
	if (model->resume_until_ns && now_ns >= model->resume_until_ns && model->session->joined) {
		cabin_model_microphone_off(model);
		cabin_model_say(model, CABIN_SAID_TAKEN, NULL);
	}
	if (model->take && now_ns >= model->take_until_ns)
		model->take = CABIN_TAKE_NOTHING;
	if (model->said_until_ns && now_ns >= model->said_until_ns)
		cabin_model_unsay(model);
	if (model->test_tone && now_ns >= model->test_tone_until_ns)
		cabin_model_test_tone(model, false);
	if (!model->shift_told && cabin_model_shift_left_s(model, &left_s) && left_s <= 0) {
		model->shift_told = true;
		cabin_model_say(model, CABIN_SAID_SHIFT_OVER, NULL);
		if (model->settings.sound.bell)
			cabin_model_do(model, CABIN_COMMAND_BELL);
	}
	check_preflight(model);
}

void cabin_model_test_tone(struct cabin_console_model *model, bool on)
{
	if (model->test_tone == on)
		return;
	model->test_tone = on;
	model->test_tone_until_ns = model->now_ns + TEST_TONE_S * CABIN_NS_PER_S;
	cabin_model_do(model, CABIN_COMMAND_TEST_TONE)->on = on;
}

void cabin_model_echo(struct cabin_console_model *model, bool on)
{
	if (model->echo == on)
		return;
	model->echo = on;
	cabin_model_do(model, CABIN_COMMAND_ECHO)->on = on;
}

void cabin_model_stop_preflight_sounds(struct cabin_console_model *model)
{
	cabin_model_test_tone(model, false);
	cabin_model_echo(model, false);
}

/* --- what is shown ------------------------------------------------------------------ */

enum cabin_air cabin_model_air(const struct cabin_console_model *model)
{
	const struct cabin_session *session = model->session;
	bool on = model->microphone != CABIN_MICROPHONE_OFF;
	if (!session->joined)
		return on ? CABIN_AIR_UNCERTAIN : CABIN_AIR_OFFLINE;
	bool mine = session->has_booth && session->on_air == session->seat;
	if (on && mine && model->confirmed)
		return model->cough ? CABIN_AIR_COUGH : CABIN_AIR_ON;
	if (on && session->handover.state == CABIN_HANDOVER_AGREED && session->handover.to == session->seat)
		return CABIN_AIR_SOON;
	if (on)
		return CABIN_AIR_ASKED;
	return mine ? CABIN_AIR_HELD : CABIN_AIR_OFF;
}

double cabin_model_on_air_s(const struct cabin_console_model *model)
{
	const struct cabin_session *session = model->session;
	uint64_t now_us = model->facts.server_us;
	if (!session->has_booth || session->on_air != session->seat || session->since_us == 0 || now_us == 0)
		return -1;
	return now_us > session->since_us ? (double)(now_us - session->since_us) / 1e6 : 0;
}

bool cabin_model_shift_left_s(const struct cabin_console_model *model, double *left_s)
{
	if (model->shift_begin_ns == 0)
		return false;
	*left_s = 60.0 * model->settings.shift_minutes - (double)(model->now_ns - model->shift_begin_ns) / 1e9;
	return true;
}

double cabin_model_handover_s(const struct cabin_console_model *model)
{
	uint64_t at_us = model->session->handover.at_us, now_us = model->facts.server_us;
	if (model->session->handover.state != CABIN_HANDOVER_AGREED || at_us == 0 || now_us == 0)
		return -1;
	return at_us > now_us ? (double)(at_us - now_us) / 1e6 : 0;
}

/* The n-th language channel of the room that is none of the booth's own. */
static const struct cabin_event_channel *other_channel(const struct cabin_session *session, int wanted)
{
	for (uint32_t i = 0; i < session->channel_count; i++) {
		const struct cabin_event_channel *channel = &session->channels[i];
		bool own = false;
		for (uint8_t output = 0; output < session->output_count; output++)
			own = own || session->outputs[output].channel == channel->number;
		if (channel->is_floor || own || strcmp(channel->room, session->room_id) != 0)
			continue;
		if (--wanted == 0)
			return channel;
	}
	return NULL;
}

const struct cabin_event_channel *cabin_model_preset(const struct cabin_console_model *model, int preset)
{
	const char *id = model->settings.presets[preset - 1];
	const struct cabin_event_channel *channel = id[0] ? cabin_session_channel_by_id(model->session, id) : NULL;
	/* One of another room is of another day. */
	if (channel && strcmp(channel->room, model->session->room_id) == 0)
		return channel;
	return other_channel(model->session, preset);
}

int cabin_model_source_quality(const struct cabin_console_model *model)
{
	const struct cabin_event_channel *channel = cabin_session_channel(model->session, model->source);
	const struct cabin_session_room_channel *fed = cabin_session_room_channel(model->session, model->source);
	if (channel && channel->is_floor)
		return CABIN_QUALITY_DIRECT;
	return fed ? fed->quality : -1;
}

const struct cabin_session_room_channel *cabin_model_output(const struct cabin_console_model *model, uint8_t output)
{
	if (output >= model->session->output_count)
		return NULL;
	return cabin_session_room_channel(model->session, model->session->outputs[output].channel);
}

uint8_t cabin_model_partner(const struct cabin_console_model *model)
{
	for (uint8_t seat = 1; seat <= model->session->seat_count; seat++) {
		if (seat != model->session->seat && model->session->seats[seat - 1].present)
			return seat;
	}
	return 0;
}

uint64_t cabin_model_unread(const struct cabin_console_model *model)
{
	return model->session->messages_ever - model->messages_read;
}
