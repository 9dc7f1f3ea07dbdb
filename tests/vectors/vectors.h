/* Reading of the vectors' files, for their tests. */
#ifndef CABIN_TESTS_VECTORS_H
#define CABIN_TESTS_VECTORS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>

/* The array in one of the files; to be freed with json_decref. */
static inline json_t *load(const char *name)
{
	char path[1024];
	json_error_t error;
	json_t *root;

	snprintf(path, sizeof(path), "%s/%s", CABIN_VECTORS_DIR, name);
	root = json_load_file(path, 0, &error);
	if (!root)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	assert_true(json_array_size(root) > 0);
	return root;
}

static inline const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static inline uint64_t whole_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value))
		fail_msg("%s is not a whole number", key);
	return (uint64_t)json_integer_value(value);
}

#endif
