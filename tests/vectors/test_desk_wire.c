/* desk_client.json and desk_server.json against common/wire. The format is in README.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "base/limits.h"
#include "client_messages.h"
#include "wire/desk_write.h"

static void check_read(const struct cabin_client_message *message, const json_t *expect)
{
	const char *type = text_of(expect, "type"), *booth;
	if (strcmp(type, "listen") == 0) {
		assert_int_equal(message->kind, CABIN_CLIENT_LISTEN);
		assert_int_equal(message->listen.channel, whole_of(expect, "channel"));
		assert_int_equal(message->listen.pin, whole_of(expect, "pin"));
		return;
	}
	assert_int_equal(message->kind, CABIN_CLIENT_CONSOLE);
	if (strcmp(type, "desk") == 0) {
		assert_int_equal(message->console.kind, CABIN_REQUEST_DESK);
		assert_int_equal(message->console.desk.on, json_is_true(json_object_get(expect, "on")));
		return;
	}
	booth = text_of(expect, "booth");
	assert_int_equal(message->console.kind, CABIN_REQUEST_JOIN);
	assert_string_equal(message->console.join.token, text_of(expect, "token"));
	assert_string_equal(message->console.join.booth, booth ? booth : "");
}

static void messages_from_clients(void **state)
{
	check_client_messages("desk_client.json", check_read);
}

static int write_message(char *out, size_t out_size, const json_t *message)
{
	const char *type = text_of(message, "type");

	if (strcmp(type, "joined") == 0)
		return cabin_desk_write_joined_observer(out, out_size);
	if (strcmp(type, "event") == 0)
		return cabin_desk_write_event(out, out_size, text_of(message, "revision"));
	assert_string_equal(type, "talkback");
	return cabin_desk_write_talkback(out, out_size, json_is_true(json_object_get(message, "on")),
					 (uint16_t)whole_of(message, "channel"));
}

static void messages_from_the_server(void **state)
{
	json_t *root = load("desk_server.json"), *entry;
	size_t index;

	json_array_foreach(root, index, entry)
	{
		const json_t *message = json_object_get(entry, "message");
		const char *text = text_of(entry, "text");
		char out[CABIN_STATE_MAX_BYTES + 1];
		json_t *again;

		print_message("%s\n", text_of(entry, "name"));
		assert_int_equal(write_message(out, sizeof(out), message), strlen(text));
		assert_string_equal(out, text);
		assert_int_equal(write_message(out, strlen(text), message), CABIN_ETOOBIG);
		again = json_loads(text, 0, NULL);
		assert_true(json_equal(again, message));
		json_decref(again);
	}
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_from_clients),
	    cmocka_unit_test(messages_from_the_server),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
