/* Configurations for tests, from texts. */
#ifndef CABIN_TESTS_CONFIG_FAKES_H
#define CABIN_TESTS_CONFIG_FAKES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"

static inline struct cabin_config *load_text(const char *text)
{
	struct cabin_config *config;
	int result = cabin_config_parse(&config, text, strlen(text), "f", CABIN_SOURCE_DIR "/deploy/demo", stderr);
	assert_int_equal(result, 0);
	return config;
}

/* As it prints; to be freed. */
static inline char *print_text(const struct cabin_config *config)
{
	char *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	cabin_config_print(config, to);
	fclose(to);
	char *copy = strdup(text); /* the compiler cannot see that open_memstream's memory outlives `text` */
	free(text);
	return copy;
}

/* What is printed must load, and be printed the same. */
static inline void check_round_trip(const struct cabin_config *config)
{
	char *first = print_text(config);
	struct cabin_config *again = load_text(first);
	char *second = print_text(again), *event = cabin_config_event_json(config);
	char *event_again = cabin_config_event_json(again);
	assert_string_equal(first, second);
	assert_string_equal(event, event_again);
	free(first);
	free(second);
	free(event);
	free(event_again);
	cabin_config_destroy(again);
}

#endif
