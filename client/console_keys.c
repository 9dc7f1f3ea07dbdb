/* What each key does: the other half of the console model. */
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "client/console_model_internal.h"

enum {
	COUGH_TAP_MS = 2000,   /* one press that is not held */
	COUGH_REPEAT_MS = 700, /* a terminal repeats a held key sooner than this */
	COUGH_AFTER_MS = 350,  /* the last repeat */
	TALK_FIRST_MS = 900,   /* push to talk: until the first repeat … */
	TALK_AFTER_MS = 300,   /* … and after the last */
	AGAIN_MS = 3000
};

static const double step_db = 1.5;

static uint64_t after_ms(const struct cabin_console_model *model, uint64_t ms)
{
	return model->now_ns + ms * CABIN_NS_PER_MS;
}

static bool must_be_joined(struct cabin_console_model *model)
{
	if (!model->session->joined)
		cabin_model_say(model, CABIN_SAID_NOT_JOINED, NULL);
	return model->session->joined;
}

/* --- microphone and cough ------------------------------------------------------------ */

static void talk_key(struct cabin_console_model *model, enum cabin_key_action action)
{
	if (action == CABIN_KEY_RELEASED) {
		cabin_model_microphone_off(model);
		return;
	}
	bool repeat = model->microphone != CABIN_MICROPHONE_OFF;
	model->talk_ends_ns = after_ms(model, repeat ? TALK_AFTER_MS : TALK_FIRST_MS);
	if (!repeat)
		cabin_model_microphone_on(model, false);
}

static void microphone_key(struct cabin_console_model *model, enum cabin_key_action action)
{
	bool off = model->microphone == CABIN_MICROPHONE_OFF;
	if (off && action == CABIN_KEY_PRESSED && !must_be_joined(model))
		return;
	if (off && action == CABIN_KEY_PRESSED && model->take == CABIN_TAKE_MICROPHONE) {
		model->take = CABIN_TAKE_NOTHING;
		cabin_model_unsay(model);
		cabin_model_microphone_on(model, true);
		if (model->push_to_talk)
			model->talk_ends_ns = after_ms(model, TALK_FIRST_MS);
	} else if (model->push_to_talk) {
		talk_key(model, action);
	} else if (action == CABIN_KEY_PRESSED && off) {
		cabin_model_microphone_on(model, false);
	} else if (action == CABIN_KEY_PRESSED) {
		cabin_model_microphone_off(model);
	}
	if (model->page == CABIN_PAGE_PREFLIGHT && model->microphone != CABIN_MICROPHONE_OFF)
		model->page = CABIN_PAGE_LIVE;
}

static void cough_key(struct cabin_console_model *model, enum cabin_key_action action)
{
	if (action == CABIN_KEY_RELEASED) {
		cabin_model_cough_end(model);
		return;
	}
	uint64_t before_ns = model->cough_pressed_ns;
	model->cough_pressed_ns = model->now_ns;
	if (!model->cough) {
		if (model->microphone == CABIN_MICROPHONE_OFF)
			return;
		model->cough = true;
		model->cough_ends_ns = after_ms(model, COUGH_TAP_MS);
		cabin_model_do(model, CABIN_COMMAND_COUGH)->on = true;
	} else if (model->now_ns - before_ns <= COUGH_REPEAT_MS * CABIN_NS_PER_MS) {
		model->cough_held = true;
		model->cough_ends_ns = after_ms(model, COUGH_AFTER_MS);
	} else {
		cabin_model_cough_end(model);
	}
}

/* --- outgoing ------------------------------------------------------------------------- */

static void output_key(struct cabin_console_model *model, uint8_t output)
{
	if (!must_be_joined(model))
		return;
	if (output >= model->session->output_count) {
		cabin_model_say(model, CABIN_SAID_NO_OUTPUT, NULL);
		return;
	}
	bool take = model->take == CABIN_TAKE_OUTPUT && model->take_output == output;
	model->take = CABIN_TAKE_NOTHING;
	model->take_output = output;
	if (take)
		cabin_model_unsay(model);
	struct cabin_command *command = cabin_model_do(model, CABIN_COMMAND_OUTPUT);
	command->number = output;
	command->take = take;
}

static uint8_t partner_count(const struct cabin_session *session)
{
	uint8_t count = 0;
	for (uint8_t seat = 1; seat <= session->seat_count; seat++)
		count += seat != session->seat && session->seats[seat - 1].present;
	return count;
}

static void propose(struct cabin_console_model *model, uint8_t seat)
{
	bool on_air = model->session->on_air == model->session->seat;
	struct cabin_command *command = cabin_model_do(model, CABIN_COMMAND_HANDOVER);
	command->number = on_air ? CABIN_HANDOVER_OFFER : CABIN_HANDOVER_ASK;
	command->seat = seat;
}

static void handover_key(struct cabin_console_model *model, bool decline)
{
	const struct cabin_session *session = model->session;
	const struct cabin_session_handover *handover = &session->handover;
	if (!must_be_joined(model))
		return;
	bool open = handover->state == CABIN_HANDOVER_OFFERED || handover->state == CABIN_HANDOVER_ASKED;
	bool for_me =
	    open && handover->by != session->seat && (handover->to == session->seat || handover->from == session->seat);
	bool by_me = handover->state && handover->by == session->seat;
	if (for_me)
		cabin_model_do(model, CABIN_COMMAND_HANDOVER)->number =
		    decline ? CABIN_HANDOVER_DECLINE : CABIN_HANDOVER_ACCEPT;
	else if (by_me)
		cabin_model_do(model, CABIN_COMMAND_HANDOVER)->number = CABIN_HANDOVER_CANCEL;
	else if (decline)
		cabin_model_say(model, CABIN_SAID_NO_HANDOVER, NULL);
	else if (partner_count(session) == 0)
		cabin_model_say(model, CABIN_SAID_NOBODY, NULL);
	else if (session->on_air == session->seat && partner_count(session) > 1) {
		model->digit_until_ns = after_ms(model, AGAIN_MS);
		model->digit_is_seat = true;
		cabin_model_say(model, CABIN_SAID_WHICH_PARTNER, NULL);
	} else {
		/* Asked is who is on air. */
		propose(model, session->on_air == session->seat ? cabin_model_partner(model) : session->on_air);
	}
}

/* The next of pass-through, silence, and each other language channel of the room. */
static void idle_key(struct cabin_console_model *model)
{
	const struct cabin_session *session = model->session;
	const struct cabin_session_room_channel *output = cabin_model_output(model, session->output);
	if (!must_be_joined(model) || !output)
		return;
	struct cabin_command *command = cabin_model_do(model, CABIN_COMMAND_IDLE);
	command->channel = output->channel;
	command->number = CABIN_IDLE_PASS_THROUGH;
	if (output->idle == CABIN_IDLE_PASS_THROUGH) {
		command->number = CABIN_IDLE_SILENCE;
		return;
	}
	bool after = output->idle == CABIN_IDLE_SILENCE;
	for (uint32_t i = 0; i < session->room_channel_count; i++) {
		const struct cabin_session_room_channel *other = &session->room_channels[i];
		if (other->idle >= 0 && other->channel != output->channel && after) {
			command->number = CABIN_IDLE_CHANNEL;
			command->from = other->channel;
			return;
		}
		after = after || (output->idle == CABIN_IDLE_CHANNEL && other->channel == output->idle_from);
	}
}

/* --- incoming ------------------------------------------------------------------------- */

void cabin_model_listen(struct cabin_console_model *model, const struct cabin_event_channel *channel)
{
	model->source = channel->number;
	model->source_lost = false;
	memcpy(model->source_id, channel->id, sizeof(model->source_id));
	cabin_model_do(model, CABIN_COMMAND_LISTEN)->channel = channel->number;
}

/* The monitor is the booth's outgoing channel; none where that is the source itself. */
void cabin_model_follow_monitor(struct cabin_console_model *model)
{
	const struct cabin_session *session = model->session;
	if (!session->joined)
		return;
	uint8_t output = session->output < session->output_count ? session->output : 0;
	uint16_t channel = model->monitor && session->output_count ? session->outputs[output].channel : 0;
	if (channel == model->source)
		channel = 0;
	if (channel == model->monitor_channel)
		return;
	model->monitor_channel = channel;
	cabin_model_do(model, CABIN_COMMAND_MONITOR)->channel = channel;
}

static void listen_or_say(struct cabin_console_model *model, const struct cabin_event_channel *channel)
{
	if (!channel) {
		cabin_model_say(model, CABIN_SAID_NO_CHANNEL, NULL);
		return;
	}
	cabin_model_listen(model, channel);
	cabin_model_follow_monitor(model);
}

static void preset_key(struct cabin_console_model *model, int preset)
{
	bool waited = model->digit_until_ns > model->now_ns;
	model->digit_until_ns = 0;
	if (waited && model->digit_is_seat) {
		cabin_model_unsay(model);
		propose(model, (uint8_t)preset);
	} else if (waited) {
		memcpy(model->settings.presets[preset - 1], model->source_id, sizeof(model->source_id));
		cabin_model_do(model, CABIN_COMMAND_SAVE);
		cabin_model_say(model, CABIN_SAID_STORED, NULL);
	} else if (must_be_joined(model)) {
		listen_or_say(model, cabin_model_preset(model, preset));
	}
}

/* The room's channels in turn. */
static void step_source(struct cabin_console_model *model, int by)
{
	const struct cabin_session *session = model->session;
	uint32_t places[CABIN_CHANNELS_MAX], count = 0, at = 0;
	for (uint32_t i = 0; i < session->channel_count; i++) {
		if (strcmp(session->channels[i].room, session->room_id) != 0)
			continue;
		if (session->channels[i].number == model->source)
			at = count;
		places[count++] = i;
	}
	if (must_be_joined(model) && count > 0)
		listen_or_say(model, &session->channels[places[(at + count + (uint32_t)by) % count]]);
}

/* --- sound ---------------------------------------------------------------------------- */

static double clamp(double value, double low, double high)
{
	return value < low ? low : value > high ? high : value;
}

static void change_sound(struct cabin_console_model *model, enum cabin_sound_row row, int by)
{
	struct cabin_sound_settings *sound = &model->settings.sound;
	switch (row) {
	case CABIN_SOUND_VOLUME:
		sound->volume_db = clamp(sound->volume_db + by * step_db, -60, 0);
		break;
	case CABIN_SOUND_BASS:
		sound->bass_db = clamp(sound->bass_db + by * step_db, -12, 6);
		break;
	case CABIN_SOUND_TREBLE:
		sound->treble_db = clamp(sound->treble_db + by * step_db, -12, 6);
		break;
	case CABIN_SOUND_MONITOR:
		sound->monitor_db = clamp(sound->monitor_db + by * step_db, -40, 0);
		break;
	case CABIN_SOUND_SENSITIVITY:
		/* From "not calibrated" to where headsets are. */
		if (sound->sensitivity_db_spl == 0)
			sound->sensitivity_db_spl = 103;
		else
			sound->sensitivity_db_spl = clamp(sound->sensitivity_db_spl + by, 80, 140);
		break;
	case CABIN_SOUND_BELL:
		sound->bell = !sound->bell;
		break;
	case CABIN_SOUND_ROWS:
		return;
	}
	cabin_model_do(model, CABIN_COMMAND_SOUND);
	cabin_model_do(model, CABIN_COMMAND_SAVE);
}

static bool sound_panel_key(struct cabin_console_model *model, enum cabin_key key)
{
	switch (key) {
	case CABIN_KEY_UP:
		model->sound_row = (model->sound_row + CABIN_SOUND_ROWS - 1) % CABIN_SOUND_ROWS;
		return true;
	case CABIN_KEY_DOWN:
		model->sound_row = (model->sound_row + 1) % CABIN_SOUND_ROWS;
		return true;
	case CABIN_KEY_SOURCE_NEXT:
	case CABIN_KEY_ENTER:
		change_sound(model, (enum cabin_sound_row)model->sound_row, 1);
		return true;
	case CABIN_KEY_SOURCE_BEFORE:
		change_sound(model, (enum cabin_sound_row)model->sound_row, -1);
		return true;
	case CABIN_KEY_BACKSPACE:
		model->settings.sound.sensitivity_db_spl = 0;
		cabin_model_do(model, CABIN_COMMAND_SOUND);
		cabin_model_do(model, CABIN_COMMAND_SAVE);
		return true;
	case CABIN_KEY_TEST_TONE:
	case CABIN_KEY_TECHNICIAN: /* the same letter */
		cabin_model_test_tone(model, !model->test_tone);
		return true;
	default:
		return false;
	}
}

/* --- preflight -------------------------------------------------------------------------- */

static bool preflight_key(struct cabin_console_model *model, enum cabin_key key)
{
	enum cabin_preflight asked =
	    model->echo || model->checks[CABIN_PREFLIGHT_HEADSET] ? CABIN_PREFLIGHT_OWN_VOICE : CABIN_PREFLIGHT_HEADSET;
	switch (key) {
	case CABIN_KEY_TEST_TONE:
	case CABIN_KEY_TECHNICIAN: /* the same letter */
		cabin_model_echo(model, false);
		model->checks[CABIN_PREFLIGHT_HEADSET] = CABIN_CHECK_OPEN;
		cabin_model_test_tone(model, !model->test_tone);
		return true;
	case CABIN_KEY_ECHO:
		cabin_model_test_tone(model, false);
		model->checks[CABIN_PREFLIGHT_OWN_VOICE] = CABIN_CHECK_OPEN;
		if (must_be_joined(model))
			cabin_model_echo(model, !model->echo);
		return true;
	case CABIN_KEY_YES:
	case CABIN_KEY_NO:
	case CABIN_KEY_DECLINE: /* the same letter */
		model->checks[asked] = key == CABIN_KEY_YES ? CABIN_CHECK_GOOD : CABIN_CHECK_BAD;
		cabin_model_stop_preflight_sounds(model);
		return true;
	default:
		return false;
	}
}

/* --- messages ----------------------------------------------------------------------------- */

static void send_message(struct cabin_console_model *model, int canned)
{
	if (!must_be_joined(model) || (canned < 0 && model->typed[0] == '\0'))
		return;
	struct cabin_command *command = cabin_model_do(model, CABIN_COMMAND_MESSAGE);
	command->number = (int)model->message_to;
	command->canned = canned;
	if (canned < 0)
		memcpy(command->text, model->typed, sizeof(command->text));
	model->typed[0] = '\0';
	model->typing = false;
}

/* Takes the last character away, all its bytes. */
static void erase(char *text)
{
	size_t size = strlen(text);
	while (size > 0 && ((unsigned char)text[--size] & 0xc0) == 0x80)
		;
	text[size] = '\0';
}

static bool messages_key(struct cabin_console_model *model, enum cabin_key key)
{
	switch (key) {
	case CABIN_KEY_ENTER:
		if (model->typing)
			send_message(model, -1);
		else
			model->typing = true;
		return true;
	case CABIN_KEY_TAB:
		model->message_to = model->message_to == CABIN_MESSAGE_PARTNER ? CABIN_MESSAGE_ROOM
				    : model->message_to == CABIN_MESSAGE_ROOM  ? CABIN_MESSAGE_TECHNICIAN
									       : CABIN_MESSAGE_PARTNER;
		return true;
	case CABIN_KEY_BACKSPACE:
		erase(model->typed);
		return true;
	default:
		return false;
	}
}

bool cabin_model_character(struct cabin_console_model *model, const char *utf8, uint64_t now_ns)
{
	/* The eleven canned texts, as keyboards have their keys in a row. */
	static const char rows[] = "1234567890-";
	model->now_ns = now_ns;
	if (model->page != CABIN_PAGE_MESSAGES)
		return false;
	if (model->typing) {
		size_t used = strlen(model->typed), size = strlen(utf8);
		if (used + size < sizeof(model->typed) && (unsigned char)utf8[0] >= ' ' &&
		    cabin_utf8_valid(utf8, size, NULL))
			memcpy(model->typed + used, utf8, size + 1);
		return true;
	}
	const char *found = utf8[1] == '\0' && utf8[0] ? strchr(rows, utf8[0]) : NULL;
	if (!found)
		return false;
	send_message(model, (int)(found - rows));
	return true;
}

/* --- all keys ------------------------------------------------------------------------------- */

static void open_page(struct cabin_console_model *model, enum cabin_page page)
{
	if (model->page == CABIN_PAGE_PREFLIGHT || page == model->page)
		cabin_model_stop_preflight_sounds(model);
	model->typing = false;
	model->page = page == model->page ? CABIN_PAGE_LIVE : page;
	if (model->page != CABIN_PAGE_MESSAGES)
		return;
	model->messages_read = model->session->messages_ever;
	if (model->said == CABIN_SAID_MESSAGE)
		cabin_model_unsay(model);
}

static void signal_key(struct cabin_console_model *model, enum cabin_signal kind)
{
	if (!must_be_joined(model))
		return;
	struct cabin_command *command = cabin_model_do(model, CABIN_COMMAND_SIGNAL);
	command->number = kind;
	command->on = model->session->signal_until_us[kind] == 0;
}

static void call_key(struct cabin_console_model *model)
{
	const struct cabin_session_seat *own = cabin_session_own_seat(model->session);
	if (!must_be_joined(model))
		return;
	cabin_model_do(model, CABIN_COMMAND_CALL)->on =
	    !own || own->call == CABIN_CALL_NONE || own->call == CABIN_CALL_DONE;
}

/* On air a second press within 3 s is needed. */
static void quit_key(struct cabin_console_model *model)
{
	if (model->microphone != CABIN_MICROPHONE_OFF && model->now_ns >= model->quit_until_ns) {
		model->quit_until_ns = after_ms(model, AGAIN_MS);
		cabin_model_say(model, CABIN_SAID_QUIT, NULL);
		return;
	}
	cabin_model_microphone_off(model);
	cabin_model_do(model, CABIN_COMMAND_QUIT);
}

static bool outgoing_key(struct cabin_console_model *model, enum cabin_key key)
{
	switch (key) {
	case CABIN_KEY_OUTPUT_A:
	case CABIN_KEY_OUTPUT_B:
		output_key(model, key == CABIN_KEY_OUTPUT_B);
		return true;
	case CABIN_KEY_HANDOVER:
	case CABIN_KEY_DECLINE:
	case CABIN_KEY_NO:
		handover_key(model, key != CABIN_KEY_HANDOVER);
		return true;
	case CABIN_KEY_IDLE:
		idle_key(model);
		return true;
	case CABIN_KEY_SLOW_DOWN:
		signal_key(model, CABIN_SIGNAL_SLOW_DOWN);
		return true;
	case CABIN_KEY_SPEAK_UP:
		signal_key(model, CABIN_SIGNAL_LOUDER);
		return true;
	case CABIN_KEY_CANNOT_HEAR:
		signal_key(model, CABIN_SIGNAL_CANNOT_HEAR);
		return true;
	case CABIN_KEY_TECHNICIAN:
		call_key(model);
		return true;
	default:
		return false;
	}
}

static bool incoming_key(struct cabin_console_model *model, enum cabin_key key)
{
	switch (key) {
	case CABIN_KEY_FLOOR:
		if (must_be_joined(model))
			listen_or_say(model, cabin_session_floor(model->session));
		return true;
	case CABIN_KEY_RELAY_1:
	case CABIN_KEY_RELAY_2:
	case CABIN_KEY_RELAY_3:
		preset_key(model, (int)(key - CABIN_KEY_RELAY_1) + 1);
		return true;
	case CABIN_KEY_SOURCE_NEXT:
	case CABIN_KEY_SOURCE_BEFORE:
		step_source(model, key == CABIN_KEY_SOURCE_NEXT ? 1 : -1);
		return true;
	case CABIN_KEY_STORE:
		model->digit_until_ns = after_ms(model, AGAIN_MS);
		model->digit_is_seat = false;
		cabin_model_say(model, CABIN_SAID_STORE, NULL);
		return true;
	case CABIN_KEY_LOUDER:
	case CABIN_KEY_UP:
	case CABIN_KEY_QUIETER:
	case CABIN_KEY_DOWN:
		change_sound(model, CABIN_SOUND_VOLUME, key == CABIN_KEY_LOUDER || key == CABIN_KEY_UP ? 1 : -1);
		return true;
	case CABIN_KEY_MONITOR:
		model->monitor = !model->monitor;
		cabin_model_follow_monitor(model);
		return true;
	default:
		return false;
	}
}

static void page_key(struct cabin_console_model *model, enum cabin_key key)
{
	static const struct {
		enum cabin_key key;
		enum cabin_page page;
	} pages[] = {{CABIN_KEY_SOUND, CABIN_PAGE_SOUND},
		     {CABIN_KEY_MESSAGES, CABIN_PAGE_MESSAGES},
		     {CABIN_KEY_HELP, CABIN_PAGE_HELP},
		     {CABIN_KEY_PREFLIGHT, CABIN_PAGE_PREFLIGHT}};
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		if (pages[i].key == key)
			open_page(model, pages[i].page);
	}
	if (key == CABIN_KEY_SHIFT) {
		model->shift_begin_ns = model->now_ns;
		model->shift_told = false;
	}
	if (key == CABIN_KEY_ESCAPE && model->typing)
		model->typing = false;
	else if ((key == CABIN_KEY_ESCAPE || key == CABIN_KEY_ENTER) && model->page != CABIN_PAGE_LIVE)
		open_page(model, CABIN_PAGE_LIVE);
	if (key == CABIN_KEY_QUIT)
		quit_key(model);
}

void cabin_model_key(struct cabin_console_model *model, enum cabin_key key, enum cabin_key_action action,
		     uint64_t now_ns)
{
	model->now_ns = now_ns;
	/* These two work on every page. */
	if (key == CABIN_KEY_MICROPHONE) {
		microphone_key(model, action);
		return;
	}
	if (key == CABIN_KEY_COUGH) {
		cough_key(model, action);
		return;
	}
	if (action == CABIN_KEY_RELEASED)
		return;
	if ((model->page == CABIN_PAGE_SOUND && sound_panel_key(model, key)) ||
	    (model->page == CABIN_PAGE_PREFLIGHT && preflight_key(model, key)) ||
	    (model->page == CABIN_PAGE_MESSAGES && messages_key(model, key)))
		return;
	if (outgoing_key(model, key) || incoming_key(model, key))
		return;
	page_key(model, key);
}
