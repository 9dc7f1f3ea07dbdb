/* A document that the code writes: a test holds the file against it, and `--write` writes the file anew. */
#ifndef CABIN_TESTS_DOCUMENT_H
#define CABIN_TESTS_DOCUMENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct document {
	const char *path;
	void (*write)(FILE *to);
};

static inline void document_is_up_to_date(const struct document *document)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);
	document->write(to);
	assert_int_equal(fclose(to), 0);
	assert_true(size > 0);
	char *there = calloc(1, size + 2);
	FILE *from = fopen(document->path, "r");
	assert_non_null(from);
	size_t read = fread(there, 1, size + 1, from);
	fclose(from);
	if (read != size || memcmp(there, text, size))
		fail_msg("%s is out of date: run this test with --write", document->path);
	free(there);
	free(text);
}

/* True: the program was asked to write it, and `status` is what it ends with. */
static inline bool document_is_written(const struct document *document, int argc, char **argv, int *status)
{
	if (argc != 2 || strcmp(argv[1], "--write") != 0)
		return false;
	FILE *to = fopen(document->path, "w");
	*status = 1;
	if (to) {
		document->write(to);
		*status = fclose(to) ? 1 : 0;
	}
	return true;
}

#endif
