#include <string.h>

#include "base/log.h"
#include "relay/hub_internal.h"

static bool notify(struct cabin_hub *hub, const struct cabin_notice *notice)
{
	return !hub->notices.notify || hub->notices.notify(hub->notices.context, notice);
}

static void wait_for_room(struct cabin_hub *hub, const struct cabin_notice *notice)
{
	struct hub_waiting *waiting;

	if (hub->waiting_count == CABIN_NOTICES_WAITING) {
		cabin_counter_add(&hub->notices_dropped, 1);
		return;
	}
	waiting = &hub->waiting[(hub->waiting_first + hub->waiting_count++) % CABIN_NOTICES_WAITING];
	waiting->notice = *notice;
	memcpy(waiting->text, notice->text, notice->size);
	waiting->text[notice->size] = '\0';
	waiting->notice.text = waiting->text;
}

/* Gives what waits, oldest first; true: nothing does any more. */
static bool drain(struct cabin_hub *hub)
{
	while (hub->waiting_count) {
		if (!notify(hub, &hub->waiting[hub->waiting_first].notice))
			return false;
		hub->waiting_first = (hub->waiting_first + 1) % CABIN_NOTICES_WAITING;
		hub->waiting_count--;
	}
	return true;
}

void hub_notify(struct cabin_hub *hub, const struct cabin_notice *notice)
{
	if (!drain(hub) || !notify(hub, notice))
		wait_for_room(hub, notice);
}

static void send_error(struct cabin_hub *hub, uint64_t connection, const char *code, const char *text,
		       const char *booth, uint8_t seat)
{
	int size = cabin_console_write_error(hub->text, sizeof(hub->text), code, text, booth, seat);

	CABIN_ASSERT(size > 0);
	hub_notify(hub, &(struct cabin_notice){.scope = CABIN_NOTICE_CONNECTION,
					       .connection = connection,
					       .text = hub->text,
					       .size = (size_t)size,
					       .source_index = CABIN_INDEX_NONE});
}

void hub_notify_error(struct cabin_hub *hub, uint64_t connection, enum cabin_booth_answer answer,
		      const struct hub_booth *held_by)
{
	send_error(hub, connection, cabin_booth_answer_code(answer), cabin_booth_answer_text(answer),
		   held_by ? held_by->config.id : NULL, held_by ? held_by->machine.on_air : 0);
}

void hub_notify_refusal(struct cabin_hub *hub, uint64_t connection, const char *code, const char *text)
{
	send_error(hub, connection, code, text, NULL, 0);
}

static void tell(struct cabin_hub *hub, struct hub_told *told, enum cabin_notice_scope scope, uint16_t index)
{
	if (!told->untold)
		return;
	told->untold = !notify(hub, &(struct cabin_notice){.scope = scope,
							   .index = index,
							   .keep = true,
							   .text = told->text,
							   .size = told->size,
							   .source_index = CABIN_INDEX_NONE});
}

/* The new text is in hub->text, with the newest revision's number: where it is the same, nothing changed. */
static bool is_news(const struct cabin_hub *hub, const struct hub_told *told, int size)
{
	CABIN_ASSERT(size > 0); /* ids are bounded, and channels by CABIN_ROOM_CHANNELS_MAX */
	return (size_t)size != told->size || memcmp(hub->text, told->text, told->size) != 0;
}

static void keep(struct hub_told *told, int size)
{
	CABIN_ASSERT(size > 0);
	told->size = (size_t)size;
	told->untold = true;
}

static void tell_booth(struct cabin_hub *hub, struct hub_booth *booth)
{
	struct hub_told *told = &booth->told;
	struct cabin_console_booth_view view;

	if (!booth->config.id) {
		tell(hub, told, CABIN_NOTICE_BOOTH, hub_booth_index(hub, booth));
		return;
	}
	hub_booth_view(hub, booth, &view);
	if (is_news(hub, told, cabin_console_write_booth(hub->text, sizeof(hub->text), &view, told->revision)))
		keep(told, cabin_console_write_booth(told->text, sizeof(told->text), &view, ++told->revision));
	tell(hub, told, CABIN_NOTICE_BOOTH, hub_booth_index(hub, booth));
}

static void tell_room(struct cabin_hub *hub, uint16_t index)
{
	struct hub_told *told = &hub->rooms[index].told;
	struct cabin_console_room_view view;

	if (!hub->rooms[index].config.id) {
		tell(hub, told, CABIN_NOTICE_ROOM, index);
		return;
	}
	hub_room_view(hub, index, &view);
	/* Release, partner: the acquire in cabin_hub_room_stats. */
	atomic_store_explicit(&hub->rooms[index].floor_language_now, view.floor_language, memory_order_release);
	if (is_news(hub, told, cabin_console_write_room(hub->text, sizeof(hub->text), &view, told->revision)))
		keep(told, cabin_console_write_room(told->text, sizeof(told->text), &view, ++told->revision));
	tell(hub, told, CABIN_NOTICE_ROOM, index);
}

void hub_tell(struct cabin_hub *hub)
{
	drain(hub);
	if (hub->states_seen != hub->output.states) {
		hub->states_seen = hub->output.states;
		hub->changed = true;
	}
	if (!hub->changed)
		return;
	hub->changed = false;
	hub_report(hub);
	for (uint16_t i = 0; i < hub->booth_count; i++) {
		tell_booth(hub, &hub->booths[i]);
		hub->changed |= hub->booths[i].told.untold;
	}
	for (uint16_t i = 0; i < hub->room_count; i++) {
		tell_room(hub, i);
		hub->changed |= hub->rooms[i].told.untold;
	}
}

bool hub_has_untold(const struct cabin_hub *hub)
{
	return hub->changed || hub->waiting_count;
}
