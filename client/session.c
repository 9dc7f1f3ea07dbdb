#include "client/session.h"

#include <stdio.h>
#include <string.h>

#include "client/session_fields.h"

const char *const cabin_language_ids[CABIN_LANGUAGE_COUNT] = {"vi", "fr", "en"};

enum { US_MAX_BITS = 53 };
static const uint64_t us_max = UINT64_C(1) << US_MAX_BITS;

#define TEXT(place, object, key) cabin_field_text(place, sizeof(place), object, key)

static uint64_t time_us(const json_t *object, const char *key)
{
	return cabin_field_number(object, key, us_max);
}

static void take_welcome(struct cabin_session *session, const json_t *message)
{
	session->welcomes++;
	session->queue_limit_ms = (uint32_t)cabin_field_number(message, "queue_limit_ms", 60000);
	TEXT(session->server, message, "server");
}

static void take_joined(struct cabin_session *session, const json_t *message)
{
	char role[16];
	size_t index;
	json_t *output;
	TEXT(role, message, "role");
	if (strcmp(role, "booth") != 0)
		return;
	session->joined = true;
	session->joins++;
	session->has_booth = session->has_room = false;
	TEXT(session->booth_id, message, "booth");
	TEXT(session->room_id, message, "room");
	TEXT(session->resume, message, "resume");
	session->seat = (uint8_t)cabin_field_number(message, "seat", CABIN_SEATS_MAX);
	session->ssrc = (uint32_t)cabin_field_number(message, "ssrc", UINT32_MAX);
	session->grace_ms = (uint32_t)cabin_field_number(message, "grace_ms", 3600000);
	session->packet_ms = (uint32_t)cabin_field_number(message, "packet_ms", 20);
	session->bitrate_bps = (uint32_t)cabin_field_number(message, "bitrate_bps", 256000);
	session->complexity = (uint32_t)cabin_field_number(message, "complexity", 10);
	session->output_count = 0;
	json_array_foreach(json_object_get(message, "outputs"), index, output)
	{
		if (session->output_count == CABIN_OUTPUTS_MAX)
			break;
		struct cabin_session_output *to = &session->outputs[session->output_count++];
		to->channel = (uint16_t)cabin_field_number(output, "channel", UINT16_MAX);
		TEXT(to->language, output, "language");
	}
}

static void take_seat(struct cabin_session_seat *to, const json_t *from)
{
	int call = cabin_field_word(from, "call", cabin_call_words + 1, CABIN_CALL_COUNT - 1);
	*to = (struct cabin_session_seat){
	    .present = cabin_field_flag(from, "present"),
	    .mic = cabin_field_flag(from, "mic"),
	    .cough = cabin_field_flag(from, "cough"),
	    .late = cabin_field_flag(from, "late"),
	    .channel = (uint16_t)cabin_field_number(from, "channel", UINT16_MAX),
	    .quality = cabin_field_word(from, "quality", cabin_quality_words, CABIN_QUALITY_COUNT),
	    .call = (enum cabin_call)(call + 1),
	};
	TEXT(to->name, from, "name");
}

static void take_handover(struct cabin_session_handover *to, const json_t *from)
{
	int state = cabin_field_word(from, "state", cabin_handover_state_words + 1, CABIN_HANDOVER_STATE_COUNT - 1);
	*to = (struct cabin_session_handover){
	    .state = (enum cabin_handover_state)(state + 1),
	    .from = (uint8_t)cabin_field_number(from, "from", CABIN_SEATS_MAX),
	    .to = (uint8_t)cabin_field_number(from, "to", CABIN_SEATS_MAX),
	    .by = (uint8_t)cabin_field_number(from, "by", CABIN_SEATS_MAX),
	    .at_us = time_us(from, "at_us"),
	};
}

static void take_booth(struct cabin_session *session, const json_t *message)
{
	char booth[CABIN_NAME_MAX_BYTES], output[4];
	size_t index;
	json_t *seat;
	TEXT(booth, message, "booth");
	if (!session->joined || strcmp(booth, session->booth_id) != 0)
		return;
	TEXT(output, message, "output");
	int mode = cabin_field_word(message, "mode", cabin_booth_mode_words, CABIN_BOOTH_MODE_COUNT);
	session->has_booth = true;
	session->booth_revision = cabin_field_number(message, "revision", us_max);
	session->mode = mode < 0 ? CABIN_BOOTH_OVERRIDE : (enum cabin_booth_mode)mode;
	session->output = output[0] == 'b';
	session->on_air = (uint8_t)cabin_field_number(message, "on_air", CABIN_SEATS_MAX);
	session->held = cabin_field_flag(message, "held");
	session->since_us = time_us(message, "since_us");
	session->seat_count = 0;
	memset(session->seats, 0, sizeof(session->seats));
	json_array_foreach(json_object_get(message, "seats"), index, seat)
	{
		uint64_t number = cabin_field_number(seat, "seat", CABIN_SEATS_MAX + 1);
		if (number < 1 || number > CABIN_SEATS_MAX)
			continue;
		take_seat(&session->seats[number - 1], seat);
		if (number > session->seat_count)
			session->seat_count = (uint8_t)number;
	}
	take_handover(&session->handover, json_object_get(message, "handover"));
}

static void take_room_channel(struct cabin_session_room_channel *to, const json_t *from)
{
	*to = (struct cabin_session_room_channel){
	    .channel = (uint16_t)cabin_field_number(from, "channel", UINT16_MAX),
	    .feed = cabin_field_word(from, "feed", cabin_feed_words, CABIN_FEED_COUNT),
	    .seat = (uint8_t)cabin_field_number(from, "seat", CABIN_SEATS_MAX),
	    .quality = cabin_field_word(from, "quality", cabin_quality_words, CABIN_QUALITY_COUNT),
	    .listeners = (uint32_t)cabin_field_number(from, "listeners", 1000000),
	    .lufs_known = json_is_number(json_object_get(from, "lufs")),
	    .lufs = cabin_field_real(from, "lufs", 0),
	    .idle = cabin_field_word(from, "idle", cabin_idle_words, CABIN_IDLE_COUNT),
	    .idle_from = (uint16_t)cabin_field_number(from, "idle_from", UINT16_MAX),
	};
	TEXT(to->booth, from, "booth");
}

static void take_room(struct cabin_session *session, const json_t *message)
{
	char room[CABIN_NAME_MAX_BYTES];
	size_t index;
	json_t *value;
	TEXT(room, message, "room");
	if (!session->joined || strcmp(room, session->room_id) != 0)
		return;
	session->has_room = true;
	TEXT(session->floor_language, message, "floor_language");
	session->room_channel_count = 0;
	json_array_foreach(json_object_get(message, "channels"), index, value)
	{
		if (session->room_channel_count == CABIN_ROOM_CHANNELS_MAX)
			break;
		take_room_channel(&session->room_channels[session->room_channel_count++], value);
	}
	memset(session->signal_until_us, 0, sizeof(session->signal_until_us));
	json_array_foreach(json_object_get(message, "signals"), index, value)
	{
		int kind = cabin_field_word(value, "kind", cabin_signal_words, CABIN_SIGNAL_COUNT);
		if (kind >= 0)
			session->signal_until_us[kind] = time_us(value, "until_us");
	}
}

static void take_message(struct cabin_session *session, const json_t *message)
{
	if (session->message_count == CABIN_SESSION_MESSAGES) {
		memmove(session->messages, session->messages + 1,
			(CABIN_SESSION_MESSAGES - 1) * sizeof(session->messages[0]));
		session->message_count--;
	}
	struct cabin_session_message *to = &session->messages[session->message_count++];
	const json_t *from = json_object_get(message, "from");
	*to = (struct cabin_session_message){
	    .number = ++session->messages_ever,
	    .at_us = time_us(message, "at_us"),
	    .seat = (uint8_t)cabin_field_number(from, "seat", CABIN_SEATS_MAX),
	    .canned = cabin_field_word(message, "canned", cabin_canned_words, CABIN_CANNED_COUNT),
	};
	TEXT(to->booth, from, "booth");
	TEXT(to->text, message, "text");
}

static void read_mapping(struct cabin_session_state *to, const json_t *clock)
{
	to->has_clock = json_is_object(clock) && json_is_number(json_object_get(clock, "server_us"));
	to->clock_timestamp = (uint32_t)cabin_field_number(clock, "timestamp", UINT32_MAX);
	to->clock_us = time_us(clock, "server_us");
	to->clock_rate_hz = cabin_field_real(clock, "rate_hz", CABIN_RATE_HZ);
}

static void read_state(struct cabin_session_state *to, const json_t *message)
{
	char source[16];
	TEXT(source, message, "source");
	*to = (struct cabin_session_state){
	    .channel = (uint16_t)cabin_field_number(message, "channel", UINT16_MAX),
	    .epoch = (uint32_t)cabin_field_number(message, "epoch", UINT32_MAX),
	    .feed = cabin_field_word(message, "feed", cabin_feed_words, CABIN_FEED_COUNT),
	    .lost = strcmp(source, "lost") == 0,
	    .silent = strcmp(source, "silent") == 0,
	    .seat = (uint8_t)cabin_field_number(message, "seat", CABIN_SEATS_MAX),
	    .gain_db = cabin_field_real(message, "gain_db", 0),
	    .fade_ms = (uint32_t)cabin_field_number(message, "fade_ms", 1000),
	    .has_first = json_is_integer(json_object_get(message, "sequence")),
	    .sequence = (uint16_t)cabin_field_number(message, "sequence", UINT16_MAX),
	    .timestamp = (uint32_t)cabin_field_number(message, "timestamp", UINT32_MAX),
	};
	TEXT(to->booth, message, "booth");
	read_mapping(to, json_object_get(message, "clock"));
}

static void read_error(struct cabin_server_event *out, const json_t *message)
{
	TEXT(out->error.code, message, "code");
	TEXT(out->error.text, message, "text");
	TEXT(out->error.booth, message, "booth");
	out->error.seat = (uint8_t)cabin_field_number(message, "seat", CABIN_SEATS_MAX);
}

static enum cabin_server_message kind_of(const json_t *message)
{
	static const struct {
		const char *type;
		enum cabin_server_message kind;
	} kinds[] = {
	    {"welcome", CABIN_SERVER_WELCOME}, {"joined", CABIN_SERVER_JOINED},	    {"booth", CABIN_SERVER_BOOTH},
	    {"room", CABIN_SERVER_ROOM},       {"state", CABIN_SERVER_STATE},	    {"clock", CABIN_SERVER_CLOCK},
	    {"pong", CABIN_SERVER_PONG},       {"message", CABIN_SERVER_MESSAGE},   {"error", CABIN_SERVER_ERROR},
	    {"bye", CABIN_SERVER_BYE},	       {"talkback", CABIN_SERVER_TALKBACK},
	};
	const char *type = json_string_value(json_object_get(message, "type"));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].type, type) == 0)
			return kinds[i].kind;
	}
	return CABIN_SERVER_OTHER;
}

/* NULL: not a JSON object with a type. The caller's reference. */
static json_t *load(const char *text, size_t size)
{
	json_t *message = json_loadb(text, size, 0, NULL);
	if (json_is_string(json_object_get(message, "type")))
		return message;
	json_decref(message);
	return NULL;
}

static void read_event(struct cabin_server_event *out, const json_t *message)
{
	*out = (struct cabin_server_event){.kind = kind_of(message)};
	if (out->kind == CABIN_SERVER_STATE)
		read_state(&out->state, message);
	if (out->kind == CABIN_SERVER_CLOCK) {
		out->state.channel = (uint16_t)cabin_field_number(message, "channel", UINT16_MAX);
		out->state.epoch = (uint32_t)cabin_field_number(message, "epoch", UINT32_MAX);
		read_mapping(&out->state, message);
	}
	if (out->kind == CABIN_SERVER_PONG) {
		out->pong.id = (uint32_t)cabin_field_number(message, "id", INT32_MAX);
		out->pong.t1_us = cabin_field_real(message, "t1", 0);
		out->pong.t2_us = cabin_field_real(message, "t2", 0);
		out->pong.t3_us = cabin_field_real(message, "t3", 0);
	}
	if (out->kind == CABIN_SERVER_ERROR)
		read_error(out, message);
	if (out->kind == CABIN_SERVER_TALKBACK && cabin_field_flag(message, "on")) {
		out->talkback.channel = (uint16_t)cabin_field_number(message, "channel", UINT16_MAX);
		TEXT(out->talkback.name, message, "name");
	}
	if (out->kind == CABIN_SERVER_BYE)
		out->retry_ms = (uint32_t)cabin_field_number(message, "retry_ms", 60000);
}

int cabin_server_event_read(struct cabin_server_event *out, const char *text, size_t size)
{
	json_t *message = load(text, size);
	if (!message)
		return CABIN_EFORMAT;
	read_event(out, message);
	json_decref(message);
	return 0;
}

int cabin_session_take(struct cabin_session *session, struct cabin_server_event *out, const char *text, size_t size)
{
	json_t *message = load(text, size);
	if (!message)
		return CABIN_EFORMAT;
	read_event(out, message);
	if (out->kind == CABIN_SERVER_WELCOME)
		take_welcome(session, message);
	if (out->kind == CABIN_SERVER_JOINED)
		take_joined(session, message);
	if (out->kind == CABIN_SERVER_BOOTH)
		take_booth(session, message);
	if (out->kind == CABIN_SERVER_ROOM)
		take_room(session, message);
	if (out->kind == CABIN_SERVER_MESSAGE)
		take_message(session, message);
	if (out->kind == CABIN_SERVER_TALKBACK) {
		session->talkback_channel = out->talkback.channel;
		memcpy(session->talkback_name, out->talkback.name, sizeof(session->talkback_name));
	}
	json_decref(message);
	return 0;
}

static void take_names(char (*to)[CABIN_SESSION_LABEL_BYTES], const json_t *names)
{
	for (int i = 0; i < CABIN_LANGUAGE_COUNT; i++)
		cabin_field_text(to[i], CABIN_SESSION_LABEL_BYTES, names, cabin_language_ids[i]);
}

static void take_room_of_event(struct cabin_session *session, const json_t *room)
{
	size_t index;
	json_t *channel;
	json_array_foreach(json_object_get(room, "channels"), index, channel)
	{
		if (session->channel_count == CABIN_CHANNELS_MAX)
			return;
		struct cabin_event_channel *to = &session->channels[session->channel_count++];
		const char *kind = json_string_value(json_object_get(channel, "kind"));
		to->number = (uint16_t)cabin_field_number(channel, "number", UINT16_MAX);
		to->is_floor = kind && strcmp(kind, "floor") == 0;
		TEXT(to->id, channel, "id");
		TEXT(to->room, room, "id");
		TEXT(to->language, channel, "language");
		take_names(to->name, json_object_get(channel, "name"));
	}
}

int cabin_session_take_event(struct cabin_session *session, const char *text, size_t size)
{
	json_t *event = json_loadb(text, size, 0, NULL);
	const json_t *rooms = json_object_get(event, "rooms");
	size_t index;
	json_t *value;
	if (!json_is_array(rooms)) {
		json_decref(event);
		return CABIN_EFORMAT;
	}
	session->has_event = true;
	session->channel_count = session->booth_count = 0;
	for (index = 0; index < json_array_size(rooms); index++)
		take_room_of_event(session, json_array_get(rooms, index));
	json_array_foreach(json_object_get(event, "booths"), index, value)
	{
		if (session->booth_count == CABIN_SESSION_BOOTHS_MAX)
			break;
		struct cabin_event_booth *to = &session->booths[session->booth_count++];
		TEXT(to->id, value, "id");
		take_names(to->name, json_object_get(value, "name"));
	}
	json_decref(event);
	return 0;
}

void cabin_session_lost(struct cabin_session *session)
{
	session->joined = false;
	session->has_room = false;
	session->talkback_channel = 0;
}

const struct cabin_event_channel *cabin_session_channel(const struct cabin_session *session, uint16_t number)
{
	for (uint32_t i = 0; i < session->channel_count; i++) {
		if (session->channels[i].number == number)
			return &session->channels[i];
	}
	return NULL;
}

const struct cabin_event_channel *cabin_session_channel_by_id(const struct cabin_session *session, const char *id)
{
	for (uint32_t i = 0; i < session->channel_count; i++) {
		if (strcmp(session->channels[i].id, id) == 0)
			return &session->channels[i];
	}
	return NULL;
}

const struct cabin_event_channel *cabin_session_floor(const struct cabin_session *session)
{
	for (uint32_t i = 0; i < session->channel_count; i++) {
		if (session->channels[i].is_floor && strcmp(session->channels[i].room, session->room_id) == 0)
			return &session->channels[i];
	}
	return NULL;
}

const struct cabin_session_room_channel *cabin_session_room_channel(const struct cabin_session *session,
								    uint16_t number)
{
	for (uint32_t i = 0; i < session->room_channel_count; i++) {
		if (session->room_channels[i].channel == number)
			return &session->room_channels[i];
	}
	return NULL;
}

const struct cabin_session_seat *cabin_session_own_seat(const struct cabin_session *session)
{
	if (!session->has_booth || session->seat < 1 || session->seat > CABIN_SEATS_MAX)
		return NULL;
	return &session->seats[session->seat - 1];
}
