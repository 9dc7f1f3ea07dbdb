#include "net/notice.h"

#include <stdlib.h>
#include <string.h>

#include "net/loop.h"
#include "net/ws_console.h"

static void release_many(struct cabin_net_notice *notice, unsigned count)
{
	/* Acquire and release: whoever frees sees what every other reader did. */
	if (count > 0 && atomic_fetch_sub_explicit(&notice->references, count, memory_order_acq_rel) == count)
		free(notice);
}

static void release(struct cabin_net_notice *notice)
{
	if (notice)
		release_many(notice, 1);
}

int cabin_notices_create(struct cabin_loop *loop, void (*wake)(void *context))
{
	const struct cabin_inbox_config config = {.slot_count = CABIN_NOTICE_SLOTS,
						  .message_size = sizeof(struct cabin_net_notice *),
						  .wake = wake,
						  .context = loop};
	return cabin_inbox_create(&loop->notices, &config);
}

void cabin_notices_destroy(struct cabin_loop *loop)
{
	struct cabin_net_notice *notice;
	while (loop->notices && !cabin_inbox_pop(loop->notices, &notice))
		release(notice);
	cabin_inbox_destroy(loop->notices);
	for (unsigned i = 0; i < CABIN_BOOTHS_MAX; i++)
		release(loop->booth_states[i]);
	for (unsigned i = 0; i < CABIN_ROOMS_MAX; i++)
		release(loop->room_states[i]);
}

bool cabin_notices_publish(struct cabin_loop *const *loops, uint32_t loop_count, const struct cabin_notice *notice)
{
	struct cabin_net_notice *copy = malloc(sizeof(*copy) + notice->size);
	uint32_t refused = 0;
	if (!copy)
		return false;
	copy->notice = *notice;
	copy->notice.text = copy->text;
	if (notice->size)
		memcpy(copy->text, notice->text, notice->size);
	atomic_init(&copy->references, loop_count);
	for (uint32_t i = 0; i < loop_count; i++)
		refused += cabin_inbox_push(loops[i]->notices, &copy, false) != 0;
	release_many(copy, refused);
	return refused == 0;
}

static void keep(struct cabin_loop *loop, struct cabin_net_notice *notice)
{
	struct cabin_net_notice **place = NULL;
	if (notice->notice.scope == CABIN_NOTICE_BOOTH && notice->notice.index < CABIN_BOOTHS_MAX)
		place = &loop->booth_states[notice->notice.index];
	else if (notice->notice.scope == CABIN_NOTICE_ROOM && notice->notice.index < CABIN_ROOMS_MAX)
		place = &loop->room_states[notice->notice.index];
	if (!place)
		return;
	release(*place);
	*place = NULL;
	if (!notice->notice.size)
		return; /* a room that was given up has no state */
	*place = notice;
	atomic_fetch_add_explicit(&notice->references, 1, memory_order_relaxed);
}

void cabin_notices_drain(struct cabin_loop *loop)
{
	struct cabin_net_notice *notice;
	while (!cabin_inbox_pop(loop->notices, &notice)) {
		if (notice->notice.keep)
			keep(loop, notice);
		if (notice->notice.size || notice->notice.scope == CABIN_NOTICE_CONNECTION)
			cabin_ws_console_notice(loop, &notice->notice);
		release(notice);
	}
}

void cabin_notices_catch_up(struct cabin_ws_listener *listener)
{
	struct cabin_loop *loop = listener->loop;
	for (unsigned i = 0; i < CABIN_BOOTHS_MAX; i++)
		if (loop->booth_states[i] && cabin_ws_console_concerned(listener, &loop->booth_states[i]->notice))
			cabin_ws_console_say(listener, loop->booth_states[i]->text, loop->booth_states[i]->notice.size);
	for (unsigned i = 0; i < CABIN_ROOMS_MAX; i++)
		if (loop->room_states[i] && cabin_ws_console_concerned(listener, &loop->room_states[i]->notice))
			cabin_ws_console_say(listener, loop->room_states[i]->text, loop->room_states[i]->notice.size);
}

static size_t add_list(char *out, const char *name, struct cabin_net_notice *const *states, unsigned count)
{
	size_t size = 0;
	size += (size_t)sprintf(out, "\"%s\":[", name);
	bool first = true;
	for (unsigned i = 0; i < count; i++) {
		if (!states[i])
			continue;
		if (!first)
			out[size++] = ',';
		first = false;
		memcpy(out + size, states[i]->text, states[i]->notice.size);
		size += states[i]->notice.size;
	}
	out[size++] = ']';
	return size;
}

char *cabin_notices_json(const struct cabin_loop *loop, size_t *size)
{
	size_t capacity = 64;
	for (unsigned i = 0; i < CABIN_BOOTHS_MAX; i++)
		capacity += loop->booth_states[i] ? loop->booth_states[i]->notice.size + 1 : 0;
	for (unsigned i = 0; i < CABIN_ROOMS_MAX; i++)
		capacity += loop->room_states[i] ? loop->room_states[i]->notice.size + 1 : 0;
	char *out = malloc(capacity);
	if (!out)
		return NULL;
	*size = 0;
	out[(*size)++] = '{';
	*size += add_list(out + *size, "rooms", loop->room_states, CABIN_ROOMS_MAX);
	out[(*size)++] = ',';
	*size += add_list(out + *size, "booths", loop->booth_states, CABIN_BOOTHS_MAX);
	out[(*size)++] = '}';
	return out;
}
