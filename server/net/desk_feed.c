#include "net/desk_feed.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "net/loop.h"
#include "net/ws_console.h"
#include "wire/ws_frame.h"

struct message {
	atomic_uint references;
	bool binary;
	int state; /* cabin_desk_feed_state_of */
	size_t size;
	uint8_t frame[];
};

struct cabin_desk_feed {
	struct cabin_inbox *inbox; /* struct message * */
	struct message *states[CABIN_DESK_FEED_STATES];
};

static void release_many(struct message *message, unsigned count)
{
	/* Acquire and release: whoever frees sees what every other reader did. */
	if (count > 0 && atomic_fetch_sub_explicit(&message->references, count, memory_order_acq_rel) == count)
		free(message);
}

static void release(struct message *message)
{
	if (message)
		release_many(message, 1);
}

int cabin_desk_feed_create(struct cabin_loop *loop, void (*wake)(void *context))
{
	const struct cabin_inbox_config config = {.slot_count = CABIN_DESK_FEED_SLOTS,
						  .message_size = sizeof(struct message *),
						  .wake = wake,
						  .context = loop};
	loop->desk_feed = calloc(1, sizeof(*loop->desk_feed));
	return loop->desk_feed ? cabin_inbox_create(&loop->desk_feed->inbox, &config) : CABIN_ENOMEM;
}

void cabin_desk_feed_destroy(struct cabin_loop *loop)
{
	struct cabin_desk_feed *feed = loop->desk_feed;
	struct message *message;
	if (!feed)
		return;
	while (feed->inbox && !cabin_inbox_pop(feed->inbox, &message))
		release(message);
	cabin_inbox_destroy(feed->inbox);
	for (int i = 0; i < CABIN_DESK_FEED_STATES; i++)
		release(feed->states[i]);
	free(feed);
	loop->desk_feed = NULL;
}

int cabin_desk_feed_state_of(const char *text, size_t size)
{
	static const char *const states[CABIN_DESK_FEED_STATES] = {"{\"type\":\"desk\",", "{\"type\":\"audience\",",
								   "{\"type\":\"alarms\","};
	for (int i = 0; i < CABIN_DESK_FEED_STATES; i++)
		if (size >= strlen(states[i]) && memcmp(text, states[i], strlen(states[i])) == 0)
			return i;
	return -1;
}

bool cabin_desk_feed_publish(struct cabin_loop *const *loops, uint32_t loop_count, bool binary, const void *bytes,
			     size_t size)
{
	uint32_t refused = 0;
	if (size > CABIN_DESK_TEXT_MAX_BYTES)
		return false;
	struct message *message = malloc(sizeof(*message) + CABIN_WS_LONG_HEADER_BYTES + size);
	if (!message)
		return false;
	message->binary = binary;
	message->state = binary ? -1 : cabin_desk_feed_state_of(bytes, size);
	size_t header = cabin_ws_frame_header(message->frame, binary ? CABIN_WS_BINARY : CABIN_WS_TEXT, size);
	memcpy(message->frame + header, bytes, size);
	message->size = header + size;
	atomic_init(&message->references, loop_count);
	for (uint32_t i = 0; i < loop_count; i++)
		refused += cabin_inbox_push(loops[i]->desk_feed->inbox, &message, false) != 0;
	release_many(message, refused);
	return refused == 0;
}

static void send_to(struct cabin_ws_listener *listener, const struct message *message)
{
	if (message->binary && listener->buffered)
		cabin_counter_add(&listener->loop->counters.levels_dropped, 1);
	else if (!cabin_ws_send_frame(listener, message->frame, message->size))
		cabin_ws_close(listener, CABIN_CLOSE_SLOW, "too slow");
}

void cabin_desk_feed_drain(struct cabin_loop *loop)
{
	struct cabin_desk_feed *feed = loop->desk_feed;
	struct message *message;
	while (!cabin_inbox_pop(feed->inbox, &message)) {
		/* One that is too slow is closed, and gone from the list. */
		for (struct cabin_ws_console *console = loop->consoles, *next; console; console = next) {
			next = console->next;
			if (console->desk && console->listener)
				send_to(console->listener, message);
		}
		if (message->state >= 0) {
			release(feed->states[message->state]);
			feed->states[message->state] = message;
		} else {
			release(message);
		}
	}
}

void cabin_desk_feed_switch(struct cabin_ws_listener *listener, bool on)
{
	struct cabin_loop *loop = listener->loop;
	struct cabin_ws_console *console = listener->console;
	if (console->desk == on)
		return;
	console->desk = on;
	atomic_fetch_add_explicit(&loop->counters.desks, on ? 1u : -1u, memory_order_relaxed);
	for (int i = 0; on && i < CABIN_DESK_FEED_STATES && listener->console; i++)
		if (loop->desk_feed->states[i])
			send_to(listener, loop->desk_feed->states[i]);
}
