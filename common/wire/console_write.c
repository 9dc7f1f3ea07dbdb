#include "wire/console_write.h"

#include <stdio.h>

#include "wire/json_writer.h"

static int end(struct cabin_json_writer *to)
{
	cabin_json_put(to, "}");
	return cabin_json_end(to);
}

/* 0: null. */
static void put_number(struct cabin_json_writer *to, const char *before, uint64_t value)
{
	if (value) {
		cabin_json_put_whole(to, before, value);
		return;
	}
	cabin_json_put(to, before);
	cabin_json_put(to, "null");
}

static void put_quality(struct cabin_json_writer *to, int8_t quality)
{
	cabin_json_put_string(to, ",\"quality\":", quality < 0 ? NULL : cabin_quality_words[quality]);
}

int cabin_console_write_joined(char *out, size_t out_size, const struct cabin_console_joined *joined)
{
	struct cabin_json_writer to = {.out = out, .size = out_size};
	char key[20];

	snprintf(key, sizeof(key), "%016llx", (unsigned long long)joined->resume);
	cabin_json_put_string(&to, "{\"type\":\"joined\",\"role\":\"booth\",\"booth\":", joined->booth);
	cabin_json_put_string(&to, ",\"room\":", joined->room);
	cabin_json_put_whole(&to, ",\"seat\":", joined->seat);
	cabin_json_put_whole(&to, ",\"ssrc\":", joined->ssrc);
	cabin_json_put_string(&to, ",\"resume\":", key);
	cabin_json_put_whole(&to, ",\"grace_ms\":", joined->grace_ms);
	cabin_json_put_whole(&to, ",\"packet_ms\":", joined->packet_ms);
	cabin_json_put_whole(&to, ",\"bitrate_bps\":", joined->bitrate_bps);
	cabin_json_put_whole(&to, ",\"complexity\":", joined->complexity);
	cabin_json_put(&to, ",\"outputs\":[");
	for (uint8_t i = 0; i < joined->output_count; i++) {
		cabin_json_put_string(&to, i ? ",{\"output\":" : "{\"output\":", i ? "b" : "a");
		cabin_json_put_whole(&to, ",\"channel\":", joined->outputs[i].channel);
		cabin_json_put_string(&to, ",\"language\":", joined->outputs[i].language);
		cabin_json_put(&to, "}");
	}
	cabin_json_put(&to, "]");
	return end(&to);
}

int cabin_console_write_joined_technician(char *out, size_t out_size)
{
	struct cabin_json_writer to = {.out = out, .size = out_size};

	cabin_json_put(&to, "{\"type\":\"joined\",\"role\":\"technician\"");
	return end(&to);
}

static void put_seat(struct cabin_json_writer *to, uint8_t number, const struct cabin_console_seat_view *seat)
{
	cabin_json_put_whole(to, number > 1 ? ",{\"seat\":" : "{\"seat\":", number);
	cabin_json_put_bool(to, ",\"present\":", seat->present);
	cabin_json_put_string(to, ",\"name\":", seat->name[0] ? seat->name : NULL);
	cabin_json_put_bool(to, ",\"mic\":", seat->mic);
	cabin_json_put_bool(to, ",\"cough\":", seat->cough);
	cabin_json_put_bool(to, ",\"late\":", seat->late);
	put_number(to, ",\"channel\":", seat->channel);
	put_quality(to, seat->quality);
	cabin_json_put_string(to, ",\"call\":", cabin_call_words[seat->call]);
	cabin_json_put(to, "}");
}

static void put_handover(struct cabin_json_writer *to, const struct cabin_console_handover_view *handover)
{
	cabin_json_put(to, ",\"handover\":");
	if (handover->state == CABIN_HANDOVER_NONE) {
		cabin_json_put(to, "null");
		return;
	}
	cabin_json_put_whole(to, "{\"from\":", handover->from);
	cabin_json_put_whole(to, ",\"to\":", handover->to);
	cabin_json_put_whole(to, ",\"by\":", handover->by);
	cabin_json_put_string(to, ",\"state\":", cabin_handover_state_words[handover->state]);
	put_number(to, ",\"at_us\":", handover->at_us);
	cabin_json_put(to, "}");
}

int cabin_console_write_booth(char *out, size_t out_size, const struct cabin_console_booth_view *view,
			      uint64_t revision)
{
	struct cabin_json_writer to = {.out = out, .size = out_size};

	cabin_json_put_string(&to, "{\"type\":\"booth\",\"booth\":", view->booth);
	cabin_json_put_whole(&to, ",\"revision\":", revision);
	cabin_json_put_string(&to, ",\"mode\":", cabin_booth_mode_words[view->mode]);
	cabin_json_put_string(&to, ",\"output\":", view->output ? "b" : "a");
	put_number(&to, ",\"on_air\":", view->on_air);
	put_number(&to, ",\"since_us\":", view->since_us);
	cabin_json_put_bool(&to, ",\"held\":", view->held);
	cabin_json_put(&to, ",\"seats\":[");
	for (uint8_t i = 0; i < view->seat_count; i++)
		put_seat(&to, (uint8_t)(i + 1), &view->seats[i]);
	cabin_json_put(&to, "]");
	put_handover(&to, &view->handover);
	return end(&to);
}

static void put_channel(struct cabin_json_writer *to, const struct cabin_console_channel_view *channel)
{
	cabin_json_put_whole(to, "{\"channel\":", channel->channel);
	cabin_json_put_string(to, ",\"feed\":", cabin_feed_words[channel->feed]);
	cabin_json_put_string(to, ",\"booth\":", channel->booth);
	put_number(to, ",\"seat\":", channel->seat);
	put_quality(to, channel->quality);
	cabin_json_put_whole(to, ",\"listeners\":", channel->listeners);
	if (channel->lufs_known)
		cabin_json_put_decimal(to, ",\"lufs\":", channel->lufs_tenths / 10.0, 1);
	else
		cabin_json_put(to, ",\"lufs\":null");
	cabin_json_put_string(to, ",\"idle\":", channel->is_floor ? NULL : cabin_idle_words[channel->idle]);
	put_number(to, ",\"idle_from\":", channel->idle_from);
	cabin_json_put(to, "}");
}

int cabin_console_write_room(char *out, size_t out_size, const struct cabin_console_room_view *view, uint64_t revision)
{
	struct cabin_json_writer to = {.out = out, .size = out_size};
	bool any = false;

	cabin_json_put_string(&to, "{\"type\":\"room\",\"room\":", view->room);
	cabin_json_put_whole(&to, ",\"revision\":", revision);
	cabin_json_put_string(&to, ",\"floor_language\":", view->floor_language);
	cabin_json_put(&to, ",\"channels\":[");
	for (uint16_t i = 0; i < view->channel_count; i++) {
		if (i)
			cabin_json_put(&to, ",");
		put_channel(&to, &view->channels[i]);
	}
	cabin_json_put(&to, "],\"signals\":[");
	for (int kind = 0; kind < CABIN_SIGNAL_COUNT; kind++) {
		if (!view->signal_until_us[kind])
			continue;
		cabin_json_put_string(&to, any ? ",{\"kind\":" : "{\"kind\":", cabin_signal_words[kind]);
		cabin_json_put_whole(&to, ",\"until_us\":", view->signal_until_us[kind]);
		cabin_json_put(&to, "}");
		any = true;
	}
	cabin_json_put(&to, "]");
	return end(&to);
}

int cabin_console_write_message(char *out, size_t out_size, const struct cabin_console_message *message)
{
	struct cabin_json_writer to = {.out = out, .size = out_size};

	cabin_json_put_string(&to, "{\"type\":\"message\",\"from\":{\"booth\":", message->from_booth);
	put_number(&to, ",\"seat\":", message->from_seat);
	cabin_json_put_string(&to, "},\"to\":", message->to);
	cabin_json_put_bytes(&to, ",\"text\":", message->text, message->text_size);
	cabin_json_put_string(&to, ",\"canned\":", message->canned);
	cabin_json_put_whole(&to, ",\"at_us\":", message->at_us);
	return end(&to);
}

int cabin_console_write_error(char *out, size_t out_size, const char *code, const char *text, const char *booth,
			      uint8_t seat)
{
	struct cabin_json_writer to = {.out = out, .size = out_size};

	cabin_json_put_string(&to, "{\"type\":\"error\",\"code\":", code);
	cabin_json_put_string(&to, ",\"text\":", text);
	if (booth) {
		cabin_json_put_string(&to, ",\"booth\":", booth);
		put_number(&to, ",\"seat\":", seat);
	}
	return end(&to);
}
