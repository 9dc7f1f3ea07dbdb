/* The vectors of what clients say, held against common/wire. The format is in README.md. */
#ifndef CABIN_TESTS_CLIENT_MESSAGES_H
#define CABIN_TESTS_CLIENT_MESSAGES_H

#include "vectors.h"

#include <string.h>

#include "wire/control.h"

/* Each `text` of a file is read as its `expect` says (`check` fails the test otherwise), or refused with its `close`.
 */
static inline void check_client_messages(const char *file, void (*check)(const struct cabin_client_message *message,
									 const json_t *expect))
{
	json_t *root = load(file), *entry;
	size_t index;

	json_array_foreach(root, index, entry)
	{
		const json_t *expect = json_object_get(entry, "expect");
		const char *text = text_of(entry, "text");
		struct cabin_client_message message;
		enum cabin_close_code code;
		int result;

		print_message("%s\n", text_of(entry, "name"));
		memset(&message, 0xa5, sizeof(message)); /* nothing may be left as it was */
		result = cabin_control_parse(&message, text, strlen(text), &code);
		if (expect) {
			assert_int_equal(result, 0);
			check(&message, expect);
		} else {
			assert_true(result < 0);
			assert_int_equal(code, whole_of(entry, "close"));
		}
	}
	json_decref(root);
}

#endif
